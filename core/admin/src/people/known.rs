//! A person of whom everything is at hand.

use domain::{AuditEntry, Document, Resource, User};
use identity::{Credentials, Policy};
use ids::UserId;
use ports::{CredentialRecord, Person, StoreError};
use serde_json::Value;
use tenancy::Actor;

use super::refusal::unreadable;
use crate::office::Office;

/// What the operator's own people are told they belong to.
const PLATFORM: &str = "the platform";

/// A person, read.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) user: Resource<User>,
    pub(super) owner: Option<Document>,
    pub(super) credentials: Credentials,
    open: bool,
    revision: u64,
}

impl Known {
    pub(super) fn read(person: Person) -> Result<Known, StoreError> {
        let record = &person.credentials;
        let credentials = Credentials::read(&record.content, &record.logins);
        Ok(Known {
            credentials: credentials.map_err(unreadable)?,
            revision: record.revision,
            user: person.user.try_into()?,
            owner: person.owner,
            open: person.open,
        })
    }

    /// The person with this id.
    pub(super) async fn find(office: &Office, user: UserId) -> Result<Option<Known>, StoreError> {
        let found = office.store().person(user).await?;
        found.map(Known::read).transpose()
    }

    /// Whether the person may be signed in at all.
    pub(super) fn may_enter(&self) -> bool {
        self.open && self.user.spec.enabled
    }

    /// What a mailed link, or a challenge, is good for as long as it is the same.
    pub(super) fn mark(&self) -> [String; 2] {
        [
            self.user.spec.mail.clone(),
            self.credentials.password_mark(),
        ]
    }

    /// What the person's company is called.
    pub(super) fn company(&self) -> String {
        let Some(owner) = &self.owner else {
            return PLATFORM.to_owned();
        };
        let shown = owner.spec.get("display_name").and_then(Value::as_str);
        let shown = shown.filter(|name| !name.is_empty());
        shown.unwrap_or(&owner.name).to_owned()
    }

    /// What people call the person.
    pub(super) fn name(&self) -> &str {
        let spec = &self.user.spec;
        if spec.display_name.is_empty() {
            &spec.mail
        } else {
            &spec.display_name
        }
    }

    /// The rules for the person's password.
    pub(super) fn policy(&self) -> Policy {
        let spec = &self.user.spec;
        let company = self.owner.as_ref().map_or("", |owner| owner.name.as_str());
        let called = self.company();
        Policy::about([&spec.display_name, &spec.mail, company, &called])
    }

    /// The record as it shall be stored.
    pub(super) fn record(&self) -> Result<CredentialRecord, StoreError> {
        Ok(CredentialRecord {
            user: self.user.id,
            owner: self.user.owner,
            revision: self.revision,
            logins: self.credentials.logins.ids(),
            content: self.credentials.write().map_err(unreadable)?,
        })
    }

    /// An entry in the trail of the person's company about what the person did.
    pub(super) fn did(&self, office: &Office, action: &str, after: Option<Value>) -> AuditEntry {
        self.noted(office, Actor::User(self.user.id), action, after)
    }

    /// An entry about what somebody did to the person's account.
    pub(super) fn noted(
        &self,
        office: &Office,
        actor: Actor,
        action: &str,
        after: Option<Value>,
    ) -> AuditEntry {
        let target = self.user.id.to_string();
        AuditEntry {
            after,
            ..office.audit(self.user.owner, actor, action, target)
        }
    }
}
