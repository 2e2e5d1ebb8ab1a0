//! Signing in by way of a company's own server.

use std::net::SocketAddr;
use std::sync::Arc;

use admin::{DEFAULT_REALM, Office};
use api::Parts;
use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ports::{Answered, CourierError, Enquirer, Enquiry, SeededEntropy, WallClock};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::http::{Ask, Reply};
use crate::people::{PASSWORD, ann, login, post, tokens, trail, with};
use crate::world::{PORTAL, World, serve, world};

/// The sign-in server of every company of the world.
const ISSUER: &str = "https://login.example";

/// A sign-in server of software. What it is shown as a code says what the token is to say.
pub(crate) struct LoginServer {
    key: Ed25519KeyPair,
}

impl LoginServer {
    pub(crate) fn new() -> LoginServer {
        LoginServer {
            key: Ed25519KeyPair::generate().unwrap(),
        }
    }

    fn document(&self, enquiry: &Enquiry) -> Option<Value> {
        match (enquiry.url.strip_prefix(ISSUER)?, &enquiry.form) {
            ("/.well-known/openid-configuration", None) => Some(json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
            })),
            ("/keys", None) => {
                let x = text(self.key.public_key().as_ref());
                Some(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": x}]}))
            }
            ("/token", Some(form)) => Some(json!({"id_token": self.token(form)?})),
            (_, _) => None,
        }
    }

    fn token(&self, form: &str) -> Option<String> {
        let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        let (_, code) = pairs.find(|(name, _)| *name == "code")?;
        let head = text(json!({"alg": "EdDSA", "kid": "1"}).to_string().as_bytes());
        let signed = format!("{head}.{code}");
        let signature = text(self.key.sign(signed.as_bytes()).as_ref());
        Some(format!("{signed}.{signature}"))
    }
}

#[async_trait]
impl Enquirer for LoginServer {
    async fn enquire(&self, enquiry: Enquiry) -> Result<Answered, CourierError> {
        let document = self.document(&enquiry);
        Ok(Answered {
            status: if document.is_some() { 200 } else { 404 },
            body: document.unwrap_or_default().to_string().into_bytes(),
        })
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A browser that was sent to the server.
struct Sent {
    cookie: String,
    state: String,
    nonce: String,
}

fn parameter(url: &str, name: &str) -> String {
    let mut pairs = url.split(['?', '&', '#']).filter_map(|p| p.split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name).unwrap();
    value.to_owned()
}

/// Lets the company speak for its mail domain, and changes its server.
async fn open(world: &World, patch: Value) {
    let own = format!("/api/v1/tenants/{}", world.acme.id);
    let grant = json!({"mail_domains": [world.acme.domain]});
    let grant = Ask::patch(&own).if_match("*").json(&grant);
    world.operator(grant).await.is(200);
    let server = Ask::patch(&world.acme.path("sso/acme-door")).if_match("*");
    let changed = world.tenant(&world.acme, server.json(&patch)).await;
    changed.is(200);
}

async fn begin(world: &World, mail: &str) -> Reply {
    let path = format!("/api/v1/auth/sso?mail={mail}");
    Ask::get(&path).send(world.address).await
}

async fn set_out(world: &World, mail: &str) -> Sent {
    let reply = begin(world, mail).await.is(302);
    let url = reply.header("location").unwrap();
    assert!(url.starts_with("https://login.example/authorize?"), "{url}");
    let cookie = reply.header("set-cookie").unwrap();
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    Sent {
        cookie: cookie.split(';').next().unwrap().to_owned(),
        state: parameter(url, "state"),
        nonce: parameter(url, "nonce"),
    }
}

/// Comes back with what the server says of a person; gives the portal's page.
async fn come_back(world: &World, sent: &Sent, person: &Value) -> String {
    let now = WallClock::now(&*world.clock).unix_ms() / 1_000;
    let mut claims = json!({
        "iss": ISSUER, "aud": "acme-pbx", "iat": now, "exp": now + 300, "nonce": sent.nonce,
        "email_verified": true,
    });
    for (name, value) in person.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let code = text(claims.to_string().as_bytes());
    let (sso, state) = (world.acme.sso, &sent.state);
    let path = format!("/api/v1/auth/sso/{sso}/callback?state={state}&code={code}&more=1");
    let back = Ask::get(&path).with("Cookie", &sent.cookie);
    let reply = back.send(world.address).await.is(302);
    let page = reply.header("location").unwrap().to_owned();
    assert!(page.starts_with(&format!("{PORTAL}/sign-in#")), "{page}");
    page
}

async fn finish(world: &World, code: &str, cookie: &str) -> Reply {
    let body = json!({ "code": code });
    let ask = Ask::post("/api/v1/auth/sso/finish").json(&body);
    ask.with("Cookie", cookie).send(world.address).await
}

/// Signs a person in; gives the own account.
async fn enter(world: &World, person: &Value) -> Value {
    let sent = set_out(world, "ann@acme.example").await;
    let page = come_back(world, &sent, person).await;
    let code = parameter(&page, "code");
    let (token, _) = tokens(&finish(world, &code, &sent.cookie).await.is(200));
    let me = with(world, &token, Ask::get("/api/v1/me")).await.is(200);
    me.json()
}

fn person(subject: &str, mail: &str) -> Value {
    json!({"sub": subject, "email": mail, "name": "Somebody"})
}

/// Everything that there is to do with sign-in servers.
pub(crate) async fn day(world: &World) {
    open(world, json!({})).await;
    let me = enter(world, &person("7", "ann@acme.example")).await;
    assert_eq!(me["mail"], "ann@acme.example");
}

#[tokio::test]
async fn a_person_is_known_by_mail_first_and_by_the_servers_name_from_then_on() {
    let world = world().await;
    open(&world, json!({})).await;
    let first = enter(&world, &person("7", "Ann@acme.example")).await;
    let again = enter(&world, &person("7", "ann@acme.example")).await;
    assert_eq!(first["id"], again["id"]);
    let sent = set_out(&world, "ann@acme.example").await;
    let other = person("8", "ann@acme.example");
    let page = come_back(&world, &sent, &other).await;
    assert!(page.ends_with("#error=refused"), "{page}");
    let trail = trail(&world).await;
    for action in ["user.sign-on-bound", "user.signed-in"] {
        assert!(trail.contains(&action.to_owned()), "{trail:?}");
    }
    let audit = Ask::get(&world.acme.path("audit"));
    let audit = world.tenant(&world.acme, audit).await.is(200);
    let why = "of somebody whom the server named otherwise";
    assert!(audit.text().contains("sso.refused") && audit.text().contains(why));
}

#[tokio::test]
async fn people_are_made_as_they_come_only_where_the_company_wants_it() {
    let world = world().await;
    open(&world, json!({})).await;
    let bo = person("9", "bo@acme.example");
    let sent = set_out(&world, "bo@acme.example").await;
    let page = come_back(&world, &sent, &bo).await;
    assert!(page.ends_with("#error=refused"), "{page}");
    open(&world, json!({"make_people": true, "role": "supervisor"})).await;
    let me = enter(&world, &bo).await;
    assert_eq!(
        (&me["role"], &me["display_name"]),
        (&json!("supervisor"), &json!("Somebody"))
    );
    let sent = set_out(&world, "bo@acme.example").await;
    let stranger = person("10", "bo@globex.example");
    let page = come_back(&world, &sent, &stranger).await;
    assert!(page.ends_with("#error=refused"), "{page}");
}

#[tokio::test]
async fn an_answer_and_a_code_are_good_once_and_in_one_browser() {
    let world = world().await;
    open(&world, json!({})).await;
    let ann = person("7", "ann@acme.example");
    let (sent, other) = (
        set_out(&world, "ann@acme.example").await,
        set_out(&world, "ann@acme.example").await,
    );
    let stolen = Sent {
        cookie: other.cookie.clone(),
        state: sent.state.clone(),
        nonce: sent.nonce.clone(),
    };
    let page = come_back(&world, &stolen, &ann).await;
    assert!(page.ends_with("#error=refused"), "{page}");
    let page = come_back(&world, &sent, &ann).await;
    let again = come_back(&world, &sent, &ann).await;
    assert!(again.ends_with("#error=refused"), "{again}");
    let code = parameter(&page, "code");
    finish(&world, &code, &other.cookie).await.is(401);
    finish(&world, &code, &sent.cookie).await.is(200);
    finish(&world, &code, &sent.cookie).await.is(401);
}

/// Another process of the same exchange: an API of its own over the same store.
async fn beside(world: &World) -> (SocketAddr, oneshot::Sender<()>) {
    let entropy = Arc::new(SeededEntropy::new(13));
    let (store, clock) = (world.store.clone(), world.clock.clone());
    let office = Office::open(store, entropy, clock, DEFAULT_REALM).await;
    let mut parts = Parts::new(office.unwrap(), world.live.clone());
    parts.portal = PORTAL.to_owned();
    parts.enquirer = Arc::new(LoginServer::new());
    let (address, stop, _) = serve(parts).await;
    (address, stop)
}

#[tokio::test]
async fn an_answer_may_come_to_another_process_and_is_good_once_in_all_of_them() {
    let mut world = world().await;
    open(&world, json!({})).await;
    let (one, (other, _stop)) = (world.address, beside(&world).await);
    let ann = person("7", "ann@acme.example");
    let sent = set_out(&world, "ann@acme.example").await;
    world.address = other;
    let page = come_back(&world, &sent, &ann).await;
    world.address = one;
    let again = come_back(&world, &sent, &ann).await;
    assert!(again.ends_with("#error=refused"), "{again}");
    let code = parameter(&page, "code");
    finish(&world, &code, &sent.cookie).await.is(200);
    world.address = other;
    finish(&world, &code, &sent.cookie).await.is(401);
}

#[tokio::test]
async fn a_domain_that_was_not_granted_is_answered_like_one_that_nobody_has() {
    let world = world().await;
    let unknown = begin(&world, "ann@nowhere.example").await;
    let unknown = unknown.refuses(api::Kind::NotFound).json();
    let claimed = begin(&world, "ann@acme.example").await;
    let claimed = claimed.refuses(api::Kind::NotFound).json();
    assert_eq!(unknown["detail"], claimed["detail"]);
    let missing = Ask::get("/api/v1/auth/sso").send(world.address).await;
    missing.refuses(api::Kind::InvalidParameter);
}

#[tokio::test]
async fn where_the_server_is_the_only_way_a_password_opens_nothing_but_an_admins() {
    let world = world().await;
    ann(&world).await;
    open(&world, json!({"enforced": true})).await;
    for password in [PASSWORD, "wrong"] {
        let refused = login(&world, password).await;
        refused.refuses(api::Kind::SignOnNeeded);
    }
    let nobody = json!({"mail": "nobody@acme.example", "password": "wrong"});
    let nobody = post(&world, "auth/login", nobody).await;
    nobody.refuses(api::Kind::SignOnNeeded);
    let admin = Ask::patch(&world.acme.path("users/ann@acme.example")).if_match("*");
    let admin = admin.json(&json!({"role": "tenant-admin"}));
    world.operator(admin).await.is(200);
    login(&world, PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_plan_without_sign_on_closes_the_door_that_is_there_and_opens_it_again() {
    let world = world().await;
    open(&world, json!({})).await;
    enter(&world, &person("7", "ann@acme.example")).await;
    let plan = |without: Value| json!({ "name": "small", "without": without });
    let made = Ask::post("/api/v1/plans").json(&plan(json!(["sso"])));
    world.operator(made).await.is(201);
    let sold = Ask::patch(&format!("/api/v1/tenants/{}", world.acme.id));
    let sold = sold.if_match("*").json(&json!({ "plan": "small" }));
    world.operator(sold).await.is(200);
    begin(&world, "ann@acme.example").await.is(404);
    let server = json!({
        "name": "other", "issuer": ISSUER, "client_id": "pbx", "domains": ["acme.example"],
    });
    let server = Ask::post(&world.acme.path("sso")).json(&server);
    let refused = world.tenant(&world.acme, server).await;
    refused.refuses(api::Kind::NotInPlan);
    let again = Ask::put("/api/v1/plans/small").if_match("*");
    world.operator(again.json(&plan(json!([])))).await.is(200);
    enter(&world, &person("7", "ann@acme.example")).await;
}
