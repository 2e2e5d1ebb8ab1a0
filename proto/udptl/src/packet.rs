//! One datagram (T.38 §9.1.3): its number, the IFP packet it is for, and what it says against the
//! loss of others.

use crate::{MAX_REDUNDANCY, Malformed, length};

/// The bit that says parity, in the octet that tells which kind of recovery follows.
const FEC: u8 = 0x80;

/// A datagram as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Its number, which is 0 at first and goes up by one with each.
    pub seq: u16,
    /// The IFP packet that it is for; empty where a sloppy sender has none.
    pub primary: &'a [u8],
    /// What it says of others.
    pub recovery: Recovery<'a>,
}

/// What a datagram says against the loss of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery<'a> {
    /// The IFP packets of those before it, the latest one first (§9.1.4.1).
    Secondary(Secondaries<'a>),
    /// Parity over so many of those before it (§9.1.4.2), whose octets are passed over.
    Fec(usize),
}

/// Earlier IFP packets, as they lie in a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secondaries<'a> {
    count: usize,
    octets: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a datagram. What follows its end is passed over, and so is a kind of recovery that is
    /// missing altogether, as some terminals leave it out.
    ///
    /// # Errors
    /// The octets end too early or name lengths beyond the bounds.
    pub fn parse(datagram: &'a [u8]) -> Result<Packet<'a>, Malformed> {
        let mut rest = datagram;
        let seq = u16::from_be_bytes([length::octet(&mut rest)?, length::octet(&mut rest)?]);
        let primary = length::take_string(&mut rest)?;
        let recovery = match rest.split_first() {
            None => Recovery::Secondary(Secondaries::none()),
            Some((kind, mut rest)) if kind & FEC == 0 => {
                Recovery::Secondary(Secondaries::read(&mut rest)?)
            }
            Some((_, mut rest)) => Recovery::Fec(pass_over_fec(&mut rest)?),
        };
        Ok(Packet {
            seq,
            primary,
            recovery,
        })
    }

    /// The earlier IFP packet so many numbers before this one, counted from 1; none where it is not
    /// there or empty.
    #[must_use]
    pub fn before(&self, distance: u16) -> Option<&'a [u8]> {
        match self.recovery {
            Recovery::Secondary(secondaries) => {
                let at = usize::from(distance).checked_sub(1)?;
                secondaries.iter().nth(at).filter(|ifp| !ifp.is_empty())
            }
            Recovery::Fec(_) => None,
        }
    }

    /// A datagram with this number, of this IFP packet and these earlier ones, the latest of them
    /// first, of which no more than [`MAX_REDUNDANCY`] are taken. Of an IFP packet no more than
    /// [`MAX_IFP_BYTES`](crate::MAX_IFP_BYTES) are.
    #[must_use]
    pub fn print<'b>(
        seq: u16,
        primary: &[u8],
        earlier: impl ExactSizeIterator<Item = &'b [u8]> + Clone,
    ) -> Vec<u8> {
        let count = earlier.len().min(MAX_REDUNDANCY);
        let octets: usize = earlier.clone().take(count).map(length::of_string).sum();
        let mut out = Vec::with_capacity(4 + length::of_string(primary) + octets);
        out.extend(seq.to_be_bytes());
        length::put_string(&mut out, primary);
        out.push(0);
        out.extend(u8::try_from(count));
        for ifp in earlier.take(count) {
            length::put_string(&mut out, ifp);
        }
        out
    }
}

impl<'a> Secondaries<'a> {
    fn none() -> Self {
        Secondaries {
            count: 0,
            octets: &[],
        }
    }

    fn read(rest: &mut &'a [u8]) -> Result<Self, Malformed> {
        let count = length::take(rest)?;
        if count > MAX_REDUNDANCY {
            return Err(Malformed::TooLong);
        }
        let octets = *rest;
        for _ in 0..count {
            length::take_string(rest)?;
        }
        Ok(Secondaries { count, octets })
    }

    /// They one by one, the latest first.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.octets;
        (0..self.count).map_while(move |_| length::take_string(&mut rest).ok())
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.count == 0
    }
}

/// Reads parity as far as its end: over how many packets each goes, and the octets of each.
fn pass_over_fec(rest: &mut &[u8]) -> Result<usize, Malformed> {
    let over = length::take_string(rest)?;
    let over = over.iter().try_fold(0_usize, |sum, octet| {
        Some(sum.checked_mul(256)? + usize::from(*octet))
    });
    let over = over.filter(|over| *over <= MAX_REDUNDANCY);
    let over = over.ok_or(Malformed::TooLong)?;
    let count = length::take(rest)?;
    if count > MAX_REDUNDANCY {
        return Err(Malformed::TooLong);
    }
    for _ in 0..count {
        length::take_string(rest)?;
    }
    Ok(over)
}
