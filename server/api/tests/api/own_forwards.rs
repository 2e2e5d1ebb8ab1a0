//! Somebody says where calls of her own extension go on to.

use api::Kind;
use serde_json::{Value, json};

use crate::http::Ask;
use crate::people::{ANN, with};
use crate::world::World;

/// Ann says where the calls of her own extension go on to, and of nothing else.
pub(crate) async fn day(world: &World, token: &str) {
    const PATH: &str = "/api/v1/me/forwards";
    let has = |extension: Value| {
        let path = world.acme.path(&format!("users/{ANN}"));
        let change = json!({"extension": extension});
        world.operator(Ask::patch(&path).if_match("*").json(&change))
    };
    let say = |forwards: Value| with(world, token, Ask::put(PATH).json(&forwards));
    has(Value::Null).await.is(200);
    say(json!({"busy": "103"})).await.refuses(Kind::NotFound);
    has(json!(world.acme.number)).await.is(200);
    let number = world.acme.number.clone();
    let set = say(json!({"busy": "103", "no_answer": {"to": "104"}})).await;
    let set = set.is(200).json();
    assert_eq!(set["extension"], json!(number));
    assert_eq!(set["forwards"]["no_answer"]["after_seconds"], 20);
    let wrong = say(json!({"always": number})).await;
    assert_eq!(wrong.refuses(Kind::Invalid).blames(), "/always");
    // what is left out is taken away, and all else of the extension is as it was
    let path = world.acme.path(&format!("extensions/{number}"));
    let before = world.operator(Ask::get(&path)).await.is(200).json();
    let cleared = say(json!({"always": "103"})).await.is(200).json();
    let wanted = json!({"always": "103", "busy": null, "no_answer": null, "unreachable": null});
    assert_eq!(cleared["forwards"], wanted);
    let shown = with(world, token, Ask::get(PATH)).await.is(200).json();
    assert_eq!(shown, cleared);
    let mut after = world.operator(Ask::get(&path)).await.is(200).json();
    for changed in ["forwards", "revision", "updated"] {
        after[changed] = before[changed].clone();
    }
    assert_eq!(after, before);
    // a company that may not change its extensions has nobody who does
    let ceiling = |deny: Value| {
        let path = format!("/api/v1/tenants/{}", world.acme.id);
        let change = json!({"ceiling": {"deny": deny}});
        world.operator(Ask::patch(&path).if_match("*").json(&change))
    };
    ceiling(json!(["extension.change"])).await.is(200);
    say(json!({})).await.refuses(Kind::NotFound);
    ceiling(json!([])).await.is(200);
    say(json!({})).await.is(200);
}
