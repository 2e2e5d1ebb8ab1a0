//! What can be said of reports on calls for help.

use clap::Args;

use super::Folder;

/// Arguments of `emergency-report`.
#[derive(Args)]
#[command(after_help = "\
Which telephone is registered from where only the running exchange knows, so sites are not looked \
at here: GET /api/v1/tenants/COMPANY/emergency_report does. Example:
  strowger emergency-report acme.example")]
pub(crate) struct EmergencyReportArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The company, by domain or id
    pub(crate) company: String,
}
