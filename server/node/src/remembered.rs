//! What a shard remembers of the messages of its calls, and what it still expects of ended ones.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use capture::{Bounds, Preludes, Ring, Sighting, StripId};
use domain::{Cdr, Ladder};
use ids::{CallId, TenantId};
use machine::Instant;
use sip_message::Flow;
use sip_stack::transaction::Owner;

/// How long after its end a call's messages are still awaited: its last answers and ACKs, and what
/// is repeated of them.
pub(crate) const LINGER: Duration = Duration::from_secs(1);

/// Legs that are over and whose messages are still awaited, at most; beyond it the oldest are not.
const GONE_MAX: usize = 65_536;

/// A leg's place among the strips.
pub(crate) type Seat = (StripId, u8);

/// Where a message belongs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spot {
    /// Its call's strip; none for what is of no call.
    pub(crate) seat: Seat,
    /// Whose it is, as far as that is known or claimed.
    pub(crate) tenant: Option<TenantId>,
    /// The call it is of.
    pub(crate) call: Option<CallId>,
}

/// A message that was seen, for whoever collects them outside.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whose it is, as far as that is known; of no company's, only claimed.
    pub tenant: Option<TenantId>,
    /// The call it is of, once it is of one.
    pub call: Option<CallId>,
    /// The message itself. Its secrets are still in it.
    pub sighting: Sighting,
}

/// An INVITE that is no call's yet.
pub(crate) struct Prelude {
    pub(crate) flow: Flow,
    pub(crate) call_id: Box<str>,
    pub(crate) strip: StripId,
}

/// A call that is over and whose ladder is to be kept.
pub(crate) struct Ended {
    pub(crate) until: Instant,
    pub(crate) strip: StripId,
    /// Without its messages.
    pub(crate) ladder: Ladder,
}

/// The memory of messages.
pub(crate) struct Remembered {
    pub(crate) ring: Ring,
    pub(crate) preludes: Preludes,
    pub(crate) preludes_max: usize,
    /// Where answers go that nobody owns: to whom is being served.
    pub(crate) serving: Option<Spot>,
    /// The INVITE being served, while it is no call's.
    pub(crate) prelude: Option<Prelude>,
    /// Messages to send that were looked at already.
    pub(crate) noted: usize,
    /// Whether messages are collected outside, too.
    pub(crate) collects: bool,
    ended: VecDeque<Ended>,
    gone: BTreeMap<Owner, Spot>,
    gone_in_order: VecDeque<(Instant, Owner)>,
}

impl Remembered {
    pub(crate) fn new(bounds: Bounds, collects: bool) -> Remembered {
        Remembered {
            ring: Ring::new(bounds),
            preludes: Preludes::default(),
            preludes_max: bounds.preludes,
            serving: None,
            prelude: None,
            noted: 0,
            collects,
            ended: VecDeque::new(),
            gone: BTreeMap::new(),
            gone_in_order: VecDeque::new(),
        }
    }

    /// Whether anybody wants to know of messages.
    pub(crate) fn is_on(&self) -> bool {
        self.ring.is_on() || self.collects
    }

    /// A leg is over; its last messages are still its call's.
    pub(crate) fn leg_gone(&mut self, owner: Owner, spot: Spot, now: Instant) {
        if !self.is_on() {
            return;
        }
        while let Some((at, oldest)) = self.gone_in_order.front().copied() {
            let old = now.saturating_since(at) > LINGER;
            if !old && self.gone_in_order.len() < GONE_MAX {
                break;
            }
            self.gone_in_order.pop_front();
            self.gone.remove(&oldest);
        }
        self.gone.insert(owner, spot);
        self.gone_in_order.push_back((now, owner));
    }

    /// Where a leg that is over was.
    pub(crate) fn spot_of_gone(&self, owner: Owner) -> Option<Spot> {
        self.gone.get(&owner).copied()
    }

    /// A call is over and its ladder is to be kept: once nothing more of it is awaited.
    pub(crate) fn await_last(&mut self, strip: StripId, cdr: &Cdr, now: Instant) {
        self.ended.push_back(Ended {
            until: now + LINGER,
            strip,
            ladder: Ladder {
                cdr: cdr.id,
                call: cdr.call,
                tenant: cdr.tenant,
                rungs: Vec::new(),
                explanation: cdr.explanation.clone(),
                lost: 0,
            },
        });
    }

    /// When the next ladder is finished.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.ended.front().map(|ended| ended.until)
    }

    /// A call whose ladder is finished.
    pub(crate) fn pop_ended(&mut self, now: Instant) -> Option<Ended> {
        self.ended.pop_front_if(|ended| ended.until <= now)
    }

    /// A call of this tenant's whose ladder is not finished.
    pub(crate) fn ended(&self, tenant: TenantId, call: CallId) -> Option<&Ended> {
        let of = |ended: &&Ended| (ended.ladder.tenant, ended.ladder.call) == (tenant, call);
        self.ended.iter().rev().find(of)
    }
}
