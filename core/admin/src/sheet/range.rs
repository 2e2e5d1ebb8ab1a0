//! Rows of a sheet that stand for many: a range of numbers in the place of one.
//!
//! Carriers give numbers by ranges, so a row of a sheet of numbers may name the first and the last
//! of one with a hyphen between them, `+493055500-+493055599`. Each is a document of its own.

use csv::StringRecord;
use domain::{E164, Kind, KindName};

use super::bad::Bad;
use super::column::Column;
use super::table::{Cells, SHEET_ROWS_MAX};

/// What is said of a cell that is meant for a range and is none.
const NO_RANGE: &str =
    "must be two numbers with a hyphen between them, the second as long and not before the first";

/// What is said of the row with which there are too many.
const TOO_MANY: &str = "makes more documents than one sheet may, 1,000; split it";

/// The rows with each range as a row for every number of it, all in the same line. Wrong ones go
/// to `bad`, and so does each for which there is no room in one transaction.
pub(super) fn expanded<K: Kind>(
    columns: &[Column],
    rows: Vec<Cells>,
    bad: &mut Vec<Bad>,
) -> Vec<Cells> {
    let key = columns.iter().position(|column| column.name == K::KEY);
    let (Some(key), true) = (key, K::NAME == KindName::Number) else {
        return rows;
    };
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let line = row.line;
        match each(row, key) {
            Ok(rows) if all.len() + rows.len() <= SHEET_ROWS_MAX => all.extend(rows),
            Ok(_) => bad.push(Bad::new(line, K::KEY, TOO_MANY)),
            Err(rule) => bad.push(Bad::new(line, K::KEY, rule)),
        }
    }
    all
}

/// The rows for which one stands.
fn each(row: Cells, key: usize) -> Result<Vec<Cells>, &'static str> {
    let Some((first, last)) = ends(row.cells.get(key).unwrap_or_default()) else {
        return Ok(vec![row]);
    };
    let first = first.strip_suffix('-').and_then(E164::written);
    let (first, last) = first.zip(E164::written(last)).ok_or(NO_RANGE)?;
    let span = last.offset_from(&first).ok_or(NO_RANGE)?;
    if usize::try_from(span).map_or(true, |span| span >= SHEET_ROWS_MAX) {
        return Err(TOO_MANY);
    }
    let numbers = first.through(&last).ok_or(NO_RANGE)?;
    Ok(numbers.map(|number| with(&row, key, &number)).collect())
}

/// The two ends that a cell names, as they are written; `None` when it names one number.
fn ends(cell: &str) -> Option<(&str, &str)> {
    let (first, last) = cell.split_at(cell.rfind('+')?);
    let first = first.trim().trim_start_matches('\'');
    (!first.is_empty()).then_some((first, last))
}

/// The row with one number in the place of its range.
fn with(row: &Cells, key: usize, number: &E164) -> Cells {
    let number = number.to_string();
    let cells = row.cells.iter().enumerate();
    let cells = cells.map(|(at, cell)| if at == key { &*number } else { cell });
    Cells {
        line: row.line,
        cells: StringRecord::from_iter(cells),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Extension, Number};

    use super::*;
    use crate::sheet::column;

    /// The numbers of a sheet of one column, and the lines that are bad.
    fn read<K: Kind>(cells: &[&str]) -> (Vec<String>, Vec<u64>) {
        let columns: Vec<Column> = column::of::<K>().into_iter().take(1).collect();
        let rows = cells.iter().zip(2..).map(|(cell, line)| Cells {
            line,
            cells: StringRecord::from_iter([*cell]),
        });
        let mut bad = Vec::new();
        let rows = expanded::<K>(&columns, rows.collect(), &mut bad);
        let numbers = rows.iter().map(|row| row.cells[0].to_owned()).collect();
        (numbers, bad.iter().map(|bad| bad.line).collect())
    }

    #[test]
    fn a_range_is_a_row_for_every_number_of_it_and_a_number_one_of_its_own() {
        let three = ["+493055508", "+493055509", "+493055510"];
        for range in ["+493055508-+493055510", "'+49 30 555-08 - +49 30 555-10"] {
            let (numbers, bad) = read::<Number>(&[range]);
            assert_eq!(
                (numbers, bad),
                (three.iter().map(|n| n.to_string()).collect(), vec![])
            );
        }
        for one in ["+493055508", "'+493055508", "+49 30 555-08"] {
            assert_eq!(read::<Number>(&[one]), (vec![one.to_owned()], vec![]));
        }
    }

    #[test]
    fn what_is_no_range_or_one_too_many_is_named_by_its_line() {
        for wrong in [
            "+493055510-+493055508",
            "+493055508-+4930555100",
            "+493055508+493055510",
            "493055508-+493055510",
            "+493055000-+493056000",
        ] {
            assert_eq!(read::<Number>(&["+49301", wrong]).1, [3], "{wrong}");
        }
        let (numbers, bad) = read::<Number>(&["+493055000-+493055999", "+49301"]);
        assert_eq!((numbers.len(), bad), (1_000, vec![3]));
    }

    #[test]
    fn only_numbers_come_in_ranges() {
        let alone = vec!["+1-+2".to_owned()];
        assert_eq!(read::<Extension>(&["+1-+2"]), (alone, vec![]));
    }
}
