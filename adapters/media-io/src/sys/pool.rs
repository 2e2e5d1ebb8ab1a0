//! Buffers for datagrams: a fixed number of them, and none is allocated later.

/// Octets of a buffer; longer datagrams are dropped. Media packets fit an Ethernet frame, and
/// behind it there is room to protect them in place ([`media::ROOM`]).
pub(crate) const BUFFER: usize = 2048;

/// The buffers, each by its number.
#[derive(Debug)]
pub(crate) struct Pool {
    octets: Box<[u8]>,
    free: Vec<u32>,
    size: u32,
    /// How many of the first are never free, since somebody else deals them out.
    dealt: u32,
    /// Octets at the beginning of each that are of no datagram.
    head: usize,
}

impl Pool {
    /// So many buffers.
    pub(crate) fn new(size: u32) -> Pool {
        Pool::beside(0, size, 0)
    }

    /// So many free buffers behind others that somebody else deals out; a datagram begins behind
    /// `head` octets of each.
    pub(crate) fn beside(dealt: u32, free: u32, head: usize) -> Pool {
        let size = dealt.saturating_add(free);
        let octets = usize::try_from(size).unwrap_or(0) * BUFFER;
        let mut pool = Pool {
            octets: vec![0; octets].into_boxed_slice(),
            free: Vec::with_capacity(usize::try_from(free).unwrap_or(0)),
            size,
            dealt,
            head,
        };
        pool.reset();
        pool
    }

    /// How many are free.
    pub(crate) fn available(&self) -> usize {
        self.free.len()
    }

    pub(crate) fn take(&mut self) -> Option<u32> {
        self.free.pop()
    }

    /// Gives a buffer back. Each taken buffer is given back once.
    pub(crate) fn give(&mut self, buffer: u32) {
        self.free.push(buffer);
    }

    /// Takes all back, as after a round that was broken off.
    pub(crate) fn reset(&mut self) {
        self.free.clear();
        self.free.extend((self.dealt..self.size).rev());
    }

    /// Takes a certain buffer that is free.
    pub(crate) fn withhold(&mut self, buffer: u32) {
        self.free.retain(|free| *free != buffer);
    }

    /// The datagram in a buffer, and the room behind it.
    pub(crate) fn get_mut(&mut self, buffer: u32) -> &mut [u8] {
        let head = self.head;
        self.whole_mut(buffer).get_mut(head..).unwrap_or_default()
    }

    /// A buffer with what is before its datagram.
    pub(crate) fn whole_mut(&mut self, buffer: u32) -> &mut [u8] {
        let Ok(index) = usize::try_from(buffer) else {
            return &mut [];
        };
        self.octets
            .get_mut(index * BUFFER..(index + 1) * BUFFER)
            .unwrap_or_default()
    }
}
