//! Packets of Opus: how long they are, and what is heard.
#![no_main]

use audio::Rate;
use libfuzzer_sys::fuzz_target;
use opus::Decoder;

/// 120 ms in two channels at 48 kHz.
const LONGEST: usize = 2 * 120 * 48;

fuzz_target!(|octets: &[u8]| {
    let _length = opus::duration(octets);
    let mut room = vec![0; LONGEST];
    if let Ok(mut decoder) = Decoder::stereo(Rate::Wide) {
        // the first octet of each piece is its length
        let mut rest = octets;
        while let Some((&first, behind)) = rest.split_first() {
            let (packet, left) = behind.split_at(usize::from(first).min(behind.len()));
            rest = left;
            if let Ok(samples) = decoder.decode(packet, &mut room) {
                assert!(samples <= room.len());
            }
            let _made_up = decoder.recover(packet, &mut room[..640]);
            let _made_up = decoder.conceal(&mut room[..640]);
        }
    }
});
