//! Back from an archive: the same company, with its ids and all that happened in it.

use domain::KindName;
use ids::{AuditId, TenantId};
use ports::{ArchiveError, Arrival, Belonging, FACTS_MAX, Fact, Giver, StoreError, Thing};
use tenancy::PlatformScope;

use super::arrival::{
    Belongings, Wanted, ended, first_domain, fit_tenant, renew_password, sign_out, title,
};
use super::taken::{Counts, Line};
use super::unsold::unsold;
use super::{Report, Title};
use crate::office::Office;

/// Brings a company back, here or in another exchange: the same ids, history, records and
/// passwords. Nothing of it is seen before all of it is there; what was brought by then is
/// removed when it fails.
///
/// A device's password holds in one digest realm. Where this exchange has another, each device
/// gets a new one, which the report names.
///
/// # Errors
/// The company is here already and not to be replaced, a domain or a user name is taken, or the
/// archive is not whole.
pub async fn restore(
    office: &Office,
    platform: &PlatformScope,
    lines: &mut dyn Giver<Line>,
    wanted: &Wanted,
    told: &mut (dyn FnMut(Counts) + Send),
) -> Result<Report, ArchiveError> {
    let title = title(lines)?;
    let (store, tenant) = (office.store(), title.tenant);
    let account = platform.account();
    let name = tenant.to_string();
    let there = store.get_below(&account, KindName::Tenant, &name);
    let there = there.await?;
    if wanted.replace.is_some_and(|wanted| wanted != tenant) {
        let what = "it is of another company than the one that is to be replaced";
        return Err(ArchiveError::Odd(what.to_owned()));
    }
    if let Some(there) = there.as_ref().filter(|_| wanted.replace.is_none()) {
        return Err(ArchiveError::Odd(format!(
            "its company is here, as {}: say that it is to be replaced, or bring this one in as a \
             clone",
            there.name
        )));
    }
    let replaces = there.is_some();
    if !replaces {
        // what a restore that was cut off has left
        store.clear_out(platform, tenant).await?;
    }
    let restoring = Restoring {
        office,
        platform,
        title,
        replaces,
    };
    let restored = restoring.bring(lines, wanted, told).await;
    if restored.is_err() && !replaces {
        store.clear_out(platform, tenant).await?;
    }
    restored
}

struct Restoring<'a> {
    office: &'a Office,
    platform: &'a PlatformScope,
    title: Title,
    /// The company is here: what happened in it stays, and only its documents become others.
    replaces: bool,
}

impl Restoring<'_> {
    async fn bring(
        &self,
        lines: &mut dyn Giver<Line>,
        wanted: &Wanted,
        told: &mut (dyn FnMut(Counts) + Send),
    ) -> Result<Report, ArchiveError> {
        let tenant = self.title.tenant;
        let (mut counts, mut facts) = (Counts::default(), Vec::new());
        let mut belongings = Belongings::default();
        loop {
            match lines.give()?.ok_or(ArchiveError::CutOff)? {
                Line::Title(_) => return Err(ArchiveError::Odd("it has two titles".into())),
                Line::Thing(thing) => {
                    counts.add(&thing);
                    match *thing {
                        Thing::Document(belonging) => belongings.add(belonging)?,
                        Thing::Fact(_) if self.replaces => {}
                        Thing::Fact(fact) => facts.push(fact),
                    }
                    if facts.len() == FACTS_MAX {
                        self.bring_facts(tenant, std::mem::take(&mut facts)).await?;
                        told(counts);
                    }
                }
                Line::End(said) => {
                    ended(lines, said, counts)?;
                    break;
                }
            }
        }
        if !facts.is_empty() {
            self.bring_facts(tenant, facts).await?;
        }
        told(counts);
        self.move_in(belongings.into_all()?, counts, wanted).await
    }

    async fn bring_facts(&self, tenant: TenantId, facts: Vec<Fact>) -> Result<(), StoreError> {
        let store = self.office.store();
        store.bring_facts(self.platform, tenant, facts).await
    }

    async fn move_in(
        &self,
        mut documents: Vec<Belonging>,
        counts: Counts,
        wanted: &Wanted,
    ) -> Result<Report, ArchiveError> {
        let (office, account) = (self.office, self.platform.account());
        let mut notes = Vec::new();
        let mut domain = String::new();
        if let Some(own) = documents.first_mut() {
            let fit = (wanted, &self.title);
            let fitted = fit_tenant(office.store(), &account, &mut own.document, fit).await?;
            domain = first_domain(&own.document).map_err(StoreError::from)?;
            notes = fitted.notes;
            // into the place of one that is here no key comes
            let keys = if self.replaces { 0 } else { counts.tokens };
            notes.extend(unsold(fitted.plan.as_ref(), &documents, keys));
        }
        notes.extend(sign_out_all(&mut documents)?);
        let foreign = self.title.realm != office.realm();
        let suffix = wanted.suffix.as_deref();
        let mut passwords = Vec::new();
        if foreign || suffix.is_some() {
            let devices = documents.iter_mut();
            for device in devices.filter(|one| one.document.kind == KindName::Device) {
                passwords.push(renew_password(office, device, suffix)?);
            }
        }
        if foreign {
            let (there, here) = (&self.title.realm, office.realm());
            notes.push(format!(
                "passwords hold in one digest realm: it was {there:?} there and is {here:?} here"
            ));
        }
        if self.replaces {
            let stayed = "call records, audit trail, events, API keys and what people sign in \
                          with stayed as they were here";
            notes.push(stayed.to_owned());
        }
        let arrival = Arrival {
            tenant: self.title.tenant,
            documents,
            // without its history each document begins one
            begins: counts.versions == 0,
            replaces: self.replaces,
            at: office.now(),
            audit: office.mint(AuditId::new),
            action: "tenant.restored",
        };
        office.store().move_in(&account, arrival).await?;
        Ok(Report {
            counts,
            tenant: self.title.tenant,
            domain,
            passwords,
            notes,
        })
    }
}

/// Signs all people out; tells what does not work everywhere.
fn sign_out_all(documents: &mut [Belonging]) -> Result<Option<String>, ArchiveError> {
    let mut with_passkey = 0_u64;
    for belonging in documents {
        with_passkey += u64::from(sign_out(belonging)?);
    }
    let note = "have passkeys, which work only where the portal has the same host name";
    Ok((with_passkey > 0).then(|| format!("{with_passkey} people {note}")))
}
