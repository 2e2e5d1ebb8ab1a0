//! Certificates fetched from servers that have them, that have something else, and that do not
//! answer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod server;

use std::net::IpAddr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use notify::{
    CERTIFICATE_MAX, CertificateFetcher, Egress, FETCH_TIMES, FetchedCertificate, FoundCertificate,
    Network, Times,
};
use ports::CourierError;
use server::Server;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

fn here() -> Egress {
    let v4 = Network::new(IpAddr::from([127, 0, 0, 0]), 8).unwrap();
    Egress::with_allowed(vec![v4])
}

fn fetcher(
    server: &Server,
    egress: Egress,
    times: Times,
) -> (CertificateFetcher, Receiver<FetchedCertificate>) {
    let (sender, fetched) = sync_channel(16);
    let deliver = move |_, one| sender.send(one).unwrap();
    let parts = (egress, server.client(), times);
    let fetcher = CertificateFetcher::start(parts, "Strowger/test", deliver).unwrap();
    (fetcher, fetched)
}

fn fetched(server: &Server, egress: Egress, url: String) -> FetchedCertificate {
    let (fetcher, fetched) = fetcher(server, egress, FETCH_TIMES);
    fetcher.fetch(url).unwrap();
    fetched.recv_timeout(PATIENCE).unwrap()
}

fn is_unreachable(fetched: &FetchedCertificate, because: &str) -> bool {
    matches!(fetched, Err(CourierError::Unreachable { detail }) if detail.contains(because))
}

#[test]
fn what_is_there_comes_whole_with_how_long_it_may_be_kept() {
    let answer = "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: 5\r\n\r\nchain";
    let server = Server::start(answer.to_owned());
    let found = fetched(&server, here(), server.url("/chain.pem?of=theirs"));
    let wanted = FoundCertificate {
        body: b"chain".to_vec(),
        keep: Some(Duration::from_secs(600)),
    };
    assert_eq!(found, Ok(wanted));
    let request = server.request();
    assert!(request.starts_with("GET /chain.pem?of=theirs HTTP/1.1\r\n"));
    assert!(request.contains("user-agent: Strowger/test\r\n"));
}

#[test]
fn a_body_is_read_up_to_its_bound_and_no_further() {
    let answer = |length: usize| {
        let body = "x".repeat(length);
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    let server = Server::start(answer(CERTIFICATE_MAX));
    let found = fetched(&server, here(), server.url("/"));
    assert_eq!(found.unwrap().body.len(), CERTIFICATE_MAX);
    let server = Server::start(answer(CERTIFICATE_MAX + 1));
    let found = fetched(&server, here(), server.url("/"));
    assert!(is_unreachable(&found, "too long"), "{found:?}");
}

#[test]
fn a_redirect_is_not_followed_and_an_error_is_no_certificate() {
    let other = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned());
    let to = other.url("/");
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let server = Server::start(answer);
    let found = fetched(&server, here(), server.url("/"));
    assert!(is_unreachable(&found, "302"), "{found:?}");
    assert!(other.is_untouched());
    let server = Server::start("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n".to_owned());
    let found = fetched(&server, here(), server.url("/"));
    assert!(is_unreachable(&found, "404"), "{found:?}");
}

#[test]
fn an_inside_address_is_refused_unless_the_operator_allows_it() {
    let server = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned());
    let port = server.at.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
    ] {
        let url = format!("https://{host}:{port}/");
        let found = fetched(&server, Egress::default(), url);
        assert_eq!(found, Err(CourierError::Forbidden), "{host}");
    }
    for host in ["169.254.169.254", "10.0.0.1", "[fe80::1]", "[::1]"] {
        let url = format!("https://{host}:{port}/");
        let found = fetched(&server, here(), url);
        assert_eq!(found, Err(CourierError::Forbidden), "{host}");
    }
    assert!(server.is_untouched());
}

#[test]
fn nothing_but_https_without_credentials_is_asked() {
    let server = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned());
    let at = server.at;
    for url in [
        format!("http://{at}/"),
        format!("https://user@{at}/"),
        format!("https://user:word@{at}/"),
        "file:///etc/passwd".to_owned(),
        "https://".to_owned(),
        String::new(),
    ] {
        let found = fetched(&server, here(), url.clone());
        let refused = matches!(found, Err(CourierError::Invalid { .. }));
        assert!(refused, "{url}: {found:?}");
    }
    assert!(server.is_untouched());
}

#[test]
fn a_server_whose_own_certificate_nobody_vouches_for_is_not_believed() {
    let server = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned());
    let other = Server::start(String::new());
    let found = fetched(&other, here(), server.url("/"));
    assert!(is_unreachable(&found, ""), "{found:?}");
}

#[test]
fn a_server_that_says_nothing_is_left_in_bounded_time() {
    let server = Server::start(String::new());
    let times = Times {
        whole: Duration::from_millis(100),
        ..FETCH_TIMES
    };
    let (fetcher, fetched) = fetcher(&server, here(), times);
    fetcher.fetch(server.url("/")).unwrap();
    let found = fetched.recv_timeout(PATIENCE).unwrap();
    assert_eq!(found, Err(CourierError::TimedOut));
}
