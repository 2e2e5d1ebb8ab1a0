//! Trunks, numbers and routes as a running exchange loads them, those of accounts above included.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::{CompiledDeck, Document, KindName, LineParts, Resource, Secret, Sound, facets};
use ports::StoreError;
use tenancy::{Account, Owner};

use super::documents::{self, Given};
use super::readers::Snapshot;
use super::sql::{Sql, column, corrupt};
use super::vault::OwnerKey;
use super::{accounts, vault};

/// What accounts above give to some tenants, by tenant, with the keys of those accounts.
pub(super) struct Gifts {
    to: HashMap<Owner, Vec<Given>>,
    keys: HashMap<Owner, OwnerKey>,
    /// The rate decks of the trunks among it, by trunk: read once, however many tenants share it.
    decks: HashMap<String, Vec<Arc<CompiledDeck>>>,
}

impl Gifts {
    /// Reads what is given to these tenants. An account's document, which its tenants see only in
    /// this way; what an account gave that is no longer above the tenant is left out.
    pub(super) fn read(now: &Snapshot<'_>, tenants: &[String]) -> Result<Gifts, StoreError> {
        now.sql.widely(|| {
            let mut to: HashMap<Owner, Vec<Given>> = HashMap::new();
            let mut givers = BTreeSet::new();
            for given in documents::given(now.sql, tenants)? {
                if is_above(now.sql, given.document.owner, given.to)? {
                    givers.insert(column(given.document.owner));
                    to.entry(given.to).or_default().push(given);
                }
            }
            let givers: Vec<String> = givers.into_iter().collect();
            let keys = if givers.is_empty() {
                HashMap::new()
            } else {
                now.vault.keys(now.sql, &givers)?
            };
            let mut gifts = Gifts {
                to,
                keys,
                decks: HashMap::new(),
            };
            gifts.read_decks(now.sql)?;
            Ok(gifts)
        })
    }

    /// Reads the decks that the trunks name, which are of those trunks' owners; each is compiled
    /// once.
    fn read_decks(&mut self, sql: Sql<'_>) -> Result<(), StoreError> {
        let mut compiled: HashMap<String, Arc<CompiledDeck>> = HashMap::new();
        for Given { document, .. } in self.to.values().flatten() {
            if document.kind != KindName::Trunk || self.decks.contains_key(&document.id) {
                continue;
            }
            let mut decks = Vec::new();
            for id in decks_of(document)? {
                if !compiled.contains_key(&id)
                    && let Some(found) =
                        documents::by_id(sql, document.owner, KindName::RateDeck, &id)?
                {
                    let deck = Arc::new(CompiledDeck::new(found.try_into()?));
                    compiled.insert(id.clone(), deck);
                }
                decks.extend(compiled.get(&id).cloned());
            }
            self.decks.insert(document.id.clone(), decks);
        }
        Ok(())
    }

    /// Adds what is given to a tenant to its parts.
    pub(super) fn give(&mut self, to: Owner, parts: &mut LineParts) -> Result<(), StoreError> {
        for given in self.to.remove(&to).unwrap_or_default() {
            let decks = self.decks.get(&given.document.id);
            parts.decks.extend(decks.into_iter().flatten().cloned());
            let key = self.keys.get(&given.document.owner);
            add(parts, key, given.document, given.sealed)?;
        }
        Ok(())
    }
}

/// The rate decks that a trunk names.
fn decks_of(trunk: &Document) -> Result<Vec<String>, StoreError> {
    let references = facets(trunk)?.references.into_iter();
    let decks = references.filter(|reference| reference.kind == KindName::RateDeck);
    Ok(decks.map(|deck| deck.id).collect())
}

/// Adds a document of these kinds to a tenant's parts; gives any other back.
pub(super) fn add(
    parts: &mut LineParts,
    key: Option<&OwnerKey>,
    document: Document,
    sealed: Option<Vec<u8>>,
) -> Result<Option<Document>, StoreError> {
    if document.kind == KindName::Trunk {
        let secret = secret(key, &document, sealed)?;
        parts.trunks.push((document.try_into()?, secret));
    } else if document.kind == KindName::RateDeck {
        let deck = CompiledDeck::new(document.try_into()?);
        parts.decks.push(Arc::new(deck));
    } else if document.kind == KindName::SigningKey {
        let secret = secret(key, &document, sealed)?;
        parts.signing.push((document.try_into()?, secret));
    } else if document.kind == KindName::Number {
        parts.numbers.push(document.try_into()?);
    } else if document.kind == KindName::Schedule {
        parts.schedules.push(document.try_into()?);
    } else if document.kind == KindName::TollGuard {
        parts.guards.push(document.try_into()?);
    } else if document.kind == KindName::Containment {
        parts.contained.push(document.try_into()?);
    } else if document.kind == KindName::InboundRoute {
        parts.inbound.push(document.try_into()?);
    } else if document.kind == KindName::OutboundRoute {
        parts.outbound.push(document.try_into()?);
    } else if document.kind == KindName::EmergencyLocation {
        parts.locations.push(document.try_into()?);
    } else if document.kind == KindName::Sound {
        let sound: Resource<Sound> = document.try_into()?;
        if sound.spec.on_hold {
            parts.music = Some(sound);
        }
    } else if document.kind == KindName::Music {
        parts.programmes.push(document.try_into()?);
    } else if document.kind == KindName::Site {
        parts.sites.push(document.try_into()?);
    } else {
        return Ok(Some(document));
    }
    Ok(None)
}

fn is_above(sql: Sql<'_>, giver: Owner, tenant: Owner) -> Result<bool, StoreError> {
    match giver {
        Owner::Account(Account::Platform) => Ok(true),
        Owner::Account(account) => accounts::commands(sql, account, tenant),
        Owner::Tenant(_) => Ok(false),
    }
}

fn secret(
    key: Option<&OwnerKey>,
    document: &Document,
    sealed: Option<Vec<u8>>,
) -> Result<Option<Secret>, StoreError> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let key = key.ok_or_else(|| vault::without_key(document.owner))?;
    let bytes = key.open_bytes(document.kind, &document.id, &sealed)?;
    let text = std::str::from_utf8(&bytes).ok();
    let secret = text.and_then(|text| Secret::supplied(text).ok());
    let odd = || corrupt(&format!("{} {}: an odd secret", document.kind, document.id));
    secret.map(Some).ok_or_else(odd)
}
