//! One question to the name servers, and their answer in our words.

use carrier::{NameQuery, NameReply, Record, RecordKind};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Answers remembered at most.
pub const ANSWERS_MAX: u64 = 4_096;
/// How long one server is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a question is asked again.
const ATTEMPTS: usize = 2;
/// How long it is believed that there is nothing, when the answer does not say.
const NOTHING_FOR: Duration = Duration::from_secs(60);

/// Which name servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Servers {
    /// Those of the machine (`/etc/resolv.conf`).
    System,
    /// These, asked by UDP and, when an answer is too long for that, by TCP.
    These(Vec<SocketAddr>),
}

/// The name servers, and what they answered lately. Without any, every question fails.
#[derive(Clone)]
pub(crate) struct NameServers(Option<TokioResolver>);

impl NameServers {
    pub(crate) fn of(servers: Servers) -> NameServers {
        let built = match servers {
            Servers::System => TokioResolver::builder_tokio(),
            Servers::These(addresses) => {
                let servers = addresses.into_iter().map(server).collect();
                let config = ResolverConfig::from_name_servers(servers);
                let provider = TokioRuntimeProvider::default();
                Ok(TokioResolver::builder_with_config(config, provider))
            }
        };
        let built = built.and_then(|mut builder| {
            settle(builder.options_mut());
            builder.build()
        });
        if let Err(error) = &built {
            tracing::warn!(%error, "no name server: carriers are found by their addresses alone");
        }
        NameServers(built.ok())
    }

    pub(crate) async fn ask(&self, query: &NameQuery) -> NameReply {
        let Some(resolver) = &self.0 else {
            return NameReply::Failed;
        };
        // A dot at the end: the machine's own domains are not tried.
        let Ok(name) = Name::from_ascii(format!("{}.", query.name)) else {
            return NameReply::Failed;
        };
        match resolver.lookup(name, record_type(query.kind)).await {
            Ok(lookup) => found(&lookup, query.kind),
            Err(NetError::Dns(DnsError::NoRecordsFound(nothing))) => {
                let ttl = nothing.negative_ttl.map(u64::from);
                let ttl = ttl.map_or(NOTHING_FOR, Duration::from_secs);
                NameReply::Nothing { ttl }
            }
            Err(error) => {
                tracing::debug!(name = query.name, %error, "a name server did not answer");
                NameReply::Failed
            }
        }
    }
}

fn settle(options: &mut ResolverOpts) {
    options.timeout = PATIENCE;
    options.attempts = ATTEMPTS;
    options.cache_size = ANSWERS_MAX;
    options.edns0 = true;
}

fn server(at: SocketAddr) -> NameServerConfig {
    let on_port = |mut connection: ConnectionConfig| {
        connection.port = at.port();
        connection
    };
    let ways = vec![
        on_port(ConnectionConfig::udp()),
        on_port(ConnectionConfig::tcp()),
    ];
    NameServerConfig::new(at.ip(), true, ways)
}

fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::Naptr => RecordType::NAPTR,
        RecordKind::Srv => RecordType::SRV,
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
    }
}

fn found(lookup: &Lookup, kind: RecordKind) -> NameReply {
    let mut records = Vec::new();
    let mut ttl = u32::MAX;
    for answer in lookup.answers() {
        ttl = ttl.min(answer.ttl);
        records.extend(record(&answer.data).filter(|record| is_of(record, kind)));
    }
    let ttl = Duration::from_secs(ttl.into());
    if records.is_empty() {
        return NameReply::Nothing { ttl: NOTHING_FOR };
    }
    NameReply::Found { records, ttl }
}

/// Whether a record was asked for: aliases come along with what they lead to.
fn is_of(record: &Record, kind: RecordKind) -> bool {
    match record {
        Record::Naptr { .. } => kind == RecordKind::Naptr,
        Record::Srv { .. } => kind == RecordKind::Srv,
        Record::Address(ip) => {
            kind == if ip.is_ipv4() {
                RecordKind::A
            } else {
                RecordKind::Aaaa
            }
        }
    }
}

fn record(data: &RData) -> Option<Record> {
    if let RData::A(a) = data {
        return Some(Record::Address(IpAddr::V4(a.0)));
    }
    if let RData::AAAA(aaaa) = data {
        return Some(Record::Address(IpAddr::V6(aaaa.0)));
    }
    if let RData::SRV(srv) = data {
        return Some(Record::Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: text(&srv.target),
        });
    }
    let RData::NAPTR(naptr) = data else {
        return None;
    };
    Some(Record::Naptr {
        order: naptr.order,
        preference: naptr.preference,
        flags: String::from_utf8_lossy(&naptr.flags).into_owned(),
        service: String::from_utf8_lossy(&naptr.services).into_owned(),
        replacement: text(&naptr.replacement),
    })
}

/// A name without the dot at its end, in lower case; the root is empty.
fn text(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    text.trim_end_matches('.').to_owned()
}
