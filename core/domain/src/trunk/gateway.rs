//! The rules of a trunk at whose other end a gateway registers: it says itself where it is, and is
//! known by its user name and secret alone.

use ids::DeviceId;
use tenancy::Owner;

use super::{CalledIn, Trunk, TrunkMode};
use crate::invalid::{Invalid, rule};
use crate::text;

/// Longest user name of a gateway, in characters: that of a device's, among which it stands.
const USERNAME_MAX: usize = 64;

impl Trunk {
    /// Whether the other side registers at the exchange.
    pub fn is_gateway(&self) -> bool {
        self.mode == TrunkMode::Gateway
    }

    /// What a gateway has to say, and what it cannot: everything by which other trunks know where
    /// their carrier is.
    pub(super) fn validate_gateway(&self) -> Result<(), Invalid> {
        if !self.is_gateway() {
            let uri = self.called_out == CalledIn::RequestUri;
            let alone = "must be request_uri where the other side does not register here";
            return rule(uri, "/called_out", alone);
        }
        let name = self.username.as_deref().unwrap_or_default();
        let form = "must be said, 1 to 64 letters, digits or . _ -, where the other side registers";
        rule(text::is_word(name, USERNAME_MAX, b"._-"), "/username", form)?;
        let is_id = name.parse::<DeviceId>().is_ok();
        rule(!is_id, "/username", "must not look like an id")?;
        let itself = "must be left out: a gateway says where it is when it registers";
        rule(self.peers.is_empty(), "/peers", itself)?;
        rule(self.registrar.is_none(), "/registrar", itself)?;
        let known = "must be left out: a gateway is known by its user name and secret alone";
        rule(self.sources.is_empty(), "/sources", known)?;
        rule(self.auth_username.is_none(), "/auth_username", known)
    }

    /// A gateway registers in the domain of a company, so the trunk is that company's.
    pub(super) fn validate_gateway_of(&self, owner: Owner) -> Result<(), Invalid> {
        rule(
            !self.is_gateway() || owner.tenant().is_some(),
            "/mode",
            "must be register or peer: a gateway registers in the domain of the company whose own \
             trunk it is",
        )
    }
}
