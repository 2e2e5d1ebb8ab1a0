//! Who may come in.

use crate::office::{Office, SECOND, address};
use sip_message::Name;
use testkit::{Account, Told};

#[test]
fn a_phone_registers_with_the_strongest_digest_and_with_md5() {
    let mut office = Office::new();
    assert_eq!(office.register(office.anna), Some(200));
    office.manner(office.bert, |manner| manner.md5_only = true);
    assert_eq!(office.register(office.bert), Some(200));
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    assert_eq!(figures.live.bindings, 2);
}

fn refusal_for(change: impl FnOnce(&mut Account), uri: Option<&str>) -> Vec<(u16, String)> {
    let mut office = Office::new();
    let raw = office.raw();
    let mut account = office.members[0].account.clone();
    change(&mut account);
    let uri = uri.map_or_else(|| format!("sip:{}", account.domain), str::to_owned);
    let address = account.address();
    let mut told = Vec::new();
    let mut proof = String::new();
    for _ in 0..2 {
        office.world.with_raw(raw, |raw| {
            raw.request("REGISTER", &uri, (&address, &address), &proof, "");
        });
        office.world.run(SECOND);
        office.world.with_raw(raw, |raw| {
            proof = raw.answer(&account, "REGISTER", &uri).unwrap_or_default();
        });
    }
    for message in &office.world.raws[raw.0].inbox {
        let mut names: Vec<String> = message.fields().map(|(name, _)| name.to_string()).collect();
        names.sort();
        told.push((message.status().unwrap(), names.join(" ")));
    }
    told
}

#[test]
fn wrong_passwords_unknown_users_unknown_and_foreign_domains_get_the_same_answers() {
    let wrong = refusal_for(|account| account.password = "something else".into(), None);
    let statuses: Vec<u16> = wrong.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [401, 403]);
    assert_eq!(wrong, refusal_for(|a| a.username = "nobody".into(), None));
    assert_eq!(
        wrong,
        refusal_for(|a| a.domain = "nowhere.example".into(), None)
    );
    assert_eq!(
        wrong,
        refusal_for(|a| a.domain = "beta.example".into(), None)
    );
    let elsewhere = Some("sip:beta.example");
    assert_eq!(
        wrong,
        refusal_for(|_| (), elsewhere),
        "another company's Request-URI"
    );
}

#[test]
fn a_stale_nonce_is_challenged_again_and_the_phone_gets_in() {
    let mut office = Office::new();
    let raw = office.raw();
    let account = office.members[0].account.clone();
    let (uri, from) = ("sip:alpha.example", account.address());
    let send = |office: &mut Office, proof: &str| {
        office.world.with_raw(raw, |raw| {
            raw.request("REGISTER", uri, (&from, &from), proof, "");
        });
        office.status(raw)
    };
    assert_eq!(send(&mut office, ""), Some(401));
    office.world.run(SECOND * 900);
    let answer = |office: &mut Office| {
        let raw = &mut office.world.raws[raw.0];
        raw.answer(&account, "REGISTER", uri).unwrap()
    };
    let late = answer(&mut office);
    assert_eq!(send(&mut office, &late), Some(401));
    let response = office.world.raws[raw.0].response().unwrap().clone();
    assert!(
        response
            .www_authenticate()
            .all(|c| c.param("stale").as_deref() == Some("true"))
    );
    let fresh = answer(&mut office);
    assert_eq!(send(&mut office, &fresh), Some(200));
}

#[test]
fn a_proof_cannot_be_used_twice() {
    let mut office = Office::new();
    let raw = office.raw();
    let account = office.members[0].account.clone();
    let (uri, from) = ("sip:alpha.example", account.address());
    let mut proof = String::new();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        office.world.with_raw(raw, |raw| {
            raw.request("REGISTER", uri, (&from, &from), &proof, "");
        });
        statuses.push(office.status(raw).unwrap());
        if proof.is_empty() {
            proof = office.world.raws[raw.0]
                .answer(&account, "REGISTER", uri)
                .unwrap();
        }
    }
    assert_eq!(statuses[..2], [401, 200]);
    assert_ne!(statuses[2], 200, "the replayed proof");
}

// rfc: 3261 §10.2.2
#[test]
fn a_phone_takes_its_registration_back_and_is_not_rung_any_more() {
    let mut office = Office::open();
    office
        .world
        .with(office.bert, |phone, now| phone.register(0, now));
    office.world.run(SECOND);
    assert_eq!(
        office.world.phones[office.bert.0].register_status(),
        Some(200)
    );
    let line = office.call(office.anna, "102");
    office.world.run(SECOND * 2);
    assert_eq!(office.line(office.anna, line).refused(), Some(480));
}

#[test]
fn a_registration_that_is_not_refreshed_ends() {
    let mut office = Office::new();
    office.manner(office.anna, |manner| manner.keeps_registered = false);
    office.register(office.anna);
    let bindings = |office: &Office| {
        let exchange = office.world.exchange.as_ref().unwrap();
        exchange.shard.figures().live.bindings
    };
    office.world.run(SECOND * 590);
    assert_eq!(bindings(&office), 1);
    office.world.run(SECOND * 20);
    assert_eq!(bindings(&office), 0);
}

#[test]
fn whoever_guesses_passwords_is_soon_left_without_answers_and_others_are_not() {
    let mut office = Office::new();
    let raw = office.raw();
    let mut account = office.members[0].account.clone();
    account.password = "guess".into();
    let (uri, from) = ("sip:alpha.example", account.address());
    office.world.with_raw(raw, |raw| {
        raw.request("REGISTER", uri, (&from, &from), "", "");
    });
    office.world.run(SECOND);
    for _ in 0..60 {
        office.world.with_raw(raw, |raw| {
            let proof = raw.answer(&account, "REGISTER", uri).unwrap();
            raw.request("REGISTER", uri, (&from, &from), &proof, "");
        });
    }
    office.world.run(SECOND / 2);
    let answered = office.world.raws[raw.0].inbox.len();
    assert!((15..40).contains(&answered), "{answered} answers");
    assert_eq!(office.register(office.anna), Some(200));
}

// rfc: 3261 §22.2
#[test]
fn a_caller_without_a_proof_is_challenged_and_reaches_nobody() {
    let mut office = Office::open();
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        let from = "<sip:alpha-101-0@alpha.example>";
        let to = "<sip:102@alpha.example>";
        raw.request("INVITE", "sip:102@alpha.example", (from, to), "", "");
    });
    assert_eq!(office.status(raw), Some(407));
    assert!(office.world.phones[office.bert.0].lines.is_empty());
    assert!(office.settled_records().is_empty(), "nobody called");
}

#[test]
fn a_trusted_source_calls_without_a_password_and_only_as_itself() {
    let mut office = Office::open();
    let raw = office.raw();
    let device = office.members[3].device;
    office.alpha.device(device).unwrap().trusted_source =
        Some(office.world.raws[raw.0].address.ip());
    office.world.add(&office.alpha);
    let sdp = testkit::describe(address(101), 1, 1, testkit::Direction::SendRecv);
    let sdp = String::from_utf8(sdp.to_vec()).unwrap();
    let kind = "Content-Type: application/sdp\r\n";
    let to = "<sip:102@alpha.example>";
    let call = |office: &mut Office, from: &str| {
        let call_id = office.world.with_raw(raw, |raw| {
            raw.request("INVITE", "sip:102@alpha.example", (from, to), kind, &sdp)
        });
        office.status(raw);
        office.world.raws[raw.0].status_of(&call_id)
    };
    let as_another = call(&mut office, "<sip:alpha-101-0@alpha.example>");
    assert_eq!(as_another, Some(407), "it is not that device");
    let as_itself = call(&mut office, "<sip:103@alpha.example>");
    assert_eq!(as_itself, Some(180));
    let bert = office.rung(office.bert);
    assert_eq!(office.line(office.bert, bert).peer, "103");
    office
        .world
        .with(office.bert, |phone, now| phone.refuse(bert, 486, now));
    assert_eq!(office.status(raw), Some(486));
}

#[test]
fn a_disabled_device_neither_registers_nor_rings() {
    let mut office = Office::open();
    let device = office.members[1].device;
    office.alpha.device(device).unwrap().enabled = false;
    office.world.add(&office.alpha);
    let line = office.call(office.anna, "102");
    office.world.run(SECOND * 2);
    assert_eq!(office.line(office.anna, line).refused(), Some(480));
    assert_eq!(office.register(office.bert), Some(403));
    let line = office.call(office.bert, "101");
    office.world.run(SECOND * 2);
    let told = &office.line(office.bert, line).told;
    let refused = Told::Refused {
        status: 403,
        retry_after: None,
    };
    assert_eq!(told.last(), Some(&refused));
}

// rfc: 8760 §2.3
#[test]
fn challenges_offer_sha_256_before_md5() {
    let mut office = Office::new();
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        let me = "<sip:x@alpha.example>";
        raw.request("REGISTER", "sip:alpha.example", (me, me), "", "");
    });
    office.status(raw);
    let response = office.world.raws[raw.0].response().unwrap();
    let values: Vec<&str> = response.headers(Name::WwwAuthenticate).collect();
    assert!(
        values[0].contains("SHA-256") && values[1].contains("MD5"),
        "{values:?}"
    );
}
