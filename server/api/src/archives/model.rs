//! A company as the model of another one: out of the store and into it, a few lines at a time.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use admin::archive::{self, Extent, Line, Report, Wanted};
use ports::{ArchiveError, Giver, Taker};
use tenancy::AccountScope;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::refusal::refusal;
use super::work::Leaving;
use crate::problem::{Kind, Problem};

/// Lines that wait between the two threads.
const LINES: usize = 64;

struct Sending(SyncSender<Line>);

impl Taker<Line> for Sending {
    fn take(&mut self, line: &Line) -> Result<(), ArchiveError> {
        let sent = self.0.send(line.clone());
        sent.map_err(|_| ArchiveError::Io("nobody takes the lines".to_owned()))
    }
}

struct Receiving(Receiver<Line>);

impl Giver<Line> for Receiving {
    fn give(&mut self) -> Result<Option<Line>, ArchiveError> {
        Ok(self.0.recv().ok())
    }
}

/// Makes another company of one, below the account.
///
/// # Errors
/// A domain or a user name is taken, or as many are there as may be.
pub(crate) async fn clone(
    model: Leaving,
    account: AccountScope,
    wanted: Wanted,
) -> Result<Report, Problem> {
    let (sender, receiver) = sync_channel(LINES);
    let (office, runtime) = (model.office.clone(), Handle::current());
    let reading = spawn_blocking(move || take(model, Sending(sender), &runtime));
    let runtime = Handle::current();
    let making = spawn_blocking(move || {
        let mut lines = Receiving(receiver);
        let made = archive::bring_clone(&office, &account, &mut lines, &wanted);
        runtime.block_on(made)
    });
    let (read, made) = tokio::join!(reading, making);
    let (Ok(read), Ok(made)) = (read, made) else {
        tracing::error!("a company was not cloned: a thread failed");
        return Err(Problem::new(Kind::Internal, "an internal error"));
    };
    match (read, made) {
        // what was not read whole cannot be told from what has no end
        (Err(error), Err(ArchiveError::CutOff)) => Err(refusal(error)),
        (_, made) => made.map_err(refusal),
    }
}

fn take(model: Leaving, lines: Sending, runtime: &Handle) -> Result<(), ArchiveError> {
    let Leaving {
        office,
        entered,
        by,
        extent: _,
        place: _place,
    } = model;
    let who = (&entered.scope, by.as_ref());
    let (extent, lines) = (Extent::Documents, Box::new(lines));
    let taken = archive::take_out(&office, who, &entered.tenant, extent, lines);
    runtime.block_on(taken).map(drop)
}
