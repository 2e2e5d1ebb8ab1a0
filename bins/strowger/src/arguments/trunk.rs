//! What can be said of trunks: what can be said of all documents, and what is known of carriers.

use clap::{Args, Subcommand};

use super::Folder;
use super::document::{Anywhere, Verb};

/// Arguments of `trunk`.
#[derive(Args)]
pub(crate) struct TrunkArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: TrunkVerb,
}

/// What can be done with trunks.
#[derive(Subcommand)]
pub(crate) enum TrunkVerb {
    #[command(flatten)]
    Document(Verb<Anywhere>),
    /// List the carriers whose settings are known: add takes them with preset=NAME
    Presets,
    /// Show what a preset fills in, what is to be said beside, and where it comes from
    Preset {
        /// Its name, as `presets` shows it
        name: String,
    },
}
