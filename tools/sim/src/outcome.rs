//! How a play went, and what its judges found.

use crate::scene::Trouble;
use std::collections::BTreeMap;
use testkit::PhoneId;

/// How it went.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) failure: Option<Failure>,
    pub(crate) hash: u64,
    pub(crate) trace: Vec<String>,
    pub(crate) calls: usize,
    /// What each phone of the watched company got, without what is random (and without 100,
    /// which depends on the millisecond).
    pub(crate) watched: BTreeMap<PhoneId, Vec<String>>,
}

/// What a judge found.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What should hold.
    pub(crate) judge: &'static str,
    /// What was seen instead.
    pub(crate) what: String,
}

impl Failure {
    pub(crate) fn new(judge: &'static str, what: String) -> Failure {
        Failure { judge, what }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::new("the store serves", trouble.0)
    }
}
