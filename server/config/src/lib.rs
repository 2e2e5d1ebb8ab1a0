//! Settings of a running exchange: small, validated once, at the door.
//!
//! A setting may be given as a flag, in the environment or in a file; [`Given`] is what one of
//! those says, [`Given::over`] lays one over another, and [`Given::settle`] turns the result into
//! [`Settings`] or names the setting and the rule that it breaks. Reading the environment and the
//! file is the binary's part.

mod acme;
mod given;
mod nft_set;
mod problem;
mod settings;
mod span;
mod speech;
mod wires;

pub use acme::{ACME_NAMES_MAX, Acme, ExternalAccount};
pub use given::{Given, Several};
pub use nft_set::NftSet;
pub use problem::Problem;
pub use settings::{Capture, Digest, LogFormat, Mail, MediaIo, Settings};
pub use span::PortSpan;
pub use speech::Speech;
pub use wires::{CERTIFICATE, CertificateFiles, Clients, KEY, Public, Secure, Wires};
