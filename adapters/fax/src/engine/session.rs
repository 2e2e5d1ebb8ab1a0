//! One fax in the child: first on sound, perhaps on packets later.

use std::ffi::CString;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::AsRawFd;
use std::rc::Rc;

use super::spandsp::{Document, Ear, Progress, Sound, Spandsp, Terms, Wire};
use super::{Ended, Order};
use crate::frame::MOST_DOCUMENT;
use crate::message::{Answer, Figures, Work};
use crate::sys;

/// Characters of a station's name (ITU-T T.30 §5.3.6.2.4).
const STATION: usize = 20;

/// Characters of the line above a page that the library takes.
const HEADER: usize = 50;

/// One fax.
pub(super) struct Session {
    spandsp: Rc<Spandsp>,
    terms: Terms,
    line: Line,
    /// What is sent, or what has come: a TIFF in memory, which the library knows by a path.
    document: File,
    announced: u16,
    done: bool,
    sequence: u16,
}

/// By what way the fax goes.
enum Line {
    Sound(Sound, Ear),
    Wire(Wire),
    /// The library could not make one, or none is left.
    Gone,
}

impl Line {
    fn of_sound(spandsp: &Rc<Spandsp>, terms: &Terms) -> Result<Line, Ended> {
        Sound::begin(spandsp, terms)
            .zip(Ear::open(spandsp))
            .map(|(sound, ear)| Line::Sound(sound, ear))
            .ok_or_else(no_memory)
    }
}

impl Session {
    /// Sets everything up for what was ordered.
    pub(super) fn begin(
        spandsp: Rc<Spandsp>,
        order: &Order,
        tiff: Vec<u8>,
    ) -> Result<Session, Ended> {
        let mut document = sys::file_in_memory().map_err(|error| Ended::of(&error))?;
        document
            .write_all(&tiff)
            .map_err(|error| Ended::of(&error))?;
        let path = format!("/proc/self/fd/{}", document.as_raw_fd());
        let path = text(&path, path.len());
        let terms = Terms {
            station: text(&order.station, STATION),
            header: text(&order.header, HEADER),
            ecm: order.ecm,
            document: match order.work {
                Work::Send => Document::Send(path),
                Work::Receive | Work::Convert => Document::Receive(path),
            },
        };
        let line = Line::of_sound(&spandsp, &terms)?;
        Ok(Session {
            spandsp,
            terms,
            line,
            document,
            announced: 0,
            done: false,
            sequence: 0,
        })
    }

    /// 20 ms, and what happened in them.
    pub(super) fn tick(
        &mut self,
        heard: &[i16; 160],
        mut tell: impl FnMut(Answer<'_>),
    ) -> [i16; 160] {
        let said = match &mut self.line {
            Line::Sound(sound, ear) => {
                for tone in ear.hear(heard) {
                    tell(Answer::Heard(tone));
                }
                sound.tick(heard)
            }
            Line::Wire(wire) => {
                wire.tick();
                [0; 160]
            }
            Line::Gone => [0; 160],
        };
        self.tell_progress(tell);
        said
    }

    /// Begins anew on packets.
    pub(super) fn switch_to_t38(&mut self) -> Result<(), Ended> {
        if matches!(self.line, Line::Wire(_)) || !self.may_begin_anew() {
            return Ok(());
        }
        // first the old one lets go of the document
        self.line = Line::Gone;
        let wire = Wire::begin(&self.spandsp, &self.terms).ok_or_else(no_memory)?;
        self.line = Line::Wire(wire);
        Ok(())
    }

    /// Begins anew on sound.
    pub(super) fn switch_to_sound(&mut self) -> Result<(), Ended> {
        if matches!(self.line, Line::Sound(..)) || !self.may_begin_anew() {
            return Ok(());
        }
        self.line = Line::Gone;
        self.line = Line::of_sound(&self.spandsp, &self.terms)?;
        Ok(())
    }

    /// Not once it is over, nor behind a page: what has come would be lost.
    fn may_begin_anew(&self) -> bool {
        !self.done && self.announced == 0
    }

    /// A packet that came; on sound it means nothing.
    pub(super) fn take_packet(&mut self, sequence: u16, packet: &[u8]) {
        if let Line::Wire(wire) = &mut self.line {
            wire.take(sequence, packet);
        }
    }

    /// The call has ended.
    pub(super) fn hang_up(&mut self, tell: impl FnMut(Answer<'_>)) {
        if let Some(progress) = self.progress().filter(|_| !self.done) {
            progress.terminate();
        }
        self.tell_progress(tell);
    }

    /// The TIFF of what came.
    pub(super) fn received(&mut self) -> Result<Vec<u8>, Ended> {
        let mut tiff = Vec::new();
        if matches!(self.terms.document, Document::Send(_)) {
            return Ok(tiff);
        }
        let most = u64::try_from(MOST_DOCUMENT).unwrap_or(u64::MAX);
        self.document
            .rewind()
            .and_then(|()| (&self.document).take(most).read_to_end(&mut tiff))
            .map_err(|error| Ended::of(&error))?;
        Ok(tiff)
    }

    fn progress(&self) -> Option<&Progress> {
        match &self.line {
            Line::Sound(sound, _) => Some(sound.progress()),
            Line::Wire(wire) => Some(wire.progress()),
            Line::Gone => None,
        }
    }

    fn tell_progress(&mut self, mut tell: impl FnMut(Answer<'_>)) {
        if let Line::Wire(wire) = &self.line {
            for (packet, copies) in wire.packets() {
                let sequence = self.sequence;
                self.sequence = sequence.wrapping_add(1);
                tell(Answer::Ifp {
                    sequence,
                    copies,
                    packet: &packet,
                });
            }
        }
        let Some(progress) = self.progress() else {
            return;
        };
        let (pages, figures) = (progress.pages(), progress.figures());
        for number in self.announced..pages {
            tell(Answer::Page(number + 1));
        }
        self.announced = self.announced.max(pages);
        if let Some(figures) = figures.filter(|_| !self.done) {
            self.done = true;
            tell(Answer::Done(Figures {
                pages: self.announced,
                ..figures
            }));
        }
    }
}

fn no_memory() -> Ended {
    Ended::refused("there is no memory for a fax")
}

/// What the library can print and send: visible characters of ASCII, so many at most.
fn text(text: &str, most: usize) -> CString {
    let visible = |character: &char| matches!(character, ' '..='~');
    let text: String = text.chars().filter(visible).take(most).collect();
    CString::new(text).unwrap_or_default()
}
