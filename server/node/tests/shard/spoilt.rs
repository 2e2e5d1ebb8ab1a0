//! What is nearly right, in the middle of real calls: it breaks nothing and leaves nothing over.

use crate::office::{Office, SECOND};
use machine::harness::Spoiler;
use ports::{Bucket, Snapshots};
use std::time::Duration;
use testkit::{Happening, Packet, World};

/// Lets time pass and keeps what arrives at the exchange.
fn listen(world: &mut World, time: Duration, heard: &mut Vec<Packet>) {
    let until = world.now + time;
    while let Some(happening) = world.step(until) {
        if let Happening::AtExchange(packet) = happening {
            heard.push(packet);
        }
    }
}

/// Two calls, one of them held, resumed and transferred; the other still up.
fn busy(office: &mut Office) -> Vec<Packet> {
    let mut heard = Vec::new();
    let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
    let line = office.call(anna, "102");
    listen(&mut office.world, SECOND, &mut heard);
    let rung = office.rung(bert);
    office
        .world
        .with(bert, |phone, now| phone.answer(rung, now));
    listen(&mut office.world, SECOND, &mut heard);
    for held in [true, false] {
        office
            .world
            .with(anna, |phone, now| phone.hold(line, held, now));
        listen(&mut office.world, SECOND, &mut heard);
    }
    office
        .world
        .with(anna, |phone, now| phone.press(line, '5', now));
    office
        .world
        .with(anna, |phone, now| phone.transfer(line, "103", now));
    listen(&mut office.world, SECOND, &mut heard);
    let rung = office.rung(cleo);
    office
        .world
        .with(cleo, |phone, now| phone.answer(rung, now));
    listen(&mut office.world, SECOND * 2, &mut heard);
    office.call(office.dora, "102");
    listen(&mut office.world, SECOND, &mut heard);
    heard.retain(|packet| packet.to == office.world.setup.sip);
    assert!(heard.len() > 20, "{} messages", heard.len());
    heard
}

/// One spoilt message each millisecond, from where the good one came.
fn storm(office: &mut Office, heard: &[Packet], seed: u64, messages: u64) {
    let samples: Vec<&[u8]> = heard.iter().map(|packet| &packet.bytes[..]).collect();
    let mut spoiler = Spoiler::new(seed);
    for (_, from) in (0..messages).zip(heard.iter().cycle()) {
        let packet = Packet {
            bytes: spoiler.spoil(&samples).into(),
            ..from.clone()
        };
        office.world.send(vec![packet]);
        office.world.run(Duration::from_millis(1));
    }
}

fn everyone_hangs_up(office: &mut Office) {
    for phone in [
        office.anna,
        office.bert,
        office.cleo,
        office.dora,
        office.emil,
    ] {
        let lines: Vec<_> = office.world.phones[phone.0]
            .live()
            .map(|line| line.id)
            .collect();
        for line in lines {
            office
                .world
                .with(phone, |phone, now| phone.hang_up(line, now));
        }
    }
}

#[test]
fn a_storm_of_spoilt_messages_breaks_nothing_and_leaves_nothing_over() {
    for seed in 1..=6 {
        let mut office = Office::open();
        let heard = busy(&mut office);
        storm(&mut office, &heard, seed, 1_500);
        let figures = office.world.exchange.as_ref().unwrap().shard.figures();
        assert!((10..1_400).contains(&figures.malformed), "{figures:?}");
        everyone_hangs_up(&mut office);
        // what only the exchange believes in ends when its session is not refreshed
        office.world.run(SECOND * 2_000);
        office.settled_records();
        office.register_all();
        let (one, other) = office.talk(office.anna, office.bert, "102");
        let ends = ((office.anna, one), (office.bert, other));
        assert!(office.both_hear(ends.0, ends.1), "seed {seed}");
    }
}

/// Spoils what is retained on the disk, most of it.
fn spoil_disk(office: &Office, seed: u64) {
    let mut spoiler = Spoiler::new(seed);
    let mut disk = office.world.disk.snapshots();
    for bucket in [Bucket::Bindings, Bucket::Calls] {
        let values = disk.load(bucket);
        let samples: Vec<&[u8]> = values.iter().map(|(_, _, value)| &value[..]).collect();
        assert!(!samples.is_empty(), "something is retained");
        for (tenant, key, _) in &values {
            disk.put(*tenant, bucket, *key, &spoiler.spoil(&samples));
        }
    }
    disk.flush().unwrap();
}

#[test]
fn a_process_that_finds_spoilt_snapshots_forgets_them_and_serves() {
    for seed in 1..=60 {
        let mut office = Office::open();
        let (anna, bert) = office.talk(office.anna, office.bert, "102");
        office.world.run(SECOND * 10);
        office.world.kill();
        spoil_disk(&office, seed);
        office.world.restart();
        office.hang_up(office.anna, anna);
        office.hang_up(office.bert, bert);
        office.register_all();
        let (one, other) = office.talk(office.cleo, office.bert, "102");
        let ends = ((office.cleo, one), (office.bert, other));
        assert!(office.both_hear(ends.0, ends.1), "seed {seed}");
    }
}
