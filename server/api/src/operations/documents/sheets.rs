//! An owner's documents of a kind as one sheet, out and in.

use admin::sheet::{self, Imported};
use domain::{Feature, FixedRole, Kind, KindName, Permission, Rights, SecretRule, Verb};

use super::door::Door;
use crate::call::{Answer, Call};
use crate::giving;
use crate::media_type::CSV;
use crate::operation::{Operation, text};
use crate::problem::{Kind as Refusal, Problem};
use crate::view::sheet::{ImportView, Sheet};
use crate::words;

const IMPORT: &str = "\
The body is a sheet: a first row names columns, and each further row is a document. Separators are \
commas, semicolons or tabs, and a byte order mark does no harm. What is not there is made; what \
differs is changed, where columns that are left out stay as they are and an empty cell is the \
default; the rest stays, and nothing is deleted. What is referred to is named by id or name. It is \
one transaction: with any bad row nothing is changed, and every bad row is named by line, column and \
rule. With `dry_run=true` nothing is changed, and the answer says what would be. At most 1,000 rows \
and 1,048,576 bytes. The permission to change such documents is needed, too; for people and roles, \
all that the company's admin has.";

const EXPORT: &str = "\
Comma-separated values (RFC 4180), never with secrets. A text that a spreadsheet would take for a \
formula has an apostrophe before it, which an import takes off.";

/// What there is besides, where the kind comes in ranges.
const RANGES: &str = " A row may name a range with a hyphen between its ends, such as \
    `+493055500-+493055599`, which makes a document of each number.";

/// The operations on a kind's sheet.
pub(super) fn operations<K: Kind, D: Door>() -> Vec<Operation> {
    let many = words::plain(K::MANY);
    let label = words::joined(K::MANY);
    let columns = sheet::columns::<K>().join("`, `");
    let told = match K::SECRET {
        SecretRule::None => "",
        SecretRule::Supplied | SecretRule::PrivateKey => " A column `secret` is kept sealed.",
        SecretRule::Signing => " Keys of new documents are in the answer and never again.",
        SecretRule::Generated => {
            " Where there is no column `secret`, or an empty cell, one is generated for a new \
             document, which is in the answer and never again."
        }
    };
    let ranges = if K::NAME == KindName::Number {
        RANGES
    } else {
        ""
    };
    let import = format!("{}/import/{}", D::BASE, K::MANY);
    let export = format!("{}/export/{}", D::BASE, K::MANY);
    let trial = text(
        "dry_run",
        "`true` changes nothing; `false` when it says nothing.",
    );
    let operations = [
        Operation::post(import, format!("import{label}"), read::<K, D>)
            .needs(Permission::of_kind(K::NAME, Verb::Create))
            .tells(
                format!("Import {many} from a sheet"),
                format!("{}{IMPORT}{told}{ranges} Columns: `{columns}`.", D::FOR),
            )
            .query(&[trial])
            .reads::<Sheet>()
            .gives::<ImportView>("What became of each row.")
            .refuses(&[Refusal::Invalid]),
        Operation::get(export, format!("export{label}"), write::<K, D>)
            .needs(Permission::of_kind(K::NAME, Verb::Read))
            .tells(
                format!("Export {many} as a sheet"),
                format!("{}{EXPORT}", D::FOR),
            )
            .prints(CSV, format!("All {many}, a row for each.")),
    ];
    // a plan sells sheets to companies; accounts have none
    let sold = K::PLACE.is_in_tenants();
    let sold = |operation: Operation| {
        if sold {
            operation.part_of(Feature::Sheets)
        } else {
            operation
        }
    };
    operations.map(sold).into()
}

async fn read<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let scope = D::open(&call).await?;
    check::<K>(&call).await?;
    let trial = match call.parameter("dry_run") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::parameter("dry_run", "must be true or false")),
    };
    let imported: Imported = sheet::import::<K, _>(&call.office, &scope, &call.body, trial).await?;
    if !imported.bad.is_empty() && !trial {
        return Err(Problem::of_rows(imported.bad));
    }
    let secrets = imported.lines.iter().any(|line| line.secret.is_some());
    let bare = ImportView::bare(&imported, trial);
    let answer = Answer::json(&ImportView::of(imported, trial))?;
    if secrets {
        return answer.remembered_as(&bare);
    }
    Ok(answer)
}

/// A sheet changes documents, too; and one of people, roles or sign-in servers may give any right,
/// so whoever imports it must have all.
async fn check<K: Kind>(call: &Call) -> Result<(), Problem> {
    giving::holds(call, Permission::of_kind(K::NAME, Verb::Change)).await?;
    match K::NAME {
        KindName::User | KindName::Role | KindName::Sso => {
            giving::within(call, &Rights::of_fixed(FixedRole::TenantAdmin)).await
        }
        KindName::Reseller
        | KindName::Plan
        | KindName::Tenant
        | KindName::Extension
        | KindName::Device
        | KindName::Hold
        | KindName::Webhook
        | KindName::RateDeck
        | KindName::Trunk
        | KindName::Number
        | KindName::SigningKey
        | KindName::Schedule
        | KindName::Sound
        | KindName::Music
        | KindName::EmergencyLocation
        | KindName::Site
        | KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => Ok(()),
    }
}

async fn write<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let scope = D::open(&call).await?;
    let text = sheet::export::<K, _>(&call.office, &scope).await?;
    Ok(Answer::text(CSV, text))
}
