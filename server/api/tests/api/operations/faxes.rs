//! Faxes: found, fetched with a trace of it, and removed when nothing holds them.

use ids::FaxId;
use serde_json::{Value, json};

use crate::archives::unchunked;
use crate::http::Ask;
use crate::world::{World, faxed, written_in};

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
