//! What a PDF looks like, laid onto the paper of a fax.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use super::bitmap::{Bitmap, WIDTH};
use super::grey::Shades;
use super::{MOST_OCTETS, MOST_PAGES};

/// Why a document cannot be sent as a fax, in words for whoever brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPdf(String);

impl BadPdf {
    /// With these words.
    pub(crate) fn new(words: impl Into<String>) -> BadPdf {
        BadPdf(words.into())
    }
}

impl std::fmt::Display for BadPdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadPdf {}

/// Pixels to a point of PDF: 204 in a row and 196 rows to the inch.
const ACROSS: f64 = 204.0 / 72.0;
const DOWN: f64 = 196.0 / 72.0;

/// Rows of the longest page: about a metre and a third of paper.
const MOST_ROWS: f64 = 10_000.0;

/// Draws one page after another, and hands each on before the next one is begun.
pub(super) fn each_page(document: &[u8], mut take: impl FnMut(Bitmap)) -> Result<(), BadPdf> {
    if document.len() > MOST_OCTETS {
        return Err(BadPdf::new("it is larger than 32 MiB"));
    }
    let pdf = Pdf::new(Arc::new(document.to_vec())).map_err(|error| {
        BadPdf::new(match error {
            LoadPdfError::Decryption(_) => "it is encrypted",
            LoadPdfError::Invalid => "it is no PDF, or a damaged one",
        })
    })?;
    let pages = pdf.pages();
    match pages.len() {
        0 => return Err(BadPdf::new("it has no pages")),
        1..=MOST_PAGES => {}
        count => {
            return Err(BadPdf::new(format!(
                "it has {count} pages, and {MOST_PAGES} can be sent"
            )));
        }
    }
    let cache = RenderCache::new();
    for (place, page) in pages.iter().enumerate() {
        let laid = Laid::out(page)
            .ok_or_else(|| BadPdf::new(format!("page {} has no size of paper", place + 1)))?;
        take(laid.draw(page, &cache).to_bitmap());
    }
    Ok(())
}

/// Where a page lies on the paper.
struct Laid {
    rows: u16,
    /// From points of the page, as it is to be read, to pixels.
    transform: Affine,
}

impl Laid {
    /// Upright, in its own size and in the middle where it fits, else as large as fits. Nothing
    /// if it has no area, or is far longer than paper is.
    fn out(page: &Page<'_>) -> Option<Laid> {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let (turn, width, height) = if width > height {
            // its left edge is up: a fax is read along the longer side
            let quarter = Affine::new([0.0, -1.0, 1.0, 0.0, 0.0, width]);
            (quarter, height, width)
        } else {
            (Affine::IDENTITY, width, height)
        };
        if !(width > 0.0 && height.is_finite()) {
            return None;
        }
        let paper = f64::from(WIDTH);
        let size = (paper / (width * ACROSS)).min(1.0);
        let rows = (height * size * DOWN).round().max(1.0);
        if rows > MOST_ROWS {
            return None;
        }
        let margin = (paper - width * size * ACROSS) / 2.0;
        let scale = Affine::scale_non_uniform(size * ACROSS, size * DOWN);
        let upright = page.initial_transform(true).to_kurbo();
        Some(Laid {
            rows: whole(rows),
            transform: Affine::translate((margin, 0.0)) * scale * turn * upright,
        })
    }

    fn draw<'a>(&self, page: &'a Page<'a>, cache: &RenderCache<'a>) -> Shades {
        let width = u16::try_from(WIDTH).unwrap_or(u16::MAX);
        let mut context = RenderContext::new(width, self.rows);
        render_into(
            page,
            cache,
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &mut context,
            self.transform,
        );
        context.flush();
        let mut drawn = Pixmap::new(width, self.rows);
        context.render_with(
            &mut drawn,
            &mut Resources::default(),
            RasterizerSettings {
                target_init: TargetInit::Clear(WHITE),
                ..Default::default()
            },
        );
        let pixels = drawn.data_as_u8_slice().chunks_exact(4);
        Shades {
            width: usize::from(width),
            shades: pixels.map(shade).collect(),
        }
    }
}

/// How light a pixel of red, green, blue and coverage is (the weights of ITU-R BT.601).
fn shade(pixel: &[u8]) -> u8 {
    let [red, green, blue, _] = pixel else {
        return 255;
    };
    let sum = 299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue);
    u8::try_from(sum / 1000).unwrap_or(255)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of floats saturates, and rows were held against their bound"
)]
fn whole(rows: f64) -> u16 {
    rows as u16
}
