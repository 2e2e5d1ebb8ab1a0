//! What turns the lines of an archive into bytes under a passphrase, and back.
//!
//! To make a key of a passphrase is heavy work, and to move bytes is to wait for a peer. The two
//! are apart, so that a host can do each where it belongs.

use std::io::{Read, Write};

use ports::{ArchiveError, Giver, Taker};

use super::{Line, Passphrase};

/// Takes lines, and writes their bytes somewhere.
pub trait Packing: Taker<Line> {
    /// Writes the proved end. Without it the archive counts as cut off.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    fn finish(self: Box<Self>) -> Result<(), ArchiveError>;
}

/// Begins an archive in what it is given; it may wait for that.
pub type Pack =
    Box<dyn FnOnce(Box<dyn Write + Send>) -> Result<Box<dyn Packing>, ArchiveError> + Send>;

/// Opens an archive of which the head was read already; it may wait for the rest.
pub type Unpack =
    Box<dyn FnOnce(Box<dyn Read + Send>) -> Result<Box<dyn Giver<Line>>, ArchiveError> + Send>;

/// Turns lines into bytes and back.
pub trait Packer: Send + Sync {
    /// Makes the key of a new archive: heavy work.
    ///
    /// # Errors
    /// [`ArchiveError`].
    fn lock(&self, passphrase: &Passphrase) -> Result<Pack, ArchiveError>;

    /// Bytes of a head, which is what stands first in an archive.
    fn head(&self) -> usize;

    /// Makes the key of an archive with this head: heavy work, and no heavier than that of an
    /// archive made here.
    ///
    /// # Errors
    /// It is no head of an archive, or it demands more work than one made here.
    fn unlock(&self, passphrase: &Passphrase, head: &[u8]) -> Result<Unpack, ArchiveError>;
}

/// Packs nothing: for hosts without archives.
#[derive(Clone, Copy, Debug)]
pub struct NoPacker;

impl Packer for NoPacker {
    fn lock(&self, _: &Passphrase) -> Result<Pack, ArchiveError> {
        Err(none())
    }

    fn head(&self) -> usize {
        0
    }

    fn unlock(&self, _: &Passphrase, _: &[u8]) -> Result<Unpack, ArchiveError> {
        Err(none())
    }
}

fn none() -> ArchiveError {
    ArchiveError::Io("this exchange packs no archives".to_owned())
}
