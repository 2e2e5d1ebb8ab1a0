//! Music on hold: who hears it, and what both sides are told meanwhile.
//!
//! A phone that holds says `sendonly` or `inactive`, and the other hears nothing or whatever that
//! phone sends. Where the company has music, the exchange plays it in that phone's place: the held
//! party is told `sendonly` at least, never `inactive` (RFC 6337 §5.3), and who holds gets the
//! answer that fits its own words. A carrier that says `sendonly` is left alone: behind it is
//! another exchange, whose own music is on its way.

use super::Draft;
use crate::{Bridge, Call, LegId, LegStage, MediaOrder, Output, Prompt};
use sdp::{Description, Direction};

impl Call {
    /// The party that is on hold and has not put the other on hold itself, where it is to hear
    /// music.
    pub(crate) fn held(&self) -> Option<LegId> {
        let Bridge::Legs(a, b) = self.state.bridge else {
            return None;
        };
        [a, b].into_iter().find(|leg| self.is_held(*leg))
    }

    fn is_held(&self, leg: LegId) -> bool {
        let peer = self.talking_peer(leg).and_then(|peer| self.find(peer));
        let own = self.find(leg);
        let (Some(own), Some(peer)) = (own, peer) else {
            return false;
        };
        let described = peer.description.as_ref();
        let brings_its_own = peer.party.trunk.is_some() && described.is_some_and(sends);
        let held = peer.holding && !own.holding && own.stage == LegStage::Up;
        self.state.config.music && held && !brings_its_own
    }

    /// What a party is offered of the other's media.
    pub(super) fn offered_to(&self, leg: LegId, mut offer: Description) -> Description {
        if self.is_held(leg)
            && let Some(audio) = offer.audio()
        {
            let receives = offer.direction_of(audio).receives();
            offer.set_direction(audio, Direction::of(true, receives));
        }
        offer
    }

    /// What a party is answered of the other's media. It fits what the party offered, also where
    /// the other was offered something else (RFC 3264 §6.1).
    pub(super) fn answered_to(&self, leg: LegId, mut answer: Description) -> Description {
        let peer = self.state.bridge.opposite(leg);
        let held = self.is_held(leg);
        if !held && !peer.is_some_and(|peer| self.is_held(peer)) {
            return answer;
        }
        let offer = self.find(leg).and_then(|leg| leg.description.as_ref());
        let offered = offer.and_then(|offer| Some(offer.direction_of(offer.audio()?)));
        if let (Some(audio), Some(offered)) = (answer.audio(), offered) {
            let said = answer.direction_of(audio);
            let told = Direction::of(held || said.sends(), said.receives());
            answer.set_direction(audio, told.and(offered.reversed()));
        }
        answer
    }

    /// Begins or ends music, once the parties agree on their media.
    pub(crate) fn entertain(&mut self, draft: &mut Draft<'_>) {
        let (held, before) = (self.held(), self.entertained());
        if held == before {
            return;
        }
        if let (Some(_), Bridge::Legs(a, b)) = (before, self.state.bridge) {
            draft.push(Output::Media(MediaOrder::Bridge(a, b)));
        }
        self.set_entertained(held);
        if let Some(leg) = held {
            draft.push(Output::Media(MediaOrder::Play(leg, Prompt::Music)));
        }
    }

    /// Notes who hears music from now on, and that nobody else does.
    pub(crate) fn set_entertained(&mut self, listener: Option<LegId>) {
        for leg in &mut self.state.legs {
            leg.hears_music = listener == Some(leg.id);
        }
    }
}

/// Whether the writer of a description goes on sending sound.
fn sends(description: &Description) -> bool {
    description
        .audio()
        .is_some_and(|audio| description.direction_of(audio).sends())
}
