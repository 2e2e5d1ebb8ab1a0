//! How many companies are on their way, and whose.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::header::RETRY_AFTER;
use ids::TenantId;
use tenancy::{Account, Owner};

use crate::problem::{Kind, Problem};

/// What is under way. Of each there is one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Errand {
    /// A company goes out, or is the model of another.
    Out(TenantId),
    /// An account brings a company in.
    In(Owner),
}

impl Errand {
    /// An account brings a company in.
    pub(crate) fn by(account: Account) -> Errand {
        Errand::In(account.into())
    }
}

/// Places for what is under way.
#[derive(Debug)]
pub(crate) struct Places {
    taken: Mutex<BTreeSet<Errand>>,
    most: usize,
    begun: AtomicU64,
    refused: AtomicU64,
}

/// The place of one errand; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    errand: Errand,
}

impl Places {
    pub(crate) fn new(most: usize) -> Arc<Places> {
        Arc::new(Places {
            taken: Mutex::default(),
            most,
            begun: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        })
    }

    fn taken(&self) -> MutexGuard<'_, BTreeSet<Errand>> {
        // a set is never half changed, so a poisoned lock is as good as any
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for an errand.
    ///
    /// # Errors
    /// 429 when the same is under way, or as many are as may be.
    pub(crate) fn take(self: &Arc<Self>, errand: Errand) -> Result<Place, Problem> {
        let mut taken = self.taken();
        let detail = if taken.contains(&errand) {
            "one is under way already; of each company one is taken out at a time, and of each \
             account one brought in"
        } else if taken.len() >= self.most {
            "as many companies are on their way out or in as may be; try again later"
        } else {
            taken.insert(errand);
            self.begun.fetch_add(1, Ordering::Relaxed);
            return Ok(Place {
                places: Arc::clone(self),
                errand,
            });
        };
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(Problem::new(Kind::TooManyArchives, detail).with(RETRY_AFTER, RETRY_SECONDS))
    }

    /// How it goes, in the text form of Prometheus.
    pub(crate) fn figures(&self) -> String {
        let now = u64::try_from(self.taken().len()).unwrap_or(u64::MAX);
        let begun = self.begun.load(Ordering::Relaxed);
        let refused = self.refused.load(Ordering::Relaxed);
        let mut text = String::new();
        for (name, help, kind, value) in [
            (
                "archives",
                "Companies on their way out or in over the API.",
                "gauge",
                now,
            ),
            (
                "archives_begun_total",
                "Companies that were begun to be taken out, brought in or cloned over the API.",
                "counter",
                begun,
            ),
            (
                "archives_refused_total",
                "Companies that were not, since too many were under way.",
                "counter",
                refused,
            ),
        ] {
            // writing to a text does not fail
            let _ = writeln!(
                text,
                "# HELP strowger_{name} {help}\n\
                 # TYPE strowger_{name} {kind}\n\
                 strowger_{name} {value}"
            );
        }
        text
    }
}

/// When another try is worth it, in seconds.
const RETRY_SECONDS: u64 = 10;

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().remove(&self.errand);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn out(bits: u128) -> Errand {
        Errand::Out(TenantId::from_u128(bits))
    }

    #[test]
    fn a_company_has_one_place_and_all_have_so_many() {
        let places = Places::new(2);
        let first = places.take(out(1)).unwrap();
        let again = places.take(out(1)).unwrap_err();
        assert_eq!(again.kind(), Kind::TooManyArchives);
        let _second = places.take(out(2)).unwrap();
        assert!(places.take(out(3)).is_err());
        let text = places.figures();
        assert!(text.contains("strowger_archives 2\n"), "{text}");
        assert!(
            text.contains("strowger_archives_refused_total 2\n"),
            "{text}"
        );
        drop(first);
        assert!(places.take(out(3)).is_ok());
        assert!(places.figures().contains("strowger_archives 1\n"));
    }
}
