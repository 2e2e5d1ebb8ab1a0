//! A fax machine, as the exchange sees one: 20 ms go in and out, and at its end there is what
//! became of it and its pages.

use domain::{FaxCarriage, FaxFailure};
use fax::{Engine, Event, FaxResult, Job, Order, Outcome, Program};
use node::FaxBeginning;

/// What became of a fax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// Why not all of it has come; nothing where all has.
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

/// A machine that receives one fax.
pub(super) trait Machine: Send {
    /// 20 ms have passed: what was heard in them, and what is to be said for it. Once it has done,
    /// what became of the fax.
    ///
    /// # Errors
    /// In words, where it has broken down.
    fn tick(&mut self, heard: &[i16; 160], said: &mut [i16; 160]) -> Result<Option<Ended>, String>;

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
pub(super) fn engines() -> std::io::Result<Maker> {
    let program = Program {
        path: std::env::current_exe()?,
        arguments: vec!["fax-engine".into()],
    };
    Ok(Box::new(move |beginning: &FaxBeginning| {
        let order = Order::new(Job::Receive, beginning.station.clone());
        let started = Engine::start(&program, &order);
        let engine = started.map_err(|problem| problem.to_string())?;
        Ok(Box::new(engine) as Box<dyn Machine>)
    }))
}

impl Machine for Engine {
    fn tick(&mut self, heard: &[i16; 160], said: &mut [i16; 160]) -> Result<Option<Ended>, String> {
        let ticked = Engine::tick(self, heard, said);
        ticked.map_err(|problem| problem.to_string())?;
        Ok(done(self))
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

/// What became of the fax, once it is told.
fn done(engine: &mut Engine) -> Option<Ended> {
    let mut outcome = None;
    for event in engine.events() {
        match event {
            Event::Done(told) => outcome = Some(ended(&told)),
            Event::Heard(_) | Event::Page { .. } | Event::Ifp { .. } => {}
        }
    }
    outcome
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
            station: outcome.station.clone(),
            bits_per_second: outcome.bits_per_second,
            ecm: outcome.ecm,
            bad_rows: outcome.bad_rows,
        },
    }
}
