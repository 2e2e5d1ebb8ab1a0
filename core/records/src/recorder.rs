//! One call's record in the making.

use crate::{news, wording};
use call::{CallEvent, Direction, LegId, What};
use domain::{
    Cdr, CdrLeg, DiversionNote, End, Event, Fault, LegDirection, Moves, Party, PhoneReport,
    PhoneReports, QualityPair, QualitySample, Timeline, Timelines, TransferNote, Way,
};
use ids::{CallId, CdrId, SiteId, TenantId};
use machine::{Clock, Instant, WallTime};
use ports::{Journal, JournalRecord, Mark};
use routing::Diversion;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long an ended call waits for the last quality figures before it is recorded without them.
const FIGURES_WAIT: Duration = Duration::from_secs(2);

/// What signalling and media know of a leg and the call does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegDetails {
    /// Where the party's signalling is.
    pub address: Option<String>,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// Call-ID of its dialog.
    pub sip_call_id: Option<String>,
    /// The codec it speaks.
    pub codec: Option<String>,
    /// The suite by which its sound is protected.
    pub srtp: Option<String>,
    /// The company's site at whose address it is.
    pub site: Option<SiteId>,
}

/// Folds one call's events into its record.
#[derive(Debug)]
pub struct Recorder {
    cdr: Cdr,
    journaled: bool,
    ended: Option<Instant>,
    awaited: BTreeSet<u8>,
}

impl Recorder {
    /// Begins the record of a call.
    #[must_use]
    pub fn begin(id: CdrId, call: CallId, tenant: TenantId, caller: Party, at: WallTime) -> Self {
        let cdr = Cdr {
            id,
            call,
            tenant,
            started: at,
            ringing_at: None,
            answered_at: None,
            ended: at,
            caller,
            dialled: String::new(),
            destination: None,
            legs: Vec::new(),
            end: cut_short(),
            moves: Moves::default(),
            explanation: Vec::new(),
            recovered: false,
        };
        Recorder {
            cdr,
            journaled: false,
            ended: None,
            awaited: BTreeSet::new(),
        }
    }

    /// Goes on with the record of a call that outlived its process.
    #[must_use]
    pub fn resume(cdr: Cdr) -> Self {
        Recorder {
            cdr,
            journaled: true,
            ended: None,
            awaited: BTreeSet::new(),
        }
    }

    /// The record as it stands.
    #[must_use]
    pub fn cdr(&self) -> &Cdr {
        &self.cdr
    }

    /// Takes in one event; gives what the call's company is told of it, if anything.
    pub fn event(
        &mut self,
        event: &CallEvent,
        clock: &Clock,
        journal: &mut dyn Journal,
    ) -> Option<Event> {
        let before = (self.cdr.ringing_at, self.cdr.answered_at);
        self.take_in(event, clock, journal);
        if before != (self.cdr.ringing_at, self.cdr.answered_at) {
            return news::milestone(&self.cdr, &event.what);
        }
        news::news(&self.cdr, event, clock)
    }

    fn take_in(&mut self, event: &CallEvent, clock: &Clock, journal: &mut dyn Journal) {
        let at = clock.wall(event.at);
        if let Some(step) = wording::step(&event.what, at) {
            self.cdr.explanation.push(step);
        }
        match &event.what {
            What::Opened { dialled, .. } => self.cdr.dialled.clone_from(dialled),
            What::LegOpened {
                leg,
                direction,
                party,
            } => {
                self.open_leg(*direction, party, at);
                self.mark_leg(*leg, journal);
            }
            What::Ringing(leg) => self.rings(*leg, at, journal),
            What::Answered(leg) => self.answered(*leg, at, journal),
            What::AnsweredBeside(leg) => {
                if let Some(leg) = self.leg(*leg) {
                    leg.answered_at.get_or_insert(at);
                }
            }
            What::LegClosed { leg, status, .. } => {
                if let Some(leg) = self.leg(*leg) {
                    leg.ended = Some(at);
                    leg.status = Some(*status);
                }
            }
            What::Diverted(diversion) => self.diverted(diversion, at, journal),
            What::TransferRequested { by, to, attended } => {
                let note = TransferNote {
                    at,
                    by: self.number_of(*by),
                    to: to.clone(),
                    attended: *attended,
                    succeeded: false,
                };
                self.cdr.moves.transfers.push(note.clone());
                self.mark(Mark::Transfer(note), journal);
            }
            What::TransferCompleted { .. } => self.transferred(journal),
            What::Ended(end) => {
                self.cdr.end = end.clone();
                self.cdr.ended = at;
                self.ended = Some(event.at);
                name_last_tried(&mut self.cdr);
            }
            What::AnsweredBy { leg, who } => {
                let by = self.leg(*leg).and_then(|leg| leg.by_trunk.as_mut());
                if let Some(by) = by {
                    by.answerer = Some(*who);
                    self.mark_leg(*leg, journal);
                }
            }
            What::FellSilent { leg, one_way } => {
                if let Some(leg) = self.leg(*leg).filter(|_| *one_way) {
                    leg.one_way = leg.one_way.saturating_add(1);
                }
            }
            What::Explained(_)
            | What::Beeped(_)
            | What::Held(_)
            | What::Resumed(_)
            | What::HeardAgain(_)
            | What::WentToFax(_)
            | What::WentToSound(_)
            | What::TransferFailed { .. }
            | What::MergedInto(_) => {}
        }
    }

    /// Marks the beginning of the call in the journal, once; to be called after the events of one
    /// input, so that the first mark already names the legs. A call that is over by then needs no
    /// beginning: its record, which follows at once, says all.
    pub fn settle(&mut self, journal: &mut dyn Journal) {
        if !self.journaled && !self.is_complete() {
            self.journaled = true;
            journal.append(&JournalRecord::Opened(Box::new(self.cdr.clone())));
        }
    }

    /// Whether the journal knows of the call.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.journaled
    }

    /// Adds what signalling and media know of a leg.
    pub fn details(&mut self, leg: LegId, details: LegDetails) {
        let Some(leg) = self.leg(leg) else { return };
        let LegDetails {
            address,
            user_agent,
            sip_call_id,
            codec,
            srtp,
            site,
        } = details;
        if let Some(address) = address {
            leg.address = address;
        }
        if let Some(user_agent) = user_agent {
            leg.user_agent = user_agent;
        }
        if let Some(sip_call_id) = sip_call_id {
            leg.sip_call_id = sip_call_id;
        }
        if codec.is_some() {
            leg.codec = codec;
        }
        if srtp.is_some() {
            leg.srtp = srtp;
        }
        // where it was when it was set up: later it may be spoken to by another way
        leg.site = leg.site.or(site);
    }

    /// The leg's media will still be summed up: the record waits for it.
    pub fn await_quality(&mut self, leg: LegId) {
        self.awaited.insert(leg.number());
    }

    /// The leg's media, summed up.
    pub fn quality(&mut self, leg: LegId, quality: QualityPair) {
        self.awaited.remove(&leg.number());
        if let Some(leg) = self.leg(leg) {
            leg.quality = quality;
        }
    }

    /// What a direction of the leg was in the second that began at a moment.
    pub fn second(&mut self, leg: LegId, way: Way, at: WallTime, sample: QualitySample) {
        let Some(leg) = self.leg(leg) else { return };
        let timeline = match way {
            Way::Received => &mut leg.timelines.received,
            Way::Sent => &mut leg.timelines.sent,
        };
        match timeline {
            Some(timeline) => timeline.note(at, sample),
            None => *timeline = Some(Timeline::begin(at, sample)),
        }
    }

    /// What the leg's telephone tells of how it sounded; whether there is such a leg.
    pub fn reported(&mut self, leg: u8, report: PhoneReport) -> bool {
        let leg = self.cdr.legs.get_mut(usize::from(leg));
        leg.map(|leg| leg.reported.note(report)).is_some()
    }

    /// Whether nothing more is awaited.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.ended.is_some() && self.awaited.is_empty()
    }

    /// When the record is written at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.ended.map(|at| at + FIGURES_WAIT)
    }

    /// The finished record, marked in the journal; what is in the journal reaches the store.
    #[must_use]
    pub fn close(self, journal: &mut dyn Journal) -> Cdr {
        journal.append(&JournalRecord::Closed(Box::new(self.cdr.clone())));
        self.cdr
    }

    fn open_leg(&mut self, direction: Direction, party: &call::Party, at: WallTime) {
        let direction = match direction {
            Direction::Inbound => LegDirection::Incoming,
            Direction::Outbound => LegDirection::Outgoing,
        };
        self.cdr.legs.push(CdrLeg {
            direction,
            party: Party {
                extension: party.extension,
                device: party.device,
                number: party.number.clone(),
                display: party.display.clone(),
            },
            by_trunk: party.trunk.clone(),
            address: String::new(),
            user_agent: String::new(),
            sip_call_id: String::new(),
            started: at,
            ringing_at: None,
            answered_at: None,
            ended: None,
            status: None,
            codec: None,
            srtp: None,
            site: None,
            one_way: 0,
            quality: QualityPair::default(),
            timelines: Timelines::default(),
            reported: PhoneReports::default(),
        });
    }

    fn rings(&mut self, leg: LegId, at: WallTime, journal: &mut dyn Journal) {
        if let Some(leg) = self.leg(leg) {
            leg.ringing_at.get_or_insert(at);
        }
        if self.cdr.ringing_at.is_none() {
            self.cdr.ringing_at = Some(at);
            self.mark(Mark::Ringing { at }, journal);
        }
    }

    fn answered(&mut self, leg: LegId, at: WallTime, journal: &mut dyn Journal) {
        let Some(found) = self.leg(leg) else { return };
        found.answered_at.get_or_insert(at);
        if found.direction == LegDirection::Outgoing {
            if self.cdr.destination.is_none() {
                self.cdr.destination = self.leg(leg).map(|leg| leg.party.clone());
            }
            self.mark_leg(leg, journal);
        }
        if self.cdr.answered_at.is_none() {
            self.cdr.answered_at = Some(at);
            self.mark(Mark::Answered { at }, journal);
        }
    }

    fn mark_leg(&mut self, leg: LegId, journal: &mut dyn Journal) {
        // Before the first mark the record itself will say it.
        if !self.journaled {
            return;
        }
        if let Some(found) = self.leg(leg).cloned() {
            let (index, leg) = (u16::from(leg.number()), Box::new(found));
            self.mark(Mark::Leg { index, leg }, journal);
        }
    }

    fn diverted(&mut self, diversion: &Diversion, at: WallTime, journal: &mut dyn Journal) {
        let note = DiversionNote {
            at,
            by: Party {
                extension: Some(diversion.by),
                device: diversion.device,
                number: diversion.number.clone(),
                display: diversion.display.clone(),
            },
            reason: diversion.reason,
            to: diversion.to.clone(),
        };
        self.cdr.moves.diversions.push(note.clone());
        self.mark(Mark::Diverted(note), journal);
    }

    fn transferred(&mut self, journal: &mut dyn Journal) {
        let Some(last) = self.cdr.moves.transfers.last_mut() else {
            return;
        };
        last.succeeded = true;
        let note = last.clone();
        self.mark(Mark::Transfer(note), journal);
    }

    fn mark(&self, mark: Mark, journal: &mut dyn Journal) {
        // Before the first mark the record itself will say it.
        if self.journaled {
            let Cdr {
                id, call, tenant, ..
            } = self.cdr;
            journal.append(&JournalRecord::Progress {
                call,
                cdr: id,
                tenant,
                mark,
            });
        }
    }

    fn number_of(&mut self, leg: LegId) -> String {
        self.leg(leg)
            .map(|leg| leg.party.number.clone())
            .unwrap_or_default()
    }

    fn leg(&mut self, leg: LegId) -> Option<&mut CdrLeg> {
        self.cdr.legs.get_mut(usize::from(leg.number()))
    }
}

/// A call that nobody answered went to whom it was tried with last.
pub(crate) fn name_last_tried(cdr: &mut Cdr) {
    if cdr.destination.is_none() {
        let mut tried = cdr.legs.iter().rev();
        let last = tried.find(|leg| leg.direction == LegDirection::Outgoing);
        cdr.destination = last.map(|leg| leg.party.clone());
    }
}

/// How a call ended of which nothing more was heard.
fn cut_short() -> End {
    End {
        cause: 41,
        sip_status: 503,
        reason: "the exchange stopped during the call".to_owned(),
        by: Fault::Exchange,
    }
}
