//! Amounts of money.

/// A currency whose names the languages know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Currency {
    /// Euros and cents.
    Eur,
    /// Dollars of the United States, and cents.
    Usd,
    /// Pounds and pence.
    Gbp,
    /// Swiss francs, of a hundred centimes or Rappen.
    Chf,
    /// Roubles and kopecks.
    Rub,
}

impl Currency {
    /// All of them.
    pub const ALL: [Currency; 5] = [
        Currency::Eur,
        Currency::Usd,
        Currency::Gbp,
        Currency::Chf,
        Currency::Rub,
    ];

    /// By its code (ISO 4217), in capitals.
    #[must_use]
    pub fn read(code: &str) -> Option<Currency> {
        match code {
            "EUR" => Some(Currency::Eur),
            "USD" => Some(Currency::Usd),
            "GBP" => Some(Currency::Gbp),
            "CHF" => Some(Currency::Chf),
            "RUB" => Some(Currency::Rub),
            _ => None,
        }
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// In hundredths: cents, pence, kopecks. Below zero, it is owed.
    pub hundredths: i64,
    /// Of what.
    pub currency: Currency,
}
