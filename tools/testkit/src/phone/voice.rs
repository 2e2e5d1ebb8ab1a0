//! A phone's sound.

use super::{Alarm, Phone};
use crate::line::{LineId, Stage};
use crate::{Packet, token};
use bytes::Bytes;
use machine::Instant;
use std::time::Duration;

/// Words said without a pause at the beginning: enough for a peer that wants to be sure.
const FIRST_WORDS: u32 = 8;
/// Between them.
const FRAME: Duration = Duration::from_millis(20);

impl Phone {
    /// What this phone's packets on a line say.
    #[must_use]
    pub fn canary(&self, id: LineId) -> String {
        format!("voice/{}/{}", self.account.username, id.0)
    }

    pub(super) fn hear(&mut self, packet: &Packet) {
        let line = self.index.ports.get(&packet.to.port());
        match line.and_then(|id| self.lines.get_mut(id)) {
            Some(line) if line.stage != Stage::Over => line.heard.note(&packet.bytes),
            Some(_) | None => self.stray_sound += 1,
        }
    }

    /// Begins to speak once it is known where to.
    pub(super) fn begin_to_speak(&mut self, id: LineId, now: Instant) {
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        let may = line.sound.there.is_some() && line.stage != Stage::Over;
        if may && !line.sound.speaking {
            line.sound.speaking = true;
            self.set_alarm(now + FRAME, Alarm::Voice(id));
        }
    }

    pub(super) fn speak(&mut self, id: LineId, now: Instant) {
        let canary = self.canary(id);
        let every = self.manner.voice_every;
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        let to = line.sound.there.filter(|_| line.stage != Stage::Over);
        let Some(to) = to else {
            line.sound.speaking = false;
            return;
        };
        line.sound.voices += 1;
        let wait = if line.sound.voices < FIRST_WORDS {
            FRAME
        } else {
            every
        };
        if line.sound.agreed.sends() {
            let sequence = u16::try_from(line.sound.voices % 65_536).unwrap_or(0);
            let stamp = now.as_millis().wrapping_mul(8) % (1 << 32);
            let stamp = u32::try_from(stamp).unwrap_or(0);
            let ssrc = u32::try_from(id.0 % (1 << 24)).unwrap_or(0) | 0x5700_0000;
            let from = std::net::SocketAddr::new(self.address.ip(), line.sound.here.port());
            let bytes = Bytes::from(token(&canary, ssrc, sequence, stamp));
            self.out.push(Packet { from, to, bytes });
        }
        self.set_alarm(now + wait, Alarm::Voice(id));
    }
}
