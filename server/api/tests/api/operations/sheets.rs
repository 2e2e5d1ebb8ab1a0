//! Sheets, out and in.

use serde_json::json;

use crate::http::Ask;
use crate::world::World;

/// What is exported can be imported, and changes nothing; with a bad row nothing is changed either.
pub(super) async fn sheets(world: &World) {
    let acme = &world.acme;
    for kind in [
        "extensions",
        "devices",
        "roles",
        "users",
        "webhooks",
        "holds",
        "sso",
        "trunks",
        "inbound_routes",
        "outbound_routes",
    ] {
        let (export, import) = (format!("export/{kind}"), format!("import/{kind}"));
        let sheet = world.operator(Ask::get(&acme.path(&export))).await.is(200);
        assert_eq!(sheet.header("content-type"), Some("text/csv"));
        let again = Ask::post(&acme.path(&import)).body("text/csv", &sheet.body);
        let kept = world.operator(again).await.is(200).json();
        assert_eq!(
            (&kept["created"], &kept["changed"]),
            (&json!(0), &json!(0)),
            "{kind}"
        );
        assert!(kept["kept"].as_u64() > Some(0), "{kind}");
    }
    let sheet = b"username,extension\nacme-301,101\nacme-302,999\nacme 303,101\n";
    let trial = acme.path("import/devices?dry_run=true");
    let told = world
        .operator(Ask::post(&trial).body("text/csv", sheet))
        .await
        .is(200);
    let told = told.json();
    let bad = json!([
        {"line": 3, "column": "extension", "rule": "must be an existing extension"},
        {"line": 4, "column": "username", "rule": "must be 1 to 64 letters, digits or . _ -"},
    ]);
    assert_eq!((&told["applied"], &told["bad"]), (&json!(false), &bad));
    let real = Ask::post(&acme.path("import/devices")).body("text/csv", sheet);
    let refused = world.operator(real).await.refuses(api::Kind::Invalid);
    assert_eq!(refused.json()["rows"], bad);
    let good = b"username;extension\r\nacme-301;101\r\n";
    let good = Ask::post(&acme.path("import/devices")).body("text/csv", good);
    let good = good.with("Idempotency-Key", "sheet");
    let made = world.operator(good.clone()).await.is(200).json();
    assert_eq!(made["rows"][0]["secret"].as_str().map(str::len), Some(24));
    let again = world.operator(good).await.is(200).json();
    assert_eq!(
        (&again["created"], &again["rows"][0]["secret"]),
        (&json!(1), &json!(null))
    );
}
