//! Who waits to be carried out and who was refused, as figures in the text form of Prometheus.

use std::fmt::Write;
use std::time::Duration;

use crate::processor::Account;

/// Tenants named; what all others were refused is summed up under `others`.
const NAMED: usize = 20;

/// What is told of the requests that share the room.
#[derive(Debug)]
pub(crate) struct Shares {
    /// Requests carried out now, and requests that wait.
    pub(crate) now: (usize, usize),
    /// Keys whose holder is remembered.
    pub(crate) keys: usize,
    /// Refusals by tenant since it was first told apart.
    pub(crate) refused: Vec<(String, u64)>,
    /// What tenants had of the processors, and how long they waited for them.
    pub(crate) accounts: Vec<(String, Account)>,
}

impl Shares {
    /// The figures, those who were refused most named.
    pub(crate) fn text(mut self) -> String {
        self.refused
            .sort_by(|(a, many), (b, most)| (most, a).cmp(&(many, b)));
        if self.refused.len() > NAMED {
            let rest = self.refused.split_off(NAMED);
            let sum = rest.into_iter().map(|(_, count)| count).sum();
            self.refused.push(("others".to_owned(), sum));
        }
        let (running, waiting) = self.now;
        let mut text = String::new();
        gauge(
            &mut text,
            "api_running",
            "API requests carried out now.",
            running,
        );
        gauge(
            &mut text,
            "api_waiting",
            "API requests that wait for their turn.",
            waiting,
        );
        gauge(
            &mut text,
            "api_keys_remembered",
            "API keys whose holder is presumed before they are looked up.",
            self.keys,
        );
        let name = "strowger_api_refused_total";
        let help = "API requests refused with 429 or 503, their tenant being beyond its share.";
        // writing to a string does not fail
        let _written = write!(text, "# HELP {name} {help}\n# TYPE {name} counter\n");
        for (tenant, count) in self.refused {
            let _written = writeln!(text, "{name}{{tenant=\"{tenant}\"}} {count}");
        }
        self.accounts
            .sort_by(|(a, one), (b, other)| (other.computed, a).cmp(&(one.computed, b)));
        self.accounts.truncate(NAMED);
        seconds(
            &mut text,
            "api_computed_seconds_total",
            "Time that a tenant's API requests computed; those with most are named.",
            self.accounts.iter().map(|(t, own)| (t, own.computed)),
        );
        seconds(
            &mut text,
            "api_waited_seconds_total",
            "Time that the same tenants' API requests waited for their turns.",
            self.accounts.iter().map(|(t, own)| (t, own.waited)),
        );
        text
    }
}

fn seconds<'a>(
    text: &mut String,
    name: &str,
    help: &str,
    values: impl Iterator<Item = (&'a String, Duration)>,
) {
    let name = format!("strowger_{name}");
    let _written = write!(text, "# HELP {name} {help}\n# TYPE {name} counter\n");
    for (tenant, time) in values {
        let _written = writeln!(text, "{name}{{tenant=\"{tenant}\"}} {}", time.as_secs_f64());
    }
}

fn gauge(text: &mut String, name: &str, help: &str, value: usize) {
    let name = format!("strowger_{name}");
    let _written = write!(
        text,
        "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_refused_most_are_named_and_the_rest_is_summed_up() {
        let refused = (1..=22).map(|n| (format!("t{n:02}"), n)).collect();
        let text = Shares {
            now: (3, 4),
            keys: 5,
            refused,
            accounts: vec![("t99".to_owned(), Account::default())],
        }
        .text();
        let waited = "strowger_api_waited_seconds_total{tenant=\"t99\"} 0\n";
        assert!(text.contains(waited), "{text}");
        assert!(text.contains("\nstrowger_api_running 3\n"), "{text}");
        assert!(
            text.contains("\nstrowger_api_keys_remembered 5\n"),
            "{text}"
        );
        assert!(text.contains("{tenant=\"t22\"} 22\n"), "{text}");
        assert!(text.contains("{tenant=\"others\"} 3\n"), "{text}");
        assert!(!text.contains("t02"), "{text}");
    }
}
