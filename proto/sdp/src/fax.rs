//! A stream of a fax: T.38 over UDPTL (ITU-T T.38 Annex D), and what its writer says of it.
//!
//! Between two parties all that is said of a fax passes as it is; it is read for whoever takes or
//! sends one itself. Machines differ in how they spell it, so names are read with `T38Fax` and
//! with `T38` before them, without regard to case, and a flag with `:0` behind it is none.

use std::net::SocketAddr;

use crate::{Attribute, Description, Media};

/// Who trains the modems (T.38 §8.2, `T38FaxRateManagement`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateManagement {
    /// Each gateway its own machine: `localTCF`, for transports that lose nothing.
    Local,
    /// The machines each other: `transferredTCF`, which UDPTL wants.
    Transferred,
}

/// What is done against lost datagrams (`T38FaxUdpEC`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCorrection {
    /// Earlier packets once more: `t38UDPRedundancy`.
    Redundancy,
    /// Parity over earlier packets: `t38UDPFEC`.
    Fec,
    /// Nothing: `t38UDPNoEC`.
    Nothing,
}

/// The other party's fax stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fax {
    /// Where it wants datagrams.
    pub at: SocketAddr,
    /// Version of T.38; 0 where it says none.
    pub version: u8,
    /// Bits per second that its image may have at most, where it says so.
    pub max_bit_rate: Option<u32>,
    /// Who trains the modems.
    pub rate_management: RateManagement,
    /// Whether it can take away fill bits and put them in again.
    pub fill_bit_removal: bool,
    /// Octets that it can keep before they are due, where it says so.
    pub max_buffer: Option<u32>,
    /// Octets of the longest datagram that it takes, where it says so.
    pub max_datagram: Option<u32>,
    /// What is to be done against losses.
    pub error_correction: ErrorCorrection,
}

impl Media {
    /// Is this a stream of a fax over UDPTL that is neither refused nor ended?
    #[must_use]
    pub fn is_live_fax(&self) -> bool {
        self.kind == "image"
            && self.port != 0
            && self.protocol.eq_ignore_ascii_case("udptl")
            && self.formats.iter().any(|f| f.eq_ignore_ascii_case("t38"))
    }
}

impl Description {
    /// Index of the first stream of a fax that is neither refused nor ended; none where there is
    /// one of sound beside it, for then sound is what is served.
    #[must_use]
    pub fn fax(&self) -> Option<usize> {
        if self.audio().is_some() {
            return None;
        }
        self.media.iter().position(Media::is_live_fax)
    }
}

/// What a description says of its writer's [fax](Description::fax); `None` where there is none, or
/// its address is a host name, which we do not resolve.
#[must_use]
pub fn fax_of(description: &Description) -> Option<Fax> {
    let index = description.fax()?;
    let media = description.media.get(index)?;
    let ip = description.connection_of(index)?.address.ip()?;
    let mut fax = Fax {
        at: SocketAddr::new(ip, media.port),
        version: 0,
        max_bit_rate: None,
        rate_management: RateManagement::Transferred,
        fill_bit_removal: false,
        max_buffer: None,
        max_datagram: None,
        error_correction: ErrorCorrection::Redundancy,
    };
    // what stands with the stream counts more than what is said of the whole
    for attribute in description.attributes().chain(media.attributes()) {
        fax.read(attribute);
    }
    Some(fax)
}

impl Fax {
    /// Whether the machines train the modems through each other, as a terminal of this node does.
    #[must_use]
    pub fn trains_through(&self) -> bool {
        self.rate_management == RateManagement::Transferred
    }

    /// Takes in one attribute; what cannot be read says nothing.
    fn read(&mut self, attribute: &Attribute) {
        let name = attribute.name.to_ascii_lowercase();
        let Some(name) = name.strip_prefix("t38") else {
            return;
        };
        let value = attribute.value.as_deref().map(str::trim);
        let number = value.and_then(|text| text.parse().ok());
        match name.strip_prefix("fax").unwrap_or(name) {
            "version" => {
                self.version = number
                    .and_then(|n| u8::try_from(n).ok())
                    .unwrap_or(self.version);
            }
            "maxbitrate" => self.max_bit_rate = number.or(self.max_bit_rate),
            "maxbuffer" => self.max_buffer = number.or(self.max_buffer),
            "maxdatagram" => self.max_datagram = number.or(self.max_datagram),
            "fillbitremoval" => self.fill_bit_removal = number != Some(0),
            "ratemanagement" => match value.map(str::to_ascii_lowercase).as_deref() {
                Some("localtcf") => self.rate_management = RateManagement::Local,
                Some("transferredtcf") => self.rate_management = RateManagement::Transferred,
                Some(_) | None => {}
            },
            "udpec" => match value.map(str::to_ascii_lowercase).as_deref() {
                Some("t38udpredundancy") => self.error_correction = ErrorCorrection::Redundancy,
                Some("t38udpfec") => self.error_correction = ErrorCorrection::Fec,
                Some("t38udpnoec") => self.error_correction = ErrorCorrection::Nothing,
                Some(_) | None => {}
            },
            _ => {}
        }
    }
}
