//! Enquiries at servers that answer, that answer too much, and that must not be reached.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../webhook/receiver.rs"]
mod receiver;

use std::net::IpAddr;

use notify::{Egress, HttpEnquirer, Network, Times, client_config};
use ports::{Answered, CourierError, ENQUIRY_MAX, Enquirer, Enquiry};
use receiver::Receiver;

fn enquirer(egress: Egress) -> HttpEnquirer {
    let tls = client_config().unwrap();
    HttpEnquirer::new(egress, tls, Times::default(), "Strowger/test")
}

fn here() -> Egress {
    let v4 = Network::new(IpAddr::from([127, 0, 0, 0]), 8).unwrap();
    Egress::with_allowed(vec![v4])
}

fn get(url: String) -> Enquiry {
    Enquiry {
        url,
        authorization: None,
        form: None,
    }
}

#[tokio::test]
async fn a_document_is_read_whole() {
    let mut server = Receiver::start("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
    let answered = enquirer(here()).enquire(get(server.url("/keys?v=1"))).await;
    let expected = Answered {
        status: 200,
        body: b"{}".to_vec(),
    };
    assert_eq!(answered, Ok(expected));
    let request = server.request().await;
    assert!(
        request.starts_with("GET /keys?v=1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("accept: application/json\r\n"),
        "{request}"
    );
    assert!(!request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn a_form_is_posted_with_its_proof() {
    let mut server = Receiver::start("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n").await;
    let enquiry = Enquiry {
        authorization: Some("Basic abc".to_owned()),
        form: Some("code=1&x={}".to_owned()),
        ..get(server.url("/token"))
    };
    assert_eq!(
        format!("{enquiry:?}"),
        format!("Enquiry({}, …)", enquiry.url)
    );
    let answered = enquirer(here()).enquire(enquiry).await.unwrap();
    assert_eq!(answered.status, 400);
    let request = server.request().await;
    assert!(request.starts_with("POST /token HTTP/1.1\r\n"), "{request}");
    assert!(
        request.contains("authorization: Basic abc\r\n"),
        "{request}"
    );
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    assert!(request.contains(form), "{request}");
    assert!(request.ends_with("\r\n\r\ncode=1&x={}"), "{request}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_or_was_cut_off_is_none() {
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(ENQUIRY_MAX + 1));
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}";
    for answer in [long.leak(), cut] {
        let server = Receiver::start(answer).await;
        let refused = enquirer(here()).enquire(get(server.url("/"))).await;
        let unreachable = matches!(refused, Err(CourierError::Unreachable { .. }));
        assert!(unreachable, "{refused:?}");
    }
}

#[tokio::test]
async fn the_inside_of_the_operators_network_is_refused_and_a_redirect_not_followed() {
    let inside = Receiver::start("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
    let refused = enquirer(Egress::default())
        .enquire(get(inside.url("/")))
        .await;
    assert_eq!(refused, Err(CourierError::Forbidden));
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}\r\n\r\n",
        inside.url("/")
    );
    let server = Receiver::start(answer.leak()).await;
    let answered = enquirer(here())
        .enquire(get(server.url("/")))
        .await
        .unwrap();
    assert_eq!(answered.status, 302);
    assert!(inside.is_untouched());
}

#[tokio::test]
async fn a_proof_that_is_no_header_is_refused() {
    let enquiry = Enquiry {
        authorization: Some("Basic\r\nx: y".to_owned()),
        ..get("https://example.net/".to_owned())
    };
    let refused = enquirer(Egress::default()).enquire(enquiry).await;
    assert!(
        matches!(refused, Err(CourierError::Invalid { .. })),
        "{refused:?}"
    );
}
