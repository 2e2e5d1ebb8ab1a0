//! Faxes: calls that are answered or made by a machine, from the first tone until it has done.

use super::Shard;
use crate::calls::CallKey;
use crate::faxes::{FaxBeginning, FaxDone, FaxOrder, FaxTask, Faxing};
use crate::turn::Work;
use call::{DialStep, HangUp, Input, LegId};
use domain::CompiledExtension;
use ids::{ExtensionId, FaxId};
use machine::Instant;
use media::{Command, Line};
use routing::Guest;
use std::sync::Arc;

/// The rule that explains that a fax ended with the exchange.
const CUT_OFF: &str = "fax.cut_off";

/// Characters of what a machine calls itself (ITU-T T.30 §5.3.6.2.4).
const STATION_MAX: usize = 20;

impl Shard {
    /// A machine answers a leg, or begins on the one that it has called, for an extension of its
    /// own company, unless it has already.
    pub(super) fn fax(&mut self, key: CallKey, (leg, at): (LegId, ExtensionId), now: Instant) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let (tenant, call) = (entry.tenant, entry.call.id());
        let sip = entry.owner(leg).and_then(|owner| self.legs.get(owner));
        let Some(endpoint) = sip.map(|leg| leg.sip.sound().endpoint()) else {
            return;
        };
        let here = self.calls.faxes.get(key);
        if here.is_some_and(|faxing| faxing.endpoint == endpoint) {
            return;
        }
        let party = entry.call.leg(leg).map(|(party, _)| party.number.clone());
        self.end_fax(key);
        let compiled = self.tenants.compiled(tenant);
        let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
        let (id, task) = match self.calls.faxes.called(key) {
            Some(id) => (id, FaxTask::Send),
            None => {
                let id = FaxId::new(self.unix_ms(now), self.random.next_u128());
                (id, FaxTask::Receive)
            }
        };
        let line = Arc::new(Line::new());
        self.calls.faxes.begin(key, Faxing { id, endpoint });
        let beginning = FaxBeginning {
            id,
            tenant,
            call,
            task,
            extension: at,
            number: extension.map_or_else(String::new, |found| found.number.to_string()),
            station: extension.map_or_else(String::new, station),
            caller: party.unwrap_or_default(),
            began: self.clock.wall(now),
            line: Arc::clone(&line),
        };
        self.outbox.faxes.push(FaxOrder::Begin(Box::new(beginning)));
        let id = endpoint;
        self.outbox.media.push(Command::Line { id, line });
    }

    /// A call is no fax any more, if it was.
    pub(super) fn end_fax(&mut self, key: CallKey) {
        if let Some(id) = self.calls.faxes.end(key) {
            self.outbox.faxes.push(FaxOrder::End(id));
        }
    }

    /// After a restart of the exchange a fax is lost: the other machine waits for an answer that
    /// nobody here knows.
    pub(super) fn cut_off_fax(&mut self, key: CallKey, now: Instant) {
        let because = "a fax does not outlive a restart of the exchange".to_owned();
        self.hang_up_fax(key, CUT_OFF, because, now);
    }

    /// A machine has done.
    pub fn fax_done(&mut self, done: FaxDone, now: Instant) {
        self.guard(now, |shard| {
            let FaxDone { id, rule, because } = done;
            if let Some(key) = shard.faxing(id) {
                shard.hang_up_fax(key, rule, because, now);
            }
        });
    }

    /// A machine hears another one, and wants to go over to T.38.
    pub fn fax_wanted(&mut self, id: FaxId, now: Instant) {
        self.guard(now, |shard| {
            if let Some(key) = shard.faxing(id) {
                let wanted = Work::Input(key, Input::FaxWanted);
                shard.turn.work.push_back(wanted);
            }
        });
    }

    fn faxing(&self, id: FaxId) -> Option<CallKey> {
        self.calls.faxes.call_of(id)
    }

    fn hang_up_fax(&mut self, key: CallKey, rule: &'static str, because: String, now: Instant) {
        self.explain(key, rule, because.clone(), now);
        let input = Input::HangUp(HangUp::Policy(because));
        self.turn.work.push_back(Work::Input(key, input));
    }

    /// A machine as a step, if there is one left.
    pub(super) fn fax_machine(&mut self, at: ExtensionId) -> DialStep {
        let most = self.config.limits.faxes;
        if self.calls.faxes.count() < most {
            return DialStep::Guest(Guest::Fax(at));
        }
        self.calls.faxes.crowd();
        DialStep::Capped(format!("as many faxes are on their way as may be: {most}"))
    }
}

/// What the machine of an extension calls itself: the number by which it is known outside, else
/// its own.
fn station(extension: &CompiledExtension) -> String {
    let outside = extension.external_number.as_ref();
    let known = outside.map_or_else(|| extension.number.to_string(), ToString::to_string);
    known.chars().take(STATION_MAX).collect()
}
