//! An address of HTTP that a company names: where events go, where a stream of music comes from.

/// Longest address, in octets.
pub(crate) const URL_MAX: usize = 2_048;

/// Whether a text is such an address: `http` or `https`, a host, no user name, no fragment, and
/// nothing that is not printable ASCII.
pub(crate) fn is_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    url.len() <= URL_MAX
        && url
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\')
        && host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn an_address_has_a_scheme_of_http_and_a_host_and_no_user() {
        for good in [
            "http://radio.example/",
            "https://radio.example:8000/live?x=1",
        ] {
            assert!(is_url(good), "{good}");
        }
        let long = format!("http://radio.example/{}", "x".repeat(2_100));
        for bad in [
            "radio.example",
            "ftp://radio.example",
            "http://",
            "http://u:p@h/",
            &long,
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }
}
