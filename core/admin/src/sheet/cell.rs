//! Values in cells.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula and run it, so such
//! a text is written with an apostrophe before it, which is taken off again when it is read.

use serde_json::Value;

/// Between the members of a list in one cell.
const BETWEEN: char = '|';

/// What a text must not begin with in a sheet, and the sign that is put before it.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', GUARD];
const GUARD: char = '\'';

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Truth,
    /// Texts, or objects as JSON, with `|` between them.
    List,
    /// A text, or an object as JSON.
    Anything,
}

/// Reads a cell that is not empty.
///
/// # Errors
/// The rule it breaks.
pub(super) fn read(cell: &str, holds: Holds) -> Result<Value, &'static str> {
    match holds {
        Holds::Text => Ok(unguarded(cell).into()),
        Holds::Number => match cell.trim().parse::<i64>() {
            Ok(number) => Ok(number.into()),
            Err(_) => Err("must be a whole number"),
        },
        Holds::Truth => match cell.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true.into()),
            "false" | "no" | "0" => Ok(false.into()),
            _ => Err("must be true or false"),
        },
        Holds::List => {
            let members = unguarded(cell).split(BETWEEN).map(str::trim);
            members.map(anything).collect()
        }
        Holds::Anything => anything(cell),
    }
}

fn anything(cell: &str) -> Result<Value, &'static str> {
    if cell.starts_with('{') {
        return serde_json::from_str(cell).map_err(|_| "must be JSON");
    }
    Ok(unguarded(cell).into())
}

/// Writes a value; what a spec leaves out is an empty cell.
pub(super) fn write(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(truth)) => truth.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => guarded(text),
        Some(Value::Array(members)) => {
            let texts = members.iter().map(|member| match member {
                Value::String(text) => text.clone(),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_) => member.to_string(),
            });
            let between = BETWEEN.to_string();
            guarded(&texts.collect::<Vec<_>>().join(&between))
        }
        Some(object @ Value::Object(_)) => object.to_string(),
    }
}

fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) {
        return format!("{GUARD}{text}");
    }
    text.to_owned()
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(text) if text.starts_with(FORMULA) => text,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_spreadsheet_would_run_is_guarded_and_comes_back() {
        for text in [
            "=1+1", "+4930", "-x", "@a", "'=x", "'", "plain", "a=b", "'tis",
        ] {
            let cell = write(Some(&text.into()));
            let runs = cell.starts_with(['=', '+', '-', '@']);
            assert!(!runs, "{cell}");
            assert_eq!(read(&cell, Holds::Text), Ok(text.into()));
        }
        assert_eq!(read("'tis", Holds::Text), Ok("'tis".into()));
    }

    #[test]
    fn numbers_truths_and_lists_are_read_as_such() {
        assert_eq!(read(" 30", Holds::Number), Ok(30.into()));
        assert_eq!(read("x", Holds::Number), Err("must be a whole number"));
        assert_eq!(read("Yes", Holds::Truth), Ok(true.into()));
        assert_eq!(read("no", Holds::Truth), Ok(false.into()));
        assert!(read("perhaps", Holds::Truth).is_err());
        let list = read("a | b", Holds::List);
        assert_eq!(list, Ok(vec!["a", "b"].into()));
        assert_eq!(write(list.ok().as_ref()), "a|b");
        let patterns = serde_json::json!([{ "prefix": "0" }, { "prefix": "+" }]);
        let cell = write(Some(&patterns));
        assert_eq!(read(&cell, Holds::List), Ok(patterns));
        assert_eq!(read("a|{b", Holds::List), Err("must be JSON"));
    }
}
