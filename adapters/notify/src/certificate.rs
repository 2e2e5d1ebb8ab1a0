//! Certificates of those who sign calls, fetched from where a proof says that they are (RFC 8226,
//! `x5u`). Whoever calls names the address, so the egress guard judges it: one GET within TLS, no
//! redirect, a small body, a short time, a bounded number at a time.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use http_body_util::Full;
use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CACHE_CONTROL, HeaderMap};
use ports::CourierError;
use rustls::ClientConfig;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::egress::Egress;
use crate::road::{Road, Times, address_of, invalid};

/// Longest body that is read, in octets; a longer one is no certificate.
pub const CERTIFICATE_MAX: usize = 16_384;
/// Addresses that wait at most; a further one is given back.
pub const ADDRESSES_MAX: usize = 128;
/// Addresses that are asked at a time at most.
pub const ASKED_AT_ONCE: usize = 32;
/// How long a fetch may take. The calls that wait for it do so for two seconds.
pub const FETCH_TIMES: Times = Times {
    connect: Duration::from_secs(1),
    whole: Duration::from_secs(4),
};

/// What was found at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCertificate {
    /// As it came.
    pub body: Vec<u8>,
    /// How long its server says that it may be kept; `None` where it does not say.
    pub keep: Option<Duration>,
}

/// What came of one address.
pub type FetchedCertificate = Result<FoundCertificate, CourierError>;

/// Fetches certificates. The thread ends with the last clone of it.
#[derive(Clone, Debug)]
pub struct CertificateFetcher(Sender<String>);

impl CertificateFetcher {
    /// Starts fetching where `egress` permits, calling itself `agent`. What came of each address is
    /// handed to `deliver` on the thread of the fetcher; it must not wait.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(
        (egress, tls, times): (Egress, ClientConfig, Times),
        agent: &str,
        deliver: impl Fn(String, FetchedCertificate) + Send + Sync + 'static,
    ) -> io::Result<CertificateFetcher> {
        let (sender, addresses) = channel(ADDRESSES_MAX);
        let mut builder = Builder::new_current_thread();
        // looking up names is all that blocks
        builder.enable_all().max_blocking_threads(ASKED_AT_ONCE);
        let runtime = builder.build()?;
        let road = Arc::new(Road::new(egress, tls, times, agent));
        let work = move || runtime.block_on(fetch_all(road, addresses, Arc::new(deliver)));
        thread::Builder::new()
            .name("certificates".to_owned())
            .spawn(work)?;
        Ok(CertificateFetcher(sender))
    }

    /// Fetches what is at an address; never waits. Something is delivered for each.
    ///
    /// # Errors
    /// Too many addresses wait: this one is given back.
    pub fn fetch(&self, address: String) -> Result<(), String> {
        let sent = self.0.try_send(address);
        sent.map_err(|refused| refused.into_inner())
    }
}

async fn fetch_all(
    road: Arc<Road>,
    mut addresses: Receiver<String>,
    deliver: Arc<impl Fn(String, FetchedCertificate) + Send + Sync + 'static>,
) {
    let room = Arc::new(Semaphore::new(ASKED_AT_ONCE));
    while let Some(address) = addresses.recv().await {
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (road, deliver) = (Arc::clone(&road), Arc::clone(&deliver));
        tokio::spawn(async move {
            let fetched = fetch(&road, &address).await;
            if let Err(error) = &fetched {
                tracing::debug!(address, ?error, "a certificate could not be fetched");
            }
            deliver(address, fetched);
            drop(seat);
        });
    }
}

async fn fetch(road: &Road, address: &str) -> FetchedCertificate {
    let url = address_of(address)?;
    if url.scheme() != "https" {
        return Err(invalid("the URL is not https"));
    }
    let request = road.request(Method::GET, &url).header(
        ACCEPT,
        "application/pem-certificate-chain, application/pkix-cert",
    );
    let whole = request.body(Full::new(Bytes::new()));
    let request = whole.map_err(|error| invalid(&error.to_string()))?;
    let response = road.ask(&url, request, CERTIFICATE_MAX).await?;
    let unreachable = |detail: String| Err(CourierError::Unreachable { detail });
    if response.status != 200 {
        return unreachable(format!("the status is {}", response.status));
    }
    if !response.whole {
        return unreachable("the answer is too long, or was cut off".to_owned());
    }
    Ok(FoundCertificate {
        keep: kept(&response.headers),
        body: response.body,
    })
}

/// How long an answer may be kept (RFC 9111 §5.2.2).
fn kept(headers: &HeaderMap) -> Option<Duration> {
    let mut keep = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for word in value.to_str().unwrap_or_default().split(',') {
            let word = word.trim().to_ascii_lowercase();
            if word == "no-store" || word == "no-cache" {
                return Some(Duration::ZERO);
            }
            let seconds = word.strip_prefix("max-age=");
            let seconds = seconds.and_then(|seconds| seconds.trim_matches('"').parse().ok());
            keep = keep.or(seconds.map(Duration::from_secs));
        }
    }
    keep
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn keep(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, value.parse().unwrap());
        kept(&headers)
    }

    // rfc: 9111 §5.2.2 how long an answer may be kept
    #[test]
    fn an_answer_is_kept_as_long_as_its_server_says() {
        assert_eq!(kept(&HeaderMap::new()), None);
        assert_eq!(keep("public"), None);
        assert_eq!(keep("public, Max-Age=600"), Some(Duration::from_secs(600)));
        assert_eq!(keep("max-age=\"60\""), Some(Duration::from_secs(60)));
        assert_eq!(keep("max-age=600, no-store"), Some(Duration::ZERO));
        assert_eq!(keep("max-age=soon"), None);
    }
}
