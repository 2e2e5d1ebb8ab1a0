//! Offer and answer (RFC 3264) for streams that end in this node, and the check of an answer
//! that passes through it.

use std::fmt;

use crate::anchor::push_direction;
use crate::{
    Attribute, Codec, Description, Direction, Line, Media, MediaAddress, OriginId, Problem,
};

/// What a party inside this node can do: a guest such as the echo or an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Where it takes packets.
    pub at: MediaAddress,
    /// Its `o=`.
    pub origin: OriginId,
    /// Its codecs, most wanted first. Payload numbers are those of our own offers; an answer
    /// uses the offerer's (RFC 3264 section 6.1).
    pub codecs: Vec<Codec>,
    /// What it wants to do.
    pub direction: Direction,
    /// Milliseconds of sound per packet it sends and wants.
    pub ptime: u16,
    /// Does it take RTP and RTCP on one port (RFC 5761)?
    pub mux: bool,
}

impl Capabilities {
    /// The codecs of this node's guests (PCMU, PCMA, G.722, key presses as payload 101, comfort
    /// noise), both directions, packets of 20 ms, one port when the peer wants that.
    #[must_use]
    pub fn guest(at: MediaAddress, origin: OriginId) -> Self {
        let codecs = vec![
            Codec::pcmu(),
            Codec::pcma(),
            Codec::g722(),
            Codec::telephone_event(101),
            Codec::comfort_noise(),
        ];
        Self {
            at,
            origin,
            codecs,
            direction: Direction::SendRecv,
            ptime: 20,
            mux: true,
        }
    }

    /// The same of a guest to whom the tones of modems matter: G.711 and key presses, and no
    /// comfort noise, which would be silence suppressed.
    #[must_use]
    pub fn fax_guest(at: MediaAddress, origin: OriginId) -> Self {
        let codecs = vec![Codec::pcmu(), Codec::pcma(), Codec::telephone_event(101)];
        Self {
            codecs,
            ..Self::guest(at, origin)
        }
    }

    /// With the codecs of another behind its own.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for codec in &other.codecs {
            if !self.codecs.iter().any(|own| own.is_same_encoding(codec)) {
                self.codecs.push(codec.clone());
            }
        }
        self
    }

    /// The same of a guest that also speaks Opus, which it wants most, then what is wide of the
    /// others.
    #[must_use]
    pub fn wide_guest(at: MediaAddress, origin: OriginId) -> Self {
        let wide_presses = Codec {
            clock: 48_000,
            ..Codec::telephone_event(102)
        };
        let codecs = vec![
            Codec::opus(111),
            Codec::g722(),
            Codec::pcmu(),
            Codec::pcma(),
            Codec::telephone_event(101),
            wide_presses,
            Codec::comfort_noise(),
        ];
        Self {
            codecs,
            ..Self::guest(at, origin)
        }
    }
}

/// Why an offer cannot be answered; the SIP answer is 488 with this warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No live sound stream is offered.
    NoAudio,
    /// Sound is offered over protocols only that are not served, or may not be spoken here:
    /// protected where it must be plain, or plain where it must be protected.
    Protocol,
    /// No codec of the offer is ours.
    Codec,
    /// The stream's address is missing or a host name.
    Address,
}

impl Refusal {
    /// Warning code and text (RFC 3261 section 20.43).
    #[must_use]
    pub fn warning(self) -> (u16, &'static str) {
        match self {
            Self::NoAudio => (304, "Media type not available"),
            Self::Protocol => (302, "Incompatible transport protocol"),
            Self::Codec => (305, "Incompatible media format"),
            Self::Address => (301, "Incompatible network address formats"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.warning().1)
    }
}

impl std::error::Error for Refusal {}

/// Our offer, as in the answer to an INVITE that came without one (RFC 3261 section 13.2.1).
#[must_use]
pub fn offer(ours: &Capabilities) -> Description {
    let mut description = Description::new(ours.origin.at(ours.at.ip));
    description.media.push(stream(
        "RTP/AVP",
        &ours.codecs,
        ours,
        ours.direction,
        ours.ptime,
        ours.mux,
    ));
    description
}

/// Our answer: the first stream of sound that has a codec of ours is taken, with the offerer's
/// most wanted one of them and, at its clock, key presses and comfort noise; every other stream
/// is refused by port 0 (RFC 3264 section 6).
///
/// # Errors
/// Why no stream could be taken.
pub fn answer(offered: &Description, ours: &Capabilities) -> Result<Description, Refusal> {
    let (chosen, codecs) = choose(offered, ours)?;
    let mut description = Description::new(ours.origin.at(ours.at.ip));
    copy_times(offered, &mut description);
    for (index, media) in offered.media.iter().enumerate() {
        let answered = if index == chosen {
            let direction = offered.direction_of(index).reversed().and(ours.direction);
            let mux = ours.mux && media.rtcp_mux();
            let mut taken = stream(
                &media.protocol,
                &codecs,
                ours,
                direction,
                packet_time(media, ours),
                mux,
            );
            taken.lines.extend(mid(media));
            taken
        } else {
            refused(media)
        };
        description.media.push(answered);
    }
    Ok(description)
}

/// The stream we take and what we take of it.
fn choose(offered: &Description, ours: &Capabilities) -> Result<(usize, Vec<Codec>), Refusal> {
    let mut refusal = Refusal::NoAudio;
    for (index, media) in offered.media.iter().enumerate() {
        if !media.is_live_audio() {
            continue;
        }
        if !media.is_served() {
            refusal = Refusal::Protocol;
            continue;
        }
        let codecs = common(&media.codecs(), &ours.codecs);
        if codecs.is_empty() {
            refusal = Refusal::Codec;
            continue;
        }
        match offered.connection_of(index).and_then(|c| c.address.ip()) {
            Some(_) => return Ok((index, codecs)),
            None => refusal = Refusal::Address,
        }
    }
    Err(refusal)
}

/// The offerer's most wanted speech codec of ours, then what accompanies speech at its clock.
fn common(offered: &[Codec], ours: &[Codec]) -> Vec<Codec> {
    let known = |codec: &&Codec| ours.iter().any(|own| own.is_same_encoding(codec));
    let Some(speech) = offered.iter().filter(known).find(|codec| codec.is_speech()) else {
        return Vec::new();
    };
    let beside = |codec: &&Codec| !codec.is_speech() && codec.clock == speech.clock;
    let as_ours = |codec: &Codec| {
        let own = ours.iter().find(|own| own.is_same_encoding(codec));
        Codec {
            fmtp: own.and_then(|own| own.fmtp.clone()),
            ..codec.clone()
        }
    };
    let accompanies = offered.iter().filter(known).filter(beside);
    [speech]
        .into_iter()
        .chain(accompanies)
        .map(as_ours)
        .collect()
}

/// The packet time the offerer asked for when it is a usual one, else ours.
fn packet_time(media: &Media, ours: &Capabilities) -> u16 {
    media
        .ptime()
        .filter(|ms| matches!(ms, 10 | 20 | 30 | 40 | 60))
        .unwrap_or(ours.ptime)
}

fn stream(
    protocol: &str,
    codecs: &[Codec],
    ours: &Capabilities,
    direction: Direction,
    ptime: u16,
    mux: bool,
) -> Media {
    let mut media = Media {
        kind: "audio".into(),
        port: ours.at.port,
        ports: None,
        protocol: protocol.to_owned(),
        formats: codecs
            .iter()
            .map(|codec| codec.payload.to_string())
            .collect(),
        lines: Vec::new(),
    };
    for codec in codecs {
        let map = format!("{} {}", codec.payload, codec.rtpmap());
        media.push_attribute(Attribute::with("rtpmap", map));
        if let Some(fmtp) = &codec.fmtp {
            media.push_attribute(Attribute::with("fmtp", format!("{} {fmtp}", codec.payload)));
        }
    }
    media.push_attribute(Attribute::with("ptime", ptime.to_string()));
    push_direction(&mut media, direction);
    if mux {
        media.push_attribute(Attribute::flag("rtcp-mux"));
    } else if ours.at.port.checked_add(1) != Some(ours.at.rtcp_port) {
        media.push_attribute(Attribute::with("rtcp", ours.at.rtcp_port.to_string()));
    }
    media
}

/// A stream of an offer as it is refused.
pub(crate) fn refused(media: &Media) -> Media {
    Media {
        port: 0,
        ports: None,
        lines: mid(media).collect(),
        ..media.clone()
    }
}

fn mid(media: &Media) -> impl Iterator<Item = Line> {
    media
        .attribute("mid")
        .cloned()
        .map(Line::Attribute)
        .into_iter()
}

/// The time line of an answer equals that of the offer (RFC 3264 section 6).
pub(crate) fn copy_times(offered: &Description, answered: &mut Description) {
    let times = offered.lines.iter().filter(|line| line.letter() == 't');
    answered.lines.retain(|line| line.letter() != 't');
    answered.lines.extend(times.cloned());
}

/// Is `answer` one to `offered` (RFC 3264 section 6)? As many streams, each of the same kind, and
/// where taken: not refused by the offer, of the same protocol, with a format of the offer.
///
/// # Errors
/// The `m=` line of the answer, as printed, and the rule; line 0 when the counts differ.
pub fn match_answer(offered: &Description, answer: &Description) -> Result<(), Problem> {
    if offered.media.len() != answer.media.len() {
        return Err(Problem {
            line: 0,
            rule: "an answer must have as many m= as the offer",
        });
    }
    for (index, (theirs, ours)) in answer.media.iter().zip(&offered.media).enumerate() {
        if let Some(rule) = mismatch(theirs, ours) {
            return Err(Problem {
                line: answer.line_of_media(index),
                rule,
            });
        }
    }
    Ok(())
}

fn mismatch(answered: &Media, offered: &Media) -> Option<&'static str> {
    if answered.kind != offered.kind {
        return Some("an answer must have the streams in the offer's order");
    }
    if answered.port == 0 {
        return None;
    }
    if offered.port == 0 {
        return Some("an answer must not take a stream the offer closed");
    }
    if !answered.protocol.eq_ignore_ascii_case(&offered.protocol) {
        return Some("an answer must keep the offer's protocol");
    }
    let ours = offered.codecs();
    let by_number = answered.formats.iter().any(|format| {
        offered
            .formats
            .iter()
            .any(|own| own.eq_ignore_ascii_case(format))
    });
    let by_name = answered
        .codecs()
        .iter()
        .any(|c| ours.iter().any(|own| own.is_same_encoding(c)));
    (!by_number && !by_name).then_some("an answer must take a format of the offer")
}
