//! Published, changed by tag, forgotten in time.

use crate::{NoSuchTag, PUBLICATIONS_MAX, Publications, Publishing, Watched};
use event_package::Published;
use ids::{ExtensionId, TenantId};
use machine::Instant;
use std::collections::BTreeSet;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn watched(tenant: u128) -> Watched {
    Watched {
        tenant: TenantId::new(1, tenant),
        extension: ExtensionId::new(1, 1),
    }
}

fn noted(note: &str) -> Published {
    Published {
        open: false,
        activity: None,
        note: note.to_owned(),
    }
}

fn note(all: &Publications) -> Option<&str> {
    all.of(watched(1)).map(|published| published.note.as_str())
}

#[test]
fn a_tag_is_good_once_and_only_for_its_own_extension() {
    let (mut all, now) = (Publications::default(), Instant::from_secs(1));
    let lunch = Publishing::Initial(noted("lunch"));
    all.publish(watched(1), lunch, "a", HOUR, now).unwrap();
    let strangers = Publishing::Remove("a".to_owned());
    let refused = all.publish(watched(2), strangers, "x", HOUR, now);
    assert_eq!(refused, Err(NoSuchTag));
    let later = Publishing::Modify("a".to_owned(), noted("back at two"));
    all.publish(watched(1), later, "b", HOUR, now).unwrap();
    assert_eq!(note(&all), Some("back at two"));
    let again = Publishing::Refresh("a".to_owned());
    assert_eq!(
        all.publish(watched(1), again, "c", HOUR, now),
        Err(NoSuchTag)
    );
    let gone = Publishing::Remove("b".to_owned());
    all.publish(watched(1), gone, "d", HOUR, now).unwrap();
    assert_eq!(note(&all), None);
    assert_eq!(all.deadline(), None);
}

#[test]
fn what_is_not_refreshed_ends_and_those_who_watch_are_told() {
    let (mut all, now) = (Publications::default(), Instant::from_secs(1));
    for (tag, text, lasts) in [("a", "away", HOUR), ("b", "lunch", HOUR / 2)] {
        let one = Publishing::Initial(noted(text));
        all.publish(watched(1), one, tag, lasts, now).unwrap();
    }
    assert_eq!(note(&all), Some("lunch"));
    let mut moved = BTreeSet::new();
    all.expire(now + HOUR / 2, &mut moved);
    assert_eq!(note(&all), Some("away"));
    assert_eq!(moved.len(), 1);
    all.expire(now + HOUR, &mut moved);
    assert!(all.is_empty());
}

#[test]
fn the_oldest_of_too_many_gives_way() {
    let (mut all, now) = (Publications::default(), Instant::from_secs(1));
    for n in 0..=PUBLICATIONS_MAX {
        let one = Publishing::Initial(noted("here"));
        all.publish(watched(1), one, &n.to_string(), HOUR, now)
            .unwrap();
    }
    let first = Publishing::Refresh("0".to_owned());
    assert_eq!(
        all.publish(watched(1), first, "x", HOUR, now),
        Err(NoSuchTag)
    );
    let last = Publishing::Refresh(PUBLICATIONS_MAX.to_string());
    assert_eq!(all.publish(watched(1), last, "y", HOUR, now), Ok(()));
}
