//! One mail, as text and as HTML, from the words of a language.

use domain::Brand;
use ports::{MAIL_SUBJECT_MAX, Mail};

use super::words::{Message, Words};

/// What the words speak of.
pub(super) struct Blanks<'a> {
    pub(super) name: &'a str,
    pub(super) company: &'a str,
    pub(super) product: &'a str,
    pub(super) mail: &'a str,
}

impl Blanks<'_> {
    /// Fills the blanks of a text, each as `write` writes it.
    fn fill(&self, text: &str, write: fn(&str) -> String) -> String {
        let blanks = [
            ("{name}", self.name),
            ("{company}", self.company),
            ("{product}", self.product),
            ("{mail}", self.mail),
        ];
        let (mut filled, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            // what stands in a blank is never read for blanks again
            let blank = blanks.iter().find(|(name, _)| rest.starts_with(name));
            let (taken, put) = blank.map_or((1, "{".to_owned()), |(name, with)| {
                (name.len(), write(with))
            });
            filled.push_str(&put);
            rest = &rest[taken..];
        }
        filled + rest
    }
}

/// Writes a mail with a link, in the name and colour of a brand.
pub(super) fn letter(
    (words, message): (&Words, &Message),
    blanks: &Blanks<'_>,
    brand: &Brand,
    link: &str,
) -> Mail {
    let plain = |text| blanks.fill(text, str::to_owned);
    let marked = |text| format!("<p>{}</p>\n", blanks.fill(text, escaped));
    let text = format!(
        "{}\n\n{}\n\n{link}\n\n{}\n\n{}\n",
        plain(words.greeting),
        plain(message.before),
        plain(message.after),
        blanks.product,
    );
    let color = brand.primary_color.as_ref();
    let color = color.map_or_else(String::new, |color| {
        format!(" style=\"color: {}\"", escaped(color))
    });
    let html = format!(
        "<!doctype html>\n<html><body style=\"font-family: sans-serif\">\n{}{}<p><a \
         href=\"{}\"{color}>{}</a></p>\n{}<p>{}</p>\n</body></html>\n",
        marked(words.greeting),
        marked(message.before),
        escaped(link),
        escaped(message.button),
        marked(message.after),
        escaped(blanks.product),
    );
    Mail {
        to: blanks.mail.to_owned(),
        from_name: blanks.product.to_owned(),
        from: brand.mail_from.clone(),
        subject: short(plain(message.subject)),
        text,
        html: Some(html),
    }
}

/// One line within the bound of a subject.
fn short(subject: String) -> String {
    let line: String = subject.chars().filter(|c| !c.is_control()).collect();
    let end = line.floor_char_boundary(MAIL_SUBJECT_MAX);
    line[..end].to_owned()
}

/// A text that HTML shows as it is.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::words::ENGLISH;
    use super::*;

    const BLANKS: Blanks<'_> = Blanks {
        name: "Ann {company} <b>",
        company: "Acme & Sons",
        product: "North Voice",
        mail: "ann@acme.example",
    };

    fn north() -> Brand {
        Brand {
            mail_from: Some("hello@north.example".to_owned()),
            primary_color: Some("#0a64c8".to_owned()),
            ..Brand::default()
        }
    }

    #[test]
    fn a_letter_has_the_link_in_both_forms_and_no_blank_left() {
        let link = "https://voice.example/invitation#abc";
        let mail = letter((ENGLISH, &ENGLISH.invitation), &BLANKS, &north(), link);
        assert_eq!(mail.subject, "Your account at Acme & Sons");
        assert_eq!(mail.from_name, "North Voice");
        assert_eq!(mail.from.as_deref(), Some("hello@north.example"));
        let html = mail.html.unwrap();
        assert!(mail.text.contains(link) && html.contains(&format!("href=\"{link}\"")));
        assert!(html.contains("style=\"color: #0a64c8\""));
        assert!(!mail.text.contains("{product}") && !html.contains("{mail}"));
    }

    #[test]
    fn a_name_is_shown_as_it_is_and_never_read_as_html_or_as_a_blank() {
        let mail = letter((ENGLISH, &ENGLISH.reset), &BLANKS, &Brand::default(), "x");
        let html = mail.html.unwrap();
        assert!(mail.text.starts_with("Hello Ann {company} <b>,"));
        assert!(html.contains("Hello Ann {company} &lt;b&gt;,"));
        assert!(html.contains("Acme &amp; Sons") && !html.contains("<b>"));
    }

    #[test]
    fn a_subject_is_one_line_within_its_bound() {
        let long = short(format!("a\r\nb{}", "ü".repeat(300)));
        assert!(long.starts_with("ab") && long.len() <= MAIL_SUBJECT_MAX);
    }
}
