//! Who a telephone is.

use sip_stack::digest::Account as DigestAccount;

/// What a telephone is configured with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The number of its extension.
    pub number: String,
    /// Authentication user name.
    pub username: String,
    /// Password.
    pub password: String,
    /// Its company's domain.
    pub domain: String,
    /// The name it shows in From.
    pub display: String,
}

impl Account {
    /// The From or To value of this account.
    #[must_use]
    pub fn address(&self) -> String {
        let Account {
            display,
            username,
            domain,
            ..
        } = self;
        format!("\"{display}\" <sip:{username}@{domain}>")
    }

    /// What the digest client is given.
    #[must_use]
    pub fn digest(&self) -> DigestAccount<'_> {
        DigestAccount {
            username: &self.username,
            password: self.password.as_str().into(),
        }
    }
}
