//! Pieces of which speech is put together.

use std::borrow::Cow;

/// How a piece's words follow those before, where they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Joint {
    /// As a word of its own.
    #[default]
    Space,
    /// Behind a hyphen.
    Hyphen,
    /// As a part of the same word.
    Close,
}

/// Something that is said in one breath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The file of a set that says it, without its ending, such as `digits/20`; `None` where no
    /// set says it.
    pub file: Option<Cow<'static, str>>,
    /// The same in words.
    pub words: Cow<'static, str>,
    /// How they are joined to those before.
    pub joint: Joint,
}

impl Piece {
    pub(crate) fn filed(
        file: impl Into<Cow<'static, str>>,
        words: impl Into<Cow<'static, str>>,
    ) -> Piece {
        Piece {
            file: Some(file.into()),
            words: words.into(),
            joint: Joint::Space,
        }
    }

    pub(crate) fn words(words: impl Into<Cow<'static, str>>) -> Piece {
        Piece {
            file: None,
            words: words.into(),
            joint: Joint::Space,
        }
    }

    pub(crate) fn joined(self, joint: Joint) -> Piece {
        Piece { joint, ..self }
    }
}

/// The words of pieces, as they are written.
#[must_use]
pub fn text(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece.joint {
            Joint::Space if text.is_empty() => {}
            Joint::Space => text.push(' '),
            Joint::Hyphen => text.push('-'),
            Joint::Close => {}
        }
        text.push_str(&piece.words);
    }
    text
}
