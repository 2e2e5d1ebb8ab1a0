//! Keys and packets, as the tests of this crate want them.
#![allow(dead_code, clippy::unwrap_used)]

use proptest::prelude::*;
use srtp::{MAX_GROWTH, MasterKey, Problem, Receiver, Sender, Suite};

/// Octets of a header without sources and extension.
pub(crate) const HEADER: usize = 12;

/// A key whose octets are made of one.
pub(crate) fn key(suite: Suite, first: u8) -> MasterKey {
    let octets: Vec<u8> = (first..).take(suite.master_bytes()).collect();
    MasterKey::new(suite, &octets).unwrap()
}

/// Both ends under one key.
pub(crate) fn ends(suite: Suite) -> (Sender, Receiver) {
    let key = key(suite, 11);
    (Sender::new(&key), Receiver::new(&key))
}

/// A packet of RTP.
pub(crate) fn rtp(ssrc: u32, seq: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend_from_slice(&seq.to_be_bytes());
    packet.extend_from_slice(&[0, 0, 0, 160]);
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend_from_slice(payload);
    packet
}

/// A packet of RTCP.
pub(crate) fn rtcp(ssrc: u32, rest: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend_from_slice(rest);
    packet
}

/// Which of the two protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Rtp,
    Rtcp,
}

/// A packet, protected.
pub(crate) fn protect(
    sender: &mut Sender,
    which: Protocol,
    packet: &[u8],
) -> Result<Vec<u8>, Problem> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_GROWTH, 0xa5);
    let length = match which {
        Protocol::Rtp => sender.protect_rtp(&mut buffer, packet.len()),
        Protocol::Rtcp => sender.protect_rtcp(&mut buffer, packet.len()),
    }?;
    buffer.truncate(length);
    Ok(buffer)
}

/// A packet, unprotected.
pub(crate) fn unprotect(
    receiver: &mut Receiver,
    which: Protocol,
    packet: &[u8],
) -> Result<Vec<u8>, Problem> {
    let mut buffer = packet.to_vec();
    let length = match which {
        Protocol::Rtp => receiver.unprotect_rtp(&mut buffer),
        Protocol::Rtcp => receiver.unprotect_rtcp(&mut buffer),
    }?;
    buffer.truncate(length);
    Ok(buffer)
}

/// Any suite.
pub(crate) fn suites() -> impl Strategy<Value = Suite> {
    prop::sample::select(Suite::ALL.to_vec())
}

/// Any packet of RTP, with the length of its header: contributing sources and an extension or not.
pub(crate) fn rtp_packets() -> impl Strategy<Value = (Vec<u8>, usize)> {
    let sources = prop::collection::vec(any::<u32>(), 0..16);
    let extension = prop::option::of(prop::collection::vec(any::<u32>(), 0..8));
    let payload = prop::collection::vec(any::<u8>(), 0..300);
    let numbers = (any::<u32>(), any::<u16>(), any::<u8>());
    (numbers, sources, extension, payload).prop_map(|(numbers, sources, extension, payload)| {
        let (ssrc, seq, kind) = numbers;
        let mut packet = rtp(ssrc, seq, &[]);
        packet[0] |= u8::try_from(sources.len()).unwrap();
        packet[1] = kind;
        packet.extend(sources.iter().flat_map(|source| source.to_be_bytes()));
        if let Some(words) = extension {
            packet[0] |= 0x10;
            packet.extend_from_slice(&[0xbe, 0xde]);
            packet.extend_from_slice(&u16::try_from(words.len()).unwrap().to_be_bytes());
            packet.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        }
        let header = packet.len();
        packet.extend_from_slice(&payload);
        (packet, header)
    })
}

/// Any packet of RTCP.
pub(crate) fn rtcp_packets() -> impl Strategy<Value = Vec<u8>> {
    let rest = prop::collection::vec(any::<u8>(), 0..200);
    (any::<u32>(), rest).prop_map(|(ssrc, rest)| rtcp(ssrc, &rest))
}
