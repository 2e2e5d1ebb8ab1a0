//! What people do with their own account.

use domain::{Document, Resource, User};
use identity::{Authenticator, RecoveryCodes, TotpSecret};
use ids::{LoginId, UserId};
use machine::WallTime;
use ports::{HeavyWork, StoreError};
use tenancy::Actor;

use super::brand;
use super::change::{Done, change};
use super::known::Known;
use super::prove;
use super::refusal::Refusal;
use crate::desk::Origin;
use crate::office::Office;

/// A person's own account.
#[derive(Clone, Debug)]
pub struct Me {
    /// The person.
    pub user: Resource<User>,
    /// The tenant or the reseller whose the person is; none for the platform's.
    pub owner: Option<Document>,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// Recovery codes that are left.
    pub recovery_codes: usize,
}

/// One place where a person is signed in.
#[derive(Clone, Debug)]
pub struct LoginView {
    /// Its id.
    pub id: LoginId,
    /// The program that signed in, as it called itself.
    pub agent: String,
    /// When.
    pub began: WallTime,
    /// When it was last used, to ten minutes.
    pub used: WallTime,
}

/// A secret for an app, shown once.
#[derive(Clone, Debug)]
pub struct Offer {
    /// In base32, for typing it in.
    pub secret: String,
    /// What apps read from a picture.
    pub uri: String,
}

/// Recovery codes, shown once.
#[derive(Clone, Debug)]
pub struct Codes(pub Vec<String>);

pub(super) async fn find(office: &Office, user: UserId) -> Result<Known, Refusal> {
    let known = Known::find(office, user).await?;
    known.filter(Known::may_enter).ok_or(Refusal::Wrong)
}

/// Shows a person the own account.
///
/// # Errors
/// `Wrong` when the person is not there any more, else what the store says.
pub async fn me(office: &Office, user: UserId) -> Result<Me, Refusal> {
    let known = find(office, user).await?;
    Ok(Me {
        second_factor: known.credentials.has_second_factor(),
        recovery_codes: known.credentials.recovery.left(),
        user: known.user,
        owner: known.owner,
    })
}

/// Where a person is signed in, the oldest first.
///
/// # Errors
/// As [`me`].
pub async fn logins(office: &Office, user: UserId) -> Result<Vec<LoginView>, Refusal> {
    let known = find(office, user).await?;
    let all = known.credentials.logins.list(office.now());
    let shown = all.map(|login| LoginView {
        id: login.id(),
        agent: login.agent().to_owned(),
        began: login.began(),
        used: login.refreshed(),
    });
    Ok(shown.collect())
}

/// Ends one login.
///
/// # Errors
/// `NotFound` when the person has no such login, else as [`me`].
pub async fn end_login(office: &Office, user: UserId, login: LoginId) -> Result<(), Refusal> {
    change(office, user, |known| {
        if !known.credentials.logins.end(login) {
            return Done::Leave(StoreError::NotFound.into());
        }
        let told = serde_json::json!({ "login": login.to_string() });
        Done::Keep((), vec![known.did(office, "user.login-ended", Some(told))])
    })
    .await
}

/// Ends all logins but one.
///
/// # Errors
/// As [`me`].
pub async fn end_other_logins(
    office: &Office,
    user: UserId,
    kept: Option<LoginId>,
) -> Result<(), Refusal> {
    change(office, user, |known| {
        known.credentials.logins.end_others(kept);
        Done::Keep((), vec![known.did(office, "user.other-logins-ended", None)])
    })
    .await
}

/// Ends all logins of somebody whom the actor may command.
///
/// # Errors
/// What the store says.
pub async fn end_all_logins(
    office: &Office,
    actor: Actor,
    user: &Resource<User>,
) -> Result<(), Refusal> {
    // those of a disabled person are ended already
    if !user.spec.enabled {
        return Ok(());
    }
    change(office, user.id, |known| {
        known.credentials.logins.end_others(None);
        let entry = known.noted(office, actor, "user.logins-ended", None);
        Done::Keep((), vec![entry])
    })
    .await
}

/// Sets a new password in place of the old one; all other logins end.
///
/// # Errors
/// `Wrong` for the old password, `Wait`, `Weak`, `Busy`, else what the store says.
pub async fn change_password(
    office: &Office,
    heavy: &dyn HeavyWork,
    (user, kept): (UserId, Option<LoginId>),
    (old, new): (&str, &str),
    origin: &Origin,
) -> Result<(), Refusal> {
    let known = find(office, user).await?;
    prove::again(office, heavy, &known, old, origin).await?;
    let (hash, mark) = (prove::hash(office, heavy, &known, new).await?, known.mark());
    change(office, user, |known| {
        if known.mark() != mark {
            return Done::Leave(Refusal::Wrong);
        }
        known.credentials.password = Some(hash.clone());
        known.credentials.logins.end_others(kept);
        Done::Keep((), vec![known.did(office, "user.password-changed", None)])
    })
    .await
}

/// Shows a new secret for an authenticator app. Nothing changes until the app has proved it.
///
/// # Errors
/// `Wrong` for the password, `Wait`, `Busy`, else what the store says.
pub async fn offer_authenticator(
    office: &Office,
    heavy: &dyn HeavyWork,
    user: UserId,
    password: &str,
    origin: &Origin,
) -> Result<Offer, Refusal> {
    let known = find(office, user).await?;
    prove::again(office, heavy, &known, password, origin).await?;
    let secret = TotpSecret::from_entropy(office.random());
    let issuer = brand::product(office, known.user.owner).await?;
    let offer = Offer {
        secret: secret.reveal(),
        uri: secret.uri(&issuer, &known.user.spec.mail),
    };
    change(office, user, |known| {
        known.credentials.offered = Some(secret.clone());
        Done::Keep((), Vec::new())
    })
    .await?;
    Ok(offer)
}

/// Takes the first code of the app: from then on one is asked for at each sign-in. Gives recovery
/// codes for the day the app is gone.
///
/// # Errors
/// `Wrong` for the code, or when no secret was offered; `Wait`, else what the store says.
pub async fn confirm_authenticator(
    office: &Office,
    user: UserId,
    code: &str,
    origin: &Origin,
) -> Result<Codes, Refusal> {
    let known = find(office, user).await?;
    let (desk, now) = (office.desk(), office.now());
    let attempt = desk.attempt(&known.user.spec.mail, Some(user), origin);
    desk.let_try(now, &attempt).map_err(Refusal::Wait)?;
    let (recovery, shown) = new_codes(office, user);
    change(office, user, |known| {
        let proved = known.credentials.offered.clone();
        let proved = proved.map(|secret| Authenticator::prove(now, secret, code));
        let Some(Ok(app)) = proved else {
            return Done::Leave(Refusal::Wrong);
        };
        known.credentials.offered = None;
        known.credentials.authenticator = Some(app);
        known.credentials.recovery = recovery.clone();
        Done::Keep((), vec![known.did(office, "user.second-factor-set", None)])
    })
    .await?;
    desk.was_right(now, &attempt);
    Ok(shown)
}

/// Removes the authenticator app, and the recovery codes with it.
///
/// # Errors
/// `Wrong` for the password, `Wait`, `Busy`, else what the store says.
pub async fn remove_authenticator(
    office: &Office,
    heavy: &dyn HeavyWork,
    user: UserId,
    password: &str,
    origin: &Origin,
) -> Result<(), Refusal> {
    let known = find(office, user).await?;
    prove::again(office, heavy, &known, password, origin).await?;
    change(office, user, |known| {
        known.credentials.offered = None;
        known.credentials.authenticator = None;
        known.credentials.recovery = RecoveryCodes::default();
        let entry = known.did(office, "user.second-factor-removed", None);
        Done::Keep((), vec![entry])
    })
    .await
}

/// Gives new recovery codes; the former ones are void.
///
/// # Errors
/// `NotFound` without a second factor, else as [`remove_authenticator`].
pub async fn renew_codes(
    office: &Office,
    heavy: &dyn HeavyWork,
    user: UserId,
    password: &str,
    origin: &Origin,
) -> Result<Codes, Refusal> {
    let known = find(office, user).await?;
    prove::again(office, heavy, &known, password, origin).await?;
    let (recovery, shown) = new_codes(office, user);
    change(office, user, |known| {
        if !known.credentials.has_second_factor() {
            return Done::Leave(StoreError::NotFound.into());
        }
        known.credentials.recovery = recovery.clone();
        let entry = known.did(office, "user.recovery-codes-renewed", None);
        Done::Keep((), vec![entry])
    })
    .await?;
    Ok(shown)
}

fn new_codes(office: &Office, user: UserId) -> (RecoveryCodes, Codes) {
    let bits = std::array::from_fn(|_| office.random());
    let (kept, shown) = RecoveryCodes::from_entropy(user, bits);
    (kept, Codes(shown))
}
