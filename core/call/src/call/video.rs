//! Video beside sound: what a call's record says of it.

use super::Draft;
use crate::{Call, LegId};
use sdp::Description;

/// The rule that explains whether video passes.
const RULE: &str = "media.video";

impl Call {
    /// Notes what has become of the video that a leg has offered, or no longer offers, when the
    /// other side has answered. `before`: what the other side had said until then.
    pub(super) fn note_video(
        &mut self,
        by: LegId,
        answer: &Description,
        before: Option<&Description>,
        draft: &mut Draft<'_>,
    ) {
        let offer = self.find(by).and_then(|leg| leg.description.as_ref());
        let offered = offer.is_some_and(|offer| offer.video().is_some());
        let was = before.is_some_and(|before| before.video().is_some());
        let codec = answer.video().and_then(|index| {
            let codecs = answer.codecs(index);
            codecs.into_iter().next().map(|codec| codec.name)
        });
        let by = by.number();
        let because = match (codec, offered, was) {
            (Some(_), _, true) | (None, false, false) => return,
            (Some(codec), _, false) => {
                format!("leg {by} offered video, and it passes between the two sides in {codec}")
            }
            (None, true, _) => {
                format!(
                    "leg {by} offered video, which the other side does not take: there is sound"
                )
            }
            (None, false, true) => format!("leg {by} offered to go on without video"),
        };
        self.explain(RULE, because, draft);
    }
}
