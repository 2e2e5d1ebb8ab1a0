//! Streams of frames that are nearly right: refused or understood, never a panic, never more held
//! than the bound.
#![allow(clippy::unwrap_used)]

use machine::harness::Spoiler;
use sip_message::web_socket::{Assembly, Opcode, Opening, Origins, Piece, encode};

const MOST: usize = 4_096;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// Frames of every kind, in an order that can be.
fn stream() -> Vec<u8> {
    let mask = Some([1, 2, 3, 4]);
    let mut begun = encode(Opcode::Text, b"OPTIONS sip:", mask);
    begun[0] &= 0x7f;
    let frames = [
        encode(Opcode::Binary, &[7; 300], mask),
        begun,
        encode(Opcode::Ping, b"there?", mask),
        encode(Opcode::Continuation, b"a SIP/2.0", mask),
        encode(Opcode::Pong, b"", mask),
        encode(Opcode::Text, &[b'x'; 126], mask),
        encode(Opcode::Close, &[3, 232], mask),
    ];
    frames.concat()
}

#[test]
fn spoilt_frames_are_refused_or_understood_within_the_bound() {
    let stream = stream();
    let mut spoiler = Spoiler::new(7_118);
    let (mut understood, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let spoilt = spoiler.spoil(&[&stream]);
        let mut assembly = Assembly::new(MOST);
        for part in spoilt.chunks(97) {
            assembly.push(part);
            while let Some(next) = assembly.next() {
                match next {
                    Ok(Piece::Message(octets)) => {
                        assert!(octets.len() <= MOST);
                        understood += 1;
                    }
                    Ok(Piece::Ping(octets)) => assert!(octets.len() <= 125),
                    Ok(Piece::Pong | Piece::Close(_)) => {}
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(
        understood > 1_000 && refused > 1_000,
        "{understood} {refused}"
    );
}

#[test]
fn spoilt_openings_are_refused_or_answered() {
    let mut spoiler = Spoiler::new(6_455);
    let (mut opened, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let spoilt = spoiler.spoil(&[REQUEST]);
        let mut opening = Opening::default();
        let origins = Origins::default();
        let answer = spoilt
            .chunks(61)
            .find_map(|part| opening.push(part, &origins));
        match answer {
            Some(Ok(_)) => opened += 1,
            Some(Err(_)) => refused += 1,
            None => {}
        }
    }
    assert!(opened > 100 && refused > 1_000, "{opened} {refused}");
}
