//! What a connection's octets go over: a stream of the kernel's, plain or within TLS.

use std::io::{self, IoSlice, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};

use crate::sys::is_passing;
use crate::tls::{Opened, Tls};

/// What one read brought, beside the octets handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// So many octets of the network; the stream goes on.
    Octets(usize),
    /// The peer says no more, after so many.
    End(usize),
    /// The stream is broken.
    Reset,
    /// What should have been TLS is none.
    Refused(usize),
}

/// One stream.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    tls: Option<Tls>,
    /// What the peer said that has been read already.
    early: Vec<u8>,
}

impl Wire {
    pub(crate) fn plain(stream: TcpStream) -> Wire {
        Wire {
            stream,
            tls: None,
            early: Vec::new(),
        }
    }

    pub(crate) fn secure(stream: TcpStream, tls: Tls) -> Wire {
        Wire {
            tls: Some(tls),
            ..Wire::plain(stream)
        }
    }

    /// The same, of whose octets these were read before.
    pub(crate) fn after(self, early: Vec<u8>) -> Wire {
        Wire { early, ..self }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Whether the two sides have not agreed on keys yet.
    pub(crate) fn is_opening(&self) -> bool {
        self.tls.as_ref().is_some_and(Tls::is_opening)
    }

    /// Whether anything waits here to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        self.tls.as_ref().is_some_and(Tls::is_waiting)
    }

    /// Reads once, at most `scratch.len()` octets, and hands on what they say, until `take` wants
    /// no more.
    pub(crate) fn read(
        &mut self,
        scratch: &mut [u8],
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> Arrival {
        let early = mem::take(&mut self.early);
        let came = if early.is_empty() {
            match self.stream.read(scratch) {
                Ok(0) => return Arrival::End(0),
                Ok(n) => scratch.get(..n).unwrap_or(&[]),
                Err(error) if is_passing(&error) => return Arrival::Octets(0),
                Err(_) => return Arrival::Reset,
            }
        } else {
            &early[..]
        };
        let n = came.len();
        let Some(tls) = &mut self.tls else {
            take(came);
            return Arrival::Octets(n);
        };
        match tls.open(came, take) {
            Opened::More => Arrival::Octets(n),
            Opened::End => Arrival::End(n),
            Opened::Refused => Arrival::Refused(n),
        }
    }

    /// Reads what a peer still says after the end and throws it away; tells whether it is done.
    pub(crate) fn discard(&mut self, scratch: &mut [u8]) -> bool {
        match self.stream.read(scratch) {
            Ok(n) => n == 0,
            Err(error) => !is_passing(&error),
        }
    }

    /// Says that we say no more.
    pub(crate) fn shut(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.end();
            // a peer that takes nothing now is not waited for
            let _ = tls.drain(&mut self.stream);
        }
        // a peer that is gone already is no failure
        let _ = self.stream.shutdown(Shutdown::Write);
    }
}

impl Write for Wire {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(octets)])
    }

    /// Within TLS nothing is taken before all taken earlier has been written.
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match &mut self.tls {
            None => self.stream.write_vectored(pieces),
            Some(tls) => {
                tls.drain(&mut self.stream)?;
                tls.seal(pieces)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            None => Ok(()),
            Some(tls) => tls.drain(&mut self.stream),
        }
    }
}
