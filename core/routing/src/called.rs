//! What is called by a trunk: what an outbound route makes of what was dialled.

use crate::{Explanation, Refusal};
use domain::{CallClass, CompiledOutbound, CompiledTrunk, E164, Toll};

/// What goes on the wire in the place of what was dialled.
pub(crate) enum Called {
    /// A number of the world, which each trunk writes in its form.
    Number(E164),
    /// Something that goes out as it is.
    AsItIs(String),
}

impl Called {
    /// What a route makes of what was dialled.
    ///
    /// # Errors
    /// [`Refusal::INCOMPLETE`] when that is no number.
    pub(crate) fn by(
        route: &CompiledOutbound,
        dialled: &str,
        why: &mut Explanation,
    ) -> Result<Called, Refusal> {
        let text = route.spec.rewritten(dialled);
        let called = match text {
            Some(text) if text.starts_with('+') => E164::written(&text).map(Called::Number),
            Some(text) => Some(Called::AsItIs(text)),
            None => None,
        };
        let Some(called) = called else {
            let name = &route.spec.name;
            let because = format!("what the route {name} makes of {dialled} is no number");
            why.add("outbound.not_a_number", because);
            return Err(Refusal::INCOMPLETE);
        };
        Ok(called)
    }

    /// What budgets look at, when it is a call of this class of which rate decks say what a minute
    /// costs.
    pub(crate) fn toll(&self, class: CallClass, per_minute: Option<u32>) -> Toll {
        let number = match self {
            Called::Number(number) => Some(number.clone()),
            Called::AsItIs(_) => None,
        };
        Toll {
            class,
            number,
            wire: self.text(),
            per_minute,
        }
    }

    /// As it is written in explanations.
    pub(crate) fn text(&self) -> String {
        match self {
            Called::Number(number) => number.to_string(),
            Called::AsItIs(text) => text.clone(),
        }
    }

    /// As it is written on a trunk.
    pub(crate) fn on(&self, trunk: &CompiledTrunk) -> String {
        match self {
            Called::Number(number) => trunk.spec.write_number(number),
            Called::AsItIs(text) => text.clone(),
        }
    }
}
