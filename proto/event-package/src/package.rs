//! The event packages that can be subscribed to.

/// An event package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Package {
    /// `dialog` (RFC 4235): what the lines of an extension do.
    Dialog,
    /// `presence` (RFC 3856): whether somebody can be reached.
    Presence,
    /// `reg` (RFC 3680): where an extension's devices are registered.
    Registration,
    /// `message-summary` (RFC 3842): whether messages wait.
    MessageSummary,
}

impl Package {
    /// All of them, as Allow-Events lists them.
    pub const ALLOWED: &'static str = "dialog, presence, reg, message-summary";

    /// The package of an Event header's value, parameters aside.
    #[must_use]
    pub fn of_event(value: &str) -> Option<Package> {
        let name = value.split(';').next().unwrap_or_default().trim();
        let all = [
            Package::Dialog,
            Package::Presence,
            Package::Registration,
            Package::MessageSummary,
        ];
        // Names of packages are compared with case (RFC 6665 §7.2), but phones shout them.
        all.into_iter()
            .find(|package| package.name().eq_ignore_ascii_case(name))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Package::Dialog => "dialog",
            Package::Presence => "presence",
            Package::Registration => "reg",
            Package::MessageSummary => "message-summary",
        }
    }

    /// The media type of its documents.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Package::Dialog => "application/dialog-info+xml",
            Package::Presence => "application/pidf+xml",
            Package::Registration => "application/reginfo+xml",
            Package::MessageSummary => "application/simple-message-summary",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_without_its_parameters_and_whatever_its_case() {
        assert_eq!(Package::of_event("dialog;id=7"), Some(Package::Dialog));
        assert_eq!(
            Package::of_event(" Message-Summary "),
            Some(Package::MessageSummary)
        );
        assert_eq!(Package::of_event("dialogue"), None);
    }

    #[test]
    fn every_package_is_allowed_by_its_name() {
        for name in Package::ALLOWED.split(", ") {
            assert_eq!(Package::of_event(name).map(Package::name), Some(name));
        }
    }
}
