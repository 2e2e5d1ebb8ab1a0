//! The orders of our own side. One that does not fit changes nothing.

use bytes::Bytes;
use sip_message::Name;

use super::outgoing::Calling;
use super::{InviteUsage, State};
use crate::usage::business::Purpose;
use crate::usage::offer::Turn;
use crate::usage::parts::Part;
use crate::usage::peer::Peer;
use crate::usage::step::{Cx, Step, Untimely};

impl InviteUsage {
    /// Callee: sends a provisional response (101 to 199), reliably when asked and the caller
    /// can, or when the caller requires it. A description is the answer (or, when the INVITE
    /// had no offer, the offer); sent unreliably it only announces the answer.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming and not yet answered; also when too many reliable ones wait.
    pub fn ring(
        &mut self,
        status: u16,
        sdp: Option<Bytes>,
        reliable: bool,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("ring", step, |state, cx| {
            let mut called = state.called()?;
            if called.ring(status, sdp, reliable, cx) {
                Ok(State::Incoming(called))
            } else {
                Err(State::Incoming(called))
            }
        })
    }

    /// Callee: answers with 200. The description may be left out when a provisional response
    /// has carried it.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming and not yet answered, or when nothing was described.
    pub fn answer(&mut self, sdp: Option<Bytes>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("answer", step, |state, cx| state.called()?.answer(sdp, cx))
    }

    /// Callee: refuses with a status (300 to 699), a phrase of our own and further headers.
    /// [`Event::Terminated`](crate::usage::Event::Terminated) follows.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming.
    pub fn refuse(
        &mut self,
        status: u16,
        phrase: Option<&str>,
        headers: &[(Name<'_>, String)],
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("refuse", step, |state, cx| {
            Ok(state.called()?.refuse(status, phrase, headers, cx))
        })
    }

    /// Caller: gives up before the answer; `reason` is a Reason value (RFC 3326). An answer
    /// that crosses it is acknowledged and hung up.
    /// [`Event::Terminated`](crate::usage::Event::Terminated) follows, when the INVITE has ended.
    ///
    /// # Errors
    /// [`Untimely`] unless outgoing and not yet cancelled.
    pub fn cancel(&mut self, reason: Option<&str>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("cancel", step, |state, cx| match state {
            State::Outgoing(calling) => give_up(calling, reason, cx),
            other @ (State::Incoming(_) | State::Live(_) | State::Leaving(_) | State::Over) => {
                Err(other)
            }
        })
    }

    /// Ends the call from whatever state: BYE when live, CANCEL when outgoing, 480 when
    /// incoming. [`Event::Terminated`](crate::usage::Event::Terminated) follows, perhaps later.
    ///
    /// # Errors
    /// [`Untimely`] when it is over or being hung up already.
    pub fn hang_up(&mut self, reason: Option<&str>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("hang_up", step, |state, cx| match state {
            State::Incoming(called) => {
                let reason = reason.map(|reason| (Name::Reason, reason.to_owned()));
                let headers: Vec<(Name<'_>, String)> = reason.into_iter().collect();
                Ok(called.refuse(480, None, &headers, cx))
            }
            State::Outgoing(calling) => give_up(calling, reason, cx),
            State::Live(live) => Ok(live.hang_up(reason, cx)),
            other @ (State::Leaving(_) | State::Over) => Err(other),
        })
    }

    /// Gives the answer to an offer that came in a 2xx: in its ACK.
    ///
    /// # Errors
    /// [`Untimely`] unless a 2xx with an offer waits for it.
    pub fn confirm(&mut self, sdp: Bytes, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("confirm", step, |state, cx| {
            state.live(|live| live.confirm(sdp, cx))
        })
    }

    /// Offers anew, or without a description asks the peer to offer: a re-INVITE when live, an
    /// UPDATE in an early dialog. While the dialog is busy it waits its turn; a later order
    /// takes the place of one that waits.
    ///
    /// # Errors
    /// [`Untimely`] unless live, or early with a completed exchange and a peer that allows
    /// UPDATE.
    pub fn reoffer(&mut self, sdp: Option<Bytes>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("reoffer", step, |mut state, cx| {
            let early = match &mut state {
                State::Live(live) => {
                    live.reoffer(sdp, None, cx);
                    return Ok(state);
                }
                State::Incoming(called) => Some(&mut called.peer),
                State::Outgoing(calling) => calling.forks.find(may_update),
                State::Leaving(_) | State::Over => None,
            };
            match (early.filter(|peer| may_update(peer)), sdp) {
                (Some(peer), Some(sdp)) => {
                    peer.modify(Purpose::Offer(sdp, None), cx);
                    Ok(state)
                }
                (Some(_) | None, _) => Err(state),
            }
        })
    }

    /// Offers anew by a re-INVITE, with something beside the offer. While the dialog is busy it
    /// waits its turn; a later order takes the place of one that waits.
    ///
    /// # Errors
    /// [`Untimely`] unless live.
    pub fn reoffer_beside(
        &mut self,
        sdp: Bytes,
        beside: Part,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("reoffer_beside", step, |state, cx| {
            state.live(|live| {
                live.reoffer(Some(sdp), Some(Box::new(beside)), cx);
                true
            })
        })
    }

    /// Answers (or, when asked to, makes) the offer of
    /// [`Event::Offered`](crate::usage::Event::Offered).
    ///
    /// # Errors
    /// [`Untimely`] when none waits.
    pub fn answer_reoffer(&mut self, sdp: Bytes, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("answer_reoffer", step, |state, cx| match state {
            State::Incoming(called) => called.answer_offer(sdp, cx),
            State::Outgoing(mut calling) => {
                if calling.forks.answer_offer(sdp, cx) {
                    Ok(State::Outgoing(calling))
                } else {
                    Err(State::Outgoing(calling))
                }
            }
            live @ State::Live(_) => live.live(|live| {
                let answered = live.peer.answer_offer(sdp, cx);
                live.peer.proceed(cx);
                answered
            }),
            other @ (State::Leaving(_) | State::Over) => Err(other),
        })
    }

    /// Refuses the offer of [`Event::Offered`](crate::usage::Event::Offered), with 488 for
    /// instance, and further headers.
    ///
    /// # Errors
    /// [`Untimely`] when none waits.
    pub fn refuse_reoffer(
        &mut self,
        status: u16,
        headers: &[(Name<'_>, String)],
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("refuse_reoffer", step, |state, cx| match state {
            State::Incoming(called) => called.refuse_offer(status, headers, cx),
            State::Outgoing(mut calling) => {
                if calling.forks.refuse_offer(status, headers, cx) {
                    Ok(State::Outgoing(calling))
                } else {
                    Err(State::Outgoing(calling))
                }
            }
            live @ State::Live(_) => live.live(|live| {
                let refused = live.peer.refuse_offer(status, headers, cx);
                live.peer.proceed(cx);
                refused
            }),
            other @ (State::Leaving(_) | State::Over) => Err(other),
        })
    }

    /// Sends an INFO (RFC 6086, legacy use).
    ///
    /// # Errors
    /// [`Untimely`] unless live; also when too many await their answers.
    pub fn info(
        &mut self,
        content_type: &str,
        body: Bytes,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("info", step, |state, cx| {
            state.live(|live| live.info(content_type, body, cx))
        })
    }

    /// Asks the peer to record the call, or to record it no more, as telephones do: by an INFO with
    /// the header `Record`.
    ///
    /// # Errors
    /// As [`InviteUsage::info`].
    pub fn record(&mut self, on: bool, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("record", step, |state, cx| {
            state.live(|live| live.record(on, cx))
        })
    }

    /// Accepts a transfer: 202 and a first NOTIFY with 100.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral waits.
    pub fn accept_refer(&mut self, id: u32, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("accept_refer", step, |state, cx| {
            state.live(|live| live.referrals.accept(id, &mut live.peer, cx))
        })
    }

    /// Refuses a transfer.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral waits.
    pub fn refuse_refer(
        &mut self,
        id: u32,
        status: u16,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("refuse_refer", step, |state, cx| {
            state.live(|live| live.referrals.refuse(id, status, cx))
        })
    }

    /// Tells the transferor how the transfer goes: the status of the new call, final ones end
    /// it.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral is accepted and unended.
    pub fn notify_refer(
        &mut self,
        id: u32,
        status: u16,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("notify_refer", step, |state, cx| {
            state.live(|live| live.referrals.tell(id, status, &mut live.peer, cx))
        })
    }

    /// Asks the peer to call someone else (RFC 3515): `refer_to` is a Refer-To value.
    ///
    /// # Errors
    /// [`Untimely`] unless live; also when too many transfers are under way.
    pub fn refer(&mut self, refer_to: &str, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("refer", step, |state, cx| {
            state.live(|live| live.referrals.ask(refer_to, &mut live.peer, cx))
        })
    }
}

/// Whether an early dialog may be offered anew (RFC 3311 §5.1).
fn may_update(peer: &Peer) -> bool {
    peer.abilities.update && peer.exchange.turn() == Turn::Settled
}

fn give_up(
    mut calling: Box<Calling>,
    reason: Option<&str>,
    cx: &mut Cx<'_, '_>,
) -> Result<State, State> {
    if calling.cancel(reason, cx) {
        Ok(State::Outgoing(calling))
    } else {
        Err(State::Outgoing(calling))
    }
}
