//! Route sets: loose and strict routing (RFC 3261 §12.2.1.1, §16.12).

use std::net::SocketAddr;

use sip_message::{NameAddr, Uri};

/// What a request inside a dialog carries.
pub(super) struct Path<'a> {
    pub(super) request_uri: &'a str,
    pub(super) routes: &'a [String],
    /// The target, put behind the routes when the first of them routes strictly.
    pub(super) appended: Option<&'a str>,
}

/// The request URI and Route values towards a target.
pub(super) fn path<'a>(target: &'a str, routes: &'a [String]) -> Path<'a> {
    match routes.split_first() {
        Some((first, rest)) if !is_loose(first) => Path {
            request_uri: uri_in(first),
            routes: rest,
            appended: Some(target),
        },
        Some(_) | None => Path {
            request_uri: target,
            routes,
            appended: None,
        },
    }
}

fn is_loose(route: &str) -> bool {
    let uri = uri_in(route);
    uri.split(';').skip(1).any(|param| {
        let name = param.split(['=', '?']).next().unwrap_or("");
        name.eq_ignore_ascii_case("lr")
    })
}

/// The URI inside a Route value.
pub(super) fn uri_in(route: &str) -> &str {
    NameAddr::parse(route).map_or(route, |address| address.uri_text)
}

/// The address that a URI names by itself; none when it names a host that must be looked up.
/// The port is the URI's or 5060.
#[must_use]
pub fn next_hop(uri: &str) -> Option<SocketAddr> {
    let uri = Uri::parse(uri).ok()?;
    let address = uri.host.address()?;
    Some(SocketAddr::new(address, uri.port.unwrap_or(5060)))
}
