//! What recording clients send: whose recording it becomes, who is heard there, and who is refused.

use crate::carriers::{CARRIER, by_hand, office_with};
use crate::office::{Office, SECOND, address};
use sip_message::{Message, Name};
use testkit::RawId;

const ACCEPTS: &str = ", \"siprec\": \"accepts\"";
const TO: &str = "<sip:recorder@alpha.example>";
const FROM: &str = "<sip:src@198.51.100.60>;tag=src";

fn office(more: &str) -> (Office, RawId) {
    let mut office = office_with(&[CARRIER], more, |_| ());
    let client = by_hand(&mut office, CARRIER);
    (office, client)
}

fn offer(direction: &str) -> String {
    format!(
        "v=0\r\no=- 5 5 IN IP4 198.51.100.60\r\ns=-\r\nc=IN IP4 198.51.100.60\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 0\r\na={direction}\r\na=label:1\r\n\
         m=audio 4002 RTP/AVP 0\r\na={direction}\r\na=label:2\r\n"
    )
}

fn metadata() -> &'static str {
    "<recording xmlns='urn:ietf:params:xml:ns:recording:1'><datamode>complete</datamode>\
     <session session_id='s'/>\
     <participant participant_id='a'><nameID aor='sip:4711@other.example'><name>Ida</name>\
     </nameID></participant>\
     <participant participant_id='b'><nameID aor='tel:+4930'/></participant>\
     <stream stream_id='x' session_id='s'><label>1</label></stream>\
     <stream stream_id='y' session_id='s'><label>2</label></stream>\
     <participantstreamassoc participant_id='a'><send>x</send></participantstreamassoc>\
     <participantstreamassoc participant_id='b'><send>y</send></participantstreamassoc>\
     </recording>"
}

fn both(direction: &str) -> String {
    let (sdp, xml) = (offer(direction), metadata());
    format!(
        "--x\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--x\r\n\
         Content-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\
         \r\n{xml}\r\n--x--\r\n"
    )
}

const MORE: &str = "Require: siprec\r\nContent-Type: multipart/mixed;boundary=x\r\n";

/// The client's INVITE; its Call-ID.
fn invite(office: &mut Office, client: RawId) -> String {
    let uri = format!("sip:recorder@{}", office.world.raws[client.0].server);
    let call_id = office.world.with_raw(client, |raw| {
        raw.request("INVITE", &uri, (FROM, TO), MORE, &both("sendonly"))
    });
    office.world.run(SECOND);
    call_id
}

fn response(office: &Office, client: RawId) -> Message {
    office.world.raws[client.0].response().unwrap().clone()
}

/// A request within the session.
fn ask(office: &mut Office, client: RawId, call_id: &str, method: &str, more: &str, body: &str) {
    let raw = &office.world.raws[client.0];
    let mut answers = raw.inbox.iter().filter(|one| one.status() == Some(200));
    let to = answers.next().unwrap().header(Name::To).unwrap().to_owned();
    let uri = format!("sip:recorder@{}", raw.server);
    office.world.with_raw(client, |raw| {
        raw.request_in(call_id, method, &uri, (FROM, &to), more, body);
    });
    office.world.run(SECOND);
}

#[test]
fn what_a_client_sends_is_a_recording_of_the_company_whose_trunk_it_comes_by() {
    let (mut office, client) = office(ACCEPTS);
    let call_id = invite(&mut office, client);
    let answer = response(&office, client);
    assert_eq!(answer.status(), Some(200));
    assert!(answer.header(Name::Contact).unwrap().contains("+sip.srs"));
    let told = sdp::Description::parse(answer.body()).unwrap();
    assert_eq!(told.direction_of(0), sdp::Direction::RecvOnly);
    assert_eq!(told.direction_of(1), sdp::Direction::RecvOnly);
    ask(&mut office, client, &call_id, "ACK", "", "");
    let tapes = office.world.tapes();
    let begun = tapes.beginnings[0].clone();
    assert_eq!(
        (begun.tenant, begun.client.is_some()),
        (office.alpha.id(), true)
    );
    assert_eq!((&*begun.caller, &*begun.called), ("4711", "+4930"));
    let members = &tapes.members[&begun.id];
    assert_eq!(members[..], ["Ida <sip:4711@other.example>", "tel:+4930"]);
    ask(&mut office, client, &call_id, "BYE", "", "");
    assert_eq!(office.world.tapes().ended, [begun.id]);
    assert!(office.settled_records().is_empty(), "it is no call");
}

#[test]
fn a_client_that_pauses_is_obeyed() {
    let (mut office, client) = office(ACCEPTS);
    let call_id = invite(&mut office, client);
    ask(&mut office, client, &call_id, "ACK", "", "");
    ask(
        &mut office,
        client,
        &call_id,
        "INVITE",
        MORE,
        &both("inactive"),
    );
    let answer = response(&office, client);
    assert_eq!(answer.status(), Some(200));
    let told = sdp::Description::parse(answer.body()).unwrap();
    assert_eq!(told.direction_of(0), sdp::Direction::Inactive);
    ask(&mut office, client, &call_id, "BYE", "", "");
    office.settled_records();
}

#[test]
fn metadata_alone_is_taken_within_a_session() {
    let (mut office, client) = office(ACCEPTS);
    let call_id = invite(&mut office, client);
    ask(&mut office, client, &call_id, "ACK", "", "");
    let more = "Content-Type: application/rs-metadata+xml\r\n";
    let change = "<recording><datamode>partial</datamode><participant participant_id='c'>\
                  <nameID aor='sip:4713@other.example'/></participant></recording>";
    ask(&mut office, client, &call_id, "UPDATE", more, change);
    assert_eq!(response(&office, client).status(), Some(200));
    let tapes = office.world.tapes();
    let id = tapes.beginnings[0].id;
    assert!(tapes.members[&id].contains(&"sip:4713@other.example".to_owned()));
    ask(&mut office, client, &call_id, "BYE", "", "");
    office.settled_records();
}

#[test]
fn a_trunk_that_does_not_accept_recordings_does_not_know_the_extension() {
    for more in ["", ", \"siprec\": \"sends\""] {
        let (mut office, client) = office(more);
        invite(&mut office, client);
        let answer = response(&office, client);
        assert_eq!(answer.status(), Some(420));
        assert_eq!(answer.header(Name::Unsupported), Some("siprec"));
        assert!(office.world.tapes().beginnings.is_empty());
        office.settled_records();
    }
}

#[test]
fn a_strangers_recording_is_refused_and_kept_nowhere() {
    let (mut office, _) = office(ACCEPTS);
    let stranger = office.world.raw(address(99));
    invite(&mut office, stranger);
    let status = response(&office, stranger).status().unwrap();
    assert!([401, 403, 407, 420].contains(&status), "{status}");
    assert!(office.world.tapes().beginnings.is_empty());
    office.settled_records();
}

#[test]
fn nobody_else_may_end_a_clients_session() {
    let (mut office, client) = office(ACCEPTS);
    let call_id = invite(&mut office, client);
    ask(&mut office, client, &call_id, "ACK", "", "");
    let answer = response(&office, client);
    let to = answer.header(Name::To).unwrap().to_owned();
    let uri = format!("sip:recorder@{}", office.world.raws[client.0].server);
    let stranger = office.world.raw(address(99));
    office.world.with_raw(stranger, |raw| {
        raw.request_in(&call_id, "BYE", &uri, (FROM, &to), "", "");
    });
    assert_eq!(office.status(stranger), Some(481));
    assert!(office.world.tapes().ended.is_empty());
    ask(&mut office, client, &call_id, "BYE", "", "");
    assert_eq!(office.world.tapes().ended.len(), 1);
    office.settled_records();
}

#[test]
fn a_client_that_asks_is_told_that_its_recordings_are_kept() {
    for (more, told) in [(ACCEPTS, true), ("", false)] {
        let (mut office, client) = office(more);
        let uri = format!("sip:recorder@{}", office.world.raws[client.0].server);
        office.world.with_raw(client, |raw| {
            raw.request("OPTIONS", &uri, (FROM, TO), "", "");
        });
        office.world.run(SECOND);
        let answer = response(&office, client);
        assert_eq!(answer.supports("siprec"), told);
    }
}
