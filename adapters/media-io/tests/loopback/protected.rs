//! Protected packets over real sockets.

use media::{Command, Keys};
use srtp::{MasterKey, Receiver, Sender, Suite};

use crate::support::{PORT, Phone, Rig};

/// A packet of 20 ms with this octet.
fn packet(sequence: u16, octet: u8) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 160).to_be_bytes());
    packet.extend(7_u32.to_be_bytes());
    packet.extend([octet; 160]);
    packet
}

// rfc: 3711 §3.3
#[test]
fn a_protected_phone_and_a_plain_one_hear_each_other_and_no_forger() {
    let suite = Suite::AesGcm128;
    let key = |octet| MasterKey::new(suite, &[octet; 28]).unwrap();
    let (takes, sends) = (key(1), key(2));
    let mut sender = Sender::new(&takes);
    let mut receiver = Receiver::new(&sends);
    let mut protected = |sequence, octet| {
        let mut octets = packet(sequence, octet);
        let plain = octets.len();
        octets.resize(plain + media::ROOM, 0);
        let length = sender.protect_rtp(&mut octets, plain).unwrap();
        octets.truncate(length);
        octets
    };

    let mut rig = Rig::new();
    let (anna, mut bert) = (Phone::new(7), Phone::new(2));
    let (a, b) = (rig.leg(PORT, &anna), rig.leg(PORT + 2, &bert));
    rig.order(Command::Secure {
        id: a,
        keys: Some(Box::new(Keys {
            takes,
            sends,
            resumed: false,
        })),
    });
    rig.bridge(a, b);
    let (to_a, to_b) = (rig.rtp_address(PORT), rig.rtp_address(PORT + 2));
    anna.send(to_a, &packet(0, 0x99));
    let stranger = Phone::new(7);
    stranger.send(to_a, &packet(0, 0x99));
    rig.figures(|figures| figures.road.forged == 2);
    for word in 1..20 {
        anna.send(to_a, &protected(word.into(), word));
        assert_eq!(bert.hear().sound, [word; 160], "and nothing else before");
        bert.say(to_b, word);
        let (mut octets, from) = anna.receive();
        assert_eq!((from, octets.len()), (to_a, 172 + 16));
        assert_eq!(receiver.unprotect_rtp(&mut octets), Ok(172));
        assert_eq!(octets[12..172], [word; 160]);
    }
}
