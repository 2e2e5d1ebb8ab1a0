//! A voice on its way through one transcoder.
#![allow(clippy::unwrap_used)]

pub(crate) mod voices;

use machine::Random;
use rtp::{HEADER_BYTES, NewHeader, write_header};

use super::*;
use crate::format::Codec;
use voices::Mouth;

const START: Instant = Instant::from_secs(10);

fn format(payload: u8, codec: Codec, clock: u32) -> Format {
    Format {
        payload,
        codec,
        clock,
    }
}

fn transcoder(from: Format, to: Format) -> Transcoder {
    Transcoder::new(from, to, Wants::default(), &[0; 160], START).unwrap()
}

fn header(packet: NewHeader) -> Header {
    let mut bytes = [0; HEADER_BYTES];
    assert!(write_header(&mut bytes, packet));
    Header::parse(&bytes).unwrap()
}

#[test]
fn only_two_codecs_that_are_spoken_and_differ_are_joined() {
    let join = |from, to| Transcoder::new(from, to, Wants::default(), &[], START).is_some();
    let (pcmu, opus) = (
        format(0, Codec::Pcmu, 8000),
        format(96, Codec::Opus, 48_000),
    );
    assert!(join(pcmu, opus) && join(opus, pcmu));
    assert!(!join(pcmu, format(18, Codec::named("G729", 1), 8000)));
    assert!(!join(format(101, Codec::Event, 8000), pcmu));
    assert!(
        !join(format(0, Codec::Pcmu, 16_000), opus),
        "its clock is another"
    );
    assert!(!join(opus, opus), "there is no rate to meet at");
}

#[test]
fn a_late_wake_makes_up_for_no_more_than_it_may() {
    let mut made_by = transcoder(format(0, Codec::Pcmu, 8000), format(8, Codec::Pcma, 8000));
    let mut mouth = Mouth::new(format(0, Codec::Pcmu, 8000), 20);
    let mut now = START;
    for _ in 0..40 {
        let (packet, payload) = mouth.packet();
        made_by.put(&header(packet), Content::Sound, &payload, now);
        now += Duration::from_millis(20);
        if now < START + Duration::from_millis(400) {
            while made_by.make(now, &mut [0; LONGEST_PAYLOAD]).is_some() {}
        }
    }
    made_by.catch_up(now, 5);
    let mut made = 0;
    while made_by.make(now, &mut [0; LONGEST_PAYLOAD]).is_some() {
        made += 1;
    }
    assert!(made <= 6, "{made}");
    assert!(made_by.due().unwrap() > now, "and the next is to come");
}

#[test]
fn it_waits_for_sound_and_ends_waiting_when_none_comes() {
    let mut made_by = transcoder(format(0, Codec::Pcmu, 8000), format(8, Codec::Pcma, 8000));
    assert_eq!(made_by.due(), None);
    let mut mouth = Mouth::new(format(0, Codec::Pcmu, 8000), 20);
    let (packet, _) = mouth.packet();
    let head = header(packet);
    assert!(!made_by.put(&head, Content::Quiet, &[], START));
    let (packet, payload) = mouth.packet();
    let head = header(packet);
    assert!(made_by.put(&head, Content::Sound, &payload, START));
    assert_eq!(made_by.due(), Some(START));
    let (mut now, mut sent) = (START, 0);
    while let Some(at) = made_by.due() {
        now = now.max(at);
        while made_by.make(now, &mut [0; LONGEST_PAYLOAD]).is_some() {
            sent += 1;
        }
    }
    assert!(now < START + Duration::from_secs(2));
    assert!(
        (2..=20).contains(&sent),
        "one frame, what conceals its end, silence: {sent}"
    );
}

#[test]
fn any_network_leaves_the_numbers_in_order() {
    for seed in 0..30 {
        let mut random = Random::from_seed(seed);
        let mut made_by = transcoder(format(9, Codec::G722, 8000), format(0, Codec::Pcmu, 8000));
        let mut mouth = Mouth::new(format(9, Codec::G722, 8000), 20);
        let mut arrivals: Vec<(u64, NewHeader, Vec<u8>)> = (0..150)
            .filter_map(|n| {
                let (packet, payload) = mouth.packet();
                let late = random.next_u64() % 60;
                let lost = random.next_u64().is_multiple_of(10);
                (!lost).then_some((n * 20 + late, packet, payload))
            })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.0);
        let (mut last, mut sent) = (None::<Made>, 0);
        for (ms, packet, payload) in arrivals {
            let now = START + Duration::from_millis(ms);
            while let Some(at) = made_by.due().filter(|at| *at <= now) {
                while let Some(made) = made_by.make(at, &mut [0; LONGEST_PAYLOAD]) {
                    if let Some(last) = last {
                        assert_eq!(made.seq, last.seq.wrapping_add(1));
                        assert!((160..80_000).contains(&made.ts.wrapping_sub(last.ts)));
                    }
                    last = Some(made);
                    sent += 1;
                }
            }
            made_by.put(&header(packet), Content::Sound, &payload, now);
        }
        assert!(sent > 120, "{sent}");
    }
}

// rfc: 4733 §2.5.1.3
#[test]
fn the_segments_of_a_long_press_follow_each_other() {
    let mut made_by = transcoder(
        format(0, Codec::Pcmu, 8000),
        format(96, Codec::Opus, 48_000),
    );
    let mut stamp = |ts: u32, code: u8, end: bool| {
        let packet = NewHeader {
            pt: 101,
            seq: 1,
            ts,
            ssrc: 7,
            marker: false,
        };
        let event = Event {
            code,
            end,
            volume: 0,
            duration: 800,
        };
        made_by
            .press(&header(packet), event, START)
            .map(|made| made.ts)
    };
    let first = stamp(1000, 1, false).unwrap();
    assert_eq!(stamp(1000, 1, false), Some(first));
    assert_eq!(stamp(66_535, 1, false), Some(first + 6 * 65_535));
    assert_eq!(stamp(1000, 1, false), None, "of the segment before");
    assert_eq!(stamp(66_535, 1, true), Some(first + 6 * 65_535));
    let next = stamp(70_000, 1, false).unwrap();
    assert!(next > first + 6 * 65_535, "another press is later");
}

// rfc: 4733 §2.3
#[test]
fn durations_are_those_of_the_other_clock_as_far_as_their_field_goes() {
    let event = Event {
        code: 3,
        end: true,
        volume: 7,
        duration: 1600,
    };
    let scaled = |duration, clocks| {
        let mut octets = Event { duration, ..event }.to_bytes();
        scale(&mut octets, clocks);
        Event::parse(&octets).unwrap()
    };
    let longer = Event {
        duration: 9600,
        ..event
    };
    assert_eq!(scaled(1600, (8000, 48_000)), longer);
    assert_eq!(scaled(9600, (48_000, 8000)), event);
    assert_eq!(scaled(20_000, (8000, 48_000)).duration, u16::MAX);
    let mut short = [1, 2, 3];
    scale(&mut short, (8000, 48_000));
    assert_eq!(short, [1, 2, 3], "what is no event stays");
}
