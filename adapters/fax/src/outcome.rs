//! What happens during a fax, and how it ends.

use crate::message::Figures;
use crate::reasons;
use crate::tone::Tone;

/// What is told of a fax while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The other side makes a tone of fax machines. Told of sound only, not of T.38.
    Heard(Tone),
    /// A page has come, or was taken by the other side; the first one is 1.
    Page {
        /// Which one.
        number: u16,
    },
    /// A packet for the other side (ITU-T T.38, an IFP packet).
    Ifp {
        /// Its place: 0 is the first one, and after 65,535 comes 0 again.
        sequence: u16,
        /// As UDPTL carries it.
        packet: Vec<u8>,
        /// How often it should be sent at once: more than once where nothing may follow that
        /// would carry it again.
        copies: u8,
    },
    /// It is over, well or badly. The line may say a little more; nothing else is told.
    Done(Outcome),
}

/// How a fax ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether all of it came over.
    pub result: FaxResult,
    /// Pages that did.
    pub pages: u16,
    /// What the other machine calls itself, at most 20 characters; empty if it did not say.
    pub station: String,
    /// How fast pages went last: 2,400 to 14,400; 0 if none did.
    pub bits_per_second: u32,
    /// Whether errors were corrected (ITU-T T.30 annex A).
    pub ecm: bool,
    /// Rows of pixels that came damaged, of all pages; only without correction.
    pub bad_rows: u32,
}

/// Whether a fax came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaxResult {
    /// All pages, and the other side has said so.
    Ok,
    /// Not all of them.
    Failed {
        /// A word for programs, that stays as it is: `no-answer`, `call-dropped` and so on.
        code: &'static str,
        /// A sentence for people.
        words: &'static str,
    },
}

impl Outcome {
    pub(crate) fn of(figures: Figures) -> Outcome {
        Outcome {
            result: match reasons::of(figures.code) {
                None => FaxResult::Ok,
                Some((code, words)) => FaxResult::Failed { code, words },
            },
            pages: figures.pages,
            station: figures.station,
            bits_per_second: figures.bits_per_second,
            ecm: figures.ecm,
            bad_rows: figures.bad_rows,
        }
    }
}
