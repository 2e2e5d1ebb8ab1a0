//! Which web pages may open a WebSocket (RFC 6455 §10.2).

/// The origins that are let in. A browser tells of which page it acts and cannot be made to lie
/// by the page; programs that are no browsers tell nothing, or what they like, so this is no
/// substitute for a password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    allowed: Vec<String>,
}

impl Origins {
    /// Pages of these origins only, such as `https://portal.example.net`; of all when there are
    /// none.
    #[must_use]
    pub fn only(allowed: Vec<String>) -> Self {
        Self { allowed }
    }

    /// Whether the page may, or a program that tells of none.
    #[must_use]
    pub fn allow(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin else {
            return true;
        };
        let mut allowed = self.allowed.iter();
        self.allowed.is_empty() || allowed.any(|one| one.eq_ignore_ascii_case(origin))
    }
}
