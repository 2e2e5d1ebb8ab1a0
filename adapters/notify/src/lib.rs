//! What leaves the exchange for people, their programs and their sign-in servers: mail by SMTP,
//! webhooks and enquiries by HTTP; words for a speech engine; and certificates of those who sign
//! calls. And what comes in as long as it is listened to: live streams of radio stations.
//!
//! Each call is one attempt with a bounded time; trying again is decided elsewhere. Where a
//! customer or a caller names the address, the [egress guard](Egress) judges it first.

mod certificate;
mod egress;
mod enquiry;
mod mail;
mod radio;
mod relay;
mod road;
mod speech;
mod tls;
mod webhook;

pub use certificate::{
    ADDRESSES_MAX, ASKED_AT_ONCE, CERTIFICATE_MAX, CertificateFetcher, FETCH_TIMES,
    FetchedCertificate, FoundCertificate,
};
pub use egress::{Egress, Network, is_public};
pub use enquiry::HttpEnquirer;
pub use mail::{COMMAND_TIME, SmtpMailer};
pub use radio::{HttpRadio, RADIO_TIMES, RadioStream};
pub use relay::{BadRelay, Relay, Security};
pub use road::Times;
pub use speech::{HttpSpeech, SPEECH_OCTETS_MAX, SPEECH_TIMES, SpeechVoices};
pub use tls::{TlsError, client_config};
pub use webhook::HttpCourier;
