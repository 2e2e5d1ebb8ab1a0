//! Radio stations that send, that send their listeners on, and that refuse them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../webhook/receiver.rs"]
mod receiver;

use std::io::Read;
use std::time::Duration;

use notify::{Egress, HttpRadio, Network, RADIO_TIMES, Times, client_config};
use ports::CourierError;
use receiver::Receiver;

fn radio(egress: Egress, times: Times) -> HttpRadio {
    HttpRadio::new(egress, client_config().unwrap(), times, "Strowger/test")
}

fn inside() -> Egress {
    Egress::with_allowed(vec![Network::new("127.0.0.0".parse().unwrap(), 8).unwrap()])
}

/// All that a stream has, with what it is said to be, read on a thread that may wait.
async fn heard(radio: HttpRadio, url: String) -> Result<(Vec<u8>, Option<String>), CourierError> {
    let listened = tokio::task::spawn_blocking(move || {
        let mut stream = radio.open(&url)?;
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).unwrap();
        Ok((octets, stream.media_type().map(str::to_owned)))
    });
    listened.await.unwrap()
}

#[tokio::test]
async fn a_stream_is_read_until_the_station_ends_it() {
    let answer = "HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg; x=1\r\nicy-br: 128\r\n\r\nsound";
    let mut station = Receiver::start(answer).await;
    let came = heard(radio(inside(), RADIO_TIMES), station.url("/live?q=1")).await;
    let (octets, media_type) = came.unwrap();
    assert_eq!(
        (&*octets, media_type.as_deref()),
        (&b"sound"[..], Some("audio/mpeg"))
    );
    let request = station.request().await;
    assert!(
        request.starts_with("GET /live?q=1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        !request.to_ascii_lowercase().contains("icy-metadata"),
        "{request}"
    );
}

#[tokio::test]
async fn a_station_inside_the_operators_network_is_not_even_connected_to() {
    let station = Receiver::start("HTTP/1.0 200 OK\r\n\r\nsecrets").await;
    let came = heard(radio(Egress::default(), RADIO_TIMES), station.url("/")).await;
    assert_eq!(came, Err(CourierError::Forbidden));
    assert!(station.is_untouched());
}

#[tokio::test]
async fn where_a_station_sends_its_listeners_on_is_judged_as_well() {
    let metadata = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\n\r\n";
    let station = Receiver::start(metadata).await;
    let came = heard(radio(inside(), RADIO_TIMES), station.url("/")).await;
    assert_eq!(came, Err(CourierError::Forbidden));
    let file = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n";
    let station = Receiver::start(file).await;
    let came = heard(radio(inside(), RADIO_TIMES), station.url("/")).await;
    assert!(
        matches!(came, Err(CourierError::Invalid { .. })),
        "{came:?}"
    );
}

#[tokio::test]
async fn a_station_that_sends_its_listeners_in_circles_is_left() {
    let circle = "HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
    let mut station = Receiver::start(circle).await;
    let came = heard(radio(inside(), RADIO_TIMES), station.url("/")).await;
    assert!(
        matches!(came, Err(CourierError::Unreachable { .. })),
        "{came:?}"
    );
    for _ in 0..4 {
        station.request().await;
    }
}

#[tokio::test]
async fn a_station_that_refuses_or_says_nothing_is_no_stream() {
    let station = Receiver::start("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
    let came = heard(radio(inside(), RADIO_TIMES), station.url("/")).await;
    assert!(
        matches!(came, Err(CourierError::Unreachable { .. })),
        "{came:?}"
    );
    let mute = Receiver::start("").await;
    let times = Times {
        whole: Duration::from_millis(200),
        ..RADIO_TIMES
    };
    let came = heard(radio(inside(), times), mute.url("/")).await;
    assert_eq!(came, Err(CourierError::TimedOut));
}
