//! Two companies that are alike in every id, cursor and number: only whose a thing is tells them
//! apart. Ids that are taken once on the platform differ: those of companies, keys and people.

use domain::{AuditEntry, Cdr, Document, KindName, TokenRecord};
use ids::{AuditId, TokenId, WebhookId};
use machine::WallTime;
use ports::{CdrQuery, SecretChange};
use store::block_on;
use tenancy::{Owner, TenantScope, TokenHash};

use crate::archive::everything_of;
use crate::credentials;
use crate::deliveries::with_delivery;
use crate::support::with_support;
use crate::world::{World, all_keys, cdr, digests, time};

/// Where the ids of both begin.
const SAME: u64 = 5_000;

/// One of the two.
pub(crate) struct Twin {
    pub(crate) scope: TenantScope,
    pub(crate) extension: Document,
    pub(crate) device: Document,
    pub(crate) person: Document,
    pub(crate) token: TokenId,
    pub(crate) webhook: WebhookId,
}

/// Both, the first made first.
pub(crate) fn twins(world: &World<'_>) -> [Twin; 2] {
    ["acme", "globex"].map(|name| furnished(world, name))
}

fn furnished(world: &World<'_>, name: &str) -> Twin {
    let scope = world.tenant(&format!("{name}.example"));
    let same = World::from(world.store, SAME);
    let extension = same.extension(&scope, "101");
    let mut device = same.device_write(&scope, &extension.id, name);
    device.secret = SecretChange::Set(digests(7).into());
    let device = same.create(&scope, device);
    let webhook = with_delivery(&same, &scope);
    with_support(&same, &scope);
    block_on(world.store.write_cdrs(vec![record(&scope, name)])).unwrap();
    let person = credentials::person(world, &scope, credentials::ANN);
    credentials::keep(world, &person, &[world.number()], name.as_bytes());
    let token = key(world, scope.owner(), None);
    Twin {
        scope,
        extension,
        device,
        person,
        token,
        webhook,
    }
}

/// The one call of a twin: alike but for the number that was dialled.
pub(crate) fn record(scope: &TenantScope, dialled: &str) -> Cdr {
    let mut record = cdr(scope.tenant(), 5);
    dialled.clone_into(&mut record.dialled);
    record
}

/// A new API key.
pub(crate) fn key(world: &World<'_>, owner: Owner, revoked: Option<WallTime>) -> TokenId {
    let number = world.number();
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    let token = TokenRecord {
        id: TokenId::new(number, 0),
        name: format!("key {number}"),
        owner,
        hash: TokenHash(hash),
        created: time(1),
        expires: None,
        revoked,
        scopes: Vec::new(),
        former: None,
        used: None,
    };
    let audit = entry(Owner::PLATFORM, (number, time(1)));
    block_on(world.store.put_token(&all_keys(), &token, &audit)).unwrap();
    token.id
}

/// An entry of a trail.
pub(crate) fn entry(owner: Owner, (number, at): (u64, WallTime)) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(number, 9),
        owner,
        at,
        actor: "job test".to_owned(),
        action: "test.noted".to_owned(),
        target: String::new(),
        before: None,
        after: None,
        request: None,
    }
}

/// Ids of the records that a query finds.
pub(crate) fn found(world: &World<'_>, scope: &TenantScope, query: &CdrQuery) -> Vec<Cdr> {
    block_on(world.store.cdrs(scope, query)).unwrap().cdrs
}

/// All that a company has: what an archive holds, and what is found by each road to it.
pub(crate) fn all_of(world: &World<'_>, twin: &Twin) -> Vec<String> {
    let mut all = everything_of(world.store, &twin.scope);
    let call = Some(cdr(twin.scope.tenant(), 5).call);
    let extension = cdr(twin.scope.tenant(), 5).caller.extension;
    let number = Some("101".to_owned());
    for query in [
        CdrQuery {
            call,
            ..CdrQuery::default()
        },
        CdrQuery {
            extension,
            ..CdrQuery::default()
        },
        CdrQuery {
            number,
            ..CdrQuery::default()
        },
    ] {
        all.push(format!("{:?}", found(world, &twin.scope, &query)));
    }
    let by_name = [(KindName::Extension, "101"), (KindName::Webhook, "crm")];
    for (kind, name) in by_name {
        all.push(format!("{:?}", world.get(&twin.scope, kind, name)));
    }
    let place = block_on(world.store.place(&twin.scope, twin.webhook)).unwrap();
    all.push(format!("{place:?}"));
    let logins = credentials::find(world, &twin.person).map(|person| person.credentials.logins);
    all.push(format!("{logins:?}"));
    let parts = block_on(world.store.load_tenant(&twin.scope)).unwrap();
    let secrets = parts.map(|parts| {
        parts
            .devices
            .into_iter()
            .map(|(_, secret)| secret)
            .collect()
    });
    let secrets: Vec<_> = secrets.unwrap_or_default();
    all.push(format!("{secrets:?}"));
    all
}
