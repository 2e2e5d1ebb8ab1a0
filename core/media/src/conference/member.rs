//! A member of a conference.

use std::time::Duration;

use audio::dtmf::{Detector, Heard};
use audio::mix::MemberId;
use machine::Instant;
use rtp::Header;

use super::RATE;
use super::ear::Ear;
use super::speech::Speech;
use crate::command::Notice;
use crate::format::{Codec, Format, Formats};
use crate::id::EndpointId;
use crate::room::Seat;

/// What became of a packet of sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Taken {
    /// It is heard when its turn comes.
    Kept,
    /// Nobody hears it.
    Unheard,
    /// Nothing can be made of it.
    Unspoken,
}

/// Who it is, what it may, what it says and how it hears.
#[derive(Debug)]
pub(crate) struct Member {
    /// As the mixer knows it.
    pub(super) id: MemberId,
    pub(super) endpoint: EndpointId,
    pub(super) seat: Seat,
    /// What it says, once something came that could be understood.
    pub(super) speech: Option<Speech>,
    /// What is made for it; `None` where nothing can be that it understands.
    pub(super) ear: Option<Ear>,
    /// Finds keys that are pressed in its sound, where its peer has no events for them.
    keys: Option<Box<Detector>>,
}

impl Member {
    pub(super) fn new(id: MemberId, endpoint: EndpointId, seat: Seat) -> Member {
        Member {
            id,
            endpoint,
            seat,
            speech: None,
            ear: None,
            keys: None,
        }
    }

    /// Whether anything is made for it: it is not deaf and understands something.
    pub(crate) fn can_hear(&self) -> bool {
        !self.seat.deaf && self.ear.is_some()
    }

    /// Whether it listens to the next frame.
    pub(crate) fn listen(&mut self, listens: bool) {
        if let Some(ear) = &mut self.ear {
            ear.listen(listens);
        }
    }

    /// Frames of it that were made up since it was last asked.
    pub(crate) fn take_concealed(&mut self) -> u64 {
        self.speech.as_mut().map_or(0, Speech::take_concealed)
    }

    /// Takes a packet of its sound. While it is muted that is not even decoded, unless its keys are
    /// to be found in it.
    pub(super) fn speak(
        &mut self,
        format: Format,
        header: &Header,
        payload: &[u8],
        now: Instant,
    ) -> Taken {
        if self.seat.muted && self.keys.is_none() {
            return Taken::Unheard;
        }
        let same = |speech: &Speech| speech.format() == format;
        if !self.speech.as_ref().is_some_and(same) {
            let Some(speech) = Speech::new(format, payload) else {
                return Taken::Unspoken;
            };
            self.speech = Some(speech);
        }
        if let Some(speech) = &mut self.speech {
            speech.put(header, payload, now);
        }
        Taken::Kept
    }

    /// What it has said and nobody has heard yet is forgotten.
    pub(super) fn hush(&mut self) {
        self.speech = None;
    }

    /// It speaks these formats from now on.
    pub(super) fn keep_speaking(&mut self, formats: &Formats) {
        let spoken = |speech: &Speech| formats.iter().any(|format| format == speech.format());
        if !self.speech.as_ref().is_some_and(spoken) {
            self.hush();
        }
        let any = |is: fn(&Format) -> bool| formats.iter().any(|format| is(&format));
        let spoken = any(|format| format.is_spoken());
        let in_sound = spoken && !any(|format| format.codec == Codec::Event);
        if in_sound != self.keys.is_some() {
            self.keys = in_sound.then(|| Box::new(Detector::new(RATE)));
        }
    }

    /// Gives what is to be heard of it in the frame of this moment, if anything is; what is heard
    /// of its keys is told.
    pub(super) fn give(
        &mut self,
        at: Instant,
        mut take: impl FnMut(MemberId, &[i16]),
        out: &mut Vec<Notice>,
    ) {
        let (member, id) = (self.id, self.endpoint);
        let mut tell = |heard| {
            if let Heard::Ended(press) = heard {
                let (digit, lasts_ms) = (press.key, u64::from(press.lasts_ms));
                let lasts = Duration::from_millis(lasts_ms);
                out.push(Notice::Digit { id, digit, lasts });
            }
        };
        let (mut keys, mut silent) = (self.keys.as_mut(), true);
        if let Some(speech) = &mut self.speech {
            speech.give(at, |sound| {
                silent = false;
                take(member, sound);
                if let Some(keys) = &mut keys {
                    keys.hear(sound, &mut tell);
                }
            });
        }
        if let Some(keys) = keys.filter(|_| silent) {
            keys.end(&mut tell);
        }
    }
}
