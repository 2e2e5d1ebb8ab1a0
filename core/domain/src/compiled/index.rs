//! A list seen in another order than its own: four bytes for each entry.

use std::cmp::Ordering;

use super::{CompiledDevice, CompiledExtension};

/// The places of a list's entries, in the order of some key of theirs. Entries beyond the first
/// 4,294,967,295 of a list are not found by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index(Box<[u32]>);

impl Index {
    /// The three orders of a tenant's lists: extensions by number, devices by user name, and
    /// devices by extension and among those of one extension by id.
    pub(super) fn of_tenant(
        extensions: &[CompiledExtension],
        devices: &[CompiledDevice],
    ) -> (Index, Index, Index) {
        (
            Index::of(extensions, |extension| &*extension.number),
            Index::of(devices, |device| &*device.username),
            Index::of(devices, |device| (device.extension, device.id)),
        )
    }

    /// The order of a list by a key.
    pub(super) fn of<'a, T, K: Ord>(list: &'a [T], key: impl Fn(&'a T) -> K) -> Index {
        let mut places: Box<[u32]> = (0..).take(list.len()).collect();
        places.sort_unstable_by_key(|&at| entry(list, at).map(&key));
        Index(places)
    }

    /// The entry whose key is equal.
    pub(super) fn find<'a, T>(
        &self,
        list: &'a [T],
        compare: impl Fn(&T) -> Ordering,
    ) -> Option<&'a T> {
        let compare = |at: &u32| entry(list, *at).map_or(Ordering::Greater, &compare);
        let found = self.0.binary_search_by(compare).ok()?;
        entry(list, *self.0.get(found)?)
    }

    /// All entries whose key is equal, in the order of the rest of their keys.
    pub(super) fn all<'a, T>(
        &'a self,
        list: &'a [T],
        compare: impl Fn(&T) -> Ordering + 'a,
    ) -> impl Iterator<Item = &'a T> + 'a {
        let is_before = |at: &u32| entry(list, *at).is_some_and(|one| compare(one).is_lt());
        let first = self.0.partition_point(is_before);
        let rest = self.0.iter().skip(first).filter_map(|at| entry(list, *at));
        rest.take_while(move |one| compare(one).is_eq())
    }
}

fn entry<T>(list: &[T], at: u32) -> Option<&T> {
    list.get(usize::try_from(at).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: [(&str, u8); 4] = [("b", 1), ("a", 2), ("c", 3), ("b", 0)];

    #[test]
    fn an_entry_is_found_by_its_key_wherever_it_stands() {
        let index = Index::of(&LIST, |one| *one);
        let found = |key: (&str, u8)| index.find(&LIST, |one| one.cmp(&key)).copied();
        for one in LIST {
            assert_eq!(found(one), Some(one));
        }
        assert_eq!(found(("b", 2)), None);
    }

    #[test]
    fn entries_of_one_key_come_in_the_order_of_the_rest() {
        let index = Index::of(&LIST, |one| *one);
        let of = |key: &str| -> Vec<u8> {
            let all = index.all(&LIST, |one| one.0.cmp(key));
            all.map(|one| one.1).collect()
        };
        assert_eq!(of("b"), [0, 1]);
        assert!(of("z").is_empty());
    }
}
