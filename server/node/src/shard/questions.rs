//! What people ask of a running shard, and its answers. Every question carries the scope of one
//! tenant, and the answers hold that tenant's calls and bindings only.

use super::recording::Asker;
use super::{Shard, Work};
use crate::calls::Entry;
use crate::recordings::{Recorded, Standing};
use call::{Bridge, Direction, HangUp, Input, LegId, LegStage};
use domain::{Ladder, LegSound};
use ids::{CallId, DeviceId, TrunkId};
use machine::Instant;
use ports::{
    LiveCall, LiveConference, LiveError, LiveLeg, LivePush, LiveRecording, LiveRegistration,
    LiveTrunk, LiveUsage, RecordingWish, Seat, SoundsLately, Why,
};
use registrar::{Binding, push_of, without_prid};
use routing::{Guest, Spoken};
use tenancy::{AccountScope, TenantScope};

/// Who asks for a recording here.
const BY_API: Asker<'static> = Asker {
    whose: "asked for by an API request",
    by_phone: false,
};

/// Names a question in its answer.
pub type Ticket = u64;

/// A question or an order of one tenant's.
#[derive(Clone, Debug)]
pub struct Question {
    /// Repeated in the answer.
    pub ticket: Ticket,
    /// Whose.
    pub scope: TenantScope,
    /// What.
    pub ask: Ask,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// All live calls.
    Calls,
    /// One live call.
    Call(CallId),
    /// End a live call; the text is kept with its record.
    HangUp(CallId, String),
    /// Begin, pause or end the recording of a live call.
    Record(CallId, RecordingWish),
    /// All conferences.
    Conferences,
    /// Change what the member of a conference may whose call this is.
    Seat(CallId, Seat),
    /// All bindings.
    Registrations,
    /// The messages of one call, live or just ended.
    Ladder(CallId),
    /// How one live call has sounded so far.
    Quality(CallId),
    /// How all live calls were in the latest so many seconds.
    Sounds(u32),
    /// What is used of the caps.
    Usage,
    /// What is used of trunks.
    Trunks,
}

/// A question about a trunk of an account's.
#[derive(Clone, Debug)]
pub struct TrunkQuestion {
    /// Repeated in the answer.
    pub ticket: Ticket,
    /// Whose; the trunk was found within it.
    pub scope: AccountScope,
    /// Which.
    pub trunk: TrunkId,
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Ask::Calls`].
    Calls(Ticket, Vec<LiveCall>),
    /// To [`Ask::Call`].
    Call(Ticket, Result<Box<LiveCall>, LiveError>),
    /// To [`Ask::HangUp`].
    HungUp(Ticket, Result<(), LiveError>),
    /// To [`Ask::Record`].
    Recorded(Ticket, Result<(), LiveError>),
    /// To [`Ask::Conferences`].
    Conferences(Ticket, Vec<LiveConference>),
    /// To [`Ask::Seat`].
    Seated(Ticket, Result<(), LiveError>),
    /// To [`Ask::Registrations`].
    Registrations(Ticket, Vec<LiveRegistration>),
    /// To [`Ask::Ladder`].
    Ladder(Ticket, Result<Box<Ladder>, LiveError>),
    /// To [`Ask::Quality`].
    Quality(Ticket, Result<Vec<LegSound>, LiveError>),
    /// To [`Ask::Sounds`].
    Sounds(Ticket, SoundsLately),
    /// To [`Ask::Usage`].
    Usage(Ticket, LiveUsage),
    /// To [`Ask::Trunks`], and to a [`TrunkQuestion`].
    Trunks(Ticket, Vec<LiveTrunk>),
}

impl Shard {
    pub(crate) fn question(&mut self, question: Question, now: Instant) {
        let Question { ticket, scope, ask } = question;
        let answer = match ask {
            Ask::Calls => {
                let own = self
                    .calls
                    .iter()
                    .filter(|(_, entry)| entry.tenant == scope.tenant());
                let live = own.filter(|(_, entry)| !entry.call.is_over());
                let mut calls: Vec<LiveCall> = live.map(|(_, entry)| self.show(entry)).collect();
                calls.sort_by_key(|call| call.id);
                Answer::Calls(ticket, calls)
            }
            Ask::Call(id) => {
                let found = self.own_call(&scope, id).ok_or(LiveError::NotFound);
                Answer::Call(ticket, found.map(|entry| Box::new(self.show(entry))))
            }
            Ask::HangUp(id, text) => {
                let found = self.own_call(&scope, id).is_some();
                let key = self.calls.key_of(id).filter(|_| found);
                if let Some(key) = key {
                    let input = Input::HangUp(HangUp::Operator(text));
                    self.turn.work.push_back(Work::Input(key, input));
                }
                Answer::HungUp(ticket, key.map(|_| ()).ok_or(LiveError::NotFound))
            }
            Ask::Record(id, wish) => {
                let own = self.own_call(&scope, id).is_some();
                let key = self.calls.key_of(id).filter(|_| own);
                let done = key.map(|key| self.wish(key, wish, &BY_API, now));
                Answer::Recorded(ticket, done.unwrap_or(Err(LiveError::NotFound)))
            }
            Ask::Conferences => Answer::Conferences(ticket, self.show_conferences(&scope)),
            Ask::Seat(id, seat) => Answer::Seated(ticket, self.take_seat(&scope, id, seat, now)),
            Ask::Registrations => Answer::Registrations(ticket, self.registrations(&scope)),
            Ask::Ladder(id) => {
                let found = self.ladder(&scope, id);
                Answer::Ladder(ticket, found.map(Box::new))
            }
            Ask::Quality(id) => Answer::Quality(ticket, self.sound_of(&scope, id)),
            Ask::Sounds(seconds) => Answer::Sounds(ticket, self.sounds_of(&scope, seconds)),
            Ask::Usage => {
                let mut usage = self.tenants.usage(scope.tenant(), now);
                let held = self.bindings_of(&scope);
                usage.bindings.in_use = u64::try_from(held).unwrap_or(u64::MAX);
                Answer::Usage(ticket, usage)
            }
            Ask::Trunks => Answer::Trunks(ticket, self.trunks_used(&scope, now)),
        };
        self.outbox.answers.push(answer);
    }

    /// What devices and gateways of a tenant have registered.
    fn registrations(&self, scope: &TenantScope) -> Vec<LiveRegistration> {
        let devices = self.registrar.all(scope).into_iter();
        let devices = devices.map(|one| show_binding(one, (Some(one.who), None)));
        let gateways = self.tenants.trunks.gateways.registrar.all(scope);
        let gateways = gateways.into_iter();
        let gateways = gateways.map(|one| show_binding(one, (None, Some(one.who))));
        devices.chain(gateways).collect()
    }

    pub(super) fn own_call(&self, scope: &TenantScope, id: CallId) -> Option<&Entry> {
        let entry = self.calls.get(self.calls.key_of(id)?)?;
        (entry.tenant == scope.tenant() && !entry.call.is_over()).then_some(entry)
    }

    fn recording_of(&self, id: CallId) -> Option<LiveRecording> {
        let key = self.calls.key_of(id)?;
        self.live_recording(self.recorded_of(key))
    }

    pub(super) fn live_recording(&self, of: impl Into<Recorded>) -> Option<LiveRecording> {
        let taping = self.calls.recordings.live(of)?;
        Some(LiveRecording {
            id: taping.id,
            sides: taping.sides,
            kept_by: taping.kept_by,
            paused: taping.standing == Standing::Paused,
        })
    }

    fn show(&self, entry: &Entry) -> LiveCall {
        let summary = entry.call.summary();
        let legs = summary.legs.into_iter().map(|leg| {
            let owner = entry.legs.get(usize::from(leg.number)).copied().flatten();
            let sip = owner
                .and_then(|owner| self.legs.get(owner))
                .map(|entry| &entry.sip);
            LiveLeg {
                leg: leg.number,
                device: leg.party.device,
                number: leg.party.number,
                display: leg.party.display,
                direction: match leg.direction {
                    Direction::Inbound => "incoming".to_owned(),
                    Direction::Outbound => "outgoing".to_owned(),
                },
                state: stage(leg.stage).to_owned(),
                holding: leg.holding,
                codec: sip.and_then(|sip| sip.sound().codec_name()),
                srtp: sip
                    .and_then(|sip| sip.sound().suite_name())
                    .map(str::to_owned),
                user_agent: sip
                    .map(|sip| sip.user_agent().to_owned())
                    .unwrap_or_default(),
            }
        });
        let mut why: Vec<Why> = summary
            .why
            .reasons()
            .iter()
            .map(|reason| Why {
                rule: reason.rule.clone().into_owned(),
                because: reason.because.clone(),
            })
            .collect();
        if let Bridge::Guest(leg, guest) = summary.bridge {
            let whom = match guest {
                Guest::Echo => "the echo",
                Guest::Announcement => "the announcement",
                Guest::Conference(_) => "a conference",
                Guest::Fax(_) => "a fax machine",
                Guest::Speaker(Spoken::Clock) => "the clock",
                Guest::Speaker(Spoken::OwnNumber) => "who says its number",
                Guest::Speaker(Spoken::Announcement(_)) => "an announcement",
            };
            let who = match leg == LegId::FIRST {
                true => "the caller",
                false => "the party called",
            };
            let because = format!("{who} is with {whom}");
            why.push(Why {
                rule: "bridge.guest".to_owned(),
                because,
            });
        }
        LiveCall {
            id: summary.id,
            caller: summary.caller,
            dialled: summary.dialled,
            state: summary.state.to_owned(),
            started: self.clock.wall(summary.opened),
            answered: summary.answered.map(|at| self.clock.wall(at)),
            recording: self.recording_of(summary.id),
            legs: legs.collect(),
            why,
        }
    }
}

fn stage(stage: LegStage) -> &'static str {
    match stage {
        LegStage::Calling => "calling",
        LegStage::Dialled => "dialled",
        LegStage::Ringing => "ringing",
        LegStage::Up => "up",
        LegStage::Closed => "closed",
    }
}

fn show_binding<Who>(
    binding: &Binding<Who>,
    (device, trunk): (Option<DeviceId>, Option<TrunkId>),
) -> LiveRegistration {
    LiveRegistration {
        device,
        trunk,
        contact: without_prid(&binding.contact),
        instance: binding.instance.as_deref().map(str::to_owned),
        push: push_of(&binding.contact).map(|push| LivePush {
            provider: push.provider,
            param: push.param,
            named: push.named,
        }),
        transport: binding.flow.transport.to_string(),
        source: binding.flow.remote.to_string(),
        user_agent: binding.user_agent.clone().into_string(),
        registered: binding.registered_at,
        expires: binding.expires_at,
        former_secret_until: binding.former_until,
    }
}
