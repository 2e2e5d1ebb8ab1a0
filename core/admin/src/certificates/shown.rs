//! How certificates stand, for operators: those that come by themselves, and files.

use machine::WallTime;
use ports::StoreError;
use renewal::{Facts, Standing};
use tenancy::PlatformScope;

use super::book;
use crate::office::Office;

/// Where what the files say is noted in the book.
const FILES: &str = "files";

/// Where a certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file of the operator.
    File,
    /// An authority, by itself.
    Acme,
}

impl Source {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::File => "file",
            Source::Acme => "acme",
        }
    }
}

/// How one name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The host.
    pub name: String,
    /// Where its certificate comes from.
    pub source: Source,
    /// Who vouches for it; `None` before the first.
    pub issuer: Option<String>,
    /// From when until when it is valid.
    pub validity: Option<(WallTime, WallTime)>,
    /// When it was asked for last.
    pub tried: Option<WallTime>,
    /// What was wrong then, in plain words.
    pub problem: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// When it is asked for next; `None` for a file, and for a name that is asked for at once.
    pub next: Option<WallTime>,
}

impl Shown {
    /// How a name stands that is asked for.
    pub(super) fn of(standing: &Standing) -> Shown {
        let next = standing.next(&standing.directory);
        let facts = standing.facts.as_ref();
        Shown {
            name: standing.name.clone(),
            source: Source::Acme,
            issuer: facts.map(|facts| facts.issuer.clone()),
            validity: facts.map(|facts| (facts.from, facts.until)),
            tried: standing.tried,
            problem: standing.problem.clone(),
            failures: standing.failures,
            next: (next > WallTime::MIN).then_some(next),
        }
    }

    fn of_file(name: &str, facts: &Facts) -> Shown {
        Shown {
            name: name.to_owned(),
            source: Source::File,
            issuer: Some(facts.issuer.clone()),
            validity: Some((facts.from, facts.until)),
            tried: None,
            problem: None,
            failures: 0,
            next: None,
        }
    }
}

/// Notes what the operator's files say, chains in PEM, so that they are shown beside the others. A
/// file that says nothing is left out.
///
/// # Errors
/// What the store says.
pub async fn note_files(office: &Office, chains: &[Vec<u8>]) -> Result<(), StoreError> {
    let facts = chains.iter().map(|chain| Facts::of_pem(chain));
    let facts: Vec<Facts> = facts.filter_map(Result::ok).collect();
    book::put(office, FILES, Some(&facts)).await
}

/// How all names stand, in their order; of a name with both, the file that is used comes first.
///
/// # Errors
/// What the store says.
pub async fn list(office: &Office, _scope: &PlatformScope) -> Result<Vec<Shown>, StoreError> {
    let files = book::one::<Vec<Facts>>(office, FILES).await?;
    let files = files.map(|(_, files)| files).unwrap_or_default();
    let of_file = |facts: &Facts| -> Vec<Shown> {
        let names = facts.names.iter();
        names.map(|name| Shown::of_file(name, facts)).collect()
    };
    let mut all: Vec<Shown> = files.iter().flat_map(of_file).collect();
    let kept = book::all(office).await?;
    all.extend(kept.iter().map(|kept| Shown::of(&kept.standing)));
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}
