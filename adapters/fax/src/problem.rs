//! What can go wrong with an engine. It is data: the call that had it goes on, or is told why not.

/// Why an engine cannot be used, or not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It could not be started: the program is not there, or there is no memory for it.
    Start(String),
    /// It has started and says that it cannot do what is asked, in words; most often because
    /// `libspandsp.so.2` is not installed.
    Refused(String),
    /// It did not answer in time, and is killed.
    Stuck,
    /// It ended while it was needed.
    Died,
    /// It said something that no engine says, and is killed.
    Nonsense(&'static str),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Start(why) => write!(f, "the fax engine could not be started: {why}"),
            Problem::Refused(why) => write!(f, "the fax engine refuses: {why}"),
            Problem::Stuck => f.write_str("the fax engine did not answer in time"),
            Problem::Died => f.write_str("the fax engine has ended by itself"),
            Problem::Nonsense(what) => write!(f, "the fax engine talks nonsense: {what}"),
        }
    }
}

impl std::error::Error for Problem {}
