//! Signing keys: what belongs together, and what is refused in words.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Kind, Secret, SigningKey};
use ids::{ResellerId, SigningKeyId, TenantId};
use serde_json::{Value, json};
use tenancy::{Account, Owner};

const CHAIN: &str = include_str!("signing/chain.pem");
const KEY: &str = include_str!("signing/key.pem");
/// The key of RFC 8225 A.1, which is none of the certificate's.
const OTHER: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy
qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW
ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh
-----END PRIVATE KEY-----
";

fn key(more: Value) -> SigningKey {
    let mut spec = json!({
        "name": "shaken", "certificates": CHAIN, "x5u": "https://pbx.example/stir/{id}.pem",
    });
    spec.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    serde_json::from_value(spec).unwrap()
}

fn refused(more: Value) -> String {
    let invalid = key(more).validate().unwrap_err();
    format!("{} {}", invalid.field, invalid.rule)
}

#[test]
fn a_key_with_its_certificates_and_their_address_is_good() {
    let spec = key(json!({}));
    assert_eq!(spec.validate(), Ok(()));
    let id = SigningKeyId::new(1, 1);
    assert_eq!(
        spec.address(id),
        format!("https://pbx.example/stir/{id}.pem")
    );
    assert!(spec.enabled);
}

// rfc: 8226 §5 certificates are for keys of P-256
#[test]
fn what_is_no_chain_of_certificates_is_refused_with_the_reason() {
    for (certificates, said) in [
        ("", "must hold a certificate in PEM"),
        ("0", "must hold a certificate in PEM"),
        (KEY, "must hold a certificate in PEM"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "holds a certificate that cannot be read",
        ),
        (&CHAIN.repeat(4), "must hold at most 6 certificates"),
        (&CHAIN.repeat(40), "must have at most 16384 bytes"),
    ] {
        let told = refused(json!({ "certificates": certificates }));
        assert_eq!(told, format!("/certificates {said}"));
    }
}

#[test]
fn an_address_is_one_that_others_fetch_within_tls() {
    for bad in [
        "http://pbx.example/a.pem",
        "https://",
        "https:///a.pem",
        "https://anna@pbx.example/a.pem",
        "https://{id}.example/a.pem",
        "https://pbx.example/<a>",
        "https://pbx.example/a b",
        "https://pbx.example/a#b",
        "https://pbx.example/{name}",
        &format!("https://pbx.example/{}", "a".repeat(512)),
    ] {
        assert!(
            refused(json!({ "x5u": bad })).starts_with("/x5u must be https://HOST"),
            "{bad}"
        );
    }
}

#[test]
fn a_private_key_belongs_to_the_first_certificate() {
    let spec = key(json!({}));
    let own = Secret::private_key(KEY).unwrap();
    assert_eq!(spec.validate_secret(&own), Ok(()));
    let other = Secret::private_key(OTHER).unwrap();
    let invalid = spec.validate_secret(&other).unwrap_err();
    assert_eq!(invalid.field, "/secret");
    assert_eq!(
        invalid.rule,
        "must be the private key of the first of the certificates"
    );
    let word = Secret::supplied("correct horse").unwrap();
    assert!(spec.validate_secret(&word).is_err());
}

#[test]
fn of_a_private_key_no_more_is_kept_than_the_key() {
    let secret = Secret::private_key(OTHER).unwrap();
    let hex = "8bbab64d9bcdf550c583c572a823f4e9b113ad1daff0c46fafcf6b9f88be5006";
    assert_eq!(secret.reveal(), hex);
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    // as it comes back from a store
    let again = Secret::supplied(hex).unwrap();
    assert_eq!(again.signing_key(), secret.signing_key());
    assert!(again.signing_key().is_some());
    for none in [
        "f".repeat(64),
        "g".repeat(64),
        "0".repeat(64),
        "12345678".to_owned(),
    ] {
        assert!(Secret::supplied(none).unwrap().signing_key().is_none());
    }
    let long = format!("{OTHER}{}", " ".repeat(2_048));
    assert!(Secret::private_key(&long).is_err());
}

#[test]
fn a_renewed_certificate_for_the_same_key_needs_no_new_secret() {
    let (one, other) = (
        key(json!({})),
        key(json!({"name": "other", "x5u": "https://x.example"})),
    );
    assert_eq!(one.secret_depends_on(), other.secret_depends_on());
    let upside_down: Vec<&str> = CHAIN
        .split_inclusive("-----END CERTIFICATE-----\n")
        .collect();
    let authority = upside_down.last().unwrap();
    let authority = key(json!({ "certificates": authority }));
    assert_ne!(one.secret_depends_on(), authority.secret_depends_on());
}

#[test]
fn a_company_shares_its_key_with_nobody() {
    let spec = key(json!({ "shared_with": [TenantId::new(1, 1)] }));
    let refused = spec.validate_for(TenantId::new(2, 2).into()).unwrap_err();
    assert_eq!(refused.field, "/shared_with");
    let reseller = Owner::Account(Account::Reseller(ResellerId::new(1, 1)));
    assert_eq!(spec.validate_for(reseller), Ok(()));
    assert_eq!(spec.references().len(), 1);
}
