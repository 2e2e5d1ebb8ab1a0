//! The view of a fax, and the schema of what is to be faxed.

use std::borrow::Cow;

use domain::{Fax, FaxCarriage, FaxDirection, FaxFailure, FaxState};
use ids::{CallId, ExtensionId, FaxId};
use machine::WallTime;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::octets::octets;

/// The bytes of a document; only its schema is wanted.
pub(crate) struct PdfBytes;

impl PartialSchema for PdfBytes {
    fn schema() -> RefOr<Schema> {
        octets("A document that is to be faxed: PDF.")
    }
}

impl ToSchema for PdfBytes {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Document")
    }
}

/// A fax.
#[derive(Serialize, ToSchema)]
#[schema(as = Fax)]
pub(crate) struct FaxView {
    /// Its id.
    #[schema(value_type = String)]
    id: FaxId,
    /// Whether the extension has received it, or sends it.
    #[schema(value_type = String)]
    direction: FaxDirection,
    /// The id of the call that it came by, or of the latest attempt to send it; null before the
    /// first.
    #[schema(value_type = Option<String>)]
    call: Option<CallId>,
    /// The id of the extension that has received it, or sends it.
    #[schema(value_type = String)]
    extension: ExtensionId,
    /// The number that the extension had then.
    number: String,
    /// Who calls, as the call shows it: of one that is sent the extension itself.
    caller: String,
    /// The number that is called: of one that came the extension's own.
    to: String,
    /// When the call was answered; of one that is sent, when somebody gave it.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    began: WallTime,
    /// When the machines had done; null while it waits to be sent or is being sent.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended: Option<WallTime>,
    /// How it stands: `received`, `failed`, `queued`, `sending` or `sent`.
    #[schema(value_type = String)]
    state: FaxState,
    /// Why it has failed, or why the latest attempt has; null where nothing has.
    failure: Option<FaxFailure>,
    /// How it is tried; null of one that came.
    sending: Option<FaxSendingView>,
    /// Pages that are kept: of one that came and has failed those that came.
    pages: u16,
    /// Octets of its document; 0 where there is none.
    octets: u64,
    /// How it was carried.
    carriage: FaxCarriage,
}

/// How a fax is tried.
#[derive(Serialize, ToSchema)]
#[schema(as = FaxSending)]
pub(crate) struct FaxSendingView {
    /// Attempts that were begun.
    attempts: u8,
    /// Attempts at most.
    attempts_max: u8,
    /// Seconds between two.
    pause: u32,
    /// When it is tried next; null where it does not wait for that.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt: Option<WallTime>,
}

impl From<Fax> for FaxView {
    fn from(fax: Fax) -> Self {
        let sending = fax.sending.as_ref().map(|sending| FaxSendingView {
            attempts: sending.attempts,
            attempts_max: sending.attempts_max,
            pause: sending.pause,
            next_attempt: fax.next_attempt(),
        });
        FaxView {
            id: fax.id,
            direction: fax.direction(),
            call: fax.call,
            extension: fax.extension,
            to: fax.to().to_owned(),
            number: fax.number,
            caller: fax.caller,
            began: fax.began,
            ended: (!fax.state.is_open()).then_some(fax.ended),
            state: fax.state,
            failure: fax.failure,
            sending,
            pages: fax.pages,
            octets: fax.octets,
            carriage: fax.carriage,
        }
    }
}
