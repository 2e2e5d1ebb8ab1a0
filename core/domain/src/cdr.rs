//! The call detail record: what happened in one call, and why.

use ids::{CallId, CdrId, DeviceId, ExtensionId, SigningKeyId, SiteId, TenantId, TrunkId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use stir::Attestation;

use crate::answerer::Answerer;
use crate::caller_proof::Proved;
use crate::forwards::DivertReason;
use crate::phone_report::{LateReport, PhoneReports};
use crate::timeline::Timelines;

/// One side of a call, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The extension, when it is one of the tenant's.
    pub extension: Option<ExtensionId>,
    /// The device, when it is one of the tenant's.
    pub device: Option<DeviceId>,
    /// The number shown or dialled.
    pub number: String,
    /// The name shown.
    pub display: String,
}

/// What is known of a leg's party at the end of a trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByTrunk {
    /// The trunk.
    pub trunk: TrunkId,
    /// The number called, as the trunk writes it.
    pub called: String,
    /// The number shown, with plus: by us to the carrier in a call that goes out, by the carrier
    /// to us in one that comes in. `None` where none was shown.
    pub shown: Option<String>,
    /// What was vouched for the number in a call that goes out; `None` where nothing was signed.
    #[serde(default)]
    pub vouched: Option<Vouched>,
    /// What is known of the number's proof in a call that came in; `None` where nobody looked.
    #[serde(default)]
    pub proof: Option<Proved>,
    /// Who has answered a call that went out; `None` where nobody listened for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answerer: Option<Answerer>,
}

/// What was vouched for the number of a call (RFC 8588).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// How far.
    pub attestation: Attestation,
    /// By which key.
    pub key: SigningKeyId,
    /// The identifier of the call's origin that went with it, by which others ask for the call.
    pub origid: String,
}

/// Which way a leg was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegDirection {
    /// The peer called us.
    Incoming,
    /// We called the peer.
    Outgoing,
}

/// Quality of one direction of one leg's media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// Packets received.
    pub packets: u64,
    /// Octets of payload received.
    pub octets: u64,
    /// Packets lost, in thousandths of those expected.
    pub loss_permille: u16,
    /// Interarrival jitter in milliseconds (RFC 3550 §6.4.1).
    pub jitter_ms: u16,
    /// Mean opinion score by the E-model (ITU-T G.107), times 100: 100 to 450.
    pub mos_x100: u16,
    /// Packets from strangers that were dropped.
    pub strangers: u64,
}

/// Quality of both directions of one leg's media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityPair {
    /// From the peer to us, measured here.
    pub received: Option<Quality>,
    /// From us to the peer, as far as the peer reported it.
    pub sent: Option<Quality>,
}

/// One leg of a call: one SIP dialog, or one attempt at one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
// tidy: wire
pub struct CdrLeg {
    /// Which way it was set up.
    pub direction: LegDirection,
    /// Who is at the other end.
    pub party: Party,
    /// The trunk by which it went; `None` for parties of the exchange.
    #[serde(default)]
    pub by_trunk: Option<ByTrunk>,
    /// The peer's transport address, such as `192.0.2.7:5060`; empty for a guest.
    pub address: String,
    /// The peer's User-Agent or Server, at most 128 characters.
    pub user_agent: String,
    /// The SIP Call-ID of its dialog.
    pub sip_call_id: String,
    /// When it was started.
    pub started: WallTime,
    /// When it began to ring.
    pub ringing_at: Option<WallTime>,
    /// When it was answered.
    pub answered_at: Option<WallTime>,
    /// When it ended.
    pub ended: Option<WallTime>,
    /// Its final SIP status; `None` when none came.
    pub status: Option<u16>,
    /// The codec agreed on, such as `PCMU/8000`.
    pub codec: Option<String>,
    /// The suite by which its sound was protected (RFC 4568), `None` where it was plain.
    #[serde(default)]
    pub srtp: Option<String>,
    /// The company's site whose network a telephone's address was of, `None` where it was of none.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// How often its party was not heard while the other was.
    #[serde(default)]
    pub one_way: u16,
    /// How well the media went.
    pub quality: QualityPair,
    /// How well it went from second to second.
    #[serde(default, skip_serializing_if = "Timelines::is_empty")]
    pub timelines: Timelines,
    /// What its telephone has told of it.
    #[serde(default, skip_serializing_if = "PhoneReports::is_empty")]
    pub reported: PhoneReports,
}

/// Where the cause of a call's end lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The caller ended it.
    Caller,
    /// The callee ended or refused it.
    Callee,
    /// Messages or media did not get through.
    Network,
    /// The exchange itself failed.
    Exchange,
    /// An operator or an API request ended it.
    Operator,
    /// A rule or a cap refused it.
    Policy,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// ITU-T Q.850 cause, 1 to 127.
    pub cause: u8,
    /// The SIP status that the caller got or would have got; 200 for an answered call.
    pub sip_status: u16,
    /// The reason in words.
    pub reason: String,
    /// Who brought it about.
    pub by: Fault,
}

/// One step of the explanation: what was done, by which rule, and because of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Option<WallTime>,
    /// What was done, such as `ring 2 devices of 101 for 30 s`.
    pub text: String,
    /// The rule that said so, such as `extension.devices`.
    pub rule: String,
    /// The fact that made the rule apply, such as `101 is an extension of this tenant`.
    pub because: String,
}

/// One transfer of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferNote {
    /// When it was asked for.
    pub at: WallTime,
    /// The extension or number that asked.
    pub by: String,
    /// Where to.
    pub to: String,
    /// With consultation (RFC 3891) instead of blind.
    pub attended: bool,
    /// Whether it came about.
    pub succeeded: bool,
}

/// A call went on elsewhere than it was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiversionNote {
    /// When.
    pub at: WallTime,
    /// Whose forward it followed; the device where one of its phones sent the call on.
    pub by: Party,
    /// Why.
    pub reason: DivertReason,
    /// What was dialled in its place.
    pub to: String,
}

/// Where a call went besides where it was for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// Where it went on to before it was answered, in order.
    #[serde(default)]
    pub diversions: Vec<DiversionNote>,
    /// Its transfers, in order.
    pub transfers: Vec<TransferNote>,
}

/// The record of one call. Every call leaves exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cdr {
    /// The record's id, minted when the call began.
    pub id: CdrId,
    /// The call.
    pub call: CallId,
    /// Whose call.
    pub tenant: TenantId,
    /// When the call was accepted for routing.
    pub started: WallTime,
    /// When it first rang.
    pub ringing_at: Option<WallTime>,
    /// When it was answered.
    pub answered_at: Option<WallTime>,
    /// When it ended.
    pub ended: WallTime,
    /// Who called.
    pub caller: Party,
    /// What was dialled, as it came.
    pub dialled: String,
    /// Who answered, or was last tried.
    pub destination: Option<Party>,
    /// All legs, in the order in which they were started.
    pub legs: Vec<CdrLeg>,
    /// How it ended.
    pub end: End,
    /// Where it went besides.
    #[serde(flatten)]
    pub moves: Moves,
    /// Why everything happened, in order.
    pub explanation: Vec<Step>,
    /// Whether the record was completed after the exchange had died in the middle of the call.
    pub recovered: bool,
}

impl Cdr {
    /// Adds what a telephone has told when the record was written already; whether it has such a
    /// leg.
    pub fn note_late(&mut self, late: &LateReport) -> bool {
        let leg = self.legs.get_mut(usize::from(late.leg));
        leg.map(|leg| leg.reported.note(late.report)).is_some()
    }

    /// Milliseconds from the answer to the end; 0 for a call that was not answered.
    pub fn talk_ms(&self) -> u64 {
        let Some(answered) = self.answered_at else {
            return 0;
        };
        u64::try_from(self.ended.unix_ms().saturating_sub(answered.unix_ms())).unwrap_or(0)
    }
}
