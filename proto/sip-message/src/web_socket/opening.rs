//! The opening handshake as a server reads and answers it (RFC 6455 §4.2, RFC 7118 §4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use super::origins::Origins;
use super::refusal::Refusal;
use super::request::{Request, SUB_PROTOCOL};

/// How every request begins that can open a WebSocket.
const BEGINNING: &[u8] = b"GET ";

/// The end of a head.
const END: &[u8] = b"\r\n\r\n";

/// What proves that the server has read the key (RFC 6455 §1.3).
const PROOF: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Octets of a key before it was written in base64 (RFC 6455 §4.1).
const KEY_BYTES: usize = 16;

/// A WebSocket that was opened.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The response.
    pub answer: Vec<u8>,
    /// What came after the request: frames.
    pub rest: Vec<u8>,
}

/// Gathers the request that opens a WebSocket.
#[derive(Debug, Default)]
pub struct Opening {
    held: Vec<u8>,
}

impl Opening {
    /// Most octets of a request's head.
    pub const MOST: usize = 8_192;

    /// Adds what was received; nothing until the head is whole, or can be none.
    ///
    /// # Errors
    /// Why no WebSocket is opened. No more is to be pushed then.
    pub fn push(&mut self, bytes: &[u8], origins: &Origins) -> Option<Result<Accepted, Refusal>> {
        let searched = self.held.len().saturating_sub(END.len() - 1);
        self.held.extend_from_slice(bytes);
        let begins = self.held.iter().zip(BEGINNING).all(|(is, must)| is == must);
        if !begins {
            return Some(Err(Refusal::NotHttp));
        }
        let unseen = self.held.get(searched..).unwrap_or(&[]);
        let end = memchr::memmem::find(unseen, END).map(|at| searched + at + END.len());
        match end {
            None if self.held.len() <= Self::MOST => None,
            Some(end) if end <= Self::MOST => {
                let rest = self.held.split_off(end);
                let head = std::mem::take(&mut self.held);
                Some(answer(&head, origins).map(|answer| Accepted { answer, rest }))
            }
            None | Some(_) => Some(Err(Refusal::TooLong)),
        }
    }
}

fn answer(head: &[u8], origins: &Origins) -> Result<Vec<u8>, Refusal> {
    let request = Request::read(head)?;
    if !request.upgrade || !request.connection || !request.version {
        return Err(Refusal::NoUpgrade);
    }
    let key = request.key.filter(|key| request.keys == 1 && is_key(key));
    let key = key.ok_or(Refusal::Key)?;
    if !request.sip {
        return Err(Refusal::SubProtocol);
    }
    if !origins.allow(request.origin) {
        return Err(Refusal::Origin);
    }
    let accept = accept_of(key);
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {SUB_PROTOCOL}\r\n\r\n"
    );
    Ok(answer.into_bytes())
}

fn is_key(key: &str) -> bool {
    STANDARD.decode(key).is_ok_and(|key| key.len() == KEY_BYTES)
}

/// The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2, step 5.4).
pub(super) fn accept_of(key: &str) -> String {
    STANDARD.encode(Sha1::digest(format!("{key}{PROOF}")))
}
