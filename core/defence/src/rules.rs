//! From when on a source is slowed and banned.

use crate::agents::SCANNERS;
use crate::network::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// The rules of defence, each with its default.
// tidy: config
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Networks that are never banned. Default 127.0.0.0/8 and ::1: whoever is on the machine.
    pub never: Vec<Network>,
    /// How the User-Agent of a scanner begins. Default [`SCANNERS`].
    pub scanners: Vec<String>,
    /// Sources watched at once. Default 65,536, twice.
    pub watched: usize,
    /// Wrong credentials one source may show at once. Default 20.
    pub failures: u32,
    /// Time for one more after that. Default 500 ms; the rest is left unanswered, which slows
    /// whoever guesses and nobody else.
    pub failure_each: Duration,
    /// Requests of one source without a proof that are answered at once; a proof takes back one.
    /// Default 500: a large office behind one address, whose phones all come back at once.
    pub asks: u32,
    /// Time for one more after that. Default 50 ms.
    pub ask_each: Duration,
    /// Points at which a source is banned. Default 100: twenty wrong passwords.
    pub ban_at: u32,
    /// The same for a source that has proved itself lately. Default 500. For datagrams, whose
    /// sender can be forged, it is not banned then, but left without answers to wrong credentials.
    pub ban_at_proved: u32,
    /// How long a proof is remembered. Default an hour, which is longer than registrations last.
    pub proof_lasts: Duration,
    /// Time in which one point is forgiven. Default 3 s: a phone that tries a wrong password each
    /// half minute is never banned.
    pub point_each: Duration,
    /// The first ban of a source. Default 10 min.
    pub first_ban: Duration,
    /// How many times longer each further one is. Default 4.
    pub longer: u32,
    /// The longest ban. Default a day.
    pub longest_ban: Duration,
    /// Bans at once. Default [`domain::BANS_MAX`]; beyond it those that end soonest are lifted.
    pub bans: usize,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            never: vec![
                Network::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8),
                Network::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
            ],
            scanners: SCANNERS.map(str::to_owned).to_vec(),
            watched: 65_536,
            failures: 20,
            failure_each: Duration::from_millis(500),
            asks: 500,
            ask_each: Duration::from_millis(50),
            ban_at: 100,
            ban_at_proved: 500,
            proof_lasts: Duration::from_secs(3_600),
            point_each: Duration::from_secs(3),
            first_ban: Duration::from_secs(600),
            longer: 4,
            longest_ban: Duration::from_secs(24 * 3_600),
            bans: domain::BANS_MAX,
        }
    }
}

impl Rules {
    /// Whether an address is never banned.
    pub(crate) fn spares(&self, ip: IpAddr) -> bool {
        self.never.iter().any(|network| network.contains(ip))
    }

    /// How long the ban is with so many before it and itself.
    pub(crate) fn length(&self, strikes: u32) -> Duration {
        let factor = self.longer.saturating_pow(strikes.saturating_sub(1));
        self.first_ban.saturating_mul(factor).min(self.longest_ban)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_further_ban_is_longer_up_to_the_longest() {
        let rules = Rules::default();
        let minutes: Vec<u64> = (1..=6).map(|n| rules.length(n).as_secs() / 60).collect();
        assert_eq!(minutes, [10, 40, 160, 640, 1_440, 1_440]);
        assert_eq!(rules.length(u32::MAX), rules.longest_ban);
    }
}
