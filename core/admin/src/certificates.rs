//! Use cases of certificates that come by themselves (ACME, RFC 8555): how each name stands, who
//! asks for a new one, and what is answered to the authority.
//!
//! Everything is kept in the platform's sealed book, so all nodes of an exchange have the same
//! account, certificates and answers.

mod book;
mod challenge;
mod round;
mod shown;

pub use challenge::answer;
pub use round::{Issuance, Round};
pub use shown::{Shown, Source, list, note_files};

use domain::Invalid;
use ports::StoreError;
use renewal::BadFacts;
use tenancy::{Owner, PlatformScope};

use crate::office::Office;

/// A certificate in use: the host, and chain and key in PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct InUse {
    /// The host.
    pub name: String,
    /// Chain and key.
    pub given: ports::Given,
}

/// The certificates of these names, as far as there are any, in the order of the names.
///
/// # Errors
/// What the store says.
pub async fn in_use(office: &Office, names: &[String]) -> Result<Vec<InUse>, StoreError> {
    let kept = book::all(office).await?;
    let find = |name: &String| {
        let kept = kept.iter().find(|kept| kept.standing.name == *name)?;
        Some(InUse {
            name: name.clone(),
            given: kept.given()?,
        })
    };
    Ok(names.iter().filter_map(find).collect())
}

/// Whether a chain in PEM names this host itself, or by a wildcard.
///
/// # Errors
/// The text begins with no certificate.
pub fn is_for(chain: &[u8], name: &str) -> Result<bool, BadFacts> {
    let facts = renewal::Facts::of_pem(chain)?;
    let above = name.split_once('.').map(|(_, above)| format!("*.{above}"));
    let fits = |one: &String| one == name || Some(one) == above.as_ref();
    Ok(facts.names.iter().any(fits))
}

/// Has a name asked for anew, whatever failed before; the exchange does so within some seconds. It
/// is in the platform's audit trail.
///
/// # Errors
/// `NotFound` for a name that the exchange does not ask for, `Invalid` for one whose certificate
/// is the operator's file, else what the store says.
pub async fn renew(
    office: &Office,
    scope: &PlatformScope,
    name: &str,
) -> Result<Shown, StoreError> {
    let now = office.now();
    let known = book::all(office).await?;
    if !known.iter().any(|kept| kept.standing.name == name) {
        let files = list(office, scope).await?;
        if files.iter().any(|one| one.name == name) {
            let rule = "has its certificate from a file: replace the file";
            return Err(Invalid::new("/name", rule).into());
        }
        return Err(StoreError::NotFound);
    }
    let kept = book::change(office, name, |kept| kept.standing.ask(now)).await?;
    let actor = scope.actor();
    let audit = office.audit(Owner::PLATFORM, actor, "certificate.asked", name.to_owned());
    office.store().note(&scope.account(), &audit).await?;
    Ok(Shown::of(&kept.standing))
}
