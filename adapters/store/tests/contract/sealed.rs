//! What the platform keeps sealed.

use ports::{SEALED_MAX, SEALED_NAMES_MAX, StoreError};
use store::block_on;

use crate::on_every_store;
use crate::world::World;

fn swap(world: &World<'_>, name: &str, was: Option<&str>, now: Option<&str>) -> bool {
    let (was, now) = (was.map(str::as_bytes), now.map(str::as_bytes));
    block_on(world.store.swap_sealed(name, was, now)).unwrap()
}

fn kept(world: &World<'_>, beginning: &str) -> Vec<(String, String)> {
    let kept = block_on(world.store.sealed(beginning)).unwrap();
    let text = |content| String::from_utf8(content).unwrap();
    kept.into_iter()
        .map(|(name, content)| (name, text(content)))
        .collect()
}

fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, content): &(&str, &str)| ((*name).to_owned(), (*content).to_owned());
    pairs.iter().map(own).collect()
}

fn what_is_kept_is_found_by_how_its_name_begins(world: &World<'_>) {
    assert!(kept(world, "").is_empty());
    for name in ["a/2", "b/1", "a/1", "a%"] {
        assert!(swap(world, name, None, Some(name)));
    }
    assert_eq!(kept(world, "a/"), of(&[("a/1", "a/1"), ("a/2", "a/2")]));
    assert_eq!(kept(world, "a/1"), of(&[("a/1", "a/1")]));
    assert_eq!(kept(world, "").len(), 4);
    assert!(kept(world, "c").is_empty());
}

fn only_who_knows_what_is_kept_puts_something_in_its_place(world: &World<'_>) {
    assert!(!swap(world, "lease", Some("x"), Some("y")));
    assert!(swap(world, "lease", None, Some("one")));
    assert!(!swap(world, "lease", None, Some("two")));
    assert!(!swap(world, "lease", Some("two"), None));
    assert!(swap(world, "lease", Some("one"), Some("two")));
    assert_eq!(kept(world, ""), of(&[("lease", "two")]));
    assert!(swap(world, "lease", Some("two"), None));
    assert!(swap(world, "lease", None, None));
    assert!(kept(world, "").is_empty());
}

fn what_is_too_long_or_too_much_is_refused(world: &World<'_>) {
    let put = |name: &str, len: usize| {
        let content = vec![b'x'; len];
        block_on(world.store.swap_sealed(name, None, Some(&content)))
    };
    assert_eq!(put("long", SEALED_MAX), Ok(true));
    assert!(matches!(
        put("longer", SEALED_MAX + 1),
        Err(StoreError::Invalid(_))
    ));
    assert!(matches!(put("", 1), Err(StoreError::Invalid(_))));
    for n in 1..SEALED_NAMES_MAX {
        assert_eq!(put(&format!("n{n}"), 1), Ok(true));
    }
    assert!(matches!(put("further", 1), Err(StoreError::Invalid(_))));
    assert_eq!(kept(world, "").len(), SEALED_NAMES_MAX);
}

on_every_store!(
    what_is_kept_is_found_by_how_its_name_begins,
    only_who_knows_what_is_kept_puts_something_in_its_place,
    what_is_too_long_or_too_much_is_refused,
);
