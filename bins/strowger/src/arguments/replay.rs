//! What can be asked about what calls of the past would come to.

use std::path::PathBuf;

use admin::replay::Without;
use clap::Args;
use machine::WallTime;

use super::Folder;

/// Arguments of `replay`.
#[derive(Args)]
#[command(after_help = "\
Each call in the records is asked again, at its own time: by the documents as they are, and by \
those that --with and --without propose. Without a proposal, what happened is held against the \
documents as they are. Nobody is called and nothing is changed. Telephones are taken as reachable \
on both sides, and caps and budgets as unused, so that what differs does so by documents alone.

Write down what shall change, look, and only then apply it:
  strowger snapshot --tenant acme.example > acme.yaml      and change it, or keep a part of it
  strowger replay acme.example --with acme.yaml
  strowger apply acme.yaml

More examples:
  strowger replay acme.example --without device/acme-102 --without extension/102
  strowger replay acme.example --since 2031-12-01T00:00:00Z --until 2032-01-01T00:00:00Z --json

Exit status: 0 when no call differs, 3 when some do, 4 when a call for help would not complete; \
1 and 2 when it could not be told.")]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The company, by domain or id
    pub(crate) company: String,
    /// Calls that started at this time or later (RFC 3339); a day before --until where it is left
    /// out
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<WallTime>,
    /// Calls that started before this time (RFC 3339); now where it is left out
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<WallTime>,
    /// What is proposed: a snapshot with documents of the company, as `apply` takes it; - reads
    /// standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) with: Option<PathBuf>,
    /// A document that would be deleted, such as extension/102; may be said several times
    #[arg(long, value_name = "KIND/NAME", value_parser = without)]
    pub(crate) without: Vec<Without>,
    /// Everything as JSON, the rules that differ with each call
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not say how far it is
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn without(text: &str) -> Result<Without, String> {
    let (kind, name) = text
        .split_once('/')
        .ok_or("must be a kind and a name, such as extension/102")?;
    let kind = kind
        .replace('-', "_")
        .parse()
        .map_err(|_| format!("{kind} is no kind of document"))?;
    Ok(Without {
        kind,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use domain::KindName;

    use super::*;

    #[test]
    fn a_document_that_would_go_is_said_by_its_kind_and_name() {
        let read = without("inbound-route/front").unwrap();
        assert_eq!(
            (read.kind, read.name.as_str()),
            (KindName::InboundRoute, "front")
        );
        assert!(without("extension").unwrap_err().contains("extension/102"));
        assert!(
            without("cat/tom")
                .unwrap_err()
                .starts_with("cat is no kind")
        );
    }
}
