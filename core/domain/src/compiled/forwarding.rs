//! The forwards of an extension, compiled.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::forwards::{DivertReason, Forwards};

/// The forwards of an extension that has some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompiledForwards {
    /// The extension's revision.
    pub revision: u64,
    spec: Forwards,
}

impl CompiledForwards {
    /// Those of an extension; `None` where it has none, which takes no room then.
    pub(super) fn of(revision: u64, spec: Forwards) -> Option<Box<CompiledForwards>> {
        let any = spec != Forwards::default();
        any.then(|| Box::new(CompiledForwards { revision, spec }))
    }

    /// Where calls go on to for a reason; a phone says by itself where to.
    pub fn to(&self, reason: DivertReason) -> Option<&str> {
        self.spec.to(reason)
    }

    /// How long phones ring before a call goes on that nobody answers, where it does.
    pub fn after(&self) -> Option<Duration> {
        let no_answer = self.spec.no_answer.as_ref()?;
        Some(Duration::from_secs(no_answer.after_seconds.into()))
    }
}
