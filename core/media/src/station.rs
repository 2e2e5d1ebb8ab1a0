//! A station: one programme of music on hold, played once for all who hear it.
//!
//! It takes sounds, and the sound of a live stream, as samples of one channel at 16 kHz, and keeps
//! an [`Air`] some way ahead of the present moment. It says what it wants next ([`Wish`]); whoever
//! drives it fetches that and may wait, the station does not: where nothing has come in time it is
//! silent.

mod air;
mod list;
mod live;
mod mast;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};

pub use air::{AIR_MS, Air, Tuned};
use list::List;
use live::Live;
use mast::Mast;

/// Samples per second of what a station takes.
pub const STATION_RATE: u32 = 16_000;

/// How far what is on the air is ahead of the present moment; a station wants to be driven more
/// often than that.
pub const STATION_AHEAD: Duration = Duration::from_millis(500);

/// Samples of one frame, 20 ms.
const FRAME: usize = 320;

/// Milliseconds of one frame.
const FRAME_MS: u64 = 20;

/// How long a stream is waited for before the playlist is heard in its place.
const STREAM_PATIENCE: Duration = Duration::from_secs(5);

/// Before an announcement is due by so many frames of music, it is wished for.
const ANNOUNCED_AHEAD: u64 = 250;

/// What a programme is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lineup {
    /// How many sounds its playlist has.
    pub listed: usize,
    /// Whether they are heard in ever another order.
    pub shuffled: bool,
    /// How much music is heard between two announcements, where there are any.
    pub announced_every: Option<Duration>,
    /// Whether it has a live stream.
    pub streams: bool,
}

/// One sound that a station plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Of the playlist, by its place there.
    Listed(usize),
    /// What is heard where nothing of the playlist is: the company's music, or the exchange's.
    Default,
    /// The announcement.
    Announcement,
}

/// What a station wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A sound, which is answered by [`Station::sound`].
    Sound(Item),
    /// Its stream, which is answered by [`Station::stream`] and at last [`Station::stream_ended`].
    Stream,
}

/// One programme, playing.
#[derive(Debug)]
pub struct Station {
    air: Arc<Air>,
    mast: Mast,
    list: List,
    live: Option<Live>,
    announcer: Option<Announcer>,
    born: Instant,
    /// Whether anything of it can be heard yet.
    begun: bool,
}

/// Who says the announcement now and then.
#[derive(Debug)]
struct Announcer {
    /// Frames of music between two.
    every: u64,
    /// Frames of music since the last.
    music: u64,
    wished: bool,
    text: Option<Arc<[i16]>>,
    /// Samples that were said of it; `None` while music is heard.
    said: Option<usize>,
}

impl Station {
    /// A station that begins to play as soon as it has something.
    #[must_use]
    pub fn new(lineup: Lineup, random: Random, now: Instant) -> Station {
        let frames = |every: Duration| u64::try_from(every.as_millis()).unwrap_or(0) / FRAME_MS;
        Station {
            air: Arc::new(Air::new(now)),
            mast: Mast::new(),
            list: List::new(lineup.listed, lineup.shuffled, random),
            live: lineup.streams.then(|| Live::new(now)),
            announcer: lineup.announced_every.map(|every| Announcer {
                every: frames(every).max(1),
                music: 0,
                wished: false,
                text: None,
                said: None,
            }),
            born: now,
            begun: false,
        }
    }

    /// What it sends.
    #[must_use]
    pub fn air(&self) -> &Arc<Air> {
        &self.air
    }

    /// Whether there is anything to be heard.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether its stream is what is heard.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.as_ref().is_some_and(Live::flows)
    }

    /// Plays up to [`STATION_AHEAD`] of the present moment, and says what it wants.
    pub fn play(&mut self, now: Instant, wishes: &mut Vec<Wish>) {
        if let Some(live) = &mut self.live {
            wishes.extend(live.wants(now).then_some(Wish::Stream));
        }
        let waits = self.waits_for_stream(now);
        if !waits {
            wishes.extend(self.list.wants(now).map(Wish::Sound));
        }
        if let Some(announcer) = &mut self.announcer {
            let wanted = announcer.wants();
            wishes.extend(wanted.then_some(Wish::Sound(Item::Announcement)));
        }
        if !self.begun {
            self.begun = self.is_live() || (!waits && self.list.has_sound());
            if !self.begun {
                return;
            }
            self.air.begin_at(now);
        }
        let until = now + STATION_AHEAD;
        self.air.skip_to(now);
        while self.air.is_before(until) {
            let frame = self.frame(now);
            let [pcmu, pcma, g722] = self.mast.encode(&frame);
            self.air.send([&pcmu, &pcma, &g722]);
        }
    }

    /// What was wished for has come, or there is nothing to be heard of it.
    pub fn sound(&mut self, item: Item, samples: Option<Arc<[i16]>>, now: Instant) {
        match item {
            Item::Listed(_) | Item::Default => self.list.came(item, samples, now),
            Item::Announcement => {
                if let Some(announcer) = &mut self.announcer {
                    announcer.came(samples);
                }
            }
        }
    }

    /// How many samples of the stream there is room for. What is beyond has to wait.
    #[must_use]
    pub fn stream_room(&self) -> usize {
        self.live.as_ref().map_or(0, Live::room)
    }

    /// Takes samples of the stream; those beyond the room are lost.
    pub fn stream(&mut self, samples: &[i16]) {
        if let Some(live) = &mut self.live {
            live.take(samples);
        }
    }

    /// The stream has ended or could not be had. It is wished for again after a while.
    pub fn stream_ended(&mut self, now: Instant) {
        if let Some(live) = &mut self.live {
            live.ended(now);
        }
    }

    /// Whether the stream is given time to begin before anything else is heard.
    fn waits_for_stream(&self, now: Instant) -> bool {
        let hopeful = self.live.as_ref().is_some_and(Live::is_hoped_for);
        hopeful && !self.begun && now < self.born + STREAM_PATIENCE
    }

    fn frame(&mut self, now: Instant) -> [i16; FRAME] {
        let mut frame = [0; FRAME];
        let announcing = match &mut self.announcer {
            Some(announcer) => announcer.say(&mut frame),
            None => false,
        };
        let mut unheard = [0; FRAME];
        let heard = if announcing { &mut unheard } else { &mut frame };
        let live = match &mut self.live {
            Some(live) => live.play(heard, now),
            None => false,
        };
        if !live && !announcing {
            self.list.play(&mut frame);
        }
        frame
    }
}

impl Announcer {
    fn wants(&mut self) -> bool {
        let near = self.music + ANNOUNCED_AHEAD >= self.every;
        let wanted = near && !self.wished && self.text.is_none();
        self.wished |= wanted;
        wanted
    }

    fn came(&mut self, samples: Option<Arc<[i16]>>) {
        if samples.is_none() {
            // it is looked for again when the next one is due
            self.music = 0;
            self.wished = false;
        }
        self.text = samples;
    }

    /// Says the next frame, where one is due.
    fn say(&mut self, frame: &mut [i16; FRAME]) -> bool {
        let due = self.said.is_some() || self.music >= self.every;
        let Some(text) = self.text.as_ref().filter(|_| due) else {
            self.music += 1;
            return false;
        };
        let said = self.said.unwrap_or(0);
        let rest = text.get(said..).unwrap_or_default();
        for (to, from) in frame.iter_mut().zip(rest) {
            *to = *from;
        }
        if rest.len() > FRAME {
            self.said = Some(said + FRAME);
        } else {
            (self.said, self.text, self.wished, self.music) = (None, None, false, 0);
        }
        true
    }
}
