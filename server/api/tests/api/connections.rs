//! Connections: how many, how long, and how they end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::{Kind, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::http::{Ask, Reply};
use crate::world::{world, world_with};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn several_requests_may_share_a_connection() {
    let world = world().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let keep = "GET /healthz HTTP/1.1\r\nHost: pbx\r\n\r\n";
    let close = "GET /healthz HTTP/1.1\r\nHost: pbx\r\nConnection: close\r\n\r\n";
    stream
        .write_all(format!("{keep}{keep}{close}").as_bytes())
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let world = world_with(Limits {
        head_time: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    for begun in [
        "",
        "GET /healthz HT",
        "GET /healthz HTTP/1.1\r\nHost: pbx\r\n",
    ] {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let ended = timeout(LONG, stream.read_to_end(&mut rest)).await;
        ended.expect("the connection ends").unwrap();
        assert!(!rest.starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let world = world_with(Limits {
        request_time: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: pbx\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{{\"number\"",
        world.acme.path("extensions"),
        world.acme.key,
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let reply = timeout(LONG, Reply::read(&mut stream))
        .await
        .expect("an end");
    reply.unwrap().refuses(Kind::TooSlow);
}

#[tokio::test]
async fn a_head_beyond_the_bounds_is_refused() {
    let world = world().await;
    let many = (0..100).fold(Ask::get("/healthz"), |ask, n| {
        ask.with(&format!("X-{n}"), "y")
    });
    assert_eq!(many.send(world.address).await.status, 431);
    let long = Ask::get("/healthz").with("X-Long", &"y".repeat(30_000));
    assert_eq!(long.send(world.address).await.status, 431);
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream
        .write_all(b"INVITE sip:101@acme.example SIP/2.0\r\n\r\n")
        .await
        .unwrap();
    let reply = timeout(LONG, Reply::read(&mut stream))
        .await
        .expect("an end");
    assert_eq!(reply.unwrap().status, 400);
}

#[tokio::test]
async fn a_connection_beyond_the_bound_waits_for_another_to_end() {
    let world = world_with(Limits {
        connections: 1,
        ..Limits::default()
    })
    .await;
    let mut first = TcpStream::connect(world.address).await.unwrap();
    first
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: pbx\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    first.read_exact(&mut byte).await.unwrap();
    let address = world.address;
    let mut second = tokio::spawn(async move { Ask::get("/healthz").send(address).await });
    let early = timeout(Duration::from_millis(50), &mut second).await;
    assert!(early.is_err(), "answered while the first was open");
    drop(first);
    let reply = timeout(LONG, second).await.expect("an answer").unwrap();
    reply.is(200);
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_let_go() {
    let world = world_with(Limits {
        connections: 1,
        request_time: Duration::from_millis(100),
        ..Limits::default()
    })
    .await;
    let mut greedy = TcpStream::connect(world.address).await.unwrap();
    let ask = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: pbx\r\n\r\n".repeat(200);
    greedy.write_all(ask.as_bytes()).await.unwrap();
    // there is room for one connection: this one is answered when the other was ended
    let ask = Ask::get("/healthz");
    let reply = timeout(LONG, ask.send(world.address))
        .await
        .expect("an answer");
    reply.is(200);
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_end_and_nothing_new_begin() {
    let mut world = world().await;
    let door = Arc::new(Semaphore::new(0));
    *world.live.door.lock().unwrap() = Some(door.clone());
    let (ask, address) = (
        Ask::get(&world.acme.path("calls")).key(&world.acme.key),
        world.address,
    );
    let under_way = tokio::spawn(async move { ask.send(address).await });
    let mut idle = TcpStream::connect(world.address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: pbx\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    idle.read_exact(&mut byte).await.unwrap();
    while world.live.asked.load(Ordering::SeqCst) == 0 {
        yield_now().await;
    }
    world.stop.take().unwrap().send(()).unwrap();
    let mut rest = Vec::new();
    let ended = timeout(LONG, idle.read_to_end(&mut rest)).await;
    ended.expect("an idle connection is ended").unwrap();
    assert!(TcpStream::connect(world.address).await.is_err());
    assert!(!world.served.is_finished());
    door.add_permits(1);
    under_way.await.unwrap().is(200);
    timeout(LONG, world.served).await.expect("the end").unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_a_request_may_take() {
    let mut world = world_with(Limits {
        request_time: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let mut begun = TcpStream::connect(world.address).await.unwrap();
    begun.write_all(b"GET /healthz HT").await.unwrap();
    world.stop.take().unwrap().send(()).unwrap();
    timeout(LONG, world.served).await.expect("the end").unwrap();
}
