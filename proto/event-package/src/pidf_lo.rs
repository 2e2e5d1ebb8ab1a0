//! `application/pidf+xml` with a place (RFC 4119, RFC 5139, RFC 5491): where a telephone is.

use crate::xml::{DECLARATION, Text};
use std::fmt::{self, Display};

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// URI of whoever is there.
    pub entity: &'a str,
    /// Elements of the civic address, each with its name in RFC 5139, in the order of its schema.
    pub civic: &'a [(&'a str, &'a str)],
    /// Latitude and longitude in degrees (WGS 84), a blank between them.
    pub point: Option<&'a str>,
    /// When it was found out (RFC 3339).
    pub at: &'a str,
}

impl Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entity = Text(self.entity);
        write!(
            f,
            "{DECLARATION}<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \
             xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" \
             xmlns:gp=\"urn:ietf:params:xml:ns:pidf:geopriv10\" \
             xmlns:gbp=\"urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy\" \
             xmlns:ca=\"urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr\" \
             xmlns:gml=\"http://www.opengis.net/gml\" entity=\"{entity}\">\n\
             <dm:device id=\"phone\"><gp:geopriv><gp:location-info>\n"
        )?;
        if let Some(point) = self.point {
            writeln!(
                f,
                "<gml:Point srsName=\"urn:ogc:def:crs:EPSG::4326\"><gml:pos>{}</gml:pos>\
                 </gml:Point>",
                Text(point)
            )?;
        }
        f.write_str("<ca:civicAddress>")?;
        for (name, text) in self.civic {
            write!(f, "<ca:{name}>{}</ca:{name}>", Text(text))?;
        }
        // Whoever gets it sends it on to those who help: that is what it is for.
        write!(
            f,
            "</ca:civicAddress>\n</gp:location-info><gp:usage-rules>\
             <gbp:retransmission-allowed>true</gbp:retransmission-allowed></gp:usage-rules>\
             <gp:method>Manual</gp:method></gp:geopriv>\
             <dm:deviceID>{entity}</dm:deviceID><dm:timestamp>{}</dm:timestamp></dm:device>\n\
             </presence>\n",
            Text(self.at)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 5139 §3.1
    #[test]
    fn a_place_is_told_by_its_elements_and_by_its_point() {
        let civic = [
            ("country", "DE"),
            ("A3", "Berlin"),
            ("RD", "A & B"),
            ("FLR", "3"),
        ];
        let text = Location {
            entity: "sip:+493055500@pbx.example",
            civic: &civic,
            point: Some("52.5 13.4"),
            at: "2031-01-15T11:00:00Z",
        }
        .to_string();
        for part in [
            "entity=\"sip:+493055500@pbx.example\"",
            "<ca:country>DE</ca:country><ca:A3>Berlin</ca:A3><ca:RD>A &amp; B</ca:RD>",
            "<gml:pos>52.5 13.4</gml:pos>",
            "<dm:timestamp>2031-01-15T11:00:00Z</dm:timestamp>",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_place_without_a_point_has_none() {
        let text = Location {
            entity: "sip:a@b",
            civic: &[("country", "DE")],
            point: None,
            at: "",
        }
        .to_string();
        assert!(!text.contains("gml:Point"));
    }
}
