//! The road half: packets and time in, verdicts and notices out.
//!
//! This file holds the road's parts and its doors; `orders` obeys commands, `traffic` and `rtcp`
//! judge packets, `owner` finds whose they are, `lift` whose those are that are no sound, `lock`
//! decides whose packets a leg believes, `secure` how they are protected, `fax` passes on what is
//! of a fax, `video` looks after what goes beside sound, `fork` after whoever hears it as well,
//! `transcode` after packets that their listener does not understand as they are, `attend`, `rooms`
//! and `converse` after those of conferences, `line` after those of lines; `answering` finds out
//! who has answered; `wheel` looks at each leg once a second, and `reporting` tells its peer how it
//! is heard.

mod answering;
mod attend;
mod beside;
mod converse;
mod farewell;
mod fax;
mod flow;
mod foresee;
mod fork;
mod gauge;
mod leg;
mod lift;
mod line;
mod lined;
mod lock;
mod made;
mod on_port;
mod orders;
mod own_reports;
mod owner;
mod play;
mod playing;
mod rendition;
mod reporting;
mod reports;
mod rooms;
mod rtcp;
mod score;
mod secure;
mod table;
mod tap;
#[cfg(test)]
mod tests;
mod tie;
mod to_partner;
mod traffic;
mod transcode;
mod video;
mod wheel;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use machine::{Instant, Random, TimerTable};

use crate::command::Notice;
use crate::figures::{RoadFigures, TranscodingFigures};
use crate::id::EndpointId;
use crate::limits::Limits;
use crate::prompts::Prompts;
use farewell::Farewell;
pub use foresee::FORESEEN;
use leg::{Feed, Leg};
use on_port::OnPort;
use rendition::Rendition;
use rooms::Rooms;
use table::Table;
use tap::Taps;
use wheel::Wheel;

/// Octets that a buffer given to [`Road::packet`] must have behind its packet: by so much a packet
/// grows at most when it is protected.
pub const ROOM: usize = srtp::MAX_GROWTH;

/// Why a packet goes no further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DropReason {
    /// Neither RTP version 2 nor RTCP, or so long that its buffer has no [`ROOM`] behind it.
    Malformed,
    /// Its source is no leg's peer.
    Stranger,
    /// Its payload type was not negotiated, or the partner does not know the codec, or it is for a
    /// conference and the codec is not spoken here.
    Unnegotiated,
    /// The leg sent more packets than it may.
    Flood,
    /// Its listener does not know the codec, and as much is transcoded as may be.
    Crowded,
    /// It comes from where a leg's peer may be, but does not prove itself with that leg's key.
    Forged,
    /// It proved itself before, or is older than can be told (RFC 3711 §3.3.2).
    Replayed,
}

/// What to do with a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing.
    Drop(DropReason),
    /// Send the first `length` octets of the same buffer.
    Send {
        /// From this local port (of the family of `to`).
        local_port: u16,
        /// To the peer of the leg that hears it.
        to: SocketAddr,
        /// Octets; at most [`ROOM`] more than were received.
        length: usize,
    },
    /// It is of STUN or DTLS, and this leg's: the control half answers it.
    Lift(EndpointId),
    /// It was a leg's, and there is nobody to hear it now.
    Absorbed,
    /// It was a leg's and is kept, to be heard in another codec or among others when its turn
    /// comes.
    Kept,
}

/// What a timer is for.
#[derive(Clone, Copy, Debug)]
enum TimerKey {
    /// A frame of a prompt is due.
    Play(u32),
    /// A leg has been silent for long, perhaps.
    Silence(u32),
    /// The end of a key press was lost, perhaps.
    Event(u32),
    /// A frame of a leg's sound is due that is transcoded for its partner.
    Transcode(u32),
    /// A frame of a line is due.
    Line(u32),
    /// A frame of a room is due.
    Room(u32),
    /// Whoever makes this video is to be asked for a whole picture.
    Refresh(u32),
    /// Legs are to be looked at.
    Look,
}

/// What there is so much of now.
#[derive(Clone, Copy, Debug, Default)]
struct Present {
    /// Directions that are transcoded.
    transcodings: u32,
    /// Legs that carry a fax.
    faxes: u32,
}

/// What is played to legs.
struct Repertoire {
    prompts: Arc<Prompts>,
    /// What the prompts of legs take beyond their places; by slot.
    renditions: BTreeMap<u32, Rendition>,
}

/// All legs of one media worker.
pub struct Road {
    limits: Limits,
    repertoire: Repertoire,
    random: Random,
    /// By slot. A closed leg's slot is empty until another leg takes it.
    legs: Vec<Option<Box<Leg>>>,
    free: Vec<u32>,
    /// From an endpoint's index to its slot; for orders only.
    slots: BTreeMap<u32, u32>,
    table: Table,
    on_port: OnPort,
    timers: TimerTable<TimerKey>,
    figures: RoadFigures,
    present: Present,
    taps: Taps,
    rooms: Rooms,
    wheel: Wheel,
    farewells: Vec<Farewell>,
}

impl std::fmt::Debug for Road {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Road")
            .field("figures", &self.figures)
            .finish_non_exhaustive()
    }
}

impl Road {
    /// An empty road. `random` gives stream identities (RFC 3550 §8) and hides how the table
    /// hashes; it should be unpredictable outside of tests.
    #[must_use]
    pub fn new(limits: Limits, prompts: Arc<Prompts>, mut random: Random) -> Road {
        Road {
            limits,
            repertoire: Repertoire {
                prompts,
                renditions: BTreeMap::new(),
            },
            table: Table::new(&mut random),
            random,
            legs: Vec::new(),
            free: Vec::new(),
            slots: BTreeMap::new(),
            on_port: OnPort::new(),
            timers: TimerTable::new(),
            figures: RoadFigures::default(),
            present: Present::default(),
            taps: Taps::default(),
            rooms: Rooms::default(),
            wheel: Wheel::default(),
            farewells: Vec::new(),
        }
    }

    /// When [`Road::expire`] has something to do; never later than the true time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let farewells = self.farewells.first().map(Farewell::at);
        let waiting = farewells.into_iter().chain(self.taps.forked_since());
        self.timers.next().into_iter().chain(waiting).min()
    }

    /// Does what is due: frames of prompts, of lines, of transcoded sound and of conferences,
    /// reports to peers and what was forked go to `send` (local port, to, packet), notices to
    /// `out`.
    pub fn expire(
        &mut self,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
        out: &mut Vec<Notice>,
    ) {
        self.taps.send_forked(send);
        self.say_farewells(send);
        while let Some((_, key)) = self.timers.pop_due(now) {
            match key {
                TimerKey::Play(slot) => self.play_due(slot, now, send, out),
                TimerKey::Silence(slot) => self.silence_due(slot, now, out),
                TimerKey::Event(slot) => self.event_due(slot, now, out),
                TimerKey::Transcode(slot) => self.transcode_due(slot, now, send),
                TimerKey::Line(slot) => self.line_due(slot, now, send),
                TimerKey::Room(number) => self.room_due(number, now, send, out),
                TimerKey::Refresh(slot) => self.refresh_due(slot, send),
                TimerKey::Look => self.look_due(now, send, out),
            }
        }
    }

    /// Counters as of now.
    #[must_use]
    pub fn figures(&self) -> RoadFigures {
        let open = u64::try_from(self.slots.len()).unwrap_or(u64::MAX);
        let transcoding = TranscodingFigures {
            present: self.present.transcodings.into(),
            ..self.figures.transcoding
        };
        RoadFigures {
            open,
            transcoding,
            ..self.figures
        }
    }

    /// The local RTP port of an endpoint, from which [`Command::Transmit`] is sent.
    ///
    /// [`Command::Transmit`]: crate::Command::Transmit
    #[must_use]
    pub fn port_of(&self, id: EndpointId) -> Option<u16> {
        let leg = self.leg(self.slot_of(id)?)?;
        Some(leg.local.rtp)
    }

    fn leg(&self, slot: u32) -> Option<&Leg> {
        self.legs.get(usize::try_from(slot).ok()?)?.as_deref()
    }

    fn leg_mut(&mut self, slot: u32) -> Option<&mut Leg> {
        self.legs
            .get_mut(usize::try_from(slot).ok()?)?
            .as_deref_mut()
    }

    /// The slot of an open endpoint of this very generation.
    fn slot_of(&self, id: EndpointId) -> Option<u32> {
        let slot = *self.slots.get(&id.index())?;
        self.leg(slot).filter(|leg| leg.id == id).map(|_| slot)
    }

    /// Brings the leg's entries in the table in line with what it believes; whether all are its.
    fn rekey(&mut self, slot: u32) -> bool {
        let Some(leg) = self
            .legs
            .get_mut(usize::try_from(slot).unwrap_or(usize::MAX))
        else {
            return true;
        };
        let Some(leg) = leg.as_deref_mut() else {
            return true;
        };
        let wanted = leg.wanted_keys();
        for key in leg
            .entries
            .keys
            .iter()
            .flatten()
            .filter(|key| !wanted.contains(&Some(**key)))
        {
            self.table.remove(key, slot);
        }
        let mut all = true;
        leg.entries.keys = wanted.map(|key| {
            let ours = key.filter(|key| self.table.insert(*key, slot));
            all &= ours.is_some() == key.is_some();
            ours
        });
        all
    }

    /// Lets the leg hear something else.
    fn set_feed(&mut self, slot: u32, feed: Feed) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let before = std::mem::replace(&mut leg.feed, feed);
        match (before, feed) {
            (Feed::Tied, Feed::Tied) | (Feed::Echo, Feed::Echo) => return,
            (Feed::Tied | Feed::Echo | Feed::Play(_) | Feed::Line(_), _) => {
                leg.outflow.change_source();
            }
        }
        if let Feed::Line(lined) = before {
            self.timers.cancel(lined.timer);
            self.part_line(slot);
        }
        if let Feed::Play(playing) = before {
            if let Some(timer) = playing.timer {
                self.timers.cancel(timer);
            }
            self.repertoire.renditions.remove(&slot);
        }
        self.end_transcodings_around(slot);
    }

    /// Begins or ends waiting for packets of a leg, after anything that may change whether they
    /// are awaited.
    fn watch(&mut self, slot: u32, now: Instant) {
        let silence = self.limits.first_silence;
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let awaited = leg.is_awaited();
        if leg.is_reported_to() {
            self.look_after(slot, now);
        }
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        if awaited == leg.watch.since.is_some() {
            return;
        }
        let before = std::mem::take(&mut leg.watch);
        leg.watch.look = before.look;
        if let Some(timer) = before.timer {
            self.timers.cancel(timer);
        }
        if awaited {
            let timer = self.timers.arm(now + silence, TimerKey::Silence(slot));
            if let Some(leg) = self.leg_mut(slot) {
                leg.watch.since = Some(now);
                leg.watch.timer = Some(timer);
            }
            self.look_after(slot, now);
        }
    }

    fn silence_due(&mut self, slot: u32, now: Instant, out: &mut Vec<Notice>) {
        let (first, again) = (self.limits.first_silence, self.limits.silence);
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let Some(since) = leg.watch.since else { return };
        let last = leg.inflow.last.map_or(since, |last| last.max(since));
        let lasts = now.saturating_since(last);
        let patience = if leg.inflow.rests { again } else { first };
        let next = if lasts >= patience {
            leg.watch.silent = true;
            out.push(Notice::Silent { id: leg.id, lasts });
            // the next one is told when so much more has passed since the last packet
            let told = lasts.as_nanos() / again.as_nanos().max(1);
            let times = u32::try_from(told).unwrap_or(u32::MAX).saturating_add(1);
            last + again.saturating_mul(times)
        } else {
            last + patience
        };
        let timer = self.timers.arm(next, TimerKey::Silence(slot));
        if let Some(leg) = self.leg_mut(slot) {
            leg.watch.timer = Some(timer);
        }
    }

    fn event_due(&mut self, slot: u32, now: Instant, out: &mut Vec<Notice>) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        leg.inflow.event_timer = None;
        if let Some(digit) = leg.inflow.events.expire(now) {
            leg.tell_digit(digit, out);
        }
        self.await_event_end(slot);
    }

    /// Arms the timer for the end of a key press, if one is awaited and it is not armed.
    fn await_event_end(&mut self, slot: u32) {
        let Some(leg) = self.leg(slot) else { return };
        let (None, Some(at)) = (leg.inflow.event_timer, leg.inflow.events.deadline()) else {
            return;
        };
        let timer = self.timers.arm(at, TimerKey::Event(slot));
        if let Some(leg) = self.leg_mut(slot) {
            leg.inflow.event_timer = Some(timer);
        }
    }
}
