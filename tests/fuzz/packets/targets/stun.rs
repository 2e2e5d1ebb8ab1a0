//! Messages of STUN, and what kind a datagram is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use webrtc::Kind;
use webrtc::stun::Message;

fuzz_target!(|octets: &[u8]| {
    let _kind = Kind::of(octets);
    let Some(message) = Message::read(octets) else {
        return;
    };
    let _name = message.asked();
    let _address = message.mapped();
    let _code = message.error();
    assert!(message.unknown().len() <= octets.len());
    for kind in [0x0001, 0x0006, 0x0008, 0x0009, 0x0020, 0x0024, 0x8028] {
        let value = message.value(kind).unwrap_or_default();
        assert!(value.len() <= octets.len());
    }
    let _fingerprint = message.has_fingerprint();
    assert!(
        !message.is_proved_by("5uQz0mWcV+9bYpVq3oT/k1Ld"),
        "nobody has the password"
    );
});
