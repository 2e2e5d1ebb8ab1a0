//! Requests within a dialog from somebody who has merely seen it.

use crate::office::{Office, SECOND};
use sip_message::{Message, Name};
use testkit::{LineId, PhoneId, RawId};

const US: &str = "sip:192.0.2.1:5060";

/// A request that is the phone's own in every letter, sent from elsewhere; the status it gets.
fn forge(
    office: &mut Office,
    raw: RawId,
    (phone, line): (PhoneId, LineId),
    method: &str,
    more: &str,
) -> Option<u16> {
    let name = office.line(phone, line).dialog().unwrap();
    let domain = office.world.phones[phone.0].account.domain.clone();
    let from = format!("<sip:101@{domain}>;tag={}", name.local_tag);
    let to = format!("<sip:102@{domain}>;tag={}", name.remote_tag);
    office.world.with_raw(raw, |raw| {
        raw.inbox.retain(|message| message.status() == Some(407));
        raw.request_in(&name.call_id, method, US, (&from, &to), more, "");
    });
    office.status(raw)
}

/// What proves the sender to be a phone.
fn proof_of(office: &mut Office, raw: RawId, phone: PhoneId, method: &str) -> String {
    let account = office.world.phones[phone.0].account.clone();
    let raw = &mut office.world.raws[raw.0];
    raw.answer(&account, method, US).unwrap()
}

// rfc: 3261 §22.1
#[test]
fn a_stranger_who_knows_a_dialog_is_asked_for_a_proof_and_changes_nothing() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let raw = office.raw();
    for side in [(office.anna, anna), (office.bert, bert)] {
        for method in ["BYE", "REFER", "INFO", "UPDATE", "INVITE"] {
            assert_eq!(
                forge(&mut office, raw, side, method, ""),
                Some(407),
                "{method}"
            );
        }
    }
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn the_proof_of_another_phone_does_not_open_the_dialog() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let raw = office.raw();
    let me = (office.anna, anna);
    for (other, status) in [(office.bert, 481), (office.cleo, 481), (office.dora, 403)] {
        assert_eq!(forge(&mut office, raw, me, "BYE", ""), Some(407));
        let proof = proof_of(&mut office, raw, other, "BYE");
        let told = forge(&mut office, raw, me, "BYE", &proof);
        assert_eq!(told, Some(status));
    }
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.bert, bert);
    office.record();
}

#[test]
fn a_phone_whose_address_has_changed_proves_itself_and_goes_on() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let raw = office.raw();
    let me = (office.anna, anna);
    assert_eq!(forge(&mut office, raw, me, "BYE", ""), Some(407));
    let proof = proof_of(&mut office, raw, me.0, "BYE");
    assert_eq!(forge(&mut office, raw, me, "BYE", &proof), Some(200));
    office.world.run(SECOND);
    assert!(
        office.line(office.bert, bert).is_over(),
        "it ended the call"
    );
}

#[test]
fn a_cancel_from_elsewhere_does_not_stop_the_ringing() {
    let mut office = Office::open();
    office.world.tap = Some(Vec::new());
    let anna = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    // all that a CANCEL needs is in the ringing that the caller was told of
    let tap = office.world.tap.as_ref().unwrap();
    let told = tap.iter().filter(|(phone, _)| *phone == office.anna);
    let ringing = told
        .filter_map(|(_, packet)| {
            Message::parse(packet.bytes.clone(), &sip_message::Limits::DEFAULT).ok()
        })
        .find(|message| message.status() == Some(180))
        .unwrap();
    let of = |name| ringing.header(name).unwrap_or_default().to_owned();
    let (to, cseq) = (ringing.to().unwrap().uri_text, ringing.cseq().unwrap());
    let (via, from, call_id) = (of(Name::Via), of(Name::From), of(Name::CallId));
    let cancel = format!(
        "CANCEL sip:102@alpha.example SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\nFrom: {from}\r\n\
         To: <{to}>\r\nCall-ID: {call_id}\r\nCSeq: {} CANCEL\r\nContent-Length: 0\r\n\r\n",
        cseq.number
    );
    let raw = office.raw();
    office.world.with_raw(raw, |raw| raw.send(cancel));
    office.world.run(SECOND);
    office.answer(office.bert, bert);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}
