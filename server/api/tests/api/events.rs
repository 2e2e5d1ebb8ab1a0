//! The event log: listed, and followed over streams that begin where their readers stopped.

use std::time::Duration;

use api::{Kind, Limits};
use domain::Event;
use futures_util::StreamExt;
use ids::{DeviceId, EventId};
use ports::EVENTS_KEPT;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::http::Ask;
use crate::world::{Company, NOON, World, world, world_with};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// One frame of a stream.
#[derive(Debug, PartialEq)]
struct Sent {
    id: String,
    event: String,
    data: Value,
}

/// A reader of a stream.
struct Reader {
    stream: TcpStream,
    text: String,
}

impl Reader {
    async fn open(world: &World, company: &Company, query: &str, last: Option<u64>) -> Reader {
        let path = company.path(&format!("events/stream{query}"));
        let mut ask = Ask::get(&path).key(&company.key);
        if let Some(last) = last {
            ask = ask.with("Last-Event-ID", &last.to_string());
        }
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        stream.write_all(&ask.bytes()).await.unwrap();
        let text = String::new();
        let mut reader = Reader { stream, text };
        let head = reader.frame().await.unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        reader
    }

    /// The text up to the next empty line; `None` at the end of the stream.
    async fn frame(&mut self) -> Option<String> {
        loop {
            let whole = self.text.replace("\r\n", "\n");
            if let Some((frame, rest)) = whole.split_once("\n\n") {
                let frame = frame.to_owned();
                self.text = rest.to_owned();
                return Some(frame);
            }
            let mut buffer = [0; 4_096];
            let read = timeout(PATIENCE, self.stream.read(&mut buffer));
            let length = read.await.expect("a frame in time").unwrap_or(0);
            if length == 0 {
                return None;
            }
            self.text
                .push_str(str::from_utf8(&buffer[..length]).unwrap());
        }
    }

    /// The next event; comments and the sizes of chunks between are skipped.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            let frame = self.frame().await?;
            let line = |name: &str| {
                let found = frame.lines().find_map(|line| line.strip_prefix(name));
                found.map(str::to_owned)
            };
            if let Some(event) = line("event: ") {
                return Some(Sent {
                    id: line("id: ").unwrap(),
                    event,
                    data: serde_json::from_str(&line("data: ").unwrap()).unwrap(),
                });
            }
        }
    }
}

impl Reader {
    /// The data of the next event, which has no place in the log.
    async fn sound(&mut self) -> Value {
        loop {
            let frame = self.frame().await.unwrap();
            if frame.contains("event: ") {
                assert!(!frame.contains("id: "), "{frame}");
                let data = frame.lines().find_map(|line| line.strip_prefix("data: "));
                return serde_json::from_str(data.unwrap()).unwrap();
            }
        }
    }
}

async fn make(world: &World, company: &Company, number: &str) {
    let path = company.path("extensions");
    let ask = Ask::post(&path).json(&json!({ "number": number }));
    world.tenant(company, ask).await.is(201);
}

async fn listed(world: &World, company: &Company, query: &str) -> Value {
    let path = company.path(&format!("events{query}"));
    world.tenant(company, Ask::get(&path)).await.is(200).json()
}

#[tokio::test]
async fn a_company_reads_what_happened_in_it_piece_by_piece() {
    let world = world().await;
    make(&world, &world.acme, "150").await;
    let all = listed(&world, &world.acme, "").await;
    let last = all["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["type"], "resource.created");
    assert_eq!(last["data"]["spec"]["number"], "150");
    assert_eq!(last["tenant"], world.acme.id.to_string());
    assert_eq!(
        (&all["next"], &all["lost"]),
        (&all["latest"], &json!(false))
    );
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = listed(&world, &world.acme, &format!("?limit=1&after={after}")).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        if page["next"] == page["latest"] {
            break;
        }
        after = page["next"].as_u64().unwrap();
    }
    assert_eq!(seen, *all["items"].as_array().unwrap());
}

#[tokio::test]
async fn a_list_is_narrowed_to_types_and_families() {
    let world = world().await;
    let calls = listed(&world, &world.acme, "?types=call.*").await;
    let types: Vec<_> = calls["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["type"])
        .collect();
    assert!(!types.is_empty());
    assert!(
        types
            .iter()
            .all(|kind| kind.as_str().unwrap().starts_with("call.")),
        "{types:?}"
    );
    for (query, blamed) in [("?types=telex.*", "types"), ("?after=x", "after")] {
        let path = world.acme.path(&format!("events{query}"));
        let refused = world.tenant(&world.acme, Ask::get(&path)).await;
        assert_eq!(refused.refuses(Kind::InvalidParameter).blames(), blamed);
    }
}

#[tokio::test]
async fn a_reader_hears_what_happens_and_nothing_of_its_neighbour() {
    let world = world().await;
    let mut reader = Reader::open(&world, &world.acme, "", None).await;
    make(&world, &world.globex, "250").await;
    make(&world, &world.acme, "150").await;
    let heard = reader.next().await.unwrap();
    assert_eq!(heard.event, "resource.created");
    assert_eq!(heard.data["data"]["spec"]["number"], "150");
    assert_eq!(heard.id, heard.data["cursor"].to_string());
}

#[tokio::test]
async fn a_reader_that_comes_back_misses_nothing() {
    let world = world().await;
    let mut reader = Reader::open(&world, &world.acme, "", None).await;
    make(&world, &world.acme, "150").await;
    let first: u64 = reader.next().await.unwrap().id.parse().unwrap();
    drop(reader);
    make(&world, &world.acme, "151").await;
    make(&world, &world.acme, "152").await;
    let query = format!("?after={first}");
    for (query, last) in [("", Some(first)), (query.as_str(), None)] {
        let mut reader = Reader::open(&world, &world.acme, query, last).await;
        for number in ["151", "152"] {
            let heard = reader.next().await.unwrap();
            assert_eq!(heard.data["data"]["spec"]["number"], number);
        }
    }
}

#[tokio::test]
async fn a_stream_is_narrowed_to_types() {
    let world = world().await;
    let query = "?types=resource.deleted";
    let mut reader = Reader::open(&world, &world.acme, query, None).await;
    make(&world, &world.acme, "150").await;
    let path = world.acme.path("extensions/150");
    world.tenant(&world.acme, Ask::delete(&path)).await.is(204);
    assert_eq!(reader.next().await.unwrap().event, "resource.deleted");
}

#[tokio::test]
async fn a_reader_that_lost_its_place_is_told_where_it_goes_on() {
    let world = world().await;
    let event = |number: u64| {
        let id = EventId::new(number, 99);
        Event::of_registration(id, world.acme.id, DeviceId::new(1, 1), 1, NOON)
    };
    let many = (0..EVENTS_KEPT + 5).map(event).collect();
    world.store.write_events(many).await.unwrap();
    let mut reader = Reader::open(&world, &world.acme, "", Some(1)).await;
    let told = reader.next().await.unwrap();
    assert_eq!(
        (told.event.as_str(), &told.data["after"]),
        ("lost", &json!(1))
    );
    let resume = told.data["resume"].as_u64().unwrap();
    assert_eq!(told.id, resume.to_string());
    let next = reader.next().await.unwrap();
    assert_eq!(next.data["cursor"], resume + 1);
}

#[tokio::test]
async fn a_silent_stream_says_that_it_lives_and_ends_when_its_time_is_over() {
    let limits = Limits {
        stream_beat: Duration::from_millis(10),
        stream_life: Duration::from_millis(100),
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let mut reader = Reader::open(&world, &world.acme, "", None).await;
    let (mut beats, mut ended) = (0, false);
    while !ended {
        match reader.frame().await {
            Some(frame) => beats += usize::from(frame.contains(": still here")),
            None => ended = true,
        }
    }
    assert!(beats >= 1);
}

#[tokio::test]
async fn a_company_with_all_its_streams_open_leaves_room_for_its_neighbour() {
    let limits = Limits {
        streams_per_tenant: 2,
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let _open = [
        Reader::open(&world, &world.acme, "", None).await,
        Reader::open(&world, &world.acme, "", None).await,
    ];
    let path = world.acme.path("events/stream");
    let refused = world.tenant(&world.acme, Ask::get(&path)).await;
    refused.refuses(Kind::TooManyStreams);
    Reader::open(&world, &world.globex, "", None).await;
}

#[tokio::test]
async fn an_exchange_that_stops_ends_its_streams_at_once() {
    let mut world = world().await;
    let mut reader = Reader::open(&world, &world.acme, "", None).await;
    world.stop.take().unwrap().send(()).unwrap();
    while reader.frame().await.is_some() {}
    timeout(PATIENCE, world.served).await.unwrap().unwrap();
}

/// A WebSocket of a company, at a place in its log.
async fn socket(world: &World, company: &Company, query: &str) -> WebSocketStream<TcpStream> {
    let path = company.path(&format!("events/stream{query}"));
    let url = format!("ws://pbx.example{path}");
    let mut request = url.into_client_request().unwrap();
    let key = format!("Bearer {}", company.key).parse().unwrap();
    request.headers_mut().insert("authorization", key);
    let stream = TcpStream::connect(world.address).await.unwrap();
    let (socket, response) = client_async(request, stream).await.unwrap();
    assert_eq!(response.status(), 101);
    socket
}

/// The next message of text.
async fn message(socket: &mut WebSocketStream<TcpStream>) -> Value {
    loop {
        let next = timeout(PATIENCE, socket.next())
            .await
            .expect("a message in time");
        if let Message::Text(text) = next.unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

#[tokio::test]
async fn a_socket_tells_the_same_and_resumes_where_its_reader_stopped() {
    let world = world().await;
    let mut first = socket(&world, &world.acme, "").await;
    make(&world, &world.globex, "250").await;
    make(&world, &world.acme, "150").await;
    let heard = message(&mut first).await;
    assert_eq!(heard["type"], "resource.created");
    assert_eq!(heard["data"]["spec"]["number"], "150");
    drop(first);
    make(&world, &world.acme, "151").await;
    let query = format!("?after={}", heard["cursor"]);
    let mut second = socket(&world, &world.acme, &query).await;
    assert_eq!(message(&mut second).await["data"]["spec"]["number"], "151");
    let mut lost = socket(&world, &world.acme, "?after=999999").await;
    let told = message(&mut lost).await;
    assert_eq!(
        (&told["type"], &told["after"]),
        (&json!("lost"), &json!(999_999))
    );
}

#[tokio::test]
async fn what_is_no_handshake_is_refused_and_so_is_a_strangers() {
    let world = world().await;
    let path = world.acme.path("events/stream");
    let bare = || Ask::get(&path).with("Upgrade", "websocket");
    let refused = world.tenant(&world.acme, bare()).await;
    refused.refuses(Kind::Malformed);
    let key = bare().with("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
    let stranger = key.with("Sec-WebSocket-Version", "13");
    world
        .tenant(&world.globex, stranger)
        .await
        .refuses(Kind::NotFound);
}

/// What is told of how a company's one live call sounds.
async fn sound(reader: &mut Reader) -> Value {
    let told = reader.sound().await;
    assert_eq!(told["type"], "call.quality");
    assert_eq!(told["cursor"], 0, "it is in no log");
    told
}

#[tokio::test]
async fn a_reader_that_asks_hears_how_its_own_calls_sound_and_nothing_of_its_neighbours() {
    let world = world().await;
    for company in [&world.acme, &world.globex] {
        let query = "?types=call.quality&every=1";
        let mut reader = Reader::open(&world, company, query, None).await;
        let told = sound(&mut reader).await;
        assert_eq!(told["tenant"], company.id.to_string());
        assert_eq!(told["subject"], company.call.to_string());
        let leg = &told["data"]["legs"][0];
        assert_eq!(
            (&told["data"]["call"], &told["data"]["seconds"]),
            (&json!(company.call), &json!(5))
        );
        assert_eq!(leg["party"]["number"], company.number);
        let heard = &leg["received"];
        assert_eq!(
            (&heard["expected"], &heard["lost"]),
            (&json!(100), &json!(10))
        );
        assert_eq!(heard["mos_x100"], 250);
        assert_eq!(leg["sent"], Value::Null);
    }
}

#[tokio::test]
async fn how_calls_sound_is_told_beside_what_happens_and_only_while_there_is_news() {
    let world = world().await;
    let mut reader = Reader::open(&world, &world.acme, "?every=1", None).await;
    sound(&mut reader).await;
    make(&world, &world.acme, "150").await;
    // nothing new is known of the call in the steps between
    let heard = reader.next().await.unwrap();
    assert_eq!(heard.event, "resource.created");
    let mut socket = socket(&world, &world.acme, "?every=60").await;
    assert_eq!(message(&mut socket).await["type"], "call.quality");
}

#[tokio::test]
async fn how_calls_sound_is_told_to_whoever_may_read_records_and_says_how_often() {
    let world = world().await;
    let acme = &world.acme;
    for (query, blamed) in [
        ("?types=call.quality", "every"),
        ("?every=0", "every"),
        ("?every=61", "every"),
        ("?every=soon", "every"),
        ("?every=5&types=call.ended", "every"),
    ] {
        let path = acme.path(&format!("events/stream{query}"));
        let refused = world.tenant(acme, Ask::get(&path)).await;
        let refused = refused.refuses(Kind::InvalidParameter);
        assert_eq!(refused.blames(), blamed, "{query}");
    }
    let path = acme.path("tokens");
    let key = json!({"name": "wall", "scopes": ["event.read"]});
    let key = world.tenant(acme, Ask::post(&path).json(&key)).await;
    let key = key.is(201).member("key");
    let path = acme.path("events/stream?every=5");
    let refused = Ask::get(&path).key(&key).send(world.address).await;
    refused.refuses(Kind::Forbidden);
}

#[tokio::test]
async fn a_company_with_all_such_streams_open_leaves_room_for_its_neighbour() {
    let limits = Limits {
        sounding_per_tenant: 1,
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let _open = Reader::open(&world, &world.acme, "?every=9", None).await;
    let path = world.acme.path("events/stream?every=9");
    let refused = world.tenant(&world.acme, Ask::get(&path)).await;
    refused.refuses(Kind::TooManyStreams);
    Reader::open(&world, &world.acme, "", None).await;
    Reader::open(&world, &world.globex, "?every=9", None).await;
}
