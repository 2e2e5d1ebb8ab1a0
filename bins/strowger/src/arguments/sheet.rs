//! What can be said of sheets.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::{KindName, Place};

use super::Folder;

/// The kinds that have sheets, by the word for several of each.
fn kinds() -> impl TypedValueParser<Value = KindName> {
    PossibleValuesParser::new(with_sheets().map(KindName::many)).map(|word| {
        let mut all = with_sheets();
        // the parser before it lets no other word through
        all.find(|kind| kind.many() == word)
            .unwrap_or(KindName::Extension)
    })
}

fn with_sheets() -> impl Iterator<Item = KindName> {
    let all = KindName::ALL.into_iter();
    all.filter(|kind| kind.place() != Place::Itself)
}

/// Arguments of `import`.
#[derive(Args)]
#[command(after_help = "\
The first row names columns, such as: mail,display_name,role,extension. What is not there is made, \
what differs is changed, the rest stays; nothing is removed. With any bad row nothing is changed, \
and every bad row is named. See the columns with: strowger export users --tenant acme.example
The operator's numbers and plans need no company: strowger import numbers numbers.csv")]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// Of what
    #[arg(value_parser = kinds())]
    pub(crate) kind: KindName,
    /// The sheet (CSV); - reads standard input
    pub(crate) file: PathBuf,
    /// The company, by domain or id; left out for what is the operator's
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) tenant: Option<String>,
    /// Change nothing, and tell what would be made and changed
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `export`.
#[derive(Args)]
#[command(after_help = "Example: strowger export users --tenant acme.example --output users.csv")]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// Of what
    #[arg(value_parser = kinds())]
    pub(crate) kind: KindName,
    /// The company, by domain or id; left out for what is the operator's
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) tenant: Option<String>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
