//! Pages encoded by ITU-T T.6: each row as what has changed against the one above it.

mod codes;

use super::bitmap::{Bitmap, WIDTH};
use codes::{BLACK, END_OF_BLOCK, HORIZONTAL, LONG_BLACK, LONG_WHITE, PASS, VERTICAL, WHITE};

/// A run at and above which a make-up code goes before the terminating one.
const MAKE_UP: u32 = 64;

/// The page as one block of T.6, with its end (EOFB) and whole octets.
pub(super) fn encode(page: &Bitmap) -> Vec<u8> {
    let mut bits = Bits::default();
    let mut above = Vec::new();
    for line in page.lines() {
        let changes = changes(line);
        encode_row(&mut bits, &above, &changes);
        above = changes;
    }
    bits.push(END_OF_BLOCK);
    bits.octets
}

/// The columns at which the colour changes, beginning with white.
fn changes(line: &[u8]) -> Vec<u32> {
    let mut changes = Vec::new();
    let mut black = false;
    let mut column = 0;
    for octet in line {
        let plain = if black { 0xFF } else { 0x00 };
        if *octet != plain {
            for bit in 0..8 {
                if (octet & (0x80 >> bit) != 0) != black {
                    black = !black;
                    changes.push(column + bit);
                }
            }
        }
        column += 8;
    }
    changes
}

/// One row, by the flow of T.6 §2.2: pass mode where the row above has a run of its own, vertical
/// mode where an edge is near the one above, horizontal mode otherwise.
fn encode_row(bits: &mut Bits, above: &[u32], row: &[u32]) {
    let mut at = Place::default();
    while at.column < WIDTH {
        let edge = edge_after(row, at, at.black);
        let reference = edge_after(above, at, at.black);
        let behind = edge_behind(above, reference);
        if behind < edge {
            bits.push(PASS);
            at.go(behind);
        } else if let Some(code) = vertical(reference, edge) {
            bits.push(code);
            at.go(edge);
            at.black = !at.black;
        } else {
            let end = edge_behind(row, edge);
            bits.push(HORIZONTAL);
            bits.push_run(at.black, edge - at.column);
            bits.push_run(!at.black, end - edge);
            at.go(end);
        }
    }
}

/// Where encoding stands in a row (a0), and what colour it has there.
#[derive(Default, Clone, Copy)]
struct Place {
    column: u32,
    black: bool,
    begun: bool,
}

impl Place {
    fn go(&mut self, column: u32) {
        self.column = column;
        self.begun = true;
    }
}

/// The first change to the colour other than `black` tells, to the right of where we stand; at the
/// beginning of a row we stand in front of its first pixel.
fn edge_after(changes: &[u32], at: Place, black: bool) -> u32 {
    let first = changes.partition_point(|change| {
        if at.begun {
            *change <= at.column
        } else {
            *change < at.column
        }
    });
    // changes to black have even places
    let first = if (first % 2 == 1) == black {
        first
    } else {
        first + 1
    };
    changes.get(first).copied().unwrap_or(WIDTH)
}

/// The change that follows the one at `edge`.
fn edge_behind(changes: &[u32], edge: u32) -> u32 {
    let next = changes.partition_point(|change| *change <= edge);
    changes.get(next).copied().unwrap_or(WIDTH)
}

/// The code of an edge that is at most three pixels beside the one above.
fn vertical(reference: u32, edge: u32) -> Option<&'static str> {
    let place = (edge + 3).checked_sub(reference)?;
    VERTICAL.get(usize::try_from(place).ok()?).copied()
}

/// Bits, the first in the highest place of an octet.
#[derive(Default)]
struct Bits {
    octets: Vec<u8>,
    used: u8,
}

impl Bits {
    fn push(&mut self, code: &str) {
        for digit in code.bytes() {
            if self.used == 0 {
                self.octets.push(0);
            }
            if let Some(last) = self.octets.last_mut()
                && digit == b'1'
            {
                *last |= 0x80 >> self.used;
            }
            self.used = (self.used + 1) % 8;
        }
    }

    /// A run of one colour: a make-up code for whole 64s, and a terminating one (T.4 §4.1).
    fn push_run(&mut self, black: bool, length: u32) {
        let (long, short) = if black {
            (&LONG_BLACK, &BLACK)
        } else {
            (&LONG_WHITE, &WHITE)
        };
        let code = |table: &'static [&'static str], place: u32| {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            table.get(place).copied().unwrap_or_default()
        };
        if let Some(place) = (length / MAKE_UP).checked_sub(1) {
            self.push(code(long, place));
        }
        self.push(code(short, length % MAKE_UP));
    }
}

#[cfg(test)]
mod tests {
    //! What is encoded is what a decoder of other people's reads.

    use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode, decode};

    use super::*;

    struct Rows(Vec<Vec<u32>>);

    impl Decoder for Rows {
        fn push_row(&mut self, changes: &[u32]) {
            self.0.push(changes.to_vec());
        }
    }

    fn read(block: &[u8], rows: u32) -> Vec<Vec<u32>> {
        let mut context = DecoderContext::new(DecodeSettings {
            columns: WIDTH,
            rows,
            end_of_block: true,
            end_of_line: false,
            rows_are_byte_aligned: false,
            encoding: EncodingMode::Group4,
            strict: true,
        });
        let mut read = Rows(Vec::new());
        decode(block, &mut read, &mut context).unwrap();
        read.0
    }

    fn assert_comes_back(page: &Bitmap) {
        let expected: Vec<_> = page.lines().map(changes).collect();
        assert_eq!(read(&encode(page), page.rows()), expected);
    }

    #[test]
    fn every_length_of_a_run_comes_back() {
        let mut page = Bitmap::white(2 * WIDTH);
        for length in 0..WIDTH {
            for column in 0..length {
                page.blacken(column, length);
                page.blacken(WIDTH - 1 - column, WIDTH + length);
            }
        }
        assert_comes_back(&page);
    }

    #[test]
    fn every_run_beside_plain_rows_comes_back() {
        // a white row above leaves no near edge, so every run is written out
        let mut page = Bitmap::white(2 * WIDTH);
        for length in 1..WIDTH / 2 {
            for column in 0..length {
                page.blacken(column + WIDTH / 4, 2 * length);
            }
        }
        assert_comes_back(&page);
    }

    #[test]
    fn noise_comes_back() {
        let mut drawn = machine::Random::from_seed(7);
        let mut page = Bitmap::white(300);
        for row in 0..300 {
            for column in 0..WIDTH {
                if drawn.below(u64::from(row / 10 + 2)) == 0 {
                    page.blacken(column, row);
                }
            }
        }
        assert_comes_back(&page);
    }
}
