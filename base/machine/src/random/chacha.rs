//! The ChaCha20 block function of RFC 8439 section 2.3, and a stream of it that erases its key.

/// Bytes of one block.
const BLOCK: usize = 64;

/// Blocks made at once; the first half block becomes the next key.
const BLOCKS: usize = 4;

/// Bytes of a key.
const KEY: usize = 32;

/// "expand 32-byte k" in little-endian words: the constants of RFC 8439 section 2.3.
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// One block of key stream, from a key, a block counter and a nonce (RFC 8439 section 2.3).
pub(super) fn block(key: &[u8; KEY], counter: u32, nonce: &[u8; 12]) -> [u8; BLOCK] {
    let mut input = [0u32; 16];
    input[..4].copy_from_slice(&CONSTANTS);
    for (word, bytes) in input[4..12].iter_mut().zip(key.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    input[12] = counter;
    for (word, bytes) in input[13..].iter_mut().zip(nonce.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let mut state = input;
    for _ in 0..10 {
        quarter_round(&mut state, 0, 4, 8, 12);
        quarter_round(&mut state, 1, 5, 9, 13);
        quarter_round(&mut state, 2, 6, 10, 14);
        quarter_round(&mut state, 3, 7, 11, 15);
        quarter_round(&mut state, 0, 5, 10, 15);
        quarter_round(&mut state, 1, 6, 11, 12);
        quarter_round(&mut state, 2, 7, 8, 13);
        quarter_round(&mut state, 3, 4, 9, 14);
    }
    let mut output = [0u8; BLOCK];
    let words = state.iter().zip(input);
    for (bytes, (word, start)) in output.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *bytes = word.wrapping_add(start).to_le_bytes();
    }
    output
}

/// RFC 8439 section 2.1, on four words of the state.
fn quarter_round(state: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    state[a] = state[a].wrapping_add(state[b]);
    state[d] = (state[d] ^ state[a]).rotate_left(16);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_left(12);
    state[a] = state[a].wrapping_add(state[b]);
    state[d] = (state[d] ^ state[a]).rotate_left(8);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_left(7);
}

/// A key that depends on this key and on up to 12 bytes of text (longer texts are cut).
pub(super) fn absorb(key: &[u8; KEY], text: &[u8]) -> [u8; KEY] {
    let mut nonce = [0; 12];
    for (place, byte) in nonce.iter_mut().zip(text) {
        *place = *byte;
    }
    // The counter tells "a" from "a\0", and these blocks from those of a stream, which begin at 0.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let block = block(key, 0x8000_0000 | length, &nonce);
    let mut absorbed = [0; KEY];
    absorbed.copy_from_slice(&block[..KEY]);
    absorbed
}

/// Random bytes. What was given out is erased, and each refill replaces the key, so that a
/// stream that is read out tells nothing of what it gave before.
pub(super) struct Stream {
    key: [u8; KEY],
    ready: [u8; BLOCK * BLOCKS],
    next: usize,
}

impl Stream {
    pub(super) fn new(seed: &[u8; KEY]) -> Stream {
        Stream {
            key: *seed,
            ready: [0; BLOCK * BLOCKS],
            next: BLOCK * BLOCKS,
        }
    }

    /// The next `N` bytes; at most 224.
    pub(super) fn take<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= BLOCK * BLOCKS - KEY) }
        if self.next + N > self.ready.len() {
            self.refill();
        }
        let mut taken = [0; N];
        let place = &mut self.ready[self.next..self.next + N];
        taken.copy_from_slice(place);
        place.fill(0);
        self.next += N;
        taken
    }

    fn refill(&mut self) {
        for (counter, place) in (0u32..).zip(self.ready.as_chunks_mut::<BLOCK>().0) {
            *place = block(&self.key, counter, &[0; 12]);
        }
        self.key.copy_from_slice(&self.ready[..KEY]);
        self.ready[..KEY].fill(0);
        self.next = KEY;
    }
}
