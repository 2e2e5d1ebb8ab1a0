//! Exchange: whose turn it is in offer and answer (RFC 3264 §4, RFC 6337 §2).

use bytes::Bytes;
use sip_message::Message;

/// The media type of session descriptions.
pub(super) const SDP: &str = "application/sdp";

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing has been offered yet.
    Unused,
    /// We offered and await the answer.
    OfferedByUs,
    /// The peer offered and awaits our answer.
    OfferedByPeer,
    /// An exchange is complete: either may offer.
    Settled,
}

/// The exchange of one dialog.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    turn: Turn,
    was_settled: bool,
    /// What we last described in a completed exchange.
    local: Option<Bytes>,
    offered: Option<Bytes>,
}

impl Exchange {
    pub(super) const fn new() -> Self {
        Self {
            turn: Turn::Unused,
            was_settled: false,
            local: None,
            offered: None,
        }
    }

    /// A completed exchange, restored.
    pub(super) const fn settled(local: Option<Bytes>) -> Self {
        Self {
            turn: Turn::Settled,
            was_settled: true,
            local,
            offered: None,
        }
    }

    pub(super) const fn turn(&self) -> Turn {
        self.turn
    }

    pub(super) const fn local(&self) -> Option<&Bytes> {
        self.local.as_ref()
    }

    /// Whether an exchange has ever been completed.
    pub(super) const fn is_agreed(&self) -> bool {
        self.was_settled
    }

    /// We send an offer.
    pub(super) fn offer(&mut self, sdp: Bytes) {
        self.turn = Turn::OfferedByUs;
        self.offered = Some(sdp);
    }

    /// The peer's answer to our offer came.
    pub(super) fn answered(&mut self) {
        self.local = self.offered.take();
        self.settle();
    }

    /// The peer's offer came.
    pub(super) const fn offered(&mut self) {
        self.turn = Turn::OfferedByPeer;
    }

    /// We send the answer to the peer's offer.
    pub(super) fn answer(&mut self, sdp: Bytes) {
        self.local = Some(sdp);
        self.settle();
    }

    const fn settle(&mut self) {
        self.turn = Turn::Settled;
        self.was_settled = true;
    }

    /// The offer under way came to nothing: what was agreed before stays (RFC 3261 §14.1).
    pub(super) fn fall_back(&mut self) {
        self.offered = None;
        self.turn = if self.was_settled {
            Turn::Settled
        } else {
            Turn::Unused
        };
    }
}

/// The session description in a message, in an allocation of its own so that it does not keep
/// the message alive.
pub(super) fn sdp_of(message: &Message) -> Option<Bytes> {
    if message.has_body_of(SDP) {
        return Some(Bytes::copy_from_slice(message.body()));
    }
    part_of(message)
}

/// The description inside a multipart body (RFC 5621 §3, RFC 2046 §5.1).
fn part_of(message: &Message) -> Option<Bytes> {
    if message.body().is_empty() {
        return None;
    }
    let kind = message.content_type().ok()??;
    if !kind.kind.eq_ignore_ascii_case("multipart") {
        return None;
    }
    let boundary = kind
        .params
        .get("boundary")
        .filter(|text| !text.is_empty())?;
    let body = std::str::from_utf8(message.body()).ok()?;
    let delimiter = format!("--{boundary}");
    for part in body.split(delimiter.as_str()).skip(1) {
        let Some((head, content)) = part.split_once("\r\n\r\n") else {
            continue;
        };
        let is_sdp = head.lines().any(|line| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let media = value.split(';').next().unwrap_or("").trim();
            name.trim().eq_ignore_ascii_case("content-type") && media.eq_ignore_ascii_case(SDP)
        });
        if is_sdp {
            let content = content.strip_suffix("\r\n").unwrap_or(content);
            return Some(Bytes::copy_from_slice(content.as_bytes()));
        }
    }
    None
}

/// Whether a body is of a kind we must refuse with 415 (RFC 3261 §8.2.3).
pub(super) fn is_unreadable(message: &Message) -> bool {
    use sip_message::Name;
    let coded = message
        .header(Name::ContentEncoding)
        .is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"));
    let optional = message
        .header(Name::ContentDisposition)
        .is_some_and(|disposition| {
            disposition
                .to_ascii_lowercase()
                .replace(' ', "")
                .contains("handling=optional")
        });
    !message.body().is_empty() && !optional && (coded || sdp_of(message).is_none())
}

/// The media types of recording sessions: metadata, as it is called and as it was, and a question
/// for it (RFC 7866 §9, RFC 9806).
const RECORDING: [&str; 3] = [
    "application/rs-metadata+xml",
    "application/rs-metadata",
    "application/rs-metadata-request",
];

/// Whether a body is of recording sessions, alone or in parts.
pub(super) fn is_metadata(message: &Message) -> bool {
    let kind = message.content_type().ok().flatten();
    kind.is_some_and(|kind| {
        let several = kind.kind.eq_ignore_ascii_case("multipart");
        several || RECORDING.iter().any(|known| kind.is(known))
    })
}
