//! One connection's TLS: octets of the network on one side, octets of the stream on the other.

use std::io::{self, BufRead, IoSlice, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};

/// Octets that wait encrypted, at most; more stay where they wait in the clear.
const ENCRYPTED: usize = 32 << 10;

/// How far the peer's octets led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    /// The stream goes on.
    More,
    /// The peer says no more.
    End,
    /// What it sent is no TLS, or none that was agreed on; an alert waits to be written.
    Refused,
}

/// The machine of one connection.
#[derive(Debug)]
pub(crate) struct Tls {
    machine: Box<Connection>,
}

impl Tls {
    /// Waits for a peer's first words; nothing when the machine cannot be set up.
    pub(crate) fn accepting(config: Arc<ServerConfig>) -> Option<Tls> {
        let mut server = ServerConnection::new(config).ok()?;
        server.set_buffer_limit(Some(ENCRYPTED));
        Some(Tls {
            machine: Box::new(Connection::Server(server)),
        })
    }

    /// Has the first words for a peer that must prove a name; nothing when the machine cannot be
    /// set up.
    pub(crate) fn asking(config: Arc<ClientConfig>, name: ServerName<'static>) -> Option<Tls> {
        let mut client = ClientConnection::new(config, name).ok()?;
        client.set_buffer_limit(Some(ENCRYPTED));
        Some(Tls {
            machine: Box::new(Connection::Client(client)),
        })
    }

    /// Whether the two sides have not agreed yet.
    pub(crate) fn is_opening(&self) -> bool {
        self.machine.is_handshaking()
    }

    /// Whether encrypted octets wait.
    pub(crate) fn is_waiting(&self) -> bool {
        self.machine.wants_write()
    }

    /// Takes what came from the network and hands on what it says, until `take` wants no more.
    pub(crate) fn open(&mut self, mut came: &[u8], mut take: impl FnMut(&[u8]) -> bool) -> Opened {
        while !came.is_empty() {
            match self.machine.read_tls(&mut came) {
                // it said its end before: what comes after means nothing
                Ok(0) => return Opened::End,
                Ok(_) => {}
                Err(_) => return Opened::Refused,
            }
            let Ok(state) = self.machine.process_new_packets() else {
                return Opened::Refused;
            };
            let mut left = state.plaintext_bytes_to_read();
            let mut reader = self.machine.reader();
            while left > 0
                && let Ok(octets) = reader.fill_buf()
                && !octets.is_empty()
            {
                let n = octets.len();
                if !take(octets) {
                    return Opened::More;
                }
                reader.consume(n);
                left = left.saturating_sub(n);
            }
            if state.peer_has_closed() {
                return Opened::End;
            }
        }
        Opened::More
    }

    /// Encrypts as much as there is room for. Before keys are agreed on there is none: what is
    /// taken here counts as sent, and a peer may yet turn out to be somebody else.
    ///
    /// # Errors
    /// `WouldBlock` when there is none.
    pub(crate) fn seal(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.is_opening() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        match self.machine.writer().write_vectored(pieces)? {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            n => Ok(n),
        }
    }

    /// Writes what waits encrypted.
    ///
    /// # Errors
    /// Those of `into`.
    pub(crate) fn drain(&mut self, into: &mut impl Write) -> io::Result<()> {
        while self.machine.wants_write() {
            if self.machine.write_tls(into)? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }

    /// Says that we say no more (RFC 8446 §6.1).
    pub(crate) fn end(&mut self) {
        self.machine.send_close_notify();
    }
}
