//! From a change to a receiver, through restarts, refusals and dead letters.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use admin::documents::Written;
use admin::webhooks;
use admin::{DEFAULT_REALM, Office, documents, parse_spec};
use async_trait::async_trait;
use delivery::{Limits, SigningKey, verify};
use domain::{Delivery, DeliveryState, Extension, Plan, Tenant, Webhook};
use hooks::{Hooks, Parts};
use ids::WebhookId;
use machine::WallTime;
use ports::{
    Courier, CourierError, DeliveryQuery, FixedClock, HookDesk, Parcel, Receipt, SeededEntropy,
};
use serde_json::{Value, json};
use store::MemoryStore;
use tenancy::{PlatformScope, TenantScope, Unresolved};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const NOON: WallTime = WallTime::from_unix_ms(1_764_000_000_000);

/// A receiver that answers what it was told to, else 204, and remembers what it got.
#[derive(Default)]
struct Post {
    answers: Mutex<VecDeque<Result<u16, CourierError>>>,
    got: Mutex<Vec<Parcel>>,
    /// This one never answers in time.
    dead: Mutex<Option<String>>,
}

#[async_trait]
impl Courier for Post {
    async fn deliver(&self, parcel: Parcel) -> Result<Receipt, CourierError> {
        if self.dead.lock().unwrap().as_deref() == Some(parcel.url.as_str()) {
            return Err(CourierError::TimedOut);
        }
        self.got.lock().unwrap().push(parcel);
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Ok(204));
        answer.map(|status| Receipt {
            status,
            retry_after: None,
        })
    }
}

impl Post {
    fn will_answer(&self, answers: impl IntoIterator<Item = Result<u16, CourierError>>) {
        self.answers.lock().unwrap().extend(answers);
    }

    fn bodies(&self) -> Vec<Value> {
        let got = self.got.lock().unwrap();
        got.iter()
            .map(|parcel| serde_json::from_slice(&parcel.body).unwrap())
            .collect()
    }

    /// Numbers of the extensions that were told of, in the order of delivery.
    fn numbers(&self) -> Vec<String> {
        let bodies = self.bodies().into_iter();
        let numbers = bodies.map(|body| body["data"]["spec"]["number"].clone());
        numbers
            .filter_map(|number| number.as_str().map(str::to_owned))
            .collect()
    }
}

/// The key that was told when a webhook was made or given a new one.
fn key_of(written: &Written<Webhook>) -> SigningKey {
    let told = written.secret.as_ref().unwrap();
    SigningKey::parse(told.reveal()).unwrap()
}

struct World {
    store: Arc<MemoryStore>,
    office: Office,
    clock: Arc<FixedClock>,
    post: Arc<Post>,
    scope: TenantScope,
    limits: Limits,
}

impl World {
    async fn new() -> World {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::at(NOON));
        let entropy = Arc::new(SeededEntropy::new(5));
        let office = Office::open(store.clone(), entropy, clock.clone(), DEFAULT_REALM);
        let office = office.await.unwrap();
        let spec: Tenant = parse_spec(&json!({"domains": ["acme.example"]})).unwrap();
        let platform = PlatformScope::at_console().account();
        let made = documents::add(&office, &platform, spec, None).await;
        World {
            scope: TenantScope::for_job(made.unwrap().resource.id, "test"),
            store,
            office,
            clock,
            post: Arc::new(Post::default()),
            limits: Limits::default(),
        }
    }

    async fn hook(&self, name: &str, events: &[&str]) -> Written<Webhook> {
        let spec = Webhook {
            name: name.to_owned(),
            url: format!("https://{name}.example/"),
            events: events.iter().map(|&one| one.to_owned()).collect(),
            enabled: true,
        };
        documents::add(&self.office, &self.scope, spec, None)
            .await
            .unwrap()
    }

    async fn extension(&self, number: &str) {
        let spec: Extension = parse_spec(&json!({ "number": number })).unwrap();
        documents::add(&self.office, &self.scope, spec, None)
            .await
            .unwrap();
    }

    fn start(&self) -> (Arc<Hooks>, JoinHandle<()>) {
        let hooks = Hooks::new(Parts {
            store: self.store.clone(),
            courier: self.post.clone(),
            clock: self.clock.clone(),
            limits: self.limits,
            seed: 1,
        });
        (hooks.clone(), tokio::spawn(hooks::run(hooks)))
    }

    async fn deliveries(&self, webhook: WebhookId) -> Vec<Delivery> {
        let reference = Unresolved::new(webhook.to_string());
        let (located, _) = documents::find::<Webhook, _>(&self.office, &self.scope, &reference)
            .await
            .unwrap();
        let query = DeliveryQuery {
            webhook,
            state: None,
            before: None,
            limit: 0,
        };
        webhooks::deliveries(&self.office, &self.scope, located, query)
            .await
            .unwrap()
    }

    async fn states(&self, webhook: WebhookId) -> Vec<DeliveryState> {
        let all = self.deliveries(webhook).await;
        all.into_iter().map(|delivery| delivery.state).collect()
    }

    async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let waiting = async {
            while !holds().await {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), waiting).await.expect(what);
    }
}

#[tokio::test]
async fn what_happens_after_a_webhook_was_made_reaches_it_in_order_and_signed() {
    let world = World::new().await;
    world.extension("100").await;
    let keyed = world.hook("crm", &["resource.created"]).await;
    world.extension("101").await;
    let (hooks, running) = world.start();
    world.extension("102").await;
    world
        .until("two deliveries", async || world.post.numbers().len() == 2)
        .await;
    assert_eq!(world.post.numbers(), ["101", "102"]);
    let parcel = world.post.got.lock().unwrap()[0].clone();
    assert_eq!(parcel.url, "https://crm.example/");
    let header = |name: &str| {
        let found = parcel.headers.iter().find(|(known, _)| *known == name);
        found.unwrap().1.clone()
    };
    let body: Value = serde_json::from_slice(&parcel.body).unwrap();
    assert_eq!(body["id"], header("webhook-id"));
    let signed = (
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
    );
    let signed = (signed.0.as_str(), signed.1.as_str(), signed.2.as_str());
    assert_eq!(verify(&key_of(&keyed), signed, &parcel.body, NOON), Ok(()));
    assert!(
        verify(
            &SigningKey::from_entropy([9; 32]),
            signed,
            &parcel.body,
            NOON
        )
        .is_err()
    );
    let id = keyed.resource.id;
    let done = [DeliveryState::Delivered; 2];
    world
        .until("notes", async || world.states(id).await == done)
        .await;
    assert_eq!(hooks.figures().now().delivered, 2);
    running.abort();
}

#[tokio::test]
async fn what_was_not_delivered_before_a_restart_is_delivered_after_it() {
    let world = World::new().await;
    let keyed = world.hook("crm", &["resource.created"]).await;
    let (_, running) = world.start();
    world.post.will_answer([Err(CourierError::TimedOut)]);
    world.extension("101").await;
    let id = keyed.resource.id;
    let tried = async || {
        world
            .deliveries(id)
            .await
            .first()
            .is_some_and(|one| one.tries == 1)
    };
    world.until("a failed try", tried).await;
    running.abort();
    let _aborted = running.await;
    world.extension("102").await;
    world.clock.set(NOON + Duration::from_secs(60));
    let (_, running) = world.start();
    world
        .until("all", async || world.post.numbers().len() == 3)
        .await;
    let mut numbers = world.post.numbers()[1..].to_vec();
    numbers.sort();
    assert_eq!(numbers, ["101", "102"]);
    running.abort();
}

#[tokio::test]
async fn a_dead_letter_can_be_delivered_again() {
    let mut world = World::new().await;
    world.limits.tries = 1;
    let keyed = world.hook("crm", &["resource.created"]).await;
    let (hooks, running) = world.start();
    world.post.will_answer([Ok(500)]);
    world.extension("101").await;
    let id = keyed.resource.id;
    world
        .until("a dead letter", async || {
            world.states(id).await == [DeliveryState::Dead]
        })
        .await;
    let last = world.deliveries(id).await[0].last.clone().unwrap();
    assert_eq!(last.status, Some(500));
    let reference = Unresolved::new(id.to_string());
    let (located, _) = documents::find::<Webhook, _>(&world.office, &world.scope, &reference)
        .await
        .unwrap();
    let replayed = webhooks::replay_dead(&world.office, &world.scope, located).await;
    assert_eq!(replayed, Ok(1));
    hooks.replayed(world.scope.tenant(), id);
    let delivered = [DeliveryState::Delivered];
    world
        .until("the replay", async || world.states(id).await == delivered)
        .await;
    assert_eq!(world.post.numbers(), ["101", "101"]);
    running.abort();
}

#[tokio::test]
async fn a_webhook_that_is_switched_off_is_told_later_and_one_that_is_gone_is_not() {
    let world = World::new().await;
    let crm = world.hook("crm", &["resource.created"]).await;
    let gone = world.hook("gone", &["resource.created"]).await;
    let (_, running) = world.start();
    world.extension("101").await;
    world
        .until("both", async || world.post.numbers().len() == 2)
        .await;
    let switch = async |on: bool| {
        let reference = Unresolved::new(crm.resource.id.to_string());
        let found = documents::find::<Webhook, _>(&world.office, &world.scope, &reference)
            .await
            .unwrap();
        let patch = json!({ "enabled": on });
        documents::patch::<Webhook, _>(&world.office, &world.scope, found.0, None, &patch)
            .await
            .unwrap();
    };
    switch(false).await;
    let reference = Unresolved::new(gone.resource.id.to_string());
    let found = documents::find::<Webhook, _>(&world.office, &world.scope, &reference)
        .await
        .unwrap();
    documents::delete::<Webhook, _>(&world.office, &world.scope, found.0, None)
        .await
        .unwrap();
    world.extension("102").await;
    switch(true).await;
    world
        .until("the one", async || world.post.numbers().len() == 3)
        .await;
    let got = world.post.got.lock().unwrap().clone();
    assert_eq!(got[2].url, "https://crm.example/");
    assert_eq!(world.post.numbers()[2], "102");
    running.abort();
}

#[tokio::test]
async fn a_company_whose_plan_has_no_webhooks_is_told_once_it_has() {
    let world = World::new().await;
    world.hook("crm", &["resource.created"]).await;
    let platform = PlatformScope::at_console().account();
    let plan = json!({ "name": "small", "without": ["webhooks"] });
    let made = documents::create::<Plan, _>(&world.office, &platform, plan).await;
    let plan = made.unwrap().resource.id.to_string();
    let sell = json!({ "plan": plan });
    let acme = Unresolved::<Tenant>::new("acme.example");
    let acme = documents::find(&world.office, &platform, &acme)
        .await
        .unwrap()
        .0;
    documents::patch::<Tenant, _>(&world.office, &platform, acme, None, &sell)
        .await
        .unwrap();
    let (_, running) = world.start();
    let other = World::new().await;
    other.hook("crm", &["resource.created"]).await;
    let (_, beside) = other.start();
    world.extension("101").await;
    other.extension("101").await;
    other
        .until("a company that has them", async || {
            other.post.numbers() == ["101"]
        })
        .await;
    assert!(world.post.numbers().is_empty(), "its plan has none");
    let found = Unresolved::<Plan>::new("small");
    let found = documents::find(&world.office, &platform, &found)
        .await
        .unwrap()
        .0;
    let back = json!({ "without": [] });
    documents::patch::<Plan, _>(&world.office, &platform, found, None, &back)
        .await
        .unwrap();
    world
        .until("what waited", async || world.post.numbers() == ["101"])
        .await;
    running.abort();
    beside.abort();
}

#[tokio::test]
async fn a_trial_delivery_is_signed_and_tells_what_the_receiver_said() {
    let world = World::new().await;
    let keyed = world.hook("crm", &[]).await;
    let (hooks, running) = world.start();
    world.post.will_answer([Ok(503)]);
    let said = hooks
        .ping(&world.scope, keyed.resource.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(said.status, 503);
    assert_eq!(world.post.bodies()[0]["type"], "webhook.ping");
    running.abort();
}

#[tokio::test]
async fn a_new_key_signs_beside_the_old_one() {
    let world = World::new().await;
    let old = world.hook("crm", &["resource.created"]).await;
    let reference = Unresolved::new("crm");
    let (located, _) = documents::find::<Webhook, _>(&world.office, &world.scope, &reference)
        .await
        .unwrap();
    let new = documents::rotate_secret::<Webhook, _>(
        &world.office,
        &world.scope,
        located,
        None,
        Duration::ZERO,
    )
    .await
    .unwrap();
    let (_, running) = world.start();
    world.extension("101").await;
    world
        .until("a delivery", async || world.post.numbers().len() == 1)
        .await;
    let parcel = world.post.got.lock().unwrap()[0].clone();
    let headers: Vec<&str> = parcel
        .headers
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    let signed = (headers[0], headers[1], headers[2]);
    for key in [key_of(&old), key_of(&new)] {
        assert_eq!(verify(&key, signed, &parcel.body, NOON), Ok(()));
    }
    assert_eq!(headers[3], "2 1");
    running.abort();
}

#[tokio::test]
async fn a_dead_endpoint_does_not_hold_up_the_others_of_its_company() {
    let mut world = World::new().await;
    world.limits.jobs_per_tenant = 8;
    world.hook("dead", &["resource.created"]).await;
    world.hook("crm", &["resource.created"]).await;
    *world.post.dead.lock().unwrap() = Some("https://dead.example/".to_owned());
    let (_, running) = world.start();
    for number in 100..130 {
        world.extension(&number.to_string()).await;
    }
    world
        .until("all of them", async || world.post.numbers().len() == 30)
        .await;
    running.abort();
}
