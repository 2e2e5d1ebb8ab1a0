//! What an extension does with a call, its forwards included.
//!
//! A forward that is followed whatever happens is followed here, as far as it leads; of those that
//! depend on what phones say, the plan tells, and routing is asked again when it comes to that
//! ([`Purpose::Forward`]). Whoever forwards is who calls on: outside, nothing of the first caller's
//! counts but its number, where the trunk takes it.

use crate::circumstances::Circumstances;
use crate::{
    CONTAINED, Caller, DIVERSIONS_MAX, Dialled, Diversion, Explanation, Fare, Purpose, Refusal,
    RouteRequest, Step, emergency, identity, inside, outbound, ring,
};
use domain::{CompiledExtension, CompiledForwards, CompiledTenant, DivertReason};

/// Forwards that phones decide on, in the order in which they are told.
const BY_PHONES: [DivertReason; 3] = [
    DivertReason::Busy,
    DivertReason::NoAnswer,
    DivertReason::Unreachable,
];

/// A call on its way through forwards.
pub(crate) struct Journey<'a> {
    tenant: &'a CompiledTenant,
    request: &'a RouteRequest,
    now: Circumstances<'a>,
    /// Who has sent the call on so far.
    chain: Vec<Diversion>,
    /// What it costs, once it goes out by a trunk.
    fare: Option<Fare>,
}

/// What an enabled extension does with a call, and what it costs where that leads outside.
pub(crate) fn steps(
    tenant: &CompiledTenant,
    extension: &CompiledExtension,
    request: &RouteRequest,
    now: Circumstances<'_>,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    let mut journey = Journey::begin(tenant, request, now);
    let steps = journey.reach(extension, why);
    (steps, journey.fare)
}

/// Where a call goes that one of its phones, or a forward of its extension's, sends on at this
/// moment: the latest of the request's diversions.
pub(crate) fn onward(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    now: Circumstances<'_>,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    let refused = |why: &mut Explanation, because: &str| {
        why.add("forward.nobody", because);
        (vec![Step::Refuse(Refusal::UNAVAILABLE)], None)
    };
    let mut journey = Journey::begin(tenant, request, now);
    let Some(asked) = journey.chain.pop() else {
        return refused(why, "nobody sends the call on");
    };
    let by = tenant.extension(asked.by).filter(|by| by.enabled);
    let Some(by) = by else {
        return refused(
            why,
            "the extension that would send the call on is not in use",
        );
    };
    let diversion = Diversion {
        device: asked.device,
        ..Diversion::of(by, asked.reason, &asked.to)
    };
    let steps = journey.send_on(by, diversion, why);
    (steps, journey.fare)
}

impl<'a> Journey<'a> {
    fn begin(
        tenant: &'a CompiledTenant,
        request: &'a RouteRequest,
        now: Circumstances<'a>,
    ) -> Self {
        Journey {
            tenant,
            request,
            now,
            chain: request.diversions.clone(),
            fare: None,
        }
    }

    /// What an extension does with the call.
    fn reach(&mut self, extension: &CompiledExtension, why: &mut Explanation) -> Vec<Step> {
        let Some(forwards) = &extension.forwards else {
            return vec![ring::step(self.tenant, extension, self.request, why)];
        };
        if let Some(to) = self.leads(extension, forwards, DivertReason::Always, why) {
            let diversion = Diversion::of(extension, DivertReason::Always, &to);
            return self.send_on(extension, diversion, why);
        }
        let step = ring::step(self.tenant, extension, self.request, why);
        let nobody = step == Step::Refuse(Refusal::UNAVAILABLE);
        if nobody && let Some(to) = self.leads(extension, forwards, DivertReason::Unreachable, why)
        {
            let diversion = Diversion::of(extension, DivertReason::Unreachable, &to);
            return self.send_on(extension, diversion, why);
        }
        let mut steps = vec![step];
        if let [Step::Ring { timeout, .. }] = &mut steps[..] {
            let all = BY_PHONES.into_iter();
            let led = all.filter_map(|reason| {
                let to = self.leads(extension, forwards, reason, why)?;
                Some(Diversion::of(extension, reason, &to))
            });
            let led: Vec<Diversion> = led.collect();
            let waits = led.iter().any(|one| one.reason == DivertReason::NoAnswer);
            if let Some(after) = forwards.after().filter(|_| waits) {
                *timeout = after;
            }
            steps.extend(led.into_iter().map(Step::Forward));
        }
        steps
    }

    /// Where an extension's forward leads. Whoever is called there gets through to the extension
    /// itself, for the forward would lead back to the caller.
    fn leads(
        &self,
        extension: &CompiledExtension,
        forwards: &CompiledForwards,
        reason: DivertReason,
        why: &mut Explanation,
    ) -> Option<String> {
        let (number, to) = (&extension.number, forwards.to(reason)?);
        let target = self.tenant.extension_by_number(to);
        if target.is_some_and(|target| Some(target.id) == self.request.caller.extension) {
            let because = format!("{number} forwards to {to}, who calls, so the call stays here");
            why.add("forward.caller", because);
            return None;
        }
        let (when, revision) = (in_words(reason), forwards.revision);
        let because = format!("{number} forwards {when} to {to} (revision {revision})");
        why.add("extension.forwards", because);
        Some(to.to_owned())
    }

    /// What is done when an extension sends the call on. That nothing comes of it is told to
    /// whoever called in the same words, whatever keeps the extension from calling there.
    fn send_on(
        &mut self,
        by: &CompiledExtension,
        diversion: Diversion,
        why: &mut Explanation,
    ) -> Vec<Step> {
        let nobody = || vec![Step::Refuse(Refusal::UNAVAILABLE)];
        let behind = self.chain.len() + usize::from(self.request.earlier);
        if behind >= DIVERSIONS_MAX {
            let because = format!("a call goes on elsewhere {DIVERSIONS_MAX} times at most");
            why.add("forward.too_many", because);
            return nobody();
        }
        let to = diversion.to.clone();
        let target = self.tenant.extension_by_number(&to);
        let passed = |id| self.chain.iter().any(|one| one.by == id) || id == by.id;
        if target.is_some_and(|target| passed(target.id)) {
            let because = format!(
                "{} sends the call back to {to}, which sent it on",
                by.number
            );
            why.add("forward.loop", because);
            return nobody();
        }
        let outside = identity::of_extension(self.tenant, by, &mut Explanation::default());
        let diversion = Diversion {
            outside: outside.map(|own| own.e164.digits().to_owned()),
            ..diversion
        };
        why.add("forward.followed", followed(&diversion));
        self.chain.push(diversion.clone());
        let mut steps = vec![Step::Divert(diversion)];
        steps.extend(self.arrive(by, &to, why).into_iter().map(softened));
        steps
    }

    /// What is done where the call goes on to.
    fn arrive(&mut self, by: &CompiledExtension, to: &str, why: &mut Explanation) -> Vec<Step> {
        match inside::under(self.tenant, to, why) {
            Some(inside::Found::Step(step)) => vec![step],
            Some(inside::Found::Extension(extension)) => self.reach(extension, why),
            None => self.leave(by, to, why),
        }
    }

    /// The call goes out by a trunk, as a call of the extension's that sends it there.
    fn leave(&mut self, by: &CompiledExtension, to: &str, why: &mut Explanation) -> Vec<Step> {
        let refused = || vec![Step::Refuse(Refusal::FORBIDDEN)];
        if emergency::may_call_for_help(self.tenant, to) {
            let because = "nobody is sent on to a number for help: who needs it calls there";
            why.add("forward.help", because);
            return refused();
        }
        let held = self.request.caller.device;
        if held.is_some_and(|device| self.tenant.contains(device, self.now.at)) {
            let (rule, because) = CONTAINED;
            why.add(rule, because);
            return refused();
        }
        let sends = self.chain.last().and_then(|last| last.device);
        let caller = Caller {
            device: sends,
            extension: Some(by.id),
            trunk: None,
            number: by.number.to_string(),
            display: by.display_name.to_string(),
            proof: None,
        };
        let own = RouteRequest {
            purpose: Purpose::Forward,
            ..RouteRequest::call(caller, Dialled::own(to))
        };
        let (mut steps, fare) = outbound::steps(self.tenant, &own, self.now, why);
        self.fare = fare;
        for step in &mut steps {
            self.name_caller(step, why);
        }
        steps
    }

    /// Whoever called from outside is named to a carrier that takes that.
    fn name_caller(&self, step: &mut Step, why: &mut Explanation) {
        let Step::Trunk {
            trunk,
            caller,
            attested,
            ..
        } = step
        else {
            return;
        };
        let by = self.request.caller.trunk;
        let came = by.and_then(|by| self.tenant.trunk(by));
        let goes = self.tenant.trunk(*trunk);
        let (Some(came), Some(goes)) = (came, goes.filter(|goes| goes.spec.passes_caller)) else {
            return;
        };
        if let Some(number) = came.spec.read_number(&self.request.caller.number) {
            let (name, revision) = (&goes.spec.name, goes.revision);
            // whoever is behind a gateway says what it likes, so the number must be the company's
            if came.spec.is_gateway() && self.tenant.number(&number).is_none() {
                let because = format!("{number} came by a gateway and is not the company's");
                return why.add("identity.not_own", because);
            }
            let because = format!("trunk {name}, revision {revision}, takes the caller's {number}");
            why.add("identity.caller", because);
            *caller = Some(number.digits().to_owned());
            if attested.is_some() {
                let because = "nothing is vouched for the caller's number; the proof that came \
                               with the call goes along, and that the company sends it on is signed";
                why.add("attestation.handed_on", because);
            }
        }
    }
}

/// A refusal of what somebody else forwards to.
fn softened(step: Step) -> Step {
    match step {
        Step::Refuse(_) => Step::Refuse(Refusal::UNAVAILABLE),
        Step::Ring { .. }
        | Step::Trunk { .. }
        | Step::Guest(_)
        | Step::Divert(_)
        | Step::Forward(_) => step,
    }
}

fn in_words(reason: DivertReason) -> &'static str {
    match reason {
        DivertReason::Always => "all calls",
        DivertReason::Busy => "when busy",
        DivertReason::NoAnswer => "when nobody answers",
        DivertReason::Unreachable => "when unreachable",
        DivertReason::Phone => "by a phone",
    }
}

fn followed(diversion: &Diversion) -> String {
    let (number, to) = (&diversion.number, &diversion.to);
    let why = match diversion.reason {
        DivertReason::Always => format!("{number} forwards all calls"),
        DivertReason::Busy => format!("{number} is busy"),
        DivertReason::NoAnswer => format!("nobody answered at {number}"),
        DivertReason::Unreachable => format!("{number} could not be reached"),
        DivertReason::Phone => format!("a phone of {number} says so"),
    };
    format!("the call goes on to {to}, for {why}")
}
