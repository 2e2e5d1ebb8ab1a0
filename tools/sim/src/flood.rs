//! A company that sends twenty times its share to a machine with no more to give, and a neighbour
//! that must not notice: it gets the same answers in the same order as alone, in about the time.
//!
//! The machine serves a thousand messages per second. The neighbour registers, registers anew and
//! calls at a modest rate; the flood is of new calls and registrations, half and half, and of
//! changes to the loud company's own documents.

use crate::outcome::Failure;
use machine::{Instant, Random};
use sip_message::{Limits, Message};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::{Company, Happening, Packet, PhoneId, RawId, Reaction, Setup, World};

const SECOND: Duration = Duration::from_secs(1);
/// The time the machine takes for one message.
const PACE: Duration = Duration::from_millis(1);
/// A company's share, half of what the machine gives, offered twenty times over: messages in each
/// [`STEP`].
const FLOOD: usize = 100;
const STEP: Duration = Duration::from_millis(10);
/// Every so many steps the loud company is changed.
const CHANGE_EVERY: u32 = 5;
/// Every so many steps a phone of the neighbour registers anew.
const REGISTER_EVERY: u32 = 40;
/// How long it lasts.
const STEPS: u32 = 400;
/// The most by which the neighbour may get a message earlier or later than alone. A message waits
/// for one turn of the other at most, six messages; a call's set-up is four messages in a row.
const SHIFT: Duration = Duration::from_millis(40);
/// Phones of the neighbour.
const PHONES: u8 = 6;

/// What each phone got, and when.
type Seen = BTreeMap<PhoneId, Vec<(Instant, String)>>;

/// Plays one seed with and without the flood and compares.
pub(crate) fn judge(seed: u64) -> Option<Failure> {
    let (alone, turned_away) = play(seed, false);
    if turned_away > 0 {
        let what = format!("{turned_away} messages were turned away without a flood");
        return Some(Failure::new("whoever keeps to its share is served", what));
    }
    let (beside, turned_away) = play(seed, true);
    if turned_away == 0 {
        let what = "nothing of the flood was turned away".to_owned();
        return Some(Failure::new("a flood is turned away", what));
    }
    differs(&alone, &beside).map(|what| Failure::new("no company notices a flood", what))
}

/// How the neighbour's two lives differ.
fn differs(alone: &Seen, beside: &Seen) -> Option<String> {
    alone.iter().find_map(|(phone, alone)| {
        let none = Vec::new();
        let beside = beside.get(phone).unwrap_or(&none);
        let shift = |a: Instant, b: Instant| a.saturating_since(b).max(b.saturating_since(a));
        // what comes within a shift of each other has no order that anybody could notice
        let mut left: Vec<&(Instant, String)> = beside.iter().collect();
        let missing = alone.iter().position(|seen| {
            let same =
                |other: &&(Instant, String)| other.1 == seen.1 && shift(other.0, seen.0) <= SHIFT;
            match left.iter().position(same) {
                Some(found) => {
                    left.remove(found);
                    false
                }
                None => true,
            }
        });
        let more = || beside.iter().position(|one| left.first() == Some(&one));
        let at = missing.or_else(more)?;
        let (a, b) = (alone.get(at), beside.get(at));
        Some(format!(
            "phone {} got as number {at} of {}\n  alone: {a:?}\n  beside: {b:?}",
            phone.0,
            alone.len()
        ))
    })
}

/// The neighbour's life, and how many messages were turned away in all.
fn play(seed: u64, flooded: bool) -> (Seen, u64) {
    let mut random = Random::from_seed(seed).fork("flood");
    let mut world = World::new(Setup {
        pace: PACE,
        ..Setup::ordinary(seed)
    });
    let (loud, mut quiet) = (Company::new("loud", 1), Company::new("quiet", 2));
    let mut phones = Vec::new();
    for host in 0..PHONES {
        let member = quiet.member(&format!("10{host}"));
        phones.push(world.phone(&member.account, address(11 + host), None));
    }
    let raws: Vec<RawId> = (0..4).map(|host| world.raw(address(101 + host))).collect();
    world.add(&loud);
    world.add(&quiet);
    let mut seen = Seen::new();
    for phone in &phones {
        let talks = Duration::from_millis(700 + random.below(600));
        let manner = &mut world.phones[phone.0].manner;
        manner.reaction = Reaction::Answer(Duration::from_millis(150));
        manner.talks = Some(talks);
        world.with(*phone, |phone, now| phone.register(600, now));
        pass(&mut world, STEP * 5, &mut seen);
    }
    pass(&mut world, SECOND * 2, &mut seen);
    // callers and callees are pairs, so that nobody is called while calling
    let mut calls: BTreeMap<u32, usize> = BTreeMap::new();
    for pair in 0..usize::from(PHONES / 2) {
        let mut at = random.below(60);
        while at < u64::from(STEPS) - 60 {
            calls.insert(u32::try_from(at).unwrap_or(0), pair);
            at += 350 + random.below(50);
        }
    }
    for step in 0..STEPS {
        if flooded {
            flood(&mut world, &raws);
            if step % CHANGE_EVERY == 0 {
                world.add(&loud);
            }
        }
        if step % REGISTER_EVERY == 7
            && let Some(phone) = whose(&phones, step / REGISTER_EVERY)
        {
            world.with(*phone, |phone, now| phone.register(600, now));
        }
        if let Some(pair) = calls.get(&step) {
            let number = format!("10{}", pair * 2 + 1);
            world.with(phones[pair * 2], |phone, now| phone.call(&number, now));
        }
        pass(&mut world, STEP, &mut seen);
    }
    pass(&mut world, SECOND * 5, &mut seen);
    let figures = world
        .exchange
        .as_ref()
        .map(|exchange| exchange.shard.figures());
    let turned_away = figures.map_or(0, |figures| figures.shed_calls + figures.shed_others);
    (seen, turned_away)
}

/// The phones take turns.
fn whose(phones: &[PhoneId], turn: u32) -> Option<&PhoneId> {
    phones.iter().cycle().nth(usize::try_from(turn).ok()?)
}

fn flood(world: &mut World, raws: &[RawId]) {
    for number in 0..FLOOD {
        let method = if number % 2 == 0 {
            "INVITE"
        } else {
            "REGISTER"
        };
        let party = ("<sip:100@loud.example>", "<sip:100@loud.example>");
        world.with_raw(raws[number % raws.len()], |raw| {
            raw.inbox.clear();
            raw.request(method, "sip:loud.example", party, "", "");
        });
    }
}

/// Lets time pass and notes what phones get.
fn pass(world: &mut World, time: Duration, seen: &mut Seen) {
    let until = world.now + time;
    while let Some(happening) = world.step(until) {
        if let Happening::AtPhone(phone, packet) = happening
            && let Some(text) = told(&packet)
        {
            seen.entry(phone).or_default().push((world.now, text));
        }
    }
}

/// A SIP message without what is random; `None` for sound, and for a 100, which depends on the
/// millisecond.
fn told(packet: &Packet) -> Option<String> {
    let message = Message::parse(packet.bytes.clone(), &Limits::DEFAULT).ok()?;
    let cseq = message.cseq().ok()?;
    match (message.method(), message.status()) {
        (Some(method), _) => Some(method.as_str().to_owned()),
        (None, Some(100)) => None,
        (None, status) => Some(format!("{} of {}", status?, cseq.method.as_str())),
    }
}

fn address(host: u8) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, host], 5060))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_of_a_flood_gets_the_same_answers_in_the_same_order_in_time() {
        if let Some(failure) = judge(1) {
            panic!("{}: {}", failure.judge, failure.what);
        }
    }

    #[test]
    fn the_judge_sees_an_answer_that_is_missing_late_or_another() {
        let line = |at, text: &str| (Instant::from_millis(at), text.to_owned());
        let life = |lines| Seen::from([(PhoneId(0), lines)]);
        let alone = life(vec![line(0, "INVITE"), line(100, "BYE")]);
        assert_eq!(differs(&alone, &alone), None);
        for other in [
            vec![line(0, "INVITE")],
            vec![line(0, "INVITE"), line(200, "BYE")],
            vec![line(0, "INVITE"), line(100, "200 of BYE")],
        ] {
            assert!(differs(&alone, &life(other)).is_some());
        }
    }
}
