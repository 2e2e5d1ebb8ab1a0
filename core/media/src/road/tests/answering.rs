//! Who has answered, as it is heard in what comes from a leg's peer.

use super::*;
use crate::Answerer;
use crate::transcoder::tests::voices::{Mouth, Pitch};

const OF_ALL: &[(u8, &str, u32)] = &[
    (0, "PCMU", 8000),
    (8, "PCMA", 8000),
    (9, "G722", 8000),
    (111, "opus", 48_000),
    (101, "telephone-event", 8000),
];

const BEEP: Pitch = Pitch {
    hertz: 1_000,
    level: 8_000.0,
};

/// A leg that is listened to, and whoever speaks there in a codec.
struct Scene {
    rig: Rig,
    id: EndpointId,
    mouth: Mouth,
}

impl Scene {
    fn new(payload: u8) -> Scene {
        let mut rig = Rig::new();
        let formats = formats(OF_ALL);
        let expects = Expect {
            formats,
            ..plain(A)
        };
        let id = rig.open(30_000, expects);
        rig.order(Command::ListenForAnswer { id });
        let format = formats.of(payload).unwrap();
        let mouth = Mouth::new(format, 20);
        Scene { rig, id, mouth }
    }

    fn packets(&mut self, ms: u64, pitch: Option<Pitch>) {
        self.mouth.pitch = pitch;
        for _ in 0..ms / 20 {
            let (packet, payload) = self.mouth.packet();
            let mut bytes = vec![0; 12];
            assert!(rtp::write_header(&mut bytes, packet));
            bytes.extend_from_slice(&payload);
            self.rig.datagram(30_000, A, &mut bytes);
            self.rig.run(Duration::from_millis(20));
        }
    }

    fn speak(&mut self, ms: u64) {
        self.packets(ms, None);
    }

    fn beep(&mut self, ms: u64) {
        self.packets(ms, Some(BEEP));
    }

    /// Packets in which nothing is to be heard.
    fn wait(&mut self, ms: u64) {
        let nothing = Pitch {
            hertz: 1_000,
            level: 0.0,
        };
        self.packets(ms, Some(nothing));
    }

    /// No packets at all.
    fn pause(&mut self, ms: u32) {
        self.mouth.pause(ms);
        self.rig.run(Duration::from_millis(ms.into()));
    }

    /// What was found out, in order.
    fn heard(&self) -> Vec<String> {
        let own = self
            .rig
            .notices
            .iter()
            .filter(|notice| notice.id() == self.id);
        let heard = own.filter_map(|notice| {
            if let Notice::Answered { by, .. } = notice {
                return Some(format!("{by:?}"));
            }
            matches!(notice, Notice::Beeped { .. }).then(|| "beep".to_owned())
        });
        heard.collect()
    }
}

#[test]
fn a_person_and_a_machine_are_told_apart_in_every_codec() {
    for payload in [0, 8, 9, 111] {
        let mut person = Scene::new(payload);
        person.speak(1_200);
        person.wait(1_500);
        assert_eq!(person.heard(), ["Person"], "in {payload}");
        let mut machine = Scene::new(payload);
        machine.speak(6_000);
        machine.wait(500);
        machine.beep(400);
        machine.wait(1_000);
        assert_eq!(machine.heard()[0], "Machine", "in {payload}");
        // Opus at few bits does not keep a tone pure
        let beeps = machine.heard().contains(&"beep".to_owned());
        assert!(beeps || payload == 111, "in {payload}");
    }
}

#[test]
fn what_is_not_sent_while_nobody_speaks_is_silence() {
    let mut scene = Scene::new(0);
    scene.speak(1_000);
    scene.pause(2_000);
    assert_eq!(scene.heard(), Vec::<String>::new(), "nobody can know yet");
    scene.speak(20);
    assert_eq!(scene.heard(), ["Person"]);
}

#[test]
fn packets_that_come_twice_or_late_are_no_speech() {
    let mut scene = Scene::new(0);
    for _ in 0..50 {
        let (packet, payload) = scene.mouth.packet();
        for _ in 0..5 {
            let mut bytes = vec![0; 12];
            assert!(rtp::write_header(&mut bytes, packet));
            bytes.extend_from_slice(&payload);
            scene.rig.datagram(30_000, A, &mut bytes);
        }
        scene.rig.run(Duration::from_millis(20));
    }
    scene.wait(1_500);
    assert_eq!(scene.heard(), ["Person"]);
}

#[test]
fn a_clock_that_is_set_back_is_listened_to_all_the_same() {
    let mut scene = Scene::new(0);
    scene.speak(600);
    scene.mouth.pause(u32::MAX / 8 - 60_000);
    scene.speak(400);
    scene.wait(1_500);
    assert_eq!(scene.heard(), ["Person"]);
}

#[test]
fn a_leg_that_nobody_asked_about_is_not_listened_to() {
    let mut scene = Scene::new(0);
    scene.rig.order(Command::Close { id: scene.id });
    scene.id = scene.rig.open(30_000, plain(A));
    scene.speak(1_200);
    scene.wait(1_500);
    assert_eq!(scene.heard(), Vec::<String>::new());
}

#[test]
fn nobody_listens_any_more_once_all_is_known() {
    let mut scene = Scene::new(0);
    scene.speak(5_000);
    for _ in 0..3 {
        scene.wait(500);
        scene.beep(400);
    }
    scene.wait(1_000);
    assert_eq!(scene.heard(), ["Machine", "beep"]);
    let leg = scene.rig.road.slot_of(scene.id).unwrap();
    assert!(
        scene
            .rig
            .road
            .leg(leg)
            .unwrap()
            .to_partner
            .answering
            .is_none()
    );
}

#[test]
fn who_says_nothing_is_told_of_as_silence() {
    let mut scene = Scene::new(8);
    scene.wait(5_100);
    assert_eq!(scene.heard(), [format!("{:?}", Answerer::Silence)]);
}
