//! Reliable provisional responses (RFC 3262), both sides.

use std::collections::VecDeque;

use bytes::Bytes;
use machine::{Deadline, Instant};
use sip_message::{Message, Method};

use super::config::MAX_WAITING_PROVISIONALS;
use super::step::Timer;
use crate::transaction::{Repeat, TRANSACTION_LIFE};

/// One that awaits its PRACK.
#[derive(Debug)]
struct Outstanding {
    rseq: u32,
    response: Bytes,
    status: u16,
    has_sdp: bool,
    repeat: Repeat,
    give_up: Instant,
}

/// The callee's side: one outstanding at a time, the others wait.
#[derive(Debug)]
pub(super) struct Provisionals {
    next: u32,
    outstanding: Option<Outstanding>,
    waiting: VecDeque<(u16, Option<Bytes>)>,
}

/// What is due.
pub(super) enum Due {
    /// Nothing.
    Nothing,
    /// The response again.
    Repeat(u16, Bytes),
    /// No PRACK came.
    GiveUp,
}

impl Provisionals {
    /// `first` is the first RSeq: 1 to 2^31 - 1 (RFC 3262 §3).
    pub(super) const fn new(first: u32) -> Self {
        Self {
            next: first,
            outstanding: None,
            waiting: VecDeque::new(),
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        self.outstanding.is_none()
    }

    /// The RSeq that awaits its PRACK.
    pub(super) fn outstanding(&self) -> Option<u32> {
        self.outstanding.as_ref().map(|one| one.rseq)
    }

    /// Whether a 2xx must wait: a description is not acknowledged (RFC 3262 §3).
    pub(super) fn holds_answer(&self) -> bool {
        self.outstanding.as_ref().is_some_and(|one| one.has_sdp)
            || self.waiting.iter().any(|(_, sdp)| sdp.is_some())
    }

    /// Lets one wait for its turn; false when too many do.
    pub(super) fn wait(&mut self, status: u16, sdp: Option<Bytes>) -> bool {
        let room = self.waiting.len() < MAX_WAITING_PROVISIONALS;
        if room {
            self.waiting.push_back((status, sdp));
        }
        room
    }

    pub(super) fn pop_waiting(&mut self) -> Option<(u16, Option<Bytes>)> {
        self.waiting.pop_front()
    }

    /// The RSeq for the next one.
    pub(super) const fn rseq(&self) -> u32 {
        self.next
    }

    /// One with [`Provisionals::rseq`] was sent.
    pub(super) fn sent(&mut self, status: u16, response: Bytes, has_sdp: bool, now: Instant) {
        self.outstanding = Some(Outstanding {
            rseq: self.next,
            response,
            status,
            has_sdp,
            repeat: Repeat::from_t1(now, TRANSACTION_LIFE),
            give_up: now + TRANSACTION_LIFE,
        });
        self.next = self.next.wrapping_add(1);
    }

    /// Takes a PRACK; false when it acknowledges nothing outstanding (481).
    pub(super) fn acknowledge(&mut self, prack: &Message, invite: u32) -> bool {
        let Ok(Some(rack)) = prack.rack() else {
            return false;
        };
        let matches = self.outstanding.as_ref().is_some_and(|one| {
            one.rseq == rack.rseq
                && rack.cseq.number == invite
                && rack.cseq.method == Method::Invite
        });
        if matches {
            self.outstanding = None;
        }
        matches
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        let one = self.outstanding.as_ref()?;
        Some(if one.give_up <= one.repeat.at() {
            Deadline::new(one.give_up, Timer::AwaitPrack)
        } else {
            Deadline::new(one.repeat.at(), Timer::RepeatProvisional)
        })
    }

    pub(super) fn expire(&mut self, now: Instant) -> Due {
        let Some(one) = &mut self.outstanding else {
            return Due::Nothing;
        };
        if one.give_up <= now {
            self.outstanding = None;
            return Due::GiveUp;
        }
        if one.repeat.due(now) {
            return Due::Repeat(one.status, one.response.clone());
        }
        Due::Nothing
    }
}

/// The caller's side in one early dialog: in what order they are taken.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sequence(Option<u32>);

impl Sequence {
    /// Whether a reliable response is the next one; repeated and early ones are not.
    pub(super) fn take(&mut self, rseq: u32) -> bool {
        let next = self.0.is_none_or(|last| rseq == last.wrapping_add(1));
        if next {
            self.0 = Some(rseq);
        }
        next
    }
}
