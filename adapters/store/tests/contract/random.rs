//! Random sequences of calls: memory and SQLite must answer alike and hold the same.

use domain::{AuditEntry, Credentials, KindName, Reseller, Secret, SecretRule, TokenRecord};
use ids::{
    AuditId, ContainmentId, DeviceId, EmergencyLocationId, ExtensionId, HoldId, InboundRouteId,
    MusicId, NumberId, OutboundRouteId, PlanId, RateDeckId, ResellerId, RoleId, ScheduleId,
    SigningKeyId, SiteId, SoundId, SsoId, TenantId, TokenId, TollGuardId, TrunkId, UserId,
    WebhookId,
};
use ports::{
    CdrQuery, Change, Cursor, Filter, Operation, Order, Page, Reply, SecretChange, StoreError,
    Stores, TokenReach, Write, locate_below,
};
use proptest::prelude::*;
use serde_json::json;
use store::{MemoryStore, block_on};
use tenancy::{AccountScope, Owner, TenantScope, TokenHash, Unresolved};

use crate::disk::Disk;
use crate::world::{all_keys, cdr, digests, platform, time};

/// How many of each thing there are: few, so that calls meet each other.
const FEW: u8 = 4;

#[derive(Clone, Debug)]
enum Step {
    Create,
    Replace { expected: Option<u64> },
    Delete { expected: Option<u64> },
}

/// One operation on the n-th document of a kind.
#[derive(Clone, Debug)]
struct Touch {
    step: Step,
    kind: KindName,
    number: u8,
    /// What its names and references are made of.
    name: u8,
    target: u8,
    secret: Option<u8>,
}

#[derive(Clone, Debug)]
enum Call {
    Commit {
        tenant: u8,
        touches: Vec<Touch>,
    },
    CommitBelow {
        /// A reseller by its number, or the platform.
        account: Option<u8>,
        touches: Vec<Touch>,
    },
    Cdrs {
        tenant: u8,
        numbers: Vec<u8>,
    },
    PutToken {
        number: u8,
        hash: u8,
        tenant: Option<u8>,
    },
    Revoke {
        number: u8,
    },
    Note {
        number: u8,
        tenant: Option<u8>,
    },
    Begin {
        key: u8,
        text: u8,
        minutes: u16,
    },
    Finish {
        key: u8,
    },
    Abandon {
        key: u8,
    },
    Setting {
        key: u8,
        value: u8,
    },
}

fn few() -> impl Strategy<Value = u8> {
    0..FEW
}

fn touch() -> impl Strategy<Value = Touch> {
    let expected = || prop::option::of(1u64..4);
    let step = prop_oneof![
        3 => Just(Step::Create),
        2 => expected().prop_map(|expected| Step::Replace { expected }),
        1 => expected().prop_map(|expected| Step::Delete { expected }),
    ];
    let kind = prop::sample::select(vec![
        KindName::Tenant,
        KindName::Extension,
        KindName::Extension,
        KindName::Device,
        KindName::Device,
        KindName::Role,
        KindName::User,
        KindName::Hold,
        KindName::Webhook,
        KindName::Sso,
        KindName::RateDeck,
        KindName::Trunk,
        KindName::Number,
        KindName::Schedule,
        KindName::Sound,
        KindName::Music,
        KindName::EmergencyLocation,
        KindName::Site,
        KindName::SigningKey,
        KindName::InboundRoute,
        KindName::OutboundRoute,
        KindName::TollGuard,
        KindName::Containment,
    ]);
    let secret = prop::option::of(any::<u8>());
    (step, kind, few(), few(), few(), secret).prop_map(
        |(step, kind, number, name, target, secret)| Touch {
            step,
            kind,
            number,
            name,
            target,
            secret,
        },
    )
}

fn call() -> impl Strategy<Value = Call> {
    let kinds = vec![
        KindName::Tenant,
        KindName::Tenant,
        KindName::Reseller,
        KindName::Plan,
        KindName::Role,
        KindName::User,
    ];
    let below = (touch(), prop::sample::select(kinds));
    let below = below.prop_map(|(touch, kind)| Touch { kind, ..touch });
    let touches = prop::collection::vec(touch(), 1..6);
    let below = prop::collection::vec(below, 1..4);
    let owner = || prop::option::of(few());
    prop_oneof![
        8 => (few(), touches).prop_map(|(tenant, touches)| Call::Commit { tenant, touches }),
        6 => (owner(), below)
            .prop_map(|(account, touches)| Call::CommitBelow { account, touches }),
        2 => (few(), prop::collection::vec(0..20u8, 0..6))
            .prop_map(|(tenant, numbers)| Call::Cdrs { tenant, numbers }),
        1 => (few(), few(), owner())
            .prop_map(|(number, hash, tenant)| Call::PutToken { number, hash, tenant }),
        1 => few().prop_map(|number| Call::Revoke { number }),
        1 => (few(), owner()).prop_map(|(number, tenant)| Call::Note { number, tenant }),
        2 => (few(), 0..2u8, 0..3_000u16)
            .prop_map(|(key, text, minutes)| Call::Begin { key, text, minutes }),
        1 => few().prop_map(|key| Call::Finish { key }),
        1 => few().prop_map(|key| Call::Abandon { key }),
        1 => (few(), few()).prop_map(|(key, value)| Call::Setting { key, value }),
    ]
}

/// All tenants but one, each with all extensions but one and a device, so that most calls find
/// something.
fn opening() -> Vec<Call> {
    let create = |kind, number| Touch {
        step: Step::Create,
        kind,
        number,
        name: number,
        target: number,
        secret: (kind == KindName::Device).then_some(number),
    };
    let kinds = [KindName::Reseller, KindName::Plan, KindName::Tenant];
    let touches = kinds
        .into_iter()
        .flat_map(|kind| (1..FEW).map(move |number| create(kind, number)));
    let mut calls = vec![Call::CommitBelow {
        account: None,
        touches: touches.collect(),
    }];
    calls.extend((1..FEW).map(|tenant| {
        let extensions = (1..FEW).map(|number| create(KindName::Extension, number));
        let device = create(KindName::Device, tenant);
        Call::Commit {
            tenant,
            touches: extensions.chain([device]).collect(),
        }
    }));
    calls
}

fn tenant(number: u8) -> TenantId {
    TenantId::new(u64::from(number) + 1, 1)
}

fn scope(number: u8) -> TenantScope {
    TenantScope::for_job(tenant(number), "random")
}

fn reseller(number: u8) -> ResellerId {
    ResellerId::new(u64::from(number % FEW) + 1, 4)
}

fn plan(number: u8) -> PlanId {
    PlanId::new(u64::from(number % FEW) + 1, 5)
}

/// The scope of a reseller or of the platform; `None` when there is no such reseller.
fn account(store: &dyn Stores, number: Option<u8>) -> Option<AccountScope> {
    let Some(number) = number else {
        return Some(platform());
    };
    let reference = Unresolved::<Reseller>::new(reseller(number).to_string());
    let (below, _) = block_on(locate_below(store, &platform(), &reference)).ok()?;
    platform().descend(below)
}

fn deck(number: u8) -> String {
    RateDeckId::new(u64::from(number) + 1, 19).to_string()
}

fn trunk(number: u8) -> String {
    TrunkId::new(u64::from(number) + 1, 9).to_string()
}

/// The `touch.number`-th document of the kind, the same with every owner.
fn write(owner: Owner, touch: &Touch) -> Write {
    let number = u64::from(touch.number) + 1;
    let extension = |n: u8| ExtensionId::new(u64::from(n) + 1, 2).to_string();
    let (id, owner, name, spec) = match touch.kind {
        KindName::Reseller => {
            let (id, name) = (reseller(touch.number), format!("reseller-{}", touch.name));
            let parent = (touch.target > 0).then(|| reseller(touch.target - 1));
            let plans: Vec<PlanId> = touch.secret.map(plan).into_iter().collect();
            let limits = json!({ "tenants": touch.secret.map(|n| n % 5) });
            let spec = json!({ "name": name, "parent": parent, "plans": plans, "limits": limits });
            (id.to_string(), id.into(), name, spec)
        }
        KindName::Plan => {
            let name = format!("plan-{}", touch.name);
            let maximum = json!({ "extensions": touch.target + 1 });
            let spec = json!({ "name": name, "maximum": maximum });
            (plan(touch.number).to_string(), owner, name, spec)
        }
        KindName::Tenant => {
            let (name, also) = (domain(touch.name), domain(touch.target));
            let domains = if name == also {
                json!([name])
            } else {
                json!([name, also])
            };
            let id = tenant(touch.number);
            let seller = touch.secret.filter(|n| n % 2 == 0).map(reseller);
            let bought = touch.secret.filter(|n| n % 3 == 0).map(plan);
            let spec = json!({ "domains": domains, "reseller": seller, "plan": bought });
            (id.to_string(), id.into(), name, spec)
        }
        KindName::Extension => {
            let name = (100 + u16::from(touch.name)).to_string();
            let spec = json!({ "number": name, "destination": "devices" });
            (extension(touch.number), owner, name, spec)
        }
        KindName::Device => {
            let name = format!("Phone-{}", touch.name);
            let spec = json!({ "username": name, "extension": extension(touch.target) });
            (DeviceId::new(number, 3).to_string(), owner, name, spec)
        }
        KindName::Role => {
            let name = format!("role-{}", touch.name);
            let spec = json!({ "name": name, "allow": ["extension.read"] });
            (role(touch.number), owner, name, spec)
        }
        KindName::User => {
            let name = format!("person{}@company.example", touch.name);
            let inside = owner.tenant().is_some() && touch.secret.is_some_and(|n| n % 2 == 0);
            let spec = json!({
                "mail": name,
                "custom_role": role(touch.target),
                "extension": inside.then(|| extension(touch.target)),
            });
            (UserId::new(number, 5).to_string(), owner, name, spec)
        }
        KindName::Hold => {
            let name = format!("case-{}", touch.name);
            let spec = json!({
                "name": name, "reason": "a lawsuit", "extension": extension(touch.target),
            });
            (HoldId::new(number, 8).to_string(), owner, name, spec)
        }
        KindName::Webhook => {
            let name = format!("hook-{}", touch.name);
            let spec = json!({ "name": name, "url": "https://hooks.example/" });
            (WebhookId::new(number, 4).to_string(), owner, name, spec)
        }
        KindName::Sso => {
            let name = format!("server-{}", touch.name);
            let spec = json!({
                "name": name,
                "issuer": "https://login.example",
                "client_id": "pbx",
                "domains": [format!("mail{}.example", touch.target)],
            });
            (SsoId::new(number, 6).to_string(), owner, name, spec)
        }
        KindName::RateDeck => {
            let name = format!("deck-{}", touch.name);
            let rates = json!([{ "prefix": "49", "per_minute": touch.target }]);
            let spec = json!({ "name": name, "currency": "EUR", "rates": rates });
            (deck(touch.number), owner, name, spec)
        }
        KindName::Trunk => {
            let name = format!("trunk-{}", touch.name);
            let shared = owner.tenant().is_none().then(|| tenant(touch.target));
            let shared: Vec<TenantId> = shared.into_iter().collect();
            let decks: Vec<String> = (touch.name > 1)
                .then(|| deck(touch.target))
                .into_iter()
                .collect();
            let spec = json!({
                "name": name,
                "mode": "peer",
                "peers": ["sip:sbc.example"],
                "sources": [format!("192.0.2.{}", touch.target)],
                "rate_decks": decks,
                "shared_with": shared,
            });
            (trunk(touch.number), owner, name, spec)
        }
        KindName::Number => {
            let name = format!("+4930555{}", touch.name);
            let state = if touch.target == 0 {
                "free"
            } else {
                "assigned"
            };
            let has = (touch.target > 0).then(|| tenant(touch.target - 1));
            let spec = json!({ "number": name, "state": state, "tenant": has });
            (NumberId::new(number, 10).to_string(), owner, name, spec)
        }
        KindName::Schedule => {
            let name = format!("hours-{}", touch.name);
            let spec = json!({ "name": name, "time_zone": "UTC" });
            (ScheduleId::new(number, 13).to_string(), owner, name, spec)
        }
        KindName::Sound => {
            let name = format!("sound-{}", touch.name);
            let spec = json!({ "name": name, "on_hold": touch.target == 0 });
            (SoundId::new(number, 19).to_string(), owner, name, spec)
        }
        KindName::Music => {
            let name = format!("programme-{}", touch.name);
            let sound = SoundId::new(u64::from(touch.target), 19);
            let spec = json!({
                "name": name, "on_hold": touch.target == 1, "playlist": [sound],
            });
            (MusicId::new(number, 20).to_string(), owner, name, spec)
        }
        KindName::EmergencyLocation => {
            let name = format!("place-{}", touch.name);
            let spec = json!({
                "name": name, "civic": { "country": "DE", "a3": "Berlin" },
                "default": touch.name == 0, "desk": extension(touch.target),
            });
            let id = EmergencyLocationId::new(number, 14).to_string();
            (id, owner, name, spec)
        }
        KindName::Site => {
            let name = format!("site-{}", touch.name);
            let place = EmergencyLocationId::new(u64::from(touch.target) + 1, 14);
            let network = format!("203.0.113.{}", touch.name);
            let spec = json!({ "name": name, "location": place, "networks": [network] });
            (SiteId::new(number, 15).to_string(), owner, name, spec)
        }
        KindName::SigningKey => {
            let name = format!("key-{}", touch.name);
            let spec = json!({
                "name": name, "x5u": "https://pbx.example/{id}",
                "certificates": crate::lines::CHAIN,
            });
            (SigningKeyId::new(number, 18).to_string(), owner, name, spec)
        }
        KindName::TollGuard => {
            let name = format!("guard-{}", touch.name);
            let spec = json!({ "name": name, "budget": {} });
            (TollGuardId::new(number, 16).to_string(), owner, name, spec)
        }
        KindName::Containment => {
            let name = format!("held-{}", touch.name);
            let spec =
                json!({ "name": name, "device": DeviceId::new(u64::from(touch.target) + 1, 3) });
            (
                ContainmentId::new(number, 17).to_string(),
                owner,
                name,
                spec,
            )
        }
        KindName::InboundRoute => {
            let name = format!("in-{}", touch.name);
            let spec = json!({ "name": name, "extension": extension(touch.target) });
            (
                InboundRouteId::new(number, 11).to_string(),
                owner,
                name,
                spec,
            )
        }
        KindName::OutboundRoute => {
            let name = format!("out-{}", touch.name);
            let spec = json!({
                "name": name,
                "patterns": [{ "prefix": "0" }],
                "trunks": [trunk(touch.target)],
            });
            (
                OutboundRouteId::new(number, 12).to_string(),
                owner,
                name,
                spec,
            )
        }
    };
    let document = domain::Document {
        kind: touch.kind,
        id,
        owner,
        revision: 0,
        name,
        spec,
        created: time(0),
        updated: time(0),
    };
    let secret = match touch.secret {
        None => SecretChange::Keep,
        Some(number) if is_read_again(touch.kind) => {
            SecretChange::Seal(Secret::supplied(format!("{number:064}")).unwrap())
        }
        Some(number) if number % 2 == 0 => SecretChange::Set(digests(number).into()),
        Some(number) => SecretChange::Beside {
            digests: digests(number),
            until: time(u64::from(number)),
        },
    };
    Write { document, secret }
}

/// Whether the exchange can read the secrets of a kind again; of others it keeps digests.
fn is_read_again(kind: KindName) -> bool {
    match kind.secret() {
        SecretRule::Supplied | SecretRule::PrivateKey => true,
        SecretRule::None | SecretRule::Generated | SecretRule::Signing => false,
    }
}

fn role(number: u8) -> String {
    RoleId::new(u64::from(number) + 1, 6).to_string()
}

fn domain(number: u8) -> String {
    format!("company{number}.example")
}

fn operation(owner: Owner, touch: &Touch) -> Operation {
    let write = write(owner, touch);
    match touch.step {
        Step::Create => Operation::Create(write),
        Step::Replace { expected } => Operation::Replace {
            write,
            expected_revision: expected,
        },
        Step::Delete { expected } => Operation::Delete {
            kind: touch.kind,
            id: write.document.id,
            expected_revision: expected,
        },
    }
}

fn change(owner: Owner, touches: &[Touch], moment: u64) -> Change {
    Change {
        operations: touches
            .iter()
            .map(|touch| operation(owner, touch))
            .collect(),
        at: time(moment),
        audit: AuditId::new(moment, 0),
        request: None,
    }
}

fn audit(number: u64, tenant: Option<u8>) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(number, 9),
        owner: tenant.map_or(Owner::PLATFORM, |n| self::tenant(n).into()),
        at: time(number),
        actor: "operator".to_owned(),
        action: "noted".to_owned(),
        target: String::new(),
        before: None,
        after: Some(json!({ "a": [1, null] })),
        request: None,
    }
}

/// Carries a call out and tells its answer as text.
fn carry_out(store: &dyn Stores, call: &Call, moment: u64) -> Result<String, StoreError> {
    let key = |number: &u8| format!("key {number}");
    match call {
        Call::Commit { tenant, touches } => {
            let change = change(self::tenant(*tenant).into(), touches, moment);
            block_on(store.commit(&scope(*tenant), change)).map(|done| format!("{done:?}"))
        }
        Call::CommitBelow { account, touches } => {
            let Some(scope) = self::account(store, *account) else {
                return Ok("no such account".to_owned());
            };
            let change = change(scope.owner(), touches, moment);
            block_on(store.commit_below(&scope, change)).map(|done| format!("{done:?}"))
        }
        Call::Cdrs { tenant, numbers } => {
            let cdrs = numbers
                .iter()
                .map(|n| cdr(self::tenant(*tenant), u64::from(*n)));
            block_on(store.write_cdrs(cdrs.collect())).map(|new| new.to_string())
        }
        Call::PutToken {
            number,
            hash,
            tenant,
        } => {
            let token = TokenRecord {
                id: TokenId::new(u64::from(*number), 0),
                name: key(number),
                owner: tenant.map_or(Owner::PLATFORM, |n| Owner::Tenant(self::tenant(n))),
                hash: TokenHash([*hash; 32]),
                created: time(moment),
                expires: None,
                revoked: None,
                scopes: Vec::new(),
                former: None,
                used: None,
            };
            let noted = audit(moment, *tenant);
            block_on(store.put_token(&all_keys(), &token, &noted)).map(|()| String::new())
        }
        Call::Revoke { number } => {
            let (id, noted) = (TokenId::new(u64::from(*number), 0), audit(moment, None));
            block_on(store.revoke_token(&all_keys(), id, time(moment), &noted))
                .map(|()| String::new())
        }
        Call::Note { number, tenant } => {
            let noted = audit(u64::from(*number), *tenant);
            block_on(store.note(&platform(), &noted)).map(|()| String::new())
        }
        Call::Begin {
            key: number,
            text,
            minutes,
        } => {
            let now = time(u64::from(*minutes) * 60_000);
            block_on(store.begin(&key(number), &[*text; 32], now)).map(|turn| format!("{turn:?}"))
        }
        Call::Finish { key: number } => {
            let reply = Reply {
                status: 200,
                headers: Vec::new(),
                body: moment.to_be_bytes().to_vec(),
            };
            let finished = block_on(store.finish(&key(number), &reply, time(moment)));
            finished.map(|()| String::new())
        }
        Call::Abandon { key: number } => {
            block_on(store.abandon(&key(number))).map(|()| String::new())
        }
        Call::Setting { key: number, value } => {
            block_on(store.setting_or_insert(&key(number), &value.to_string()))
        }
    }
}

/// Everything that a store shows.
fn shown(store: &dyn Stores) -> String {
    let mut shown = format!("{:?}\n", block_on(store.feed(0, 1_000)));
    let operator = platform();
    for page in pages() {
        shown += &format!(
            "{:?}\n",
            block_on(store.list_below(&operator, KindName::Tenant, &page))
        );
        shown += &format!("{:?}\n", block_on(store.account_audit(&operator, &page)));
    }
    shown += &below(store, None);
    shown += &format!("{:?}\n", block_on(store.tenant_ids()));
    for number in 0..FEW {
        shown += &format!(
            "{:?}\n",
            block_on(store.find_token(&TokenHash([number; 32])))
        );
        shown += &format!(
            "{:?}\n",
            block_on(store.get_below(&operator, KindName::Tenant, &domain(number)))
        );
        shown += &of_tenant(store, number);
        shown += &below(store, Some(number));
        shown += &format!("{:?}\n", block_on(store.tenants_on(plan(number))));
    }
    let (directory, cursor) = block_on(store.directory()).unwrap();
    for number in 0..FEW {
        let device = directory.device(&format!("Phone-{number}"));
        let kept = device.as_ref().and_then(|entry| entry.credentials.as_ref());
        let bytes = kept.map(Credentials::to_bytes);
        shown += &format!("{device:?} {bytes:?}\n");
        shown += &format!(
            "{:?} {cursor}\n",
            directory.tenant_of_domain(&domain(number))
        );
    }
    shown
}

/// What an account sees.
fn below(store: &dyn Stores, number: Option<u8>) -> String {
    let Some(scope) = account(store, number) else {
        return String::new();
    };
    let mut shown = format!(
        "{:?}\n",
        block_on(store.tokens(&TokenReach::from(&scope), None))
    );
    for kind in KindName::ALL {
        for page in pages() {
            shown += &format!("{:?}\n", block_on(store.list_below(&scope, kind, &page)));
        }
        for number in 0..FEW {
            for key in [
                tenant(number).to_string(),
                reseller(number).to_string(),
                plan(number).to_string(),
                domain(number),
                format!("reseller-{number}"),
                format!("plan-{number}"),
            ] {
                shown += &format!("{:?}\n", block_on(store.get_below(&scope, kind, &key)));
                let history = store.history_below(&scope, kind, &key);
                shown += &format!("{:?}\n", block_on(history));
            }
        }
    }
    shown
}

fn of_tenant(store: &dyn Stores, number: u8) -> String {
    let scope = scope(number);
    let mut shown = format!("{:?}\n", block_on(store.load_tenant(&scope)));
    for kind in KindName::ALL {
        shown += &format!("{:?}\n", block_on(store.count(&scope, kind)));
        for page in pages() {
            shown += &format!("{:?}\n", block_on(store.list(&scope, kind, &page)));
        }
        for touched in 0..FEW {
            let touch = Touch {
                step: Step::Create,
                kind,
                number: touched,
                name: touched,
                target: 0,
                secret: None,
            };
            let document = write(tenant(number).into(), &touch).document;
            shown += &format!("{:?}\n", block_on(store.get(&scope, kind, &document.id)));
            shown += &format!("{:?}\n", block_on(store.get(&scope, kind, &document.name)));
            shown += &format!(
                "{:?}\n",
                block_on(store.history(&scope, kind, &document.id))
            );
        }
    }
    for page in pages() {
        shown += &format!("{:?}\n", block_on(store.audit(&scope, &page)));
    }
    for limit in [1, 3, 100] {
        let mut query = CdrQuery {
            limit,
            ..CdrQuery::default()
        };
        shown += &format!("{:?}\n", block_on(store.cdrs(&scope, &query)));
        query.from = Some(time(3));
        query.number = Some("101".to_owned());
        shown += &format!("{:?}\n", block_on(store.cdrs(&scope, &query)));
        query.extension = Some(ExtensionId::new(102, 0));
        query.until = Some(time(15));
        shown += &format!("{:?}\n", block_on(store.cdrs(&scope, &query)));
    }
    shown
}

fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    for order in [Order::Created, Order::Name] {
        for limit in [1, 2, 100] {
            pages.push(Page {
                order,
                ..Page::first(limit)
            });
        }
    }
    let mut filtered = Page::first(2);
    filtered.filter = Filter {
        name_contains: Some("N".to_owned()),
        refers_to: Some(ExtensionId::new(1, 2).to_string()),
    };
    pages.push(filtered);
    pages.push(Page::first(2).after(Cursor("Phone-1".to_owned())));
    pages
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn memory_and_sqlite_answer_alike(calls in prop::collection::vec(call(), 1..40)) {
        let (memory, disk) = (MemoryStore::new(), Disk::new());
        let sqlite = disk.open();
        for (moment, call) in (1..).zip(opening().iter().chain(&calls)) {
            let moment = moment * 100;
            let expected = carry_out(&memory, call, moment);
            let answer = carry_out(&sqlite, call, moment);
            prop_assert_eq!(answer, expected, "{:?}", call);
        }
        prop_assert_eq!(shown(&sqlite), shown(&memory));
    }
}
