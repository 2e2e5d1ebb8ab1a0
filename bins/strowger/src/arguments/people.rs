//! What can be said of people: what can be said of all documents, and what only people need.

use clap::{Args, Subcommand};

use super::Folder;
use super::document::{Anywhere, Verb};

/// Arguments of `user`.
#[derive(Args)]
pub(crate) struct PeopleArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: PeopleVerb,
}

/// What can be done with people.
#[derive(Subcommand)]
pub(crate) enum PeopleVerb {
    #[command(flatten)]
    Document(Verb<Anywhere>),
    /// Print a link with which a person sets the first password, to be handed over
    Invite(Linked),
    /// Print a link with which a person sets a new password, to be handed over
    Reset(Linked),
    /// End all logins of a person
    Logout(Named),
}

/// A person.
#[derive(Args)]
pub(crate) struct Named {
    #[command(flatten)]
    pub(crate) whose: Anywhere,
    /// The person's mail address or id
    pub(crate) name: String,
}

/// A person, and where a link to it shall lead.
#[derive(Args)]
pub(crate) struct Linked {
    #[command(flatten)]
    pub(crate) named: Named,
    /// What the link begins with, unless a brand says another domain
    #[arg(
        long,
        value_name = "URL",
        env = "STROWGER_PORTAL",
        default_value = "http://127.0.0.1:8080"
    )]
    pub(crate) portal: String,
}
