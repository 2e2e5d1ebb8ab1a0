//! Keys that end, are rotated, and have scopes.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

fn at(ms: i64) -> WallTime {
    WallTime::from_unix_ms(ms)
}

fn rotated() -> TokenRecord {
    TokenRecord {
        id: TokenId::new(1, 1),
        name: "crm".to_owned(),
        owner: Owner::PLATFORM,
        hash: TokenHash([2; 32]),
        created: at(0),
        expires: Some(at(100)),
        revoked: None,
        scopes: vec!["cdr.read".to_owned()],
        former: Some(FormerText {
            hash: TokenHash([1; 32]),
            until: at(50),
        }),
        used: None,
    }
}

#[test]
fn the_former_text_opens_until_its_end_and_the_present_one_until_the_key_ends() {
    let (key, old, new) = (rotated(), TokenHash([1; 32]), TokenHash([2; 32]));
    let opens = |hash, ms| key.opened_by(&hash, at(ms)).is_some();
    assert!(opens(old, 49) && opens(new, 49));
    assert!(!opens(old, 50) && opens(new, 50));
    assert!(!opens(new, 100));
    assert!(!opens(TokenHash([3; 32]), 1));
}

#[test]
fn a_revoked_key_is_opened_by_neither_text() {
    let key = TokenRecord {
        revoked: Some(at(10)),
        ..rotated()
    };
    for text in [1, 2] {
        assert_eq!(key.opened_by(&TokenHash([text; 32]), at(11)), None);
    }
}

#[test]
fn a_key_from_before_there_were_scopes_reads_as_one_without_limits() {
    let mut old = serde_json::to_value(rotated()).unwrap();
    for member in ["scopes", "former", "used"] {
        old.as_object_mut().unwrap().remove(member);
    }
    let read: TokenRecord = serde_json::from_value(old).unwrap();
    assert!(read.scopes.is_empty() && read.former.is_none() && read.used.is_none());
}

#[test]
fn a_scope_must_mean_some_permission() {
    let check = |text: &str| check_scopes(&[text.to_owned()]).map_err(|invalid| invalid.field);
    for good in ["extension.read", "cdr.*", "*.read", "*.*"] {
        check(good).unwrap();
    }
    for bad in [
        "",
        "extension",
        "extension.fly",
        "metric.remove",
        "cdr.read ",
    ] {
        assert_eq!(check(bad), Err("/scopes/0".to_owned()), "{bad}");
    }
    let many = vec!["cdr.read".to_owned(); SCOPES_MAX + 1];
    assert_eq!(check_scopes(&many).unwrap_err().field, "/scopes");
}
