//! Who hears whom.

use media::{Command, PlayCodec, Prompt, Prompts};

use crate::support::{PORT, Phone, Rig};

#[test]
fn two_phones_hear_each_other_from_the_exchanges_own_address() {
    let mut rig = Rig::new();
    let (mut anna, mut bert) = (Phone::new(1), Phone::new(2));
    let (a, b) = (rig.leg(PORT, &anna), rig.leg(PORT + 2, &bert));
    rig.bridge(a, b);
    let (to_a, to_b) = (rig.rtp_address(PORT), rig.rtp_address(PORT + 2));
    anna.say(to_a, 0x11);
    let heard = bert.hear();
    assert_eq!((heard.from, &heard.sound[..]), (to_b, &[0x11; 160][..]));
    assert_ne!(heard.ssrc, 1, "a source of ours, not the phone's");
    bert.say(to_b, 0x22);
    let heard = anna.hear();
    assert_eq!((heard.from, &heard.sound[..]), (to_a, &[0x22; 160][..]));
}

#[test]
fn what_is_said_arrives_in_order_and_without_a_gap() {
    let mut rig = Rig::new();
    let (mut anna, bert) = (Phone::new(1), Phone::new(2));
    let (a, b) = (rig.leg(PORT, &anna), rig.leg(PORT + 2, &bert));
    rig.bridge(a, b);
    let mut last = None;
    for word in 0..4 {
        for _ in 0..50 {
            anna.say(rig.rtp_address(PORT), word);
        }
        for _ in 0..50 {
            let heard = bert.hear();
            assert_eq!(heard.sound, [word; 160]);
            let expected = last.map(|(sequence, timestamp): (u16, u32)| {
                (sequence.wrapping_add(1), timestamp.wrapping_add(160))
            });
            let now = (heard.sequence, heard.timestamp);
            assert!(
                expected.is_none_or(|expected| expected == now),
                "{now:?} after {last:?}"
            );
            last = Some(now);
        }
    }
}

#[test]
fn calls_share_a_port_and_none_hears_another() {
    let mut rig = Rig::new();
    let mut pairs = Vec::new();
    for pair in 0..8 {
        let (caller, callee) = (Phone::new(pair), Phone::new(100 + pair));
        let (a, b) = (rig.leg(PORT, &caller), rig.leg(PORT, &callee));
        rig.bridge(a, b);
        pairs.push((caller, callee));
    }
    for round in 0..5 {
        for (number, (caller, _)) in (0_u8..).zip(&mut pairs) {
            caller.say(rig.rtp_address(PORT), 10 * round + number);
        }
        for (number, (_, callee)) in (0_u8..).zip(&pairs) {
            assert_eq!(callee.hear().sound, [10 * round + number; 160]);
        }
    }
}

#[test]
fn a_leg_with_the_echo_hears_itself() {
    let mut rig = Rig::new();
    let mut anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    rig.echo(id);
    for word in 1..4 {
        anna.say(rig.rtp_address(PORT), word);
        assert_eq!(anna.hear().sound, [word; 160]);
    }
}

#[test]
fn a_prompt_is_played_frame_by_frame_and_begins_again() {
    let sound: Vec<u8> = (0..3_u8).flat_map(|word| [word; 160]).collect();
    let mut prompts = Prompts::new();
    let prompt = prompts
        .add(Prompt::encoded(sound, Vec::new(), Vec::new()))
        .unwrap();
    let mut rig = Rig::with(prompts, |_| {});
    let anna = Phone::new(1);
    let id = rig.leg(PORT, &anna);
    let codec = PlayCodec {
        payload: 0,
        codec: media::Codec::Pcmu,
        ptime_ms: 20,
    };
    rig.order(Command::Play {
        id,
        prompt,
        codec,
        looped: true,
    });
    let first = anna.hear();
    assert_eq!(first.sound, [0; 160]);
    for frame in 1..7_u16 {
        let heard = anna.hear();
        assert_eq!(heard.sound, [u8::try_from(frame % 3).unwrap(); 160]);
        assert_eq!(heard.sequence, first.sequence.wrapping_add(frame));
        assert_eq!(
            heard.timestamp,
            first.timestamp.wrapping_add(160 * u32::from(frame))
        );
    }
}

#[test]
fn a_phone_behind_address_translation_is_heard_and_then_found() {
    let mut rig = Rig::new();
    let (mut hidden, mut bert) = (Phone::new(1), Phone::new(2));
    let private = "10.1.2.3:4000".parse().unwrap();
    let expects = media::Expect::described(private, hidden.here().ip(), crate::support::pcmu());
    let a = rig.open(PORT, expects);
    let b = rig.leg(PORT + 2, &bert);
    rig.bridge(a, b);
    hidden.say(rig.rtp_address(PORT), 0x33);
    assert_eq!(bert.hear().sound, [0x33; 160]);
    bert.say(rig.rtp_address(PORT + 2), 0x44);
    assert_eq!(hidden.hear().sound, [0x44; 160]);
}
