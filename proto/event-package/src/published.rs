//! What a telephone says of its user in a PUBLISH (RFC 3903, RFC 3863): read with care, since
//! anybody with a telephone can write it.

use crate::pidf::Activity;

/// Longest document read, in bytes; telephones send less than 2,000.
const DOCUMENT_BYTES: usize = 16_384;
/// Longest note kept, in letters.
const NOTE_LETTERS: usize = 128;

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Whether calls are taken.
    pub open: bool,
    /// What the user is doing.
    pub activity: Option<Activity>,
    /// A note; may be empty.
    pub note: String,
}

/// The text is no presence document that could be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPresence;

impl Published {
    /// Reads a presence document. Elements are known by their names, whatever their prefixes; what
    /// is not known is passed over.
    ///
    /// # Errors
    /// [`NotPresence`]: no text, too long, or without a status.
    pub fn read(bytes: &[u8]) -> Result<Published, NotPresence> {
        let text = std::str::from_utf8(bytes).map_err(|_| NotPresence)?;
        if text.len() > DOCUMENT_BYTES || !has_element(text, "presence") {
            return Err(NotPresence);
        }
        let basic = content(text, "basic").ok_or(NotPresence)?;
        let open = match basic.trim() {
            "open" => true,
            "closed" => false,
            _ => return Err(NotPresence),
        };
        let activity = Activity::ALL
            .into_iter()
            .find(|activity| has_element(text, activity.element()));
        let note = content(text, "note").map(plain).unwrap_or_default();
        Ok(Published {
            open,
            activity,
            note,
        })
    }
}

/// The start tags of a text: local name and where the tag ends.
fn tags(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.match_indices('<').filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
        let name = rest.get(..name_end)?;
        let end = at + 1 + rest.find('>')? + 1;
        let local = name.rsplit(':').next().unwrap_or(name);
        Some((local, end))
    })
}

fn has_element(text: &str, name: &str) -> bool {
    tags(text).any(|(local, _)| local == name)
}

/// The text of the first element of this name that has text and nothing else.
fn content<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, begin) = tags(text).find(|(local, _)| *local == name)?;
    let rest = text.get(begin..)?;
    rest.get(..rest.find('<')?)
}

/// A text without escapes, cut to what is kept.
fn plain(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    let shown = text.trim().chars().filter(|letter| !letter.is_control());
    shown.take(NOTE_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Presence;

    #[test]
    fn what_is_written_here_is_read_here() {
        let presence = Presence {
            entity: "sip:101@example.com".into(),
            open: false,
            activity: Some(Activity::Meal),
            note: "back at <2>".into(),
        };
        let read = Published::read(presence.to_string().as_bytes());
        let expected = Published {
            open: false,
            activity: Some(Activity::Meal),
            note: "back at <2>".into(),
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn a_document_without_a_status_is_none() {
        let texts = [
            "",
            "<presence/>",
            "<basic>open</basic>",
            "<presence><basic>ajar</basic>",
        ];
        for text in texts {
            assert_eq!(Published::read(text.as_bytes()), Err(NotPresence), "{text}");
        }
        assert_eq!(Published::read(&[0xff, 0xfe]), Err(NotPresence));
    }

    #[test]
    fn a_long_note_is_cut_and_a_broken_tag_breaks_nothing() {
        let note = "n".repeat(500);
        let text = format!("<p:presence><p:basic>open</p:basic><note>{note}</note><");
        let read = Published::read(text.as_bytes()).map(|read| read.note.len());
        assert_eq!(read, Ok(NOTE_LETTERS));
    }
}
