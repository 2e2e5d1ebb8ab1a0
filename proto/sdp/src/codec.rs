//! Codecs: `a=rtpmap`, `a=fmtp` and the payload numbers everybody knows (RFC 3551 section 6).

use serde::{Deserialize, Serialize};

use crate::{Description, Media};

/// One codec of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Codec {
    /// RTP payload number, 0 to 127.
    pub payload: u8,
    /// Encoding name as written; compare with [`Codec::is`], for case does not count.
    pub name: String,
    /// RTP clock in Hz (8000 for G.722, whatever its sampling rate: RFC 3551 section 4.5.2).
    pub clock: u32,
    /// Channels of sound, 1 when nothing is said.
    pub channels: u8,
    /// The text after the payload number of `a=fmtp`.
    pub fmtp: Option<String>,
}

impl Codec {
    /// A codec of one channel without parameters.
    #[must_use]
    pub fn new(payload: u8, name: impl Into<String>, clock: u32) -> Self {
        Self {
            payload,
            name: name.into(),
            clock,
            channels: 1,
            fmtp: None,
        }
    }

    /// G.711 µ-law, payload 0.
    #[must_use]
    pub fn pcmu() -> Self {
        Self::new(0, "PCMU", 8000)
    }

    /// G.711 A-law, payload 8.
    #[must_use]
    pub fn pcma() -> Self {
        Self::new(8, "PCMA", 8000)
    }

    /// G.722, payload 9, with the RTP clock of 8000 Hz it has by mistake and for ever.
    #[must_use]
    pub fn g722() -> Self {
        Self::new(9, "G722", 8000)
    }

    /// Opus, described as it always is (RFC 7587 section 7), for a party that can make use of
    /// in-band forward error correction.
    #[must_use]
    pub fn opus(payload: u8) -> Self {
        Self {
            channels: 2,
            fmtp: Some("useinbandfec=1".into()),
            ..Self::new(payload, "opus", 48_000)
        }
    }

    /// Comfort noise, payload 13 (RFC 3389).
    #[must_use]
    pub fn comfort_noise() -> Self {
        Self::new(13, "CN", 8000)
    }

    /// Key presses, events 0 to 16, clock 8000 Hz (RFC 4733).
    #[must_use]
    pub fn telephone_event(payload: u8) -> Self {
        let plain = Self::new(payload, "telephone-event", 8000);
        Self {
            fmtp: Some("0-16".into()),
            ..plain
        }
    }

    /// Is this the encoding of that name? Case does not count (RFC 4855 section 3).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Same encoding, clock and channels, whatever the payload number.
    #[must_use]
    pub fn is_same_encoding(&self, other: &Self) -> bool {
        self.is(&other.name) && self.clock == other.clock && self.channels == other.channels
    }

    /// Does it carry sound, rather than key presses, comfort noise or redundancy?
    #[must_use]
    pub fn is_speech(&self) -> bool {
        let others = [
            "telephone-event",
            "tone",
            "CN",
            "red",
            "ulpfec",
            "flexfec",
            "rtx",
        ];
        !others.iter().any(|name| self.is(name))
    }

    /// The value of `a=rtpmap` without the payload number.
    pub(crate) fn rtpmap(&self) -> String {
        match self.channels {
            1 => format!("{}/{}", self.name, self.clock),
            channels => format!("{}/{}/{channels}", self.name, self.clock),
        }
    }
}

/// The codec a static payload number stands for (RFC 3551 section 6, audio and the two still in
/// use of video); `None` for the others.
#[must_use]
pub fn codec_of_static_payload(payload: u8) -> Option<Codec> {
    let (name, clock, channels) = match payload {
        0 => ("PCMU", 8000, 1),
        3 => ("GSM", 8000, 1),
        4 => ("G723", 8000, 1),
        5 => ("DVI4", 8000, 1),
        6 => ("DVI4", 16000, 1),
        7 => ("LPC", 8000, 1),
        8 => ("PCMA", 8000, 1),
        9 => ("G722", 8000, 1),
        10 => ("L16", 44100, 2),
        11 => ("L16", 44100, 1),
        12 => ("QCELP", 8000, 1),
        13 => ("CN", 8000, 1),
        14 => ("MPA", 90000, 1),
        15 => ("G728", 8000, 1),
        16 => ("DVI4", 11025, 1),
        17 => ("DVI4", 22050, 1),
        18 => ("G729", 8000, 1),
        31 => ("H261", 90000, 1),
        34 => ("H263", 90000, 1),
        _ => return None,
    };
    Some(Codec {
        payload,
        name: name.into(),
        clock,
        channels,
        fmtp: None,
    })
}

/// The payload number of key presses (`telephone-event`) in this stream: the one whose clock is
/// that of the first speech codec, else the first.
#[must_use]
pub fn parse_dtmf_payload(media: &Media) -> Option<u8> {
    let codecs = media.codecs();
    let clock = codecs.iter().find(|c| c.is_speech()).map(|c| c.clock);
    let events = || codecs.iter().filter(|c| c.is("telephone-event"));
    let fitting = events().find(|c| Some(c.clock) == clock);
    fitting.or_else(|| events().next()).map(|c| c.payload)
}

impl Media {
    /// The codecs offered, most wanted first: `a=rtpmap` and `a=fmtp`, or the static table of
    /// RFC 3551. Formats that are no payload number, or a dynamic one nobody described, are left
    /// out.
    #[must_use]
    pub fn codecs(&self) -> Vec<Codec> {
        let payloads = self
            .formats
            .iter()
            .filter_map(|format| format.parse::<u8>().ok());
        payloads
            .filter(|p| *p < 128)
            .filter_map(|payload| codec_of(self, payload))
            .collect()
    }
}

impl Description {
    /// The codecs of this stream, most wanted first; see [`Media::codecs`].
    #[must_use]
    pub fn codecs(&self, index: usize) -> Vec<Codec> {
        self.media.get(index).map(Media::codecs).unwrap_or_default()
    }
}

fn codec_of(media: &Media, payload: u8) -> Option<Codec> {
    let mapped = values_of(media, "rtpmap", payload)
        .find_map(|text| parse_rtpmap(payload, text))
        .or_else(|| codec_of_static_payload(payload))?;
    let fmtp = values_of(media, "fmtp", payload).next().map(str::to_owned);
    Some(Codec { fmtp, ..mapped })
}

/// The texts behind `payload` in the attributes of this name.
fn values_of<'a>(
    media: &'a Media,
    name: &'a str,
    payload: u8,
) -> impl Iterator<Item = &'a str> + 'a {
    let values = media.attributes().filter(move |a| a.name == name);
    values.filter_map(move |a| {
        let (number, rest) = a.value.as_deref()?.trim_start().split_once(' ')?;
        (number.parse() == Ok(payload)).then_some(rest.trim())
    })
}

fn parse_rtpmap(payload: u8, text: &str) -> Option<Codec> {
    let mut parts = text.split('/');
    let name = parts.next().filter(|name| !name.is_empty())?;
    let clock = parts
        .next()?
        .trim()
        .parse()
        .ok()
        .filter(|clock| *clock > 0)?;
    // for video the third part has no meaning; a value that is no number means one channel
    let channels = parts
        .next()
        .and_then(|c| c.trim().parse().ok())
        .unwrap_or(1);
    Some(Codec {
        payload,
        name: name.into(),
        clock,
        channels,
        fmtp: None,
    })
}
