//! How calls leave the shard: ended, hung up, or broken by a fault of ours.

use super::deadlines::Wake;
use super::{Shard, Work};
use crate::calls::CallKey;
use call::{HangUp, Input};
use ids::TenantId;
use machine::Instant;
use media::Command;

impl Shard {
    /// The call has ended: its tenant may have another, and its record closes as soon as media has
    /// summed up.
    pub(crate) fn call_over(&mut self, key: CallKey, now: Instant) {
        self.free_line(key);
        self.tenants.budgets.ended(key);
        self.end_recording(key, now);
        self.leave_conference(key, now);
        self.end_fax(key);
        self.miss_fax(key);
        self.fall_silent(key);
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        if std::mem::take(&mut entry.counted) {
            self.tenants.call_ended(entry.tenant);
        }
        if std::mem::take(&mut entry.stored) {
            let id = entry.call.id().as_u128();
            self.stores
                .snapshots
                .remove(entry.tenant, ports::Bucket::Calls, id);
        }
        if entry.recorder.is_complete() {
            self.close_record(key, now);
        } else {
            let at = entry.recorder.deadline().unwrap_or(now);
            self.timers.arm(at, Wake::Record(key));
        }
    }

    pub(crate) fn close_record(&mut self, key: CallKey, now: Instant) {
        let Some(entry) = self.calls.remove(key) else {
            return;
        };
        self.forget_lines(entry.call.id());
        if let Some(handle) = entry.wake {
            self.timers.cancel(handle);
        }
        self.figures.records += 1;
        let record = entry.recorder.close(self.stores.journal.as_mut());
        self.end_ladder(entry.strip, &record, now);
        self.outbox.records.push(record);
    }

    /// Something of ours broke while this call was worked on: the call is released, the rest
    /// goes on.
    pub(crate) fn fault(&mut self, now: Instant) {
        self.figures.faulted_calls += 1;
        let Some(key) = self.turn.current.take() else {
            return;
        };
        self.free_line(key);
        self.tenants.budgets.ended(key);
        self.end_recording(key, now);
        self.leave_conference(key, now);
        self.end_fax(key);
        self.miss_fax(key);
        self.fall_silent(key);
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        if std::mem::take(&mut entry.counted) {
            self.tenants.call_ended(entry.tenant);
        }
        let owners: Vec<_> = entry.legs.iter().copied().flatten().collect();
        for owner in owners {
            if let Some(entry) = self.legs.remove(owner) {
                self.end_talk(entry.talk, now);
                self.sip.dialogs.remove(&entry.call_id, &entry.tag);
                let endpoint = entry.sip.sound().endpoint();
                self.calls.free_endpoint(endpoint);
                if self.ports.close(endpoint) {
                    self.outbox.media.push(Command::Close { id: endpoint });
                }
            }
        }
        self.close_record(key, now);
    }

    pub(crate) fn hang_up_all(&mut self, now: Instant) {
        let all: Vec<CallKey> = self.calls.iter().map(|(key, _)| key).collect();
        self.hang_up_calls(all, now);
    }

    pub(crate) fn hang_up_tenant(&mut self, tenant: TenantId, now: Instant) {
        let of_tenant = self
            .calls
            .iter()
            .filter(|(_, entry)| entry.tenant == tenant);
        let all: Vec<CallKey> = of_tenant.map(|(key, _)| key).collect();
        self.hang_up_calls(all, now);
    }

    fn hang_up_calls(&mut self, keys: Vec<CallKey>, _now: Instant) {
        for key in keys {
            self.turn
                .work
                .push_back(Work::Input(key, Input::HangUp(HangUp::Drain)));
        }
    }
}
