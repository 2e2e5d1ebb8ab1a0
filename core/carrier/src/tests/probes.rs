//! A probe against peers that answer, refuse and die.

use crate::{Probe, Probed, Standing};
use machine::{Instant, Machine, Random};
use std::time::Duration;

struct Scene {
    probe: Probe,
    now: Instant,
    told: Vec<Standing>,
    asked: usize,
}

impl Scene {
    fn new(every: u64) -> Scene {
        let now = Instant::from_secs(50);
        let every = Duration::from_secs(every);
        let random = Random::from_seed(4);
        Scene {
            probe: Probe::new("sip:192.0.2.7", "us.example", every, random, now),
            now,
            told: Vec::new(),
            asked: 0,
        }
    }

    fn follow(&mut self, out: Vec<Probed>) {
        for output in out {
            match output {
                Probed::Ask(_) => self.asked += 1,
                Probed::Stands(standing) => self.told.push(standing),
            }
        }
    }

    /// Waits for the next question and answers it; returns how long it took.
    fn round(&mut self, status: Option<u16>) -> Duration {
        let at = self.probe.deadline().unwrap().at;
        let waited = at.saturating_since(self.now);
        self.now = at;
        let mut out = Vec::new();
        self.probe.expire(at, &mut out);
        assert!(self.probe.deadline().is_none(), "one question at a time");
        self.probe.handle(status, at, &mut out);
        self.follow(out);
        waited
    }
}

#[test]
fn a_peer_that_answers_anything_is_up() {
    let mut scene = Scene::new(60);
    for status in [200, 404, 405, 403, 480] {
        scene.round(Some(status));
    }
    assert_eq!(scene.asked, 5);
    assert!(scene.told.is_empty());
}

#[test]
fn a_peer_is_down_after_two_failures_and_up_after_one_answer() {
    let mut scene = Scene::new(60);
    scene.round(None);
    assert_eq!(scene.probe.standing(), Standing::Up);
    scene.round(Some(503));
    assert_eq!(scene.told, [Standing::Down]);
    scene.round(Some(200));
    assert_eq!(scene.told, [Standing::Down, Standing::Up]);
}

#[test]
fn a_peer_that_is_down_is_asked_more_often() {
    let mut scene = Scene::new(3_600);
    scene.round(None);
    scene.round(None);
    assert!(scene.round(None) <= Duration::from_secs(30));
}

#[test]
fn questions_keep_their_distance() {
    let mut scene = Scene::new(60);
    assert!(scene.round(Some(200)) < Duration::from_secs(60));
    for _ in 0..20 {
        let waited = scene.round(Some(200));
        assert!(waited > Duration::from_secs(53) && waited <= Duration::from_secs(60));
    }
}
