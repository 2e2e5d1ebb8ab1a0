//! Proof of who calls: what a carrier gets signed, and that no call waits for a key.

use crate::carriers::{CARRIER, asks, by_hand, office_with, requests, respond};
use crate::office::{Office, SECOND};
use domain::{LegDirection, Vouched};
use machine::Instant;
use sip_message::{Message, Method, Name};
use stir::{Attestation, Chain, Claimed, Number, Party, Says, Standing};

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

/// What the proof of an INVITE says, after it was held against the message and the certificate.
fn proved(office: &Office, invite: &Message, dest: &Party) -> Claimed {
    let identity = header(invite, Name::Identity).expect("the call is signed");
    let world = &office.world;
    let now = world.setup.wall + world.now.saturating_since(Instant::ZERO);
    let standing = Standing {
        orig: &tn("493055501"),
        dest,
        date: None,
        now,
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
