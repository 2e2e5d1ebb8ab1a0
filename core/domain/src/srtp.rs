//! Whether sound is protected on its way to a telephone or a carrier.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether sound is protected (SRTP, RFC 3711) with keys that the signalling carries (RFC 4568),
/// which are as secret as that is: over TLS, but not over UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Srtp {
    /// It is not. Whoever offers nothing else is refused.
    Never,
    /// It is where the other side offers it; nothing is offered from here.
    #[default]
    Accept,
    /// It is offered beside plain sound, and taken where it is offered.
    Offer,
    /// It is, or there is no call.
    Require,
}

impl Srtp {
    /// Whether protection that is offered is taken.
    #[must_use]
    pub fn takes(self) -> bool {
        match self {
            Srtp::Never => false,
            Srtp::Accept | Srtp::Offer | Srtp::Require => true,
        }
    }
}
