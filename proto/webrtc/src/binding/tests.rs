//! Requests, proved and not, and what they are answered with.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::stun::ICE_CONTROLLING;

const PWD: &str = "asd88fgpdd777uzjYhagZg";

fn responder() -> Responder {
    Responder::new(IceCredentials::new("8hhY", PWD).unwrap())
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 9], port))
}

fn bare(id: u8) -> Writer {
    Writer::new(Class::Request, Transaction([id; 12]))
}

fn request(id: u8) -> Writer {
    bare(id)
        .with(USERNAME, b"8hhY:9uB6")
        .with(ICE_CONTROLLING, &[1; 8])
        .with(PRIORITY, &[0x6e, 0, 1, 0xff])
}

fn proved(writer: Writer) -> Vec<u8> {
    writer.with_integrity(PWD).finish()
}

/// The number of a refusal, and whether that is proved.
fn refusal(heard: &Heard) -> Option<(u16, bool)> {
    let Heard::Answer(octets) = heard else {
        return None;
    };
    let message = Message::read(octets).unwrap();
    assert!(message.has_fingerprint());
    Some((message.error()?, message.is_proved_by(PWD)))
}

// rfc: 8445 §7.3
// rfc: 8445 §7.3.2
#[test]
fn a_proved_request_is_answered_with_where_it_came_from() {
    for nominates in [false, true] {
        let asked = if nominates {
            request(1).with(USE_CANDIDATE, &[])
        } else {
            request(1)
        };
        let heard = responder().hear(&proved(asked), at(5_000));
        let Heard::Proven {
            answer,
            nominates: heard,
        } = heard
        else {
            panic!("not believed: {heard:?}");
        };
        assert_eq!(heard, nominates);
        let message = Message::read(&answer).unwrap();
        assert_eq!(message.class, Class::Success);
        assert_eq!(message.transaction, Transaction([1; 12]));
        assert_eq!(message.mapped(), Some(at(5_000)));
        assert!(message.is_proved_by(PWD) && message.has_fingerprint());
    }
}

// rfc: 8489 §6.3.1
#[test]
fn a_request_that_is_sent_again_is_answered_again_and_proves_nothing_more() {
    let mut responder = responder();
    let asked = proved(request(1).with(USE_CANDIDATE, &[]));
    let first = responder.hear(&asked, at(5_000));
    let Heard::Proven { answer, .. } = first else {
        panic!("not believed");
    };
    assert_eq!(responder.hear(&asked, at(5_000)), Heard::Answer(answer));
}

#[test]
fn a_request_that_somebody_has_copied_hears_nothing() {
    let mut responder = responder();
    let asked = proved(request(1).with(USE_CANDIDATE, &[]));
    responder.hear(&asked, at(5_000));
    assert_eq!(responder.hear(&asked, at(6_666)), Heard::Nothing);
    // not even while so many others are made that it is almost forgotten
    for id in 2..=u8::MAX {
        responder.hear(&proved(request(id)), at(5_000));
    }
    assert_eq!(responder.hear(&asked, at(6_666)), Heard::Nothing);
}

// rfc: 8489 §9.1.3
#[test]
fn what_proves_nothing_is_told_so() {
    let mut responder = responder();
    let without_name = bare(1).with(PRIORITY, &[0; 4]);
    let stranger = bare(3).with(USERNAME, b"8hhX:9uB6");
    let nobody = bare(4).with(USERNAME, b"8hhY");
    for (asked, code) in [
        (proved(without_name), 400),
        (request(2).finish(), 400),
        (proved(stranger), 401),
        (proved(nobody), 401),
        (
            request(5)
                .with_integrity("another password, as long")
                .finish(),
            401,
        ),
    ] {
        let heard = responder.hear(&asked, at(5_000));
        assert_eq!(refusal(&heard), Some((code, false)));
    }
}

#[test]
fn whoever_proves_nothing_again_and_again_hears_nothing_more() {
    let mut responder = responder();
    let forged = request(1)
        .with_integrity("another password, as long")
        .finish();
    for _ in 0..MAX_REFUSALS {
        assert_ne!(responder.hear(&forged, at(6_666)), Heard::Nothing);
    }
    assert_eq!(responder.hear(&forged, at(6_666)), Heard::Nothing);
    let honest = responder.hear(&proved(request(1)), at(5_000));
    assert!(matches!(honest, Heard::Proven { .. }));
}

#[test]
fn a_forged_request_does_not_use_up_the_transaction_of_an_honest_one() {
    let mut responder = responder();
    let forged = request(1)
        .with_integrity("another password, as long")
        .finish();
    responder.hear(&forged, at(6_666));
    let honest = responder.hear(&proved(request(1)), at(5_000));
    assert!(matches!(honest, Heard::Proven { .. }));
}

// rfc: 8445 §7.3.1.1
#[test]
fn an_end_that_does_not_want_to_choose_is_told_to() {
    let asked = bare(1)
        .with(USERNAME, b"8hhY:9uB6")
        .with(ICE_CONTROLLED, &[0xff; 8])
        .with(USE_CANDIDATE, &[]);
    let heard = responder().hear(&proved(asked), at(5_000));
    assert_eq!(refusal(&heard), Some((487, true)));
}

// rfc: 8489 §6.3.1
#[test]
fn what_must_be_understood_and_is_not_is_named() {
    let heard = responder().hear(&proved(request(1).with(0x7ffe, &[1])), at(5_000));
    assert_eq!(refusal(&heard), Some((420, true)));
    // what need not be is passed over
    let heard = responder().hear(&proved(request(1).with(0xfffe, &[1])), at(5_000));
    assert!(matches!(heard, Heard::Proven { .. }));
}

#[test]
fn a_priority_of_another_length_is_refused() {
    let asked = bare(1).with(USERNAME, b"8hhY:9uB6").with(PRIORITY, &[1; 8]);
    let heard = responder().hear(&proved(asked), at(5_000));
    assert_eq!(refusal(&heard), Some((400, true)));
}

#[test]
fn what_is_no_request_of_ice_hears_nothing() {
    let mut responder = responder();
    let mut unclosed = proved(request(1));
    *unclosed.last_mut().unwrap() ^= 1;
    assert_eq!(responder.hear(&unclosed, at(5_000)), Heard::Nothing);
    for class in [Class::Indication, Class::Success, Class::Error] {
        let other = Writer::new(class, Transaction([1; 12])).with(USERNAME, b"8hhY:9uB6");
        assert_eq!(responder.hear(&proved(other), at(5_000)), Heard::Nothing);
    }
    assert_eq!(responder.hear(b"", at(5_000)), Heard::Nothing);
}
