//! An exchange under siege: garbage, scanners and requests from forged addresses without number,
//! some of them those of its own phones, which must go on calling as if nothing were.

use crate::outcome::Failure;
use machine::Random;
use node::DefenceRules;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use testkit::{Company, Packet, PhoneId, Reaction, Setup, World};

/// Packets of the siege in each [`STEP`]: 20,000 a second.
const PACKETS: u32 = 200;
const STEP: Duration = Duration::from_millis(10);
/// How long it lasts: three seconds, sixty thousand packets.
const STEPS: u32 = 300;
/// Every so many steps somebody calls.
const CALL_EVERY: u32 = 60;
/// Every so many steps a phone registers anew.
const REGISTER_EVERY: u32 = 25;
/// Phones, half of which call the other half.
const PHONES: u8 = 4;
/// Sources watched and bans at once, small enough for the siege to fill them.
const WATCHED: usize = 2_048;
const BANS: usize = 256;

/// Plays one seed under siege; tells what a phone noticed, or what grew.
pub(crate) fn judge(seed: u64) -> Option<Failure> {
    let mut siege = Siege::begin(seed);
    let mut calls = 0;
    for step in 0..STEPS {
        siege.assault();
        if step % REGISTER_EVERY == 0 {
            siege.register(step / REGISTER_EVERY);
        }
        if step % CALL_EVERY == 10 {
            siege.call();
            calls += 1;
        }
        siege.world.run(STEP);
    }
    siege.world.run(Duration::from_secs(70));
    siege.verdict(calls)
}

struct Siege {
    world: World,
    phones: Vec<PhoneId>,
    random: Random,
    sent: u32,
}

impl Siege {
    fn begin(seed: u64) -> Siege {
        let mut setup = Setup::ordinary(seed);
        setup.config.defence = DefenceRules {
            watched: WATCHED,
            bans: BANS,
            ..DefenceRules::default()
        };
        let mut world = World::new(setup);
        let mut company = Company::new("calm", 1);
        let mut phones = Vec::new();
        for host in 0..PHONES {
            let member = company.member(&format!("10{host}"));
            phones.push(world.phone(&member.account, address(host), None));
        }
        world.add(&company);
        for phone in &phones {
            let manner = &mut world.phones[phone.0].manner;
            manner.reaction = Reaction::Answer(Duration::from_millis(150));
            manner.talks = Some(Duration::from_millis(300));
            world.with(*phone, |phone, now| phone.register(600, now));
        }
        world.run(Duration::from_secs(2));
        Siege {
            world,
            phones,
            random: Random::from_seed(seed).fork("siege"),
            sent: 0,
        }
    }

    fn assault(&mut self) {
        let to = self.world.setup.sip;
        let packets = (0..PACKETS).map(|_| {
            self.sent += 1;
            let from = self.forged();
            let bytes = self.missile(from).into();
            Packet { from, to, bytes }
        });
        let packets = packets.collect();
        self.world.send(packets);
    }

    /// An address that is new each time, or that of a phone.
    fn forged(&mut self) -> SocketAddr {
        if self.random.below(10) == 0 {
            let host = u8::try_from(self.random.below(u64::from(PHONES))).unwrap_or(0);
            return address(host);
        }
        SocketAddr::from((Ipv4Addr::from_bits(0x1700_0000 + self.sent), 5060))
    }

    fn missile(&mut self, from: SocketAddr) -> Vec<u8> {
        let n = self.sent;
        let agent = match self.random.below(3) {
            0 => {
                let mut bytes = vec![0; 64];
                self.random.fill(&mut bytes);
                return bytes;
            }
            1 => "friendly-scanner",
            _ => "Phone/1.0",
        };
        format!(
            "REGISTER sip:calm.example SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKs{n}\r\n\
             From: <sip:10@calm.example>;tag=s{n}\r\nTo: <sip:10@calm.example>\r\n\
             Call-ID: s{n}\r\nCSeq: 1 REGISTER\r\nUser-Agent: {agent}\r\n\
             Content-Length: 0\r\n\r\n"
        )
        .into()
    }

    fn register(&mut self, turn: u32) {
        let phones = self.phones.iter().cycle();
        if let Some(phone) = phones.copied().nth(usize::try_from(turn).unwrap_or(0)) {
            self.world
                .with(phone, |phone, now| phone.register(600, now));
        }
    }

    fn call(&mut self) {
        if let Some(caller) = self.phones.first().copied() {
            self.world.with(caller, |phone, now| phone.call("101", now));
        }
    }

    fn verdict(&self, calls: usize) -> Option<Failure> {
        let held = "whoever works is not kept from it by a siege";
        for phone in &self.phones {
            let status = self.world.phones[phone.0].register_status();
            if status != Some(200) {
                let what = format!("phone {} registered with {status:?}", phone.0);
                return Some(Failure::new(held, what));
            }
        }
        let answered = self.world.records.values();
        let answered = answered.filter(|cdr| cdr.answered_at.is_some()).count();
        if answered != calls {
            let what = format!("{answered} of {calls} calls were answered");
            return Some(Failure::new(held, what));
        }
        let figures = self.world.exchange.as_ref()?.shard.figures().door.defence;
        let bound = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        if figures.watched_now > bound(2 * WATCHED) || figures.banned_now > bound(BANS) {
            let what = format!("{figures:?}");
            return Some(Failure::new("memory of sources is bounded", what));
        }
        if figures.bans < bound(BANS) {
            let what = format!("{} bans", figures.bans);
            return Some(Failure::new("a siege is met with bans", what));
        }
        None
    }
}

fn address(host: u8) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, 11 + host], 5060))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_call_on_under_siege_and_memory_stays_flat() {
        if let Some(failure) = judge(1) {
            panic!("{}: {}", failure.judge, failure.what);
        }
    }
}
