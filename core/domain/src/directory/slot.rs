//! A tenant's place in the directory: as bytes at all times, and compiled while it is in use.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use crate::compiled::CompiledTenant;
use crate::compiled::cold::Cold;

/// One tenant.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// `None` if it has no form of bytes; then it is never cooled.
    cold: Option<Cold>,
    warm: OnceCell<Arc<CompiledTenant>>,
    /// Whether it was asked for since the last cooling.
    asked: Cell<bool>,
}

impl Slot {
    /// A slot of a tenant that nobody has asked for.
    pub(super) fn cold(tenant: &Arc<CompiledTenant>) -> Slot {
        let cold = Cold::of(tenant);
        let warm = match cold {
            Some(_) => OnceCell::new(),
            None => OnceCell::from(Arc::clone(tenant)),
        };
        Slot {
            cold,
            warm,
            asked: Cell::new(false),
        }
    }

    /// A slot of a tenant that is in use.
    pub(super) fn warm(tenant: &Arc<CompiledTenant>) -> Slot {
        Slot {
            warm: OnceCell::from(Arc::clone(tenant)),
            asked: Cell::new(true),
            ..Slot::cold(tenant)
        }
    }

    /// The tenant. Who asks for it warms it.
    pub(super) fn tenant(&self) -> Option<&Arc<CompiledTenant>> {
        self.asked.set(true);
        if let Some(tenant) = self.warm.get() {
            return Some(tenant);
        }
        let tenant = Arc::new(self.cold.as_ref()?.warm()?);
        Some(self.warm.get_or_init(|| tenant))
    }

    /// Whether it is compiled.
    pub(super) fn is_warm(&self) -> bool {
        self.warm.get().is_some()
    }

    /// Lets the compiled tenant go if nobody has asked for it since the last cooling and nobody
    /// holds it.
    pub(super) fn cool(&mut self) {
        let asked = self.asked.replace(false);
        let held = self
            .warm
            .get()
            .is_none_or(|tenant| Arc::strong_count(tenant) > 1);
        if !asked && !held && self.cold.is_some() {
            self.warm.take();
        }
    }
}
