//! A telephone that is a fax machine, so far as signalling goes: it offers a fax (T.38) in place of
//! its sound, and takes one that is offered.

use super::Phone;
use crate::line::LineId;
use crate::sound::describe_fax;
use bytes::Bytes;
use machine::Instant;

impl Phone {
    /// Offers a fax.
    pub fn offer_fax(&mut self, id: LineId, now: Instant) -> bool {
        let sdp = self.fax_description(id);
        let timely = self.with_usage(id, now, |usage, step| usage.reoffer(Some(sdp), step));
        self.pump(now);
        timely
    }

    /// Takes the fax that was offered and waits (see [`Manner::answers_offers`](super::Manner)).
    pub fn take_fax(&mut self, id: LineId, now: Instant) -> bool {
        let waits = self
            .lines
            .get_mut(&id)
            .is_some_and(|line| std::mem::take(&mut line.offers.waiting));
        let sdp = self.fax_description(id);
        let timely =
            waits && self.with_usage(id, now, |usage, step| usage.answer_reoffer(sdp, step));
        self.pump(now);
        timely
    }

    fn fax_description(&mut self, id: LineId) -> Bytes {
        let Some(line) = self.lines.get_mut(&id) else {
            return Bytes::new();
        };
        line.sound.version += 1;
        describe_fax(line.sound.here, id.0, line.sound.version)
    }
}
