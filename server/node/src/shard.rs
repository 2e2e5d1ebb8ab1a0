//! The shard: its fields, its doors, and the loop that follows one thing until nothing follows.

mod admission;
mod announcing;
mod calling_out;
mod carriers;
mod coming_in;
mod conferring;
mod deadlines;
mod desk;
mod dialling;
mod dispatch;
mod emergency;
mod ending;
mod entertaining;
mod faxing;
mod gateways;
mod gruu;
mod guard;
mod handed_on;
mod header_rules;
mod homing;
mod invite;
mod listing;
mod media_notices;
mod messaging;
mod minutes;
mod names;
mod notifying;
mod on_net;
mod orders;
mod originating;
mod peers;
mod picture;
mod plan;
mod proof;
mod protection;
mod publishing;
mod quality;
mod questions;
mod recorded_rooms;
mod recording;
mod recording_client;
mod recording_metadata;
mod recording_server;
mod recording_sessions;
mod recording_sounds;
mod register;
mod registration;
mod remembering;
mod replaces;
mod restore;
mod seconds;
mod speaking;
mod subscribing;
mod texts;
mod tolls;
mod turns;
mod verifying;
mod voice_reporting;

pub use names::{NameAsk, Searcher};
pub use questions::{Answer, Ask, Question, Ticket, TrunkQuestion};
pub use verifying::CertificateAsk;

use crate::budgets::Contained;
use crate::calls::Calls;
use crate::door::{Door, Proofs};
use crate::faxes::FaxOrder;
use crate::intake::Intake;
use crate::lamps::Lamps;
use crate::legs::Legs;
use crate::letters::Letters;
use crate::music::{MusicAsks, MusicFigures};
use crate::recordings::{RecordingFigures, RecordingOrder};
use crate::remembered::{Remembered, Seen};
use crate::sayings::SayAsk;
use crate::signalling::{Signalling, UsageConfigs};
use crate::tenants::Tenants;
use crate::trunks::Gateways;
use crate::turn::{Turn, Work};
use crate::waiting_texts::WaitingTexts;
use crate::{
    Challenges, Config, DoorFigures, Figures, HeardFigures, LiveFigures, ToldFigures, TrunkFigures,
};
use deadlines::Wake;
use defence::Defence;
use domain::{Ban, Cdr, CompiledTenant, Event, Ladder, LateReport};
use ids::{DeviceId, TenantId};
use machine::{Clock, Instant, Random, TimerTable};
use media::{Command, Lifted, Notice, PortLimits, PortRange, Ports};
use ports::{Bucket, Journal, Snapshots};
use registrar::{GruuKey, Output as BindingOutput, Registrar};
use sip_leg::Secrets;
use sip_message::Flow;
use sip_stack::dialog::Dialogs;
use sip_stack::digest::{Authenticator, Settings};
use sip_stack::transaction::{self, Transactions, Transmit};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// Where a shard writes what must outlive it.
pub struct Stores {
    /// Records in the making.
    pub journal: Box<dyn Journal>,
    /// Bindings and calls as they were last.
    pub snapshots: Box<dyn Snapshots>,
}

/// What a shard has for the outside after one turn.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Messages to send.
    pub transmits: Vec<Transmit>,
    /// Orders to media.
    pub media: Vec<Command>,
    /// Answers to questions.
    pub answers: Vec<Answer>,
    /// Finished records; each is in the journal already.
    pub records: Vec<Cdr>,
    /// Questions to the name system.
    pub names: Vec<NameAsk>,
    /// Certificates to fetch.
    pub certificates: Vec<CertificateAsk>,
    /// Music of companies' own that is wanted.
    pub music: MusicAsks,
    /// What is to be said to callers.
    pub sayings: Vec<SayAsk>,
    /// Recordings that begin and end, in order.
    pub recordings: Vec<RecordingOrder>,
    /// Faxes that begin and end, in order.
    pub faxes: Vec<FaxOrder>,
    /// What companies are told, in order. Ends of calls are told by their records.
    pub events: Vec<Event>,
    /// What belongs to records that were handed over before.
    pub late: Late,
    /// Messages as they came and went, where they are collected.
    pub seen: Vec<Seen>,
    /// Sources that this shard has banned.
    pub bans: Vec<Ban>,
    /// Devices that this shard has contained.
    pub contained: Vec<Contained>,
}

/// What becomes known of calls when their records were handed over.
#[derive(Debug, Default)]
pub struct Late {
    /// Their messages.
    pub ladders: Vec<Ladder>,
    /// Reports of their telephones.
    pub reports: Vec<LateReport>,
}

impl Late {
    /// Takes all that another holds.
    pub fn append(&mut self, other: &mut Late) {
        self.ladders.append(&mut other.ladders);
        self.reports.append(&mut other.reports);
    }
}

/// One signalling shard.
pub struct Shard {
    config: Config,
    clock: Clock,
    random: Random,
    sip: Signalling,
    door: Door,
    tenants: Tenants,
    registrar: Registrar,
    legs: Legs,
    calls: Calls,
    ports: Ports,
    timers: TimerTable<Wake>,
    stores: Stores,
    turn: Turn,
    outbox: Outbox,
    figures: Figures,
}

impl Shard {
    /// A shard that serves nobody yet. The seed among its secrets makes its nonces, tags and ids
    /// unforeseeable; two shards with the same secrets and the same inputs do the same.
    ///
    /// # Errors
    /// The media ports are no usable range.
    pub fn new(
        config: Config,
        media: (PortRange, PortLimits),
        stores: Stores,
        clock: Clock,
        secrets: Secrets,
    ) -> Result<Shard, media::BadRange> {
        let Secrets { seed, identity } = secrets;
        let mut random = Random::secure(seed);
        let mut nonce_secret = [0; 32];
        random.fill(&mut nonce_secret);
        let mut gruu_secret = [0; 32];
        Random::secure(seed).fork("gruus").fill(&mut gruu_secret);
        let limits = config.limits;
        let transactions =
            Transactions::new(transaction::Limits::default(), random.fork("transactions"));
        let sip = Signalling {
            transactions,
            dialogs: Dialogs::with_bound(
                limits.legs + config.watching.total + 2 * limits.recordings,
                &mut random,
            ),
            usages: UsageConfigs::new(config.agent.clone()),
            remembered: Remembered::new(limits.ladders, config.collects),
            lamps: Lamps::new(config.watching),
            letters: Letters::default(),
            texts: WaitingTexts::default(),
            identity,
        };
        let settings = Settings {
            sha256: config.challenges != Challenges::Md5,
            md5: config.challenges != Challenges::Sha256,
            ..Settings::for_realm(config.realm.clone())
        };
        let door = Door {
            authenticator: Authenticator::new(settings, &nonce_secret),
            defence: Defence::new(config.defence.clone(), clock),
            intake: Intake::new(&limits),
            proofs: Proofs::default(),
            draining: false,
            drain_until: None,
        };
        let gruu_key = GruuKey::new(gruu_secret);
        let gateways = Gateways::new(&config.realm, config.registration, gruu_key.clone());
        Ok(Shard {
            sip,
            door,
            registrar: Registrar::new(config.registration, gruu_key),
            ports: Ports::new(media.0, media.1)?,
            tenants: Tenants::new(
                gateways,
                config.listeners.first().copied(),
                (config.limits.music_octets, config.limits.speech_octets),
            ),
            legs: Legs::default(),
            calls: Calls::default(),
            timers: TimerTable::new(),
            turn: Turn::default(),
            outbox: Outbox::default(),
            figures: Figures::default(),
            config,
            clock,
            random,
            stores,
        })
    }

    /// Media has something to tell.
    pub fn media(&mut self, notice: Notice, now: Instant) {
        self.guard(now, |shard| shard.notice(notice, now));
    }

    /// A datagram of STUN or DTLS has come to a leg's port.
    pub fn lifted(&mut self, lifted: Lifted, now: Instant) {
        self.guard(now, |shard| shard.answer_lifted(lifted, now));
    }

    /// Somebody outside asks or orders.
    pub fn ask(&mut self, question: Question, now: Instant) {
        self.guard(now, |shard| shard.question(question, now));
    }

    /// A connection is gone.
    pub fn closed(&mut self, flow: Flow, now: Instant) {
        self.guard(now, |shard| {
            shard.cast_off(flow, now);
            shard.sip.transactions.failed(flow, now);
        });
    }

    /// A message could not be sent.
    pub fn failed(&mut self, flow: Flow, now: Instant) {
        self.guard(now, |shard| shard.sip.transactions.failed(flow, now));
    }

    /// The network reports that a datagram did not arrive, quoting its beginning.
    pub fn reported(&mut self, flow: Flow, quoted: &[u8], now: Instant) {
        self.guard(now, |shard| shard.sip.transactions.reported(flow, quoted));
    }

    /// Does everything that is due.
    pub fn expire(&mut self, now: Instant) {
        self.guard(now, |shard| shard.fire(now));
    }

    /// A tenant is new or has changed.
    pub fn tenant_changed(&mut self, tenant: Arc<CompiledTenant>, now: Instant) {
        let before = self.tenants.compiled(tenant.id());
        self.tenants
            .budgets
            .tenant_changed(before.as_deref(), &tenant);
        self.tenants.replace(&tenant);
        self.tenants.sayings.forget(tenant.id());
        self.tenant_moved(tenant.id());
        self.sort_texts(&tenant, now);
        self.guard(now, |shard| {
            let changes = shard
                .tenants
                .trunks
                .replace(&tenant, &mut shard.random, now);
            shard.trunks_changed(changes, now);
        });
    }

    /// All tenants are known as the feed of changes tells of them up to this place.
    pub fn followed(&mut self, cursor: u64) {
        self.tenants.budgets.followed(cursor);
        self.tenants.release_told();
    }

    /// The store keeps that a device is contained, as the feed of changes tells at this place at
    /// the latest.
    pub fn containment_kept(&mut self, tenant: TenantId, device: DeviceId, told_at: u64) {
        self.tenants.budgets.kept(tenant, device, told_at);
        self.tenants.release_told();
    }

    /// A tenant is gone: its calls are hung up.
    pub fn tenant_removed(&mut self, tenant: TenantId, now: Instant) {
        self.guard(now, |shard| {
            shard.tenants.forget(tenant);
            let changes = shard.tenants.trunks.forget(tenant);
            shard.trunks_changed(changes, now);
            shard.door.intake.tolls.forget(tenant);
            shard.tenants.budgets.forget(tenant);
            shard.stop_waiting_for(tenant, now);
            shard.hang_up_tenant(tenant, now);
            shard.end_clients(Some(tenant), now);
            shard.tenant_moved(tenant);
            shard.forget_texts(tenant);
        });
    }

    /// Takes no new calls from now on; calls still up after `patience` are hung up.
    pub fn drain(&mut self, patience: Duration, now: Instant) {
        self.door.draining = true;
        self.door.drain_until = Some(now + patience);
    }

    /// Whether no call, no record and no ladder is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let none = self.calls.len() + self.calls.sessions.len() == 0
            && self.door.proofs.waiting.len() == 0;
        none && self.sip.remembered.deadline().is_none()
    }

    /// Hands over what this turn has brought about. Records and snapshots are given to the
    /// operating system first: nobody is told what could be forgotten.
    pub fn take(&mut self, out: &mut Outbox) {
        self.store_bindings();
        self.store_watches();
        self.store_texts();
        // What could not be written stays with the adapter and is tried again next turn.
        let _journal = self.stores.journal.flush();
        let _snapshots = self.stores.snapshots.flush();
        out.transmits.append(&mut self.outbox.transmits);
        self.sip.transactions.take_transmits(&mut out.transmits);
        self.sip.remembered.noted = 0;
        out.media.append(&mut self.outbox.media);
        out.answers.append(&mut self.outbox.answers);
        out.records.append(&mut self.outbox.records);
        out.events.append(&mut self.outbox.events);
        out.late.append(&mut self.outbox.late);
        out.names.append(&mut self.outbox.names);
        out.certificates.append(&mut self.outbox.certificates);
        out.music.append(&mut self.outbox.music);
        out.sayings.append(&mut self.outbox.sayings);
        out.recordings.append(&mut self.outbox.recordings);
        out.faxes.append(&mut self.outbox.faxes);
        out.seen.append(&mut self.outbox.seen);
        self.door.defence.take(&mut out.bans);
        out.contained.append(&mut self.outbox.contained);
    }

    /// The counters.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let live = LiveFigures {
            calls: count(self.calls.len()),
            legs: count(self.legs.len()),
            bindings: count(self.registrar.len() + self.tenants.trunks.gateways.registrar.len()),
            watches: count(self.sip.lamps.watches.len()),
            warm_tenants: count(self.tenants.directory.warm()),
            trunks: self.tenants.trunks.counts(),
            waiting_calls: count(self.door.proofs.waiting.len()),
            waiting_texts: count(self.sip.texts.len()),
            waiting: count(self.door.intake.len()),
            waiting_at_most: count(self.door.intake.figures().high_water),
        };
        let door = DoorFigures {
            defence: self.door.defence.figures(),
            ..self.figures.door
        };
        let trunks = TrunkFigures {
            fraud: self.tenants.budgets.fraud.figures(),
            ..self.figures.trunks
        };
        let told = ToldFigures {
            watching: self.sip.lamps.watches.figures(),
            texts: self.sip.texts.figures(),
        };
        let heard = HeardFigures {
            recordings: RecordingFigures {
                sent: self.calls.sessions.sent,
                unsent: self.calls.sessions.unsent,
                kept: self.calls.sessions.kept,
                ..self.calls.recordings.figures()
            },
            faxes: self.calls.faxes.figures(),
            ..self.figures.heard
        };
        Figures {
            live,
            door,
            trunks,
            told,
            heard,
            ..self.figures
        }
    }

    /// Counters of the transactions.
    #[must_use]
    pub fn transaction_figures(&self) -> transaction::Figures {
        self.sip.transactions.figures()
    }

    /// Counters of the memory of messages.
    #[must_use]
    pub fn capture_figures(&self) -> capture::Figures {
        self.sip.remembered.ring.figures()
    }

    /// How the memory of companies' own music is used.
    #[must_use]
    pub fn music_figures(&self) -> MusicFigures {
        self.tenants.music.figures()
    }

    /// Counters of the media ports.
    #[must_use]
    pub fn port_figures(&self) -> media::PortFigures {
        self.ports.figures()
    }

    /// Live calls and bindings of each tenant that uses the exchange or did so lately.
    pub fn per_tenant(&self) -> impl Iterator<Item = (TenantId, u32, usize)> {
        let mut all: BTreeMap<TenantId, (u32, usize)> = self
            .tenants
            .calls()
            .map(|(tenant, calls)| (tenant, (calls, 0)))
            .collect();
        let gateways = self.tenants.trunks.gateways.registrar.per_tenant();
        for (tenant, bindings) in self.registrar.per_tenant().chain(gateways) {
            all.entry(tenant).or_default().1 += bindings;
        }
        let told = |(tenant, (calls, bindings))| (tenant, calls, bindings);
        all.into_iter().map(told)
    }

    /// Runs one door's work and all that follows. A fault of ours costs the call it happened in
    /// and nothing else.
    fn guard(&mut self, now: Instant, act: impl FnOnce(&mut Shard)) {
        self.turn.current = None;
        let done = catch_unwind(AssertUnwindSafe(|| act(self)));
        self.settle_guarded(done.is_err(), now);
        self.tell_bindings(now);
        if self.sip.lamps.has_news() {
            self.settle_guarded(false, now);
        }
        self.served(now);
        self.bring_home(now);
    }

    fn settle_guarded(&mut self, mut faulted: bool, now: Instant) {
        loop {
            if faulted {
                self.fault(now);
            }
            match catch_unwind(AssertUnwindSafe(|| self.settle(now))) {
                Ok(()) => break,
                Err(_) => faulted = true,
            }
        }
    }

    fn settle(&mut self, now: Instant) {
        loop {
            self.turn.current = None;
            if let Some(work) = self.turn.work.pop_front() {
                self.step(work, now);
            } else if let Some(event) = self.sip.transactions.poll() {
                self.dispatch(event, now);
            } else if self.sip.lamps.has_news() {
                self.light_lamps(now);
            } else {
                return;
            }
        }
    }

    fn step(&mut self, work: Work, now: Instant) {
        match work {
            Work::Input(key, input) => {
                self.turn.current = Some(key);
                let Some(entry) = self.calls.get_mut(key) else {
                    return;
                };
                let mut outputs = Vec::new();
                entry.call.handle(input, now, &mut outputs);
                self.follow(key, outputs, now);
            }
            Work::Refer(owner, referee) => self.refer(owner, referee, now),
            Work::Drop(owner) => self.drop_leg(owner, now),
        }
    }

    fn store_bindings(&mut self) {
        let snapshots = &mut *self.stores.snapshots;
        for output in self.turn.bindings.drain(..) {
            store_binding(snapshots, output);
        }
        for output in self.turn.gateways.drain(..) {
            store_binding(snapshots, output);
        }
    }
}

fn store_binding<Who>(snapshots: &mut dyn Snapshots, output: BindingOutput<Who>) {
    match output {
        BindingOutput::Put { tenant, key, bytes } => {
            snapshots.put(tenant, Bucket::Bindings, key, &bytes);
        }
        BindingOutput::Removed { tenant, key } => {
            snapshots.remove(tenant, Bucket::Bindings, key);
        }
        BindingOutput::Moved { .. } | BindingOutput::Changed { .. } => {}
    }
}
