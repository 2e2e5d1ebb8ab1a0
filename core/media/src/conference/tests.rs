//! What a conference is made of, and when.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::format::Codec;

const PCMU: Format = Format {
    payload: 0,
    codec: Codec::Pcmu,
    clock: 8_000,
};
const OPUS: Format = Format {
    payload: 111,
    codec: Codec::Opus,
    clock: 48_000,
};

fn join(conference: &mut Conference, slot: u32, format: Format, wants: &Wants) -> bool {
    let place = u16::try_from(slot).unwrap();
    let joined = conference.join(slot, EndpointId::new(0, 0, place, 0), Seat::default());
    let formats: Formats = [format].into_iter().collect();
    if joined {
        conference.fit(slot, &formats, Some(format), wants);
    }
    joined
}

/// Who is given packets in so many silent frames, and how many.
fn written(conference: &mut Conference, frames: u64) -> BTreeMap<u32, usize> {
    let mut packets = BTreeMap::new();
    for n in 0..frames {
        let at = Instant::from_secs(10) + FRAME * u32::try_from(n).unwrap();
        conference.mix(at, &mut Vec::new());
        for (_, member) in conference.members_mut() {
            let hears = member.can_hear();
            member.listen(hears);
        }
        conference.write(&mut |slot, _, _, _: &[u8]| *packets.entry(slot).or_insert(0) += 1);
    }
    packets
}

#[test]
fn there_is_one_outlet_for_each_way_in_which_anybody_wants_it() {
    let mut conference = Conference::new(10, 3);
    let usual = Wants::default();
    let (slower, frugal) = (
        Wants {
            ptime_ms: 40,
            ..usual
        },
        Wants {
            opus: crate::OpusWants {
                bits_per_second: Some(8_000),
                ..usual.opus
            },
            ..usual
        },
    );
    let other_number = Format {
        payload: 96,
        ..OPUS
    };
    for (slot, format, wants, outlets) in [
        (1, PCMU, usual, 1),
        (2, PCMU, frugal, 1),
        (3, PCMU, slower, 2),
        (4, OPUS, usual, 3),
        (5, other_number, usual, 3),
        (6, OPUS, frugal, 4),
    ] {
        assert!(join(&mut conference, slot, format, &wants));
        assert_eq!(conference.outlets.len(), outlets, "{slot}");
    }
    let packets = written(&mut conference, 10);
    assert_eq!(
        packets,
        [(1, 10), (2, 10), (3, 5), (4, 10), (5, 10), (6, 10)].into()
    );
    let formats: Formats = [PCMU].into_iter().collect();
    assert!(conference.fit(6, &formats, Some(PCMU), &usual));
    assert!(
        !conference.fit(6, &formats, Some(PCMU), &frugal),
        "no news to it"
    );
    assert_eq!(conference.outlets.len(), 3);
    conference.leave(3);
    conference.leave(4);
    assert_eq!(conference.outlets.len(), 2);
    conference.leave(5);
    assert_eq!(conference.outlets.len(), 1);
}

#[test]
fn places_are_made_as_members_come_up_to_the_bound() {
    let mut conference = Conference::new(11, 3);
    let mut places = Vec::new();
    for slot in 0..12 {
        let joined = join(&mut conference, slot, PCMU, &Wants::default());
        assert_eq!(joined, slot < 11);
        places.push(conference.mixer.places());
    }
    assert_eq!(places, [4, 4, 4, 4, 8, 8, 8, 8, 11, 11, 11, 11]);
    assert_eq!((conference.len(), conference.has_room()), (11, false));
    conference.leave(5);
    assert!(join(&mut conference, 12, PCMU, &Wants::default()));
    assert_eq!(conference.mixer.places(), 11);
    assert_eq!(written(&mut conference, 1).len(), 11);
}

#[test]
fn who_only_listens_needs_neither_decoder_nor_outlet() {
    let mut conference = Conference::new(10, 3);
    (0..3).for_each(|slot| assert!(join(&mut conference, slot, OPUS, &Wants::default())));
    written(&mut conference, 10);
    for member in conference.members.values() {
        assert!(member.speech.is_none());
        assert!(member.ear.as_ref().is_some_and(Ear::hears_common));
    }
}

#[test]
fn an_outlet_that_nobody_has_heard_goes_on_as_its_first_listener_is_used_to() {
    let wide = Format {
        payload: 9,
        codec: Codec::G722,
        clock: 8_000,
    };
    let style = Style::of(wide, &Wants::default());
    let frame = |n: i16| -> Vec<i16> { (0..320).map(|at| (at + n) % 40 * 200 - 4_000).collect() };
    let (mut own, mut common) = (Outlet::new(style).unwrap(), Outlet::new(style).unwrap());
    let (mut by_own, mut by_common) = ([0; 160], [0; 160]);
    for n in 0..20 {
        own.take(&frame(n));
        common.take(&frame(0));
        assert_eq!(own.write(&mut by_own), 160);
        common.skip();
    }
    assert!(own.is_empty() && common.is_empty());
    common.welcome(&own);
    for _ in 0..2 {
        own.take(&frame(7));
        common.take(&frame(7));
        own.write(&mut by_own);
        common.write(&mut by_common);
        assert_eq!(by_own, by_common);
        // Whoever comes later finds listeners there, who are to hear no seam.
        common.welcome(&Outlet::new(style).unwrap());
    }
}
