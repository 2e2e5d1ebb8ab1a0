//! Trunks by which calls are recorded (SIPREC, RFC 7866).

use serde::{Deserialize, Serialize};
use tenancy::Owner;
use utoipa::ToSchema;

use super::Trunk;
use crate::invalid::{Invalid, rule};

/// What recordings have to do with a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkSiprec {
    /// Nothing.
    #[default]
    None,
    /// At its other end is a recording server: calls are sent there whose extensions say so.
    Sends,
    /// At its other end is a recording client: what it sends is kept as recordings of the company.
    Accepts,
}

impl Trunk {
    pub(super) fn validate_siprec(&self) -> Result<(), Invalid> {
        let elsewhere = self.siprec == TrunkSiprec::None || !self.is_on_net();
        let itself = "must be none where the other side is this exchange";
        rule(elsewhere, "/siprec", itself)
    }

    /// What a recording client sends is kept for whom the trunk is.
    pub(super) fn validate_siprec_of(&self, owner: Owner) -> Result<(), Invalid> {
        let one = owner.tenant().is_some() || self.siprec != TrunkSiprec::Accepts;
        let whose = "must be none or sends: what a recording client sends is kept for the company \
                     whose own trunk it comes by";
        rule(one, "/siprec", whose)
    }
}
