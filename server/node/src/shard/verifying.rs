//! Looking at the proof of who calls by a trunk, where the company's route wants that: what came is
//! held against the message, certificates are asked for outside, and the call waits for them a
//! short while (RFC 8224 §6.2).

use super::Shard;
use super::deadlines::Wake;
use crate::called::Called;
use crate::certificates::{Fetched, Wanted};
use crate::waiting_calls::{WAITS, WaitingCall, WaitingCalls};
use domain::{ProofVerdict, Proved};
use ids::TenantId;
use machine::{Instant, WallTime};
use sip_message::{Flow, Message, Name, read_http_date};
use sip_stack::transaction::{Event, Owner, ServerKey};
use std::time::Duration;
use stir::{Examined, Signalled, Verdict, Verstat};

/// A certificate to fetch. Each is answered by [`Shard::certificate`], whatever comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateAsk {
    /// The address in a proof, as it came: whoever fetches judges where it leads.
    pub x5u: String,
}

/// How it stands with a call's proof.
enum Looked {
    /// Nobody wants to know.
    Ignored,
    /// This came of it.
    Known(Verdict),
    /// Certificates are being fetched.
    Waits(Examined),
}

impl Shard {
    /// What was asked for was fetched, or could not be.
    pub fn certificate(&mut self, x5u: &str, fetched: &Fetched, now: Instant) {
        self.guard(now, |shard| {
            let certificates = &mut shard.door.proofs.certificates;
            if !certificates.fetched(x5u, fetched, now) {
                return;
            }
            match fetched {
                Fetched::Found { .. } => shard.figures.trunks.proofs.fetched += 1,
                Fetched::Failed => shard.figures.trunks.proofs.fetch_failed += 1,
            }
            let certificates = &shard.door.proofs.certificates;
            let settled = |call: &WaitingCall| {
                let mut all = call.proofs.certificates().into_iter();
                all.all(|x5u| certificates.is_settled(x5u, now))
            };
            for owner in shard.door.proofs.waiting.those(settled) {
                shard.stop_waiting(owner, now);
            }
        });
    }

    /// Takes a carrier's call in, now or when its proof could be looked at.
    pub(super) fn prove_caller(
        &mut self,
        (key, flow): (ServerKey, Flow),
        message: Message,
        called: Called,
        now: Instant,
    ) {
        match self.look(&called, &message, now) {
            Looked::Ignored => self.take_in((key, flow), message, called, now),
            Looked::Known(verdict) => {
                let called = self.proved(called, &verdict);
                self.take_in((key, flow), message, called, now);
            }
            Looked::Waits(proofs) => {
                let waiting = &mut self.door.proofs.waiting;
                let owner = waiting.next_owner();
                self.sip.transactions.adopt(key, owner);
                let wake = self.timers.arm(now + WAITS, Wake::Proof(owner));
                let call = WaitingCall {
                    key,
                    flow,
                    message,
                    called,
                    proofs,
                    wake,
                };
                waiting.insert(owner, call);
            }
        }
    }

    fn look(&mut self, called: &Called, message: &Message, now: Instant) -> Looked {
        let wall = self.clock.wall(now);
        let rule = routing::proof_rule(&called.tenant, &called.request, wall);
        let Some(dest) = called.dest().filter(|_| rule.looks()) else {
            return Looked::Ignored;
        };
        let call = Signalled {
            orig: called.signalled.as_ref(),
            dest: &dest,
            date: date_of(message),
            now: wall,
        };
        let proofs = match Examined::of(message.values(Name::Identity), &call) {
            Ok(proofs) => proofs,
            Err(verdict) => return Looked::Known(verdict),
        };
        if self.config.authorities.is_empty() {
            return Looked::Known(Verdict::NobodyTrusted);
        }
        match self.fetch(&proofs, called.tenant(), now) {
            true => Looked::Waits(proofs),
            false => Looked::Known(self.judged(&proofs, now)),
        }
    }

    /// Asks for the certificates that are not known; whether any is waited for.
    fn fetch(&mut self, proofs: &Examined, tenant: TenantId, now: Instant) -> bool {
        let known = &mut self.door.proofs;
        let may_wait = known.waiting.has_room(tenant);
        let mut waits = false;
        for x5u in proofs.certificates() {
            match known.certificates.want(x5u, tenant, now) {
                Wanted::Known | Wanted::Refused => {}
                Wanted::Fetching => waits = true,
                Wanted::Fetch => {
                    let x5u = x5u.to_owned();
                    self.outbox.certificates.push(CertificateAsk { x5u });
                    waits = true;
                }
            }
        }
        waits && may_wait
    }

    fn judged(&self, proofs: &Examined, now: Instant) -> Verdict {
        let certificates = &self.door.proofs.certificates;
        let seen = |x5u: &str| certificates.seen(x5u, now);
        proofs.judge(seen, &self.config.authorities, self.clock.wall(now))
    }

    /// A call with what came of its proof.
    fn proved(&mut self, mut called: Called, verdict: &Verdict) -> Called {
        let proved = Proved::from(verdict);
        let figures = &mut self.figures.trunks.proofs;
        match proved.verdict.standing() {
            Verstat::Passed => figures.valid += 1,
            Verstat::Failed => figures.wrong += 1,
            Verstat::None if proved.verdict == ProofVerdict::Missing => figures.missing += 1,
            Verstat::None => figures.unchecked += 1,
        }
        called.request.caller.proof = Some(proved);
        called
    }

    /// A call has waited long enough: it goes on with what is known now.
    pub(crate) fn stop_waiting(&mut self, owner: Owner, now: Instant) {
        let Some(call) = self.door.proofs.waiting.remove(owner) else {
            return;
        };
        self.timers.cancel(call.wake);
        let verdict = self.judged(&call.proofs, now);
        let (key, flow, message) = (call.key, call.flow, call.message);
        // the INVITE is served once more, and what preceded it is its call's
        self.sip.transactions.adopt(key, Owner::NOBODY);
        let _seat = self.prelude_of(flow, &message);
        let Some(called) = self.still_called(call.called) else {
            self.figures.trunks.unknown_numbers += 1;
            return self.refuse(key, &message, 404, now);
        };
        let called = self.proved(called, &verdict);
        self.take_in((key, flow), message, called, now);
    }

    /// The calls of a tenant that is gone wait no more.
    pub(crate) fn stop_waiting_for(&mut self, tenant: TenantId, now: Instant) {
        let of = |call: &WaitingCall| call.called.tenant() == tenant;
        for owner in self.door.proofs.waiting.those(of) {
            self.stop_waiting(owner, now);
        }
    }

    /// Takes what concerns a call that waits; its carrier may give it up (RFC 3261 §9.2).
    pub(crate) fn is_for_waiting(&mut self, event: &Event, now: Instant) -> bool {
        let Event::Cancelled { owner, flow, .. } = event else {
            return false;
        };
        let waiting = &mut self.door.proofs.waiting;
        let came = waiting.get(*owner).map(|call| call.flow);
        let same = |came: Flow| (came.transport, came.remote) == (flow.transport, flow.remote);
        if came.is_some_and(same)
            && let Some(call) = waiting.remove(*owner)
        {
            self.timers.cancel(call.wake);
            self.refuse(call.key, &call.message, 487, now);
        }
        WaitingCalls::is_one(*owner)
    }
}

fn date_of(message: &Message) -> Option<WallTime> {
    let seconds = read_http_date(message.header(Name::Date)?)?;
    let since = Duration::from_secs(u64::try_from(seconds).ok()?);
    Some(WallTime::UNIX_EPOCH + since)
}
