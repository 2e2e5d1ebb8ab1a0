//! The list of all operations, one file per kind of thing.

mod archives;
mod audit;
mod auth;
mod bans;
mod calls;
mod cdrs;
mod certificates;
mod conferences;
mod documents;
mod emergency;
mod erasure;
mod events;
mod faxes;
mod issued;
mod keys;
mod ladders;
mod lines;
mod me;
mod passkeys;
mod people;
mod persons;
mod platform;
mod quality;
mod quality_summaries;
mod recordings;
mod registrations;
mod sign_on;
mod sounds;
mod support;
mod tenants;
mod tokens;
mod trunk_usage;
mod usage;
mod webhooks;
mod written;

use std::sync::LazyLock;

use domain::KindName;

use crate::operation::Operation;

/// See [`all`].
static ALL: LazyLock<Vec<Operation>> = LazyLock::new(list);

/// All operations, in the order in which the OpenAPI text has them.
pub(crate) fn all() -> &'static [Operation] {
    &ALL
}

fn list() -> Vec<Operation> {
    let kinds = KindName::ALL.map(|kind| match kind {
        KindName::Tenant => tenants::operations(),
        KindName::Webhook => webhooks::operations(),
        KindName::Sound => sounds::operations(),
        KindName::Reseller
        | KindName::Plan
        | KindName::Extension
        | KindName::Device
        | KindName::Role
        | KindName::User
        | KindName::Hold
        | KindName::Sso
        | KindName::RateDeck
        | KindName::Trunk
        | KindName::Number
        | KindName::SigningKey
        | KindName::Schedule
        | KindName::Music
        | KindName::EmergencyLocation
        | KindName::Site
        | KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => documents::operations(kind),
    });
    let documents = kinds.into_iter().flatten();
    let others = [
        usage::operations(),
        documents::sheets(),
        lines::operations(),
        trunk_usage::operations(),
        emergency::operations(),
        certificates::operations(),
        registrations::operations(),
        calls::operations(),
        conferences::operations(),
        ladders::operations(),
        cdrs::operations(),
        quality::operations(),
        quality_summaries::operations(),
        recordings::operations(),
        faxes::operations(),
        events::operations(),
        audit::operations(),
        support::operations(),
        tokens::operations(),
        keys::operations(),
        bans::operations(),
        issued::operations(),
        people::operations(),
        auth::operations(),
        sign_on::operations(),
        me::operations(),
        passkeys::operations(),
        archives::operations(),
        erasure::operations(),
        persons::operations(),
        platform::operations(),
    ];
    documents.chain(others.into_iter().flatten()).collect()
}
