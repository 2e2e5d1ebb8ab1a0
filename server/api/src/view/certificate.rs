//! The view of a certificate of TLS.

use admin::certificates::Shown;
use serde::Serialize;
use utoipa::ToSchema;

/// With which certificate TLS is spoken for a host.
#[derive(Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(crate) struct CertificateView {
    /// The host.
    #[schema(example = "sip.example.net")]
    name: String,
    /// `file`: the operator's own, which wins; `acme`: it comes by itself.
    #[schema(example = "acme")]
    source: String,
    /// Who vouches for it; null before the first.
    issuer: Option<String>,
    /// From when it is valid.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Until when.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// When it was asked for last.
    #[schema(format = DateTime)]
    tried: Option<String>,
    /// What was wrong then, in plain words; null when it was given.
    problem: Option<String>,
    /// Failures in a row.
    failures: u32,
    /// When it is asked for next; null for a file, and when that is at once.
    #[schema(format = DateTime)]
    next: Option<String>,
}

impl From<Shown> for CertificateView {
    fn from(shown: Shown) -> Self {
        let (from, until) = shown.validity.unzip();
        CertificateView {
            name: shown.name,
            source: shown.source.as_str().to_owned(),
            issuer: shown.issuer,
            from: from.map(|at| at.to_string()),
            until: until.map(|at| at.to_string()),
            tried: shown.tried.map(|at| at.to_string()),
            problem: shown.problem,
            failures: shown.failures,
            next: shown.next.map(|at| at.to_string()),
        }
    }
}
