//! What can be said of summaries.

use clap::{Args, ValueEnum};
use domain::QualityBy;
use machine::WallTime;
use ports::QualityGroups;

use super::Folder;

/// How summaries are put together.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum By {
    /// Each hour, the newest first
    Hour,
    /// Each site at which telephones are
    Site,
    /// Each model of telephones
    Model,
    /// Each trunk
    Trunk,
    /// Each codec
    Codec,
}

impl By {
    /// The same in the words of the store.
    pub(crate) fn groups(self) -> QualityGroups {
        match self {
            By::Hour => QualityGroups::Hours,
            By::Site => QualityGroups::Values(QualityBy::Site),
            By::Model => QualityGroups::Values(QualityBy::Model),
            By::Trunk => QualityGroups::Values(QualityBy::Trunk),
            By::Codec => QualityGroups::Values(QualityBy::Codec),
        }
    }
}

/// Arguments of `quality`.
#[derive(Args)]
#[command(after_help = "\
POOR is the share of legs below a mean opinion score of 3.6. How one call sounded from second to \
second: strowger cdr quality COMPANY CDR. Examples:
  strowger quality acme.example
  strowger quality acme.example --by model --since 2026-03-01T00:00:00Z
  strowger quality --trunk carrier")]
pub(crate) struct QualityArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The company, by domain or id
    #[arg(required_unless_present = "trunk")]
    pub(crate) company: Option<String>,
    /// A trunk of the operator's or of a reseller's, by name or id: each hour, of all companies
    /// together
    #[arg(long, value_name = "NAME", conflicts_with_all = ["company", "by"])]
    pub(crate) trunk: Option<String>,
    /// The reseller whose trunk that is, by name or id
    #[arg(long, value_name = "NAME", requires = "trunk")]
    pub(crate) reseller: Option<String>,
    /// How it is put together
    #[arg(long, value_enum, default_value_t = By::Hour)]
    pub(crate) by: By,
    /// From the hour on in which this is (RFC 3339); seven days back where nothing is said, and at
    /// most 400
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<WallTime>,
    /// Only hours that began before this (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<WallTime>,
    /// How many lines at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
}
