//! Legs on a desk: phones that speak plain text on one side, a call's orders on the other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod addresses;
mod diversions;
mod endings;
mod faxes;
mod hiding;
mod identities;
mod media_sides;
mod protected;
mod recording_sessions;
mod referrals;
mod shaking;
mod video;
mod without_a_common_codec;

use std::sync::Arc;
use std::time::Duration;

use call::{EndReason, LegFact, LegId, LegOrder};
use machine::{Instant, Random};
use media::{Command, PortLimits, PortRange, Ports};
use sdp::Description;
use sip_message::{Flow, Limits, Message, Method, Name};
use sip_stack::transaction::{self, Event, Owner, Transactions, Transmit};
use sip_stack::usage::Config;

use domain::{Srtp, T38};

use crate::{
    Askings, Desk, Dial, Keying, Offer, Report, Secrets, Security, SipLeg, Sound, Terms,
    contact_of, offer_of,
};

/// The exchange's own side of everything.
struct Office {
    transactions: Transactions,
    ports: Ports,
    media: Vec<Command>,
    reports: Vec<Report>,
    now: Instant,
    random: Random,
    /// What its phones are told of protection.
    srtp: Srtp,
    t38: T38,
    /// How it offers keys.
    keying: Keying,
    /// Whether its phones may have video.
    video: bool,
}

impl Office {
    fn new() -> Self {
        let range = PortRange {
            v4: Some("198.51.100.1".parse().unwrap()),
            v6: Some("2001:db8::1".parse().unwrap()),
            first: 30_000,
            last: 30_099,
        };
        let limits = transaction::Limits::default();
        Self {
            transactions: Transactions::new(limits, Random::from_seed(5)),
            ports: Ports::new(range, PortLimits::default()).unwrap(),
            media: Vec::new(),
            reports: Vec::new(),
            now: Instant::from_secs(10),
            random: Random::from_seed(6),
            srtp: Srtp::Accept,
            t38: T38::Allow,
            keying: Keying::Sdes,
            video: true,
        }
    }

    /// Works with the desk; what is reported is kept.
    fn with<R>(&mut self, work: impl FnOnce(&mut Desk<'_>, &mut Vec<Report>) -> R) -> R {
        let mut desk = Desk {
            now: self.now,
            transactions: &mut self.transactions,
            ports: &mut self.ports,
            media: &mut self.media,
        };
        work(&mut desk, &mut self.reports)
    }

    fn sound(&mut self, flow: Flow, offer: Option<Offer>) -> Sound {
        let (remote, asked) = match offer {
            Some(offer) => (Some(offer.description), offer.asked),
            None => (None, Askings::default()),
        };
        let terms = Terms {
            srtp: self.srtp,
            keying: self.keying,
            video: self.video,
        };
        let security = Security::new(terms, self.secrets(), asked);
        let ours = (self.random.next_u64(), security);
        let (ports, media) = (&mut self.ports, &mut self.media);
        let sound = Sound::open(ports, flow.remote.ip(), None, remote, ours, media);
        sound.unwrap().faxing(self.t38)
    }

    fn secrets(&mut self) -> Secrets {
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        Secrets {
            seed,
            identity: Arc::new(shaking::Scripted),
        }
    }

    /// Takes in the INVITE of a caller.
    fn called(&mut self, flow: Flow, text: &str) -> SipLeg {
        let invite = read(text.to_owned());
        self.transactions.receive(flow, invite, self.now);
        let Some(Event::Request { key, flow, message }) = self.transactions.poll() else {
            panic!("an INVITE");
        };
        let offer = offer_of(&message, self.srtp).unwrap();
        let sound = self.sound(flow, offer);
        let agent = message.user_agent().unwrap_or_default().to_owned();
        let config = config(flow);
        let usage = self
            .with(|desk, _| SipLeg::take_invite(key, flow, message, config, Owner(1), desk))
            .unwrap_or_else(|status| panic!("answered {status}"));
        SipLeg::caller(first_leg(), usage, sound, flow, &agent)
    }

    /// Calls a phone on this flow, offering what another leg's party offered.
    fn dials(&mut self, flow: Flow, offer: Option<Description>) -> SipLeg {
        let sound = self.sound(flow, None);
        let dial = Dial {
            named: Vec::new(),
            leg: first_leg(),
            uri: "sip:102@10.1.1.7:5070;ob".to_owned(),
            from: "\"Alice\" <sip:101@acme.example>".to_owned(),
            to: "<sip:102@acme.example>".to_owned(),
            routes: Vec::new(),
            flow,
            max_forwards: 69,
            offer,
            near: None,
            headers: Vec::new(),
            carrier: None,
            stream: None,
            further: Vec::new(),
        };
        let config = config(flow);
        self.with(|desk, _| SipLeg::dial(dial, sound, config, Owner(2), desk))
    }

    /// Something comes from the network for this leg.
    fn hears(&mut self, leg: &mut SipLeg, flow: Flow, text: String) {
        let now = self.now;
        self.transactions.receive(flow, read(text), now);
        while let Some(event) = self.transactions.poll() {
            self.with(|desk, reports| {
                leg.take(event, desk, reports);
                leg.settle(desk, reports);
            });
        }
    }

    fn orders(&mut self, leg: &mut SipLeg, order: LegOrder) {
        self.with(|desk, reports| {
            leg.order(order, desk, reports);
            leg.settle(desk, reports);
        });
    }

    fn pass(&mut self, leg: &mut SipLeg, time: Duration) {
        let end = self.now + time;
        loop {
            let due = [self.transactions.next_deadline(), leg.deadline()];
            let Some(at) = due.into_iter().flatten().min().filter(|at| *at <= end) else {
                break;
            };
            self.now = at;
            self.transactions.expire(at);
            while let Some(event) = self.transactions.poll() {
                self.with(|desk, reports| leg.take(event, desk, reports));
            }
            self.with(|desk, reports| leg.expire(desk, reports));
        }
        self.now = end;
    }

    /// What has been sent since the last look.
    fn sent(&mut self) -> Vec<(Flow, Message)> {
        let mut sent = Vec::new();
        self.transactions.take_transmits(&mut sent);
        let read = |one: Transmit| (one.flow, read_bytes(one.bytes));
        sent.into_iter().map(read).collect()
    }

    /// The last thing that was sent.
    fn last(&mut self) -> Message {
        self.sent().pop().expect("something was sent").1
    }

    /// The facts for the call since the last look.
    fn facts(&mut self) -> Vec<LegFact> {
        let fact = |report| match report {
            Report::Fact(fact) => Some(fact),
            Report::Refer(_)
            | Report::Redirected(..)
            | Report::Record(_)
            | Report::Pressed(_)
            | Report::Known
            | Report::Terminated => None,
        };
        self.reports.drain(..).filter_map(fact).collect()
    }
}

fn first_leg() -> LegId {
    serde_json::from_str("0").unwrap()
}

fn config(flow: Flow) -> Arc<Config> {
    Arc::new(Config {
        agent: Some("Strowger".to_owned()),
        ..Config::for_contact(contact_of(&flow))
    })
}

fn read(text: String) -> Message {
    read_bytes(text.into())
}

fn read_bytes(bytes: bytes::Bytes) -> Message {
    Message::parse(bytes, &Limits::DEFAULT).unwrap()
}

/// Alice's phone, behind a NAT.
fn alice() -> Flow {
    Flow::udp(
        "198.51.100.1:5060".parse().unwrap(),
        "203.0.113.7:31000".parse().unwrap(),
    )
}

/// Bob's phone, behind another, on a connection of its own.
fn bob() -> Flow {
    Flow::tcp(
        "198.51.100.1:5060".parse().unwrap(),
        "203.0.113.99:40001".parse().unwrap(),
        4,
    )
}

/// A description of a phone at this address.
fn described(address: &str) -> Description {
    let text = format!(
        "v=0\r\no=secretuser 777001 777002 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\n\
         t=0 0\r\nm=audio 44556 RTP/AVP 9 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n\
         a=candidate:1 1 UDP 2130706431 {address} 44556 typ host\r\na=sendrecv\r\n"
    );
    Description::parse(text.as_bytes()).unwrap()
}

/// Alice's INVITE, full of what is hers alone.
fn invite() -> String {
    let body = described("10.9.9.5").to_string();
    format!(
        "INVITE sip:102@acme.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP 10.9.9.5:5062;branch=z9hG4bKalicebranch;rport\r\n\
         Via: SIP/2.0/UDP alice-inner.example;branch=z9hG4bKinner\r\n\
         From: \"Alice\" <sip:101@acme.example>;tag=alicetag\r\nTo: <sip:102@acme.example>\r\n\
         Call-ID: alicecall@10.9.9.5\r\nCSeq: 4711 INVITE\r\n\
         Contact: <sip:101@10.9.9.5:5062>;+sip.instance=\"<urn:uuid:alice-uuid>\"\r\n\
         Max-Forwards: 70\r\nRecord-Route: <sip:alice-proxy.example;lr>\r\n\
         User-Agent: AlicePhone/1\r\nX-Alice: secret\r\nOrganization: Alice Ltd\r\n\
         P-Asserted-Identity: <sip:ceo@acme.example>\r\nSubject: alice-subject\r\n\
         Supported: replaces\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Bob's phone answers a request of ours.
fn answer(request: &Message, status: u16, body: Option<&Description>) -> String {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let line = |name: Name<'static>| {
        let values: Vec<_> = request.headers(name).collect();
        format!("{}: {}\r\n", name.as_str(), values.join(", "))
    };
    let tag = if status > 100 && request.to().unwrap().tag().is_none() {
        ";tag=bobtag"
    } else {
        ""
    };
    format!(
        "SIP/2.0 {status} Bobs own words\r\n{}{}To: {}{tag}\r\n{}{}\
         Contact: <sip:102@10.1.1.7:5070;ob>\r\nServer: BobPhone/2\r\nX-Bob: secret\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        line(Name::Via),
        line(Name::From),
        request.to().unwrap().as_str(),
        line(Name::CallId),
        line(Name::CSeq),
        body.len()
    )
}

fn text(message: &Message) -> String {
    String::from_utf8(message.raw().to_vec()).unwrap()
}
