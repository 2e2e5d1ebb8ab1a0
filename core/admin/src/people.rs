//! Use cases of people: how they come in, what they may do with their own account, and the mails
//! that bring them.
//!
//! Whoever is nobody, disabled, or of a company that is disabled is answered like whoever gives a
//! wrong password, after the same work.

mod brand;
mod change;
mod enter;
mod known;
mod letter;
mod mails;
mod own;
mod passkey_entry;
mod passkeys;
mod password;
mod prove;
mod refusal;
mod renew;
mod shown_passkey;
mod sign_in;
mod sign_on;
mod words;

pub use crate::desk::Origin;
pub use brand::brand_at;
pub(crate) use brand::{PRODUCT, brand_of};
pub use enter::{Signed, admit};
pub use mails::{Post, Sent, invite, request_reset, send_reset};
pub use own::{
    Codes, LoginView, Me, Offer, change_password, confirm_authenticator, end_all_logins, end_login,
    end_other_logins, logins, me, offer_authenticator, remove_authenticator, renew_codes,
};
pub use passkey_entry::{ask_passkey, ask_second_passkey, sign_in_by_passkey};
pub use passkeys::{add_passkey, offer_passkey, passkeys, remove_passkey, rename_passkey};
pub use password::{accept_invitation, reset_password};
pub use refusal::Refusal;
pub use renew::{login_of, refresh, sign_out};
pub use sign_in::{Credential, Factor, Step, note_slowed, second_factor, sign_in};
pub use sign_on::{Back, Outset, arrive, base, enter_by_code, set_out};
