//! Bans, shared by all nodes of an exchange and kept over a restart.

use async_trait::async_trait;
use domain::{Ban, SourceAddress};
use machine::WallTime;

use crate::error::StoreError;

/// The platform's book of bans. There is at most one of each source, and at most
/// [`domain::BANS_MAX`] of all.
#[async_trait]
pub trait BanBook: Send + Sync {
    /// All bans that are kept, ended ones included, in the order of their sources' text.
    async fn bans(&self) -> Result<Vec<Ban>, StoreError>;

    /// Keeps bans, each in place of one of its source that ends sooner. Where that makes too many,
    /// those that end soonest go.
    async fn put_bans(&self, bans: Vec<Ban>) -> Result<(), StoreError>;

    /// Removes a source's ban; tells whether there was one.
    async fn lift_ban(&self, source: SourceAddress) -> Result<bool, StoreError>;

    /// Removes the bans that had ended at a moment; gives their number.
    async fn forget_bans(&self, ended: WallTime) -> Result<usize, StoreError>;
}
