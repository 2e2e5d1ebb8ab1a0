//! Use cases of support access: those above a tenant enter it with its consent, for a time, and
//! in its sight.

use std::fmt;
use std::time::Duration;

use domain::{
    Event, EventKind, Invalid, SUPPORT_HOUR, SUPPORT_LONGEST, SUPPORT_REASON_MAX,
    SUPPORT_WAITING_MAX, SupportAccess, SupportPolicy, SupportState,
};
use ids::{EventId, SupportId};
use machine::WallTime;
use ports::{StoreError, SupportStanding};
use serde_json::json;
use sha2::{Digest, Sha256};
use tenancy::{Account, Actor, Narrowing, TenantScope};

use crate::office::Office;

/// Shortest access that can be asked for.
const SHORTEST: Duration = Duration::from_secs(60);

/// Why somebody above a tenant is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no such tenant within sight, or the store failed.
    Store(StoreError),
    /// The tenant's policy wants each access to be granted, and none is.
    Ask,
    /// The tenant lets nobody in.
    Forbidden,
    /// The tenant has ended this access; until then there is no other.
    Ended(WallTime),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Denied {
        Denied::Store(error)
    }
}

impl From<Denied> for StoreError {
    /// What says so to those who work on many tenants at once.
    fn from(denied: Denied) -> StoreError {
        match denied {
            Denied::Store(error) => error,
            Denied::Ask | Denied::Forbidden | Denied::Ended(_) => {
                Invalid::new("/in", denied.to_string()).into()
            }
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denied::Store(error) => error.fmt(f),
            Denied::Ask => f.write_str("the company grants each support access; ask for one"),
            Denied::Forbidden => f.write_str("the company lets nobody above it in"),
            Denied::Ended(until) => {
                write!(f, "the company has ended this access; not before {until}")
            }
        }
    }
}

impl std::error::Error for Denied {}

/// What an access is asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Why, 1 to 256 characters.
    pub reason: String,
    /// For how long, one minute to seven days.
    pub lasts: Duration,
}

impl Wish {
    fn check(&self) -> Result<(), Invalid> {
        let length = self.reason.chars().count();
        if !(1..=SUPPORT_REASON_MAX).contains(&length) || self.reason.chars().any(char::is_control)
        {
            let rule = "must have 1 to 256 printable characters";
            return Err(Invalid::new("/reason", rule));
        }
        if !(SHORTEST..=SUPPORT_LONGEST).contains(&self.lasts) {
            return Err(Invalid::new("/minutes", "must be 1 to 10080 minutes"));
        }
        Ok(())
    }
}

/// Lets somebody in who is about to enter a tenant, as far as the tenant consents. Under an open
/// policy an hour of access begins by itself and is listed. The operator at the machine's own
/// console reads the store's files anyway: its visits are listed, whatever the policy.
///
/// # Errors
/// [`Denied`].
pub(crate) async fn admit(
    office: &Office,
    scope: &TenantScope,
    account: Account,
    visit: &Narrowing,
) -> Result<(), Denied> {
    let (actor, now) = (visit.actor(), office.now());
    let standing = office.store().support(scope, Some(actor)).await?;
    let mut accesses = standing.accesses.iter();
    if accesses.any(|access| access.lets_in(standing.policy, now)) {
        return Ok(());
    }
    let console = match actor {
        Actor::Operator | Actor::Job(_) => true,
        Actor::Device(_) | Actor::Trunk(_) | Actor::Token(_) | Actor::User(_) => false,
    };
    match standing.policy {
        SupportPolicy::Open => {}
        SupportPolicy::Ask | SupportPolicy::Forbidden if console => {}
        SupportPolicy::Ask => return Err(Denied::Ask),
        SupportPolicy::Forbidden => return Err(Denied::Forbidden),
    }
    let access = of_this_hour(scope, account, actor, now);
    let known = standing.accesses.iter().find(|one| one.id == access.id);
    match known.and(access.until).filter(|_| !console) {
        Some(until) => Err(Denied::Ended(until)),
        None => Ok(begin(office, scope, access).await?),
    }
}

/// The access of an hour that nobody asked for. Its id is made of the hour, the actor and the
/// tenant, so all that enter in that hour come to the same.
fn of_this_hour(
    scope: &TenantScope,
    account: Account,
    actor: Actor,
    now: WallTime,
) -> SupportAccess {
    let hour_ms = i64::try_from(SUPPORT_HOUR.as_millis()).unwrap_or(i64::MAX);
    let hour = now.unix_ms() - now.unix_ms().rem_euclid(hour_ms);
    let who = format!("{actor} {} {hour}", scope.tenant());
    let mut random = [0; 16];
    random.copy_from_slice(&Sha256::digest(who)[..16]);
    let begun = u64::try_from(hour).unwrap_or_default();
    let id = SupportId::new(begun, u128::from_be_bytes(random));
    let begun = WallTime::from_unix_ms(hour);
    let why = (String::new(), SUPPORT_HOUR);
    SupportAccess::asked(id, scope.tenant(), (account, actor), why, now).granted(begun, None)
}

async fn begin(
    office: &Office,
    scope: &TenantScope,
    access: SupportAccess,
) -> Result<(), StoreError> {
    put(
        office,
        scope,
        &access,
        "tenant.entered",
        EventKind::SupportBegan,
        true,
    )
    .await
}

/// Writes an access with its entries in the audit trail and in the log of events.
async fn put(
    office: &Office,
    scope: &TenantScope,
    access: &SupportAccess,
    action: &str,
    kind: EventKind,
    new: bool,
) -> Result<(), StoreError> {
    let target = access.id.to_string();
    let mut audit = office.audit(scope.owner(), scope.actor(), action, target.clone());
    audit.after = serde_json::to_value(access).ok();
    let event = Event {
        id: office.mint(EventId::new),
        tenant: scope.tenant(),
        kind,
        at: office.now(),
        cursor: 0,
        subject: target,
        data: json!({
            "access": access.id,
            "reseller": access.reseller,
            "by": access.actor,
            "reason": access.reason,
            "state": access.state,
            "until": access.until.map(|until| until.to_string()),
        }),
    };
    let store = office.store();
    store
        .put_support_access(scope, access, new, (&audit, &event))
        .await
        .map(|_| ())
}

/// How a tenant stands to those above it, with all accesses that are kept, newest first.
///
/// # Errors
/// What the store says.
pub async fn standing(office: &Office, scope: &TenantScope) -> Result<SupportStanding, StoreError> {
    office.store().support(scope, None).await
}

/// Sets the policy of a tenant; only the tenant itself may, which is the caller's to see to.
/// Unless it is open, whoever entered without being granted is out at once.
///
/// # Errors
/// What the store says.
pub async fn set_policy(
    office: &Office,
    scope: &TenantScope,
    policy: SupportPolicy,
) -> Result<(), StoreError> {
    let store = office.store();
    let before = store.support(scope, None).await?;
    let tenant = scope.tenant().to_string();
    let mut audit = office.audit(scope.owner(), scope.actor(), "support.policy", tenant);
    audit.before = Some(json!(before.policy));
    audit.after = Some(json!(policy));
    store.set_support_policy(scope, policy, &audit).await?;
    let now = office.now();
    let live = before.accesses.into_iter();
    let live = live.filter(|access| access.is_live(now) && access.decided_by.is_some());
    match policy {
        SupportPolicy::Open | SupportPolicy::Ask => {}
        SupportPolicy::Forbidden => {
            for access in live {
                end_one(office, scope, access).await?;
            }
        }
    }
    Ok(())
}

/// Asks for an access of the actor that entered with `visit`. Under an open policy it is granted
/// at once.
///
/// # Errors
/// [`Denied::Forbidden`], `Invalid` for reason or time, `Quota`-like refusal as
/// [`StoreError::TooLarge`] when too many wait already, else what the store says.
pub(crate) async fn ask(
    office: &Office,
    scope: &TenantScope,
    account: Account,
    wish: Wish,
) -> Result<SupportAccess, Denied> {
    wish.check().map_err(StoreError::from)?;
    let standing = office.store().support(scope, None).await?;
    let now = office.now();
    let waiting = standing.accesses.iter();
    let waiting = waiting.filter(|access| access.state == SupportState::Asked);
    if waiting.count() >= SUPPORT_WAITING_MAX {
        let limit = SUPPORT_WAITING_MAX;
        return Err(StoreError::TooLarge { limit }.into());
    }
    let id = office.mint(SupportId::new);
    let who = (account, scope.actor());
    let why = (wish.reason, wish.lasts);
    let asked = SupportAccess::asked(id, scope.tenant(), who, why, now);
    let access = match standing.policy {
        SupportPolicy::Forbidden => return Err(Denied::Forbidden),
        SupportPolicy::Open => {
            let granted = asked.granted(now, None);
            begin(office, scope, granted.clone()).await?;
            return Ok(granted);
        }
        SupportPolicy::Ask => asked,
    };
    let kind = EventKind::SupportAsked;
    put(office, scope, &access, "support.asked", kind, true).await?;
    Ok(access)
}

/// Grants what was asked for, from now on.
///
/// # Errors
/// `NotFound` when nothing of that id waits, else what the store says.
pub async fn grant(
    office: &Office,
    scope: &TenantScope,
    id: SupportId,
) -> Result<SupportAccess, StoreError> {
    let asked = office.store().support_access(scope, id).await?;
    let asked = asked.filter(|access| access.state == SupportState::Asked);
    let granted = asked
        .ok_or(StoreError::NotFound)?
        .granted(office.now(), Some(scope.actor()));
    let kind = EventKind::SupportBegan;
    put(office, scope, &granted, "support.granted", kind, false).await?;
    Ok(granted)
}

/// Refuses what was asked for, or ends what was granted. The tenant ends any; with `own`, only an
/// access of that actor is there.
///
/// # Errors
/// `NotFound` when there is no live access of that id, else what the store says.
pub async fn end(
    office: &Office,
    scope: &TenantScope,
    id: SupportId,
    own: Option<Actor>,
) -> Result<SupportAccess, StoreError> {
    let access = office.store().support_access(scope, id).await?;
    let access = access.filter(|access| {
        let within = own.is_none_or(|actor| access.actor == actor.to_string());
        within && access.is_live(office.now())
    });
    end_one(office, scope, access.ok_or(StoreError::NotFound)?).await
}

async fn end_one(
    office: &Office,
    scope: &TenantScope,
    access: SupportAccess,
) -> Result<SupportAccess, StoreError> {
    let ended = access.ended(office.now(), scope.actor());
    let kind = EventKind::SupportEnded;
    put(office, scope, &ended, "support.ended", kind, false).await?;
    Ok(ended)
}
