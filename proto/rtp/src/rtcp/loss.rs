//! Asking for a whole picture, and whom feedback is meant for (RFC 4585 section 6.1).

use super::{kind, word};

/// Octets of a question for a whole picture: an empty report, and the question.
pub const PICTURE_LOSS_BYTES: usize = 8 + 12;

/// Writes at the beginning of a buffer that `own` lost a picture of `maker` (PLI, RFC 4585 section
/// 6.3.1), behind an empty report; its octets, or `None` where there is less room than
/// [`PICTURE_LOSS_BYTES`].
#[must_use]
pub fn picture_loss(buffer: &mut [u8], own: u32, maker: u32) -> Option<usize> {
    let room = buffer.first_chunk_mut::<PICTURE_LOSS_BYTES>()?;
    let [a, b, c, d] = own.to_be_bytes();
    let [e, f, g, h] = maker.to_be_bytes();
    *room = [
        0x80,
        kind::RECEIVER_REPORT,
        0,
        1,
        a,
        b,
        c,
        d, // no blocks
        0x81,
        kind::PAYLOAD_FEEDBACK,
        0,
        2,
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
    ];
    Some(PICTURE_LOSS_BYTES)
}

/// The source that a packet of feedback is about: the one in its head, or where that is none, as in
/// a request for a whole picture (FIR, RFC 5104 section 4.3.1) and an estimate of the bandwidth
/// (REMB), the first in its list.
#[must_use]
pub fn feedback_source(packet: &[u8]) -> Option<u32> {
    let named = |source: &u32| *source != 0;
    let listed = sources(packet).next().and_then(|at| word(packet, at));
    word(packet, 8).filter(named).or(listed).filter(named)
}

/// Where the sources stand that a packet of feedback lists.
pub(super) fn sources(packet: &[u8]) -> impl Iterator<Item = usize> + use<> {
    let (first, step) = match packet {
        [first, kind::PAYLOAD_FEEDBACK, ..] => match first & 0x1f {
            FULL_INTRA_REQUEST => (12, 8),
            APPLICATION if packet.get(12..16) == Some(&b"REMB"[..]) => (20, 4),
            _ => (packet.len(), 4),
        },
        _ => (packet.len(), 4),
    };
    let end = packet.len().saturating_sub(3);
    (first..end).step_by(step)
}

/// Format of a request for a whole picture.
const FULL_INTRA_REQUEST: u8 = 4;

/// Format of what an application says.
const APPLICATION: u8 = 15;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rtcp::packets;

    #[test]
    fn a_question_for_a_whole_picture_is_a_compound_that_names_both() {
        let mut buffer = [0; PICTURE_LOSS_BYTES];
        let length = picture_loss(&mut buffer, 7, 9).unwrap();
        assert_eq!(packets(&buffer[..length]).unwrap().count(), 2);
        assert_eq!(feedback_source(&buffer[8..]), Some(9));
        assert_eq!(picture_loss(&mut buffer[1..], 7, 9), None);
    }

    // rfc: 5104 §4.3.1
    #[test]
    fn a_request_and_an_estimate_name_their_sources_in_a_list() {
        let mut fir = vec![0x84, 206, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0];
        fir.extend([0, 0, 0, 9, 1, 0, 0, 0]);
        assert_eq!(feedback_source(&fir), Some(9));
        let mut remb = vec![0x8f, 206, 0, 5, 0, 0, 0, 7, 0, 0, 0, 0];
        remb.extend(*b"REMB");
        remb.extend([1, 0x13, 0x80, 0, 0, 0, 0, 8]);
        assert_eq!(feedback_source(&remb), Some(8));
        assert_eq!(feedback_source(&[0x8f, 206, 0, 1, 0, 0, 0, 7]), None);
    }
}
