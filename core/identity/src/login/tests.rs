//! What a login promises to its owner, and what it does to a thief.
#![allow(clippy::unwrap_used)]

use super::*;

const START: WallTime = WallTime::from_unix_ms(1_800_000_000_000);

fn id(n: u64) -> LoginId {
    LoginId::new(n, u128::from(n))
}

fn entropy(n: u8) -> LoginEntropy {
    LoginEntropy {
        access: [n; 32],
        refresh: [n ^ 0xFF; 32],
    }
}

fn signed_in() -> (Logins, Tokens) {
    let mut logins = Logins::default();
    let tokens = logins.begin(START, id(1), "Firefox", [9; 32], entropy(1));
    (logins, tokens)
}

#[test]
fn an_access_token_is_good_for_ten_minutes_and_no_longer() {
    let (logins, tokens) = signed_in();
    let last = START + ACCESS_LIFE.saturating_sub(Duration::from_millis(1));
    assert_eq!(logins.admit(last, &tokens.access).unwrap().id(), id(1));
    assert_eq!(logins.admit(START + ACCESS_LIFE, &tokens.access), None);
    let guessed = AccessText::new(id(1), [77; 32]);
    assert_eq!(logins.admit(START, &guessed), None);
}

#[test]
fn a_refresh_gives_new_tokens_and_voids_the_old_ones() {
    let (mut logins, old) = signed_in();
    let later = START + Duration::from_secs(60);
    let new = logins.refresh(later, &old.refresh, entropy(2)).unwrap();
    assert!(logins.admit(later, &new.access).is_some());
    assert!(logins.admit(later, &old.access).is_none());
    assert_eq!(logins.list(later).next().unwrap().began(), START);
}

#[test]
fn a_refresh_token_that_comes_twice_ends_the_login_for_thief_and_owner() {
    let (mut logins, stolen) = signed_in();
    let thief = logins.refresh(START, &stolen.refresh, entropy(2)).unwrap();
    let owner = logins.refresh(START, &stolen.refresh, entropy(3));
    assert_eq!(owner, Err(Refused::Reused));
    assert!(logins.admit(START, &thief.access).is_none());
    let again = logins.refresh(START, &thief.refresh, entropy(4));
    assert_eq!(again, Err(Refused::Unknown));
}

#[test]
fn a_stranger_who_knows_the_id_of_a_login_cannot_end_it() {
    let (mut logins, tokens) = signed_in();
    let guess = RefreshText::new(id(1), [1; 32], [2; 32]);
    let refused = logins.refresh(START, &guess, entropy(2));
    assert_eq!(refused, Err(Refused::Unknown));
    assert!(logins.admit(START, &tokens.access).is_some());
}

#[test]
fn a_login_that_is_used_lasts_and_one_that_idles_for_thirty_days_has_ended() {
    let (mut logins, mut tokens) = signed_in();
    let month = SPARE_LIFE.saturating_sub(Duration::from_secs(1));
    let mut now = START;
    for n in 2..5 {
        now = now + month;
        tokens = logins.refresh(now, &tokens.refresh, entropy(n)).unwrap();
    }
    let late = now + SPARE_LIFE;
    assert_eq!(logins.list(late).count(), 0);
    let refused = logins.refresh(late, &tokens.refresh, entropy(9));
    assert_eq!(refused, Err(Refused::Unknown));
}

#[test]
fn a_person_ends_one_login_or_all_others() {
    let (mut logins, first) = signed_in();
    for n in 2..=4 {
        logins.begin(START, id(n), "phone", [7; 32], entropy(2));
    }
    assert!(logins.end(id(3)));
    assert!(!logins.end(id(3)));
    logins.end_others(Some(id(1)));
    let left: Vec<_> = logins.list(START).map(Login::id).collect();
    assert_eq!(left, [id(1)]);
    assert!(logins.admit(START, &first.access).is_some());
    logins.end_others(None);
    assert!(logins.admit(START, &first.access).is_none());
}

#[test]
fn the_number_of_logins_is_bounded_and_the_idlest_makes_room() {
    let mut logins = Logins::default();
    let total = u64::try_from(LOGINS_MAX).unwrap() + 1;
    for n in 1..=total {
        let now = START + Duration::from_secs(n);
        logins.begin(now, id(n), "phone", [7; 32], entropy(1));
    }
    let left: Vec<_> = logins.list(START).map(Login::id).collect();
    assert_eq!(left.len(), LOGINS_MAX);
    assert_eq!(left[0], id(2));
}

#[test]
fn what_is_stored_holds_no_token_and_reads_back() {
    let (logins, tokens) = signed_in();
    let stored = serde_json::to_string(&logins).unwrap();
    assert_eq!(serde_json::from_str::<Logins>(&stored).unwrap(), logins);
    assert!(!stored.contains(&tokens.access.reveal()));
    assert!(tokens.refresh.reveal().len() > 100);
}
