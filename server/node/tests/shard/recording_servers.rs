//! Calls that are sent to recording servers: what these are told, whose calls they get, and that a
//! call goes on whatever becomes of them.

use crate::carriers::{CARRIER, by_hand, office_with, requests, respond};
use crate::office::{Office, SECOND};
use domain::{EventKind, RecordedCalls, RecordingKeeper};
use ids::TenantId;
use node::{Answer, Ask};
use ports::RecordingWish;
use sip_message::{Message, Method, Name};
use siprec::{Extent, Metadata, Said};
use testkit::{LineId, RawId};

const SENDS: &str = ", \"siprec\": \"sends\"";

/// An office whose alpha has its calls kept so, and a recording server.
fn office(kept_by: RecordingKeeper) -> Office {
    office_with(&[CARRIER], SENDS, |alpha| {
        for extension in &mut alpha.parts.extensions {
            extension.spec.recording.calls = RecordedCalls::All;
            extension.spec.recording.kept_by = kept_by;
        }
    })
}

fn invites(office: &Office, server: RawId) -> Vec<Message> {
    let mut all = requests(office, server, Method::Invite);
    all.dedup_by_key(|one| one.cseq().map(|cseq| cseq.number).ok());
    all
}

fn metadata(message: &Message) -> Metadata {
    let kind = message.header(Name::ContentType).unwrap();
    match siprec::said(kind, message.body()) {
        Said::Metadata(metadata) => *metadata,
        other => panic!("no metadata: {other:?}"),
    }
}

fn direction(message: &Message) -> sdp::Direction {
    let kind = message.header(Name::ContentType).unwrap();
    let text = siprec::described(kind, message.body()).unwrap();
    sdp::Description::parse(text).unwrap().direction_of(0)
}

/// The server takes both streams of an offer.
fn take(office: &mut Office, server: RawId, invite: &Message, direction: &str) {
    let body = format!(
        "v=0\r\no=- 5 5 IN IP4 198.51.100.60\r\ns=-\r\nc=IN IP4 198.51.100.60\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 0\r\na={direction}\r\nm=audio 4002 RTP/AVP 0\r\na={direction}\r\n"
    );
    respond(office, server, invite, 200, |answer| {
        answer.body("application/sdp", body.as_bytes());
    });
}

/// Anna and Bert talk, and the server has their call.
fn sent() -> (Office, RawId, LineId, Message) {
    let mut office = office(RecordingKeeper::Server);
    let server = by_hand(&mut office, CARRIER);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let invite = invites(&office, server).remove(0);
    take(&mut office, server, &invite, "recvonly");
    (office, server, anna, invite)
}

fn told(office: &Office, tenant: TenantId) -> Vec<String> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let log = events.filter(|event| event.tenant == tenant);
    let unsent = log.filter(|event| event.kind == EventKind::RecordingUnsent);
    unsent
        .map(|event| event.data["reason"].to_string())
        .collect()
}

fn wish(office: &mut Office, wish: RecordingWish) {
    let (alpha, call) = (
        office.alpha.id(),
        office.live_calls(&office.alpha.clone())[0].id,
    );
    let answer = office.world.ask(alpha, Ask::Record(call, wish));
    assert!(
        matches!(answer, Some(Answer::Recorded(_, Ok(())))),
        "{answer:?}"
    );
    office.world.run(SECOND / 2);
}

#[test]
fn a_server_is_told_who_the_two_are_and_the_exchange_keeps_nothing() {
    let (mut office, server, anna, invite) = sent();
    let all = metadata(&invite);
    assert_eq!(all.extent, Extent::Complete);
    let speaker = |label| all.speaker(label).and_then(|one| one.number());
    assert_eq!((speaker("1"), speaker("2")), (Some("101"), Some("102")));
    let address = &all.participants[0].addresses[0];
    assert_eq!(address, "sip:101@alpha.example");
    assert!(office.world.tapes().beginnings.is_empty());
    office.world.run(SECOND);
    office.hang_up(office.anna, anna);
    let byes = requests(&office, server, Method::Bye);
    assert!(!byes.is_empty(), "the session ends with the call");
    respond(&mut office, server, &byes[0], 200, |_| ());
    let record = office.record();
    let why = record
        .explanation
        .iter()
        .find(|why| why.rule == "record.server");
    assert!(why.unwrap().because.contains("carrier"), "{why:?}");
}

#[test]
fn what_both_keep_the_exchange_keeps_too() {
    let mut office = office(RecordingKeeper::Both);
    let server = by_hand(&mut office, CARRIER);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let invite = invites(&office, server).remove(0);
    take(&mut office, server, &invite, "recvonly");
    assert_eq!(office.world.tapes().beginnings.len(), 1);
    office.hang_up(office.anna, anna);
    assert_eq!(office.world.tapes().ended.len(), 1);
    let byes = requests(&office, server, Method::Bye);
    respond(&mut office, server, &byes[0], 200, |_| ());
    office.record();
}

#[test]
fn a_call_that_a_server_refuses_goes_on_and_says_why() {
    let mut office = office(RecordingKeeper::Server);
    let server = by_hand(&mut office, CARRIER);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let invite = invites(&office, server).remove(0);
    respond(&mut office, server, &invite, 486, |_| ());
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    let alpha = office.alpha.id();
    assert_eq!(told(&office, alpha).len(), 1);
    let record = office.record();
    let mut latest = record.explanation.iter().rev();
    let why = latest.find(|why| why.rule == "record.server").unwrap();
    assert!(why.because.contains("486"), "{record:?}");
}

#[test]
fn a_call_whose_server_is_silent_goes_on() {
    let mut office = office(RecordingKeeper::Server);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 10);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    let alpha = office.alpha.id();
    assert_eq!(told(&office, alpha).len(), 1);
    office.record();
}

#[test]
fn a_server_that_ends_the_session_leaves_the_call_alone() {
    let (mut office, server, anna, invite) = sent();
    let (from, to) = (
        invite.header(Name::To).unwrap().to_owned() + ";tag=",
        invite.header(Name::From).unwrap().to_owned(),
    );
    let from = from.replace(";tag=", &format!(";tag={}", tag_of(&office, server)));
    let call_id = invite.call_id().unwrap().to_owned();
    let uri = format!("sip:{}", office.world.raws[server.0].server);
    office.world.with_raw(server, |raw| {
        raw.request_in(&call_id, "BYE", &uri, (&from, &to), "", "");
    });
    assert_eq!(office.status(server), Some(200));
    assert_eq!(office.live_calls(&office.alpha.clone()).len(), 1);
    let alpha = office.alpha.id();
    assert_eq!(told(&office, alpha).len(), 1);
    office.hang_up(office.anna, anna);
    office.record();
}

/// The tag by which the server answered.
fn tag_of(office: &Office, server: RawId) -> String {
    let acks = requests(office, server, Method::Ack);
    let to = acks[0].to().unwrap();
    to.tag().unwrap().to_owned()
}

#[test]
fn a_pause_is_told_to_the_server_and_nothing_is_sent_from_then_on() {
    let (mut office, server, anna, _) = sent();
    office.world.run(SECOND);
    wish(&mut office, RecordingWish::Paused);
    let pause = invites(&office, server).pop().unwrap();
    assert_eq!(direction(&pause), sdp::Direction::Inactive);
    assert_eq!(metadata(&pause).extent, Extent::Partial);
    take(&mut office, server, &pause, "inactive");
    wish(&mut office, RecordingWish::On(None));
    let again = invites(&office, server).pop().unwrap();
    assert_eq!(direction(&again), sdp::Direction::SendOnly);
    take(&mut office, server, &again, "recvonly");
    office.hang_up(office.anna, anna);
    let byes = requests(&office, server, Method::Bye);
    respond(&mut office, server, &byes[0], 200, |_| ());
    office.record();
}

#[test]
fn a_hold_is_told_to_the_server() {
    let (mut office, server, anna, _) = sent();
    office.world.run(SECOND);
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    let held = invites(&office, server).pop().unwrap();
    let change = metadata(&held);
    assert_eq!(change.extent, Extent::Partial);
    assert_eq!(change.voices.len(), 2);
    assert!(change.voices.iter().all(|voice| voice.sends.is_empty()));
    take(&mut office, server, &held, "recvonly");
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, false, now));
    office.world.run(SECOND);
    let back = invites(&office, server).pop().unwrap();
    assert!(
        metadata(&back)
            .voices
            .iter()
            .all(|voice| voice.sends.len() == 1)
    );
    take(&mut office, server, &back, "recvonly");
    office.hang_up(office.anna, anna);
    let byes = requests(&office, server, Method::Bye);
    respond(&mut office, server, &byes[0], 200, |_| ());
    office.record();
}

#[test]
fn another_companys_calls_are_not_sent_to_this_ones_server() {
    let mut office = office(RecordingKeeper::Server);
    for extension in &mut office.beta.parts.extensions {
        extension.spec.recording.calls = RecordedCalls::All;
        extension.spec.recording.kept_by = RecordingKeeper::Server;
    }
    office.world.add(&office.beta);
    let server = by_hand(&mut office, CARRIER);
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    office.world.run(SECOND * 3);
    assert!(invites(&office, server).is_empty(), "beta has no server");
    assert!(office.both_hear((office.dora, dora), (office.emil, emil)));
    let beta = office.beta.id();
    assert_eq!(told(&office, beta).len(), 1);
    office.hang_up(office.dora, dora);
    office.record();
}

#[test]
fn a_trunk_that_sends_nothing_gets_nothing() {
    let mut office = office_with(&[CARRIER], "", |alpha| {
        for extension in &mut alpha.parts.extensions {
            extension.spec.recording.calls = RecordedCalls::All;
            extension.spec.recording.kept_by = RecordingKeeper::Server;
        }
    });
    let carrier = by_hand(&mut office, CARRIER);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 3);
    assert!(invites(&office, carrier).is_empty());
    office.hang_up(office.anna, anna);
    office.record();
}
