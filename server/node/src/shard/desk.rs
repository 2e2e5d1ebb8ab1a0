//! Working on one leg, and passing on what it reports.

use super::{Shard, Work};
use crate::calls::CallKey;
use crate::legs;
use call::{Input, LegFact};
use ids::SiteId;
use machine::Instant;
use records::LegDetails;
use sip_leg::{Desk, Report, SipLeg};
use sip_stack::transaction::Owner;

impl Shard {
    /// Lets `act` work on a leg, then follows its reports and timers.
    pub(crate) fn with_leg(
        &mut self,
        owner: Owner,
        now: Instant,
        act: impl FnOnce(&mut SipLeg, &mut Desk<'_>, &mut Vec<Report>),
    ) {
        let Some(entry) = self.legs.get_mut(owner) else {
            return;
        };
        let mut reports = Vec::new();
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        act(&mut entry.sip, &mut desk, &mut reports);
        entry.sip.settle(&mut desk, &mut reports);
        let (key, leg) = (entry.call, entry.sip.leg());
        let attempt = entry.attempt;
        if let Some(attempt) = attempt {
            self.note_stream(owner, attempt, now);
        }
        for report in reports {
            match report {
                Report::Fact(fact) => {
                    if let Some((trunk, peer)) = attempt {
                        self.note_attempt(trunk, peer, &fact, now);
                        self.measure(owner, &fact, now);
                    }
                    self.turn
                        .work
                        .push_back(Work::Input(key, Input::Leg(leg, fact)));
                }
                Report::Redirected(status, reason, to) => {
                    let fact = match attempt {
                        // a carrier sends nobody on
                        Some(_) => LegFact::Refused { status, reason },
                        None => self.redirection(owner, status, to),
                    };
                    self.measure(owner, &fact, now);
                    self.turn
                        .work
                        .push_back(Work::Input(key, Input::Leg(leg, fact)));
                }
                Report::Refer(referee) => self.turn.work.push_back(Work::Refer(owner, referee)),
                Report::Record(on) => self.phone_records(key, leg, on, now),
                Report::Pressed(digit) => self.signalled(key, leg, digit, now),
                Report::Known => self.note_details(owner),
                Report::Terminated => self.turn.work.push_back(Work::Drop(owner)),
            }
        }
        self.legs.note_flow(owner);
        self.rearm_leg(owner);
    }

    /// Writes into the record what signalling knows of a leg.
    pub(crate) fn note_details(&mut self, owner: Owner) {
        let Some(entry) = self.legs.get(owner) else {
            return;
        };
        let details = LegDetails {
            site: self.site_of_leg(entry),
            address: Some(entry.sip.flow().remote.to_string()),
            user_agent: Some(self.name_of_leg(entry)),
            sip_call_id: Some(entry.call_id.clone()),
            codec: entry.sip.sound().codec_name(),
            srtp: entry.sip.sound().suite_name().map(str::to_owned),
        };
        let (key, leg) = (entry.call, entry.sip.leg());
        if let Some(call) = self.calls.get_mut(key) {
            call.recorder.details(leg, details);
        }
    }

    /// What a leg's peer calls itself: in its dialog or else, where it is a telephone, when it
    /// registered.
    fn name_of_leg(&self, leg: &legs::Entry) -> String {
        let said = leg.sip.user_agent();
        if !said.is_empty() {
            return said.to_owned();
        }
        let bound = leg
            .device
            .zip(self.calls.get(leg.call))
            .map(|(device, entry)| {
                let bound = self.registrar.bindings(entry.call.scope(), device);
                let mut here = bound.iter();
                here.find(|one| one.flow.remote == leg.sip.flow().remote)
            });
        let named = bound.flatten().map(|one| one.user_agent.clone());
        named.map(String::from).unwrap_or_default()
    }

    /// The site of the company's at whose address a telephone is.
    fn site_of_leg(&self, leg: &legs::Entry) -> Option<SiteId> {
        leg.device?;
        let tenant = self.calls.get(leg.call)?.tenant;
        let company = self.tenants.directory.tenant(tenant)?;
        company.site_of(leg.sip.flow().remote.ip())
    }

    /// Writes into the record what signalling knows of all legs of a call.
    pub(crate) fn note_all_details(&mut self, key: CallKey) {
        let owners: Vec<Owner> = match self.calls.get(key) {
            Some(entry) => entry.legs.iter().copied().flatten().collect(),
            None => return,
        };
        for owner in owners {
            self.note_details(owner);
        }
    }

    /// A leg is over: its names and its place are free again.
    pub(crate) fn drop_leg(&mut self, owner: Owner, now: Instant) {
        self.note_details(owner);
        self.with_leg(owner, now, |leg, desk, _| leg.close(desk));
        let Some(entry) = self.legs.remove(owner) else {
            return;
        };
        self.end_talk(entry.talk, now);
        self.end_measure(entry.call, entry.gauge, now);
        self.remember_ended(&entry, now);
        let spot = self.spot_of_leg(&entry);
        self.sip.remembered.leg_gone(owner, spot, now);
        if let Some(handle) = entry.wake {
            self.timers.cancel(handle);
        }
        self.sip.dialogs.remove(&entry.call_id, &entry.tag);
        if let Some(call) = self.calls.get_mut(entry.call) {
            call.set_owner(entry.sip.leg(), None);
        }
    }

    /// A leg could not even be tried.
    pub(crate) fn leg_failed(&mut self, key: CallKey, leg: call::LegId, fact: LegFact) {
        self.turn
            .work
            .push_back(Work::Input(key, Input::Leg(leg, fact)));
    }
}
