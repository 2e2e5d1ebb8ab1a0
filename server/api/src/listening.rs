//! Recordings on their way to those who hear them: a bounded number at once, of each company and of
//! all, a few pieces of each in memory.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use ids::TenantId;
use ports::{HeavyWork, RecordedPieces};
use tokio::task::spawn_blocking;

use crate::heavy::Forge;
use crate::limits::Limits;
use crate::pipe::{Ended, Flow, Inlet, Pace, Pipe};
use crate::problem::{Kind, Problem};

/// How long a listener may be waited for, besides the time of its bytes.
const GRACE: Duration = Duration::from_secs(30);

/// When another try is worth it, in seconds.
const RETRY_SECONDS: u64 = 10;

/// Where recordings are opened and sent. A clone is the same.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    places: Arc<Places>,
    forge: Forge,
    pace: Pace,
}

/// How many are sent to whom.
#[derive(Debug)]
struct Places {
    taken: Mutex<BTreeMap<TenantId, usize>>,
    per_tenant: usize,
    most: usize,
}

/// The place of one recording that is sent; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    tenant: TenantId,
}

impl Listening {
    pub(crate) fn new(limits: &Limits) -> Listening {
        Listening {
            places: Arc::new(Places {
                taken: Mutex::default(),
                per_tenant: limits.recordings_per_tenant,
                most: limits.recordings,
            }),
            forge: Forge::new(limits.shelf_work, limits.shelf_waiting),
            pace: Pace {
                grace: GRACE,
                bytes_per_second: limits.recording_rate,
            },
        }
    }

    /// Where files are opened and removed.
    pub(crate) fn heavy(&self) -> &dyn HeavyWork {
        &self.forge
    }

    /// A place for a recording of a company.
    ///
    /// # Errors
    /// 429 when as many are sent as may be.
    pub(crate) fn take(&self, tenant: TenantId) -> Result<Place, Problem> {
        let mut taken = self.places.taken();
        let all: usize = taken.values().sum();
        let own = taken.get(&tenant).copied().unwrap_or(0);
        let detail = if own >= self.places.per_tenant {
            "as many recordings of the company are being sent as may be; try again later"
        } else if all >= self.places.most {
            "as many recordings are being sent as may be; try again later"
        } else {
            taken.insert(tenant, own + 1);
            return Ok(Place {
                places: Arc::clone(&self.places),
                tenant,
            });
        };
        Err(Problem::new(Kind::TooManyRecordings, detail).with(RETRY_AFTER, RETRY_SECONDS))
    }

    /// Begins to send a sound; the body is all of it, or breaks off.
    pub(crate) fn sent(&self, pieces: RecordedPieces, place: Place) -> Body {
        let pipe = Pipe::new(self.pace);
        let flow = Flow(Arc::clone(&pipe));
        spawn_blocking(move || {
            let ended = Ended(Arc::clone(&pipe));
            let tenant = place.tenant;
            match send(pieces, Inlet(pipe)) {
                Ok(()) => ended.0.end(Ok(())),
                Err(error) => tracing::info!(%error, %tenant, "a recording was cut off"),
            }
            // whoever hears the end may ask for another at once
            drop(place);
        });
        Body::new(flow)
    }
}

fn send(pieces: RecordedPieces, mut into: Inlet) -> Result<(), Box<dyn std::error::Error>> {
    for piece in pieces {
        into.write_all(&piece?)?;
    }
    Ok(())
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, BTreeMap<TenantId, usize>> {
        // a count is never half changed, so a poisoned lock is as good as any
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        let left = taken
            .get(&self.tenant)
            .map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            taken.remove(&self.tenant);
        } else {
            taken.insert(self.tenant, left);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use ports::ShelfError;

    use super::*;
    use crate::body::gathered;

    fn listening(per_tenant: usize, most: usize) -> Listening {
        Listening::new(&Limits {
            recordings_per_tenant: per_tenant,
            recordings: most,
            ..Limits::default()
        })
    }

    fn tenant(number: u128) -> TenantId {
        TenantId::new(1, number)
    }

    #[test]
    fn a_company_that_hears_all_it_may_leaves_room_for_its_neighbours() {
        let listening = listening(2, 3);
        let first = listening.take(tenant(1)).unwrap();
        let _second = listening.take(tenant(1)).unwrap();
        let refused = listening.take(tenant(1)).unwrap_err();
        assert_eq!(refused.kind(), Kind::TooManyRecordings);
        let neighbour = listening.take(tenant(2)).unwrap();
        assert!(listening.take(tenant(3)).is_err(), "as many as may be");
        drop((first, neighbour));
        assert!(listening.take(tenant(1)).is_ok());
        assert!(listening.take(tenant(3)).is_ok());
    }

    #[tokio::test]
    async fn a_sound_is_sent_piece_by_piece_to_its_end_and_its_place_given_back() {
        let listening = listening(1, 1);
        // more than a pipe holds
        let pieces = (0..40_u8).map(|number| Ok(vec![number; 256 << 10]));
        let place = listening.take(tenant(1)).unwrap();
        let body = listening.sent(Box::new(pieces), place);
        let all = gathered(body, 64 << 20).await.unwrap();
        assert_eq!(all.len(), 40 * (256 << 10));
        assert_eq!((all[0], all[all.len() - 1]), (0, 39));
        while listening.take(tenant(1)).is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_sound_that_is_damaged_in_its_middle_breaks_off() {
        let listening = listening(1, 1);
        let damaged = ShelfError::Damaged("a second was changed".to_owned());
        let pieces = vec![Ok(vec![1; 100]), Err(damaged), Ok(vec![2; 100])];
        let place = listening.take(tenant(1)).unwrap();
        let body = listening.sent(Box::new(pieces.into_iter()), place);
        assert!(gathered(body, 1_000).await.is_err());
    }

    #[tokio::test]
    async fn a_listener_who_leaves_ends_the_sending() {
        let listening = listening(1, 1);
        let endless = std::iter::repeat_with(|| Ok(vec![0; 256 << 10]));
        let place = listening.take(tenant(1)).unwrap();
        drop(listening.sent(Box::new(endless), place));
        while listening.take(tenant(1)).is_err() {
            tokio::task::yield_now().await;
        }
    }
}
