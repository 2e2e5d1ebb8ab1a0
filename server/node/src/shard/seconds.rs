//! How calls sound from second to second, as the road tells it: kept with their records.

use super::Shard;
use call::{CallEvent, What};
use domain::{LegSound, QualitySample, Way};
use ids::CallId;
use media::{EndpointId, Second, Seconds};
use ports::LiveError;
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
        for (at, second) in seconds.iter() {
            let at = self.clock.wall(at);
            entry.recorder.second(leg, way, at, sample(&second));
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
    }
}
