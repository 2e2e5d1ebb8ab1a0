//! Many segments become one that holds only what is still needed.

use crate::BusError;
use crate::segment::{self, Header};
use ports::frame;
use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Where a frame stands: the number of its segment, and the bytes before it.
pub(crate) type Position = (u64, u64);

/// Decides which frames of some segments are still needed.
pub(crate) trait Sieve {
    /// A merge begins.
    fn begin(&mut self) {}

    /// Sees every frame before the first is judged.
    fn note(&mut self, _at: Position, _payload: &[u8]) {}

    /// Whether [`Sieve::note`] is of use.
    fn looks_ahead(&self) -> bool;

    /// Whether the frame is still needed.
    fn keeps(&mut self, at: Position, payload: &[u8]) -> bool;

    /// The merged segment has taken its place.
    fn merged(&mut self) {}
}

/// Puts what the sieve keeps of the segments into one, in order, in the place of the first; it
/// says that it stands for the others and for `condemned`. Gives its length.
///
/// The result takes its place by one renaming. Before it, the old segments hold; after it, those
/// that are left over are void.
pub(crate) fn merge(
    folder: &Path,
    numbers: &[u64],
    condemned: &[u64],
    sieve: &mut dyn Sieve,
) -> Result<u64, BusError> {
    let Some((&first, others)) = numbers.split_first() else {
        return Ok(0);
    };
    sieve.begin();
    if sieve.looks_ahead() {
        each(folder, numbers, &mut |at, payload| {
            sieve.note(at, payload);
            Ok(())
        })?;
    }
    let draft = segment::draft_path(folder, first);
    let failed = |doing| BusError::io(doing, &draft);
    let mut options = OpenOptions::new();
    let options = segment::private(options.create(true).truncate(true));
    let file = options.open(&draft).map_err(failed("create"))?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    let header = Header::frame([others, condemned].concat()).map_err(failed("write"))?;
    out.write_all(&header).map_err(failed("write"))?;
    let mut frame_bytes = Vec::new();
    each(folder, numbers, &mut |at, payload| {
        if sieve.keeps(at, payload) {
            frame_bytes.clear();
            // What was read from a frame fits one.
            if frame::append(&mut frame_bytes, payload).is_ok() {
                return out.write_all(&frame_bytes).map_err(failed("write"));
            }
        }
        Ok(())
    })?;
    let file = out
        .into_inner()
        .map_err(|error| failed("write")(error.into_error()))?;
    file.sync_all().map_err(failed("sync"))?;
    let length = file.metadata().map_err(failed("size"))?.len();
    fs::rename(&draft, segment::path(folder, first)).map_err(failed("rename"))?;
    segment::sync_names(folder).map_err(BusError::io("sync", folder))?;
    sieve.merged();
    Ok(length)
}

/// Shows every whole frame of the segments, in order, but for their headers. Gives the number of
/// bytes at their ends that are no whole frame.
pub(crate) fn each(
    folder: &Path,
    numbers: &[u64],
    see: &mut dyn FnMut(Position, &[u8]) -> Result<(), BusError>,
) -> Result<u64, BusError> {
    let mut torn = 0;
    for &number in numbers {
        let path = segment::path(folder, number);
        let (_, mut frames) = segment::read(folder, number)?;
        loop {
            let before = frames.whole();
            match frames.next().map_err(BusError::io("read", &path))? {
                Some(payload) => see((number, before), payload)?,
                None => break,
            }
        }
        torn +=
            segment::torn(folder, number, frames.whole()).map_err(BusError::io("read", &path))?;
    }
    Ok(torn)
}
