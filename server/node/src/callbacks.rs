//! Who called for help lately, so that whoever helps can call back.

use ids::{ExtensionId, TenantId};
use machine::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a call back is led to whoever called for help, from the call on.
pub(crate) const CALLBACK_FOR: Duration = Duration::from_secs(30 * 60);

/// Most numbers of a shard that are remembered. Beyond it the one whose time is over first gives
/// way.
pub(crate) const CALLBACKS_MAX: usize = 4_096;

/// Numbers that were shown to those who help, with who called and until when that counts. Of
/// several who showed the same number the last is called back.
#[derive(Debug, Default)]
pub(crate) struct Callbacks(BTreeMap<(TenantId, Box<str>), (ExtensionId, Instant)>);

impl Callbacks {
    /// Somebody calls for help and shows a number, as digits.
    pub(crate) fn note(
        &mut self,
        (tenant, digits): (TenantId, &str),
        extension: ExtensionId,
        now: Instant,
    ) {
        let key = (tenant, Box::from(digits));
        if self.0.len() >= CALLBACKS_MAX && !self.0.contains_key(&key) {
            self.0.retain(|_, (_, until)| now < *until);
        }
        if self.0.len() >= CALLBACKS_MAX && !self.0.contains_key(&key) {
            let first = self.0.iter().min_by_key(|(_, (_, until))| *until);
            if let Some(first) = first.map(|(key, _)| key.clone()) {
                self.0.remove(&first);
            }
        }
        self.0.insert(key, (extension, now + CALLBACK_FOR));
    }

    /// Who is called back by a number of a tenant's.
    pub(crate) fn of(&self, tenant: TenantId, digits: &str, now: Instant) -> Option<ExtensionId> {
        let (extension, until) = self.0.get(&(tenant, Box::from(digits)))?;
        (now < *until).then_some(*extension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: TenantId = TenantId::new(1, 1);
    const OTHER: TenantId = TenantId::new(1, 2);

    fn extension(n: u128) -> ExtensionId {
        ExtensionId::new(1, n)
    }

    #[test]
    fn the_last_who_showed_a_number_is_called_back_for_a_while() {
        let (mut callbacks, begin) = (Callbacks::default(), Instant::from_millis(1));
        callbacks.note((ACME, "493055500"), extension(1), begin);
        callbacks.note((ACME, "493055500"), extension(2), begin);
        let later = begin + (CALLBACK_FOR - Duration::from_millis(1));
        assert_eq!(callbacks.of(ACME, "493055500", later), Some(extension(2)));
        assert_eq!(callbacks.of(ACME, "493055500", begin + CALLBACK_FOR), None);
        assert_eq!(
            callbacks.of(OTHER, "493055500", begin),
            None,
            "a stranger's"
        );
        assert_eq!(callbacks.of(ACME, "493055501", begin), None);
    }

    #[test]
    fn a_full_memory_forgets_whoever_called_first() {
        let mut callbacks = Callbacks::default();
        let at = |n: usize| Instant::from_millis(u64::try_from(n).unwrap_or(0));
        for n in 0..=CALLBACKS_MAX {
            callbacks.note((ACME, &n.to_string()), extension(1), at(n));
        }
        let now = at(CALLBACKS_MAX);
        assert_eq!(callbacks.0.len(), CALLBACKS_MAX);
        assert_eq!(callbacks.of(ACME, "0", now), None);
        assert_eq!(callbacks.of(ACME, "1", now), Some(extension(1)));
    }
}
