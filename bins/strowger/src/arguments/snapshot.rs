//! What can be said of snapshots.

use std::path::PathBuf;

use clap::Args;

use super::Folder;
use super::document::{Above, Verb};

/// Arguments of `snapshot`.
#[derive(Args)]
#[command(after_help = "\
The text is YAML. Documents refer to each other by name, and no password is in it, so it may be \
kept beside source code and fits another exchange as well. Examples:
  strowger snapshot > exchange.yaml
  strowger snapshot --tenant acme.example --output acme.yaml")]
pub(crate) struct SnapshotArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// Only this company, by domain or id
    #[arg(long, value_name = "DOMAIN", conflicts_with = "reseller")]
    pub(crate) tenant: Option<String>,
    /// Only this reseller with all below it, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) reseller: Option<String>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Arguments of `apply`.
#[derive(Args)]
#[command(after_help = "\
What is not there is made, what differs is changed, the rest stays; nothing is removed. Up to \
2,000 documents are one transaction; more are several, in the order of the companies' names, each \
company whole. If it ends early, apply the same file again: what is done is passed over. \
Look first with: strowger plan FILE")]
pub(crate) struct ApplyArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The snapshot; - reads standard input
    pub(crate) file: PathBuf,
    /// Print nothing but failures
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Arguments of `plan`: a snapshot to be looked at, or a verb of the kind *plan*.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "\
With a FILE it shows what `strowger apply FILE` would make and change. With a verb it works on \
plans, which say how much companies may use:
  strowger plan exchange.yaml
  strowger plan add gold maximum.devices=50 caps.concurrent_calls=20"
)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// A snapshot; - reads standard input
    pub(crate) file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb<Above>>,
}
