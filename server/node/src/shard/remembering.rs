//! Remembering the messages of calls as they come and go, and giving each call its ladder.

use super::Shard;
use crate::calls::{CallKey, Entry};
use crate::legs;
use crate::recording_sessions::RecordingSessions;
use crate::remembered::{Ended, Prelude, Seat, Seen, Spot};
use bytes::Bytes;
use capture::{Sighting, StripId};
use domain::{Cdr, Ladder, Way};
use ids::{CallId, TenantId};
use machine::Instant;
use ports::LiveError;
use sip_message::{Flow, Message, Method};
use sip_stack::transaction::Owner;
use tenancy::TenantScope;

impl Shard {
    /// A message is about to be served. What is sent for it is remembered with it, as far as
    /// nobody owns it.
    pub(crate) fn came(
        &mut self,
        (owner, names): (Option<Owner>, Option<TenantId>),
        flow: Flow,
        message: &Message,
        now: Instant,
    ) {
        if !self.sip.remembered.is_on() {
            return;
        }
        self.went(now);
        let spot = owner.and_then(|owner| self.spot_of(owner));
        let spot = spot.unwrap_or_else(|| Spot {
            seat: self.prelude_of(flow, message).unwrap_or_default(),
            tenant: names,
            call: None,
        });
        self.sip.remembered.serving = Some(spot);
        let sighting = Sighting {
            at: now,
            flow,
            way: Way::Received,
            bytes: kept(message.raw(), flow),
        };
        if spot.tenant.is_none() && !message.is_request() {
            // an answer that nobody waits for: it names no company, and may be one's all the same
            let (strip, leg) = spot.seat;
            return self.sip.remembered.ring.see(strip, leg, sighting);
        }
        self.saw(spot, sighting);
    }

    /// A message was seen: its call's ladder has it, and who collects messages.
    fn saw(&mut self, spot: Spot, sighting: Sighting) {
        let (strip, leg) = spot.seat;
        if !self.sip.remembered.collects {
            return self.sip.remembered.ring.see(strip, leg, sighting);
        }
        self.sip.remembered.ring.see(strip, leg, sighting.clone());
        let told = spot.tenant.is_none_or(|tenant| {
            let compiled = self.tenants.compiled(tenant);
            compiled.is_some_and(|tenant| tenant.captured())
        });
        if told {
            self.outbox.seen.push(Seen {
                tenant: spot.tenant,
                call: spot.call,
                sighting,
            });
        }
    }

    /// Remembers what is to be sent since the last time.
    pub(crate) fn went(&mut self, now: Instant) {
        if !self.sip.remembered.is_on() {
            return;
        }
        while let Some(sent) = self
            .sip
            .transactions
            .transmits()
            .get(self.sip.remembered.noted)
        {
            self.sip.remembered.noted += 1;
            let owner = sent.owner;
            let sighting = Sighting {
                at: now,
                flow: sent.flow,
                way: Way::Sent,
                bytes: sent.bytes.clone(),
            };
            let spot = if owner == Owner::NOBODY {
                self.sip.remembered.serving
            } else {
                self.spot_of(owner)
            };
            if let Some(spot) = spot {
                self.saw(spot, sighting);
            }
        }
    }

    /// The work for one message is done.
    pub(crate) fn served(&mut self, now: Instant) {
        self.went(now);
        self.sip.remembered.serving = None;
        self.sip.remembered.prelude = None;
    }

    fn spot_of(&self, owner: Owner) -> Option<Spot> {
        if RecordingSessions::is_session(owner) {
            return self.spot_of_session(owner);
        }
        match self.legs.get(owner) {
            Some(leg) => Some(self.spot_of_leg(leg)),
            None => self.sip.remembered.spot_of_gone(owner).or_else(|| {
                // a subscription is of no call, and still somebody's
                let tenant = Some(self.tenant_of(owner)?);
                Some(Spot {
                    tenant,
                    ..Spot::default()
                })
            }),
        }
    }

    /// Where the messages of a leg belong. Whose they are is looked up only where it is asked.
    pub(crate) fn spot_of_leg(&self, leg: &legs::Entry) -> Spot {
        let collects = self.sip.remembered.collects;
        let call = self.calls.get(leg.call).filter(|_| collects);
        Spot {
            seat: leg.seat(),
            tenant: call.map(|entry| entry.tenant),
            call: call.map(|entry| entry.call.id()),
        }
    }

    /// Where a message belongs that may become a call: only an INVITE begins anything.
    pub(super) fn prelude_of(&mut self, flow: Flow, message: &Message) -> Option<Seat> {
        let method = message.method()?;
        let begins = method == Method::Invite;
        if !begins && method != Method::Ack && method != Method::Cancel {
            return None;
        }
        let call_id = message.call_id().ok()?;
        let remembered = &mut self.sip.remembered;
        let known = remembered.preludes.find(&flow, call_id);
        if known.is_none() && !begins {
            return None;
        }
        let strip = known.unwrap_or_else(|| {
            let strip = remembered.ring.begin();
            let most = remembered.preludes_max;
            for forgotten in remembered.preludes.add(flow, call_id, strip, most) {
                remembered.ring.end(forgotten);
            }
            strip
        });
        remembered.prelude = Some(Prelude {
            flow,
            call_id: call_id.into(),
            strip,
        });
        Some((strip, 0))
    }

    /// The INVITE being served has become this leg: what preceded it is its call's.
    pub(crate) fn claim_prelude(&mut self, (strip, leg): Seat) {
        let remembered = &mut self.sip.remembered;
        let Some(prelude) = remembered.prelude.take() else {
            return;
        };
        remembered.preludes.remove(&prelude.flow, &prelude.call_id);
        remembered.ring.join(prelude.strip, strip, leg);
        if let Some(spot) = &mut remembered.serving {
            spot.seat = (strip, leg);
        }
    }

    /// A call's record is closed: its messages are awaited a moment longer when its tenant keeps
    /// ladders of such calls, and else forgotten.
    pub(crate) fn end_ladder(&mut self, strip: StripId, cdr: &Cdr, now: Instant) {
        let compiled = self.tenants.compiled(cdr.tenant);
        let keeps = compiled.is_some_and(|tenant| tenant.kept_ladders().keep(cdr));
        if keeps && self.sip.remembered.ring.is_on() {
            self.sip.remembered.await_last(strip, cdr, now);
        } else {
            self.sip.remembered.ring.end(strip);
        }
    }

    /// Hands over the ladders of which nothing more is awaited.
    pub(crate) fn finish_ladders(&mut self, now: Instant) {
        while let Some(ended) = self.sip.remembered.pop_ended(now) {
            let ladder = self.finished(&ended);
            self.sip.remembered.ring.end(ended.strip);
            self.outbox.late.ladders.push(ladder);
        }
    }

    /// The ladder of a call of this tenant's that lives or has just ended.
    pub(crate) fn ladder(&self, scope: &TenantScope, id: CallId) -> Result<Ladder, LiveError> {
        if let Some(ended) = self.sip.remembered.ended(scope.tenant(), id) {
            return Ok(self.finished(ended));
        }
        let found = self.calls.key_of(id).and_then(|key| self.calls.get(key));
        let own = found.filter(|entry| entry.tenant == scope.tenant());
        own.map(|entry| self.ladder_so_far(entry))
            .ok_or(LiveError::NotFound)
    }

    fn finished(&self, ended: &Ended) -> Ladder {
        let (rungs, lost) = self.sip.remembered.ring.rungs(ended.strip, &self.clock);
        Ladder {
            rungs,
            lost,
            ..ended.ladder.clone()
        }
    }

    fn ladder_so_far(&self, entry: &Entry) -> Ladder {
        let (rungs, lost) = self.sip.remembered.ring.rungs(entry.strip, &self.clock);
        let cdr = entry.recorder.cdr();
        Ladder {
            cdr: cdr.id,
            call: cdr.call,
            tenant: cdr.tenant,
            rungs,
            explanation: cdr.explanation.clone(),
            lost,
        }
    }

    /// The call's explanation has grown, perhaps.
    pub(crate) fn note_explained(&mut self, key: CallKey, now: Instant) {
        // what was sent before the decision stands before it
        self.went(now);
        if let Some(entry) = self.calls.get(key) {
            let steps = entry.recorder.cdr().explanation.len();
            self.sip.remembered.ring.explained(entry.strip, steps);
        }
    }
}

/// The bytes of a message for keeping. A datagram has its own; what a stream brought together is
/// copied, or a short message would hold all that came with it.
fn kept(bytes: &Bytes, flow: Flow) -> Bytes {
    if flow.transport.is_reliable() {
        Bytes::copy_from_slice(bytes)
    } else {
        bytes.clone()
    }
}
