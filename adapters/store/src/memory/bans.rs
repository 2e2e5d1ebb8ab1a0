//! Bans, over the state in memory.

use async_trait::async_trait;
use domain::{BANS_MAX, Ban, SourceAddress};
use machine::WallTime;
use ports::{BanBook, StoreError};

use super::MemoryStore;

#[async_trait]
impl BanBook for MemoryStore {
    async fn bans(&self) -> Result<Vec<Ban>, StoreError> {
        Ok(self.state()?.bans.values().cloned().collect())
    }

    async fn put_bans(&self, bans: Vec<Ban>) -> Result<(), StoreError> {
        let kept = &mut self.state()?.bans;
        for ban in bans {
            let key = ban.source.to_string();
            if kept.get(&key).is_none_or(|known| known.until < ban.until) {
                kept.insert(key, ban);
            }
        }
        while kept.len() > BANS_MAX {
            let last =
                |(key, ban): &(&String, &Ban)| (ban.until, std::cmp::Reverse((*key).clone()));
            let Some(key) = kept.iter().min_by_key(last).map(|(key, _)| key.clone()) else {
                break;
            };
            kept.remove(&key);
        }
        Ok(())
    }

    async fn lift_ban(&self, source: SourceAddress) -> Result<bool, StoreError> {
        Ok(self.state()?.bans.remove(&source.to_string()).is_some())
    }

    async fn forget_bans(&self, ended: WallTime) -> Result<usize, StoreError> {
        let kept = &mut self.state()?.bans;
        let before = kept.len();
        kept.retain(|_, ban| ban.until > ended);
        Ok(before - kept.len())
    }
}
