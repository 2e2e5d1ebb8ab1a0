//! What the directory knows of trunks and numbers.

use std::net::IpAddr;

use ids::{TenantId, TrunkId};

use super::Directory;
use crate::compiled::CompiledTrunk;
use crate::e164::E164;

impl Directory {
    /// The enabled trunks whose requests come from this address without a digest, those of the
    /// smallest block first.
    pub fn trunks_from(&self, source: IpAddr) -> Vec<TrunkId> {
        self.book.from(source)
    }

    /// All trunks that some tenant may use, in no order.
    pub fn trunks(&self) -> impl Iterator<Item = TrunkId> + '_ {
        self.book.trunks()
    }

    /// A trunk, as one of the tenants that may use it has it.
    pub fn trunk(&self, trunk: TrunkId) -> Option<&CompiledTrunk> {
        let mut holders = self.book.holders(trunk).iter();
        holders.find_map(|holder| self.at(holder.slot)?.trunk(trunk))
    }

    /// The tenants that may use a trunk, in the order of their ids: the owner alone where it is a
    /// tenant's own.
    pub fn tenants_on_trunk(&self, trunk: TrunkId) -> Vec<TenantId> {
        let holders = self.book.holders(trunk).iter();
        let mut tenants: Vec<TenantId> = holders
            .filter_map(|holder| Some(self.at(holder.slot)?.id()))
            .collect();
        tenants.sort_unstable();
        tenants
    }

    /// The tenant to which a number is assigned.
    pub fn tenant_of_number(&self, number: &E164) -> Option<TenantId> {
        let tenant = self.at(self.book.number(number)?)?;
        tenant.number(number).map(|_| tenant.id())
    }

    /// The tenant that a call by a trunk is for, with the called number as it came: the owner of a
    /// tenant's own trunk, whatever was called; on a shared one the tenant that has the number and
    /// may use the trunk. `None` when there is no such tenant, and when the trunk is disabled.
    pub fn called_on(&self, trunk: TrunkId, called: &str) -> Option<TenantId> {
        let compiled = self.trunk(trunk).filter(|trunk| trunk.spec.enabled)?;
        let own = self.book.holders(trunk).iter().find(|holder| holder.own);
        if let Some(owner) = own {
            return self.at(owner.slot).map(|tenant| tenant.id());
        }
        let number = compiled.spec.read_number(called)?;
        let tenant = self.tenant(self.tenant_of_number(&number)?)?;
        tenant.trunk(trunk).map(|_| tenant.id())
    }

    /// The trunk by which a call comes in that went out by this one into this exchange: the same,
    /// and for a company's own trunk the one that its partner has for this company. `None` where
    /// there is no such trunk: whether there is a company of that name makes no difference.
    pub fn other_end(&self, trunk: TrunkId) -> Option<TrunkId> {
        let own = self.book.holders(trunk).iter().find(|holder| holder.own);
        let Some(own) = own else {
            return Some(trunk);
        };
        let owner = self.at(own.slot)?;
        let Some(partner) = &owner.trunk(trunk)?.spec.partner else {
            return Some(trunk);
        };
        let other = self.tenant(self.tenant_of_domain(partner)?)?;
        let back = |one: &&CompiledTrunk| one.own && one.spec.agrees_to(owner.domains());
        other.trunks().iter().find(back).map(|one| one.id)
    }

    /// The tenant that a call which goes out by this trunk, into this exchange, is for. A partner
    /// is called by its numbers alone.
    pub fn called_through(&self, trunk: TrunkId, called: &str) -> Option<TenantId> {
        let back = self.other_end(trunk)?;
        let tenant = self.called_on(back, called)?;
        let number = self.trunk(back)?.spec.read_number(called)?;
        let has = self.tenant_of_number(&number) == Some(tenant);
        has.then_some(tenant)
    }
}
