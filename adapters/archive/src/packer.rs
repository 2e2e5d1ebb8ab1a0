//! Archives for hosts that move bytes themselves: the key apart from the bytes.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;

use admin::archive::{Line, Pack, Packer, Packing, Passphrase, Unpack};
use ports::{ArchiveError, Entropy, Giver, Taker};

use crate::head::{HEAD, Head, Sort};
use crate::key::{ArchiveKey, MEMORY_KIB, PASSES};
use crate::lines::{LineGiver, LineTaker};
use crate::reader::ArchiveReader;
use crate::writer::ArchiveWriter;

/// Archives under passphrases. It opens none that demands more memory or more passes than its own
/// do: what a peer sends must not decide how much work is done here.
pub struct Passphrases(Arc<dyn Entropy>);

impl Passphrases {
    /// With salts and nonces from there.
    pub fn new(entropy: Arc<dyn Entropy>) -> Passphrases {
        Passphrases(entropy)
    }
}

impl fmt::Debug for Passphrases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrases")
    }
}

fn key(passphrase: &Passphrase) -> Result<ArchiveKey, ArchiveError> {
    let key = ArchiveKey::passphrase(passphrase.reveal());
    key.map_err(|bad| ArchiveError::Odd(bad.to_string()))
}

impl Packer for Passphrases {
    fn lock(&self, passphrase: &Passphrase) -> Result<Pack, ArchiveError> {
        let opened = key(passphrase)?.open_new(&*self.0)?;
        Ok(Box::new(move |out| {
            let writer = ArchiveWriter::with(out, opened)?;
            Ok(Box::new(Lines(LineTaker::over(writer))) as Box<dyn Packing>)
        }))
    }

    fn head(&self) -> usize {
        HEAD
    }

    fn unlock(&self, passphrase: &Passphrase, head: &[u8]) -> Result<Unpack, ArchiveError> {
        let head: &[u8; HEAD] = head.try_into().map_err(|_| ArchiveError::NoArchive)?;
        let head = Head::parse(head)?;
        if costs_more(head.sort) {
            let what = "its passphrase demands more work than is done here: open it on the \
                        command line";
            return Err(ArchiveError::Odd(what.to_owned()));
        }
        let opened = key(passphrase)?.open(head)?;
        Ok(Box::new(move |from: Box<dyn Read + Send>| {
            let reader = ArchiveReader::with(from, opened)?;
            Ok(Box::new(LineGiver::over(reader)) as Box<dyn Giver<Line>>)
        }))
    }
}

fn costs_more(sort: Sort) -> bool {
    match sort {
        Sort::Passphrase { memory_kib, passes } => memory_kib > MEMORY_KIB || passes > PASSES,
        Sort::Key => false,
    }
}

/// Lines that are written.
struct Lines(LineTaker<ArchiveWriter<Box<dyn Write + Send>>>);

impl Taker<Line> for Lines {
    fn take(&mut self, line: &Line) -> Result<(), ArchiveError> {
        self.0.take(line)
    }
}

impl Packing for Lines {
    fn finish(self: Box<Self>) -> Result<(), ArchiveError> {
        let ended = self.0.into_inner().finish();
        ended.map_err(|error| ArchiveError::Io(error.to_string()))?;
        Ok(())
    }
}
