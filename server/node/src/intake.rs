//! Messages that wait for their turn, and what became of each tenant's.
//!
//! Reading and sorting a message costs a small part of serving it. So a loop reads ahead of what
//! it can serve, and what waits here is served by turns of the tenants, each by its weight: who
//! sends more than its share makes its own messages wait, and in the end lose their place.

use crate::config::Limits;
use crate::toll::{Toll, Tolls};
use crate::whose::{Claim, LANES, Wants, Whose};
use domain::SourceAddress;
use ids::TenantId;
use machine::Instant;
use machine::fair::{FairBounds, FairFigures, FairQueue, Turn};
use sip_message::{Flow, Message};
use sip_stack::transaction::Owner;

/// A message and when it came.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) flow: Flow,
    pub(crate) message: Message,
    /// Whose leg it is of, as far as that was seen when it came.
    pub(crate) owner: Option<Owner>,
    /// Whom it names.
    pub(crate) names: Option<TenantId>,
    pub(crate) came: Instant,
}

/// A message that lost its place.
#[derive(Debug)]
pub(crate) struct Displaced {
    pub(crate) whose: Whose,
    pub(crate) wants: Wants,
    pub(crate) waiting: Waiting,
}

/// What stands in the queue of the turns.
#[derive(Debug)]
enum Place {
    /// A tenant's message.
    Own(Box<Waiting>, Wants),
    /// One of the strangers' messages, and when it came.
    Stranger(Instant),
}

impl Place {
    fn came(&self) -> Instant {
        match self {
            Place::Own(waiting, _) => waiting.came,
            Place::Stranger(came) => *came,
        }
    }
}

/// The queue of the turns, and among strangers a second one, by source: forged addresses without
/// number share one turn.
#[derive(Debug)]
pub(crate) struct Intake {
    turns: FairQueue<Whose, Place, LANES>,
    strangers: FairQueue<SourceAddress, (Box<Waiting>, Wants), LANES>,
    pub(crate) tolls: Tolls,
}

impl Intake {
    pub(crate) fn new(limits: &Limits) -> Intake {
        let bounds = FairBounds {
            total: limits.waiting,
            per_key: limits.waiting_per_tenant,
        };
        Intake {
            turns: FairQueue::with_bounds("turns", bounds),
            strangers: FairQueue::with_bounds("strangers", bounds),
            tolls: Tolls::new(limits.refusals_per_second),
        }
    }

    /// Lets a message wait for its turn; gives back the one that lost its place by that.
    pub(crate) fn push(&mut self, claim: Claim, waiting: Waiting) -> Option<Displaced> {
        let lane = claim.wants.lane();
        let turn = Turn {
            weight: claim.weight,
            cost: claim.cost,
            lane,
        };
        let place = match claim.whose {
            Whose::Tenant(_) => Place::Own(Box::new(waiting), claim.wants),
            Whose::Strangers => {
                let came = waiting.came;
                let item = (Box::new(waiting), claim.wants);
                if let Err(taken) = self.strangers.push(claim.source, turn, item) {
                    return Some(stranger(taken.item));
                }
                Place::Stranger(came)
            }
        };
        let taken = self.turns.push(claim.whose, turn, place).err()?;
        match taken.item {
            Place::Own(waiting, wants) => Some(Displaced {
                whose: taken.key,
                wants,
                waiting: *waiting,
            }),
            Place::Stranger(_) => {
                let longest = self.strangers.pop_newest_of_longest()?;
                Some(stranger(longest.item))
            }
        }
    }

    /// Takes the message whose turn it is, and says whose turn that was.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(Whose, Waiting)> {
        let taken = self.turns.pop()?;
        let waiting = match taken.item {
            Place::Own(waiting, _) => waiting,
            Place::Stranger(_) => self.strangers.pop()?.item.0,
        };
        let waited = now.saturating_since(waiting.came);
        self.tolls.of(taken.key).serve(waited);
        Some((taken.key, *waiting))
    }

    /// Since when the oldest of such messages of a tenant waits.
    pub(crate) fn waits_since(&self, whose: &Whose, wants: Wants) -> Option<Instant> {
        self.turns.oldest(whose, wants.lane()).map(Place::came)
    }

    pub(crate) fn len(&self) -> usize {
        self.turns.len()
    }

    pub(crate) fn figures(&self) -> FairFigures {
        self.turns.figures()
    }

    /// What became of each tenant's messages, and how many wait now.
    pub(crate) fn per_tenant(&self) -> impl Iterator<Item = (Option<TenantId>, Toll, usize)> {
        self.tolls.iter().map(|(whose, toll)| {
            let tenant = match whose {
                Whose::Tenant(tenant) => Some(*tenant),
                Whose::Strangers => None,
            };
            (tenant, *toll, self.turns.waiting_of(whose))
        })
    }
}

fn stranger((waiting, wants): (Box<Waiting>, Wants)) -> Displaced {
    Displaced {
        whose: Whose::Strangers,
        wants,
        waiting: *waiting,
    }
}
