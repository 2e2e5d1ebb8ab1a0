//! Who has sent a call on, as phones and carriers are told: Diversion (RFC 5806) and History-Info
//! (RFC 7044).

use domain::DivertReason;
use sip_message::{Name, quote};

/// One number that a call was for before it went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverted {
    /// Its SIP URI, as the other side knows it.
    pub uri: String,
    /// Its name; may be empty.
    pub display: String,
    /// Why the call went on.
    pub reason: DivertReason,
}

/// How a call went on until here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course<'a> {
    /// The numbers that it was for, in order.
    pub numbers: &'a [Diverted],
    /// How often it went on elsewhere before those.
    pub earlier: u8,
    /// Whom it is for now: a SIP URI.
    pub target: &'a str,
    /// The caller asks that none of this be told to anybody (RFC 7044 §10.1.1).
    pub hidden: bool,
}

impl Course<'_> {
    /// Diversion, the latest first (RFC 5806 §4); nothing where the call did not go on.
    #[must_use]
    pub fn diversion(&self) -> Vec<(Name<'static>, String)> {
        let value = |(at, one): (usize, &Diverted)| {
            let reason = word(one.reason);
            let before = if at == 0 { self.earlier } else { 0 };
            let counter = u16::from(before) + 1;
            let privacy = if self.hidden { "full" } else { "off" };
            let (address, name) = (&one.uri, &one.display);
            let name = match name.is_empty() || self.hidden {
                true => String::new(),
                false => format!("{} ", quote(name)),
            };
            format!("{name}<{address}>;reason={reason};counter={counter};privacy={privacy}")
        };
        let all = self.numbers.iter().enumerate().rev();
        all.map(|one| (Name::Diversion, value(one))).collect()
    }

    /// History-Info, from the beginning (RFC 7044 §5.1): each number with why the call went on
    /// from it, and whom it is for now. Nothing where the call did not go on, or hides it.
    #[must_use]
    pub fn history(&self) -> Vec<(Name<'static>, String)> {
        if self.numbers.is_empty() || self.hidden {
            return Vec::new();
        }
        let mut before: Option<(DivertReason, String)> = None;
        let mut entries = Vec::with_capacity(self.numbers.len() + 1);
        let targets = self.numbers.iter().map(|one| (&*one.uri, Some(one.reason)));
        for (uri, left) in targets.chain([(self.target, None)]) {
            let (cause, index, tag) = match &before {
                Some((reason, parent)) => {
                    let cause = format!(";cause={}", cause(*reason));
                    (cause, format!("{parent}.1"), format!(";mp={parent}"))
                }
                None => (String::new(), "1".to_owned(), String::new()),
            };
            let why = left.map_or_else(String::new, |reason| {
                format!("?Reason=SIP%3Bcause%3D{}", status(reason))
            });
            entries.push(format!("<{uri}{cause}{why}>;index={index}{tag}"));
            before = left.map(|reason| (reason, index));
        }
        let header = |value| (Name::HistoryInfo, value);
        entries.into_iter().map(header).collect()
    }
}

/// RFC 5806 §4's word.
fn word(reason: DivertReason) -> &'static str {
    match reason {
        DivertReason::Always => "unconditional",
        DivertReason::Busy => "user-busy",
        DivertReason::NoAnswer => "no-answer",
        DivertReason::Unreachable => "unavailable",
        DivertReason::Phone => "deflection",
    }
}

/// RFC 4458 §2's cause, which tells a mailbox or a phone why the call comes.
fn cause(reason: DivertReason) -> u16 {
    match reason {
        DivertReason::Always => 302,
        DivertReason::Busy => 486,
        DivertReason::NoAnswer => 408,
        DivertReason::Unreachable => 404,
        DivertReason::Phone => 480,
    }
}

/// The status for which the call was retargeted (RFC 7044 §10.2): what a phone answered, or what
/// would have been.
fn status(reason: DivertReason) -> u16 {
    match reason {
        DivertReason::Always | DivertReason::Phone => 302,
        DivertReason::Busy => 486,
        DivertReason::NoAnswer => 408,
        DivertReason::Unreachable => 480,
    }
}
