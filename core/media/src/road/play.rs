//! Prompts played frame by frame, each when it is due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use machine::Instant;
use rtp::HEADER_BYTES;

use super::leg::Feed;
use super::made::MadePacket;
use super::playing::{LONGEST_MS, Piece, Playing, Stretch};
use super::rendition::{Maker, Rendition, kept_in};
use super::{ROOM, Road, TimerKey};
use crate::command::{Notice, PlayCodec, Refusal};
use crate::format::Codec;
use crate::prompts::{OCTETS_PER_MS, Prompt, PromptId, Prompts};
use crate::station::Tuned;
use crate::wants::Wants;

/// Octets of the longest packet before it is protected: that of a frame as it is kept. No codec
/// makes more of one.
const LONGEST: usize = HEADER_BYTES + LONGEST_MS as usize * OCTETS_PER_MS;

/// A prompt's identity as a source. It never leaves: the leg's own stands in its place.
const SSRC: u32 = 0x5052_4f4d;

impl Road {
    pub(super) fn play(
        &mut self,
        slot: u32,
        prompt: PromptId,
        codec: PlayCodec,
        looped: bool,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        if self
            .repertoire
            .prompts
            .octets(prompt, kept_in(codec.codec))
            .is_none()
        {
            return self.refuse_prompt(slot, out);
        }
        let nothing = Rendition::default();
        self.begin(slot, (Piece::House(prompt), nothing), codec, looped, now);
    }

    /// The leg hears a recording that is handed over to it.
    pub(super) fn play_own(
        &mut self,
        slot: u32,
        (prompt, codec): (Arc<Prompt>, PlayCodec),
        looped: bool,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        if prompt.octets(kept_in(codec.codec)).is_none() {
            return self.refuse_prompt(slot, out);
        }
        let own = Rendition {
            own: Some(prompt),
            ..Rendition::default()
        };
        self.begin(slot, (Piece::Own, own), codec, looped, now);
    }

    /// The leg hears a station.
    pub(super) fn tune(
        &mut self,
        slot: u32,
        station: Tuned,
        codec: PlayCodec,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        match kept_in(codec.codec) {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => {}
            Codec::Opus | Codec::Event | Codec::Comfort | Codec::Other(_) => {
                return self.refuse_prompt(slot, out);
            }
        }
        let tuned = Rendition {
            station: Some(station),
            ..Rendition::default()
        };
        self.begin(slot, (Piece::Station, tuned), codec, true, now);
    }

    fn refuse_prompt(&self, slot: u32, out: &mut Vec<Notice>) {
        if let Some(leg) = self.leg(slot) {
            out.push(Notice::Refused {
                id: leg.id,
                because: Refusal::NoPrompt,
            });
        }
    }

    fn begin(
        &mut self,
        slot: u32,
        (piece, mut rendition): (Piece, Rendition),
        codec: PlayCodec,
        looped: bool,
        now: Instant,
    ) {
        let timer = Some(self.timers.arm(now, TimerKey::Play(slot)));
        let playing = Playing {
            piece,
            codec,
            looped,
            position: 0,
            seq: 0,
            ts: 0,
            due: now,
            timer,
        };
        self.set_feed(slot, Feed::Play(playing));
        let opus = self.leg(slot).map(|leg| leg.expects.wants.opus);
        let wants = Wants {
            ptime_ms: playing.ptime_ms(),
            opus: opus.unwrap_or_default(),
            ..Wants::default()
        };
        rendition.maker = Maker::new(playing.format(), &wants).map(Box::new);
        if !rendition.is_empty() {
            self.repertoire.renditions.insert(slot, rendition);
        }
    }

    /// Sends the frames that are due.
    pub(super) fn play_due(
        &mut self,
        slot: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
        out: &mut Vec<Notice>,
    ) {
        let Some(Feed::Play(mut playing)) = self.leg(slot).map(|leg| leg.feed) else {
            return;
        };
        let step = Duration::from_millis(playing.ptime_ms().into());
        let mut frames = 0;
        let mut ended = false;
        while playing.due <= now && !ended {
            frames += 1;
            if frames > self.limits.catch_up {
                playing.due = now + step;
                break;
            }
            ended = self.play_frame(slot, &mut playing, now, send);
            playing.due += step;
        }
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        if ended {
            let id = leg.id;
            playing.timer = None;
            leg.feed = Feed::Play(playing);
            self.set_feed(slot, Feed::Tied);
            self.watch(slot, now);
            let prompt = match playing.piece {
                Piece::House(prompt) => Some(prompt),
                Piece::Own | Piece::Station => None,
            };
            out.push(Notice::Played { id, prompt });
            return;
        }
        let timer = self.timers.arm(playing.due, TimerKey::Play(slot));
        playing.timer = Some(timer);
        if let Some(leg) = self.leg_mut(slot) {
            leg.feed = Feed::Play(playing);
        }
    }

    /// One frame; whether the prompt ended. While it cannot be heard, a looped one goes on like
    /// a radio and another waits.
    fn play_frame(
        &mut self,
        slot: u32,
        playing: &mut Playing,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) -> bool {
        let place = usize::try_from(slot).ok();
        let place = place.and_then(|slot| self.legs.get_mut(slot));
        let Some(leg) = place.and_then(Option::as_deref_mut) else {
            return true;
        };
        let mut held = self.repertoire.renditions.get_mut(&slot);
        let way = leg.way_out().filter(|_| leg.expects.receives);
        if way.is_none() && !playing.looped {
            leg.outflow.paused = true;
            return false;
        }
        let mut packet = [0; LONGEST + ROOM];
        let room = packet.get_mut(HEADER_BYTES..LONGEST).unwrap_or_default();
        let head = head(playing);
        let prompts = &self.repertoire.prompts;
        let stretch = next_stretch(playing, prompts, held.as_deref(), room);
        let Some((port, to)) = way else {
            leg.outflow.paused = true;
            return stretch.ended;
        };
        if stretch.octets == 0 && !stretch.ended {
            // a station that has nothing is not heard, and what follows begins a new talk
            leg.outflow.paused = true;
            return false;
        }
        playing.seq = playing.seq.wrapping_add(1);
        let payload = match held.as_mut().and_then(|held| held.maker.as_deref_mut()) {
            Some(maker) => maker.make(stretch.octets, room),
            None => stretch.octets,
        };
        // Opus may have nothing to say of silence.
        if payload > 0
            && let Some(sent) = leg.finish(&head, &mut packet, HEADER_BYTES + payload, now)
        {
            send(port, to, packet.get(..sent).unwrap_or_default());
            self.figures.played += 1;
        }
        stretch.ended
    }
}

/// Fills the next frame of what is played.
fn next_stretch(
    playing: &mut Playing,
    prompts: &Prompts,
    held: Option<&Rendition>,
    room: &mut [u8],
) -> Stretch {
    let kept = kept_in(playing.codec.codec);
    let octets = match playing.piece {
        Piece::House(prompt) => prompts.octets(prompt, kept),
        Piece::Own => held.and_then(|held| held.own.as_ref()?.octets(kept)),
        Piece::Station => {
            let station = held.and_then(|held| held.station.as_ref());
            return playing.listen(station.map(|station| &**station.air()), kept, room);
        }
    };
    playing.go_on(octets.unwrap_or_default(), room)
}

/// What the next packet of a prompt is.
fn head(playing: &Playing) -> MadePacket {
    MadePacket {
        source: SSRC,
        format: playing.format(),
        seq: playing.seq,
        ts: playing.ts,
        marker: playing.seq == 0,
    }
}
