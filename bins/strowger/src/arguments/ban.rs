//! What can be said of bans.

use clap::{Args, Subcommand};
use domain::SourceAddress;

use super::Folder;

/// Arguments of `ban`.
#[derive(Args)]
#[command(after_help = "\
A running exchange heeds changes within some seconds. Examples:
  strowger ban list
  strowger ban add 192.0.2.1 --seconds 3600 --note 'calls at night'
  strowger ban lift 2001:db8:1:2::")]
pub(crate) struct BanArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: BanVerb,
}

/// Verbs of `ban`.
#[derive(Subcommand)]
pub(crate) enum BanVerb {
    /// List the sources whose SIP messages are not read now
    List {
        /// Print JSON for programs
        #[arg(long)]
        json: bool,
    },
    /// Ban a source
    Add {
        /// An IPv4 address, or an IPv6 address, whose network of 64 bits is banned
        source: SourceAddress,
        /// How long, at most ten years
        #[arg(long, value_name = "N", default_value_t = 86_400)]
        seconds: u64,
        /// Why, at most 200 characters
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Lift a ban, and forgive the source what led to it
    Lift {
        /// As `list` shows it, or any address of an IPv6 network
        source: SourceAddress,
    },
}
