//! Figures as text: the exposition format of Prometheus, version 0.0.4.

use std::fmt::{Display, Write};

use crate::latency::Latency;

/// What kind of number a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It only grows, until a restart.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// A page of figures in the making. Every name begins with `strowger_`.
#[derive(Debug, Default)]
pub struct Exposition {
    page: String,
}

impl Exposition {
    /// An empty page.
    #[must_use]
    pub fn new() -> Exposition {
        Exposition::default()
    }

    /// The page.
    #[must_use]
    pub fn finish(self) -> String {
        self.page
    }

    /// Adds a figure without labels.
    pub fn single(&mut self, sort: Sort, name: &str, help: &str, value: impl Display) {
        self.begin(sort, name, help);
        self.line(name, &[], &value);
    }

    /// Adds a figure with one line for each set of labels.
    pub fn family<'a, V: Display>(
        &mut self,
        sort: Sort,
        name: &str,
        help: &str,
        lines: impl IntoIterator<Item = (Vec<(&'a str, String)>, V)>,
    ) {
        self.begin(sort, name, help);
        for (labels, value) in lines {
            let labels: Vec<(&str, &str)> = labels
                .iter()
                .map(|(key, text)| (*key, text.as_str()))
                .collect();
            self.line(name, &labels, &value);
        }
    }

    /// Adds a histogram in seconds.
    pub fn latency(&mut self, name: &str, help: &str, latency: &Latency) {
        self.head("histogram", name, help);
        let bucket = format!("{name}_bucket");
        let mut all = 0;
        for (bound, count) in latency.buckets() {
            self.line(&bucket, &[("le", &bound)], &count);
            all = count;
        }
        self.line(&format!("{name}_sum"), &[], &latency.sum());
        self.line(&format!("{name}_count"), &[], &all);
    }

    fn begin(&mut self, sort: Sort, name: &str, help: &str) {
        let word = match sort {
            Sort::Counter => "counter",
            Sort::Gauge => "gauge",
        };
        self.head(word, name, help);
    }

    fn head(&mut self, word: &str, name: &str, help: &str) {
        // writing to a text cannot fail
        let _written = writeln!(
            self.page,
            "# HELP strowger_{name} {help}\n# TYPE strowger_{name} {word}"
        );
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: &impl Display) {
        self.page.push_str("strowger_");
        self.page.push_str(name);
        for (index, (key, text)) in labels.iter().enumerate() {
            self.page.push(if index == 0 { '{' } else { ',' });
            self.page.push_str(key);
            self.page.push_str("=\"");
            self.push_escaped(text);
            self.page.push('"');
        }
        if !labels.is_empty() {
            self.page.push('}');
        }
        let _written = writeln!(self.page, " {value}");
    }

    fn push_escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\\' => self.page.push_str("\\\\"),
                '"' => self.page.push_str("\\\""),
                '\n' => self.page.push_str("\\n"),
                other => self.page.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_with_help_and_type() {
        let mut page = Exposition::new();
        page.single(Sort::Gauge, "live_calls", "Calls of now.", 3);
        let labels = vec![("tenant", "a\"b\\c\nd".to_owned())];
        page.family(Sort::Counter, "calls_total", "Calls begun.", [(labels, 7)]);
        assert_eq!(
            page.finish(),
            "# HELP strowger_live_calls Calls of now.\n\
             # TYPE strowger_live_calls gauge\n\
             strowger_live_calls 3\n\
             # HELP strowger_calls_total Calls begun.\n\
             # TYPE strowger_calls_total counter\n\
             strowger_calls_total{tenant=\"a\\\"b\\\\c\\nd\"} 7\n"
        );
    }

    #[test]
    fn a_histogram_has_buckets_sum_and_count() {
        let latency = Latency::default();
        latency.add(std::time::Duration::from_millis(2));
        let mut page = Exposition::new();
        page.latency("request_seconds", "Time of a request.", &latency);
        let page = page.finish();
        assert!(page.contains("# TYPE strowger_request_seconds histogram\n"));
        assert!(page.contains("strowger_request_seconds_bucket{le=\"0.001\"} 0\n"));
        assert!(page.contains("strowger_request_seconds_bucket{le=\"0.0025\"} 1\n"));
        assert!(page.contains("strowger_request_seconds_sum 0.002\n"));
        assert!(page.contains("strowger_request_seconds_count 1\n"));
    }
}
