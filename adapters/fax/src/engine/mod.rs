//! The child: a process that does one fax, or draws one document, and ends.
//!
//! It reads frames from its input and answers on its output, one thing after another; it has no
//! clock but the ticks that it is told. Before it reads anything that a stranger has sent it gives
//! up what it does not need.

mod session;
mod spandsp;

use std::io::{self, Read, Stdin, Stdout, Write};
use std::process::ExitCode;

use crate::frame::{Frames, MOST_DOCUMENT};
use crate::message::{Answer, Told, Work};
use crate::pages::Pages;
use crate::sys::{self, Bounds};
use session::Session;
use spandsp::Spandsp;

/// The library, by the name that Debian and others install it under.
pub const LIBRARY: &str = "libspandsp.so.2";

/// Octets of addresses that an engine may have. The allocator of the program sets a gigabyte of
/// them aside at its start, before anything is in them.
pub const MEMORY: u64 = 4 << 30;

/// Seconds of a processor that a fax may take. A hundred full pages take a fraction of it.
pub const FAX_SECONDS: u64 = 900;

/// Seconds of a processor that drawing a document may take.
pub const CONVERT_SECONDS: u64 = 50;

/// Files that an engine may have open at once, libraries that are being loaded among them.
const FILES: u64 = 32;

/// Octets that are read at once.
const PIECE: usize = 64 << 10;

/// Makes the calling process an engine, until its input ends. It must have been started to be one:
/// whatever else it has open is closed, and what is renounced does not come back.
pub fn run(input: Stdin, output: Stdout) -> ExitCode {
    run_with(LIBRARY, input, output)
}

/// The same with a library of another name.
pub fn run_with(library: &str, input: Stdin, output: Stdout) -> ExitCode {
    sys::close_inherited();
    let mut talk = Talk::over(input.lock(), output.lock());
    match serve(library, &mut talk) {
        Ok(()) => ExitCode::SUCCESS,
        // nobody is there any more whom it could be told
        Err(Ended::Unheard) => ExitCode::FAILURE,
        Err(Ended::Refused(words)) => {
            talk.say(&Answer::Refused(words));
            let _ = talk.flush();
            ExitCode::FAILURE
        }
    }
}

/// Why an engine ends before it is told to.
enum Ended {
    /// It cannot do what it is asked, and says so.
    Refused(String),
    /// The other end of its pipes is gone.
    Unheard,
}

impl Ended {
    fn refused(words: impl Into<String>) -> Ended {
        Ended::Refused(words.into())
    }

    fn of(error: &io::Error) -> Ended {
        Ended::Refused(error.to_string())
    }
}

fn serve(library: &str, talk: &mut Talk<impl Read, impl Write>) -> Result<(), Ended> {
    sys::renounce().map_err(|error| Ended::of(&error))?;
    let Some(order) = talk.next(Asked::of)? else {
        return Ok(());
    };
    let Asked::Order(order) = order else {
        return Err(Ended::refused("the first frame is no order"));
    };
    let seconds = match order.work {
        Work::Receive | Work::Send => FAX_SECONDS,
        Work::Convert => CONVERT_SECONDS,
    };
    sys::bind(Bounds {
        memory: MEMORY,
        seconds,
        file: u64::try_from(MOST_DOCUMENT).unwrap_or(u64::MAX),
        files: FILES,
    })
    .map_err(|error| Ended::of(&error))?;
    match order.work {
        Work::Convert => convert(talk),
        Work::Receive => fax(library, &order, Vec::new(), talk),
        Work::Send => {
            let document = await_document(talk)?;
            fax(library, &order, document, talk)
        }
    }
}

/// What an order says, apart from its document.
struct Order {
    work: Work,
    ecm: bool,
    station: String,
    header: String,
}

/// What is asked of an engine, kept apart from the frame in which it came.
#[allow(
    clippy::large_enum_variant,
    reason = "one is alive at a time, and most of them are sound"
)]
enum Asked {
    Order(Order),
    Document(Vec<u8>),
    Tick([i16; 160]),
    SwitchToT38,
    SwitchToSound,
    Ifp(u16, Vec<u8>),
    HangUp,
    Fetch,
}

impl Asked {
    fn of(told: Told<'_>) -> Asked {
        match told {
            Told::Order {
                work,
                ecm,
                station,
                header,
            } => Asked::Order(Order {
                work,
                ecm,
                station,
                header,
            }),
            Told::Document(octets) => Asked::Document(octets.to_vec()),
            Told::Tick(heard) => Asked::Tick(heard),
            Told::SwitchToT38 => Asked::SwitchToT38,
            Told::SwitchToSound => Asked::SwitchToSound,
            Told::Ifp { sequence, packet } => Asked::Ifp(sequence, packet.to_vec()),
            Told::HangUp => Asked::HangUp,
            Told::Fetch => Asked::Fetch,
        }
    }
}

fn await_document(talk: &mut Talk<impl Read, impl Write>) -> Result<Vec<u8>, Ended> {
    match talk.next(Asked::of)? {
        Some(Asked::Document(octets)) => Ok(octets),
        Some(_) | None => Err(Ended::refused("the document is missing")),
    }
}

/// Draws a document. What breaks over it breaks this process alone; a panic is told in words.
fn convert(talk: &mut Talk<impl Read, impl Write>) -> Result<(), Ended> {
    let document = await_document(talk)?;
    let drawn = std::panic::catch_unwind(|| Pages::from_pdf(&document));
    match drawn {
        Ok(Ok(pages)) => talk.say(&Answer::Document(pages.as_tiff())),
        Ok(Err(bad)) => return Err(Ended::Refused(bad.to_string())),
        Err(_) => {
            return Err(Ended::refused(
                "it is damaged in a way that nothing can draw",
            ));
        }
    }
    talk.flush()
}

/// Serves one fax until the input ends.
fn fax(
    library: &str,
    order: &Order,
    document: Vec<u8>,
    talk: &mut Talk<impl Read, impl Write>,
) -> Result<(), Ended> {
    let spandsp = Spandsp::load(library).map_err(Ended::Refused)?;
    let mut session = Session::begin(spandsp, order, document)?;
    talk.say(&Answer::Ready);
    talk.flush()?;
    while let Some(asked) = talk.next(Asked::of)? {
        match asked {
            Asked::Tick(heard) => {
                let said = session.tick(&heard, |answer| talk.say(&answer));
                talk.say(&Answer::Said(said));
                talk.flush()?;
            }
            Asked::SwitchToT38 => session.switch_to_t38()?,
            Asked::SwitchToSound => session.switch_to_sound()?,
            Asked::Ifp(sequence, packet) => session.take_packet(sequence, &packet),
            Asked::HangUp => {
                session.hang_up(|answer| talk.say(&answer));
                talk.say(&Answer::Said([0; 160]));
                talk.flush()?;
            }
            Asked::Fetch => {
                talk.say(&Answer::Document(&session.received()?));
                talk.flush()?;
            }
            Asked::Order(_) | Asked::Document(_) => {
                return Err(Ended::refused("an order in the middle of a fax"));
            }
        }
    }
    Ok(())
}

/// Both pipes.
struct Talk<R, W> {
    input: R,
    output: W,
    frames: Frames,
    outgoing: Vec<u8>,
    piece: Box<[u8]>,
}

impl<R: Read, W: Write> Talk<R, W> {
    fn over(input: R, output: W) -> Self {
        Talk {
            input,
            output,
            frames: Frames::default(),
            outgoing: Vec::new(),
            piece: vec![0; PIECE].into_boxed_slice(),
        }
    }

    /// Waits for the next frame; nothing at the end of the input.
    fn next<T>(&mut self, take: impl FnOnce(Told<'_>) -> T) -> Result<Option<T>, Ended> {
        loop {
            let frame = self.frames.next().map_err(|bad| Ended::refused(bad.0))?;
            if let Some((kind, content)) = frame {
                let told = Told::read(kind, content).map_err(|bad| Ended::refused(bad.0))?;
                return Ok(Some(take(told)));
            }
            match self.input.read(&mut self.piece) {
                Ok(0) => return Ok(None),
                Ok(read) => self.frames.push(self.piece.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Ended::Unheard),
            }
        }
    }

    /// Something to be told with the next [`Talk::flush`].
    fn say(&mut self, answer: &Answer<'_>) {
        answer.write(&mut self.outgoing);
    }

    fn flush(&mut self) -> Result<(), Ended> {
        let written = self.output.write_all(&self.outgoing);
        self.outgoing.clear();
        written
            .and_then(|()| self.output.flush())
            .map_err(|_| Ended::Unheard)
    }
}
