//! Writing: text goes in, pieces come out.

use std::fmt;
use std::io::{self, Write};

use aead_stream::EncryptorBE32;
use chacha20poly1305::aead::{KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305};
use ports::{ArchiveError, Entropy};

use crate::PIECE;
use crate::key::{ArchiveKey, Opened};

/// Encrypts what is written to it. Without [`ArchiveWriter::finish`] the archive counts as cut
/// off.
pub struct ArchiveWriter<W> {
    out: W,
    stream: EncryptorBE32<XChaCha20Poly1305>,
    head: Vec<u8>,
    piece: Vec<u8>,
}

impl<W> fmt::Debug for ArchiveWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArchiveWriter")
    }
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive. A passphrase takes 64 MiB and some tenths of a second here.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub fn begin(
        out: W,
        key: &ArchiveKey,
        entropy: &dyn Entropy,
    ) -> Result<ArchiveWriter<W>, ArchiveError> {
        ArchiveWriter::with(out, key.open_new(entropy)?)
    }

    /// Begins an archive whose key was made before.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub(crate) fn with(mut out: W, opened: Opened) -> Result<ArchiveWriter<W>, ArchiveError> {
        let Opened { head, key } = opened;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let stream = EncryptorBE32::from_aead(cipher, &head.nonce.into());
        let head = head.to_bytes();
        out.write_all(&head)
            .map_err(|error| ArchiveError::Io(error.to_string()))?;
        Ok(ArchiveWriter {
            out,
            stream,
            head,
            piece: Vec::with_capacity(PIECE),
        })
    }

    /// Writes the last piece and gives the bytes' taker back.
    ///
    /// # Errors
    /// What writing says.
    pub fn finish(mut self) -> io::Result<W> {
        let last = Payload {
            msg: &self.piece,
            aad: &self.head,
        };
        let sealed = self.stream.encrypt_last(last).map_err(too_long)?;
        self.out.write_all(&sealed)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn send(&mut self) -> io::Result<()> {
        let next = Payload {
            msg: &self.piece,
            aad: &self.head,
        };
        let sealed = self.stream.encrypt_next(next).map_err(too_long)?;
        self.piece.clear();
        self.out.write_all(&sealed)
    }
}

/// An archive has 2³² pieces at most: 256 TiB.
fn too_long(_: chacha20poly1305::aead::Error) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "the archive is too long")
}

impl<W: Write> Write for ArchiveWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // a full piece waits for more: it may be the last
        if self.piece.len() == PIECE && !bytes.is_empty() {
            self.send()?;
        }
        let fits = bytes.len().min(PIECE - self.piece.len());
        self.piece
            .extend_from_slice(bytes.get(..fits).unwrap_or(bytes));
        Ok(fits)
    }

    /// Flushes what is whole; a piece that is not stays until there is more or the end.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
