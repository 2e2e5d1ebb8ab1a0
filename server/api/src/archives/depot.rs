//! What companies go out and come in by.

use std::sync::Arc;

use admin::archive::Packer;
use axum::http::header::RETRY_AFTER;

use super::places::{Errand, Place, Places};
use crate::heavy::Forge;
use crate::limits::Limits;
use crate::pipe::{Pace, Pipe};
use crate::problem::{Kind, Problem};

/// Places, what packs, where heavy work is done, and bounds. A clone is the same depot.
#[derive(Clone)]
pub(crate) struct Depot {
    places: Arc<Places>,
    packer: Arc<dyn Packer>,
    forge: Forge,
    pace: Pace,
    most: u64,
}

impl Depot {
    pub(crate) fn new(limits: &Limits, packer: Arc<dyn Packer>, forge: Forge) -> Depot {
        Depot {
            places: Places::new(limits.archives),
            packer,
            forge,
            pace: Pace {
                grace: limits.archive_grace,
                bytes_per_second: limits.archive_rate,
            },
            most: limits.archive_bytes,
        }
    }

    /// Most bytes of an archive that comes in.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// A place for an errand.
    ///
    /// # Errors
    /// 429 when the same is under way, or as many are as may be.
    pub(crate) fn take(&self, errand: Errand) -> Result<Place, Problem> {
        self.places.take(errand)
    }

    /// How it goes, in the text form of Prometheus.
    pub(crate) fn figures(&self) -> String {
        self.places.figures()
    }

    pub(super) fn packer(&self) -> Arc<dyn Packer> {
        Arc::clone(&self.packer)
    }

    /// A new pipe, whose peer is waited for as long as may be.
    pub(super) fn pipe(&self) -> Arc<Pipe> {
        Pipe::new(self.pace)
    }

    /// Does work where passwords are compared, and gives what came of it.
    pub(super) async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            let detail = "too many passwords are compared at this moment";
            Problem::new(Kind::Unavailable, detail).with(RETRY_AFTER, 1)
        };
        self.forge.apart(work).await.map_err(|_| busy())
    }
}
