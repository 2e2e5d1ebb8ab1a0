//! What an archive says of itself, to its proved end. Nothing is changed by looking.

use ports::{ArchiveError, Giver};

use super::Title;
use super::arrival::{ended, title};
use super::taken::{Counts, Line};

/// What an archive is and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it says first.
    pub title: Title,
    /// How much it holds.
    pub counts: Counts,
}

/// Reads an archive to its end, keeping nothing but the figures.
///
/// # Errors
/// The archive is not whole.
pub fn look(lines: &mut dyn Giver<Line>) -> Result<Seen, ArchiveError> {
    let title = title(lines)?;
    let mut counts = Counts::default();
    loop {
        match lines.give()?.ok_or(ArchiveError::CutOff)? {
            Line::Title(_) => return Err(ArchiveError::Odd("it has two titles".into())),
            Line::Thing(thing) => counts.add(&thing),
            Line::End(said) => {
                ended(lines, said, counts)?;
                return Ok(Seen { title, counts });
            }
        }
    }
}
