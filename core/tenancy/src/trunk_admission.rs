//! Proof that a call comes by a trunk for a number of a tenant: the second way from a packet to a
//! scope.
//!
//! A carrier is nobody of the tenant's, so it takes two things together: the request must come
//! from where the trunk's requests come from, and the called number must be assigned to a tenant
//! that may use that very trunk. A tenant's own trunk therefore reaches its own numbers and no
//! other tenant's.

use ids::{TenantId, TrunkId};
use subtle::ConstantTimeEq;

use crate::admission::RESPONSE_MIN;

/// How a request was known to be a carrier's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkProof {
    /// Its source address is one of the trunk's.
    Source,
    /// It was sent to the contact that we registered, which nobody else knows, from where the
    /// carrier's answer to that registration came.
    Registration,
    /// Its gateway gave a digest response under the secret of the trunk (RFC 7616, RFC 8760).
    Digest,
}

/// A trunk that a request came by.
#[derive(Debug, PartialEq, Eq)]
pub struct AdmittedTrunk {
    trunk: TrunkId,
    proof: TrunkProof,
}

/// Admits the gateway of a trunk whose received digest response equals the computed one, as
/// [`verified_digest`](crate::verified_digest) does a device: it gives the right to call as that
/// trunk, and no right of a device's.
pub fn verified_gateway(trunk: TrunkId, computed: &[u8], received: &[u8]) -> Option<AdmittedTrunk> {
    let equal: bool = computed.ct_eq(received).into();
    let proved = equal && computed.len() >= RESPONSE_MIN;
    proved.then_some(AdmittedTrunk {
        trunk,
        proof: TrunkProof::Digest,
    })
}

/// What is known of a called number, as far as admission needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberEntry<'a> {
    /// The tenant it is assigned to.
    pub tenant: TenantId,
    /// The trunks that tenant may use, in order.
    pub trunks: &'a [TrunkId],
}

/// A call that came by a trunk for a number of a tenant. Spent by
/// `TenantScope::from_called_number`.
#[derive(Debug, PartialEq, Eq)]
pub struct AdmittedCall {
    tenant: TenantId,
    trunk: TrunkId,
}

impl AdmittedTrunk {
    /// A trunk whose carrier's request was proved so. To be called where sources and contacts are
    /// compared, and nowhere else.
    pub fn by(trunk: TrunkId, proof: TrunkProof) -> AdmittedTrunk {
        AdmittedTrunk { trunk, proof }
    }

    /// The trunk.
    pub fn trunk(&self) -> TrunkId {
        self.trunk
    }

    /// How it was known.
    pub fn proof(&self) -> TrunkProof {
        self.proof
    }

    /// Admits a call for a number: when its tenant may use this trunk.
    pub fn call_for(self, number: &NumberEntry<'_>) -> Option<AdmittedCall> {
        let may = number.trunks.contains(&self.trunk);
        may.then_some(AdmittedCall {
            tenant: number.tenant,
            trunk: self.trunk,
        })
    }
}

impl AdmittedCall {
    /// The tenant called.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The trunk.
    pub fn trunk(&self) -> TrunkId {
        self.trunk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: TenantId = TenantId::from_u128(1);
    const TRUNK: TrunkId = TrunkId::from_u128(7);
    const OTHER: TrunkId = TrunkId::from_u128(8);

    #[test]
    fn a_call_by_a_trunk_of_the_numbers_tenant_is_admitted() {
        let number = NumberEntry {
            tenant: ACME,
            trunks: &[OTHER, TRUNK],
        };
        let admitted = AdmittedTrunk::by(TRUNK, TrunkProof::Source).call_for(&number);
        assert_eq!(
            admitted.map(|call| (call.tenant(), call.trunk())),
            Some((ACME, TRUNK))
        );
    }

    #[test]
    fn a_gateway_is_admitted_by_an_equal_response_and_by_no_short_one() {
        let admitted = verified_gateway(TRUNK, &[7; 16], &[7; 16]);
        let told = admitted.map(|by| (by.trunk(), by.proof()));
        assert_eq!(told, Some((TRUNK, TrunkProof::Digest)));
        assert_eq!(verified_gateway(TRUNK, &[7; 16], &[8; 16]), None);
        assert_eq!(verified_gateway(TRUNK, b"", b""), None);
    }

    #[test]
    fn a_trunk_that_the_numbers_tenant_may_not_use_reaches_nobody() {
        for trunks in [&[][..], &[OTHER][..]] {
            let number = NumberEntry {
                tenant: ACME,
                trunks,
            };
            let admitted = AdmittedTrunk::by(TRUNK, TrunkProof::Registration);
            assert_eq!(admitted.call_for(&number), None);
        }
    }
}
