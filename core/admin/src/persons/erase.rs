//! Erasing a person: documents go or lose their names, facts get a pseudonym.

use std::collections::BTreeMap;

use domain::{AuditEntry, Cdr, Delivery, Event, Extension, KindName, Referrer, Subject, User};
use ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tenancy::{TenantScope, Unresolved};

use super::export::word;
use super::walk::{Item, Walk};
use super::{Person, resolve};
use crate::office::Office;
use crate::{documents, holds};

/// What an erasure of a person did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// What stands in the person's place from now on.
    pub pseudonym: String,
    /// How many documents and facts were erased or rewritten, by kind or sort.
    pub changed: BTreeMap<String, u64>,
}

/// Erases a person: the user goes, the extension loses its name and stays with the company, and
/// every fact gets a pseudonym. Repeating it after a failure finishes it.
///
/// # Errors
/// `NotFound` when nothing names such a person, `Invalid` for a text that cannot name anybody,
/// `InUse` by the legal holds that cover the person, else
/// what the store says.
pub async fn erase(
    office: &Office,
    scope: &TenantScope,
    text: &str,
) -> Result<Erasure, StoreError> {
    let person = resolve(office, scope, text).await?;
    if person.documents().is_empty() {
        super::find(office, scope, text).await?;
    }
    refuse_held(office, scope, &person).await?;
    let mut erasure = Erasure {
        pseudonym: pseudonym(office),
        changed: BTreeMap::new(),
    };
    erase_documents(office, scope, &person, &mut erasure).await?;
    let mut walk = Walk::new(office, scope, &person);
    while let Some(items) = walk.next().await? {
        rewrite(office, scope, &person, items, &mut erasure).await?;
    }
    for (kind, id) in person.documents() {
        if kind != KindName::Device {
            let gone = office.store().remove_history(scope, kind, &id).await?;
            erasure.note("history", gone);
        }
    }
    let target = erasure.pseudonym.clone();
    let mut note = office.audit(scope.owner(), scope.actor(), "person.erased", target);
    note.after = Some(json!({ "changed": erasure.changed }));
    office.store().add_audit(scope, &note).await?;
    Ok(erasure)
}

fn pseudonym(office: &Office) -> String {
    let bytes: [u8; 6] = office.random();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("erased-{digits}")
}

async fn refuse_held(
    office: &Office,
    scope: &TenantScope,
    person: &Person,
) -> Result<(), StoreError> {
    let held = holds::all(office, scope).await?;
    let ids = &person.subject.ids;
    let by: Vec<Referrer> = held
        .into_iter()
        .filter(|hold| {
            let named = |id: Option<String>| id.is_some_and(|id| ids.contains(&id));
            hold.spec.covers_all()
                || named(hold.spec.user.map(|id| id.to_string()))
                || named(hold.spec.extension.map(|id| id.to_string()))
        })
        .map(|hold| holds::referrer(&hold))
        .collect();
    if by.is_empty() {
        return Ok(());
    }
    Err(StoreError::InUse { by, more: 0 })
}

async fn erase_documents(
    office: &Office,
    scope: &TenantScope,
    person: &Person,
    erasure: &mut Erasure,
) -> Result<(), StoreError> {
    for extension in &person.extensions {
        if extension.spec.display_name.is_empty() {
            continue;
        }
        let reference = Unresolved::<Extension>::new(extension.id.to_string());
        let (found, _) = documents::find(office, scope, &reference).await?;
        let nameless = json!({ "display_name": "" });
        documents::patch::<Extension, _>(office, scope, found, None, &nameless).await?;
        erasure.note(KindName::Extension.as_str(), 1);
    }
    for user in &person.users {
        let reference = Unresolved::<User>::new(user.id.to_string());
        let (found, _) = documents::find(office, scope, &reference).await?;
        documents::delete::<User, _>(office, scope, found, None).await?;
        erasure.note(KindName::User.as_str(), 1);
    }
    Ok(())
}

/// Writes one page of facts anew.
async fn rewrite(
    office: &Office,
    scope: &TenantScope,
    person: &Person,
    items: Vec<Item>,
    erasure: &mut Erasure,
) -> Result<(), StoreError> {
    let users = person.users.iter().map(|user| user.id.to_string());
    let mask = Mask {
        person,
        users: Subject {
            ids: users.collect(),
            ..Subject::default()
        },
        pseudonym: erasure.pseudonym.clone(),
    };
    let (mut cdrs, mut entries) = (Vec::new(), Vec::new());
    let (mut events, mut deliveries) = (Vec::new(), Vec::new());
    for item in items {
        let sort = word(item.fact());
        match item {
            Item::Cdr(cdr) => cdrs.push(mask.cdr(cdr)?),
            Item::Audit(entry) => entries.push(mask.entry(entry)),
            Item::Event(event) => events.push(mask.event(event)),
            Item::Delivery(delivery) => deliveries.push(mask.delivery(delivery)),
            // goes as a whole, afterwards
            Item::Version(_) => continue,
        }
        erasure.note(sort, 1);
    }
    let store = office.store();
    if !cdrs.is_empty() {
        store.replace_cdrs(scope, cdrs).await?;
    }
    if !entries.is_empty() {
        store.replace_audit(scope, entries).await?;
    }
    if !events.is_empty() {
        store.replace_events(scope, events).await?;
    }
    if !deliveries.is_empty() {
        store.note_deliveries(scope, deliveries).await?;
    }
    Ok(())
}

struct Mask<'a> {
    person: &'a Person,
    /// The person's users alone: in whose name something was done, and to what, must not be
    /// changed by whoever may name an extension.
    users: Subject,
    pseudonym: String,
}

impl Mask<'_> {
    fn text(&self, text: &str) -> String {
        self.users.masked_text(text, &self.pseudonym)
    }

    fn typed<T: Serialize + DeserializeOwned>(&self, fact: &T) -> Result<T, StoreError> {
        let odd = |error: serde_json::Error| StoreError::Corrupt {
            detail: error.to_string(),
        };
        let value = serde_json::to_value(fact).map_err(odd)?;
        let masked = self.person.subject.masked(value, &self.pseudonym);
        serde_json::from_value(masked).map_err(odd)
    }

    /// The record without the person. Where the person's telephone was and what it is goes, too.
    fn cdr(&self, cdr: Cdr) -> Result<Cdr, StoreError> {
        let mut masked = self.typed(&cdr)?;
        for (leg, before) in masked.legs.iter_mut().zip(&cdr.legs) {
            if leg.party != before.party {
                leg.address.clear();
                leg.user_agent.clear();
                leg.site = None;
                leg.sip_call_id.clone_from(&self.pseudonym);
            }
        }
        Ok(masked)
    }

    fn entry(&self, entry: AuditEntry) -> AuditEntry {
        let masked = |value| self.person.subject.masked(value, &self.pseudonym);
        AuditEntry {
            actor: self.text(&entry.actor),
            target: self.text(&entry.target),
            before: entry.before.map(masked),
            after: entry.after.map(masked),
            ..entry
        }
    }

    fn event(&self, event: Event) -> Event {
        Event {
            subject: self.text(&event.subject),
            data: self.person.subject.masked(event.data, &self.pseudonym),
            ..event
        }
    }

    fn delivery(&self, delivery: Delivery) -> Delivery {
        Delivery {
            event: self.event(delivery.event),
            ..delivery
        }
    }
}

impl Erasure {
    fn note(&mut self, what: &str, count: usize) {
        if count > 0 {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            *self.changed.entry(what.to_owned()).or_default() += count;
        }
    }
}
