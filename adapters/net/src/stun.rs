//! STUN keep-alives on a SIP port: the Binding request and its answer (RFC 5389, RFC 5626 §3.5.2).

use std::net::{IpAddr, SocketAddr};

const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const BINDING_ERROR: [u8; 2] = [0x01, 0x11];
const XOR_MAPPED_ADDRESS: [u8; 2] = [0x00, 0x20];
const ERROR_CODE: [u8; 2] = [0x00, 0x09];
const UNKNOWN_ATTRIBUTES: [u8; 2] = [0x00, 0x0a];
/// Attributes below this must be understood by whoever answers (RFC 5389 §15).
const OPTIONAL: u16 = 0x8000;
/// USERNAME, MESSAGE-INTEGRITY, REALM, NONCE: known, and without meaning for a keep-alive.
const KNOWN: [u16; 4] = [0x0006, 0x0008, 0x0014, 0x0015];
/// Most unknown attributes named in an answer.
const UNKNOWN_NAMED: usize = 8;

/// Whether a datagram is STUN and not SIP: its first two bits are zero, which no SIP message
/// begins with, and the cookie is in its place (RFC 5389 §8).
pub(crate) fn is_stun(datagram: &[u8]) -> bool {
    datagram.len() >= HEADER
        && datagram.first().is_some_and(|first| first & 0xc0 == 0)
        && datagram.get(4..8) == Some(&COOKIE)
}

/// The answer to a Binding request that came from `remote`; `None` for anything else.
pub(crate) fn answer(datagram: &[u8], remote: SocketAddr) -> Option<Vec<u8>> {
    let (kind, attributes) = (datagram.get(..2)?, datagram.get(HEADER..)?);
    let length = u16::from_be_bytes([*datagram.get(2)?, *datagram.get(3)?]);
    if kind != BINDING_REQUEST || usize::from(length) != attributes.len() || length % 4 != 0 {
        return None;
    }
    let identifier = datagram.get(8..HEADER)?;
    let unknown = unknown_attributes(attributes)?;
    let (kind, body) = if unknown.is_empty() {
        (BINDING_SUCCESS, mapped(remote, identifier))
    } else {
        (BINDING_ERROR, refused(&unknown))
    };
    let mut out = Vec::with_capacity(HEADER + body.len());
    out.extend(kind);
    out.extend(u16::try_from(body.len()).ok()?.to_be_bytes());
    out.extend(COOKIE);
    out.extend(identifier);
    out.extend(body);
    Some(out)
}

/// The attributes that had to be understood and are not; `None` when they overrun the message.
fn unknown_attributes(mut attributes: &[u8]) -> Option<Vec<u16>> {
    let mut unknown = Vec::new();
    while !attributes.is_empty() {
        let kind = u16::from_be_bytes([*attributes.first()?, *attributes.get(1)?]);
        let length = u16::from_be_bytes([*attributes.get(2)?, *attributes.get(3)?]);
        let padded = usize::from(length).next_multiple_of(4);
        attributes = attributes.get(4 + padded..)?;
        if kind < OPTIONAL && !KNOWN.contains(&kind) && unknown.len() < UNKNOWN_NAMED {
            unknown.push(kind);
        }
    }
    Some(unknown)
}

/// XOR-MAPPED-ADDRESS (RFC 5389 §15.2).
fn mapped(remote: SocketAddr, identifier: &[u8]) -> Vec<u8> {
    let mask: Vec<u8> = COOKIE.iter().chain(identifier).copied().collect();
    let octets = match remote.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let family = if remote.is_ipv4() { 1 } else { 2 };
    let mut value = vec![0, family];
    value.extend(
        remote
            .port()
            .to_be_bytes()
            .iter()
            .zip(&mask)
            .map(|(a, b)| a ^ b),
    );
    value.extend(octets.iter().zip(&mask).map(|(a, b)| a ^ b));
    attribute(XOR_MAPPED_ADDRESS, &value)
}

/// 420 Unknown Attribute with their list (RFC 5389 §15.6, §15.9).
fn refused(unknown: &[u16]) -> Vec<u8> {
    let mut code = vec![0, 0, 4, 20];
    code.extend(b"Unknown Attribute");
    let list: Vec<u8> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
    let mut body = attribute(ERROR_CODE, &code);
    body.extend(attribute(UNKNOWN_ATTRIBUTES, &list));
    body
}

fn attribute(kind: [u8; 2], value: &[u8]) -> Vec<u8> {
    let mut out = kind.to_vec();
    out.extend(u16::try_from(value.len()).unwrap_or(0).to_be_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut out = vec![0, 1];
        out.extend(u16::try_from(attributes.len()).unwrap().to_be_bytes());
        out.extend(COOKIE);
        // the transaction id of the samples in RFC 5769 §2.2 and §2.3
        out.extend([
            0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
        ]);
        out.extend(attributes);
        out
    }

    #[test]
    fn a_binding_request_is_answered_with_the_address_of_rfc_5769_section_2_2() {
        let remote = "192.0.2.1:32853".parse().unwrap();
        let answer = answer(&request(&[]), remote).unwrap();
        assert_eq!(answer[..4], [0x01, 0x01, 0x00, 0x0c]);
        assert_eq!(answer[4..20], request(&[])[4..20]);
        let expected = [
            0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
        ];
        assert_eq!(answer[20..], expected);
    }

    #[test]
    fn a_v6_address_is_masked_with_the_transaction_too_as_in_rfc_5769_section_2_3() {
        let remote = "[2001:db8:1234:5678:11:2233:4455:6677]:32853"
            .parse()
            .unwrap();
        let answer = answer(&request(&[]), remote).unwrap();
        let expected = [
            0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3,
            0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
        ];
        assert_eq!(answer[20..], expected);
    }

    #[test]
    fn an_attribute_that_must_be_understood_and_is_not_is_refused_by_its_number() {
        let remote = "192.0.2.1:1".parse().unwrap();
        let answer = answer(&request(&[0x00, 0x24, 0, 1, 7, 0, 0, 0]), remote).unwrap();
        assert_eq!(answer[..2], BINDING_ERROR);
        assert_eq!(
            usize::from(u16::from_be_bytes([answer[2], answer[3]])),
            answer.len() - 20
        );
        assert_eq!(answer[24..28], [0, 0, 4, 20]);
        assert_eq!(answer[answer.len() - 8..], [0, 10, 0, 2, 0, 0x24, 0, 0]);
    }

    #[test]
    fn optional_attributes_and_credentials_do_not_matter() {
        let remote = "192.0.2.1:1".parse().unwrap();
        let software = [
            0x80, 0x22, 0, 2, b'x', b'y', 0, 0, 0x00, 0x06, 0, 1, b'u', 0, 0, 0,
        ];
        assert_eq!(
            answer(&request(&software), remote).unwrap()[..2],
            BINDING_SUCCESS
        );
    }

    #[test]
    fn what_is_cut_short_or_no_request_gets_no_answer() {
        let remote = "192.0.2.1:1".parse().unwrap();
        let whole = request(&[0x80, 0x22, 0, 4, 1, 2, 3, 4]);
        for cut in 0..whole.len() {
            assert_eq!(answer(&whole[..cut], remote), None, "cut at {cut}");
        }
        let mut indication = request(&[]);
        indication[1] = 0x11;
        assert_eq!(answer(&indication, remote), None);
        assert_eq!(
            answer(&request(&[0x80, 0x22, 0, 9, 1, 2, 3, 4]), remote),
            None
        );
    }

    #[test]
    fn a_spoilt_request_gets_a_whole_answer_to_its_own_transaction_or_none() {
        let samples = [
            request(&[]),
            request(&[0x00, 0x24, 0, 1, 7, 0, 0, 0]),
            request(&[
                0x80, 0x22, 0, 2, b'x', b'y', 0, 0, 0x00, 0x06, 0, 1, b'u', 0, 0, 0,
            ]),
        ];
        let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
        let remote = "[2001:db8::7]:5060".parse().unwrap();
        let mut spoiler = machine::harness::Spoiler::new(0x57);
        let mut answered = 0;
        for _ in 0..40_000 {
            let input = spoiler.spoil(&samples);
            let Some(answer) = answer(&input, remote) else {
                continue;
            };
            answered += 1;
            assert_eq!(answer.get(8..HEADER), input.get(8..HEADER));
            let length = u16::from_be_bytes([answer[2], answer[3]]);
            assert_eq!(usize::from(length), answer.len() - HEADER);
            assert!(
                answer.len() <= 80,
                "small, so that nobody is worth reflecting at"
            );
        }
        assert!(answered > 1_000, "{answered}");
    }

    #[test]
    fn a_sip_message_is_not_taken_for_stun() {
        assert!(is_stun(&request(&[])));
        assert!(!is_stun(b"REGISTER sip:example.org SIP/2.0\r\n"));
        assert!(!is_stun(b"\r\n\r\n"));
        assert!(!is_stun(&[0; 40]));
    }
}
