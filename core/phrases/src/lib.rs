//! What the exchange says: phrases of numbers, dates, times, money and standing words, read by the
//! rules of a language into pieces. Each piece has the name of a file of a set of recordings, where
//! such sets have one, and its words, of which a voice is made where they have none.
//!
//! The names are those of the free sets that Debian packages (`asterisk-core-sounds-*`). German has
//! no such set: all of it is spoken by a made voice.

mod amount;
mod english;
mod french;
mod german;
mod italian;
mod language;
mod moment;
mod phrase;
mod piece;
mod rules;
mod russian;
mod russian_numbers;
mod russian_ordinals;
mod spanish;
mod standing;

pub use amount::{Amount, Currency};
pub use language::Language;
pub use moment::{Date, Time};
pub use phrase::{DIGITS_MAX, Part, Phrase};
pub use piece::{Joint, Piece, text};
pub use rules::NUMBER_MAX;
pub use standing::Standing;
