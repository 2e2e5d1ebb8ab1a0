//! The parts of a company that is compiled, as documents and back.

use std::collections::HashMap;
use std::hash::Hash;

use domain::{Document, Invalid, Kind, KindName, Resource, TenantParts};

/// Whether calls depend on documents of a kind that a company has.
pub(super) fn matters(kind: KindName) -> bool {
    match kind {
        KindName::Tenant
        | KindName::Extension
        | KindName::EmergencyLocation
        | KindName::Site
        | KindName::Device
        | KindName::Trunk
        | KindName::SigningKey
        | KindName::Schedule
        | KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => true,
        KindName::Reseller
        | KindName::Plan
        | KindName::RateDeck
        | KindName::Number
        | KindName::Sound
        | KindName::Music
        | KindName::Role
        | KindName::User
        | KindName::Hold
        | KindName::Webhook
        | KindName::Sso => false,
    }
}

/// The documents that calls depend on: the company's own, and the trunks and keys of accounts that
/// are shared with it. Its plan, its numbers and
/// its rate decks are not among them.
pub(super) fn documents(parts: &TenantParts) -> Result<Vec<Document>, Invalid> {
    let lines = &parts.lines;
    let mut all = vec![parts.tenant.to_document()?];
    add(&mut all, &parts.extensions)?;
    add(&mut all, parts.devices.iter().map(|(device, _)| device))?;
    add(&mut all, lines.trunks.iter().map(|(trunk, _)| trunk))?;
    add(&mut all, lines.signing.iter().map(|(key, _)| key))?;
    add(&mut all, &lines.schedules)?;
    add(&mut all, &lines.inbound)?;
    add(&mut all, &lines.outbound)?;
    add(&mut all, &lines.locations)?;
    add(&mut all, &lines.sites)?;
    add(&mut all, &lines.guards)?;
    add(&mut all, &lines.contained)?;
    Ok(all)
}

fn add<'a, K: Kind>(
    all: &mut Vec<Document>,
    resources: impl IntoIterator<Item = &'a Resource<K>>,
) -> Result<(), Invalid> {
    for resource in resources {
        all.push(resource.to_document()?);
    }
    Ok(())
}

/// The same company with these documents of its own in place of those it has. What is new has no
/// secret.
pub(super) fn with(
    mut parts: TenantParts,
    documents: impl Iterator<Item = Document>,
) -> Result<TenantParts, Invalid> {
    let tenant = parts.tenant.id.into();
    let credentials = secrets(std::mem::take(&mut parts.devices));
    let lines = &mut parts.lines;
    let own = |owner| owner == tenant;
    let (trunks, above) = std::mem::take(&mut lines.trunks)
        .into_iter()
        .partition(|(trunk, _)| own(trunk.owner));
    lines.trunks = above;
    let trunks = secrets(trunks);
    let (signing, above) = std::mem::take(&mut lines.signing)
        .into_iter()
        .partition(|(key, _)| own(key.owner));
    lines.signing = above;
    let signing = secrets(signing);
    parts.extensions.clear();
    lines.schedules.clear();
    lines.inbound.clear();
    lines.outbound.clear();
    lines.locations.clear();
    lines.sites.clear();
    lines.guards.clear();
    lines.contained.clear();
    for document in documents {
        match document.kind {
            KindName::Tenant => parts.tenant = document.try_into()?,
            KindName::Extension => parts.extensions.push(document.try_into()?),
            KindName::Device => parts.devices.push(held(document, &credentials)?),
            KindName::EmergencyLocation => lines.locations.push(document.try_into()?),
            KindName::Site => lines.sites.push(document.try_into()?),
            KindName::Trunk => lines.trunks.push(held(document, &trunks)?),
            KindName::SigningKey => lines.signing.push(held(document, &signing)?),
            KindName::Schedule => lines.schedules.push(document.try_into()?),
            KindName::InboundRoute => lines.inbound.push(document.try_into()?),
            KindName::OutboundRoute => lines.outbound.push(document.try_into()?),
            KindName::TollGuard => lines.guards.push(document.try_into()?),
            KindName::Containment => lines.contained.push(document.try_into()?),
            KindName::Reseller
            | KindName::Plan
            | KindName::RateDeck
            | KindName::Number
            | KindName::Sound
            | KindName::Music
            | KindName::Role
            | KindName::User
            | KindName::Hold
            | KindName::Webhook
            | KindName::Sso => {}
        }
    }
    Ok(parts)
}

/// What documents have besides their specs, by their ids.
type Secrets<K, S> = HashMap<<K as tenancy::Identified>::Id, S>;

fn secrets<K: Kind, S>(held: Vec<(Resource<K>, Option<S>)>) -> Secrets<K, S>
where
    K::Id: Hash + Eq,
{
    let some = held.into_iter();
    some.filter_map(|(resource, secret)| Some((resource.id, secret?)))
        .collect()
}

fn held<K: Kind, S: Clone>(
    document: Document,
    secrets: &Secrets<K, S>,
) -> Result<(Resource<K>, Option<S>), Invalid>
where
    K::Id: Hash + Eq,
{
    let resource = Resource::try_from(document)?;
    let secret = secrets.get(&resource.id).cloned();
    Ok((resource, secret))
}
