//! Offer and answer (RFC 3264, ITU-T T.38 Annex D) of a fax that ends in this node.
//!
//! The terminal here speaks version 0, trains the modems through (`transferredTCF`, which is what
//! UDPTL wants) and sends each packet once more with those behind it.

use crate::negotiate::{copy_times, refused};
use crate::{Attribute, Description, Media, MediaAddress, OriginId, Refusal};

/// Bits per second of the fastest modem (V.17).
const MAX_BIT_RATE: u32 = 14_400;

/// What a fax terminal inside this node can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaxTerminal {
    /// Where it takes datagrams.
    pub at: MediaAddress,
    /// Its `o=`.
    pub origin: OriginId,
    /// Octets of the longest datagram that it takes.
    pub max_datagram: u16,
}

impl FaxTerminal {
    /// Its offer: a fax and nothing else.
    #[must_use]
    pub fn offer(&self) -> Description {
        let mut description = Description::new(self.origin.at(self.at.ip));
        description.media.push(self.stream(MAX_BIT_RATE));
        description
    }

    /// Its answer: the [fax](Description::fax) of the offer is taken, and every other stream
    /// refused by port 0 (RFC 3264 §6).
    ///
    /// # Errors
    /// Why it cannot be taken: no live fax is offered, its address is a host name, or the modems
    /// were to be trained by each side for itself.
    pub fn answer(&self, offered: &Description) -> Result<Description, Refusal> {
        let chosen = offered.fax().ok_or(Refusal::NoAudio)?;
        let fax = crate::fax_of(offered).ok_or(Refusal::Address)?;
        if !fax.trains_through() {
            return Err(Refusal::Codec);
        }
        let rate = fax.max_bit_rate.unwrap_or(MAX_BIT_RATE).min(MAX_BIT_RATE);
        let mut description = Description::new(self.origin.at(self.at.ip));
        copy_times(offered, &mut description);
        for (index, media) in offered.media.iter().enumerate() {
            description.media.push(if index == chosen {
                Media {
                    protocol: media.protocol.clone(),
                    formats: media.formats.clone(),
                    ..self.stream(rate)
                }
            } else {
                refused(media)
            });
        }
        Ok(description)
    }

    fn stream(&self, rate: u32) -> Media {
        let mut media = Media {
            kind: "image".into(),
            port: self.at.port,
            ports: None,
            protocol: "udptl".into(),
            formats: vec!["t38".into()],
            lines: Vec::new(),
        };
        for (name, value) in [
            ("T38FaxVersion", "0".to_owned()),
            ("T38MaxBitRate", rate.to_string()),
            ("T38FaxRateManagement", "transferredTCF".to_owned()),
            ("T38FaxMaxDatagram", self.max_datagram.to_string()),
            ("T38FaxUdpEC", "t38UDPRedundancy".to_owned()),
        ] {
            media.push_attribute(Attribute::with(name, value));
        }
        media
    }
}
