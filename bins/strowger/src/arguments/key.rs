//! Arguments of `key`.

use clap::{Args, Subcommand};

use super::Folder;

/// Arguments of `key`.
#[derive(Args)]
#[command(after_help = "\
A master key seals the companies' data keys, and these seal their secrets. To replace the master \
key while the exchange runs, when it is in a file:
  strowger key add      # a new one, beside the old
  strowger key reseal   # the data keys, under the new one
  strowger key drop     # the old one
To replace a company's data key: strowger key renew --tenant acme.example")]
pub(crate) struct KeyArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: KeyVerb,
}

/// Verbs of `key`.
#[derive(Subcommand)]
pub(crate) enum KeyVerb {
    /// Show which master keys are held and how many data keys each of them seals
    Status,
    /// Print a new master key, to be put into a variable or a key store; nothing is changed
    Make,
    /// Put a new master key before those in the file
    Add,
    /// Seal all data keys under the newest master key
    Reseal,
    /// Drop all master keys but the newest from the file, once nothing needs them any more
    Drop,
    /// Give a company, or all of them one after the other, a new data key
    Renew {
        /// The company's domain or id
        #[arg(long, value_name = "DOMAIN")]
        tenant: Option<String>,
    },
}
