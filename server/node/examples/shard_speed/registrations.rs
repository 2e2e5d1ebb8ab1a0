//! Registrations with a challenge each, as phones make them that know no nonce yet.

use crate::meter::Meter;
use crate::scene::Scene;
use sip_message::Message;
use sip_stack::digest;
use std::net::SocketAddr;
use std::time::Duration;

/// Registrations in one round.
const ROUND: usize = 2_000;
/// Messages between two looks at the clock, as in a full batch of the loop.
const BATCH: usize = 64;
/// Time that passes per batch: as many as aimed at, 15,000 registrations per second.
const PACE: Duration = Duration::from_micros(2_133);

struct Phone {
    user: usize,
    address: SocketAddr,
    call_id: String,
    cseq: u32,
}

/// Registers so many times, user after user.
pub(crate) fn run(scene: &mut Scene, count: usize) -> Meter {
    let mut meter = Meter::default();
    let mut next = 0;
    for round in 0..count.div_ceil(ROUND) {
        let phones: Vec<Phone> = (0..ROUND).map(|_| phone(scene, &mut next, round)).collect();
        let bare: Vec<String> = phones.iter().map(|p| request(scene, p, 1, "")).collect();
        meter_batches(scene, &mut meter, &phones, &bare);
        let challenges = scene.sent();
        let full: Vec<String> = phones
            .iter()
            .zip(&challenges)
            .map(|(phone, (_, challenge))| answer(scene, phone, challenge))
            .collect();
        meter_batches(scene, &mut meter, &phones, &full);
        let done = scene.sent();
        let good = done.iter().filter(|(_, m)| m.status() == Some(200)).count();
        assert_eq!(good, ROUND, "every registration is answered 200");
        meter.round(ROUND);
    }
    meter
}

fn meter_batches(scene: &mut Scene, meter: &mut Meter, phones: &[Phone], texts: &[String]) {
    meter.piece(|| {
        for (phones, texts) in phones.chunks(BATCH).zip(texts.chunks(BATCH)) {
            for (phone, text) in phones.iter().zip(texts) {
                scene.give(phone.address, text.as_bytes());
            }
            scene.turn(PACE / 2);
        }
    });
}

fn phone(scene: &mut Scene, next: &mut usize, round: usize) -> Phone {
    let user = *next % scene.users.len();
    *next += 1;
    let port = u16::try_from(1024 + user % 60_000).unwrap_or(1024);
    Phone {
        user,
        address: SocketAddr::from(([10, 0, 0, 1], port)),
        call_id: format!("r{user}@10.0.0.1"),
        cseq: u32::try_from(round).unwrap_or(0) * 2,
    }
}

fn request(scene: &mut Scene, phone: &Phone, step: u32, authorization: &str) -> String {
    let branch = scene.random.token(16);
    let user = &scene.users[phone.user].username;
    let Phone {
        address,
        call_id,
        cseq,
        ..
    } = phone;
    let cseq = cseq + step;
    format!(
        "REGISTER sip:load.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP {address};branch=z9hG4bK{branch};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:{user}@load.example>;tag=t{cseq}\r\nTo: <sip:{user}@load.example>\r\n\
         Call-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{address}>\r\n\
         Expires: 3600\r\nUser-Agent: shard_speed\r\n{authorization}Content-Length: 0\r\n\r\n"
    )
}

fn answer(scene: &mut Scene, phone: &Phone, challenge: &Message) -> String {
    assert_eq!(challenge.status(), Some(401), "the first try is challenged");
    let md5 = challenge.www_authenticate().filter(|challenge| {
        let algorithm = challenge.param("algorithm");
        algorithm.is_none_or(|token| token.eq_ignore_ascii_case("md5"))
    });
    let account = scene.users[phone.user].digest();
    let uri = "sip:load.example";
    let value = digest::answer(md5, account, "REGISTER", uri, 1, "0a4f113b");
    let value = value.unwrap_or_default();
    request(scene, phone, 2, &format!("Authorization: {value}\r\n"))
}
