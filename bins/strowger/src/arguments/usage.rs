//! What can be said of usage.

use clap::Args;

use super::Folder;

/// Arguments of `usage`.
#[derive(Args)]
#[command(after_help = "\
Each limit stands beside who set it (tenant, plan, reseller, or the exchange for everybody). What \
is used of calls and rates at this moment only the running exchange knows: \
GET /api/v1/tenants/COMPANY/usage. Examples:
  strowger usage acme.example
  strowger usage --reseller north
  strowger usage")]
pub(crate) struct UsageArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The company, by domain or id; without one, what lies below the operator
    pub(crate) company: Option<String>,
    /// What lies below this reseller and what all of it has together, by name or id
    #[arg(long, value_name = "NAME", conflicts_with = "company")]
    pub(crate) reseller: Option<String>,
}
