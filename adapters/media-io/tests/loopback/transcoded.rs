//! Phones without a common codec, over real sockets and by the threads' own clock.

use media::{Codec, Expect, Format};

use crate::support::{PORT, Phone, Rig};

/// The payload that PCMA has for what is 0x80 in PCMU: both are the loudest there is.
const LOUDEST: (u8, u8) = (0x80, 0xaa);

#[test]
fn what_one_says_in_pcmu_the_other_hears_in_pcma() {
    let mut rig = Rig::new();
    let (mut anna, bert) = (Phone::new(1), Phone::new(2));
    let pcma = Format {
        payload: 8,
        codec: Codec::Pcma,
        clock: 8_000,
    };
    let here = bert.here();
    let expects = Expect::described(here, here.ip(), [pcma].into_iter().collect());
    let (a, b) = (rig.leg(PORT, &anna), rig.open(PORT + 2, expects));
    rig.bridge(a, b);
    for _ in 0..3 {
        anna.say(rig.rtp_address(PORT), LOUDEST.0);
    }
    let (packet, from) = bert.receive();
    assert_eq!(from, rig.rtp_address(PORT + 2));
    assert_eq!((packet[1] & 0x7f, packet.len()), (8, 172));
    assert_eq!(packet[12..], [LOUDEST.1; 160]);
    let figures = rig.figures(|figures| figures.road.transcoding.made > 0);
    assert_eq!(figures.road.transcoding.present, 1);
    assert_eq!(figures.road.forwarded, 0);
}
