//! The rules of a trunk whose other end is this exchange: a call by it comes in again, for
//! whichever company has the number, and meets no carrier.

use tenancy::Owner;

use super::{CalledIn, NumberForm, Trunk, TrunkMode};
use crate::invalid::{Invalid, rule};

impl Trunk {
    /// Whether its other end is this exchange.
    pub fn is_on_net(&self) -> bool {
        self.mode == TrunkMode::OnNet
    }

    /// What such a trunk cannot say: everything by which a carrier is found and known.
    pub(super) fn validate_on_net(&self) -> Result<(), Invalid> {
        if !self.is_on_net() {
            return Ok(());
        }
        let itself = "must be left out: the other end is this exchange";
        rule(self.peers.is_empty(), "/peers", itself)?;
        rule(self.registrar.is_none(), "/registrar", itself)?;
        rule(self.sources.is_empty(), "/sources", itself)?;
        rule(self.domain.is_none(), "/domain", itself)?;
        rule(self.username.is_none(), "/username", itself)?;
        rule(self.auth_username.is_none(), "/auth_username", itself)?;
        rule(self.options_seconds == 0, "/options_seconds", itself)?;
        let plain = "must be plus_e164: both ends are this exchange";
        let form = |form| form == NumberForm::PlusE164;
        rule(form(self.numbers_in), "/numbers_in", plain)?;
        rule(form(self.numbers_out), "/numbers_out", plain)?;
        let to = self.called_in == CalledIn::RequestUri;
        rule(to, "/called_in", itself)
    }

    /// Who may be called by it is for the account to say that has the companies.
    pub(super) fn validate_on_net_of(&self, owner: Owner) -> Result<(), Invalid> {
        rule(
            !self.is_on_net() || owner.tenant().is_none(),
            "/mode",
            "must be register, peer or gateway: companies are connected by the account above them",
        )
    }
}
