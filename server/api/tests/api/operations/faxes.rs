//! Faxes: found, fetched with a trace of it, and removed when nothing holds them.

use domain::{Fax, FaxState};
use ids::FaxId;
use serde_json::{Value, json};
use tenancy::TenantScope;

use crate::archives::unchunked;
use crate::http::Ask;
use crate::world::{DOCUMENT, World, faxed, written_in};

/// The path of acme's faxes, or of something below it.
fn path(world: &World, rest: &str) -> String {
    world.acme.path(&format!("faxes{rest}"))
}

async fn get(world: &World, rest: &str) -> Value {
    let ask = Ask::get(&path(world, rest));
    world.tenant(&world.acme, ask).await.is(200).json()
}

pub(super) async fn faxes(world: &World) {
    let one = format!("/{}", world.acme.fax);
    listed(world, &one).await;
    fetched(world, &one).await;
    removed(world).await;
    sent(world).await;
}

/// A request that a document be sent.
fn sending(world: &World, query: &str) -> Ask {
    bringing(world, query, ("application/pdf", DOCUMENT))
}

fn bringing(world: &World, query: &str, (kind, body): (&str, &[u8])) -> Ask {
    Ask::post(&path(world, &format!("?{query}"))).body(kind, body)
}

/// A fax that is to be sent waits, is found by its state, and goes when somebody removes it.
async fn sent(world: &World) {
    let acme = &world.acme;
    let machine = json!({"number": "990", "destination": "fax"});
    let machine = Ask::post(&acme.path("extensions")).json(&machine);
    let machine = world.tenant(acme, machine).await.is(201).member("id");
    unsent(world).await;
    let good = "extension=990&to=%2B4930123456&attempts=2&pause=60";
    let once = || sending(world, good).with("Idempotency-Key", "letter");
    let made = world.tenant(acme, once()).await.is(201);
    let id = made.member("id");
    let at = format!("/api/v1/tenants/{}/faxes/{id}", acme.id);
    assert_eq!(made.header("location"), Some(at.as_str()));
    let again = world.tenant(acme, once()).await.is(201);
    assert_eq!(
        again.member("id"),
        id,
        "the same request is carried out once"
    );
    let other = ("application/pdf", &b"%PDF: another"[..]);
    let other = bringing(world, good, other).with("Idempotency-Key", "letter");
    world
        .tenant(acme, other)
        .await
        .refuses(api::Kind::KeyReused);
    let fax = get(world, &format!("/{id}")).await;
    assert_eq!(
        (&fax["direction"], &fax["state"], &fax["extension"]),
        (&json!("sent"), &json!("queued"), &json!(machine))
    );
    assert_eq!(
        (&fax["to"], &fax["caller"], &fax["pages"]),
        (&json!("+4930123456"), &json!("990"), &json!(2))
    );
    assert_eq!((&fax["call"], &fax["ended"]), (&json!(null), &json!(null)));
    let told = &fax["sending"];
    assert_eq!(
        (&told["attempts"], &told["attempts_max"], &told["pause"]),
        (&json!(0), &json!(2), &json!(60))
    );
    assert_eq!(told["next_attempt"], fax["began"]);
    assert_eq!(get(world, "?state=queued").await["items"], json!([fax]));
    let document = Ask::get(&path(world, &format!("/{id}/document")));
    let document = world.tenant(acme, document).await.is(200);
    assert_eq!(unchunked(&document).as_deref(), Some(DOCUMENT));
    let noted = noted(world, "fax.queued").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0]["after"]["to"], "+4930123456");
    in_the_middle(world, &id).await;
    super::recordings::without_hold(world, async || {
        let gone = Ask::delete(&path(world, &format!("/{id}")));
        world.tenant(acme, gone).await.is(204);
    })
    .await;
    let machine = Ask::delete(&acme.path("extensions/990")).if_match("*");
    world.tenant(acme, machine).await.is(204);
}

/// One that is being sent is not removed.
async fn in_the_middle(world: &World, id: &str) {
    let acme = &world.acme;
    let scope = TenantScope::for_job(acme.id, "test");
    let id: FaxId = id.parse().unwrap();
    let fax = world.store.fax(&scope, id).await.unwrap().unwrap();
    let step = |fax: &Fax, state| {
        let (fax, was) = (fax.clone(), fax.state);
        world.store.change_fax(Fax { state, ..fax }, was)
    };
    assert_eq!(step(&fax, FaxState::Sending).await, Ok(true));
    super::recordings::without_hold(world, async || {
        let gone = Ask::delete(&path(world, &format!("/{id}")));
        let gone = world.tenant(acme, gone).await;
        gone.refuses(api::Kind::NotNow);
    })
    .await;
    let state = FaxState::Sending;
    assert_eq!(
        step(&Fax { state, ..fax }, FaxState::Queued).await,
        Ok(true)
    );
}

/// What is not sent, and by which rule.
async fn unsent(world: &World) {
    let acme = &world.acme;
    for (query, blamed) in [
        ("to=102", "extension"),
        ("extension=990", "to"),
        ("extension=101&to=102", "extension"),
        ("extension=199&to=102", "extension"),
        ("extension=990&to=x", "to"),
        ("extension=990&to=102&attempts=13", "attempts"),
        ("extension=990&to=102&attempts=x", "attempts"),
        ("extension=990&to=102&pause=0", "pause"),
    ] {
        let refused = world.tenant(acme, sending(world, query)).await;
        let refused = refused.refuses(api::Kind::InvalidParameter);
        assert_eq!(refused.json()["errors"][0]["parameter"], blamed, "{query}");
    }
    let good = "extension=990&to=102";
    let text = bringing(world, good, ("application/pdf", b"<html>"));
    let text = world.tenant(acme, text).await;
    let text = text.refuses(api::Kind::BadDocument).json();
    assert_eq!(text["detail"], "it is no PDF");
    let huge = vec![0; (8 << 20) + 1];
    let huge = bringing(world, good, ("application/pdf", &huge));
    world.tenant(acme, huge).await.refuses(api::Kind::TooLarge);
    let word = bringing(world, good, ("application/msword", b"x"));
    let word = world.tenant(acme, word).await;
    word.refuses(api::Kind::UnsupportedMediaType);
}

async fn listed(world: &World, one: &str) {
    let acme = &world.acme;
    let shown = get(world, one).await;
    assert_eq!(shown["id"], json!(acme.fax.to_string()));
    assert_eq!(
        (&shown["caller"], &shown["number"]),
        (&json!("+493055501"), &json!("101"))
    );
    assert_eq!(
        (&shown["pages"], &shown["state"]),
        (&json!(2), &json!("received"))
    );
    assert_eq!(shown["failure"], json!(null));
    assert_eq!(shown["carriage"]["bits_per_second"], json!(14_400));
    let all = get(world, "").await;
    assert_eq!(all, json!({"items": [shown], "next": null}));
    let extension = format!("?extension={}&state=received", acme.extension);
    assert_eq!(get(world, &extension).await, all);
    let failed = get(world, "?state=failed").await;
    assert_eq!(failed["items"], json!([]));
    assert_eq!(get(world, "?extension=101").await, all);
    let nobody = get(world, "?extension=199").await;
    assert_eq!(nobody["items"], json!([]));
    let odd = world
        .tenant(acme, Ask::get(&path(world, "?state=odd")))
        .await;
    odd.refuses(api::Kind::InvalidParameter);
    let odd = Ask::get(&path(world, "/fax"));
    world.tenant(acme, odd).await.refuses(api::Kind::NotFound);
}

/// Entries of acme's trail with this action.
async fn noted(world: &World, action: &str) -> Vec<Value> {
    let ask = Ask::get(&world.acme.path("audit?limit=500"));
    let trail = world.tenant(&world.acme, ask).await.is(200).json();
    let entries = trail["items"].as_array().unwrap().iter();
    let entries = entries.filter(|entry| entry["action"] == action);
    entries.cloned().collect()
}

async fn fetched(world: &World, one: &str) {
    let acme = &world.acme;
    assert_eq!(noted(world, "fax.fetched").await.len(), 0);
    let ask = Ask::get(&path(world, &format!("{one}/document")));
    let document = world.tenant(acme, ask).await.is(200);
    assert_eq!(document.header("content-type"), Some("application/pdf"));
    let file = format!("attachment; filename=\"{}.pdf\"", acme.fax);
    assert_eq!(document.header("content-disposition"), Some(file.as_str()));
    assert_eq!(unchunked(&document), Some(written_in("acme")));
    let noted = noted(world, "fax.fetched").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0]["target"], json!(acme.fax.to_string()));
    assert_eq!(noted[0]["after"]["caller"], "+493055501");
}

async fn removed(world: &World) {
    let acme = &world.acme;
    let id = FaxId::from_u128(acme.fax.as_u128() + 1);
    let of = (acme.id, id, acme.call);
    faxed(&*world.store, of, ("acme", acme.extension)).await;
    let one = path(world, &format!("/{id}"));
    let held = world.tenant(acme, Ask::delete(&one)).await;
    let held = held.refuses(api::Kind::InUse).json();
    assert_eq!(held["in_use"]["by"][0]["name"], "acme-case");
    super::recordings::without_hold(world, async || {
        world.tenant(acme, Ask::delete(&one)).await.is(204);
    })
    .await;
    let again = world.tenant(acme, Ask::delete(&one)).await;
    again.refuses(api::Kind::NotFound);
    let gone = Ask::get(&format!("{one}/document"));
    world.tenant(acme, gone).await.refuses(api::Kind::NotFound);
    let noted = noted(world, "fax.removed").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0]["target"], json!(id.to_string()));
}
