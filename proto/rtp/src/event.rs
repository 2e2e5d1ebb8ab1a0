//! Key presses as RTP payload (`telephone-event`, RFC 4733).

use std::time::Duration;

use machine::Instant;
use serde::{Deserialize, Serialize};

/// How long after its last packet a key whose end was lost counts as released. A sender repeats
/// at most every 50 ms (RFC 4733 section 2.5.1.2); this is more than three of them.
pub const LOST_END_AFTER: Duration = Duration::from_millis(200);

/// The payload (RFC 4733 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// 0 to 15 are keys (`0`-`9`, `*`, `#`, `A`-`D`), 16 is flash.
    pub code: u8,
    /// Has the key been released?
    pub end: bool,
    /// Level in -dBm0, 0 to 63.
    pub volume: u8,
    /// How long it has lasted, in timestamp units.
    pub duration: u16,
}

impl Event {
    /// Octets of the payload.
    pub const BYTES: usize = 4;

    /// Reads the first event of a payload; `None` when it is shorter than one.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low] = *payload.first_chunk::<{ Self::BYTES }>()?;
        Some(Self {
            code,
            end: flags & 0x80 != 0,
            volume: flags & 0x3f,
            duration: u16::from_be_bytes([high, low]),
        })
    }

    /// The payload.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let [high, low] = self.duration.to_be_bytes();
        [
            self.code,
            (u8::from(self.end) << 7) | (self.volume & 0x3f),
            high,
            low,
        ]
    }
}

/// The sign on the key, for the codes 0 to 15.
#[must_use]
pub fn symbol_of(code: u8) -> Option<char> {
    const SYMBOLS: [u8; 16] = *b"0123456789*#ABCD";
    SYMBOLS.get(usize::from(code)).copied().map(char::from)
}

/// The code of a key; lower-case letters count as upper-case.
#[must_use]
pub fn code_of(symbol: char) -> Option<u8> {
    let codes = 0..16_u8;
    codes
        .into_iter()
        .find(|code| symbol_of(*code) == Some(symbol.to_ascii_uppercase()))
}

/// A key press that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digit {
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub symbol: char,
    /// How long it was held, in timestamp units, as far as was heard.
    pub duration: u32,
}

/// At most two key presses that one packet ended: one whose end was lost and its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digits(pub Option<Digit>, pub Option<Digit>);

impl Iterator for Digits {
    type Item = Digit;

    fn next(&mut self) -> Option<Digit> {
        self.0.take().or_else(|| self.1.take())
    }
}

/// Finds the ends of key presses in one stream, each counted once however often its last packet
/// is repeated, whether its first was lost or all its last.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventEnds {
    present: Option<Press>,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    ssrc: u32,
    /// Timestamp of the present segment.
    ts: u32,
    code: u8,
    /// Of the segments before the present one.
    before: u32,
    /// Of the present segment.
    duration: u16,
    heard: Instant,
    told: bool,
}

impl Press {
    fn new(ssrc: u32, ts: u32, event: Event, now: Instant) -> Self {
        let Event { code, duration, .. } = event;
        Self {
            ssrc,
            ts,
            code,
            before: 0,
            duration,
            heard: now,
            told: false,
        }
    }

    /// Tells of the end, once, and only of keys.
    fn tell(&mut self) -> Option<Digit> {
        if self.told {
            return None;
        }
        self.told = true;
        let duration = self.before.saturating_add(self.duration.into());
        symbol_of(self.code).map(|symbol| Digit { symbol, duration })
    }

    /// Does this packet carry on a press too long for one segment (RFC 4733 section 2.5.1.3)?
    fn is_carried_on_by(&self, ts: u32, event: Event) -> bool {
        !self.told && self.code == event.code && ts == self.ts.wrapping_add(self.duration.into())
    }
}

impl EventEnds {
    /// No key is pressed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an event packet with this source and timestamp; gives the presses it ends, the older
    /// first. Packets of a press before the present one (reordered) are passed over.
    pub fn receive(&mut self, ssrc: u32, ts: u32, event: Event, now: Instant) -> Digits {
        let Some(press) = &mut self.present else {
            return self.begin(ssrc, ts, event, now, None);
        };
        if press.ssrc == ssrc && press.ts == ts {
            press.heard = now;
            press.duration = press.duration.max(event.duration);
        } else if press.ssrc == ssrc && press.is_carried_on_by(ts, event) {
            press.before = press.before.saturating_add(press.duration.into());
            press.heard = now;
            press.ts = ts;
            press.duration = event.duration;
        } else if press.ssrc == ssrc && ts.wrapping_sub(press.ts) > u32::MAX / 2 {
            return Digits::default();
        } else {
            let lost = press.tell();
            return self.begin(ssrc, ts, event, now, lost);
        }
        Digits(None, if event.end { press.tell() } else { None })
    }

    fn begin(
        &mut self,
        ssrc: u32,
        ts: u32,
        event: Event,
        now: Instant,
        lost: Option<Digit>,
    ) -> Digits {
        let press = self.present.insert(Press::new(ssrc, ts, event, now));
        Digits(lost, if event.end { press.tell() } else { None })
    }

    /// When [`EventEnds::expire`] wants to be asked; `None` while no end is awaited.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let press = self.present.as_ref().filter(|press| !press.told)?;
        Some(press.heard + LOST_END_AFTER)
    }

    /// Ends a press of which nothing was heard for [`LOST_END_AFTER`].
    pub fn expire(&mut self, now: Instant) -> Option<Digit> {
        let due = self.deadline().is_some_and(|at| at <= now);
        self.present.as_mut().filter(|_| due)?.tell()
    }
}

#[cfg(test)]
mod tests;
