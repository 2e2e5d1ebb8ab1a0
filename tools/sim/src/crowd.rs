//! People: what they do with their telephones, each company by its own randomness.

use crate::scene::{Firm, Scene};
use machine::{Instant, Random};
use std::time::Duration;
use testkit::{LineId, Manner, PhoneId, Reaction, Weather};

const SECOND: Duration = Duration::from_secs(1);

/// The people of one company.
pub(crate) struct Crowd {
    pub(crate) random: Random,
    /// No two of them offer at once, and nobody's power fails: then nothing they do depends on
    /// random waits, which others share.
    pub(crate) calm: bool,
}

/// What a line is, for whoever decides what to do with it.
struct Held {
    id: LineId,
    talking: bool,
    incoming: bool,
    holding: bool,
}

impl Crowd {
    /// When the next of them does something.
    pub(crate) fn pause(&mut self) -> Duration {
        let least = if self.calm { 3_000 } else { 500 };
        Duration::from_millis(self.random.between(least, 16_000))
    }

    fn seconds(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.random.between(low * 1_000, high * 1_000))
    }

    fn manner(&mut self) -> Manner {
        let after = self.seconds(0, 8) + SECOND / 5;
        let reaction = match self.random.below(10) {
            0 => Reaction::Refuse(486, after),
            1 => Reaction::Refuse(603, after),
            2 => Reaction::Refuse(480, after),
            3 => Reaction::Manual,
            _ => Reaction::Answer(after),
        };
        let talks = self.seconds(2, 90);
        Manner {
            reaction,
            early: self.random.chance(150),
            late: self.random.chance(100),
            talks: Some(talks).filter(|_| self.random.chance(850)),
            voice_every: Duration::from_secs(4),
            listens: Some(Duration::from_secs(30)),
            ..Manner::default()
        }
    }

    /// Somebody does something; gives its description.
    pub(crate) fn act(&mut self, scene: &mut Scene, firm: usize) -> Option<String> {
        let firm = scene.firms.get(firm)?.clone();
        let person = self.random.pick(&firm.people)?.clone();
        let manner = self.manner();
        let phone = person.phone;
        scene.world.phones[phone.0].manner = manner;
        if scene.world.phones[phone.0].dead {
            return None;
        }
        let held: Vec<Held> = scene.world.phones[phone.0]
            .live()
            .map(|line| Held {
                id: line.id,
                talking: line.is_talking(),
                incoming: line.incoming,
                holding: !line.agreed().receives(),
            })
            .collect();
        let said = match held.as_slice() {
            [] => self.call(scene, &firm, phone),
            [one] if one.talking => self.talk(scene, &firm, phone, one),
            [one] if !one.incoming => self.wait(scene, phone, one.id),
            [one, two] if one.talking && two.talking => self.join(scene, phone, one.id, two.id),
            [first, ..] => self.tidy(scene, phone, first.id),
        };
        said.map(|said| format!("{} {said}", scene.world.phones[phone.0].account.username))
    }

    fn call(&mut self, scene: &mut Scene, firm: &Firm, phone: PhoneId) -> Option<String> {
        let number = self.random.pick(&firm.numbers)?.clone();
        // the announcement is many packets: seldom
        if number == "*44" && !self.random.chance(150) {
            return None;
        }
        let world = &mut scene.world;
        world.with(phone, |phone, now| phone.call(&number, now));
        Some(format!("calls {number}"))
    }

    fn wait(&mut self, scene: &mut Scene, phone: PhoneId, line: LineId) -> Option<String> {
        if !self.random.chance(400) {
            return None;
        }
        let world = &mut scene.world;
        world.with(phone, |phone, now| phone.hang_up(line, now));
        Some("gives up".to_owned())
    }

    fn tidy(&mut self, scene: &mut Scene, phone: PhoneId, line: LineId) -> Option<String> {
        let world = &mut scene.world;
        world.with(phone, |phone, now| phone.hang_up(line, now));
        Some("has had enough".to_owned())
    }

    fn join(
        &mut self,
        scene: &mut Scene,
        phone: PhoneId,
        one: LineId,
        two: LineId,
    ) -> Option<String> {
        if self.random.chance(300) {
            return self.tidy(scene, phone, two);
        }
        let world = &mut scene.world;
        world.with(phone, |phone, now| phone.transfer_attended(one, two, now));
        Some("joins its two calls".to_owned())
    }

    fn talk(
        &mut self,
        scene: &mut Scene,
        firm: &Firm,
        phone: PhoneId,
        line: &Held,
    ) -> Option<String> {
        let id = line.id;
        let number = self.random.pick(&firm.numbers)?.clone();
        let world = &mut scene.world;
        let done = match self.random.below(10) {
            0 | 1 => {
                world.with(phone, |phone, now| phone.hang_up(id, now));
                "hangs up".to_owned()
            }
            2 | 3 => {
                let hold = !line.holding;
                world.with(phone, |phone, now| phone.hold(id, hold, now));
                if hold { "holds" } else { "resumes" }.to_owned()
            }
            4 => {
                world.with(phone, |phone, now| phone.press(id, '7', now));
                "presses 7".to_owned()
            }
            5 => {
                world.with(phone, |phone, now| phone.transfer(id, &number, now));
                format!("transfers to {number}")
            }
            6 if !self.calm => {
                world.with(phone, |phone, now| phone.ask_offer(id, now));
                "asks for an offer".to_owned()
            }
            7 | 8 => {
                world.with(phone, |phone, now| phone.hold(id, true, now));
                world.with(phone, |phone, now| phone.call(&number, now));
                format!("consults {number}")
            }
            _ => return None,
        };
        Some(done)
    }

    /// The network around one of them changes.
    pub(crate) fn weather(&mut self, scene: &mut Scene, firm: usize) -> Option<String> {
        if self.calm {
            return None;
        }
        let person = self.random.pick(&scene.firms.get(firm)?.people)?.clone();
        let phone = &scene.world.phones[person.phone.0];
        let (host, name) = (phone.address.ip(), phone.account.username.clone());
        if self.random.chance(200) {
            let until = scene.world.now + self.seconds(1, 60);
            scene.world.network.cut_off(host, until);
            return Some(format!("{name} is cut off for a while"));
        }
        let part = |random: &mut Random, most| u32::try_from(random.below(most)).unwrap_or(0);
        let weather = Weather {
            loss: part(&mut self.random, 200),
            repeat: part(&mut self.random, 100),
            delay: Duration::from_millis(self.random.between(1, 80)),
            jitter: Duration::from_millis(self.random.below(120)),
        };
        scene.world.network.set_weather(host, weather);
        Some(format!("{name} has {weather:?}"))
    }

    /// Somebody's power fails; when it comes back.
    pub(crate) fn power(&mut self, scene: &mut Scene, firm: usize) -> Option<(PhoneId, Instant)> {
        if self.calm {
            return None;
        }
        let person = self.random.pick(&scene.firms.get(firm)?.people)?.clone();
        scene.world.phones[person.phone.0].dead = true;
        Some((person.phone, scene.world.now + self.seconds(1, 120)))
    }
}

/// The power is back.
pub(crate) fn power_back(scene: &mut Scene, phone: PhoneId) {
    let now = scene.world.now;
    let telephone = &mut scene.world.phones[phone.0];
    if telephone.dead {
        telephone.reboot(now);
        scene
            .world
            .with(phone, |phone, now| phone.register(600, now));
    }
}
