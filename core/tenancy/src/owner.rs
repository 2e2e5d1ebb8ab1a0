//! Accounts and owners: who sells, and whose a document is.

use std::fmt;
use std::str::FromStr;

use ids::{ResellerId, TenantId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The word that stands for the operator's platform where others have an id.
const PLATFORM: &str = "platform";

/// Who sells: the operator's platform, the root of the tree, or a reseller somewhere below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The operator's.
    Platform,
    /// A reseller's.
    Reseller(ResellerId),
}

impl Account {
    /// The account of a reseller or, without one, the platform.
    pub fn of(reseller: Option<ResellerId>) -> Account {
        reseller.map_or(Account::Platform, Account::Reseller)
    }
}

/// Whose a document, a key or an entry of an audit trail is. Text: `platform`, or the id of the
/// reseller or of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Whoever sells.
    Account(Account),
    /// One customer company.
    Tenant(TenantId),
}

impl Owner {
    /// The operator's platform.
    pub const PLATFORM: Owner = Owner::Account(Account::Platform);

    /// The tenant, when it is one.
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Owner::Account(_) => None,
            Owner::Tenant(tenant) => Some(tenant),
        }
    }

    /// The account, when it is none of the tenants.
    pub fn account(self) -> Option<Account> {
        match self {
            Owner::Account(account) => Some(account),
            Owner::Tenant(_) => None,
        }
    }
}

impl From<Account> for Owner {
    fn from(account: Account) -> Owner {
        Owner::Account(account)
    }
}

impl From<TenantId> for Owner {
    fn from(tenant: TenantId) -> Owner {
        Owner::Tenant(tenant)
    }
}

impl From<ResellerId> for Owner {
    fn from(reseller: ResellerId) -> Owner {
        Owner::Account(Account::Reseller(reseller))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Platform => f.pad(PLATFORM),
            Account::Reseller(reseller) => reseller.fmt(f),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Account(account) => account.fmt(f),
            Owner::Tenant(tenant) => tenant.fmt(f),
        }
    }
}

/// A text that names no owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoOwner;

impl fmt::Display for NoOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be `platform` or the id of a reseller or a tenant")
    }
}

impl std::error::Error for NoOwner {}

impl FromStr for Owner {
    type Err = NoOwner;

    fn from_str(text: &str) -> Result<Owner, NoOwner> {
        if text == PLATFORM {
            return Ok(Owner::PLATFORM);
        }
        if let Ok(tenant) = text.parse::<TenantId>() {
            return Ok(tenant.into());
        }
        text.parse::<ResellerId>()
            .map(Owner::from)
            .map_err(|_| NoOwner)
    }
}

impl Serialize for Owner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Owner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Owner, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_owner_is_written_as_one_text_and_read_back() {
        let owners = [
            Owner::PLATFORM,
            ResellerId::new(1, 2).into(),
            TenantId::new(1, 2).into(),
        ];
        for owner in owners {
            assert_eq!(owner.to_string().parse(), Ok(owner));
            let json = serde_json::to_string(&owner).unwrap();
            assert_eq!(serde_json::from_str::<Owner>(&json).unwrap(), owner);
        }
        for bad in ["", "Platform", "ext_00000000000000000000000010", "rsl_1"] {
            assert_eq!(bad.parse::<Owner>(), Err(NoOwner), "{bad}");
        }
    }
}
