//! What can be said of backups.

use std::path::PathBuf;

use clap::Args;

use super::Folder;

/// What opens an archive.
#[derive(Args, Clone)]
pub(crate) struct KeyArguments {
    /// The file with the archive's key: 32 bytes or a line of base64; a command that writes an
    /// archive makes it when there is none
    #[arg(
        long,
        value_name = "FILE",
        env = "STROWGER_ARCHIVE_KEY",
        conflicts_with = "passphrase_stdin"
    )]
    pub(crate) archive_key: Option<PathBuf>,
    /// Read a passphrase of at least 12 characters from standard input instead
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,
}

/// Arguments of `backup`.
#[derive(Args)]
#[command(after_help = "\
The exchange may go on: the backup is what it had at one moment, and all that was acknowledged \
before. It is one encrypted file; without its key nobody opens it, you neither, so keep the key \
elsewhere. It does not need the master key. Examples:
  strowger backup exchange.strowger --archive-key /safe/archive.key
  printf %s 'a long passphrase' | strowger backup exchange.strowger --passphrase-stdin
Try that it can be restored:
  strowger restore exchange.strowger --data /tmp/try --archive-key /safe/archive.key")]
pub(crate) struct BackupArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The file to write; it must not be there
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

/// Arguments of `restore`.
#[derive(Args)]
#[command(after_help = "\
The store must be new: an empty folder, or a prepared database without rows. All of the backup \
is in it afterwards, compared row by row and looked through, or nothing. Secrets are sealed under \
the new store's own master key, so phones register with their old passwords. Example:
  strowger restore exchange.strowger --data ./new --archive-key /safe/archive.key
  strowger serve --data ./new")]
pub(crate) struct RestoreArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The backup
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

/// Arguments of `check`.
#[derive(Args)]
#[command(after_help = "\
Changes nothing, and may run beside an exchange. Example:
  strowger check --data ./data")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
}
