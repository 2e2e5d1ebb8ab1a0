//! Chunks: what each is called by, and how one is written.

/// The vendor of the common chunks.
const COMMON: u16 = 0;

/// Octets before a chunk's value: vendor, type, length.
const HEAD: usize = 6;

/// Types of the common chunks ("HEP/EEP Network Protocol", §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// The family of the addresses: 2 is IPv4, 10 is IPv6.
    Family,
    /// The protocol above IP, by its number of IANA.
    Protocol,
    /// The IPv4 address a message came from.
    SourceV4,
    /// The IPv4 address it went to.
    DestinationV4,
    /// The IPv6 address it came from.
    SourceV6,
    /// The IPv6 address it went to.
    DestinationV6,
    /// The port it came from.
    SourcePort,
    /// The port it went to.
    DestinationPort,
    /// Seconds since 1970.
    Seconds,
    /// Microseconds within that second.
    Micros,
    /// What it is: 1 is SIP.
    Payload,
    /// Who saw it.
    Agent,
    /// What proves who saw it.
    Key,
    /// The message itself.
    Message,
    /// What it belongs together with.
    Correlation,
}

impl Sort {
    const fn number(self) -> u16 {
        match self {
            Sort::Family => 1,
            Sort::Protocol => 2,
            Sort::SourceV4 => 3,
            Sort::DestinationV4 => 4,
            Sort::SourceV6 => 5,
            Sort::DestinationV6 => 6,
            Sort::SourcePort => 7,
            Sort::DestinationPort => 8,
            Sort::Seconds => 9,
            Sort::Micros => 10,
            Sort::Payload => 11,
            Sort::Agent => 12,
            Sort::Key => 14,
            Sort::Message => 15,
            Sort::Correlation => 17,
        }
    }
}

/// Writes a chunk; nothing when its length has no place in 16 bits.
pub(crate) fn put(out: &mut Vec<u8>, sort: Sort, value: &[u8]) -> Option<()> {
    let length = u16::try_from(HEAD + value.len()).ok()?;
    for number in [COMMON, sort.number(), length] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(value);
    Some(())
}
