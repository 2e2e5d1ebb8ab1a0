//! Via: the road a request took (RFC 3261 §20.42, RFC 3581 `rport`).

use crate::limits::Limits;
use crate::problem::Problem;
use crate::text::{self, Params};
use crate::uri::Host;
use crate::uri::parse::{host_and_port, v6};

/// The prefix of branches made by RFC 3261 (§8.1.1.7).
pub const BRANCH_COOKIE: &str = "z9hG4bK";

/// A view of one Via value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport as written (`UDP`, `TCP`, `TLS`, any token).
    pub transport: &'a str,
    /// The host of `sent-by`.
    pub host: Host<'a>,
    /// The port of `sent-by`.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
    branch: Option<&'a str>,
    rport: Option<Option<u16>>,
    received: Option<&'a str>,
    text: &'a str,
}

impl<'a> Via<'a> {
    /// Reads one Via value with the default limits.
    ///
    /// # Errors
    /// 400 when it breaks the grammar; 505 when the protocol is not SIP/2.0.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        Self::parse_within(text, Limits::DEFAULT.params)
    }

    pub(crate) fn parse_within(text: &'a str, limit: usize) -> Result<Self, Problem> {
        let bad = |rule| Problem::bad("Via", rule);
        let text = text::trim(text);
        let bytes = text.as_bytes();
        let start = protocol_end(bytes)?;
        let length = text::token_length(&bytes[start..]);
        let transport = &text[start..start + length];
        let after = start + length;
        let sent_by = text::skip_spaces(bytes, after);
        if length == 0 || sent_by == after {
            return Err(bad(
                "the transport must be followed by a space and the host",
            ));
        }
        let end = sent_by_end(bytes, sent_by);
        let (host, port) = sent_by_of(text::trim(&text[sent_by..end])).map_err(bad)?;
        let params = &text[end..];
        let (mut branch, mut rport, mut received) = (None, None, None);
        let mut twice = false;
        text::walk_params(params, limit, |name, value| match name.len() {
            6 if name.eq_ignore_ascii_case("branch") => {
                twice |= branch.is_some();
                branch = value;
            }
            5 if rport.is_none() && name.eq_ignore_ascii_case("rport") => {
                rport = Some(value.and_then(|digits| digits.parse().ok()));
            }
            8 if received.is_none() && name.eq_ignore_ascii_case("received") => received = value,
            _ => {}
        })
        .map_err(bad)?;
        if twice {
            // two readers that chose differently would see two transactions (RFC 3261 §7.3.1)
            return Err(bad("the branch must be given once"));
        }
        let params = Params::new(params);
        Ok(Self {
            transport,
            host,
            port,
            params,
            branch,
            rport,
            received,
            text,
        })
    }

    /// The whole value as written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// The `branch` parameter.
    #[must_use]
    pub const fn branch(&self) -> Option<&'a str> {
        self.branch
    }

    /// Whether the branch was made by RFC 3261 and holds more than the cookie, so that it alone
    /// names the transaction (§17.2.3).
    #[must_use]
    pub fn has_unique_branch(&self) -> bool {
        let cookie = BRANCH_COOKIE.len();
        self.branch.is_some_and(|branch| {
            branch.len() > cookie
                && branch.is_char_boundary(cookie)
                && branch[..cookie].eq_ignore_ascii_case(BRANCH_COOKIE)
        })
    }

    /// `rport`: absent, asked for (`Some(None)`) or filled (RFC 3581).
    #[must_use]
    pub const fn rport(&self) -> Option<Option<u16>> {
        self.rport
    }

    /// `received` as written.
    #[must_use]
    pub const fn received(&self) -> Option<&'a str> {
        self.received
    }

    /// `received` as an address, with or without brackets around IPv6 (RFC 5118 §4.5).
    #[must_use]
    pub fn received_address(&self) -> Option<std::net::IpAddr> {
        let text = self.received?;
        let inner = text
            .strip_prefix('[')
            .and_then(|t| t.strip_suffix(']'))
            .unwrap_or(text);
        inner
            .parse()
            .ok()
            .or_else(|| v6(inner).map(std::net::IpAddr::V6))
    }

    /// `maddr` as written.
    #[must_use]
    pub fn maddr(&self) -> Option<&'a str> {
        self.params.get("maddr")
    }

    /// `ttl`, 0 to 255.
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.params.get("ttl").and_then(|text| text.parse().ok())
    }
}

/// Past `SIP / 2.0 /` and the spaces after it.
fn protocol_end(bytes: &[u8]) -> Result<usize, Problem> {
    if let Some(rest) = bytes.strip_prefix(b"SIP/2.0/") {
        return Ok(text::skip_spaces(rest, 0) + 8);
    }
    let bad = Problem::bad("Via", "must begin with SIP/2.0 and a transport");
    let mut at = 0;
    for part in [&b"SIP"[..], &b"2.0"[..]] {
        let length = text::token_length(&bytes[at..]);
        if !bytes[at..at + length].eq_ignore_ascii_case(part) {
            return Err(bad);
        }
        at = text::skip_spaces(bytes, at + length);
        if bytes.get(at) != Some(&b'/') {
            return Err(bad);
        }
        at = text::skip_spaces(bytes, at + 1);
    }
    Ok(at)
}

fn sent_by_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr(b';', &bytes[from..]).map_or(bytes.len(), |at| from + at)
}

/// `host [COLON port]`, where COLON may have spaces around it.
fn sent_by_of(text: &str) -> Result<(Host<'_>, Option<u16>), &'static str> {
    if !text.bytes().any(text::is_space) {
        return host_and_port(text);
    }
    let colon = match text.find(']') {
        Some(close) => text[close..].find(':').map(|at| close + at),
        None => text.find(':'),
    };
    let Some(colon) = colon else {
        return Err("only parameters may follow the host");
    };
    let (host, _) = host_and_port(text::trim(&text[..colon]))?;
    let port = text::trim(&text[colon + 1..]);
    let all_digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(port) if all_digits => Ok((host, Some(port))),
        Ok(_) | Err(_) => Err("port must be a number up to 65535"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn via(text: &str) -> Via<'_> {
        Via::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn an_ordinary_via_shows_its_parts() {
        let via = via("SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKabc;rport;received=192.0.2.9");
        assert_eq!(via.transport, "UDP");
        assert_eq!(via.host.to_string(), "192.0.2.1");
        assert_eq!(via.port, Some(5070));
        assert_eq!(via.branch(), Some("z9hG4bKabc"));
        assert!(via.has_unique_branch());
        assert_eq!(via.rport(), Some(None));
        assert_eq!(via.received_address(), Some("192.0.2.9".parse().unwrap()));
    }

    #[test]
    fn spaces_may_stand_around_every_separator() {
        let via = via("SIP  / 2.0 /  TCP     spindle.example.com ; branch = z9hG4bK9 ; ttl=5");
        assert_eq!(via.transport, "TCP");
        assert_eq!(via.host, Host::Name("spindle.example.com"));
        assert_eq!(via.branch(), Some("z9hG4bK9"));
        assert_eq!(via.ttl(), Some(5));
        assert_eq!(
            Via::parse("SIP/2.0/UDP [::1] : 5062").unwrap().port,
            Some(5062)
        );
        assert_eq!(
            Via::parse("SIP/2.0/UDP host : 5062;x").unwrap().port,
            Some(5062)
        );
    }

    // rfc: 3261 §8.1.1.7
    #[test]
    fn a_bare_cookie_is_no_unique_branch() {
        assert!(!via("SIP/2.0/UDP h;branch=z9hG4bK").has_unique_branch());
        assert!(!via("SIP/2.0/UDP h;branch=390skdjuw").has_unique_branch());
        assert!(!via("SIP/2.0/UDP h").has_unique_branch());
        assert_eq!(via("SIP/2.0/UDP h;rport=5061").rport(), Some(Some(5061)));
        assert_eq!(via("SIP/2.0/UDP h").rport(), None);
    }

    #[test]
    fn broken_vias_are_refused() {
        for text in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0/UDP ",
            "SIP/2.0 host",
            "SIP/3.0/UDP host",
            "HTTP/2.0/UDP host",
            "SIP/2.0/UDP host;;",
            "SIP/2.0/UDP host port",
            "SIP/2.0/UDP host : x",
            "SIP/2.0/UDP 2001:db8::1",
            "SIP/2.0/UDP host;branch=",
            "SIP/2.0/UDP host,",
            "SIP/2.0/UDP host;branch=z9hG4bK1;BRANCH=z9hG4bK2",
        ] {
            assert_eq!(Via::parse(text).expect_err(text).status, 400);
        }
    }
}
