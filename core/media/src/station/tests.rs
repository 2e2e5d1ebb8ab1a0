//! What listeners of a station hear, and what it wishes for.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};

use super::{Item, Lineup, STATION_AHEAD, STATION_RATE, Station, Wish};
use crate::format::Codec;

const START: Instant = Instant::from_secs(100);

fn listed(listed: usize) -> Lineup {
    Lineup {
        listed,
        shuffled: false,
        announced_every: None,
        streams: false,
    }
}

/// A sound that stays at one level for so long.
fn level(value: i16, ms: usize) -> Arc<[i16]> {
    vec![value; ms * STATION_RATE as usize / 1_000].into()
}

/// What can be had of a station's sounds.
type Shelf<'a> = &'a dyn Fn(Item) -> Option<Arc<[i16]>>;

struct Rig<'a> {
    station: Station,
    now: Instant,
    shelf: Shelf<'a>,
    wished: Vec<Wish>,
}

impl<'a> Rig<'a> {
    fn new(lineup: Lineup, shelf: Shelf<'a>) -> Rig<'a> {
        Rig {
            station: Station::new(lineup, Random::from_seed(7), START),
            now: START,
            shelf,
            wished: Vec::new(),
        }
    }

    /// Lets time pass, each wish fulfilled at once but that for a stream.
    fn run(&mut self, lasts: Duration) {
        let until = self.now + lasts;
        while self.now < until {
            let mut wishes = Vec::new();
            self.station.play(self.now, &mut wishes);
            for wish in &wishes {
                if let Wish::Sound(item) = wish {
                    self.station.sound(*item, (self.shelf)(*item), self.now);
                }
            }
            self.wished.extend(wishes);
            self.now += Duration::from_millis(100);
        }
    }

    /// The level that is heard at a moment, in hundreds.
    fn heard(&self, at: Instant) -> Option<i32> {
        let mut octets = [0; 160];
        let count = self.station.air().hear(Codec::Pcma, at, &mut octets);
        let sum: i32 = octets
            .iter()
            .map(|o| i32::from(audio::g711::decode_a(*o)))
            .sum();
        (count == 160).then_some((sum / 160 + 50) / 100)
    }

    /// What was heard in the last moments, once for each 100 ms, oldest first; each level once.
    fn levels(&self, moments: u32) -> Vec<i32> {
        let back = (1..=moments).rev().map(|n| Duration::from_millis(100) * n);
        let mut heard: Vec<i32> = back
            .filter_map(|back| self.heard(self.now.saturating_sub(back)))
            .collect();
        heard.dedup();
        heard
    }

    fn streams_wished(&self) -> usize {
        let stream = |wish: &&Wish| **wish == Wish::Stream;
        self.wished.iter().filter(stream).count()
    }
}

fn by_place(item: Item) -> Option<Arc<[i16]>> {
    match item {
        Item::Listed(place) => Some(level(1_000 * (i16::try_from(place).unwrap() + 1), 1_000)),
        Item::Default => Some(level(9_000, 1_000)),
        Item::Announcement => Some(level(-5_000, 1_000)),
    }
}

#[test]
fn the_sounds_of_a_playlist_follow_each_other_and_begin_again() {
    let mut rig = Rig::new(listed(2), &by_place);
    rig.run(Duration::from_millis(3_600));
    let steady: Vec<i32> = rig
        .levels(34)
        .into_iter()
        .filter(|l| [10, 20].contains(l))
        .collect();
    assert_eq!(steady, [10, 20, 10, 20]);
}

#[test]
fn all_who_listen_hear_the_same_at_the_same_time_in_each_codec() {
    let mut rig = Rig::new(listed(2), &by_place);
    rig.run(Duration::from_secs(1));
    let (one, other) = (
        rig.station.air().tune().unwrap(),
        rig.station.air().tune().unwrap(),
    );
    for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722] {
        let (mut first, mut second) = ([0; 160], [0; 160]);
        assert_eq!(one.air().hear(codec, rig.now, &mut first), 160, "{codec:?}");
        assert_eq!(other.air().hear(codec, rig.now, &mut second), 160);
        assert_eq!(first, second);
    }
    assert_eq!(one.air().hear(Codec::Opus, rig.now, &mut [0; 160]), 0);
}

#[test]
fn what_was_not_sent_yet_and_what_is_long_gone_is_not_heard() {
    let mut rig = Rig::new(listed(1), &by_place);
    rig.run(Duration::from_secs(10));
    assert_eq!(rig.heard(rig.now + STATION_AHEAD), None);
    assert!(
        rig.heard(rig.now.saturating_sub(Duration::from_secs(3)))
            .is_some()
    );
    assert_eq!(
        rig.heard(rig.now.saturating_sub(Duration::from_secs(5))),
        None
    );
}

#[test]
fn a_station_goes_off_the_air_when_nobody_listens_and_not_before() {
    let rig = Rig::new(listed(1), &by_place);
    let air = Arc::clone(rig.station.air());
    let listener = air.tune().unwrap();
    let second = listener.clone();
    assert_eq!(air.listeners(), 2);
    drop(listener);
    assert!(!air.close());
    drop(second);
    assert!(air.close());
    assert!(!air.is_open());
    assert!(air.tune().is_none(), "it is not found any more");
    assert_eq!(air.listeners(), 0);
}

#[test]
fn a_sound_that_is_not_to_be_had_is_left_out_and_without_any_the_default_is_heard() {
    let second_only = |item| match item {
        Item::Listed(1) => by_place(item),
        Item::Listed(_) | Item::Default | Item::Announcement => None,
    };
    let mut rig = Rig::new(listed(3), &second_only);
    rig.run(Duration::from_secs(3));
    assert_eq!(rig.levels(10), [20]);
    let none = |item| match item {
        Item::Default => by_place(item),
        Item::Listed(_) | Item::Announcement => None,
    };
    let mut rig = Rig::new(listed(3), &none);
    rig.run(Duration::from_secs(3));
    assert!(rig.levels(10).contains(&90));
}

#[test]
fn a_shuffled_playlist_plays_each_once_and_none_twice_in_a_row() {
    let lineup = Lineup {
        shuffled: true,
        ..listed(5)
    };
    let shelf = |_| Some(level(100, 40_000));
    let mut rig = Rig::new(lineup, &shelf);
    rig.run(Duration::from_secs(600));
    let items: Vec<Item> = rig
        .wished
        .iter()
        .filter_map(|wish| match wish {
            Wish::Sound(item) => Some(*item),
            Wish::Stream => None,
        })
        .collect();
    assert!(items.len() >= 15, "{}", items.len());
    for five in items.chunks_exact(5) {
        let all: std::collections::BTreeSet<Item> = five.iter().copied().collect();
        assert_eq!(all.len(), 5, "{items:?}");
    }
    assert!(items.windows(2).all(|two| two[0] != two[1]), "{items:?}");
}

#[test]
fn an_announcement_is_said_every_so_often_and_the_music_waits_for_it() {
    let lineup = Lineup {
        announced_every: Some(Duration::from_secs(10)),
        ..listed(1)
    };
    let shelf = |item| match item {
        Item::Listed(_) | Item::Default => Some(level(1_000, 60_000)),
        Item::Announcement => Some(level(-5_000, 1_000)),
    };
    let mut rig = Rig::new(lineup, &shelf);
    let mut said = 0;
    for _ in 0..660 {
        rig.run(Duration::from_millis(100));
        said +=
            usize::from(rig.heard(rig.now.saturating_sub(Duration::from_millis(100))) == Some(-49));
    }
    // six of a second each in 66 seconds
    assert!((50..=62).contains(&said), "{said}");
}

fn radio(listed: usize) -> Lineup {
    Lineup {
        listed,
        shuffled: false,
        announced_every: None,
        streams: true,
    }
}

/// Lets a stream come for so long, as fast as it is played.
fn stream(rig: &mut Rig<'_>, lasts: u32) {
    for _ in 0..lasts * 10 {
        rig.station.stream(&level(3_000, 100));
        rig.run(Duration::from_millis(100));
    }
}

#[test]
fn a_live_stream_is_heard_and_when_it_is_lost_the_playlist_until_it_is_back() {
    let mut rig = Rig::new(radio(1), &by_place);
    rig.run(Duration::from_millis(100));
    assert_eq!(rig.streams_wished(), 1);
    assert!(!rig.station.has_begun(), "it is given time");
    rig.station.stream(&level(3_000, 1_500));
    stream(&mut rig, 4);
    assert!(rig.station.is_live());
    assert_eq!(rig.levels(10), [30]);
    rig.station.stream_ended(rig.now);
    rig.run(Duration::from_secs(4));
    assert!(!rig.station.is_live());
    assert_eq!(rig.levels(5), [10], "the playlist");
    assert_eq!(rig.streams_wished(), 2, "it is tried again");
    rig.station.stream(&level(3_000, 1_500));
    stream(&mut rig, 2);
    assert_eq!(rig.levels(5), [30]);
}

#[test]
fn a_stream_that_is_never_to_be_had_is_tried_ever_less_often() {
    let mut rig = Rig::new(radio(0), &by_place);
    let mut tries = Vec::new();
    for _ in 0..6_000 {
        let before = rig.streams_wished();
        rig.run(Duration::from_millis(100));
        if rig.streams_wished() > before {
            tries.push(rig.now.as_millis());
            rig.station.stream_ended(rig.now);
        }
    }
    let pauses: Vec<u64> = tries
        .windows(2)
        .map(|two| (two[1] - two[0]) / 1_000)
        .collect();
    assert_eq!(
        pauses.get(..7),
        Some(&[1, 2, 4, 8, 16, 32, 60][..]),
        "{pauses:?}"
    );
    assert_eq!(pauses.last(), Some(&60));
    assert!(
        rig.levels(5).contains(&90),
        "the default is heard meanwhile"
    );
}

#[test]
fn a_stream_that_only_hangs_counts_as_lost() {
    let mut rig = Rig::new(radio(1), &by_place);
    rig.run(Duration::from_millis(100));
    rig.station.stream(&level(3_000, 1_500));
    rig.run(Duration::from_secs(6));
    assert_eq!(rig.levels(10), [10]);
    assert_eq!(rig.streams_wished(), 1, "nobody has told its end");
}

#[test]
fn of_a_stream_no_more_waits_than_there_is_room_for() {
    let mut rig = Rig::new(radio(1), &by_place);
    let room = rig.station.stream_room();
    rig.station.stream(&level(3_000, 60_000));
    assert_eq!(rig.station.stream_room(), 0);
    rig.run(Duration::from_secs(2));
    let free = rig.station.stream_room();
    assert!(free > 0 && free < room, "{free} of {room}");
}
