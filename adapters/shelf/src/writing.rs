//! Writing: packets gather until they are sealed as a segment and given to the operating system.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use domain::Recording;
use machine::WallTime;
use ports::{Entropy, ShelfError};

use crate::layout;
use crate::ogg::{self, Course, PACKET_MS, PACKET_SAMPLES, Page};
use crate::scan::scan;
use crate::segments::{HEAD, Kind, SALT, Sealer, head, label};

/// Packets of a segment at most: a second.
const PACKETS_MAX: usize = 50;

/// Silence that stands for the time between two processes at most: an hour.
const SILENCE_MAX_MS: u64 = 3_600_000;

/// A recording in the making. What was not flushed is lost with it.
pub struct Writing {
    file: File,
    sealer: Sealer,
    salt: [u8; SALT],
    /// The number of the next segment.
    number: u64,
    course: Course,
    page: Page,
    /// Whole pages that wait to be sealed.
    pages: Vec<u8>,
    /// Packets that wait.
    waiting: usize,
    /// Octets of the file.
    octets: u64,
    /// A segment could not be written whole: nothing more may stand behind it.
    broken: bool,
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing")
            .field("octets", &self.octets)
            .finish_non_exhaustive()
    }
}

impl Writing {
    pub(crate) fn begin(
        root: &Path,
        recording: &Recording,
        entropy: &dyn Entropy,
    ) -> io::Result<Writing> {
        let mut file = layout::make(&layout::file(root, recording))?;
        file.write_all(&head(recording))?;
        let mut serial = [0; 4];
        entropy.fill(&mut serial);
        let course = Course::new(u32::from_le_bytes(serial));
        let mut writing = Writing::on(file, recording, (course, 0), entropy)?;
        let channels = recording.sides.channels();
        ogg::beginning(channels, &mut writing.course, &mut writing.pages);
        writing.flush()?;
        Ok(writing)
    }

    pub(crate) fn resume(
        root: &Path,
        recording: &Recording,
        now: WallTime,
        entropy: &dyn Entropy,
    ) -> io::Result<Writing> {
        let path = layout::file(root, recording);
        let found = scan(&path, recording).map_err(|error| match error {
            ShelfError::NotFound => io::Error::new(io::ErrorKind::NotFound, error.to_string()),
            ShelfError::Damaged(_) => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
            ShelfError::Unavailable(how) | ShelfError::NotMade(how) => io::Error::other(how),
        })?;
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        file.set_len(found.whole)?;
        file.seek(SeekFrom::End(0))?;
        let mut serial = [0; 4];
        entropy.fill(&mut serial);
        let begins = Course::new(u32::from_le_bytes(serial));
        let course = found.course.unwrap_or(begins);
        let mut writing = Writing::on(file, recording, (course, found.segments), entropy)?;
        let channels = recording.sides.channels();
        if found.course.is_none() {
            ogg::beginning(channels, &mut writing.course, &mut writing.pages);
        }
        let since = now.unix_ms().saturating_sub(recording.began.unix_ms());
        let missing = u64::try_from(since)
            .unwrap_or(0)
            .saturating_sub(found.lasts_ms());
        for _ in 0..missing.min(SILENCE_MAX_MS) / PACKET_MS {
            writing.packet(ogg::silent(channels));
        }
        writing.flush()?;
        Ok(writing)
    }

    /// Begins a part of a file whose end has been found.
    fn on(
        mut file: File,
        recording: &Recording,
        (course, number): (Course, u64),
        entropy: &dyn Entropy,
    ) -> io::Result<Writing> {
        let mut salt = [0; SALT];
        entropy.fill(&mut salt);
        let mut part = label(Kind::Part, SALT).to_vec();
        part.extend_from_slice(&salt);
        file.write_all(&part)?;
        let octets = file.stream_position()?;
        Ok(Writing {
            file,
            sealer: Sealer::of(recording),
            salt,
            number,
            course,
            page: Page::default(),
            pages: Vec::new(),
            waiting: 0,
            octets,
            broken: false,
        })
    }

    /// Takes the next packet of 20 ms. A second of them is sealed by itself; what is wrong then is
    /// said by the next flush.
    pub fn packet(&mut self, opus: &[u8]) {
        if !self.page.fits(opus.len()) {
            self.page.write(&mut self.course, false, &mut self.pages);
        }
        self.page.add(opus);
        self.waiting += 1;
        if self.waiting >= PACKETS_MAX {
            self.broken |= self.flush().is_err();
        }
    }

    /// Seals what has gathered and gives it to the operating system.
    ///
    /// # Errors
    /// It cannot be written; nothing more can be, then.
    pub fn flush(&mut self) -> io::Result<()> {
        if !self.page.is_empty() {
            self.page.write(&mut self.course, false, &mut self.pages);
        }
        self.seal()
    }

    fn seal(&mut self) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("a segment could not be written"));
        }
        self.waiting = 0;
        if self.pages.is_empty() {
            return Ok(());
        }
        let sealed = self.sealer.seal((&self.salt, self.number), &self.pages);
        let sealed = sealed.map_err(|_| io::Error::other("a segment cannot be sealed"))?;
        self.pages.clear();
        let mut segment = label(Kind::Segment, sealed.len()).to_vec();
        segment.extend_from_slice(&sealed);
        if let Err(error) = self.file.write_all(&segment) {
            self.broken = true;
            return Err(error);
        }
        self.number += 1;
        self.octets += u64::try_from(segment.len()).unwrap_or(0);
        Ok(())
    }

    /// A second handle to the file, by which another thread brings it to the disk.
    ///
    /// # Errors
    /// The process has as many open files as it may.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Brings what was flushed to the disk.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Ends the stream; its length in milliseconds, and octets.
    ///
    /// # Errors
    /// The last of it cannot be written.
    pub fn finish(mut self) -> io::Result<(u64, u64)> {
        self.page.write(&mut self.course, true, &mut self.pages);
        self.seal()?;
        self.sync()?;
        let lasts_ms = self.course.samples / PACKET_SAMPLES * PACKET_MS;
        Ok((lasts_ms, self.octets))
    }
}

/// Octets of a file without any segment, for whoever reads it.
const _: () = assert!(
    HEAD == 24,
    "the form of files has changed: so must its version"
);
