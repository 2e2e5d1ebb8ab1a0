//! Who waits for its turn, who was refused: by company, with a bound on how many are named.

use std::time::Duration;

use ids::TenantId;
use node::Toll;
use telemetry::{Exposition, Sort};

/// Companies named; what all others did is summed up under `others`.
const NAMED: usize = 20;

/// What became of one company's messages, and how many wait now; nobody's are the strangers'.
pub(super) type Tolled = (Option<TenantId>, Toll, usize);

/// One line of each figure.
#[derive(Clone, Debug, Default, PartialEq)]
struct Line {
    label: String,
    waiting: u64,
    served: u64,
    refused: u64,
    dropped: u64,
    waited: Duration,
    longest: Duration,
    loss: u8,
}

impl Line {
    fn of((tenant, toll, waiting): &Tolled) -> Line {
        Line {
            label: tenant.map_or_else(|| "strangers".to_owned(), |tenant| tenant.to_string()),
            waiting: u64::try_from(*waiting).unwrap_or(u64::MAX),
            served: toll.served,
            refused: toll.refused,
            dropped: toll.dropped,
            waited: toll.waited,
            longest: toll.longest,
            loss: toll.loss_percent(),
        }
    }

    fn offered(&self) -> u64 {
        self.served + self.refused + self.dropped
    }

    fn add(mut self, other: &Line) -> Line {
        self.waiting += other.waiting;
        self.served += other.served;
        self.refused += other.refused;
        self.dropped += other.dropped;
        self.waited += other.waited;
        self.longest = self.longest.max(other.longest);
        self.loss = self.loss.max(other.loss);
        self
    }
}

/// The companies that sent most, and one line for all others.
fn busiest(mut lines: Vec<Line>, named: usize) -> Vec<Line> {
    lines.sort_by(|a, b| (b.offered(), &a.label).cmp(&(a.offered(), &b.label)));
    if lines.len() > named {
        let rest = lines.split_off(named);
        let others = Line {
            label: "others".to_owned(),
            ..Line::default()
        };
        lines.push(rest.iter().fold(others, Line::add));
    }
    lines
}

/// One figure: its name, its meaning, its sort, and how it is read of a line.
type Column = (&'static str, &'static str, Sort, fn(&Line) -> String);

const COLUMNS: [Column; 7] = [
    (
        "turn_waiting",
        "SIP messages that wait for their company's turn.",
        Sort::Gauge,
        |line| line.waiting.to_string(),
    ),
    (
        "turn_served_total",
        "SIP messages that had their turn.",
        Sort::Counter,
        |line| line.served.to_string(),
    ),
    (
        "turn_refused_total",
        "SIP requests answered 503, their company being beyond its share.",
        Sort::Counter,
        |line| line.refused.to_string(),
    ),
    (
        "turn_dropped_total",
        "SIP messages dropped likewise.",
        Sort::Counter,
        |line| line.dropped.to_string(),
    ),
    (
        "turn_waited_seconds_total",
        "Time that SIP messages waited for their turn.",
        Sort::Counter,
        |line| line.waited.as_secs_f64().to_string(),
    ),
    (
        "turn_longest_wait_seconds",
        "The longest of these waits since the start.",
        Sort::Gauge,
        |line| line.longest.as_secs_f64().to_string(),
    ),
    (
        "turn_loss_percent",
        "Of a hundred requests, how many senders that can hold back are asked not to send.",
        Sort::Gauge,
        |line| line.loss.to_string(),
    ),
];

/// Writes them down.
pub(super) fn write(page: &mut Exposition, tolls: &[Tolled]) {
    let lines = busiest(tolls.iter().map(Line::of).collect(), NAMED);
    for (name, help, sort, read) in COLUMNS {
        let labelled = lines
            .iter()
            .map(|line| (vec![("tenant", line.label.clone())], read(line)));
        page.family(sort, name, help, labelled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, served: u64, longest: u64) -> Line {
        Line {
            label: label.to_owned(),
            served,
            longest: Duration::from_millis(longest),
            ..Line::default()
        }
    }

    #[test]
    fn the_busiest_are_named_and_the_rest_is_summed_up() {
        let all = vec![
            line("a", 5, 1),
            line("b", 70, 2),
            line("c", 6, 9),
            line("d", 80, 4),
        ];
        let shown = busiest(all.clone(), 2);
        assert_eq!(
            shown,
            [line("d", 80, 4), line("b", 70, 2), line("others", 11, 9)]
        );
        assert_eq!(busiest(all, 4).len(), 4);
    }
}
