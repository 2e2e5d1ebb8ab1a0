//! Where the master keys of this exchange come from.

use std::path::Path;
use std::sync::Arc;

use store::{KEY_PATIENCE, KeyCommand, KeyFile, KeyPlace, KeySource, KeyText, OsEntropy};

use crate::failure::Failure;

/// The place that was named, or the file in the data folder.
pub(crate) fn place(named: Option<KeyPlace>, data: &Path) -> KeyPlace {
    named.unwrap_or_else(|| KeyPlace::File(data.join("master.key")))
}

/// What gives the keys of a place.
///
/// # Errors
/// A variable that is not set.
pub(crate) fn source(place: KeyPlace) -> Result<Arc<dyn KeySource>, Failure> {
    match place {
        KeyPlace::File(path) => Ok(Arc::new(file(path.as_path()))),
        KeyPlace::Variable(name) => {
            let value = std::env::var(&name);
            // the reason may repeat the value, so it is not told
            let text = value.map_err(|_| Failure::new(format!("env:{name} is not set")))?;
            Ok(Arc::new(KeyText(text.into())))
        }
        KeyPlace::Command(words) => {
            let mut words = words.into_iter();
            Ok(Arc::new(KeyCommand {
                program: words.next().unwrap_or_default().into(),
                arguments: words.collect(),
                patience: KEY_PATIENCE,
            }))
        }
    }
}

/// The keys in a file.
pub(crate) fn file(path: &Path) -> KeyFile {
    KeyFile {
        path: path.to_owned(),
        entropy: Arc::new(OsEntropy),
    }
}
