//! One file of a shelf: its name, its first frame, its making.

use crate::BusError;
use crate::frames::Frames;
use ports::frame;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The format of segments; a reader refuses a newer one.
const FORMAT: u32 = 1;

/// The first frame of a segment.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Header {
    format: u32,
    /// Numbers of the segments that this one stands for: they no longer count.
    pub(crate) replaces: Vec<u64>,
}

impl Header {
    /// The frame of the header of a segment that stands for these.
    pub(crate) fn frame(replaces: Vec<u64>) -> io::Result<Vec<u8>> {
        let header = Header {
            format: FORMAT,
            replaces,
        };
        let mut bytes = Vec::new();
        let text = serde_json::to_vec(&header)?;
        frame::append(&mut bytes, &text)
            .map_err(|_| io::Error::other("too many segments to replace"))?;
        Ok(bytes)
    }
}

/// A segment that is written to.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    pub(crate) file: File,
    /// Bytes written, all of them whole frames.
    pub(crate) length: u64,
}

/// Where the segment with this number is.
pub(crate) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.log"))
}

/// Where a segment is written before it takes its place.
pub(crate) fn draft_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.new"))
}

/// The number in the name of a segment.
pub(crate) fn number_of(path: &Path) -> Option<u64> {
    let is_segment = path.extension().is_some_and(|ending| ending == "log");
    path.file_stem()
        .filter(|_| is_segment)?
        .to_str()?
        .parse()
        .ok()
}

/// Makes an empty segment with `room` bytes of zeros after its header, on the disk. What is written
/// there later changes neither the file's size nor where it lies, so the write waits for no journal
/// of the file system. A failure leaves no file behind.
pub(crate) fn create(folder: &Path, number: u64, room: u64) -> io::Result<Segment> {
    let header = Header::frame(Vec::new())?;
    let path = path(folder, number);
    let file = private(OpenOptions::new().create_new(true)).open(&path)?;
    let begun = file
        .write_all_at(&header, 0)
        .and_then(|()| fill(&file, room))
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_names(folder));
    if let Err(error) = begun {
        // Should even this fail, the empty file means nothing at the next start.
        let _gone = fs::remove_file(&path);
        return Err(error);
    }
    let length = u64::try_from(header.len()).unwrap_or(u64::MAX);
    Ok(Segment {
        number,
        file,
        length,
    })
}

/// To write to a file that only its owner can read.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.write(true).mode(0o600)
}

/// Writes zeros up to this size.
fn fill(file: &File, size: u64) -> io::Result<()> {
    let zeros = [0; 1 << 16];
    let mut at = file.metadata()?.len();
    while at < size {
        let piece = usize::try_from(size - at).map_or(zeros.len(), |left| left.min(zeros.len()));
        file.write_all_at(&zeros[..piece], at)?;
        at += u64::try_from(piece).unwrap_or(u64::MAX);
    }
    Ok(())
}

/// Opens a segment to read: its header, and the frames after it. A segment whose making was cut
/// short has neither.
pub(crate) fn read(
    folder: &Path,
    number: u64,
) -> Result<(Header, Frames<BufReader<File>>), BusError> {
    let path = path(folder, number);
    let file = File::open(&path).map_err(BusError::io("open", &path))?;
    let mut frames = Frames::new(BufReader::with_capacity(1 << 16, file));
    let first = frames.next().map_err(BusError::io("read", &path))?;
    let Some(first) = first else {
        return Ok((Header::default(), frames));
    };
    match serde_json::from_slice::<Header>(first) {
        Ok(header) if header.format <= FORMAT => Ok((header, frames)),
        Ok(header) => Err(BusError::Newer {
            file: path,
            format: header.format,
        }),
        Err(error) => Err(BusError::io("understand", &path)(error.into())),
    }
}

/// How many bytes after the whole frames of a segment are neither frames nor room.
pub(crate) fn torn(folder: &Path, number: u64, whole: u64) -> io::Result<u64> {
    let mut file = File::open(path(folder, number))?;
    file.seek(SeekFrom::Start(whole))?;
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    let last = rest.iter().rposition(|byte| *byte != 0);
    Ok(last.map_or(0, |last| u64::try_from(last + 1).unwrap_or(u64::MAX)))
}

/// Makes the names in a folder last: files made, renamed or removed.
pub(crate) fn sync_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
