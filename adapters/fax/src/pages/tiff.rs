//! TIFF as faxes lie in it: one T.6 strip to a page (RFC 2306, profile F of RFC 3949).
//!
//! What is read here was written by the engine out of what a stranger sent, so nothing in it is
//! believed before it was looked at.

use super::Leaf;
use super::bitmap::WIDTH;

/// Why a TIFF is none of ours, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadTiff(pub &'static str);

impl std::fmt::Display for BadTiff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadTiff {}

/// Pixels that a page may have in a row, and rows: superfine on the widest paper, a metre and a
/// half of it.
const MOST_COLUMNS: u32 = 4864;
const MOST_ROWS: u32 = 24_000;
/// Entries that the directory of a page may have.
const MOST_ENTRIES: u16 = 64;

/// Tags of TIFF 6.0, by their numbers.
mod tag {
    pub(super) const SUBFILE_TYPE: u16 = 254;
    pub(super) const IMAGE_WIDTH: u16 = 256;
    pub(super) const IMAGE_LENGTH: u16 = 257;
    pub(super) const BITS_PER_SAMPLE: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(super) const ROWS_PER_STRIP: u16 = 278;
    pub(super) const STRIP_BYTE_COUNTS: u16 = 279;
    pub(super) const X_RESOLUTION: u16 = 282;
    pub(super) const Y_RESOLUTION: u16 = 283;
    pub(super) const T6_OPTIONS: u16 = 293;
    pub(super) const RESOLUTION_UNIT: u16 = 296;
    pub(super) const PAGE_NUMBER: u16 = 297;
}

/// The value of `COMPRESSION` for T.6.
const T6: u32 = 4;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// A page to be written.
pub(super) struct Strip {
    pub(super) rows: u32,
    pub(super) rows_per_inch: u32,
    pub(super) block: Vec<u8>,
}

/// Puts pages of [`WIDTH`] pixels at 204 to the inch into one file.
pub(super) fn write(pages: &[Strip]) -> Vec<u8> {
    let mut file = b"II*\0".to_vec();
    // where the place of the next directory is told
    let mut told_at = file.len();
    file.extend([0; 4]);
    for (number, page) in pages.iter().enumerate() {
        let block = place(&file);
        file.extend(&page.block);
        let across = place(&file);
        for value in [204, 1, page.rows_per_inch, 1] {
            file.extend(u32::to_le_bytes(value));
        }
        if file.len() % 2 == 1 {
            file.push(0);
        }
        let directory = place(&file);
        if let Some(told) = file.get_mut(told_at..told_at + 4) {
            told.copy_from_slice(&directory.to_le_bytes());
        }
        let number = u32::try_from(number).unwrap_or(0) & 0xFFFF;
        let count = u32::try_from(pages.len()).unwrap_or(0) & 0xFFFF;
        let entries = entries(page, block, across, number | count << 16);
        file.extend(u16::try_from(entries.len()).unwrap_or(0).to_le_bytes());
        for (tag, kind, count, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(u32::to_le_bytes(count));
            file.extend(u32::to_le_bytes(value));
        }
        told_at = file.len();
        file.extend([0; 4]);
    }
    file
}

fn place(file: &[u8]) -> u32 {
    u32::try_from(file.len()).unwrap_or(u32::MAX)
}

/// The directory of a page: tag, type, how many values, the value or its place.
fn entries(page: &Strip, block: u32, across: u32, number: u32) -> [(u16, u16, u32, u32); 16] {
    let length = place(&page.block);
    [
        (tag::SUBFILE_TYPE, LONG, 1, 2),
        (tag::IMAGE_WIDTH, LONG, 1, WIDTH),
        (tag::IMAGE_LENGTH, LONG, 1, page.rows),
        (tag::BITS_PER_SAMPLE, SHORT, 1, 1),
        (tag::COMPRESSION, SHORT, 1, T6),
        (tag::PHOTOMETRIC, SHORT, 1, 0),
        (tag::FILL_ORDER, SHORT, 1, 1),
        (tag::STRIP_OFFSETS, LONG, 1, block),
        (tag::SAMPLES_PER_PIXEL, SHORT, 1, 1),
        (tag::ROWS_PER_STRIP, LONG, 1, page.rows),
        (tag::STRIP_BYTE_COUNTS, LONG, 1, length),
        (tag::X_RESOLUTION, RATIONAL, 1, across),
        (tag::Y_RESOLUTION, RATIONAL, 1, across.saturating_add(8)),
        (tag::T6_OPTIONS, LONG, 1, 0),
        (tag::RESOLUTION_UNIT, SHORT, 1, 2),
        // two numbers of sixteen bits: which page, and of how many
        (tag::PAGE_NUMBER, SHORT, 2, number),
    ]
}

/// The pages of a file, at most `most`.
pub(super) fn read(file: &[u8], most: usize) -> Result<Vec<Leaf>, BadTiff> {
    let mut leaves = Vec::new();
    if file.is_empty() {
        return Ok(leaves);
    }
    if file.get(..4) != Some(b"II*\0") {
        return Err(BadTiff("it is no TIFF of this byte order"));
    }
    let mut at = long(file, 4)?;
    while at != 0 {
        if leaves.len() == most {
            return Err(BadTiff("it has too many pages"));
        }
        let (leaf, next) = read_directory(file, at)?;
        leaves.push(leaf);
        at = next;
    }
    Ok(leaves)
}

fn read_directory(file: &[u8], at: u32) -> Result<(Leaf, u32), BadTiff> {
    let at = usize::try_from(at).map_err(|_| CUT)?;
    let count = short(file, at)?;
    if count > MOST_ENTRIES {
        return Err(BadTiff("a page has too many fields"));
    }
    let mut found = Found::default();
    let mut entry = at + 2;
    for _ in 0..count {
        found.take(file, entry)?;
        entry += 12;
    }
    Ok((found.leaf(file)?, long(file, entry)?))
}

/// What a directory said so far, with the defaults of TIFF 6.0.
struct Found {
    width: u32,
    rows: u32,
    bits: u32,
    compression: u32,
    photometric: u32,
    fill_order: u32,
    strip: Option<(u32, u32)>,
    across: f32,
    down: f32,
    unit: u32,
}

impl Default for Found {
    fn default() -> Self {
        Found {
            width: 0,
            rows: 0,
            bits: 1,
            compression: 0,
            photometric: 0,
            fill_order: 1,
            strip: None,
            across: 204.0,
            down: 196.0,
            unit: 2,
        }
    }
}

const CUT: BadTiff = BadTiff("it is cut short");

impl Found {
    fn take(&mut self, file: &[u8], entry: usize) -> Result<(), BadTiff> {
        let kind = short(file, entry + 2)?;
        let count = long(file, entry + 4)?;
        let value = match kind {
            SHORT => u32::from(short(file, entry + 8)?),
            _ => long(file, entry + 8)?,
        };
        match short(file, entry)? {
            tag::IMAGE_WIDTH => self.width = value,
            tag::IMAGE_LENGTH => self.rows = value,
            tag::BITS_PER_SAMPLE => self.bits = value,
            tag::COMPRESSION => self.compression = value,
            tag::PHOTOMETRIC => self.photometric = value,
            tag::FILL_ORDER => self.fill_order = value,
            tag::STRIP_OFFSETS | tag::STRIP_BYTE_COUNTS if count != 1 => {
                return Err(BadTiff("a page is in several strips"));
            }
            tag::STRIP_OFFSETS => self.strip.get_or_insert_default().0 = value,
            tag::STRIP_BYTE_COUNTS => self.strip.get_or_insert_default().1 = value,
            tag::X_RESOLUTION => self.across = rational(file, value)?,
            tag::Y_RESOLUTION => self.down = rational(file, value)?,
            tag::RESOLUTION_UNIT => self.unit = value,
            _ => {}
        }
        Ok(())
    }

    fn leaf(self, file: &[u8]) -> Result<Leaf, BadTiff> {
        if self.bits != 1 || self.compression != T6 {
            return Err(BadTiff("a page is not encoded by T.6"));
        }
        if !(1..=MOST_COLUMNS).contains(&self.width) || !(1..=MOST_ROWS).contains(&self.rows) {
            return Err(BadTiff("a page has no size that a fax has"));
        }
        let (offset, length) = self.strip.ok_or(BadTiff("a page has no strip"))?;
        let begin = usize::try_from(offset).map_err(|_| CUT)?;
        let end = begin
            .checked_add(usize::try_from(length).map_err(|_| CUT)?)
            .filter(|end| *end <= file.len())
            .ok_or(CUT)?;
        // dots to the centimetre, where it says so
        let inch = if self.unit == 3 { 2.54 } else { 1.0 };
        Ok(Leaf {
            width: self.width,
            rows: self.rows,
            across: resolution(self.across * inch, 204.0),
            down: resolution(self.down * inch, 196.0),
            strip: begin..end,
            lowest_bit_first: self.fill_order == 2,
            white_is_set: self.photometric == 1,
        })
    }
}

/// A resolution that paper can have, in dots to the inch.
fn resolution(told: f32, usual: f32) -> f32 {
    if (50.0..=1300.0).contains(&told) {
        told
    } else {
        usual
    }
}

fn short(file: &[u8], at: usize) -> Result<u16, BadTiff> {
    let octets = file.get(at..).and_then(|rest| rest.first_chunk());
    octets.copied().map(u16::from_le_bytes).ok_or(CUT)
}

fn long(file: &[u8], at: usize) -> Result<u32, BadTiff> {
    let octets = file.get(at..).and_then(|rest| rest.first_chunk());
    octets.copied().map(u32::from_le_bytes).ok_or(CUT)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a resolution needs no more digits than a float has"
)]
fn rational(file: &[u8], at: u32) -> Result<f32, BadTiff> {
    let at = usize::try_from(at).map_err(|_| CUT)?;
    let (above, below) = (long(file, at)?, long(file, at.saturating_add(4))?);
    Ok(above as f32 / below as f32)
}
