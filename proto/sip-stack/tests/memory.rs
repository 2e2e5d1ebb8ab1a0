//! What a transaction costs while it only lingers: at most 1 kB, by the process's own account.
//!
//! The one test of its program: nobody else allocates beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]
#![cfg(target_os = "linux")]

use bytes::Bytes;
use machine::{Instant, Random};
use sip_message::{Flow, Limits as MessageLimits, Message, Method};
use sip_stack::Owner;
use sip_stack::transaction::{Event, Limits, Sending, Transactions};

/// Transactions of each kind. The table grows by doubling: just past a power of two it is
/// emptiest, so this many show it at its worst.
const MANY: u32 = 4_200;

/// What one may cost, in bytes.
const BOUND: usize = 1_024;

const NOW: Instant = Instant::from_secs(1);

/// Resident memory of the process in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4_096
}

fn flow() -> Flow {
    Flow::udp(
        "192.0.2.1:5060".parse().unwrap(),
        "203.0.113.9:31000".parse().unwrap(),
    )
}

/// A request as phones send it: with credentials, features and, for an INVITE, a description.
fn request(method: &str, branch: &str) -> Bytes {
    let features = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY\r\n\
        Supported: replaces, timer, 100rel, path, gruu\r\nUser-Agent: Phone 7.1 (build 20260101)\r\n\
        Authorization: Digest username=\"u1000001\", realm=\"acme.example\", \
        nonce=\"000000000000000000000000000000000000000000000000\", uri=\"sip:acme.example\", \
        response=\"00000000000000000000000000000000\", algorithm=MD5, qop=auth, nc=00000001, \
        cnonce=\"00000000\"\r\n";
    let body = "v=0\r\no=- 1 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\n\
        m=audio 40000 RTP/AVP 9 0 8 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\n";
    let body = if method == "INVITE" { body } else { "" };
    let text = format!(
        "{method} sip:acme.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP 10.0.0.5:5060;branch={branch};rport\r\n\
         From: \"Alice\" <sip:101@acme.example>;tag=4gk3m2n1b0\r\nTo: <sip:102@acme.example>\r\n\
         Call-ID: {branch}-0123456789abcdef\r\nCSeq: 2 {method}\r\n\
         Contact: <sip:101@10.0.0.5:5060;transport=udp>\r\nMax-Forwards: 70\r\n{features}\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    text.into()
}

/// The ACK of a 2xx as a dialog of ours writes it.
fn ack(branch: &str) -> Bytes {
    let text = format!(
        "ACK sip:102@10.0.0.6:5060 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.1:5060;branch={branch};rport\r\nMax-Forwards: 70\r\n\
         From: \"Alice\" <sip:101@acme.example>;tag=4gk3m2n1b0c8d7e6\r\n\
         To: <sip:102@acme.example>;tag=4gk3m2n1b1\r\nCall-ID: 0123456789abcdefghjkmnpqrs\r\n\
         CSeq: 1 ACK\r\nContact: <sip:192.0.2.1:5060>\r\nContent-Length: 0\r\n\r\n"
    );
    text.into()
}

fn read(bytes: Bytes) -> Message {
    Message::parse(bytes, &MessageLimits::DEFAULT).unwrap()
}

/// Drops what is to be sent and told, as a shard that has sent and heard it.
fn drain(transactions: &mut Transactions) {
    let mut sent = Vec::new();
    transactions.take_transmits(&mut sent);
    while transactions.poll().is_some() {}
}

/// A request that came in and was answered with this status.
fn serve(transactions: &mut Transactions, method: &str, number: u32, status: u16) {
    let request = request(method, &format!("z9hG4bKphone{number:016}"));
    transactions.receive(flow(), read(request), NOW);
    let Some(Event::Request { key, message, .. }) = transactions.poll() else {
        panic!("a new request");
    };
    transactions.respond_simply(key, &message, status, NOW);
    drain(transactions);
}

/// A request of ours that was answered with this status.
fn ask(transactions: &mut Transactions, method: Method<'_>, status: u16) {
    let branch = transactions.branch();
    let bytes = request(method.as_str(), &branch.to_string());
    let message = read(bytes.clone());
    let sending = Sending {
        flow: flow(),
        branch,
        method,
        bytes,
        owner: Owner(1),
    };
    let key = transactions.request(sending, NOW);
    let source = flow().remote;
    let mut answer = sip_message::response_to(&message, status, Some("4gk3m2n1b1"), source);
    answer.text(sip_message::Name::Contact, "<sip:102@10.0.0.6:5060>");
    transactions.receive(flow(), read(answer.finish()), NOW);
    if method == Method::Invite && status == 200 {
        transactions.acknowledge(key, "4gk3m2n1b1", flow(), ack(&branch.to_string()));
    }
    drain(transactions);
}

#[test]
fn a_lingering_transaction_takes_at_most_a_kilobyte() {
    type Make = fn(&mut Transactions, u32);
    let kinds: [(&str, Make); 6] = [
        ("refused INVITE, server", |t, n| serve(t, "INVITE", n, 486)),
        ("accepted INVITE, server", |t, n| serve(t, "INVITE", n, 200)),
        ("answered REGISTER, server", |t, n| {
            serve(t, "REGISTER", n, 200)
        }),
        ("refused INVITE, client", |t, _| ask(t, Method::Invite, 486)),
        ("accepted INVITE, client", |t, _| {
            ask(t, Method::Invite, 200)
        }),
        ("answered OPTIONS, client", |t, _| {
            ask(t, Method::Options, 200)
        }),
    ];
    // all are kept, so that no kind lives in the memory another has left
    let mut kept = Vec::new();
    for (kind, make) in kinds {
        let before = resident();
        let mut transactions = Transactions::new(Limits::default(), Random::from_seed(1));
        for number in 0..MANY {
            make(&mut transactions, number);
        }
        let figures = transactions.figures();
        assert_eq!(figures.clients + figures.servers, u64::from(MANY), "{kind}");
        let each = (resident() - before) / usize::try_from(MANY).unwrap();
        assert!(each <= BOUND, "{kind}: {each} bytes");
        eprintln!("{kind}: {each} bytes");
        kept.push(transactions);
    }
    assert_eq!(kept.len(), 6);
}
