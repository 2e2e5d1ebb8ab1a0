//! What precedes a call: an INVITE that must prove itself, the challenge, its ACK.
//!
//! Nobody knows yet whose call it will be. So it is remembered by the very flow it came by and its
//! Call-ID: only who sends from there can go on with it.

use std::collections::{BTreeMap, VecDeque};

use sip_message::Flow;

use crate::strips::StripId;

type Key = (Flow, Box<str>);

/// Strips of callers who have not proved themselves yet, the oldest first.
#[derive(Debug, Default)]
pub struct Preludes {
    known: BTreeMap<Key, StripId>,
    order: VecDeque<(Key, StripId)>,
}

impl Preludes {
    /// The strip of an attempt that is going on.
    #[must_use]
    pub fn find(&self, flow: &Flow, call_id: &str) -> Option<StripId> {
        // the key is owned; a look-up happens once for each INVITE outside a dialog
        self.known.get(&(*flow, call_id.into())).copied()
    }

    /// Remembers an attempt; gives the strip of the one that had to be forgotten for it.
    pub fn add(&mut self, flow: Flow, call_id: &str, strip: StripId, most: usize) -> Vec<StripId> {
        let key: Key = (flow, call_id.into());
        self.known.insert(key.clone(), strip);
        self.order.push_back((key, strip));
        let mut forgotten = Vec::new();
        while self.order.len() > most {
            let Some((key, strip)) = self.order.pop_front() else {
                break;
            };
            // it may have become a call's, or have been replaced by a later one
            if self.known.get(&key) == Some(&strip) {
                self.known.remove(&key);
                forgotten.push(strip);
            }
        }
        forgotten
    }

    /// The attempt has become a call.
    pub fn remove(&mut self, flow: &Flow, call_id: &str) {
        self.known.remove(&(*flow, call_id.into()));
    }
}
