//! What can be said of archives of one company.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Folder;
use super::backup::KeyArguments;

/// Arguments of `archive`.
#[derive(Args)]
#[command(after_help = "\
To move a company to another exchange: disable it here, take it, restore it there, enable it \
there, let its domain lead there, and remove it here. Its phones go on with their old passwords:
  strowger tenant set acme.example enabled=false
  strowger archive take acme.example acme.strowger --archive-key acme.key
  strowger archive restore acme.strowger --archive-key acme.key --data ./other
  strowger tenant set acme.example enabled=true --data ./other")]
pub(crate) struct ArchiveArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: ArchiveVerb,
}

/// Verbs of `archive`.
#[derive(Subcommand)]
pub(crate) enum ArchiveVerb {
    /// Write all of a company into one encrypted file: documents with history and secrets, audit
    /// trail, call records, events, API keys
    #[command(after_help = "\
Calls go on meanwhile; the archive is what the company had at one moment. Example:
  strowger archive take acme.example acme.strowger --archive-key acme.key")]
    Take {
        /// The company's domain or id
        tenant: String,
        /// The file to write; it must not be there
        file: PathBuf,
        #[command(flatten)]
        key: KeyArguments,
    },
    /// Bring an archived company back, here or in another exchange, with the same ids
    #[command(after_help = "\
Nothing of it is seen before all of it is there. One that is here is left alone unless it is to \
be replaced: then it has its old documents and passwords again, and its records go on. Examples:
  strowger archive restore acme.strowger --archive-key acme.key
  strowger archive restore acme.strowger --archive-key acme.key \\
                           --replace acme.example before.strowger
  strowger archive restore acme.strowger --domain acme.net --archive-key acme.key")]
    Restore {
        /// The archive
        file: PathBuf,
        #[command(flatten)]
        key: KeyArguments,
        /// A domain that it has from now on, in place of the old ones; may be said again
        #[arg(long = "domain", value_name = "DOMAIN")]
        domains: Vec<String>,
        /// Put its documents in the place of those of the company that is here, which is taken
        /// into another archive first, under the same key
        #[arg(long, num_args = 2, value_names = ["DOMAIN", "FILE"])]
        replace: Vec<String>,
    },
    /// Make another company of an archived one: its documents, under another domain
    #[command(after_help = "\
Ids are new, and call records, audit trail, history and API keys stay behind. Where the first \
company is here too, devices get user names of their own and new passwords, which are printed \
once. Example:
  strowger archive clone acme.strowger --domain initech.example --archive-key acme.key")]
    Clone {
        /// The archive
        file: PathBuf,
        #[command(flatten)]
        key: KeyArguments,
        /// A domain of the new company; may be said again
        #[arg(long = "domain", value_name = "DOMAIN", required = true)]
        domains: Vec<String>,
        /// What stands behind the devices' old user names, after a dot
        #[arg(long, value_name = "TEXT")]
        suffix: Option<String>,
    },
    /// Prove that an archive is whole, and print it as lines of JSON, secrets included
    #[command(after_help = "\
Works for backups too. Example, which prints nothing but proves every piece:
  strowger archive show acme.strowger --archive-key acme.key > /dev/null")]
    Show {
        /// The archive
        file: PathBuf,
        #[command(flatten)]
        key: KeyArguments,
    },
}
