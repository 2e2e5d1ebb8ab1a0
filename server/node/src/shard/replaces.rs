//! Two calls that become one: attended transfer, and a phone that takes another's place in a call,
//! or answers for one that rings. The other call is looked up by its dialog and must be of the same
//! tenant; one of another tenant is as unknown as one that never was.

use super::admission::Admitted;
use super::invite::caller_of;
use super::protection::terms_of_caller;
use super::{Shard, Work};
use crate::calls::CallKey;
use crate::trunks::Line;
use call::{Input, LegFact, LegId, LegOrder, Target};
use domain::Feature;
use ids::{TenantId, TrunkId};
use machine::Instant;
use routing::HostClass;
use sip_leg::{Offer, Referee};
use sip_message::{Flow, Host, Message, Replaces};
use sip_stack::transaction::{Owner, ServerKey};

// rfc: 3911 §4 not: nobody joins a call of others, for nothing mixes three voices

impl Shard {
    /// A party asks for the other to be sent on.
    pub(crate) fn refer(&mut self, owner: Owner, referee: Referee, now: Instant) {
        let Some(entry) = self.legs.get(owner) else {
            return;
        };
        let (key, leg, flow) = (entry.call, entry.sip.leg(), entry.sip.flow());
        if let Some(trunk) = self.trunk_of_leg(owner) {
            return self.refer_outside((owner, trunk), (key, leg), &referee, now);
        }
        let Some(tenant) = self.calls.get(key).map(|entry| entry.tenant) else {
            return;
        };
        let Some(compiled) = self.tenants.compiled(tenant) else {
            return;
        };
        if !compiled.includes(Feature::Transfers) {
            return self.refuse_referral(owner, 403, now);
        }
        let Some(replaced) = referee.replaces else {
            let host = host_of(&referee.host);
            let host = host.map_or(HostClass::Own, |h| self.host_class(&h, &flow, &compiled));
            let Some(entry) = self.calls.get(key) else {
                return;
            };
            let scope = entry.call.scope();
            let target = Target {
                user: self.meant(scope, &compiled, referee.user, referee.gr.as_deref()),
                host,
            };
            let fact = LegFact::Referred { target };
            return self
                .turn
                .work
                .push_back(Work::Input(key, Input::Leg(leg, fact)));
        };
        let other = self.find_dialog(tenant, &replaced.call_id, &replaced.to_tag);
        if other.is_none_or(|other| !self.adopt(owner, other, now)) {
            self.refuse_referral(owner, 404, now);
        }
    }

    /// A phone sends a call on. Where to is a number that is dialled next, and never an address:
    /// one of another domain leads nowhere, and the phone's own stands for the company.
    pub(crate) fn redirection(&self, owner: Owner, status: u16, to: Vec<Referee>) -> LegFact {
        let found = self.legs.get(owner);
        let flow = found.map(|entry| entry.sip.flow());
        let call = found.and_then(|entry| self.calls.get(entry.call));
        let compiled = call.and_then(|call| self.tenants.compiled(call.tenant));
        let class = |host: &str| match host_of(host) {
            None | Some(Host::V4(_) | Host::V6(_)) => HostClass::Own,
            Some(host @ (Host::Name(_) | Host::Absent)) => match (&flow, &compiled) {
                (Some(flow), Some(compiled)) => self.host_class(&host, flow, compiled),
                (Some(_) | None, _) => HostClass::Foreign,
            },
        };
        let target = |to: Referee| Target {
            host: class(&to.host),
            user: to.user,
        };
        LegFact::Redirected {
            status,
            targets: to.into_iter().map(target).collect(),
        }
    }

    /// Whoever is at a trunk's other end asks for the other party to be sent on: where the trunk
    /// says so, and to a number, from where the company's inbound routes lead on. Nobody outside
    /// takes a party of another call, by whatever dialog it names.
    fn refer_outside(
        &mut self,
        (owner, trunk): (Owner, TrunkId),
        (key, leg): (CallKey, LegId),
        referee: &Referee,
        now: Instant,
    ) {
        let line = self.tenants.trunks.get(trunk);
        let spec = line.map(Line::spec).filter(|spec| spec.dialogs.referrals);
        let Some(spec) = spec.filter(|_| referee.replaces.is_none()) else {
            return self.refuse_referral(owner, 403, now);
        };
        let Some(number) = spec.read_number(&referee.user) else {
            return self.refuse_referral(owner, 404, now);
        };
        let target = Target {
            user: number.to_string(),
            host: HostClass::Own,
        };
        let fact = LegFact::Referred { target };
        let input = Input::Leg(leg, fact);
        self.turn.work.push_back(Work::Input(key, input));
    }

    fn refuse_referral(&mut self, owner: Owner, status: u16, now: Instant) {
        let refuse = LegOrder::RefuseReferral { status };
        self.with_leg(owner, now, |sip, desk, reports| {
            sip.order(refuse, desk, reports)
        });
    }

    /// The leg whose dialog this is, when it belongs to the tenant.
    fn find_dialog(&self, tenant: TenantId, call_id: &str, our_tag: &str) -> Option<Owner> {
        let owner = self.sip.dialogs.get(call_id, our_tag)?;
        let call = self.calls.get(self.legs.get(owner)?.call)?;
        (call.tenant == tenant).then_some(owner)
    }

    /// Attended transfer: the call of `theirs` is taken into that of `mine`.
    fn adopt(&mut self, mine: Owner, theirs: Owner, now: Instant) -> bool {
        let (Some(my_leg), Some(their_leg)) = (self.legs.get(mine), self.legs.get(theirs)) else {
            return false;
        };
        let (key, leg) = (my_leg.call, my_leg.sip.leg());
        let (other_key, other_leg) = (their_leg.call, their_leg.sip.leg());
        if key == other_key {
            return false;
        }
        let Some(mut other) = self.calls.remove(other_key) else {
            return false;
        };
        let (mut outputs, mut other_outputs) = (Vec::new(), Vec::new());
        let adopted = match self.calls.get_mut(key) {
            Some(entry) => {
                let (out, other_out) = (&mut outputs, &mut other_outputs);
                entry
                    .call
                    .adopt(leg, &mut other.call, other_leg, now, out, other_out)
                    .ok()
            }
            None => None,
        };
        if adopted.is_some() {
            self.tenants.budgets.moved(other_key, key);
        }
        let moved = adopted.clone().unwrap_or_default();
        for (old, new) in moved {
            let Some(owner) = other.owner(old) else {
                continue;
            };
            other.set_owner(old, None);
            other.recorder.quality(old, domain::QualityPair::default());
            if let Some(leg) = self.legs.get(owner) {
                self.untap(other_key, leg.sip.sound().endpoint());
            }
            self.move_leg(owner, key, new);
        }
        self.calls.put_back(other_key, other);
        // The other call's events are recorded first: it ended because this one took over.
        self.follow(other_key, other_outputs, now);
        self.follow(key, outputs, now);
        adopted.is_some()
    }

    fn move_leg(&mut self, owner: Owner, key: CallKey, leg: LegId) {
        let strip = self.calls.get(key).map(|entry| entry.strip);
        let (Some(entry), Some(strip)) = (self.legs.get_mut(owner), strip) else {
            return;
        };
        entry.call = key;
        entry.strip = strip;
        entry.sip.moved_to(leg);
        let endpoint = entry.sip.sound().endpoint();
        self.calls.bind_endpoint(endpoint, key, leg);
        if let Some(call) = self.calls.get_mut(key) {
            call.set_owner(leg, Some(owner));
            call.recorder.await_quality(leg);
        }
    }

    /// The leg that a Replaces names. Telephones that learn a dialog from a lamp disagree on whose
    /// tag is whose, so either of the two may be ours.
    fn replaced_by(&self, tenant: TenantId, named: &Replaces<'_>) -> Option<Owner> {
        let of_tag = |tag| self.find_dialog(tenant, named.call_id, tag);
        of_tag(named.to_tag).or_else(|| of_tag(named.from_tag))
    }

    /// A phone takes the place of another one, or answers in its place while it still rings
    /// (RFC 3891 §3).
    pub(crate) fn invite_replacing(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: Message,
        admitted: &Admitted,
        offer: Option<Offer>,
        now: Instant,
    ) {
        let tenant = admitted.scope.tenant();
        let named = message.replaces().ok().flatten();
        let early_only = named.is_some_and(|named| named.early_only);
        let replaced = named.and_then(|named| self.replaced_by(tenant, &named));
        let Some(replaced) = replaced else {
            return self.refuse(key, &message, 481, now);
        };
        let Some(entry) = self.legs.get(replaced) else {
            return;
        };
        let (call_key, leg, near) = (entry.call, entry.sip.leg(), entry.sip.sound().endpoint());
        let rung = self
            .calls
            .get(call_key)
            .is_some_and(|entry| entry.call.is_rung(leg));
        if early_only && !rung {
            return self.refuse(key, &message, 486, now);
        }
        let whence = (flow, None, terms_of_caller(admitted, false));
        let taken = self.take_caller(key, whence, message, Some(near), offer, now);
        let Some(mut taken) = taken else { return };
        let mut outputs = Vec::new();
        let caller = caller_of(admitted);
        let t38 = self.t38_of_caller(&caller, &admitted.tenant);
        taken.sound = taken.sound.faxing(t38);
        let offer = taken.sound.remote().cloned();
        let replacing = self.calls.get_mut(call_key).and_then(|entry| {
            let (call, out) = (&mut entry.call, &mut outputs);
            let leg = if rung {
                call.pick_up(leg, caller, offer, now, out)
            } else {
                call.replace(leg, caller, offer, now, out)
            };
            leg.ok()
        });
        let Some(new_leg) = replacing else {
            let mut events = Vec::new();
            let transactions = &mut self.sip.transactions;
            let mut step = sip_stack::usage::Step {
                now,
                transactions,
                events: &mut events,
            };
            let _untimely = taken.usage.refuse(486, None, &[], &mut step);
            return taken.sound.close(&mut self.ports, &mut self.outbox.media);
        };
        self.seat(taken.into_leg(new_leg, flow), call_key);
        self.follow(call_key, outputs, now);
    }
}

fn host_of(text: &str) -> Option<Host<'_>> {
    if text.is_empty() {
        return None;
    }
    Some(match text.trim_matches(['[', ']']).parse() {
        Ok(std::net::IpAddr::V4(ip)) => Host::V4(ip),
        Ok(std::net::IpAddr::V6(ip)) => Host::V6(ip),
        Err(_) => Host::Name(text),
    })
}
