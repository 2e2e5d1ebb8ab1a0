//! A living exchange that says what a test tells it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::{
    CdrLeg, Ladder, LegDirection, LegSound, Party, PhoneReport, PhoneReportKind, PhoneReports,
    QualityPair, QualitySample, Rung, Timeline, Timelines, Way,
};
use ids::{CallId, CdrId, DeviceId, RecordingId, TenantId, TrunkId, WebhookId};
use machine::WallTime;
use ports::{
    CallLately, CourierError, HookDesk, Lately, LegLately, LiveCall, LiveConference, LiveError,
    LiveExchange, LiveLeg, LiveQuality, LiveRecording, LiveRegistration, LiveShare, LiveTrunk,
    LiveUsage, Metered, Receipt, RecordingWish, Seat, SoundsLately, StoreError, Why,
};
use tenancy::{AccountScope, TenantScope};
use tokio::sync::Semaphore;

use crate::world::NOON;

/// What each tenant has at this moment.
#[derive(Default)]
pub(crate) struct Exchange {
    pub(crate) replayed: Mutex<Vec<(TenantId, WebhookId)>>,
    pub(crate) calls: Mutex<BTreeMap<TenantId, Vec<LiveCall>>>,
    pub(crate) conferences: Mutex<BTreeMap<TenantId, LiveConference>>,
    pub(crate) registrations: Mutex<BTreeMap<TenantId, Vec<LiveRegistration>>>,
    pub(crate) trunks: Mutex<BTreeMap<TenantId, Vec<LiveTrunk>>>,
    pub(crate) hung_up: Mutex<Vec<(TenantId, CallId, String)>>,
    pub(crate) away: AtomicBool,
    /// While `Some`, each question takes a permit before it is answered.
    pub(crate) door: Mutex<Option<std::sync::Arc<Semaphore>>>,
    pub(crate) asked: std::sync::atomic::AtomicUsize,
}

/// A conference with one member.
pub(crate) fn conference(call: CallId, display: &str) -> LiveConference {
    LiveConference {
        extension: ids::ExtensionId::new(1, 800),
        number: "800".to_owned(),
        display: display.to_owned(),
        most_members: 50,
        began: NOON,
        floor: None,
        recording: None,
        members: vec![ports::LiveMember {
            call,
            number: "101".to_owned(),
            display: String::new(),
            joined: NOON,
            seat: Seat::default(),
            heard: true,
        }],
    }
}

/// A trunk of a tenant's own by which it has talked two minutes of ten.
pub(crate) fn trunk(tenant: TenantId, trunk: TrunkId, name: &str) -> LiveTrunk {
    let share = LiveShare {
        calls: 1,
        calls_most: Some(100),
        talked: std::time::Duration::from_secs(120),
        minutes_most: Some(10),
    };
    LiveTrunk {
        trunk,
        name: name.to_owned(),
        own: true,
        day: domain::TrunkDay {
            began: NOON,
            ends: NOON,
        },
        all: Some(share),
        quality: Some(LiveQuality {
            calls: 40,
            answer_percent: Some(55),
            ..LiveQuality::default()
        }),
        each: vec![(tenant, share)],
    }
}

pub(crate) fn call(id: CallId, caller: &str, dialled: &str) -> LiveCall {
    LiveCall {
        id,
        caller: caller.to_owned(),
        dialled: dialled.to_owned(),
        state: "talking".to_owned(),
        started: NOON,
        answered: Some(NOON),
        recording: None,
        legs: vec![LiveLeg {
            leg: 0,
            device: None,
            number: caller.to_owned(),
            display: String::new(),
            direction: "incoming".to_owned(),
            state: "up".to_owned(),
            holding: false,
            codec: Some("PCMA/8000".to_owned()),
            srtp: None,
            user_agent: "Phone/1".to_owned(),
        }],
        why: vec![Why {
            rule: "extension.devices".to_owned(),
            because: format!("{dialled} is an extension of this tenant"),
        }],
    }
}

/// What was said in a call: its INVITE.
pub(crate) fn ladder(tenant: TenantId, call: &LiveCall) -> Ladder {
    Ladder {
        cdr: CdrId::new(1, 7),
        call: call.id,
        tenant,
        rungs: vec![Rung {
            at: NOON,
            leg: 0,
            way: Way::Received,
            transport: "udp".to_owned(),
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "192.0.2.7:5062".parse().unwrap(),
            steps: 0,
            text: format!("INVITE sip:{} SIP/2.0\r\n\r\n", call.dialled),
        }],
        explanation: Vec::new(),
        lost: 0,
    }
}

/// What its telephone told of it when the call was over.
fn reported() -> PhoneReports {
    let mut reports = PhoneReports::default();
    reports.note(PhoneReport {
        kind: PhoneReportKind::Session,
        at: NOON,
        loss_permille: Some(12),
        discard_permille: None,
        burst_permille: Some(250),
        burst_ms: Some(80),
        round_trip_ms: Some(40),
        end_system_ms: Some(60),
        jitter_ms: Some(2),
        listening_mos_x100: Some(410),
        conversation_mos_x100: Some(390),
    });
    reports
}

/// How a caller was heard for three seconds: of the second nothing is known, the third was bad.
pub(crate) fn timelines() -> Timelines {
    let sample = |lost, mos| QualitySample {
        expected: 50,
        lost,
        jitter: 25,
        mos_x100: Some(mos),
        level: Some(31),
        ..QualitySample::default()
    };
    let mut received = Timeline::begin(NOON, sample(0, 441));
    let later = NOON + std::time::Duration::from_secs(2);
    received.note(later, sample(10, 250));
    Timelines {
        received: Some(received),
        sent: None,
    }
}

/// The caller's leg of an ended call.
pub(crate) fn leg(number: &str) -> CdrLeg {
    CdrLeg {
        direction: LegDirection::Incoming,
        party: Party {
            number: number.to_owned(),
            ..Party::default()
        },
        by_trunk: None,
        address: "192.0.2.7:5062".to_owned(),
        user_agent: "Phone/1".to_owned(),
        sip_call_id: "a@b".to_owned(),
        started: NOON,
        ringing_at: None,
        answered_at: Some(NOON),
        ended: Some(NOON),
        status: Some(200),
        codec: Some("PCMA/8000".to_owned()),
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair::default(),
        timelines: timelines(),
        reported: reported(),
    }
}

/// How that call sounded.
fn sound(call: &LiveCall) -> LegSound {
    let number = call.caller.clone();
    LegSound {
        direction: LegDirection::Incoming,
        party: Party {
            number,
            ..Party::default()
        },
        timelines: timelines(),
        reported: reported(),
    }
}

/// What that was lately.
fn lately(call: &LiveCall, seconds: u32) -> CallLately {
    let LegSound {
        direction,
        party,
        timelines,
        ..
    } = sound(call);
    let received = timelines.received.and_then(|line| line.latest(seconds));
    let received = received.map(|(until, sample)| Lately { until, sample });
    CallLately {
        call: call.id,
        legs: vec![LegLately {
            leg: 0,
            direction,
            party,
            received,
            sent: None,
        }],
    }
}

pub(crate) fn registration(device: DeviceId, contact: &str) -> LiveRegistration {
    LiveRegistration {
        device: Some(device),
        trunk: None,
        contact: contact.to_owned(),
        instance: None,
        push: None,
        transport: "udp".to_owned(),
        source: "192.0.2.7:5062".to_owned(),
        user_agent: "Phone/1".to_owned(),
        registered: NOON,
        expires: WallTime::from_unix_ms(NOON.unix_ms() + 60_000),
        former_secret_until: None,
    }
}

impl Exchange {
    async fn enter(&self) -> Result<(), LiveError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let door = self.door.lock().unwrap().clone();
        if let Some(door) = door {
            door.acquire().await.unwrap().forget();
        }
        if self.away.load(Ordering::SeqCst) {
            return Err(LiveError::Unavailable);
        }
        Ok(())
    }
}

#[async_trait]
impl LiveExchange for Exchange {
    async fn calls(&self, scope: &TenantScope) -> Result<Vec<LiveCall>, LiveError> {
        self.enter().await?;
        let calls = self.calls.lock().unwrap();
        Ok(calls.get(&scope.tenant()).cloned().unwrap_or_default())
    }

    async fn call(&self, scope: &TenantScope, id: CallId) -> Result<LiveCall, LiveError> {
        let calls = self.calls(scope).await?;
        calls
            .into_iter()
            .find(|call| call.id == id)
            .ok_or(LiveError::NotFound)
    }

    async fn hang_up(&self, scope: &TenantScope, id: CallId, text: &str) -> Result<(), LiveError> {
        self.call(scope, id).await?;
        let mut calls = self.calls.lock().unwrap();
        calls
            .get_mut(&scope.tenant())
            .unwrap()
            .retain(|call| call.id != id);
        self.hung_up
            .lock()
            .unwrap()
            .push((scope.tenant(), id, text.to_owned()));
        Ok(())
    }

    async fn record(
        &self,
        scope: &TenantScope,
        id: CallId,
        wish: RecordingWish,
    ) -> Result<(), LiveError> {
        self.call(scope, id).await?;
        let mut calls = self.calls.lock().unwrap();
        let calls = calls.get_mut(&scope.tenant()).unwrap();
        let call = calls.iter_mut().find(|call| call.id == id).unwrap();
        let asked = match wish {
            RecordingWish::On(sides) => sides,
            RecordingWish::Paused | RecordingWish::Off => None,
        };
        let on = |paused| LiveRecording {
            id: call.recording.map_or(RecordingId::new(1, 9), |one| one.id),
            sides: call
                .recording
                .map(|one| one.sides)
                .or(asked)
                .unwrap_or_default(),
            kept_by: domain::RecordingKeeper::default(),
            paused,
        };
        call.recording = match wish {
            RecordingWish::On(_) => Some(on(false)),
            RecordingWish::Paused if call.recording.is_none() => return Err(LiveError::NotNow),
            RecordingWish::Paused => Some(on(true)),
            RecordingWish::Off => None,
        };
        Ok(())
    }

    async fn conferences(&self, scope: &TenantScope) -> Result<Vec<LiveConference>, LiveError> {
        self.enter().await?;
        let all = self.conferences.lock().unwrap();
        let own = all.get(&scope.tenant());
        Ok(own.cloned().into_iter().collect())
    }

    async fn seat(&self, scope: &TenantScope, id: CallId, seat: Seat) -> Result<(), LiveError> {
        self.call(scope, id).await?;
        let mut all = self.conferences.lock().unwrap();
        let own = all.get_mut(&scope.tenant());
        let members = &mut own.ok_or(LiveError::NotInConference)?.members;
        let is_there = |call| members.iter().any(|member| member.call == call);
        if seat
            .coaches
            .is_some_and(|pupil| pupil == id || !is_there(pupil))
        {
            return Err(LiveError::NobodyToCoach);
        }
        let member = members.iter_mut().find(|member| member.call == id);
        member.ok_or(LiveError::NotInConference)?.seat = seat;
        Ok(())
    }

    async fn ladder(&self, scope: &TenantScope, id: CallId) -> Result<Ladder, LiveError> {
        let call = self.call(scope, id).await?;
        Ok(ladder(scope.tenant(), &call))
    }

    async fn quality(&self, scope: &TenantScope, id: CallId) -> Result<Vec<LegSound>, LiveError> {
        let call = self.call(scope, id).await?;
        Ok(vec![sound(&call)])
    }

    async fn sounds(&self, scope: &TenantScope, seconds: u32) -> Result<SoundsLately, LiveError> {
        let calls = self.calls(scope).await?;
        let lately = calls.iter().map(|call| lately(call, seconds));
        Ok(SoundsLately::of(lately.collect()))
    }

    async fn registrations(&self, scope: &TenantScope) -> Result<Vec<LiveRegistration>, LiveError> {
        self.enter().await?;
        let all = self.registrations.lock().unwrap();
        Ok(all.get(&scope.tenant()).cloned().unwrap_or_default())
    }

    async fn usage(&self, scope: &TenantScope) -> Result<LiveUsage, LiveError> {
        let count = |number: usize| Metered::new(u64::try_from(number).unwrap_or_default(), 0);
        Ok(LiveUsage {
            concurrent_calls: count(self.calls(scope).await?.len()),
            bindings: count(self.registrations(scope).await?.len()),
            ..LiveUsage::default()
        })
    }

    async fn trunks(&self, scope: &TenantScope) -> Result<Vec<LiveTrunk>, LiveError> {
        self.enter().await?;
        let all = self.trunks.lock().unwrap();
        Ok(all.get(&scope.tenant()).cloned().unwrap_or_default())
    }

    async fn account_trunk(
        &self,
        _: &AccountScope,
        trunk: TrunkId,
    ) -> Result<Option<LiveTrunk>, LiveError> {
        self.enter().await?;
        let all = self.trunks.lock().unwrap();
        let mut used = all.values().flatten();
        Ok(used.find(|one| one.trunk == trunk).cloned())
    }

    fn is_ready(&self) -> bool {
        !self.away.load(Ordering::SeqCst)
    }

    fn metrics(&self) -> String {
        "# TYPE strowger_calls gauge\nstrowger_calls 1\n# EOF\n".to_owned()
    }
}

#[async_trait]
impl HookDesk for Exchange {
    fn replayed(&self, tenant: TenantId, webhook: WebhookId) {
        self.replayed.lock().unwrap().push((tenant, webhook));
    }

    async fn ping(
        &self,
        _: &TenantScope,
        _: WebhookId,
    ) -> Result<Result<Receipt, CourierError>, StoreError> {
        Ok(Ok(Receipt {
            status: 204,
            retry_after: None,
        }))
    }
}
