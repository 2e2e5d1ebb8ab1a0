//! The octets between the exchange and an engine: frames of a kind, a length and what it says.
//!
//! Both sides read by the same rules. A kind that neither knows, or a length beyond the bound of
//! its kind, is nonsense as soon as the head of the frame is there: nothing is kept waiting for it.

/// Octets of a document that goes over whole: a PDF, or the TIFF of a fax.
pub const MOST_DOCUMENT: usize = 64 << 20;

/// Octets of every other frame.
pub const MOST_FRAME: usize = 4096;

/// The kind of frame that carries a document, in both directions.
pub(crate) const DOCUMENT: u8 = b'D';

/// Kind and length, lowest octet first.
const HEAD: usize = 5;

/// What came is no frame of ours; says what was wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nonsense(pub(crate) &'static str);

/// Appends a frame whose content `write` appends.
pub(crate) fn write(to: &mut Vec<u8>, kind: u8, write: impl FnOnce(&mut Vec<u8>)) {
    to.push(kind);
    let told = to.len();
    to.extend([0; 4]);
    let begin = to.len();
    write(to);
    let length = u32::try_from(to.len() - begin).unwrap_or(u32::MAX);
    if let Some(place) = to.get_mut(told..begin) {
        place.copy_from_slice(&length.to_le_bytes());
    }
}

/// Octets as they came, from which whole frames are taken.
#[derive(Default)]
pub(crate) struct Frames {
    octets: Vec<u8>,
    taken: usize,
}

impl Frames {
    /// More has come.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        // what was read makes room
        self.octets.drain(..self.taken);
        self.taken = 0;
        self.octets.extend_from_slice(octets);
    }

    /// The next whole frame: its kind, and what it says.
    pub(crate) fn next(&mut self) -> Result<Option<(u8, &[u8])>, Nonsense> {
        let waiting = self.octets.get(self.taken..).unwrap_or_default();
        let Some([kind, length @ ..]) = waiting.first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let most = if *kind == DOCUMENT {
            MOST_DOCUMENT
        } else {
            MOST_FRAME
        };
        if length > most {
            return Err(Nonsense("a frame is too long"));
        }
        let begin = self.taken + HEAD;
        if waiting.len() < HEAD + length {
            return Ok(None);
        }
        self.taken = begin + length;
        Ok(self
            .octets
            .get(begin..begin + length)
            .map(|content| (*kind, content)))
    }
}

/// The content of a frame, read from its beginning.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

const SHORT: Nonsense = Nonsense("a frame is too short");

impl<'a> Fields<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Nonsense> {
        let (first, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn octet(&mut self) -> Result<u8, Nonsense> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn short(&mut self) -> Result<u16, Nonsense> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn long(&mut self) -> Result<u32, Nonsense> {
        self.array().map(u32::from_le_bytes)
    }

    /// A text with its length before it.
    pub(crate) fn text(&mut self) -> Result<String, Nonsense> {
        let length = usize::from(self.short()?);
        let (text, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| Nonsense("a text is no UTF-8"))
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    /// 20 ms of sound: nothing more may be left.
    pub(crate) fn sound(self) -> Result<[i16; 160], Nonsense> {
        let (pairs, over) = self.0.as_chunks::<2>();
        let mut sound = [0; 160];
        if pairs.len() != sound.len() || !over.is_empty() {
            return Err(Nonsense("sound of another length than 20 ms"));
        }
        for (sample, pair) in sound.iter_mut().zip(pairs) {
            *sample = i16::from_le_bytes(*pair);
        }
        Ok(sound)
    }
}

/// Appends a text with its length before it; one that is too long is cut.
pub(crate) fn push_text(to: &mut Vec<u8>, text: &str) {
    let text = text.get(..text.floor_char_boundary(1024)).unwrap_or(text);
    to.extend(u16::try_from(text.len()).unwrap_or(0).to_le_bytes());
    to.extend_from_slice(text.as_bytes());
}

/// Appends 20 ms of sound.
pub(crate) fn push_sound(to: &mut Vec<u8>, sound: &[i16; 160]) {
    to.extend(sound.iter().flat_map(|sample| sample.to_le_bytes()));
}
