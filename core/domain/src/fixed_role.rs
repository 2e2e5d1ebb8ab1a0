//! The roles that every platform has.

use std::fmt;

use serde::{Deserialize, Serialize};
use tenancy::{Account, Owner};
use utoipa::ToSchema;

/// Where people of a role belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The operator's own people.
    Platform,
    /// A reseller's people.
    Reseller,
    /// People of a customer company.
    Tenant,
}

impl Level {
    /// Where an owner stands.
    pub fn of(owner: Owner) -> Level {
        match owner {
            Owner::Account(Account::Platform) => Level::Platform,
            Owner::Account(Account::Reseller(_)) => Level::Reseller,
            Owner::Tenant(_) => Level::Tenant,
        }
    }
}

/// A role that is there without anybody making it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FixedRole {
    /// Of the platform: everything.
    OperatorAdmin,
    /// Of the platform: runs it, but decides neither who may sell nor who its people are.
    Operations,
    /// Of the platform: sees what the other two work on, changes nothing.
    OperatorReadOnly,
    /// Of a reseller: everything that is the reseller's, and what lies below it.
    ResellerAdmin,
    /// Of a reseller: helps the companies below it, sells nothing.
    Support,
    /// Of a company: everything that is the company's.
    TenantAdmin,
    /// Of a company: watches over calls and those who answer them.
    Supervisor,
    /// Of a company: what is one's own.
    User,
    /// Of a company: sees what its admin works on, changes nothing.
    ReadOnly,
}

impl FixedRole {
    /// All of them.
    pub const ALL: [FixedRole; 9] = [
        FixedRole::OperatorAdmin,
        FixedRole::Operations,
        FixedRole::OperatorReadOnly,
        FixedRole::ResellerAdmin,
        FixedRole::Support,
        FixedRole::TenantAdmin,
        FixedRole::Supervisor,
        FixedRole::User,
        FixedRole::ReadOnly,
    ];

    /// Whose people may have it.
    pub fn level(self) -> Level {
        match self {
            FixedRole::OperatorAdmin | FixedRole::Operations | FixedRole::OperatorReadOnly => {
                Level::Platform
            }
            FixedRole::ResellerAdmin | FixedRole::Support => Level::Reseller,
            FixedRole::TenantAdmin
            | FixedRole::Supervisor
            | FixedRole::User
            | FixedRole::ReadOnly => Level::Tenant,
        }
    }

    /// Its word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            FixedRole::OperatorAdmin => "operator-admin",
            FixedRole::Operations => "operations",
            FixedRole::OperatorReadOnly => "operator-read-only",
            FixedRole::ResellerAdmin => "reseller-admin",
            FixedRole::Support => "support",
            FixedRole::TenantAdmin => "tenant-admin",
            FixedRole::Supervisor => "supervisor",
            FixedRole::User => "user",
            FixedRole::ReadOnly => "read-only",
        }
    }
}

impl fmt::Display for FixedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
