//! What can be said of documents: the same verbs for all kinds.

use clap::{Args, Subcommand};

use super::Folder;

/// Arguments of a kind that lies below the operator or a reseller.
#[derive(Args)]
pub(crate) struct AccountKind {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: Verb<Above>,
}

/// Arguments of a kind that a company owns.
#[derive(Args)]
pub(crate) struct TenantKind {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: Verb<Inside>,
}

/// Arguments of a kind that the operator, resellers and companies own.
#[derive(Args)]
pub(crate) struct AnyKind {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: Verb<Anywhere>,
}

/// Nothing needs to be said of whose documents are meant.
#[derive(Args, Clone)]
pub(crate) struct Above {}

/// Whose documents are meant.
#[derive(Args, Clone)]
pub(crate) struct Inside {
    /// The company's domain or id
    pub(crate) tenant: String,
}

/// Whose documents are meant; the operator's own, unless it is said.
#[derive(Args, Clone)]
pub(crate) struct Anywhere {
    /// Those of the company with this domain or id [default: the operator's own]
    #[arg(long, value_name = "DOMAIN", conflicts_with = "reseller")]
    pub(crate) tenant: Option<String>,
    /// Those of the reseller with this name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) reseller: Option<String>,
}

/// What can be done with documents.
#[derive(Subcommand)]
pub(crate) enum Verb<Whose: Args> {
    /// List all
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Show one as JSON; never its secret
    Show {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
    },
    /// Add one; where it has a secret, that is made and printed once, unless --secret-stdin
    Add {
        #[command(flatten)]
        whose: Whose,
        /// What it is called: a domain, a number, a user name, a name
        name: String,
        /// FIELD=VALUE, such as display_name=… or caps.concurrent_calls=50
        fields: Vec<String>,
        /// Read the secret from standard input, as when moving from another system
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Change fields of one
    Set {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
        /// FIELD=VALUE; null removes what was said
        #[arg(required = true)]
        fields: Vec<String>,
    },
    /// Replace its secret; the new one is printed once, the old one is void unless --overlap
    Secret {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
        /// Read the new secret from standard input
        #[arg(long, conflicts_with = "overlap")]
        secret_stdin: bool,
        /// How long the old one stays valid beside the new one, at most 30 days
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        overlap: u64,
    },
    /// Show what refers to it and keeps it from being removed
    UsedBy {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
    },
    /// Show its revisions, newest first
    History {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
    },
    /// Make it again what it was at a revision
    Rollback {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
        /// The revision, as `history` shows it
        revision: u64,
    },
    /// Remove one that nothing refers to
    Remove {
        #[command(flatten)]
        whose: Whose,
        /// Its name or id
        name: String,
    },
}

impl<Whose: Args> Verb<Whose> {
    /// Whose documents are meant.
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Verb::List { whose }
            | Verb::Show { whose, .. }
            | Verb::Add { whose, .. }
            | Verb::Set { whose, .. }
            | Verb::Secret { whose, .. }
            | Verb::UsedBy { whose, .. }
            | Verb::History { whose, .. }
            | Verb::Rollback { whose, .. }
            | Verb::Remove { whose, .. } => whose,
        }
    }
}
