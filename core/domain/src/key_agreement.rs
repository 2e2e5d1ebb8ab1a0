//! By what keys of sound are agreed on with a telephone, or with the other side of a trunk.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By what keys are offered to whoever is called, where its sound may be protected. One that calls
/// is answered in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyAgreement {
    /// As `dtls` where it has registered by WebSocket, as browsers do, and as `sdes` otherwise.
    #[default]
    Auto,
    /// By the description (RFC 4568).
    Sdes,
    /// By a handshake (DTLS-SRTP, RFC 5763), over a way that is found by ICE (RFC 8445). Its sound
    /// is then protected, or there is no call.
    Dtls,
}

impl KeyAgreement {
    /// Whether hands are to be shaken with one that is reached so.
    #[must_use]
    pub fn shakes(self, by_web_socket: bool) -> bool {
        match self {
            KeyAgreement::Auto => by_web_socket,
            KeyAgreement::Sdes => false,
            KeyAgreement::Dtls => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_shake_hands_unless_somebody_says_otherwise() {
        assert!(KeyAgreement::Auto.shakes(true));
        assert!(!KeyAgreement::Auto.shakes(false));
        assert!(!KeyAgreement::Sdes.shakes(true));
        assert!(KeyAgreement::Dtls.shakes(false));
    }
}
