//! Who watches whom in a company, and what of it they are shown.

use super::{CompiledExtension, CompiledTenant};
use crate::lamps::{LAMP_LIST_PREFIX, LampDocuments, Lamps};
use ids::ExtensionId;

impl CompiledExtension {
    /// The numbers of the extensions on its list, in the order of the keys.
    pub fn lamp_list(&self) -> &[String] {
        self.lamps.as_deref().map_or(&[], |lamps| &lamps.list)
    }

    /// Whether those who watch it are shown with whom it talks.
    pub fn shows_other_party(&self) -> bool {
        self.lamps
            .as_deref()
            .is_none_or(|lamps| lamps.shows_other_party)
    }

    /// How its phones are told of lines that change.
    pub fn lamp_documents(&self) -> LampDocuments {
        let lamps = self.lamps.as_deref();
        lamps.map_or(LampDocuments::Full, |lamps| lamps.documents)
    }

    /// Those of an extension; `None` for what every extension has that says nothing, which takes
    /// no room then.
    pub(super) fn lamps_of(spec: Lamps) -> Option<Box<Lamps>> {
        (spec != Lamps::default()).then(|| Box::new(spec))
    }
}

impl CompiledTenant {
    /// The extension whose list of lamps has this user part as its address.
    pub fn lamp_list_at(&self, user: &str) -> Option<&CompiledExtension> {
        let number = user.strip_prefix(LAMP_LIST_PREFIX)?;
        let found = self.extension_by_number(number)?;
        let shown = found.enabled && !found.lamp_list().is_empty();
        shown.then_some(found)
    }

    /// Whether phones of one extension may watch another one.
    pub fn may_watch(&self, watching: ExtensionId, watched: &CompiledExtension) -> bool {
        let lamps = watched.lamps.as_deref();
        let Some(allowed) = lamps.and_then(|lamps| lamps.watched_by.as_ref()) else {
            return true;
        };
        let number = self.extension(watching).map(|one| &*one.number);
        watching == watched.id || number.is_some_and(|number| allowed.iter().any(|n| n == number))
    }
}
