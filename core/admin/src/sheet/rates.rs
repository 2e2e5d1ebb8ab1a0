//! The rates of a rate deck as a sheet, as carriers send them: a row for each beginning of numbers,
//! with prices in the currency itself.

use domain::{RATES_MAX, Rate};
use serde_json::{Map, Value};

use super::bad::{Bad, Refusal};
use super::cell::{self, Holds};
use super::column::Column;
use super::table::{self, Cells};

/// Decimals of a price: a millionth of the currency is the least.
const DECIMALS: usize = 6;

/// The columns that it may have, and whether they hold a price.
const COLUMNS: [(&str, Holds, bool); 7] = [
    ("prefix", Holds::Text, false),
    ("per_minute", Holds::Text, true),
    ("connection", Holds::Text, true),
    ("first_seconds", Holds::Number, false),
    ("each_seconds", Holds::Number, false),
    ("from", Holds::Text, false),
    ("until", Holds::Text, false),
];

/// Reads the rates of a sheet whose headings are members of a rate. Prices are decimal numbers of
/// the currency, such as `0.009`; an empty cell says nothing.
///
/// # Errors
/// [`Refusal::Rows`] with every row that is wrong, or when it is too long (at most 2,000 rows and
/// 1 MiB) or its headings are.
pub fn rates(text: &[u8]) -> Result<Vec<Rate>, Refusal> {
    let known = COLUMNS.map(|(name, holds, _)| Column {
        name: name.to_owned(),
        holds,
    });
    let mut bad = Vec::new();
    let table = table::read(text, &known, RATES_MAX, &mut bad)?;
    let mut rates = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match rate(&table.columns, row) {
            Ok(rate) => rates.push(rate),
            Err(wrong) => bad.push(wrong),
        }
    }
    match bad.is_empty() {
        true => Ok(rates),
        false => {
            bad.sort_by_key(|bad| bad.line);
            Err(Refusal::Rows(bad))
        }
    }
}

fn rate(columns: &[Column], row: &Cells) -> Result<Rate, Bad> {
    let mut members = Map::new();
    for (column, cell) in columns.iter().zip(row.cells.iter()) {
        if cell.trim().is_empty() {
            continue;
        }
        let price = COLUMNS
            .iter()
            .any(|(name, _, price)| *name == column.name && *price);
        let value = match price {
            true => millionths(cell).map(Value::from),
            false => cell::read(cell, column.holds),
        };
        let value = value.map_err(|rule| Bad::new(row.line, &column.name, rule))?;
        members.insert(column.name.clone(), value);
    }
    serde_json::from_value(Value::Object(members))
        .map_err(|error| Bad::new(row.line, "", error.to_string()))
}

/// A decimal number in millionths.
///
/// # Errors
/// The rule it breaks.
fn millionths(cell: &str) -> Result<u32, &'static str> {
    let rule = "must be a price with at most six decimals, such as 0.009";
    let text = cell.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > DECIMALS {
        return Err(rule);
    }
    format!("{whole}{part:0<DECIMALS$}")
        .parse()
        .map_err(|_| rule)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_carriers_sheet_is_read_with_prices_in_its_currency() {
        let sheet = b"prefix;per_minute;connection;each_seconds;until\r\n\
                      49;0.009;;1;\r\n+4930;0.0042;0.1;;2031-07-01T00:00:00Z\r\n;1;;;\r\n";
        let read = rates(sheet).unwrap();
        let told: Vec<_> = read
            .iter()
            .map(|rate| (&*rate.prefix, rate.per_minute, rate.connection))
            .collect();
        assert_eq!(
            told,
            [
                ("49", 9_000, 0),
                ("+4930", 4_200, 100_000),
                ("", 1_000_000, 0)
            ]
        );
        assert_eq!(
            (read[0].each_seconds, read[1].each_seconds),
            (Some(1), None)
        );
        assert!(read[1].until.is_some());
    }

    #[test]
    fn every_row_that_is_wrong_is_named() {
        let sheet = b"prefix,per_minute,first_seconds\n49,0.0000001,60\n33,-1,60\n44,1,x\n45,,60\n";
        let Err(Refusal::Rows(bad)) = rates(sheet) else {
            panic!("it was taken");
        };
        let told: Vec<_> = bad.iter().map(|bad| (bad.line, &*bad.column)).collect();
        let wanted = [
            (2, "per_minute"),
            (3, "per_minute"),
            (4, "first_seconds"),
            (5, ""),
        ];
        assert_eq!(told, wanted);
        assert!(rates(b"prefix,price\n49,1\n").is_err());
        let many = format!("prefix,per_minute\n{}", "49,1\n".repeat(RATES_MAX + 1));
        assert!(rates(many.as_bytes()).is_err());
    }
}
