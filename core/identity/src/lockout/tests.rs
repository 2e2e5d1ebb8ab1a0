//! Guessers with one address and with many, and the people they would like to lock out.
#![allow(clippy::unwrap_used)]

use std::net::Ipv4Addr;

use ids::UserId;

use super::*;
use crate::device::DeviceKey;

fn network(n: u32) -> Network {
    Network::of(Ipv4Addr::from_bits(n).into())
}

fn stranger(name: &str, from: u32) -> Attempt {
    Attempt {
        name: NameKey::of(name),
        network: network(from),
        device: None,
    }
}

fn known(name: &str, from: u32) -> Attempt {
    let (key, user) = (DeviceKey::new([1; 32]), UserId::new(1, 1));
    let cookie = key.issue(user, [9; 16]);
    Attempt {
        device: key.read(user, &cookie),
        ..stranger(name, from)
    }
}

/// How many guesses one attempt after the other gets in a time, as patient as it must be.
fn guesses(lockout: &mut Lockout, within: Duration, attempt: &Attempt) -> u32 {
    let (mut now, mut count) = (Instant::ZERO, 0);
    while now < Instant::ZERO + within {
        match lockout.admit(now, attempt) {
            Ok(()) => count += 1,
            Err(wait) => now += wait,
        }
    }
    count
}

#[test]
fn a_person_who_errs_a_few_times_is_not_delayed() {
    let mut lockout = Lockout::default();
    for _ in 0..5 {
        assert_eq!(lockout.admit(Instant::ZERO, &stranger("ann", 1)), Ok(()));
    }
    let wait = lockout.admit(Instant::ZERO, &stranger("ANN ", 1));
    assert_eq!(wait, Ok(()), "the sixth is free of delay, too");
    let wait = lockout.admit(Instant::ZERO, &stranger("ann", 1));
    assert_eq!(wait, Err(Duration::from_secs(1)));
}

#[test]
fn a_guesser_with_one_address_gets_about_a_hundred_guesses_a_day() {
    let mut lockout = Lockout::default();
    let day = Duration::from_secs(24 * 3_600);
    let count = guesses(&mut lockout, day, &stranger("ann", 1));
    assert!((80..130).contains(&count), "{count}");
}

#[test]
fn a_guesser_cannot_lock_a_person_out_of_a_device_that_is_known() {
    let mut lockout = Lockout::default();
    for n in 0..20_000 {
        let _ = lockout.admit(Instant::ZERO, &stranger("ann", n));
    }
    assert!(
        lockout
            .admit(Instant::ZERO, &stranger("ann", 99_999))
            .is_err()
    );
    // even from the guesser's own network
    assert_eq!(lockout.admit(Instant::ZERO, &known("ann", 1)), Ok(()));
}

#[test]
fn a_guesser_cannot_keep_a_person_from_a_new_device_for_more_than_a_minute() {
    let mut lockout = Lockout::default();
    let mut now = Instant::ZERO;
    for n in 0..10_000 {
        match lockout.admit(now, &stranger("ann", n)) {
            Ok(()) => {}
            Err(wait) => now += wait,
        }
    }
    let wait = lockout.admit(now, &stranger("ann", 99_999)).err();
    assert!(wait.unwrap_or_default() <= MINUTE, "{wait:?}");
}

#[test]
fn a_guesser_with_a_thousand_addresses_gets_one_guess_a_minute() {
    let mut lockout = Lockout::default();
    let (mut now, mut count) = (Instant::ZERO, 0_u32);
    while now < Instant::from_secs(24 * 3_600) {
        match lockout.admit(now, &stranger("ann", count % 1_000)) {
            Ok(()) => count += 1,
            Err(wait) => now += wait,
        }
    }
    assert!((1_400..1_600).contains(&count), "{count}");
}

#[test]
fn a_guesser_who_tries_many_names_is_slowed_as_a_network() {
    let mut lockout = Lockout::default();
    let mut free = 0;
    for n in 0..1_000 {
        let attempt = stranger(&format!("user{n}"), 1);
        free += u32::from(lockout.admit(Instant::ZERO, &attempt).is_ok());
    }
    assert_eq!(free, NETWORK.free + 1);
    let neighbour = stranger("user1", 2);
    assert_eq!(lockout.admit(Instant::ZERO, &neighbour), Ok(()));
}

#[test]
fn a_success_forgives_the_person_and_not_the_network() {
    let mut lockout = Lockout::default();
    for n in 0..=NETWORK.free {
        let guess = stranger(&format!("user{n}"), 1);
        assert_eq!(lockout.admit(Instant::ZERO, &guess), Ok(()));
    }
    let now = Instant::from_secs(1);
    let own = stranger("mallory", 1);
    assert_eq!(lockout.admit(now, &own), Ok(()));
    lockout.succeeded(now, &own);
    assert!(lockout.admit(now, &stranger("ann", 1)).is_err());
}

#[test]
fn a_stolen_device_cookie_is_slowed_by_itself() {
    let mut lockout = Lockout::default();
    let day = Duration::from_secs(24 * 3_600);
    let count = guesses(&mut lockout, day, &known("ann", 1));
    assert!((80..130).contains(&count), "{count}");
    lockout.succeeded(Instant::ZERO, &known("ann", 1));
    assert_eq!(lockout.admit(Instant::ZERO, &known("ann", 1)), Ok(()));
}

#[test]
fn memory_is_bounded_whatever_is_tried() {
    let mut lockout = Lockout::default();
    for n in 0..150_000 {
        let _ = lockout.admit(Instant::ZERO, &stranger(&format!("user{n}"), n));
    }
    assert!(lockout.remembered() <= 4 * 2 * KEYS_MAX);
}

#[test]
fn all_addresses_of_one_ipv6_customer_are_one_network() {
    let of = |text: &str| Network::of(text.parse().unwrap());
    assert_eq!(of("2001:db8:1:200::1"), of("2001:db8:1:2ff::9"));
    assert_ne!(of("2001:db8:1:200::1"), of("2001:db8:1:300::1"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
}
