//! Of which devices it was told that they still have the secret before their present one.

use ids::DeviceId;
use machine::WallTime;
use std::collections::BTreeMap;

/// Most devices of which it is remembered. Beyond it their registrations alone show it.
pub(crate) const FORMER_TOLD_MAX: usize = 65_536;

/// Until when the former secret is valid of which it was told, by device. Never are two formers of
/// a device valid, so its end stands for the replacement.
#[derive(Debug, Default)]
pub(crate) struct FormerTold(BTreeMap<DeviceId, WallTime>);

impl FormerTold {
    /// Whether it is to be told: once for each device and replacement.
    pub(crate) fn is_news(&mut self, device: DeviceId, until: WallTime, now: WallTime) -> bool {
        if self.0.get(&device) == Some(&until) {
            return false;
        }
        if self.0.len() >= FORMER_TOLD_MAX && !self.0.contains_key(&device) {
            self.0.retain(|_, until| now < *until);
            if self.0.len() >= FORMER_TOLD_MAX {
                return false;
            }
        }
        self.0.insert(device, until);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallTime = WallTime::from_unix_ms(1_000);
    const END: WallTime = WallTime::from_unix_ms(2_000);
    const LATER: WallTime = WallTime::from_unix_ms(3_000);

    #[test]
    fn each_replacement_is_told_once() {
        let (mut told, device) = (FormerTold::default(), DeviceId::new(1, 1));
        assert!(told.is_news(device, END, NOW));
        assert!(!told.is_news(device, END, NOW));
        assert!(told.is_news(device, LATER, NOW), "replaced once more");
        assert!(told.is_news(DeviceId::new(2, 1), END, NOW));
    }

    #[test]
    fn a_full_memory_tells_nothing_twice_and_has_room_again_when_ends_have_passed() {
        let mut told = FormerTold::default();
        for n in 0..FORMER_TOLD_MAX {
            let n = u128::try_from(n).unwrap();
            assert!(told.is_news(DeviceId::new(1, n), END, NOW));
        }
        let one_more = DeviceId::new(2, 1);
        assert!(!told.is_news(one_more, LATER, NOW));
        assert!(!told.is_news(DeviceId::new(1, 0), END, NOW));
        assert!(told.is_news(one_more, LATER, END));
        assert_eq!(told.0.len(), 1);
    }
}
