//! Reading: the pages of a recording, segment by segment.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use domain::Recording;
use ports::ShelfError;

use crate::away;
use crate::scan::check_head;
use crate::segments::{HEAD, Kind, LABEL, SALT, Sealer, read_label};

/// The pages of a recording, one segment after another; each proves itself as it comes.
pub(crate) struct Pages {
    reader: BufReader<File>,
    sealer: Sealer,
    salt: Option<[u8; SALT]>,
    number: u64,
    /// Octets up to the end.
    left: u64,
}

impl Pages {
    /// Up to this octet of the file.
    pub(crate) fn open(path: &Path, recording: &Recording, end: u64) -> Result<Pages, ShelfError> {
        let mut file = File::open(path).map_err(|error| away(&error))?;
        check_head(&mut file, recording)?;
        Ok(Pages {
            reader: BufReader::new(file),
            sealer: Sealer::of(recording),
            salt: None,
            number: 0,
            left: end.saturating_sub(u64::try_from(HEAD).unwrap_or(0)),
        })
    }

    fn read(&mut self, octets: &mut [u8]) -> Result<(), ShelfError> {
        self.reader
            .read_exact(octets)
            .map_err(|error| away(&error))?;
        let count = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(count);
        Ok(())
    }

    fn segment(&mut self) -> Result<Option<Vec<u8>>, ShelfError> {
        let damaged = |what: String| Err(ShelfError::Damaged(what));
        while self.left > 0 {
            let mut label = [0; LABEL];
            self.read(&mut label)?;
            let Some((kind, length)) = read_label(label) else {
                return damaged(format!("behind segment {} lies none", self.number));
            };
            match kind {
                Kind::Part => {
                    let mut salt = [0; SALT];
                    self.read(&mut salt)?;
                    self.salt = Some(salt);
                }
                Kind::Segment => {
                    let mut sealed = vec![0; length];
                    self.read(&mut sealed)?;
                    let Some(salt) = self.salt else {
                        return damaged("it begins with no part".to_owned());
                    };
                    let number = self.number;
                    self.number += 1;
                    return match self.sealer.open((&salt, number), &sealed) {
                        Ok(plain) => Ok(Some(plain)),
                        Err(_) => damaged(format!("segment {number} does not open")),
                    };
                }
            }
        }
        Ok(None)
    }
}

impl Iterator for Pages {
    type Item = Result<Vec<u8>, ShelfError>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.segment().transpose();
        if matches!(piece, Some(Err(_))) {
            self.left = 0;
        }
        piece
    }
}
