//! Two sides and the network between them, in virtual time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use machine::{Instant, Random};
use sip_message::{Builder, Flow, Limits as MessageLimits, Message, Method, Name, response_to};

use crate::digest::Login;
use crate::transaction::{self, Limits, Owner, Transactions, Transmit};
use crate::usage::{
    Config, Event, Hop, InviteUsage, Outgoing, Phase, Snapshot, Step, Untimely, dismiss,
};

pub(super) const SECOND: Duration = Duration::from_secs(1);
/// The owner of the first usage of a side; each further one has the next number.
const FIRST_OWNER: u64 = 7;

/// The caller's side.
pub(super) const A: usize = 0;
/// The callee's side.
pub(super) const B: usize = 1;

/// What the network does to packets; chances in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    pub(super) loss: u32,
    pub(super) twice: u32,
    pub(super) delay: Duration,
    pub(super) jitter: Duration,
}

pub(super) const FAIR: Weather = Weather {
    loss: 0,
    twice: 0,
    delay: Duration::from_millis(5),
    jitter: Duration::ZERO,
};

/// One side: its transactions, its usage, and what it was told.
pub(super) struct Side {
    pub(super) transactions: Transactions,
    pub(super) config: Arc<Config>,
    pub(super) usage: Option<InviteUsage>,
    pub(super) told: Vec<Event>,
    /// Written by hand: messages are kept, nobody answers.
    pub(super) raw: bool,
    /// Nothing reaches it.
    pub(super) deaf: bool,
    pub(super) inbox: Vec<Message>,
    /// The status of an INVITE that was not taken in.
    pub(super) turned_away: Option<u16>,
    address: std::net::SocketAddr,
    owner: u64,
}

/// Two sides.
pub(super) struct Pair {
    pub(super) now: Instant,
    pub(super) sides: [Side; 2],
    pub(super) weather: Weather,
    /// Every message sent: by whom, when, and the message.
    pub(super) sent: Vec<(usize, Instant, Message)>,
    /// Who A is to a callee that asks.
    pub(super) login: Option<Login>,
    /// Headers of A's INVITE whose names are known at run time alone.
    pub(super) named: Vec<(String, String)>,
    /// What A offers where its offer is refused.
    pub(super) wider: Option<&'static str>,
    /// How long A waits for a first sign.
    pub(super) patience: Option<Duration>,
    /// Other ways that A knows to B.
    pub(super) stream: Option<Hop>,
    pub(super) further: Vec<Hop>,
    random: Random,
    wire: BTreeMap<(Instant, u64), (usize, Bytes)>,
    count: u64,
    last_hand: u64,
}

pub(super) fn sdp(text: &str) -> Bytes {
    Bytes::from(format!("v=0\r\ns={text}\r\n"))
}

/// The name given to [`sdp`].
pub(super) fn named(sdp: Option<&Bytes>) -> String {
    let Some(sdp) = sdp else {
        return "-".to_owned();
    };
    let text = std::str::from_utf8(sdp).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("s="));
    line.unwrap_or("?").to_owned()
}

/// An event in a few words.
pub(super) fn words(event: &Event) -> String {
    match event {
        Event::Ringing { status, .. } => format!("ringing {status}"),
        Event::Progressed {
            status,
            sdp,
            reliable,
            ..
        } => {
            let how = if *reliable { "reliably" } else { "loosely" };
            format!("progressed {status} {} {how}", named(Some(sdp)))
        }
        Event::Answered { sdp, .. } => format!("answered {}", named(sdp.as_ref())),
        Event::Confirmed { sdp } => format!("confirmed {}", named(sdp.as_ref())),
        Event::Refused { status, message } => {
            let how = if message.is_some() { "" } else { " by nobody" };
            format!("refused {status}{how}")
        }
        Event::Cancelled { reason } => format!("cancelled {}", reason.as_deref().unwrap_or("-")),
        Event::Ended { ending, reason } => {
            format!("ended {ending:?} {}", reason.as_deref().unwrap_or("-"))
        }
        Event::Offered { sdp } => format!("offered {}", named(sdp.as_ref())),
        Event::Widened => "widened".to_owned(),
        Event::OfferWithdrawn => "offer withdrawn".to_owned(),
        Event::ReofferAnswered { sdp } => format!("reoffer answered {}", named(sdp.as_ref())),
        Event::ReofferRefused { status } => format!("reoffer refused {status}"),
        Event::Info {
            content_type,
            body,
            record,
        } => {
            let record = record.map_or(String::new(), |on| format!(" record {on}"));
            format!(
                "info {content_type} {}{record}",
                String::from_utf8_lossy(body)
            )
        }
        Event::Referred(referral) => format!("referred to {}", referral.refer_to),
        Event::ReferProgressed { status, done } => format!("refer progressed {status} {done}"),
        Event::Refreshed { sdp } => format!("refreshed {}", named(sdp.as_ref())),
        Event::Terminated => "terminated".to_owned(),
    }
}

impl Side {
    fn new(host: u8, random: &mut Random) -> Self {
        let address = std::net::SocketAddr::from(([192, 0, 2, host], 5060));
        Self {
            transactions: Transactions::new(Limits::default(), random.fork("side")),
            config: Arc::new(Config::for_contact(format!("<sip:{host}@{address}>"))),
            usage: None,
            told: Vec::new(),
            raw: false,
            deaf: false,
            inbox: Vec::new(),
            turned_away: None,
            address,
            owner: FIRST_OWNER,
        }
    }

    pub(super) fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        let mut config = (*self.config).clone();
        change(&mut config);
        self.config = Arc::new(config);
    }

    /// The same side in another process: only the snapshot is left.
    pub(super) fn reborn(&mut self, snapshot: Snapshot, now: Instant, random: &mut Random) {
        self.transactions = Transactions::new(Limits::default(), random.fork("reborn"));
        let (config, owner) = (Arc::clone(&self.config), Owner(self.owner));
        self.usage = Some(InviteUsage::restore(snapshot, config, owner, now));
    }

    /// All it was told, in words.
    pub(super) fn story(&self) -> Vec<String> {
        self.told.iter().map(words).collect()
    }

    fn take(&mut self, event: transaction::Event, flow: Flow, now: Instant) {
        use transaction::Event as Heard;
        if let Heard::Request { key, message, .. } = &event {
            let inside = message.to().unwrap().tag().is_some();
            if !inside && message.method() == Some(Method::Invite) && !self.is_live() {
                return self.take_in(*key, flow, message.clone(), now);
            }
            if !inside || !self.knows(message) {
                let message = message.clone();
                return self.transactions.respond_simply(*key, &message, 481, now);
            }
            self.transactions.adopt(*key, Owner(self.owner));
        }
        let mine = match &event {
            Heard::Ack { message, .. } => self.knows(message),
            Heard::Request { .. } => true,
            Heard::Response { owner, .. }
            | Heard::Cancelled { owner, .. }
            | Heard::ClientTimedOut { owner, .. }
            | Heard::ClientTransportFailed { owner, .. }
            | Heard::ServerTimedOut { owner, .. } => *owner == Owner(self.owner),
        };
        if mine && self.usage.is_some() {
            self.with(now, |usage, step| usage.take(event, step));
        } else if let Heard::Response {
            key, flow, message, ..
        } = &event
        {
            let transactions = &mut self.transactions;
            dismiss(*key, *flow, message, &self.config, now, transactions);
        }
    }

    fn is_live(&self) -> bool {
        self.usage
            .as_ref()
            .is_some_and(|usage| usage.phase() != Phase::Over)
    }

    fn knows(&self, request: &Message) -> bool {
        self.usage.as_ref().is_some_and(|usage| {
            usage.phase() != Phase::Over
                && request.call_id() == Ok(usage.call_id())
                && request.to().unwrap().tag() == Some(usage.local_tag())
        })
    }

    fn take_in(&mut self, key: transaction::ServerKey, flow: Flow, invite: Message, now: Instant) {
        self.owner += 1;
        let (config, owner) = (Arc::clone(&self.config), Owner(self.owner));
        let mut events = Vec::new();
        let mut step = Step {
            now,
            transactions: &mut self.transactions,
            events: &mut events,
        };
        match InviteUsage::incoming(key, flow, invite, config, owner, &mut step) {
            Ok(usage) => self.usage = Some(usage),
            Err(status) => self.turned_away = Some(status),
        }
        assert!(events.is_empty());
    }

    pub(super) fn with<T>(
        &mut self,
        now: Instant,
        act: impl FnOnce(&mut InviteUsage, &mut Step<'_>) -> T,
    ) -> T {
        let usage = self.usage.as_mut().expect("there is a usage");
        let was_over = usage.phase() == Phase::Over;
        let mut events = Vec::new();
        let mut step = Step {
            now,
            transactions: &mut self.transactions,
            events: &mut events,
        };
        let result = act(usage, &mut step);
        let ends = events.iter().filter(|e| matches!(e, Event::Terminated));
        let (ends, over) = (ends.count(), usage.phase() == Phase::Over);
        assert_eq!(
            ends,
            usize::from(over && !was_over),
            "told once: {events:?}"
        );
        if over && !was_over {
            assert!(matches!(events.last(), Some(Event::Terminated)));
        }
        assert!(!was_over || events.is_empty(), "nothing follows the end");
        self.told.append(&mut events);
        result
    }
}

impl Pair {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::from_seed(seed);
        Self {
            now: Instant::from_secs(1_000),
            sides: [Side::new(1, &mut random), Side::new(2, &mut random)],
            weather: FAIR,
            sent: Vec::new(),
            login: None,
            named: Vec::new(),
            wider: None,
            patience: None,
            stream: None,
            further: Vec::new(),
            random: random.fork("network"),
            wire: BTreeMap::new(),
            count: 0,
            last_hand: 0,
        }
    }

    /// A pair whose caller has begun; the callee has the INVITE.
    pub(super) fn calling(offer: Option<&str>) -> Self {
        let mut pair = Self::new(1);
        pair.call(offer);
        pair.run(SECOND / 10);
        pair
    }

    /// A pair in conversation: the caller offered `a0`, the callee answered `b0`.
    pub(super) fn talking() -> Self {
        let mut pair = Self::calling(Some("a0"));
        pair.answer(Some("b0"));
        pair.forget();
        pair
    }

    /// Sends an INVITE from A to B.
    pub(super) fn call(&mut self, offer: Option<&str>) {
        self.call_with(offer, Vec::new());
    }

    pub(super) fn call_with(&mut self, offer: Option<&str>, headers: Vec<(Name<'static>, String)>) {
        let side = &mut self.sides[A];
        side.owner += 1;
        let outgoing = Outgoing {
            request_uri: "sip:b@192.0.2.2".to_owned(),
            from: "<sip:a@192.0.2.1>".to_owned(),
            to: "<sip:b@192.0.2.2>".to_owned(),
            call_id: None,
            routes: Vec::new(),
            flow: Flow::udp(side.address, ([192, 0, 2, 2], 5060).into()),
            headers,
            named: std::mem::take(&mut self.named),
            offer: offer.map(sdp),
            wider: self.wider.map(sdp),
            beside: None,
            login: self.login.clone(),
            patience: self.patience,
            stream: self.stream.take(),
            further: std::mem::take(&mut self.further),
        };
        let mut events = Vec::new();
        let mut step = Step {
            now: self.now,
            transactions: &mut side.transactions,
            events: &mut events,
        };
        let (config, owner) = (Arc::clone(&side.config), Owner(side.owner));
        side.usage = Some(InviteUsage::outgoing(outgoing, config, owner, &mut step));
        assert!(events.is_empty());
        self.settle();
    }

    /// B answers, and the ACK gets through.
    pub(super) fn answer(&mut self, answer: Option<&str>) {
        let answer = answer.map(sdp);
        self.order(B, |usage, step| usage.answer(answer, step))
            .unwrap();
        self.run(SECOND / 10);
    }

    /// Gives an order to a side's usage.
    pub(super) fn order(
        &mut self,
        side: usize,
        act: impl FnOnce(&mut InviteUsage, &mut Step<'_>) -> Result<(), Untimely>,
    ) -> Result<(), Untimely> {
        let result = self.sides[side].with(self.now, act);
        self.settle();
        result
    }

    /// The story so far is of no interest.
    pub(super) fn forget(&mut self) {
        for side in &mut self.sides {
            side.told.clear();
            side.inbox.clear();
        }
        self.sent.clear();
    }

    pub(super) fn phase(&self, side: usize) -> Phase {
        self.sides[side]
            .usage
            .as_ref()
            .map_or(Phase::Over, InviteUsage::phase)
    }

    pub(super) fn story(&self, side: usize) -> Vec<String> {
        self.sides[side].story()
    }

    fn settle(&mut self) {
        for index in [A, B] {
            loop {
                let side = &mut self.sides[index];
                let Some(event) = side.transactions.poll() else {
                    break;
                };
                let other = [192, 0, 2, if index == A { 2 } else { 1 }];
                let flow = Flow::udp(side.address, (other, 5060).into());
                side.take(event, flow, self.now);
            }
            let mut transmits = Vec::new();
            self.sides[index]
                .transactions
                .take_transmits(&mut transmits);
            for transmit in transmits {
                self.transmit(index, transmit);
            }
        }
    }

    fn transmit(&mut self, from: usize, transmit: Transmit) {
        let message = Message::parse(transmit.bytes.clone(), &MessageLimits::DEFAULT).unwrap();
        self.sent.push((from, self.now, message));
        self.put(1 - from, transmit.bytes);
    }

    /// Puts bytes on the wire to a side, as the weather lets them.
    pub(super) fn put(&mut self, to: usize, bytes: Bytes) {
        let weather = self.weather;
        if self.random.chance(weather.loss) {
            return;
        }
        let copies = if self.random.chance(weather.twice) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let most = u64::try_from(weather.jitter.as_millis()).unwrap();
            let jitter = Duration::from_millis(self.random.below(most + 1));
            self.count += 1;
            let at = self.now + weather.delay + jitter;
            self.wire.insert((at, self.count), (to, bytes.clone()));
        }
    }

    fn next(&self) -> Option<Instant> {
        let wire = self.wire.first_key_value().map(|((at, _), _)| *at);
        let timers = self.sides.iter().flat_map(|side| {
            let usage = side.usage.as_ref().and_then(InviteUsage::deadline);
            [side.transactions.next_deadline(), usage.map(|due| due.at)]
        });
        timers.chain([wire]).flatten().min()
    }

    /// Lets time pass.
    pub(super) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        self.settle();
        let mut steps = 0;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            steps += 1;
            assert!(steps < 100_000, "time stands still at {at}");
            self.now = self.now.max(at);
            self.step();
        }
        self.now = end;
    }

    fn step(&mut self) {
        while let Some(entry) = self.wire.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let (to, bytes) = entry.remove();
            self.deliver(to, bytes);
        }
        for index in [A, B] {
            let (side, now) = (&mut self.sides[index], self.now);
            side.transactions.expire(now);
            let due = side.usage.as_ref().and_then(InviteUsage::deadline);
            if due.is_some_and(|due| due.at <= now) {
                side.with(now, |usage, step| usage.expire(step));
            }
        }
        self.settle();
    }

    fn deliver(&mut self, to: usize, bytes: Bytes) {
        let side = &mut self.sides[to];
        if side.deaf {
            return;
        }
        let message = Message::parse(bytes, &MessageLimits::DEFAULT).unwrap();
        if side.raw {
            return side.inbox.push(message);
        }
        let other = [192, 0, 2, if to == A { 2 } else { 1 }];
        let flow = Flow::udp(side.address, (other, 5060).into());
        side.transactions.receive(flow, message, self.now);
        self.settle();
    }

    /// What a side sent, as method or status with the CSeq method, in order.
    pub(super) fn sent_by(&self, side: usize) -> Vec<String> {
        let own = self.sent.iter().filter(|(from, ..)| *from == side);
        own.map(|(.., message)| title(message)).collect()
    }

    /// The messages of a title that a side sent.
    pub(super) fn all_sent(&self, side: usize, wanted: &str) -> Vec<&Message> {
        let own = self.sent.iter().filter(|(from, ..)| *from == side);
        let messages = own.map(|(.., message)| message);
        messages
            .filter(|message| title(message) == wanted)
            .collect()
    }

    /// The newest message of a title that a side sent.
    pub(super) fn last_sent(&self, side: usize, wanted: &str) -> &Message {
        let found = self.all_sent(side, wanted).pop();
        found.unwrap_or_else(|| panic!("no {wanted} in {:?}", self.sent_by(side)))
    }

    /// When messages of a title were sent, in milliseconds after the first.
    pub(super) fn times(&self, side: usize, wanted: &str) -> Vec<u64> {
        let own = |(from, _, message): &&(usize, Instant, Message)| {
            *from == side && title(message) == wanted
        };
        let times: Vec<u64> = self
            .sent
            .iter()
            .filter(own)
            .map(|one| one.1.as_millis())
            .collect();
        times.iter().map(|at| at - times[0]).collect()
    }

    /// A hand-written response to a request of the other side, without Contact unless added.
    pub(super) fn respond(
        &mut self,
        to: usize,
        request: &Message,
        status: u16,
        tag: &str,
        more: impl FnOnce(&mut Builder),
    ) {
        let source = self.sides[to].address;
        let mut builder = response_to(request, status, Some(tag), source);
        more(&mut builder);
        self.put(to, builder.finish());
        self.run(SECOND / 100);
    }

    /// A hand-written request from the other side inside the dialog of `to`'s usage.
    pub(super) fn request(
        &mut self,
        to: usize,
        method: &str,
        number: u32,
        more: impl FnOnce(&mut Builder),
    ) {
        let dialog = self.sides[to].usage.as_ref().unwrap().dialog().unwrap();
        self.count += 1;
        self.last_hand = self.count;
        let mut builder = Builder::request(Method::new(method), "sip:x@192.0.2.1");
        let branch = format!(
            "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKhand{};rport",
            self.count
        );
        builder.text(Name::Via, &branch);
        builder.text(Name::MaxForwards, "70");
        builder.text(Name::From, dialog.remote_address());
        builder.text(Name::To, dialog.local_address());
        builder.text(Name::CallId, dialog.call_id());
        builder.text(Name::CSeq, &format!("{number} {method}"));
        more(&mut builder);
        self.put(to, builder.finish());
        self.run(SECOND / 100);
    }
}

/// `INVITE` for a request, `200 INVITE` for a response.
pub(super) fn title(message: &Message) -> String {
    let method = message.cseq().unwrap().method;
    match message.status() {
        None => method.to_string(),
        Some(status) => format!("{status} {method}"),
    }
}

/// A Contact of the hand-written side.
pub(super) fn contact(builder: &mut Builder) {
    builder.text(Name::Contact, "<sip:hand@192.0.2.99>");
}

/// A Contact and a description.
pub(super) fn described(text: &'static str) -> impl FnOnce(&mut Builder) {
    move |builder| {
        contact(builder);
        builder.body("application/sdp", &sdp(text));
    }
}

impl Pair {
    /// The top Via of the newest hand-written request.
    pub(super) fn last_hand_via(&self) -> String {
        format!(
            "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKhand{};rport",
            self.last_hand
        )
    }

    /// All messages sent, for a failure's text.
    pub(super) fn sent_titles(&self) -> Vec<String> {
        let line = |(from, at, message): &(usize, Instant, Message)| {
            format!("{at} {from} {}", title(message))
        };
        self.sent.iter().map(line).collect()
    }

    /// A hand-written request with a given top Via inside A's dialog.
    pub(super) fn raw_in_dialog(&self, method: &str, number: u32, via: &str) -> Bytes {
        let dialog = self.sides[A].usage.as_ref().unwrap().dialog().unwrap();
        let mut builder = Builder::request(Method::new(method), "sip:x@192.0.2.1");
        builder.text(Name::Via, via);
        builder.text(Name::MaxForwards, "70");
        builder.text(Name::From, dialog.remote_address());
        builder.text(Name::To, dialog.local_address());
        builder.text(Name::CallId, dialog.call_id());
        builder.text(Name::CSeq, &format!("{number} {method}"));
        builder.finish()
    }
}
