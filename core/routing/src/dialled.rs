//! What was dialled, in the forms in which outbound routes are asked about it.

use crate::Explanation;
use domain::CompiledTenant;

/// The forms, the one in which it was dialled before the number that it is read as.
pub(crate) struct Forms<'a> {
    /// As it was dialled.
    pub(crate) dialled: &'a str,
    /// The number of the world that is meant by it, with a plus.
    read: Option<String>,
}

impl<'a> Forms<'a> {
    /// The forms of what somebody of a company dialled.
    pub(crate) fn of(tenant: &CompiledTenant, dialled: &'a str, why: &mut Explanation) -> Self {
        let habits = tenant.habits();
        let read = habits.and_then(|habits| Some((habits.read(dialled)?.to_string(), habits)));
        let read = read.filter(|(read, _)| read != dialled);
        if let Some((read, habits)) = &read {
            let country = &habits.country;
            let because = format!("{dialled} means {read} as numbers are dialled in {country}");
            why.add("dialled.read", because);
        }
        Forms {
            dialled,
            read: read.map(|(read, _)| read),
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<&str> {
        let read = self.read.as_deref();
        [self.dialled].into_iter().chain(read).collect()
    }
}
