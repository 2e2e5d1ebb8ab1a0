//! References from outside: first unresolved text, then something this scope really sees.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use ids::TenantId;

use crate::below::Below;
use crate::scope::{AccountScope, TenantScope};

/// Longest path text that is looked up, in bytes.
pub const UNRESOLVED_MAX: usize = 255;

/// Something with an id of its own type.
pub trait Identified {
    /// The id's type, one of `ids`.
    type Id: Copy + Eq + Ord + Hash + fmt::Debug + fmt::Display + FromStr + Send + Sync + 'static;
}

/// A piece of a path that claims to name a `K`: its id, or its natural key. It proves nothing.
pub struct Unresolved<K> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

impl<K> Unresolved<K> {
    /// Takes the text from outside. Text longer than [`UNRESOLVED_MAX`] names nothing and is
    /// kept as the empty text, which nothing is called.
    pub fn new(text: impl Into<String>) -> Unresolved<K> {
        let text = text.into();
        let text = if text.len() > UNRESOLVED_MAX {
            String::new()
        } else {
            text
        };
        Unresolved {
            text,
            kind: PhantomData,
        }
    }

    /// The text, as it came.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<K> Clone for Unresolved<K> {
    fn clone(&self) -> Self {
        Unresolved {
            text: self.text.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Unresolved<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unresolved({:?})", self.text)
    }
}

/// A `K` that was found inside a scope: its id together with the tenant that owns it.
///
/// Made only by look-ups in `ports`. Its constructor is private.
pub struct Located<K: Identified> {
    tenant: TenantId,
    id: K::Id,
}

impl<K: Identified> Located<K> {
    /// The owner.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The id.
    pub fn id(&self) -> K::Id {
        self.id
    }

    /// The id, when `scope` is the scope of the owner; `None` otherwise.
    pub fn within(&self, scope: &TenantScope) -> Option<K::Id> {
        (scope.tenant() == self.tenant).then_some(self.id)
    }
}

impl<K: Identified> Clone for Located<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Identified> Copy for Located<K> {}

impl<K: Identified> PartialEq for Located<K> {
    fn eq(&self, other: &Self) -> bool {
        self.tenant == other.tenant && self.id == other.id
    }
}

impl<K: Identified> Eq for Located<K> {}

impl<K: Identified> Hash for Located<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tenant.hash(state);
        self.id.hash(state);
    }
}

impl<K: Identified> fmt::Debug for Located<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Located({} of {})", self.id, self.tenant)
    }
}

/// The seal that turns a finding into a [`Located`] or a [`Below`]. `ports` holds the only one; the
/// house rules count the places that ask for it.
#[derive(Debug)]
pub struct Locator(());

impl Locator {
    /// The seal. To be called by the look-ups of `ports` and by nothing else.
    #[doc(hidden)]
    pub const fn sealed_for_ports() -> Locator {
        Locator(())
    }

    /// States that `id` was found among the data that `scope` sees.
    pub fn located<K: Identified>(&self, scope: &TenantScope, id: K::Id) -> Located<K> {
        Located {
            tenant: scope.tenant(),
            id,
        }
    }

    /// States that `id` was found below the account of `scope`.
    pub fn below<Id: Copy>(&self, scope: &AccountScope, id: Id) -> Below<Id> {
        Below::found(scope.account(), id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    struct Thing;
    impl Identified for Thing {
        type Id = ids::ExtensionId;
    }

    #[test]
    fn what_was_located_in_one_tenant_is_nothing_in_another() {
        let mine = TenantScope::for_job(TenantId::new(1, 1), "test");
        let other = TenantScope::for_job(TenantId::new(1, 2), "test");
        let id = ids::ExtensionId::new(1, 3);
        let located = Locator::sealed_for_ports().located::<Thing>(&mine, id);
        assert_eq!(located.within(&mine), Some(id));
        assert_eq!(located.within(&other), None);
    }

    #[test]
    fn text_beyond_the_bound_names_nothing() {
        assert_eq!(
            Unresolved::<Thing>::new("x".repeat(UNRESOLVED_MAX))
                .text()
                .len(),
            255
        );
        assert_eq!(
            Unresolved::<Thing>::new("x".repeat(UNRESOLVED_MAX + 1)).text(),
            ""
        );
    }
}
