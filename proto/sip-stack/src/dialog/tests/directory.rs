//! The table that brings requests inside dialogs to their usage.

use super::*;

fn table(bound: usize) -> Dialogs {
    Dialogs::with_bound(bound, &mut Random::from_seed(3))
}

#[test]
fn a_request_is_found_by_call_id_and_our_tag() {
    let mut dialogs = table(8);
    dialogs
        .insert("call1", "0123456789abcdef", Owner(5))
        .unwrap();
    assert_eq!(dialogs.find(&inside("BYE", 315, "")), Some(Owner(5)));
    assert_eq!(dialogs.find(&read(&invite(""))), None, "no To tag");
    let other =
        read(&invite("").replace("To: <sip:alice@example.com>", "To: <sip:a@b>;tag=another"));
    assert_eq!(dialogs.find(&other), None);
    assert_eq!(dialogs.get("call1", "0123456789abcdef"), Some(Owner(5)));
}

#[test]
fn the_tag_of_the_peer_is_the_usages_affair() {
    let mut dialogs = table(8);
    dialogs
        .insert("call1", "0123456789abcdef", Owner(5))
        .unwrap();
    let text = String::from_utf8(inside("BYE", 315, "").raw().to_vec()).unwrap();
    let fork = read(&text.replace("tag=bob1", "tag=bob2"));
    assert_eq!(dialogs.find(&fork), Some(Owner(5)));
}

#[test]
fn call_id_and_tag_cannot_run_into_each_other() {
    let mut dialogs = table(8);
    dialogs.insert("call", "1tag", Owner(1)).unwrap();
    assert_eq!(dialogs.get("call1", "tag"), None);
    assert_eq!(dialogs.get("CALL", "1tag"), None, "compared with case");
}

#[test]
fn a_usage_may_change_its_owner_and_is_removed_once() {
    let mut dialogs = table(1);
    dialogs.insert("call1", "t", Owner(1)).unwrap();
    dialogs.insert("call1", "t", Owner(2)).unwrap();
    assert_eq!(dialogs.len(), 1);
    assert_eq!(dialogs.remove("call1", "t"), Some(Owner(2)));
    assert_eq!(dialogs.remove("call1", "t"), None);
    assert!(dialogs.is_empty());
}

#[test]
fn at_the_bound_no_more_are_taken_and_known_ones_still_are() {
    let mut dialogs = table(2);
    dialogs.insert("call1", "t", Owner(1)).unwrap();
    dialogs.insert("call2", "t", Owner(2)).unwrap();
    assert_eq!(dialogs.insert("call3", "t", Owner(3)), Err(Full));
    assert_eq!(dialogs.insert("call2", "t", Owner(4)), Ok(()));
    assert_eq!(dialogs.get("call3", "t"), None);
    dialogs.remove("call1", "t");
    assert_eq!(dialogs.insert("call3", "t", Owner(3)), Ok(()));
}
