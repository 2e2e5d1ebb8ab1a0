//! Ogg Opus (RFC 3533, RFC 7845): pages of one stream of one channel or two, in packets of 20 ms.

/// Samples of a packet, of the 48,000 of a second by which the stream counts.
pub(crate) const PACKET_SAMPLES: u64 = 960;

/// Milliseconds of a packet.
pub(crate) const PACKET_MS: u64 = 20;

/// Samples that a decoder leaves out at the beginning (RFC 7845 section 4.2).
pub(crate) const PRE_SKIP: u16 = 312;

const _: () = assert!(
    PRE_SKIP as u32 == opus::LOOK_AHEAD,
    "what libopus looks ahead"
);

/// Segments of a page at most (RFC 3533 section 6).
const LACES_MAX: usize = 255;

/// Octets of a segment at most.
const LACE: usize = 255;

/// Octets of a page before its table.
const HEAD: usize = 27;

/// A silent packet of 20 ms in one channel: CELT, full band, and in it nothing.
const SILENT: [u8; 3] = [0xf8, 0xff, 0xfe];

/// The same in two (RFC 6716 section 3.1).
const SILENT_PAIR: [u8; 3] = [0xfc, 0xff, 0xfe];

/// A silent packet of 20 ms in so many channels.
pub(crate) fn silent(channels: u8) -> &'static [u8] {
    match channels {
        0 | 1 => &SILENT,
        2..=u8::MAX => &SILENT_PAIR,
    }
}

/// Where a stream has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// The number that tells the stream from others.
    pub(crate) serial: u32,
    /// The number of the next page.
    pub(crate) page: u32,
    /// Samples so far, those left out at the beginning included.
    pub(crate) samples: u64,
}

impl Course {
    /// Of a stream that begins.
    pub(crate) fn new(serial: u32) -> Course {
        Course {
            serial,
            page: 0,
            samples: 0,
        }
    }

    /// Behind the last of these pages; `None` where there is none.
    pub(crate) fn behind_all(pages: &[u8]) -> Option<Course> {
        let (mut rest, mut last) = (pages, None);
        while let Some(course) = Course::behind(rest) {
            last = Some(course);
            let length = take_page(rest, &mut Vec::new())?;
            rest = rest.get(length..)?;
        }
        last
    }

    /// Behind the page that begins here; `None` where none does.
    fn behind(page: &[u8]) -> Option<Course> {
        if page.get(..4)? != b"OggS" {
            return None;
        }
        let number = |at: usize| Some(u32::from_le_bytes(*page.get(at..)?.first_chunk()?));
        let samples = u64::from_le_bytes(*page.get(6..)?.first_chunk()?);
        Some(Course {
            serial: number(14)?,
            page: number(18)?.checked_add(1)?,
            samples,
        })
    }
}

/// Packets that wait to become a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    laces: Vec<u8>,
    octets: Vec<u8>,
    packets: u64,
}

impl Page {
    /// Whether a packet of so many octets fits.
    pub(crate) fn fits(&self, octets: usize) -> bool {
        self.laces.len() + octets / LACE < LACES_MAX
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.packets == 0
    }

    /// Adds a packet, which must fit.
    pub(crate) fn add(&mut self, packet: &[u8]) {
        let mut rest = packet.len();
        while rest >= LACE {
            self.laces.push(u8::MAX);
            rest -= LACE;
        }
        self.laces.push(u8::try_from(rest).unwrap_or(0));
        self.octets.extend_from_slice(packet);
        self.packets += 1;
    }

    /// Writes the page behind `out`, and begins another.
    pub(crate) fn write(&mut self, course: &mut Course, last: bool, out: &mut Vec<u8>) {
        course.samples += self.packets * PACKET_SAMPLES;
        self.put(course, if last { 4 } else { 0 }, out);
    }

    fn put(&mut self, course: &mut Course, flags: u8, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(b"OggS");
        out.extend_from_slice(&[0, flags]);
        out.extend_from_slice(&course.samples.to_le_bytes());
        out.extend_from_slice(&course.serial.to_le_bytes());
        out.extend_from_slice(&course.page.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.push(u8::try_from(self.laces.len()).unwrap_or(u8::MAX));
        out.append(&mut self.laces);
        out.append(&mut self.octets);
        self.packets = 0;
        course.page = course.page.wrapping_add(1);
        let sum = checksum(out.get(begin..).unwrap_or_default());
        if let Some(place) = out.get_mut(begin + 22..begin + 26) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
    }
}

/// The two pages with which a stream begins (RFC 7845 section 5).
pub(crate) fn beginning(channels: u8, course: &mut Course, out: &mut Vec<u8>) {
    let mut head = b"OpusHead".to_vec();
    // the version
    head.extend_from_slice(&[1, channels]);
    head.extend_from_slice(&PRE_SKIP.to_le_bytes());
    head.extend_from_slice(&16_000_u32.to_le_bytes());
    // no gain, channels in their usual order
    head.extend_from_slice(&[0, 0, 0]);
    let mut page = Page::default();
    page.add(&head);
    page.put(course, 2, out);
    let vendor = b"Strowger";
    let mut tags = b"OpusTags".to_vec();
    tags.extend_from_slice(&u32::try_from(vendor.len()).unwrap_or(0).to_le_bytes());
    tags.extend_from_slice(vendor);
    tags.extend_from_slice(&0_u32.to_le_bytes());
    page.add(&tags);
    page.put(course, 0, out);
}

/// The packets of pages, one page after another; ends at what is no page.
pub(crate) fn packets(pages: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut rest) = (Vec::new(), pages);
    while let Some(length) = take_page(rest, &mut found) {
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

fn take_page<'a>(page: &'a [u8], found: &mut Vec<&'a [u8]>) -> Option<usize> {
    Course::behind(page)?;
    let count = usize::from(*page.get(HEAD - 1)?);
    let laces = page.get(HEAD..HEAD + count)?;
    let mut begin = HEAD + count;
    let mut end = begin;
    for lace in laces {
        end += usize::from(*lace);
        if usize::from(*lace) < LACE {
            found.push(page.get(begin..end)?);
            begin = end;
        }
    }
    page.get(..end).map(<[u8]>::len)
}

/// The checksum of a page whose own place for it is zero (RFC 3533 section 6).
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum: u32, octet| {
        let mut sum = sum ^ (u32::from(*octet) << 24);
        for _ in 0..8 {
            let carry = sum >> 31 == 1;
            sum = (sum << 1) ^ if carry { 0x04c1_1db7 } else { 0 };
        }
        sum
    })
}
