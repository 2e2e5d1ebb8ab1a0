//! How much is remembered.

/// Bounds of one shard's memory of messages, each with its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Octets of all messages remembered. Default 32 MiB; with 0 nothing is. What a message is
    /// held in may be up to twice as long.
    pub octets: usize,
    /// Messages remembered. Default 65,536.
    pub messages: usize,
    /// Messages of one call. Default 256; of a call that has more, those after its beginning are
    /// left out.
    pub call_messages: usize,
    /// Octets of one call's messages. Default 256 KiB.
    pub call_octets: usize,
    /// Callers who were asked to prove themselves and have not come back yet, whose first attempt
    /// is remembered. Default 1,024; beyond it the oldest is forgotten.
    pub preludes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            octets: 32 << 20,
            messages: 65_536,
            call_messages: 256,
            call_octets: 256 << 10,
            preludes: 1_024,
        }
    }
}
