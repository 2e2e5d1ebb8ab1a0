//! The use case of sending a fax: it is looked at, kept and noted; whoever sends it finds it in the
//! store.

use std::fmt;

use domain::{
    Destination, Extension, FAX_ATTEMPTS_MAX, FAX_NUMBER_MAX, FAX_PAUSE_MAX, FAXES_OCTETS_MAX,
    FAXES_WAITING_MAX, Fax, FaxCarriage, FaxSending, FaxState, Resource,
};
use ids::FaxId;
use ports::{FaxQuery, Kept, StoreError};
use tenancy::{TenantScope, Unresolved};

use crate::documents;
use crate::faxes::told;
use crate::office::Office;

/// A fax that somebody wants sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Who sends it: an extension that is a fax machine, by number or id.
    pub extension: String,
    /// The number that is called, as from a telephone of that extension.
    pub to: String,
    /// Attempts at most.
    pub attempts: u8,
    /// Seconds between two.
    pub pause: u32,
}

/// A wish that was looked at, and may be carried out.
#[derive(Clone, Debug)]
pub struct Admitted {
    wanted: Wanted,
    extension: Resource<Extension>,
}

/// Why a fax is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// A field breaks a rule: its name, and the rule.
    Field(&'static str, String),
    /// As many of the company's wait as may.
    Waiting,
    /// The company's documents would have more octets than they may.
    Full {
        /// How many the others have.
        in_use: u64,
    },
    /// What the store says.
    Store(StoreError),
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsent::Field(name, rule) => write!(f, "{name} {rule}"),
            Unsent::Waiting => write!(
                f,
                "as many faxes wait to be sent as a company may have: {FAXES_WAITING_MAX}"
            ),
            Unsent::Full { in_use } => write!(
                f,
                "faxes: limit {FAXES_OCTETS_MAX} octets for everybody, in use {in_use}"
            ),
            Unsent::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unsent {}

impl From<StoreError> for Unsent {
    fn from(error: StoreError) -> Self {
        Unsent::Store(error)
    }
}

/// Looks at a wish, before anybody goes to the trouble of understanding its document.
///
/// # Errors
/// [`Unsent`].
pub async fn admit(
    office: &Office,
    scope: &TenantScope,
    wanted: Wanted,
) -> Result<Admitted, Unsent> {
    check(&wanted)?;
    let extension = sender(office, scope, &wanted.extension).await?;
    if waiting(office, scope).await? >= FAXES_WAITING_MAX {
        return Err(Unsent::Waiting);
    }
    Ok(Admitted { wanted, extension })
}

/// Takes a fax in that is to be sent, with its document of so many pages. The tenant's audit trail
/// says who wants to send what where.
///
/// # Errors
/// [`Unsent`].
pub async fn send(
    office: &Office,
    scope: &TenantScope,
    Admitted { wanted, extension }: Admitted,
    (document, pages): (Vec<u8>, u16),
) -> Result<Fax, Unsent> {
    let now = office.now();
    let fax = Fax {
        id: office.mint(FaxId::new),
        tenant: scope.tenant(),
        call: None,
        extension: extension.id,
        number: extension.spec.number.clone(),
        caller: extension.spec.number,
        began: now,
        ended: now,
        state: FaxState::Queued,
        failure: None,
        pages,
        octets: u64::try_from(document.len()).unwrap_or(u64::MAX),
        carriage: FaxCarriage::default(),
        sending: Some(FaxSending {
            to: wanted.to,
            attempts: 0,
            attempts_max: wanted.attempts,
            pause: wanted.pause,
            due: Some(now),
        }),
    };
    let kept = office
        .store()
        .write_fax(fax.clone(), document, FAXES_OCTETS_MAX);
    if let Kept::Full { in_use } = kept.await? {
        return Err(Unsent::Full { in_use });
    }
    let target = fax.id.to_string();
    let mut note = office.audit(scope.owner(), scope.actor(), "fax.queued", target);
    note.after = Some(told(&fax));
    office.store().add_audit(scope, &note).await?;
    Ok(fax)
}

fn check(wanted: &Wanted) -> Result<(), Unsent> {
    let number = &wanted.to;
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
    let rest = number.strip_prefix('+').unwrap_or(number);
    if rest.is_empty() || number.len() > FAX_NUMBER_MAX || !rest.chars().all(dialled) {
        let rule = format!("must be 1 to {FAX_NUMBER_MAX} digits, * or #, after + or not");
        return Err(Unsent::Field("to", rule));
    }
    if !(1..=FAX_ATTEMPTS_MAX).contains(&wanted.attempts) {
        return Err(Unsent::Field("attempts", among(FAX_ATTEMPTS_MAX.into())));
    }
    if !(1..=FAX_PAUSE_MAX).contains(&wanted.pause) {
        return Err(Unsent::Field("pause", among(FAX_PAUSE_MAX)));
    }
    Ok(())
}

fn among(most: u32) -> String {
    format!("must be a number from 1 to {most}")
}

/// The extension that sends: one that is a fax machine.
async fn sender(
    office: &Office,
    scope: &TenantScope,
    text: &str,
) -> Result<Resource<Extension>, Unsent> {
    let rule = || {
        let rule = "must be an extension with the destination fax, by number or id";
        Unsent::Field("extension", rule.to_owned())
    };
    let reference = Unresolved::<Extension>::new(text.to_owned());
    match documents::find(office, scope, &reference).await {
        Ok((_, found)) if found.spec.destination == Destination::Fax => Ok(found),
        Ok(_) | Err(StoreError::NotFound) => Err(rule()),
        Err(error) => Err(error.into()),
    }
}

/// How many of the company's wait to be sent or are being sent; those beyond a page do not matter.
async fn waiting(office: &Office, scope: &TenantScope) -> Result<usize, StoreError> {
    let mut waiting = 0;
    for state in [FaxState::Queued, FaxState::Sending] {
        let query = FaxQuery {
            state: Some(state),
            limit: FAXES_WAITING_MAX,
            ..FaxQuery::default()
        };
        waiting += office.store().faxes(scope, &query).await?.faxes.len();
    }
    Ok(waiting)
}
