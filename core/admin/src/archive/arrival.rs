//! What must be another where a company comes in: domains, who sells to it, passwords.

use domain::{Device, Document, Invalid, Kind, KindName, Plan, Reseller, Resource, Tenant};
use identity::Credentials;
use ids::{PlanId, ResellerId, TenantId};
use ports::{ARRIVALS_MAX, ArchiveError, Belonging, Giver, StoreError, Stores, locate_below};
use serde_json::Value;
use tenancy::{Account, AccountScope, Unresolved};

use super::taken::{Counts, Line};
use super::{ARCHIVE_FORMAT, NewPassword, Title};
use crate::office::Office;

/// What is wanted of a company that comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Its domains here; none leaves them as they were.
    pub domains: Vec<String>,
    /// What is added to its devices' user names, after a dot; they need new passwords then.
    pub suffix: Option<String>,
    /// The company whose documents here are to be replaced; it must be that of the archive.
    pub replace: Option<TenantId>,
}

/// The title of a company's archive.
pub(super) fn title(lines: &mut dyn Giver<Line>) -> Result<Title, ArchiveError> {
    match lines.give()? {
        Some(Line::Title(title)) if title.format == ARCHIVE_FORMAT => Ok(title),
        Some(Line::Title(title)) => Err(ArchiveError::Newer {
            found: title.format,
            known: ARCHIVE_FORMAT,
        }),
        Some(Line::Thing(_) | Line::End(_)) | None => Err(ArchiveError::Odd(
            "it is no archive of one company".to_owned(),
        )),
    }
}

/// The end of an archive must say what was read, and nothing may follow.
pub(super) fn ended(
    lines: &mut dyn Giver<Line>,
    said: Counts,
    read: Counts,
) -> Result<(), ArchiveError> {
    if said != read {
        let what = "it says that it has more or less than was read";
        return Err(ArchiveError::Odd(what.to_owned()));
    }
    match lines.give()? {
        None => Ok(()),
        Some(_) => Err(ArchiveError::Odd("something follows its end".to_owned())),
    }
}

/// Documents that were read, within their bound, the company's own first.
#[derive(Default)]
pub(super) struct Belongings {
    own: Option<Belonging>,
    others: Vec<Belonging>,
    bytes: usize,
}

/// Most bytes of documents that are held before they come in together.
const ARRIVAL_BYTES_MAX: usize = 256 << 20;

/// About as many bytes as a value takes.
fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 32,
        Value::String(text) => 32 + text.len(),
        Value::Array(items) => 32 + items.iter().map(bytes_of).sum::<usize>(),
        Value::Object(members) => {
            let members = members.iter();
            let bytes = members.map(|(name, of)| 64 + name.len() + bytes_of(of));
            32 + bytes.sum::<usize>()
        }
    }
}

impl Belongings {
    pub(super) fn add(&mut self, belonging: Belonging) -> Result<(), ArchiveError> {
        let secrets = [&belonging.secret, &belonging.credentials];
        let secrets = secrets.map(|secret| secret.as_ref().map_or(0, Vec::len));
        self.bytes += bytes_of(&belonging.document.spec) + secrets.iter().sum::<usize>();
        if self.bytes > ARRIVAL_BYTES_MAX {
            let limit = ARRIVAL_BYTES_MAX;
            return Err(StoreError::TooLarge { limit }.into());
        }
        if belonging.document.kind == KindName::Tenant {
            self.own = Some(belonging);
        } else if self.others.len() + 1 < ARRIVALS_MAX {
            self.others.push(belonging);
        } else {
            let limit = ARRIVALS_MAX;
            return Err(StoreError::TooLarge { limit }.into());
        }
        Ok(())
    }

    /// All, the company's own first.
    pub(super) fn into_all(self) -> Result<Vec<Belonging>, ArchiveError> {
        let own = self.own.ok_or_else(|| {
            ArchiveError::Odd("the company's own document is not in it".to_owned())
        })?;
        Ok(std::iter::once(own).chain(self.others).collect())
    }
}

/// Writes a changed spec back into its document.
pub(super) fn rewrite<K: Kind>(
    document: &mut Document,
    change: impl FnOnce(&mut K),
) -> Result<(), StoreError> {
    let mut resource: Resource<K> = document.clone().try_into()?;
    change(&mut resource.spec);
    resource.spec.normalise();
    *document = resource.to_document()?;
    Ok(())
}

/// How a company fits in where it comes to.
pub(super) struct Fitted {
    /// The plan that it has here.
    pub(super) plan: Option<Resource<Plan>>,
    /// What is not as it was, in sentences.
    pub(super) notes: Vec<String>,
}

/// Changes the company's own document to what fits here. A plan that is not here is looked for by
/// the name that it had.
pub(super) async fn fit_tenant(
    store: &dyn Stores,
    account: &AccountScope,
    own: &mut Document,
    (wanted, title): (&Wanted, &Title),
) -> Result<Fitted, StoreError> {
    let mut notes = Vec::new();
    let before: Resource<Tenant> = own.clone().try_into()?;
    let seller = match seller(store, account, before.spec.reseller).await? {
        Some(seller) => seller,
        None => {
            notes.push("it is sold here by whoever brought it in".to_owned());
            account.clone()
        }
    };
    let plan = plan_here(store, &seller, before.spec.plan, title.plan.as_deref()).await?;
    if before.spec.plan.is_some() && plan.is_none() {
        notes.push("its plan is not here: give it one with tenant set … plan=NAME".to_owned());
    }
    rewrite::<Tenant>(own, |tenant| {
        tenant.reseller = match seller.account() {
            Account::Platform => None,
            Account::Reseller(id) => Some(id),
        };
        tenant.plan = plan.as_ref().map(|plan| plan.id);
        if !wanted.domains.is_empty() {
            tenant.domains.clone_from(&wanted.domains);
            // under other names it may be another company: whose mail it speaks for is granted anew
            tenant.mail_domains.clear();
        }
    })?;
    Ok(Fitted { plan, notes })
}

/// The scope of whoever sold the company, if it is the account or lies below it.
async fn seller(
    store: &dyn Stores,
    account: &AccountScope,
    reseller: Option<ResellerId>,
) -> Result<Option<AccountScope>, StoreError> {
    let id = match Account::of(reseller) {
        own if own == account.account() => return Ok(Some(account.clone())),
        Account::Platform => return Ok(None),
        Account::Reseller(id) => id,
    };
    let named = Unresolved::<Reseller>::new(id.to_string());
    match locate_below(store, account, &named).await {
        Ok((below, _)) => Ok(account.descend(below)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The plan among those that the seller may sell: by its id, else by its name.
async fn plan_here(
    store: &dyn Stores,
    seller: &AccountScope,
    id: Option<PlanId>,
    name: Option<&str>,
) -> Result<Option<Resource<Plan>>, StoreError> {
    let keys = id.map(|id| id.to_string()).into_iter();
    for key in keys.chain(name.filter(|_| id.is_some()).map(str::to_owned)) {
        if let Some(found) = store.get_below(seller, KindName::Plan, &key).await? {
            let plan: Resource<Plan> = found.try_into()?;
            if plan.spec.enabled {
                return Ok(Some(plan));
            }
        }
    }
    Ok(None)
}

/// Gives a device another user name, if one is wanted, and a new password.
pub(super) fn renew_password(
    office: &Office,
    belonging: &mut Belonging,
    suffix: Option<&str>,
) -> Result<NewPassword, StoreError> {
    rewrite::<Device>(&mut belonging.document, |device| {
        if let Some(suffix) = suffix {
            device.username = format!("{}.{suffix}", device.username);
        }
    })?;
    let secret = office.generate_secret();
    let username = belonging.document.name.clone();
    let digests = office.digests(&username, &secret);
    belonging.secret = Some(digests.to_bytes().to_vec());
    Ok(NewPassword { username, secret })
}

/// Signs a person out everywhere: logins are of the exchange where they began. What the person
/// signs in with stays; gives whether a passkey is among it.
pub(super) fn sign_out(belonging: &mut Belonging) -> Result<bool, ArchiveError> {
    let Some(content) = &belonging.credentials else {
        return Ok(false);
    };
    let odd = |error| ArchiveError::Odd(format!("{}: {error}", belonging.document.id));
    // none of the logins is alive
    let kept = Credentials::read(content, &[]).map_err(odd)?;
    let content = kept.write().map_err(odd)?;
    belonging.credentials = Some(content);
    Ok(!kept.passkeys.is_empty())
}

/// The first domain that a company has here.
pub(super) fn first_domain(own: &Document) -> Result<String, Invalid> {
    let own: Resource<Tenant> = own.clone().try_into()?;
    Ok(own.spec.natural_key())
}
