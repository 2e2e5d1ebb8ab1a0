//! Arguments of `person` and `erase`.

use clap::{Args, Subcommand};

use super::Folder;

/// Arguments of `person`.
#[derive(Args)]
#[command(after_help = "\
A person is named by the mail address or id of a user, by the number or id of an extension, or by \
any other telephone number. Example:
  strowger person find acme.example ann@acme.example")]
pub(crate) struct PersonArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: PersonVerb,
}

/// Verbs of `person`.
#[derive(Subcommand)]
pub(crate) enum PersonVerb {
    /// Show where a person's data is, and what an erasure does with it
    Find(Named),
    /// Print all of a person's data as JSON
    Export(Named),
    /// Erase a person: users go, records get a pseudonym
    Erase {
        #[command(flatten)]
        named: Named,
        /// Really do it
        #[arg(long)]
        yes: bool,
    },
}

/// A person of a company.
#[derive(Args)]
pub(crate) struct Named {
    /// The company's domain or id
    pub(crate) tenant: String,
    /// Mail address, number or id
    pub(crate) person: String,
}

/// Arguments of `erase`.
#[derive(Args)]
#[command(after_help = "\
Its phones, calls, records, people and keys go for good; backups keep what they have. It is \
refused while something of it is on legal hold.")]
pub(crate) struct EraseArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The company's domain or id
    pub(crate) tenant: String,
    /// Really do it
    #[arg(long)]
    pub(crate) yes: bool,
}
