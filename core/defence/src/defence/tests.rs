//! Defence as a source meets it, one sentence each.
#![allow(clippy::unwrap_used)]

use super::*;
use domain::BanCause;
use machine::WallTime;
use std::time::Duration;

const START: WallTime = WallTime::from_unix_ms(1_700_000_000_000);

fn defence() -> Defence {
    Defence::new(Rules::default(), Clock::new(START))
}

fn udp(ip: &str) -> Sender {
    Sender {
        ip: ip.parse().unwrap(),
        forgeable: true,
    }
}

fn tcp(ip: &str) -> Sender {
    Sender {
        forgeable: false,
        ..udp(ip)
    }
}

fn fresh(defence: &mut Defence) -> Vec<Ban> {
    let mut bans = Vec::new();
    defence.take(&mut bans);
    bans
}

#[test]
fn a_guesser_is_slowed_and_then_banned_and_others_are_not() {
    let mut defence = defence();
    let (guesser, clumsy) = (udp("192.0.2.1"), udp("192.0.2.2"));
    let now = Instant::from_secs(10);
    assert!(defence.may_fail(clumsy, now));
    let tries = (1..).take_while(|_| {
        defence.may_fail(guesser, now);
        !defence.bars(guesser.ip, now)
    });
    assert_eq!(tries.count() + 1, 20);
    assert!(!defence.bars(clumsy.ip, now));
    let bans = fresh(&mut defence);
    assert_eq!(bans.len(), 1);
    assert_eq!(bans[0].cause, BanCause::Guessing);
    assert_eq!(bans[0].until, START + Duration::from_secs(610));
    assert!(!defence.bars(guesser.ip, Instant::from_secs(610)));
}

#[test]
fn answers_run_out_before_patience_does_where_a_source_is_never_banned() {
    let mut defence = defence();
    let now = Instant::from_secs(1);
    let neighbour = udp("127.0.0.5");
    let answered = (0..100).filter(|_| defence.may_fail(neighbour, now));
    assert_eq!(answered.count(), 20);
    assert!(!defence.bars(neighbour.ip, now));
    assert!(defence.may_fail(neighbour, Instant::from_millis(1_500)));
}

#[test]
fn a_phone_with_a_wrong_password_that_tries_each_half_minute_is_never_banned() {
    let mut defence = defence();
    let phone = udp("198.51.100.7");
    for n in 0..2_880_u64 {
        let now = Instant::from_secs(n * 30);
        assert!(defence.may_fail(phone, now));
        assert!(!defence.bars(phone.ip, now), "after {n} tries");
    }
}

#[test]
fn a_scanner_is_banned_by_its_first_message() {
    let mut defence = defence();
    let now = Instant::from_secs(1);
    assert!(defence.is_scanner("friendly-scanner"));
    defence.offend(udp("192.0.2.1"), Offence::Scanner, now);
    assert!(defence.bars("192.0.2.1".parse().unwrap(), now));
    assert_eq!(fresh(&mut defence)[0].cause, BanCause::Scanner);
}

#[test]
fn each_further_ban_of_a_source_is_longer_until_it_has_kept_quiet_for_a_day() {
    let mut defence = defence();
    let mut now = Instant::from_secs(1);
    let mut seconds = Vec::new();
    for _ in 0..3 {
        defence.offend(udp("192.0.2.1"), Offence::Scanner, now);
        let ban = fresh(&mut defence).pop().unwrap();
        seconds.push(ban.until.saturating_since(ban.begun).as_secs());
        now = Clock::new(START).instant(ban.until);
    }
    assert_eq!(seconds, [600, 2_400, 9_600]);
    now += Duration::from_secs(25 * 3_600);
    defence.offend(udp("192.0.2.1"), Offence::Scanner, now);
    assert_eq!(fresh(&mut defence)[0].strikes, 1);
}

#[test]
fn nobody_can_have_the_phones_of_an_office_banned_by_forging_its_address() {
    let mut defence = defence();
    let office = udp("198.51.100.1");
    let now = Instant::from_secs(1);
    defence.proved(office.ip, now);
    for _ in 0..10_000 {
        defence.offend(office, Offence::Scanner, now);
        defence.offend(office, Offence::Malformed, now);
        defence.may_ask(office, now);
    }
    assert!(!defence.bars(office.ip, now));
    // a connection cannot be forged
    for _ in 0..5 {
        defence.offend(tcp("198.51.100.1"), Offence::Scanner, now);
    }
    assert!(defence.bars(office.ip, now));
}

#[test]
fn an_office_with_phones_that_work_has_more_wrong_passwords_than_a_stranger() {
    let mut defence = defence();
    let office = tcp("198.51.100.1");
    let now = Instant::from_secs(1);
    defence.proved(office.ip, now);
    let tries = (1..).take_while(|_| {
        defence.may_fail(office, now);
        !defence.bars(office.ip, now)
    });
    assert_eq!(tries.count() + 1, 100);
}

#[test]
fn a_guesser_at_the_address_of_phones_that_work_is_silenced_and_the_phones_are_not_banned() {
    let mut defence = defence();
    let office = udp("198.51.100.1");
    let mut now = Instant::from_secs(1);
    defence.proved(office.ip, now);
    for _ in 0..10_000 {
        defence.may_fail(office, now);
    }
    let mut answered = 0;
    for _ in 0..600 {
        now += Duration::from_millis(100);
        answered += u32::from(defence.may_fail(office, now));
    }
    // one for each five points that are forgiven
    assert!(
        (3..=5).contains(&answered),
        "{answered} answers in a minute"
    );
    assert!(!defence.bars(office.ip, now));
}

#[test]
fn whoever_asks_and_never_proves_is_left_unanswered_and_then_banned() {
    let mut defence = defence();
    let scanner = udp("192.0.2.1");
    let now = Instant::from_secs(1);
    let mut answered = 0;
    let mut asked = 0;
    while !defence.bars(scanner.ip, now) {
        answered += u32::from(defence.may_ask(scanner, now));
        asked += 1;
    }
    assert_eq!((answered, asked), (500, 600));
    assert_eq!(fresh(&mut defence)[0].cause, BanCause::Asking);
}

#[test]
fn phones_that_prove_themselves_may_ask_without_end() {
    let mut defence = defence();
    let office = udp("198.51.100.1");
    let now = Instant::from_secs(1);
    for n in 0..100_000 {
        assert!(defence.may_ask(office, now), "request {n}");
        defence.proved(office.ip, now);
    }
}

#[test]
fn a_ban_by_hand_holds_and_a_lifted_one_is_forgiven_whole() {
    let mut defence = defence();
    let source: SourceAddress = "2001:db8:1:2::9".parse().unwrap();
    let ban = Ban {
        source,
        cause: BanCause::Hand,
        begun: START,
        until: START + Duration::from_secs(60),
        strikes: 1,
        note: "calls at night".to_owned(),
    };
    assert!(defence.bar(&ban) && !defence.bar(&ban));
    let neighbour = "2001:db8:1:2:3::4".parse().unwrap();
    assert!(defence.bars(neighbour, Instant::from_secs(59)));
    assert!(!defence.bars(neighbour, Instant::from_secs(60)));
    assert!(defence.lift(source) && !defence.lift(source));
    assert!(!defence.bars(neighbour, Instant::ZERO));
    assert!(fresh(&mut defence).is_empty());
}

#[test]
fn what_is_never_banned_is_not_banned_by_hand_either() {
    let mut defence = defence();
    let ban = Ban {
        source: "127.0.0.1".parse().unwrap(),
        cause: BanCause::Hand,
        begun: START,
        until: WallTime::MAX,
        strikes: 1,
        note: String::new(),
    };
    defence.bar(&ban);
    assert!(!defence.bars("127.0.0.1".parse().unwrap(), Instant::ZERO));
}

#[test]
fn a_flood_from_forged_addresses_leaves_memory_flat() {
    let rules = Rules {
        watched: 1_000,
        bans: 100,
        ..Rules::default()
    };
    let mut defence = Defence::new(rules, Clock::new(START));
    for n in 0..50_000_u32 {
        let sender = Sender {
            ip: std::net::Ipv4Addr::from_bits(0x0b00_0000 + n).into(),
            forgeable: true,
        };
        defence.offend(sender, Offence::Scanner, Instant::from_millis(n.into()));
    }
    let figures = defence.figures();
    assert!(
        figures.watched_now <= 2_000 && figures.banned_now <= 100,
        "{figures:?}"
    );
    assert_eq!(fresh(&mut defence).len(), FRESH_MAX);
}
