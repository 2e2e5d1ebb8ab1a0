//! Who is let in, and as whom.

use crate::oidc::{Decision, Known, Person, Policy, Refusal};

const STRICT: Policy<'_> = Policy {
    domains: &["acme.example"],
    makes_people: false,
};

const OPEN: Policy<'_> = Policy {
    makes_people: true,
    ..STRICT
};

fn person(mail: Option<&str>) -> Person {
    Person {
        subject: "7".to_owned(),
        mail: mail.map(str::to_owned),
        name: String::new(),
    }
}

fn ann() -> Person {
    person(Some("ann@acme.example"))
}

fn known(user: u8) -> Option<Known<u8>> {
    Some(Known {
        user,
        enabled: true,
        bound: false,
    })
}

fn disabled(user: u8) -> Option<Known<u8>> {
    known(user).map(|known| Known {
        enabled: false,
        ..known
    })
}

#[test]
fn a_person_is_known_by_the_servers_name_first_and_by_mail_the_first_time() {
    assert_eq!(
        STRICT.decide(&ann(), known(1), known(2)),
        Ok(Decision::Welcome(1))
    );
    assert_eq!(
        STRICT.decide(&ann(), known(1), None),
        Ok(Decision::Welcome(1))
    );
    assert_eq!(STRICT.decide(&ann(), None, known(2)), Ok(Decision::Bind(2)));
}

#[test]
fn who_has_the_mail_address_of_somebody_before_does_not_become_them() {
    let bound = known(2).map(|known| Known {
        bound: true,
        ..known
    });
    assert_eq!(OPEN.decide(&ann(), None, bound), Err(Refusal::MailTaken));
}

#[test]
fn people_are_made_as_they_come_where_the_tenant_wants_it() {
    let mail = "ann@acme.example".to_owned();
    let nobody: Option<Known<u8>> = None;
    assert_eq!(
        OPEN.decide(&ann(), nobody, None),
        Ok(Decision::Make { mail })
    );
    assert_eq!(STRICT.decide(&ann(), nobody, None), Err(Refusal::Unknown));
}

#[test]
fn a_mail_address_is_verified_and_of_the_tenants_own_domain_each_time() {
    for (mail, refusal) in [
        (None, Refusal::MailUnverified),
        (Some("ann@other.example"), Refusal::MailForeign),
        (Some("ann@sub.acme.example"), Refusal::MailForeign),
        (Some("ann@evilacme.example"), Refusal::MailForeign),
        (Some("acme.example"), Refusal::MailForeign),
    ] {
        for by_subject in [None, known(1)] {
            let decided = OPEN.decide(&person(mail), by_subject, known(2));
            assert_eq!(decided, Err(refusal.clone()), "{mail:?}");
        }
    }
}

#[test]
fn whoever_is_disabled_stays_out() {
    for (by_subject, by_mail) in [(disabled(1), known(2)), (None, disabled(2))] {
        let decided = OPEN.decide(&ann(), by_subject, by_mail);
        assert_eq!(decided, Err(Refusal::Disabled));
    }
}
