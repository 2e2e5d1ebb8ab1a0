//! A browser that comes back from a sign-in server, and the person whom it brings.

use std::time::Duration;

use domain::{AuditEntry, User};
use identity::Purpose;
use identity::oidc::{self, Answer, Browser, Decision, Person, Policy, Return, VISIT_LIFE};
use ids::{AuditId, SsoId, UserId};
use ports::StoreError;
use serde_json::json;
use sha2::{Digest, Sha256};
use tenancy::Actor;

use super::door::{Door, JOB};
use super::visit::base;
use crate::documents;
use crate::office::Office;
use crate::people::change::{Done, change};
use crate::people::known::Known;
use crate::people::refusal::Refusal;
use crate::signon::SignInServers;

/// How long the code is good with which a browser fetches its tokens.
pub(super) const CODE_LIFE: Duration = Duration::from_secs(60);

/// Of one server, refusals are noted once in this time, in milliseconds.
const BURST_MS: u64 = 60_000;

/// A browser that came back.
#[derive(Clone, Debug)]
pub struct Back {
    /// The server at whose redirect address it stands.
    pub sso: SsoId,
    /// Its cookie.
    pub browser: Browser,
    /// What it brings.
    pub answer: Answer,
}

/// Takes an answer of a sign-in server and gives a code with which the same browser fetches its
/// tokens. People are known, or made, as the company says.
///
/// # Errors
/// `Server` with what is not right, which the company's trail is told, `NoServer` when the server
/// was taken away meanwhile, else what the store says: `Quota` when no further person fits.
pub async fn arrive(
    office: &Office,
    servers: &SignInServers,
    (portal, host): (&str, Option<&str>),
    back: Back,
) -> Result<String, Refusal> {
    let (now, cookie) = (office.now(), back.browser.as_str());
    let state: [u8; 32] = Sha256::digest(&back.answer.state).into();
    let visit = Return::new(servers.key(), now, back.sso, cookie, back.answer)?;
    let first = office.store().take_once(&state, now + VISIT_LIFE, now);
    if !first.await? {
        return Err(oidc::Refusal::State.into());
    }
    let tenant = back.browser.tenant();
    let door = Door::of_server(office, tenant, back.sso).await?;
    let door = door.ok_or(Refusal::NoServer)?;
    let base = base(office, tenant, portal, host).await?;
    let known = match bring(office, servers, &door, &base, visit).await {
        Err(refusal) => {
            note(office, &door, &refusal).await?;
            return Err(refusal);
        }
        Ok(known) => known,
    };
    let mark = known.mark();
    let [mail, password] = mark.each_ref().map(String::as_str);
    let link = office.desk().links.sign(
        Purpose::SignOn,
        known.user.id,
        now + CODE_LIFE,
        &[mail, password, cookie],
    );
    Ok(link.reveal())
}

async fn bring(
    office: &Office,
    servers: &SignInServers,
    door: &Door,
    base: &str,
    visit: Return,
) -> Result<Known, Refusal> {
    let client = door.client(office, base).await?;
    let issuer = door.issuer().map_err(|_| Refusal::NoServer)?;
    let person = servers.receive(&issuer, &client, visit).await?;
    let user = admit(office, door, &person).await?;
    let known = Known::find(office, user).await?;
    known.filter(Known::may_enter).ok_or(Refusal::Wrong)
}

/// As whom a person is let in whom the server names.
async fn admit(office: &Office, door: &Door, person: &Person) -> Result<UserId, Refusal> {
    let sso = door.server.id;
    let by_mail = match &person.mail {
        Some(mail) => with_mail(office, door, mail).await?,
        None => None,
    };
    let kept = by_mail
        .as_ref()
        .and_then(|known| known.credentials.server_names.of(sso));
    let same = kept == Some(person.subject.as_str());
    let found = by_mail.as_ref().map(|known| oidc::Known {
        user: known.user.id,
        enabled: known.may_enter(),
        bound: kept.is_some(),
    });
    let policy = Policy {
        domains: &door.domains(),
        makes_people: door.server.spec.make_people,
    };
    match policy.decide(person, found.filter(|_| same), found)? {
        Decision::Welcome(user) => Ok(user),
        Decision::Bind(user) => bind(office, user, sso, &person.subject).await,
        Decision::Make { mail } => {
            let user = make(office, door, mail, &person.name).await?;
            bind(office, user, sso, &person.subject).await
        }
    }
}

/// The company's own person with a mail address.
async fn with_mail(office: &Office, door: &Door, mail: &str) -> Result<Option<Known>, Refusal> {
    let at = door.tenant.id.to_string();
    let mut found = office.store().people_with_mail(mail, Some(&at)).await?;
    Ok(found.pop().map(Known::read).transpose()?)
}

/// Makes a person of the company, with the role that the server gives.
async fn make(office: &Office, door: &Door, mail: String, name: &str) -> Result<UserId, Refusal> {
    let spec = &door.server.spec;
    let user = User {
        mail,
        display_name: name.to_owned(),
        role: spec.role,
        custom_role: spec.custom_role,
        extension: None,
        enabled: true,
    };
    let made = documents::add(office, &door.scope, user, None).await?;
    Ok(made.resource.id)
}

/// Keeps what the server calls a person: from then on nobody else becomes that person by it.
async fn bind(office: &Office, user: UserId, sso: SsoId, subject: &str) -> Result<UserId, Refusal> {
    change(office, user, |known| {
        let names = &mut known.credentials.server_names;
        names.keep(sso, subject);
        if names.of(sso) != Some(subject) {
            return Done::Leave(oidc::Refusal::MailTaken.into());
        }
        let told = json!({ "sso": sso.to_string() });
        let entry = known.did(office, "user.sign-on-bound", Some(told));
        Done::Keep(user, vec![entry])
    })
    .await
}

/// Tells the company's trail why somebody was not let in, once a minute for each server and
/// reason: the entry's id is made of them, so a flood of refusals writes no flood of entries.
async fn note(office: &Office, door: &Door, refusal: &Refusal) -> Result<(), StoreError> {
    let unix_ms = u64::try_from(office.now().unix_ms()).unwrap_or_default();
    let moment = unix_ms - unix_ms % BURST_MS;
    let (sso, why) = (door.server.id.to_string(), refusal.to_string());
    let digest: [u8; 32] = Sha256::digest(format!("{sso} {why} {moment}")).into();
    let mut random = [0; 16];
    random.copy_from_slice(&digest[..16]);
    let audit = office.audit(door.scope.owner(), Actor::Job(JOB), "sso.refused", sso);
    let audit = AuditEntry {
        id: AuditId::new(moment, u128::from_be_bytes(random)),
        after: Some(json!({ "why": why })),
        ..audit
    };
    office.store().note_person(&audit).await
}
