//! Figures as rows of a table: name, meaning, value.

use telemetry::{Exposition, Sort};

/// One figure: its name, its meaning and its value.
pub(super) type Row = (&'static str, &'static str, u64);

/// Writes counters.
pub(super) fn counters(page: &mut Exposition, rows: &[Row]) {
    for (name, help, value) in rows {
        page.single(Sort::Counter, name, help, value);
    }
}

/// Writes what is so at this moment.
pub(super) fn gauges(page: &mut Exposition, rows: &[Row]) {
    for (name, help, value) in rows {
        page.single(Sort::Gauge, name, help, value);
    }
}

/// One figure that several parts have: its name, its meaning, its sort, and how it is read of one.
pub(super) type Column<T> = (&'static str, &'static str, Sort, fn(&T) -> u64);

/// Writes each figure with one line for each part, which the label names.
pub(super) fn columns<T>(
    page: &mut Exposition,
    label: &str,
    parts: &[(String, &T)],
    columns: &[Column<T>],
) {
    for (name, help, sort, read) in columns {
        let lines = parts
            .iter()
            .map(|(part, figures)| (vec![(label, part.clone())], read(figures)));
        page.family(*sort, name, help, lines);
    }
}
