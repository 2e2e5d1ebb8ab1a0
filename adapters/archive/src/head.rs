//! What stands before the first piece, in clear; every piece is bound to it.

use ports::{ArchiveError, Entropy};

/// What every archive begins with.
const MAGIC: &[u8; 16] = b"strowger-archive";

/// The format that is written, and the latest that is read.
const FORMAT: u8 = 1;

/// Bytes of a head.
pub(crate) const HEAD: usize = 16 + 1 + 1 + 4 + 4 + SALT + NONCE;

/// Bytes of salt.
pub(crate) const SALT: usize = 16;

/// Bytes of the nonce that STREAM leaves to us (24, less 4 of counter and 1 of mark).
pub(crate) const NONCE: usize = 19;

/// Most memory that an archive may demand of whoever opens it with a passphrase, in KiB.
pub const MEMORY_KIB_MAX: u32 = 1 << 20;

/// Most passes over that memory.
pub const PASSES_MAX: u32 = 16;

/// What opens an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A passphrase, made costly by Argon2id (RFC 9106).
    Passphrase {
        /// Memory, in KiB.
        memory_kib: u32,
        /// Passes over it.
        passes: u32,
    },
    /// A key of 32 random bytes.
    Key,
}

/// A head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) sort: Sort,
    pub(crate) salt: [u8; SALT],
    pub(crate) nonce: [u8; NONCE],
}

impl Head {
    /// The head of a new archive.
    pub(crate) fn new(sort: Sort, entropy: &dyn Entropy) -> Head {
        let (mut salt, mut nonce) = ([0; SALT], [0; NONCE]);
        entropy.fill(&mut salt);
        entropy.fill(&mut nonce);
        Head { sort, salt, nonce }
    }

    /// Its bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (sort, memory_kib, passes) = match self.sort {
            Sort::Passphrase { memory_kib, passes } => (1, memory_kib, passes),
            Sort::Key => (2, 0, 0),
        };
        let mut bytes = Vec::with_capacity(HEAD);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[FORMAT, sort]);
        bytes.extend_from_slice(&memory_kib.to_be_bytes());
        bytes.extend_from_slice(&passes.to_be_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.nonce);
        bytes
    }

    /// Reads a head.
    pub(crate) fn parse(bytes: &[u8; HEAD]) -> Result<Head, ArchiveError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ArchiveError::NoArchive)?;
        let mut rest = Rest(rest);
        let [format, sort] = rest.take()?;
        if format != FORMAT {
            return Err(ArchiveError::Newer {
                found: format.into(),
                known: FORMAT.into(),
            });
        }
        let memory_kib = u32::from_be_bytes(rest.take()?);
        let passes = u32::from_be_bytes(rest.take()?);
        let bounded = memory_kib <= MEMORY_KIB_MAX && (1..=PASSES_MAX).contains(&passes);
        let sort = match sort {
            1 if bounded => Sort::Passphrase { memory_kib, passes },
            // one head has one form: its bytes are proved as they are written here
            2 if memory_kib == 0 && passes == 0 => Sort::Key,
            _ => return Err(ArchiveError::NoArchive),
        };
        Ok(Head {
            sort,
            salt: rest.take()?,
            nonce: rest.take()?,
        })
    }
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ArchiveError> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(ArchiveError::NoArchive)?;
        self.0 = rest;
        Ok(*taken)
    }
}
