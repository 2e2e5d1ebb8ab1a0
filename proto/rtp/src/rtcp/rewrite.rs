//! Translating feedback (RFC 4585) from one leg's numbers to the other's.

use super::loss::sources;
use super::{kind, length, packets, word};
use crate::ReportMap;

/// How the numbers of a peer's feedback read on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// The peer's own source.
    pub from: u32,
    /// The source its stream has on the other side.
    pub to: u32,
    /// How what it says of our stream reads on the other side; `None` leaves that as it is.
    pub reports: Option<ReportMap>,
}

/// Leaves of a compound what is meant for whoever makes the stream that its sender hears: its
/// feedback, with the numbers of the other side, behind an empty report where one came first (RFC
/// 3550 section 6.1). In place; the octets that are left, 0 where there is no feedback in it or
/// it is malformed, and then nothing is changed.
#[must_use]
pub fn keep_feedback(datagram: &mut [u8], map: &Map) -> usize {
    if !packets(datagram).is_some_and(|mut all| all.any(|packet| packet.is_feedback())) {
        return 0;
    }
    let (mut read, mut kept) = (0, 0);
    while let Some(size) = datagram.get(read..).and_then(length) {
        let what = datagram.get(read + 1).copied().unwrap_or(0);
        let packet = read..read + size;
        match what {
            kind::SENDER_REPORT | kind::RECEIVER_REPORT if read == 0 => {
                kept += empty_report(datagram, map);
            }
            kind::TRANSPORT_FEEDBACK | kind::PAYLOAD_FEEDBACK => {
                rewrite(datagram.get_mut(packet.clone()).unwrap_or_default(), map);
                datagram.copy_within(packet, kept);
                kept += size;
            }
            _ => {}
        }
        read += size;
    }
    kept
}

/// Writes a receiver report without blocks at the beginning; its octets.
fn empty_report(datagram: &mut [u8], map: &Map) -> usize {
    let [a, b, c, d] = map.to.to_be_bytes();
    match datagram.first_chunk_mut() {
        Some(report) => {
            *report = [0x80, kind::RECEIVER_REPORT, 0, 1, a, b, c, d];
            report.len()
        }
        None => 0,
    }
}

fn rewrite(packet: &mut [u8], map: &Map) {
    let Some(&[first, kind, _, _]) = packet.first_chunk::<4>() else {
        return;
    };
    own_source(packet, 4, map);
    reported_source(packet, 8, map);
    for at in sources(packet) {
        reported_source(packet, at, map);
    }
    if kind == kind::TRANSPORT_FEEDBACK && usize::from(first & 0x1f) == GENERIC_NACK {
        nacks(packet, map);
    }
}

/// Format of the generic NACK (RFC 4585 section 6.2.1).
const GENERIC_NACK: usize = 1;

fn put(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(place) = bytes
        .get_mut(at..)
        .and_then(|rest| rest.first_chunk_mut::<4>())
    {
        *place = value.to_be_bytes();
    }
}

/// The peer's source becomes the other side's.
fn own_source(bytes: &mut [u8], at: usize, map: &Map) {
    if word(bytes, at) == Some(map.from) {
        put(bytes, at, map.to);
    }
}

/// Our source becomes that of our input, where it is ours.
fn reported_source(bytes: &mut [u8], at: usize, map: &Map) {
    let reports = map
        .reports
        .filter(|reports| word(bytes, at) == Some(reports.ours));
    if let Some(reports) = reports {
        put(bytes, at, reports.theirs);
    }
}

/// The packet numbers asked for again.
fn nacks(packet: &mut [u8], map: &Map) {
    let mut at = 12;
    while at + 4 <= packet.len() {
        shift_number(packet, at, map);
        at += 4;
    }
}

/// A 16 bit number of ours becomes the input's.
fn shift_number(packet: &mut [u8], at: usize, map: &Map) {
    let Some(reports) = map.reports else {
        return;
    };
    let [_, _, high, low] = reports.seq_offset.to_be_bytes();
    let offset = u16::from_be_bytes([high, low]);
    if let Some(place) = packet
        .get_mut(at..)
        .and_then(|rest| rest.first_chunk_mut::<2>())
    {
        *place = u16::from_be_bytes(*place)
            .wrapping_sub(offset)
            .to_be_bytes();
    }
}
