//! Bodies that cannot be read, or break a rule.

use api::Kind;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::http::{Ask, Reply};
use crate::openapi::described;
use crate::world::{world, world_with};

#[tokio::test]
async fn what_is_no_json_is_refused_by_every_operation_that_reads_a_body() {
    // so many questions would meet the rate of the operator's key
    let world = world_with(api::Limits {
        operator_rate: 100_000,
        ..api::Limits::default()
    })
    .await;
    let json =
        |schema: &String| !["Sheet", "Archive", "Recording", "Document"].contains(&schema.as_str());
    for operation in described()
        .iter()
        .filter(|one| one.body.as_ref().is_some_and(json))
    {
        let path = world.path_of(&operation.path);
        // who enters a company it alone decides
        let key = match operation.name.as_str() {
            "setSupportPolicy" => &world.acme.key,
            _ => &world.operator,
        };
        let ask = || Ask::new(&operation.method, &path).if_match("*").key(key);
        let send = async |ask: Ask| ask.send(world.address).await;
        let deep = [b"[".repeat(3_000), b"]".repeat(3_000)].concat();
        for body in [
            &b"{\"a\":"[..],
            b"",
            b"\xff\xfe",
            b"{} {}",
            b"{'a': 1}",
            b"NaN",
            &deep,
        ] {
            let reply = send(ask().body("application/json", body)).await;
            reply.refuses(Kind::Malformed);
        }
        for body in [json!([]), json!("x"), json!(1), json!(null)] {
            let reply = send(ask().json(&body)).await.refuses(Kind::Invalid);
            assert_eq!(reply.blames(), "", "{path} {body}");
        }
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "",
            "json",
        ] {
            let reply = send(ask().body(media_type, b"{}")).await;
            reply.refuses(Kind::UnsupportedMediaType);
        }
    }
}

#[tokio::test]
async fn a_media_type_may_have_parameters_and_any_case() {
    let world = world().await;
    let path = world.acme.path("extensions");
    let spec = br#"{"number": "333"}"#;
    let ask = Ask::post(&path).body("Application/JSON; charset=utf-8", spec);
    world.tenant(&world.acme, ask).await.is(201);
    // a whole is no merge patch
    let ask = Ask::post(&path).body("application/merge-patch+json", spec);
    world
        .tenant(&world.acme, ask)
        .await
        .refuses(Kind::UnsupportedMediaType);
}

#[tokio::test]
async fn a_refused_field_is_named_by_its_pointer() {
    let world = world().await;
    let acme = &world.acme;
    let table = [
        ("extensions", json!({}), "/number"),
        (
            "extensions",
            json!({"number": "1", "color": "red"}),
            "/color",
        ),
        (
            "extensions",
            json!({"number": "1", "ring_seconds": 4}),
            "/ring_seconds",
        ),
        (
            "extensions",
            json!({"number": "1", "ring_seconds": -1}),
            "/ring_seconds",
        ),
        (
            "extensions",
            json!({"number": "1", "destination": "moon"}),
            "/destination",
        ),
        ("extensions", json!({"number": "1", "a/b~c": 1}), "/a~1b~0c"),
        ("extensions", json!({"number": "no blanks"}), "/number"),
        ("extensions", json!({"number": "1", "id": "ext_1"}), "/id"),
        ("devices", json!({"username": "x"}), "/extension"),
        (
            "devices",
            json!({"username": "x", "extension": "999"}),
            "/extension",
        ),
        (
            "devices",
            json!({"username": "x", "extension": "101", "secret": "short"}),
            "/secret",
        ),
        (
            "devices",
            json!({"username": "x", "extension": "101", "secret": 1}),
            "/secret",
        ),
        (
            "devices",
            json!({"username": "x", "extension": "101", "address": "tel:1"}),
            "/address",
        ),
        (
            "devices",
            json!({"username": "x", "extension": "101", "trusted_source": "host"}),
            "/trusted_source",
        ),
    ];
    for (part, body, pointer) in table {
        let ask = Ask::post(&acme.path(part)).json(&body);
        let reply = world.tenant(acme, ask).await.refuses(Kind::Invalid);
        assert_eq!(reply.blames(), pointer, "{body}");
    }
    let table = [
        ("tenants", json!({"domains": []}), "/domains"),
        (
            "tenants",
            json!({"domains": ["a.example", "b_.example"]}),
            "/domains/1",
        ),
        (
            "tenants",
            json!({"domains": ["a.example"], "caps": {"x": 1}}),
            "/caps",
        ),
        ("tokens", json!({"name": ""}), "/name"),
        (
            "tokens",
            json!({"name": "x", "tenant": "nobody.example"}),
            "/tenant",
        ),
        (
            "tokens",
            json!({"name": "x", "expires": "tomorrow"}),
            "/expires",
        ),
        (
            "tokens",
            json!({"name": "x", "expires": "2020-01-01T00:00:00Z"}),
            "/expires",
        ),
        ("tokens", json!({"name": "x", "role": "operator"}), "/role"),
    ];
    for (part, body, pointer) in table {
        let ask = Ask::post(&format!("/api/v1/{part}")).json(&body);
        let reply = world.operator(ask).await.refuses(Kind::Invalid);
        assert_eq!(reply.blames(), pointer, "{body}");
    }
}

#[tokio::test]
async fn a_taken_name_and_a_thing_in_use_are_conflicts() {
    let world = world().await;
    let acme = &world.acme;
    let ask = Ask::post(&acme.path("extensions")).json(&json!({"number": "101"}));
    let reply = world.tenant(acme, ask).await.refuses(Kind::Taken);
    assert_eq!(reply.blames(), "/number");
    let ask = Ask::delete(&acme.path("extensions/101"));
    let reply = world.tenant(acme, ask).await.refuses(Kind::InUse);
    let device = acme.device.to_string();
    assert_eq!(
        reply.json()["in_use"],
        json!({
            "by": [{
                "kind": "device", "id": device, "name": acme.username, "field": "/extension"
            }],
            "more": 0
        })
    );
    let users = world.tenant(acme, Ask::get(&acme.path("extensions/101/used-by")));
    let users = users.await.is(200).json();
    assert_eq!(users["items"], reply.json()["in_use"]["by"]);
    assert_eq!(users["next"], Value::Null);
    let path = format!("/api/v1/tenants/{}", acme.id);
    world
        .operator(Ask::delete(&path))
        .await
        .refuses(Kind::InUse);
    let ask = Ask::post("/api/v1/tenants").json(&json!({"domains": ["acme.example"]}));
    let reply = world.operator(ask).await.refuses(Kind::Taken);
    assert_eq!(reply.blames(), "/domains");
}

#[tokio::test]
async fn a_body_at_the_bound_is_read_and_one_beyond_it_is_not() {
    let world = world().await;
    let path = world.acme.path("extensions");
    let blanks = |length: usize| {
        let spec = br#"{"number": "444"}"#;
        [&spec[..], &b" ".repeat(length - spec.len())].concat()
    };
    let ask = Ask::post(&path).body("application/json", &blanks(65_537));
    world.tenant(&world.acme, ask).await.refuses(Kind::TooLarge);
    let ask = Ask::post(&path).body("application/json", &blanks(65_536));
    world.tenant(&world.acme, ask).await.is(201);
}

#[tokio::test]
async fn a_huge_body_is_refused_by_its_announcement_and_one_without_by_its_length() {
    let world = world().await;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: pbx\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\n",
        world.acme.path("extensions"),
        world.acme.key,
    );
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let announced = format!("{head}Content-Length: 99999999999\r\n\r\n");
    stream.write_all(announced.as_bytes()).await.unwrap();
    Reply::read(&mut stream)
        .await
        .unwrap()
        .refuses(Kind::TooLarge);
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let chunk = format!("10001\r\n{}\r\n", " ".repeat(0x10001));
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}");
    let _ = stream.write_all(chunked.as_bytes()).await;
    Reply::read(&mut stream)
        .await
        .unwrap()
        .refuses(Kind::TooLarge);
}

#[tokio::test]
async fn what_was_read_may_be_sent_back_whole_but_not_with_another_id() {
    let world = world().await;
    let acme = &world.acme;
    for part in ["extensions/101", "devices/acme-101"] {
        let path = acme.path(part);
        let read = world.tenant(acme, Ask::get(&path)).await.is(200);
        let mut view = read.json();
        let tag = read.header("etag").unwrap();
        let put = world
            .tenant(acme, Ask::put(&path).if_match(tag).json(&view))
            .await
            .is(200);
        assert_eq!(put.json()["revision"], 2);
        for (member, other) in [
            ("id", json!("x")),
            ("revision", json!(7)),
            ("tenant", json!(1)),
        ] {
            let kept = view[member].clone();
            view[member] = other;
            let ask = Ask::put(&path).if_match("*").json(&view);
            let reply = world.tenant(acme, ask).await.refuses(Kind::Invalid);
            assert_eq!(reply.blames(), format!("/{member}"));
            view[member] = kept;
        }
    }
}
