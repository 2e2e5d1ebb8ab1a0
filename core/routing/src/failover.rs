//! Which failures of a trunk let the next one be tried.

/// How a call by a trunk failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkFailure {
    /// The other side's server could not be reached, or said nothing in time (RFC 3263 §4.3).
    NoServer,
    /// It gave this final status, 300 to 699.
    Status(u16),
}

/// Whether the next step of a plan is tried after a trunk failed so.
///
/// What tells of the carrier lets it go on: silence, a time-out (408), a server's failure (5xx),
/// and a carrier that does not take our word for who we are (401, 407). What tells of whoever was
/// called ends it: busy (486, 600), declined (603), unknown (404), and all else.
#[must_use]
pub fn continues(failure: TrunkFailure) -> bool {
    match failure {
        TrunkFailure::NoServer => true,
        TrunkFailure::Status(status) => matches!(status, 401 | 407 | 408 | 500..=599),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriers_failure_goes_on_and_the_called_partys_answer_ends_it() {
        assert!(continues(TrunkFailure::NoServer));
        for status in [401, 407, 408, 500, 502, 503, 504, 580] {
            assert!(continues(TrunkFailure::Status(status)), "{status}");
        }
        for status in [302, 403, 404, 480, 484, 486, 487, 488, 600, 603, 604] {
            assert!(!continues(TrunkFailure::Status(status)), "{status}");
        }
    }
}
