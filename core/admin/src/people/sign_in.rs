//! Signing in: mail address and password, then the second factor when the person has one.

use std::time::Duration;

use identity::passkey::{AssertionAnswer, Occasion, Site};
use identity::{Link, PasswordHash, Purpose};
use ids::AuditId;
use machine::WallTime;
use ports::{HeavyWork, StoreError};
use sha2::{Digest, Sha256};

use super::change::{Done, change};
use super::enter::{Signed, enter};
use super::known::Known;
use super::prove::compare;
use super::refusal::Refusal;
use super::shown_passkey::ShownPasskey;
use super::sign_on::{Ways, elsewhere};
use crate::desk::Origin;
use crate::office::Office;

/// How long a second factor may be awaited.
const CHALLENGE_LIFE: Duration = Duration::from_secs(5 * 60);

/// Of one person, slowed attempts are noted once in this time, in milliseconds.
const BURST_MS: u64 = 3_600_000;

/// What somebody shows first.
#[derive(Clone)]
pub struct Credential {
    /// The mail address.
    pub mail: String,
    /// The password.
    pub password: String,
    /// A tenant's domain, a reseller's name or `platform`: needed by who has the same address in
    /// several places.
    pub at: Option<String>,
}

/// How it goes on.
#[derive(Clone, Debug)]
pub enum Step {
    /// The person is in.
    In(Signed),
    /// A second factor is awaited.
    SecondFactor {
        /// To be handed back with the code.
        challenge: String,
        /// Until when.
        expires: WallTime,
    },
}

/// A second factor.
#[derive(Clone)]
pub enum Factor {
    /// The code that the app shows.
    Totp(String),
    /// A recovery code.
    RecoveryCode(String),
    /// The answer of one of the person's passkeys, at the portal's site.
    Passkey(Site, Box<AssertionAnswer>),
}

/// Signs somebody in, or asks for the second factor. An address that nobody has, or that several
/// have and `at` does not tell apart, is answered like a wrong password, after the same work.
///
/// Where the company's sign-in server is the only way in, that is the answer to everything but the
/// right password of an admin.
///
/// # Errors
/// `Wrong`, `Elsewhere`, `Wait`, `Busy`, else what the store says.
pub async fn sign_in(
    office: &Office,
    heavy: &dyn HeavyWork,
    shown: &Credential,
    origin: &Origin,
) -> Result<Step, Refusal> {
    let (desk, now) = (office.desk(), office.now());
    let mail = shown.mail.trim().to_lowercase();
    let known = one_with_mail(office, &mail, shown.at.as_deref()).await?;
    let attempt = desk.attempt(&mail, known.as_ref().map(|known| known.user.id), origin);
    desk.let_try(now, &attempt).map_err(Refusal::Wait)?;
    let ways = Ways::of(office, &mail).await?;
    let known = known.filter(Known::may_enter);
    let stored = known
        .as_ref()
        .and_then(|one| one.credentials.password.clone());
    let (right, renewed) = compare(office, heavy, stored, &shown.password).await?;
    let known = known.filter(|known| right && !ways.close(known));
    let mut known = known.ok_or_else(|| ways.wrong())?;
    if let Some(hash) = renewed {
        known = rehash(office, known, hash).await?;
    }
    if known.credentials.has_second_factor() {
        let expires = WallTime::from_unix_ms(now.unix_ms() + millis(CHALLENGE_LIFE));
        let mark = known.mark();
        let mark = mark.each_ref().map(String::as_str);
        let link = desk
            .links
            .sign(Purpose::SecondFactor, known.user.id, expires, &mark);
        let challenge = link.reveal();
        return Ok(Step::SecondFactor { challenge, expires });
    }
    // a factor that was set meanwhile must be shown
    let last = |known: &mut Known| !known.credentials.has_second_factor();
    enter(office, &known, &attempt, origin, ("password", last))
        .await
        .map(Step::In)
}

/// Takes the second factor of somebody whose password was right. A code is good once.
///
/// # Errors
/// `Wrong`, also for a challenge that is not good any more; `Wait`, else what the store says.
pub async fn second_factor(
    office: &Office,
    challenge: &str,
    factor: &Factor,
    origin: &Origin,
) -> Result<Signed, Refusal> {
    let (desk, now) = (office.desk(), office.now());
    let known = awaited(office, challenge).await?;
    let attempt = desk.attempt(&known.user.spec.mail, Some(known.user.id), origin);
    if let Err(wait) = desk.let_try(now, &attempt) {
        note_burst(office, &known).await?;
        return Err(Refusal::Wait(wait));
    }
    match factor {
        Factor::Totp(code) => {
            let take = |known: &mut Known| {
                let app = known.credentials.authenticator.as_mut();
                app.is_some_and(|app| app.take(now, code).is_ok())
            };
            enter(office, &known, &attempt, origin, ("totp", take)).await
        }
        Factor::RecoveryCode(code) => {
            let spend = |known: &mut Known| {
                let user = known.user.id;
                known.credentials.recovery.spend(user, code)
            };
            enter(office, &known, &attempt, origin, ("recovery-code", spend)).await
        }
        Factor::Passkey(site, answer) => {
            let shown = ShownPasskey::new(office, site, Occasion::Confirm(known.user.id), answer);
            let take = |known: &mut Known| shown.take(known);
            let entered = enter(office, &known, &attempt, origin, ("second-passkey", take)).await;
            shown.note_copy(&known).await?;
            entered
        }
    }
}

/// Whose second factor a challenge awaits.
///
/// # Errors
/// `Wrong` for a challenge that is not good any more; `Elsewhere`; else what the store says.
pub(super) async fn awaited(office: &Office, challenge: &str) -> Result<Known, Refusal> {
    let link = Link::parse(challenge).ok_or(Refusal::Wrong)?;
    let known = Known::find(office, link.user()).await?;
    let known = known.filter(Known::may_enter).ok_or(Refusal::Wrong)?;
    let mark = known.mark();
    let mark = mark.each_ref().map(String::as_str);
    let (links, now) = (&office.desk().links, office.now());
    let checked = links.check(now, &link, Purpose::SecondFactor, &mark);
    checked.map_err(|_| Refusal::Wrong)?;
    elsewhere(office, &known).await?;
    Ok(known)
}

/// Notes that somebody was made to wait who tried to sign in with this address. To be done after
/// the answer, so that its time does not tell whether anybody has the address.
///
/// # Errors
/// What the store says.
pub async fn note_slowed(office: &Office, shown: &Credential) -> Result<(), StoreError> {
    let mail = shown.mail.trim().to_lowercase();
    match one_with_mail(office, &mail, shown.at.as_deref()).await? {
        Some(known) => note_burst(office, &known).await,
        None => Ok(()),
    }
}

/// The person with a mail address, when it is one alone.
async fn one_with_mail(
    office: &Office,
    mail: &str,
    at: Option<&str>,
) -> Result<Option<Known>, StoreError> {
    let found = office.store().people_with_mail(mail, at).await?;
    let [person] = <[_; 1]>::try_from(found).map_or([None], |one| one.map(Some));
    person.map(Known::read).transpose()
}

/// Keeps a password at the present cost.
async fn rehash(office: &Office, known: Known, hash: PasswordHash) -> Result<Known, Refusal> {
    let (user, mark) = (known.user.id, known.mark());
    change(office, user, |known| {
        if known.mark() != mark {
            return Done::Leave(Refusal::Wrong);
        }
        known.credentials.password = Some(hash.clone());
        Done::Keep((), Vec::new())
    })
    .await?;
    let known = Known::find(office, user).await?;
    known.ok_or(Refusal::Wrong)
}

/// Notes that somebody was slowed down who tried to sign in as this person. The entry's id is
/// made of the hour and the person, so the store keeps one of all in an hour.
async fn note_burst(office: &Office, known: &Known) -> Result<(), StoreError> {
    let unix_ms = u64::try_from(office.now().unix_ms()).unwrap_or_default();
    let hour = unix_ms - unix_ms % BURST_MS;
    let digest: [u8; 32] = Sha256::digest(format!("slowed {} {hour}", known.user.id)).into();
    let mut random = [0; 16];
    random.copy_from_slice(&digest[..16]);
    let mut audit = known.noted(
        office,
        tenancy::Actor::Job("sign-in"),
        "user.sign-in-slowed",
        None,
    );
    audit.id = AuditId::new(hour, u128::from_be_bytes(random));
    office.store().note_person(&audit).await
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
