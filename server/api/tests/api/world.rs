//! Two companies on one exchange, each with one of everything, and the keys of all who ask.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use admin::tokens::{self, NewKey};
use admin::{DEFAULT_REALM, Office};
use api::{Limits, Parts, Seen};
use archive::Passphrases;
use domain::{
    Cdr, Delivery, DeliveryState, End, Event, EventKind, FAXES_OCTETS_MAX, Fault, Fax, FaxCarriage,
    FaxState, FaxTransport, Party, Recording, RecordingKey, RecordingState, Step,
};
use ids::{
    CallId, CdrId, ContainmentId, DeviceId, EmergencyLocationId, EventId, ExtensionId, FaxId,
    HoldId, InboundRouteId, MusicId, NumberId, OutboundRouteId, PlanId, RateDeckId, RecordingId,
    ResellerId, RoleId, ScheduleId, SigningKeyId, SiteId, SoundId, SsoId, SupportId, TenantId,
    TokenId, TollGuardId, TrunkId, UserId, WebhookId,
};
use machine::WallTime;
use ports::{FixedClock, MemoryShelf, SeededEntropy, Stores, TokenReach};
use serde_json::{Value, json};
use tenancy::{Owner, PlatformScope, TenantScope};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::exchange::{self, Exchange};
use crate::http::{Ask, Reply};
use crate::mailbox::Mailbox;
use crate::place::Place;
use crate::sign_on::LoginServer;

/// When the tests take place.
pub(crate) const NOON: WallTime = WallTime::from_unix_ms(1_764_000_000_000);

/// Certificates of a key that signs calls.
pub(crate) const CHAIN: &str = include_str!("../../../../core/domain/tests/signing/chain.pem");
/// The key.
pub(crate) const KEY: &str = include_str!("../../../../core/domain/tests/signing/key.pem");

/// What one company has: a name and one of everything.
pub(crate) struct Company {
    pub(crate) key: String,
    pub(crate) id: TenantId,
    pub(crate) domain: String,
    pub(crate) extension: ExtensionId,
    pub(crate) number: String,
    pub(crate) device: DeviceId,
    pub(crate) username: String,
    pub(crate) secret: String,
    pub(crate) call: CallId,
    pub(crate) cdr: CdrId,
    /// Of the call of that record.
    pub(crate) recording: RecordingId,
    /// Of the same call, as if it had been one.
    pub(crate) fax: FaxId,
    pub(crate) webhook: WebhookId,
    pub(crate) webhook_name: String,
    pub(crate) webhook_key: String,
    pub(crate) role: RoleId,
    pub(crate) user: UserId,
    /// A key beside the one that it asks with.
    pub(crate) token: TokenId,
    /// It covers the company as a whole.
    pub(crate) hold: HoldId,
    /// It signs nobody in: no mail domain is granted.
    pub(crate) sso: SsoId,
    pub(crate) deck: RateDeckId,
    /// Its own, shared with nobody.
    pub(crate) trunk: TrunkId,
    /// Its own, shared with nobody.
    pub(crate) signing: SigningKeyId,
    pub(crate) schedule: ScheduleId,
    pub(crate) location: EmergencyLocationId,
    pub(crate) site: SiteId,
    /// It has been uploaded.
    pub(crate) sound: SoundId,
    pub(crate) music: MusicId,
    pub(crate) inbound: InboundRouteId,
    pub(crate) outbound: OutboundRouteId,
    pub(crate) guard: TollGuardId,
    pub(crate) containment: ContainmentId,
    /// The hour of access in which it was furnished.
    pub(crate) access: SupportId,
}

impl Company {
    /// A path below this company's own.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/tenants/{}/{rest}", self.id)
    }
}

/// All of it.
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) operator: String,
    pub(crate) acme: Company,
    pub(crate) globex: Company,
    pub(crate) north: Account,
    pub(crate) south: Account,
    pub(crate) live: Arc<Exchange>,
    pub(crate) store: Arc<dyn Stores>,
    /// Whatever keeps the store's data.
    pub(crate) place: Place,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) shelf: Arc<MemoryShelf>,
    pub(crate) mails: Arc<Mailbox>,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) served: JoinHandle<()>,
}

/// Name of the plan that the operator sells.
pub(crate) const HOUSE_PLAN: &str = "house";

/// A number of the operator's that nobody has.
pub(crate) const HOUSE_NUMBER: &str = "+493055500";

/// A reseller of the world.
pub(crate) struct Account {
    pub(crate) id: ResellerId,
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) token: TokenId,
    pub(crate) plan: PlanId,
    pub(crate) role: RoleId,
    pub(crate) user: UserId,
    pub(crate) deck: RateDeckId,
    /// Shared with nobody.
    pub(crate) trunk: TrunkId,
    pub(crate) signing: SigningKeyId,
    /// Assigned to nobody.
    pub(crate) number_id: NumberId,
    pub(crate) number: String,
    pub(crate) company: Company,
}

/// A world with bounds that nobody meets.
/// Where the portal is.
pub(crate) const PORTAL: &str = "https://portal.pbx.example";

pub(crate) async fn world() -> World {
    world_with(Limits::default()).await
}

/// A world with these bounds. It is furnished through a door without bounds.
pub(crate) async fn world_with(limits: Limits) -> World {
    let (place, store) = Place::of_this_run();
    let mut world = world_over(store, limits).await;
    world.place = place;
    world
}

/// A world whose data are kept in this store.
pub(crate) async fn world_over(store: Arc<dyn Stores>, limits: Limits) -> World {
    let clock = Arc::new(FixedClock::at(NOON));
    let entropy = Arc::new(SeededEntropy::new(7));
    let office = Office::open(store.clone(), entropy, clock.clone(), DEFAULT_REALM)
        .await
        .unwrap();
    let shelf = Arc::new(MemoryShelf::new());
    let office = office.with_shelf(shelf.clone());
    let live = Arc::new(Exchange::default());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (_, operator) = tokens::create(
        &office,
        &TokenReach::from(&PlatformScope::at_console().account()),
        NewKey::of(Owner::PLATFORM, "the tests"),
    )
    .await
    .unwrap();
    let operator = operator.reveal().to_owned();
    let mut parts = Parts::new(office, live.clone());
    parts.hooks = live.clone();
    parts.portal = PORTAL.to_owned();
    let mails = Arc::new(Mailbox::default());
    parts.mailer = mails.clone();
    // long ones are told from short ones all the same
    parts.sounds = Arc::new(sound::Reader::within(sound::Bounds {
        seconds: 5,
        ..sound::Bounds::default()
    }));
    parts.voice = Arc::new(Beeper);
    parts.faxes = Arc::new(TwoPages);
    parts.packer = Arc::new(Passphrases::new(Arc::new(SeededEntropy::new(11))));
    parts.enquirer = Arc::new(LoginServer::new());
    let (furnishing, stop, served) = serve(parts.clone()).await;
    let acme = company(furnishing, &operator, "acme", (&*store, &shelf), &live).await;
    let globex = company(furnishing, &operator, "globex", (&*store, &shelf), &live).await;
    let north = account(furnishing, &operator, "north", (&*store, &shelf), &live).await;
    let house = json!({"name": HOUSE_PLAN});
    let house = Ask::post("/api/v1/plans").key(&operator).json(&house);
    house.send(furnishing).await.is(201);
    crew(furnishing, &operator, HOUSE_PLAN, "operations").await;
    line(furnishing, &operator, HOUSE_PLAN, HOUSE_NUMBER).await;
    let south = account(furnishing, &operator, "south", (&*store, &shelf), &live).await;
    stop.send(()).unwrap();
    served.await.unwrap();
    let witness = seen.clone();
    parts.seen = Arc::new(move |one| witness.lock().unwrap().push(one));
    parts.figures = Arc::new(|| "strowger_uptime_seconds 5\n".to_owned());
    parts.limits = limits;
    let (address, stop, served) = serve(parts).await;
    World {
        address,
        operator,
        acme,
        globex,
        north,
        south,
        live,
        store,
        place: Place::Memory,
        clock,
        shelf,
        mails,
        seen,
        stop: Some(stop),
        served,
    }
}

/// Where data and sound are kept.
type Kept<'a> = (&'a dyn Stores, &'a MemoryShelf);

/// What the sound of a company's recording is.
pub(crate) fn said_in(name: &str) -> Vec<u8> {
    format!("OggS: canary of {name}").into_bytes()
}

/// Keeps the recording of a call from a number to the echo, of a company of this name.
pub(crate) async fn recorded(
    (store, shelf): Kept<'_>,
    (tenant, id, call): (TenantId, RecordingId, CallId),
    (name, number): (&str, &str),
) -> RecordingId {
    let recording = Recording {
        id,
        tenant,
        call,
        caller: number.to_owned(),
        called: "*43".to_owned(),
        began: NOON,
        lasts_ms: 1_500,
        octets: 6_000,
        state: RecordingState::Finished,
        conference: None,
        members: Vec::new(),
        client: None,
        sides: domain::RecordedSides::Stereo,
        paused: false,
        key: RecordingKey([7; 32]),
    };
    shelf.put(&recording, said_in(name));
    store.write_recordings(vec![recording]).await.unwrap();
    id
}

/// What the document of a company's fax is.
pub(crate) fn written_in(name: &str) -> Vec<u8> {
    format!("%PDF: canary of {name}").into_bytes()
}

/// Keeps the fax that an extension of a company of this name has received.
pub(crate) async fn faxed(
    store: &dyn Stores,
    (tenant, id, call): (TenantId, FaxId, CallId),
    (name, extension): (&str, ExtensionId),
) {
    let fax = Fax {
        id,
        tenant,
        call: Some(call),
        extension,
        number: "101".to_owned(),
        caller: "+493055501".to_owned(),
        began: NOON,
        ended: NOON,
        state: FaxState::Received,
        failure: None,
        pages: 2,
        octets: 0,
        carriage: FaxCarriage {
            transport: Some(FaxTransport::T38),
            station: format!("canary of {name}"),
            bits_per_second: 14_400,
            ecm: true,
            bad_rows: 0,
        },
        sending: None,
    };
    let kept = store.write_fax(fax, written_in(name), FAXES_OCTETS_MAX);
    assert_eq!(kept.await, Ok(ports::Kept::Yes));
}

/// Serves an API until the sender is used, or dropped.
pub(crate) async fn serve(parts: Parts) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(api::serve(listener, parts, async move {
        let _ = stopped.await;
    }));
    (address, stop, served)
}

fn id_of<T: std::str::FromStr>(reply: &Reply) -> T {
    reply.member("id").parse().ok().expect("an id")
}

/// A role and a person of an account.
async fn crew(at: SocketAddr, key: &str, name: &str, role: &str) -> (RoleId, UserId) {
    let make = async |path: &str, body: Value| {
        let ask = Ask::post(&format!("/api/v1/{path}")).key(key).json(&body);
        ask.send(at).await.is(201)
    };
    let canary = format!("canary of {name}");
    let crew = json!({"name": format!("{name}-crew"), "display_name": canary});
    let mail = format!("ann@{name}.example");
    let ann = json!({"mail": mail, "role": role, "display_name": canary});
    (
        id_of(&make("roles", crew).await),
        id_of(&make("users", ann).await),
    )
}

/// A rate deck, a trunk, a number and a signing key of an account.
async fn line(
    at: SocketAddr,
    key: &str,
    name: &str,
    number: &str,
) -> (RateDeckId, TrunkId, NumberId, SigningKeyId) {
    let make = async |path: &str, body: Value| {
        let ask = Ask::post(&format!("/api/v1/{path}")).key(key).json(&body);
        ask.send(at).await.is(201)
    };
    let deck = rate_deck(&format!("{name}-rates"));
    let deck = id_of(&make("rate_decks", deck).await);
    let trunk = json!({
        "name": format!("{name}-line"), "mode": "peer", "peers": ["sip:sbc.example"],
        "rate_decks": [format!("{name}-rates")], "secret": format!("canary of {name}: secret"),
    });
    let number = json!({"number": number, "note": format!("canary of {name}")});
    (
        deck,
        id_of(&make("trunks", trunk).await),
        id_of(&make("numbers", number).await),
        id_of(&make("signing_keys", signing_key(&format!("{name}-key"))).await),
    )
}

/// A reseller with a plan, a company and keys.
async fn account(
    at: SocketAddr,
    operator: &str,
    name: &str,
    kept: Kept<'_>,
    live: &Exchange,
) -> Account {
    let make = async |key: &str, path: &str, body: Value| {
        let ask = Ask::post(&format!("/api/v1/{path}")).key(key).json(&body);
        ask.send(at).await.is(201)
    };
    let canary = format!("canary of {name}");
    let own = json!({"name": name, "display_name": canary});
    let reseller = make(operator, "resellers", own).await;
    let key = json!({"name": canary, "reseller": name});
    let key = make(operator, "tokens", key).await;
    let spare = json!({"name": canary, "reseller": name, "scopes": ["plan.read"]});
    let spare = make(operator, "tokens", spare).await;
    let text = key.member("key");
    let plan = json!({"name": name, "display_name": canary});
    let plan = make(&text, "plans", plan).await;
    let (role, user) = crew(at, &text, name, "support").await;
    let number = if name == "north" {
        "+493055501"
    } else {
        "+493055502"
    };
    let (deck, trunk, number_id, signing) = line(at, &text, name, number).await;
    Account {
        deck,
        trunk,
        signing,
        number_id,
        number: number.to_owned(),
        role,
        user,
        id: id_of(&reseller),
        name: name.to_owned(),
        plan: id_of(&plan),
        token: id_of(&spare),
        company: company(at, &text, &format!("{name}co"), kept, live).await,
        key: text,
    }
}

async fn company(
    at: SocketAddr,
    operator: &str,
    name: &str,
    kept: Kept<'_>,
    live: &Exchange,
) -> Company {
    let make = async |path: &str, body: Value| {
        let path = format!("/api/v1/{path}");
        Ask::post(&path)
            .key(operator)
            .json(&body)
            .send(at)
            .await
            .is(201)
    };
    let domain = format!("{name}.example");
    let canary = format!("canary of {name}");
    let tenant = make(
        "tenants",
        json!({"domains": [domain], "display_name": canary}),
    )
    .await;
    let id: TenantId = id_of(&tenant);
    let key = make("tokens", json!({"name": canary, "tenant": domain})).await;
    let number = if name == "acme" { "101" } else { "201" };
    let body = json!({"number": number, "display_name": canary});
    let extension = make(&format!("tenants/{id}/extensions"), body).await;
    let username = format!("{name}-{number}");
    let body = json!({"username": username, "extension": number});
    let device = make(&format!("tenants/{id}/devices"), body).await;
    let url = format!("https://hooks.example/?canary%20of%20{name}");
    let body = json!({"name": format!("{name}-crm"), "url": url});
    let webhook = make(&format!("tenants/{id}/webhooks"), body).await;
    let webhook_id = id_of(&webhook);
    let (store, _) = kept;
    deliver(store, id, webhook_id, &canary).await;
    let body = json!({"name": format!("{name}-crew"), "display_name": canary});
    let role = make(&format!("tenants/{id}/roles"), body).await;
    let mail = format!("ann@{domain}");
    let body = json!({"mail": mail, "role": "user", "display_name": canary});
    let user = make(&format!("tenants/{id}/users"), body).await;
    let body = json!({"name": format!("{name}-case"), "reason": canary});
    let hold = make(&format!("tenants/{id}/holds"), body).await;
    let body = json!({"name": canary, "scopes": ["cdr.read"]});
    let spare = make(&format!("tenants/{id}/tokens"), body).await;
    let body = json!({
        "name": format!("{name}-door"), "issuer": "https://login.example",
        "client_id": format!("{name}-pbx"), "domains": [domain],
        "secret": format!("{canary}: secret"),
    });
    let sso = make(&format!("tenants/{id}/sso"), body).await;
    let body = rate_deck(&format!("{name}-rates"));
    let deck = make(&format!("tenants/{id}/rate_decks"), body).await;
    let body = json!({
        "name": format!("{name}-line"), "mode": "register", "peers": ["sip:sbc.example"],
        "rate_decks": [format!("{name}-rates")],
        "username": canary.replace(' ', "-"), "secret": format!("{canary}: secret"),
    });
    let trunk = make(&format!("tenants/{id}/trunks"), body).await;
    let body = signing_key(&format!("{name}-key"));
    let signing = make(&format!("tenants/{id}/signing_keys"), body).await;
    let body = json!({"name": format!("{name}-hours"), "time_zone": "UTC"});
    let schedule = make(&format!("tenants/{id}/schedules"), body).await;
    let body = json!({
        "name": format!("{name}-place"), "label": canary, "callback": "+493055501",
        "civic": {"country": "DE", "a3": "Berlin", "rd": canary},
    });
    let location = make(&format!("tenants/{id}/emergency_locations"), body).await;
    let body = json!({
        "name": format!("{name}-site"), "location": format!("{name}-place"),
        "networks": ["203.0.113.0/28"],
    });
    let site = make(&format!("tenants/{id}/sites"), body).await;
    let body = json!({"name": format!("{name}-waltz"), "description": canary});
    let sound = make(&format!("tenants/{id}/sounds"), body).await;
    let heard = format!("/api/v1/tenants/{id}/sounds/{name}-waltz/content");
    let heard = Ask::put(&heard)
        .key(operator)
        .body(RECORDING, &recording(200));
    heard.send(at).await.is(200);
    let body = json!({
        "name": format!("{name}-evening"), "description": canary,
        "playlist": [format!("{name}-waltz")],
    });
    let music = make(&format!("tenants/{id}/music"), body).await;
    let body =
        json!({"name": format!("{name}-in"), "called": "+493055501", "first_extension": number});
    let inbound = make(&format!("tenants/{id}/inbound_routes"), body).await;
    let body = json!({
        "name": format!("{name}-out"), "patterns": [{"prefix": "0"}],
        "trunks": [format!("{name}-line")],
    });
    let outbound = make(&format!("tenants/{id}/outbound_routes"), body).await;
    let body =
        json!({"name": format!("{name}-nights"), "budget": {"limits": {"calls_at_once": 1}}});
    let guard = make(&format!("tenants/{id}/toll_guards"), body).await;
    let body = json!({"name": format!("{name}-held"), "device": username});
    let containment = make(&format!("tenants/{id}/containments"), body).await;
    let extension: ExtensionId = id_of(&extension);
    let access = Ask::get(&format!("/api/v1/tenants/{id}/support")).key(operator);
    let access = access.send(at).await.is(200);
    let bits = id.as_u128();
    let (call, cdr) = (CallId::from_u128(bits + 1), CdrId::from_u128(bits + 2));
    let (ended, device_id) = (CallId::from_u128(bits + 3), id_of(&device));
    let recording = recorded(
        kept,
        (id, RecordingId::from_u128(bits + 4), ended),
        (name, number),
    )
    .await;
    let fax = FaxId::from_u128(bits + 5);
    faxed(store, (id, fax, ended), (name, extension)).await;
    store
        .write_cdrs(vec![record(cdr, ended, id, extension, number)])
        .await
        .unwrap();
    let calls = vec![exchange::call(call, number, "*43")];
    live.calls.lock().unwrap().insert(id, calls);
    let there = exchange::conference(call, &canary);
    live.conferences.lock().unwrap().insert(id, there);
    let contact = format!("sip:{username}@192.0.2.7:5062");
    let bound = vec![exchange::registration(device_id, &contact)];
    live.registrations.lock().unwrap().insert(id, bound);
    let line = exchange::trunk(id, id_of(&trunk), &format!("{name}-line"));
    live.trunks.lock().unwrap().insert(id, vec![line]);
    Company {
        key: key.member("key"),
        id,
        domain,
        extension,
        number: number.to_owned(),
        device: device_id,
        username,
        secret: device.member("secret"),
        call,
        cdr,
        recording,
        fax,
        webhook: webhook_id,
        webhook_name: webhook.member("name"),
        webhook_key: webhook.member("secret"),
        role: id_of(&role),
        user: id_of(&user),
        token: id_of(&spare),
        hold: id_of(&hold),
        sso: id_of(&sso),
        deck: id_of(&deck),
        trunk: id_of(&trunk),
        signing: id_of(&signing),
        schedule: id_of(&schedule),
        location: id_of(&location),
        site: id_of(&site),
        sound: id_of(&sound),
        music: id_of(&music),
        inbound: id_of(&inbound),
        outbound: id_of(&outbound),
        guard: id_of(&guard),
        containment: id_of(&containment),
        access: access.json()["inside"][0]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
    }
}

/// Makes a dead letter of an event with the cursor 1.
async fn deliver(store: &dyn Stores, tenant: TenantId, webhook: WebhookId, canary: &str) {
    let event = Event {
        id: EventId::from_u128(tenant.as_u128()),
        tenant,
        kind: EventKind::CallEnded,
        at: NOON,
        cursor: 1,
        subject: canary.to_owned(),
        data: json!({}),
    };
    let dead = Delivery {
        state: DeliveryState::Dead,
        ..Delivery::begin(webhook, event, NOON)
    };
    let scope = TenantScope::for_job(tenant, "test");
    let taken = store.take_in(&scope, webhook, 1, vec![dead]);
    taken.await.unwrap();
}

/// The record of a call from an extension to the echo.
pub(crate) fn record(
    id: CdrId,
    call: CallId,
    tenant: TenantId,
    extension: ExtensionId,
    number: &str,
) -> Cdr {
    let caller = Party {
        extension: Some(extension),
        device: None,
        number: number.to_owned(),
        display: format!("canary of {tenant}"),
    };
    Cdr {
        id,
        call,
        tenant,
        started: NOON,
        ringing_at: None,
        answered_at: Some(NOON),
        ended: WallTime::from_unix_ms(NOON.unix_ms() + 1_500),
        caller,
        dialled: "*43".to_owned(),
        destination: None,
        legs: vec![exchange::leg(number)],
        end: End {
            cause: 16,
            sip_status: 200,
            reason: "the caller hung up".to_owned(),
            by: Fault::Caller,
        },
        moves: domain::Moves::default(),
        explanation: vec![Step {
            at: Some(NOON),
            text: "answer with the echo".to_owned(),
            rule: "builtin.echo".to_owned(),
            because: "*43 is the echo".to_owned(),
        }],
        recovered: false,
    }
}

impl World {
    /// The path of an operation with names that the operator finds. Who has people and roles is
    /// what the path begins with.
    pub(crate) fn path_of(&self, path: &str) -> String {
        let acme = &self.acme;
        let owner = match path {
            path if path.starts_with("/api/v1/tenants/") => "acme",
            path if path.starts_with("/api/v1/resellers/") => &self.north.name,
            _ => HOUSE_PLAN,
        };
        path.replace("{reseller}", &self.north.name)
            .replace("{plan}", HOUSE_PLAN)
            .replace("{tenant}", &acme.domain)
            .replace("{extension}", &acme.number)
            .replace("{device}", &acme.username)
            .replace("{webhook}", &acme.webhook_name)
            .replace("{role}", &format!("{owner}-crew"))
            .replace("{user}", &format!("ann@{owner}.example"))
            .replace("{hold}", &format!("{owner}-case"))
            .replace("{sso}", &format!("{owner}-door"))
            .replace("{rate_deck}", &format!("{owner}-rates"))
            .replace("{trunk}", &format!("{owner}-line"))
            .replace("{number}", HOUSE_NUMBER)
            .replace("{signing_key}", &format!("{owner}-key"))
            .replace("{certificates}", &format!("{}.pem", acme.signing))
            .replace("{schedule}", &format!("{owner}-hours"))
            .replace("{emergency_location}", &format!("{owner}-place"))
            .replace("{site}", &format!("{owner}-site"))
            .replace("{sound}", "acme-waltz")
            .replace("{music}", "acme-evening")
            .replace("{inbound_route}", "acme-in")
            .replace("{outbound_route}", "acme-out")
            .replace("{toll_guard}", "acme-nights")
            .replace("{containment}", "acme-held")
            .replace("{person}", &format!("ann@{owner}.example"))
            .replace("{access}", &acme.access.to_string())
            .replace("{login}", "lgn_00000000000000000000000000")
            .replace("{passkey}", "psk_00000000000000000000000000")
            .replace("{call}", &acme.call.to_string())
            .replace("{cdr}", &acme.cdr.to_string())
            .replace("{recording}", &acme.recording.to_string())
            .replace("{fax}", &acme.fax.to_string())
    }

    /// Sends a request as the operator.
    pub(crate) async fn operator(&self, ask: Ask) -> Reply {
        ask.key(&self.operator).send(self.address).await
    }

    /// Sends a request with the key of a company.
    pub(crate) async fn tenant(&self, company: &Company, ask: Ask) -> Reply {
        ask.key(&company.key).send(self.address).await
    }

    /// Names of the operations that were answered with a success.
    pub(crate) fn done(&self) -> BTreeSet<&'static str> {
        let seen = self.seen.lock().unwrap();
        let good = seen.iter().filter(|one| (200..400).contains(&one.status));
        good.map(|one| one.operation).collect()
    }
}

/// Reads any PDF as one of two pages.
struct TwoPages;

impl ports::FaxReader for TwoPages {
    fn pages(&self, document: &[u8]) -> Result<u16, String> {
        let is_pdf = document.starts_with(b"%PDF");
        is_pdf.then_some(2).ok_or_else(|| "it is no PDF".to_owned())
    }
}

/// What is faxed.
pub(crate) const DOCUMENT: &[u8] = b"%PDF: a letter";

/// Media type of recordings that are uploaded.
pub(crate) const RECORDING: &str = "application/octet-stream";

/// A recording: a tone as WAV of 8 kHz.
pub(crate) fn recording(milliseconds: u32) -> Vec<u8> {
    let samples = milliseconds * 8;
    let (length, rate) = (samples * 2, 8_000_u32);
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&[1, 0, 1, 0]);
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * 2).to_le_bytes());
    file.extend_from_slice(&[2, 0, 16, 0]);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    for sample in 0..samples {
        let sample: i16 = if sample % 16 < 8 { 4_000 } else { -4_000 };
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file
}

/// A good spec of a rate deck.
pub(crate) fn rate_deck(name: &str) -> Value {
    let rates = json!([{"prefix": "4930", "per_minute": 9_000}]);
    json!({"name": name, "currency": "EUR", "rates": rates})
}

/// A good spec of a signing key with its private key.
pub(crate) fn signing_key(name: &str) -> Value {
    json!({
        "name": name, "x5u": "https://pbx.example/.well-known/stir/{id}.pem",
        "certificates": CHAIN, "secret": KEY,
    })
}

/// Says every word as a tenth of a second of the same.
struct Beeper;

impl ports::Voice for Beeper {
    fn phrase(
        &self,
        _: domain::Language,
        _: &phrases::Phrase,
    ) -> Result<Vec<i16>, ports::VoiceRefusal> {
        Err(ports::VoiceRefusal::NoVoice)
    }

    fn text(
        &self,
        language: domain::Language,
        text: &str,
    ) -> Result<Vec<i16>, ports::VoiceRefusal> {
        if language == domain::Language::De {
            return Err(ports::VoiceRefusal::NoVoice);
        }
        match text.split_whitespace().count() {
            0 => Err(ports::VoiceRefusal::Empty),
            words => Ok(vec![7; words * 1_600]),
        }
    }
}
