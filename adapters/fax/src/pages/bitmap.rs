//! One page in black and white, as a fax sends it.

/// Pixels of a row: 215 mm at 8.03 pixels a millimetre, the width that every fax machine has
/// (ITU-T T.4 §2.1).
pub const WIDTH: u32 = 1728;

/// Octets of a row.
const STRIDE: usize = 216;

/// A page of [`WIDTH`] pixels in rows, eight pixels to an octet, the leftmost in its highest bit;
/// a bit that is set is black.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    octets: Vec<u8>,
}

impl Bitmap {
    /// A white page of `rows` rows.
    pub fn white(rows: u32) -> Bitmap {
        let rows = usize::try_from(rows).unwrap_or(0);
        Bitmap {
            octets: vec![0; rows * STRIDE],
        }
    }

    /// How many rows it has.
    pub fn rows(&self) -> u32 {
        u32::try_from(self.octets.len() / STRIDE).unwrap_or(u32::MAX)
    }

    /// Its rows from above, [`WIDTH`] / 8 octets each.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.octets.chunks_exact(STRIDE)
    }

    /// Makes a pixel black; one that lies outside is left alone.
    pub fn blacken(&mut self, column: u32, row: u32) {
        if column >= WIDTH {
            return;
        }
        let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) else {
            return;
        };
        if let Some(octet) = self.octets.get_mut(row * STRIDE + column / 8) {
            *octet |= 0x80 >> (column % 8);
        }
    }
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap of {} rows", self.rows())
    }
}
