//! The living exchange, as the API and the command line see it.

use async_trait::async_trait;
use domain::{Ladder, LegSound};
use ids::{CallId, DeviceId, TrunkId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::{AccountScope, TenantScope};

use crate::live_conference::{LiveConference, Seat};
use crate::live_recording::{LiveRecording, RecordingWish};
use crate::live_sound::SoundsLately;
use crate::live_trunk::LiveTrunk;
use crate::live_usage::LiveUsage;

/// One leg of a live call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveLeg {
    /// Its number in the call, from 0.
    pub leg: u8,
    /// The device at its end.
    pub device: Option<DeviceId>,
    /// Its number.
    pub number: String,
    /// Its name.
    pub display: String,
    /// `incoming` or `outgoing`, seen from the exchange.
    pub direction: String,
    /// `calling`, `dialled`, `ringing`, `up` or `closed`.
    pub state: String,
    /// Whether its party has put the other on hold.
    pub holding: bool,
    /// The codec in use.
    pub codec: Option<String>,
    /// The suite by which its sound is protected; `None` where it is plain.
    #[serde(default)]
    pub srtp: Option<String>,
    /// What the device calls itself.
    pub user_agent: String,
}

/// A reason, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Stable name of the rule.
    pub rule: String,
    /// The fact that made it apply.
    pub because: String,
}

/// One live call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCall {
    /// Its id.
    pub id: CallId,
    /// The caller's number.
    pub caller: String,
    /// What was dialled.
    pub dialled: String,
    /// `ringing`, `talking`, `transferring`.
    pub state: String,
    /// Since when.
    #[serde(with = "machine::rfc3339")]
    pub started: WallTime,
    /// Since when it is being talked.
    #[serde(with = "machine::rfc3339::option")]
    pub answered: Option<WallTime>,
    /// Its recording, or that of the conference that it attends, while there is one.
    #[serde(default)]
    pub recording: Option<LiveRecording>,
    /// Its legs, ended ones included.
    pub legs: Vec<LiveLeg>,
    /// Why it is where it is, oldest reason first.
    pub why: Vec<Why>,
}

/// What a phone that sleeps is to be woken with (RFC 8599); kept for whoever will wake it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LivePush {
    /// Which service wakes it (`pn-provider`).
    pub provider: String,
    /// What that service is told beside (`pn-param`); may be empty.
    pub param: String,
    /// Whether it is named to that service (`pn-prid`). By what name is not shown: whoever has it
    /// can wake the phone.
    pub named: bool,
}

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveRegistration {
    /// The device; none where a gateway has registered.
    pub device: Option<DeviceId>,
    /// The trunk whose gateway has registered; none where a device has.
    pub trunk: Option<TrunkId>,
    /// The contact it gave.
    pub contact: String,
    /// Which phone it is, as that says itself (`+sip.instance`).
    pub instance: Option<String>,
    /// What it is to be woken with.
    pub push: Option<LivePush>,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    pub transport: String,
    /// Where its packets come from.
    pub source: String,
    /// What it calls itself.
    pub user_agent: String,
    /// When it registered or last refreshed.
    #[serde(with = "machine::rfc3339")]
    pub registered: WallTime,
    /// When it ends.
    #[serde(with = "machine::rfc3339")]
    pub expires: WallTime,
    /// Where the device proved itself with its former secret: when that one is void.
    #[serde(with = "machine::rfc3339::option")]
    pub former_secret_until: Option<WallTime>,
}

/// Why the living exchange cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveError {
    /// No such call of this tenant, or no more.
    NotFound,
    /// The call is not being talked, its conference is never recorded, or as many calls are
    /// recorded as may be.
    NotNow,
    /// The call is in no conference.
    NotInConference,
    /// Whom a call is to coach is no other member of its conference.
    NobodyToCoach,
    /// The exchange is starting, stopping or too busy to say; worth another try.
    Unavailable,
}

/// What can be asked of a running exchange. Every question carries the scope of
/// one tenant, or of the account whose trunk is asked about.
#[async_trait]
pub trait LiveExchange: Send + Sync {
    /// The tenant's live calls, oldest first.
    async fn calls(&self, scope: &TenantScope) -> Result<Vec<LiveCall>, LiveError>;
    /// One live call.
    async fn call(&self, scope: &TenantScope, id: CallId) -> Result<LiveCall, LiveError>;
    /// Ends a live call; the text is kept with its record.
    async fn hang_up(&self, scope: &TenantScope, id: CallId, text: &str) -> Result<(), LiveError>;
    /// Begins, pauses or ends the recording of a live call, or of the conference that it attends;
    /// what is so already stays.
    async fn record(
        &self,
        scope: &TenantScope,
        id: CallId,
        wish: RecordingWish,
    ) -> Result<(), LiveError>;
    /// The tenant's conferences in which there is somebody, in the order of their ids.
    async fn conferences(&self, scope: &TenantScope) -> Result<Vec<LiveConference>, LiveError>;
    /// Changes what the member of a conference may whose call this is.
    async fn seat(&self, scope: &TenantScope, id: CallId, seat: Seat) -> Result<(), LiveError>;
    /// The SIP messages of a call that lives or has just ended.
    async fn ladder(&self, scope: &TenantScope, id: CallId) -> Result<Ladder, LiveError>;
    /// How the legs of a live call have sounded so far, in the order in which they were started.
    async fn quality(&self, scope: &TenantScope, id: CallId) -> Result<Vec<LegSound>, LiveError>;
    /// How the tenant's live calls were in the latest so many seconds that are known of each.
    async fn sounds(&self, scope: &TenantScope, seconds: u32) -> Result<SoundsLately, LiveError>;
    /// The tenant's bindings, in the order of their ids.
    async fn registrations(&self, scope: &TenantScope) -> Result<Vec<LiveRegistration>, LiveError>;
    /// What the tenant uses of the caps that telephones meet.
    async fn usage(&self, scope: &TenantScope) -> Result<LiveUsage, LiveError>;
    /// What is used of the trunks that the tenant may use, as far as it is for the tenant.
    async fn trunks(&self, scope: &TenantScope) -> Result<Vec<LiveTrunk>, LiveError>;
    /// What is used of a trunk that was found within an account's scope; `None` while nobody may
    /// use it. A tenant's own trunk is never told of.
    async fn account_trunk(
        &self,
        scope: &AccountScope,
        trunk: TrunkId,
    ) -> Result<Option<LiveTrunk>, LiveError>;
    /// Whether calls are accepted.
    fn is_ready(&self) -> bool;
    /// All figures of the exchange in the text form of Prometheus, version 0.0.4.
    fn metrics(&self) -> String;
}
