//! What became of each tenant's messages at the door.

use crate::relief::Relief;
use crate::whose::Whose;
use ids::TenantId;
use machine::Instant;
use std::collections::BTreeMap;
use std::time::Duration;
use tenancy::TokenBucket;

/// Counters of one tenant since it was first heard of, or of all strangers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Toll {
    /// Messages that had their turn.
    pub served: u64,
    /// Requests refused with 503 because the tenant was beyond its share.
    pub refused: u64,
    /// Messages dropped, having lost their place or their sender having had its refusals.
    pub dropped: u64,
    /// Time that its messages waited for their turn, summed up.
    pub waited: Duration,
    /// The longest wait of one of them.
    pub longest: Duration,
    refusals: TokenBucket,
    emergencies: TokenBucket,
    pub(crate) relief: Relief,
}

/// How often within a second one tenant's calls for help go before others, at the door and at its
/// caps; beyond that they are calls like others, so that nobody comes first by dialling for help
/// without end. A phone's call takes three: without a proof, with it, and at the caps.
const EMERGENCIES_PER_SECOND: u32 = 30;

impl Toll {
    /// A message had its turn.
    pub(crate) fn serve(&mut self, waited: Duration) {
        self.served += 1;
        self.waited += waited;
        self.longest = self.longest.max(waited);
    }

    /// Of a hundred requests that begin something, how many senders that can hold back were last
    /// asked to keep to themselves (RFC 7339).
    #[must_use]
    pub fn loss_percent(&self) -> u8 {
        self.relief.asked()
    }

    /// Whether a refusal may be answered; it is counted so or so.
    pub(crate) fn may_refuse(&mut self, now: Instant) -> bool {
        let may = self.refusals.take(now).is_ok();
        if may {
            self.refused += 1;
        } else {
            self.dropped += 1;
        }
        may
    }

    /// Whether a call for help goes before others once more.
    pub(crate) fn may_hurry(&mut self, now: Instant) -> bool {
        self.emergencies.take(now).is_ok()
    }

    /// A message was dropped.
    pub(crate) fn drop_one(&mut self) {
        self.dropped += 1;
    }
}

/// One toll for each tenant there is, and one for strangers.
#[derive(Debug)]
pub(crate) struct Tolls {
    refusals_per_second: u32,
    tolls: BTreeMap<Whose, Toll>,
}

impl Tolls {
    pub(crate) fn new(refusals_per_second: u32) -> Tolls {
        Tolls {
            refusals_per_second,
            tolls: BTreeMap::new(),
        }
    }

    pub(crate) fn of(&mut self, whose: Whose) -> &mut Toll {
        let rate = self.refusals_per_second;
        self.tolls.entry(whose).or_insert_with(|| Toll {
            served: 0,
            refused: 0,
            dropped: 0,
            waited: Duration::ZERO,
            longest: Duration::ZERO,
            refusals: TokenBucket::per_second(rate),
            emergencies: TokenBucket::per_second(EMERGENCIES_PER_SECOND),
            relief: Relief::default(),
        })
    }

    /// A tenant is gone.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.tolls.remove(&Whose::Tenant(tenant));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Whose, &Toll)> {
        self.tolls.iter()
    }
}
