//! Reading: pieces go in, text comes out, none of it unproved.

use std::fmt;
use std::io::{self, Read};

use aead_stream::DecryptorBE32;
use chacha20poly1305::aead::{KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305};
use ports::ArchiveError;

use crate::head::{HEAD, Head};
use crate::key::{ArchiveKey, Opened};
use crate::{PIECE, TAG};

/// Bytes of a whole piece as it is stored.
const STORED: usize = PIECE + TAG;

/// Decrypts what is read through it. An error of the archive travels inside the `io::Error`.
pub struct ArchiveReader<R> {
    from: R,
    /// `None` after the last piece.
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    head: Vec<u8>,
    /// What was read beyond the present piece: at most one byte.
    ahead: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    number: u64,
}

impl<R> fmt::Debug for ArchiveReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArchiveReader")
    }
}

impl<R: Read> ArchiveReader<R> {
    /// Opens an archive and proves its first piece.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn open(mut from: R, key: &ArchiveKey) -> Result<ArchiveReader<R>, ArchiveError> {
        let mut head = [0; HEAD];
        from.read_exact(&mut head).map_err(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                ArchiveError::NoArchive
            } else {
                ArchiveError::Io(error.to_string())
            }
        })?;
        ArchiveReader::with(from, key.open(Head::parse(&head)?)?)
    }

    /// Proves the first piece of an archive whose head was read and whose key was made before.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub(crate) fn with(from: R, opened: Opened) -> Result<ArchiveReader<R>, ArchiveError> {
        let Opened { head, key } = opened;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let mut reader = ArchiveReader {
            from,
            stream: Some(DecryptorBE32::from_aead(cipher, &head.nonce.into())),
            head: head.to_bytes(),
            ahead: Vec::new(),
            text: Vec::new(),
            given: 0,
            number: 0,
        };
        reader.next_piece()?;
        Ok(reader)
    }

    /// Opens the next piece; whether there was one.
    fn next_piece(&mut self) -> Result<bool, ArchiveError> {
        let Some(stream) = self.stream.as_mut() else {
            return Ok(false);
        };
        let mut stored = std::mem::take(&mut self.ahead);
        let room = u64::try_from(STORED + 1 - stored.len()).unwrap_or_default();
        let read = self.from.by_ref().take(room).read_to_end(&mut stored);
        read.map_err(|error| ArchiveError::Io(error.to_string()))?;
        let last = stored.len() <= STORED;
        self.ahead = stored.split_off(stored.len().min(STORED));
        let piece = Payload {
            msg: &stored,
            aad: &self.head,
        };
        // a piece that is no last one, with nothing behind it, tells of a missing end
        let middle = stream.decrypt_next(piece);
        let opened = match (last, middle, self.stream.take()) {
            (true, Ok(_), _) => return Err(ArchiveError::CutOff),
            (true, Err(_), Some(stream)) => stream.decrypt_last(Payload {
                msg: &stored,
                aad: &self.head,
            }),
            (false, middle, stream) => {
                self.stream = stream;
                middle
            }
            (true, Err(error), None) => Err(error),
        };
        self.text = opened.map_err(|_| self.spoilt(stored.len()))?;
        self.given = 0;
        self.number += 1;
        Ok(true)
    }

    /// What a piece of this length that does not open tells.
    fn spoilt(&self, length: usize) -> ArchiveError {
        match self.number {
            _ if length < TAG => ArchiveError::CutOff,
            0 => ArchiveError::OtherKey,
            piece => ArchiveError::Damaged { piece },
        }
    }
}

impl<R: Read> Read for ArchiveReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if !self.next_piece().map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let fits = rest.len().min(into.len());
        into[..fits].copy_from_slice(&rest[..fits]);
        self.given += fits;
        Ok(fits)
    }
}
