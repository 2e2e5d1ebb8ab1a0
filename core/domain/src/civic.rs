//! Civic addresses: where something stands, in the elements of RFC 4119 §2.2.1 and RFC 5139.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::numbering;

/// Longest text of one element, in characters.
const ELEMENT_MAX: usize = 64;

/// An address that somebody can be sent to. Elements are called as RFC 5139 calls them; each has
/// at most 64 characters.
// tidy: config
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CivicAddress {
    /// The country, as two capital letters (ISO 3166-1).
    #[schema(pattern = "^[A-Z]{2}$", example = "DE")]
    pub country: String,
    /// State, region or province.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub a1: String,
    /// County or district.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub a2: String,
    /// City or town.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "", example = "Berlin")]
    pub a3: String,
    /// Part of the city.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub a4: String,
    /// Neighbourhood or block.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub a5: String,
    /// Street, where receivers are older than RFC 5139.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub a6: String,
    /// Street.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "", example = "Musterstraße")]
    pub rd: String,
    /// House number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "", example = "12")]
    pub hno: String,
    /// Building.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub bld: String,
    /// Floor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "", example = "3")]
    pub flr: String,
    /// Unit: an apartment, a suite.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "")]
    pub unit: String,
    /// Room.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "", example = "312")]
    pub room: String,
    /// Postal code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(default = "", example = "10115")]
    pub pc: String,
}

impl CivicAddress {
    /// The elements that say something, each with its name in RFC 5139, in the order of its
    /// schema.
    pub fn elements(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("country", &self.country),
            ("A1", &self.a1),
            ("A2", &self.a2),
            ("A3", &self.a3),
            ("A4", &self.a4),
            ("A5", &self.a5),
            ("A6", &self.a6),
            ("RD", &self.rd),
            ("HNO", &self.hno),
            ("FLR", &self.flr),
            ("PC", &self.pc),
            ("BLD", &self.bld),
            ("UNIT", &self.unit),
            ("ROOM", &self.room),
        ];
        let all = all.into_iter().map(|(name, text)| (name, text.as_str()));
        all.filter(|(_, text)| !text.is_empty())
    }

    /// The address in one line, as people read it.
    pub fn in_words(&self) -> String {
        let street = [&*self.rd, &*self.a6].into_iter().find(|s| !s.is_empty());
        let door = |name: &str, text: &str| match text {
            "" => String::new(),
            text => format!("{name} {text}"),
        };
        let parts = [
            join(&[street.unwrap_or_default(), &self.hno]),
            door("building", &self.bld),
            door("floor", &self.flr),
            door("unit", &self.unit),
            door("room", &self.room),
            join(&[&self.pc, &self.a3]),
            self.a1.clone(),
            self.country.clone(),
        ];
        let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        said.join(", ")
    }

    pub(crate) fn normalise(&mut self) {
        self.country = self.country.trim().to_ascii_uppercase();
        for text in self.texts_mut() {
            *text = text.trim().to_owned();
        }
    }

    fn texts_mut(&mut self) -> [&mut String; 13] {
        [
            &mut self.a1,
            &mut self.a2,
            &mut self.a3,
            &mut self.a4,
            &mut self.a5,
            &mut self.a6,
            &mut self.rd,
            &mut self.hno,
            &mut self.bld,
            &mut self.flr,
            &mut self.unit,
            &mut self.room,
            &mut self.pc,
        ]
    }

    pub(crate) fn validate(&self, field: &str) -> Result<(), Invalid> {
        rule(
            numbering::is_country(&self.country),
            &format!("{field}/country"),
            "must be a country as two capital letters, such as DE",
        )?;
        rule(
            !self.a3.is_empty(),
            &format!("{field}/a3"),
            "must name the city: nobody is sent to an address without one",
        )?;
        for (name, text) in self.elements() {
            let good = text.chars().count() <= ELEMENT_MAX && !text.chars().any(char::is_control);
            let field = format!("{field}/{}", name.to_ascii_lowercase());
            rule(
                good,
                &field,
                "must have at most 64 characters, none of them a control character",
            )?;
        }
        Ok(())
    }
}

fn join(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> CivicAddress {
        CivicAddress {
            country: "DE".to_owned(),
            a3: "Berlin".to_owned(),
            rd: "Musterstraße".to_owned(),
            hno: "12".to_owned(),
            flr: "3".to_owned(),
            pc: "10115".to_owned(),
            ..CivicAddress::default()
        }
    }

    #[test]
    fn an_address_is_one_line_for_people_and_elements_for_programs() {
        assert_eq!(
            desk().in_words(),
            "Musterstraße 12, floor 3, 10115 Berlin, DE"
        );
        let elements: Vec<_> = desk().elements().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(elements, ["country", "A3", "RD", "HNO", "FLR", "PC"]);
    }

    #[test]
    fn an_address_without_a_city_or_of_no_country_is_refused() {
        let field = |address: CivicAddress| address.validate("/civic").map_err(|bad| bad.field);
        assert_eq!(field(desk()), Ok(()));
        let bad = |change: fn(&mut CivicAddress)| {
            let mut address = desk();
            change(&mut address);
            field(address)
        };
        assert_eq!(bad(|a| a.a3.clear()), Err("/civic/a3".to_owned()));
        assert_eq!(
            bad(|a| a.country = "XX".to_owned()),
            Err("/civic/country".to_owned())
        );
        assert_eq!(
            bad(|a| a.flr = "3\n4".to_owned()),
            Err("/civic/flr".to_owned())
        );
    }
}
