//! What is wrong with an archive, as a problem.

use ports::ArchiveError;

use crate::pipe::Cut;
use crate::problem::{Kind, Problem};

/// The header in which the passphrase of an archive comes.
pub(crate) const PASSPHRASE: &str = "Archive-Passphrase";

/// The problem that an archive has.
pub(crate) fn refusal(error: ArchiveError) -> Problem {
    let problem = Problem::new(Kind::BadArchive, error.to_string());
    match error {
        ArchiveError::Store(error) => error.into(),
        ArchiveError::OtherKey => problem.blaming(PASSPHRASE, "must be that of the archive"),
        ArchiveError::NoArchive
        | ArchiveError::Newer { .. }
        | ArchiveError::CutOff
        | ArchiveError::Damaged { .. }
        | ArchiveError::Odd(_) => problem,
        ArchiveError::Io(detail) => {
            tracing::warn!(%detail, "an archive was not read or written");
            Problem::new(Kind::Unavailable, "the archive cannot be read or written")
        }
    }
}

/// The problem that a body has which did not come whole; `None` when whoever read it had enough.
pub(crate) fn cut_off(cut: Cut, most: u64) -> Option<Problem> {
    match cut {
        Cut::Slow => Some(Problem::new(
            Kind::TooSlow,
            "the archive came too slowly, and nothing of it was kept",
        )),
        Cut::TooLong => Some(too_large(most)),
        Cut::Broken => Some(Problem::new(
            Kind::Malformed,
            "the body broke off, and nothing of it was kept",
        )),
        Cut::Gone => None,
    }
}

/// The problem that a body has which is longer than the bound.
pub(crate) fn too_large(most: u64) -> Problem {
    let detail = format!("an archive has at most {most} bytes (archive_bytes)");
    Problem::new(Kind::TooLarge, detail)
}
