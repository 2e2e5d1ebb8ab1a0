//! The settings of a running exchange, validated.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::acme::Acme;
use crate::nft_set::NftSet;
use crate::span::PortSpan;
use crate::speech::Speech;
use crate::wires::Wires;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl LogFormat {
    pub(crate) fn parse(text: &str) -> Result<LogFormat, &'static str> {
        match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("must be text or json"),
        }
    }
}

/// Which digests phones are challenged with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digest {
    /// MD5 alone, which every phone knows.
    #[default]
    Md5,
    /// SHA-256 first, then MD5. Older phones refuse both then.
    Both,
    /// SHA-256 alone.
    Sha256,
}

impl Digest {
    pub(crate) fn parse(text: &str) -> Result<Digest, &'static str> {
        match text {
            "md5" => Ok(Digest::Md5),
            "both" => Ok(Digest::Both),
            "sha-256" => Ok(Digest::Sha256),
            _ => Err("must be md5, sha-256 or both"),
        }
    }
}

/// How the kernel is asked for packets of audio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MediaIo {
    /// By epoll, which every kernel has.
    #[default]
    Epoll,
    /// By `io_uring`, which needs Linux 6.1 and may be forbidden.
    IoUring,
}

impl MediaIo {
    pub(crate) fn parse(text: &str) -> Result<MediaIo, &'static str> {
        match text {
            "epoll" => Ok(MediaIo::Epoll),
            "io-uring" => Ok(MediaIo::IoUring),
            _ => Err("must be epoll or io-uring"),
        }
    }
}

/// How mail goes out.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The mail server's URL, as given; it may hold a password.
    pub smtp: String,
    /// The address that mail comes from.
    pub from: String,
}

impl fmt::Debug for Mail {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// The server that is told of SIP messages (HEP 3).
#[derive(Clone, PartialEq, Eq)]
pub struct Capture {
    /// Where it is: `HOST:PORT`.
    pub server: String,
    /// The number by which it knows this exchange. Default 2001.
    pub agent: u32,
    /// What proves this exchange to it; empty for nothing.
    pub key: String,
}

impl fmt::Debug for Capture {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("server", &self.server)
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}

/// Everything that is set, each within its rule.
// tidy: config
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The data folder. Default `./data`.
    pub data: PathBuf,
    /// Where the store is. Default none: in the data folder.
    pub store: Option<String>,
    /// Where SIP is spoken, UDP and TCP. Default `0.0.0.0:5060`.
    pub sip: Vec<SocketAddr>,
    /// Where it is spoken besides, over TLS and WebSockets. Default nowhere.
    pub wires: Wires,
    /// Which certificates come by themselves. Default none.
    pub acme: Option<Acme>,
    /// Where the API listens. Default `127.0.0.1:8080`.
    pub http: SocketAddr,
    /// Addresses for audio, at most one of each family. Default none: the binary then takes
    /// those of `sip`, or finds the address by which this machine reaches others.
    pub media: Vec<IpAddr>,
    /// UDP ports for audio. Default 40000-44999.
    pub media_ports: PortSpan,
    /// Threads for audio, 1 to 64. Default 1.
    pub media_threads: u8,
    /// How they ask the kernel for packets. Default epoll.
    pub media_io: MediaIo,
    /// Further names of the exchange, in lower case. Default none.
    pub names: Vec<String>,
    /// What phones are challenged with. Default MD5.
    pub digest: Digest,
    /// Where the master keys are: a file, `env:NAME` or `command:PROGRAM ARGUMENT…`. Default none:
    /// the file `master.key` in the data folder.
    pub master_key: Option<String>,
    /// How long calls may go on while draining, at most a day. Default 60 s.
    pub drain: Duration,
    /// Octets of memory for the latest SIP messages of calls; 0 for none. Default 32 MiB.
    pub ladder_octets: usize,
    /// Who is told of SIP messages. Default nobody.
    pub capture: Option<Capture>,
    /// How mail goes out. Default not at all.
    pub mail: Option<Mail>,
    /// What the links of mails begin with where no brand says another domain. Default the
    /// address of `http`.
    pub portal: String,
    /// Networks inside which webhooks may go nevertheless: an address and the bits of its prefix.
    /// Default none.
    pub webhook_allow: Vec<(IpAddr, u8)>,
    /// Networks inside which companies' sign-in servers may lie nevertheless: an address and the
    /// bits of its prefix. Default none.
    pub sso_allow: Vec<(IpAddr, u8)>,
    /// Networks inside which live streams of music may lie nevertheless: an address and the bits of
    /// its prefix. Default none.
    pub music_allow: Vec<(IpAddr, u8)>,
    /// A folder with recorded voices, as Debian's packages lay them out. Default
    /// `/usr/share/asterisk/sounds`.
    pub prompts: Option<PathBuf>,
    /// A speech engine that speaks texts. Default none: they are spoken on this machine.
    pub speech: Option<Speech>,
    /// A file with the authorities, in PEM, that are trusted to say who may sign calls. Default
    /// none: no proof of who calls is believed.
    pub stir_trust: Option<PathBuf>,
    /// Networks inside which certificates of those who sign calls may lie nevertheless: an address
    /// and the bits of its prefix. Default none.
    pub stir_allow: Vec<(IpAddr, u8)>,
    /// Name servers by which carriers are found. Default none: those of the machine.
    pub name_servers: Vec<SocketAddr>,
    /// Networks that are never banned: an address and the bits of its prefix. Default 127.0.0.0/8
    /// and ::1/128, which is whoever is on the machine itself.
    pub ban_never: Vec<(IpAddr, u8)>,
    /// How the User-Agent of a program that looks for victims begins. Default none: the list that
    /// the exchange brings with it.
    pub ban_agents: Option<Vec<String>>,
    /// Sets of nftables that bans are written to. Default none.
    pub ban_nft: Option<NftSet>,
    /// What is logged. Default `info`.
    pub log: String,
    /// How it is written. Default text.
    pub log_format: LogFormat,
}
