//! How numbers are written on a trunk, and read from it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164::E164;
use crate::invalid::{Invalid, rule};

/// Longest prefix before national or international numbers.
const PREFIX_MAX: usize = 4;

/// How numbers are written on a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberForm {
    /// `+493055501`.
    #[default]
    PlusE164,
    /// `493055501`.
    E164,
    /// `03055501` for those of the own country, `00` and the number for others.
    National,
}

/// What national forms need to know of a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dialling {
    /// The country's calling code, such as `49`.
    #[schema(pattern = "^[1-9][0-9]{0,2}$", example = "49")]
    pub country: String,
    /// What stands before a number of the country, such as `0`; nothing where there is none.
    #[serde(default = "national_prefix")]
    #[schema(default = "0", max_length = 4)]
    pub national_prefix: String,
    /// What stands before a number of another country.
    #[serde(default = "international_prefix")]
    #[schema(default = "00", max_length = 4)]
    pub international_prefix: String,
}

fn national_prefix() -> String {
    "0".to_owned()
}

fn international_prefix() -> String {
    "00".to_owned()
}

impl Dialling {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        rule(
            (1..=3).contains(&self.country.len())
                && digits(&self.country)
                && !self.country.starts_with('0'),
            "/dialling/country",
            "must be a calling code of 1 to 3 digits",
        )?;
        let short = |text: &str| text.len() <= PREFIX_MAX && digits(text);
        rule(
            short(&self.national_prefix),
            "/dialling/national_prefix",
            "must have at most 4 digits",
        )?;
        let apart = self.international_prefix != self.national_prefix;
        rule(
            short(&self.international_prefix) && !self.international_prefix.is_empty() && apart,
            "/dialling/international_prefix",
            "must have 1 to 4 digits, and not be the national prefix",
        )
    }

    fn write(&self, number: &E164) -> String {
        match number.digits().strip_prefix(&*self.country) {
            Some(rest) => format!("{}{rest}", self.national_prefix),
            None => format!("{}{}", self.international_prefix, number.digits()),
        }
    }

    fn read(&self, digits: &str) -> Option<E164> {
        if let Some(rest) = digits.strip_prefix(&*self.international_prefix) {
            return E164::of_digits(rest);
        }
        let rest = digits.strip_prefix(&*self.national_prefix)?;
        E164::of_digits(&format!("{}{rest}", self.country))
    }
}

impl NumberForm {
    /// A number as it goes on the wire. Without knowledge of a country, a national form is a
    /// number with a plus.
    pub(super) fn write(self, number: &E164, dialling: Option<&Dialling>) -> String {
        match (self, dialling) {
            (NumberForm::E164, _) => number.digits().to_owned(),
            (NumberForm::National, Some(dialling)) => dialling.write(number),
            (NumberForm::PlusE164 | NumberForm::National, _) => number.to_string(),
        }
    }

    /// The number that came on the wire. One with a plus is understood in every form.
    pub(super) fn read(self, text: &str, dialling: Option<&Dialling>) -> Option<E164> {
        if text.starts_with('+') {
            return E164::written(text);
        }
        match (self, dialling) {
            (NumberForm::National, Some(dialling)) => dialling.read(text),
            (NumberForm::E164 | NumberForm::PlusE164 | NumberForm::National, _) => {
                E164::of_digits(text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn germany() -> Dialling {
        serde_json::from_str(r#"{"country": "49"}"#).unwrap()
    }

    #[test]
    fn what_a_form_writes_it_reads_again() {
        let (berlin, paris) = ("493055501", "33140205050");
        for form in [NumberForm::PlusE164, NumberForm::E164, NumberForm::National] {
            for digits in [berlin, paris] {
                let number = E164::of_digits(digits).unwrap();
                let written = form.write(&number, Some(&germany()));
                assert_eq!(
                    form.read(&written, Some(&germany())),
                    Some(number),
                    "{written}"
                );
            }
        }
    }

    #[test]
    fn national_numbers_have_the_prefix_of_their_country() {
        let write = |digits| {
            let number = E164::of_digits(digits).unwrap();
            NumberForm::National.write(&number, Some(&germany()))
        };
        assert_eq!(write("493055501"), "03055501");
        assert_eq!(write("33140205050"), "0033140205050");
    }

    #[test]
    fn a_number_with_a_plus_is_understood_in_every_form() {
        for form in [NumberForm::PlusE164, NumberForm::E164, NumberForm::National] {
            assert_eq!(form.read("+493055501", None), E164::of_digits("493055501"));
        }
        assert_eq!(
            NumberForm::National.read("anonymous", Some(&germany())),
            None
        );
    }
}
