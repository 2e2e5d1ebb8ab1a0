//! Carrying out what the call orders.

use super::text;
use crate::{Desk, Report, SipLeg, reason_value};
use bytes::Bytes;
use call::{EndReason, LegFact, LegOrder, Speaks};
use media::{Command, Prompt, PromptId, Tuned};
use sdp::Refusal;
use sip_message::Name;
use sip_stack::usage::{Event, Untimely};
use std::sync::Arc;

/// Seconds after which a caller that was told 503 may try again. Phones take a 503 without them for
/// a fault of the exchange's own (RFC 3261 §21.5.4).
const RETRY_AFTER: &str = "1";

/// Which prompt is which on the road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptBook {
    /// The announcement.
    pub announcement: PromptId,
    /// The ringing tone.
    pub ringback: PromptId,
    /// The signal for whoever is told of a call for help.
    pub alert: PromptId,
    /// The music that a party on hold hears.
    pub music: PromptId,
    /// The tone by which people hear that they are recorded from now on.
    pub beep: PromptId,
}

impl SipLeg {
    /// Carries out an order. One that comes too late for its leg, as happens when both sides act
    /// at once, changes nothing; what follows is reported.
    pub fn order(&mut self, order: LegOrder, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let mut events = Vec::new();
        let timely = self.carry_out(order, desk, &mut events, reports);
        // The fact that made the order untimely has been reported, or will be.
        let _crossed = timely.is_err();
        self.report(events, desk, reports);
    }

    fn carry_out(
        &mut self,
        order: LegOrder,
        desk: &mut Desk<'_>,
        events: &mut Vec<Event>,
        reports: &mut Vec<Report>,
    ) -> Result<(), Untimely> {
        match order {
            LegOrder::Ring => self.usage.ring(180, None, false, &mut desk.step(events)),
            LegOrder::Forwarded => self.usage.ring(181, None, false, &mut desk.step(events)),
            LegOrder::Progress { description } => {
                let sdp = text(&self.sound.anchor(description, desk.ports, desk.media));
                self.usage
                    .ring(183, Some(sdp), false, &mut desk.step(events))
            }
            LegOrder::Answer { description } => {
                let sdp = description.map(|d| text(&self.sound.anchor(d, desk.ports, desk.media)));
                self.usage.answer(sdp, &mut desk.step(events))
            }
            LegOrder::AnswerLocally(speaks) => self.answer_locally(speaks, desk, events, reports),
            LegOrder::Refuse { status, reason } => self.refuse(status, &reason, desk, events),
            LegOrder::Confirm { description } => {
                let sdp = text(&self.sound.anchor(description, desk.ports, desk.media));
                self.usage.confirm(sdp, &mut desk.step(events))
            }
            LegOrder::Cancel { reason } => {
                self.close(desk);
                self.usage
                    .cancel(Some(&reason_value(&reason)), &mut desk.step(events))
            }
            LegOrder::HangUp { reason } => {
                self.close(desk);
                self.usage
                    .hang_up(Some(&reason_value(&reason)), &mut desk.step(events))
            }
            LegOrder::Reoffer {
                description: Some(offer),
            } if !self.sound.can_be_offered(&offer) => {
                refuse_for_the_party(reports);
                Ok(())
            }
            LegOrder::OfferFax if !self.sound.lets_fax() => {
                refuse_for_the_party(reports);
                Ok(())
            }
            LegOrder::Reoffer { .. }
            | LegOrder::ReofferLocally(_)
            | LegOrder::OfferFax
            | LegOrder::AnswerReoffer { .. }
            | LegOrder::AnswerReofferLocally(_)
            | LegOrder::RefuseReoffer { .. } => self.negotiate(order, desk, events),
            LegOrder::AcceptReferral
            | LegOrder::RefuseReferral { .. }
            | LegOrder::NotifyReferral { .. } => self.refer(&order, desk, events),
            LegOrder::Inform { content_type, body } => {
                self.usage
                    .info(&content_type, Bytes::from(body), &mut desk.step(events))
            }
            // A leg is dialled once, by `SipLeg::dial`.
            LegOrder::Dial { .. } | LegOrder::DialTrunk { .. } => Ok(()),
        }
    }

    fn negotiate(
        &mut self,
        order: LegOrder,
        desk: &mut Desk<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Untimely> {
        match order {
            LegOrder::Reoffer { description } => {
                self.sound.negotiate_anew();
                let sdp = description.map(|d| text(&self.sound.anchor(d, desk.ports, desk.media)));
                self.usage.reoffer(sdp, &mut desk.step(events))
            }
            LegOrder::ReofferLocally(speaks) => {
                self.sound.negotiate_anew();
                let sdp = text(&self.sound.offer(speaks, desk.ports, desk.media));
                self.usage.reoffer(Some(sdp), &mut desk.step(events))
            }
            LegOrder::OfferFax => {
                self.sound.negotiate_anew();
                let sdp = text(&self.sound.offer_fax(desk.ports, desk.media));
                self.usage.reoffer(Some(sdp), &mut desk.step(events))
            }
            LegOrder::AnswerReoffer { description } => {
                let sdp = text(&self.sound.anchor(description, desk.ports, desk.media));
                self.usage.answer_reoffer(sdp, &mut desk.step(events))
            }
            LegOrder::AnswerReofferLocally(speaks) => {
                match self.sound.answer(speaks, desk.ports, desk.media) {
                    Ok(answer) => self
                        .usage
                        .answer_reoffer(text(&answer), &mut desk.step(events)),
                    Err(why) => self.refuse_reoffer(488, Some(why), desk, events),
                }
            }
            LegOrder::RefuseReoffer { status } => self.refuse_reoffer(status, None, desk, events),
            LegOrder::Ring
            | LegOrder::Forwarded
            | LegOrder::Progress { .. }
            | LegOrder::Answer { .. }
            | LegOrder::AnswerLocally(_)
            | LegOrder::Refuse { .. }
            | LegOrder::Dial { .. }
            | LegOrder::DialTrunk { .. }
            | LegOrder::Confirm { .. }
            | LegOrder::Cancel { .. }
            | LegOrder::HangUp { .. }
            | LegOrder::AcceptReferral
            | LegOrder::RefuseReferral { .. }
            | LegOrder::NotifyReferral { .. }
            | LegOrder::Inform { .. } => Ok(()),
        }
    }

    /// Refuses what the peer has offered within the call, and says what is wrong with it where that
    /// is known (RFC 3261 §20.43); all is as it was before.
    pub(super) fn refuse_reoffer(
        &mut self,
        status: u16,
        why: Option<Refusal>,
        desk: &mut Desk<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Untimely> {
        self.sound.withdraw(desk.ports, desk.media);
        let warning = why.map(|why| {
            let (code, text) = why.warning();
            (Name::Warning, format!("{code} strowger \"{text}\""))
        });
        let headers: Vec<_> = warning.into_iter().collect();
        let mut step = desk.step(events);
        self.usage.refuse_reoffer(status, &headers, &mut step)
    }

    fn refer(
        &mut self,
        order: &LegOrder,
        desk: &mut Desk<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Untimely> {
        let Some(id) = self.referral else {
            return Ok(());
        };
        let mut step = desk.step(events);
        if let LegOrder::RefuseReferral { status } = order {
            self.referral = None;
            return self.usage.refuse_refer(id, *status, &mut step);
        }
        if let LegOrder::NotifyReferral { status, done } = order {
            if *done {
                self.referral = None;
            }
            return self.usage.notify_refer(id, *status, &mut step);
        }
        self.usage.accept_refer(id, &mut step)
    }

    fn answer_locally(
        &mut self,
        speaks: Speaks,
        desk: &mut Desk<'_>,
        events: &mut Vec<Event>,
        reports: &mut Vec<Report>,
    ) -> Result<(), Untimely> {
        if let Ok(answer) = self.sound.answer(speaks, desk.ports, desk.media) {
            return self
                .usage
                .answer(Some(text(&answer)), &mut desk.step(events));
        }
        // The caller offers nothing the guest could speak: it is refused, and the call ends.
        reports.push(Report::Fact(LegFact::Ended));
        self.usage.refuse(488, None, &[], &mut desk.step(events))
    }

    fn refuse(
        &mut self,
        status: u16,
        reason: &EndReason,
        desk: &mut Desk<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Untimely> {
        self.close(desk);
        let mut headers = vec![(Name::Reason, reason_value(reason))];
        if status == 503 {
            headers.push((Name::RetryAfter, RETRY_AFTER.to_owned()));
        }
        self.usage
            .refuse(status, None, &headers, &mut desk.step(events))
    }

    /// Offers the peer what it already has, with other keys where those went with the process
    /// before: one that is gone does not answer.
    pub fn probe(&mut self, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let Some(told) = self.sound.again() else {
            return;
        };
        let sdp = text(&told);
        let mut events = Vec::new();
        let timely = self.usage.reoffer(Some(sdp), &mut desk.step(&mut events));
        // A leg that is busy with an offer is being asked already.
        let _busy = timely.is_err();
        self.report(events, desk, reports);
    }

    /// Plays a prompt to this leg in a codec it understands; without one it hears nothing.
    pub fn play(&self, prompt: call::Prompt, book: &PromptBook, desk: &mut Desk<'_>) {
        let prompt = match prompt {
            call::Prompt::Announcement => book.announcement,
            call::Prompt::Ringback => book.ringback,
            call::Prompt::Alert => book.alert,
            call::Prompt::Music => book.music,
        };
        let id = self.sound.endpoint();
        if let Some(codec) = self.sound.play_codec() {
            desk.media.push(Command::Play {
                id,
                prompt,
                codec,
                looped: true,
            });
        }
    }

    /// Sounds the tone of a recording once; then the leg hears again whom it heard before.
    pub fn beep(&self, book: &PromptBook, desk: &mut Desk<'_>) {
        let id = self.sound.endpoint();
        if let Some(codec) = self.sound.play_codec() {
            desk.media.push(Command::Play {
                id,
                prompt: book.beep,
                codec,
                looped: false,
            });
        }
    }

    /// Lets this leg hear a station, in a codec it understands; without one it hears nothing.
    pub fn tune(&self, station: Tuned, desk: &mut Desk<'_>) {
        let id = self.sound.endpoint();
        if let Some(codec) = self.sound.play_codec() {
            desk.media.push(Command::Tune { id, station, codec });
        }
    }

    /// Plays a recording of the company's own to this leg, over and over or once, in a codec it
    /// understands; without one it hears nothing.
    pub fn play_own(&self, prompt: Arc<Prompt>, looped: bool, desk: &mut Desk<'_>) {
        let id = self.sound.endpoint();
        if let Some(codec) = self.sound.play_codec() {
            desk.media.push(Command::PlayOwn {
                id,
                prompt,
                codec,
                looped,
            });
        }
    }
}

/// Nothing of an offer may be made here: as if the party had refused it.
fn refuse_for_the_party(reports: &mut Vec<Report>) {
    let refused = LegFact::ReofferRefused { status: 488 };
    reports.push(Report::Fact(refused));
}
