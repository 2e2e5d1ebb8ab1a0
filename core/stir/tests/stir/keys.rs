//! Signatures that other programs made, as the standards print them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stir::{PrivateKey, PublicKey};

// rfc: 6979 §A.2.5 the signature of a text by P-256 and SHA-256, without randomness
#[test]
fn a_text_always_gets_the_same_signature() {
    let key = PrivateKey::from_bytes(&[
        0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6,
        0x93, 0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F,
        0x67, 0x21,
    ])
    .unwrap();
    let signature = key.sign(b"sample");
    let hex: String = signature.iter().map(|byte| format!("{byte:02X}")).collect();
    let (r, s) = hex.split_at(64);
    assert_eq!(
        r,
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    );
    assert_eq!(
        s,
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    );
    assert!(key.public().checks(b"sample", &signature));
    assert!(!key.public().checks(b"Sample", &signature));
}

// rfc: 7515 §A.3.1 a signature by ES256
#[test]
fn the_signature_of_another_program_is_checked() {
    let decoded = |text| URL_SAFE_NO_PAD.decode(text).unwrap();
    let mut point = vec![4];
    point.extend(decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"));
    point.extend(decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
    let key = PublicKey::from_point(&point).unwrap();
    let text = concat!(
        "eyJhbGciOiJFUzI1NiJ9.",
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt",
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    );
    let signature = decoded(concat!(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA",
        "pmWQxfKTUJqPP3-Kg6NU1Q"
    ));
    assert!(key.checks(text.as_bytes(), &signature));
}
