//! What becomes of a proof: whose call it is, of when, and who stands for it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use machine::WallTime;
use stir::{
    Attestation, Broken, Chain, Claimed, Claims, Destination, Examined, FRESH, OrigId, Party,
    Passport, Roots, Says, Seen, Signalled, TnAuthList, Unreadable, Verdict, Verstat, original,
};

use crate::authority::{Authority, Signer, X5U, claims, now, standing, tn};

/// The numbers 1215555 0000 to 9999, and 12125551000 (RFC 8226 §9).
fn numbers() -> Vec<u8> {
    let range = [
        0x16, 11, b'1', b'2', b'1', b'5', b'5', b'5', b'5', b'0', b'0', b'0', b'0',
    ];
    let mut range = range.to_vec();
    range.extend([0x02, 2, 0x27, 0x10]);
    let mut entry = vec![0x30, u8::try_from(range.len()).unwrap()];
    entry.extend(range);
    let mut list = vec![0xA1, u8::try_from(entry.len()).unwrap()];
    list.extend(entry);
    list.extend([0xA2, 13, 0x16, 11]);
    list.extend(b"12125551000");
    let mut all = vec![0x30, u8::try_from(list.len()).unwrap()];
    all.extend(list);
    all
}

/// The numbers of the service provider 1234.
fn provider() -> Vec<u8> {
    vec![0x30, 8, 0xA0, 6, 0x16, 4, b'1', b'2', b'3', b'4']
}

/// What comes of a call from 12155551212 to 12125551213 with these claims.
fn verdict(authority: &Authority, signer: &Signer, claims: Claims) -> Verdict {
    let (orig, dest) = (tn("12155551212"), tn("12125551213"));
    let identity = signer.identity(claims);
    match Claimed::of(&identity, &standing(&orig, &dest, now())) {
        Ok(claimed) => claimed.judge(&signer.chain(), &authority.roots(), now()),
        Err(verdict) => verdict,
    }
}

const VALID: Verdict = Verdict::Valid {
    attest: Some(Attestation::Full),
};

// rfc: 8224 §6.2 a call whose proof and certificate stand
#[test]
fn a_call_signed_in_the_name_of_who_is_trusted_is_the_callers() {
    let authority = Authority::new();
    let found = verdict(&authority, &authority.names(None), claims());
    assert_eq!(found, VALID);
    assert_eq!(found.verstat(), Verstat::Passed);
    assert_eq!(found.refusal(), None);
}

// rfc: 8226 §8 a chain that leads to nobody who is trusted
#[test]
fn a_call_signed_in_the_name_of_a_stranger_is_not() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let found = verdict(&authority, &stranger.names(None), claims());
    assert_eq!(found, Verdict::UntrustedChain);
    assert_eq!(found.refusal(), Some((437, "Unsupported Credential")));
    let signer = authority.names(None);
    let identity = signer.identity(claims());
    let claimed = Claimed::read(&identity).unwrap();
    let nobody = claimed.judge(&signer.chain(), &Roots::none(), now());
    assert_eq!(nobody, Verdict::UntrustedChain);
    // valid only from 1975 to 4096, as certificates of tests are
    let late = now() + Duration::from_secs(100_000_000_000);
    let late = claimed.judge(&signer.chain(), &authority.roots(), late);
    assert_eq!(late, Verdict::UntrustedChain);
}

// rfc: 8224 §6.2.2 a signature of another key
#[test]
fn a_call_signed_by_another_than_the_certificate_says_is_not() {
    let authority = Authority::new();
    let (one, other) = (authority.names(None), authority.names(None));
    let claimed = Claimed::read(&one.identity(claims())).unwrap();
    let found = claimed.judge(&other.chain(), &authority.roots(), now());
    assert_eq!(found, Verdict::BadSignature);
    assert_eq!(found.verstat(), Verstat::Failed);
    assert_eq!(found.refusal(), Some((438, "Invalid Identity Header")));
}

// rfc: 8226 §9 a certificate is good for the numbers of its list
#[test]
fn a_certificate_for_some_numbers_proves_those_alone() {
    let authority = Authority::new();
    let signer = authority.names(Some(numbers()));
    assert_eq!(verdict(&authority, &signer, claims()), VALID);
    let by_provider = authority.names(Some(provider()));
    assert_eq!(verdict(&authority, &by_provider, claims()), VALID);
    let list = TnAuthList::read(&numbers()).unwrap();
    for (number, good) in [
        ("12155550000", true),
        ("12155559999", true),
        ("12155560000", false),
        ("12155549999", false),
        ("2155550000", false),
        ("12125551000", true),
        ("12125551001", false),
    ] {
        let Party::Tn(number) = tn(number) else {
            unreachable!()
        };
        assert_eq!(list.covers(&number), good, "{number}");
    }
    let orig = tn("12125551001");
    let dest = tn("12125551213");
    let identity = signer.identity(Claims {
        orig: orig.clone(),
        ..claims()
    });
    let claimed = Claimed::of(&identity, &standing(&orig, &dest, now())).unwrap();
    let found = claimed.judge(&signer.chain(), &authority.roots(), now());
    assert_eq!(found, Verdict::NotForNumber);
    let empty = authority.names(Some(vec![0x30, 0]));
    assert!(Chain::read(empty.pem.as_bytes()).is_err());
}

// rfc: 8224 §6.2.2 how old a proof may be
#[test]
fn a_proof_of_another_time_is_stale() {
    let authority = Authority::new();
    let signer = authority.names(None);
    let at = |iat| verdict(&authority, &signer, Claims { iat, ..claims() });
    assert_eq!(at(now().saturating_sub(FRESH)), VALID);
    assert_eq!(at(now() + FRESH), VALID);
    let second = Duration::from_secs(1);
    assert_eq!(at(now().saturating_sub(FRESH + second)), Verdict::Stale);
    assert_eq!(at(now() + FRESH + second), Verdict::Stale);
    assert_eq!(Verdict::Stale.refusal(), Some((403, "Stale Date")));
}

// rfc: 8224 §6.2.1 who calls and who is called are as the message says
#[test]
fn a_proof_of_another_call_is_none_of_this_one() {
    let authority = Authority::new();
    let signer = authority.names(None);
    let orig = tn("12155551213");
    let found = verdict(&authority, &signer, Claims { orig, ..claims() });
    assert_eq!(found, Verdict::Mismatch("orig"));
    let dest = Destination::one(tn("12125551214"));
    let found = verdict(&authority, &signer, Claims { dest, ..claims() });
    assert_eq!(found, Verdict::Mismatch("dest"));
    // what is an address of one sort is none of another
    let dest = Destination::one(Party::Uri("12125551213".to_owned()));
    let found = verdict(&authority, &signer, Claims { dest, ..claims() });
    assert_eq!(found, Verdict::Mismatch("dest"));
}

// rfc: 8225 §7 what was signed is made anew of the message
#[test]
fn a_compact_proof_holds_for_the_call_it_was_made_for() {
    let authority = Authority::new();
    let signer = authority.names(None);
    let claims = Claims {
        says: Says::Plain,
        ..claims()
    };
    let x5u = X5U.to_owned();
    let signed = Passport { claims, x5u }.sign(&signer.key);
    let header = format!("{};info=<{X5U}>", signed.compact().unwrap());
    let judge = |orig: &Party, date| {
        let dest = tn("12125551213");
        let mut standing = standing(orig, &dest, now());
        standing.date = date;
        let claimed = Claimed::of(&header, &standing)?;
        Ok(claimed.judge(&signer.chain(), &authority.roots(), now()))
    };
    let valid = Verdict::Valid { attest: None };
    assert_eq!(judge(&tn("12155551212"), Some(now())), Ok(valid));
    let other = judge(&tn("12155551213"), Some(now()));
    assert_eq!(other, Ok(Verdict::BadSignature));
    let undated = Verdict::Unreadable(Unreadable::Claim("iat"));
    assert_eq!(judge(&tn("12155551212"), None), Err(undated));
}

// rfc: 8946 §5 from who was called first to who is called now
#[test]
fn the_proofs_of_a_diverted_call_lead_from_one_to_the_next() {
    let first = claims();
    let diverted = |from: &str, to: &str| Claims {
        dest: Destination::one(tn(to)),
        says: Says::Diverted { from: tn(from) },
        ..claims()
    };
    let second = diverted("12125551213", "12155551214");
    let third = diverted("12155551214", "12155551215");
    let proofs = [third.clone(), first.clone(), second.clone()];
    assert_eq!(original(&proofs, &tn("12155551215")), Ok(1));
    assert_eq!(original(&proofs, &tn("12155551214")), Err(Broken::Gap));
    let gap = original(&[first.clone(), third], &tn("12155551215"));
    assert_eq!(gap, Err(Broken::Gap));
    let none = original(std::slice::from_ref(&second), &tn("12155551214"));
    assert_eq!(none, Err(Broken::NoOriginal));
    let two = original(&[first.clone(), first.clone()], &tn("12125551213"));
    assert_eq!(two, Err(Broken::TwoOriginals));
    let many = vec![second; 11];
    let many: Vec<Claims> = many.into_iter().chain([first]).collect();
    assert_eq!(original(&many, &tn("12155551214")), Err(Broken::TooMany));
}

#[test]
fn an_origin_is_a_uuid_that_says_nothing() {
    let origid = OrigId::of_bits(u128::MAX).to_string();
    assert_eq!(origid, "ffffffff-ffff-8fff-bfff-ffffffffffff");
    assert_eq!(origid.parse(), Ok(OrigId::of_bits(u128::MAX)));
    assert!(
        "ffffffff-ffff-8fff-bfff-fffffffffff"
            .parse::<OrigId>()
            .is_err()
    );
    assert!("13131313".parse::<OrigId>().is_err());
}

/// All proofs of a call from 12155551212 that 12125551213 gets in the end, looked at together.
fn together(
    authority: &Authority,
    signer: &Signer,
    proofs: &[Claims],
    seen: bool,
) -> Result<Verdict, Verdict> {
    let values: Vec<String> = proofs
        .iter()
        .map(|one| signer.identity(one.clone()))
        .collect();
    let (orig, dest) = (tn("12155551212"), tn("12125551213"));
    let call = Signalled {
        orig: Some(&orig),
        dest: &dest,
        date: None,
        now: now(),
    };
    let examined = Examined::of(values.iter().map(String::as_str), &call)?;
    assert_eq!(examined.certificates(), [X5U], "each address once");
    let chain = signer.chain();
    let found = |_: &str| match seen {
        true => Seen::Chain(&chain),
        false => Seen::Unfetchable,
    };
    Ok(examined.judge(found, &authority.roots(), now()))
}

fn before(seconds: i64) -> WallTime {
    WallTime::from_unix_ms(now().unix_ms() - seconds * 1_000)
}

fn sent_on(from: &str, to: &str, ago: i64) -> Claims {
    Claims {
        dest: Destination::one(tn(to)),
        iat: before(ago),
        says: Says::Diverted { from: tn(from) },
        ..claims()
    }
}

fn first_for(number: &str, ago: i64) -> Claims {
    Claims {
        dest: Destination::one(tn(number)),
        iat: before(ago),
        ..claims()
    }
}

// rfc: 8946 §5 every proof of the chain must stand, and the last of them be fresh
#[test]
fn all_proofs_of_a_call_stand_together_or_not_at_all() {
    let authority = Authority::new();
    let signer = authority.names(None);
    let all = |proofs: &[Claims]| together(&authority, &signer, proofs, true);
    let (a, b, us) = ("12125550001", "12125550002", "12125551213");
    let chain = [sent_on(b, us, 10), first_for(a, 200), sent_on(a, b, 100)];
    assert_eq!(all(&chain), Ok(VALID), "in any order");
    assert_eq!(all(&[claims()]), Ok(VALID));
    assert_eq!(all(&[]), Err(Verdict::NoIdentity));
    let gap = [first_for(a, 20), sent_on(b, us, 10)];
    assert_eq!(all(&gap), Err(Verdict::Broken(Broken::Gap)));
    let twice = [claims(), claims()];
    assert_eq!(all(&twice), Err(Verdict::Broken(Broken::TwoOriginals)));
    let elsewhere = [first_for(a, 0)];
    assert_eq!(all(&elsewhere), Err(Verdict::Mismatch("dest")));
    let stale = [first_for(a, 80), sent_on(a, us, 61)];
    assert_eq!(all(&stale), Err(Verdict::Stale));
    let old = [first_for(a, 182), sent_on(a, us, 1)];
    assert_eq!(all(&old), Err(Verdict::Stale), "nothing rings so long");
    let in_time = [first_for(a, 181), sent_on(a, us, 1)];
    assert_eq!(all(&in_time), Ok(VALID));
    let unseen = together(&authority, &signer, &[claims()], false);
    assert_eq!(unseen, Ok(Verdict::Unfetchable));
}

// rfc: 8224 §6.2 what is of another sort counts as if it were not there
#[test]
fn proofs_of_other_sorts_are_passed_over() {
    let authority = Authority::new();
    let signer = authority.names(None);
    let own = signer.identity(claims());
    let header = format!(r#"{{"alg":"ES256","ppt":"rcd","typ":"passport","x5u":"{X5U}"}}"#);
    let (_, signed) = own.split_once('.').unwrap();
    let signed = signed.replace("ppt=shaken", "ppt=rcd");
    let other = format!("{}.{signed}", URL_SAFE_NO_PAD.encode(header));
    let (orig, dest) = (tn("12155551212"), tn("12125551213"));
    let call = Signalled {
        orig: Some(&orig),
        dest: &dest,
        date: None,
        now: now(),
    };
    let both = Examined::of([other.as_str(), own.as_str()], &call);
    assert!(both.is_ok());
    let alone = Examined::of([other.as_str()], &call);
    assert_eq!(alone, Err(Verdict::NoIdentity));
    let hidden = Signalled { orig: None, ..call };
    let nobody = Examined::of([own.as_str()], &hidden);
    assert_eq!(nobody, Err(Verdict::Mismatch("orig")));
}
