//! Text inside XML: what must be escaped is, what XML 1.0 §2.2 forbids is left out.

use std::fmt::{self, Display, Write};

/// A text as an attribute's value or an element's content.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                _ => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// The first line of every document.
pub(crate) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn a_name_can_neither_open_an_element_nor_end_an_attribute() {
        let text = Text("a\"><b>&'\u{0}\n").to_string();
        assert_eq!(text, "a&quot;&gt;&lt;b&gt;&amp;&apos; ");
    }
}
