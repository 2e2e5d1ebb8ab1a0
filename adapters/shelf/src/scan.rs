//! How far a file is whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use domain::Recording;
use ports::ShelfError;

use crate::away;
use crate::ogg::{Course, PACKET_MS, PACKET_SAMPLES};
use crate::segments::{HEAD, Kind, LABEL, SALT, Sealer, head, read_label};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Octets up to the end of the last whole segment.
    pub(crate) whole: u64,
    /// Segments until there.
    pub(crate) segments: u64,
    /// Where the stream has come to there; `None` before it has begun.
    pub(crate) course: Option<Course>,
}

impl Found {
    /// How long the sound is.
    pub(crate) fn lasts_ms(&self) -> u64 {
        let samples = self.course.map_or(0, |course| course.samples);
        samples / PACKET_SAMPLES * PACKET_MS
    }
}

/// Where a segment lies.
#[derive(Clone, Copy)]
struct At {
    begin: u64,
    length: usize,
    salt: [u8; SALT],
    number: u64,
}

impl At {
    fn end(&self) -> u64 {
        self.begin + u64::try_from(self.length).unwrap_or(0)
    }
}

/// Finds the end of what is whole. A recording that is finished ends where it was said to.
///
/// # Errors
/// There is no file, it is another's, or the last segments do not open.
pub(crate) fn scan(path: &Path, recording: &Recording) -> Result<Found, ShelfError> {
    let mut file = File::open(path).map_err(|error| away(&error))?;
    check_head(&mut file, recording)?;
    let length = file.metadata().map_err(|error| away(&error))?.len();
    let said = (recording.octets > 0).then_some(recording.octets);
    if said.is_some_and(|said| said > length) {
        let how = "it is shorter than it was when it ended";
        return Err(ShelfError::Damaged(how.to_owned()));
    }
    let last = last_two(&file, said.unwrap_or(length)).map_err(|error| away(&error))?;
    let sealer = Sealer::of(recording);
    let mut torn = None;
    for at in last.into_iter().flatten() {
        match course_behind(&mut file, &at, &sealer) {
            Ok(course) => {
                return Ok(Found {
                    whole: at.end(),
                    segments: at.number + 1,
                    course: Some(course),
                });
            }
            // the very last may have been written by half before the machine failed
            Err(error) => torn = Some(error),
        }
    }
    match torn {
        Some(error) => Err(error),
        None => Ok(Found {
            whole: u64::try_from(HEAD).unwrap_or(0),
            segments: 0,
            course: None,
        }),
    }
}

/// Reads the head of a file, which must be that of the recording.
pub(crate) fn check_head(file: &mut File, recording: &Recording) -> Result<(), ShelfError> {
    let mut found = [0; HEAD];
    match file.read_exact(&mut found) {
        Ok(()) if found == head(recording) => Ok(()),
        Ok(()) => Err(ShelfError::Damaged("it is another file".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(ShelfError::NotFound),
        Err(error) => Err(away(&error)),
    }
}

/// The last two segments that lie whole before `end`, the last one first.
fn last_two(file: &File, end: u64) -> io::Result<[Option<At>; 2]> {
    let mut reader = BufReader::new(file);
    let mut place = reader.seek(SeekFrom::Start(u64::try_from(HEAD).unwrap_or(0)))?;
    let (mut salt, mut number) = (None, 0);
    let mut last = [None, None];
    let mut label = [0; LABEL];
    while reader.read_exact(&mut label).is_ok() {
        place += u64::try_from(LABEL).unwrap_or(0);
        let Some((kind, length)) = read_label(label) else {
            break;
        };
        let behind = place + u64::try_from(length).unwrap_or(0);
        if behind > end {
            break;
        }
        match kind {
            Kind::Part => {
                let mut octets = [0; SALT];
                reader.read_exact(&mut octets)?;
                salt = Some(octets);
            }
            Kind::Segment => {
                let Some(salt) = salt else { break };
                let at = At {
                    begin: place,
                    length,
                    salt,
                    number,
                };
                last = [Some(at), last[0]];
                number += 1;
                reader.seek_relative(i64::try_from(length).unwrap_or(0))?;
            }
        }
        place = behind;
    }
    Ok(last)
}

fn course_behind(file: &mut File, at: &At, sealer: &Sealer) -> Result<Course, ShelfError> {
    file.seek(SeekFrom::Start(at.begin))
        .map_err(|error| away(&error))?;
    let mut sealed = vec![0; at.length];
    file.read_exact(&mut sealed).map_err(|error| away(&error))?;
    let damaged = || ShelfError::Damaged(format!("segment {} does not open", at.number));
    let plain = sealer.open((&at.salt, at.number), &sealed);
    let plain = plain.map_err(|_| damaged())?;
    Course::behind_all(&plain).ok_or_else(damaged)
}
