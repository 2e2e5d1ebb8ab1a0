//! Classes of calls: what a call may cost, told by the number that is called.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164::E164;
use crate::numbering::{self, Cost};

/// What kind of call it is. An extension says which it may place, the cheapest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CallClass {
    /// Within the company: every extension may.
    Internal,
    /// To a number of the same place, as an outbound route says of its calls.
    Local,
    /// To a number of the country in which the number that is shown lies.
    National,
    /// To a mobile telephone of that country.
    Mobile,
    /// To any other country; also what nobody can tell the country of.
    International,
    /// To services, personal numbers and satellites, which cost more than where they lie.
    Premium,
}

impl CallClass {
    /// The class of a call to a number, when this one is shown.
    pub fn of(called: &E164, shown: Option<&E164>) -> CallClass {
        let country = numbering::country(called);
        let home = country.is_some() && country == shown.and_then(numbering::country);
        match (numbering::cost(called), home) {
            (Cost::Premium, _) => CallClass::Premium,
            (Cost::Mobile, true) => CallClass::Mobile,
            (Cost::Ordinary, true) => CallClass::National,
            (Cost::Mobile | Cost::Ordinary, false) => CallClass::International,
        }
    }

    /// What an extension may place that says nothing: all but premium calls, by which most is lost
    /// when a telephone is taken over.
    pub fn ordinary() -> BTreeSet<CallClass> {
        BTreeSet::from([
            CallClass::Internal,
            CallClass::Local,
            CallClass::National,
            CallClass::Mobile,
            CallClass::International,
        ])
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            CallClass::Internal => "internal",
            CallClass::Local => "local",
            CallClass::National => "national",
            CallClass::Mobile => "mobile",
            CallClass::International => "international",
            CallClass::Premium => "premium",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_told_by_the_number_called_and_the_one_shown() {
        let number = |digits: &str| E164::of_digits(digits);
        let class = |called: &str, shown: &str| {
            let shown = number(shown);
            number(called).map(|called| CallClass::of(&called, shown.as_ref()))
        };
        for (called, shown, is) in [
            ("493055501", "498912345", CallClass::National),
            ("4915112345678", "493055501", CallClass::Mobile),
            ("4915112345678", "33140205050", CallClass::International),
            ("33612345678", "493055501", CallClass::International),
            ("18765550100", "12125550100", CallClass::International),
            ("49900123456", "493055501", CallClass::Premium),
            ("88161234567", "493055501", CallClass::Premium),
            ("493055501", "", CallClass::International),
        ] {
            assert_eq!(class(called, shown), Some(is), "{called} from {shown}");
        }
    }
}
