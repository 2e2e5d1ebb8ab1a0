//! Calls from a trusted source to a fixed address, media anchored, as the load driver makes them.

use crate::meter::{Meter, memory};
use crate::scene::{CALLEE, CALLER, SERVER, Scene};
use bytes::Bytes;
use sip_message::{Builder, Message, Method, Name, response_to};
use std::net::SocketAddr;
use std::time::Duration;

/// Calls in one round; all of a round are up at once.
const ROUND: usize = 500;
/// Messages between two looks at the clock.
const BATCH: usize = 16;
/// Time that passes per batch: some 2,000 calls per second of ten messages each.
const PACE: Duration = Duration::from_micros(800);

/// What is on its way to the shard.
type Post = Vec<(SocketAddr, Bytes)>;

/// One end of the calls of a round.
#[derive(Default)]
struct Ends {
    calls: Vec<Message>,
    answered: usize,
    ended: usize,
}

/// Makes so many calls, each ended by its caller.
pub(crate) fn run(scene: &mut Scene, count: usize) -> Meter {
    let mut meter = Meter::default();
    for _ in 0..count.div_ceil(ROUND) {
        let ends = begin(scene, &mut meter, ROUND);
        end(scene, &mut meter, &ends);
        meter.round(ROUND);
    }
    meter
}

/// Memory that one call takes which is up.
pub(crate) fn hold(scene: &mut Scene, count: usize) -> usize {
    let mut meter = Meter::default();
    // what lingers of earlier calls goes first
    scene.turn(Duration::from_secs(40));
    let before = memory();
    let ends = begin(scene, &mut meter, count);
    let after = memory();
    end(scene, &mut meter, &ends);
    after.saturating_sub(before) / count
}

fn begin(scene: &mut Scene, meter: &mut Meter, count: usize) -> Ends {
    let mut ends = Ends::default();
    let mut post: Post = (0..count).map(|n| (CALLER, invite(scene, n))).collect();
    carry(scene, meter, &mut post, &mut ends);
    assert_eq!(ends.answered, count, "every call is answered");
    ends
}

fn end(scene: &mut Scene, meter: &mut Meter, ends: &Ends) {
    let bye = |scene: &mut Scene, ok: &Message| (CALLER, inside(scene, ok, Method::Bye));
    let mut post: Post = ends.calls.iter().map(|ok| bye(scene, ok)).collect();
    let mut over = Ends::default();
    carry(scene, meter, &mut post, &mut over);
    assert_eq!(over.ended, ends.calls.len(), "every call is ended");
}

/// Gives the shard what is on its way, and the phones what it answers, until all are still.
fn carry(scene: &mut Scene, meter: &mut Meter, post: &mut Post, ends: &mut Ends) {
    while !post.is_empty() {
        meter.piece(|| {
            for batch in post.chunks(BATCH) {
                for (from, bytes) in batch {
                    scene.give(*from, bytes);
                }
                scene.turn(PACE);
            }
            scene.close_media();
        });
        post.clear();
        for (to, message) in scene.sent() {
            react(scene, to, message, post, ends);
        }
    }
}

fn react(scene: &mut Scene, at: SocketAddr, message: Message, post: &mut Post, ends: &mut Ends) {
    let cseq = message.header(Name::CSeq).unwrap_or_default();
    match (message.method(), message.status()) {
        (Some(Method::Invite), _) => {
            post.push((at, answer(&message, 180)));
            post.push((at, answer(&message, 200)));
        }
        (Some(Method::Bye), _) => {
            post.push((at, response_to(&message, 200, None, SERVER).finish()))
        }
        (_, Some(200)) if cseq.ends_with("INVITE") => {
            post.push((at, inside(scene, &message, Method::Ack)));
            ends.answered += 1;
            ends.calls.push(message);
        }
        (_, Some(200)) => ends.ended += 1,
        (_, Some(status)) => assert!(status < 200, "no call is refused, but: {status}"),
        (Some(_) | None, None) => {}
    }
}

fn sdp(port: usize) -> String {
    let ip = CALLER.ip();
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

fn invite(scene: &mut Scene, n: usize) -> Bytes {
    let (branch, tag) = (scene.random.token(16), scene.random.token(8));
    let call_id = scene.random.token(20);
    let body = sdp(10_000 + 2 * n);
    let length = body.len();
    let text = format!(
        "INVITE sip:callee@load.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP {CALLER};branch=z9hG4bK{branch};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:caller@load.example>;tag={tag}\r\nTo: <sip:callee@load.example>\r\n\
         Call-ID: {call_id}\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@{CALLER}>\r\n\
         Allow: INVITE,ACK,BYE,CANCEL,OPTIONS\r\nUser-Agent: shard_speed\r\n\
         Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    text.into()
}

/// The callee's answer to an INVITE; its media port follows from the one it was offered.
fn answer(invite: &Message, status: u16) -> Bytes {
    let tag = invite.call_id().unwrap_or_default().to_owned();
    let mut builder = response_to(invite, status, Some(&tag), SERVER);
    builder.text(Name::Contact, &format!("<sip:callee@{CALLEE}>"));
    if status == 200 {
        builder.body("application/sdp", sdp(offered_port(invite)).as_bytes());
    }
    builder.finish()
}

fn offered_port(invite: &Message) -> usize {
    let body = String::from_utf8_lossy(invite.body());
    let line = body.lines().find_map(|line| line.strip_prefix("m=audio "));
    let port = line.and_then(|line| line.split(' ').next()?.parse().ok());
    port.unwrap_or(9)
}

/// A request of the caller inside the dialog that this 200 made.
fn inside(scene: &mut Scene, ok: &Message, method: Method<'static>) -> Bytes {
    let contact = ok.contact().ok().flatten();
    let uri = contact.map_or(String::new(), |contact| contact.uri_text.to_owned());
    let cseq = if method == Method::Ack { 1 } else { 2 };
    let branch = scene.random.token(16);
    let mut builder = Builder::request(method, &uri);
    builder
        .text(
            Name::Via,
            &format!("SIP/2.0/UDP {CALLER};branch=z9hG4bK{branch};rport"),
        )
        .text(Name::MaxForwards, "70")
        .copy(ok, Name::From)
        .copy(ok, Name::To)
        .copy(ok, Name::CallId)
        .text(Name::CSeq, &format!("{cseq} {}", method.as_str()));
    builder.finish()
}
