//! What can be said of rate decks: what can be said of all documents, and carriers' sheets.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Folder;
use super::document::{Anywhere, Verb};

/// Arguments of `rate-deck`.
#[derive(Args)]
pub(crate) struct RateDeckArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: RateDeckVerb,
}

/// What can be done with rate decks.
#[derive(Subcommand)]
pub(crate) enum RateDeckVerb {
    #[command(flatten)]
    Document(Verb<Anywhere>),
    /// Put the rates of a sheet in the place of a deck's: columns prefix, per_minute, connection,
    /// first_seconds, each_seconds, from, until, with prices such as 0.009
    Rates {
        #[command(flatten)]
        whose: Anywhere,
        /// The deck's name or id
        name: String,
        /// The sheet; - for what comes in
        file: PathBuf,
    },
}
