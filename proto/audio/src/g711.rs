//! G.711, both laws (ITU-T G.711 tables 1 and 2), as 16 bit samples: 14 bits of µ-law and 13 of
//! A-law stand in the upper bits.

/// µ-law: what is added so that each segment begins at a power of two, in 14 bit units.
const BIAS: u16 = 33;

static MU: [i16; 256] = mu_table();
static A: [i16; 256] = a_table();

/// µ-law to a sample.
#[must_use]
pub fn decode_mu(octet: u8) -> i16 {
    MU[usize::from(octet)]
}

/// A-law to a sample.
#[must_use]
pub fn decode_a(octet: u8) -> i16 {
    A[usize::from(octet)]
}

/// A sample to µ-law. Values beyond the last step are clipped to it.
#[must_use]
pub fn encode_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = ((magnitude(sample) >> 2) + BIAS).min(0x1fff);
    // 33..=0x1fff has its highest bit at 5..=12
    let segment = magnitude.ilog2() - 5;
    let step = magnitude >> (segment + 1) & 0x0f;
    !(sign | octet(segment, step))
}

/// A sample to A-law.
#[must_use]
pub fn encode_a(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = magnitude(sample) >> 4;
    let code = if magnitude < 32 {
        // the first two segments have steps of the same size
        octet(0, magnitude)
    } else {
        let shift = magnitude.ilog2() - 4;
        octet(shift + 1, magnitude >> shift & 0x0f)
    };
    (sign | code) ^ 0x55
}

/// The amount, with -1 counting as 0, -2 as 1 and so on: the steps of both signs mirror each
/// other.
fn magnitude(sample: i16) -> u16 {
    let amount = if sample < 0 { !sample } else { sample };
    amount.unsigned_abs()
}

/// Segment and step in one, below 128.
fn octet(segment: u32, step: u16) -> u8 {
    let code = u16::try_from(segment << 4).unwrap_or(0) | step;
    let [_, low] = code.to_be_bytes();
    low
}

const fn mu_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        // all bits are sent inverted
        let code = 255 - octet;
        let step = code % 16;
        let segment = code / 16 % 8;
        let amount = ((2 * step + 33) << segment) - 33;
        table[octet] = signed(4 * amount, code < 128);
        octet += 1;
    }
    table
}

const fn a_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        // the even bits are sent inverted
        let code = octet ^ 0x55;
        let step = code % 16;
        let segment = code / 16 % 8;
        let amount = match segment {
            0 => 2 * step + 1,
            _ => (2 * step + 33) << (segment - 1),
        };
        table[octet] = signed(8 * amount, code >= 128);
        octet += 1;
    }
    table
}

/// The sample of this amount, below 2^15.
const fn signed(amount: usize, positive: bool) -> i16 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "the largest amount is 32256; conversion traits are not const"
    )]
    let amount = amount as i16;
    if positive { amount } else { -amount }
}

#[cfg(test)]
mod tests;
