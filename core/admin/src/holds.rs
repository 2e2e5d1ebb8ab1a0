//! Legal holds: what is covered by one.

use std::collections::BTreeSet;
use std::slice;

use domain::{Cdr, Extension, Fax, Hold, KindName, Recording, Referrer, Resource, User};
use ids::{CallId, ExtensionId};
use ports::{CdrQuery, PAGE_MAX, Page, StoreError};
use tenancy::{TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// What of a tenant is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// All of it.
    pub(crate) all: bool,
    /// Whether anything is.
    pub(crate) any: bool,
    extensions: BTreeSet<ExtensionId>,
    /// The numbers that they have now.
    numbers: BTreeSet<String>,
}

/// All holds of a tenant.
pub(crate) async fn all(
    office: &Office,
    scope: &TenantScope,
) -> Result<Vec<Resource<Hold>>, StoreError> {
    let (mut found, mut page) = (Vec::new(), Page::first(PAGE_MAX));
    loop {
        let listed = documents::list::<Hold, _>(office, scope, &page).await?;
        found.extend(listed.items);
        match listed.next {
            Some(next) => page = page.after(next),
            None => return Ok(found),
        }
    }
}

/// The hold, as a refusal names it.
pub(crate) fn referrer(hold: &Resource<Hold>) -> Referrer {
    let field = match (hold.spec.user, hold.spec.extension) {
        (Some(_), _) => "/user",
        (None, Some(_)) => "/extension",
        (None, None) => "/owner",
    };
    Referrer {
        kind: KindName::Hold,
        id: hold.id.to_string(),
        name: hold.spec.name.clone(),
        field: field.to_owned(),
    }
}

/// What of a tenant is held now.
pub(crate) async fn held(office: &Office, scope: &TenantScope) -> Result<Held, StoreError> {
    by(office, scope, &all(office, scope).await?).await
}

/// What these holds hold.
async fn by(
    office: &Office,
    scope: &TenantScope,
    holds: &[Resource<Hold>],
) -> Result<Held, StoreError> {
    let mut held = Held::default();
    for hold in holds {
        held.any = true;
        held.all |= hold.spec.covers_all();
        held.extensions.extend(hold.spec.extension);
        if let Some(user) = hold.spec.user {
            let reference = Unresolved::<User>::new(user.to_string());
            let (_, user) = documents::find(office, scope, &reference).await?;
            held.extensions.extend(user.spec.extension);
        }
    }
    for id in &held.extensions {
        let reference = Unresolved::<Extension>::new(id.to_string());
        let (_, extension) = documents::find(office, scope, &reference).await?;
        held.numbers.insert(extension.spec.number);
    }
    Ok(held)
}

/// The holds that keep a recording.
pub(crate) async fn on_recording(
    office: &Office,
    scope: &TenantScope,
    recording: &Recording,
) -> Result<Vec<Referrer>, StoreError> {
    let mut found = Vec::new();
    for hold in all(office, scope).await? {
        let held = by(office, scope, slice::from_ref(&hold)).await?;
        if held.covers_recording(office, scope, recording).await? {
            found.push(referrer(&hold));
        }
    }
    Ok(found)
}

/// The holds that keep a fax.
pub(crate) async fn on_fax(
    office: &Office,
    scope: &TenantScope,
    fax: &Fax,
) -> Result<Vec<Referrer>, StoreError> {
    let mut found = Vec::new();
    for hold in all(office, scope).await? {
        let held = by(office, scope, slice::from_ref(&hold)).await?;
        if held.covers_fax(office, scope, fax).await? {
            found.push(referrer(&hold));
        }
    }
    Ok(found)
}

impl Held {
    /// Whether a call record must stay.
    pub(crate) fn covers(&self, cdr: &Cdr) -> bool {
        let legs = cdr.legs.iter().map(|leg| &leg.party);
        let mut parties = legs.chain([&cdr.caller]).chain(cdr.destination.as_ref());
        self.all
            || parties.any(|party| {
                party
                    .extension
                    .is_some_and(|id| self.extensions.contains(&id))
            })
    }

    /// Whether a recording must stay: it is of a number that is held, or its call's record must
    /// stay, which also knows who came into the call later and who had another number then.
    pub(crate) async fn covers_recording(
        &self,
        office: &Office,
        scope: &TenantScope,
        recording: &Recording,
    ) -> Result<bool, StoreError> {
        let numbers = recording.numbers().collect();
        self.covers_call(office, scope, (numbers, Some(recording.call)))
            .await
    }

    /// Whether a fax must stay: its extension is held, or its call's record must stay.
    pub(crate) async fn covers_fax(
        &self,
        office: &Office,
        scope: &TenantScope,
        fax: &Fax,
    ) -> Result<bool, StoreError> {
        if self.extensions.contains(&fax.extension) {
            return Ok(true);
        }
        let numbers = vec![&*fax.caller, &*fax.number];
        self.covers_call(office, scope, (numbers, fax.call)).await
    }

    /// Whether what came of a call between these numbers must stay, or is to come of one.
    async fn covers_call(
        &self,
        office: &Office,
        scope: &TenantScope,
        (numbers, call): (Vec<&str>, Option<CallId>),
    ) -> Result<bool, StoreError> {
        if self.all
            || numbers
                .into_iter()
                .any(|number| self.numbers.contains(number))
        {
            return Ok(true);
        }
        let Some(call) = call.filter(|_| !self.extensions.is_empty()) else {
            return Ok(false);
        };
        let query = CdrQuery {
            call: Some(call),
            ..CdrQuery::default()
        };
        let records = office.store().cdrs(scope, &query).await?;
        Ok(records.cdrs.iter().any(|cdr| self.covers(cdr)))
    }
}
