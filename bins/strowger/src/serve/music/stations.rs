//! Plays companies' programmes, each once for all who hear it and while somebody does.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;

use admin::Office;
use domain::{Music, MusicOrder};
use machine::{Instant, Random};
use media::{Air, Item, Lineup, Station, Wish};
use net::LoopClock;
use node::StationAsk;
use notify::HttpRadio;

use super::note::Note;
use super::radio;
use super::shelf::{self, Errand};
use super::tally::Tally;
use crate::serve::inbox::{Letter, Postbox};

/// Stations that play at one time, of all companies and of one.
const STATIONS_MAX: usize = 32;
const OF_ONE_COMPANY_MAX: usize = 8;

/// Notes that wait at most.
const NOTES_MAX: usize = 512;

/// How often stations play on. They are further ahead than that ([`media::STATION_AHEAD`]).
const PERIOD: Duration = Duration::from_millis(100);

/// How long a station plays on to which nobody listens: a party that is held again finds it, and a
/// live stream is not lost by a short pause.
const LINGER: Duration = Duration::from_secs(20);

/// When a station is given up that has nothing to play.
const GIVE_UP: Duration = Duration::from_secs(60);

/// Room for the most that comes of a stream at once, in samples.
const PIECE: usize = media::STATION_RATE as usize;

/// The shard's end.
pub(crate) struct Desk {
    notes: SyncSender<Note>,
}

impl Desk {
    /// Asks for a programme; whether it is on the air is posted to the shard.
    ///
    /// # Errors
    /// The question, where too much waits.
    pub(crate) fn ask(&self, ask: StationAsk) -> Result<(), StationAsk> {
        let asked = self.notes.try_send(Note::Wanted(ask));
        asked.map_err(|_| ask)
    }
}

/// What stations are played with.
pub(crate) struct Parts {
    pub(crate) office: Office,
    pub(crate) postbox: Postbox,
    /// The clock of the media threads.
    pub(crate) clock: LoopClock,
    /// Who listens to live streams.
    pub(crate) radio: HttpRadio,
    pub(crate) random: Random,
    pub(crate) tally: Arc<Tally>,
}

/// Starts the thread that plays them; it lasts as long as the process.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn start(parts: Parts) -> io::Result<Desk> {
    let (notes, inbox) = sync_channel(NOTES_MAX);
    let errands = shelf::start(parts.office, notes.clone())?;
    let mut stations = Stations {
        slots: BTreeMap::new(),
        errands,
        postbox: parts.postbox,
        radio: Arc::new(parts.radio),
        random: parts.random,
        clock: parts.clock,
        tally: parts.tally,
    };
    let thread = thread::Builder::new().name("stations".to_owned());
    thread.spawn(move || stations.run(&inbox))?;
    Ok(Desk { notes })
}

/// One programme that is wanted.
enum Slot {
    /// What it is has been asked for.
    Opening,
    /// It plays.
    Playing(Box<Playing>),
}

struct Playing {
    station: Station,
    programme: Music,
    /// Whether the shard knows of it.
    told: bool,
    born: Instant,
    /// When it was listened to last.
    heard: Instant,
    /// The pieces of its live stream.
    stream: Option<Receiver<Vec<i16>>>,
}

impl Playing {
    fn new(programme: Music, random: Random, now: Instant) -> Playing {
        let every = Duration::from_secs(programme.announced_every_seconds.into());
        let lineup = Lineup {
            listed: programme.playlist.len(),
            shuffled: programme.order == MusicOrder::Shuffle,
            announced_every: programme.announcement.map(|_| every),
            streams: programme.stream.is_some(),
        };
        Playing {
            station: Station::new(lineup, random, now),
            programme,
            told: false,
            born: now,
            heard: now,
            stream: None,
        }
    }

    /// What is to be fetched for one of its sounds.
    fn errand(&self, ask: &StationAsk, item: Item) -> Errand {
        let sound = match item {
            Item::Listed(place) => self.programme.playlist.get(place).copied(),
            Item::Announcement => self.programme.announcement,
            Item::Default => ask.instead,
        };
        sound.map_or(Errand::House(item), |sound| Errand::Sound(item, sound))
    }

    /// Takes what has come of the stream; whether it was lost.
    fn take_in(&mut self, now: Instant) -> bool {
        while let Some(stream) = &self.stream
            && self.station.stream_room() >= PIECE
        {
            match stream.try_recv() {
                Ok(piece) => self.station.stream(&piece),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.stream = None;
                    self.station.stream_ended(now);
                    return true;
                }
            }
        }
        false
    }

    /// Whether it plays on; one that nobody has listened to for a while goes off the air.
    fn goes_on(&mut self, now: Instant) -> bool {
        let air = self.station.air();
        if air.listeners() > 0 {
            self.heard = now;
        }
        let idle = self.told && now >= self.heard + LINGER;
        let hopeless = !self.station.has_begun() && now >= self.born + GIVE_UP;
        !(idle || hopeless) || !air.close()
    }
}

struct Stations {
    slots: BTreeMap<StationAsk, Slot>,
    errands: SyncSender<(StationAsk, Errand)>,
    postbox: Postbox,
    radio: Arc<HttpRadio>,
    random: Random,
    clock: LoopClock,
    tally: Arc<Tally>,
}

impl Stations {
    fn run(&mut self, notes: &Receiver<Note>) {
        loop {
            let note = if self.slots.is_empty() {
                match notes.recv() {
                    Ok(note) => Some(note),
                    Err(_) => return,
                }
            } else {
                match notes.recv_timeout(PERIOD) {
                    Ok(note) => Some(note),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            };
            for note in note.into_iter().chain(notes.try_iter().take(NOTES_MAX)) {
                self.take(note);
            }
            self.play();
        }
    }

    fn take(&mut self, note: Note) {
        let now = self.clock.now();
        match note {
            Note::Wanted(ask) => self.open(ask),
            Note::Programme(ask, programme) => {
                let Some(slot) = self.slots.get_mut(&ask) else {
                    return;
                };
                match programme {
                    Some(programme) => {
                        let random = self.random.fork("station");
                        *slot = Slot::Playing(Box::new(Playing::new(*programme, random, now)));
                        Tally::count(&self.tally.begun);
                    }
                    None => {
                        self.slots.remove(&ask);
                        self.tell(ask, None);
                    }
                }
            }
            Note::Sound(ask, item, samples) => {
                if let Some(Slot::Playing(playing)) = self.slots.get_mut(&ask) {
                    playing.station.sound(item, samples, now);
                }
            }
        }
    }

    fn open(&mut self, ask: StationAsk) {
        match self.slots.get_mut(&ask) {
            Some(Slot::Playing(playing)) => {
                // the shard may have missed it
                playing.told = false;
                return;
            }
            Some(Slot::Opening) => return,
            None => {}
        }
        let own = self.slots.keys().filter(|other| other.tenant == ask.tenant);
        let room = self.slots.len() < STATIONS_MAX && own.count() < OF_ONE_COMPANY_MAX;
        if room && self.errands.try_send((ask, Errand::Programme)).is_ok() {
            self.slots.insert(ask, Slot::Opening);
        } else {
            Tally::count(&self.tally.crowded);
            self.tell(ask, None);
        }
    }

    /// Whether the shard was told.
    fn tell(&self, ask: StationAsk, air: Option<Arc<Air>>) -> bool {
        // a shard that is too busy asks again when its patience is over
        self.postbox.post(Letter::Station(ask, air)).is_ok()
    }

    /// Each station plays on.
    fn play(&mut self) {
        let now = self.clock.now();
        let (mut listeners, mut live, mut wishes) = (0, 0, Vec::new());
        let asks: Vec<StationAsk> = self.slots.keys().copied().collect();
        for ask in asks {
            let Some(Slot::Playing(playing)) = self.slots.get_mut(&ask) else {
                continue;
            };
            if playing.take_in(now) {
                Tally::count(&self.tally.lost);
            }
            playing.station.play(now, &mut wishes);
            if !playing.goes_on(now) {
                let told = playing.told;
                self.slots.remove(&ask);
                wishes.clear();
                if !told {
                    self.tell(ask, None);
                }
                continue;
            }
            listeners += u64::from(playing.station.air().listeners());
            live += usize::from(playing.station.is_live());
            let news = !playing.told && playing.station.has_begun();
            let air = news.then(|| Arc::clone(playing.station.air()));
            for wish in wishes.drain(..) {
                self.fulfil(ask, wish, now);
            }
            if air.is_some() {
                let told = self.tell(ask, air);
                self.note_told(&ask, told, now);
            }
        }
        self.tally.stands(self.slots.len(), listeners, live);
    }

    fn note_told(&mut self, ask: &StationAsk, told: bool, now: Instant) {
        if let Some(Slot::Playing(playing)) = self.slots.get_mut(ask)
            && told
        {
            (playing.told, playing.heard) = (true, now);
        }
    }

    fn fulfil(&mut self, ask: StationAsk, wish: Wish, now: Instant) {
        let Some(Slot::Playing(playing)) = self.slots.get_mut(&ask) else {
            return;
        };
        match wish {
            Wish::Sound(item) => {
                let errand = playing.errand(&ask, item);
                if self.errands.try_send((ask, errand)).is_err() {
                    playing.station.sound(item, None, now);
                }
            }
            Wish::Stream => {
                let url = playing.programme.stream.clone().unwrap_or_default();
                match radio::listen(&self.radio, ask, url) {
                    Ok(stream) => playing.stream = Some(stream),
                    Err(_) => playing.station.stream_ended(now),
                }
            }
        }
    }
}
