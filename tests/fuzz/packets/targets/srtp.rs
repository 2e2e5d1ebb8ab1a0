//! Protected packets: nothing that was not made with the key is believed, whatever it looks like;
//! what was is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use srtp::{MAX_GROWTH, MasterKey, Receiver, Sender, Suite};

const NAMES: [&str; 6] = [
    "AES_CM_128_HMAC_SHA1_80",
    "AES_CM_128_HMAC_SHA1_32",
    "AES_256_CM_HMAC_SHA1_80",
    "AES_256_CM_HMAC_SHA1_32",
    "AEAD_AES_128_GCM",
    "AEAD_AES_256_GCM",
];

fn key(suite: Suite) -> MasterKey {
    let octets = [0x5a; 64];
    let key = (16..=64).find_map(|length| MasterKey::new(suite, &octets[..length]));
    key.expect("a key has one length")
}

fuzz_target!(|octets: &[u8]| {
    let Some((&first, packet)) = octets.split_first() else {
        return;
    };
    let name = NAMES[usize::from(first) % NAMES.len()];
    let suite = Suite::named(name).expect("a suite that is there");
    let key = key(suite);
    let mut receiver = Receiver::new(&key);
    for rtcp in [false, true] {
        let mut forged = packet.to_vec();
        let believed = if rtcp {
            receiver.unprotect_rtcp(&mut forged)
        } else {
            receiver.unprotect_rtp(&mut forged)
        };
        assert!(believed.is_err(), "nobody has the key");
        let mut own = packet.to_vec();
        own.resize(packet.len() + MAX_GROWTH, 0);
        let mut sender = Sender::new(&key);
        let made = if rtcp {
            sender.protect_rtcp(&mut own, packet.len())
        } else {
            sender.protect_rtp(&mut own, packet.len())
        };
        let Ok(length) = made else { continue };
        let plain = if rtcp {
            receiver.unprotect_rtcp(&mut own[..length])
        } else {
            receiver.unprotect_rtp(&mut own[..length])
        };
        if let Ok(plain) = plain {
            assert_eq!(&own[..plain], packet);
        }
    }
});
