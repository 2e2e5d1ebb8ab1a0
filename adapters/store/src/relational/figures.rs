//! What a store tells about its work, for metrics.

/// Counts since the store was opened, and what waits at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreFigures {
    /// Changes on their way to the writer.
    pub writes: QueueFigures,
    /// Requests on their way to the readers.
    pub reads: QueueFigures,
    /// Transactions that became durable; changes by transactions is how well grouping works.
    pub groups: u64,
    /// What was read on the threads that asked, without a request to the readers.
    pub at_hand: u64,
}

/// One queue before the store's threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueFigures {
    /// Waiting now.
    pub waiting: usize,
    /// The most that ever waited at once.
    pub high_water: usize,
    /// Ever taken in.
    pub accepted: u64,
    /// Ever refused since the queue was full.
    pub refused: u64,
}
