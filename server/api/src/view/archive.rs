//! The views of companies as wholes: what is asked for, what an archive holds, what came in.

use std::borrow::Cow;

use admin::archive::{Counts, NewPassword, Report, Seen};
use ids::TenantId;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::octets::octets;

/// The bytes of an archive; only its schema is wanted.
pub(crate) struct ArchiveBytes;

impl PartialSchema for ArchiveBytes {
    fn schema() -> RefOr<Schema> {
        octets("An archive, as it was taken out.")
    }
}

impl ToSchema for ArchiveBytes {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Archive")
    }
}

/// An archive to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewArchive {
    /// What opens it again; kept nowhere. At least 12 characters.
    #[schema(
        min_length = 12,
        max_length = 1024,
        example = "seven wild geese fly north"
    )]
    pub(crate) passphrase: String,
    /// Whether what happened goes with it: call records, history, events, audit trail, API keys.
    #[serde(default = "all")]
    #[schema(default = true)]
    pub(crate) records: bool,
}

fn all() -> bool {
    true
}

/// A company to be made after another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClone {
    /// Its SIP domains, 1 to 16.
    #[schema(min_items = 1, max_items = 16, example = json!(["initech.example"]))]
    pub(crate) domains: Vec<String>,
    /// What is added to its devices' user names, after a dot. Without it, the first label of the
    /// first domain.
    #[schema(max_length = 63, example = "initech")]
    pub(crate) suffix: Option<String>,
}

/// How much there is.
#[derive(Serialize, ToSchema)]
#[schema(as = ArchiveCounts)]
pub(crate) struct CountsView {
    /// Documents.
    documents: u64,
    /// Secrets among them.
    secrets: u64,
    /// People with what they sign in with.
    people: u64,
    /// Earlier and present revisions.
    versions: u64,
    /// Entries of the audit trail.
    audit: u64,
    /// Call records.
    cdrs: u64,
    /// Events.
    events: u64,
    /// Deliveries to webhooks.
    deliveries: u64,
    /// API keys.
    tokens: u64,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        let Counts {
            documents,
            secrets,
            people,
            versions,
            audit,
            cdrs,
            events,
            deliveries,
            tokens,
        } = counts;
        CountsView {
            documents,
            secrets,
            people,
            versions,
            audit,
            cdrs,
            events,
            deliveries,
            tokens,
        }
    }
}

/// What an archive is and holds.
#[derive(Serialize, ToSchema)]
#[schema(as = ArchiveContent)]
pub(crate) struct SeenView {
    /// The format of its lines.
    format: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    made: String,
    /// The digest realm of the exchange that made it.
    realm: String,
    /// Whether that is the realm here, so that devices' passwords hold.
    passwords_hold: bool,
    /// The company.
    #[schema(value_type = String)]
    tenant: TenantId,
    /// Its domains then.
    domains: Vec<String>,
    /// Name of the plan it had, if any.
    plan: Option<String>,
    /// How many bytes it has.
    bytes: u64,
    /// How much it holds.
    counts: CountsView,
}

impl SeenView {
    /// What was seen of so many bytes, in an exchange of this realm.
    pub(crate) fn of(seen: Seen, bytes: u64, realm: &str) -> SeenView {
        let title = seen.title;
        SeenView {
            format: title.format,
            made: title.made.to_rfc3339(),
            passwords_hold: title.realm == realm,
            realm: title.realm,
            tenant: title.tenant,
            domains: title.domains,
            plan: title.plan,
            bytes,
            counts: seen.counts.into(),
        }
    }
}

/// A device that needs another password in its phone.
#[derive(Serialize, ToSchema)]
#[schema(as = ArrivedPassword)]
struct PasswordView {
    /// Its user name now.
    username: String,
    /// The generated password. Shown now and never again: null in a repeated answer.
    secret: Option<String>,
}

/// A company that came in.
#[derive(Serialize, ToSchema)]
#[schema(as = Arrived)]
pub(crate) struct ArrivedView {
    /// Its id here.
    #[schema(value_type = String)]
    pub(crate) tenant: TenantId,
    /// Its first domain here.
    domain: String,
    /// What came in.
    counts: CountsView,
    /// Devices whose old password does not work here.
    passwords: Vec<PasswordView>,
    /// What else is not as it was, in sentences.
    notes: Vec<String>,
}

impl ArrivedView {
    /// What came in; with the passwords, or without.
    pub(crate) fn of(report: &Report, shown: bool) -> ArrivedView {
        let password = |new: &NewPassword| PasswordView {
            username: new.username.clone(),
            secret: shown.then(|| new.secret.reveal().to_owned()),
        };
        ArrivedView {
            tenant: report.tenant,
            domain: report.domain.clone(),
            counts: report.counts.into(),
            passwords: report.passwords.iter().map(password).collect(),
            notes: report.notes.clone(),
        }
    }
}
