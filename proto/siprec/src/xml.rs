//! As much of XML as a document of metadata needs: elements, attributes, text. Document types, and
//! with them entities of somebody's own, are refused; namespaces are passed over, for what is told
//! apart here has one name each. Nothing is looked up and nothing is nested without end.

use std::fmt::Write;

use crate::limits::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, OCTETS_MAX};
use crate::problem::Problem;

/// An element with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Element {
    /// Its name without a prefix.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    /// Its own text, that of its children left out.
    pub(crate) text: String,
}

impl Element {
    /// The value of an attribute, prefixes left out.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(own, _)| own == name).map(|(_, value)| &**value)
    }

    /// The children of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name, if there is any.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        let mut all = self.children.iter();
        let text = all.find(|child| child.name == name)?.text.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// Reads a document; its outermost element.
pub(crate) fn parse(octets: &[u8]) -> Result<Element, Problem> {
    if octets.len() > OCTETS_MAX {
        return Err(Problem::TooLong);
    }
    let text = std::str::from_utf8(octets).map_err(|_| Problem::NotText)?;
    let mut reader = Reader {
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
        open: Vec::new(),
        elements: 0,
    };
    reader.document()
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<Element>,
    elements: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Element, Problem> {
        loop {
            let Some(at) = self.rest.find('<') else {
                return Err(Problem::Malformed);
            };
            let (text, rest) = self.rest.split_at(at);
            self.rest = rest;
            self.add_text(text)?;
            if let Some(root) = self.markup()? {
                return Ok(root);
            }
        }
    }

    fn add_text(&mut self, text: &str) -> Result<(), Problem> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(&unescaped(text)?),
            None if text.trim().is_empty() => {}
            None => return Err(Problem::Malformed),
        }
        Ok(())
    }

    /// Reads what begins with `<`; the outermost element once that is closed.
    fn markup(&mut self) -> Result<Option<Element>, Problem> {
        if self.skip("<?", "?>")? || self.skip("<!--", "-->")? {
            return Ok(None);
        }
        if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
            let (text, rest) = rest.split_once("]]>").ok_or(Problem::Malformed)?;
            let element = self.open.last_mut().ok_or(Problem::Malformed)?;
            element.text.push_str(text);
            self.rest = rest;
            return Ok(None);
        }
        if self.rest.starts_with("<!") {
            return Err(Problem::Forbidden);
        }
        if let Some(rest) = self.rest.strip_prefix("</") {
            let (name, rest) = rest.split_once('>').ok_or(Problem::Malformed)?;
            self.rest = rest;
            return self.close(Some(name.trim_end()));
        }
        self.begin()
    }

    /// Passes over what begins and ends so.
    fn skip(&mut self, begin: &str, end: &str) -> Result<bool, Problem> {
        let Some(rest) = self.rest.strip_prefix(begin) else {
            return Ok(false);
        };
        let (_, rest) = rest.split_once(end).ok_or(Problem::Malformed)?;
        self.rest = rest;
        Ok(true)
    }

    fn begin(&mut self) -> Result<Option<Element>, Problem> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(Problem::TooMany);
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(Problem::TooDeep);
        }
        self.advance(1);
        let name = local(self.name()?).to_owned();
        let mut element = Element {
            name,
            ..Element::default()
        };
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                self.open.push(element);
                return self.close(None);
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                self.open.push(element);
                return Ok(None);
            }
            if element.attributes.len() >= ATTRIBUTES_MAX {
                return Err(Problem::TooMany);
            }
            let attribute = self.attribute()?;
            element.attributes.push(attribute);
        }
    }

    fn attribute(&mut self) -> Result<(String, String), Problem> {
        let name = local(self.name()?).to_owned();
        let rest = self.rest.trim_start().strip_prefix('=');
        let rest = rest.ok_or(Problem::Malformed)?.trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|mark| ['"', '\''].contains(mark));
        let quote = quote.ok_or(Problem::Malformed)?;
        let rest = rest.strip_prefix(quote).unwrap_or_default();
        let (value, rest) = rest.split_once(quote).ok_or(Problem::Malformed)?;
        if value.contains('<') {
            return Err(Problem::Malformed);
        }
        self.rest = rest;
        Ok((name, unescaped(value)?))
    }

    fn name(&mut self) -> Result<&'a str, Problem> {
        let ends = |mark: char| !(mark.is_alphanumeric() || ":._-".contains(mark));
        let at = self.rest.find(ends).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(at);
        self.rest = rest;
        if name.is_empty() {
            return Err(Problem::Malformed);
        }
        Ok(name)
    }

    fn advance(&mut self, octets: usize) {
        self.rest = self.rest.get(octets..).unwrap_or_default();
    }

    /// Closes the innermost element, which has to be of this name where one is said.
    fn close(&mut self, name: Option<&str>) -> Result<Option<Element>, Problem> {
        let element = self.open.pop().ok_or(Problem::Malformed)?;
        if name.is_some_and(|name| local(name) != element.name) {
            return Err(Problem::Malformed);
        }
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(element);
                Ok(None)
            }
            None => Ok(Some(element)),
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Text with its references resolved: the five of XML itself, and numbers of characters.
fn unescaped(text: &str) -> Result<String, Problem> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        let (name, after) = behind.split_once(';').ok_or(Problem::Malformed)?;
        plain.push(referred(name)?);
        rest = after;
    }
    plain.push_str(rest);
    Ok(plain)
}

fn referred(name: &str) -> Result<char, Problem> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        other => other.strip_prefix('#').ok_or(Problem::Forbidden)?,
    };
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let code = code.map_err(|_| Problem::Malformed)?;
    let is_text = |mark: &char| !mark.is_control() || ['\t', '\n', '\r'].contains(mark);
    let mark = char::from_u32(code).filter(is_text);
    mark.ok_or(Problem::Malformed)
}

/// Writes text as it stands between tags or in quotes. What XML cannot hold is left out.
pub(crate) fn escape(out: &mut impl Write, text: &str) -> std::fmt::Result {
    for mark in text.chars() {
        match mark {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&apos;")?,
            '\t' | '\n' | '\r' => out.write_char(' ')?,
            '\u{fffe}' | '\u{ffff}' => {}
            mark if mark.is_control() => {}
            mark => out.write_char(mark)?,
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_text_are_read_without_their_prefixes() {
        let text = b"<?xml version='1.0'?><!-- x --><r:a xmlns:r='u' r:b=\"1 &amp; 2\">t\
                     <r:c/>&#x41;<c>deep<![CDATA[<&]]></c></r:a>";
        let root = parse(text).unwrap();
        assert_eq!((&*root.name, &*root.text), ("a", "tA"));
        assert_eq!(root.attribute("b"), Some("1 & 2"));
        assert_eq!(root.all("c").count(), 2);
        assert_eq!(root.children.get(1).unwrap().text, "deep<&");
    }

    #[test]
    fn a_document_type_and_entities_of_its_own_are_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
        assert_eq!(parse(bomb), Err(Problem::Forbidden));
        assert_eq!(parse(b"<a>&b;</a>"), Err(Problem::Forbidden));
        assert_eq!(parse(b"<a><!ELEMENT b></a>"), Err(Problem::Forbidden));
    }

    #[test]
    fn what_is_too_deep_too_much_or_too_long_is_refused() {
        let deep = "<a>".repeat(DEPTH_MAX + 1);
        assert_eq!(parse(deep.as_bytes()), Err(Problem::TooDeep));
        let many = format!("<r>{}</r>", "<a/>".repeat(ELEMENTS_MAX));
        assert_eq!(parse(many.as_bytes()), Err(Problem::TooMany));
        let wide: String = (0..=ATTRIBUTES_MAX)
            .map(|at| format!(" a{at}=''"))
            .collect();
        assert_eq!(
            parse(format!("<r{wide}/>").as_bytes()),
            Err(Problem::TooMany)
        );
        assert_eq!(parse(&vec![b' '; OCTETS_MAX + 1]), Err(Problem::TooLong));
        assert_eq!(parse(&[0xff]), Err(Problem::NotText));
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for text in [
            "",
            "x",
            "<",
            "<a",
            "<a>",
            "<a></b>",
            "</a>",
            "<a b>",
            "<a b=c>",
            "<a b='c>",
            "<a>&;",
            "<a>&amp",
            "<a>&#0;</a>",
            "<a>&#xd800;</a>",
            "<a b='<'/>",
            "<!--",
            "<?x",
            "text<a/>",
            "<a><![CDATA[x</a>",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn escaped_text_reads_as_it_was() {
        let text = "a<b>&\"c'\u{1F600}";
        let mut out = "<x y='".to_owned();
        escape(&mut out, text).unwrap();
        out.push_str("'/>");
        assert_eq!(parse(out.as_bytes()).unwrap().attribute("y"), Some(text));
        let mut out = String::new();
        escape(&mut out, "a\u{0}b\nc").unwrap();
        assert_eq!(out, "ab c");
    }
}
