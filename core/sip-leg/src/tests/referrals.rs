//! Where a REFER leads.

use crate::referee;

#[test]
fn a_target_is_its_user_and_host() {
    let target = referee("<sip:103@acme.example:5060;transport=tcp>", None).unwrap();
    assert_eq!(
        (target.user.as_str(), target.host.as_str()),
        ("103", "acme.example")
    );
    assert_eq!(target.replaces, None);
    let target = referee("sip:%2a43@[2001:db8::1]", None).unwrap();
    assert_eq!(
        (target.user.as_str(), target.host.as_str()),
        ("*43", "[2001:db8::1]")
    );
}

#[test]
fn an_attended_transfer_names_the_dialog_to_be_taken_over() {
    let replaces = "425928@bobster.example;to-tag=7743;from-tag=6472";
    let target = referee("<sip:103@acme.example>", Some(replaces)).unwrap();
    let replaced = target.replaces.unwrap();
    assert_eq!(replaced.call_id, "425928@bobster.example");
    assert_eq!(
        (replaced.to_tag.as_str(), replaced.from_tag.as_str()),
        ("7743", "6472")
    );
}

#[test]
fn what_names_nobody_or_half_a_dialog_leads_nowhere() {
    for refer_to in [
        "",
        "<sip:acme.example>",
        "\"103\"",
        "<isbn:123>",
        "<sip:a@b",
    ] {
        assert_eq!(referee(refer_to, None), None, "{refer_to}");
    }
    for replaces in [
        "",
        "abc",
        "abc;to-tag=1",
        "abc;to-tag=1;to-tag=2;from-tag=3",
    ] {
        assert_eq!(
            referee("<sip:103@acme.example>", Some(replaces)),
            None,
            "{replaces}"
        );
    }
}
