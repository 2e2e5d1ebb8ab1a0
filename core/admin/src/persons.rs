//! Use cases of a person's data: find it, hand it out, erase it.
//!
//! A person is named by the id or mail address of a user, by the id or number of an extension, or
//! by any other telephone number. What belongs together is taken together: a user with the own
//! extension, an extension with its people and its telephones.

mod erase;
mod export;
mod walk;

use domain::{Device, Extension, Invalid, Kind, KindName, Resource, Subject, User};
use ports::{Filter, PAGE_MAX, Page, Store, StoreError};
use tenancy::{TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

pub use erase::{Erasure, erase};
pub use export::{EXPORT_MAX, Export, Found, Place, export, find};

/// Most users of one extension, and telephones of it, that belong to one person.
const BELONGING_MAX: usize = PAGE_MAX;

/// Longest text that names a person, in bytes.
const NAME_MAX: usize = 254;

/// Fewest digits of a telephone number outside.
const NUMBER_MIN: usize = 3;

/// A person, with all that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) subject: Subject,
    pub(crate) users: Vec<Resource<User>>,
    pub(crate) extensions: Vec<Resource<Extension>>,
    pub(crate) devices: Vec<Resource<Device>>,
}

/// Who a text names within a tenant.
///
/// # Errors
/// `Invalid` for a text of no or more than 254 bytes, else what the store says. A text that names
/// no document still names whoever has that number or address in records.
pub(crate) async fn resolve(
    office: &Office,
    scope: &TenantScope,
    text: &str,
) -> Result<Person, StoreError> {
    let text = text.trim();
    if !(1..=NAME_MAX).contains(&text.len()) {
        return Err(Invalid::new("/person", "must have 1 to 254 bytes").into());
    }
    let mut person = Person {
        subject: Subject::default(),
        users: Vec::new(),
        extensions: Vec::new(),
        devices: Vec::new(),
    };
    if let Some(user) = maybe::<User>(office, scope, &text.to_lowercase()).await? {
        if let Some(id) = user.spec.extension {
            person.extensions = maybe(office, scope, &id.to_string())
                .await?
                .into_iter()
                .collect();
        }
        person.users.push(user);
    } else if let Some(extension) = maybe::<Extension>(office, scope, text).await? {
        person.users = belonging(office, scope, &extension).await?;
        person.extensions.push(extension);
    }
    for extension in &person.extensions {
        person
            .devices
            .extend(belonging(office, scope, extension).await?);
    }
    person.subject = subject(&person, text);
    Ok(person)
}

/// Whether a text may name somebody of whom there is no document: a mail address or a telephone
/// number. Other words, such as `operator`, name nobody.
fn is_outside(text: &str) -> bool {
    let number = |char: char| char.is_ascii_digit() || matches!(char, '+' | '*' | '#');
    text.contains('@') || text.len() >= NUMBER_MIN && text.chars().all(number)
}

/// What names the person in records.
fn subject(person: &Person, text: &str) -> Subject {
    let mut subject = Subject::default();
    for user in &person.users {
        subject.ids.insert(user.id.to_string());
        subject.words.insert(user.spec.mail.clone());
        subject.words.insert(user.spec.display_name.clone());
    }
    for extension in &person.extensions {
        subject.ids.insert(extension.id.to_string());
        subject.words.insert(extension.spec.number.clone());
        subject.words.insert(extension.spec.display_name.clone());
    }
    for device in &person.devices {
        subject.ids.insert(device.id.to_string());
    }
    if person.users.is_empty() && person.extensions.is_empty() && is_outside(text) {
        subject.words.insert(text.to_owned());
    }
    subject.words.remove("");
    subject
}

async fn maybe<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    text: &str,
) -> Result<Option<Resource<K>>, StoreError> {
    let reference = Unresolved::<K>::new(text);
    match documents::find(office, scope, &reference).await {
        Ok((_, resource)) => Ok(Some(resource)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Documents of a kind that refer to an extension.
async fn belonging<K: Kind>(
    office: &Office,
    scope: &TenantScope,
    extension: &Resource<Extension>,
) -> Result<Vec<Resource<K>>, StoreError> {
    let page = Page {
        filter: Filter {
            refers_to: Some(extension.id.to_string()),
            ..Filter::default()
        },
        ..Page::first(BELONGING_MAX)
    };
    let listing = Store::list(office.store(), scope, K::NAME, &page).await?;
    let resources = listing.documents.into_iter().map(Resource::try_from);
    Ok(resources.collect::<Result<_, _>>()?)
}

impl Person {
    /// Kinds and ids of the documents that are the person's.
    pub(crate) fn documents(&self) -> Vec<(KindName, String)> {
        let users = self
            .users
            .iter()
            .map(|one| (KindName::User, one.id.to_string()));
        let extensions = self.extensions.iter();
        let extensions = extensions.map(|one| (KindName::Extension, one.id.to_string()));
        let devices = self
            .devices
            .iter()
            .map(|one| (KindName::Device, one.id.to_string()));
        users.chain(extensions).chain(devices).collect()
    }
}
