//! Retained values of the bus: bindings, calls, watches, waiting texts and talked minutes as they
//! were last, for whoever takes over.

use ids::TenantId;

use crate::error::StoreError;

/// What kind of thing a snapshot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Bindings of devices.
    Bindings,
    /// Confirmed calls.
    Calls,
    /// Subscriptions of devices.
    Watches,
    /// Texts that wait for their readers' telephones.
    Texts,
    /// Minutes that were talked by trunks today.
    Minutes,
    /// What came of the latest calls by trunks.
    Quality,
}

impl Bucket {
    /// All buckets.
    pub const ALL: [Bucket; 6] = [
        Bucket::Bindings,
        Bucket::Calls,
        Bucket::Watches,
        Bucket::Texts,
        Bucket::Minutes,
        Bucket::Quality,
    ];

    /// The bucket's number, as stored.
    pub fn number(self) -> u8 {
        match self {
            Bucket::Bindings => 1,
            Bucket::Calls => 2,
            Bucket::Watches => 3,
            Bucket::Texts => 4,
            Bucket::Minutes => 5,
            Bucket::Quality => 6,
        }
    }

    /// The bucket with this number.
    pub fn from_number(number: u8) -> Option<Bucket> {
        Bucket::ALL
            .into_iter()
            .find(|bucket| bucket.number() == number)
    }
}

/// Retained values, each under (bucket, tenant, key). Owned by one shard.
pub trait Snapshots: Send {
    /// Keeps a value in place of the one before. `bytes` beyond the implementation's bound are
    /// refused and counted, and the value before is dropped (a stale value would mislead).
    fn put(&mut self, tenant: TenantId, bucket: Bucket, key: u128, bytes: &[u8]);

    /// Drops a value.
    fn remove(&mut self, tenant: TenantId, bucket: Bucket, key: u128);

    /// Hands everything to the operating system, which keeps it when the process dies.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; nothing that is retained is lost by it.
    fn flush(&mut self) -> Result<(), StoreError>;

    /// All values of a bucket, in the order of tenant and key.
    fn load(&self, bucket: Bucket) -> Vec<(TenantId, u128, Vec<u8>)>;
}
