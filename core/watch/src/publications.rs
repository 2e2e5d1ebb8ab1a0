//! What telephones have published of their users (RFC 3903): soft state, each under a tag that
//! whoever published it must name to change it.

use crate::Watched;
use event_package::Published;
use hashbrown::HashMap;
use machine::{Instant, TimerHandle, TimerTable};
use std::collections::BTreeSet;
use std::time::Duration;

/// Publications of one extension at most; one more takes the place of the oldest.
pub const PUBLICATIONS_MAX: usize = 8;

/// What a PUBLISH asks (RFC 3903 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// Something new.
    Initial(Published),
    /// In place of what has this tag.
    Modify(String, Published),
    /// What has this tag lasts anew.
    Refresh(String),
    /// What has this tag is void.
    Remove(String),
}

/// Nothing of that tag is there: 412 (RFC 3903 §6, step 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchTag;

#[derive(Debug)]
struct Publication {
    tag: String,
    what: Published,
    end: TimerHandle,
}

/// All publications. They are lost with the process; a telephone that refreshes one is told so by
/// 412 and publishes anew.
#[derive(Debug)]
pub struct Publications {
    by_watched: HashMap<Watched, Vec<Publication>>,
    ends: TimerTable<Watched>,
}

impl Default for Publications {
    fn default() -> Publications {
        Publications {
            by_watched: HashMap::new(),
            ends: TimerTable::new(),
        }
    }
}

impl Publications {
    /// What was published last of an extension.
    #[must_use]
    pub fn of(&self, watched: Watched) -> Option<&Published> {
        let all = self.by_watched.get(&watched)?;
        all.last().map(|newest| &newest.what)
    }

    /// Serves a PUBLISH. What is kept is kept under `tag`, a new one each time, for so long.
    ///
    /// # Errors
    /// [`NoSuchTag`].
    pub fn publish(
        &mut self,
        watched: Watched,
        publishing: Publishing,
        tag: &str,
        granted: Duration,
        now: Instant,
    ) -> Result<(), NoSuchTag> {
        let what = match publishing {
            Publishing::Initial(what) => what,
            Publishing::Modify(known, what) => {
                self.take(watched, &known)?;
                what
            }
            Publishing::Refresh(known) => self.take(watched, &known)?,
            Publishing::Remove(known) => {
                self.take(watched, &known)?;
                return Ok(());
            }
        };
        let end = self.ends.arm(now + granted, watched);
        let all = self.by_watched.entry(watched).or_default();
        all.push(Publication {
            tag: tag.to_owned(),
            what,
            end,
        });
        if all.len() > PUBLICATIONS_MAX {
            let oldest = all.remove(0);
            self.ends.cancel(oldest.end);
        }
        Ok(())
    }

    fn take(&mut self, watched: Watched, tag: &str) -> Result<Published, NoSuchTag> {
        let all = self.by_watched.get_mut(&watched).ok_or(NoSuchTag)?;
        let at = all.iter().position(|one| one.tag == tag);
        let taken = all.remove(at.ok_or(NoSuchTag)?);
        if all.is_empty() {
            self.by_watched.remove(&watched);
        }
        self.ends.cancel(taken.end);
        Ok(taken.what)
    }

    /// When the next one ends.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.ends.next()
    }

    /// Ends what has lasted long enough; extensions of which something ended are added to `moved`.
    pub fn expire(&mut self, now: Instant, moved: &mut BTreeSet<Watched>) {
        while let Some((_, watched)) = self.ends.pop_due(now) {
            if let Some(all) = self.by_watched.get_mut(&watched) {
                // the timer of the one that is over is the one that is not there any more
                let ends = &self.ends;
                all.retain(|one| ends.get(one.end).is_some());
                if all.is_empty() {
                    self.by_watched.remove(&watched);
                }
            }
            moved.insert(watched);
        }
    }

    /// How many extensions have something published.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_watched.len()
    }

    /// Whether nothing is published.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_watched.is_empty()
    }
}
