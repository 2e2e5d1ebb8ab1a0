//! Guessing made slow, without locking anybody out.
//!
//! An attempt is counted against its network and against the pair of name and network. Strangers
//! are also counted against the name over all networks, for guessers with many addresses; but a
//! device from which the person has signed in before ([`Device`]) is counted by itself alone. So a
//! guesser slows down itself, its network, and at worst first logins on new devices.

use std::net::IpAddr;
use std::time::Duration;

use machine::Instant;
use sha2::{Digest, Sha256};

use crate::device::Device;
use crate::tally::{Rule, Tally};

/// Keys that each tally remembers in each of its two generations: about 20 MiB in all.
const KEYS_MAX: usize = 32_768;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// One name from one network.
const PAIR: Rule = Rule {
    free: 5,
    longest: Duration::from_secs(15 * 60),
    memory: HOUR,
};

/// One network, where a whole company may sit behind one address.
const NETWORK: Rule = Rule {
    free: 50,
    longest: Duration::from_secs(5 * 60),
    memory: HOUR,
};

/// One name over all networks, strangers only.
const STRANGERS: Rule = Rule {
    free: 50,
    longest: MINUTE,
    memory: Duration::from_secs(24 * 3_600),
};

/// One known device.
const DEVICE: Rule = Rule {
    free: 10,
    longest: Duration::from_secs(15 * 60),
    memory: HOUR,
};

/// The name with which somebody tries to sign in, whether there is such a person or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameKey([u8; 16]);

impl NameKey {
    /// The key of a name; upper and lower case are one.
    pub fn of(name: &str) -> NameKey {
        let digest: [u8; 32] = Sha256::digest(name.trim().to_lowercase()).into();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        NameKey(key)
    }
}

/// The network of an address: what one party can easily have for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network(u64);

impl Network {
    /// The address itself for IPv4, the first 56 bits for IPv6 (RFC 6177 §2).
    pub fn of(address: IpAddr) -> Network {
        match address.to_canonical() {
            // no global IPv6 network begins with sixteen zero bits
            IpAddr::V4(v4) => Network(u64::from(v4.to_bits())),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, ..] = v6.octets();
                Network(u64::from_be_bytes([a, b, c, d, e, f, g, 0]))
            }
        }
    }
}

/// One attempt to sign in, before anything is compared.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The name that was given.
    pub name: NameKey,
    /// Where it comes from.
    pub network: Network,
    /// The device that proved by its cookie that this very person has signed in there.
    pub device: Option<Device>,
}

/// All that is remembered of failed attempts. Lost at a restart, which forgives everybody.
#[derive(Debug)]
pub struct Lockout {
    pairs: Tally<(NameKey, Network)>,
    networks: Tally<Network>,
    strangers: Tally<NameKey>,
    devices: Tally<Device>,
}

impl Default for Lockout {
    fn default() -> Lockout {
        Lockout {
            pairs: Tally::new(PAIR, KEYS_MAX),
            networks: Tally::new(NETWORK, KEYS_MAX),
            strangers: Tally::new(STRANGERS, KEYS_MAX),
            devices: Tally::new(DEVICE, KEYS_MAX),
        }
    }
}

impl Lockout {
    /// Lets an attempt happen, or tells how long to wait first.
    ///
    /// An attempt that is let through counts as failed until [`Lockout::succeeded`] says
    /// otherwise, so that many at once gain nothing. One that must wait is not counted.
    ///
    /// # Errors
    /// How long to wait, above zero; an attempt before then is refused again.
    pub fn admit(&mut self, now: Instant, attempt: &Attempt) -> Result<(), Duration> {
        let wait = self.wait(now, attempt);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        if let Some(device) = attempt.device {
            self.devices.fail(now, device);
        } else {
            self.pairs.fail(now, (attempt.name, attempt.network));
            self.networks.fail(now, attempt.network);
            self.strangers.fail(now, attempt.name);
        }
        Ok(())
    }

    /// The attempt that was let through was right, second factor included.
    ///
    /// What others did is not forgiven: of network and name only this attempt is taken back.
    pub fn succeeded(&mut self, now: Instant, attempt: &Attempt) {
        if let Some(device) = attempt.device {
            self.devices.forget(device);
        } else {
            self.pairs.forget((attempt.name, attempt.network));
            self.networks.take_back(now, attempt.network);
            self.strangers.take_back(now, attempt.name);
        }
    }

    /// How many names, networks and devices are remembered, for a metric.
    pub fn remembered(&self) -> usize {
        self.pairs.len() + self.networks.len() + self.strangers.len() + self.devices.len()
    }

    fn wait(&self, now: Instant, attempt: &Attempt) -> Duration {
        if let Some(device) = attempt.device {
            return self.devices.wait(now, device);
        }
        self.pairs
            .wait(now, (attempt.name, attempt.network))
            .max(self.networks.wait(now, attempt.network))
            .max(self.strangers.wait(now, attempt.name))
    }
}

#[cfg(test)]
mod tests;
