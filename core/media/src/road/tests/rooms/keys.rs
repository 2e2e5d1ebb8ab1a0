//! Keys that a member presses: among its sound as events, or in the sound itself.

use audio::dtmf::{Levels, Tone};
use audio::{Encoder, Rate};

use super::*;

/// Lets a telephone say a key for 100 ms, and then nothing until so many have passed.
fn presses(hall: &mut Hall, n: usize, key: char, ms: usize) {
    let mut sound = vec![0; ms * Rate::Narrow.per_ms()];
    let mut tone = Tone::new(key, 100, Levels::default(), Rate::Narrow).unwrap();
    tone.fill(&mut sound);
    let mut encoder = Encoder::new(audio::Codec::Pcmu);
    for frame in sound.chunks_exact(20 * Rate::Narrow.per_ms()) {
        let mut payload = [0; 160];
        encoder.encode(frame, &mut payload);
        let phone = &mut hall.phones[n];
        let (packet, _) = phone.mouth.packet();
        let mut bytes = vec![0; 12];
        assert!(rtp::write_header(&mut bytes, packet));
        bytes.extend_from_slice(&payload);
        hall.rig.datagram(phone.port, &phone.at, &mut bytes);
        hall.listen(20);
    }
}

fn told(hall: &mut Hall) -> Vec<(usize, char)> {
    let notices = std::mem::take(&mut hall.rig.notices);
    let whose = |hall: &Hall, id| hall.phones.iter().position(|phone| phone.id == id).unwrap();
    let digit = |notice: &Notice| {
        let Notice::Digit { id, digit, .. } = notice else {
            return None;
        };
        Some((whose(hall, *id), *digit))
    };
    notices.iter().filter_map(digit).collect()
}

#[test]
fn keys_in_the_sound_of_whoever_has_no_events_are_told_also_while_it_is_muted() {
    let with_events: &[(u8, &str, u32)] = &[(0, "PCMU", 8000), (101, "telephone-event", 8000)];
    let mut hall = Hall::together(&[&[(0, "PCMU", 8000)], with_events]);
    hall.run(200);
    assert_eq!(told(&mut hall), [], "a voice is no key");
    hall.phones[0].sends = false;
    presses(&mut hall, 0, '*', 200);
    hall.reseat(0, muted());
    presses(&mut hall, 0, '6', 200);
    hall.listen(200);
    assert_eq!(told(&mut hall), [(0, '*'), (0, '6')]);
    presses(&mut hall, 1, '5', 200);
    hall.listen(200);
    assert_eq!(
        told(&mut hall),
        [],
        "whoever has events is asked for no others"
    );
}

#[test]
fn a_press_ends_with_the_sound_that_it_is_in() {
    let mut hall = Hall::together(&[&[(0, "PCMU", 8000)]]);
    presses(&mut hall, 0, '7', 100);
    // nothing more comes
    hall.listen(1_000);
    assert_eq!(told(&mut hall), [(0, '7')]);
}
