//! The way in: messages are sorted by tenant, wait for its turn, and are served.

use super::Shard;
use super::emergency::seems_for_help;
use crate::intake::{Displaced, Waiting};
use crate::relief::WINDOW;
use crate::toll::Toll;
use crate::trunks::is_home;
use crate::whose::{Claim, Wants, Whose};
use bytes::Bytes;
use domain::SourceAddress;
use ids::TenantId;
use machine::Instant;
use sip_message::{
    Flow, Host, Limits as MessageLimits, Message, Method, Name, Parsed, Restraint, Uri, Via,
    response_to, restraining_response_to,
};
use sip_stack::transaction::{Owner, Sought};
use std::time::Duration;
use tenancy::Weight;
use watch::Watches;

/// Work of a message, in the unit of the weights: a call brings legs, ports, records with it; a
/// challenge, an answer, an ACK bring little.
mod cost {
    pub(super) const NEW_CALL: u16 = 10;
    pub(super) const REGISTRATION: u16 = 4;
    pub(super) const LITTLE: u16 = 2;
}

impl Shard {
    /// One message from the network: it waits for its tenant's turn, which [`Shard::serve`] gives.
    /// What cannot be understood is answered or dropped at once.
    pub fn receive(&mut self, flow: Flow, bytes: Bytes, now: Instant) {
        self.figures.messages += 1;
        // nobody is where we listen but we, and what we send ourselves takes no socket
        if is_home(&flow) {
            self.figures.door.barred += 1;
            return;
        }
        match Message::parse_answerable(bytes, &MessageLimits::DEFAULT) {
            Parsed::Whole(message) | Parsed::Flawed(message, _)
                if self.is_of_scanner(&flow, &message, now) => {}
            Parsed::Whole(message) => self.line_up(flow, message, now),
            Parsed::Flawed(message, problem) => {
                self.figures.malformed += 1;
                if message.is_request() {
                    self.garbled(&flow, now);
                }
                self.answer_flawed(flow, &message, problem.status);
            }
            Parsed::Broken(_) => {
                self.figures.malformed += 1;
                self.garbled(&flow, now);
            }
        }
    }

    /// Serves messages that wait, at most so many, each in its tenant's turn. A bound keeps timers
    /// and media from waiting for a flood.
    pub fn serve(&mut self, most: usize, now: Instant) {
        for _ in 0..most {
            let Some((whose, waiting)) = self.door.intake.pop(now) else {
                return;
            };
            let Waiting {
                flow,
                message,
                owner,
                names,
                ..
            } = waiting;
            if !is_home(&flow) && self.bars(flow.remote.ip(), now) {
                self.figures.door.barred += 1;
                continue;
            }
            self.came((owner, names), flow, &message, now);
            let restraint = self.restraint_of(whose, now);
            self.sip.transactions.restrain(Some(restraint));
            self.guard(now, |shard| {
                shard.sip.transactions.receive(flow, message, now)
            });
            self.sip.transactions.restrain(None);
        }
    }

    /// Messages that wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.door.intake.len()
    }

    /// What became of each tenant's messages, and how many wait now; without a tenant, those of
    /// all who name none.
    pub fn tolls(&self) -> impl Iterator<Item = (Option<TenantId>, Toll, usize)> {
        self.door.intake.per_tenant()
    }

    pub(crate) fn line_up(&mut self, flow: Flow, message: Message, now: Instant) {
        let (claim, owner) = self.claim_of(&flow, &message, now);
        let waiting = Waiting {
            flow,
            message,
            owner,
            names: match claim.whose {
                Whose::Tenant(tenant) => Some(tenant),
                Whose::Strangers => None,
            },
            came: now,
        };
        let displaced = if self.sheds(&claim, &waiting.message, now) {
            Some(Displaced {
                whose: claim.whose,
                wants: claim.wants,
                waiting,
            })
        } else {
            self.door.intake.push(claim, waiting)
        };
        if let Some(displaced) = displaced {
            self.turn_away(displaced, now);
        }
    }

    /// Whether this would begin work that there is no time for in its tenant's turn: messages like
    /// it have waited too long there already, or have begun to and this one's sender does not hold
    /// back as others do.
    fn sheds(&mut self, claim: &Claim, message: &Message, now: Instant) -> bool {
        let limits = &self.config.limits;
        let patience = match claim.wants {
            Wants::Known | Wants::Emergency => return false,
            Wants::NewCall if message.method() != Some(Method::Invite) => return false,
            Wants::NewCall if self.door.draining => return true,
            Wants::NewCall => limits.overload_after,
            Wants::Other => limits.overload_after_others,
        };
        let since = self.door.intake.waits_since(&claim.whose, claim.wants);
        let waited = since.map_or(Duration::ZERO, |since| now.saturating_since(since));
        let listens = message
            .top_via()
            .is_ok_and(|via: Via<'_>| via.takes_restraint());
        let relief = &mut self.door.intake.tolls.of(claim.whose).relief;
        if !listens && waited * 2 >= patience && relief.holds_back(now) {
            return true;
        }
        let late = waited >= patience;
        relief.note(late, now);
        late
    }

    /// What senders that can hold back are asked for now.
    fn restraint_of(&mut self, whose: Whose, now: Instant) -> Restraint {
        let relief = &mut self.door.intake.tolls.of(whose).relief;
        let said = u64::try_from(self.clock.wall(now).unix_ms()).unwrap_or(0);
        Restraint {
            percent: relief.percent(now),
            lasts: WINDOW * 2,
            said: Duration::from_millis(said),
        }
    }

    /// A request is told to come again later, as far as its tenant has not had its refusals;
    /// everything else is dropped, and its sender will repeat it.
    fn turn_away(&mut self, displaced: Displaced, now: Instant) {
        let Displaced {
            whose,
            wants,
            waiting,
        } = displaced;
        let (flow, message) = (waiting.flow, waiting.message);
        let restraint = self.restraint_of(whose, now);
        let toll = self.door.intake.tolls.of(whose);
        let answerable = wants != Wants::Known && is_answerable(&message);
        match wants {
            Wants::NewCall => self.figures.shed_calls += 1,
            Wants::Known | Wants::Emergency | Wants::Other => self.figures.shed_others += 1,
        }
        if !answerable {
            return toll.drop_one();
        }
        if toll.may_refuse(now) {
            self.shed(flow, &message, restraint);
        }
    }

    fn shed(&mut self, flow: Flow, message: &Message, restraint: Restraint) {
        let tag = self.sip.transactions.tag().to_string();
        let (tag, from) = (Some(tag.as_str()), flow.remote);
        let mut answer = restraining_response_to(message, 503, tag, from, Some(restraint));
        answer.header(Name::RetryAfter, self.config.limits.retry_after.as_secs());
        self.sip
            .transactions
            .transmit(Owner::NOBODY, flow, answer.finish());
    }

    fn answer_flawed(&mut self, flow: Flow, message: &Message, status: u16) {
        // A response or an ACK is never answered (RFC 3261 §8.2.7, §17.1.1.2).
        if is_answerable(message) && message.has(Name::Via) {
            let tag = self.sip.transactions.tag().to_string();
            let mut answer = response_to(message, status, Some(&tag), flow.remote);
            self.sip
                .transactions
                .transmit(Owner::NOBODY, flow, answer.finish());
        }
    }

    /// Whose turn a message takes: that of the call it belongs to, else of the tenant it names.
    /// Nothing is proven by that, and nothing costly is done for it. Also whose leg it is of.
    fn claim_of(&mut self, flow: &Flow, message: &Message, now: Instant) -> (Claim, Option<Owner>) {
        let sought = self.sip.transactions.seek(message);
        let owner = match sought {
            Sought::Owned(owner) => Some(owner),
            Sought::Transaction | Sought::Nothing => self.sip.dialogs.find(message),
        };
        let of_call = owner.and_then(|owner| self.tenant_of(owner));
        let is_known = of_call.is_some() || sought != Sought::Nothing;
        let tenant = of_call.or_else(|| self.named_tenant(flow, message));
        let whose = tenant.map_or(Whose::Strangers, Whose::Tenant);
        let (wants, cost) = match message.method() {
            _ if is_known => (Wants::Known, cost::LITTLE),
            Some(Method::Invite) if self.hurries(whose, message, now) => {
                (Wants::Emergency, cost::NEW_CALL)
            }
            Some(Method::Invite) => (Wants::NewCall, cost::NEW_CALL),
            Some(Method::Ack | Method::Cancel) => (Wants::NewCall, cost::LITTLE),
            Some(Method::Register) => (Wants::Other, cost::REGISTRATION),
            Some(_) | None => (Wants::Other, cost::LITTLE),
        };
        let caps = tenant.and_then(|tenant| self.tenants.caps(tenant));
        let claim = Claim {
            whose,
            source: SourceAddress::of(flow.remote.ip()),
            wants,
            cost,
            weight: caps.map_or(Weight::default(), |caps| caps.weight).get(),
        };
        (claim, owner)
    }

    /// Whether this calls for help in a company's name, and the company has not done so too often.
    fn hurries(&mut self, whose: Whose, message: &Message, now: Instant) -> bool {
        whose != Whose::Strangers
            && self.calls_for_help(whose, message)
            && self.door.intake.tolls.of(whose).may_hurry(now)
    }

    fn calls_for_help(&self, whose: Whose, message: &Message) -> bool {
        match whose {
            Whose::Tenant(tenant) => self
                .tenants
                .compiled(tenant)
                .is_some_and(|tenant| seems_for_help(&tenant, message)),
            Whose::Strangers => false,
        }
    }

    pub(crate) fn tenant_of(&self, owner: Owner) -> Option<TenantId> {
        if Watches::is_watch(owner) {
            return self.tenant_of_watch(owner);
        }
        if let Some(waiting) = self.door.proofs.waiting.get(owner) {
            return Some(waiting.called.tenant());
        }
        let entry = self.legs.get(owner)?;
        Some(self.calls.get(entry.call)?.tenant)
    }

    /// The tenant a request names: by the domain of its sender, by a device's user name, by the
    /// domain it asks for, or by a source an operator vouches for; first what an INVITE has in
    /// common with its CANCEL.
    fn named_tenant(&self, flow: &Flow, message: &Message) -> Option<TenantId> {
        if !message.is_request() {
            return None;
        }
        let directory = &self.tenants.directory;
        let party = match message.method() {
            Some(Method::Register) => message.to(),
            Some(_) | None => message.from(),
        };
        let of_host = |uri: &Uri<'_>| match &uri.host {
            Host::Name(name) => directory.tenant_of_domain(name),
            Host::V4(_) | Host::V6(_) | Host::Absent => None,
        };
        let of_user = |user: &str| self.tenants.of_username(user);
        let uri = party.as_ref().ok().and_then(|party| party.uri().ok());
        uri.as_ref()
            .and_then(of_host)
            .or_else(|| of_user(uri.as_ref()?.user?))
            .or_else(|| self.tenant_of_credentials(message))
            .or_else(|| of_host(&message.request_uri().ok()?))
            .or_else(|| Some(directory.source(flow.remote.ip())?.device.tenant))
            .or_else(|| self.tenant_called_at_home(flow, message))
            .or_else(|| self.called_tenant(flow, message))
    }

    /// The tenant that a carrier's request seems to call.
    fn called_tenant(&self, flow: &Flow, message: &Message) -> Option<TenantId> {
        let directory = &self.tenants.directory;
        let trunks = directory.trunks_from(flow.remote.ip());
        let uri = message.request_uri().ok()?;
        let mut tenants = trunks
            .iter()
            .filter_map(|trunk| directory.called_on(*trunk, uri.user?));
        tenants.next()
    }

    fn tenant_of_credentials(&self, message: &Message) -> Option<TenantId> {
        let mut all = message.authorization().chain(message.proxy_authorization());
        all.find_map(|credentials| {
            let username = credentials.param("username")?;
            self.tenants.of_username(&username)
        })
    }
}

/// A response is never answered, and neither is an ACK (RFC 3261 §8.2.7, §17.1.1.2).
fn is_answerable(message: &Message) -> bool {
    message.is_request() && message.method() != Some(Method::Ack)
}
