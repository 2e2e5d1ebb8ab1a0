//! Webhooks: one HTTP request to one judged address, no redirects, bounded in time and size.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use ports::{Courier, CourierError, PARCEL_MAX, Parcel, Receipt};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Position, Url};

use crate::egress::Egress;

/// Most bytes of an answer's head; a longer one counts as no answer.
const HEAD_MAX: usize = 16_384;

/// Most header lines of an answer.
const HEADERS_MAX: usize = 64;

/// Bytes of an answer's body that are read, and thrown away, so that a receiver can finish
/// writing. What is longer is cut off; the status counts all the same.
const ANSWER_READ_MAX: usize = 16_384;

/// Addresses of one name that are tried.
const ADDRESSES_TRIED: usize = 3;

/// Longest `Retry-After` that is heeded.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// What an attempt's parts may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// To connect to one address. Default 5 s.
    pub connect: Duration,
    /// All in all, from the look-up of the name to the end of the answer. Default 15 s.
    pub whole: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Times {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(15),
        }
    }
}

/// Delivers parcels over HTTP/1.1, each over a connection of its own.
pub struct HttpCourier {
    egress: Egress,
    tls: TlsConnector,
    times: Times,
    agent: String,
}

impl HttpCourier {
    /// A courier that goes where `egress` permits and calls itself `agent`.
    pub fn new(egress: Egress, tls: ClientConfig, times: Times, agent: &str) -> HttpCourier {
        HttpCourier {
            egress,
            tls: TlsConnector::from(Arc::new(tls)),
            times,
            agent: agent.to_owned(),
        }
    }

    async fn attempt(&self, parcel: Parcel) -> Result<Receipt, CourierError> {
        let url = address_of(&parcel)?;
        let host = url.host().ok_or_else(|| invalid("the URL has no host"))?;
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = self.connect(&self.resolve(&host, port).await?).await?;
        let request = self.request(&url, parcel)?;
        if url.scheme() == "http" {
            return ask(stream, request).await;
        }
        let name = server_name(&host)?;
        let secured = self.tls.connect(name, stream).await;
        ask(secured.map_err(|error| unreachable(&error))?, request).await
    }

    /// The addresses of a host that may be connected to.
    async fn resolve(&self, host: &Host<&str>, port: u16) -> Result<Vec<SocketAddr>, CourierError> {
        let all: Vec<SocketAddr> = match host {
            Host::Ipv4(ip) => vec![SocketAddr::new(IpAddr::V4(*ip), port)],
            Host::Ipv6(ip) => vec![SocketAddr::new(IpAddr::V6(*ip), port)],
            Host::Domain(name) => {
                let found = lookup_host((*name, port)).await;
                found.map_err(|_| CourierError::Unresolved)?.collect()
            }
        };
        if all.is_empty() {
            return Err(CourierError::Unresolved);
        }
        let permitted = all.into_iter().filter(|at| self.egress.permits(at.ip()));
        let permitted: Vec<SocketAddr> = permitted.take(ADDRESSES_TRIED).collect();
        if permitted.is_empty() {
            return Err(CourierError::Forbidden);
        }
        Ok(permitted)
    }

    async fn connect(&self, addresses: &[SocketAddr]) -> Result<TcpStream, CourierError> {
        let mut last = CourierError::Unresolved;
        for at in addresses {
            match timeout(self.times.connect, TcpStream::connect(at)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = unreachable(&error),
                Err(_) => last = CourierError::TimedOut,
            }
        }
        Err(last)
    }

    fn request(&self, url: &Url, parcel: Parcel) -> Result<Request<Full<Bytes>>, CourierError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&url[Position::BeforePath..Position::AfterQuery])
            .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
            .header(USER_AGENT, &self.agent)
            .header(CONTENT_TYPE, "application/json");
        for (name, value) in parcel.headers {
            request = request.header(name, value);
        }
        let whole = request.body(Full::new(Bytes::from(parcel.body)));
        whole.map_err(|error| invalid(&error.to_string()))
    }
}

impl fmt::Debug for HttpCourier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCourier")
            .field("egress", &self.egress)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Courier for HttpCourier {
    async fn deliver(&self, parcel: Parcel) -> Result<Receipt, CourierError> {
        timeout(self.times.whole, self.attempt(parcel))
            .await
            .unwrap_or(Err(CourierError::TimedOut))
    }
}

fn invalid(detail: &str) -> CourierError {
    let detail = detail.to_owned();
    CourierError::Invalid { detail }
}

fn unreachable(error: &dyn fmt::Display) -> CourierError {
    let detail = error.to_string();
    CourierError::Unreachable { detail }
}

/// The URL of a parcel that can be sent.
fn address_of(parcel: &Parcel) -> Result<Url, CourierError> {
    if parcel.body.len() > PARCEL_MAX {
        return Err(invalid("the body is too long"));
    }
    let url = Url::parse(&parcel.url).map_err(|error| invalid(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("the URL is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("the URL has a user name or a password"));
    }
    Ok(url)
}

fn server_name(host: &Host<&str>) -> Result<ServerName<'static>, CourierError> {
    let name = match host {
        Host::Ipv4(ip) => Ok(ServerName::from(IpAddr::V4(*ip))),
        Host::Ipv6(ip) => Ok(ServerName::from(IpAddr::V6(*ip))),
        Host::Domain(name) => ServerName::try_from((*name).to_owned()),
    };
    name.map_err(|_| invalid("the host is no name that a certificate can have"))
}

/// Sends one request over a connection and reads what comes back.
async fn ask<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Receipt, CourierError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_MAX).max_headers(HEADERS_MAX);
    let opened = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(|error| unreachable(&error))?;
    let answered = async {
        let response = sender.send_request(request).await;
        let response = response.map_err(|error| unreachable(&error))?;
        let receipt = receipt(&response);
        drain(response.into_body()).await;
        Ok(receipt)
    };
    // an ended connection has handed over what it had; only the answer says how it went
    let carried = async {
        let _ended = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answered = answered => answered,
        () = carried => Err(CourierError::TimedOut),
    }
}

fn receipt(response: &Response<Incoming>) -> Receipt {
    let given = response.headers().get(RETRY_AFTER);
    let seconds = given.and_then(|value| value.to_str().ok()?.parse().ok());
    Receipt {
        status: response.status().as_u16(),
        retry_after: seconds.map(|s| Duration::from_secs(s).min(RETRY_AFTER_MAX)),
    }
}

async fn drain(mut body: Incoming) {
    let mut left = ANSWER_READ_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        let Some(rest) = left.checked_sub(length) else {
            return;
        };
        left = rest;
    }
}
