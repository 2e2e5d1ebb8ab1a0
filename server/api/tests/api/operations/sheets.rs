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
        "rate_decks",
        "trunks",
        "schedules",
        "emergency_locations",
        "signing_keys",
        "sites",
        "sounds",
        "music",
        "inbound_routes",
        "outbound_routes",
        "toll_guards",
        "containments",
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
    of_accounts(world).await;
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

/// An account's numbers come by ranges, and name companies by their domains. Its plans have
/// sheets, too.
async fn of_accounts(world: &World) {
    let sheet = format!(
        "number,tenant,state\n+493055560-+493055562,{},assigned\n+493055570,,\n",
        world.acme.domain
    );
    let import = |path: &str, sheet: &[u8]| Ask::post(path).body("text/csv", sheet);
    let trial = import("/api/v1/import/numbers?dry_run=true", sheet.as_bytes());
    let told = world.operator(trial).await.is(200).json();
    assert_eq!(
        (&told["applied"], &told["created"]),
        (&json!(false), &json!(4))
    );
    let real = import("/api/v1/import/numbers", sheet.as_bytes());
    let made = world.operator(real).await.is(200).json();
    assert_eq!(
        (&made["applied"], &made["created"]),
        (&json!(true), &json!(4))
    );
    let lines = Ask::get(&world.acme.path("lines"));
    let lines = world.tenant(&world.acme, lines).await.is(200).json();
    assert_eq!(lines["numbers"].as_array().map(Vec::len), Some(3));
    for kind in ["numbers", "plans"] {
        let export = Ask::get(&format!("/api/v1/export/{kind}"));
        let sheet = world.operator(export).await.is(200);
        let again = import(&format!("/api/v1/import/{kind}"), &sheet.body);
        let kept = world.operator(again).await.is(200).json();
        let sums = (&kept["created"], &kept["changed"]);
        assert_eq!(sums, (&json!(0), &json!(0)), "{kind}");
        assert!(kept["kept"].as_u64() > Some(0), "{kind}");
    }
    let wrong = b"number,tenant\n+493055562-+493055563,nobody.example\n+493055580-+493055579,\n";
    let refused = world
        .operator(import("/api/v1/import/numbers", wrong))
        .await;
    let refused = refused.refuses(api::Kind::Invalid).json();
    assert_eq!(refused["rows"][0]["rule"], "must be an existing tenant");
    assert_eq!(refused["rows"].as_array().map(Vec::len), Some(2));
    for number in ["+493055560", "+493055561", "+493055562", "+493055570"] {
        let gone = Ask::delete(&format!("/api/v1/numbers/{number}"));
        world.operator(gone).await.is(204);
    }
}
