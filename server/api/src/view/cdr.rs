//! The view of a call record.

pub(super) mod leg;

use domain::{Cdr, DiversionNote, DivertReason, End, Fault, Party, Step, TransferNote};
use ids::{CallId, CdrId, DeviceId, ExtensionId, TenantId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

use leg::CdrLegView;

/// One side of a call, as far as it is known.
#[derive(Serialize, ToSchema)]
#[schema(as = Party)]
pub(crate) struct PartyView {
    /// The id of the extension, when it is one of the tenant's.
    #[schema(value_type = Option<String>)]
    extension: Option<ExtensionId>,
    /// The id of the device, when it is one of the tenant's.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// The number shown or dialled.
    number: String,
    /// The name shown.
    display: String,
}

impl From<Party> for PartyView {
    fn from(party: Party) -> Self {
        PartyView {
            extension: party.extension,
            device: party.device,
            number: party.number,
            display: party.display,
        }
    }
}

/// Who brought the end of a call about: the caller, the callee, messages or media that did not
/// get through, the exchange itself, an operator or an API request, a rule or a cap.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EndedBy)]
pub(crate) enum EndedByView {
    /// The caller.
    Caller,
    /// The callee.
    Callee,
    /// Messages or media did not get through.
    Network,
    /// The exchange itself failed.
    Exchange,
    /// An operator or an API request.
    Operator,
    /// A rule or a cap.
    Policy,
}

impl From<Fault> for EndedByView {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Caller => EndedByView::Caller,
            Fault::Callee => EndedByView::Callee,
            Fault::Network => EndedByView::Network,
            Fault::Exchange => EndedByView::Exchange,
            Fault::Operator => EndedByView::Operator,
            Fault::Policy => EndedByView::Policy,
        }
    }
}

/// How a call ended.
#[derive(Serialize, ToSchema)]
#[schema(as = End)]
pub(crate) struct EndView {
    /// ITU-T Q.850 cause, 1 to 127.
    cause: u8,
    /// The SIP status that the caller got or would have got; 200 for an answered call.
    sip_status: u16,
    /// The reason in words.
    reason: String,
    /// Who brought it about.
    by: EndedByView,
}

impl From<End> for EndView {
    fn from(end: End) -> Self {
        EndView {
            cause: end.cause,
            sip_status: end.sip_status,
            reason: end.reason,
            by: end.by.into(),
        }
    }
}

/// One step of the explanation.
#[derive(Serialize, ToSchema)]
#[schema(as = Step)]
pub(crate) struct StepView {
    /// When.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<WallTime>,
    /// What was done.
    #[schema(example = "ring 2 devices of 101 for 30 s")]
    text: String,
    /// Stable name of the rule that said so.
    #[schema(example = "extension.devices")]
    rule: String,
    /// The fact that made the rule apply.
    because: String,
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        StepView {
            at: step.at,
            text: step.text,
            rule: step.rule,
            because: step.because,
        }
    }
}

/// A call went on elsewhere than it was for.
#[derive(Serialize, ToSchema)]
#[schema(as = Diversion)]
pub(crate) struct DiversionView {
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// The extension whose forward it followed; its device too where that sent the call on.
    by: PartyView,
    /// Why.
    reason: DivertReason,
    /// What was dialled in its place.
    #[schema(example = "103")]
    to: String,
}

impl From<DiversionNote> for DiversionView {
    fn from(note: DiversionNote) -> Self {
        DiversionView {
            at: note.at,
            by: note.by.into(),
            reason: note.reason,
            to: note.to,
        }
    }
}

/// One transfer of a call.
#[derive(Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(crate) struct TransferView {
    /// When it was asked for.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// The extension or number that asked.
    by: String,
    /// Where to.
    to: String,
    /// With consultation instead of blind.
    attended: bool,
    /// Whether it came about.
    succeeded: bool,
}

impl From<TransferNote> for TransferView {
    fn from(note: TransferNote) -> Self {
        TransferView {
            at: note.at,
            by: note.by,
            to: note.to,
            attended: note.attended,
            succeeded: note.succeeded,
        }
    }
}

/// The record of one call.
#[derive(Serialize, ToSchema)]
#[schema(as = Cdr)]
// tidy: wire
pub(crate) struct CdrView {
    /// The record's id.
    #[schema(value_type = String, example = "cdr_01hg5z3r8k0000000000000000")]
    id: CdrId,
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// The tenant's id.
    #[schema(value_type = String)]
    tenant: TenantId,
    /// When the call was accepted for routing.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    started: WallTime,
    /// When it first rang.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ringing_at: Option<WallTime>,
    /// When it was answered.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<WallTime>,
    /// When it ended.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    ended: WallTime,
    /// Milliseconds from the answer to the end; 0 for a call that was not answered.
    talk_ms: u64,
    /// Who called.
    caller: PartyView,
    /// What was dialled, as it came.
    dialled: String,
    /// Who answered, or was last tried.
    destination: Option<PartyView>,
    /// All legs, in the order in which they were started.
    legs: Vec<CdrLegView>,
    /// How it ended.
    end: EndView,
    /// Where it went on to before it was answered, in order.
    diversions: Vec<DiversionView>,
    /// Its transfers, in order.
    transfers: Vec<TransferView>,
    /// Why everything happened, in order.
    explanation: Vec<StepView>,
    /// Whether the record was completed after the exchange had died in the middle of the call.
    recovered: bool,
}

impl From<Cdr> for CdrView {
    fn from(cdr: Cdr) -> Self {
        CdrView {
            id: cdr.id,
            call: cdr.call,
            tenant: cdr.tenant,
            started: cdr.started,
            ringing_at: cdr.ringing_at,
            answered_at: cdr.answered_at,
            ended: cdr.ended,
            talk_ms: cdr.talk_ms(),
            caller: cdr.caller.into(),
            dialled: cdr.dialled,
            destination: cdr.destination.map(PartyView::from),
            legs: cdr.legs.into_iter().map(CdrLegView::from).collect(),
            end: cdr.end.into(),
            diversions: cdr
                .moves
                .diversions
                .into_iter()
                .map(DiversionView::from)
                .collect(),
            transfers: cdr
                .moves
                .transfers
                .into_iter()
                .map(TransferView::from)
                .collect(),
            explanation: cdr.explanation.into_iter().map(StepView::from).collect(),
            recovered: cdr.recovered,
        }
    }
}

/// Why a call went as it went.
#[derive(Serialize, ToSchema)]
#[schema(as = CdrReasons)]
pub(crate) struct CdrReasonsView {
    /// The record's id.
    #[schema(value_type = String)]
    cdr: CdrId,
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// The steps, in order.
    explanation: Vec<StepView>,
    /// How it ended.
    end: EndView,
}

impl From<Cdr> for CdrReasonsView {
    fn from(cdr: Cdr) -> Self {
        CdrReasonsView {
            cdr: cdr.id,
            call: cdr.call,
            explanation: cdr.explanation.into_iter().map(StepView::from).collect(),
            end: cdr.end.into(),
        }
    }
}
