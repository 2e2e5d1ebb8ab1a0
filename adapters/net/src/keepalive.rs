//! Datagrams that only keep a NAT's mapping open.

/// The answer to a double CRLF on a stream (RFC 5626 §3.5.1).
pub(crate) const PONG: &[u8] = b"\r\n";

/// Whether a datagram says nothing: no octets, or CR, LF, NUL and blanks only, as phones send them.
pub(crate) fn is_idle_talk(datagram: &[u8]) -> bool {
    datagram
        .iter()
        .all(|octet| matches!(octet, b'\r' | b'\n' | 0 | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_nothing_are_idle_talk_and_a_message_is_not() {
        assert!(is_idle_talk(b""));
        assert!(is_idle_talk(b"\r\n\r\n"));
        assert!(is_idle_talk(&[0; 4]));
        assert!(!is_idle_talk(b"\r\nOPTIONS sip:a SIP/2.0\r\n"));
    }
}
