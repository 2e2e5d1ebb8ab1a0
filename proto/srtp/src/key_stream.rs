//! AES as a stream: what packets are encrypted with, and what keys are derived by.

use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncrypt, BlockSizeUser, InnerIvInit, Key, KeyInit, StreamCipherCore};
use ctr::{CtrCore, flavors::Ctr128BE};
use zeroize::Zeroize;

/// A block cipher that is good for this mode.
pub(crate) trait Aes: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> {}

impl<C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>> Aes for C {}

/// Encrypts or decrypts `octets`: the key stream begins with the block that `first` becomes.
pub(crate) fn apply_key_stream<C: Aes>(cipher: &C, first: [u8; 16], octets: &mut [u8]) {
    let stream = CtrCore::<&C, Ctr128BE>::inner_iv_init(cipher, &first.into());
    stream.apply_keystream_partial(octets.into());
}

/// A cipher, or a keyed digest, with the key of these octets; those that lack are zeros.
pub(crate) fn keyed<C: KeyInit>(octets: &[u8]) -> C {
    let mut key = Key::<C>::default();
    for (place, octet) in key.iter_mut().zip(octets) {
        *place = *octet;
    }
    let keyed = C::new(&key);
    key.as_mut_slice().zeroize();
    keyed
}
