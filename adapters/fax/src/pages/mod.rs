//! Pages of a fax: black and white, in one TIFF, made of PDF and made into PDF.

mod bitmap;
mod grey;
mod pdf;
mod raster;
mod t6;
mod tiff;

use std::ops::Range;

pub use bitmap::{Bitmap, WIDTH};
pub use raster::BadPdf;
pub use tiff::BadTiff;

/// Pages that a document to be sent may have.
pub const MOST_PAGES: usize = 100;

/// Pages that are read of a fax that came.
pub const MOST_RECEIVED: usize = 1000;

/// Octets of a PDF that is to be sent: 32 MiB.
pub const MOST_OCTETS: usize = 32 << 20;

/// Rows to the inch of what is sent: *fine*, as ITU-T T.4 §2.2 calls it.
const FINE: u32 = 196;

/// Pages, in the order of the paper: a TIFF with one strip of T.6 for each.
#[derive(Clone, PartialEq)]
pub struct Pages {
    tiff: Vec<u8>,
    leaves: Vec<Leaf>,
}

/// Where a page lies in its TIFF, and how large it is.
#[derive(Debug, Clone, PartialEq)]
struct Leaf {
    width: u32,
    rows: u32,
    /// Dots to the inch in a row.
    across: f32,
    /// Rows to the inch.
    down: f32,
    strip: Range<usize>,
    lowest_bit_first: bool,
    white_is_set: bool,
}

/// How large a page is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub rows: u32,
    /// Pixels to the inch.
    pub across: f32,
    /// Rows to the inch: about 98, 196 or 392.
    pub down: f32,
}

impl Pages {
    /// What a PDF looks like on paper, in black and white. This runs somebody else's document
    /// through a rasteriser in the process that asks: servers use [`crate::convert`].
    ///
    /// # Errors
    /// In words, if it is no PDF, is encrypted, or has none or too many pages, or one that no
    /// paper has.
    pub fn from_pdf(document: &[u8]) -> Result<Pages, BadPdf> {
        let mut strips = Vec::new();
        raster::each_page(document, |page| {
            strips.push(tiff::Strip {
                rows: page.rows(),
                rows_per_inch: FINE,
                block: t6::encode(&page),
            });
        })?;
        Pages::from_tiff(tiff::write(&strips)).map_err(|bad| BadPdf::new(bad.0))
    }

    /// Pages that were drawn elsewhere, at 204 dots and 196 rows to the inch.
    ///
    /// # Errors
    /// If they are too many, or one has no rows or too many of them.
    pub fn from_bitmaps(pages: &[Bitmap]) -> Result<Pages, BadTiff> {
        let strips: Vec<_> = pages
            .iter()
            .map(|page| tiff::Strip {
                rows: page.rows(),
                rows_per_inch: FINE,
                block: t6::encode(page),
            })
            .collect();
        Pages::from_tiff(tiff::write(&strips))
    }

    /// Pages as [`Pages::as_tiff`] gives them; no octets are no pages.
    ///
    /// # Errors
    /// If it is no TIFF with one T.6 strip to a page.
    pub fn from_tiff(tiff: Vec<u8>) -> Result<Pages, BadTiff> {
        let leaves = tiff::read(&tiff, MOST_RECEIVED)?;
        Ok(Pages { tiff, leaves })
    }

    /// The TIFF, to be kept or sent.
    pub fn as_tiff(&self) -> &[u8] {
        &self.tiff
    }

    /// A PDF of pages as large as the paper was; what was received is in it octet by octet.
    pub fn to_pdf(&self) -> Vec<u8> {
        pdf::write(&self.tiff, &self.leaves)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.leaves.len()
    }

    /// How large each is.
    pub fn sizes(&self) -> impl Iterator<Item = Size> {
        self.leaves.iter().map(|leaf| Size {
            width: leaf.width,
            rows: leaf.rows,
            across: leaf.across,
            down: leaf.down,
        })
    }

    /// The block of T.6 of a page, counted from 0; the highest bit of an octet comes first.
    pub fn block(&self, page: usize) -> Option<Vec<u8>> {
        let leaf = self.leaves.get(page)?;
        let strip = self.tiff.get(leaf.strip.clone())?;
        Some(match leaf.lowest_bit_first {
            true => strip.iter().map(|octet| octet.reverse_bits()).collect(),
            false => strip.to_vec(),
        })
    }
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} pages in {} octets", self.count(), self.tiff.len())
    }
}
