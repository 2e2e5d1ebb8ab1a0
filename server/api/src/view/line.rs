//! The views of trunks that a company may use, its numbers, and where its calls would go.

use admin::explain::{Asking, Explained, Help, Question, Told};
use admin::lines::{Lines, OwnNumber, UsableTrunk};
use domain::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A trunk that the company may use.
#[derive(Serialize, ToSchema)]
#[schema(as = UsableTrunk)]
struct UsableTrunkView {
    /// The id.
    id: String,
    /// What routes may call it.
    name: String,
    /// Whether it is the company's own; all others are shared with it from above.
    own: bool,
    /// Whether it carries calls.
    enabled: bool,
}

/// A number of the company's.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnNumber)]
struct OwnNumberView {
    /// The id.
    id: String,
    /// The number, with its plus.
    number: String,
}

/// What a company has towards the telephone network.
#[derive(Serialize, ToSchema)]
#[schema(as = Lines)]
pub(crate) struct LinesView {
    /// The trunks that it may use, its own first.
    trunks: Vec<UsableTrunkView>,
    /// The numbers that are assigned to it, the lowest first.
    numbers: Vec<OwnNumberView>,
}

impl LinesView {
    /// All of a company's.
    pub(crate) fn of(lines: Lines) -> LinesView {
        let trunk = |trunk: UsableTrunk| UsableTrunkView {
            id: trunk.id.to_string(),
            name: trunk.name,
            own: trunk.own,
            enabled: trunk.enabled,
        };
        let number = |number: OwnNumber| OwnNumberView {
            id: number.id.to_string(),
            number: number.number,
        };
        LinesView {
            trunks: lines.trunks.into_iter().map(trunk).collect(),
            numbers: lines.numbers.into_iter().map(number).collect(),
        }
    }
}

/// Who would call what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRouteQuestion {
    /// The extension that would call, by number or id.
    #[serde(default)]
    extension: Option<String>,
    /// In its place: the trunk by which the call would come in, by name or id.
    #[serde(default)]
    trunk: Option<String>,
    /// With a trunk: the caller's number as the carrier writes it; a hidden one where it is left
    /// out.
    #[serde(default)]
    caller: Option<String>,
    /// With an extension: its device that would call, by user name or id; its only one where it is
    /// left out. It tells where a call for help would be from.
    #[serde(default)]
    device: Option<String>,
    /// With an extension: the address from which its messages would come, likewise.
    #[serde(default)]
    #[schema(example = "203.0.113.7")]
    source: Option<String>,
    /// When the call would be (RFC 3339); now where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2031-12-24T10:00:00Z")]
    at: Option<String>,
    /// What is dialled; with a trunk, the called number as the carrier writes it.
    #[schema(example = "03055501")]
    called: String,
}

impl NewRouteQuestion {
    /// The question.
    ///
    /// # Errors
    /// [`Invalid`] unless exactly one of extension and trunk is said, and a caller with a trunk
    /// alone.
    pub(crate) fn question(self) -> Result<Question, Invalid> {
        let caller = match (self.extension, self.trunk, self.caller) {
            (Some(number), None, None) => Asking::Extension(number),
            (Some(_), None, Some(_)) => {
                return Err(Invalid::new("/caller", "must be said with a trunk alone"));
            }
            (None, Some(trunk), number) => Asking::Outside {
                trunk,
                number: number.unwrap_or_default(),
            },
            (None, None, _) | (Some(_), Some(_), _) => {
                let rule = "must be said, or a trunk in its place";
                return Err(Invalid::new("/extension", rule));
            }
        };
        if matches!(caller, Asking::Outside { .. })
            && (self.device.is_some() || self.source.is_some())
        {
            let field = if self.device.is_some() {
                "/device"
            } else {
                "/source"
            };
            return Err(Invalid::new(field, "must be said with an extension alone"));
        }
        let from = match self.source.as_deref().map(str::parse) {
            None => None,
            Some(Ok(from)) => Some(from),
            Some(Err(_)) => return Err(Invalid::new("/source", "must be an IP address")),
        };
        let at = match self.at.as_deref().map(str::parse) {
            None => None,
            Some(Ok(at)) => Some(at),
            Some(Err(_)) => return Err(Invalid::new("/at", "must be a time (RFC 3339)")),
        };
        Ok(Question {
            at,
            caller,
            device: self.device,
            from,
            called: self.called,
        })
    }
}

/// One thing that would be done.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedStep)]
pub(crate) struct StepView {
    /// `ring`, `trunk`, `guest`, `forward` or `refuse`.
    action: String,
    /// Only when this came to pass, such as `102 busy`; null for what is done in any case.
    #[schema(example = "102 busy")]
    condition: Option<String>,
    /// With `forward`: the extension that forwards the call.
    by: Option<String>,
    /// With `forward`: why; `always`, `busy`, `no_answer`, `unreachable` or `phone`.
    when: Option<String>,
    /// The extension that rings, the guest, `echo` or `announcement`, or what is dialled by a
    /// forward.
    target: Option<String>,
    /// The trunk's name.
    trunk: Option<String>,
    /// The number as it goes on the wire.
    called: Option<String>,
    /// The number that is shown; null when none is.
    identity: Option<String>,
    /// How far the call would be attested (RFC 8588); null where it is not signed.
    #[schema(example = "A")]
    attestation: Option<&'static str>,
    /// How long it rings or waits, in seconds.
    seconds: Option<u64>,
    /// How many devices ring.
    devices: Option<usize>,
    /// The SIP status of a refusal.
    status: Option<u16>,
}

/// Why something would be done.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedReason)]
pub(crate) struct PlannedReasonView {
    /// Stable name of the rule.
    rule: String,
    /// What was seen, and what follows.
    because: String,
}

/// What would happen, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedRoute)]
pub(crate) struct ExplainedView {
    /// What would be done, in order; the next when one fails.
    steps: Vec<StepView>,
    /// Why, in the order in which it was found.
    reasons: Vec<PlannedReasonView>,
    /// What a call for help would tell, and whom; null for other calls.
    emergency: Option<PlannedHelpView>,
}

/// What a call for help would tell, and whom.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedHelp)]
struct PlannedHelpView {
    /// The number for help, or the one by which it is tried.
    number: String,
    /// Whether it is only tried where such a call leads.
    test: bool,
    /// The name of the location where the caller would be; null when nobody has said so.
    location: Option<String>,
    /// Its address in one line.
    address: Option<String>,
    /// Whether somebody has made sure that it is right.
    confirmed: bool,
    /// The number that would be shown and called back; null when the company has none.
    callback: Option<String>,
    /// The extension that would take the call when no trunk does.
    desk: Option<String>,
    /// Who would be told by mail.
    mail_to: Vec<String>,
}

fn help(help: Help) -> PlannedHelpView {
    PlannedHelpView {
        number: help.number,
        test: help.test,
        location: help.location,
        address: help.address,
        confirmed: help.confirmed,
        callback: help.callback,
        desk: help.desk,
        mail_to: help.mail_to,
    }
}

impl ExplainedView {
    /// The answer to a question.
    pub(crate) fn of(explained: Explained) -> ExplainedView {
        ExplainedView {
            steps: explained.steps.into_iter().map(step).collect(),
            reasons: explained.reasons.into_iter().map(reason).collect(),
            emergency: explained.emergency.map(help),
        }
    }
}

/// A reason, as it is shown.
pub(crate) fn reason((rule, because): (String, String)) -> PlannedReasonView {
    PlannedReasonView { rule, because }
}

/// A step, as it is shown.
pub(crate) fn step(told: Told) -> StepView {
    StepView {
        action: told.action.to_owned(),
        condition: told.condition,
        by: told.by,
        when: told.when.map(str::to_owned),
        target: told.target,
        trunk: told.trunk,
        called: told.called,
        identity: told.identity,
        attestation: told.attestation,
        seconds: told.seconds,
        devices: told.devices.map(|devices| devices.len()),
        status: told.status,
    }
}
