//! A fax machine, as the exchange sees one: 20 ms of sound, or packets of T.38, go in and out, and
//! at its end there is what became of it and its pages.

use domain::{FaxCarriage, FaxFailure, FaxTransport};
use fax::{Engine, Event, FaxResult, Job, Order, Outcome, Tone};
use node::{FaxBeginning, FaxTask};

use super::trays::Trays;
use crate::fax_reader;

/// What became of a fax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// Why not all of it has come over; nothing where all has.
    pub(super) failure: Option<FaxFailure>,
    /// Pages that have.
    pub(super) pages: u16,
    /// How they were carried.
    pub(super) carriage: FaxCarriage,
}

impl Ended {
    /// One of which nothing has come.
    pub(super) fn broken(code: &str, because: String) -> Ended {
        Ended {
            failure: Some(FaxFailure {
                code: code.to_owned(),
                because,
            }),
            pages: 0,
            carriage: FaxCarriage::default(),
        }
    }
}

/// A packet of T.38 (IFP) that a machine sends, and how often it is to go at once.
pub(super) type Ifp = (Vec<u8>, u8);

/// What has happened in 20 ms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Happened {
    /// Tones of the other machine.
    pub(super) tones: Vec<Tone>,
    /// Packets for it.
    pub(super) packets: Vec<Ifp>,
    /// What became of the fax, once the machine has done.
    pub(super) ended: Option<Ended>,
}

/// A machine that receives or sends one fax.
pub(super) trait Machine: Send {
    /// 20 ms have passed: what was heard in them, what is to be said for it, and what else has
    /// happened. By T.38 nothing is heard or said.
    ///
    /// # Errors
    /// In words, where it has broken down.
    fn tick(&mut self, heard: &[i16; 160], said: &mut [i16; 160]) -> Result<Happened, String>;

    /// From now on the fax goes by this, and begins anew.
    ///
    /// # Errors
    /// In words, where it has broken down.
    fn switch(&mut self, to: FaxTransport) -> Result<(), String>;

    /// A packet of T.38 (IFP) has come, with its number.
    ///
    /// # Errors
    /// In words, where it has broken down.
    fn packet(&mut self, number: u16, ifp: &[u8]) -> Result<(), String>;

    /// The call is over; what became of the fax.
    ///
    /// # Errors
    /// In words, where it has broken down.
    fn hang_up(&mut self) -> Result<Ended, String>;

    /// The pages that came as a document (PDF), and how many they are; nothing where there is
    /// none. It takes a while.
    ///
    /// # Errors
    /// In words, where it has broken down.
    fn document(self: Box<Self>) -> Result<(u16, Vec<u8>), String>;
}

/// Whoever starts machines. It may take seconds.
pub(super) type Maker = Box<dyn Fn(&FaxBeginning) -> Result<Box<dyn Machine>, String> + Send>;

/// Machines that are engines in processes of their own: this very program, asked to be one.
///
/// # Errors
/// The program does not know where it lies.
pub(super) fn engines(trays: Trays) -> std::io::Result<Maker> {
    let program = fax_reader::engine()?;
    Ok(Box::new(move |beginning: &FaxBeginning| {
        let job = match beginning.task {
            FaxTask::Receive => Job::Receive,
            FaxTask::Send => Job::Send {
                pages: trays.take(beginning.id).ok_or("its pages are gone")?,
            },
        };
        let order = Order::new(job, beginning.station.clone());
        let started = Engine::start(&program, &order);
        let engine = started.map_err(|problem| problem.to_string())?;
        Ok(Box::new(engine) as Box<dyn Machine>)
    }))
}

impl Machine for Engine {
    fn tick(&mut self, heard: &[i16; 160], said: &mut [i16; 160]) -> Result<Happened, String> {
        let ticked = Engine::tick(self, heard, said);
        ticked.map_err(|problem| problem.to_string())?;
        Ok(happened(self))
    }

    fn switch(&mut self, to: FaxTransport) -> Result<(), String> {
        let switched = match to {
            FaxTransport::G711 => self.switch_to_sound(),
            FaxTransport::T38 => self.switch_to_t38(),
        };
        switched.map_err(|problem| problem.to_string())
    }

    fn packet(&mut self, number: u16, ifp: &[u8]) -> Result<(), String> {
        let taken = self.ifp(number, ifp);
        taken.map_err(|problem| problem.to_string())
    }

    fn hang_up(&mut self) -> Result<Ended, String> {
        if self.outcome().is_none() {
            let hung_up = Engine::hang_up(self);
            hung_up.map_err(|problem| problem.to_string())?;
        }
        let outcome = self.outcome().map(ended);
        outcome.ok_or_else(|| "the fax engine does not say how it ended".to_owned())
    }

    fn document(self: Box<Self>) -> Result<(u16, Vec<u8>), String> {
        let pages = self.into_pages().map_err(|problem| problem.to_string())?;
        let count = u16::try_from(pages.count()).unwrap_or(u16::MAX);
        let document = if count == 0 {
            Vec::new()
        } else {
            pages.to_pdf()
        };
        Ok((count, document))
    }
}

/// What the engine has told since it was last asked.
fn happened(engine: &mut Engine) -> Happened {
    let mut happened = Happened::default();
    for event in engine.events() {
        match event {
            Event::Done(told) => happened.ended = Some(ended(&told)),
            Event::Heard(tone) => happened.tones.push(tone),
            // they are told in their order, without a gap, and get their numbers where they leave
            Event::Ifp { packet, copies, .. } => happened.packets.push((packet, copies)),
            Event::Page { .. } => {}
        }
    }
    happened
}

fn ended(outcome: &Outcome) -> Ended {
    let failure = match outcome.result {
        FaxResult::Ok => None,
        FaxResult::Failed { code, words } => Some(FaxFailure {
            code: code.to_owned(),
            because: words.to_owned(),
        }),
    };
    Ended {
        failure,
        pages: outcome.pages,
        carriage: FaxCarriage {
            transport: None,
            station: outcome.station.clone(),
            bits_per_second: outcome.bits_per_second,
            ecm: outcome.ecm,
            bad_rows: outcome.bad_rows,
        },
    }
}
