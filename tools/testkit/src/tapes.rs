//! What was recorded: who was heard in which recording, and on which side. It outlives exchanges,
//! as files do.

use std::collections::{BTreeMap, BTreeSet};

use crate::token::canary_in;
use ids::RecordingId;
use media::{Side, Tapped};
use node::{Beginning, FormerRecording, RecordingOrder};

/// All recordings, however many lives of an exchange they took.
#[derive(Clone, Debug, Default)]
pub struct Tapes {
    /// How each began, resumptions included, oldest first.
    pub beginnings: Vec<Beginning>,
    /// Those that have ended.
    pub ended: Vec<RecordingId>,
    paused: BTreeSet<RecordingId>,
    /// Who was in a conference while it was recorded.
    pub members: BTreeMap<RecordingId, Vec<String>>,
    heard: BTreeMap<(u128, bool), BTreeMap<String, u64>>,
}

impl Tapes {
    pub(crate) fn order(&mut self, order: RecordingOrder) {
        match order {
            RecordingOrder::Begin(beginning) => self.beginnings.push(*beginning),
            RecordingOrder::End { id, .. } => self.ended.push(id),
            RecordingOrder::Join { id, number } => {
                self.members.entry(id).or_default().push(number);
            }
            RecordingOrder::Pause { id, paused: true } => {
                self.paused.insert(id);
            }
            RecordingOrder::Pause { id, paused: false } => {
                self.paused.remove(&id);
            }
            // files of calls that died with the process are not kept here
            RecordingOrder::Resumed => {}
        }
    }

    pub(crate) fn note(&mut self, tapped: &Tapped) {
        for packet in tapped.packets() {
            let place = (packet.tap.recording, packet.tap.side == Side::Left);
            let canary = canary_in(packet.payload).unwrap_or("nobody").to_owned();
            *self
                .heard
                .entry(place)
                .or_default()
                .entry(canary)
                .or_default() += 1;
        }
    }

    /// Those that run.
    #[must_use]
    pub fn running(&self) -> Vec<FormerRecording> {
        let begun = self.beginnings.iter();
        let running = begun.filter(|begun| !self.ended.contains(&begun.id));
        let former = |begun: &Beginning| FormerRecording {
            id: begun.id,
            call: begun.call,
            conference: begun.conference.map(|at| (begun.tenant, at)),
            sides: begun.sides,
            paused: self.paused.contains(&begun.id),
        };
        let running: BTreeMap<RecordingId, _> = running.map(|one| (one.id, former(one))).collect();
        running.into_values().collect()
    }

    /// Whoever is heard in a recording, on either side.
    #[must_use]
    pub fn voices(&self, id: RecordingId) -> Vec<String> {
        let sides = [Side::Left, Side::Right].map(|side| self.heard(id, side));
        sides.into_iter().flat_map(BTreeMap::into_keys).collect()
    }

    /// How many packets of each voice are on one side of a recording.
    #[must_use]
    pub fn heard(&self, id: RecordingId, side: Side) -> BTreeMap<String, u64> {
        let found = self.heard.get(&(id.as_u128(), side == Side::Left));
        found.cloned().unwrap_or_default()
    }
}
