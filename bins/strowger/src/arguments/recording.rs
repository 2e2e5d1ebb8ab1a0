//! What can be said of recordings.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Folder;

/// Arguments of `recording`.
#[derive(Args)]
#[command(after_help = "\
Who fetches what was said, and who deletes it, is noted in the company's audit trail. Examples:
  strowger recording list acme.example
  strowger recording list acme.example --call CALL
  strowger recording list acme.example --conference 800
  strowger recording show acme.example RECORDING
  strowger recording fetch acme.example RECORDING call.ogg
  strowger recording delete acme.example RECORDING")]
pub(crate) struct RecordingArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: RecordingVerb,
}

/// Verbs of `recording`.
#[derive(Subcommand)]
pub(crate) enum RecordingVerb {
    /// List a company's latest recordings
    List {
        /// The company's domain or id
        tenant: String,
        /// Those of the call with this id
        #[arg(long)]
        call: Option<String>,
        /// Those of the conference with this number or id
        #[arg(long)]
        conference: Option<String>,
        /// How many, at most 500
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Write what was said into a file: Ogg Opus, or WAV or MP3 where the file's name ends with
    /// .wav or .mp3
    Fetch {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        recording: String,
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Delete one, with what was said
    Delete {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        recording: String,
    },
    /// Show what is known of one as JSON
    Show {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        recording: String,
    },
}
