//! The guard against toll fraud at work: a call is counted before it goes out by a trunk, paid by
//! the minute, and ended when its budget is used up; a device that met a limit is contained.

use super::{Shard, Work};
use crate::budgets::{Contained, WayOut};
use crate::calls::CallKey;
use call::{CallEvent, DialPlan, DialStep, HangUp, Input, What};
use domain::{CompiledTenant, Event};
use fraud::{CallOut, News, Subject, Warned};
use ids::{DeviceId, EventId};
use machine::Instant;
use routing::{CONTAINED, Refusal, RouteRequest};
use std::time::Duration;
use tenancy::TenantScope;

const HOUR: Duration = Duration::from_secs(3_600);

impl Shard {
    /// A plan that can be carried out now. A call that would go out by a trunk is counted, under
    /// the key that it has or will have, and refused when that is more than its budgets hold.
    pub(crate) fn guarded_plan(
        &mut self,
        key: CallKey,
        (scope, tenant): (&TenantScope, &CompiledTenant),
        request: &RouteRequest,
        now: Instant,
    ) -> DialPlan {
        let (mut plan, fare) = self.dial_plan(scope, tenant, request, now);
        let Some(fare) = fare else {
            return plan;
        };
        let way = WayOut {
            device: fare.device,
            extension: Some(fare.extension),
            toll: fare.toll,
        };
        // whoever is contained goes out by nobody's forward either
        let caller = request.caller.device;
        if let Err((rule, because)) = self.count_way(key, tenant, (way, caller), now) {
            plan.explanation.add(rule, because);
            plan.steps = refused_instead(plan.steps);
        }
        self.tell_tolls(now);
        plan
    }

    /// Counts a way out of a call.
    ///
    /// # Errors
    /// Why it may not go out: the rule, and a sentence.
    fn count_way(
        &mut self,
        key: CallKey,
        tenant: &CompiledTenant,
        (way, caller): (WayOut, Option<DeviceId>),
        now: Instant,
    ) -> Result<(), (&'static str, String)> {
        let at = self.clock.wall(now);
        let (id, budgets) = (tenant.id(), &mut self.tenants.budgets);
        let mut devices = way.device.into_iter().chain(caller);
        if devices.any(|device| budgets.holds(id, device, at)) {
            let (rule, because) = CONTAINED;
            return Err((rule, because.to_owned()));
        }
        let guarding: Vec<_> = tenant.guarding(&way.toll, way.extension, at).collect();
        let out = CallOut {
            call: key.0,
            tenant: id,
            device: way.device,
            extension: way.extension,
            toll: &way.toll,
        };
        let begun = budgets.fraud.begin(&out, &guarding, now);
        begun.map_err(|refused| ("fraud.budget", refused.reason))?;
        budgets.counted(key, way);
        Ok(())
    }

    /// A call that outlived its process is counted anew, and goes on being paid.
    pub(crate) fn resume_tolls(
        &mut self,
        key: CallKey,
        tenant: &CompiledTenant,
        ways: Vec<WayOut>,
        now: Instant,
    ) {
        for way in ways {
            if let Err((_, because)) = self.count_way(key, tenant, (way, None), now) {
                self.end_by_policy(key, because);
            }
        }
        self.tenants.budgets.fraud.answered(key.0, now);
        self.tell_tolls(now);
    }

    /// Notes what a call's event means for what it costs.
    pub(crate) fn note_toll(&mut self, key: CallKey, event: &CallEvent) {
        let fraud = &mut self.tenants.budgets.fraud;
        match event.what {
            What::Answered(_) | What::TransferCompleted { .. } => {
                fraud.answered(key.0, event.at);
            }
            What::TransferFailed { .. } => fraud.came_to_nothing(key.0),
            What::Opened { .. }
            | What::Explained(_)
            | What::LegOpened { .. }
            | What::Ringing(_)
            | What::AnsweredBeside(_)
            | What::Diverted(_)
            | What::Held(_)
            | What::Resumed(_)
            | What::FellSilent { .. }
            | What::HeardAgain(_)
            | What::AnsweredBy { .. }
            | What::Beeped(_)
            | What::WentToFax(_)
            | What::WentToSound(_)
            | What::TransferRequested { .. }
            | What::LegClosed { .. }
            | What::MergedInto(_)
            | What::Ended(_) => {}
        }
    }

    /// Pays the minutes that begin.
    pub(crate) fn pay_tolls(&mut self, now: Instant) {
        self.tenants.budgets.fraud.expire(now);
        self.tell_tolls(now);
    }

    fn end_by_policy(&mut self, key: CallKey, because: String) {
        let input = Input::HangUp(HangUp::Policy(because));
        self.turn.work.push_back(Work::Input(key, input));
    }

    /// Does what the guard has found.
    fn tell_tolls(&mut self, now: Instant) {
        for news in self.tenants.budgets.fraud.take() {
            match news {
                News::End(call, because) => self.end_by_policy(CallKey(call), because),
                News::Warned(warned) => self.tell_warning(&warned, now),
                News::Contained(found) => {
                    let wall = self.clock.wall(now);
                    let until = found.hours.map(|hours| wall + HOUR.saturating_mul(hours));
                    let (tenant, device) = (found.tenant, found.device);
                    if self.tenants.budgets.contain(tenant, device, until) {
                        self.outbox.contained.push(Contained {
                            tenant,
                            device,
                            until,
                            reason: found.reason,
                        });
                    }
                }
            }
        }
    }

    fn tell_warning(&mut self, warned: &Warned, now: Instant) {
        let id = EventId::new(self.unix_ms(now), self.random.next_u128());
        let (word, subject) = match warned.subject {
            Subject::Tenant => ("tenant", warned.tenant.to_string()),
            Subject::Extension(extension) => ("extension", extension.to_string()),
            Subject::Device(device) => ("device", device.to_string()),
        };
        let budget = (warned.budget.as_str(), warned.limit.as_str());
        let figures = (warned.used, warned.most);
        let at = self.clock.wall(now);
        let event = Event::of_toll(id, warned.tenant, (word, subject), budget, figures, at);
        self.outbox.events.push(event);
    }
}

/// A plan whose ways out are more than its budgets hold. Whoever is sent on there by another hears
/// no more than that nobody can be reached.
fn refused_instead(steps: Vec<DialStep>) -> Vec<DialStep> {
    let is_divert = |step: &DialStep| matches!(step, DialStep::Divert(_));
    let mut kept: Vec<DialStep> = steps.into_iter().take_while(is_divert).collect();
    let refusal = if kept.is_empty() {
        Refusal::FORBIDDEN
    } else {
        Refusal::UNAVAILABLE
    };
    kept.push(DialStep::Refuse(refusal));
    kept
}
