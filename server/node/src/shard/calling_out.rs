//! Calls to carriers: the way to a peer, who is shown there, and what a peer's silence means.

use super::Shard;
use crate::calls::{CallKey, Entry, Shares};
use crate::trunks::{Gauge, Line};
use call::{LegFact, LegId, Party, TrunkAttempt, TrunkCap, TrunkPeer, Unreachable};
use carrier::Presentation;
use domain::TrunkDiversion;
use ids::{TenantId, TrunkId};
use machine::Instant;
use routing::Guest;
use sdp::Description;
use sip_leg::{Carrier, Course, Dial, Diverted, widened};
use sip_message::{Flow, Name, escape_user};
use sip_stack::digest::Login;
use sip_stack::transaction::Owner;
use sip_stack::usage::{Config, Hop};
use std::sync::Arc;
use std::time::Duration;

/// How long a peer may say nothing at all, not even 100, before the next one is tried. A carrier's
/// border answers within a round trip; four seconds are four repetitions (RFC 3261 §17.1.1.2).
const PATIENCE: Duration = Duration::from_secs(4);

impl Shard {
    /// Makes one attempt at a call by a trunk.
    pub(crate) fn call_out(
        &mut self,
        key: CallKey,
        leg: LegId,
        attempt: TrunkAttempt,
        offer: Option<Description>,
        now: Instant,
    ) {
        let Some(mut dial) = self.attempt_of(key, leg, &attempt, offer, now) else {
            let gone = LegFact::Unreachable(Unreachable::Transport);
            return self.leg_failed(key, leg, gone);
        };
        let modem = self.calls.get(key).and_then(|entry| entry.call.begun_by());
        let modem = modem.is_some_and(|guest| matches!(guest, Guest::Fax(_)));
        if self.speaks_nothing(attempt.trunk, dial.offer.as_ref(), modem) {
            return self.leg_failed(key, leg, LegFact::Unreachable(Unreachable::NoCodec));
        }
        if let Err(why) = self.take_line(key, attempt.trunk, now) {
            return self.leg_failed(key, leg, LegFact::Unreachable(why));
        }
        self.figures.trunks.calls_out += 1;
        let mut headers = dial.headers.iter();
        let signed = headers.any(|(name, _)| *name == Name::Identity);
        self.figures.trunks.calls_signed += u64::from(signed);
        dial.stream = self.stream_to(&dial, attempt.trunk, attempt.peer, now);
        self.dial(key, dial, now);
        let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
        if let Some(entry) = owner.and_then(|owner| self.legs.get_mut(owner)) {
            entry.streams = entry.sip.flow().transport.is_reliable();
            entry.attempt = Some((attempt.trunk, attempt.peer));
            entry.gauge = Some(Gauge::begins(attempt.trunk, now));
        }
    }

    /// The way for an INVITE that is too long for a datagram, where the peer may take one.
    fn stream_to(&mut self, dial: &Dial, trunk: TrunkId, peer: u8, now: Instant) -> Option<Hop> {
        let line = self.tenants.trunks.get(trunk)?;
        if !line.peers.may_take_stream(peer.into(), now) {
            return None;
        }
        let flow = line.way(peer)?.stream(self.config.listening())?;
        Some(Hop {
            request_uri: dial.uri.clone(),
            routes: dial.routes.clone(),
            flow,
            config: self.usage_with(&flow, Some(trunk)),
            patience: None,
        })
    }

    /// Notes that a peer took no connection: its call went on by datagrams.
    pub(crate) fn note_stream(&mut self, owner: Owner, (trunk, peer): (TrunkId, u8), now: Instant) {
        let Some(entry) = self.legs.get_mut(owner).filter(|entry| entry.streams) else {
            return;
        };
        if !entry.sip.flow().transport.is_reliable() {
            entry.streams = false;
            if let Some(line) = self.tenants.trunks.get_mut(trunk) {
                line.peers.took_no_stream(peer.into(), now);
            }
        }
    }

    /// Whether a trunk takes nothing of what is offered. What modems say cannot be made of another
    /// codec's sound.
    fn speaks_nothing(&self, trunk: TrunkId, offer: Option<&Description>, modem: bool) -> bool {
        let line = self.tenants.trunks.get(trunk);
        let Some((line, mut offer)) = line.zip(offer.cloned()) else {
            return false;
        };
        let codecs = &line.spec().codecs;
        match modem {
            true => sdp::limit(&mut offer, codecs).is_err(),
            false => widened(&mut offer, codecs).is_err(),
        }
    }

    /// What is dialled; nothing when the peer cannot be reached, or the tenant may not use the
    /// trunk any more.
    fn attempt_of(
        &self,
        key: CallKey,
        leg: LegId,
        attempt: &TrunkAttempt,
        offer: Option<Description>,
        now: Instant,
    ) -> Option<Dial> {
        let entry = self.calls.get(key)?;
        let line = self.tenants.trunks.get(attempt.trunk)?;
        if !line.users.contains(&entry.tenant) {
            return None;
        }
        let way = line.way(attempt.peer)?;
        let domain = line.domain();
        let number = attempt.identity.as_deref();
        let number = number.and_then(|digits| line.write_number(digits));
        let caller = attempt.caller.as_ref();
        let caller = caller.and_then(|passed| line.write_number(&passed.number));
        let shown = Presentation {
            number: number.as_deref(),
            caller: caller.as_deref(),
            display: &attempt.display,
            domain: &domain,
            bearer: line.bearer(),
            withheld: false,
        };
        let named = self.headers_out(
            entry,
            (line, attempt),
            caller.as_deref().or(number.as_deref()),
        );
        let shown = shown.shown();
        let help = self.help_by(entry, line, attempt);
        // a gateway is asked for a contact of its own, so To says who is called
        let to = help.uri.is_none() && way.is_bound();
        let to = to.then(|| format!("<sip:{}@{domain}>", escape_user(&attempt.called)));
        let uri = help.uri.unwrap_or_else(|| way.uri(&attempt.called));
        let mut headers = shown.headers;
        headers.extend(help.headers);
        headers.extend(self.proof(entry, (line, attempt), &uri, now));
        headers.extend(diversions(entry, line, &uri));
        Some(Dial {
            leg,
            to: to.unwrap_or_else(|| format!("<{uri}>")),
            uri,
            from: shown.from,
            routes: way.routes().to_vec(),
            flow: way.flow(self.config.listening(), line.name_number(attempt.peer))?,
            max_forwards: entry.max_forwards,
            offer,
            near: None,
            headers,
            named,
            stream: None,
            carrier: Some(Box::new(Carrier {
                login: line.login().cloned(),
                patience: PATIENCE,
                beside: help.beside,
                early_media: line.spec().dialogs.early_media,
                codecs: line.spec().codecs.clone(),
            })),
            further: Vec::new(),
        })
    }

    /// Who we are on a flow, and how calls are kept there with whoever is at a trunk's other end.
    pub(crate) fn usage_with(&mut self, flow: &Flow, trunk: Option<TrunkId>) -> Arc<Config> {
        let line = trunk.and_then(|trunk| self.tenants.trunks.get(trunk));
        match line {
            Some(line) => self.sip.usages.with(flow, &line.spec().dialogs),
            None => self.sip.usages.of(flow),
        }
    }

    /// The addresses of a trunk that a call may try at this moment, the best first.
    pub(crate) fn callable(&self, trunk: TrunkId, now: Instant) -> Vec<TrunkPeer> {
        let Some(line) = self.tenants.trunks.get(trunk) else {
            return Vec::new();
        };
        let peer = |slot| {
            let address = line.way(slot)?.address.to_string();
            Some(TrunkPeer { slot, address })
        };
        line.callable(now).into_iter().filter_map(peer).collect()
    }

    /// Takes a call out of what a trunk may have, once for all attempts of a call. One for help is
    /// counted and never refused.
    ///
    /// # Errors
    /// The cap that is met, or the trunk is gone.
    pub(crate) fn take_line(
        &mut self,
        key: CallKey,
        trunk: TrunkId,
        now: Instant,
    ) -> Result<(), Unreachable> {
        let gone = Unreachable::Transport;
        let entry = self.calls.get_mut(key).ok_or(gone)?;
        if entry.shares.goes == Some(trunk) {
            return Ok(());
        }
        let (tenant, is_for_help) = (entry.tenant, entry.is_for_help());
        let trunks = &mut self.tenants.trunks;
        if let Some(before) = entry.shares.goes.take()
            && let Some(line) = trunks.get_mut(before)
        {
            line.load.ended(tenant);
        }
        let full = match is_for_help {
            true => None,
            false => trunks.out_of_minutes(trunk, tenant, self.clock.wall(now)),
        };
        let line = trunks.get_mut(trunk).ok_or(gone)?;
        let taken = match full {
            Some(full) => Err(full),
            None => line.take_call(tenant, is_for_help, now),
        };
        if let Err(full) = taken {
            self.figures.trunks.caps.refused += 1;
            let of_minutes = full.of == TrunkCap::MinutesPerDay;
            self.figures.trunks.caps.out_of_minutes += u64::from(of_minutes);
            return Err(Unreachable::Full(full));
        }
        entry.shares.goes = Some(trunk);
        Ok(())
    }

    /// A call that outlived its process goes on by a trunk; false when that is gone.
    pub(crate) fn resume_on(&mut self, trunk: TrunkId, tenant: TenantId) -> bool {
        let line = self.tenants.trunks.get_mut(trunk);
        line.map(|line| line.load.add(tenant)).is_some()
    }

    /// Who we are to the carrier at whose end a party is.
    pub(crate) fn login_of(&self, party: &Party) -> Option<Login> {
        self.tenants
            .trunks
            .get(party.trunk.as_ref()?.trunk)?
            .login()
            .cloned()
    }

    /// Gives a call's trunks back what the call took.
    pub(crate) fn free_line(&mut self, key: CallKey) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        let (tenant, shares) = (entry.tenant, std::mem::take(&mut entry.shares));
        let Shares { came, goes } = shares;
        for trunk in came.into_iter().chain(goes) {
            if let Some(line) = self.tenants.trunks.get_mut(trunk) {
                line.load.ended(tenant);
            }
        }
    }

    /// Notes how a trunk's peer stands by what came of an attempt there.
    pub(crate) fn note_attempt(&mut self, trunk: TrunkId, peer: u8, fact: &LegFact, now: Instant) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        let peer = usize::from(peer);
        match fact {
            LegFact::Unreachable(_) | LegFact::Refused { status: 503, .. } => {
                line.peers.failed(peer, now);
            }
            LegFact::Ringing
            | LegFact::Progressed { .. }
            | LegFact::Answered { .. }
            | LegFact::Redirected { .. }
            | LegFact::Refused { .. } => line.peers.answered(peer),
            LegFact::Confirmed { .. }
            | LegFact::Cancelled
            | LegFact::Ended
            | LegFact::Lost(_)
            | LegFact::FellSilent
            | LegFact::HeardAgain
            | LegFact::AnsweredBy(_)
            | LegFact::Beeped
            | LegFact::Offered { .. }
            | LegFact::ReofferAnswered { .. }
            | LegFact::ReofferRefused { .. }
            | LegFact::Referred { .. }
            | LegFact::Informed { .. } => {}
        }
    }
}

/// In which headers a carrier is told by which of the company's numbers a call was sent on. An
/// extension that is known outside by none is not named.
fn diversions(entry: &Entry, line: &Line, target: &str) -> Vec<(Name<'static>, String)> {
    let domain = line.domain();
    let numbers = entry.call.diversions().iter().filter_map(|one| {
        let number = line.write_number(one.outside.as_deref()?)?;
        Some(Diverted {
            uri: format!("sip:{}@{domain}", escape_user(&number)),
            display: String::new(),
            reason: one.reason,
        })
    });
    let numbers: Vec<Diverted> = numbers.collect();
    let course = Course {
        numbers: &numbers,
        earlier: entry.call.diverted_earlier(),
        target,
        hidden: entry.brought.hides_history,
    };
    match line.spec().diversion {
        TrunkDiversion::None => Vec::new(),
        TrunkDiversion::Diversion => course.diversion(),
        TrunkDiversion::HistoryInfo => course.history(),
        TrunkDiversion::Both => [course.diversion(), course.history()].concat(),
    }
}
