//! Gateways: what registers at the other end of a trunk. Its REGISTER is served as a phone's is,
//! and gives it no right of a phone's: what it has bound is where calls by its trunk go, and its
//! own calls are a carrier's.

use super::Shard;
use super::dialling::flow_to;
use super::gruu::contact;
use crate::capped::Capped;
use crate::trunks::{Bound, Way};
use domain::CalledIn;
use ids::{TenantId, TrunkId};
use machine::Instant;
use registrar::{Binding, Outcome, Output, Registration};
use sip_message::{Flow, Message};
use sip_stack::transaction::ServerKey;
use tenancy::{AdmittedTrunk, TenantScope};

impl Shard {
    /// Serves the REGISTER of a gateway that has proved itself.
    pub(crate) fn register_gateway(
        &mut self,
        came: (ServerKey, Flow),
        trunk: &AdmittedTrunk,
        message: &Message,
        now: Instant,
    ) {
        let trunk = trunk.trunk();
        let Some(scope) = self.scope_of_gateway(trunk) else {
            return self.refuse(came.0, message, 403, now);
        };
        let tenant = scope.tenant();
        self.serve_register(came, message, tenant, now, |shard, request| {
            shard.check_gateway_bindings(&scope, trunk)?;
            let outcome = shard.bind_gateway(&scope, trunk, request, now);
            let told = match &outcome {
                Outcome::Bound(bound) => bound.iter().map(contact).collect(),
                Outcome::TooBrief(_)
                | Outcome::TooMany(_)
                | Outcome::OutOfOrder
                | Outcome::Bad(_)
                | Outcome::Full => Vec::new(),
            };
            Ok((outcome, told))
        });
    }

    /// The scope of the company whose own a gateway's trunk is; none of any other trunk.
    fn scope_of_gateway(&self, trunk: TrunkId) -> Option<TenantScope> {
        let line = self.tenants.trunks.get(trunk)?;
        let owner = line.gateway().and(line.owner)?;
        Some(TenantScope::for_job(owner, "gateway"))
    }

    /// Refuses a gateway that has no binding yet where its company has as many as it may.
    fn check_gateway_bindings(
        &mut self,
        scope: &TenantScope,
        trunk: TrunkId,
    ) -> Result<(), Capped> {
        let gateways = &self.tenants.trunks.gateways.registrar;
        if !gateways.bindings(scope, trunk).is_empty() {
            return Ok(());
        }
        let held = self.bindings_of(scope);
        self.tenants.check_bindings(scope.tenant(), held)
    }

    /// How many bindings a tenant's devices and gateways have.
    pub(crate) fn bindings_of(&self, scope: &TenantScope) -> usize {
        let gateways = &self.tenants.trunks.gateways.registrar;
        self.registrar.count(scope) + gateways.count(scope)
    }

    fn bind_gateway(
        &mut self,
        scope: &TenantScope,
        trunk: TrunkId,
        request: &Registration<'_>,
        now: Instant,
    ) -> Outcome {
        let wall = self.clock.wall(now);
        let (random, out) = (&mut self.random, &mut self.turn.gateways);
        let since = out.len();
        let gateways = &mut self.tenants.trunks.gateways.registrar;
        let outcome = gateways.register(scope, trunk, request, now, wall, random, out);
        let changes = self.turn.gateways.get(since..).unwrap_or_default();
        let moves: Vec<(Flow, Flow)> = changes.iter().filter_map(move_of).collect();
        let news = changes.iter().filter_map(changed_of).count() + moves.len();
        self.gateway_moved(trunk, now);
        if news > 0 {
            self.bring_calls_home(trunk, &moves, now);
        }
        outcome
    }

    /// Calls by a trunk go where its gateway is registered now, and its company is told when that
    /// is nowhere any more, or somewhere again.
    pub(crate) fn gateway_moved(&mut self, trunk: TrunkId, now: Instant) {
        let Some(scope) = self.scope_of_gateway(trunk) else {
            return;
        };
        let trunks = &mut self.tenants.trunks;
        let bound = trunks.gateways.registrar.bindings(&scope, trunk);
        let Some(line) = trunks.lines.get_mut(&trunk) else {
            return;
        };
        let stays = line.spec().called_out == CalledIn::To;
        let ways = bound.iter().map(|binding| way_to(binding, stays));
        let was = line.is_registered();
        line.bound(ways.collect(), &mut self.random, now);
        let is = line.is_registered();
        self.figures.trunks.registered += u64::from(is && !was);
        self.figures.trunks.unregistered += u64::from(was && !is);
        if was != is {
            let why = if is {
                "its gateway has registered"
            } else {
                "its gateway is not registered any more"
            };
            self.tell_trunk(trunk, why, now);
        }
        self.rearm_trunk(trunk);
    }

    /// What has ended by itself since the last time changes where calls go.
    pub(crate) fn gateways_ended(&mut self, since: usize, now: Instant) {
        let changes = self.turn.gateways.get(since..).unwrap_or_default();
        let changed: Vec<TrunkId> = changes.iter().filter_map(changed_of).collect();
        for trunk in changed {
            self.gateway_moved(trunk, now);
        }
    }

    /// Takes a gateway's binding back that outlived the process; false when it is of no use.
    pub(crate) fn restore_gateway(
        &mut self,
        tenant: TenantId,
        binding: Binding<TrunkId>,
        lost: &mut Vec<Binding<TrunkId>>,
        now: Instant,
    ) -> bool {
        let (trunk, wall) = (binding.who, self.clock.wall(now));
        let owner = self.scope_of_gateway(trunk).map(|scope| scope.tenant());
        if binding.tenant != tenant || owner != Some(tenant) {
            return false;
        }
        let gateways = &mut self.tenants.trunks.gateways.registrar;
        let taken = gateways.restore(binding.clone(), now, wall);
        if taken {
            self.gateway_moved(trunk, now);
        } else if binding.flow.transport.is_reliable() {
            lost.push(binding);
        }
        taken
    }

    /// A gateway is reached by another flow than before: calls that it has by a flow which is its
    /// no more go on by the new one. That is rare, so all legs are looked at.
    fn bring_calls_home(&mut self, trunk: TrunkId, moves: &[(Flow, Flow)], now: Instant) {
        for owner in self.legs.owners() {
            if self.trunk_of_leg(owner) == Some(trunk) {
                self.bring_leg_home(owner, moves, now);
            }
        }
    }
}

/// The way that a binding has shown.
fn way_to(binding: &Binding<TrunkId>, stays: bool) -> Way {
    let path = binding.path.iter();
    Way::bound(Bound {
        uri: binding.contact.clone().into_string(),
        routes: path.map(|hop| hop.clone().into_string()).collect(),
        flow: flow_to(binding),
        stays,
    })
}

fn changed_of(output: &Output<TrunkId>) -> Option<TrunkId> {
    match output {
        Output::Changed { who, .. } => Some(*who),
        Output::Put { .. } | Output::Removed { .. } | Output::Moved { .. } => None,
    }
}

fn move_of(output: &Output<TrunkId>) -> Option<(Flow, Flow)> {
    match output {
        Output::Moved { from, to, .. } => Some((*from, *to)),
        Output::Put { .. } | Output::Removed { .. } | Output::Changed { .. } => None,
    }
}
