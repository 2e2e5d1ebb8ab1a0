//! Overload control between neighbours, by loss (RFC 7339): a server asks whoever sends to it to
//! keep some of it to itself.

use std::fmt;
use std::time::Duration;

use crate::via::Via;

/// How much less a neighbour is to send for a while; part of the top Via of responses (RFC 7339
/// §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restraint {
    /// Of a hundred requests that begin something, how many it keeps to itself: 0 to 100, and 0
    /// ends what was asked before.
    pub percent: u8,
    /// For how long, counted in milliseconds.
    pub lasts: Duration,
    /// When this was said, since 1970: of two the later one holds.
    pub said: Duration,
}

impl fmt::Display for Restraint {
    /// The parameters of a Via: `oc=20;oc-algo="loss";oc-validity=500;oc-seq=1282321615.782`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.percent.min(100);
        let lasts = match percent {
            0 => 0,
            1.. => self.lasts.as_millis(),
        };
        let (seconds, millis) = (self.said.as_secs(), self.said.subsec_millis());
        write!(
            f,
            "oc={percent};oc-algo=\"loss\";oc-validity={lasts};oc-seq={seconds}.{millis:03}"
        )
    }
}

/// Whether this is one of the parameters that overload control uses (RFC 7339 §4).
pub(crate) fn is_ours(param: &str) -> bool {
    ["oc", "oc-algo", "oc-validity", "oc-seq"]
        .iter()
        .any(|ours| param.eq_ignore_ascii_case(ours))
}

impl Via<'_> {
    /// Whether whoever wrote this restrains itself when asked to, by loss (RFC 7339 §4.1, §4.2).
    #[must_use]
    pub fn takes_restraint(&self) -> bool {
        self.params.has("oc") && {
            let mut algorithms = self.params.get("oc-algo").unwrap_or("loss").split(',');
            algorithms.any(|one| one.trim().eq_ignore_ascii_case("loss"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn whoever_offers_loss_takes_restraint_and_nobody_else() {
        let offers = |params: &str| {
            let text = format!("SIP/2.0/UDP 192.0.2.1{params};branch=z9hG4bK1");
            Via::parse(&text).unwrap().takes_restraint()
        };
        assert!(offers(";oc;oc-algo=\"loss\""));
        assert!(offers(";OC;oc-algo=\"rate, Loss\""));
        assert!(offers(";oc"));
        assert!(!offers(";oc;oc-algo=\"rate\""));
        assert!(!offers(";oc-algo=\"loss\""));
        assert!(!offers(""));
    }

    #[test]
    fn what_is_asked_is_written_as_the_standard_shows_it() {
        let mut asked = Restraint {
            percent: 20,
            lasts: Duration::from_millis(500),
            said: Duration::from_millis(1_282_321_615_082),
        };
        let text = "oc=20;oc-algo=\"loss\";oc-validity=500;oc-seq=1282321615.082";
        assert_eq!(asked.to_string(), text);
        // an end lasts no time (RFC 7339 §5.1)
        asked.percent = 0;
        assert!(
            asked
                .to_string()
                .contains("oc=0;oc-algo=\"loss\";oc-validity=0;")
        );
    }
}
