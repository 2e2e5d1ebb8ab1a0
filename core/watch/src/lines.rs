//! What the lines of all extensions do.

use crate::{Line, Watched};
use hashbrown::HashMap;
use ids::CallId;
use std::collections::BTreeSet;

/// Lines by extension. It holds what lives and nothing else: an extension without a call has no
/// entry, so its size is that of the calls.
#[derive(Debug, Default)]
pub struct Lines {
    by_extension: HashMap<Watched, Vec<Line>>,
    by_call: HashMap<CallId, Vec<Watched>>,
}

impl Lines {
    /// What an extension's lines do, in the order in which they began.
    #[must_use]
    pub fn of(&self, watched: Watched) -> &[Line] {
        self.by_extension.get(&watched).map_or(&[], Vec::as_slice)
    }

    /// A call's lines as they are now, in place of those it had. Extensions for which that makes a
    /// difference are added to `moved`.
    pub fn set(
        &mut self,
        call: CallId,
        lines: Vec<(Watched, Line)>,
        moved: &mut BTreeSet<Watched>,
    ) {
        let mut all: BTreeSet<Watched> = lines.iter().map(|(watched, _)| *watched).collect();
        let now: Vec<Watched> = all.iter().copied().collect();
        let before = if now.is_empty() {
            self.by_call.remove(&call)
        } else {
            self.by_call.insert(call, now)
        };
        all.extend(before.unwrap_or_default());
        for watched in all {
            let of_it = lines.iter().filter(|(whose, _)| *whose == watched);
            let of_it: Vec<&Line> = of_it.map(|(_, line)| line).collect();
            if self.replace(watched, call, &of_it) {
                moved.insert(watched);
            }
        }
    }

    /// A call is gone.
    pub fn forget(&mut self, call: CallId, moved: &mut BTreeSet<Watched>) {
        self.set(call, Vec::new(), moved);
    }

    fn replace(&mut self, watched: Watched, call: CallId, new: &[&Line]) -> bool {
        let held = self.by_extension.entry(watched).or_default();
        let same = held
            .iter()
            .filter(|line| line.name.call == call)
            .eq(new.iter().copied());
        if !same {
            held.retain(|line| line.name.call != call);
            held.extend(new.iter().map(|line| (*line).clone()));
        }
        if held.is_empty() {
            self.by_extension.remove(&watched);
        }
        !same
    }

    /// How many extensions have a line in use.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.by_extension.len()
    }
}
