//! Mail about calls for help: whom a location names is told as soon as somebody there calls.
//!
//! The event log is what is followed, so the call waits for nothing, and a mail server that is
//! away loses nothing: mails are tried again for an hour. What was begun before the exchange was
//! stopped is looked for at its next start. Each mail is marked in the store, so that neither a
//! start nor a second process sends it twice.

mod words;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use domain::{Event, EventFilter, EventKind, HelpCalled};
use ids::TenantId;
use machine::WallTime;
use ports::{EventQuery, MailError, Mailer, StoreError};
use sha2::{Digest, Sha256};
use tenancy::{Owner, TenantScope};

use crate::office::Office;
use crate::people::brand_of;

/// How long a mail is tried, from the call on; older calls are nobody's news.
pub const ALARM_PATIENCE: Duration = Duration::from_secs(3_600);

/// Most mails that wait to be tried; the oldest gives way.
pub const ALARMS_WAITING_MAX: usize = 1_000;

/// Entries of all logs that are looked at in one turn, and looked back at after a start.
const HEADS_AT_ONCE: usize = 10_000;

/// The first pause before a mail is tried again; each further one is twice as long, up to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LAST_PAUSE: Duration = Duration::from_secs(300);

/// A mail that is to go out.
#[derive(Clone, Debug)]
struct Alarm {
    tenant: TenantId,
    help: Box<HelpCalled>,
    to: String,
    at: WallTime,
    tries: u32,
    due: WallTime,
}

/// What became of mails since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlarmFigures {
    /// Taken by the mail server.
    pub sent: u64,
    /// Given up: refused, or not taken in time.
    pub lost: u64,
}

/// The mails that wait, and how far the logs have been read.
#[derive(Debug, Default)]
pub struct Alarms {
    turn: Option<u64>,
    waiting: VecDeque<Alarm>,
    figures: AlarmFigures,
}

impl Alarms {
    /// Looks for calls for help that are new, and sends what is due.
    ///
    /// # Errors
    /// What the store says; what was found stays.
    pub async fn work(&mut self, office: &Office, mailer: &dyn Mailer) -> Result<(), StoreError> {
        self.look(office).await?;
        self.send(office, mailer).await
    }

    /// What became of mails.
    pub fn figures(&self) -> AlarmFigures {
        self.figures
    }

    async fn look(&mut self, office: &Office) -> Result<(), StoreError> {
        let told = office.store().told();
        let back = u64::try_from(HEADS_AT_ONCE).unwrap_or(u64::MAX);
        let turn = self.turn.unwrap_or_else(|| told.saturating_sub(back));
        if told <= turn && self.turn.is_some() {
            return Ok(());
        }
        let heads = office.store().event_heads(turn, HEADS_AT_ONCE).await?;
        let mut first: BTreeMap<TenantId, (u64, u64)> = BTreeMap::new();
        for head in &heads {
            let place = first
                .entry(head.tenant)
                .or_insert((head.cursor, head.cursor));
            *place = (place.0.min(head.cursor), place.1.max(head.cursor));
        }
        for (tenant, (from, to)) in first {
            self.read(office, tenant, (from.saturating_sub(1), to))
                .await?;
        }
        self.turn = Some(heads.last().map_or(told.max(turn), |last| last.turn));
        Ok(())
    }

    /// Reads the calls for help of one tenant between two places of its log.
    async fn read(
        &mut self,
        office: &Office,
        tenant: TenantId,
        (mut after, to): (u64, u64),
    ) -> Result<(), StoreError> {
        let scope = scope_of(tenant);
        let filter = EventFilter::parse([EventKind::EmergencyCalled.as_str()]);
        let filter = filter.unwrap_or_default();
        while after < to {
            let query = EventQuery {
                after,
                limit: 0,
                filter: filter.clone(),
            };
            let page = office.store().events(&scope, &query).await?;
            for event in &page.events {
                self.take(office, tenant, event).await?;
            }
            if page.next <= after {
                return Ok(());
            }
            after = page.next;
        }
        Ok(())
    }

    /// Takes up the mails of one call that nobody has sent yet.
    async fn take(
        &mut self,
        office: &Office,
        tenant: TenantId,
        event: &Event,
    ) -> Result<(), StoreError> {
        let now = office.now();
        if event.kind != EventKind::EmergencyCalled || now > event.at + ALARM_PATIENCE {
            return Ok(());
        }
        let Ok(help) = serde_json::from_value::<HelpCalled>(event.data.clone()) else {
            return Ok(());
        };
        for to in &help.mail_to {
            let mark: [u8; 32] = Sha256::digest(format!("{} {to}", event.id)).into();
            let end = event.at + ALARM_PATIENCE * 2;
            if !office.store().take_once(&mark, end, now).await? {
                continue;
            }
            if self.waiting.len() >= ALARMS_WAITING_MAX {
                self.waiting.pop_front();
                self.figures.lost += 1;
            }
            self.waiting.push_back(Alarm {
                tenant,
                help: Box::new(help.clone()),
                to: to.clone(),
                at: event.at,
                tries: 0,
                due: now,
            });
        }
        Ok(())
    }

    async fn send(&mut self, office: &Office, mailer: &dyn Mailer) -> Result<(), StoreError> {
        let now = office.now();
        for _ in 0..self.waiting.len() {
            let Some(mut alarm) = self.waiting.pop_front() else {
                return Ok(());
            };
            if alarm.due > now {
                self.waiting.push_back(alarm);
                continue;
            }
            let mail = match self.mail(office, &alarm).await {
                Ok(mail) => mail,
                Err(error) => {
                    self.waiting.push_back(alarm);
                    return Err(error);
                }
            };
            match mailer.send(mail).await {
                Ok(()) => self.figures.sent += 1,
                Err(error) if alarm.puts_off(&error, now) => self.waiting.push_back(alarm),
                Err(_) => self.figures.lost += 1,
            }
        }
        Ok(())
    }

    async fn mail(&self, office: &Office, alarm: &Alarm) -> Result<ports::Mail, StoreError> {
        let scope = scope_of(alarm.tenant);
        let brand = brand_of(office, Owner::from(scope.tenant())).await?;
        Ok(words::mail(&alarm.help, (&alarm.to, alarm.at), &brand))
    }
}

impl Alarm {
    /// Whether it is to be tried again after this, and when.
    fn puts_off(&mut self, error: &MailError, now: WallTime) -> bool {
        let pause = FIRST_PAUSE
            .saturating_mul(1 << self.tries.min(10))
            .min(LAST_PAUSE);
        self.tries += 1;
        self.due = now + pause;
        error.may_retry() && self.due <= self.at + ALARM_PATIENCE
    }
}

fn scope_of(tenant: TenantId) -> TenantScope {
    TenantScope::for_job(tenant, "alarms")
}
