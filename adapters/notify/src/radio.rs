//! Live streams of radio stations, by HTTP. A company names the address, so the egress guard judges
//! it, and judges anew where a station sends its listeners on.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::Method;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use ports::CourierError;
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use url::Url;

use crate::egress::Egress;
use crate::road::{Opened, Road, Times, address_of, invalid};

/// How often a station may send its listener on.
const SENT_ON_MAX: usize = 3;

/// How long nothing may come of a stream.
const SILENT_MAX: Duration = Duration::from_secs(10);

/// What it may take to be let in: from the look-up of the name to the head of the answer.
pub const RADIO_TIMES: Times = Times {
    connect: Duration::from_secs(3),
    whole: Duration::from_secs(8),
};

/// Opens streams where the egress guard permits.
pub struct HttpRadio(Road);

impl HttpRadio {
    /// A listener that goes where `egress` permits and calls itself `agent`.
    #[must_use]
    pub fn new(egress: Egress, tls: ClientConfig, times: Times, agent: &str) -> HttpRadio {
        HttpRadio(Road::new(egress, tls, times, agent))
    }

    /// Opens a stream. The calling thread waits.
    ///
    /// # Errors
    /// The address is not permitted, nobody answers, or what is answered is no stream.
    pub fn open(&self, url: &str) -> Result<RadioStream, CourierError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| invalid(&error.to_string()))?;
        let opened = address_of(url).and_then(|url| runtime.block_on(self.let_in(url)));
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                // a name that is still being looked up is not waited for
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let media_type = opened.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        Ok(RadioStream {
            media_type: media_type.map(str::to_owned),
            body: opened.body,
            piece: Bytes::new(),
            runtime: Some(runtime),
        })
    }

    async fn let_in(&self, mut url: Url) -> Result<Opened, CourierError> {
        for _ in 0..=SENT_ON_MAX {
            // without Icy-MetaData, so that nothing but sound is in it
            let request = self.0.request(Method::GET, &url).header(ACCEPT, "audio/*");
            let request = request.body(Full::new(Bytes::new()));
            let request = request.map_err(|error| invalid(&error.to_string()))?;
            let opened = self.0.open(&url, request).await?;
            if opened.status == 200 {
                return Ok(opened);
            }
            let place = opened.headers.get(LOCATION);
            match (opened.status, place.and_then(|place| place.to_str().ok())) {
                (301 | 302 | 303 | 307 | 308, Some(place)) => {
                    let on = url
                        .join(place)
                        .map_err(|error| invalid(&error.to_string()))?;
                    url = address_of(on.as_str())?;
                }
                (status, _) => {
                    let detail = format!("the station answers {status}");
                    return Err(CourierError::Unreachable { detail });
                }
            }
        }
        let detail = "the station sends its listeners on and on".to_owned();
        Err(CourierError::Unreachable { detail })
    }
}

impl fmt::Debug for HttpRadio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpRadio").field(&self.0).finish()
    }
}

/// A stream that is open. Reading it waits for what comes next, ten seconds at most; what is not
/// read waits at the station, but for what the machine buffers of any connection.
pub struct RadioStream {
    media_type: Option<String>,
    body: Incoming,
    /// What has come and was not read yet.
    piece: Bytes,
    runtime: Option<Runtime>,
}

impl RadioStream {
    /// What the station says that it is, such as `audio/mpeg`.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        let whole = self.media_type.as_deref()?;
        whole.split(';').next().map(str::trim)
    }

    /// Waits for the next piece; `None` at the end.
    fn next_piece(&mut self) -> io::Result<Option<Bytes>> {
        let Some(runtime) = &self.runtime else {
            return Ok(None);
        };
        let body = &mut self.body;
        // a clock that has to be made where the runtime is
        let frame = runtime.block_on(async { timeout(SILENT_MAX, body.frame()).await });
        match frame {
            Ok(Some(Ok(frame))) => Ok(Some(frame.into_data().unwrap_or_default())),
            Ok(Some(Err(error))) => Err(io::Error::new(ErrorKind::ConnectionAborted, error)),
            Ok(None) => Ok(None),
            Err(_) => Err(io::Error::from(ErrorKind::TimedOut)),
        }
    }
}

impl Read for RadioStream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.next_piece()? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let count = room.len().min(self.piece.len());
        let taken = self.piece.split_to(count);
        if let Some(room) = room.get_mut(..count) {
            room.copy_from_slice(&taken);
        }
        Ok(count)
    }
}

impl Drop for RadioStream {
    fn drop(&mut self) {
        // a name that is still being looked up is not waited for
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for RadioStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RadioStream")
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}
