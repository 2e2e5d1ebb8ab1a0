//! How the people of a company dial numbers of the outside, and how they are shown who calls.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164::E164;
use crate::invalid::{Invalid, rule};
use crate::numbering;
use crate::numbering::prefixes::{self, Prefixes};

/// Longest area code, in digits.
const AREA_MAX: usize = 6;
/// Most that is dialled for an outside line.
const OUTSIDE_MAX: usize = 3;
/// Fewest digits of a number that is dialled without any prefix in a country that has none: what
/// is shorter is a service, and goes out as it is.
const WHOLE_MIN: usize = 6;
/// Fewest digits that follow the national prefix: with fewer it is no such prefix.
const NATIONAL_MIN: usize = 5;
/// Fewest digits of a number that is dialled without its area code.
const LOCAL_MIN: usize = 4;
/// Digits of a number of the North American plan, whose area code is part of what is dialled.
const AMERICAN: usize = 10;

/// How callers from outside are shown on telephones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShownCallers {
    /// As `+4930123456`.
    #[default]
    PlusE164,
    /// As they are dialled to call them back, with what is dialled for an outside line.
    AsDialled,
}

/// How a company's people dial numbers of the outside. What they dial is read as a number of the
/// world, which patterns of outbound routes that begin with a plus fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialHabits {
    /// The country, as two letters: it says what is dialled before numbers of it and of others.
    #[schema(pattern = "^[A-Z]{2}$", example = "DE")]
    pub country: String,
    /// The area code, at most 6 digits without the national prefix, of numbers that are dialled
    /// without one; where it is empty, none are.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{0,6}$", default = "", example = "30")]
    pub area: String,
    /// What is dialled for an outside line, at most 3 of `0-9 * #`; nothing where it is empty.
    /// Numbers with a plus need none.
    #[serde(default)]
    #[schema(pattern = "^[0-9*#]{0,3}$", default = "", example = "0")]
    pub outside_prefix: String,
    /// How callers from outside are shown on telephones.
    #[serde(default)]
    #[schema(default = "plus_e164")]
    pub callers: ShownCallers,
}

impl DialHabits {
    /// The number of the world that somebody means who dials this; `None` for what is none, such
    /// as extensions and services.
    pub fn read(&self, dialled: &str) -> Option<E164> {
        let number = match dialled.starts_with('+') {
            true => E164::written(dialled),
            false => self.read_digits(dialled),
        };
        number.filter(|number| numbering::country(number).is_some())
    }

    fn read_digits(&self, dialled: &str) -> Option<E164> {
        let rest = dialled.strip_prefix(&*self.outside_prefix)?;
        let prefixes = prefixes::of(&self.country)?;
        let abroad = prefixes.international.iter();
        let mut abroad = abroad.filter_map(|prefix| rest.strip_prefix(prefix));
        if let Some(abroad) = abroad.next() {
            return E164::of_digits(abroad);
        }
        let national = self.national(prefixes, rest)?;
        E164::of_digits(&format!("{}{national}", prefixes.code))
    }

    /// What follows the country's code in a number of the country.
    fn national(&self, prefixes: &Prefixes, rest: &str) -> Option<String> {
        if prefixes.national.is_empty() {
            return (rest.len() >= WHOLE_MIN).then(|| rest.to_owned());
        }
        if let Some(national) = rest.strip_prefix(prefixes.national) {
            return (national.len() >= NATIONAL_MIN).then(|| national.to_owned());
        }
        let american = prefixes.code == "1" && rest.len() == AMERICAN;
        if american {
            return Some(rest.to_owned());
        }
        // what begins with 1 is a service, wherever there are area codes
        let local = !self.area.is_empty() && rest.len() >= LOCAL_MIN;
        let local = local && !rest.starts_with(['0', '1']);
        local.then(|| format!("{}{rest}", self.area))
    }

    /// What is dialled to call a number.
    pub fn write(&self, number: &E164) -> String {
        let (outside, digits) = (&self.outside_prefix, number.digits());
        let Some(prefixes) = prefixes::of(&self.country) else {
            return number.to_string();
        };
        let written = match (digits.strip_prefix(prefixes.code), &*prefixes.international) {
            (Some(rest), _) => format!("{outside}{}{rest}", prefixes.national),
            (None, [prefix]) => format!("{outside}{prefix}{digits}"),
            // by which carrier is not for us to say
            (None, _) => return number.to_string(),
        };
        match self.read(&written).as_ref() == Some(number) {
            true => written,
            false => number.to_string(),
        }
    }

    /// A caller as telephones show it: what is no number of the world stays as it is.
    pub fn shown(&self, caller: &str) -> String {
        let number = E164::written(caller).filter(|_| self.callers == ShownCallers::AsDialled);
        number.map_or_else(|| caller.to_owned(), |number| self.write(&number))
    }

    pub(crate) fn normalise(&mut self) {
        self.country.make_ascii_uppercase();
    }

    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let Some(prefixes) = prefixes::of(&self.country) else {
            let form = "must be the two letters of a country, such as DE";
            return rule(false, "/dialling/country", form);
        };
        let digits = self.area.bytes().all(|b| b.is_ascii_digit());
        rule(
            self.area.len() <= AREA_MAX && digits,
            "/dialling/area",
            "must be at most 6 digits",
        )?;
        let apart = !self.area.starts_with('0') || prefixes.national != "0";
        rule(
            apart,
            "/dialling/area",
            "must be written without the national prefix",
        )?;
        rule(
            self.area.is_empty() || !prefixes.national.is_empty(),
            "/dialling/area",
            "must be left out: numbers of this country are always dialled whole",
        )?;
        let one = |b: u8| b.is_ascii_digit() || b == b'*' || b == b'#';
        rule(
            self.outside_prefix.len() <= OUTSIDE_MAX && self.outside_prefix.bytes().all(one),
            "/dialling/outside_prefix",
            "must be at most 3 digits, * or #",
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn habits(country: &str, area: &str, outside_prefix: &str) -> DialHabits {
        let habits = DialHabits {
            country: country.to_owned(),
            area: area.to_owned(),
            outside_prefix: outside_prefix.to_owned(),
            callers: ShownCallers::AsDialled,
        };
        habits.validate().unwrap();
        habits
    }

    #[test]
    fn what_people_of_a_country_dial_is_read_as_the_number_that_they_mean() {
        for (country, area, outside, dialled, means) in [
            ("DE", "30", "", "03055501", Some("493055501")),
            ("DE", "30", "", "0033140205050", Some("33140205050")),
            ("DE", "30", "", "55501", Some("493055501")),
            ("DE", "30", "", "+4989123456", Some("4989123456")),
            ("DE", "30", "", "116117", None),
            ("DE", "30", "", "112", None),
            ("DE", "", "", "55501", None),
            ("GB", "20", "", "0112", None),
            ("DE", "30", "0", "003055501", Some("493055501")),
            ("DE", "30", "0", "00033140205050", Some("33140205050")),
            ("DE", "30", "0", "055501", Some("493055501")),
            ("DE", "30", "0", "55501", None),
            ("DE", "30", "0", "+33140205050", Some("33140205050")),
            ("DE", "30", "", "*43", None),
            ("US", "212", "", "12125550100", Some("12125550100")),
            ("US", "212", "", "4155550100", Some("14155550100")),
            ("US", "212", "", "5550100", Some("12125550100")),
            ("US", "212", "9", "901133140205050", Some("33140205050")),
            ("US", "", "", "911", None),
            ("IT", "", "", "0612345678", Some("390612345678")),
            ("IT", "", "", "0033140205050", Some("33140205050")),
            ("ES", "", "", "912345678", Some("34912345678")),
            ("ES", "", "", "061", None),
            ("HU", "1", "", "0612345678", Some("3612345678")),
            ("RU", "", "", "84955550100", Some("74955550100")),
            ("RU", "", "", "810493055501", Some("493055501")),
            ("BR", "11", "", "0021493055501", Some("493055501")),
            ("DE", "", "", "+999123456", None),
        ] {
            let read = habits(country, area, outside).read(dialled);
            let read = read.as_ref().map(E164::digits);
            assert_eq!(read, means, "{dialled} in {country}, {area}, {outside}");
        }
    }

    #[test]
    fn callers_are_shown_as_they_are_called_back() {
        let at_home = habits("DE", "30", "0");
        assert_eq!(at_home.shown("+493055501"), "003055501");
        assert_eq!(at_home.shown("+33140205050"), "00033140205050");
        assert_eq!(at_home.shown("101"), "101");
        assert_eq!(at_home.shown("anonymous"), "anonymous");
        assert_eq!(habits("US", "", "9").shown("+14155550100"), "914155550100");
        // by which carrier they call abroad, people of Brazil say themselves
        assert_eq!(habits("BR", "", "0").shown("+493055501"), "+493055501");
        let plain = DialHabits {
            callers: ShownCallers::PlusE164,
            ..at_home
        };
        assert_eq!(plain.shown("+493055501"), "+493055501");
    }

    #[test]
    fn what_cannot_be_dialled_is_refused_by_its_field() {
        for (country, area, outside, field) in [
            ("XX", "", "", "/dialling/country"),
            ("DE", "030", "", "/dialling/area"),
            ("DE", "3a", "", "/dialling/area"),
            ("ES", "91", "", "/dialling/area"),
            ("DE", "", "0000", "/dialling/outside_prefix"),
            ("DE", "", "+", "/dialling/outside_prefix"),
        ] {
            let habits = DialHabits {
                country: country.to_owned(),
                area: area.to_owned(),
                outside_prefix: outside.to_owned(),
                callers: ShownCallers::PlusE164,
            };
            assert_eq!(habits.validate().unwrap_err().field, field);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_shown_is_read_as_the_same_number(
            country in prop::sample::select(vec!["DE", "US", "IT", "HU", "RU", "BR", "KR", "GB"]),
            outside in prop::sample::select(vec!["", "0", "9", "*1"]),
            digits in "[1-9][0-9]{6,14}",
        ) {
            let number = E164::of_digits(&digits).unwrap();
            let habits = habits(country, "", outside);
            if numbering::country(&number).is_some() {
                prop_assert_eq!(habits.read(&habits.write(&number)), Some(number));
            }
        }

        #[test]
        fn whatever_is_dialled_is_a_number_of_a_country_or_none(dialled in ".{0,24}") {
            let read = habits("DE", "30", "").read(&dialled);
            prop_assert!(read.is_none_or(|number| number.country().is_some()));
        }
    }
}
