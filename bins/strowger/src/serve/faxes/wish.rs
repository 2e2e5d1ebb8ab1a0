//! When a machine asks its party to go over from sound to T.38.
//!
//! Usually the other side asks, be it the machine itself or a gateway before it; so it is given a
//! while. Then the machine here asks, as soon as it has heard that the other is a fax machine. It
//! asks once; what the call makes of that is not for it to know.

use fax::Tone;
use node::FaxTask;

/// Frames of 20 ms from its first word within which a machine does not ask: 2 s, in which it has
/// said that it is one.
const SPEAKS_FIRST: u32 = 100;

/// Frames of 20 ms that a machine which has called waits behind the first word of the other, whose
/// gateway hears the same and asks by itself: 2 s.
const HEARS_FIRST: u32 = 100;

/// What a machine knows of the other, and whether it has asked.
#[derive(Debug)]
pub(super) struct Wish {
    task: FaxTask,
    /// Frames that have passed.
    passed: u32,
    /// When the other was known for a fax machine.
    known: Option<u32>,
    asked: bool,
}

impl Wish {
    /// Of a machine that begins.
    pub(super) fn new(task: FaxTask) -> Wish {
        Wish {
            task,
            passed: 0,
            known: None,
            asked: false,
        }
    }

    /// A frame has passed in which these tones were heard; whether the machine asks now.
    pub(super) fn passes(&mut self, tones: &[Tone]) -> bool {
        self.passed = self.passed.saturating_add(1);
        if tones.iter().any(|tone| self.tells(*tone)) {
            self.known = self.known.or(Some(self.passed));
        }
        let patience = match self.task {
            FaxTask::Receive => 0,
            FaxTask::Send => HEARS_FIRST,
        };
        let due = self.known.map(|known| (known + patience).max(SPEAKS_FIRST));
        let asks = !self.asked && due.is_some_and(|due| self.passed >= due);
        self.asked |= asks;
        asks
    }

    /// Whether a tone tells that it is a fax machine that makes it: modems answer with the same
    /// one as fax machines.
    fn tells(&self, tone: Tone) -> bool {
        match (tone, self.task) {
            (Tone::V21Preamble, _) | (Tone::Cng, FaxTask::Receive) => true,
            (Tone::Cng, FaxTask::Send) | (Tone::Ced, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frames at which a machine asks, where it hears these tones at these frames.
    fn asks(task: FaxTask, heard: &[(u32, Tone)]) -> Vec<u32> {
        let mut wish = Wish::new(task);
        let tones = |frame: u32| -> Vec<Tone> {
            let now = heard.iter().filter(|(at, _)| *at == frame);
            now.map(|(_, tone)| *tone).collect()
        };
        (1..2_000)
            .filter(|frame| wish.passes(&tones(*frame)))
            .collect()
    }

    #[test]
    fn a_machine_that_was_called_asks_once_it_has_spoken_and_heard_another() {
        let receive = FaxTask::Receive;
        assert_eq!(asks(receive, &[(20, Tone::Cng), (195, Tone::Cng)]), [100]);
        assert_eq!(asks(receive, &[(300, Tone::V21Preamble)]), [300]);
        assert_eq!(asks(receive, &[]), [0; 0]);
        assert_eq!(asks(receive, &[(20, Tone::Ced)]), [0; 0], "a modem");
    }

    #[test]
    fn a_machine_that_has_called_leaves_the_other_time_to_ask() {
        let send = FaxTask::Send;
        let heard = [(30, Tone::Ced), (200, Tone::V21Preamble)];
        assert_eq!(asks(send, &heard), [300]);
        assert_eq!(asks(send, &[(30, Tone::Ced)]), [0; 0], "a modem");
    }
}
