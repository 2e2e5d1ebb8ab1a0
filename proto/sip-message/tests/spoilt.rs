//! Messages that are nearly right: refused or understood, never a panic, whatever is asked of
//! them. The samples are the torture messages of RFC 4475 and RFC 5118 and two everyday ones.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use bytes::Bytes;
use machine::harness::Spoiler;
use sip_message::{
    Builder, Contacts, Frame, Framer, Limits, Message, Method, Name, NameAddr, Parsed, Problem,
    Uri, response_to,
};

fn samples() -> Vec<Vec<u8>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = Vec::new();
    for folder in ["corpus", "vectors/rfc4475", "vectors/rfc5118"] {
        let files = fs::read_dir(tests.join(folder)).unwrap();
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        found.extend(paths.into_iter().map(|path| fs::read(path).unwrap()));
    }
    found.retain(|bytes| bytes.len() < 4_000);
    assert!(found.len() > 50);
    found
}

fn uri(uri: &Uri<'_>) -> usize {
    let _equal = uri.equivalent(uri);
    let _scheme = uri.check_scheme();
    let texts = [
        uri.user_decoded().map(|text| text.len()),
        uri.param_decoded("transport").map(|text| text.len()),
        uri.tel_number().map(|text| text.len()),
        uri.phone_context().map(str::len),
        uri.maddr().map(str::len),
        Some(usize::from(uri.port_or_default())),
        uri.host.address().map(|ip| ip.to_string().len()),
    ];
    texts.into_iter().flatten().sum()
}

fn address(address: &NameAddr<'_>) -> usize {
    let texts = [
        address.uri().ok().map(|found| uri(&found)),
        address.display_text().map(|text| text.len()),
        address.tag().map(str::len),
        address.instance().map(str::len),
        address.pub_gruu().map(str::len),
        address
            .uri_header("Replaces")
            .ok()
            .flatten()
            .map(|text| text.len()),
        address.q().map(usize::from),
        address.expires().and_then(|n| usize::try_from(n).ok()),
    ];
    texts.into_iter().flatten().sum()
}

fn addresses(read: Result<Vec<NameAddr<'_>>, Problem>) -> usize {
    read.iter().flatten().map(address).sum()
}

/// Asks a message everything it can be asked.
fn interrogate(message: &Message) {
    let checks = [
        message.check_request(),
        message.check_response(),
        message.check_hops(),
        message.check_method(&[Method::Invite]),
        message.check_require(&["100rel"]),
        message.check_body(&["application/sdp"]),
    ];
    for problem in checks.iter().filter_map(|check| check.as_ref().err()) {
        assert!((400..700).contains(&problem.status), "{problem}");
    }
    let vias = message.vias().unwrap_or_default();
    let mut said: usize = vias
        .iter()
        .filter_map(|via| via.branch())
        .map(str::len)
        .sum();
    said += [message.from(), message.to()]
        .iter()
        .flatten()
        .map(address)
        .sum::<usize>();
    said += addresses(message.routes()) + addresses(message.record_routes());
    said += addresses(message.paths()) + addresses(message.service_routes());
    said += addresses(message.asserted_identities());
    said += message
        .refer_to()
        .iter()
        .flatten()
        .map(address)
        .sum::<usize>();
    said += message
        .referred_by()
        .iter()
        .flatten()
        .map(address)
        .sum::<usize>();
    if let Ok(contacts) = message.contacts() {
        match &contacts {
            Contacts::List(list) => said += list.iter().map(address).sum::<usize>(),
            Contacts::Star => assert!(contacts.list().is_empty()),
        }
    }
    said += message.request_uri().as_ref().map_or(0, uri);
    for credentials in message.authorization().chain(message.www_authenticate()) {
        said += credentials
            .params()
            .map(|(name, value)| name.len() + value.len())
            .sum::<usize>();
        said += credentials.param("nonce").map_or(0, |nonce| nonce.len());
    }
    said += message
        .require()
        .chain(message.supported())
        .map(str::len)
        .sum::<usize>();
    said += message.allow().count() + message.reasons().count();
    let numbers = [
        message.cseq().map(|cseq| u64::from(cseq.number)).ok(),
        message.max_forwards().ok().flatten().map(u64::from),
        message.expires().ok().flatten().map(u64::from),
        message.min_se().ok().flatten().map(u64::from),
        message.session_expires().ok().flatten().map(|_| 1),
        message
            .rack()
            .ok()
            .flatten()
            .map(|rack| u64::from(rack.rseq)),
        message.replaces().ok().flatten().map(|_| 1),
        message.content_type().ok().flatten().map(|_| 1),
        message.event().map(|_| 1),
        message.retry_after().map(u64::from),
    ];
    assert!(numbers.len() + said > 0);
    assert!(message.body().len() <= message.raw().len());
}

/// Everything that can be made of a message can be read again.
fn repeat(message: &Message) {
    let source = "192.0.2.7:5060".parse().unwrap();
    if message.is_request() && message.check_request().is_ok() {
        let response = response_to(message, 486, Some("ours"), source).finish();
        let read = Message::parse(response, &Limits::DEFAULT).expect("we wrote it");
        assert_eq!(read.status(), Some(486));
        assert_eq!(read.call_id(), message.call_id());
        let cseq = |message: &Message| message.cseq().map(|cseq| cseq.number);
        assert_eq!(cseq(&read), cseq(message));
    }
    let mut copy = Builder::request(Method::Options, "sip:127.0.0.1");
    copy.copy_except(message, &[Name::ContentLength]);
    let read = Message::parse(copy.finish(), &Limits::DEFAULT);
    let fields = |message: &Message| message.fields().count();
    if let Ok(read) = read {
        assert!(fields(&read) <= fields(message) + 1);
    }
}

#[test]
fn a_spoilt_message_is_refused_or_answers_whatever_it_is_asked() {
    let samples = samples();
    let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
    let mut spoiler = Spoiler::new(0x51b);
    let (mut whole, mut flawed) = (0, 0);
    for _ in 0..30_000 {
        let input = Bytes::from(spoiler.spoil(&samples));
        match Message::parse_answerable(input, &Limits::DEFAULT) {
            Parsed::Whole(message) => {
                whole += 1;
                interrogate(&message);
                repeat(&message);
            }
            Parsed::Flawed(message, problem) => {
                flawed += 1;
                assert!((400..700).contains(&problem.status), "{problem}");
                interrogate(&message);
            }
            Parsed::Broken(problem) => assert!((400..700).contains(&problem.status), "{problem}"),
        }
    }
    assert!(
        whole > 3_000 && flawed > 10,
        "{whole} whole, {flawed} flawed"
    );
}

#[test]
fn noise_is_no_message() {
    let mut spoiler = Spoiler::new(0x51c);
    for _ in 0..20_000 {
        let noise = Bytes::from(spoiler.noise(600));
        assert!(Message::parse(noise, &Limits::DEFAULT).is_err());
    }
}

/// All frames of a stream that comes in pieces of these lengths, and whether it broke.
fn cut(stream: &[u8], lengths: &[usize]) -> (Vec<Frame>, bool) {
    let mut framer = Framer::new(Limits::DEFAULT);
    let (mut frames, mut rest) = (Vec::new(), stream);
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*length).min(rest.len()));
        framer.push(piece);
        rest = after;
        while let Some(next) = framer.next() {
            match next {
                Ok(frame) => frames.push(frame),
                Err(_) => return (frames, true),
            }
        }
        assert!(framer.buffered() <= stream.len());
    }
    (frames, false)
}

#[test]
fn a_spoilt_stream_is_cut_into_the_same_messages_in_whatever_pieces_it_comes() {
    let samples = samples();
    let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
    let mut spoiler = Spoiler::new(0x51d);
    let mut messages = 0;
    for round in 0..2_000 {
        let mut stream = Vec::new();
        for _ in 0..3 {
            stream.extend(spoiler.spoil(&samples));
        }
        let at_once = cut(&stream, &[stream.len().max(1)]);
        let in_pieces = cut(&stream, &[1, 7, 64, 1 + round % 500]);
        let is_message = |frame: &&Frame| matches!(frame, Frame::Message(_));
        let told = |(frames, broken): &(Vec<Frame>, bool)| {
            (
                frames
                    .iter()
                    .filter(is_message)
                    .cloned()
                    .collect::<Vec<_>>(),
                *broken,
            )
        };
        assert_eq!(told(&at_once), told(&in_pieces));
        messages += told(&at_once).0.len();
    }
    assert!(messages > 300, "{messages}");
}
