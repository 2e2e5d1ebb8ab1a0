//! Arguments of `token`.

use clap::{Args, Subcommand};
use machine::WallTime;

use super::Folder;

/// Arguments of `token`.
#[derive(Args)]
pub(crate) struct TokenArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: TokenVerb,
}

/// Verbs of `token`.
#[derive(Subcommand)]
pub(crate) enum TokenVerb {
    /// List keys with their state and last use; never their text
    #[command(after_help = "Example: strowger token list --tenant acme.example")]
    List {
        #[command(flatten)]
        whose: KeyHolder,
    },
    /// Make a key and print it once
    #[command(alias = "create")]
    Add(NewToken),
    /// Show what is kept of a key: what it may do, when it ends, when it was last used
    #[command(after_help = "Example: strowger token show tok_01hg5z3r8k0000000000000000")]
    Show {
        /// Its id, as `list` shows it
        token: String,
    },
    /// Give a key a new text and print it once; the present one stays good for a while
    #[command(after_help = ROTATING)]
    Rotate {
        /// Its id, as `list` shows it
        token: String,
        /// Seconds for which the present text stays good, 30 days at most; 0 ends it at once
        #[arg(long, value_name = "SECONDS", default_value_t = DAY)]
        overlap: u32,
    },
    /// Revoke a key at once, with both its texts
    #[command(after_help = "Example: strowger token revoke tok_01hg5z3r8k0000000000000000")]
    Revoke {
        /// Its id, as `list` shows it
        token: String,
    },
}

/// A day, in seconds.
const DAY: u32 = 86_400;

const ROTATING: &str = "Put the new text where the key is used within the overlap, and nothing \
stops. A second rotation ends the oldest text at once.

Example: strowger token rotate tok_01hg5z3r8k0000000000000000 --overlap 3600";

const SCOPES: &str = "A scope is a permission: a topic and what may be done with it, such as \
extension.read. extension.* is all that may be done with extensions, *.read is to read \
everything. A key never does more than whoever it is for: without scopes it does all of that.

Example: strowger token add crm --tenant acme.example --scope cdr.read --scope extension.read \
--expires 2027-01-01T00:00:00Z";

/// Whom keys are for; nobody named is the operator.
#[derive(Args)]
pub(crate) struct KeyHolder {
    /// The company they are for
    #[arg(long, value_name = "DOMAIN", conflicts_with = "reseller")]
    pub(crate) tenant: Option<String>,
    /// The reseller they are for
    #[arg(long, value_name = "NAME")]
    pub(crate) reseller: Option<String>,
}

/// Arguments of `token add`.
#[derive(Args)]
#[command(after_help = SCOPES)]
pub(crate) struct NewToken {
    /// What people call it
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) whose: KeyHolder,
    /// What it may do, several times; without it, all that whoever it is for may do
    #[arg(long = "scope", value_name = "PERMISSION")]
    pub(crate) scopes: Vec<String>,
    /// When it ends by itself, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "days")]
    pub(crate) expires: Option<WallTime>,
    /// Days until it ends by itself
    #[arg(long, value_name = "N")]
    pub(crate) days: Option<u32>,
}
