//! What can be said of faxes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Folder;

/// Arguments of `fax`.
#[derive(Args)]
#[command(after_help = "\
Who fetches a fax, and who deletes it, is noted in the company's audit trail. Examples:
  strowger fax list acme.example
  strowger fax list acme.example --state failed
  strowger fax show acme.example FAX
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
        /// Those that are `received`, or `failed`
        #[arg(long)]
        state: Option<String>,
        /// How many, at most 500
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
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
