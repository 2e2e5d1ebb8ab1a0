//! Tests of `header`.

#![allow(clippy::unwrap_used)]

use super::*;

const PLAIN: NewHeader = NewHeader {
    marker: true,
    pt: 101,
    seq: 0xfffe,
    ts: 0x8000_0001,
    ssrc: 0xdead_beef,
};

fn packet(payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; HEADER_BYTES];
    assert!(write_header(&mut packet, PLAIN));
    packet.extend_from_slice(payload);
    packet
}

// rfc: 3550 §5.1
#[test]
fn what_is_written_is_read() {
    let packet = packet(&[1, 2, 3]);
    let header = Header::parse(&packet).unwrap();
    assert_eq!((header.marker, header.pt, header.seq), (true, 101, 0xfffe));
    assert_eq!((header.ts, header.ssrc), (0x8000_0001, 0xdead_beef));
    assert_eq!(
        (header.csrc, header.extension, header.padding),
        (0, false, 0)
    );
    assert_eq!(header.payload(&packet), [1, 2, 3]);
    assert_eq!(header.payload_range(), 12..15);
    assert_eq!(header.payload_len(), 3);
}

// rfc: 3550 §5.1
#[test]
fn sources_extension_and_padding_are_not_payload() {
    let mut packet = packet(&[]);
    packet[0] = 0xb2;
    packet.extend_from_slice(&[0xaa; 8]);
    packet.extend_from_slice(&[0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
    packet.extend_from_slice(&[1, 2, 3, 4, 0, 2]);
    let header = Header::parse(&packet).unwrap();
    assert_eq!(
        (header.csrc, header.extension, header.padding),
        (2, true, 2)
    );
    assert_eq!(header.payload(&packet), [1, 2, 3, 4]);
}

// rfc: 3550 §5.1
#[test]
fn lengths_that_pass_the_end_are_refused() {
    let good = packet(&[0; 4]);
    assert_eq!(Header::parse(&good[..11]), None);
    let with = |first: u8, last: u8| {
        let mut bad = good.clone();
        bad[0] = first;
        *bad.last_mut().unwrap() = last;
        Header::parse(&bad)
    };
    // another version
    assert_eq!(with(0x00, 0), None);
    assert_eq!(with(0xc0, 0), None);
    // two sources in four octets
    assert!(with(0x81, 0).is_some());
    assert_eq!(with(0x82, 0), None);
    // padding of nothing, of all, of more
    assert_eq!(with(0xa0, 0), None);
    assert_eq!(with(0xa0, 4).map(|h| h.payload_len()), Some(0));
    assert_eq!(with(0xa0, 5), None);
    // an extension of one word that is not there
    assert_eq!(with(0x90, 1), None);
    assert!(with(0x90, 0).is_some());
}

#[test]
fn an_empty_payload_is_a_packet() {
    let packet = packet(&[]);
    let header = Header::parse(&packet).unwrap();
    assert_eq!(header.payload(&packet), []);
}

#[test]
fn fields_are_written_in_place_and_leave_the_others() {
    let mut packet = packet(&[7; 20]);
    set_seq(&mut packet, 5);
    set_ts(&mut packet, 6);
    set_ssrc(&mut packet, 7);
    set_pt(&mut packet, 0xff);
    let header = Header::parse(&packet).unwrap();
    assert_eq!(
        (header.seq, header.ts, header.ssrc, header.pt),
        (5, 6, 7, 127)
    );
    assert!(header.marker);
    set_marker(&mut packet, false);
    set_pt(&mut packet, 9);
    let header = Header::parse(&packet).unwrap();
    assert_eq!((header.marker, header.pt), (false, 9));
    assert_eq!(header.payload(&packet), [7; 20]);
}

#[test]
fn short_buffers_are_left_alone() {
    let mut short = [0xee; 11];
    assert!(!write_header(&mut short, PLAIN));
    set_seq(&mut short, 1);
    set_ts(&mut short, 1);
    set_ssrc(&mut short, 1);
    set_pt(&mut short, 1);
    set_marker(&mut short, true);
    assert_eq!(short, [0xee; 11]);
}
