//! Companies out into archives and in from them, over the API.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::{Kind, Limits};
use serde_json::{Value, json};
use store::MemoryStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::{Ask, Reply};
use crate::world::{World, world, world_over, world_with};

/// What archives are locked with.
pub(crate) const PASSPHRASE: &str = "seven wild geese fly north";

const BYTES: &str = "application/octet-stream";

/// A request that brings what is no archive.
pub(crate) fn archived(ask: Ask) -> Ask {
    bringing(ask, b"no archive")
}

fn bringing(ask: Ask, archive: &[u8]) -> Ask {
    ask.with("Archive-Passphrase", PASSPHRASE)
        .body(BYTES, archive)
}

fn bring(query: &str, archive: &[u8]) -> Ask {
    bringing(Ask::post(&format!("/api/v1/archives{query}")), archive)
}

fn look(archive: &[u8]) -> Ask {
    bringing(Ask::post("/api/v1/archives/look"), archive)
}

fn take_with(path: &str, records: bool) -> Ask {
    Ask::post(path).json(&json!({"passphrase": PASSPHRASE, "records": records}))
}

/// The bytes of a body that came in chunks; `None` when it broke off.
pub(crate) fn unchunked(reply: &Reply) -> Option<Vec<u8>> {
    let (mut rest, mut whole) = (reply.body.as_slice(), Vec::new());
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(end + 2..end + 2 + length)?);
        rest = rest.get(end + 4 + length..)?;
    }
}

/// Acme's archive, taken by itself.
async fn acmes(world: &World) -> Vec<u8> {
    let take = take_with(&world.acme.path("archive"), true);
    let taken = world.tenant(&world.acme, take).await.is(200);
    unchunked(&taken).expect("all of it")
}

/// Another exchange, in which nothing of this one is.
async fn elsewhere() -> World {
    let there = world_over(Arc::new(MemoryStore::new()), Limits::default()).await;
    for company in [&there.acme, &there.globex] {
        let hold = company.path(&format!("holds/{}", company.hold));
        there.operator(Ask::delete(&hold)).await.is(204);
        let gone = Ask::post(&company.path("erase"));
        there.operator(gone).await.is(200);
    }
    there
}

/// All operations on archives do their work.
pub(crate) async fn day(world: &World) {
    let archive = acmes(world).await;
    let seen = world.operator(look(&archive)).await.is(200).json();
    assert_eq!(seen["domains"], json!(["acme.example"]));
    let clone = bring("?as=clone&domains=second.example", &archive);
    let cloned = world.operator(clone).await.is(201);
    let at = format!("/api/v1/tenants/{}", cloned.member("tenant"));
    assert_eq!(cloned.header("location"), Some(at.as_str()));
    let third = json!({"domains": ["third.example"]});
    let third = Ask::post(&world.acme.path("clone")).json(&third);
    world.operator(third).await.is(201);
}

/// The entries of acme's audit trail about archives, by their actions.
async fn trail(world: &World) -> BTreeMap<String, Value> {
    let audit = world
        .tenant(&world.acme, Ask::get(&world.acme.path("audit?limit=500")))
        .await;
    let audit = audit.is(200).json();
    let entries = audit["items"].as_array().unwrap().iter();
    let told = entries.map(|entry| (entry["action"].as_str().unwrap().to_owned(), entry.clone()));
    told.filter(|(action, _)| action.starts_with("tenant.archive"))
        .collect()
}

#[tokio::test]
async fn a_company_takes_itself_out_and_its_trail_says_who_and_how_much() {
    let world = world().await;
    let take = take_with(&world.acme.path("archive"), true);
    let taken = world.tenant(&world.acme, take).await.is(200);
    assert_eq!(taken.header("content-type"), Some(BYTES));
    assert_eq!(
        taken.header("content-disposition"),
        Some("attachment; filename=\"acme.example.strowger\"")
    );
    let archive = unchunked(&taken).expect("all of it");
    assert!(archive.starts_with(b"strowger-archive"));
    let seen = world.operator(look(&archive)).await.is(200).json();
    assert_eq!(seen["tenant"], json!(world.acme.id));
    assert_eq!(seen["bytes"], json!(archive.len()));
    assert_eq!(seen["passwords_hold"], true);
    let told = trail(&world).await;
    let (began, ended) = (&told["tenant.archived"], &told["tenant.archive_ended"]);
    let who = Ask::get("/api/v1/whoami");
    let who = world.tenant(&world.acme, who).await.is(200).json();
    let who = format!("token {}", who["token"].as_str().unwrap());
    for entry in [began, ended] {
        assert_eq!(entry["actor"], who.as_str(), "{entry}");
    }
    assert_eq!(ended["after"]["whole"], true);
    assert_eq!(ended["after"]["taken"], seen["counts"]);
}

#[tokio::test]
async fn without_records_only_documents_go() {
    let world = world().await;
    let take = take_with(&world.acme.path("archive"), false);
    let taken = world.tenant(&world.acme, take).await.is(200);
    let archive = unchunked(&taken).unwrap();
    let counts = world.operator(look(&archive)).await.is(200).json()["counts"].clone();
    assert!(counts["documents"].as_u64() > Some(5), "{counts}");
    for none in ["versions", "audit", "cdrs", "events", "tokens"] {
        assert_eq!(counts[none], 0, "{none}: {counts}");
    }
}

#[tokio::test]
async fn a_company_comes_back_elsewhere_with_its_ids_and_records() {
    let (here, there) = (world().await, elsewhere().await);
    let archive = acmes(&here).await;
    let came = there.operator(bring("", &archive)).await.is(201).json();
    assert_eq!(came["tenant"], json!(here.acme.id));
    assert_eq!(came["passwords"], json!([]));
    let again = there.operator(bring("", &archive)).await;
    again.refuses(Kind::BadArchive);
    let device = here.acme.path(&format!("devices/{}", here.acme.device));
    let before = here.operator(Ask::get(&device)).await.is(200).json();
    let after = there.operator(Ask::get(&device)).await.is(200).json();
    assert_eq!(after, before);
    let cdr = here.acme.path(&format!("cdrs/{}", here.acme.cdr));
    there.operator(Ask::get(&cdr)).await.is(200);
    // its keys came with it
    let own = Ask::get(&here.acme.path("extensions")).key(&here.acme.key);
    own.send(there.address).await.is(200);
}

#[tokio::test]
async fn a_company_comes_in_under_another_domain() {
    let (here, there) = (world().await, elsewhere().await);
    let archive = acmes(&here).await;
    let came = there.operator(bring("?domains=acme.net,acme.org", &archive));
    assert_eq!(came.await.is(201).member("domain"), "acme.net");
    let moved = Ask::get("/api/v1/tenants/acme.org");
    assert_eq!(
        there.operator(moved).await.is(200).json()["id"],
        json!(here.acme.id)
    );
    let taken = there.operator(bring("?as=clone&domains=northco.example", &archive));
    assert_eq!(taken.await.refuses(Kind::Taken).blames(), "/domains");
}

#[tokio::test]
async fn what_is_no_whole_archive_leaves_nothing() {
    let (here, there) = (world().await, elsewhere().await);
    let archive = acmes(&here).await;
    let mut spoilt = archive.clone();
    let last = spoilt.len() - 1;
    spoilt[last] ^= 1;
    for bad in [
        &archive[..archive.len() - 9],
        &archive[..70],
        &archive[..20],
        b"",
        &spoilt,
    ] {
        let refused = there.operator(bring("", bad)).await;
        refused.refuses(Kind::BadArchive);
        there.operator(look(bad)).await.refuses(Kind::BadArchive);
    }
    let wrong = Ask::post("/api/v1/archives").with("Archive-Passphrase", "another passphrase");
    let wrong = there.operator(wrong.body(BYTES, &archive)).await;
    assert_eq!(
        wrong.refuses(Kind::BadArchive).blames(),
        "Archive-Passphrase"
    );
    let short = Ask::post("/api/v1/archives").with("Archive-Passphrase", "short");
    let short = there.operator(short.body(BYTES, &archive)).await;
    let short = short.refuses(Kind::InvalidParameter);
    assert_eq!(short.blames(), "Archive-Passphrase");
    let none = Ask::get("/api/v1/tenants/acme.example");
    there.operator(none).await.refuses(Kind::NotFound);
    there.operator(bring("", &archive)).await.is(201);
}

#[tokio::test]
async fn an_archive_beyond_the_bound_is_refused_by_its_name() {
    let limits = Limits {
        archive_bytes: 100,
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let archive = acmes(&world).await;
    let said = world.operator(look(&archive)).await.refuses(Kind::TooLarge);
    assert!(
        said.text().contains("100 bytes (archive_bytes)"),
        "{}",
        said.text()
    );
    // without a length that is said before
    let head = format!(
        "POST /api/v1/archives/look HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {}\r\nContent-Type: {BYTES}\r\nArchive-Passphrase: {PASSPHRASE}\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        world.operator,
        archive.len()
    );
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let sent = [head.as_bytes(), &archive, b"\r\n0\r\n\r\n"].concat();
    stream.write_all(&sent).await.unwrap();
    let said = Reply::read(&mut stream).await.unwrap();
    said.refuses(Kind::TooLarge);
}

#[tokio::test]
async fn whoever_sends_too_slowly_is_cut_off_and_the_next_has_the_place() {
    let limits = Limits {
        archives: 1,
        archive_grace: Duration::from_millis(20),
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let archive = acmes(&world).await;
    let whole = bringing(Ask::post("/api/v1/archives/look"), &archive).key(&world.operator);
    let whole = whole.bytes();
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(&whole[..whole.len() - 1]).await.unwrap();
    let said = Reply::read(&mut stream).await.unwrap();
    said.refuses(Kind::TooSlow);
    world.operator(look(&archive)).await.is(200);
}

/// Reads a figure of the exchange.
async fn figure(world: &World, name: &str) -> u64 {
    let text = Ask::get("/metrics").send(world.address).await.is(200);
    let line = text.text().lines().find(|line| line.starts_with(name));
    line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

/// Gives acme more than connections take on their way.
async fn grow(world: &World) {
    for start in (0..40_000).step_by(400) {
        let cdrs = (start..start + 400).map(|number: u128| {
            let id = ids::CdrId::from_u128(world.acme.id.as_u128() + (number << 64) + 9);
            crate::world::record(
                id,
                world.acme.call,
                world.acme.id,
                world.acme.extension,
                "101",
            )
        });
        world.store.write_cdrs(cdrs.collect()).await.unwrap();
    }
}

/// Asks for acme's archive, and reads no more than the beginning of the answer.
async fn begin(world: &World) -> TcpStream {
    let take = take_with(&world.acme.path("archive"), true).key(&world.acme.key);
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(&take.bytes()).await.unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stream
}

#[tokio::test]
async fn of_a_company_one_archive_is_taken_at_a_time() {
    let world = world().await;
    grow(&world).await;
    let reading = begin(&world).await;
    let take = || take_with(&world.acme.path("archive"), true);
    let second = world.tenant(&world.acme, take()).await;
    let second = second.refuses(Kind::TooManyArchives);
    assert!(second.header("retry-after").is_some());
    let other = take_with(&world.globex.path("archive"), true);
    world.tenant(&world.globex, other).await.is(200);
    assert_eq!(figure(&world, "strowger_archives ").await, 1);
    assert_eq!(figure(&world, "strowger_archives_refused_total ").await, 1);
    // whoever goes away leaves nothing behind
    drop(reading);
    while figure(&world, "strowger_archives ").await > 0 {
        tokio::task::yield_now().await;
    }
    let told = trail(&world).await;
    assert_eq!(told["tenant.archive_ended"]["after"]["whole"], false);
}

#[tokio::test]
async fn whoever_reads_too_slowly_is_cut_off() {
    let limits = Limits {
        archive_grace: Duration::from_millis(20),
        archive_rate: 1 << 40,
        ..Limits::default()
    };
    let world = world_with(limits).await;
    grow(&world).await;
    let mut reading = begin(&world).await;
    while figure(&world, "strowger_archives ").await > 0 {
        tokio::task::yield_now().await;
    }
    let mut rest = Vec::new();
    let _broken = reading.read_to_end(&mut rest).await;
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it did not end well");
}

#[tokio::test]
async fn a_plan_without_archives_lets_nobody_take_the_company_out() {
    let world = world().await;
    let plan = json!({"name": "small", "without": ["archives"]});
    world
        .operator(Ask::post("/api/v1/plans").json(&plan))
        .await
        .is(201);
    let sold = Ask::patch(&format!("/api/v1/tenants/{}", world.acme.id));
    let sold = sold.if_match("*").json(&json!({"plan": "small"}));
    world.operator(sold).await.is(200);
    let take = || take_with(&world.acme.path("archive"), true);
    let refused = world.tenant(&world.acme, take()).await;
    refused.refuses(Kind::NotInPlan);
    let clone = Ask::post(&world.acme.path("clone")).json(&json!({"domains": ["x.example"]}));
    world.operator(clone).await.refuses(Kind::NotInPlan);
}

#[tokio::test]
async fn what_the_plan_leaves_out_comes_along_and_is_named() {
    let world = world().await;
    let hook = json!({"name": "late", "url": "https://late.example/"});
    let hook = Ask::post(&world.acme.path("webhooks")).json(&hook);
    world.tenant(&world.acme, hook).await.is(201);
    let list = Ask::get(&world.acme.path("webhooks"));
    let hooks = world.tenant(&world.acme, list).await.is(200).json();
    let hooks = hooks["items"].as_array().unwrap().len();
    let plan = json!({"name": "small", "without": ["webhooks"]});
    let made = world.operator(Ask::post("/api/v1/plans").json(&plan));
    made.await.is(201);
    let sold = Ask::patch(&format!("/api/v1/tenants/{}", world.acme.id)).if_match("*");
    let sold = world.operator(sold.json(&json!({"plan": "small"})));
    sold.await.is(200);
    let clone = json!({"domains": ["third.example"]});
    let clone = Ask::post(&world.acme.path("clone")).json(&clone);
    let cloned = world.operator(clone).await.is(201).json();
    let said =
        format!("webhooks ({hooks}) came along and do nothing: the plan small leaves out webhooks");
    let notes = cloned["notes"].as_array().unwrap();
    assert!(notes.contains(&json!(said)), "{notes:?}");
}

#[tokio::test]
async fn a_reseller_clones_below_itself_within_its_limits_and_restores_nothing() {
    let world = world().await;
    let archive = acmes(&world).await;
    let north = async |ask: Ask| ask.key(&world.north.key).send(world.address).await;
    let restore = north(bring("", &archive)).await;
    assert_eq!(restore.refuses(Kind::InvalidParameter).blames(), "as");
    let came = north(bring(
        "?as=clone&domains=mine.example&suffix=mine",
        &archive,
    ))
    .await;
    let came = came.is(201).json();
    assert_eq!(came["passwords"][0]["username"], "acme-101.mine");
    let own = north(Ask::get("/api/v1/tenants/mine.example")).await;
    assert_eq!(own.is(200).json()["reseller"], json!(world.north.id));
    let other = Ask::get("/api/v1/tenants/mine.example").key(&world.south.key);
    other.send(world.address).await.refuses(Kind::NotFound);
    let limits = json!({"limits": {"tenants": 2}});
    let limits = Ask::patch("/api/v1/resellers/north")
        .if_match("*")
        .json(&limits);
    world.operator(limits).await.is(200);
    let further = north(bring(
        "?as=clone&domains=further.example&suffix=f",
        &archive,
    ))
    .await;
    further.refuses(Kind::Quota);
}

#[tokio::test]
async fn to_take_and_to_bring_are_permissions_of_their_own() {
    let world = world().await;
    let path = world.acme.path("tokens");
    for (scope, status) in [("*.read", 403), ("archive.take", 200)] {
        let key = json!({"name": scope, "scopes": [scope]});
        let made = world.tenant(&world.acme, Ask::post(&path).json(&key)).await;
        let key = made.is(201).member("key");
        let take = take_with(&world.acme.path("archive"), true).key(&key);
        take.send(world.address).await.is(status);
    }
    let archive = acmes(&world).await;
    let company = world.tenant(&world.acme, look(&archive)).await;
    company.refuses(Kind::NotFound);
    let clone = Ask::post(&world.acme.path("clone")).json(&json!({"domains": ["x.example"]}));
    world
        .tenant(&world.acme, clone)
        .await
        .refuses(Kind::Forbidden);
}
