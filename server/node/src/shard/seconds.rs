//! How calls sound from second to second, as the road tells it: kept with their records.

use super::Shard;
use crate::calls::Entry;
use call::{CallEvent, What};
use domain::{LegSound, Listening, QualitySample, Timeline, Way};
use ids::CallId;
use media::{EndpointId, Second, Seconds};
use ports::{CallLately, Lately, LegLately, LiveError, SoundsLately};
use tenancy::TenantScope;

impl Shard {
    /// The road tells what a direction of a leg was.
    pub(crate) fn note_seconds(&mut self, id: EndpointId, way: media::Way, seconds: &Seconds) {
        let Some((key, leg)) = self.calls.of_endpoint(id) else {
            return;
        };
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        let way = match way {
            media::Way::Received => Way::Received,
            media::Way::Sent => Way::Sent,
        };
        let mut known = seconds.iter().peekable();
        while let Some((at, second)) = known.next() {
            let last = known.peek().is_none();
            let mut sample = sample(&second);
            sample.listening = seconds.listening().filter(|_| last).map(listening);
            entry.recorder.second(leg, way, self.clock.wall(at), sample);
        }
    }

    /// Counts parties that are not heard while the other is.
    pub(super) fn note_one_way(&mut self, event: &CallEvent) {
        let one_way = matches!(event.what, What::FellSilent { one_way: true, .. });
        self.figures.heard.one_way += u64::from(one_way);
    }

    /// How the legs of a live call have sounded so far.
    pub(crate) fn sound_of(
        &self,
        scope: &TenantScope,
        id: CallId,
    ) -> Result<Vec<LegSound>, LiveError> {
        let entry = self.own_call(scope, id).ok_or(LiveError::NotFound)?;
        let legs = entry.recorder.cdr().legs.iter();
        Ok(legs.map(LegSound::from).collect())
    }

    /// How all live calls of a tenant were in the latest seconds.
    pub(crate) fn sounds_of(&self, scope: &TenantScope, seconds: u32) -> SoundsLately {
        let all = self.calls.iter().map(|(_, entry)| entry);
        let own = all.filter(|entry| entry.tenant == scope.tenant() && !entry.call.is_over());
        SoundsLately::of(
            own.filter_map(|entry| call_lately(entry, seconds))
                .collect(),
        )
    }
}

/// How a call was in the latest seconds; `None` where nothing is known of it.
fn call_lately(entry: &Entry, seconds: u32) -> Option<CallLately> {
    let lately = |line: &Option<Timeline>| {
        let (until, sample) = line.as_ref()?.latest(seconds)?;
        Some(Lately { until, sample })
    };
    let all = (0..).zip(&entry.recorder.cdr().legs);
    let legs = all.map(|(number, leg)| LegLately {
        leg: number,
        direction: leg.direction,
        party: leg.party.clone(),
        received: lately(&leg.timelines.received),
        sent: lately(&leg.timelines.sent),
    });
    let known = legs.filter(|leg| leg.received.is_some() || leg.sent.is_some());
    let legs: Vec<LegLately> = known.collect();
    let call = entry.call.id();
    (!legs.is_empty()).then_some(CallLately { call, legs })
}

fn sample(second: &Second) -> QualitySample {
    QualitySample {
        expected: second.expected.into(),
        lost: second.lost.into(),
        longest_loss: second.longest_loss,
        jitter: second.jitter,
        round_trip_ms: second.round_trip_ms,
        concealed: second.concealed.into(),
        mos_x100: Some(second.mos_centi).filter(|mos| *mos > 0),
        level: second.loudness.map(|loudness| loudness.level),
        clipped: second
            .loudness
            .map_or(0, |loudness| loudness.clipped.into()),
        listening: None,
    }
}

fn listening(of: media::Listening) -> Listening {
    Listening {
        discarded: of.discarded,
        burst_density: of.burst_density,
        burst_ms: of.burst_ms,
        mos_x10: Some(of.mos_deci).filter(|score| *score > 0),
    }
}
