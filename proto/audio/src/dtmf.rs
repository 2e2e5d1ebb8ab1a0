//! Key presses in the sound itself (DTMF): the keys, what makes their tones and what finds them.
//!
//! A key is two tones at once, one of each group (ITU-T Q.23). What counts as one is told by the
//! operational limits of ITU-T Q.24: how far frequencies and levels may stray, how long a press
//! must be, and what must not be taken for one.

mod block;
mod detector;
mod press;
mod tone;

pub use detector::Detector;
pub use tone::{Levels, Tone};

/// Frequencies of the rows, in Hz (ITU-T Q.23).
const LOW: [u32; 4] = [697, 770, 852, 941];

/// Frequencies of the columns, in Hz (ITU-T Q.23).
const HIGH: [u32; 4] = [1209, 1336, 1477, 1633];

/// The keys, row by row (ITU-T Q.23).
pub const KEYS: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];

/// The amplitude of a sine of 0 dBm0: the loudest that 16 bits can hold has 3.14 dBm0 by A-law and
/// 3.17 by µ-law (ITU-T G.711 section 4); this is between the two.
const MILLIWATT: u16 = 22_750;

/// What is heard of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heard {
    /// It is pressed, beyond doubt, for some 40 ms by now.
    Begun {
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
    },
    /// It was released. The press has been told of as begun.
    Ended(Press),
}

/// A key press that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Press {
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub key: char,
    /// How long it lasted in milliseconds, to about 8 ms.
    pub lasts_ms: u32,
}

/// The key of a row and a column.
fn key_at(row: usize, column: usize) -> Option<char> {
    KEYS.get(row)?.get(column).copied()
}

/// The frequencies of a key, low and high, in Hz; lower-case letters count as upper-case.
fn frequencies_of(key: char) -> Option<(u32, u32)> {
    let key = key.to_ascii_uppercase();
    let rows = KEYS.iter().zip(LOW);
    let mut all = rows.flat_map(|(row, low)| row.iter().zip(HIGH).map(move |at| (at, low)));
    all.find_map(|((other, high), low)| (*other == key).then_some((low, high)))
}

/// The amplitude of a sine of this level in dBm0, by whole decibels; nothing above 3.
const fn amplitude(dbm0: i8) -> u16 {
    // a decibel down and up, in 2^-30
    const DOWN: u64 = 956_973_408;
    const UP: u64 = 1_204_758_142;
    let (factor, mut steps) = if dbm0 > 0 {
        (UP, if dbm0 > 3 { 3 } else { dbm0.unsigned_abs() })
    } else {
        (DOWN, dbm0.unsigned_abs())
    };
    // with eight more bits, lest many steps add up what each loses
    let mut value = (MILLIWATT as u64) << 8;
    while steps > 0 {
        value = (value * factor + (1 << 29)) >> 30;
        steps -= 1;
    }
    #[allow(clippy::cast_possible_truncation, reason = "it is below 2^15")]
    let rounded = ((value + 128) >> 8) as u16;
    rounded
}

#[cfg(test)]
mod tests;
