//! Recording sessions: what a server is told and a client is answered.

use super::*;
use crate::{RecordingCall, RecordingReport, RecordingSession};
use sdp::{Description, Direction};
use siprec::{Id, METADATA, Metadata, Said, Stream};

const SERVER: &str = "192.0.2.50:5060";

fn to_server() -> Flow {
    Flow::udp(
        "198.51.100.1:5060".parse().unwrap(),
        SERVER.parse().unwrap(),
    )
}

fn recording(feature: &str) -> Arc<Config> {
    let plain = config(to_server());
    Arc::new(Config {
        contact: format!("{};{feature}", plain.contact),
        recording: true,
        ..Config::clone(&plain)
    })
}

fn metadata(label: &str) -> Metadata {
    Metadata {
        streams: vec![Stream {
            id: Id::of(1),
            session: None,
            label: Some(label.to_owned()),
        }],
        ..Metadata::default()
    }
}

fn with<R>(
    office: &mut Office,
    act: impl FnOnce(&mut Desk<'_>, &mut Vec<RecordingReport>) -> R,
) -> (R, Vec<RecordingReport>) {
    let mut reports = Vec::new();
    let done = office.with(|desk, _| act(desk, &mut reports));
    (done, reports)
}

/// A call to a server, and its INVITE.
fn called(office: &mut Office) -> (RecordingSession, Message) {
    let sounds = ["1", "2"].map(|label| (label.to_owned(), office.sound(to_server(), None)));
    let call = RecordingCall {
        uri: "sip:recorder@192.0.2.50".to_owned(),
        from: "<sip:recorder@acme.example>".to_owned(),
        routes: Vec::new(),
        flow: to_server(),
        login: None,
        patience: Duration::from_secs(4),
        stream: None,
        metadata: metadata("1"),
    };
    let config = recording("+sip.src");
    let (session, _) = with(office, |desk, _| {
        RecordingSession::call(call, sounds.into(), config, Owner(9), desk)
    });
    let invite = office.last();
    (session, invite)
}

fn offer_in(message: &Message) -> Description {
    let kind = message.header(Name::ContentType).unwrap();
    Description::parse(siprec::described(kind, message.body()).unwrap()).unwrap()
}

fn said_in(message: &Message) -> Said {
    siprec::said(message.header(Name::ContentType).unwrap(), message.body())
}

/// The server's answer to a request, with a stream for each of these ports.
fn answer(request: &Message, ports: &[u16], direction: &str) -> Message {
    let mut body =
        "v=0\r\no=- 5 5 IN IP4 192.0.2.50\r\ns=-\r\nc=IN IP4 192.0.2.50\r\nt=0 0\r\n".to_owned();
    for port in ports {
        body += &format!("m=audio {port} RTP/AVP 0\r\na={direction}\r\n");
    }
    let mut text = "SIP/2.0 200 OK\r\n".to_owned();
    for name in ["Via", "From", "Call-ID", "CSeq"] {
        let value = request.header(Name::Other(name)).unwrap();
        text += &format!("{name}: {value}\r\n");
    }
    let to = request.header(Name::To).unwrap();
    let tag = if to.contains("tag=") { "" } else { ";tag=srs" };
    text += &format!("To: {to}{tag}\r\nContact: <sip:srs@192.0.2.50>;+sip.srs\r\n");
    text += "Allow: INVITE, UPDATE, BYE\r\nContent-Type: application/sdp\r\n";
    read(format!(
        "{text}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// The session hears a message of its server's.
fn hears(
    office: &mut Office,
    session: &mut RecordingSession,
    message: Message,
) -> Vec<RecordingReport> {
    office
        .transactions
        .receive(to_server(), message, office.now);
    let mut all = Vec::new();
    while let Some(event) = office.transactions.poll() {
        let (_, mut reports) = with(office, |desk, reports| session.take(event, desk, reports));
        all.append(&mut reports);
    }
    all
}

// rfc: 7866 §6.1.1
// rfc: 7866 §7.1.1
#[test]
fn a_server_is_offered_a_labelled_stream_for_each_side_with_metadata_beside() {
    let mut office = Office::new();
    let (_, invite) = called(&mut office);
    assert!(invite.require().any(|tag| tag == "siprec"));
    assert!(invite.header(Name::Contact).unwrap().ends_with(";+sip.src"));
    let offer = offer_in(&invite);
    assert_eq!(offer.media.len(), 2);
    for (place, label) in ["1", "2"].into_iter().enumerate() {
        assert_eq!(offer.direction_of(place), Direction::SendOnly);
        assert_eq!(offer.media[place].value("label"), Some(label));
    }
    assert_ne!(offer.media[0].port, offer.media[1].port);
    assert_eq!(said_in(&invite), Said::Metadata(Box::new(metadata("1"))));
    let body = std::str::from_utf8(invite.body()).unwrap();
    assert!(body.contains("Content-Disposition: recording-session"));
    assert!(body.contains(METADATA));
}

#[test]
fn a_server_may_take_one_of_the_two() {
    let mut office = Office::new();
    let (mut session, invite) = called(&mut office);
    let reports = hears(
        &mut office,
        &mut session,
        answer(&invite, &[4000, 0], "recvonly"),
    );
    assert_eq!(reports, [RecordingReport::Answered]);
    let taken: Vec<bool> = session.streams().iter().map(|one| one.is_live()).collect();
    assert_eq!(taken, [true, false]);
    assert_eq!(office.last().method(), Some(Method::Ack));
}

// rfc: 7866 §7.1.1.1
#[test]
fn a_pause_is_told_by_streams_that_are_inactive_with_metadata_beside() {
    let mut office = Office::new();
    let (mut session, invite) = called(&mut office);
    hears(
        &mut office,
        &mut session,
        answer(&invite, &[4000, 4002], "recvonly"),
    );
    with(&mut office, |desk, _| {
        session.tell(&metadata("2"), false, desk)
    });
    let told = office.last();
    assert_eq!(told.method(), Some(Method::Invite));
    let offer = offer_in(&told);
    assert_eq!(offer.direction_of(0), Direction::Inactive);
    assert_eq!(offer.direction_of(1), Direction::Inactive);
    assert_eq!(offer.media[1].value("label"), Some("2"));
    assert_eq!(said_in(&told), Said::Metadata(Box::new(metadata("2"))));
    let reports = hears(
        &mut office,
        &mut session,
        answer(&told, &[4000, 4002], "inactive"),
    );
    assert_eq!(reports, [RecordingReport::Changed]);
    assert!(
        session
            .streams()
            .iter()
            .all(|one| one.is_taken() && !one.is_live())
    );
    with(&mut office, |desk, _| {
        session.tell(&metadata("2"), true, desk)
    });
    let offer = offer_in(&office.last());
    assert_eq!(offer.direction_of(0), Direction::SendOnly);
}

#[test]
fn a_server_that_refuses_or_is_silent_gives_all_ports_back() {
    let mut office = Office::new();
    let before = office.ports.figures().used;
    let (mut session, invite) = called(&mut office);
    assert_eq!(office.ports.figures().used, before + 2);
    let text = String::from_utf8(answer(&invite, &[], "x").raw().to_vec()).unwrap();
    let text = text.replace("200 OK", "403 Not for you");
    let reports = hears(&mut office, &mut session, read(text));
    let refused = RecordingReport::Refused(403, "Not for you".to_owned());
    assert_eq!(reports, [refused, RecordingReport::Terminated]);
    assert_eq!(office.ports.figures().used, before);
}

/// A client's INVITE with streams of these kinds.
fn clients(streams: &[(&str, u16, &str, &str)]) -> String {
    let mut body =
        "v=0\r\no=- 5 5 IN IP4 192.0.2.50\r\ns=-\r\nc=IN IP4 192.0.2.50\r\nt=0 0\r\n".to_owned();
    for (kind, port, direction, label) in streams {
        let line = format!("m={kind} {port} RTP/AVP 0\r\na={direction}\r\na=label:{label}\r\n");
        body += &line;
    }
    let head = "INVITE sip:recorder@198.51.100.1 SIP/2.0\r\n\
                Via: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKsrc\r\nMax-Forwards: 70\r\n\
                From: <sip:src@192.0.2.50>;tag=src\r\nTo: <sip:recorder@198.51.100.1>\r\n\
                Call-ID: recorded\r\nCSeq: 1 INVITE\r\nRequire: siprec\r\n\
                Contact: <sip:src@192.0.2.50>;+sip.src\r\nContent-Type: application/sdp\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// What becomes of a client's INVITE.
fn taken(office: &mut Office, text: String) -> Result<RecordingSession, u16> {
    let sounds = vec![
        office.sound(to_server(), None),
        office.sound(to_server(), None),
    ];
    office
        .transactions
        .receive(to_server(), read(text), office.now);
    let Some(Event::Request { key, flow, message }) = office.transactions.poll() else {
        panic!("an INVITE");
    };
    let offer = offer_in(&message);
    let config = recording("+sip.srs");
    let invite = (key, flow, message);
    let taken = with(office, |desk, _| {
        RecordingSession::answer(invite, &offer, sounds, config, Owner(9), desk)
    });
    taken.0
}

// rfc: 7866 §6.2
// rfc: 7866 §7.2
#[test]
fn a_client_is_answered_for_each_stream_and_never_sent_anything() {
    let mut office = Office::new();
    let streams = [
        ("audio", 4000, "sendonly", "96"),
        ("audio", 4002, "sendonly", "97"),
    ];
    let session = taken(&mut office, clients(&streams)).unwrap();
    let answer = office.last();
    assert_eq!(answer.status(), Some(200));
    assert!(answer.header(Name::Contact).unwrap().ends_with(";+sip.srs"));
    assert!(answer.supports("siprec"));
    let told = Description::parse(answer.body()).unwrap();
    assert_eq!(told.direction_of(0), Direction::RecvOnly);
    assert_eq!(told.direction_of(1), Direction::RecvOnly);
    let labels: Vec<_> = session.streams().iter().map(|one| one.label()).collect();
    assert_eq!(labels, [Some("96"), Some("97")]);
}

#[test]
fn of_a_clients_streams_video_and_what_is_more_than_two_is_not_taken() {
    let mut office = Office::new();
    let streams = [
        ("video", 5000, "sendonly", "v"),
        ("audio", 4000, "sendonly", "1"),
        ("audio", 4002, "inactive", "2"),
        ("audio", 4004, "sendonly", "3"),
    ];
    let session = taken(&mut office, clients(&streams)).unwrap();
    let told = Description::parse(office.last().body()).unwrap();
    let taken: Vec<bool> = told.media.iter().map(|media| media.port != 0).collect();
    assert_eq!(taken, [false, true, true, false]);
    let live: Vec<bool> = session.streams().iter().map(|one| one.is_live()).collect();
    assert_eq!(live, [true, false]);
}

#[test]
fn a_client_of_whose_streams_none_can_be_taken_is_refused() {
    let mut office = Office::new();
    let before = office.ports.figures().used;
    let refused = taken(&mut office, clients(&[("video", 5000, "sendonly", "v")]));
    assert_eq!(refused.err(), Some(488));
    assert_eq!(office.last().status(), Some(488));
    assert_eq!(office.ports.figures().used, before);
}

#[test]
fn an_extension_that_is_required_besides_is_refused_as_ever() {
    let mut office = Office::new();
    let text = clients(&[("audio", 4000, "sendonly", "1")]);
    let text = text.replace("Require: siprec", "Require: siprec, magic");
    assert_eq!(taken(&mut office, text).err(), Some(420));
    let answer = office.last();
    assert_eq!(answer.header(Name::Unsupported), Some("magic"));
}

#[test]
fn a_client_that_pauses_is_answered_and_its_streams_are_silent() {
    let mut office = Office::new();
    let streams = [
        ("audio", 4000, "sendonly", "1"),
        ("audio", 4002, "sendonly", "2"),
    ];
    let text = clients(&streams);
    let mut session = taken(&mut office, text.clone()).unwrap();
    let to = office.last().header(Name::To).unwrap().to_owned();
    let within = text.replace("To: <sip:recorder@198.51.100.1>", &format!("To: {to}"));
    let ack = within
        .split("Content-Type")
        .next()
        .unwrap()
        .replace("INVITE", "ACK");
    let ack = ack.replace("Require: siprec\r\n", "") + "Content-Length: 0\r\n\r\n";
    hears(&mut office, &mut session, read(ack));
    let pause = within
        .replace("sendonly", "inactive")
        .replace("1 INVITE", "2 INVITE");
    let pause = pause.replace("z9hG4bKsrc", "z9hG4bKpause");
    let reports = hears(&mut office, &mut session, read(pause));
    assert_eq!(reports, [RecordingReport::Changed]);
    let told = Description::parse(office.last().body()).unwrap();
    assert_eq!(told.direction_of(1), Direction::Inactive);
    assert!(session.streams().iter().all(|one| !one.is_live()));
}
