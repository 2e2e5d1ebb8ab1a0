//! A range of ports, written `FIRST-LAST`.

use std::fmt;
use std::str::FromStr;

/// Ports from `first` to `last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortSpan {
    /// The first.
    pub first: u16,
    /// The last; not below the first.
    pub last: u16,
}

impl FromStr for PortSpan {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<PortSpan, &'static str> {
        const RULE: &str = "must be two ports such as 40000-44999, the first the smaller";
        let (first, last) = text.split_once('-').ok_or(RULE)?;
        let first: u16 = first.trim().parse().map_err(|_| RULE)?;
        let last: u16 = last.trim().parse().map_err(|_| RULE)?;
        if first < 1024 {
            return Err("must begin at 1024 or above; lower ports belong to system services");
        }
        if last <= first {
            return Err(RULE);
        }
        Ok(PortSpan { first, last })
    }
}

impl fmt::Display for PortSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_two_ports_and_prints_as_it_was_written() {
        let span: Result<PortSpan, _> = "40000-44999".parse();
        assert_eq!(span.map(|span| span.to_string()), Ok("40000-44999".into()));
    }

    #[test]
    fn spans_that_are_empty_reversed_or_low_are_refused() {
        for text in [
            "",
            "40000",
            "40000-",
            "5-4",
            "40000-40000",
            "80-90",
            "1-70000",
        ] {
            assert!(text.parse::<PortSpan>().is_err(), "{text}");
        }
    }
}
