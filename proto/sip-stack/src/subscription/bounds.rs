//! How long a subscription may last (RFC 6665 §4.2.1.1).

use std::time::Duration;

/// Bounds of a subscription's duration, each with its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Shortest duration granted; less is refused with 423. Default 60 s.
    pub min: Duration,
    /// Longest duration granted; more is cut. Default 3,600 s.
    pub max: Duration,
    /// Granted to those who ask for none. Default 3,600 s, as RFC 4235 §3.4 and RFC 3842 §3.4 say.
    pub default: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            min: Duration::from_secs(60),
            max: Duration::from_secs(3_600),
            default: Duration::from_secs(3_600),
        }
    }
}

/// 423 with this Min-Expires, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooBrief(pub u64);

impl Bounds {
    /// What is granted to somebody who asks for so many seconds; zero ends a subscription or
    /// fetches the state once.
    ///
    /// # Errors
    /// [`TooBrief`].
    pub fn grant(&self, asked: Option<u32>) -> Result<Duration, TooBrief> {
        let Some(seconds) = asked else {
            return Ok(self.default);
        };
        let asked = Duration::from_secs(seconds.into());
        if !asked.is_zero() && asked < self.min {
            return Err(TooBrief(self.min.as_secs()));
        }
        Ok(asked.min(self.max))
    }
}
