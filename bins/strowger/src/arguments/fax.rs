//! What can be said of faxes.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{FAX_ATTEMPTS, FAX_PAUSE};

use super::Folder;

/// Arguments of `fax`.
#[derive(Args)]
#[command(after_help = "\
Who sends, fetches or deletes a fax is noted in the company's audit trail. Examples:
  strowger fax list acme.example
  strowger fax list acme.example --state failed
  strowger fax show acme.example FAX
  strowger fax send acme.example 900 +4930123456 letter.pdf
  strowger fax fetch acme.example FAX letter.pdf
  strowger fax delete acme.example FAX")]
pub(crate) struct FaxArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: FaxVerb,
}

/// Verbs of `fax`.
#[derive(Subcommand)]
pub(crate) enum FaxVerb {
    /// List a company's latest faxes
    List {
        /// The company's domain or id
        tenant: String,
        /// Those of this extension, by number or id
        #[arg(long)]
        extension: Option<String>,
        /// Those that are `received`, `failed`, `queued`, `sending` or `sent`
        #[arg(long)]
        state: Option<String>,
        /// How many, at most 500
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Have a document (PDF) sent; the exchange that serves the company calls
    Send {
        /// The company's domain or id
        tenant: String,
        /// Who sends it: an extension with the destination `fax`, by number or id
        extension: String,
        /// The number that is called
        number: String,
        /// The document
        file: PathBuf,
        /// How often it is tried at most, 1 to 12
        #[arg(long, value_name = "N", default_value_t = FAX_ATTEMPTS)]
        attempts: u8,
        /// Seconds between two attempts, 1 to 86400
        #[arg(long, value_name = "SECONDS", default_value_t = FAX_PAUSE)]
        pause: u32,
    },
    /// Write the pages of one into a file, as PDF
    Fetch {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        fax: String,
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Delete one, with its pages
    Delete {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        fax: String,
    },
    /// Show what is known of one as JSON
    Show {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        fax: String,
    },
}
