//! What the exchange and an engine tell each other, one frame each.

use crate::frame::{self, DOCUMENT, Fields, Nonsense, push_sound, push_text};
use crate::tone::Tone;

/// What is to be done, as an engine is told first of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Receive,
    /// The document that follows is the TIFF to be sent.
    Send,
    /// The document that follows is a PDF.
    Convert,
}

/// From the exchange to an engine.
#[allow(
    clippy::large_enum_variant,
    reason = "one is alive at a time, and most of them are sound"
)]
#[derive(Debug, PartialEq)]
pub(crate) enum Told<'a> {
    Order {
        work: Work,
        ecm: bool,
        station: String,
        header: String,
    },
    Document(&'a [u8]),
    /// 20 ms have passed, in which this was heard; answered by [`Answer::Said`].
    Tick([i16; 160]),
    SwitchToT38,
    SwitchToSound,
    Ifp {
        sequence: u16,
        packet: &'a [u8],
    },
    /// The call is over; answered by [`Answer::Said`].
    HangUp,
    /// Answered by [`Answer::Document`], the pages that came so far.
    Fetch,
}

/// From an engine to the exchange.
#[allow(
    clippy::large_enum_variant,
    reason = "one is alive at a time, and most of them are sound"
)]
#[derive(Debug, PartialEq)]
pub(crate) enum Answer<'a> {
    /// The order is understood, and everything that it needs is there.
    Ready,
    /// It cannot be done, for the reason in these words.
    Refused(String),
    /// What is to be said; everything that happened meanwhile has been told before it.
    Said([i16; 160]),
    Heard(Tone),
    Page(u16),
    Ifp {
        sequence: u16,
        copies: u8,
        packet: &'a [u8],
    },
    Done(Figures),
    Document(&'a [u8]),
}

/// How a fax ended, as the engine counts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Figures {
    /// The library's number for it (`T30_ERR_…`).
    pub(crate) code: u32,
    pub(crate) pages: u16,
    pub(crate) bits_per_second: u32,
    pub(crate) ecm: bool,
    pub(crate) bad_rows: u32,
    pub(crate) station: String,
}

impl<'a> Told<'a> {
    /// Appends its frame.
    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        match self {
            Told::Order {
                work,
                ecm,
                station,
                header,
            } => frame::write(to, b'O', |to| {
                let work = match work {
                    Work::Receive => 0,
                    Work::Send => 1,
                    Work::Convert => 2,
                };
                to.extend([work, u8::from(*ecm)]);
                push_text(to, station);
                push_text(to, header);
            }),
            Told::Document(octets) => {
                frame::write(to, DOCUMENT, |to| to.extend_from_slice(octets));
            }
            Told::Tick(heard) => frame::write(to, b'T', |to| push_sound(to, heard)),
            Told::SwitchToT38 => frame::write(to, b'S', |_| {}),
            Told::SwitchToSound => frame::write(to, b'A', |_| {}),
            Told::Ifp { sequence, packet } => frame::write(to, b'I', |to| {
                to.extend(sequence.to_le_bytes());
                to.extend_from_slice(packet);
            }),
            Told::HangUp => frame::write(to, b'H', |_| {}),
            Told::Fetch => frame::write(to, b'F', |_| {}),
        }
    }

    /// Reads what a frame says.
    pub(crate) fn read(kind: u8, content: &'a [u8]) -> Result<Self, Nonsense> {
        let mut fields = Fields(content);
        Ok(match kind {
            b'O' => Told::Order {
                work: match fields.octet()? {
                    0 => Work::Receive,
                    1 => Work::Send,
                    2 => Work::Convert,
                    _ => return Err(Nonsense("an order of no known work")),
                },
                ecm: fields.octet()? != 0,
                station: fields.text()?,
                header: fields.text()?,
            },
            DOCUMENT => Told::Document(fields.rest()),
            b'T' => Told::Tick(fields.sound()?),
            b'S' => Told::SwitchToT38,
            b'A' => Told::SwitchToSound,
            b'I' => Told::Ifp {
                sequence: fields.short()?,
                packet: fields.rest(),
            },
            b'H' => Told::HangUp,
            b'F' => Told::Fetch,
            _ => return Err(UNKNOWN),
        })
    }
}

const UNKNOWN: Nonsense = Nonsense("a frame of no known kind");

impl<'a> Answer<'a> {
    /// Appends its frame.
    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        match self {
            Answer::Ready => frame::write(to, b'r', |_| {}),
            Answer::Refused(words) => frame::write(to, b'x', |to| push_text(to, words)),
            Answer::Said(sound) => frame::write(to, b's', |to| push_sound(to, sound)),
            Answer::Heard(tone) => frame::write(to, b'h', |to| to.push(tone.number())),
            Answer::Page(number) => frame::write(to, b'p', |to| to.extend(number.to_le_bytes())),
            Answer::Ifp {
                sequence,
                copies,
                packet,
            } => frame::write(to, b'i', |to| {
                to.extend(sequence.to_le_bytes());
                to.push(*copies);
                to.extend_from_slice(packet);
            }),
            Answer::Done(figures) => frame::write(to, b'd', |to| figures.write(to)),
            Answer::Document(octets) => {
                frame::write(to, DOCUMENT, |to| to.extend_from_slice(octets));
            }
        }
    }

    /// Reads what a frame says.
    pub(crate) fn read(kind: u8, content: &'a [u8]) -> Result<Self, Nonsense> {
        let mut fields = Fields(content);
        Ok(match kind {
            b'r' => Answer::Ready,
            b'x' => Answer::Refused(fields.text()?),
            b's' => Answer::Said(fields.sound()?),
            b'h' => Answer::Heard(
                Tone::numbered(fields.octet()?).ok_or(Nonsense("a tone of no known kind"))?,
            ),
            b'p' => Answer::Page(fields.short()?),
            b'i' => Answer::Ifp {
                sequence: fields.short()?,
                copies: fields.octet()?,
                packet: fields.rest(),
            },
            b'd' => Answer::Done(Figures::read(fields)?),
            DOCUMENT => Answer::Document(fields.rest()),
            _ => return Err(UNKNOWN),
        })
    }
}

impl Figures {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.code.to_le_bytes());
        to.extend(self.pages.to_le_bytes());
        to.extend(self.bits_per_second.to_le_bytes());
        to.push(u8::from(self.ecm));
        to.extend(self.bad_rows.to_le_bytes());
        push_text(to, &self.station);
    }

    fn read(mut fields: Fields<'_>) -> Result<Self, Nonsense> {
        Ok(Figures {
            code: fields.long()?,
            pages: fields.short()?,
            bits_per_second: fields.long()?,
            ecm: fields.octet()? != 0,
            bad_rows: fields.long()?,
            station: fields.text()?,
        })
    }
}
