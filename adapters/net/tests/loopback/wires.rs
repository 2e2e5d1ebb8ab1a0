//! Phones on TLS and WebSockets, made of plain sockets.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use net::{ClientCertificates, Config, Keyring, Listener, StreamLimits};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use sip_message::flow::Transport;
use sip_message::web_socket::{Opcode, encode};

use crate::support::{Answer, Running, config, read_exactly, ready};

/// A phone within TLS.
pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

/// What nobody could foresee, were it no test.
const MASK: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

pub(crate) fn listen(transport: Transport, clients: ClientCertificates) -> Listener {
    Listener::new(transport, "127.0.0.1:0".parse().unwrap()).asking(clients)
}

/// A running loop that echoes.
pub(crate) fn secured(listeners: &[Listener], keyring: Keyring, limits: StreamLimits) -> Running {
    let config = Config {
        keyring: Some(keyring),
        ..config(listeners, limits)
    };
    ready(config, Answer::Echo).run()
}

/// Opens a connection and agrees on keys, or fails to.
pub(crate) fn shake_hands(
    running: &Running,
    listener: usize,
    client: Arc<ClientConfig>,
    name: &str,
) -> io::Result<Secure> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let machine = ClientConnection::new(client, name).unwrap();
    let mut phone = StreamOwned::new(machine, running.dial(listener));
    while phone.conn.is_handshaking() {
        phone.conn.complete_io(&mut phone.sock)?;
    }
    Ok(phone)
}

pub(crate) fn dial_secure(
    running: &Running,
    listener: usize,
    client: Arc<ClientConfig>,
    name: &str,
) -> Secure {
    shake_hands(running, listener, client, name).unwrap()
}

/// What opens a WebSocket for SIP (RFC 7118 §4.1), with a further header line.
pub(crate) fn request(line: &str) -> String {
    format!(
        "GET / HTTP/1.1\r\nHost: pbx.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\
         Sec-WebSocket-Version: 13\r\n{line}\r\n"
    )
}

/// A frame as a client sends it.
pub(crate) fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    encode(opcode, payload, Some(MASK))
}

/// The head of a response of HTTP.
pub(crate) fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(read_exactly(stream, 1));
    }
    String::from_utf8(head).unwrap()
}

/// Opens a WebSocket on a stream.
pub(crate) fn upgrade(stream: &mut (impl Read + Write)) {
    stream.write_all(request("").as_bytes()).unwrap();
    let head = read_head(stream);
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
}

/// The next frame from the exchange: its first octet and its payload.
pub(crate) fn read_frame(stream: &mut impl Read) -> (u8, Vec<u8>) {
    let head = read_exactly(stream, 2);
    let length = match head[1] {
        126 => {
            let long = read_exactly(stream, 2);
            usize::from(u16::from_be_bytes([long[0], long[1]]))
        }
        127 => panic!("longer than any message here"),
        short => usize::from(short),
    };
    (head[0], read_exactly(stream, length))
}
