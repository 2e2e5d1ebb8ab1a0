//! What is kept of people, over the state in memory.

use async_trait::async_trait;
use domain::{AuditEntry, Document, KindName, Resource, Tenant};
use ids::{LoginId, UserId};
use ports::{
    ACCOUNT_DEPTH_MAX, CredentialRecord, CredentialStore, Person, SAME_MAIL_MAX, StoreError,
};
use tenancy::{Account, Owner};

use super::MemoryStore;
use super::state::State;

impl State {
    /// Follows a change of a person's document: a disabled person is signed in nowhere.
    pub(super) fn person_changed(&mut self, user: &Document) {
        if user.spec["enabled"] != false {
            return;
        }
        let kept = user.id.parse().ok();
        if let Some(kept) = kept.and_then(|id: UserId| self.credentials.get_mut(&id)) {
            // whoever has read the record meanwhile must not bring the logins back
            kept.revision += 1;
            kept.logins.clear();
        }
    }

    fn person_of(&self, user: &Document) -> Result<Person, StoreError> {
        let owner = user.owner;
        let own = match owner {
            Owner::Account(Account::Platform) => None,
            Owner::Account(Account::Reseller(_)) => Some(KindName::Reseller),
            Owner::Tenant(_) => Some(KindName::Tenant),
        };
        let own = own.and_then(|kind| self.stored(owner, kind, &owner.to_string()));
        let id: UserId = user.id.parse().map_err(|_| StoreError::Corrupt {
            detail: "a person without an id".to_owned(),
        })?;
        let kept = self.credentials.get(&id).cloned();
        Ok(Person {
            user: user.clone(),
            owner: own.map(|own| own.document.clone()),
            open: self.lets_people_in(owner)?,
            credentials: kept.unwrap_or_else(|| CredentialRecord::none(id, owner)),
        })
    }

    fn lets_people_in(&self, owner: Owner) -> Result<bool, StoreError> {
        let Owner::Tenant(tenant) = owner else {
            return self.is_open(owner);
        };
        let Some(own) = self.stored(owner, KindName::Tenant, &tenant.to_string()) else {
            return Ok(false);
        };
        let own: Resource<Tenant> = own.document.clone().try_into()?;
        Ok(own.spec.enabled && self.is_open(Account::of(own.spec.reseller).into())?)
    }

    fn owner_called(&self, at: &str) -> Option<Owner> {
        at.parse().ok().or_else(|| {
            let found = self.named_itself(KindName::Tenant, at);
            let found = found.or_else(|| self.named_itself(KindName::Reseller, at));
            found.map(|found| found.document.owner)
        })
    }
}

#[async_trait]
impl CredentialStore for MemoryStore {
    async fn person(&self, user: UserId) -> Result<Option<Person>, StoreError> {
        let (state, id) = (self.state()?, user.to_string());
        let found = state
            .of_kind(KindName::User)
            .find(|one| one.document.id == id);
        found.map(|one| state.person_of(&one.document)).transpose()
    }

    async fn person_of_login(&self, login: LoginId) -> Result<Option<Person>, StoreError> {
        let user = {
            let state = self.state()?;
            let mut all = state.credentials.values();
            let found = all.find(|record| record.logins.contains(&login));
            found.map(|record| record.user)
        };
        match user {
            Some(user) => self.person(user).await,
            None => Ok(None),
        }
    }

    async fn people_with_mail(
        &self,
        mail: &str,
        at: Option<&str>,
    ) -> Result<Vec<Person>, StoreError> {
        let state = self.state()?;
        let whose = at.map(|at| state.owner_called(at));
        state
            .of_kind(KindName::User)
            .map(|one| &one.document)
            .filter(|one| one.name == mail && whose.is_none_or(|whose| whose == Some(one.owner)))
            .take(SAME_MAIL_MAX)
            .map(|one| state.person_of(one))
            .collect()
    }

    async fn put_credentials(
        &self,
        record: &CredentialRecord,
        audit: &[AuditEntry],
    ) -> Result<u64, StoreError> {
        record.check()?;
        let mut state = self.state()?;
        let id = record.user.to_string();
        if state.stored(record.owner, KindName::User, &id).is_none() {
            return Err(StoreError::NotFound);
        }
        let current = state.credentials.get(&record.user);
        let current = current.map_or(0, |kept| kept.revision);
        if current != record.revision {
            return Err(StoreError::RevisionMismatch { current });
        }
        let mut kept = record.clone();
        kept.revision += 1;
        kept.logins.sort_unstable();
        state.credentials.insert(record.user, kept);
        for entry in audit {
            state.add_audit(entry);
        }
        Ok(current + 1)
    }

    async fn note_person(&self, audit: &AuditEntry) -> Result<(), StoreError> {
        self.state()?.add_audit(audit);
        Ok(())
    }

    async fn resellers_above(&self, owner: Owner) -> Result<Vec<Document>, StoreError> {
        let state = self.state()?;
        let mut at = match owner {
            Owner::Account(account) => Some(account),
            Owner::Tenant(tenant) => {
                let own = state.stored(owner, KindName::Tenant, &tenant.to_string());
                own.and_then(|own| own.facets.parent)
            }
        };
        let mut found = Vec::new();
        while let Some(Account::Reseller(id)) = at {
            let above = state.stored(id.into(), KindName::Reseller, &id.to_string());
            let Some(above) = above.filter(|_| found.len() <= ACCOUNT_DEPTH_MAX) else {
                break;
            };
            found.push(above.document.clone());
            at = above.facets.parent;
        }
        Ok(found)
    }

    async fn secret_or_insert(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let mut state = self.state()?;
        Ok(*state.secrets.entry(name.to_owned()).or_insert(fresh))
    }
}
