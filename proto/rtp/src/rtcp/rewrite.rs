//! Translating RTCP from one leg's numbers to the other's.

use super::{REPORT_BLOCK_BYTES, SENDER_REPORT_BYTES, kind, length, packets, word};
use crate::ReportMap;

/// How the numbers of a peer's RTCP read on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// The peer's own source.
    pub from: u32,
    /// The source its stream has on the other side.
    pub to: u32,
    /// Timestamps on the other side minus the peer's, modulo 2^32.
    pub ts_offset: u32,
    /// How its reports on what we sent it read on the other side; `None` drops nothing but leaves
    /// them as they are.
    pub reports: Option<ReportMap>,
}

/// Rewrites a compound packet in place; false, and nothing changed, when it is malformed.
///
/// Sources in reports, descriptions, goodbyes, feedback and extended reports are translated, the
/// timestamp of sender reports and the highest number of report blocks shifted. NTP times and
/// counts stay, so that round trips are still measured end to end.
#[must_use]
pub fn rewrite_rtcp(datagram: &mut [u8], map: &Map) -> bool {
    if packets(datagram).is_none() {
        return false;
    }
    let mut rest = datagram;
    while let Some((packet, behind)) = split_mut(rest) {
        rewrite_packet(packet, map);
        rest = behind;
    }
    true
}

fn split_mut(bytes: &mut [u8]) -> Option<(&mut [u8], &mut [u8])> {
    let length = length(bytes)?;
    bytes.split_at_mut_checked(length)
}

fn rewrite_packet(packet: &mut [u8], map: &Map) {
    let Some(&[first, kind, _, _]) = packet.first_chunk::<4>() else {
        return;
    };
    let count = usize::from(first & 0x1f);
    match kind {
        kind::SENDER_REPORT => {
            own_source(packet, 4, map);
            if let Some(ts) = word(packet, 16) {
                put(packet, 16, ts.wrapping_add(map.ts_offset));
            }
            report_blocks(packet, SENDER_REPORT_BYTES, count, map);
        }
        kind::RECEIVER_REPORT => {
            own_source(packet, 4, map);
            report_blocks(packet, 8, count, map);
        }
        kind::SOURCE_DESCRIPTION => description(packet, count, map),
        kind::BYE => (0..count).for_each(|index| own_source(packet, 4 + 4 * index, map)),
        kind::APPLICATION => own_source(packet, 4, map),
        kind::TRANSPORT_FEEDBACK | kind::PAYLOAD_FEEDBACK => {
            own_source(packet, 4, map);
            reported_source(packet, 8, map);
            if kind == kind::TRANSPORT_FEEDBACK && count == GENERIC_NACK {
                nacks(packet, map);
            }
        }
        kind::EXTENDED_REPORT => {
            own_source(packet, 4, map);
            extended_blocks(packet, map);
        }
        _ => {}
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

/// Our source becomes that of our input; true when it was ours.
fn reported_source(bytes: &mut [u8], at: usize, map: &Map) -> bool {
    let reports = map
        .reports
        .filter(|reports| word(bytes, at) == Some(reports.ours));
    if let Some(reports) = reports {
        put(bytes, at, reports.theirs);
    }
    reports.is_some()
}

fn report_blocks(packet: &mut [u8], start: usize, count: usize, map: &Map) {
    for index in 0..count {
        let at = start + index * REPORT_BLOCK_BYTES;
        if !reported_source(packet, at, map) {
            continue;
        }
        if let (Some(highest), Some(reports)) = (word(packet, at + 8), map.reports) {
            put(packet, at + 8, input_number(highest, &reports));
        }
    }
}

/// An extended number of ours as the input counts. One from before the input began is told as
/// the one before its first.
fn input_number(ours: u32, reports: &ReportMap) -> u32 {
    let theirs = ours.wrapping_sub(reports.seq_offset);
    if theirs.wrapping_sub(reports.first) > u32::MAX / 2 {
        return reports.first.wrapping_sub(1);
    }
    theirs
}

/// Chunks: a source and items, ended by a null and filled up to 32 bits (RFC 3550 section 6.5).
fn description(packet: &mut [u8], count: usize, map: &Map) {
    let mut at = 4;
    for _ in 0..count {
        own_source(packet, at, map);
        at += 4;
        while let Some(&item) = packet.get(at) {
            if item == 0 {
                break;
            }
            let Some(&length) = packet.get(at + 1) else {
                return;
            };
            at += 2 + usize::from(length);
        }
        at = (at / 4 + 1) * 4;
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

/// Blocks of an extended report (RFC 3611 section 3) that name a source: loss and duplicate run
/// lengths, receipt times, statistics (with a range of numbers), and VoIP metrics. The reply to a
/// receiver's time (type 5) lists the peer's view of receivers and is translated entry by entry.
fn extended_blocks(packet: &mut [u8], map: &Map) {
    let mut at = 8;
    while let Some(&[kind, _, high, low]) = packet.get(at..).and_then(|p| p.first_chunk::<4>()) {
        let end = at + 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        if end > packet.len() {
            return;
        }
        match kind {
            1 | 2 | 3 | 6 if at + 12 <= end && reported_source(packet, at + 4, map) => {
                shift_number(packet, at + 8, map);
                shift_number(packet, at + 10, map);
            }
            7 if at + 8 <= end => {
                reported_source(packet, at + 4, map);
            }
            5 => {
                for entry in (at + 4..end).step_by(12) {
                    reported_source(packet, entry, map);
                }
            }
            _ => {}
        }
        at = end;
    }
}
