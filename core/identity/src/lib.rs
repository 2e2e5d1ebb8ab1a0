//! Who a person is, and how a person proves it: passwords, second factors, logins, mailed links.
//!
//! Everything here decides and nothing here acts: time, randomness and what is stored are
//! arguments, so each rule can be tested to the second. Secrets are shown once; what is kept of
//! them is a hash, or, where the exchange itself must compute with them ([`TotpSecret`]), bytes
//! for the host to seal.

mod authenticator;
mod base32;
mod base64url;
mod credentials;
mod device;
mod flow_key;
mod letters;
mod link;
mod lockout;
mod login;
mod mac;
pub mod oidc;
pub mod passkey;
mod password;
mod recovery;
mod signature;
mod spent;
mod tally;
mod token;
mod totp;

pub use authenticator::Authenticator;
pub use credentials::{Credentials, Unreadable};
pub use device::{Device, DeviceKey};
pub use flow_key::FlowKey;
pub use letters::{LETTER_DAY, LETTER_PAUSE, LETTERS_MAX, Letters};
pub use link::{BadLink, Link, LinkKey, Purpose};
pub use lockout::{Attempt, Lockout, NameKey, Network};
pub use login::{ACCESS_LIFE, Login, LoginEntropy, Logins, Refused, SPARE_LIFE, Tokens};
pub use password::{
    Cost, NoHash, PASSWORD_MAX, PASSWORD_MIN, PasswordHash, Policy, Salt, Verdict, Weak,
};
pub use recovery::{RECOVERY_CODES, RecoveryCodes};
pub use spent::{NotTaken, SPENT_MAX, Spent};
pub use token::{ACCESS_PREFIX, AccessText, REFRESH_PREFIX, RefreshText};
pub use totp::{BadCode, Totp, TotpSecret};
