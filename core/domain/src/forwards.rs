//! Where the calls of an extension go on to that it does not take itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::ring_seconds::{RING_SECONDS_MAX, RING_SECONDS_MIN};
use crate::text;

/// How long phones ring before a call goes on, where nothing else is said, in seconds.
pub const FORWARD_SECONDS_DEFAULT: u16 = 20;

/// Longest number that calls go on to, in characters.
const TO_MAX: usize = 32;

/// Why a call went on elsewhere than it was for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DivertReason {
    /// The extension forwards all its calls.
    Always,
    /// Its phones are busy, or declined the call.
    Busy,
    /// Nobody answered in time.
    NoAnswer,
    /// None of its phones is registered, or none could be reached.
    Unreachable,
    /// One of its phones sent the call on (RFC 3261 §21.3).
    Phone,
}

impl DivertReason {
    /// The word, as in documents and records.
    pub fn as_str(self) -> &'static str {
        match self {
            DivertReason::Always => "always",
            DivertReason::Busy => "busy",
            DivertReason::NoAnswer => "no_answer",
            DivertReason::Unreachable => "unreachable",
            DivertReason::Phone => "phone",
        }
    }
}

/// Where calls go on to that nobody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoAnswer {
    /// What is dialled then, as the extension would.
    #[schema(pattern = "^[0-9A-Za-z*#+._-]{1,32}$", example = "103")]
    pub to: String,
    /// How long its phones ring before, 5 to 300 seconds, in the place of `ring_seconds`.
    #[serde(default = "after_seconds_default")]
    #[schema(default = 20, minimum = 5, maximum = 300)]
    pub after_seconds: u16,
}

fn after_seconds_default() -> u16 {
    FORWARD_SECONDS_DEFAULT
}

/// Where calls of an extension go on to: numbers as the extension would dial them, inside the
/// company or outside. Outside, it is the extension that calls: its classes of calls, its routes,
/// its number and its budgets count, and never the caller's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Forwards {
    /// Where all calls go, without ringing here.
    #[schema(pattern = "^[0-9A-Za-z*#+._-]{1,32}$", example = "103")]
    pub always: Option<String>,
    /// Where calls go while its phones are busy, or when they decline.
    #[schema(pattern = "^[0-9A-Za-z*#+._-]{1,32}$", example = "103")]
    pub busy: Option<String>,
    /// Where calls go that nobody answers.
    pub no_answer: Option<NoAnswer>,
    /// Where calls go while none of its phones is registered or can be reached.
    #[schema(pattern = "^[0-9A-Za-z*#+._-]{1,32}$", example = "+493055501")]
    pub unreachable: Option<String>,
}

impl Forwards {
    /// Where calls go on to for a reason; a phone says by itself where to.
    pub fn to(&self, reason: DivertReason) -> Option<&str> {
        match reason {
            DivertReason::Always => self.always.as_deref(),
            DivertReason::Busy => self.busy.as_deref(),
            DivertReason::NoAnswer => self.no_answer.as_ref().map(|forward| &*forward.to),
            DivertReason::Unreachable => self.unreachable.as_deref(),
            DivertReason::Phone => None,
        }
    }

    /// The forwards of the extension with this number keep the rules.
    ///
    /// # Errors
    /// The first field that breaks one.
    pub(crate) fn validate(&self, own: &str) -> Result<(), Invalid> {
        let said = [
            (DivertReason::Always, "/forwards/always"),
            (DivertReason::Busy, "/forwards/busy"),
            (DivertReason::NoAnswer, "/forwards/no_answer/to"),
            (DivertReason::Unreachable, "/forwards/unreachable"),
        ];
        for (reason, field) in said {
            let Some(to) = self.to(reason) else { continue };
            rule(
                text::is_word(to, TO_MAX, b"*#+._-"),
                field,
                "must be 1 to 32 letters, digits or * # + . _ -",
            )?;
            rule(
                to != own,
                field,
                "must be another number than the extension's own",
            )?;
        }
        let after = self.no_answer.as_ref().map(|forward| forward.after_seconds);
        rule(
            after.is_none_or(|after| (RING_SECONDS_MIN..=RING_SECONDS_MAX).contains(&after)),
            "/forwards/no_answer/after_seconds",
            "must be 5 to 300 seconds",
        )
    }
}
