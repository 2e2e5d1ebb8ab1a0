//! The certificates of signing keys, for whoever was called.

use ids::SigningKeyId;

use crate::call::{Answer, Call};
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};

/// Certificates in PEM, one after the other (RFC 8555 §9.1).
const CHAIN: &str = "application/pem-certificate-chain";

/// What a name ends with.
const ENDING: &str = ".pem";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [Operation::get(
        "/.well-known/stir/{certificates}",
        "getSigningCertificates",
        get,
    )
    .free(Access::Open)
    .tells(
        "Show the certificates of a signing key",
        "By the id of the key and `.pem`. Whoever is called with a signature of the key \
                 fetches them (RFC 8224); they are public, and nothing else of the key is told.",
    )
    .prints(CHAIN, "The certificates, that of the key first.")
    .refuses(&[Kind::NotFound])];
    operations.map(|operation| operation.tag("Exchange")).into()
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let name = call.segment("certificates").strip_suffix(ENDING);
    let key = name.and_then(|id| id.parse::<SigningKeyId>().ok());
    let key = key.ok_or_else(Problem::not_found)?;
    let found = call.office.store().certificates_of(key).await?;
    let certificates = found.ok_or_else(Problem::not_found)?;
    Ok(Answer::text(CHAIN, certificates))
}
