//! The parser's own figures, as its example prints them: `parse_speed --json`.

use serde::{Deserialize, Serialize};

/// All rows of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Parser {
    pub(crate) rows: Vec<Row>,
}

/// One contestant on one message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) message: String,
    /// `sip-message` is ours, `ceiling` knows no grammar.
    pub(crate) who: String,
    /// Messages per second read, their routing headers understood, and written again.
    pub(crate) all: f64,
    /// Part of the ceiling, 0 to 1.
    pub(crate) of_ceiling: f64,
}

/// How the example names this project's parser.
const OURS: &str = "sip-message";

impl Parser {
    /// What ours does with this message, per second.
    pub(crate) fn ours(&self, message: &str) -> Option<f64> {
        let is = |row: &&Row| row.who == OURS && row.message == message;
        self.rows.iter().find(is).map(|row| row.all)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_of_the_example_is_read() {
        let line = r#"{"clock":"thread time","rows":[{"message":"REGISTER","bytes":500,
            "who":"sip-message","parse":1,"typed":2,"print":3,"all":800000,"of_ceiling":0.61,
            "of_best_other":5.2}]}"#;
        let parser: Parser = serde_json::from_str(line).unwrap();
        assert_eq!(parser.ours("REGISTER"), Some(800_000.0));
        assert_eq!(parser.ours("INVITE"), None);
    }
}
