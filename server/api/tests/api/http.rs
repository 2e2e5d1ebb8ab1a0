//! A client that speaks just enough HTTP/1.1, one connection per request.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Ask {
        Ask {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Ask {
        Ask::new("GET", path)
    }

    pub(crate) fn post(path: &str) -> Ask {
        Ask::new("POST", path)
    }

    pub(crate) fn put(path: &str) -> Ask {
        Ask::new("PUT", path)
    }

    pub(crate) fn patch(path: &str) -> Ask {
        Ask::new("PATCH", path)
    }

    pub(crate) fn delete(path: &str) -> Ask {
        Ask::new("DELETE", path)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Ask {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Ask {
        self.with("Authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn if_match(self, tag: &str) -> Ask {
        self.with("If-Match", tag)
    }

    pub(crate) fn json(self, body: &Value) -> Ask {
        self.body("application/json", &serde_json::to_vec(body).unwrap())
    }

    pub(crate) fn body(self, media_type: &str, body: &[u8]) -> Ask {
        Ask {
            body: body.to_vec(),
            ..self.with("Content-Type", media_type)
        }
    }

    /// The request as it goes over the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name == "Host") {
            head.push_str("Host: pbx.example\r\n");
        }
        head.push_str("Connection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || self.method != "GET" {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    pub(crate) async fn send(&self, to: SocketAddr) -> Reply {
        let mut stream = TcpStream::connect(to).await.unwrap();
        // an answer may come, and the connection end, before a long request is written whole
        let _ = stream.write_all(&self.bytes()).await;
        Reply::read(&mut stream).await.expect("an answer")
    }
}

/// All bytes up to the end of the connection; of a stream of events only its beginning.
async fn read_whole(stream: &mut TcpStream) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        // a connection that is broken off has ended, too
        let length = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&bytes);
        let endless = text.contains("content-type: text/event-stream");
        if length == 0 || (endless && text.contains("retry: ")) {
            return bytes;
        }
    }
}

impl Reply {
    /// Reads an answer up to the end of the connection; `None` when nothing came.
    pub(crate) async fn read(stream: &mut TcpStream) -> Option<Reply> {
        let bytes = read_whole(stream).await;
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let body = bytes[end + 4..].to_vec();
        Some(Reply {
            status,
            headers,
            body,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as a text; a sound has none.
    pub(crate) fn text(&self) -> &str {
        if let Some("audio/wav" | "audio/mpeg") = self.header("content-type") {
            return "";
        }
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The text of a member.
    pub(crate) fn member(&self, name: &str) -> String {
        let value = self.json()[name].clone();
        value
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
            .to_owned()
    }

    /// The same, which must have this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Reply {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        self
    }

    /// The same, which must be a problem of this kind in every respect.
    #[track_caller]
    pub(crate) fn refuses(self, kind: api::Kind) -> Reply {
        let view: api::ProblemView = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no problem: {} {}", self.status, self.text()));
        assert_eq!(
            view.kind,
            format!("{}{}", api::TYPE_PREFIX, kind.code()),
            "{}",
            view.detail
        );
        assert_eq!(self.status, kind.status().as_u16());
        assert_eq!(
            (view.status, view.title.as_str()),
            (self.status, kind.title())
        );
        assert_eq!(self.header("content-type"), Some(api::PROBLEM_JSON));
        assert_eq!(view.request.as_deref(), self.header("x-request-id"));
        self
    }

    /// Where the first error of a problem is: a JSON pointer, or the name of a parameter.
    pub(crate) fn blames(&self) -> String {
        let error = self.json()["errors"][0].clone();
        let place = error["pointer"].as_str().or(error["parameter"].as_str());
        place
            .unwrap_or_else(|| panic!("nothing blamed: {}", self.text()))
            .to_owned()
    }
}
