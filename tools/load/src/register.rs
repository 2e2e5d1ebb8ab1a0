//! A storm of registrations: REGISTER, 401, REGISTER with the digest, 200; a challenge each time.

use crate::clock::{Clock, Pace, whole};
use crate::process::CpuSpan;
use crate::tally::{Outcome, Tally};
use crate::target::{T1, Target, run_word};
use crate::wire::{Way, Wire, Work, drive};
use bytes::Bytes;
use machine::{Instant, TimerTable};
use sip_message::{Challenge, Limits, Message};
use sip_stack::digest::{self, Account};
use std::collections::VecDeque;
use std::fmt::Write;
use std::io;
use std::time::Duration;

/// The first user is `u1000000` with the password `pw1000000`.
const FIRST_USER: usize = 1_000_000;
/// A registration that took longer has failed.
const PATIENCE: Duration = Duration::from_secs(5);
/// Repetitions double their wait so many times.
const DOUBLINGS: u32 = 3;

/// What is to be registered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storm {
    /// The first of the users, from 0.
    pub(crate) first: usize,
    /// How many users.
    pub(crate) users: usize,
    /// How many registrations; users take turns.
    pub(crate) count: u32,
    /// How many per second.
    pub(crate) rate: f64,
}

impl Storm {
    /// All of so many users, for so many seconds.
    pub(crate) fn new(users: usize, rate: f64, seconds: f64) -> Storm {
        Storm {
            first: 0,
            users,
            count: whole(rate * seconds),
            rate,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Idle,
    Bare,
    Proving,
}

#[derive(Clone, Debug)]
struct User {
    step: Step,
    cseq: u32,
    begun: Instant,
    repeats: u32,
    authorization: String,
}

struct Phones<'t> {
    target: &'t Target,
    storm: Storm,
    pace: Pace,
    run: String,
    users: Vec<User>,
    /// Those without a registration under way, the longest so first.
    idle: VecDeque<usize>,
    timers: TimerTable<(usize, u32)>,
    tally: Tally,
    text: String,
}

/// Runs the storm.
///
/// # Errors
/// The driver's address is in use.
pub(crate) fn run(target: &Target, storm: Storm) -> io::Result<Outcome> {
    let idle = User {
        step: Step::Idle,
        cseq: 0,
        begun: Instant::ZERO,
        repeats: 0,
        authorization: String::new(),
    };
    let mut phones = Phones {
        target,
        storm,
        pace: Pace::new(storm.count, storm.rate),
        run: run_word(),
        users: vec![idle; storm.users.max(1)],
        idle: (0..storm.users.max(1)).collect(),
        timers: TimerTable::new(),
        tally: Tally::new(),
        text: String::new(),
    };
    let mut wire = Wire::bind(&[target.local])?;
    let cpu = CpuSpan::begin(target.process);
    let length = Duration::from_secs_f64(f64::from(storm.count) / storm.rate.max(0.001));
    drive(
        &mut phones,
        &mut wire,
        Clock::start(),
        length * 2 + PATIENCE * 2,
    );
    Ok(phones
        .tally
        .outcome(storm.rate, Duration::ZERO, cpu.seconds()))
}

impl Work for Phones<'_> {
    fn turn(&mut self, now: Instant, wire: &mut Wire) {
        while self.pace.take(now) {
            self.begin(now, wire);
        }
        while let Some((_, (user, cseq))) = self.timers.pop_due(now) {
            self.late(user, cseq, now, wire);
        }
    }

    fn message(&mut self, _: Way, octets: &[u8], now: Instant, wire: &mut Wire) {
        let bytes = Bytes::copy_from_slice(octets);
        let Ok(message) = Message::parse(bytes, &Limits::DEFAULT) else {
            return;
        };
        let (Some(status), Some(user)) = (message.status(), self.user_of(&message)) else {
            return;
        };
        self.answered(user, status, &message, now, wire);
    }

    fn is_over(&self) -> bool {
        self.pace.is_over() && self.tally.is_settled()
    }
}

impl Phones<'_> {
    fn begin(&mut self, now: Instant, wire: &mut Wire) {
        self.tally.begins(now);
        if let Some(index) = self.idle.pop_front()
            && let Some(user) = self.users.get_mut(index)
        {
            user.begun = now;
            user.authorization.clear();
            return self.advance(index, Step::Bare, now, wire);
        }
        // All users wait for an answer: the exchange is that far behind.
        self.tally.hears_nothing();
    }

    /// Sends the next request of a user.
    fn advance(&mut self, index: usize, step: Step, now: Instant, wire: &mut Wire) {
        if let Some(user) = self.users.get_mut(index) {
            user.step = step;
            user.cseq += 1;
            user.repeats = 0;
            self.timers.arm(now + T1, (index, user.cseq));
        }
        self.send(index, wire);
    }

    fn send(&mut self, index: usize, wire: &mut Wire) {
        let Some(user) = self.users.get(index) else {
            return;
        };
        let number = FIRST_USER + self.storm.first + index;
        let (domain, local, run) = (&self.target.domain, self.target.local, &self.run);
        let User {
            cseq,
            authorization,
            ..
        } = user;
        self.text.clear();
        // Writing into a string cannot fail.
        let _written = write!(
            self.text,
            "REGISTER sip:{domain} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{run}.{index}.{cseq};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:u{number}@{domain}>;tag={run}.{index}\r\n\
             To: <sip:u{number}@{domain}>\r\nCall-ID: r{index}.{run}\r\nCSeq: {cseq} REGISTER\r\n\
             Contact: <sip:u{number}@{local}>\r\nExpires: 3600\r\nUser-Agent: load\r\n\
             {authorization}Content-Length: 0\r\n\r\n"
        );
        wire.send(0, self.target.exchange, self.text.as_bytes());
    }

    /// No answer came in time.
    fn late(&mut self, index: usize, cseq: u32, now: Instant, wire: &mut Wire) {
        let Some(user) = self.users.get_mut(index) else {
            return;
        };
        if user.step == Step::Idle || user.cseq != cseq {
            return;
        }
        if now.saturating_since(user.begun) > PATIENCE {
            user.step = Step::Idle;
            self.idle.push_back(index);
            return self.tally.hears_nothing();
        }
        user.repeats += 1;
        let wait = T1 * 2_u32.pow(user.repeats.min(DOUBLINGS));
        self.timers.arm(now + wait, (index, cseq));
        self.tally.repeats += 1;
        self.send(index, wire);
    }

    fn user_of(&self, message: &Message) -> Option<usize> {
        let (user, run) = message.call_id().ok()?.strip_prefix('r')?.split_once('.')?;
        let index: usize = user.parse().ok().filter(|_| run == self.run)?;
        let user = self.users.get(index)?;
        let cseq = message.cseq().ok()?.number;
        (user.step != Step::Idle && user.cseq == cseq).then_some(index)
    }

    fn answered(
        &mut self,
        index: usize,
        status: u16,
        message: &Message,
        now: Instant,
        wire: &mut Wire,
    ) {
        let Some(user) = self.users.get_mut(index) else {
            return;
        };
        match (status, user.step) {
            (100..=199, _) => {}
            (401, Step::Bare) => {
                user.authorization = proof(message, self.storm.first + index, &self.target.domain);
                self.advance(index, Step::Proving, now, wire);
            }
            (200..=299, _) => {
                user.step = Step::Idle;
                self.idle.push_back(index);
                self.tally.times.add(now.saturating_since(user.begun));
                self.tally.succeeds(now);
            }
            (_, _) => {
                user.step = Step::Idle;
                self.idle.push_back(index);
                self.tally.is_refused(status);
            }
        }
    }
}

/// The header line that answers the MD5 challenge.
fn proof(challenge: &Message, user: usize, domain: &str) -> String {
    let number = FIRST_USER + user;
    let (username, password) = (format!("u{number}"), format!("pw{number}"));
    let account = Account {
        username: &username,
        password: password.as_str().into(),
    };
    let is_md5 = |challenge: &Challenge<'_>| {
        let algorithm = challenge.param("algorithm");
        algorithm.is_none_or(|token| token.eq_ignore_ascii_case("MD5"))
    };
    let uri = format!("sip:{domain}");
    let cnonce = format!("{:08x}", user ^ 0x5bd1_e995);
    let md5 = challenge.www_authenticate().filter(is_md5);
    let value = digest::answer(md5, account, "REGISTER", &uri, 1, &cnonce);
    value.map_or_else(String::new, |value| format!("Authorization: {value}\r\n"))
}
