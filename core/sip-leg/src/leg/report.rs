//! Telling the call what has happened to the dialog.

use super::Early;
use crate::{Desk, Referee, SipLeg, presses, redirections, referee};
use bytes::Bytes;
use call::{LegFact, Lost, Unreachable};
use sdp::{Description, Refusal};
use sip_message::{Message, Name, reason_phrase};
use sip_stack::usage::{Ending, Event, Referral};

/// What a leg tells its owner.
#[derive(Clone, Debug)]
pub enum Report {
    /// For the call.
    Fact(LegFact),
    /// The party asks for a transfer; who may be reached, and whether another call is meant, only
    /// the owner of all calls knows.
    Refer(Referee),
    /// The party sends the call on, with this status and these words, to the first of these that
    /// may be reached, which only the owner of all calls knows.
    Redirected(u16, String, Vec<Referee>),
    /// The party wishes that the call be recorded from now on, or no longer.
    Record(bool),
    /// A key of the party's telephone was pressed, as signalling tells of it.
    Pressed(char),
    /// What the peer calls itself or speaks has become known.
    Known,
    /// The leg may be dropped.
    Terminated,
}

impl SipLeg {
    pub(crate) fn report(
        &mut self,
        events: Vec<Event>,
        desk: &mut Desk<'_>,
        reports: &mut Vec<Report>,
    ) {
        for event in events {
            self.tell(event, desk, reports);
        }
    }

    fn tell(&mut self, event: Event, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let fact = match event {
            Event::Ringing { message, .. } => {
                self.meet(&message);
                LegFact::Ringing
            }
            Event::Progressed { sdp, message, .. } => {
                self.meet(&message);
                self.progressed(sdp, desk)
            }
            Event::Answered { sdp, message } => {
                self.meet(&message);
                reports.push(Report::Known);
                self.answered(sdp, desk)
            }
            Event::Confirmed { sdp } => {
                reports.push(Report::Known);
                LegFact::Confirmed {
                    description: self.hear(sdp, desk),
                }
            }
            Event::Refused { status, message } => {
                let to = message.as_ref().map(redirections).unwrap_or_default();
                if let Some(message) = message.as_ref().filter(|_| !to.is_empty()) {
                    let reason = words(status, message);
                    return reports.push(Report::Redirected(status, reason, to));
                }
                refused(status, message.as_ref())
            }
            Event::Cancelled { .. } => LegFact::Cancelled,
            Event::Ended { ending, .. } => ended(ending),
            Event::Offered { sdp } => return self.offered(sdp, desk, reports),
            Event::ReofferAnswered { sdp } => {
                reports.push(Report::Known);
                LegFact::ReofferAnswered {
                    description: self.hear(sdp, desk),
                }
            }
            Event::ReofferRefused { status } => self.reoffer_refused(status, desk),
            Event::Info {
                record: Some(on), ..
            } => return reports.push(Report::Record(on)),
            Event::Info {
                content_type, body, ..
            } => {
                let pressed = presses::press(&content_type, &body);
                reports.extend(pressed.map(Report::Pressed));
                LegFact::Informed {
                    content_type,
                    body: body.to_vec(),
                }
            }
            Event::Referred(referral) => return self.referred(&referral, desk, reports),
            Event::Refreshed { sdp } => {
                self.hear(sdp, desk);
                return;
            }
            Event::Widened => return self.sound.is_widened(desk.media),
            // The call's answer to it comes too late and is dropped.
            Event::OfferWithdrawn => return self.sound.withdraw(desk.ports, desk.media),
            // We never ask for transfers.
            Event::ReferProgressed { .. } => return,
            Event::Terminated => {
                self.close(desk);
                return reports.push(Report::Terminated);
            }
        };
        reports.push(Report::Fact(fact));
    }

    /// Our offer was refused: everything is as it was before.
    fn reoffer_refused(&mut self, status: u16, desk: &mut Desk<'_>) -> LegFact {
        self.sound.withdraw(desk.ports, desk.media);
        LegFact::ReofferRefused { status }
    }

    /// What a description before the answer means to the call, and to it alone where sound is held
    /// back until then.
    fn progressed(&mut self, sdp: Bytes, desk: &mut Desk<'_>) -> LegFact {
        let description = self.hear(Some(sdp), desk);
        match &mut self.early {
            Early::Passed => LegFact::Progressed { description },
            Early::HeldBack(kept) => {
                *kept = description;
                LegFact::Ringing
            }
        }
    }

    /// The answer, for which what was held back before stands where it says nothing itself.
    fn answered(&mut self, sdp: Option<Bytes>, desk: &mut Desk<'_>) -> LegFact {
        let kept = match &mut self.early {
            Early::HeldBack(kept) => kept.take(),
            Early::Passed => None,
        };
        LegFact::Answered {
            description: self.hear(sdp, desk).or(kept),
        }
    }

    fn meet(&mut self, message: &Message) {
        let named = message.header(Name::Server);
        let agent = named.or_else(|| message.header(Name::UserAgent));
        if let Some(agent) = agent.filter(|agent| *agent != self.user_agent) {
            agent.clone_into(&mut self.user_agent);
        }
    }

    /// Reads a description; one that cannot be read is as good as none, and so is one of which
    /// nothing may be spoken.
    fn hear(&mut self, sdp: Option<Bytes>, desk: &mut Desk<'_>) -> Option<Description> {
        let description = Description::parse(&sdp?).ok()?;
        self.sound.hear(description, desk.ports, desk.media)
    }

    fn offered(&mut self, sdp: Option<Bytes>, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        self.sound.negotiate_anew();
        let offer = sdp.as_ref().and_then(|sdp| Description::parse(sdp).ok());
        let asked = sdp.is_some();
        let description = self.hear(sdp, desk);
        if asked && description.is_none() {
            // what is plain must not be spoken here
            let why = offer.filter(|offer| offer.fax().is_some());
            let why = why.map(|_| Refusal::Protocol);
            let mut events = Vec::new();
            let refused = self.refuse_reoffer(488, why, desk, &mut events);
            debug_assert!(refused.is_ok(), "the offer was just made");
            return self.report(events, desk, reports);
        }
        reports.push(Report::Fact(LegFact::Offered { description }));
    }

    fn referred(&mut self, referral: &Referral, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let target = referee(&referral.refer_to, referral.replaces.as_deref());
        let free = self.referral.is_none();
        match target.filter(|_| free) {
            Some(target) => {
                self.referral = Some(referral.id);
                reports.push(Report::Refer(target));
            }
            None => {
                let status = if free { 400 } else { 491 };
                let mut events = Vec::new();
                let answer =
                    self.usage
                        .refuse_refer(referral.id, status, &mut desk.step(&mut events));
                debug_assert!(answer.is_ok(), "the referral was just made");
                self.report(events, desk, reports);
            }
        }
    }
}

fn refused(status: u16, message: Option<&Message>) -> LegFact {
    let Some(message) = message else {
        return LegFact::Unreachable(match status {
            408 => Unreachable::Timeout,
            _ => Unreachable::Transport,
        });
    };
    let reason = words(status, message);
    LegFact::Refused { status, reason }
}

/// The words that came with a status.
fn words(status: u16, message: &Message) -> String {
    let reason = match message.kind() {
        sip_message::Kind::Response { reason, .. } if !reason.is_empty() => reason,
        sip_message::Kind::Response { .. } | sip_message::Kind::Request { .. } => {
            reason_phrase(status)
        }
    };
    reason.chars().take(64).collect()
}

fn ended(ending: Ending) -> LegFact {
    match ending {
        Ending::PeerHungUp => LegFact::Ended,
        Ending::NoAck | Ending::NoPrack => LegFact::Lost(Lost::NoAck),
        Ending::SessionExpired => LegFact::Lost(Lost::SessionExpired),
        Ending::DialogUnknown | Ending::PeerSilent => LegFact::Lost(Lost::Gone),
    }
}
