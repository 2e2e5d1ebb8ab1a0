//! The page, made of the markers.

use super::marker::{Marker, State};
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "\
# Conformance

Which sections of which standards are kept, and the test that says so. This page is made by
`cargo xtask conformance` from markers above the tests (`// rfc: 3261 §8.1.1.7 …`); a page that
lags behind fails `cargo xtask tidy`. *Partly* says in which cases; *not* says what is missing.
A section that is not listed has no test of its own here, which says nothing about the code.
";

/// Titles of the standards named.
const TITLES: &[(u32, &str)] = &[
    (2617, "HTTP digest, as SIP first had it"),
    (2976, "INFO"),
    (3261, "SIP"),
    (3262, "reliable provisional responses"),
    (3263, "locating servers"),
    (3264, "offer and answer"),
    (3311, "UPDATE"),
    (3323, "privacy"),
    (3325, "asserted identity"),
    (3326, "Reason"),
    (3327, "Path"),
    (3420, "message fragments"),
    (3428, "MESSAGE"),
    (3515, "REFER"),
    (3550, "RTP"),
    (3611, "extended reports of RTCP"),
    (3551, "audio and video profile"),
    (3581, "rport"),
    (3605, "RTCP port in descriptions"),
    (3665, "basic call flows"),
    (3680, "registration events"),
    (3711, "SRTP"),
    (3840, "capabilities of user agents"),
    (3842, "message summary"),
    (3856, "presence"),
    (3891, "Replaces"),
    (3892, "Referred-By"),
    (3903, "PUBLISH"),
    (3911, "Join"),
    (3966, "tel URIs"),
    (4028, "session timers"),
    (4145, "who begins a connection"),
    (4235, "dialog events"),
    (4320, "problems of non-INVITE transactions"),
    (4475, "torture tests"),
    (4488, "REFER without subscription"),
    (4566, "descriptions"),
    (4568, "keys in descriptions"),
    (4585, "early feedback"),
    (4662, "lists of resources"),
    (4733, "telephone events"),
    (5031, "URNs of services"),
    (5057, "several usages of a dialog"),
    (5104, "requests of those who see"),
    (5118, "torture tests with IPv6"),
    (5139, "civic addresses"),
    (5389, "STUN"),
    (5393, "amplification by loops"),
    (5589, "call transfer"),
    (5626, "outbound"),
    (5627, "GRUU"),
    (5761, "RTP and RTCP on one port"),
    (5763, "SRTP by DTLS"),
    (5764, "keys of SRTP by DTLS"),
    (5769, "STUN, test vectors"),
    (5806, "Diversion"),
    (5876, "asserted identity, updated"),
    (5922, "certificates of domains"),
    (6026, "transactions, corrected"),
    (6035, "reports on the quality of voice"),
    (6086, "INFO packages"),
    (6141, "re-INVITE and target refresh"),
    (6228, "199"),
    (6347, "DTLS 1.2"),
    (6442, "location in SIP"),
    (6455, "WebSockets"),
    (6464, "audio levels"),
    (6665, "event notification"),
    (6716, "Opus"),
    (6881, "emergency calls, best practice"),
    (6979, "signatures without randomness"),
    (7044, "History-Info"),
    (7118, "SIP over WebSockets"),
    (7515, "signed texts (JWS)"),
    (7587, "Opus in RTP"),
    (7616, "digest with SHA-256"),
    (7675, "consent"),
    (7714, "SRTP in Galois/counter mode"),
    (7865, "metadata of recordings"),
    (7866, "recording sessions (SIPREC)"),
    (7983, "protocols on one port"),
    (8122, "fingerprints of certificates"),
    (8224, "Identity"),
    (8225, "PASSporT"),
    (8226, "certificates of who signs calls"),
    (8445, "ICE"),
    (8489, "STUN"),
    (8555, "ACME"),
    (8588, "SHAKEN"),
    (8599, "push"),
    (8760, "digest with SHA-256 in SIP"),
    (8827, "security of WebRTC"),
    (8839, "ICE in descriptions"),
    (8843, "bundles"),
    (8866, "descriptions"),
    (8946, "proofs of diverted calls"),
    (9111, "HTTP caching"),
    (9410, "why a proof was not taken"),
    (9773, "ACME, advice on renewals"),
];

/// The page.
pub(super) fn write(markers: &[Marker]) -> String {
    let mut page = HEAD.to_owned();
    let mut standards: BTreeMap<u32, Vec<&Marker>> = BTreeMap::new();
    for marker in markers {
        standards.entry(marker.rfc).or_default().push(marker);
    }
    page.push_str("\n| Standard | Kept | Partly | Not |\n|---|---|---|---|\n");
    for (rfc, own) in &standards {
        let count = |state| own.iter().filter(|marker| marker.state == state).count();
        let (kept, partly, not) = (count(State::Kept), count(State::Partly), count(State::Not));
        // writing to a text never fails
        let _ = writeln!(
            page,
            "| RFC {rfc}{} | {kept} | {partly} | {not} |",
            title(*rfc)
        );
    }
    for (rfc, own) in &standards {
        let _ = write!(page, "\n## RFC {rfc}{}\n\n", title(*rfc));
        page.push_str("| Section | What | State | Test |\n|---|---|---|---|\n");
        for marker in own {
            page.push_str(&row(marker));
        }
    }
    page
}

fn title(rfc: u32) -> String {
    let known = TITLES.iter().find(|(number, _)| *number == rfc);
    known.map_or_else(String::new, |(_, title)| format!(", {title}"))
}

fn row(marker: &Marker) -> String {
    let test = match marker.test.as_str() {
        "" => format!("[{}](../{})", short(&marker.path), marker.path),
        test => format!("[{test}](../{})", marker.path),
    };
    let words = marker.words.replace('|', "\\|");
    format!(
        "| {} | {words} | {} | {test} |\n",
        marker.section,
        marker.state.word()
    )
}

fn short(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::super::marker::read;
    use super::write;

    #[test]
    fn the_page_counts_the_states_and_links_each_test() {
        let text = "// rfc: 3261 §8.1\nfn f() {}\n// rfc: 3261 §9 not: no a|b\n";
        let markers: Vec<_> = read("core/a.rs", text)
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let page = write(&markers);
        assert!(page.contains("| RFC 3261, SIP | 1 | 0 | 1 |"), "{page}");
        assert!(
            page.contains("| 8.1 | f | kept | [f](../core/a.rs) |"),
            "{page}"
        );
        assert!(
            page.contains("| 9 | no a\\|b | not | [a.rs](../core/a.rs) |"),
            "{page}"
        );
    }
}
