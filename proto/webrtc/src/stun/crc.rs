//! The sum of the attribute FINGERPRINT (RFC 8489 section 14.7).

/// What the sum is laid over with, so that it differs from that of another protocol within.
const OVERLAY: u32 = 0x5354_554e;

/// The sum of these octets: CRC-32 of ITU V.42, laid over.
pub(super) fn sum(octets: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for octet in octets {
        crc ^= u32::from(*octet);
        for _ in 0..8 {
            let odd = crc & 1 == 1;
            crc >>= 1;
            if odd {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc ^ OVERLAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_polynomial_is_met() {
        assert_eq!(sum(b"123456789") ^ OVERLAY, 0xcbf4_3926);
        assert_eq!(sum(b"") ^ OVERLAY, 0);
    }
}
