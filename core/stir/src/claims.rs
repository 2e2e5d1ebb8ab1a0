//! What a PASSporT says: its two halves of JSON, written in one way only (RFC 8225 §9) and read in
//! any.

use std::fmt;

use machine::WallTime;
use serde_json::{Map, Value};

use crate::identity::ALG;
use crate::{Attestation, Destination, Number, OrigId, Party};

/// Longest half of a PASSporT that is read, in bytes of JSON.
pub const PASSPORT_MAX: usize = 4_096;

/// Most parties that are read of one destination.
const PARTIES_MAX: usize = 16;

/// What a PASSporT is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// That the caller is who is named (RFC 8225).
    Plain,
    /// How far somebody vouches for it (`shaken`, RFC 8588).
    Shaken {
        /// How far.
        attest: Attestation,
        /// For whom.
        origid: OrigId,
    },
    /// That the call was for somebody else before (`div`, RFC 8946).
    Diverted {
        /// For whom.
        from: Party,
    },
}

impl Says {
    /// The extension that it is (`ppt`); `None` for none.
    #[must_use]
    pub fn ppt(&self) -> Option<&'static str> {
        match self {
            Says::Plain => None,
            Says::Shaken { .. } => Some("shaken"),
            Says::Diverted { .. } => Some("div"),
        }
    }
}

/// The claims of a PASSporT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Who calls.
    pub orig: Party,
    /// Who is called.
    pub dest: Destination,
    /// When it was signed; whole seconds are kept.
    pub iat: WallTime,
    /// What it is for.
    pub says: Says,
}

/// Why a PASSporT says nothing that can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not what a PASSporT looks like.
    Malformed,
    /// It is longer than any.
    TooLong,
    /// It is signed in another way than by ES256, the only one there is (RFC 8225 §4.2).
    Algorithm,
    /// It is of a sort that is not known here.
    Extension,
    /// This claim is missing, or is not what it should be.
    Claim(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Malformed => f.write_str("it is no PASSporT"),
            Unreadable::TooLong => f.write_str("it is longer than any PASSporT"),
            Unreadable::Algorithm => f.write_str("it is not signed by ES256"),
            Unreadable::Extension => f.write_str("it is of an unknown sort"),
            Unreadable::Claim(name) => write!(f, "its claim {name} is missing or odd"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The header as JSON, for a certificate that is found at `x5u`.
pub(crate) fn header_json(says: &Says, x5u: &str) -> String {
    let ppt = says.ppt();
    let ppt = ppt.map_or_else(String::new, |ppt| format!("\"ppt\":{},", text(ppt)));
    let x5u = text(x5u);
    format!("{{\"alg\":\"{ALG}\",{ppt}\"typ\":\"passport\",\"x5u\":{x5u}}}")
}

/// What a header says: which sort it is, and where the certificate is found.
pub(crate) fn read_header(json: &[u8]) -> Result<(Option<String>, String), Unreadable> {
    let header = object(json)?;
    let named = |name| header.get(name).and_then(Value::as_str);
    if named("alg") != Some(ALG) {
        return Err(Unreadable::Algorithm);
    }
    if named("typ") != Some("passport") {
        return Err(Unreadable::Malformed);
    }
    let x5u = named("x5u").ok_or(Unreadable::Claim("x5u"))?;
    let ppt = header.get("ppt").map(Value::as_str);
    if ppt == Some(None) {
        return Err(Unreadable::Claim("ppt"));
    }
    Ok((ppt.flatten().map(str::to_owned), x5u.to_owned()))
}

impl Claims {
    /// The claims as JSON: members in the order of their names, without blanks.
    #[must_use]
    pub fn to_json(&self) -> String {
        let seconds = self.iat.unix_ms().div_euclid(1_000);
        let (mut before, mut after, mut div) = (String::new(), String::new(), String::new());
        match &self.says {
            Says::Plain => {}
            Says::Shaken { attest, origid } => {
                before = format!("\"attest\":\"{attest}\",");
                after = format!(",\"origid\":\"{origid}\"");
            }
            Says::Diverted { from } => div = format!(",\"div\":{}", party(from)),
        }
        let (dest, orig) = (destination(&self.dest), party(&self.orig));
        format!("{{{before}\"dest\":{dest}{div},\"iat\":{seconds},\"orig\":{orig}{after}}}")
    }

    /// Reads claims of a PASSporT of this sort. Members that are not known are left alone.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(json: &[u8], ppt: Option<&str>) -> Result<Claims, Unreadable> {
        let claims = object(json)?;
        let orig = claims.get("orig").and_then(read_party);
        let dest = claims.get("dest").and_then(read_destination);
        let iat = claims.get("iat").and_then(Value::as_i64);
        let says = match ppt {
            None => Says::Plain,
            Some("shaken") => read_shaken(&claims)?,
            Some("div") => Says::Diverted {
                from: claims
                    .get("div")
                    .and_then(read_party)
                    .ok_or(Unreadable::Claim("div"))?,
            },
            Some(_) => return Err(Unreadable::Extension),
        };
        Ok(Claims {
            orig: orig.ok_or(Unreadable::Claim("orig"))?,
            dest: dest.ok_or(Unreadable::Claim("dest"))?,
            iat: iat
                .map(|seconds| WallTime::from_unix_ms(seconds.saturating_mul(1_000)))
                .ok_or(Unreadable::Claim("iat"))?,
            says,
        })
    }
}

fn read_shaken(claims: &Map<String, Value>) -> Result<Says, Unreadable> {
    let named = |name| claims.get(name).and_then(Value::as_str);
    let attest = named("attest").and_then(Attestation::of_letter);
    let origid = named("origid").and_then(|text| text.parse().ok());
    Ok(Says::Shaken {
        attest: attest.ok_or(Unreadable::Claim("attest"))?,
        origid: origid.ok_or(Unreadable::Claim("origid"))?,
    })
}

fn object(json: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    if json.len() > PASSPORT_MAX {
        return Err(Unreadable::TooLong);
    }
    serde_json::from_slice(json).map_err(|_| Unreadable::Malformed)
}

fn text(plain: &str) -> String {
    Value::from(plain).to_string()
}

fn party(party: &Party) -> String {
    match party {
        Party::Tn(number) => format!("{{\"tn\":{}}}", text(number.as_str())),
        Party::Uri(uri) => format!("{{\"uri\":{}}}", text(uri)),
    }
}

fn destination(dest: &Destination) -> String {
    let tn: Vec<String> = dest.tn.iter().map(|tn| text(tn.as_str())).collect();
    let uri: Vec<String> = dest.uri.iter().map(|uri| text(uri)).collect();
    let list = |name: &str, of: &[String]| {
        (!of.is_empty()).then(|| format!("\"{name}\":[{}]", of.join(",")))
    };
    let lists: Vec<String> = list("tn", &tn)
        .into_iter()
        .chain(list("uri", &uri))
        .collect();
    format!("{{{}}}", lists.join(","))
}

fn read_party(value: &Value) -> Option<Party> {
    let one = value.as_object()?;
    match (one.get("tn"), one.get("uri")) {
        (Some(tn), None) => Number::canonical(tn.as_str()?).map(Party::Tn),
        (None, Some(uri)) => Some(Party::Uri(uri.as_str()?.to_owned())),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

fn read_destination(value: &Value) -> Option<Destination> {
    let of = value.as_object()?;
    let list = |name| match of.get(name) {
        Some(list) => list.as_array().filter(|list| list.len() <= PARTIES_MAX),
        None => Some(const { &Vec::new() }),
    };
    let tn = list("tn")?.iter();
    let tn: Option<Vec<Number>> = tn.map(|tn| Number::canonical(tn.as_str()?)).collect();
    let uri = list("uri")?.iter();
    let uri: Option<Vec<String>> = uri.map(|uri| Some(uri.as_str()?.to_owned())).collect();
    let (tn, uri) = (tn?, uri?);
    let somebody = !tn.is_empty() || !uri.is_empty();
    somebody.then_some(Destination { tn, uri })
}
