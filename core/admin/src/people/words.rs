//! What mails say, in each language they can be written in.

mod en;

/// The texts of one language: a further language is one more file. `{name}`, `{company}`,
/// `{product}` and `{mail}` stand for the person, the company, what the exchange is sold as, and
/// the address.
pub(super) struct Words {
    pub(super) greeting: &'static str,
    pub(super) invitation: Message,
    pub(super) reset: Message,
}

/// What one mail says.
pub(super) struct Message {
    pub(super) subject: &'static str,
    /// What stands before the link.
    pub(super) before: &'static str,
    /// What the link is called.
    pub(super) button: &'static str,
    /// What stands behind the link.
    pub(super) after: &'static str,
}

/// The only language so far.
pub(super) const ENGLISH: &Words = &en::WORDS;
