//! Uses that wait, are written, and are too many.

use tenancy::{Owner, TokenHash};

use super::*;

fn key(number: u64) -> TokenRecord {
    TokenRecord {
        id: TokenId::new(number, 0),
        name: "key".to_owned(),
        owner: Owner::PLATFORM,
        hash: TokenHash([1; 32]),
        created: WallTime::from_unix_ms(0),
        expires: None,
        revoked: None,
        scopes: Vec::new(),
        former: None,
        used: None,
    }
}

fn hour(hours: i64) -> WallTime {
    WallTime::from_unix_ms(hours * 3_600_000)
}

#[test]
fn a_use_is_noted_to_the_hour_and_not_again_once_that_is_known() {
    let uses = WaitingUses::default();
    uses.note(&key(1), WallTime::from_unix_ms(3_600_000 * 5 + 1));
    assert_eq!(uses.of(key(1).id), Some(hour(5)));
    uses.written(&uses.some());
    let known = TokenRecord {
        used: Some(hour(5)),
        ..key(1)
    };
    uses.note(&known, hour(5));
    assert_eq!(uses.len(), 0);
    uses.note(&known, hour(6));
    assert_eq!(uses.some(), [(known.id, hour(6))]);
}

#[test]
fn a_use_that_comes_while_another_is_written_waits_on() {
    let uses = WaitingUses::default();
    uses.note(&key(1), hour(5));
    let written = uses.some();
    uses.note(&key(1), hour(6));
    uses.written(&written);
    assert_eq!(uses.some(), [(key(1).id, hour(6))]);
}

#[test]
fn a_use_of_one_key_more_than_may_wait_is_counted_as_lost() {
    let uses = WaitingUses::default();
    let most = u64::try_from(USES_MAX).unwrap_or_default();
    for number in 0..most {
        uses.note(&key(number), hour(1));
    }
    uses.note(&key(most), hour(1));
    uses.note(&key(0), hour(2));
    assert_eq!((uses.len(), uses.lost()), (USES_MAX, 1));
    assert_eq!(uses.some().len(), USES_AT_ONCE);
    assert_eq!(
        uses.of(key(0).id),
        Some(hour(2)),
        "who waits already waits on"
    );
}
