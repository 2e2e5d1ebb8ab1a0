//! Fax over packets, as UDPTL carries them: each packet with some of those before it.

use std::collections::VecDeque;

use machine::Random;

use crate::support::{End, HOUR, assert_good, drawn, mu_law, receiver, rows, sender, speak};

/// One way: packets that were sent carry three earlier ones along, and some get lost.
struct Way {
    lost: Lost,
    earlier: VecDeque<(u16, Vec<u8>)>,
    dropped: usize,
}

enum Lost {
    /// This many datagrams of a thousand, at random; those before them come with the next.
    Datagrams(Random, u64),
    /// Packets of these places for good, however often they are sent.
    Packets(Vec<u16>),
}

impl Way {
    fn with(lost: Lost) -> Way {
        Way {
            lost,
            earlier: VecDeque::new(),
            dropped: 0,
        }
    }

    /// Brings over what one end has sent in a tick.
    fn bring(&mut self, from: &mut End, to: &mut End) {
        for (sequence, packet, copies) in from.packets.drain(..) {
            self.earlier.push_back((sequence, packet));
            if self.earlier.len() > 4 {
                self.earlier.pop_front();
            }
            for _ in 0..copies.max(1) {
                if let Lost::Datagrams(drawn, share) = &mut self.lost
                    && drawn.below(1000) < *share
                {
                    self.dropped += 1;
                    continue;
                }
                for (sequence, packet) in &self.earlier {
                    if matches!(&self.lost, Lost::Packets(places) if places.contains(sequence)) {
                        self.dropped += 1;
                    } else {
                        to.engine.ifp(*sequence, packet).unwrap();
                    }
                }
            }
        }
    }
}

/// Both switch over and go on until they are done.
fn exchange(calling: &mut End, called: &mut End, there: &mut Way, back: &mut Way) {
    calling.engine.switch_to_t38().unwrap();
    called.engine.switch_to_t38().unwrap();
    for _ in 0..HOUR {
        calling.tick(&[0; 160]);
        called.tick(&[0; 160]);
        there.bring(calling, called);
        back.bring(called, calling);
        if calling.outcome.is_some() && called.outcome.is_some() {
            return;
        }
    }
    panic!("the fax did not end");
}

#[test]
fn one_packet_in_a_hundred_may_be_lost_where_later_ones_carry_it() {
    let sent = drawn(10, 1100);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    let mut there = Way::with(Lost::Datagrams(Random::from_seed(1), 10));
    let mut back = Way::with(Lost::Datagrams(Random::from_seed(2), 10));
    exchange(&mut calling, &mut called, &mut there, &mut back);
    assert!(there.dropped > 10, "{} were dropped", there.dropped);
    assert_good(&calling, 10);
    assert_good(&called, 10);
    assert!(called.outcome().ecm);
    assert_eq!(called.outcome().bits_per_second, 14_400);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
}

#[test]
fn packets_that_are_lost_for_good_are_sent_again_by_the_correction_of_errors() {
    let sent = drawn(2, 1100);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    // somewhere in the middle of the first page
    let mut there = Way::with(Lost::Packets((300..306).chain([350]).collect()));
    let mut back = Way::with(Lost::Packets(Vec::new()));
    exchange(&mut calling, &mut called, &mut there, &mut back);
    assert!(there.dropped > 7, "{} were dropped", there.dropped);
    assert_good(&calling, 2);
    assert_good(&called, 2);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
}

#[test]
fn a_fax_that_began_on_sound_goes_on_by_packets() {
    let sent = drawn(1, 300);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    let mut back = [0; 160];
    while called.tones.is_empty() {
        let there = calling.tick(&back);
        back = called.tick(&there);
    }
    let mut there = Way::with(Lost::Packets(Vec::new()));
    let mut back = Way::with(Lost::Packets(Vec::new()));
    exchange(&mut calling, &mut called, &mut there, &mut back);
    assert_good(&calling, 1);
    assert_good(&called, 1);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
}

#[test]
fn a_fax_that_comes_back_from_packets_begins_anew_on_sound() {
    let sent = drawn(1, 300);
    let (mut calling, mut called) = (End::of(sender(&sent)), End::of(receiver()));
    for end in [&mut calling, &mut called] {
        end.engine.switch_to_t38().unwrap();
    }
    let mut there = Way::with(Lost::Packets(Vec::new()));
    for _ in 0..100 {
        calling.tick(&[0; 160]);
        called.tick(&[0; 160]);
        there.bring(&mut calling, &mut called);
    }
    for end in [&mut calling, &mut called] {
        end.engine.switch_to_sound().unwrap();
    }
    speak(&mut calling, &mut called, mu_law, 3);
    assert_good(&calling, 1);
    assert_good(&called, 1);
    let received = called.engine.into_pages().unwrap();
    assert!(rows(&sent) == rows(&received), "pages differ");
}

#[test]
fn random_octets_as_packets_do_not_end_the_engine() {
    let mut called = End::of(receiver());
    called.engine.switch_to_t38().unwrap();
    let mut drawn = Random::from_seed(5);
    for sequence in 0..3000 {
        let length = usize::try_from(drawn.below(300)).unwrap();
        let packet: Vec<u8> = (0..length)
            .map(|_| drawn.next_u32().to_le_bytes()[0])
            .collect();
        called.engine.ifp(sequence, &packet).unwrap();
        if sequence % 3 == 0 {
            called.tick(&[0; 160]);
        }
    }
}
