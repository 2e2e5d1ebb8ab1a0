//! The road to the authority: HTTP/1.1 within TLS, a connection for each request, bounded in time
//! and size. The operator names the authority, so no guard judges its address.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::trust::Trust;

/// What one request may take.
const REQUEST_TIME: Duration = Duration::from_secs(20);

/// Most bytes of an answer's body.
const BODY_MAX: usize = 262_144;

/// Most bytes of an answer's head.
const HEAD_MAX: usize = 16_384;

/// Most header lines of an answer.
const HEADERS_MAX: usize = 64;

/// Goes to the authority, and notes how long it asks not to be asked again.
#[derive(Clone)]
pub(crate) struct Road {
    tls: TlsConnector,
    agent: HeaderValue,
    pause: Arc<Mutex<Option<Duration>>>,
}

impl Road {
    pub(crate) fn new(trust: &Trust, agent: &str) -> Road {
        Road {
            tls: trust.0.clone(),
            agent: HeaderValue::from_str(agent).unwrap_or(HeaderValue::from_static("Strowger")),
            pause: Arc::default(),
        }
    }

    /// How long the authority has asked not to be asked again.
    pub(crate) fn pause(&self) -> Option<Duration> {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let asked = timeout(REQUEST_TIME, attempt(&self.tls, self.agent, request)).await;
        let answer = asked.unwrap_or_else(|_| Err(other("it did not answer in 20 seconds")))?;
        let status = answer.status();
        if status.as_u16() == 429 || status.is_server_error() {
            let said = answer.headers().get(RETRY_AFTER);
            let seconds = said.and_then(|said| said.to_str().ok()?.trim().parse().ok());
            let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
            *pause = seconds.map(Duration::from_secs);
        }
        let kind = answer.headers().get(CONTENT_TYPE);
        let tells = kind.is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
        if !status.is_success() && !tells {
            return Err(other(format!("it answered {status}")));
        }
        Ok(BytesResponse::from(answer))
    }
}

impl HttpClient for Road {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        Box::pin(self.clone().ask(request))
    }
}

fn other(what: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::Other(what.into())
}

/// One request and the whole of its answer.
async fn attempt(
    tls: &TlsConnector,
    agent: HeaderValue,
    request: Request<BodyWrapper<Bytes>>,
) -> Result<Response<Full<Bytes>>, Error> {
    let uri = request.uri().clone();
    if uri.scheme_str() != Some("https") {
        return Err(other(format!("{uri} is not https")));
    }
    let host = uri.host().ok_or_else(|| other("its URL has no host"))?;
    let bare = host.trim_matches(['[', ']']);
    let name = ServerName::try_from(bare.to_owned()).map_err(other)?;
    let stream = TcpStream::connect((bare, uri.port_u16().unwrap_or(443)));
    let stream = stream.await.map_err(other)?;
    let stream = tls.connect(name, stream).await.map_err(other)?;
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_MAX).max_headers(HEADERS_MAX);
    let opened = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(other)?;
    let answered = async {
        let request = to_origin(request, &uri, agent)?;
        let (head, body) = sender
            .send_request(request)
            .await
            .map_err(other)?
            .into_parts();
        let body = Limited::new(body, BODY_MAX).collect().await;
        let body = body.map_err(Error::Other)?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    };
    // an ended connection has handed over what it had; only the answer says how it went
    let carried = async {
        let _ended = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answered = answered => answered,
        () = carried => Err(other("it closed the connection")),
    }
}

/// The request as a server itself takes it: the path, and who is meant beside it.
fn to_origin(
    request: Request<BodyWrapper<Bytes>>,
    uri: &Uri,
    agent: HeaderValue,
) -> Result<Request<BodyWrapper<Bytes>>, Error> {
    let (mut head, body) = request.into_parts();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let authority = HeaderValue::from_str(authority).map_err(other)?;
    head.headers.insert(HOST, authority);
    head.headers.insert(USER_AGENT, agent);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse()?;
    Ok(Request::from_parts(head, body))
}
