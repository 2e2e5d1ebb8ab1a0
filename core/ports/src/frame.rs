//! Frames of append-only files: a length, a checksum and a payload, so that a torn tail is told
//! from a record.
//!
//! ```text
//! u32 little-endian: length of the payload, 1..=FRAME_MAX
//! u32 little-endian: CRC-32 (IEEE 802.3) of the four length bytes and the payload
//! payload
//! ```
//! The checksum covers the length, and no payload is empty, so a run of zero bytes (which some
//! file systems leave behind after a crash) is not a frame.

/// Longest payload, in bytes.
pub const FRAME_MAX: usize = 1 << 20;

/// Bytes before the payload.
pub const FRAME_HEAD: usize = 8;

/// A payload that fits no frame: empty, or longer than [`FRAME_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLength(pub usize);

/// Appends one frame to `out`.
///
/// # Errors
/// [`BadLength`]; nothing was appended.
pub fn append(out: &mut Vec<u8>, payload: &[u8]) -> Result<(), BadLength> {
    let bad = BadLength(payload.len());
    if payload.is_empty() || payload.len() > FRAME_MAX {
        return Err(bad);
    }
    let length = u32::try_from(payload.len()).map_err(|_| bad)?.to_le_bytes();
    let sum = checksum(&[&length, payload]);
    out.extend_from_slice(&length);
    out.extend_from_slice(&sum.to_le_bytes());
    out.extend_from_slice(payload);
    Ok(())
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan<'a> {
    /// A whole frame: its payload, and the bytes after it.
    Frame(&'a [u8], &'a [u8]),
    /// The beginning of a frame whose rest is not there (also: nothing at all).
    Incomplete,
    /// Not a frame.
    Damaged,
}

/// Reads the frame at the beginning of `bytes`.
pub fn scan(bytes: &[u8]) -> Scan<'_> {
    let Some((head, rest)) = bytes.split_first_chunk::<FRAME_HEAD>() else {
        return Scan::Incomplete;
    };
    let [l0, l1, l2, l3, s0, s1, s2, s3] = *head;
    let length_bytes = [l0, l1, l2, l3];
    let Ok(length) = usize::try_from(u32::from_le_bytes(length_bytes)) else {
        return Scan::Damaged;
    };
    if length == 0 || length > FRAME_MAX {
        return Scan::Damaged;
    }
    let Some((payload, rest)) = rest.split_at_checked(length) else {
        return Scan::Incomplete;
    };
    if checksum(&[&length_bytes, payload]) == u32::from_le_bytes([s0, s1, s2, s3]) {
        Scan::Frame(payload, rest)
    } else {
        Scan::Damaged
    }
}

/// Length of the frame of a payload of `length` bytes.
pub fn framed_length(length: usize) -> usize {
    FRAME_HEAD + length
}

/// All whole frames from the beginning of `bytes`, and how many bytes they take. What follows
/// is torn or damaged.
pub fn whole_frames(bytes: &[u8]) -> (Vec<&[u8]>, usize) {
    let mut frames = Vec::new();
    let mut rest = bytes;
    while let Scan::Frame(payload, after) = scan(rest) {
        frames.push(payload);
        rest = after;
    }
    (frames, bytes.len() - rest.len())
}

/// The eight tables of the slicing-by-8 form of CRC-32.
const TABLES: [[u32; 256]; 8] = tables();

#[allow(clippy::cast_possible_truncation)] // the index of a table of 256 is below 256
const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut index = 0;
    while index < 256 {
        let mut sum = index as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            };
            bit += 1;
        }
        tables[0][index] = sum;
        index += 1;
    }
    let mut slice = 1;
    while slice < 8 {
        let mut index = 0;
        while index < 256 {
            let before = tables[slice - 1][index];
            tables[slice][index] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            index += 1;
        }
        slice += 1;
    }
    tables
}

fn checksum(parts: &[&[u8]]) -> u32 {
    !parts.iter().fold(!0, |sum, part| extend(sum, part))
}

fn extend(mut sum: u32, bytes: &[u8]) -> u32 {
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        let [a, b, c, d, e, f, g, h] = *eight;
        let [a, b, c, d] = (sum ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
        sum = TABLES[7][usize::from(a)]
            ^ TABLES[6][usize::from(b)]
            ^ TABLES[5][usize::from(c)]
            ^ TABLES[4][usize::from(d)]
            ^ TABLES[3][usize::from(e)]
            ^ TABLES[2][usize::from(f)]
            ^ TABLES[1][usize::from(g)]
            ^ TABLES[0][usize::from(h)];
    }
    for byte in rest {
        let [low, ..] = sum.to_le_bytes();
        sum = (sum >> 8) ^ TABLES[0][usize::from(low ^ byte)];
    }
    sum
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_checksum_is_that_of_ieee_802_3() {
        assert_eq!(
            checksum(&[b"123456789"]),
            0xCBF4_3926,
            "the check value of CRC-32"
        );
        assert_eq!(
            checksum(&[b"1234", b"56789"]),
            0xCBF4_3926,
            "in parts as in one"
        );
        assert_eq!(
            checksum(&[b"The quick brown fox jumps over the lazy dog"]),
            0x414F_A339
        );
    }

    #[test]
    fn a_file_cut_at_any_byte_gives_exactly_the_frames_before_the_cut() {
        let payloads: Vec<Vec<u8>> = (1..20u8).map(|n| vec![n; usize::from(n) * 3]).collect();
        let (mut file, mut ends) = (Vec::new(), vec![0]);
        for payload in &payloads {
            append(&mut file, payload).unwrap();
            ends.push(file.len());
        }
        for cut in 0..=file.len() {
            let complete = ends.iter().filter(|&&end| end <= cut).count() - 1;
            let (frames, length) = whole_frames(&file[..cut]);
            assert_eq!(frames, &payloads[..complete], "cut at {cut}");
            assert_eq!(length, ends[complete]);
        }
    }

    #[test]
    fn any_changed_bit_is_noticed() {
        let mut file = Vec::new();
        append(&mut file, b"a record of some length").unwrap();
        for bit in 0..file.len() * 8 {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(scan(&damaged), Scan::Frame(..)), "bit {bit}");
        }
    }

    #[test]
    fn a_spoilt_file_gives_back_nothing_that_was_not_written() {
        let payloads: Vec<Vec<u8>> = (1..12u8).map(|n| vec![n; usize::from(n) * 5]).collect();
        let mut file = Vec::new();
        for payload in &payloads {
            append(&mut file, payload).unwrap();
        }
        let mut spoiler = machine::harness::Spoiler::new(0xf7);
        let mut kept = 0;
        for _ in 0..20_000 {
            let spoilt = spoiler.spoil(&[&file]);
            let (frames, length) = whole_frames(&spoilt);
            assert!(length <= spoilt.len());
            assert!(
                frames
                    .iter()
                    .all(|frame| payloads.iter().any(|payload| payload == frame))
            );
            kept += frames.len();
            let noise = spoiler.noise(200);
            assert_eq!(whole_frames(&noise), (Vec::new(), 0));
        }
        assert!(kept > 20_000, "{kept}");
    }

    #[test]
    fn zeros_are_no_frame_and_empty_or_huge_payloads_are_refused() {
        assert_eq!(scan(&[0; 64]), Scan::Damaged);
        assert_eq!(append(&mut Vec::new(), b""), Err(BadLength(0)));
        let huge = vec![1; FRAME_MAX + 1];
        assert_eq!(append(&mut Vec::new(), &huge), Err(BadLength(huge.len())));
        let mut file = Vec::new();
        append(&mut file, &huge[1..]).unwrap();
        assert_eq!(scan(&file), Scan::Frame(&huge[1..], &[]));
    }
}
