//! Programs that look for victims, by the name they give themselves.

/// What the User-Agent of a scanner begins with, compared without regard to case. Whoever is clever
/// changes it; most are not.
pub const SCANNERS: [&str; 11] = [
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sip-scan",
    "sipcli",
    "sipsak",
    "sundayddr",
    "smap",
    "pplsip",
    "vaxsipuseragent",
    "iwar",
];

/// Whether a User-Agent is one of those that `begins` lists.
pub(crate) fn is_listed(agent: &str, begins: &[String]) -> bool {
    let agent = agent.trim_start().as_bytes();
    begins.iter().any(|begin| {
        let head = agent.get(..begin.len());
        !begin.is_empty() && head.is_some_and(|head| head.eq_ignore_ascii_case(begin.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_is_known_by_how_its_name_begins() {
        let listed = SCANNERS.map(str::to_owned);
        for agent in [
            "friendly-scanner",
            "sipcli/v1.8",
            "VaxSIPUserAgent/3.1",
            " SIPVicious",
        ] {
            assert!(is_listed(agent, &listed), "{agent}");
        }
        for agent in [
            "",
            "Yealink SIP-T54W 96.86",
            "baresip v3.1.0",
            "my friendly-scanner",
        ] {
            assert!(!is_listed(agent, &listed), "{agent}");
        }
        assert!(!is_listed("Yealink", &[String::new()]));
    }
}
