//! Equivalence of URIs (RFC 3261 §19.1.4, RFC 3966 §4).

use super::{Scheme, Uri, unescaped_bytes};
use crate::text::Params;

pub(super) fn equivalent(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    match (a.scheme, b.scheme) {
        (Scheme::Sip, Scheme::Sip) | (Scheme::Sips, Scheme::Sips) => sip(a, b),
        (Scheme::Tel, Scheme::Tel) => {
            a.tel_number().map(|n| n.to_ascii_lowercase())
                == b.tel_number().map(|n| n.to_ascii_lowercase())
                && same_params(&a.params, &b.params)
        }
        (Scheme::Other(_), Scheme::Other(_)) => a.as_str() == b.as_str(),
        (Scheme::Sip | Scheme::Sips | Scheme::Tel | Scheme::Other(_), _) => false,
    }
}

fn sip(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    let part = |x: Option<&str>, y: Option<&str>| match (x, y) {
        (Some(x), Some(y)) => same_text(x, y, true),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    part(a.user, b.user)
        && part(a.password, b.password)
        && a.host.matches(&b.host)
        && a.port == b.port
        && sip_params(&a.params, &b.params)
        && headers(a.headers, b.headers)
}

/// An escaped character equals the plain one, save where the plain one is reserved.
fn same_text(a: &str, b: &str, case: bool) -> bool {
    if !a.contains('%') && !b.contains('%') {
        return if case {
            a == b
        } else {
            a.eq_ignore_ascii_case(b)
        };
    }
    let (a, b) = (unescaped_bytes(a), unescaped_bytes(b));
    if case {
        a == b
    } else {
        a.eq_ignore_ascii_case(&b)
    }
}

/// `user`, `ttl`, `method`, `maddr` and `transport` must be in both or neither; any other
/// parameter counts only when both have it.
fn sip_params(a: &Params<'_>, b: &Params<'_>) -> bool {
    let strict = ["user", "ttl", "method", "maddr", "transport"];
    let covers = |from: &Params<'_>, to: &Params<'_>| {
        from.iter().all(|(name, value)| match to.raw(name) {
            Some(other) => same_text(value.unwrap_or_default(), other, false),
            None => !strict.iter().any(|known| known.eq_ignore_ascii_case(name)),
        })
    };
    covers(a, b) && covers(b, a)
}

fn same_params(a: &Params<'_>, b: &Params<'_>) -> bool {
    let covers = |from: &Params<'_>, to: &Params<'_>| {
        from.iter().all(|(name, value)| {
            to.raw(name)
                .is_some_and(|other| same_text(value.unwrap_or_default(), other, false))
        })
    };
    covers(a, b) && covers(b, a)
}

/// Headers are never ignored: the same set, in any order.
fn headers(a: Option<&str>, b: Option<&str>) -> bool {
    let list = |text: Option<&str>| {
        let mut list: Vec<(String, Vec<u8>)> = text
            .unwrap_or_default()
            .split('&')
            .filter(|header| !header.is_empty())
            .map(|header| {
                let (name, value) = header.split_once('=').unwrap_or((header, ""));
                (name.to_ascii_lowercase(), unescaped_bytes(value))
            })
            .collect();
        list.sort();
        list
    };
    a == b || list(a) == list(b)
}
