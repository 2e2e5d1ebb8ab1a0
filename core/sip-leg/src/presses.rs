//! Key presses that a telephone tells of in signalling (INFO), in the two forms that there are:
//! `application/dtmf-relay` with lines such as `Signal=5`, and `application/dtmf` with the key
//! alone. No standard names them.

/// Octets of a body that are looked at; what is longer is no press.
const BODY_MAX: usize = 256;

/// The key that an INFO tells of: `0` to `9`, `*`, `#`, `A` to `D`.
pub(crate) fn press(content_type: &str, body: &[u8]) -> Option<char> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let body = std::str::from_utf8(body)
        .ok()
        .filter(|_| body.len() <= BODY_MAX)?;
    if kind.eq_ignore_ascii_case("application/dtmf") {
        return key(body);
    }
    if !kind.eq_ignore_ascii_case("application/dtmf-relay") {
        return None;
    }
    let mut fields = body.lines().filter_map(|line| line.split_once('='));
    let (_, signal) = fields.find(|(name, _)| name.trim().eq_ignore_ascii_case("signal"))?;
    key(signal)
}

/// One key. The star and the hash also go by the numbers that they have in RFC 4733 §3.2.
fn key(text: &str) -> Option<char> {
    let text = text.trim();
    let key = match text {
        "10" => '*',
        "11" => '#',
        _ => {
            let mut characters = text.chars();
            let first = characters.next()?.to_ascii_uppercase();
            characters.next().is_none().then_some(first)?
        }
    };
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D').then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_is_read_in_both_forms() {
        let relay = |body: &str| press("application/dtmf-relay", body.as_bytes());
        assert_eq!(relay("Signal=5\r\nDuration=160\r\n"), Some('5'));
        assert_eq!(relay("Duration= 160\nsignal = *\n"), Some('*'));
        assert_eq!(relay("Signal=11"), Some('#'));
        assert_eq!(press("Application/DTMF; x=y", b" d\r\n"), Some('D'));
    }

    #[test]
    fn what_is_no_press_is_none() {
        for body in [
            "",
            "Signal=",
            "Signal=55",
            "Signal=E",
            "Signal=!",
            "Duration=5",
        ] {
            assert_eq!(
                press("application/dtmf-relay", body.as_bytes()),
                None,
                "{body}"
            );
        }
        assert_eq!(press("text/plain", b"5"), None);
        assert_eq!(press("application/dtmf", &[b' '; 300]), None);
        assert_eq!(press("application/dtmf", &[0xff]), None);
    }
}
