//! Faxes: what is known of one, as it is found again. Its pages are a document (PDF) that is kept
//! beside it, sealed as it is.

use ids::{CallId, ExtensionId, FaxId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::event::{Event, EventKind};

/// Most octets of the document of one fax: 32 MiB, some hundred dense pages. What is longer is not
/// kept.
pub const FAX_OCTETS_MAX: u64 = 32 << 20;

/// Most octets of the documents of all faxes of one tenant: 512 MiB, some ten thousand pages. What
/// comes beyond that is not kept, and said to be.
pub const FAXES_OCTETS_MAX: u64 = 512 << 20;

/// What became of a fax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaxState {
    /// It has come, all of it.
    Received,
    /// It has not come, or not all of it: the pages that came are kept.
    Failed,
}

impl FaxState {
    /// Both.
    pub const ALL: [FaxState; 2] = [FaxState::Received, FaxState::Failed];

    /// The word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            FaxState::Received => "received",
            FaxState::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn named(text: &str) -> Option<FaxState> {
        FaxState::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Why a fax has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaxFailure {
    /// A word that stays as it is: of what the two machines say to each other one of ITU-T T.30's
    /// phases, else what was missing here.
    #[schema(example = "hung_up")]
    pub code: String,
    /// The same for people.
    pub because: String,
}

/// How a fax was carried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaxCarriage {
    /// What the other machine calls itself (ITU-T T.30 TSI), at most 20 characters; it says what
    /// it likes.
    #[schema(max_length = 20, example = "+49 30 5550100")]
    pub station: String,
    /// Bits per second of the last page.
    #[schema(example = 14400)]
    pub bits_per_second: u32,
    /// Whether lost pieces were sent again (error correction, ITU-T T.30 annex A).
    pub ecm: bool,
    /// Rows that could not be read, where they were not sent again.
    pub bad_rows: u32,
}

/// A fax that an extension has received, or was to receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fax {
    /// Its id.
    pub id: FaxId,
    /// Whose.
    pub tenant: TenantId,
    /// The call that it came by.
    pub call: CallId,
    /// Who has received it.
    pub extension: ExtensionId,
    /// The number that the extension had then.
    pub number: String,
    /// Who has called, as the call shows it.
    pub caller: String,
    /// When the call was answered.
    #[serde(with = "machine::rfc3339")]
    pub began: WallTime,
    /// When the machines had done.
    #[serde(with = "machine::rfc3339")]
    pub ended: WallTime,
    /// What became of it.
    pub state: FaxState,
    /// Why it has failed, where it has.
    pub failure: Option<FaxFailure>,
    /// Pages that are kept.
    pub pages: u16,
    /// Octets of its document; 0 where there is none.
    pub octets: u64,
    /// How it was carried.
    pub carriage: FaxCarriage,
}

impl Fax {
    /// The same, as one that has failed.
    #[must_use]
    pub fn failed(self, code: &str, because: &str) -> Fax {
        Fax {
            state: FaxState::Failed,
            failure: Some(FaxFailure {
                code: code.to_owned(),
                because: because.to_owned(),
            }),
            ..self
        }
    }
}

impl Event {
    /// A fax has come, or has failed.
    pub fn of_fax(fax: &Fax) -> Event {
        let kind = match fax.state {
            FaxState::Received => EventKind::FaxReceived,
            FaxState::Failed => EventKind::FaxFailed,
        };
        Event {
            id: ids::EventId::from_u128(fax.id.as_u128()),
            tenant: fax.tenant,
            kind,
            at: fax.ended,
            cursor: 0,
            subject: fax.id.to_string(),
            data: json!({
                "fax": fax.id,
                "call": fax.call,
                "extension": fax.extension,
                "number": fax.number,
                "caller": fax.caller,
                "pages": fax.pages,
                "failure": fax.failure,
                "station": fax.carriage.station,
            }),
        }
    }
}
