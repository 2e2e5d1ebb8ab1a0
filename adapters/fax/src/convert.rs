//! Documents that strangers bring, made into pages by a process that may break over it.

use std::time::Duration;

use crate::message::{Answer, Told, Work};
use crate::pages::{BadPdf, MOST_OCTETS, Pages};
use crate::problem::Problem;
use crate::program::{Process, Program};

/// Within this time a document must have become pages.
pub const CONVERT_PATIENCE: Duration = Duration::from_secs(60);

/// Makes pages of a PDF in a process of their own, which is bounded in time and memory. The thread
/// that asks waits, [`CONVERT_PATIENCE`] at most.
///
/// # Errors
/// In words for whoever brought the document; also if the process broke over it.
pub fn convert(program: &Program, document: &[u8]) -> Result<Pages, BadPdf> {
    if document.len() > MOST_OCTETS {
        return Err(BadPdf::new("it is larger than 32 MiB"));
    }
    let tiff = converted(program, document).map_err(|problem| {
        BadPdf::new(match problem {
            Problem::Refused(words) => words,
            Problem::Stuck => "it takes too long to draw".into(),
            Problem::Died => "it takes too much time or memory to draw, or is damaged".into(),
            Problem::Start(_) | Problem::Nonsense(_) => problem.to_string(),
        })
    })?;
    Pages::from_tiff(tiff).map_err(|bad| BadPdf::new(bad.0))
}

fn converted(program: &Program, document: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut process = Process::start(program)?;
    let order = Told::Order {
        work: Work::Convert,
        ecm: false,
        station: String::new(),
        header: String::new(),
    };
    process.tell(&order, CONVERT_PATIENCE)?;
    process.tell(&Told::Document(document), CONVERT_PATIENCE)?;
    process.hear(CONVERT_PATIENCE, |answer| match answer {
        Answer::Document(tiff) => Ok(tiff.to_vec()),
        Answer::Refused(words) => Err(Problem::Refused(words)),
        Answer::Ready
        | Answer::Said(_)
        | Answer::Heard(_)
        | Answer::Page(_)
        | Answer::Ifp { .. }
        | Answer::Done(_) => Err(Problem::Nonsense("an answer to what was not asked")),
    })?
}
