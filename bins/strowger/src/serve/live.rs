//! The living exchange as the API sees it: questions go to the shard, answers come back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::{Ladder, LegSound};
use ids::{CallId, TrunkId};
use node::{Answer, Ask, Question, Ticket, TrunkQuestion};
use ports::{
    LiveCall, LiveConference, LiveError, LiveExchange, LiveRegistration, LiveTrunk, LiveUsage,
    RecordingWish, Seat, SoundsLately,
};
use tenancy::{AccountScope, TenantScope};
use tokio::sync::oneshot;

use super::figures::Board;
use super::inbox::{Letter, Postbox};

/// How long an answer may take. Default 5 s: a shard that takes longer is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Questions under way at most.
const WAITING_MAX: usize = 1_024;

/// Those who wait for an answer. The shard's thread delivers.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    open: Mutex<HashMap<Ticket, oneshot::Sender<Answer>>>,
    next: AtomicU64,
}

impl Waiting {
    fn open(&self) -> MutexGuard<'_, HashMap<Ticket, oneshot::Sender<Answer>>> {
        // a table of senders is whole after every step
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ticket(&self) -> Option<(Ticket, oneshot::Receiver<Answer>)> {
        let mut open = self.open();
        if open.len() >= WAITING_MAX {
            return None;
        }
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, coming) = oneshot::channel();
        open.insert(ticket, answer);
        Some((ticket, coming))
    }

    /// Gives an answer to whoever asked; one that nobody waits for any more is dropped.
    pub(crate) fn deliver(&self, answer: Answer) {
        let ticket = match &answer {
            Answer::Calls(ticket, _)
            | Answer::Call(ticket, _)
            | Answer::HungUp(ticket, _)
            | Answer::Recorded(ticket, _)
            | Answer::Conferences(ticket, _)
            | Answer::Seated(ticket, _)
            | Answer::Ladder(ticket, _)
            | Answer::Quality(ticket, _)
            | Answer::Sounds(ticket, _)
            | Answer::Registrations(ticket, _)
            | Answer::Trunks(ticket, _)
            | Answer::Usage(ticket, _) => *ticket,
        };
        if let Some(asker) = self.open().remove(&ticket) {
            // whoever asked may have gone meanwhile
            let _gone = asker.send(answer);
        }
    }
}

/// The door of the API to the shard.
pub(crate) struct Live {
    pub(crate) postbox: Postbox,
    pub(crate) waiting: Arc<Waiting>,
    pub(crate) ready: Arc<AtomicBool>,
    pub(crate) board: Arc<Board>,
}

impl Live {
    async fn ask(&self, scope: &TenantScope, ask: Ask) -> Result<Answer, LiveError> {
        let scope = scope.clone();
        self.post(|ticket| Letter::Ask(Question { ticket, scope, ask }))
            .await
    }

    /// Posts a question, and waits for its answer.
    async fn post(&self, letter: impl FnOnce(Ticket) -> Letter) -> Result<Answer, LiveError> {
        let (ticket, coming) = self.waiting.ticket().ok_or(LiveError::Unavailable)?;
        if self.postbox.post(letter(ticket)).is_ok()
            && let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, coming).await
        {
            return Ok(answer);
        }
        self.waiting.open().remove(&ticket);
        Err(LiveError::Unavailable)
    }
}

#[async_trait]
impl LiveExchange for Live {
    async fn calls(&self, scope: &TenantScope) -> Result<Vec<LiveCall>, LiveError> {
        let Answer::Calls(_, calls) = self.ask(scope, Ask::Calls).await? else {
            return Err(LiveError::Unavailable);
        };
        Ok(calls)
    }

    async fn call(&self, scope: &TenantScope, id: CallId) -> Result<LiveCall, LiveError> {
        let Answer::Call(_, call) = self.ask(scope, Ask::Call(id)).await? else {
            return Err(LiveError::Unavailable);
        };
        call.map(|call| *call)
    }

    async fn hang_up(&self, scope: &TenantScope, id: CallId, text: &str) -> Result<(), LiveError> {
        let Answer::HungUp(_, done) = self.ask(scope, Ask::HangUp(id, text.to_owned())).await?
        else {
            return Err(LiveError::Unavailable);
        };
        done
    }

    async fn record(
        &self,
        scope: &TenantScope,
        id: CallId,
        wish: RecordingWish,
    ) -> Result<(), LiveError> {
        let Answer::Recorded(_, done) = self.ask(scope, Ask::Record(id, wish)).await? else {
            return Err(LiveError::Unavailable);
        };
        done
    }

    async fn conferences(&self, scope: &TenantScope) -> Result<Vec<LiveConference>, LiveError> {
        let Answer::Conferences(_, all) = self.ask(scope, Ask::Conferences).await? else {
            return Err(LiveError::Unavailable);
        };
        Ok(all)
    }

    async fn seat(&self, scope: &TenantScope, id: CallId, seat: Seat) -> Result<(), LiveError> {
        let Answer::Seated(_, done) = self.ask(scope, Ask::Seat(id, seat)).await? else {
            return Err(LiveError::Unavailable);
        };
        done
    }

    async fn ladder(&self, scope: &TenantScope, id: CallId) -> Result<Ladder, LiveError> {
        let Answer::Ladder(_, ladder) = self.ask(scope, Ask::Ladder(id)).await? else {
            return Err(LiveError::Unavailable);
        };
        ladder.map(|ladder| *ladder)
    }

    async fn quality(&self, scope: &TenantScope, id: CallId) -> Result<Vec<LegSound>, LiveError> {
        let Answer::Quality(_, legs) = self.ask(scope, Ask::Quality(id)).await? else {
            return Err(LiveError::Unavailable);
        };
        legs
    }

    async fn sounds(&self, scope: &TenantScope, seconds: u32) -> Result<SoundsLately, LiveError> {
        let Answer::Sounds(_, sounds) = self.ask(scope, Ask::Sounds(seconds)).await? else {
            return Err(LiveError::Unavailable);
        };
        Ok(sounds)
    }

    async fn registrations(&self, scope: &TenantScope) -> Result<Vec<LiveRegistration>, LiveError> {
        let Answer::Registrations(_, bindings) = self.ask(scope, Ask::Registrations).await? else {
            return Err(LiveError::Unavailable);
        };
        Ok(bindings)
    }

    async fn usage(&self, scope: &TenantScope) -> Result<LiveUsage, LiveError> {
        let Answer::Usage(_, usage) = self.ask(scope, Ask::Usage).await? else {
            return Err(LiveError::Unavailable);
        };
        Ok(usage)
    }

    async fn trunks(&self, scope: &TenantScope) -> Result<Vec<LiveTrunk>, LiveError> {
        trunks_in(self.ask(scope, Ask::Trunks).await?)
    }

    async fn account_trunk(
        &self,
        scope: &AccountScope,
        trunk: TrunkId,
    ) -> Result<Option<LiveTrunk>, LiveError> {
        let scope = scope.clone();
        let asked = |ticket| TrunkQuestion {
            ticket,
            scope,
            trunk,
        };
        let answer = self.post(|ticket| Letter::AskOfTrunk(asked(ticket)));
        Ok(trunks_in(answer.await?)?.pop())
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    fn metrics(&self) -> String {
        self.board.page()
    }
}

fn trunks_in(answer: Answer) -> Result<Vec<LiveTrunk>, LiveError> {
    let Answer::Trunks(_, trunks) = answer else {
        return Err(LiveError::Unavailable);
    };
    Ok(trunks)
}
