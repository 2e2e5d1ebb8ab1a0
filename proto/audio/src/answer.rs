//! Who answers a call: a person, a machine that speaks, a fax; and the beep behind which a machine
//! listens.
//!
//! A person says little and waits for an answer. A machine has a text, and reads it without a pause
//! long enough to answer in. So the greeting is measured: how long somebody speaks before they are
//! silent for a while. It is a judgement, not a measurement: a talkative receptionist is taken for
//! a machine, a curt machine for a person. A beep is sure, and says of whoever spoke before it that
//! it was a machine.

mod pure;

use crate::level::{self, Activity};
use pure::{Pure, Tones};

/// Samples per second of what is listened to.
pub const RATE: u32 = 8_000;

/// Milliseconds of a frame.
const FRAME_MS: u32 = 10;

/// Samples of a frame.
const FRAME: usize = (RATE / 1_000 * FRAME_MS) as usize;

/// Frames that count as speech behind the last that was: the gaps within words.
const HANGOVER: u32 = 5;

/// Milliseconds after which silence says that nobody speaks.
const NOBODY_MS: u32 = 5_000;

/// Milliseconds of silence behind a greeting by which whoever spoke waits for an answer.
const WAITS_MS: u32 = 900;

/// Milliseconds of the longest greeting of a person, pauses for breath with it.
const GREETING_MS: u32 = 3_500;

/// Milliseconds of speech before which nothing was said: a click, a breath.
const WORD_MS: u32 = 100;

/// Milliseconds after which nobody listens for beeps any more: messages of machines end before.
const BEEP_WITHIN_MS: u32 = 120_000;

/// Who has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answerer {
    /// Somebody who waits for an answer.
    Person,
    /// An answering machine, or a mailbox.
    Machine,
    /// A fax, which answers with a tone of its own (ITU-T T.30 section 4.1).
    Fax,
    /// Nobody has said anything.
    Silence,
}

/// What is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heard {
    /// Who has answered. Told once; a beep may tell later that it was a machine all the same.
    Answered(Answerer),
    /// The beep of a machine is over: it listens now. Told once.
    Beep,
}

/// Listens to whoever has answered, from the moment of the answer.
#[derive(Clone, Debug)]
pub struct Detector {
    frame: [i16; FRAME],
    filled: usize,
    activity: Activity,
    tones: Tones,
    /// Milliseconds since the answer.
    at: u32,
    greeting: Greeting,
    verdict: Option<Answerer>,
    beeped: bool,
}

/// What was said since the answer, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Greeting {
    /// From its first word to its last.
    lasts: u32,
    /// Since its last word.
    silence: u32,
    /// Of the words alone.
    words: u32,
}

impl Default for Detector {
    fn default() -> Detector {
        Detector {
            frame: [0; FRAME],
            filled: 0,
            activity: Activity::new(HANGOVER),
            tones: Tones::default(),
            at: 0,
            greeting: Greeting::default(),
            verdict: None,
            beeped: false,
        }
    }
}

impl Detector {
    /// Takes sound at [`RATE`], pieces of any length; tells what is found out by it.
    pub fn hear(&mut self, samples: &[i16], mut tell: impl FnMut(Heard)) {
        for sample in samples {
            if let Some(place) = self.frame.get_mut(self.filled) {
                *place = *sample;
            }
            self.filled += 1;
            if self.filled >= FRAME {
                self.filled = 0;
                self.take_frame(&mut tell);
            }
        }
    }

    /// Whether there is nothing left to find out.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let listens = match self.verdict {
            None => true,
            Some(Answerer::Fax) => false,
            Some(Answerer::Person | Answerer::Machine | Answerer::Silence) => !self.beeped,
        };
        !listens || self.at >= BEEP_WITHIN_MS
    }

    fn take_frame(&mut self, tell: &mut impl FnMut(Heard)) {
        if self.is_over() {
            return;
        }
        self.at += FRAME_MS;
        let loudness = level::level(&self.frame);
        let speaks = self.activity.hear(loudness);
        let pure = self.tones.hear(&self.frame, loudness);
        let judged = match pure {
            Some(Pure::Fax) => Some(Answerer::Fax),
            Some(Pure::Beep) if self.greeting.words >= WORD_MS => {
                self.beeped = true;
                Some(Answerer::Machine)
            }
            Some(Pure::Beep) | None if self.tones.is_sounding() => None,
            Some(Pure::Beep) | None => {
                self.greeting.hear(speaks);
                self.judge()
            }
        };
        if let Some(answerer) = judged.filter(|judged| self.is_news(*judged)) {
            self.verdict = Some(answerer);
            tell(Heard::Answered(answerer));
        }
        if self.beeped {
            tell(Heard::Beep);
        }
    }

    /// Whether a judgement is the first, or a sure one that says otherwise.
    fn is_news(&self, judged: Answerer) -> bool {
        match self.verdict {
            None => true,
            Some(verdict) => self.beeped && verdict != judged,
        }
    }

    /// Who speaks so.
    fn judge(&self) -> Option<Answerer> {
        let Greeting {
            lasts,
            silence,
            words,
        } = self.greeting;
        if words < WORD_MS {
            return (self.at >= NOBODY_MS).then_some(Answerer::Silence);
        }
        if lasts > GREETING_MS {
            return Some(Answerer::Machine);
        }
        (silence >= WAITS_MS).then_some(Answerer::Person)
    }
}

impl Greeting {
    /// Takes a frame in which somebody speaks or not.
    fn hear(&mut self, speaks: bool) {
        if speaks {
            // a pause that was long enough to answer in is no part of it
            if self.silence < WAITS_MS {
                self.lasts += self.silence;
            }
            self.silence = 0;
            self.lasts += FRAME_MS;
            self.words += FRAME_MS;
        } else if self.words > 0 {
            self.silence = self.silence.saturating_add(FRAME_MS);
            // a click long ago is no first word
            if self.words < WORD_MS && self.silence >= WAITS_MS {
                *self = Greeting::default();
            }
        }
    }
}

#[cfg(test)]
mod tests;
