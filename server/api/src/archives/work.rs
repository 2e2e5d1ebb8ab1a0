//! The threads on which companies go out and come in.

use std::io::{self, Read};
use std::sync::Arc;

use admin::Office;
use admin::access::Entered;
use admin::archive::{self, Extent, Line, Pack, Passphrase};
use axum::body::Body;
use ports::{ArchiveError, Giver, LentTaker};
use tenancy::AccountScope;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::depot::Depot;
use super::feed::feed;
use super::places::Place;
use super::refusal::{cut_off, refusal};
use crate::pipe::{Ended, Flow, Inlet, Outlet, Pipe};
use crate::problem::{Kind, Problem};

/// A company on its way out.
pub(crate) struct Leaving {
    pub(crate) office: Office,
    pub(crate) entered: Entered,
    /// The account that takes it out, unless it is the company itself.
    pub(crate) by: Option<AccountScope>,
    pub(crate) extent: Extent,
    pub(crate) place: Place,
}

/// Begins to send a company; the body is all of it, or breaks off.
///
/// # Errors
/// 503 when too many passwords are compared.
pub(crate) async fn sent(
    depot: &Depot,
    passphrase: Passphrase,
    leaving: Leaving,
) -> Result<Body, Problem> {
    let packer = depot.packer();
    let pack = depot.apart(move || packer.lock(&passphrase)).await?;
    let pack = pack.map_err(refusal)?;
    let (pipe, runtime) = (depot.pipe(), Handle::current());
    let flow = Flow(Arc::clone(&pipe));
    spawn_blocking(move || {
        let ended = Ended(Arc::clone(&pipe));
        let tenant = leaving.entered.tenant.id;
        match send(leaving, pack, Inlet(pipe), &runtime) {
            Ok(()) => ended.0.end(Ok(())),
            Err(error) => tracing::info!(%error, %tenant, "an archive was cut off"),
        }
    });
    Ok(Body::new(flow))
}

fn send(leaving: Leaving, pack: Pack, into: Inlet, runtime: &Handle) -> Result<(), ArchiveError> {
    let lent = LentTaker::new(pack(Box::new(into))?);
    let Leaving {
        office,
        entered,
        by,
        extent,
        place: _place,
    } = leaving;
    let who = (&entered.scope, by.as_ref());
    let lines = Box::new(lent.clone());
    runtime.block_on(archive::take_out(
        &office,
        who,
        &entered.tenant,
        extent,
        lines,
    ))?;
    let packing = lent.into_inner();
    packing
        .ok_or_else(|| ArchiveError::Io("a thread kept the archive".into()))?
        .finish()
}

/// An archive on its way in.
pub(crate) struct Coming {
    pub(crate) passphrase: Passphrase,
    pub(crate) body: Body,
    pub(crate) place: Place,
}

/// Reads an archive as it comes, on a thread that may wait; gives what `made` made of it, and how
/// many bytes it has.
///
/// # Errors
/// 408, 413 or 400 when the body did not come whole, 422 when it is no good archive, else what
/// `made` says.
pub(crate) async fn opened<T: Send + 'static>(
    depot: &Depot,
    coming: Coming,
    made: impl FnOnce(&mut dyn Giver<Line>, &Handle) -> Result<T, ArchiveError> + Send + 'static,
) -> Result<(T, u64), Problem> {
    let Coming {
        passphrase,
        body,
        place,
    } = coming;
    let (pipe, most) = (depot.pipe(), depot.most());
    let (own, runtime) = (depot.clone(), Handle::current());
    let ended = Ended(Arc::clone(&pipe));
    let work = spawn_blocking(move || {
        let _place = place;
        let mut lines = open(&own, passphrase, &ended.0, &runtime)?;
        made(&mut *lines, &runtime).map_err(refusal)
    });
    let (done, ()) = tokio::join!(work, feed(body, most, &pipe));
    if let Some(problem) = pipe.cut().and_then(|cut| cut_off(cut, most)) {
        return Err(problem);
    }
    let done = done.map_err(|fault| {
        tracing::error!(%fault, "an archive was not read");
        Problem::new(Kind::Internal, "an internal error")
    })?;
    done.map(|made| (made, pipe.passed()))
}

fn open(
    depot: &Depot,
    passphrase: Passphrase,
    pipe: &Arc<Pipe>,
    runtime: &Handle,
) -> Result<Box<dyn Giver<Line>>, Problem> {
    let packer = depot.packer();
    let mut from = Outlet::of(Arc::clone(pipe));
    let mut head = vec![0; packer.head()];
    let read = from.read_exact(&mut head);
    read.map_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return refusal(ArchiveError::NoArchive);
        }
        refusal(ArchiveError::Io(error.to_string()))
    })?;
    let unpack = runtime.block_on(depot.apart(move || packer.unlock(&passphrase, &head)))?;
    let lines = unpack.and_then(|unpack| unpack(Box::new(from)));
    lines.map_err(refusal)
}
