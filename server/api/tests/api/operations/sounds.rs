//! Sounds: what is heard of them comes in, is fetched and goes; what is none is refused by name.

use domain::Sound;
use ports::{Blob, BlobPlace, Kept, locate};
use serde_json::json;
use tenancy::{TenantScope, Unresolved};

use super::lines::life;
use super::{used_by, users_of};
use crate::http::Ask;
use crate::world::{RECORDING, World, recording};

/// The content of a sound of acme's.
fn content(world: &World, name: &str) -> String {
    world.acme.path(&format!("sounds/{name}/content"))
}

fn upload(world: &World, name: &str, recording: &[u8]) -> Ask {
    Ask::put(&content(world, name)).body(RECORDING, recording)
}

pub(super) async fn sounds(world: &World) {
    let acme = &world.acme;
    let spec = json!({"name": "fresh", "on_hold": true});
    let change = json!({"description": "quieter"});
    life(world, &acme.path("sounds"), "fresh", (spec, change)).await;
    programmes(world).await;
    let made = Ask::post(&acme.path("sounds")).json(&json!({"name": "ring"}));
    world.operator(made).await.is(201);
    let empty = world.operator(Ask::get(&content(world, "ring"))).await;
    empty.refuses(api::Kind::NotFound);
    heard(world).await;
    spoken(world).await;
    refused(world).await;
    full(world).await;
    world
        .operator(Ask::delete(&content(world, "ring")))
        .await
        .is(204);
    let gone = world.operator(Ask::delete(&content(world, "ring"))).await;
    gone.refuses(api::Kind::NotFound);
    world
        .operator(Ask::delete(&acme.path("sounds/ring")))
        .await
        .is(204);
}

/// A programme names sounds of its company, which stay while they are named; an extension and a
/// company's own trunk name a programme.
async fn programmes(world: &World) {
    let acme = &world.acme;
    let all = acme.path("music");
    let spec = json!({"name": "fresh", "playlist": ["acme-waltz"], "on_hold": true});
    let change = json!({"order": "shuffle", "announcement": "acme-waltz"});
    life(world, &all, "fresh", (spec, change)).await;
    let kept = world
        .operator(Ask::delete(&acme.path("sounds/acme-waltz")))
        .await;
    kept.refuses(api::Kind::InUse);
    let theirs = json!({"name": "fresh", "playlist": [world.globex.sound]});
    let theirs = world.operator(Ask::post(&all).json(&theirs)).await;
    theirs.refuses(api::Kind::Invalid);
    let trunk = acme.path("trunks/acme-line");
    let extension = acme.path(&format!("extensions/{}", acme.number));
    for one in [&trunk, &extension] {
        let names = Ask::patch(one)
            .if_match("*")
            .json(&json!({"on_hold": "acme-evening"}));
        world.operator(names).await.is(200);
        let strange = json!({"on_hold": world.globex.music});
        let strange = Ask::patch(one).if_match("*").json(&strange);
        world.operator(strange).await.refuses(api::Kind::Invalid);
    }
    let evening = acme.path("music/acme-evening");
    let users = used_by(world.operator(users_of(&evening)).await);
    assert_eq!(users.len(), 2, "{users:?}");
    let kept = world.operator(Ask::delete(&evening)).await;
    kept.refuses(api::Kind::InUse);
    for one in [&trunk, &extension] {
        let names = Ask::patch(one)
            .if_match("*")
            .json(&json!({"on_hold": null}));
        world.operator(names).await.is(200);
    }
    let shared = json!({"on_hold": "acme-evening"});
    let account = Ask::post("/api/v1/trunks").json(&json!({
        "name": "fresh", "mode": "peer", "peers": ["sip:fresh.example"],
    }));
    world.operator(account).await.is(201);
    let named = Ask::patch("/api/v1/trunks/fresh")
        .if_match("*")
        .json(&shared);
    world.operator(named).await.refuses(api::Kind::Invalid);
    world
        .operator(Ask::delete("/api/v1/trunks/fresh"))
        .await
        .is(204);
}

/// Words are spoken in place of what was uploaded; what nobody can say is refused.
async fn spoken(world: &World) {
    let text = world.acme.path("sounds/ring/text");
    let say = |body: serde_json::Value| Ask::put(&text).json(&body);
    let facts = world.operator(say(json!({"text": "we are closed"}))).await;
    let facts = facts.is(200).json();
    assert_eq!(
        (&facts["format"], &facts["milliseconds"]),
        (&json!("text"), &json!(300))
    );
    let file = world.operator(Ask::get(&content(world, "ring"))).await;
    assert_eq!(file.is(200).body.len(), 44 + 3 * 3_200);
    let empty = world.operator(say(json!({"text": " "}))).await;
    empty.refuses(api::Kind::BadSound);
    let mute = world
        .operator(say(json!({"text": "zu", "language": "de"})))
        .await;
    mute.refuses(api::Kind::Unavailable);
}

/// What was uploaded is told, and is what is fetched.
async fn heard(world: &World) {
    let came = recording(500);
    let facts = world.operator(upload(world, "ring", &came)).await;
    let facts = facts.is(200).json();
    assert_eq!(
        (&facts["format"], &facts["rate"], &facts["channels"]),
        (&json!("wave"), &json!(8_000), &json!(1))
    );
    assert_eq!(facts["came_octets"], json!(came.len()));
    let told = Ask::get(&format!("{}/facts", content(world, "ring")));
    assert_eq!(world.operator(told).await.is(200).json(), facts);
    let file = world.operator(Ask::get(&content(world, "ring"))).await;
    let file = file.is(200);
    assert_eq!(file.header("content-type"), Some("audio/wav"));
    assert_eq!(&file.body[..4], b"RIFF");
    assert_eq!(json!(file.body.len() - 44), facts["kept_octets"]);
    // what was fetched is itself a recording
    let again = world.operator(upload(world, "ring", &file.body)).await;
    let again = again.is(200).json();
    assert_eq!(again["rate"], json!(16_000));
    assert_eq!(again["kept_octets"], facts["kept_octets"]);
    let ring = Ask::get(&world.acme.path("sounds/ring"));
    let ring = world.operator(ring).await.is(200).json();
    assert_eq!(ring["revision"], json!(3), "uploads are changes of it");
}

async fn refused(world: &World) {
    let text = world
        .operator(upload(world, "ring", b"<html>not heard</html>"))
        .await;
    text.refuses(api::Kind::BadSound);
    let short = world.operator(upload(world, "ring", &recording(20))).await;
    let short = short.refuses(api::Kind::BadSound).json();
    assert_eq!(short["detail"], "it must last a tenth of a second at least");
    let long = world
        .operator(upload(world, "ring", &recording(5_100)))
        .await;
    let long = long.refuses(api::Kind::BadSound).json();
    assert_eq!(long["detail"], "it must last at most 5 seconds");
    let huge = vec![0; (32 << 20) + 1];
    let huge = world.operator(upload(world, "ring", &huge)).await;
    huge.refuses(api::Kind::TooLarge);
    let named = Ask::put(&content(world, "ring")).body("audio/wav", &recording(200));
    let named = world.operator(named).await;
    named.refuses(api::Kind::UnsupportedMediaType);
    let nobody = world.operator(upload(world, "nobody", &recording(200)));
    nobody.await.refuses(api::Kind::NotFound);
    let twice = json!({"name": "other", "on_hold": true});
    let first = Ask::post(&world.acme.path("sounds"));
    let first = world.operator(first.json(&twice)).await.is(201);
    let second = json!({"name": "second", "on_hold": true});
    let second = Ask::post(&world.acme.path("sounds")).json(&second);
    let second = world.operator(second).await.refuses(api::Kind::Taken);
    assert_eq!(second.json()["errors"][0]["pointer"], "/on_hold");
    let other = format!("sounds/{}", first.member("id"));
    world
        .operator(Ask::delete(&world.acme.path(&other)))
        .await
        .is(204);
}

/// A company's sounds have only so many octets.
async fn full(world: &World) {
    let (acme, all) = (&world.acme, world.acme.path("sounds"));
    let scope = TenantScope::for_job(acme.id, "test");
    for name in ["much", "more"] {
        let made = Ask::post(&all).json(&json!({"name": name}));
        world.operator(made).await.is(201);
        let sound = Unresolved::<Sound>::new(name);
        let (located, _) = locate(&*world.store, &scope, &sound).await.unwrap();
        let blob = Blob {
            about: String::new(),
            octets: vec![0; 30 << 20],
        };
        let place = BlobPlace::of(&located);
        let kept = world.store.put_blob(&scope, &place, blob, 1 << 40).await;
        assert_eq!(kept, Ok(Kept::Yes));
    }
    let sound = Unresolved::<Sound>::new("ring");
    let (located, _) = locate(&*world.store, &scope, &sound).await.unwrap();
    let blob = Blob {
        about: String::new(),
        octets: vec![0; 4 << 20],
    };
    let place = BlobPlace::of(&located);
    let kept = world.store.put_blob(&scope, &place, blob, 1 << 40).await;
    assert_eq!(kept, Ok(Kept::Yes));
    let waltz = world.operator(upload(world, "acme-waltz", &recording(4_900)));
    let refused = waltz.await.refuses(api::Kind::Quota).json();
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("limit 67108864 octets"), "{detail}");
    for name in ["much", "more"] {
        let one = Ask::delete(&format!("{all}/{name}"));
        world.operator(one).await.is(204);
    }
}
