//! Video beside sound: with ports of its own, and by the way and keys of the sound.

use super::rtcp::feedback;
use super::secured::Peer;
use super::*;
use rtp::rtcp::feedback_source;
use srtp::Suite;

/// Where the two peers' video is, and the ports that it comes to.
const A_VIDEO: &str = "1.0.0.1:4002";
const B_VIDEO: &str = "2.0.0.2:5002";

fn vp8(payload: u8) -> Formats {
    formats(&[(payload, "VP8", 90_000)])
}

fn shows(at: &str, payload: u8) -> Expect {
    Expect::described(addr(at), addr(at).ip(), vp8(payload))
}

/// A peer whose video comes by the way of its sound.
fn bundled(payload: u8) -> Expect {
    Expect {
        mux: true,
        ..Expect::unknown(None, vp8(payload))
    }
}

fn frame(pt: u8, ssrc: u32, seq: u16, marker: bool) -> Rtp {
    Rtp {
        pt,
        seq,
        ts: u32::from(seq) * 3000,
        ssrc,
        marker,
    }
}

impl Rig {
    fn open_video(&mut self, beside: EndpointId, port: u16, expects: Expect) -> EndpointId {
        let id = EndpointId::new(0, 0, self.places, 0);
        self.places += 1;
        let local = LocalMedia {
            ip: ip("192.0.2.9"),
            rtp: port,
            rtcp: port + 1,
        };
        self.order(Command::OpenVideo {
            id,
            beside,
            local,
            expects,
        });
        id
    }

    /// Two plain peers that talk and see each other: B calls VP8 by another number. The sounds, and
    /// the first one's video.
    fn seeing(&mut self) -> [EndpointId; 3] {
        let (a, b) = self.bridged();
        let video = self.open_video(a, 30_010, shows(A_VIDEO, 96));
        self.open_video(b, 30_012, shows(B_VIDEO, 120));
        [a, b, video]
    }

    /// What is asked of whoever shows something.
    fn asked(&mut self) -> Vec<Sent> {
        let sent = self.run_reporting(Duration::from_millis(1));
        let is_question = |bytes: &[u8]| bytes.get(9) == Some(&206);
        let sent = sent.into_iter().map(|(_, sent)| sent);
        sent.filter(|sent| is_question(&sent.bytes)).collect()
    }
}

#[test]
fn video_goes_to_whoever_hears_the_sound_by_the_number_it_has_there() {
    let mut rig = Rig::new();
    rig.seeing();
    let sent = rig.rtp(30_010, A_VIDEO, frame(96, 7, 100, true)).unwrap();
    assert_eq!((sent.port, sent.to), (30_012, addr(B_VIDEO)));
    let first = Rtp::read(&sent.bytes);
    assert_eq!((first.pt, first.marker), (120, true));
    let sent = rig.rtp(30_010, A_VIDEO, frame(96, 7, 101, false)).unwrap();
    let second = Rtp::read(&sent.bytes);
    assert_eq!(second.seq, first.seq.wrapping_add(1));
    assert_eq!(second.ssrc, first.ssrc);
    let back = rig.rtp(30_012, B_VIDEO, frame(120, 9, 5, false)).unwrap();
    assert_eq!((back.port, back.to), (30_010, addr(A_VIDEO)));
    // sound goes on by itself
    let sound = rig.rtp(30_000, A, pcmu(3, 1)).unwrap();
    assert_eq!((sound.port, sound.to), (30_002, addr(B)));
}

#[test]
fn video_that_nobody_sees_goes_nowhere_and_disturbs_no_sound() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.open_video(a, 30_010, shows(A_VIDEO, 96));
    let lost = rig.rtp(30_010, A_VIDEO, frame(96, 7, 100, true));
    assert_eq!(lost, Err(Verdict::Absorbed));
    assert!(rig.rtp(30_000, A, pcmu(3, 1)).is_ok());
}

#[test]
fn who_hears_music_sees_nothing() {
    let mut rig = Rig::new();
    let [_, b, _] = rig.seeing();
    rig.order(Command::Play {
        id: b,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    let shown = rig.rtp(30_010, A_VIDEO, frame(96, 7, 100, true));
    assert_eq!(shown, Err(Verdict::Absorbed));
    rig.order(Command::Stop { id: b });
    assert!(rig.rtp(30_010, A_VIDEO, frame(96, 7, 101, true)).is_ok());
}

#[test]
fn parted_sounds_part_their_videos_and_others_see_instead() {
    let mut rig = Rig::new();
    let [a, ..] = rig.seeing();
    let before = rig.rtp(30_010, A_VIDEO, frame(96, 7, 100, true)).unwrap();
    let c = rig.open(30_004, plain("3.0.0.3:6000"));
    rig.open_video(c, 30_014, shows("3.0.0.3:6002", 96));
    rig.order(Command::Bridge { a, b: c });
    let sent = rig.rtp(30_010, A_VIDEO, frame(96, 7, 101, true)).unwrap();
    assert_eq!((sent.port, sent.to), (30_014, addr("3.0.0.3:6002")));
    assert_ne!(before.to, sent.to);
    let lost = rig.rtp(30_012, B_VIDEO, frame(120, 9, 5, true));
    assert_eq!(lost, Err(Verdict::Absorbed));
}

// rfc: 4585 §6.3.1
#[test]
fn whoever_shows_something_is_asked_for_a_whole_picture_when_somebody_begins_to_see_it() {
    let mut rig = Rig::new();
    let [a, ..] = rig.seeing();
    rig.rtp(30_010, A_VIDEO, frame(96, 7, 100, true)).unwrap();
    let asked = rig.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].port, asked[0].to), (30_011, addr("1.0.0.1:4003")));
    assert_eq!(feedback_source(&asked[0].bytes[8..]), Some(7));
    rig.rtp(30_010, A_VIDEO, frame(96, 7, 101, true)).unwrap();
    assert_eq!(rig.asked().len(), 0, "once is enough");
    rig.pass_ms(1000);
    rig.order(Command::Hold { id: a, held: true });
    let hidden = rig.rtp(30_010, A_VIDEO, frame(96, 7, 102, true));
    assert_eq!(hidden, Err(Verdict::Absorbed));
    rig.order(Command::Hold { id: a, held: false });
    rig.rtp(30_010, A_VIDEO, frame(96, 7, 103, true)).unwrap();
    assert_eq!(rig.asked().len(), 1, "it is seen again");
}

#[test]
fn a_question_for_a_picture_reaches_whoever_makes_it_by_the_numbers_it_knows() {
    let mut rig = Rig::new();
    rig.seeing();
    let sent = rig.rtp(30_010, A_VIDEO, frame(96, 7, 100, true)).unwrap();
    let shown = Rtp::read(&sent.bytes).ssrc;
    // B only sees: it has no stream of its own
    let asked = rig
        .carry(30_013, "2.0.0.2:5003", feedback(9, shown))
        .unwrap();
    assert_eq!((asked.port, asked.to), (30_011, addr("1.0.0.1:4003")));
    assert_eq!(feedback_source(&asked.bytes), Some(7));
    let sound = rig.rtp(30_000, A, pcmu(3, 1)).unwrap();
    assert_ne!(Rtp::read(&sound.bytes).ssrc, shown);
}

#[test]
fn video_has_a_bound_in_bits_and_sound_keeps_its_own() {
    let limits = Limits {
        video_bits_per_second: 8_000 * 172,
        video_burst: Duration::from_millis(9),
        ..Limits::default()
    };
    let mut rig = Rig::with(limits);
    rig.seeing();
    let flood = Err(Verdict::Drop(DropReason::Flood));
    let passed = (0..20).filter(|n| rig.rtp(30_010, A_VIDEO, frame(96, 7, *n, false)) != flood);
    assert_eq!(
        passed.count(),
        10,
        "a packet has 172 octets, a millisecond at this rate"
    );
    assert!(rig.rtp(30_000, A, pcmu(3, 1)).is_ok());
}

#[test]
fn the_end_of_sound_or_of_video_leaves_the_other() {
    let mut rig = Rig::new();
    let [a, _, video] = rig.seeing();
    rig.order(Command::Close { id: video });
    assert!(rig.rtp(30_000, A, pcmu(3, 1)).is_ok());
    let lost = rig.rtp(30_012, B_VIDEO, frame(120, 9, 5, true));
    assert_eq!(lost, Err(Verdict::Absorbed));
    let again = rig.open_video(a, 30_020, shows(A_VIDEO, 96));
    assert!(rig.rtp(30_020, A_VIDEO, frame(96, 7, 100, true)).is_ok());
    rig.order(Command::Close { id: a });
    let lost = rig.rtp(30_020, A_VIDEO, frame(96, 7, 101, true));
    assert_eq!(lost, Err(Verdict::Absorbed));
    rig.order(Command::Close { id: again });
    assert_eq!(rig.road.figures().open, 2);
}

/// A browser whose video goes by the way of its sound, in a call with a plain telephone.
fn browser_and_telephone(rig: &mut Rig) -> Peer {
    let peer = Peer::new(A, 30_000, Suite::AesGcm128, 1);
    let expects = Expect {
        mux: true,
        ..plain(A)
    };
    let a = rig.open(30_000, expects);
    peer.secure(rig, a);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    rig.open_video(a, 30_000, bundled(96));
    rig.open_video(b, 30_012, shows(B_VIDEO, 120));
    peer
}

// rfc: 8843 §9.2
#[test]
fn bundled_video_is_told_from_sound_by_its_number_and_goes_by_the_same_keys() {
    let mut rig = Rig::new();
    let mut peer = browser_and_telephone(&mut rig);
    let sound = peer.say(&mut rig, pcmu(3, 1)).unwrap();
    assert_eq!((sound.port, sound.to), (30_002, addr(B)));
    let shown = peer.say(&mut rig, frame(96, 7, 100, true)).unwrap();
    assert_eq!((shown.port, shown.to), (30_012, addr(B_VIDEO)));
    assert_eq!(Rtp::read(&shown.bytes).pt, 120);
    let back = rig.rtp(30_012, B_VIDEO, frame(120, 9, 5, true)).unwrap();
    assert_eq!((back.port, back.to), (30_000, addr(A)));
    let seen = peer.hear(&back);
    assert_eq!(Rtp::read(&seen).pt, 96);
    let heard = rig.rtp(30_002, B, pcmu(4, 1)).unwrap();
    let heard = peer.hear(&heard);
    assert_ne!(Rtp::read(&heard).ssrc, Rtp::read(&seen).ssrc);
}

#[test]
fn feedback_by_the_way_of_sound_is_told_apart_by_what_it_is_about() {
    let mut rig = Rig::new();
    let mut peer = browser_and_telephone(&mut rig);
    // RTCP on the port of RTP is believed from where RTP comes from
    peer.say(&mut rig, pcmu(3, 1)).unwrap();
    let back = rig.rtp(30_012, B_VIDEO, frame(120, 9, 5, true)).unwrap();
    let seen = Rtp::read(&peer.hear(&back)).ssrc;
    let question = peer.protect_rtcp(&feedback(77, seen));
    let asked = rig.carry(30_000, A, question).unwrap();
    assert_eq!((asked.port, asked.to), (30_013, addr("2.0.0.2:5003")));
    assert_eq!(feedback_source(&asked.bytes), Some(9));
}
