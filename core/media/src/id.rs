//! The name of one leg's media endpoint, shared by the control half and the road half.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One media endpoint (one call leg). Minted by [`Ports`](crate::Ports), never reused: the place
/// in the table is, but then with another generation.
///
/// The index carries its home: bits 31..24 the signalling shard, 23..16 the media worker, 15..0
/// the place. So a notice finds its shard and a command its worker without a look-up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EndpointId {
    index: u32,
    generation: u32,
}

impl EndpointId {
    /// Puts an id together; only `Ports` and tests of the wire between the halves need it.
    #[must_use]
    pub fn new(shard: u8, worker: u8, place: u16, generation: u32) -> EndpointId {
        let index = u32::from(shard) << 24 | u32::from(worker) << 16 | u32::from(place);
        EndpointId { index, generation }
    }

    /// Shard, worker and place in one number; unique among the endpoints open at one time.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// How often the place had been used before this endpoint took it.
    #[must_use]
    pub fn generation(self) -> u32 {
        self.generation
    }

    /// The signalling shard whose `Ports` minted it and which gets its notices.
    #[must_use]
    pub fn shard(self) -> u8 {
        self.index.to_be_bytes()[0]
    }

    /// The media worker on whose road it lives. Only endpoints of one worker can be bridged.
    #[must_use]
    pub fn worker(self) -> u8 {
        self.index.to_be_bytes()[1]
    }

    /// The place within shard and worker.
    #[must_use]
    pub fn place(self) -> u16 {
        let [_, _, high, low] = self.index.to_be_bytes();
        u16::from_be_bytes([high, low])
    }
}

impl fmt::Debug for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shard, worker) = (self.shard(), self.worker());
        write!(
            f,
            "Endpoint({shard}.{worker}.{}#{})",
            self.place(),
            self.generation
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gives_back_its_parts() {
        let id = EndpointId::new(3, 200, 65_535, 9);
        assert_eq!(
            (id.shard(), id.worker(), id.place(), id.generation()),
            (3, 200, 65_535, 9)
        );
        assert_ne!(id, EndpointId::new(3, 200, 65_535, 10));
    }
}
