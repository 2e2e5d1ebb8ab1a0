//! Reading the text of a sheet.

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use ports::OPERATIONS_MAX;

use super::bad::{Bad, Refusal};
use super::column::Column;

/// Longest sheet, in bytes.
pub const SHEET_BYTES_MAX: usize = 1 << 20;

/// Most rows of a sheet besides the headings, which is what one transaction takes.
pub const SHEET_ROWS_MAX: usize = OPERATIONS_MAX;

/// What some programs put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What may stand between cells. A comma wins where the headings tell nothing.
const BETWEEN: [u8; 3] = [b',', b';', b'\t'];

/// A sheet, read.
#[derive(Debug)]
pub(super) struct Table {
    /// The columns it has, in its order.
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Cells>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Cells {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    /// As many cells as there are columns.
    pub(super) cells: StringRecord,
}

/// Reads a sheet that may have these columns and so many rows. Rows that cannot be read go to
/// `bad`; empty lines are none.
///
/// # Errors
/// [`Refusal::Rows`] when it is too long or its headings are wrong, so that no row means anything.
pub(super) fn read(
    text: &[u8],
    known: &[Column],
    most: usize,
    bad: &mut Vec<Bad>,
) -> Result<Table, Refusal> {
    if text.len() > SHEET_BYTES_MAX {
        let rule = format!("a sheet has at most {SHEET_BYTES_MAX} bytes");
        return Err(Bad::new(1, "", rule).into());
    }
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text);
    let mut records = reader.byte_records();
    let first = match records.next() {
        Some(Ok(first)) => first,
        Some(Err(_)) | None => return Err(Bad::new(1, "", "must name the columns").into()),
    };
    let columns = headings(&first, known)?;
    let (mut rows, mut lines) = (Vec::new(), Lines::of(text));
    for (at, record) in records.enumerate() {
        // bytes at hand are always read
        let Ok(record) = record else { break };
        let line = lines.at(&record);
        if at >= most {
            let rule = format!("a sheet has at most {most} rows; split it");
            return Err(Bad::new(line, "", rule).into());
        }
        match row(record, line, columns.len()) {
            Ok(row) => rows.push(row),
            Err(wrong) => bad.push(wrong),
        }
    }
    Ok(Table { columns, rows })
}

fn row(record: ByteRecord, line: u64, columns: usize) -> Result<Cells, Bad> {
    if record.len() != columns {
        let rule = format!(
            "has {} cells, and there are {columns} columns",
            record.len()
        );
        return Err(Bad::new(line, "", rule));
    }
    match StringRecord::from_byte_record(record) {
        Ok(cells) => Ok(Cells { line, cells }),
        Err(_) => Err(Bad::new(line, "", "must be UTF-8")),
    }
}

/// Counts lines as an editor does. The reader's own count lags behind after CR LF and empty lines.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a [u8]) -> Lines<'a> {
        Lines {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The line in which a record begins. Records are asked for in their order.
    fn at(&mut self, record: &ByteRecord) -> u64 {
        let begin = record.position().map_or(0, csv::Position::byte);
        let begin = usize::try_from(begin).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= begin && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Which of the separators the headings have most of.
fn delimiter(text: &[u8]) -> u8 {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
    let count = |one: u8| first.iter().filter(|byte| **byte == one).count();
    let most = BETWEEN.iter().rev().max_by_key(|one| count(**one));
    most.copied().unwrap_or(b',')
}

/// The columns that the headings name.
fn headings(record: &ByteRecord, known: &[Column]) -> Result<Vec<Column>, Refusal> {
    let (mut columns, mut bad) = (Vec::<Column>::new(), Vec::new());
    for cell in record {
        let name = String::from_utf8_lossy(cell).trim().to_ascii_lowercase();
        let found = known.iter().find(|column| column.name == name);
        match found {
            Some(_) if columns.iter().any(|column| column.name == name) => {
                bad.push(Bad::new(1, name, "is there twice"));
            }
            Some(column) => columns.push(column.clone()),
            None => {
                let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
                let rule = format!("is no column; there are: {}", names.join(", "));
                bad.push(Bad::new(1, name, rule));
            }
        }
    }
    if let Some(key) = known.first()
        && !columns.iter().any(|column| column.name == key.name)
        && bad.is_empty()
    {
        bad.push(Bad::new(1, &key.name, "must be a column"));
    }
    if bad.is_empty() {
        Ok(columns)
    } else {
        Err(Refusal::Rows(bad))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sheet::cell::Holds;

    fn known() -> Vec<Column> {
        let column = |name: &str| Column {
            name: name.to_owned(),
            holds: Holds::Text,
        };
        ["number", "display_name"].map(column).to_vec()
    }

    fn read_all(text: &[u8]) -> (Vec<(u64, Vec<String>)>, Vec<Bad>) {
        let mut bad = Vec::new();
        let table = read(text, &known(), SHEET_ROWS_MAX, &mut bad).unwrap();
        let row = |row: &Cells| (row.line, row.cells.iter().map(str::to_owned).collect());
        (table.rows.iter().map(row).collect(), bad)
    }

    #[test]
    fn semicolons_a_byte_order_mark_quotes_and_line_breaks_in_cells_are_understood() {
        let head = "\u{feff}Number;Display_Name\r\n";
        let rows = "101;\"Ann; \"\"A\"\"\"\r\n102;\"two\nlines\"\r\n103;C";
        let (rows, bad) = read_all(format!("{head}{rows}").as_bytes());
        assert!(bad.is_empty());
        assert_eq!(rows[0], (2, vec!["101".into(), "Ann; \"A\"".into()]));
        assert_eq!(rows[1].1[1], "two\nlines");
        assert_eq!(rows[2].0, 5);
    }

    #[test]
    fn rows_that_cannot_be_read_are_named_by_their_lines_and_the_others_kept() {
        let (rows, bad) = read_all(b"number,display_name\n101\n102,\xff\n103,C\n");
        assert_eq!(rows.len(), 1);
        let lines: Vec<u64> = bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    #[test]
    fn headings_that_name_no_column_are_refused_with_those_that_there_are() {
        let refused = |text: &[u8]| match read(text, &known(), SHEET_ROWS_MAX, &mut Vec::new()) {
            Err(Refusal::Rows(bad)) => bad[0].clone(),
            Err(Refusal::Store(_)) | Ok(_) => Bad::new(0, "", ""),
        };
        assert_eq!(refused(b"number,colour\n").column, "colour");
        assert_eq!(refused(b"number,number\n").rule, "is there twice");
        assert_eq!(refused(b"display_name\n").column, "number");
        assert_eq!(refused(b"").rule, "must name the columns");
    }

    #[test]
    fn a_sheet_of_more_rows_than_one_transaction_takes_is_refused() {
        let text = |rows: usize| format!("number\n{}", "1\n".repeat(rows));
        let mut bad = Vec::new();
        assert!(
            read(
                text(SHEET_ROWS_MAX).as_bytes(),
                &known(),
                SHEET_ROWS_MAX,
                &mut bad
            )
            .is_ok()
        );
        assert!(
            read(
                text(SHEET_ROWS_MAX + 1).as_bytes(),
                &known(),
                SHEET_ROWS_MAX,
                &mut bad
            )
            .is_err()
        );
        assert!(
            read(
                &vec![b'x'; SHEET_BYTES_MAX + 1],
                &known(),
                SHEET_ROWS_MAX,
                &mut bad
            )
            .is_err()
        );
    }
}
