//! Whatever is signed is the caller's; whatever was changed on the way is not.

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use stir::{
    Attestation, Chain, Claimed, Claims, Destination, FRESH, Identity, Number, OrigId, Party, Says,
    TnAuthList, Verdict,
};

use crate::authority::{Authority, Signer, now, standing, token};

static SIGNED_BY: LazyLock<(Authority, Signer)> = LazyLock::new(|| {
    let authority = Authority::new();
    let signer = authority.names(None);
    (authority, signer)
});

fn party() -> impl Strategy<Value = Party> {
    prop_oneof![
        "[0-9]{3,15}".prop_map(|digits| Party::Tn(Number::canonical(&digits).unwrap())),
        "sip:[a-z]{1,8}@[a-z]{1,8}\\.example".prop_map(Party::Uri),
    ]
}

fn says() -> impl Strategy<Value = Says> {
    let attest = prop_oneof![
        Just(Attestation::Full),
        Just(Attestation::Partial),
        Just(Attestation::Gateway)
    ];
    prop_oneof![
        Just(Says::Plain),
        (attest, any::<u128>()).prop_map(|(attest, bits)| Says::Shaken {
            attest,
            origid: OrigId::of_bits(bits),
        }),
        party().prop_map(|from| Says::Diverted { from }),
    ]
}

prop_compose! {
    fn call()(orig in party(), dest in party(), says in says()) -> (Claims, Party) {
        let claims = Claims { orig, dest: Destination::one(dest.clone()), iat: now(), says };
        (claims, dest)
    }
}

/// Whether a header proves the caller of a call at a moment.
fn proves(header: &str, (claims, dest): &(Claims, Party), late: Duration) -> bool {
    let (authority, signer) = &*SIGNED_BY;
    let standing = standing(&claims.orig, dest, now() + late);
    let verdict = match Claimed::of(header, &standing) {
        Ok(claimed) => claimed.judge(&signer.chain(), &authority.roots(), now()),
        Err(verdict) => verdict,
    };
    matches!(verdict, Verdict::Valid { .. })
}

proptest! {
    #[test]
    fn whatever_is_signed_is_the_callers(call in call()) {
        let header = SIGNED_BY.1.identity(call.0.clone());
        prop_assert!(proves(&header, &call, Duration::ZERO));
        prop_assert!(!proves(&header, &call, FRESH + Duration::from_secs(1)));
    }

    #[test]
    fn whatever_was_changed_on_the_way_is_not(
        call in call(), at in any::<prop::sample::Index>(), bit in 0_u8..7,
    ) {
        let header = SIGNED_BY.1.identity(call.0.clone());
        let token = token(&header).len();
        let mut bytes = header.into_bytes();
        bytes[at.index(token)] ^= 1 << bit;
        let header = String::from_utf8(bytes).unwrap();
        prop_assert!(!proves(&header, &call, Duration::ZERO), "{}", header);
    }

    #[test]
    fn whatever_comes_is_read_or_refused(
        text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = Claimed::read(&text);
        let _ = Identity::read(&text);
        let _ = Chain::read(&bytes);
        let _ = TnAuthList::read(&bytes);
        let _ = Claims::read(&bytes, Some("shaken"));
        let _ = Claims::read(text.as_bytes(), None);
    }

    #[test]
    fn claims_read_as_they_were_written(call in call()) {
        let json = call.0.to_json();
        prop_assert_eq!(Claims::read(json.as_bytes(), call.0.says.ppt()), Ok(call.0));
    }
}
