//! The model: a section of the whole and one section per stream.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use crate::{Address, Attribute, Connection, Direction, Kind, Line, Origin};

/// A session description (RFC 8866), lines kept in order. Printed with CRLF line ends.
///
/// Serialised as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The lines before the first `m=`, without `v=0`, in the standard's order.
    pub lines: Vec<Line>,
    /// The streams.
    pub media: Vec<Media>,
}

/// One stream: an `m=` line and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, `image`, `application` …
    pub kind: String,
    /// Port; 0 says the stream is refused or ended (RFC 3264 sections 6 and 8.2).
    pub port: u16,
    /// Number of ports, when written (`49170/2`).
    pub ports: Option<u16>,
    /// `RTP/AVP`, `RTP/SAVP`, `udptl` …
    pub protocol: String,
    /// Formats: for RTP the payload numbers, most wanted first.
    pub formats: Vec<String>,
    /// The lines below, in the standard's order.
    pub lines: Vec<Line>,
}

impl Media {
    /// The attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        attributes(&self.lines)
    }

    /// The first attribute of this name.
    #[must_use]
    pub fn attribute<'a>(&'a self, name: &str) -> Option<&'a Attribute> {
        self.attributes().find(|a| a.name == name)
    }

    /// The value of the first attribute of this name that has one.
    #[must_use]
    pub fn value<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.attributes()
            .filter(|a| a.name == name)
            .find_map(|a| a.value.as_deref())
    }

    /// The stream's own `c=` line.
    #[must_use]
    pub fn connection(&self) -> Option<&Connection> {
        connection(&self.lines)
    }

    /// Takes away every attribute for which `keep` is false.
    pub fn retain_attributes(&mut self, keep: impl FnMut(&Attribute) -> bool) {
        retain_attributes(&mut self.lines, keep);
    }

    /// Adds an attribute at the end.
    pub fn push_attribute(&mut self, attribute: Attribute) {
        self.lines.push(Line::Attribute(attribute));
    }

    /// Milliseconds of sound per packet the writer wants to receive (`a=ptime`).
    #[must_use]
    pub fn ptime(&self) -> Option<u16> {
        self.value("ptime")
            .and_then(|text| text.trim().parse().ok())
    }

    /// Does the writer accept RTP and RTCP on one port (RFC 5761)?
    #[must_use]
    pub fn rtcp_mux(&self) -> bool {
        self.attribute("rtcp-mux").is_some()
    }

    /// `a=rtcp` (RFC 3605): port, and the address when it differs from the stream's.
    #[must_use]
    pub fn rtcp(&self) -> Option<(u16, Option<IpAddr>)> {
        let mut words = self.value("rtcp")?.split_ascii_whitespace();
        let port = words.next()?.parse().ok()?;
        Some((port, words.nth(2).and_then(|ip| ip.parse().ok())))
    }

    /// Is this a stream of sound that is neither refused nor ended?
    #[must_use]
    pub fn is_live_audio(&self) -> bool {
        self.is_live(Kind::Audio)
    }

    /// Is it a stream of this kind that has a port only together with others (RFC 8843 section 6)?
    pub(crate) fn is_bundle_only(&self, kind: Kind) -> bool {
        let marked = self.attribute("bundle-only").is_some();
        self.kind == kind.name() && self.port == 0 && marked
    }

    /// Are its packets relayed? Those of plain RTP are, with or without early feedback (RFC 4585);
    /// protected ones are described as these once their protection is
    /// [taken off](crate::take_off).
    #[must_use]
    pub fn is_served(&self) -> bool {
        matches!(&*self.protocol, "RTP/AVP" | "RTP/AVPF")
    }

    /// Is it a stream of sound that is neither refused nor ended, and served?
    pub(crate) fn is_served_audio(&self) -> bool {
        self.is_served_as(Kind::Audio)
    }
}

impl Description {
    /// An empty description of this origin, without streams: `s=-`, `c=` the origin's address,
    /// `t=0 0`.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        let connection = Connection {
            address: origin.address.clone(),
            multicast: None,
        };
        let lines = vec![
            Line::Origin(origin),
            Line::Name("-".into()),
            Line::Connection(connection),
            Line::Time("0 0".into()),
        ];
        Self {
            lines,
            media: Vec::new(),
        }
    }

    /// The `o=` line; every parsed description has one.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.lines.iter().find_map(|line| match line {
            Line::Origin(origin) => Some(origin),
            Line::Name(_)
            | Line::Connection(_)
            | Line::Time(_)
            | Line::Bandwidth(_)
            | Line::Attribute(_)
            | Line::Other { .. } => None,
        })
    }

    /// Puts this `o=` line in place of the present one.
    pub fn set_origin(&mut self, origin: Origin) {
        self.put(Line::Origin(origin));
    }

    /// The `c=` line of the whole.
    #[must_use]
    pub fn connection(&self) -> Option<&Connection> {
        connection(&self.lines)
    }

    /// Puts this `c=` line of the whole in place of the present one.
    pub fn set_connection(&mut self, connection: Connection) {
        self.put(Line::Connection(connection));
    }

    /// Replaces the first line of the same letter, or inserts at the standard's place.
    fn put(&mut self, line: Line) {
        let letter = line.letter();
        if let Some(present) = self.lines.iter_mut().find(|l| l.letter() == letter) {
            *present = line;
            return;
        }
        let rank = Line::rank(letter);
        let at = self
            .lines
            .iter()
            .position(|l| Line::rank(l.letter()).is_some_and(|r| Some(r) > rank))
            .unwrap_or(self.lines.len());
        self.lines.insert(at, line);
    }

    /// The attributes of the whole, in order.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        attributes(&self.lines)
    }

    /// Takes away every attribute of the whole for which `keep` is false.
    pub fn retain_attributes(&mut self, keep: impl FnMut(&Attribute) -> bool) {
        retain_attributes(&mut self.lines, keep);
    }

    /// Adds an attribute of the whole at its end.
    pub fn push_attribute(&mut self, attribute: Attribute) {
        self.lines.push(Line::Attribute(attribute));
    }

    /// The `c=` line that holds for this stream: its own, or that of the whole.
    #[must_use]
    pub fn connection_of(&self, index: usize) -> Option<&Connection> {
        let own = self.media.get(index).and_then(Media::connection);
        own.or_else(|| self.connection())
    }

    /// The direction of this stream as a whole: its attribute, that of the whole, or `sendrecv`;
    /// and whoever gives the unspecified address does not receive (RFC 3264 section 8.4).
    /// `Inactive` when there is no such stream or its port is 0.
    #[must_use]
    pub fn direction_of(&self, index: usize) -> Direction {
        let Some(media) = self.media.get(index).filter(|m| m.port != 0) else {
            return Direction::Inactive;
        };
        let written = written_direction(media.attributes())
            .or_else(|| written_direction(self.attributes()))
            .unwrap_or_default();
        let deaf = self
            .connection_of(index)
            .is_some_and(Connection::is_unspecified);
        Direction::of(written.sends(), written.receives() && !deaf)
    }

    /// Writes the direction of this stream, in place of what its section said.
    pub fn set_direction(&mut self, index: usize, direction: Direction) {
        let Some(media) = self.media.get_mut(index) else {
            return;
        };
        media.retain_attributes(|a| Direction::from_name(&a.name).is_none());
        media.push_attribute(Attribute::flag(direction.as_str()));
    }

    /// Does the writer ask for silence on its first sound stream, in either style: `sendonly` or
    /// `inactive`, or the unspecified address (RFC 3264 section 8.4)? False without such a stream.
    #[must_use]
    pub fn is_hold(&self) -> bool {
        self.audio()
            .is_some_and(|index| !self.direction_of(index).receives())
    }

    /// Index of the first stream of sound that is neither refused nor ended.
    #[must_use]
    pub fn audio(&self) -> Option<usize> {
        self.media.iter().position(Media::is_live_audio)
    }

    /// Number, counted from 1, of the stream's `m=` line in the printed text.
    #[must_use]
    pub fn line_of_media(&self, index: usize) -> usize {
        let before: usize = self
            .media
            .iter()
            .take(index)
            .map(|m| 1 + m.lines.len())
            .sum();
        2 + self.lines.len() + before
    }
}

impl Default for Description {
    fn default() -> Self {
        Self::new(Origin {
            user: "-".into(),
            id: "0".into(),
            version: "0".into(),
            address: Address::Ip(Ipv4Addr::UNSPECIFIED.into()),
        })
    }
}

fn attributes(lines: &[Line]) -> impl Iterator<Item = &Attribute> {
    lines.iter().filter_map(|line| match line {
        Line::Attribute(attribute) => Some(attribute),
        Line::Origin(_)
        | Line::Name(_)
        | Line::Connection(_)
        | Line::Time(_)
        | Line::Bandwidth(_)
        | Line::Other { .. } => None,
    })
}

fn connection(lines: &[Line]) -> Option<&Connection> {
    lines.iter().find_map(|line| match line {
        Line::Connection(connection) => Some(connection),
        Line::Origin(_)
        | Line::Name(_)
        | Line::Time(_)
        | Line::Bandwidth(_)
        | Line::Attribute(_)
        | Line::Other { .. } => None,
    })
}

fn retain_attributes(lines: &mut Vec<Line>, mut keep: impl FnMut(&Attribute) -> bool) {
    lines.retain(|line| match line {
        Line::Attribute(attribute) => keep(attribute),
        Line::Origin(_)
        | Line::Name(_)
        | Line::Connection(_)
        | Line::Time(_)
        | Line::Bandwidth(_)
        | Line::Other { .. } => true,
    });
}

fn written_direction<'a>(attributes: impl Iterator<Item = &'a Attribute>) -> Option<Direction> {
    // the last word counts where a sloppy writer gives two
    attributes
        .filter_map(|a| Direction::from_name(&a.name))
        .last()
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {}", self.kind, self.port)?;
        if let Some(ports) = self.ports {
            write!(f, "/{ports}")?;
        }
        write!(f, " {}", self.protocol)?;
        for format in &self.formats {
            write!(f, " {format}")?;
        }
        f.write_str("\r\n")?;
        self.lines
            .iter()
            .try_for_each(|line| write!(f, "{line}\r\n"))
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=0\r\n")?;
        self.lines
            .iter()
            .try_for_each(|line| write!(f, "{line}\r\n"))?;
        self.media.iter().try_for_each(|media| write!(f, "{media}"))
    }
}
