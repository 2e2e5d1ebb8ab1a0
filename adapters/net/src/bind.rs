//! Opening a loop's listeners.

use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::time::{SystemTime, UNIX_EPOCH};

use sip_message::flow::Transport;

use crate::config::{Config, DatagramLimits, Listener};
use crate::datagrams::DatagramSocket;
use crate::streams::StreamListener;
use crate::sys::{self, Direction, Epoll, Interest};
use crate::tls::ClientCertificates;
use crate::token::Token;

/// What became of one listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The listener with the port it really has.
    pub listener: Listener,
    /// Octets the kernel granted for receiving, per socket or per accepted connection; less than
    /// [`DatagramLimits::receive_buffer`] where the host's ceiling (`net.core.rmem_max`) is lower
    /// and the process is not privileged.
    pub receive_buffer: usize,
    /// Octets the kernel granted for sending, likewise.
    pub send_buffer: usize,
}

/// Why a loop could not be opened.
#[derive(Debug)]
pub enum BindError {
    /// More than [`Config::MAX_LISTENERS`].
    TooManyListeners(usize),
    /// A shard above [`Config::MAX_SHARD`].
    Shard(u16),
    /// A listener of TLS or WSS, and no certificate; or one that asks for certificates, and no
    /// authority to judge them.
    Keyring(Listener),
    /// The kernel refused a listener.
    Listener(Listener, io::Error),
    /// The kernel refused what the loop waits by.
    Poll(io::Error),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BindError::TooManyListeners(n) => {
                write!(
                    f,
                    "{n} listeners, at most {} are possible",
                    Config::MAX_LISTENERS
                )
            }
            BindError::Shard(n) => write!(f, "shard {n}, the highest is {}", Config::MAX_SHARD),
            BindError::Keyring(listener) => {
                let (transport, at) = (listener.transport, listener.at);
                let what = match listener.clients {
                    ClientCertificates::Unasked => "a certificate of ours",
                    ClientCertificates::Optional | ClientCertificates::Required => {
                        "an authority of its clients' certificates"
                    }
                };
                write!(f, "{transport} {at} needs {what}")
            }
            BindError::Listener(listener, error) => {
                write!(
                    f,
                    "cannot listen on {} {}: {error}",
                    listener.transport, listener.at
                )
            }
            BindError::Poll(error) => write!(f, "cannot wait for sockets: {error}"),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BindError::TooManyListeners(_) | BindError::Shard(_) | BindError::Keyring(_) => None,
            BindError::Listener(_, error) | BindError::Poll(error) => Some(error),
        }
    }
}

/// The opened listeners of a loop.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) datagrams: Vec<DatagramSocket>,
    pub(crate) streams: Vec<StreamListener>,
    pub(crate) bound: Vec<Bound>,
}

impl Opened {
    /// Opens what `config` asks for and has `epoll` watch it.
    pub(crate) fn open(config: &Config, epoll: &Epoll) -> Result<Opened, BindError> {
        if config.listeners.len() > Config::MAX_LISTENERS {
            return Err(BindError::TooManyListeners(config.listeners.len()));
        }
        if config.shard > Config::MAX_SHARD {
            return Err(BindError::Shard(config.shard));
        }
        let mut opened = Opened::default();
        for listener in &config.listeners {
            let done = match listener.transport {
                Transport::Udp => opened.open_datagram(*listener, config, epoll),
                Transport::Tcp | Transport::Ws => opened.open_stream(*listener, config, epoll),
                Transport::Tls | Transport::Wss => {
                    let keyring = config.keyring.as_ref();
                    if keyring
                        .and_then(|ring| ring.way(listener.clients))
                        .is_none()
                    {
                        return Err(BindError::Keyring(*listener));
                    }
                    opened.open_stream(*listener, config, epoll)
                }
            };
            done.map_err(|error| BindError::Listener(*listener, error))?;
        }
        Ok(opened)
    }

    fn open_datagram(
        &mut self,
        listener: Listener,
        config: &Config,
        epoll: &Epoll,
    ) -> io::Result<()> {
        let Config {
            share_addresses,
            report_unreachable,
            ref limits,
            ..
        } = *config;
        let socket = sys::open_datagram(listener.at, share_addresses, report_unreachable)?;
        let DatagramLimits {
            receive_buffer,
            send_buffer,
            ..
        } = limits.datagrams;
        let bound = Bound {
            listener: Listener {
                at: socket.local_addr()?,
                ..listener
            },
            receive_buffer: sys::set_buffer(socket.as_fd(), Direction::Receive, receive_buffer)?,
            send_buffer: sys::set_buffer(socket.as_fd(), Direction::Send, send_buffer)?,
        };
        let token = Token::Datagrams(self.datagrams.len()).pack();
        epoll.add(socket.as_fd(), token, Interest::READ)?;
        let public = bound.listener.translated();
        self.datagrams
            .push(DatagramSocket::new(socket, token, public)?);
        self.bound.push(bound);
        Ok(())
    }

    fn open_stream(
        &mut self,
        listener: Listener,
        config: &Config,
        epoll: &Epoll,
    ) -> io::Result<()> {
        let socket = sys::listen_stream(listener.at, config.share_addresses)?;
        // connections inherit the listener's buffers
        let octets = config.limits.streams.buffer;
        let bound = Bound {
            listener: Listener {
                at: socket.local_addr()?,
                ..listener
            },
            receive_buffer: sys::set_buffer(socket.as_fd(), Direction::Receive, octets)?,
            send_buffer: sys::set_buffer(socket.as_fd(), Direction::Send, octets)?,
        };
        let token = Token::Listener(self.streams.len()).pack();
        epoll.add(socket.as_fd(), token, Interest::READ)?;
        self.streams
            .push(StreamListener::new(socket, bound.listener, token));
        self.bound.push(bound);
        Ok(())
    }
}

/// The first connection id of a loop: the shard in the upper bits, below it the seconds of the
/// clock, below them 16 bits to count with. A flow remembered from before a restart thus never
/// means a connection of the present process, as long as a process opens fewer than 65,536
/// connections per second of its life.
pub(crate) fn first_connection(shard: u16) -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = since.as_secs() & 0xffff_ffff;
    (u64::from(shard) << 48) | (seconds << 16) | 1
}
