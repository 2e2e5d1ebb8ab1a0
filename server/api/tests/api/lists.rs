//! Lists in pages, filtered and sorted.

use std::collections::BTreeSet;

use ids::{CallId, CdrId, DeviceId};
use machine::WallTime;
use serde_json::{Value, json};

use crate::exchange::{call, registration};
use crate::http::Ask;
use crate::world::{Company, NOON, World, record, world};

/// All items of a list, page after page, and the number of pages.
async fn walk(world: &World, company: &Company, path: &str) -> (Vec<Value>, usize) {
    let (mut items, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let glue = if path.contains('?') { '&' } else { '?' };
        let page = company.path(&format!("{path}{glue}limit=3{after}"));
        let page = world.tenant(company, Ask::get(&page)).await.is(200).json();
        let page_items = page["items"].as_array().unwrap();
        assert!(page_items.len() <= 3);
        items.extend(page_items.iter().cloned());
        pages += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (items, pages),
        }
    }
}

#[tokio::test]
async fn every_list_gives_each_item_once_page_after_page() {
    let world = world().await;
    let acme = &world.acme;
    for n in 0..6 {
        let spec = json!({"number": format!("+49*{n}#")});
        world
            .tenant(acme, Ask::post(&acme.path("extensions")).json(&spec))
            .await
            .is(201);
        let spec = json!({"username": format!("phone-{n}"), "extension": "101"});
        world
            .tenant(acme, Ask::post(&acme.path("devices")).json(&spec))
            .await
            .is(201);
        let id = u128::from(n + 1_u8);
        let cdr = record(
            CdrId::from_u128(id),
            CallId::from_u128(id),
            acme.id,
            acme.extension,
            "7",
        );
        world.store.write_cdrs(vec![cdr]).await.unwrap();
        let mut calls = world.live.calls.lock().unwrap();
        calls
            .get_mut(&acme.id)
            .unwrap()
            .push(call(CallId::from_u128(id), "101", "102"));
        let mut bound = world.live.registrations.lock().unwrap();
        let contact = format!("sip:phone@192.0.2.{n}");
        bound
            .get_mut(&acme.id)
            .unwrap()
            .push(registration(DeviceId::from_u128(1), &contact));
    }
    for (path, own) in [
        ("extensions", "number"),
        ("extensions?sort=name", "number"),
        ("devices", "username"),
        ("devices?sort=name", "username"),
        ("cdrs", "id"),
        ("calls", "id"),
        ("registrations", "contact"),
    ] {
        let (items, pages) = walk(&world, acme, path).await;
        assert_eq!((items.len(), pages), (7, 3), "{path}");
        let names: Vec<&str> = items
            .iter()
            .map(|item| item[own].as_str().unwrap())
            .collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 7, "{path}");
        if path.ends_with("sort=name") {
            assert!(names.is_sorted(), "{path}: {names:?}");
        }
    }
    let (entries, _) = walk(&world, acme, "audit").await;
    let ids: BTreeSet<&str> = entries
        .iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), entries.len());
    assert!(entries.len() > 12);
}

#[tokio::test]
async fn tokens_come_in_pages_too() {
    let world = world().await;
    for n in 0..5 {
        let body = json!({"name": format!("key {n}")});
        world
            .operator(Ask::post("/api/v1/tokens").json(&body))
            .await
            .is(201);
    }
    let first = world
        .operator(Ask::get("/api/v1/tokens?limit=9"))
        .await
        .is(200)
        .json();
    let path = format!(
        "/api/v1/tokens?limit=9&after={}",
        first["next"].as_str().unwrap()
    );
    let second = world.operator(Ask::get(&path)).await.is(200).json();
    assert_eq!(first["items"].as_array().unwrap().len(), 9);
    // the operator's own and the five; two of each company's and each reseller's
    assert_eq!(second["items"].as_array().unwrap().len(), 9);
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn call_records_are_found_by_time_number_extension_and_call() {
    let world = world().await;
    let acme = &world.acme;
    let mut late = record(
        CdrId::from_u128(9),
        CallId::from_u128(9),
        acme.id,
        acme.extension,
        "+4930123",
    );
    late.started = WallTime::from_unix_ms(NOON.unix_ms() + 3_600_000);
    late.caller.extension = None;
    world.store.write_cdrs(vec![late.clone()]).await.unwrap();
    let (early, late) = (acme.cdr.to_string(), late.id.to_string());
    let both = [late.as_str(), early.as_str()];
    let call = CallId::from_u128(9).to_string();
    let own = acme.extension.to_string();
    let table: Vec<(String, &[&str])> = vec![
        (String::new(), &both),
        (
            "from=2025-11-24T16:00:00Z&until=2025-11-24T17:00:00.000Z".to_owned(),
            &both[1..],
        ),
        ("from=2025-11-24T18:00:00%2B01:00".to_owned(), &both[..1]),
        ("from=2025-11-24T18:00:00+01:00".to_owned(), &both[..1]),
        ("until=2025-11-24T16:00:00Z".to_owned(), &[]),
        ("number=%2B4930123".to_owned(), &both[..1]),
        ("number=*43".to_owned(), &both),
        ("number=4930123".to_owned(), &[]),
        ("extension=101".to_owned(), &both[1..]),
        (format!("extension={own}"), &both[1..]),
        (format!("extension={own}&number=%2B4930123"), &[]),
        ("extension=nobody".to_owned(), &[]),
        (format!("call={call}"), &both[..1]),
    ];
    for (query, expected) in table {
        let path = acme.path(&format!("cdrs?{query}"));
        let found = world.tenant(acme, Ask::get(&path)).await.is(200).json();
        let found: Vec<&str> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["id"].as_str().unwrap())
            .collect();
        assert_eq!(found, expected, "{query}");
    }
}
