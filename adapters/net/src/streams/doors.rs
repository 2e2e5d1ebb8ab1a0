//! The listening sockets, and how those who come in by them are spoken with.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;

use machine::Instant;
use rustls::pki_types::ServerName;
use sip_message::flow::Transport;
use sip_message::web_socket::Origins;

use super::lobby::Lobby;
use crate::config::Listener;
use crate::framing::Framing;
use crate::intake::Intake;
use crate::sys::{Epoll, Interest};
use crate::tls::{Keyring, Tls, Trust};
use crate::web_intake::WebIntake;
use crate::wire::Wire;

/// One listening socket.
#[derive(Debug)]
pub(crate) struct StreamListener {
    listener: TcpListener,
    kind: Listener,
    token: u64,
}

impl StreamListener {
    pub(crate) fn new(listener: TcpListener, kind: Listener, token: u64) -> StreamListener {
        StreamListener {
            listener,
            kind,
            token,
        }
    }
}

/// A stream that came in or that we opened, and how it is spoken.
pub(super) struct Guest {
    pub(super) transport: Transport,
    /// Our address as its peer knows it, if a translator has another than the socket.
    pub(super) public: Option<SocketAddr>,
    pub(super) wire: Wire,
    pub(super) framing: Framing,
}

/// All listening sockets of a loop.
#[derive(Debug)]
pub(crate) struct Doors {
    listeners: Vec<StreamListener>,
    keyring: Option<Keyring>,
    origins: Arc<Origins>,
    trust: Option<Trust>,
    /// Those who have come by a balancer and have not said who they are.
    pub(super) lobby: Lobby,
}

impl Doors {
    pub(crate) fn new(
        listeners: Vec<StreamListener>,
        keyring: Option<Keyring>,
        origins: Origins,
    ) -> Doors {
        Doors {
            listeners,
            keyring,
            origins: Arc::new(origins),
            trust: None,
            lobby: Lobby::default(),
        }
    }

    /// Whom streams that we open within TLS believe.
    pub(crate) fn believing(self, trust: Option<Trust>) -> Doors {
        Doors { trust, ..self }
    }

    /// How a stream that we opened is spoken: in the clear, or within TLS where its peer must prove
    /// a name; nothing where that is no name, or nobody is believed.
    pub(super) fn visit(
        &self,
        stream: TcpStream,
        name: Option<&str>,
        message: sip_message::Limits,
    ) -> Option<Guest> {
        let framing = Framing::Stream(Intake::new(message, None));
        let Some(name) = name else {
            return Some(Guest {
                transport: Transport::Tcp,
                public: None,
                wire: Wire::plain(stream),
                framing,
            });
        };
        let name = ServerName::try_from(name.to_owned()).ok()?;
        let tls = Tls::asking(self.trust.as_ref()?.config(), name)?;
        Some(Guest {
            transport: Transport::Tls,
            public: None,
            wire: Wire::secure(stream, tls),
            framing,
        })
    }

    /// Whether this is where peers reach a listener, and a translator's address.
    pub(super) fn is_translated(&self, local: SocketAddr) -> bool {
        let mut listeners = self.listeners.iter();
        listeners.any(|listener| listener.kind.translated() == Some(local))
    }

    /// The next stream that waits at a listener.
    pub(super) fn accept(&self, index: usize) -> io::Result<(TcpStream, SocketAddr)> {
        let listener = self.listeners.get(index);
        let listener = listener.ok_or(io::ErrorKind::WouldBlock)?;
        listener.listener.accept()
    }

    /// Whether those who come in by a listener must first agree on keys or ask for a WebSocket.
    pub(super) fn is_costly(&self, index: usize) -> bool {
        let listener = self.listeners.get(index);
        listener.is_some_and(|listener| match listener.kind.transport {
            Transport::Tls | Transport::Ws | Transport::Wss => true,
            Transport::Tcp | Transport::Udp => false,
        })
    }

    /// How a stream that came in by a listener is spoken; nothing where it should be TLS and there
    /// is nothing to speak it with.
    pub(super) fn welcome(
        &self,
        index: usize,
        stream: TcpStream,
        message: sip_message::Limits,
        now: Instant,
    ) -> Option<Guest> {
        let kind = self.listeners.get(index)?.kind;
        let secure = |stream| {
            let config = self.keyring.as_ref()?.way(kind.clients)?;
            Some(Wire::secure(stream, Tls::accepting(config)?))
        };
        let wire = match kind.transport {
            Transport::Tls | Transport::Wss => secure(stream)?,
            Transport::Tcp | Transport::Ws | Transport::Udp => Wire::plain(stream),
        };
        let framing = match kind.transport {
            Transport::Ws | Transport::Wss => {
                let origins = Arc::clone(&self.origins);
                Framing::Web(WebIntake::new(message.message_bytes, origins, now))
            }
            Transport::Tcp | Transport::Tls | Transport::Udp => {
                Framing::Stream(Intake::new(message, Some(now)))
            }
        };
        Some(Guest {
            transport: kind.transport,
            public: kind.translated(),
            wire,
            framing,
        })
    }

    /// Has the poll tell of those who wait, or not.
    pub(super) fn listen(&self, epoll: &Epoll, read: bool) {
        for listener in &self.listeners {
            let interest = Interest { read, write: false };
            // should it fail, the next turn comes here again
            let _ = epoll.change(listener.listener.as_fd(), listener.token, interest);
        }
    }
}
