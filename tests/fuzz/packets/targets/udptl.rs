//! Datagrams of UDPTL: whatever comes in whatever order, no packet of a fax is given twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use udptl::{Packet, Receiver};

fuzz_target!(|octets: &[u8]| {
    let mut receiver = Receiver::new();
    let mut given = 0_usize;
    // the first octet of each piece is its length
    let mut rest = octets;
    while let Some((&first, behind)) = rest.split_first() {
        let (datagram, left) = behind.split_at(usize::from(first).min(behind.len()));
        rest = left;
        if let Ok(packet) = Packet::parse(datagram) {
            let before = (0..=u16::from(u8::MAX)).filter_map(|distance| packet.before(distance));
            assert!(before.map(<[u8]>::len).sum::<usize>() <= 256 * datagram.len());
        }
        let mut last = None;
        let _taken = receiver.take(datagram, |sequence, packet| {
            assert!(packet.len() <= datagram.len());
            assert_ne!(last, Some(sequence), "given twice");
            last = Some(sequence);
            given += 1;
        });
    }
    assert!(given <= octets.len().max(1) * 2);
});
