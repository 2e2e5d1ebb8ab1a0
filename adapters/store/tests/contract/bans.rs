//! Bans, which are the platform's own.

use domain::{BANS_MAX, Ban, BanCause, SourceAddress};
use machine::WallTime;
use store::block_on;

use crate::on_every_store;
use crate::world::{World, time};

/// A ban until so many milliseconds after the beginning.
pub(crate) fn ban(source: &str, until: u64) -> Ban {
    Ban {
        source: source.parse().unwrap(),
        cause: BanCause::Guessing,
        begun: time(1),
        until: time(until),
        strikes: 2,
        note: "\"quoted\"".to_owned(),
    }
}

fn put(world: &World<'_>, bans: &[Ban]) {
    block_on(world.store.put_bans(bans.to_vec())).unwrap();
}

fn kept(world: &World<'_>) -> Vec<Ban> {
    block_on(world.store.bans()).unwrap()
}

fn bans_are_kept_as_they_are(world: &World<'_>) {
    assert!(kept(world).is_empty());
    let (v6, v4) = (ban("2001:db8::/64", 50), ban("192.0.2.1", 60));
    put(world, &[v6.clone(), v4.clone()]);
    assert_eq!(kept(world), [v4, v6]);
}

fn a_ban_takes_the_place_of_one_that_ends_sooner_and_of_no_other(world: &World<'_>) {
    let (short, long) = (ban("192.0.2.1", 60), ban("192.0.2.1", 90));
    put(world, std::slice::from_ref(&short));
    put(world, std::slice::from_ref(&long));
    put(world, &[short]);
    assert_eq!(kept(world), [long]);
}

fn a_lifted_ban_is_gone_and_so_are_those_that_ended(world: &World<'_>) {
    put(world, &[ban("192.0.2.1", 60), ban("192.0.2.2", 70)]);
    put(world, &[ban("192.0.2.3", 80)]);
    let lift = |source: &str| block_on(world.store.lift_ban(source.parse().unwrap())).unwrap();
    assert!(lift("192.0.2.1") && !lift("192.0.2.1"));
    let forget = |until| block_on(world.store.forget_bans(time(until))).unwrap();
    assert_eq!((forget(69), forget(70)), (0, 1));
    assert_eq!(kept(world), [ban("192.0.2.3", 80)]);
}

fn bans_beyond_the_bound_push_out_those_that_end_soonest(world: &World<'_>) {
    let many = u32::try_from(BANS_MAX).unwrap() + 10;
    let bans = (0..many).map(|n| Ban {
        source: SourceAddress::of(std::net::Ipv4Addr::from_bits(n).into()),
        until: WallTime::from_unix_ms(i64::from(n)),
        ..ban("192.0.2.1", 1)
    });
    block_on(world.store.put_bans(bans.collect())).unwrap();
    let kept = kept(world);
    assert_eq!(kept.len(), BANS_MAX);
    let soonest = kept.iter().map(|ban| ban.until.unix_ms()).min();
    assert_eq!(soonest, Some(10));
}

on_every_store!(
    bans_are_kept_as_they_are,
    a_ban_takes_the_place_of_one_that_ends_sooner_and_of_no_other,
    a_lifted_ban_is_gone_and_so_are_those_that_ended,
    bans_beyond_the_bound_push_out_those_that_end_soonest,
);
