//! What media tells: addresses learnt, legs summed up, parties fallen silent.

use super::Shard;
use crate::calls::CallKey;
use crate::turn::Work;
use call::{Input, LegFact, LegId};
use domain::{Answerer, Quality, QualityPair};
use machine::Instant;
use media::{FaxFigures, LegFigures, Lifted, Notice, Refusal, StreamFigures};

impl Shard {
    pub(crate) fn notice(&mut self, notice: Notice, now: Instant) {
        match notice {
            Notice::Learnt { id, from } => self.ports.learnt(id, from),
            Notice::Closed { id, figures } => {
                let Some((key, leg)) = self.calls.free_endpoint(id) else {
                    return;
                };
                self.note_sound((key, leg), &figures, now);
                self.note_fax((key, leg), figures.fax, now);
                let Some(entry) = self.calls.get_mut(key) else {
                    return;
                };
                entry.recorder.quality(leg, quality(&figures));
                if entry.recorder.is_complete() {
                    self.close_record(key, now);
                }
            }
            Notice::Silent { id, lasts } => {
                self.figures.heard.silences += 1;
                self.tell_sound(id, LegFact::FellSilent);
                if lasts >= self.config.limits.silence {
                    self.ask_whether_alive(id, now);
                }
            }
            Notice::Seconds { id, way, seconds } => self.note_seconds(id, way, &seconds),
            Notice::Resumed { id } => self.tell_sound(id, LegFact::HeardAgain),
            Notice::Answered { id, by } => {
                self.tell_sound(id, LegFact::AnsweredBy(answerer(by)));
            }
            Notice::Beeped { id } => self.tell_sound(id, LegFact::Beeped),
            Notice::Digit { id, digit, .. } => {
                self.figures.heard.digits += 1;
                if let Some((key, leg)) = self.calls.of_endpoint(id) {
                    self.pressed(key, leg, digit, now);
                }
            }
            Notice::Heard { id, heard } => self.note_heard(id, heard),
            Notice::Floor { id } => self.note_floor(id, now),
            Notice::Refused { id, because } => match because {
                Refusal::PortUnusable => self.ports.spoil(id),
                Refusal::Full
                | Refusal::AddressTaken
                | Refusal::Itself
                | Refusal::NoPrompt
                | Refusal::RoomFull
                | Refusal::NoSound
                | Refusal::NoSuchLeg => {}
            },
            Notice::Played { id, prompt: None } => {
                self.heard_out(id, now);
                self.notice_heard(id, now);
            }
            Notice::Figures { .. }
            | Notice::Played {
                prompt: Some(_), ..
            } => {}
        }
    }

    /// Says in the record how much of a fax a leg has carried, if it has.
    fn note_fax(&mut self, (key, leg): (CallKey, LegId), fax: FaxFigures, now: Instant) {
        if fax == FaxFigures::default() {
            return;
        }
        let because = format!(
            "leg {}: {} datagrams of the fax came from it, and {} went to it",
            leg.number(),
            fax.received,
            fax.sent
        );
        self.explain(key, "media.t38", because, now);
    }

    /// Tells a call what is heard of one of its parties.
    fn tell_sound(&mut self, id: media::EndpointId, fact: LegFact) {
        if let Some((key, leg)) = self.calls.of_endpoint(id) {
            let input = Input::Leg(leg, fact);
            self.turn.work.push_back(Work::Input(key, input));
        }
    }

    /// A leg's peer seeks its way or shakes hands.
    pub(crate) fn answer_lifted(&mut self, lifted: Lifted, now: Instant) {
        let Lifted { id, from, octets } = lifted;
        let Some((key, leg)) = self.calls.of_endpoint(id) else {
            return;
        };
        let Some(owner) = self.calls.get(key).and_then(|entry| entry.owner(leg)) else {
            return;
        };
        self.with_leg(owner, now, |sip, desk, reports| {
            sip.lifted(from, octets, desk, reports);
        });
    }

    /// A party from which nothing is heard is offered what it already has: one that is gone does
    /// not answer, and its leg ends by that.
    fn ask_whether_alive(&mut self, id: media::EndpointId, now: Instant) {
        let Some((key, leg)) = self.calls.of_endpoint(id) else {
            return;
        };
        let Some(owner) = self.calls.get(key).and_then(|entry| entry.owner(leg)) else {
            return;
        };
        self.with_leg(owner, now, |sip, desk, reports| sip.probe(desk, reports));
    }
}

/// Who has answered, as records have it.
fn answerer(heard: media::Answerer) -> Answerer {
    match heard {
        media::Answerer::Person => Answerer::Person,
        media::Answerer::Machine => Answerer::Machine,
        media::Answerer::Fax => Answerer::Fax,
        media::Answerer::Silence => Answerer::Silence,
    }
}

fn quality(figures: &LegFigures) -> QualityPair {
    QualityPair {
        received: stream(&figures.received, figures.strangers),
        sent: stream(&figures.sent, 0),
    }
}

fn stream(figures: &StreamFigures, strangers: u32) -> Option<Quality> {
    if figures.packets == 0 && strangers == 0 {
        return None;
    }
    let expected = figures.packets.saturating_add(figures.lost).max(1);
    let permille = figures.lost.saturating_mul(1000) / expected;
    Some(Quality {
        packets: figures.packets,
        octets: figures.octets,
        loss_permille: u16::try_from(permille).unwrap_or(1000),
        jitter_ms: u16::try_from(figures.jitter_us / 1000).unwrap_or(u16::MAX),
        mos_x100: figures.mos_centi,
        strangers: strangers.into(),
    })
}
