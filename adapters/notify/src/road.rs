//! The road to a server that a customer named: one HTTP/1.1 request to one judged address, no
//! redirects, bounded in time and size.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderMap, USER_AGENT};
use hyper::http::request::Builder;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use ports::CourierError;
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

/// Addresses of one name that are tried.
const ADDRESSES_TRIED: usize = 3;

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

/// What came back.
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    /// The header lines.
    pub(crate) headers: HeaderMap,
    /// As much of the body as was asked for.
    pub(crate) body: Vec<u8>,
    /// Whether that is all of it.
    pub(crate) whole: bool,
}

/// The head of an answer, and its body as it comes. The connection is carried by the runtime that
/// it was opened in.
pub(crate) struct Opened {
    /// The status.
    pub(crate) status: u16,
    /// The header lines.
    pub(crate) headers: HeaderMap,
    /// What follows.
    pub(crate) body: Incoming,
}

/// Goes where the egress guard permits, each time over a connection of its own.
pub(crate) struct Road {
    egress: Egress,
    tls: TlsConnector,
    times: Times,
    agent: String,
}

impl Road {
    pub(crate) fn new(egress: Egress, tls: ClientConfig, times: Times, agent: &str) -> Road {
        Road {
            egress,
            tls: TlsConnector::from(Arc::new(tls)),
            times,
            agent: agent.to_owned(),
        }
    }

    /// The beginning of a request, with the headers that all have.
    pub(crate) fn request(&self, method: Method, url: &Url) -> Builder {
        Request::builder()
            .method(method)
            .uri(&url[Position::BeforePath..Position::AfterQuery])
            .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
            .header(USER_AGENT, &self.agent)
    }

    /// Makes a request and reads at most `most` bytes of the answer's body.
    pub(crate) async fn ask(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Response, CourierError> {
        timeout(self.times.whole, self.attempt(url, request, most))
            .await
            .unwrap_or(Err(CourierError::TimedOut))
    }

    /// Makes a request and gives what is answered as soon as its head has come.
    pub(crate) async fn open(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
    ) -> Result<Opened, CourierError> {
        timeout(self.times.whole, self.let_in(url, request))
            .await
            .unwrap_or(Err(CourierError::TimedOut))
    }

    async fn let_in(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
    ) -> Result<Opened, CourierError> {
        let (host, stream) = self.reach(url).await?;
        if url.scheme() == "http" {
            return opened(stream, request).await;
        }
        let secured = self.tls.connect(server_name(&host)?, stream).await;
        let secured = secured.map_err(|error| unreachable(&error))?;
        opened(secured, request).await
    }

    /// Connects to the host of a URL.
    async fn reach<'a>(&self, url: &'a Url) -> Result<(Host<&'a str>, TcpStream), CourierError> {
        let host = url.host().ok_or_else(|| invalid("the URL has no host"))?;
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = self.connect(&self.resolve(&host, port).await?).await?;
        Ok((host, stream))
    }

    async fn attempt(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Response, CourierError> {
        let (host, stream) = self.reach(url).await?;
        if url.scheme() == "http" {
            return exchange(stream, request, most).await;
        }
        let name = server_name(&host)?;
        let secured = self.tls.connect(name, stream).await;
        let secured = secured.map_err(|error| unreachable(&error))?;
        exchange(secured, request, most).await
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
}

impl fmt::Debug for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Road")
            .field("egress", &self.egress)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

/// The URL of a text that can be asked.
pub(crate) fn address_of(text: &str) -> Result<Url, CourierError> {
    let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("the URL is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("the URL has a user name or a password"));
    }
    Ok(url)
}

pub(crate) fn invalid(detail: &str) -> CourierError {
    let detail = detail.to_owned();
    CourierError::Invalid { detail }
}

fn unreachable(error: &dyn fmt::Display) -> CourierError {
    let detail = error.to_string();
    CourierError::Unreachable { detail }
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
async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Response, CourierError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_MAX).max_headers(HEADERS_MAX);
    let opened = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(|error| unreachable(&error))?;
    let answered = async {
        let response = sender.send_request(request).await;
        let (head, body) = response.map_err(|error| unreachable(&error))?.into_parts();
        let (body, whole) = read(body, most).await;
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            whole,
        })
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

/// Sends one request over a connection, which is carried from then on as long as its body is read.
async fn opened<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Opened, CourierError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_MAX).max_headers(HEADERS_MAX);
    let made = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = made.map_err(|error| unreachable(&error))?;
    let _carried = tokio::spawn(async move {
        // what ends it ends its body, which tells of it
        let _ended = connection.await;
    });
    let response = sender.send_request(request).await;
    let (head, body) = response.map_err(|error| unreachable(&error))?.into_parts();
    Ok(Opened {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    })
}

/// At most so many bytes of a body, and whether that is all of it.
async fn read(mut body: Incoming, most: usize) -> (Vec<u8>, bool) {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return (read, false);
        };
        let data = frame.data_ref().map_or(&[][..], |data| data);
        if data.len() > most - read.len() {
            return (read, false);
        }
        read.extend_from_slice(data);
    }
    (read, true)
}
