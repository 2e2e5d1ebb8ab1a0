//! What is remembered, and what has to go.

use bytes::Bytes;
use domain::Way;
use machine::{Clock, Instant, WallTime};
use sip_message::Flow;

use crate::{Bounds, Preludes, Ring, Sighting, StripId};

fn flow(port: u16) -> Flow {
    let local = "192.0.2.1:5060".parse().unwrap();
    Flow::udp(local, std::net::SocketAddr::from(([198, 51, 100, 7], port)))
}

fn say(ring: &mut Ring, strip: StripId, leg: u8, text: &str) {
    let sighting = Sighting {
        at: Instant::ZERO,
        flow: flow(5060),
        way: Way::Received,
        bytes: Bytes::copy_from_slice(text.as_bytes()),
    };
    ring.see(strip, leg, sighting);
}

fn told(ring: &Ring, strip: StripId) -> (Vec<String>, u32) {
    let clock = Clock::new(WallTime::UNIX_EPOCH);
    let (rungs, lost) = ring.rungs(strip, &clock);
    (rungs.into_iter().map(|rung| rung.text).collect(), lost)
}

#[test]
fn two_calls_are_told_apart_and_each_keeps_its_order() {
    let mut ring = Ring::new(Bounds::default());
    let (a, b) = (ring.begin(), ring.begin());
    for (strip, text) in [(a, "one"), (b, "uno"), (a, "two"), (b, "due")] {
        say(&mut ring, strip, 0, text);
    }
    assert_eq!(told(&ring, a), (vec!["one".into(), "two".into()], 0));
    assert_eq!(told(&ring, b), (vec!["uno".into(), "due".into()], 0));
}

#[test]
fn a_full_ring_forgets_the_oldest_messages_and_says_how_many() {
    let bounds = Bounds {
        octets: 10,
        ..Bounds::default()
    };
    let mut ring = Ring::new(bounds);
    let strip = ring.begin();
    for text in ["aaaa", "bbbb", "cccc"] {
        say(&mut ring, strip, 0, text);
    }
    assert_eq!(told(&ring, strip), (vec!["bbbb".into(), "cccc".into()], 1));
    assert_eq!(ring.figures().octets, 8);
    assert_eq!(ring.figures().held, 2);
}

#[test]
fn a_call_with_too_many_messages_keeps_its_beginning_and_its_end() {
    let bounds = Bounds {
        call_messages: 4,
        ..Bounds::default()
    };
    let mut ring = Ring::new(bounds);
    let strip = ring.begin();
    for number in 0..10 {
        say(&mut ring, strip, 0, &number.to_string());
    }
    let kept = ["0", "1", "8", "9"].map(str::to_owned).to_vec();
    assert_eq!(told(&ring, strip), (kept, 6));
    assert_eq!(ring.figures().left_out, 6);
}

#[test]
fn a_call_with_too_many_octets_keeps_its_beginning_and_its_end() {
    let bounds = Bounds {
        call_octets: 12,
        ..Bounds::default()
    };
    let mut ring = Ring::new(bounds);
    let strip = ring.begin();
    for text in ["aaaa", "bbbb", "cccc", "dddd", "eeee"] {
        say(&mut ring, strip, 0, text);
    }
    let (texts, lost) = told(&ring, strip);
    assert_eq!(texts.len(), 3);
    assert_eq!(texts.last().unwrap(), "eeee");
    assert_eq!(lost, 2);
}

#[test]
fn a_strip_that_has_ended_is_nobodys_though_its_place_is_used_again() {
    let mut ring = Ring::new(Bounds::default());
    let old = ring.begin();
    say(&mut ring, old, 0, "old");
    ring.end(old);
    let new = ring.begin();
    say(&mut ring, old, 0, "late");
    say(&mut ring, new, 0, "new");
    assert_eq!(told(&ring, old), (vec![], 0));
    assert_eq!(told(&ring, new), (vec!["new".into()], 0));
}

#[test]
fn what_preceded_a_call_becomes_its_beginning() {
    let mut ring = Ring::new(Bounds::default());
    let (before, call) = (ring.begin(), ring.begin());
    say(&mut ring, before, 0, "who are you");
    ring.join(before, call, 3);
    say(&mut ring, call, 3, "welcome");
    let clock = Clock::new(WallTime::UNIX_EPOCH);
    let (rungs, _) = ring.rungs(call, &clock);
    let told: Vec<_> = rungs.iter().map(|rung| (rung.leg, &*rung.text)).collect();
    assert_eq!(told, [(3, "who are you"), (3, "welcome")]);
}

#[test]
fn a_ring_without_room_remembers_nothing() {
    let bounds = Bounds {
        octets: 0,
        ..Bounds::default()
    };
    let mut ring = Ring::new(bounds);
    let strip = ring.begin();
    say(&mut ring, strip, 0, "hello");
    assert_eq!(told(&ring, strip), (vec![], 0));
    assert_eq!(ring.figures().seen, 0);
}

#[test]
fn an_attempt_is_found_only_by_the_flow_it_came_by() {
    let mut ring = Ring::new(Bounds::default());
    let mut preludes = Preludes::default();
    let strip = ring.begin();
    assert!(preludes.add(flow(5060), "call", strip, 2).is_empty());
    assert_eq!(preludes.find(&flow(5060), "call"), Some(strip));
    assert_eq!(preludes.find(&flow(5062), "call"), None);
    assert_eq!(preludes.find(&flow(5060), "other"), None);
}

#[test]
fn of_too_many_attempts_the_oldest_is_forgotten_unless_it_became_a_call() {
    let mut ring = Ring::new(Bounds::default());
    let mut preludes = Preludes::default();
    let strips: Vec<StripId> = (0..4).map(|_| ring.begin()).collect();
    assert!(preludes.add(flow(1), "a", strips[0], 2).is_empty());
    assert!(preludes.add(flow(2), "b", strips[1], 2).is_empty());
    preludes.remove(&flow(1), "a");
    assert!(preludes.add(flow(3), "c", strips[2], 2).is_empty());
    assert_eq!(preludes.add(flow(4), "d", strips[3], 2), [strips[1]]);
}

#[test]
fn a_message_says_how_much_of_the_call_was_decided_before_it() {
    let mut ring = Ring::new(Bounds::default());
    let strip = ring.begin();
    say(&mut ring, strip, 0, "asked");
    ring.explained(strip, 2);
    say(&mut ring, strip, 1, "tried");
    let (rungs, _) = ring.rungs(strip, &Clock::new(WallTime::UNIX_EPOCH));
    let steps: Vec<u16> = rungs.iter().map(|rung| rung.steps).collect();
    assert_eq!(steps, [0, 2]);
}
