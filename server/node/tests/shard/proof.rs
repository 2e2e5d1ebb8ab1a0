//! Proof of who calls: what a carrier gets signed, and that no call waits for a key.

use crate::carriers::{CARRIER, asks, by_hand, office_with, requests, respond};
use crate::forwards::calls_in;
use crate::office::{Office, SECOND};
use domain::{LegDirection, Vouched};
use machine::{Instant, WallTime};
use serde_json::json;
use sip_message::{Message, Method, Name};
use stir::{
    Attestation, Chain, Claimed, Claims, Destination, Number, OrigId, Party, Passport, PrivateKey,
    Says, Standing, original,
};

const CHAIN: &str = include_str!("../../../../core/domain/tests/signing/chain.pem");
const KEY: &str = include_str!("../../../../core/domain/tests/signing/key.pem");

/// An office whose alpha signs by its own trunk and its own key.
fn office(more: &str) -> Office {
    let more = format!(", \"attestation\": \"full\"{more}");
    office_with(&[CARRIER], &more, |alpha| {
        alpha.signing_key(CHAIN, KEY).unwrap();
    })
}

fn tn(digits: &str) -> Party {
    Party::Tn(Number::canonical(digits).unwrap())
}

fn header(message: &Message, name: Name<'_>) -> Option<String> {
    message.header(name).map(str::to_owned)
}

fn time(office: &Office) -> WallTime {
    let world = &office.world;
    world.setup.wall + world.now.saturating_since(Instant::ZERO)
}

/// What the proof of an INVITE says, after it was held against the message and the certificate.
fn proved(office: &Office, invite: &Message, dest: &Party) -> Claimed {
    let identity = header(invite, Name::Identity).expect("the call is signed");
    let standing = Standing {
        orig: &tn("493055501"),
        dest,
        date: None,
        now: time(office),
    };
    let claimed = Claimed::of(&identity, &standing).unwrap();
    let chain = Chain::read(CHAIN.as_bytes()).unwrap();
    assert!(claimed.is_signed_by(&chain.first().key));
    claimed
}

fn vouched(office: &mut Office) -> Vec<Option<Vouched>> {
    let record = office.settled_records().remove(0);
    let legs = record.legs.into_iter();
    let out = legs.filter(|leg| leg.direction == LegDirection::Outgoing);
    out.map(|leg| leg.by_trunk.unwrap().vouched).collect()
}

// rfc: 8224 §6.1 an INVITE with Date and Identity, signed by a key whose certificate is named
#[test]
fn a_call_to_a_carrier_is_signed_and_the_record_names_what_was_vouched() {
    let mut office = office("");
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    let claimed = proved(&office, &invite, &tn("33140205050"));
    let Says::Shaken { attest, origid } = claimed.claims().says.clone() else {
        panic!("it is attested")
    };
    assert_eq!(attest, Attestation::Full);
    assert!(
        claimed
            .x5u()
            .starts_with("https://pbx.example/.well-known/stir/sgk_")
    );
    assert!(claimed.x5u().ends_with(".pem"));
    let date = header(&invite, Name::Date).unwrap();
    let seconds = claimed.claims().iat.unix_ms() / 1_000;
    assert_eq!(date, sip_message::http_date(seconds));
    respond(&mut office, carrier, &invite, 486, |_| ());
    let vouched = vouched(&mut office);
    let vouched = vouched[0].clone().unwrap();
    assert_eq!(vouched.attestation, Attestation::Full);
    assert_eq!(vouched.origid, origid.to_string());
    assert!(claimed.x5u().contains(&vouched.key.to_string()));
}

// rfc: 8224 §4.1 the proof is repeated with the request that a carrier asked a password for
#[test]
fn a_carrier_that_asks_for_a_password_gets_the_proof_again() {
    let mut office = office(", \"username\": \"acme\", \"numbers_out\": \"e164\"");
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    let first = requests(&office, carrier, Method::Invite).remove(0);
    respond(&mut office, carrier, &first, 407, asks);
    let second = requests(&office, carrier, Method::Invite).pop().unwrap();
    assert_ne!(first.cseq().unwrap().number, second.cseq().unwrap().number);
    for invite in [&first, &second] {
        proved(&office, invite, &tn("33140205050"));
    }
}

// rfc: 8225 §5.2.1 who is called for help is a service
#[test]
fn a_call_for_help_is_signed_for_the_service_and_goes_out_unsigned_where_there_is_no_key() {
    let mut signed = office(", \"emergency_uri\": \"urn\"");
    let carrier = by_hand(&mut signed, CARRIER);
    signed.call(signed.anna, "112");
    signed.world.run(SECOND / 2);
    let invite = requests(&signed, carrier, Method::Invite).remove(0);
    proved(&signed, &invite, &Party::Uri("urn:service:sos".to_owned()));
    let mut office = office_with(&[CARRIER], ", \"attestation\": \"full\"", |_| ());
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "112");
    office.world.run(SECOND / 2);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert_eq!(header(&invite, Name::Identity), None);
    assert_eq!(header(&invite, Name::Date), None);
}

#[test]
fn a_trunk_that_claims_nothing_gets_no_proof() {
    let mut office = office_with(&[CARRIER], "", |alpha| {
        alpha.signing_key(CHAIN, KEY).unwrap();
    });
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert_eq!(header(&invite, Name::Identity), None);
    respond(&mut office, carrier, &invite, 486, |_| ());
    assert_eq!(vouched(&mut office), [None]);
}

/// An office whose 102 forwards to Paris by a trunk that is shown who called, and that signs.
fn sends_on() -> Office {
    let more = ", \"attestation\": \"full\", \"passes_caller\": true";
    office_with(&[CARRIER], more, |alpha| {
        alpha.signing_key(CHAIN, KEY).unwrap();
        alpha.number("+493055502", "102").unwrap();
        let forwards = json!({"always": "0033140205050"});
        alpha.forwards("102", forwards).unwrap();
    })
}

/// What the caller's own carrier has signed.
fn theirs(office: &Office, caller: &str, called: &str) -> String {
    let claims = Claims {
        orig: tn(caller),
        dest: Destination::one(tn(called)),
        iat: time(office),
        says: Says::Shaken {
            attest: Attestation::Full,
            origid: OrigId::of_bits(7),
        },
    };
    let x5u = "https://theirs.example/chain.pem".to_owned();
    let key = PrivateKey::from_pem(KEY).unwrap();
    Passport { claims, x5u }.sign(&key).identity()
}

/// The INVITE that goes out when somebody calls in with these proofs.
fn sent_on_with(office: &mut Office, proofs: &[String]) -> Message {
    let carrier = by_hand(office, CARRIER);
    let lines = proofs.iter().map(|proof| format!("Identity: {proof}\r\n"));
    let lines: String = lines.collect();
    calls_in(office, carrier, "+4420123", &lines);
    requests(office, carrier, Method::Invite).remove(0)
}

// rfc: 8946 §4.1 whoever sends a call on signs for whom it was, beside the proof that came with it
#[test]
fn a_call_that_is_sent_on_keeps_its_callers_proof_and_gets_one_of_who_sends_it() {
    let mut office = sends_on();
    let own = theirs(&office, "4420123", "493055502");
    let invite = sent_on_with(&mut office, std::slice::from_ref(&own));
    let proofs: Vec<&str> = invite.values(Name::Identity).collect();
    let [first, second] = proofs[..] else {
        panic!("two proofs: {proofs:?}")
    };
    assert_eq!(first, own);
    let (caller, paris) = (tn("4420123"), tn("33140205050"));
    let standing = Standing {
        orig: &caller,
        dest: &paris,
        date: None,
        now: time(&office),
    };
    let diverted = Claimed::of(second, &standing).unwrap();
    let from = tn("493055502");
    assert_eq!(diverted.claims().says, Says::Diverted { from });
    let chain = Chain::read(CHAIN.as_bytes()).unwrap();
    assert!(diverted.is_signed_by(&chain.first().key));
    assert!(diverted.x5u().starts_with("https://pbx.example/"));
    let first = Claimed::read(first).unwrap();
    let both = [first.claims().clone(), diverted.claims().clone()];
    assert_eq!(original(&both, &paris), Ok(0));
}

#[test]
fn proofs_that_are_not_about_the_call_go_no_further() {
    let mut office = sends_on();
    let at_home = theirs(&office, "4420123", "493055502");
    let elsewhere = theirs(&office, "4420123", "4930999999");
    let another = theirs(&office, "4420999", "493055502");
    let spoilt = "no.proof;info=<https://theirs.example/>".to_owned();
    let many = vec![at_home.clone(); 12];
    let all = [
        vec![],
        vec![elsewhere],
        vec![another],
        vec![spoilt],
        vec![at_home.clone(), at_home],
        many,
    ];
    for proofs in all {
        let invite = sent_on_with(&mut office, &proofs);
        assert_eq!(header(&invite, Name::Identity), None, "{proofs:?}");
        office = sends_on();
    }
}
