//! Messages of STUN, what kind a datagram is, and what one who seeks makes of answers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use machine::{Instant, Machine};
use sdp::IceCredentials;
use webrtc::stun::Message;
use webrtc::{Handshake, Input, Kind, Output, Role, Step, Transport, Ways};

const PASSWORD: &str = "5uQz0mWcV+9bYpVq3oT/k1Ld";

/// A handshake that never begins.
struct Silent;

impl Handshake for Silent {
    fn begin(&mut self, _: Role, _: Instant, _: &mut Vec<Step>) {}
    fn take(&mut self, _: &[u8], _: Instant, _: &mut Vec<Step>) {}
    fn deadline(&self) -> Option<Instant> {
        None
    }
    fn expire(&mut self, _: Instant, _: &mut Vec<Step>) {}
}

/// Whoever seeks finds nobody by what nobody has proved.
fn seek(octets: &[u8]) {
    let words = |ufrag: &str| IceCredentials::new(ufrag, PASSWORD);
    let (Some(ours), Some(theirs)) = (words("AbCdEfGh"), words("8hhY")) else {
        return;
    };
    let from = std::net::SocketAddr::from(([192, 0, 2, 1], 4_000));
    let (now, mut out) = (Instant::from_millis(1), Vec::new());
    let mut transport = Transport::new(ours.clone(), Silent);
    let to = vec![from];
    transport.handle(Input::Waits(Ways { ours, theirs, to }), now, &mut out);
    let octets = octets.to_vec();
    transport.handle(Input::Datagram { from, octets }, now, &mut out);
    let sends = |output: &Output| matches!(output, Output::Send { .. });
    assert!(out.iter().all(sends), "{out:?}");
}

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
    assert!(!message.is_proved_by(PASSWORD), "nobody has the password");
    seek(octets);
});
