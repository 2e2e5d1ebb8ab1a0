//! What the first octets of a packet tell without decoding it (RFC 6716 section 3).

use std::time::Duration;

/// Microseconds of the longest packet.
const LONGEST_US: u64 = 120_000;

/// How long a packet's sound is: frames, times the length that its configuration names. `None` for
/// one that breaks the rules of section 3.4 that its first octets can break.
#[must_use]
pub fn duration(packet: &[u8]) -> Option<Duration> {
    let toc = *packet.first()?;
    let frames = match toc & 0x03 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(*packet.get(1)? & 0x3f),
    };
    let length = frames * frame_us(toc >> 3);
    (1..=LONGEST_US)
        .contains(&length)
        .then(|| Duration::from_micros(length))
}

/// Microseconds of one frame of a configuration (section 3.1, table 2).
fn frame_us(configuration: u8) -> u64 {
    let step = configuration & 0x03;
    match configuration {
        0..=11 => [10_000, 20_000, 40_000, 60_000]
            .into_iter()
            .nth(step.into()),
        12..=15 => [10_000, 20_000].into_iter().nth((step & 0x01).into()),
        _ => [2_500, 5_000, 10_000, 20_000].into_iter().nth(step.into()),
    }
    .unwrap_or(0)
}
