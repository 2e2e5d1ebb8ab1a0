//! The defence: offences and proofs go in, answers are withheld, bans come out.

use crate::agents::is_listed;
use crate::bans::Bans;
use crate::offence::Offence;
use crate::rules::Rules;
use crate::watched::Watched;
use domain::{Ban, SourceAddress};
use machine::{Clock, Generations, Instant};
use std::net::IpAddr;

/// New bans that wait to be taken at most. The host takes them after every turn; what is beyond
/// is in force here and known nowhere else.
const FRESH_MAX: usize = 1_024;

/// Who sent a message.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// Its address.
    pub ip: IpAddr,
    /// Whether the address may be forged, which is so for datagrams.
    pub forgeable: bool,
}

/// Counters since the start, and counts of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Requests without a proof that were left unanswered.
    pub withheld: u64,
    /// Messages of programs that look for victims.
    pub scanners: u64,
    /// Bans that began here.
    pub bans: u64,
    /// Sources watched now.
    pub watched_now: u64,
    /// Sources banned now, or remembered for it.
    pub banned_now: u64,
}

/// What each source did lately, and who is banned.
#[derive(Debug)]
pub struct Defence {
    rules: Rules,
    clock: Clock,
    watch: Generations<SourceAddress, Watched>,
    bans: Bans,
    fresh: Vec<Ban>,
    figures: Figures,
}

impl Defence {
    /// A defence that knows nobody.
    pub fn new(rules: Rules, clock: Clock) -> Defence {
        Defence {
            watch: Generations::new(rules.watched),
            bans: Bans::new(rules.bans),
            fresh: Vec::new(),
            figures: Figures::default(),
            rules,
            clock,
        }
    }

    /// Whether an address is banned. Asked for everything that arrives, before it is read.
    pub fn bars(&self, ip: IpAddr, now: Instant) -> bool {
        !self.bans.is_empty()
            && self.bans.holds(SourceAddress::of(ip), now)
            && !self.rules.spares(ip)
    }

    /// Whether this is the name of a program that looks for victims.
    pub fn is_scanner(&self, agent: &str) -> bool {
        is_listed(agent, &self.rules.scanners)
    }

    /// A sender has proved who it is.
    pub fn proved(&mut self, ip: IpAddr, now: Instant) {
        if self.rules.spares(ip) {
            return;
        }
        let each = self.rules.ask_each;
        let until = now + self.rules.proof_lasts;
        let watched = self.watch.of(SourceAddress::of(ip));
        watched.asks.forgive(1, each);
        watched.proved_until = until;
    }

    /// A sender asks without a proof; `false` when it has had its answers for now.
    pub fn may_ask(&mut self, sender: Sender, now: Instant) -> bool {
        if self.rules.spares(sender.ip) {
            return true;
        }
        let (most, each) = (self.rules.asks, self.rules.ask_each);
        let answered = self
            .watch
            .of(SourceAddress::of(sender.ip))
            .asks
            .take(most, each, now);
        if !answered {
            self.figures.withheld += 1;
            self.count(sender, Offence::Unproven, now);
        }
        answered
    }

    /// A sender showed wrong credentials; `false` when it has had its answers for now.
    pub fn may_fail(&mut self, sender: Sender, now: Instant) -> bool {
        let (most, each) = (self.rules.failures, self.rules.failure_each);
        let (enough, point) = (self.rules.ban_at_proved, self.rules.point_each);
        let watched = self.watch.of(SourceAddress::of(sender.ip));
        // one that would be banned if its address could not be forged is not answered
        let silenced = watched.points.reaches(enough, point, now);
        let answered = !silenced && watched.failures.take(most, each, now);
        self.count(sender, Offence::WrongCredentials, now);
        answered
    }

    /// A sender did something that is never answered, or answered by others.
    pub fn offend(&mut self, sender: Sender, offence: Offence, now: Instant) {
        self.figures.scanners += u64::from(offence == Offence::Scanner);
        self.count(sender, offence, now);
    }

    /// Bans a source because somebody else says so; tells whether that is new.
    pub fn bar(&mut self, ban: &Ban) -> bool {
        let until = self.clock.instant(ban.until);
        self.bans.put(ban.source, until, ban.strikes)
    }

    /// Lifts a ban, and forgives the source all that led to it.
    pub fn lift(&mut self, source: SourceAddress) -> bool {
        self.watch.forget(source);
        self.bans.lift(source)
    }

    /// Hands over the bans that began here since the last time.
    pub fn take(&mut self, out: &mut Vec<Ban>) {
        out.append(&mut self.fresh);
    }

    /// The counters.
    pub fn figures(&self) -> Figures {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Figures {
            watched_now: count(self.watch.len()),
            banned_now: count(self.bans.len()),
            ..self.figures
        }
    }

    /// Holds an offence against its source, and bans it when that was one too many.
    fn count(&mut self, sender: Sender, offence: Offence, now: Instant) {
        let source = SourceAddress::of(sender.ip);
        if self.rules.spares(sender.ip) || self.bans.holds(source, now) {
            return;
        }
        let watched = self.watch.of(source);
        let proved = now < watched.proved_until;
        // whoever forges an address must not have its owner banned
        let spared = proved && sender.forgeable;
        if spared && offence != Offence::WrongCredentials {
            return;
        }
        let most = if proved {
            self.rules.ban_at_proved
        } else {
            self.rules.ban_at
        };
        let each = self.rules.point_each;
        if !watched.points.reaches(most, each, now) {
            watched.points.add(offence.points(), each, now);
        }
        if !spared && watched.points.reaches(most, each, now) {
            *watched = Watched::default();
            self.begin(source, offence, now);
        }
    }

    fn begin(&mut self, source: SourceAddress, offence: Offence, now: Instant) {
        let strikes = self.bans.strikes(source, now).saturating_add(1);
        let until = now + self.rules.length(strikes);
        self.bans.put(source, until, strikes);
        self.figures.bans += 1;
        if self.fresh.len() < FRESH_MAX {
            self.fresh.push(Ban {
                source,
                cause: offence.cause(),
                begun: self.clock.wall(now),
                until: self.clock.wall(until),
                strikes,
                note: String::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests;
