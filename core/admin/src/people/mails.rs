//! Inviting people, and bringing back those who forgot their password.

use std::time::Duration;

use domain::{Resource, User};
use identity::Purpose;
use machine::WallTime;
use ports::{MailError, Mailer, Person, StoreError};
use tenancy::Actor;

use super::brand::{PRODUCT, brand_of};
use super::change::{Done, change};
use super::known::Known;
use super::letter::{Blanks, letter};
use super::refusal::Refusal;
use super::sign_in::millis;
use super::sign_on::Ways;
use super::words::ENGLISH;
use crate::office::Office;

/// How long an invitation is good.
const INVITATION_LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);

/// How long a link to a new password is good.
const RESET_LIFE: Duration = Duration::from_secs(3_600);

/// How mails go out, and where their links lead.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Who sends them.
    pub mailer: &'a dyn Mailer,
    /// What links begin with where no brand says another domain, such as
    /// `https://voice.example`.
    pub portal: &'a str,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The address.
    pub mail: String,
    /// The link itself, only where no mail server is set: whoever invites hands it over.
    pub link: Option<String>,
}

/// Invites somebody whom the actor may command. Earlier invitations stay good until one is used.
///
/// # Errors
/// `Wait` when mails go out too fast, `Mail`, `Invalid` for somebody who has a password already
/// or is disabled, else what the store says.
pub async fn invite(
    office: &Office,
    post: Post<'_>,
    actor: Actor,
    user: &Resource<User>,
) -> Result<Sent, Refusal> {
    let known = written_to(office, user).await?;
    if known.credentials.password.is_some() {
        let rule = "has a password already; send a reset in place of an invitation";
        return Err(domain::Invalid::new("", rule).into());
    }
    send(office, post, &known, Purpose::Invitation, actor).await
}

/// Sends somebody whom the actor may command a link to a new password.
///
/// # Errors
/// As [`invite`], but `Invalid` for somebody who has no password yet.
pub async fn send_reset(
    office: &Office,
    post: Post<'_>,
    actor: Actor,
    user: &Resource<User>,
) -> Result<Sent, Refusal> {
    let known = written_to(office, user).await?;
    if known.credentials.password.is_none() {
        let rule = "has no password yet; send an invitation in place of a reset";
        return Err(domain::Invalid::new("", rule).into());
    }
    send(office, post, &known, Purpose::Reset, actor).await
}

/// Sends whoever has this address a link: to a new password, or the invitation once more; in each
/// company that has somebody with the address, whatever becomes of the others. Whoever asked must
/// not be told what came of it.
///
/// # Errors
/// As [`invite`], for logs: the last that was met.
pub async fn request_reset(
    office: &Office,
    post: Post<'_>,
    mail: &str,
    at: Option<&str>,
) -> Result<(), Refusal> {
    let mail = mail.trim().to_lowercase();
    let mut told = Ok(());
    for person in office.store().people_with_mail(&mail, at).await? {
        // somebody in one company must not keep a namesake in another from the own account
        if let Err(refusal) = remind(office, post, &mail, person).await {
            told = Err(refusal);
        }
    }
    told
}

/// Sends one person a link, if a password is a way in.
async fn remind(
    office: &Office,
    post: Post<'_>,
    mail: &str,
    person: Person,
) -> Result<(), Refusal> {
    let known = Known::read(person)?;
    if !known.may_enter() || Ways::of(office, mail).await?.close(&known) {
        return Ok(());
    }
    let purpose = match known.credentials.password {
        Some(_) => Purpose::Reset,
        None => Purpose::Invitation,
    };
    let actor = Actor::User(known.user.id);
    send(office, post, &known, purpose, actor).await.map(|_| ())
}

async fn written_to(office: &Office, user: &Resource<User>) -> Result<Known, Refusal> {
    let known = Known::find(office, user.id).await?;
    let known = known.ok_or(StoreError::NotFound)?;
    if !known.may_enter() {
        let rule = "is disabled, or the company is, and could not sign in";
        return Err(domain::Invalid::new("/enabled", rule).into());
    }
    if Ways::of(office, &known.user.spec.mail).await?.close(&known) {
        let rule = "signs in by way of the company's sign-in server, and needs no password";
        return Err(domain::Invalid::new("", rule).into());
    }
    Ok(known)
}

async fn send(
    office: &Office,
    post: Post<'_>,
    known: &Known,
    purpose: Purpose,
    actor: Actor,
) -> Result<Sent, Refusal> {
    let now = office.now();
    let (message, life, page, action) = match purpose {
        Purpose::Invitation => (
            &ENGLISH.invitation,
            INVITATION_LIFE,
            "invitation",
            "user.invited",
        ),
        Purpose::Reset | Purpose::SecondFactor | Purpose::SignOn => {
            (&ENGLISH.reset, RESET_LIFE, "reset", "user.reset-sent")
        }
    };
    // counted before it goes out: what may have gone out was sent
    change(office, known.user.id, |known| {
        match known.credentials.letters.admit(now) {
            Ok(()) => Done::Keep((), vec![known.noted(office, actor, action, None)]),
            Err(wait) => Done::Leave(Refusal::Wait(wait)),
        }
    })
    .await?;
    let brand = brand_of(office, known.user.owner).await?;
    let base = brand.domain.as_ref();
    let base = base.map(|domain| format!("https://{domain}"));
    let base = base.unwrap_or_else(|| post.portal.trim_end_matches('/').to_owned());
    let expires = WallTime::from_unix_ms(now.unix_ms() + millis(life));
    let mark = known.mark();
    let mark = mark.each_ref().map(String::as_str);
    let code = office
        .desk()
        .links
        .sign(purpose, known.user.id, expires, &mark);
    // behind a hash, so that no server on the way writes it into a log
    let link = format!("{base}/{page}#{}", code.reveal());
    let blanks = Blanks {
        name: known.name(),
        company: &known.company(),
        product: brand.name.as_deref().unwrap_or(PRODUCT),
        mail: &known.user.spec.mail,
    };
    let mail = letter((ENGLISH, message), &blanks, &brand, &link);
    let link = match post.mailer.send(mail).await {
        Ok(()) => None,
        Err(MailError::NotConfigured) => Some(link),
        Err(error) => {
            if !error.may_retry() {
                take_back(office, known, now).await?;
            }
            return Err(Refusal::Mail(error));
        }
    };
    Ok(Sent {
        mail: known.user.spec.mail.clone(),
        link,
    })
}

/// What surely did not go out does not make the next one wait.
async fn take_back(office: &Office, known: &Known, at: WallTime) -> Result<(), Refusal> {
    change(office, known.user.id, |known| {
        known.credentials.letters.take_back(at);
        Done::Keep((), Vec::new())
    })
    .await
}
