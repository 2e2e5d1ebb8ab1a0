//! The rules of a trunk whose other end is this exchange: a call by it comes in again, for
//! whichever company has the number, and meets no carrier. An account connects companies below it
//! by sharing one trunk; a company connects itself with a partner, and the partner with it.

use tenancy::Owner;

use super::{CalledIn, NumberForm, Trunk, TrunkMode};
use crate::invalid::{Invalid, rule};
use crate::text;

impl Trunk {
    /// Whether its other end is this exchange.
    pub fn is_on_net(&self) -> bool {
        self.mode == TrunkMode::OnNet
    }

    /// What such a trunk cannot say: everything by which a carrier is found and known.
    pub(super) fn validate_on_net(&self) -> Result<(), Invalid> {
        if !self.is_on_net() {
            return rule(
                self.partner.is_none(),
                "/partner",
                "must be left out: only a trunk whose mode is on_net has one",
            );
        }
        if let Some(partner) = &self.partner {
            text::host_name(partner, "/partner")?;
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

    /// Who may be called by it: for the account to say that has the companies, and between two
    /// companies for both of them.
    pub(super) fn validate_on_net_of(&self, owner: Owner) -> Result<(), Invalid> {
        if !self.is_on_net() {
            return Ok(());
        }
        match owner.tenant() {
            Some(_) => rule(
                self.partner.is_some(),
                "/partner",
                "must be a domain of the company at the other end: many companies are connected by \
                 the account above them",
            ),
            None => rule(
                self.partner.is_none(),
                "/partner",
                "must be left out: the companies are those that the trunk is shared with",
            ),
        }
    }

    /// Whether this leads to a partner with one of these domains.
    pub(crate) fn agrees_to(&self, domains: &[Box<str>]) -> bool {
        let partner = self.partner.as_deref().filter(|_| self.enabled);
        partner.is_some_and(|partner| domains.iter().any(|domain| **domain == *partner))
    }
}
