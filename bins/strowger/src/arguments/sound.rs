//! What can be said of sounds: what can be said of all documents, and words for a recording.

use clap::{Args, Subcommand};

use super::Folder;
use super::document::{Inside, Verb};

/// Arguments of `sound`.
#[derive(Args)]
pub(crate) struct SoundArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: SoundVerb,
}

/// What can be done with sounds.
#[derive(Subcommand)]
pub(crate) enum SoundVerb {
    #[command(flatten)]
    Document(Verb<Inside>),
    /// Have words spoken, and keep them as what is heard of a sound
    Say {
        #[command(flatten)]
        whose: Inside,
        /// The sound's name or id
        name: String,
        /// What is spoken, at most 1,000 characters
        text: String,
        /// de, en, es, fr, it or ru [default: the company's own]
        #[arg(long)]
        language: Option<String>,
    },
}
