//! A conference of two and one who only listens, over real sockets and by the threads' own clock.

use media::{Command, Notice, RoomId, Seat};

use crate::support::{Heard, PORT, Phone, Rig};

/// The loudest there is in PCMU, and silence.
const LOUDEST: u8 = 0x80;
const SILENCE: u8 = 0xff;

/// More packets than it takes until a voice is heard: its jitter buffer begins with three.
const PACKETS: u16 = 500;

#[test]
fn who_speaks_is_heard_by_the_others_and_all_are_sent_packets_from_the_first_moment_on() {
    let mut rig = Rig::new();
    let mut phones = [Phone::new(1), Phone::new(2), Phone::new(3)];
    for (phone, port) in phones.iter().zip([PORT, PORT + 2, PORT + 4]) {
        let id = rig.leg(port, phone);
        let (room, seat) = (RoomId(1), Seat::default());
        rig.order(Command::Attend { id, room, seat });
    }
    let silent = |heard: &Heard| heard.sound == [SILENCE; 160];
    assert!(phones.iter().all(|phone| silent(&phone.hear())));
    let [anna, bert, carl] = &mut phones;
    let mut last = anna.hear().sequence;
    let heard = (0..PACKETS).find_map(|_| {
        anna.say(rig.rtp_address(PORT), LOUDEST);
        let own = anna.hear();
        assert!(silent(&own), "nobody hears itself");
        assert_eq!(own.sequence, last.wrapping_add(1));
        last = own.sequence;
        Some(bert.hear()).filter(|heard| !silent(heard))
    });
    let heard = heard.expect("the voice is never heard");
    let shared = (0..PACKETS)
        .map(|_| carl.hear())
        .find(|heard| !silent(heard));
    assert_eq!(shared.map(|shared| shared.sound), Some(heard.sound));
    rig.notice(|notice| matches!(notice, Notice::Heard { heard: true, .. }));
    let figures = rig.figures(|figures| figures.rooms.made > 9);
    assert_eq!((figures.rooms.present, figures.rooms.members), (1, 3));
}
