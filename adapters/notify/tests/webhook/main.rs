//! Webhooks against receivers that answer, that answer badly, and that do not answer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod receiver;

use std::net::IpAddr;
use std::time::Duration;

use notify::{Egress, HttpCourier, Network, Times, client_config};
use ports::{Courier, CourierError, PARCEL_MAX, Parcel, Receipt};
use receiver::Receiver;

fn courier(egress: Egress, times: Times) -> HttpCourier {
    HttpCourier::new(egress, client_config().unwrap(), times, "Strowger/test")
}

fn here() -> Egress {
    let v4 = Network::new(IpAddr::from([127, 0, 0, 0]), 8).unwrap();
    Egress::with_allowed(vec![v4])
}

fn to(url: String) -> Parcel {
    Parcel {
        url,
        headers: vec![("webhook-id", "evt_1".to_owned())],
        body: br#"{"type":"ping"}"#.to_vec(),
    }
}

async fn answered(answer: &'static str) -> Result<Receipt, CourierError> {
    let receiver = Receiver::start(answer).await;
    let courier = courier(here(), Times::default());
    courier.deliver(to(receiver.url("/hook"))).await
}

#[tokio::test]
async fn a_parcel_arrives_whole_with_its_headers() {
    let mut receiver = Receiver::start("HTTP/1.1 204 No Content\r\n\r\n").await;
    let courier = courier(here(), Times::default());
    let receipt = courier.deliver(to(receiver.url("/hook?tenant=a"))).await;
    assert_eq!(
        receipt,
        Ok(Receipt {
            status: 204,
            retry_after: None
        })
    );
    let request = receiver.request().await;
    assert!(
        request.starts_with("POST /hook?tenant=a HTTP/1.1\r\n"),
        "{request}"
    );
    let host = format!("host: {}\r\n", receiver.at);
    assert!(request.contains(&host), "{request}");
    assert!(request.contains("webhook-id: evt_1\r\n"), "{request}");
    assert!(
        request.contains("user-agent: Strowger/test\r\n"),
        "{request}"
    );
    assert!(request.ends_with(r#"{"type":"ping"}"#), "{request}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Receiver::start("HTTP/1.1 204 No Content\r\n\r\n").await;
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: {}\r\n\r\n", other.url("/"));
    let receiver = Receiver::start(answer.leak()).await;
    let courier = courier(here(), Times::default());
    let receipt = courier.deliver(to(receiver.url("/"))).await.unwrap();
    assert_eq!(receipt.status, 302);
    assert!(other.is_untouched());
}

#[tokio::test]
async fn a_receiver_may_say_when_to_come_again_but_not_in_a_year() {
    let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n";
    let receipt = answered(busy).await.unwrap();
    assert_eq!(receipt.retry_after, Some(Duration::from_secs(120)));
    let year = "HTTP/1.1 503 Busy\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n";
    let receipt = answered(year).await.unwrap();
    assert_eq!(receipt.retry_after, Some(Duration::from_secs(24 * 3600)));
}

#[tokio::test]
async fn a_receiver_that_answers_no_http_or_too_much_of_it_is_not_reached() {
    let refused = answered("220 sink ESMTP\r\n").await;
    assert!(
        matches!(refused, Err(CourierError::Unreachable { .. })),
        "{refused:?}"
    );
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let refused = answered(long.leak()).await;
    assert!(
        matches!(refused, Err(CourierError::Unreachable { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_and_its_status_counts() {
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(5_000_000));
    assert_eq!(answered(endless.leak()).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_left_in_bounded_time() {
    let receiver = Receiver::start("").await;
    let whole = Duration::from_millis(50);
    let times = Times {
        whole,
        ..Times::default()
    };
    let refused = courier(here(), times).deliver(to(receiver.url("/"))).await;
    assert_eq!(refused, Err(CourierError::TimedOut));
}

#[tokio::test]
async fn an_inside_address_is_refused_however_it_is_written() {
    let receiver = Receiver::start("HTTP/1.1 204 No Content\r\n\r\n").await;
    let courier = courier(Egress::default(), Times::default());
    let port = receiver.at.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let url = format!("http://{host}:{port}/");
        let refused = courier.deliver(to(url)).await;
        assert_eq!(refused, Err(CourierError::Forbidden), "{host}");
    }
    let metadata = "http://169.254.169.254/latest/meta-data/".to_owned();
    assert_eq!(
        courier.deliver(to(metadata)).await,
        Err(CourierError::Forbidden)
    );
    assert!(receiver.is_untouched());
}

#[tokio::test]
async fn a_receiver_without_tls_is_not_reached_by_https() {
    let receiver = Receiver::start("HTTP/1.1 204 No Content\r\n\r\n").await;
    let url = receiver.url("/").replace("http://", "https://");
    let refused = courier(here(), Times::default()).deliver(to(url)).await;
    assert!(
        matches!(refused, Err(CourierError::Unreachable { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is_resolved() {
    let courier = courier(Egress::default(), Times::default());
    for url in [
        "",
        "hook",
        "ftp://example.net/",
        "https://user@example.net/",
        "http://",
    ] {
        let refused = courier.deliver(to(url.to_owned())).await;
        assert!(
            matches!(refused, Err(CourierError::Invalid { .. })),
            "{url}: {refused:?}"
        );
    }
    let body = vec![b'x'; PARCEL_MAX + 1];
    let long = Parcel {
        body,
        ..to("https://example.net/".to_owned())
    };
    let refused = courier.deliver(long).await;
    assert!(
        matches!(refused, Err(CourierError::Invalid { .. })),
        "{refused:?}"
    );
}
