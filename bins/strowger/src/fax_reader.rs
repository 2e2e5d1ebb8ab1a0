//! Documents that are to be faxed, made into pages by a process of their own.

use std::io;

use fax::{Pages, Program};
use ports::FaxReader;

/// This very program, asked to make pages.
#[derive(Clone, Debug)]
pub(crate) struct Drawing(Program);

impl Drawing {
    /// With the program that runs.
    ///
    /// # Errors
    /// The program does not know where it lies.
    pub(crate) fn by_this_program() -> io::Result<Drawing> {
        engine().map(Drawing)
    }

    /// The pages of a PDF. It may take a minute.
    ///
    /// # Errors
    /// Why there are none, in words that begin with "it".
    pub(crate) fn draw(&self, document: &[u8]) -> Result<Pages, String> {
        fax::convert(&self.0, document).map_err(|bad| bad.to_string())
    }
}

impl FaxReader for Drawing {
    fn pages(&self, document: &[u8]) -> Result<u16, String> {
        let pages = self.draw(document)?;
        u16::try_from(pages.count()).map_err(|_| "it has too many pages".to_owned())
    }
}

/// How this program is asked to be an engine of faxes.
///
/// # Errors
/// The program does not know where it lies.
pub(crate) fn engine() -> io::Result<Program> {
    Ok(Program {
        path: std::env::current_exe()?,
        arguments: vec!["fax-engine".into()],
    })
}
