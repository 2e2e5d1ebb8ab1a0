//! Which of a trunk's machines a transaction belongs to, in its owner number.
//!
//! Legs' owner numbers have a generation, from 1, in their upper half; those of trunks have none.

use sip_stack::transaction::Owner;

/// Machines of one trunk: its registration, and a probe for each address.
const ROLES: u64 = 64;

/// Whom a transaction of a trunk is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its registration.
    Registration,
    /// The probe of an address.
    Probe(u8),
}

impl Role {
    /// The owner number of this machine of the trunk in a slot.
    pub(crate) fn owner(self, slot: u32) -> Owner {
        let role = match self {
            Role::Registration => 1,
            Role::Probe(peer) => u64::from(peer).min(ROLES - 3) + 2,
        };
        // 20 bits are enough for every slot, so that the upper half stays empty.
        Owner(u64::from(slot) * ROLES + role)
    }
}

/// The slot and the machine of an owner number; none when it is a leg's or nobody's.
pub(crate) fn role_of(owner: Owner) -> Option<(u32, Role)> {
    let number = u32::try_from(owner.0).ok()?;
    let (slot, role) = (u64::from(number) / ROLES, u64::from(number) % ROLES);
    let role = match role {
        0 => return None,
        1 => Role::Registration,
        peer => Role::Probe(u8::try_from(peer - 2).ok()?),
    };
    Some((u32::try_from(slot).ok()?, role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_number_leads_back_to_its_machine() {
        for slot in [0, 1, 16_383] {
            for role in [Role::Registration, Role::Probe(0), Role::Probe(31)] {
                assert_eq!(role_of(role.owner(slot)), Some((slot, role)));
            }
        }
    }

    #[test]
    fn nobody_and_legs_are_no_machines_of_a_trunk() {
        assert_eq!(role_of(Owner::NOBODY), None);
        assert_eq!(role_of(Owner(1 << 32 | 1)), None);
    }
}
