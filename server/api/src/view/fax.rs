//! The view of a fax.

use domain::{Fax, FaxCarriage, FaxFailure, FaxState};
use ids::{CallId, ExtensionId, FaxId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// A fax.
#[derive(Serialize, ToSchema)]
#[schema(as = Fax)]
pub(crate) struct FaxView {
    /// Its id.
    #[schema(value_type = String)]
    id: FaxId,
    /// The id of the call that it came by.
    #[schema(value_type = String)]
    call: CallId,
    /// The id of the extension that has received it.
    #[schema(value_type = String)]
    extension: ExtensionId,
    /// The number that the extension had then.
    number: String,
    /// Who has called, as the call shows it.
    caller: String,
    /// When the call was answered.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    began: WallTime,
    /// When the machines had done.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    ended: WallTime,
    /// What became of it.
    #[schema(value_type = String)]
    state: FaxState,
    /// Why it has failed; null where it has not.
    failure: Option<FaxFailure>,
    /// Pages that are kept: of one that has failed those that came.
    pages: u16,
    /// Octets of its document; 0 where there is none.
    octets: u64,
    /// How it was carried.
    carriage: FaxCarriage,
}

impl From<Fax> for FaxView {
    fn from(fax: Fax) -> Self {
        FaxView {
            id: fax.id,
            call: fax.call,
            extension: fax.extension,
            number: fax.number,
            caller: fax.caller,
            began: fax.began,
            ended: fax.ended,
            state: fax.state,
            failure: fax.failure,
            pages: fax.pages,
            octets: fax.octets,
            carriage: fax.carriage,
        }
    }
}
