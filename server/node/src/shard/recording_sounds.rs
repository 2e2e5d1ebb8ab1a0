//! The sounds of a recording session: one for each side of what is kept.

use super::Shard;
use crate::recording_sessions::SIDES;
use ids::TrunkId;
use media::EndpointId;
use sip_leg::{Askings, Sound};
use std::net::IpAddr;

impl Shard {
    /// A sound for each side, which speaks nothing but these codecs with whoever is at this
    /// address, all of them on one worker: on that of an endpoint, if one is named. None where
    /// there are not ports enough.
    pub(super) fn open_sounds(
        &mut self,
        trunk: TrunkId,
        source: IpAddr,
        near: Option<EndpointId>,
        codecs: &[Vec<String>; SIDES],
    ) -> Option<Vec<Sound>> {
        let mut sounds: Vec<Sound> = Vec::with_capacity(SIDES);
        for spoken in codecs {
            let near = near.or_else(|| sounds.first().map(Sound::endpoint));
            let terms = self.terms_of_trunk(Some(trunk));
            let ours = (
                self.random.next_u64(),
                self.security(terms, Askings::default()),
            );
            let (ports, media) = (&mut self.ports, &mut self.outbox.media);
            match Sound::open(ports, source, near, None, ours, media) {
                Ok(sound) => sounds.push(sound.only(spoken)),
                Err(_) => {
                    for sound in &sounds {
                        sound.close(ports, media);
                    }
                    return None;
                }
            }
        }
        Some(sounds)
    }
}
