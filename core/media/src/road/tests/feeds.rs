//! Echo and prompts.

use super::*;
use crate::station::{Item, Lineup, Station, Wish};
use crate::transcoder::tests::voices::likeness;

#[test]
fn echo_gives_back_the_packets_as_our_stream() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    rig.order(Command::Echo { id: a });
    let payload: Vec<u8> = (0..160).rev().collect();
    let opus_like = Rtp {
        pt: 8,
        ..pcmu(7, 1)
    };
    let first = rig.rtp_with(30_000, A, opus_like, &payload).unwrap();
    assert_eq!((first.port, first.to), (30_000, addr(A)));
    assert_eq!(first.bytes[12..], payload);
    let head = Rtp::read(&first.bytes);
    assert_eq!(head.pt, 8);
    assert_ne!(head.ssrc, 7);
    let next = Rtp::read(&rig.rtp(30_000, A, pcmu(7, 2)).unwrap().bytes);
    assert_eq!((next.ssrc, next.seq), (head.ssrc, head.seq.wrapping_add(1)));
}

#[test]
fn echo_goes_to_where_a_peer_behind_nat_was_heard() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, behind_nat("10.0.0.5:4000", "9.9.9.9"));
    rig.order(Command::Echo { id: a });
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:1234", pcmu(7, 1)).unwrap().to,
        addr("9.9.9.9:1234")
    );
    rig.describe(
        a,
        Expect {
            receives: false,
            ..behind_nat("10.0.0.5:4000", "9.9.9.9")
        },
    );
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:1234", pcmu(7, 2)),
        Err(Verdict::Absorbed)
    );
}

#[test]
fn the_partner_of_an_echoing_leg_hears_and_sends_nothing() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.order(Command::Echo { id: a });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)).unwrap().to, addr(A));
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 1)), Err(Verdict::Absorbed));
    rig.order(Command::Stop { id: a });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 2)).unwrap().to, addr(B));
}

#[test]
fn a_prompt_is_sent_frame_by_frame_when_due() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    let start = rig.now;
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    let sent = rig.run(Duration::from_millis(199));
    assert_eq!(sent.len(), 10);
    let first = Rtp::read(&sent[0].1.bytes);
    for (n, (at, frame)) in (0_u16..).zip(&sent) {
        assert_eq!(*at, start + Duration::from_millis(20) * n.into());
        assert_eq!(
            (frame.port, frame.to, frame.bytes.len()),
            (30_000, addr(A), 172)
        );
        let head = Rtp::read(&frame.bytes);
        assert_eq!(head.seq, first.seq.wrapping_add(n));
        assert_eq!(head.ts, first.ts.wrapping_add(160 * u32::from(n)));
        assert_eq!((head.ssrc, head.pt, head.marker), (first.ssrc, 0, n == 0));
        assert!(
            frame.bytes[12..]
                .iter()
                .all(|octet| u16::from(*octet) == n % 5),
            "looped"
        );
    }
}

#[test]
fn a_prompt_that_is_not_looped_ends_with_a_notice_and_gives_way_to_the_partner() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let before = Rtp::read(&rig.rtp(30_002, B, pcmu(9, 1)).unwrap().bytes);
    rig.take_notices();
    let codec = PlayCodec {
        ptime_ms: 30,
        ..PLAY
    };
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec,
        looped: false,
    });
    assert_eq!(
        rig.rtp(30_002, B, pcmu(9, 2)),
        Err(Verdict::Absorbed),
        "covered by the prompt"
    );
    rig.rtp(30_000, A, pcmu(7, 1))
        .expect("still heard by its partner");
    let sent = rig.run(Duration::from_secs(1));
    let sizes: Vec<usize> = sent
        .iter()
        .map(|(_, frame)| frame.bytes.len() - 12)
        .collect();
    assert_eq!(
        sizes,
        [240, 240, 240, 80],
        "the end is cut, not filled from the start"
    );
    assert_eq!(
        rig.notices.last(),
        Some(&Notice::Played {
            id: a,
            prompt: Some(PROMPT)
        })
    );
    let after = Rtp::read(&rig.rtp(30_002, B, pcmu(9, 50)).unwrap().bytes);
    assert_eq!(
        (after.ssrc, after.seq),
        (before.ssrc, before.seq.wrapping_add(5))
    );
    assert!(after.marker);
    assert_eq!(
        rig.run(Duration::from_secs(1)),
        [],
        "nothing more is played"
    );
}

#[test]
fn a_prompt_waits_for_its_listener_and_music_does_not() {
    let mut rig = Rig::new();
    let expects = behind_nat("10.0.0.5:4000", "9.9.9.9");
    let a = rig.open(30_000, expects);
    let b = rig.open(30_002, behind_nat("10.0.0.6:4000", "9.9.9.8"));
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec: PLAY,
        looped: false,
    });
    rig.order(Command::Play {
        id: b,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    assert_eq!(rig.run(Duration::from_millis(70)), []);
    for (port, from) in [(30_000, "9.9.9.9:1"), (30_002, "9.9.9.8:1")] {
        assert_eq!(rig.rtp(port, from, pcmu(7, 1)), Err(Verdict::Absorbed));
    }
    let sent = rig.run(Duration::from_millis(19));
    let octets: Vec<_> = sent
        .iter()
        .map(|(_, frame)| (frame.port, frame.bytes[12]))
        .collect();
    assert_eq!(octets, [(30_000, 0), (30_002, 4)]);
}

#[test]
fn a_late_wake_catches_up_a_little_and_then_gives_up_what_is_lost() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    rig.run(Duration::ZERO);
    rig.pass_ms(60);
    let mut sent = 0;
    rig.road
        .expire(rig.now, &mut |_, _, _: &[u8]| sent += 1, &mut rig.notices);
    assert_eq!(sent, 3);
    rig.pass_ms(1000);
    let mut sent = 0;
    rig.road
        .expire(rig.now, &mut |_, _, _: &[u8]| sent += 1, &mut rig.notices);
    assert_eq!(sent, 5);
    assert_eq!(
        rig.road.deadline(),
        Some(rig.now + Duration::from_millis(20))
    );
}

#[test]
fn an_unknown_prompt_or_codec_is_refused() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    let because = crate::Refusal::NoPrompt;
    let gsm = PlayCodec {
        codec: Codec::named("GSM", 1),
        ..PLAY
    };
    rig.order(Command::Play {
        id: a,
        prompt: PromptId(9),
        codec: PLAY,
        looped: true,
    });
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec: gsm,
        looped: true,
    });
    assert_eq!(rig.take_notices(), [Notice::Refused { id: a, because }; 2]);
    assert_eq!(rig.run(Duration::from_secs(1)), []);
}

#[test]
fn another_prompt_replaces_the_first() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    let play = Command::Play {
        id: a,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    };
    rig.order(play.clone());
    rig.run(Duration::from_millis(30));
    rig.order(play);
    let sent = rig.run(Duration::from_millis(99));
    let octets: Vec<u8> = sent.iter().map(|(_, frame)| frame.bytes[12]).collect();
    assert_eq!(octets, [0, 1, 2, 3, 4], "one voice, from the start");
}

#[test]
fn prompts_in_three_codecs_bear_the_payload_number_asked_for() {
    let mut rig = Rig::new();
    for (port, codec, payload) in [
        (30_000, Codec::Pcmu, 0),
        (30_002, Codec::Pcma, 8),
        (30_004, Codec::G722, 9),
    ] {
        let id = rig.open(port, plain(A));
        let codec = PlayCodec {
            codec,
            payload,
            ptime_ms: 20,
        };
        rig.order(Command::Play {
            id,
            prompt: PROMPT,
            codec,
            looped: true,
        });
    }
    let sent = rig.run(Duration::ZERO);
    let numbers: Vec<u8> = sent
        .iter()
        .map(|(_, frame)| Rtp::read(&frame.bytes).pt)
        .collect();
    assert_eq!(numbers, [0, 8, 9]);
}

/// A company's recording of two packets, in PCMU alone.
fn recording() -> Arc<Prompt> {
    let octets = [[0x41; 160], [0x42; 160]].concat();
    Arc::new(Prompt::encoded(octets, Vec::new(), Vec::new()))
}

#[test]
fn an_own_recording_is_played_over_and_over_and_held_for_as_long() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let prompt = recording();
    rig.order(Command::PlayOwn {
        id: a,
        prompt: Arc::clone(&prompt),
        codec: PLAY,
        looped: true,
    });
    let sent = rig.run(Duration::from_millis(99));
    let first = sent.iter().map(|(_, frame)| frame.bytes[12]);
    assert_eq!(first.collect::<Vec<u8>>(), [0x41, 0x42, 0x41, 0x42, 0x41]);
    assert_eq!(Arc::strong_count(&prompt), 2, "the leg holds it");
    rig.order(Command::Stop { id: a });
    assert_eq!(Arc::strong_count(&prompt), 1);
    assert_eq!(rig.run(Duration::from_secs(1)), []);
    rig.rtp(30_002, B, pcmu(9, 1)).expect("the partner again");
}

#[test]
fn speech_is_heard_once_and_let_go_at_its_end() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let prompt = recording();
    rig.order(Command::PlayOwn {
        id: a,
        prompt: Arc::clone(&prompt),
        codec: PLAY,
        looped: false,
    });
    let sent = rig.run(Duration::from_secs(1));
    let first = sent.iter().map(|(_, frame)| frame.bytes[12]);
    assert_eq!(first.collect::<Vec<u8>>(), [0x41, 0x42]);
    let played = Notice::Played {
        id: a,
        prompt: None,
    };
    assert_eq!(rig.notices.last(), Some(&played));
    assert_eq!(Arc::strong_count(&prompt), 1, "nobody holds it any more");
    rig.rtp(30_002, B, pcmu(9, 1)).expect("the partner again");
}

#[test]
fn another_prompt_lets_an_own_recording_go() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    let prompt = recording();
    rig.order(Command::PlayOwn {
        id: a,
        prompt: Arc::clone(&prompt),
        codec: PLAY,
        looped: true,
    });
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    assert_eq!(Arc::strong_count(&prompt), 1);
    assert_eq!(rig.run(Duration::from_millis(1))[0].1.bytes[12], 0);
    rig.order(Command::PlayOwn {
        id: a,
        prompt: Arc::clone(&prompt),
        codec: PLAY,
        looped: true,
    });
    rig.order(Command::Close { id: a });
    assert_eq!(Arc::strong_count(&prompt), 1, "gone with its leg");
}

#[test]
fn an_own_recording_that_cannot_be_played_in_the_codec_is_refused() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    let codec = PlayCodec {
        codec: Codec::G722,
        ..PLAY
    };
    let prompt = recording();
    rig.order(Command::PlayOwn {
        id: a,
        prompt: Arc::clone(&prompt),
        codec,
        looped: true,
    });
    let because = crate::Refusal::NoPrompt;
    let refused = Notice::Refused { id: a, because };
    assert_eq!(rig.notices.last(), Some(&refused));
    assert_eq!(Arc::strong_count(&prompt), 1);
}

/// Lets a leg that speaks Opus hear a prompt, and gives what is sent of it.
fn played_in_opus(prompt: PromptId, looped: bool, ptime_ms: u8, ms: u64) -> Vec<(Rtp, Vec<u8>)> {
    let mut rig = Rig::with_prompts(Limits::default(), Prompts::built_in());
    let opus = PlayCodec {
        payload: 111,
        codec: Codec::Opus,
        ptime_ms,
    };
    let a = rig.open(30_000, plain(A));
    rig.order(Command::Play {
        id: a,
        prompt,
        codec: opus,
        looped,
    });
    let sent = rig.run(Duration::from_millis(ms));
    let read = |sent: &Sent| (Rtp::read(&sent.bytes), sent.bytes[12..].to_vec());
    sent.iter().map(|(_, sent)| read(sent)).collect()
}

#[test]
fn a_prompt_is_made_into_opus_while_it_is_played() {
    let music = PromptId::of(audio::Prompt::Music);
    let sent = played_in_opus(music, true, 20, 1_990);
    assert_eq!(sent.len(), 100);
    let mut decoder = opus::Decoder::new(audio::Rate::Wide).unwrap();
    let mut heard = Vec::new();
    for (n, (head, payload)) in (0_u32..).zip(&sent) {
        assert_eq!(head.pt, 111);
        assert_eq!(head.ts, sent[0].0.ts.wrapping_add(960 * n));
        let mut room = [0; 320];
        assert_eq!(decoder.decode(payload, &mut room), Ok(320));
        heard.extend_from_slice(&room);
    }
    let kept = Prompts::built_in();
    let kept = kept.octets(music, Codec::G722).unwrap();
    let mut said = vec![0; heard.len()];
    audio::Decoder::new(audio::Codec::G722).decode(&kept[..16_000], &mut said);
    let alike = likeness(&said, &heard, 400);
    assert!(alike > 0.9, "{alike}");
}

#[test]
fn the_end_of_a_prompt_in_opus_is_filled_with_silence_and_told() {
    let beep = PromptId::of(audio::Prompt::Beep);
    let kept = Prompts::built_in().octets(beep, Codec::G722).unwrap().len();
    let sent = played_in_opus(beep, false, 60, 5_000);
    assert_eq!(sent.len(), kept.div_ceil(60 * 8));
    assert!(
        sent.iter()
            .all(|(_, payload)| opus::duration(payload) == Some(Duration::from_millis(60)))
    );
}

#[test]
fn a_leg_that_is_tuned_to_a_station_hears_what_it_sends_and_counts_as_its_listener() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let lineup = Lineup {
        listed: 1,
        shuffled: false,
        announced_every: None,
        streams: false,
    };
    let mut station = Station::new(lineup, Random::from_seed(1), rig.now);
    let air = Arc::clone(station.air());
    let mut wishes = Vec::new();
    station.play(rig.now, &mut wishes);
    assert_eq!(wishes, [Wish::Sound(Item::Listed(0))]);
    let tone: Arc<[i16]> = vec![8_000; 16_000].into();
    station.sound(Item::Listed(0), Some(tone), rig.now);
    station.play(rig.now, &mut wishes);
    rig.order(Command::Tune {
        id: a,
        station: air.tune().unwrap(),
        codec: PLAY,
    });
    assert_eq!(air.listeners(), 1);
    let sent = rig.run(Duration::from_millis(399));
    assert_eq!(sent.len(), 20);
    let last = sent.last().map(|(_, frame)| frame.bytes[100]);
    assert_eq!(last, Some(audio::g711::encode_mu(8_000)));
    // the station is late: nothing is sent, and the leg stays tuned
    assert!(rig.run(Duration::from_secs(1)).len() < 10);
    assert_eq!(air.listeners(), 1);
    rig.order(Command::Stop { id: a });
    assert_eq!(air.listeners(), 0);
    rig.rtp(30_002, B, pcmu(9, 1)).expect("the partner again");
}
