//! Faxes: what is known of one, as it is found again. Its pages are a document (PDF) that is kept
//! beside it, sealed as it is.
//!
//! One that is sent waits in the store between its attempts, so that a restart forgets none.

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

/// Most pages of a document that is to be sent.
pub const FAX_PAGES_MAX: u16 = 100;

/// Most faxes of one tenant that wait to be sent, or are being sent.
pub const FAXES_WAITING_MAX: usize = 100;

/// Most faxes of one tenant that are being sent at once, so that a long list of one leaves
/// machines to others.
pub const FAXES_SENDING_MAX: usize = 8;

/// How often a fax is tried where nobody says otherwise, and at most.
pub const FAX_ATTEMPTS: u8 = 3;
/// See [`FAX_ATTEMPTS`].
pub const FAX_ATTEMPTS_MAX: u8 = 12;

/// Seconds between two attempts where nobody says otherwise, and at most: a day.
pub const FAX_PAUSE: u32 = 180;
/// See [`FAX_PAUSE`].
pub const FAX_PAUSE_MAX: u32 = 86_400;

/// Most characters of the number that a fax is sent to.
pub const FAX_NUMBER_MAX: usize = 32;

/// Which way a fax goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaxDirection {
    /// Somebody called the extension.
    Received,
    /// The extension calls somebody.
    Sent,
}

/// How it stands with a fax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaxState {
    /// It has come, all of it.
    Received,
    /// It has not come, or was not sent, or not all of it. Of one that came the pages that came
    /// are kept.
    Failed,
    /// It waits to be sent, for the first time or once more.
    Queued,
    /// It is being sent.
    Sending,
    /// It was sent, all of it, and the other machine has said so.
    Sent,
}

impl FaxState {
    /// All of them.
    pub const ALL: [FaxState; 5] = [
        FaxState::Received,
        FaxState::Failed,
        FaxState::Queued,
        FaxState::Sending,
        FaxState::Sent,
    ];

    /// Their words in a sentence, for whoever has said another.
    pub const RULE: &str = "must be received, failed, queued, sending or sent";

    /// Whether something is yet to become of it.
    pub fn is_open(self) -> bool {
        match self {
            FaxState::Queued | FaxState::Sending => true,
            FaxState::Received | FaxState::Failed | FaxState::Sent => false,
        }
    }

    /// The word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            FaxState::Received => "received",
            FaxState::Failed => "failed",
            FaxState::Queued => "queued",
            FaxState::Sending => "sending",
            FaxState::Sent => "sent",
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

/// By what a fax was carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaxTransport {
    /// Modems, by sound (G.711).
    G711,
    /// Packets of data (ITU-T T.38).
    T38,
}

/// How a fax was carried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaxCarriage {
    /// By what it was carried at its end: `g711` or `t38`; null where no machine has spoken, and
    /// of faxes from before this was noted.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "t38")]
    pub transport: Option<FaxTransport>,
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

/// What there is to know beside of a fax that is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaxSending {
    /// The number that is called, as whoever sends it has given it.
    pub to: String,
    /// Attempts that were begun.
    pub attempts: u8,
    /// Attempts at most, 1 to [`FAX_ATTEMPTS_MAX`].
    pub attempts_max: u8,
    /// Seconds between two of them, 1 to [`FAX_PAUSE_MAX`].
    pub pause: u32,
    /// While it waits, when it is tried; while it is being sent, when it is taken for cut off
    /// unless whoever sends it says before that it goes on. Nothing once it has ended.
    #[serde(with = "machine::rfc3339::option")]
    pub due: Option<WallTime>,
}

/// A fax that an extension has received, or was to receive, or sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fax {
    /// Its id.
    pub id: FaxId,
    /// Whose.
    pub tenant: TenantId,
    /// The call that it came by, or of the latest attempt; nothing before the first.
    pub call: Option<CallId>,
    /// Who has received it, or sends it.
    pub extension: ExtensionId,
    /// The number that the extension had then.
    pub number: String,
    /// Who calls, as the call shows it: of one that is sent the extension itself.
    pub caller: String,
    /// When the call was answered; of one that is sent, when somebody gave it.
    #[serde(with = "machine::rfc3339")]
    pub began: WallTime,
    /// When the machines had done; of one that is open, when something was last noted of it.
    #[serde(with = "machine::rfc3339")]
    pub ended: WallTime,
    /// How it stands.
    pub state: FaxState,
    /// Why it has failed, where it has; of one that is tried again, why the latest attempt has.
    pub failure: Option<FaxFailure>,
    /// Pages that are kept.
    pub pages: u16,
    /// Octets of its document; 0 where there is none.
    pub octets: u64,
    /// How it was carried.
    pub carriage: FaxCarriage,
    /// What there is to know beside of one that is sent; nothing of one that came.
    #[serde(default)]
    pub sending: Option<FaxSending>,
}

impl Fax {
    /// Which way it goes.
    pub fn direction(&self) -> FaxDirection {
        match self.sending {
            Some(_) => FaxDirection::Sent,
            None => FaxDirection::Received,
        }
    }

    /// The number that is called: of one that came the extension's own.
    pub fn to(&self) -> &str {
        let sending = self.sending.as_ref();
        sending.map_or(&self.number, |sending| &sending.to)
    }

    /// When it is tried next, where it waits for that.
    pub fn next_attempt(&self) -> Option<WallTime> {
        let waits = self.state == FaxState::Queued;
        self.sending.as_ref()?.due.filter(|_| waits)
    }

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
    /// A fax has come, was sent or has failed; nothing while it is open.
    pub fn of_fax(fax: &Fax) -> Option<Event> {
        let kind = match fax.state {
            FaxState::Received => EventKind::FaxReceived,
            FaxState::Failed => EventKind::FaxFailed,
            FaxState::Sent => EventKind::FaxSent,
            FaxState::Queued | FaxState::Sending => return None,
        };
        let attempts = fax.sending.as_ref().map(|sending| sending.attempts);
        Some(Event {
            id: ids::EventId::from_u128(fax.id.as_u128()),
            tenant: fax.tenant,
            kind,
            at: fax.ended,
            cursor: 0,
            subject: fax.id.to_string(),
            data: json!({
                "fax": fax.id,
                "direction": fax.direction(),
                "call": fax.call,
                "extension": fax.extension,
                "number": fax.number,
                "caller": fax.caller,
                "to": fax.to(),
                "attempts": attempts,
                "pages": fax.pages,
                "failure": fax.failure,
                "station": fax.carriage.station,
                "transport": fax.carriage.transport,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_kept_before_transports_were_noted_is_read() {
        let before = r#"{"station":"5550","bits_per_second":9600,"ecm":true,"bad_rows":0}"#;
        let carriage: FaxCarriage = serde_json::from_str(before).unwrap();
        assert_eq!(
            (carriage.transport, carriage.bits_per_second),
            (None, 9_600)
        );
        for (transport, word) in [(FaxTransport::G711, "g711"), (FaxTransport::T38, "t38")] {
            assert_eq!(serde_json::to_value(transport).unwrap(), word);
        }
    }
}
