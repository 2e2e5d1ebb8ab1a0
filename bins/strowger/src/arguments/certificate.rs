//! What can be said of certificates.

use clap::{Args, Subcommand};

use super::Folder;

/// Arguments of `certificate`.
#[derive(Args)]
#[command(after_help = "\
Which hosts have certificates come by themselves is said to `serve` (--acme-names). A running \
exchange heeds `renew` within some seconds. Examples:
  strowger certificate list
  strowger certificate renew sip.example.net")]
pub(crate) struct CertificateArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: CertificateVerb,
}

/// Verbs of `certificate`.
#[derive(Subcommand)]
pub(crate) enum CertificateVerb {
    /// List certificates: whose they are, until when, and what came of the last attempt
    List {
        /// Print JSON for programs
        #[arg(long)]
        json: bool,
    },
    /// Have a host's certificate asked for anew, whatever failed before
    Renew {
        /// The host
        name: String,
    },
}
