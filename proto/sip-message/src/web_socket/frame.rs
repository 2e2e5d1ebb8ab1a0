//! One frame (RFC 6455 §5.2): its head is read, and whole ones are made.

use super::violation::Violation;

/// Most octets of a control frame (RFC 6455 §5.5).
pub(super) const CONTROL_BYTES: usize = 125;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// More of a message begun before.
    Continuation,
    /// A message of UTF-8, or its beginning.
    Text,
    /// A message of octets, or its beginning.
    Binary,
    /// The sender says no more.
    Close,
    /// A question whether the other side is there.
    Ping,
    /// The answer.
    Pong,
}

impl Opcode {
    const fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xa,
        }
    }

    const fn read(bits: u8) -> Option<Self> {
        match bits {
            0x0 => Some(Self::Continuation),
            0x1 => Some(Self::Text),
            0x2 => Some(Self::Binary),
            0x8 => Some(Self::Close),
            0x9 => Some(Self::Ping),
            0xa => Some(Self::Pong),
            _ => None,
        }
    }

    /// Whether frames of it may come between those of one message.
    pub(super) const fn is_control(self) -> bool {
        match self {
            Self::Close | Self::Ping | Self::Pong => true,
            Self::Continuation | Self::Text | Self::Binary => false,
        }
    }
}

/// The head of a frame from a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Whether the message ends with this frame.
    pub(super) last: bool,
    pub(super) opcode: Opcode,
    /// What every octet is to be combined with.
    pub(super) mask: [u8; 4],
    /// Octets of the head itself.
    pub(super) length: usize,
    /// Octets that follow it.
    pub(super) payload: usize,
}

impl Head {
    /// The head at the front, once it is whole.
    ///
    /// # Errors
    /// Reserved bits, an opcode there is none of, no mask, a control frame in parts or too long,
    /// and a length in more octets than it needs.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (last, reserved) = (first & 0x80 != 0, first & 0x70);
        let opcode = Opcode::read(first & 0x0f).ok_or(Violation::Protocol)?;
        let short = usize::from(second & 0x7f);
        let control = opcode.is_control() && (!last || short > CONTROL_BYTES);
        // a client masks what it sends (RFC 6455 §5.1); nothing else was agreed on
        if reserved != 0 || second & 0x80 == 0 || control {
            return Err(Violation::Protocol);
        }
        let wide = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some((length, [a, b, c, d, ..])) = rest.split_at_checked(wide) else {
            return Ok(None);
        };
        Ok(Some(Self {
            last,
            opcode,
            mask: [*a, *b, *c, *d],
            length: 2 + wide + 4,
            payload: payload_of(short, length)?,
        }))
    }
}

/// The length that a head tells: in its second octet, or in those after it.
fn payload_of(short: usize, long: &[u8]) -> Result<usize, Violation> {
    if long.is_empty() {
        return Ok(short);
    }
    let length = long
        .iter()
        .fold(0u64, |sum, octet| (sum << 8) | u64::from(*octet));
    let least = if long.len() == 2 { 126 } else { 65_536 };
    if length < least {
        return Err(Violation::Protocol);
    }
    usize::try_from(length).map_err(|_| Violation::TooLong)
}

/// Combines `octets` with the mask; twice gives what was there before.
pub(super) fn mask(octets: &mut [u8], mask: [u8; 4]) {
    for (octet, with) in octets.iter_mut().zip(mask.iter().cycle()) {
        *octet ^= with;
    }
}

/// A whole frame. Clients mask theirs with four octets nobody can foresee (RFC 6455 §5.3),
/// servers do not. Of a control frame's payload only what fits into one is sent.
#[must_use]
pub fn encode(opcode: Opcode, payload: &[u8], masked: Option<[u8; 4]>) -> Vec<u8> {
    let payload = if opcode.is_control() {
        payload.get(..CONTROL_BYTES).unwrap_or(payload)
    } else {
        payload
    };
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(0x80 | opcode.bits());
    let bit = if masked.is_some() { 0x80 } else { 0 };
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ ..126), _) => frame.push(bit | short),
        (_, Ok(middle)) => {
            frame.push(bit | 126);
            frame.extend(middle.to_be_bytes());
        }
        (_, Err(_)) => {
            let long = u64::try_from(payload.len()).unwrap_or(u64::MAX);
            frame.push(bit | 127);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend(masked.into_iter().flatten());
    let begins = frame.len();
    frame.extend_from_slice(payload);
    if let (Some(with), Some(octets)) = (masked, frame.get_mut(begins..)) {
        mask(octets, with);
    }
    frame
}

/// The frame with which a server says no more and why (RFC 6455 §7.4.1), unmasked.
#[must_use]
pub fn close(code: u16) -> Vec<u8> {
    encode(Opcode::Close, &code.to_be_bytes(), None)
}
