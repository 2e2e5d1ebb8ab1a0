//! The ceiling: what touching the bytes costs. It finds line ends and colons, and copies.

use std::hint::black_box;

use bytes::{BufMut, Bytes, BytesMut};

use crate::Work;

/// Most lines that are noted.
const LINES: usize = 64;

/// Where the lines of a head lie: begin, colon and end of each, and where the body begins.
struct Index {
    lines: [(usize, usize, usize); LINES],
    count: usize,
    body: usize,
}

/// Notes the lines; none when the head has no end.
fn index(bytes: &[u8]) -> Option<Index> {
    let mut index = Index {
        lines: [(0, 0, 0); LINES],
        count: 0,
        body: bytes.len(),
    };
    let mut at = 0;
    while index.count < LINES {
        let end = at + memchr::memchr(b'\n', &bytes[at..])?;
        if end == at + 1 {
            index.body = end + 1;
            return Some(index);
        }
        let line = &bytes[at..end - 1];
        let colon = memchr::memchr(b':', line).unwrap_or(0);
        index.lines[index.count] = (at, at + colon, end - 1);
        index.count += 1;
        at = end + 1;
    }
    None
}

/// Copies the names, the values and the body.
fn copy(bytes: &[u8], index: &Index) -> Bytes {
    let mut out = BytesMut::with_capacity(2_048);
    for (begin, colon, end) in &index.lines[..index.count] {
        out.put_slice(&bytes[*begin..*colon]);
        out.put_slice(&bytes[*colon..*end]);
        out.put_slice(b"\r\n");
    }
    out.put_slice(b"\r\n");
    out.put_slice(&bytes[index.body..]);
    out.freeze()
}

pub(crate) fn works(bytes: &Bytes) -> Option<Vec<Work<'_>>> {
    let known = index(bytes)?;
    assert_eq!(copy(bytes, &known), bytes, "the ceiling loses something");
    Some(vec![
        (
            "parse",
            Box::new(|| {
                black_box(index(black_box(bytes)));
            }),
        ),
        (
            "print",
            Box::new(move || drop(black_box(copy(bytes, black_box(&known))))),
        ),
        (
            "all",
            Box::new(|| {
                if let Some(index) = index(black_box(bytes)) {
                    drop(black_box(copy(bytes, &index)));
                }
            }),
        ),
    ])
}
