//! What can be asked about where calls go.

use clap::Args;
use machine::WallTime;

use super::Folder;

/// Arguments of `explain`.
#[derive(Args)]
#[command(after_help = "\
Nobody is called, and whether telephones are registered is not looked at. Examples:
  strowger explain acme.example 101 0030123456
  strowger explain acme.example --trunk carrier --caller +493012345 +493055501
  strowger explain acme.example --trunk carrier --at 2031-12-24T10:00:00Z +493055501")]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The company, by domain or id
    pub(crate) company: String,
    /// The extension that would call, unless it is a trunk; then the number that it would dial
    #[arg(required = true, num_args = 1..=2, value_name = "[EXTENSION] CALLED")]
    pub(crate) who_and_what: Vec<String>,
    /// The trunk by which the call would come in, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) trunk: Option<String>,
    /// The caller's number, as the carrier writes it
    #[arg(long, value_name = "NUMBER", requires = "trunk")]
    pub(crate) caller: Option<String>,
    /// The extension's device that would call, by user name or id: it tells where a call for help
    /// would be from
    #[arg(long, value_name = "NAME", conflicts_with = "trunk")]
    pub(crate) device: Option<String>,
    /// The address from which its messages would come, likewise
    #[arg(long, value_name = "IP", conflicts_with = "trunk")]
    pub(crate) source: Option<std::net::IpAddr>,
    /// When the call would be (RFC 3339), such as 2031-12-24T10:00:00Z; now where it is left out
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<WallTime>,
}
