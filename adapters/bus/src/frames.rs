//! Reading a file frame by frame, holding one frame at a time.

use ports::frame::{FRAME_HEAD, FRAME_MAX, Scan, scan};
use std::io::{self, Read};

/// The whole frames of a file, from its beginning to its end or to what is torn.
#[derive(Debug)]
pub(crate) struct Frames<R> {
    reader: R,
    buffer: Vec<u8>,
    whole: u64,
}

impl<R: Read> Frames<R> {
    pub(crate) fn new(reader: R) -> Self {
        Frames {
            reader,
            buffer: Vec::new(),
            whole: 0,
        }
    }

    /// Bytes of the frames read so far.
    pub(crate) fn whole(&self) -> u64 {
        self.whole
    }

    /// The payload of the next frame; `None` at the end, and at a frame that is torn or damaged.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        if !self.fill(0, FRAME_HEAD)? {
            return Ok(None);
        }
        let Some([a, b, c, d]) = self.buffer.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        if length > FRAME_MAX || !self.fill(FRAME_HEAD, length)? {
            return Ok(None);
        }
        match scan(&self.buffer) {
            Scan::Frame(payload, _) => {
                self.whole += u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
                Ok(Some(payload))
            }
            Scan::Incomplete | Scan::Damaged => Ok(None),
        }
    }

    /// Reads `length` bytes to after the first `kept`; says whether they were there.
    fn fill(&mut self, kept: usize, length: usize) -> io::Result<bool> {
        self.buffer.resize(kept + length, 0);
        match self.reader.read_exact(&mut self.buffer[kept..]) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::frame::{append, whole_frames};

    #[test]
    fn a_file_cut_at_any_byte_reads_as_its_bytes_do() {
        let mut file = Vec::new();
        for n in 1..20u8 {
            append(&mut file, &vec![n; usize::from(n) * 3]).unwrap();
        }
        for cut in 0..=file.len() {
            let (expected, whole) = whole_frames(&file[..cut]);
            let mut frames = Frames::new(&file[..cut]);
            let mut read = Vec::new();
            while let Some(payload) = frames.next().unwrap() {
                read.push(payload.to_vec());
            }
            assert_eq!(read, expected, "cut at {cut}");
            assert_eq!(frames.whole(), u64::try_from(whole).unwrap());
        }
    }

    #[test]
    fn a_length_beyond_all_bounds_is_not_believed() {
        let mut frames = Frames::new(&[0xFF; 64][..]);
        assert!(frames.next().unwrap().is_none());
        assert!(frames.buffer.len() <= FRAME_HEAD);
    }
}
