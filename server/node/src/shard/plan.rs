//! From a request to a plan that can be carried out at this moment.

use super::Shard;
use crate::capped::Capped;
use call::{Contact, DialPlan, DialStep, Passed, TrunkCall, TrunkPeer};
use domain::{CompiledTenant, E164, Vouched};
use ids::{DeviceId, ExtensionId, TenantId, TrunkId};
use machine::Instant;
use routing::{Attested, Explanation, Fare, Refusal, RouteRequest, Step};
use std::time::Duration;
use stir::OrigId;
use tenancy::TenantScope;

/// Slot of a device's fixed address among its contacts.
pub(crate) const FIXED: u8 = u8::MAX;

impl Shard {
    /// A plan with its devices expanded to where they can be reached at this moment, and what it
    /// costs whom.
    pub(crate) fn dial_plan(
        &mut self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        request: &RouteRequest,
        now: Instant,
    ) -> (DialPlan, Option<Fare>) {
        if let Some(plan) = self.plan_to_phone(scope, tenant, &request.dialled) {
            return (plan, None);
        }
        let at = self.clock.wall(now);
        let lately = self.tenants.trunks.qualities.lately(tenant.id(), at);
        let mut plan = routing::plan_measured(tenant, request, at, &lately);
        let judged = lately.judged();
        let trunks = &mut self.tenants.trunks;
        trunks.qualities.passed_over(tenant.id(), judged);
        let origid = OrigId::of_bits(self.random.next_u128());
        let steps = plan.steps.into_iter().map(|step| match step {
            Step::Guest(guest) => self.guest(tenant, guest),
            Step::Refuse(refusal) => DialStep::Refuse(refusal),
            Step::Divert(diversion) => DialStep::Divert(diversion),
            Step::Forward(diversion) => DialStep::Forward(diversion),
            Step::Trunk {
                trunk,
                called,
                identity,
                attested,
                caller,
                failover,
                tells_who_answers,
                timeout,
            } => {
                let caller = caller.filter(|digits| self.may_name(tenant.id(), digits));
                let key = attested.map(|attested| attested.key);
                let caller = caller.map(|number| Passed { number, key });
                let peers = self.peers_of(tenant, (trunk, &called), &mut plan.explanation, now);
                // whoever is named in our number's place is not ours to vouch for
                let attested = attested.filter(|_| caller.is_none());
                DialStep::Trunk(TrunkCall {
                    peers,
                    trunk,
                    called,
                    identity,
                    caller,
                    failover,
                    tells_who_answers,
                    vouched: attested.map(|attested| vouched(attested, origid)),
                    display: String::new(),
                    timeout,
                })
            }
            Step::Ring {
                extension,
                number,
                devices,
                timeout,
            } => {
                let of = (extension, number);
                self.ring_step(scope, tenant, of, (devices, timeout))
            }
        });
        let about = plan.emergency.as_deref();
        let dial = DialPlan {
            steps: steps.collect(),
            explanation: plan.explanation,
            beside: about.and_then(|about| self.alerted_by(scope, tenant, request, about)),
            emergency: plan.emergency,
        };
        (dial, plan.fare)
    }

    /// The ringing of an extension's devices wherever they can be reached at this moment.
    fn ring_step(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        (extension, number): (ExtensionId, String),
        (devices, timeout): (Vec<DeviceId>, Duration),
    ) -> DialStep {
        let targets = self.contacts_of(scope, tenant, (extension, number.clone()), devices);
        DialStep::Ring {
            number,
            targets,
            timeout,
        }
    }

    /// All contacts at which these devices of an extension can be called.
    pub(crate) fn contacts_of(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        (extension, number): (ExtensionId, String),
        devices: Vec<DeviceId>,
    ) -> Vec<Contact> {
        let display = tenant
            .extension(extension)
            .map_or("", |found| &*found.display_name);
        let contact = |device, slot| Contact {
            device,
            extension,
            number: number.clone(),
            display: display.to_owned(),
            slot,
        };
        let mut targets = Vec::new();
        for device in devices {
            let bound = self.registrar.phones(scope, device).count();
            let bound = u8::try_from(bound).unwrap_or(FIXED);
            targets.extend((0..bound).map(|slot| contact(device, slot)));
            if tenant
                .device(device)
                .is_some_and(|found| found.address.is_some())
            {
                targets.push(contact(device, FIXED));
            }
        }
        targets
    }

    /// Where a trunk can be called for a number at this moment, the best first; why nowhere, where
    /// that is known beforehand.
    fn peers_of(
        &self,
        tenant: &CompiledTenant,
        (trunk, called): (TrunkId, &str),
        why: &mut Explanation,
        now: Instant,
    ) -> Vec<TrunkPeer> {
        let name = tenant.trunk(trunk).map_or("", |found| &*found.spec.name);
        if self.is_off_net(trunk, called) {
            let because = format!("no company that the trunk {name} connects has {called}");
            why.add("trunk.off_net", because);
            return Vec::new();
        }
        if self.lacks_gateway(trunk) {
            let because = format!("nobody has registered at the trunk {name}");
            why.add("trunk.unregistered", because);
        }
        self.callable(trunk, now)
    }

    /// Whether a gateway registers at this trunk, and has not.
    fn lacks_gateway(&self, trunk: TrunkId) -> bool {
        let line = self.tenants.trunks.get(trunk);
        line.is_some_and(|line| line.gateway().is_some() && !line.is_registered())
    }

    /// Whether a trunk leads back into this exchange, where nobody whose trunk it is has the
    /// number.
    fn is_off_net(&self, trunk: TrunkId, called: &str) -> bool {
        let line = self.tenants.trunks.get(trunk);
        let here = || self.tenants.directory.called_through(trunk, called);
        line.is_some_and(|line| line.spec().is_on_net()) && here().is_none()
    }

    /// Whether the number of somebody outside may be named in a call that a tenant sends on: any
    /// but one that another tenant has, whoever it is that shows it.
    fn may_name(&self, tenant: TenantId, digits: &str) -> bool {
        let number = E164::of_digits(digits);
        let holder = number.map(|number| self.tenants.directory.tenant_of_number(&number));
        holder.is_some_and(|holder| holder.is_none_or(|holder| holder == tenant))
    }
}

/// What is vouched for a call, with the identifier of its origin by which others ask for it.
fn vouched(attested: Attested, origid: OrigId) -> Vouched {
    Vouched {
        attestation: attested.level,
        key: attested.key,
        origid: origid.to_string(),
    }
}

/// What a caller gets who may call for help and for nothing else.
pub(crate) fn plan_for_help_alone() -> DialPlan {
    let mut explanation = Explanation::default();
    let because = "the company or the extension is out of use, but for calls for help";
    explanation.add("emergency.alone", because);
    DialPlan {
        steps: vec![DialStep::Refuse(Refusal::FORBIDDEN)],
        explanation,
        emergency: None,
        beside: None,
    }
}

/// What a caller gets whose company has its share already.
pub(crate) fn capped_plan(capped: Capped) -> DialPlan {
    let mut explanation = Explanation::default();
    explanation.add(capped.rule(), capped.to_string());
    DialPlan {
        steps: vec![DialStep::Capped(capped.to_string())],
        explanation,
        emergency: None,
        beside: None,
    }
}
