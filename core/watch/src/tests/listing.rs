//! What is told of a list: all of it, then what is news, and in pieces where it is too long.

use crate::listing::{Due, Listing};
use crate::{ListPicture, Listed, Picture};
use event_package::{DialogLine, DialogState, Side};
use ids::ExtensionId;
use std::collections::BTreeSet;

const ROOM: usize = 8_192;

/// A list, and the version of its next document.
struct Bench {
    listing: Listing,
    version: u32,
}

fn extension(number: u32) -> ExtensionId {
    ExtensionId::new(1, number.into())
}

/// An extension that talks, that is idle, or that is not there.
fn listed(number: u32, talks: Option<bool>) -> Listed {
    let line = DialogLine {
        id: format!("line-of-{number}"),
        dialog: None,
        side: Side::Recipient,
        state: DialogState::Confirmed,
        remote: None,
        holds: false,
    };
    let uri = format!("sip:{number}@example.com");
    let picture = |talks: bool| Picture::Lines {
        entity: uri.clone(),
        display: String::new(),
        lines: if talks { vec![line] } else { Vec::new() },
        partial: false,
    };
    Listed {
        name: format!("Number {number}"),
        seen: talks.map(|talks| (extension(number), picture(talks))),
        uri,
    }
}

impl Bench {
    fn new() -> Bench {
        Bench {
            listing: Listing::new(),
            version: 0,
        }
    }

    fn whole(&mut self, listed: Vec<Listed>) -> Option<(String, bool)> {
        self.told(true, listed, ROOM)
    }

    fn told(&mut self, whole: bool, listed: Vec<Listed>, room: usize) -> Option<(String, bool)> {
        let picture = ListPicture {
            uri: "sip:blf_101@example.com".into(),
            domain: "example.com".into(),
            whole,
            listed,
        };
        let (document, more) = self.listing.news(&mut self.version, picture, room)?;
        assert_eq!(document.requires, Some("eventlist"));
        assert!(document.media_type.starts_with("multipart/related;"));
        let text = String::from_utf8(document.bytes.to_vec()).unwrap();
        Some((text, more))
    }
}

fn head(text: &str) -> (u32, bool) {
    let list = text.split("<list ").nth(1).unwrap();
    let version = list.split("version=\"").nth(1).unwrap();
    let version = version.split('"').next().unwrap().parse().unwrap();
    (version, list.contains("fullState=\"true\""))
}

// rfc: 4662 §4.5
#[test]
fn a_list_is_told_as_a_whole_and_then_what_has_changed() {
    let mut bench = Bench::new();
    let all = vec![listed(102, Some(false)), listed(103, Some(false))];
    let (first, more) = bench.whole(all).unwrap();
    assert_eq!((head(&first), more), ((0, true), false));
    assert_eq!(first.matches("<dialog-info").count(), 2);
    assert_eq!(first.matches("state=\"active\"").count(), 2);
    assert!(first.contains("<name>Number 102</name>"), "{first}");
    assert!(first.contains("cid=\"0.2@example.com\""), "{first}");
    assert!(first.contains("Content-ID: <0.2@example.com>"), "{first}");
    let (second, _) = bench
        .told(false, vec![listed(103, Some(true))], ROOM)
        .unwrap();
    assert_eq!(head(&second), (1, false));
    assert_eq!(second.matches("<dialog-info").count(), 1);
    assert!(!second.contains("sip:102@"), "{second}");
    let again = bench.told(false, vec![listed(103, Some(true))], ROOM);
    assert!(again.is_none(), "it was told");
    assert_eq!(bench.version, 2);
}

#[test]
fn only_those_on_the_list_are_due() {
    let mut bench = Bench::new();
    bench.whole(vec![listed(102, Some(false))]).unwrap();
    bench.listing.note(extension(103));
    assert_eq!(bench.listing.due, Due::These(BTreeSet::new()));
    bench.listing.note(extension(102));
    assert_eq!(bench.listing.due, Due::These([extension(102)].into()));
}

// rfc: 4662 §5.5
#[test]
fn one_that_is_gone_is_told_once_as_terminated_and_comes_back_as_active() {
    let mut bench = Bench::new();
    let all = |talks| vec![listed(102, Some(false)), listed(103, talks)];
    bench.whole(all(Some(false))).unwrap();
    let (gone, _) = bench.whole(all(None)).unwrap();
    assert_eq!(head(&gone), (1, false));
    let id = extension(103);
    let ended = format!("id=\"{id}\" state=\"terminated\" reason=\"noresource\"");
    assert!(gone.contains(&ended), "{gone}");
    assert!(!gone.contains("<dialog-info"), "{gone}");
    assert!(bench.whole(all(None)).is_none(), "once");
    let (back, _) = bench.whole(all(Some(false))).unwrap();
    assert_eq!(head(&back), (2, false));
    assert!(back.contains("state=\"active\""), "{back}");
}

#[test]
fn a_list_with_others_on_it_is_told_as_a_whole_and_no_document_goes_back() {
    let mut bench = Bench::new();
    bench.whole(vec![listed(102, Some(true))]).unwrap();
    let both = vec![listed(103, Some(false)), listed(102, Some(true))];
    let (changed, _) = bench.whole(both).unwrap();
    assert_eq!(head(&changed), (1, true));
    let versions = changed.split("<dialog-info").skip(1);
    let all_first = versions
        .map(|one| one.contains("version=\"1\""))
        .collect::<Vec<_>>();
    assert_eq!(all_first, [true, true], "{changed}");
    bench.listing.anew = true;
    let both = vec![listed(103, Some(false)), listed(102, Some(true))];
    let (again, _) = bench.whole(both).unwrap();
    assert_eq!(head(&again), (2, true), "who asks is told all");
}

// rfc: 4662 §5.2
#[test]
fn what_does_not_fit_follows_and_the_first_document_names_all() {
    let mut bench = Bench::new();
    let numbers = 200..260;
    let all: Vec<Listed> = numbers.clone().map(|n| listed(n, Some(true))).collect();
    let (first, mut more) = bench.told(true, all, ROOM).unwrap();
    assert!(head(&first).1 && more);
    assert_eq!(first.matches("<resource ").count(), 60);
    let mut parts = vec![first.matches("<dialog-info").count()];
    let mut longest = first.len();
    while more {
        let Due::These(due) = bench.listing.due.clone() else {
            panic!("some are left");
        };
        let left = numbers.clone().filter(|n| due.contains(&extension(*n)));
        let left = left.map(|n| listed(n, Some(true))).collect();
        let (next, some) = bench.told(false, left, ROOM).unwrap();
        assert_eq!(usize::try_from(head(&next).0).unwrap(), parts.len());
        assert!(!head(&next).1);
        parts.push(next.matches("<dialog-info").count());
        longest = longest.max(next.len());
        more = some;
    }
    assert_eq!(parts.iter().sum::<usize>(), 60, "{parts:?}");
    assert!(longest <= ROOM && parts.len() > 2, "{longest} {parts:?}");
}

#[test]
fn one_that_is_longer_than_a_document_may_be_is_told_alone() {
    let mut bench = Bench::new();
    let all = vec![listed(102, Some(true)), listed(103, Some(true))];
    let (first, more) = bench.told(true, all, 10).unwrap();
    assert_eq!(first.matches("<dialog-info").count(), 1);
    assert!(more);
}
