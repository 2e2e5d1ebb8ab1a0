//! Why a command could not be carried out, and what to do next.

use std::fmt;
use std::process::ExitCode;

use ports::{Fault, StoreError};

/// A sentence for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    next: Option<String>,
    ours: bool,
}

impl Failure {
    /// Something the person can put right.
    pub(crate) fn new(what: impl Into<String>) -> Failure {
        Failure {
            what: what.into(),
            next: None,
            ours: false,
        }
    }

    /// Something the machine or the exchange did.
    pub(crate) fn internal(what: impl Into<String>) -> Failure {
        Failure {
            ours: true,
            ..Failure::new(what)
        }
    }

    /// The same, with what to do next.
    pub(crate) fn next(self, next: impl Into<String>) -> Failure {
        Failure {
            next: Some(next.into()),
            ..self
        }
    }

    /// 2 when the person can put it right, else 1.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(if self.ours { 1 } else { 2 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.next {
            Some(next) => write!(f, "\n  {next}"),
            None => Ok(()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error.whose_fault() {
            Fault::Asker => Failure::new(error.to_string()),
            Fault::World | Fault::Ourselves => Failure::internal(error.to_string()),
        }
    }
}

impl From<config::Problem> for Failure {
    fn from(problem: config::Problem) -> Failure {
        Failure::new(problem.to_string()).next("see: strowger help serve")
    }
}
