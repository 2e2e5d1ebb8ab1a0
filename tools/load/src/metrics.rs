//! What the exchange counts itself.

use crate::http::{Line, get};
use std::io;
use std::net::SocketAddrV4;

/// A connection by which figures are asked for.
pub(crate) struct Metrics {
    line: Line,
    request: String,
}

impl Metrics {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub(crate) fn open(api: SocketAddrV4, key: &str) -> io::Result<Metrics> {
        Ok(Metrics {
            line: Line::open(api)?,
            request: get(api, "/metrics", key),
        })
    }

    /// All figures of this moment.
    ///
    /// # Errors
    /// The connection broke, or they are refused.
    pub(crate) fn read(&mut self) -> io::Result<Figures> {
        match self.line.ask(&self.request)? {
            (200, body) => Ok(Figures(String::from_utf8_lossy(&body).into_owned())),
            (status, _) => Err(io::Error::other(format!("figures were refused: {status}"))),
        }
    }
}

/// Figures in the text form of Prometheus.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(String);

impl Figures {
    /// The sum of all lines of one figure, whatever their labels; 0 when there is none.
    pub(crate) fn sum(&self, name: &str) -> f64 {
        let lines = self.0.lines().filter_map(|line| {
            let rest = line.strip_prefix("strowger_")?.strip_prefix(name)?;
            let value = rest.strip_prefix(' ').or_else(|| {
                let (_, value) = rest.strip_prefix('{')?.rsplit_once(' ')?;
                Some(value)
            })?;
            value.parse::<f64>().ok()
        });
        lines.fold(0.0, |sum, value| sum + value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_summed_over_its_labels_and_over_no_other() {
        let text = "# HELP strowger_rtp_sent_total packets\nstrowger_rtp_sent_total{thread=\"0\"} 7\n\
                    strowger_rtp_sent_total{thread=\"1\"} 5\nstrowger_rtp_sent_total_other 9\n\
                    strowger_calls 3\n";
        let figures = Figures(text.to_owned());
        let [sent, calls, none] = ["rtp_sent_total", "calls", "x"].map(|name| figures.sum(name));
        assert_eq!(format!("{sent} {calls} {none}"), "12 3 0");
    }
}
