//! Prompts played frame by frame, each when it is due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use machine::Instant;
use rtp::HEADER_BYTES;

use super::leg::Feed;
use super::made::MadePacket;
use super::playing::{CLOCK, LONGEST_MS, Piece, Playing};
use super::{ROOM, Road, TimerKey};
use crate::command::{Notice, PlayCodec, Refusal};
use crate::prompts::{OCTETS_PER_MS, Prompt, PromptId};

/// Octets of the longest packet before it is protected.
const LONGEST: usize = HEADER_BYTES + LONGEST_MS as usize * OCTETS_PER_MS;

/// A prompt's identity as a source. It never leaves: the leg's own stands in its place.
const SSRC: u32 = 0x5052_4f4d;

/// Fills a frame from a prompt's octets at a position; from the start again behind the end. How
/// many octets were filled before the first wrap.
fn fill(frame: &mut [u8], octets: &[u8], position: usize) -> usize {
    let rest = octets.get(position..).unwrap_or_default();
    let first = frame.len().min(rest.len());
    let around = rest.iter().chain(octets.iter().cycle());
    for (to, from) in frame.iter_mut().zip(around) {
        *to = *from;
    }
    first
}

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
        if self.prompts.octets(prompt, codec.codec).is_none() {
            if let Some(leg) = self.leg(slot) {
                out.push(Notice::Refused {
                    id: leg.id,
                    because: Refusal::NoPrompt,
                });
            }
            return;
        }
        self.begin(slot, Piece::House(prompt), codec, looped, now);
    }

    /// The leg hears a recording that is handed over to it.
    pub(super) fn play_own(
        &mut self,
        slot: u32,
        prompt: Arc<Prompt>,
        codec: PlayCodec,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        if prompt.octets(codec.codec).is_some() {
            self.begin(slot, Piece::Own, codec, true, now);
            self.own.insert(slot, prompt);
        } else if let Some(leg) = self.leg(slot) {
            out.push(Notice::Refused {
                id: leg.id,
                because: Refusal::NoPrompt,
            });
        }
    }

    fn begin(&mut self, slot: u32, piece: Piece, codec: PlayCodec, looped: bool, now: Instant) {
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
            if let Piece::House(prompt) = playing.piece {
                out.push(Notice::Played { id, prompt });
            }
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
        let (prompts, own) = (Arc::clone(&self.prompts), self.own.get(&slot).cloned());
        let codec = playing.codec.codec;
        let Some(leg) = self.leg_mut(slot) else {
            return true;
        };
        let octets = match playing.piece {
            Piece::House(prompt) => prompts.octets(prompt, codec),
            Piece::Own => own.as_ref().and_then(|prompt| prompt.octets(codec)),
        };
        let octets = octets.unwrap_or_default();
        let mut packet = [0; LONGEST + ROOM];
        let whole = playing.frame_octets();
        let Some(frame) = packet.get_mut(HEADER_BYTES..HEADER_BYTES + whole) else {
            return true;
        };
        let way = leg.way_out().filter(|_| leg.expects.receives);
        if way.is_none() && !playing.looped {
            leg.outflow.paused = true;
            return false;
        }
        let (ts, seq) = (playing.ts, playing.seq);
        playing.ts = ts.wrapping_add(u32::from(playing.ptime_ms()) * (CLOCK / 1000));
        let filled = fill(frame, octets, playing.position);
        let ended = !playing.looped && playing.position + whole >= octets.len();
        playing.position = match octets.len() {
            0 => 0,
            length => (playing.position + whole) % length,
        };
        let Some((port, to)) = way else {
            leg.outflow.paused = true;
            return ended;
        };
        playing.seq = seq.wrapping_add(1);
        // The end of a prompt that is not looped is cut, not filled from its start.
        let size = HEADER_BYTES + if playing.looped { whole } else { filled };
        let made = MadePacket {
            source: SSRC,
            format: playing.format(),
            seq,
            ts,
            marker: seq == 0,
        };
        if let Some(sent) = leg.finish(&made, &mut packet, size, now) {
            send(port, to, packet.get(..sent).unwrap_or_default());
            self.figures.played += 1;
        }
        ended
    }
}
