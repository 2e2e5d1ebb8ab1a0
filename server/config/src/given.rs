//! What a flag, an environment variable or a file says about each setting; all optional.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::acme::Said;
use crate::nft_set::NftSet;
use crate::problem::Problem;
use crate::settings::{Capture, Digest, LogFormat, Mail, MediaIo, Settings};
use crate::speech;
use crate::wires::{self, Public, Secure, Wires};

/// Most listeners, names or addresses of one setting.
const SEVERAL_MAX: usize = 64;

/// Longest text that links begin with, in bytes.
const PORTAL_MAX: usize = 256;

/// One text or several; in a file both a string and a list of strings will do, and a string may
/// have commas.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Several {
    /// One text, perhaps with commas.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Several {
    fn parts(&self) -> Vec<&str> {
        let whole = match self {
            Several::One(text) => std::slice::from_ref(text),
            Several::Many(list) => list.as_slice(),
        };
        let parts = whole.iter().flat_map(|text| text.split(','));
        parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// What is said about each setting. The names are those of the file.
// tidy: config
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The data folder.
    pub data: Option<PathBuf>,
    /// Where the store is: `sqlite:FOLDER` or `postgres://ROLE@HOST/DATABASE`.
    pub store: Option<String>,
    /// Where SIP is spoken, UDP and TCP alike: `ADDR:PORT`, several with commas.
    pub sip: Option<Several>,
    /// Where SIP is spoken within TLS: `ADDR:PORT`, or `ADDR:PORT=required` (`=optional`) to ask
    /// for client certificates; several with commas.
    pub sip_tls: Option<Several>,
    /// Where SIP is spoken over WebSockets in the clear: `ADDR:PORT`, several with commas.
    pub sip_ws: Option<Several>,
    /// Where SIP is spoken over WebSockets within TLS, written as `sip_tls`.
    pub sip_wss: Option<Several>,
    /// Files of certificates in PEM with those that vouch for them, several with commas.
    pub sip_certificate: Option<Several>,
    /// Files of their keys in PEM, in the same order.
    pub sip_key: Option<Several>,
    /// A file with the authorities of client certificates in PEM.
    pub sip_client_ca: Option<PathBuf>,
    /// A file with the authorities of peers that are called within TLS, in PEM.
    pub sip_trust: Option<PathBuf>,
    /// The directory of the authority that gives certificates by ACME: `https://…`.
    pub acme_directory: Option<String>,
    /// The mail address for matters of the account there.
    pub acme_contact: Option<String>,
    /// `yes` to accept the authority's terms.
    pub acme_terms: Option<String>,
    /// Hosts that certificates are asked for, several with commas.
    pub acme_names: Option<Several>,
    /// The id of the external account's key.
    pub acme_eab_id: Option<String>,
    /// That key, in base64url.
    pub acme_eab_key: Option<String>,
    /// A file with the roots by which a private authority is believed, in PEM.
    pub acme_trust: Option<PathBuf>,
    /// Where the listeners are reached by way of a translator: `ADDR`, `ADDR:PORT` or
    /// `LISTENER=ADDR:PORT`, several with commas.
    pub sip_public: Option<Several>,
    /// Balancers, whose connections begin by saying whose they are: `ADDR/BITS`, several with
    /// commas.
    pub sip_balancers: Option<Several>,
    /// Edge proxies, whose word on the way back to phones is taken: `ADDR/BITS`, several with
    /// commas.
    pub sip_edges: Option<Several>,
    /// Origins of the web pages that may open a WebSocket, such as `https://portal.example`.
    pub ws_origins: Option<Several>,
    /// Where the API listens: `ADDR:PORT`.
    pub http: Option<String>,
    /// The address that phones are told to send audio to; one of each family.
    pub media: Option<Several>,
    /// UDP ports for audio: `FIRST-LAST`.
    pub media_ports: Option<String>,
    /// Threads that carry audio.
    pub media_threads: Option<u8>,
    /// How they ask the kernel for packets: `epoll` or `io-uring`.
    pub media_io: Option<String>,
    /// Names under which the exchange itself is reached, besides its addresses and the companies'
    /// domains.
    pub names: Option<Several>,
    /// What phones are challenged with: `md5`, `sha-256` or `both`.
    pub digest: Option<String>,
    /// Where the master keys are: a file, `env:NAME` or `command:PROGRAM ARGUMENT…`; the file
    /// `master.key` in the data folder unless given.
    pub master_key: Option<String>,
    /// How long calls may go on after the first SIGTERM, in seconds.
    pub drain_seconds: Option<u64>,
    /// Memory for the latest SIP messages of calls, in MiB; 0 for none.
    pub ladder_mib: Option<u16>,
    /// The server that is told of SIP messages (HEP 3): `HOST:PORT`.
    pub hep: Option<String>,
    /// The number by which it knows this exchange.
    pub hep_id: Option<u32>,
    /// What proves this exchange to it.
    pub hep_key: Option<String>,
    /// The mail server: `smtp://[USER:PASSWORD@]HOST[:PORT]` or `smtps://…`.
    pub smtp: Option<String>,
    /// The address that mail comes from.
    pub mail_from: Option<String>,
    /// What the links of mails begin with: `https://HOST`.
    pub portal: Option<String>,
    /// Networks inside which webhooks may go nevertheless: `ADDR/BITS`, several with commas.
    pub webhook_allow: Option<Several>,
    /// Networks inside which live streams of music may lie nevertheless: `ADDR/BITS`, several with
    /// commas.
    pub music_allow: Option<Several>,
    /// Networks inside which sign-in servers may lie nevertheless: `ADDR/BITS`, several with
    /// commas.
    pub sso_allow: Option<Several>,
    /// A folder with recorded voices.
    pub prompts: Option<PathBuf>,
    /// The address of a speech engine.
    pub speech_url: Option<String>,
    /// The key that it is shown.
    pub speech_key: Option<String>,
    /// The model it is to speak with.
    pub speech_model: Option<String>,
    /// Its voices: one for all languages, and `LANGUAGE=VOICE` for one; several with commas.
    pub speech_voices: Option<Several>,
    /// A file with the authorities, in PEM, that are trusted to say who may sign calls.
    pub stir_trust: Option<PathBuf>,
    /// Networks inside which certificates of those who sign calls may lie nevertheless:
    /// `ADDR/BITS`, several with commas.
    pub stir_allow: Option<Several>,
    /// Name servers by which carriers are found: `ADDR:PORT`, several with commas; those of the
    /// machine unless given.
    pub name_servers: Option<Several>,
    /// Networks that are never banned: `ADDR/BITS`, several with commas.
    pub ban_never: Option<Several>,
    /// How the User-Agent of a program that looks for victims begins, several with commas.
    pub ban_agents: Option<Several>,
    /// Sets of nftables that bans are written to: `FAMILY/TABLE/SET`.
    pub ban_nft: Option<String>,
    /// What is logged, such as `info` or `info,net=debug`.
    pub log: Option<String>,
    /// `text` or `json`.
    pub log_format: Option<String>,
}

/// Memory for messages unless something is said, in MiB.
const LADDER_MIB: u16 = 32;

/// The most memory for messages, in MiB.
const LADDER_MIB_MAX: u16 = 4_096;

impl Given {
    /// Reads a settings file.
    ///
    /// # Errors
    /// [`Problem`] with the place in the text and what is wrong there.
    pub fn from_toml(text: &str) -> Result<Given, Problem> {
        toml::from_str(text).map_err(|error| Problem::new("", "", error.to_string()))
    }

    /// What this says, and where it says nothing what `below` says.
    #[must_use]
    pub fn over(self, below: Given) -> Given {
        Given {
            data: self.data.or(below.data),
            store: self.store.or(below.store),
            sip: self.sip.or(below.sip),
            sip_tls: self.sip_tls.or(below.sip_tls),
            sip_ws: self.sip_ws.or(below.sip_ws),
            sip_wss: self.sip_wss.or(below.sip_wss),
            sip_certificate: self.sip_certificate.or(below.sip_certificate),
            sip_key: self.sip_key.or(below.sip_key),
            sip_client_ca: self.sip_client_ca.or(below.sip_client_ca),
            sip_trust: self.sip_trust.or(below.sip_trust),
            acme_directory: self.acme_directory.or(below.acme_directory),
            acme_contact: self.acme_contact.or(below.acme_contact),
            acme_terms: self.acme_terms.or(below.acme_terms),
            acme_names: self.acme_names.or(below.acme_names),
            acme_eab_id: self.acme_eab_id.or(below.acme_eab_id),
            acme_eab_key: self.acme_eab_key.or(below.acme_eab_key),
            acme_trust: self.acme_trust.or(below.acme_trust),
            sip_public: self.sip_public.or(below.sip_public),
            sip_balancers: self.sip_balancers.or(below.sip_balancers),
            sip_edges: self.sip_edges.or(below.sip_edges),
            ws_origins: self.ws_origins.or(below.ws_origins),
            http: self.http.or(below.http),
            media: self.media.or(below.media),
            media_ports: self.media_ports.or(below.media_ports),
            media_threads: self.media_threads.or(below.media_threads),
            media_io: self.media_io.or(below.media_io),
            names: self.names.or(below.names),
            digest: self.digest.or(below.digest),
            master_key: self.master_key.or(below.master_key),
            drain_seconds: self.drain_seconds.or(below.drain_seconds),
            ladder_mib: self.ladder_mib.or(below.ladder_mib),
            hep: self.hep.or(below.hep),
            hep_id: self.hep_id.or(below.hep_id),
            hep_key: self.hep_key.or(below.hep_key),
            smtp: self.smtp.or(below.smtp),
            mail_from: self.mail_from.or(below.mail_from),
            portal: self.portal.or(below.portal),
            webhook_allow: self.webhook_allow.or(below.webhook_allow),
            music_allow: self.music_allow.or(below.music_allow),
            sso_allow: self.sso_allow.or(below.sso_allow),
            prompts: self.prompts.or(below.prompts),
            speech_url: self.speech_url.or(below.speech_url),
            speech_key: self.speech_key.or(below.speech_key),
            speech_model: self.speech_model.or(below.speech_model),
            speech_voices: self.speech_voices.or(below.speech_voices),
            stir_trust: self.stir_trust.or(below.stir_trust),
            stir_allow: self.stir_allow.or(below.stir_allow),
            name_servers: self.name_servers.or(below.name_servers),
            ban_never: self.ban_never.or(below.ban_never),
            ban_agents: self.ban_agents.or(below.ban_agents),
            ban_nft: self.ban_nft.or(below.ban_nft),
            log: self.log.or(below.log),
            log_format: self.log_format.or(below.log_format),
        }
    }

    /// What is said of certificates that come by themselves, taken out.
    fn of_authority(&mut self) -> Result<Said, Problem> {
        Ok(Said {
            directory: self.acme_directory.take(),
            contact: self.acme_contact.take(),
            terms: self.acme_terms.take(),
            names: several(self.acme_names.as_ref(), "acme_names", "", name)?,
            external: (self.acme_eab_id.take(), self.acme_eab_key.take()),
            trusted: self.acme_trust.take(),
        })
    }

    /// What is said of a speech engine, taken out.
    fn of_engine(&mut self) -> Result<speech::Said, Problem> {
        let voices = self.speech_voices.take();
        Ok(speech::Said {
            url: self.speech_url.take(),
            key: self.speech_key.take(),
            model: self.speech_model.take(),
            voices: several(voices.as_ref(), "speech_voices", "", voice)?,
        })
    }

    /// Validates everything and puts defaults where nothing is said.
    ///
    /// # Errors
    /// The first [`Problem`].
    pub fn settle(mut self) -> Result<Settings, Problem> {
        let acme = self.of_authority()?.settle()?;
        let speech = self.of_engine()?.settle()?;
        let data = self.data.unwrap_or_else(|| PathBuf::from("./data"));
        let sip = several(self.sip.as_ref(), "sip", "0.0.0.0:5060", socket)?;
        let wires = Wires {
            tls: several(self.sip_tls.as_ref(), "sip_tls", "", Secure::parse)?,
            ws: several(self.sip_ws.as_ref(), "sip_ws", "", socket)?,
            wss: several(self.sip_wss.as_ref(), "sip_wss", "", Secure::parse)?,
            certificates: Vec::new(),
            authorities: self.sip_client_ca,
            trusted: self.sip_trust,
            public: several(self.sip_public.as_ref(), "sip_public", "", Public::parse)?,
            balancers: several(self.sip_balancers.as_ref(), "sip_balancers", "", network)?,
            edges: several(self.sip_edges.as_ref(), "sip_edges", "", network)?,
            origins: several(self.ws_origins.as_ref(), "ws_origins", "", wires::origin)?,
        };
        let chains = several(self.sip_certificate.as_ref(), "sip_certificate", "", path)?;
        let keys = several(self.sip_key.as_ref(), "sip_key", "", path)?;
        let default = acme.is_none().then_some(&*data);
        let wires = wires
            .with_certificates(chains, keys, default)?
            .naming(&sip)?;
        let media = several(self.media.as_ref(), "media", "", address)?;
        one_of_each_family(&media)?;
        let store = self.store.map(|given| store(&given).map(|()| given));
        let http = one(self.http, "http", "127.0.0.1:8080", socket)?;
        Ok(Settings {
            store: store.transpose()?,
            sip,
            wires,
            acme,
            portal: one(self.portal, "portal", &format!("http://{http}"), portal)?,
            http,
            media,
            media_ports: one(self.media_ports, "media_ports", "40000-44999", str::parse)?,
            media_threads: threads(self.media_threads)?,
            media_io: one(self.media_io, "media_io", "epoll", MediaIo::parse)?,
            names: several(self.names.as_ref(), "names", "", name)?,
            digest: one(self.digest, "digest", "md5", Digest::parse)?,
            master_key: self.master_key,
            drain: drain(self.drain_seconds)?,
            ladder_octets: ladder_octets(self.ladder_mib)?,
            capture: capture(self.hep, self.hep_id, self.hep_key)?,
            mail: mail(self.smtp, self.mail_from)?,
            webhook_allow: several(self.webhook_allow.as_ref(), "webhook_allow", "", network)?,
            music_allow: several(self.music_allow.as_ref(), "music_allow", "", network)?,
            sso_allow: several(self.sso_allow.as_ref(), "sso_allow", "", network)?,
            prompts: self.prompts,
            speech,
            stir_trust: self.stir_trust,
            stir_allow: several(self.stir_allow.as_ref(), "stir_allow", "", network)?,
            name_servers: several(self.name_servers.as_ref(), "name_servers", "", socket)?,
            ban_never: several(
                self.ban_never.as_ref(),
                "ban_never",
                "127.0.0.0/8,::1/128",
                network,
            )?,
            ban_agents: self
                .ban_agents
                .map(|given| several(Some(&given), "ban_agents", "", agent))
                .transpose()?,
            ban_nft: nft_set(self.ban_nft)?,
            log: self.log.unwrap_or_else(|| "info".to_owned()),
            log_format: one(self.log_format, "log_format", "text", LogFormat::parse)?,
            data,
        })
    }
}

fn threads(given: Option<u8>) -> Result<u8, Problem> {
    let threads = given.unwrap_or(1);
    if !(1..=64).contains(&threads) {
        let rule = "must be 1 to 64 threads";
        return Err(Problem::new("media_threads", threads.to_string(), rule));
    }
    Ok(threads)
}

fn drain(given: Option<u64>) -> Result<Duration, Problem> {
    let drain = given.unwrap_or(60);
    if drain > 24 * 3600 {
        let rule = "must be at most a day";
        return Err(Problem::new("drain_seconds", drain.to_string(), rule));
    }
    Ok(Duration::from_secs(drain))
}

fn nft_set(given: Option<String>) -> Result<Option<NftSet>, Problem> {
    given
        .map(|given| one(Some(given), "ban_nft", "", NftSet::parse))
        .transpose()
}

/// The number of an exchange that was given none.
const HEP_ID: u32 = 2_001;

fn capture(
    server: Option<String>,
    agent: Option<u32>,
    key: Option<String>,
) -> Result<Option<Capture>, Problem> {
    let Some(server) = server.filter(|server| !server.is_empty()) else {
        return Ok(None);
    };
    let port = server.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
    if !matches!(port, Some(Ok(1..))) {
        return Err(Problem::new("hep", server, "must be HOST:PORT"));
    }
    Ok(Some(Capture {
        server,
        agent: agent.unwrap_or(HEP_ID),
        key: key.unwrap_or_default(),
    }))
}

fn ladder_octets(given: Option<u16>) -> Result<usize, Problem> {
    let mib = given.unwrap_or(LADDER_MIB);
    if mib > LADDER_MIB_MAX {
        let rule = "must be at most 4096 MiB";
        return Err(Problem::new("ladder_mib", mib.to_string(), rule));
    }
    Ok(usize::from(mib) << 20)
}

/// The address itself is read by the store; here is said what it may be, without repeating it,
/// since it may hold a password.
fn store(given: &str) -> Result<(), Problem> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| given.starts_with(scheme)) {
        return Ok(());
    }
    let rule = "must be sqlite:FOLDER or postgres://ROLE@HOST/DATABASE";
    Err(Problem::new("store", "…", rule))
}

fn one<T>(
    given: Option<String>,
    setting: &'static str,
    default: &str,
    read: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<T, Problem> {
    let text = given.as_deref().unwrap_or(default);
    read(text).map_err(|rule| Problem::new(setting, text, rule))
}

fn several<T>(
    given: Option<&Several>,
    setting: &'static str,
    default: &str,
    read: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<T>, Problem> {
    let fallback = Several::One(default.to_owned());
    let parts = given.unwrap_or(&fallback).parts();
    if parts.len() > SEVERAL_MAX {
        return Err(Problem::new(setting, "", "has more than 64 parts"));
    }
    let read = |text: &&str| read(text).map_err(|rule| Problem::new(setting, *text, rule));
    parts.iter().map(read).collect()
}

fn socket(text: &str) -> Result<SocketAddr, &'static str> {
    let rule = "must be an address and a port, such as 0.0.0.0:5060 or [::1]:5060";
    text.parse().map_err(|_| rule)
}

fn voice(text: &str) -> Result<String, &'static str> {
    Ok(text.to_owned())
}

fn path(text: &str) -> Result<PathBuf, &'static str> {
    Ok(PathBuf::from(text))
}

/// Where people find the pages that links in mails lead to.
fn portal(text: &str) -> Result<String, &'static str> {
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let good = host.is_some_and(|host| {
        let plain = |c: char| c.is_ascii_graphic() && !"#?\"<>".contains(c);
        !host.is_empty() && text.len() <= PORTAL_MAX && host.chars().all(plain)
    });
    good.then(|| text.trim_end_matches('/').to_owned())
        .ok_or("must be https://HOST or http://HOST, with a port and a path if need be")
}

/// The mail server and the sender, which need each other.
fn mail(smtp: Option<String>, from: Option<String>) -> Result<Option<Mail>, Problem> {
    match (smtp, from) {
        (None, None) => Ok(None),
        (Some(smtp), Some(from)) => Ok(Some(Mail { smtp, from })),
        (Some(_), None) => {
            let rule = "must be set with smtp: the address that mail comes from";
            Err(Problem::new("mail_from", "", rule))
        }
        (None, Some(from)) => {
            let rule = "needs smtp, the server that takes the mail";
            Err(Problem::new("mail_from", from, rule))
        }
    }
}

fn network(text: &str) -> Result<(IpAddr, u8), &'static str> {
    const RULE: &str = "must be a network, such as 10.1.0.0/16 or fd00:1::/32";
    let (address, bits) = text.split_once('/').ok_or(RULE)?;
    let address: IpAddr = address.parse().map_err(|_| RULE)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.parse().ok().filter(|bits| *bits <= most);
    Ok((address, bits.ok_or(RULE)?))
}

/// The beginning of a User-Agent.
fn agent(text: &str) -> Result<String, &'static str> {
    let fits = text.len() <= 100 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    fits.then(|| text.to_owned())
        .ok_or("must be at most 100 printable ASCII characters")
}

fn address(text: &str) -> Result<IpAddr, &'static str> {
    let address: IpAddr = text
        .parse()
        .map_err(|_| "must be an IP address, such as 192.0.2.10")?;
    if address.is_unspecified() {
        return Err("must be an address that phones can send to, not all addresses");
    }
    Ok(address)
}

fn name(text: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if text.len() > 253 || !text.bytes().all(fits) {
        return Err("must be a host name, such as sip.example.net");
    }
    Ok(text.to_ascii_lowercase())
}

fn one_of_each_family(media: &[IpAddr]) -> Result<(), Problem> {
    let of = |v4: bool| media.iter().filter(|ip| ip.is_ipv4() == v4).count();
    if of(true) > 1 || of(false) > 1 {
        let given = media.iter().map(IpAddr::to_string).collect::<Vec<_>>();
        let rule = "must be at most one IPv4 and one IPv6 address";
        return Err(Problem::new("media", given.join(","), rule));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
