//! One seed from beginning to end.

use crate::canaries;
use crate::crowd::{Crowd, power_back};
use crate::judges;
use crate::outcome::{Failure, Outcome};
use crate::scene::{Scene, Trouble};
use crate::strangers::Stranger;
use crate::trace::{Trace, headline};
use machine::{Instant, Random};
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::{Happening, PhoneId};

const SECOND: Duration = Duration::from_secs(1);
/// The company that must not notice whether others are there; its place in the list of names.
const WATCHED: usize = 1;
/// Seconds a phone asks to watch a colleague for, before it asks again.
const WATCHED_FOR: u32 = 120;

/// What is played.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) hours: u64,
    /// The watched company lives calmly, so that it can be compared.
    pub(crate) apart: bool,
    /// Nobody but the watched company is there.
    pub(crate) alone: bool,
    /// The whole trace is kept.
    pub(crate) whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Register(PhoneId),
    Crowd(usize),
    Weather(usize),
    Power(usize),
    PowerBack(PhoneId),
    Administer(usize),
    Stranger,
    Kill,
    Restart,
}

struct Play {
    scene: Scene,
    trace: Trace,
    crowds: Vec<Crowd>,
    administrators: Vec<Random>,
    stranger: Option<Stranger>,
    fate: Random,
    acts: BTreeMap<(Instant, u64), Act>,
    count: u64,
    firm_of: Vec<usize>,
    watched: Option<BTreeMap<PhoneId, Vec<String>>>,
}

/// Plays one seed.
pub(crate) fn play(setting: &Setting) -> Outcome {
    let mut play = match Play::begin(setting) {
        Ok(play) => play,
        Err(Trouble(what)) => {
            return Outcome {
                failure: Some(Failure::new("the scene is set", what)),
                hash: 0,
                trace: Vec::new(),
                calls: 0,
                watched: BTreeMap::new(),
            };
        }
    };
    let failure = play.perform(setting.hours).err();
    if let Some(failure) = &failure {
        let now = play.scene.world.now;
        play.trace.note(now, &format!("FAILED: {}", failure.judge));
    }
    Outcome {
        failure,
        hash: play.trace.hash(),
        trace: play.trace.into_lines(),
        calls: play.scene.world.records.len(),
        watched: play.watched.unwrap_or_default(),
    }
}

impl Play {
    fn begin(setting: &Setting) -> Result<Play, Trouble> {
        let mut random = Random::from_seed(setting.seed).fork("play");
        // the watched company first: what is minted for it does not depend on the others
        let firms: &[usize] = if setting.alone {
            &[WATCHED]
        } else {
            &[WATCHED, 0, 2]
        };
        let firms = match (setting.apart, random.chance(500)) {
            (false, true) => &firms[..2],
            (true, _) | (false, false) => firms,
        };
        let fate = random.fork("fate");
        let mut scene = Scene::set(setting.seed, firms)?;
        let mut firm_of = Vec::new();
        for firm in &scene.firms {
            firm_of.extend(firm.people.iter().map(|_| firm.index));
        }
        let from = |label: &str| Random::from_seed(setting.seed).fork(label);
        let crowds = firms.iter().map(|firm| Crowd {
            random: from(&format!("crowd {firm}")),
            calm: setting.apart && *firm == WATCHED,
        });
        let crowds = crowds.collect();
        let administrators = firms.iter().map(|firm| from(&format!("office {firm}")));
        let administrators = administrators.collect();
        let stranger = (!setting.alone).then(|| Stranger::new(&mut scene, from("stranger")));
        let mut play = Play {
            scene,
            trace: Trace::new(setting.whole),
            crowds,
            administrators,
            stranger,
            fate,
            acts: BTreeMap::new(),
            count: 0,
            firm_of,
            watched: setting.apart.then(BTreeMap::new),
        };
        play.schedule_all();
        Ok(play)
    }

    fn at(&mut self, after: Duration, act: Act) {
        self.count += 1;
        let at = self.scene.world.now + after;
        self.acts.insert((at, self.count), act);
    }

    fn schedule_all(&mut self) {
        for firm in 0..self.crowds.len() {
            let people = self.scene.firms[firm].people.clone();
            for person in people {
                let after = Duration::from_millis(self.crowds[firm].random.below(10_000));
                self.at(after, Act::Register(person.phone));
            }
            for act in [Act::Crowd(firm), Act::Weather(firm), Act::Power(firm)] {
                self.at(SECOND * 12, act);
            }
            self.at(SECOND * 60, Act::Administer(firm));
        }
        if self.stranger.is_some() {
            self.at(SECOND * 5, Act::Stranger);
        }
        self.at(SECOND * 30, Act::Kill);
    }

    fn perform(&mut self, hours: u64) -> Result<(), Failure> {
        let end = self.scene.world.now + SECOND * 3_600 * u32::try_from(hours).unwrap_or(1);
        while let Some(((at, _), act)) = self.acts.pop_first() {
            if at >= end {
                break;
            }
            self.run_to(at)?;
            self.carry_out(act)?;
        }
        self.run_to(end)?;
        self.acts.clear();
        // how long the end takes is the whole world's affair: what is compared ends here
        let watched = self.watched.take();
        let judged = judges::finale(self);
        self.watched = watched;
        judged
    }

    /// Lets the time pass up to an instant; every packet is looked at.
    fn run_to(&mut self, limit: Instant) -> Result<(), Failure> {
        while let Some(happening) = self.scene.world.step(limit) {
            self.judge(&happening)?;
        }
        Ok(())
    }

    fn judge(&mut self, happening: &Happening) -> Result<(), Failure> {
        let now = self.scene.world.now;
        match happening {
            Happening::AtExchange(packet) => self.trace.packet(now, "exchange", packet),
            Happening::AtPhone(phone, packet) => {
                let name = &self.scene.world.phones[phone.0].account.username;
                self.trace.packet(now, name, packet);
                let firm = self.firm_of.get(phone.0).copied().unwrap_or(0);
                if let Some(watched) = self.watched.as_mut().filter(|_| firm == WATCHED)
                    && let Some(line) = headline(packet).filter(|line| !line.starts_with("100 "))
                {
                    watched.entry(*phone).or_default().push(line);
                }
                if let Some(word) = canaries::foreign(firm, packet) {
                    let text = String::from_utf8_lossy(&packet.bytes);
                    let what = format!("{name} got \"{word}\" in:\n{text}");
                    return Err(Failure::new("no company learns of another", what));
                }
            }
            Happening::AtRaw(_, packet) => self.trace.packet(now, "stranger", packet),
            Happening::Nowhere(packet) => self.trace.packet(now, "nobody", packet),
            Happening::Timer => {}
        }
        Ok(())
    }

    fn note(&mut self, text: &str) {
        self.trace.note(self.scene.world.now, &format!("-- {text}"));
    }

    fn carry_out(&mut self, act: Act) -> Result<(), Failure> {
        match act {
            Act::Register(phone) => {
                self.scene
                    .world
                    .with(phone, |phone, now| phone.register(600, now));
                self.scene.watch_colleague(phone, WATCHED_FOR);
            }
            Act::Crowd(firm) => {
                let crowd = &mut self.crowds[firm];
                let said = crowd.act(&mut self.scene, firm);
                let pause = self.crowds[firm].pause();
                self.at(pause, act);
                self.note(&said.unwrap_or_default());
            }
            Act::Weather(firm) => {
                let crowd = &mut self.crowds[firm];
                let said = crowd.weather(&mut self.scene, firm);
                let pause = SECOND * u32::try_from(crowd.random.between(20, 200)).unwrap_or(60);
                self.at(pause, act);
                self.note(&said.unwrap_or_default());
            }
            Act::Power(firm) => self.power(firm, act),
            Act::PowerBack(phone) => {
                power_back(&mut self.scene, phone);
                self.note(&format!("power is back at {}", phone.0));
            }
            Act::Administer(firm) => {
                let random = &mut self.administrators[firm];
                let said = self.scene.administer(firm, random);
                let pause = SECOND * u32::try_from(random.between(20, 240)).unwrap_or(60);
                self.at(pause, act);
                let said =
                    said.map_err(|Trouble(what)| Failure::new("the administrator can work", what))?;
                self.note(&format!("company {firm}: {said}"));
            }
            Act::Stranger => {
                if let Some(stranger) = &mut self.stranger {
                    stranger.act(&mut self.scene);
                }
                let pause = Duration::from_millis(self.fate_of_strangers());
                self.at(pause, act);
            }
            Act::Kill => {
                self.scene.world.kill();
                let wall = self.scene.wall();
                self.scene.kills.push(wall);
                let down = Duration::from_millis(self.fate.between(50, 15_000));
                self.at(down, Act::Restart);
                self.note("the exchange is killed");
            }
            Act::Restart => {
                self.scene.world.restart();
                let up = SECOND * u32::try_from(self.fate.between(60, 1_200)).unwrap_or(600);
                self.at(up, Act::Kill);
                self.note("the exchange is back");
            }
        }
        Ok(())
    }

    fn power(&mut self, firm: usize, act: Act) {
        let crowd = &mut self.crowds[firm];
        let gone = crowd.power(&mut self.scene, firm);
        let pause = SECOND * u32::try_from(crowd.random.between(100, 600)).unwrap_or(60);
        self.at(pause, act);
        if let Some((phone, back)) = gone {
            let after = back.saturating_since(self.scene.world.now);
            self.at(after, Act::PowerBack(phone));
            self.note(&format!("power fails at {}", phone.0));
        }
    }

    fn fate_of_strangers(&mut self) -> u64 {
        self.count % 7 * 1_500 + 500
    }
}

/// What the judges need of a play.
impl judges::Stage for Play {
    fn scene(&mut self) -> &mut Scene {
        &mut self.scene
    }

    fn pass(&mut self, time: Duration) -> Result<(), Failure> {
        let until = self.scene.world.now + time;
        self.run_to(until)
    }

    fn say(&mut self, text: &str) {
        self.note(text);
    }
}
