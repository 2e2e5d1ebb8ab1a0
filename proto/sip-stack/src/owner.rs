//! Who is behind a transaction or a dialog.

/// Whose transaction it is, in the words of the layer above: a leg's number, say. Responses and
/// failures carry it back, so that nobody needs a map from keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(pub u64);

impl Owner {
    /// Nobody: the transaction has not been adopted.
    pub const NOBODY: Self = Self(0);
}
