//! How a trunk stands, as far as anything asks.

/// How one trunk stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// It neither registers nor probes: only calls find out.
    #[default]
    Unwatched,
    /// It has asked and heard nothing yet.
    Waiting,
    /// It is registered where it registers, and a peer answers where peers are probed.
    Up,
    /// It is not registered, or no peer answers.
    Down,
}

/// What is known of a trunk's two watches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watches {
    /// Whether it is registered; nothing when it does not register.
    pub(crate) registered: Option<Held>,
    /// Whether any peer answers; nothing when none is probed.
    pub(crate) answers: Option<bool>,
}

/// What a carrier has said to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nothing yet.
    Open,
    /// It holds one.
    Yes,
    /// It holds none.
    No,
}

impl State {
    /// What follows from what is known.
    pub(crate) fn of(watches: Watches) -> State {
        match (watches.registered, watches.answers) {
            (None, None) => State::Unwatched,
            (Some(Held::No), _) | (_, Some(false)) => State::Down,
            (Some(Held::Open), _) => State::Waiting,
            (Some(Held::Yes) | None, _) => State::Up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(registered: Option<Held>, answers: Option<bool>) -> State {
        State::of(Watches {
            registered,
            answers,
        })
    }

    #[test]
    fn a_trunk_that_asks_nobody_is_not_watched() {
        assert_eq!(state(None, None), State::Unwatched);
    }

    #[test]
    fn a_trunk_is_up_when_all_that_is_asked_says_so() {
        assert_eq!(state(Some(Held::Yes), None), State::Up);
        assert_eq!(state(None, Some(true)), State::Up);
        assert_eq!(state(Some(Held::Yes), Some(false)), State::Down);
        assert_eq!(state(Some(Held::No), Some(true)), State::Down);
        assert_eq!(state(Some(Held::Open), Some(true)), State::Waiting);
    }
}
