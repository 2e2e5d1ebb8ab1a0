//! The fax of one call, as the exchange drives it: an engine in a process of its own.

use std::collections::VecDeque;
use std::time::Duration;

use crate::message::{Answer, Told, Work};
use crate::outcome::{Event, Outcome};
use crate::pages::Pages;
use crate::problem::Problem;
use crate::program::{Process, Program};

/// Within this time an engine must be there, with its library, and have taken its pages.
pub const START_PATIENCE: Duration = Duration::from_secs(5);

/// Within this time an engine must answer 20 ms of sound.
pub const TICK_PATIENCE: Duration = Duration::from_millis(100);

/// Within this time an engine must hand over the pages that came.
pub const FETCH_PATIENCE: Duration = Duration::from_secs(5);

/// Events that may happen in one tick; more are nonsense.
const MOST_EVENTS: usize = 256;

/// Octets of a packet of T.38 that are taken: more than a datagram carries.
pub const MOST_PACKET: usize = 2048;

/// What an engine is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// To receive or to send.
    pub job: Job,
    /// What we call ourselves to the other machine (ITU-T T.30 §5.3.6.2.4): usually our number. At
    /// most 20 visible characters of ASCII: more are cut, others left out.
    pub station: String,
    /// A text for the line that is printed above every page sent, beside date, both stations and
    /// page; at most 50 characters. Empty: no such line.
    pub header: String,
    /// Whether errors are corrected where the other machine can do that (ITU-T T.30 annex A).
    pub ecm: bool,
    /// How long [`Engine::tick`] waits at most; [`TICK_PATIENCE`] unless told otherwise.
    pub patience: Duration,
}

/// To receive or to send.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// Answers as a machine that is called, and takes pages.
    Receive,
    /// Calls as a machine that has pages to send.
    Send {
        /// The pages.
        pages: Pages,
    },
}

impl Order {
    /// With correction of errors, without a line above the pages.
    pub fn new(job: Job, station: impl Into<String>) -> Order {
        Order {
            job,
            station: station.into(),
            header: String::new(),
            ecm: true,
            patience: TICK_PATIENCE,
        }
    }
}

/// One engine: a process that is killed when this value goes.
pub struct Engine {
    process: Process,
    patience: Duration,
    events: VecDeque<Event>,
    outcome: Option<Outcome>,
    broken: Option<Problem>,
}

impl Engine {
    /// Starts one. This takes as long as a program needs to start, [`START_PATIENCE`] at most:
    /// it is no work for a thread that has sound to carry.
    ///
    /// # Errors
    /// If the program cannot be started, or refuses the order, or does not answer.
    pub fn start(program: &Program, order: &Order) -> Result<Engine, Problem> {
        let mut process = Process::start(program)?;
        let (work, pages) = match &order.job {
            Job::Receive => (Work::Receive, None),
            Job::Send { pages } => (Work::Send, Some(pages)),
        };
        let told = Told::Order {
            work,
            ecm: order.ecm,
            station: order.station.clone(),
            header: order.header.clone(),
        };
        process.tell(&told, START_PATIENCE)?;
        if let Some(pages) = pages {
            process.tell(&Told::Document(pages.as_tiff()), START_PATIENCE)?;
        }
        await_ready(&mut process)?;
        Ok(Engine {
            process,
            patience: order.patience,
            events: VecDeque::new(),
            outcome: None,
            broken: None,
        })
    }

    /// 20 ms have passed: what was heard in them (8 kHz, linear), and what is to be said for it.
    /// After [`Engine::switch_to_t38`] this is silence both ways, and drives the clock.
    ///
    /// # Errors
    /// If the engine did not answer in time, has ended or talks nonsense. From then on every call
    /// has the same error.
    pub fn tick(&mut self, heard: &[i16; 160], said: &mut [i16; 160]) -> Result<(), Problem> {
        *said = self.turn(&Told::Tick(*heard))?;
        Ok(())
    }

    /// From now on packets of ITU-T T.38 instead of sound. The fax begins anew on them, as both
    /// sides do that have agreed on it. Behind a page it does not: then nothing more comes of it.
    ///
    /// # Errors
    /// As of [`Engine::tick`].
    pub fn switch_to_t38(&mut self) -> Result<(), Problem> {
        self.tell(&Told::SwitchToT38)
    }

    /// From now on sound again instead of packets, on which the fax begins anew, unless a page is
    /// over.
    ///
    /// # Errors
    /// As of [`Engine::tick`].
    pub fn switch_to_sound(&mut self) -> Result<(), Problem> {
        self.tell(&Told::SwitchToSound)
    }

    /// A packet has come (an IFP packet, with its place as UDPTL tells it). Places that were left
    /// out are taken for lost; packets that came before are left alone. What they lead to is told
    /// with the next tick.
    ///
    /// # Errors
    /// As of [`Engine::tick`]. Packets beyond [`MOST_PACKET`] octets are dropped without one.
    pub fn ifp(&mut self, sequence: u16, packet: &[u8]) -> Result<(), Problem> {
        if packet.len() > MOST_PACKET {
            return Ok(());
        }
        self.tell(&Told::Ifp { sequence, packet })
    }

    /// The call is over: what has come of the fax is all there will be, and [`Event::Done`] is
    /// told if it was not yet.
    ///
    /// # Errors
    /// As of [`Engine::tick`].
    pub fn hang_up(&mut self) -> Result<(), Problem> {
        self.turn(&Told::HangUp).map(drop)
    }

    /// What happened since this was last asked.
    pub fn events(&mut self) -> impl Iterator<Item = Event> {
        self.events.drain(..)
    }

    /// How it ended, once [`Event::Done`] was told.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The pages that came, after [`Event::Done`]; before, those that are whole. It takes up to
    /// [`FETCH_PATIENCE`], and ends the engine.
    ///
    /// # Errors
    /// As of [`Engine::tick`], and if what the engine hands over are no pages.
    pub fn into_pages(mut self) -> Result<Pages, Problem> {
        if self.outcome.is_none() {
            self.hang_up()?;
        }
        self.tell(&Told::Fetch)?;
        let tiff = self.process.hear(FETCH_PATIENCE, |answer| match answer {
            Answer::Document(tiff) => Ok(tiff.to_vec()),
            Answer::Refused(words) => Err(Problem::Refused(words)),
            Answer::Ready
            | Answer::Said(_)
            | Answer::Heard(_)
            | Answer::Page(_)
            | Answer::Ifp { .. }
            | Answer::Done(_) => Err(OUT_OF_TURN),
        })??;
        Pages::from_tiff(tiff).map_err(|bad| Problem::Nonsense(bad.0))
    }

    /// The engine's number at the operating system.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    fn tell(&mut self, told: &Told<'_>) -> Result<(), Problem> {
        if let Some(problem) = &self.broken {
            return Err(problem.clone());
        }
        let done = self.process.tell(told, self.patience);
        done.inspect_err(|problem| self.broken = Some(problem.clone()))
    }

    /// Tells something that is answered by sound, and notes what else is told before it.
    fn turn(&mut self, told: &Told<'_>) -> Result<[i16; 160], Problem> {
        self.tell(told)?;
        let answer = self.answer();
        answer.inspect_err(|problem| self.broken = Some(problem.clone()))
    }

    fn answer(&mut self) -> Result<[i16; 160], Problem> {
        for _ in 0..MOST_EVENTS {
            let step = self.process.hear(self.patience, Step::of)?;
            match step {
                Step::Sound(said) => return Ok(said),
                Step::Told(event) => {
                    if let Event::Done(outcome) = &event {
                        self.outcome = Some(outcome.clone());
                    }
                    self.events.push_back(event);
                }
                Step::Broken(problem) => return Err(problem),
            }
        }
        Err(Problem::Nonsense("more happened in 20 ms than can"))
    }
}

/// What an answer means while a fax runs.
#[allow(
    clippy::large_enum_variant,
    reason = "one is alive at a time, and most of them are sound"
)]
enum Step {
    Sound([i16; 160]),
    Told(Event),
    Broken(Problem),
}

const OUT_OF_TURN: Problem = Problem::Nonsense("an answer to what was not asked");

impl Step {
    fn of(answer: Answer<'_>) -> Step {
        match answer {
            Answer::Said(sound) => Step::Sound(sound),
            Answer::Heard(tone) => Step::Told(Event::Heard(tone)),
            Answer::Page(number) => Step::Told(Event::Page { number }),
            Answer::Ifp {
                sequence,
                copies,
                packet,
            } => Step::Told(Event::Ifp {
                sequence,
                packet: packet.to_vec(),
                copies,
            }),
            Answer::Done(figures) => Step::Told(Event::Done(Outcome::of(figures))),
            Answer::Refused(words) => Step::Broken(Problem::Refused(words)),
            Answer::Ready | Answer::Document(_) => Step::Broken(OUT_OF_TURN),
        }
    }
}

fn await_ready(process: &mut Process) -> Result<(), Problem> {
    process.hear(START_PATIENCE, |answer| match answer {
        Answer::Ready => Ok(()),
        Answer::Refused(words) => Err(Problem::Refused(words)),
        Answer::Said(_)
        | Answer::Heard(_)
        | Answer::Page(_)
        | Answer::Ifp { .. }
        | Answer::Done(_)
        | Answer::Document(_) => Err(OUT_OF_TURN),
    })?
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("process", &self.process.id())
            .field("outcome", &self.outcome)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}
