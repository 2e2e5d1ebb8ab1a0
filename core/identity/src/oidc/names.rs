//! What sign-in servers call a person, kept so that nobody else becomes that person.

use ids::SsoId;
use serde::{Deserialize, Serialize};

/// Most servers whose names of one person are kept; the one kept longest makes room.
pub const NAMES_MAX: usize = 10;

/// The servers' names of one person (OpenID Connect Core 1.0 §2, `sub`), at most [`NAMES_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names(Vec<Name>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Name {
    sso: SsoId,
    subject: String,
}

impl Names {
    /// What a server calls the person; `None` before it has named them.
    pub fn of(&self, sso: SsoId) -> Option<&str> {
        let found = self.0.iter().find(|name| name.sso == sso);
        found.map(|name| name.subject.as_str())
    }

    /// Keeps what a server calls the person, unless it called them something before: that stays.
    pub fn keep(&mut self, sso: SsoId, subject: &str) {
        if self.of(sso).is_some() {
            return;
        }
        if self.0.len() >= NAMES_MAX {
            self.0.remove(0);
        }
        self.0.push(Name {
            sso,
            subject: subject.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_first_name_of_a_person_stays() {
        let mut names = Names::default();
        names.keep(SsoId::new(1, 1), "7");
        names.keep(SsoId::new(1, 1), "8");
        assert_eq!(names.of(SsoId::new(1, 1)), Some("7"));
        assert_eq!(names.of(SsoId::new(1, 2)), None);
    }

    #[test]
    fn of_more_servers_than_fit_the_first_is_forgotten() {
        let mut names = Names::default();
        for one in 0..11 {
            names.keep(SsoId::new(1, one), "7");
        }
        assert_eq!(names.of(SsoId::new(1, 0)), None);
        assert_eq!(names.of(SsoId::new(1, 10)), Some("7"));
        assert_eq!(names.0.len(), NAMES_MAX);
    }
}
