//! Toll budgets: how much may be called by trunks, and for how much money, within a time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call_class::CallClass;
use crate::destinations;
use crate::e164::E164;
use crate::invalid::{Invalid, rule};

/// Most rows of one table of prices.
const PRICES_MAX: usize = 300;
/// Dearest price of a minute, in minor units.
const PRICE_MAX: u32 = 1_000_000;
/// Most money of one budget, in minor units: so much that sums of it are far from overflowing.
const SPEND_MAX: u32 = 1_000_000_000;
/// Most calls of one budget.
const CALLS_MAX: u32 = 1_000_000;
/// Most different numbers of one budget, all of which are remembered for an hour.
pub const NUMBERS_MAX: u32 = 1_000;
/// Longest containment that ends by itself, in hours: a year.
const CONTAIN_HOURS_MAX: u32 = 8_784;

/// Whose calls a budget adds up.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BudgetOf {
    /// Each device has its own, and is contained when it is used up.
    #[default]
    Device,
    /// Each extension has its own.
    Extension,
    /// The company has one.
    Tenant,
}

/// The limits of a budget. What is left out is not limited; 0 lets no call out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TollLimits {
    /// Calls at the same time, ringing ones included.
    pub calls_at_once: Option<u32>,
    /// Calls begun within a minute.
    pub calls_per_minute: Option<u32>,
    /// Calls begun within an hour.
    pub calls_per_hour: Option<u32>,
    /// Different numbers called within an hour, at most 1,000.
    pub numbers_per_hour: Option<u32>,
    /// Money within an hour, in minor units such as cents, at most 1,000,000,000.
    pub spend_per_hour: Option<u32>,
    /// Money within a day, likewise.
    pub spend_per_day: Option<u32>,
}

impl TollLimits {
    /// Whether it says that no call at all goes out.
    pub fn forbids(&self) -> bool {
        let counts = [
            self.calls_at_once,
            self.calls_per_minute,
            self.calls_per_hour,
            self.numbers_per_hour,
            self.spend_per_hour,
            self.spend_per_day,
        ];
        counts.contains(&Some(0))
    }

    /// Whether money is limited.
    pub fn counts_money(&self) -> bool {
        self.spend_per_hour.is_some() || self.spend_per_day.is_some()
    }

    fn validate(&self, field: &str) -> Result<(), Invalid> {
        let counts = [
            ("calls_at_once", self.calls_at_once),
            ("calls_per_minute", self.calls_per_minute),
            ("calls_per_hour", self.calls_per_hour),
        ];
        for (name, count) in counts {
            let few = count.is_none_or(|count| count <= CALLS_MAX);
            rule(few, &format!("{field}/{name}"), "must be at most 1000000")?;
        }
        let few = self.numbers_per_hour.is_none_or(|n| n <= NUMBERS_MAX);
        let name = format!("{field}/numbers_per_hour");
        rule(few, &name, "must be at most 1000")?;
        let sums = [
            ("spend_per_hour", self.spend_per_hour),
            ("spend_per_day", self.spend_per_day),
        ];
        for (name, sum) in sums {
            let little = sum.is_none_or(|sum| sum <= SPEND_MAX);
            let name = format!("{field}/{name}");
            rule(little, &name, "must be at most 1000000000 minor units")?;
        }
        Ok(())
    }
}

/// What a minute costs. Each minute counts in full from its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TollPrice {
    /// To where: a country (`FR`) or the beginning of a number (`+881`); anywhere where it is
    /// left out.
    #[serde(default)]
    #[schema(example = "+881")]
    pub to: Option<String>,
    /// For calls of which class; of any where it is left out.
    #[serde(default)]
    pub class: Option<CallClass>,
    /// Minor units a minute, at most 1,000,000.
    #[schema(maximum = 1_000_000, example = 300)]
    pub per_minute: u32,
}

impl TollPrice {
    /// How closely it fits a call; `None` when it does not.
    fn fits(&self, class: CallClass, number: Option<&E164>) -> Option<(usize, bool)> {
        if self.class.is_some_and(|only| only != class) {
            return None;
        }
        let Some(to) = &self.to else {
            return Some((0, self.class.is_some()));
        };
        let there = destinations::covers(std::slice::from_ref(to), &[], number);
        // a country is less close than any beginning of numbers
        let close = if to.starts_with('+') { to.len() } else { 1 };
        there.then_some((close, self.class.is_some()))
    }
}

/// A budget for calls by trunks: which calls it adds up, whose, how much there may be of them, and
/// what happens then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TollBudget {
    /// The classes of calls that it counts; none where the list is empty.
    #[serde(default = "dear")]
    #[schema(default = json!(["international", "premium"]))]
    pub classes: BTreeSet<CallClass>,
    /// Where alone the calls go that it counts, at most 300 countries (`CU`) and beginnings of
    /// numbers (`+882`); anywhere where none is named.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 300)]
    pub only_to: Vec<String>,
    /// Whose calls it adds up.
    #[serde(default)]
    #[schema(default = "device")]
    pub per: BudgetOf,
    /// How much there may be.
    #[serde(default)]
    pub limits: TollLimits,
    /// What calls cost, at most 300 rows. The closest fits: the longest beginning, then the
    /// country, then the class. What no row fits costs as much as the dearest row. In a company's
    /// guard, calls by its own trunks cost what the rate decks of those say, where they say it.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 300)]
    pub prices: Vec<TollPrice>,
    /// At which share of a limit the company is warned, 1 to 100 percent.
    #[serde(default = "share")]
    #[schema(default = 80, minimum = 1, maximum = 100)]
    pub warn_percent: u8,
    /// Whether a device that meets a limit is contained, where each device has its own budget;
    /// else its calls are refused until the time has passed.
    #[serde(default = "contains")]
    #[schema(default = true)]
    pub contain: bool,
    /// How long it is contained, 1 to 8,784 hours; until somebody releases it where it is left
    /// out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 8_784, example = 24)]
    pub contain_hours: Option<u32>,
}

fn dear() -> BTreeSet<CallClass> {
    BTreeSet::from([CallClass::International, CallClass::Premium])
}

fn share() -> u8 {
    80
}

fn contains() -> bool {
    true
}

impl TollBudget {
    /// What holds for every device of a company whose plan says nothing: enough for a busy desk,
    /// little enough that a stolen password is no disaster. Prices are high guesses in cents.
    pub fn standard() -> TollBudget {
        let price = |class, per_minute| TollPrice {
            to: None,
            class: Some(class),
            per_minute,
        };
        TollBudget {
            classes: dear(),
            only_to: Vec::new(),
            per: BudgetOf::Device,
            limits: TollLimits {
                calls_at_once: Some(6),
                calls_per_minute: Some(20),
                calls_per_hour: Some(120),
                numbers_per_hour: Some(60),
                spend_per_hour: Some(10_000),
                spend_per_day: Some(20_000),
            },
            prices: vec![
                price(CallClass::Premium, 300),
                price(CallClass::International, 30),
            ],
            warn_percent: share(),
            contain: true,
            contain_hours: None,
        }
    }

    /// Whether it counts a call. A number is `None` when what goes out is none of the world.
    pub fn counts(&self, class: CallClass, number: Option<&E164>) -> bool {
        self.classes.contains(&class) && destinations::covers(&self.only_to, &[], number)
    }

    /// What a minute of a call costs, in minor units; 0 where there are no prices.
    pub fn price(&self, class: CallClass, number: Option<&E164>) -> u32 {
        let fitting = self
            .prices
            .iter()
            .filter_map(|row| Some((row.fits(class, number)?, row.per_minute)));
        let closest = fitting.max().map(|(_, per_minute)| per_minute);
        let dearest = || self.prices.iter().map(|row| row.per_minute).max();
        closest.or_else(dearest).unwrap_or(0)
    }

    /// Brings it into the form in which it is stored.
    pub(crate) fn normalise(&mut self) {
        destinations::normal(&mut self.only_to);
        for row in &mut self.prices {
            if let Some(to) = &mut row.to {
                *to = to.trim().to_ascii_uppercase();
            }
        }
    }

    /// Checks it, naming fields below `field`.
    pub(crate) fn validate(&self, field: &str) -> Result<(), Invalid> {
        let outside = !self.classes.contains(&CallClass::Internal);
        let name = format!("{field}/classes");
        rule(outside, &name, "must be classes of calls to the outside")?;
        destinations::validate(&self.only_to, &format!("{field}/only_to"))?;
        self.limits.validate(&format!("{field}/limits"))?;
        let name = format!("{field}/prices");
        rule(
            self.prices.len() <= PRICES_MAX,
            &name,
            "must have at most 300 rows",
        )?;
        for (index, row) in self.prices.iter().enumerate() {
            let to = row.to.as_slice();
            destinations::validate(to, &format!("{name}/{index}/to"))?;
            let cheap = row.per_minute <= PRICE_MAX;
            let name = format!("{name}/{index}/per_minute");
            rule(cheap, &name, "must be at most 1000000 minor units")?;
        }
        let priced = !self.limits.counts_money() || !self.prices.is_empty();
        rule(priced, &name, "must have a row where money is limited")?;
        let share = (1..=100).contains(&self.warn_percent);
        let name = format!("{field}/warn_percent");
        rule(share, &name, "must be 1 to 100")?;
        let hours = self
            .contain_hours
            .is_none_or(|hours| (1..=CONTAIN_HOURS_MAX).contains(&hours));
        let name = format!("{field}/contain_hours");
        rule(hours, &name, "must be 1 to 8784 hours")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row(to: Option<&str>, class: Option<CallClass>, per_minute: u32) -> TollPrice {
        TollPrice {
            to: to.map(str::to_owned),
            class,
            per_minute,
        }
    }

    #[test]
    fn the_closest_row_is_the_price_and_what_none_fits_costs_the_dearest() {
        let budget = TollBudget {
            prices: vec![
                row(Some("+33"), None, 4),
                row(Some("+336"), None, 9),
                row(Some("FR"), None, 3),
                row(None, Some(CallClass::Premium), 250),
            ],
            ..TollBudget::standard()
        };
        let price = |class, digits| budget.price(class, E164::of_digits(digits).as_ref());
        let abroad = CallClass::International;
        assert_eq!(price(abroad, "33612345678"), 9);
        assert_eq!(price(abroad, "33140205050"), 4);
        assert_eq!(price(CallClass::Premium, "49900123456"), 250);
        assert_eq!(price(abroad, "18765550100"), 250);
        assert_eq!(budget.price(abroad, None), 250);
    }

    #[test]
    fn a_budget_of_money_needs_prices_and_all_of_it_has_bounds() {
        let mut budget = TollBudget::standard();
        budget.validate("/budget").unwrap();
        let refused = |budget: &TollBudget| budget.validate("/budget").unwrap_err().field;
        budget.prices.clear();
        assert_eq!(refused(&budget), "/budget/prices");
        budget.limits = TollLimits::default();
        budget.validate("/budget").unwrap();
        budget.limits.numbers_per_hour = Some(1_001);
        assert_eq!(refused(&budget), "/budget/limits/numbers_per_hour");
        budget.limits = TollLimits::default();
        budget.classes.insert(CallClass::Internal);
        assert_eq!(refused(&budget), "/budget/classes");
    }
}
