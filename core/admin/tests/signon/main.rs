//! Whole visits to a small OpenID server, and to hostile variants of it: each is refused with its
//! own reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod server;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use admin::signon::{NoSignOn, SignInServers};
use identity::FlowKey;
use identity::oidc::{Answer, Client, Issuer, Person, Refusal, Return, SHELF_LIFE, Visit};
use ids::SsoId;
use machine::WallTime;
use ports::{CourierError, FixedClock};
use serde_json::json;
use server::{Bent, ISSUER, OpenIdServer};

const SECONDS: i64 = 1_700_000_000;
const NOW: WallTime = WallTime::from_unix_ms(SECONDS * 1_000);
const SSO: SsoId = SsoId::new(1, 1);
const COOKIE: &str = "what the browser keeps";

/// Nothing here waits: the server answers at once.
fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the server did not answer at once"),
    }
}

struct World {
    server: OpenIdServer,
    clock: Arc<FixedClock>,
    servers: SignInServers,
    issuer: Issuer,
    client: Client,
}

impl World {
    fn new() -> World {
        let server = OpenIdServer::at(SECONDS);
        let clock = Arc::new(FixedClock::at(NOW));
        let enquirer = Arc::new(server.clone());
        let servers = SignInServers::new(enquirer, clock.clone(), FlowKey::new([1; 32]));
        World {
            server,
            clock,
            servers,
            issuer: Issuer::parse(ISSUER).unwrap(),
            client: Client {
                id: "strowger".to_owned(),
                secret: Some("the secret".to_owned()),
                redirect: "https://pbx.example/callback".to_owned(),
            },
        }
    }

    fn bent(bent: Bent) -> World {
        let world = World::new();
        world.server.bend(bent);
        world
    }

    fn set_out(&self) -> Result<String, NoSignOn> {
        let visit = Visit::begin(self.servers.key(), NOW, SSO, COOKIE, [2; 16]);
        let mail = "ann@acme.example";
        now_or_never(self.servers.send(&self.issuer, &self.client, &visit, mail))
    }

    fn come_back(&self, answer: Answer) -> Result<Person, NoSignOn> {
        let back = Return::new(self.servers.key(), NOW, SSO, COOKIE, answer)?;
        now_or_never(self.servers.receive(&self.issuer, &self.client, back))
    }

    fn visit(&self) -> Result<Person, NoSignOn> {
        self.come_back(answer(self.server.sign_in(&self.set_out()?)))
    }
}

fn answer((state, code): (String, String)) -> Answer {
    Answer {
        state,
        code: Some(code),
        iss: Some(ISSUER.to_owned()),
        error: None,
    }
}

fn claims(claims: serde_json::Value) -> Bent {
    Bent {
        claims,
        ..Bent::default()
    }
}

#[test]
fn a_person_goes_to_the_server_and_comes_back_known() {
    let world = World::new();
    let person = world.visit().unwrap();
    assert_eq!(person.subject, "248289761001");
    assert_eq!(person.mail.as_deref(), Some("ann@acme.example"));
    let asked = ["/.well-known/openid-configuration", "/keys", "/token"];
    assert_eq!(world.server.asked(), asked);
}

#[test]
fn the_description_is_fetched_once_in_a_while_and_keys_anew_when_they_changed() {
    let world = World::new();
    world.visit().unwrap();
    world.visit().unwrap();
    assert_eq!(
        world.server.asked().len(),
        4,
        "the second fetched a token alone"
    );
    world.server.rotate();
    let too_soon = world.visit();
    assert_eq!(too_soon, Err(NoSignOn::Refused(Refusal::Key)));
    world.clock.set(NOW + std::time::Duration::from_secs(60));
    assert!(world.visit().is_ok(), "the new key");
    world.clock.set(NOW + SHELF_LIFE * 2);
    let before = world.server.asked().len();
    world.set_out().unwrap();
    assert_eq!(world.server.asked().len(), before + 2, "fetched anew");
}

#[test]
fn a_hostile_token_is_refused_with_its_own_reason() {
    let alg = |alg: &str| Bent {
        head: json!({"alg": alg}),
        unsigned: alg == "none",
        ..Bent::default()
    };
    for (bent, refusal) in [
        (claims(json!({"aud": "another"})), Refusal::Audience),
        (
            claims(json!({"aud": ["strowger", "another"]})),
            Refusal::Audience,
        ),
        (
            claims(json!({"iss": "https://evil.example"})),
            Refusal::Issuer,
        ),
        (claims(json!({"nonce": "replayed"})), Refusal::Nonce),
        (claims(json!({"exp": SECONDS - 60})), Refusal::Expired),
        (claims(json!({"iat": SECONDS - 3_600})), Refusal::Clock),
        (alg("none"), Refusal::Algorithm),
        (alg("HS256"), Refusal::Algorithm),
        (
            Bent {
                foreign: true,
                ..Bent::default()
            },
            Refusal::Signature,
        ),
        (
            Bent {
                head: json!({"kid": "foreign"}),
                ..Bent::default()
            },
            Refusal::Key,
        ),
    ] {
        let refused = World::bent(bent.clone()).visit();
        assert_eq!(refused, Err(NoSignOn::Refused(refusal)), "{bent:?}");
    }
}

#[test]
fn a_mail_address_that_is_not_verified_is_not_told() {
    let person = World::bent(claims(json!({"email_verified": false}))).visit();
    assert_eq!(person.unwrap().mail, None);
}

#[test]
fn a_server_that_describes_another_is_not_used() {
    let other = Bent {
        document: json!({"issuer": "https://evil.example"}),
        ..Bent::default()
    };
    let refused = World::bent(other).set_out();
    assert_eq!(refused, Err(NoSignOn::Refused(Refusal::OtherIssuer)));
    let inside = Bent {
        document: json!({"jwks_uri": "http://10.0.0.1/keys"}),
        ..Bent::default()
    };
    let refused = World::bent(inside).set_out();
    assert_eq!(
        refused,
        Err(NoSignOn::Refused(Refusal::Discovery("jwks_uri")))
    );
    let elsewhere = Bent {
        document: json!({"jwks_uri": "https://nowhere.example/keys"}),
        ..Bent::default()
    };
    let refused = World::bent(elsewhere).set_out();
    assert_eq!(
        refused,
        Err(NoSignOn::Unreachable(CourierError::Unresolved))
    );
}

#[test]
fn an_answer_of_another_issuer_never_takes_its_code_to_the_server() {
    let world = World::new();
    let mut mixed = answer(world.server.sign_in(&world.set_out().unwrap()));
    mixed.iss = Some("https://evil.example".to_owned());
    let refused = world.come_back(mixed);
    assert_eq!(refused, Err(NoSignOn::Refused(Refusal::MixedUp)));
    assert!(!world.server.asked().contains(&"/token".to_owned()));
}

#[test]
fn a_code_is_good_once_and_for_its_own_visit() {
    let world = World::new();
    let back = answer(world.server.sign_in(&world.set_out().unwrap()));
    assert!(world.come_back(back.clone()).is_ok());
    assert_eq!(world.come_back(back), Err(NoSignOn::Status(400)));
    let stolen = world.server.sign_in(&world.set_out().unwrap());
    let other = Visit::begin(world.servers.key(), NOW, SSO, COOKIE, [3; 16]);
    let mail = "ann@acme.example";
    let sent = world
        .servers
        .send(&world.issuer, &world.client, &other, mail);
    let own = world.server.sign_in(&now_or_never(sent).unwrap());
    let injected = world.come_back(answer((own.0, stolen.1)));
    assert_eq!(injected, Err(NoSignOn::Status(400)), "another verifier");
}

#[test]
fn a_server_that_fails_is_told_of_by_its_status() {
    let failing = Bent {
        status: Some(503),
        ..Bent::default()
    };
    assert_eq!(World::bent(failing).visit(), Err(NoSignOn::Status(503)));
}
