//! An authenticator made of software: it answers as §6.3 says, except where a test bends it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use ciborium::Value;
use ciborium::cbor;
use ids::UserId;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::base64url;
use crate::passkey::{
    AssertionAnswer, CreationOffer, RegistrationAnswer, RequestOffer, SignedAnswer, StatedAnswer,
};

/// User present, user verified.
pub(super) const UP_UV: u8 = 0b0000_0101;
/// A new credential follows.
pub(super) const AT: u8 = 1 << 6;
/// Extensions follow.
pub(super) const ED: u8 = 1 << 7;

pub(super) enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

impl Key {
    pub(super) fn es256() -> Key {
        Key::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    pub(super) fn eddsa() -> Key {
        Key::EdDsa(Ed25519KeyPair::generate().unwrap())
    }

    pub(super) fn rs256() -> Key {
        Key::Rs256(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(super) fn algorithm(&self) -> i64 {
        match self {
            Key::Es256(_) => -7,
            Key::EdDsa(_) => -8,
            Key::Rs256(_) => -257,
        }
    }

    pub(super) fn cose(&self) -> Value {
        match self {
            Key::Es256(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = (Value::from(&point[1..33]), Value::from(&point[33..]));
                cbor!({1 => 2, 3 => -7, -1 => 1, -2 => x, -3 => y}).unwrap()
            }
            Key::EdDsa(pair) => {
                let x = Value::from(pair.public_key().as_ref());
                cbor!({1 => 1, 3 => -8, -1 => 6, -2 => x}).unwrap()
            }
            Key::Rs256(pair) => {
                // RSAPublicKey of RFC 8017 §A.1.1: a modulus of 256 bytes, then 65537
                let der = pair.public_key().as_ref();
                let (n, e) = (Value::from(&der[9..265]), Value::from(&der[267..]));
                cbor!({1 => 3, 3 => -257, -1 => n, -2 => e}).unwrap()
            }
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Key::Es256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Key::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

/// What an authenticator and its browser say; each test may bend a member.
pub(super) struct Authenticator {
    pub(super) key: Key,
    pub(super) cose: Value,
    pub(super) credential: Vec<u8>,
    pub(super) named: Vec<u8>,
    pub(super) person: Option<Vec<u8>>,
    pub(super) origin: String,
    pub(super) site: String,
    pub(super) flags: u8,
    pub(super) counter: u32,
    pub(super) kind: Option<&'static str>,
    pub(super) more: serde_json::Value,
    pub(super) format: &'static str,
    pub(super) tail: Vec<u8>,
}

impl Authenticator {
    pub(super) fn new(key: Key) -> Authenticator {
        Authenticator {
            cose: key.cose(),
            key,
            credential: vec![7; 32],
            named: vec![7; 32],
            person: None,
            origin: "https://portal.pbx.example".to_owned(),
            site: "pbx.example".to_owned(),
            flags: UP_UV,
            counter: 0,
            kind: None,
            more: json!({}),
            format: "none",
            tail: Vec::new(),
        }
    }

    pub(super) fn of(mut self, user: UserId) -> Authenticator {
        self.person = Some(user.as_u128().to_be_bytes().to_vec());
        self
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let mut data = json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": false,
            "other_keys_can_be_added_here": "do not compare clientDataJSON against a template",
        });
        for (name, value) in self.more.as_object().unwrap() {
            data[name] = value.clone();
        }
        serde_json::to_vec(&data).unwrap()
    }

    fn data(&self, made: bool) -> Vec<u8> {
        let mut data = Sha256::digest(&self.site).to_vec();
        data.push(if made { self.flags | AT } else { self.flags });
        data.extend(self.counter.to_be_bytes());
        if made {
            data.extend([9; 16]);
            data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
            data.extend(&self.credential);
            data.extend(bytes_of(&self.cose));
        }
        data.extend(&self.tail);
        data
    }

    /// Makes a passkey (§6.3.2).
    pub(super) fn make(&self, offer: &CreationOffer) -> RegistrationAnswer {
        let client_data = self.client_data("webauthn.create", &offer.challenge);
        let data = self.data(true);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let said = match self.format {
            "packed" => {
                let (alg, sig) = (self.key.algorithm(), Value::from(self.key.sign(&signed)));
                cbor!({"alg" => alg, "sig" => sig}).unwrap()
            }
            "packed, signed by another" => {
                let sig = Value::from(Key::es256().sign(&signed));
                cbor!({"alg" => -7, "sig" => sig}).unwrap()
            }
            "none, with words" => cbor!({"alg" => -7}).unwrap(),
            _ => cbor!({}).unwrap(),
        };
        let format = self.format.split(',').next().unwrap();
        let data = Value::from(data);
        let object = cbor!({"fmt" => format, "attStmt" => said, "authData" => data}).unwrap();
        RegistrationAnswer {
            raw_id: self.named.clone(),
            response: StatedAnswer {
                client_data,
                attestation: bytes_of(&object),
                transports: vec!["internal".to_owned(), "<script>".to_owned()],
            },
        }
    }

    /// Uses the passkey (§6.3.3).
    pub(super) fn sign(&self, offer: &RequestOffer) -> AssertionAnswer {
        let client_data = self.client_data("webauthn.get", &offer.challenge);
        let authenticator_data = self.data(false);
        let signed = [&authenticator_data[..], &Sha256::digest(&client_data)].concat();
        AssertionAnswer {
            raw_id: self.named.clone(),
            response: SignedAnswer {
                client_data,
                authenticator_data,
                signature: self.key.sign(&signed),
                user_handle: self.person.as_deref().map(base64url::encode),
            },
        }
    }
}

pub(super) fn bytes_of(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::ser::into_writer(value, &mut bytes).unwrap();
    bytes
}
