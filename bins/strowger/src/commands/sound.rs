//! `strowger sound`: what every kind of document has, and words in place of a recording.

use admin::{documents, sounds};
use domain::{KindName, Language, Sound};
use ports::Voice;
use store::block_on;
use tenancy::Unresolved;

use super::document;
use crate::arguments::document::TenantKind;
use crate::arguments::sound::{SoundArguments, SoundVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;
use crate::voice;

/// Carries the command out.
///
/// # Errors
/// What the use case or the voice says.
pub(crate) fn run(arguments: SoundArguments) -> Result<(), Failure> {
    let folder = arguments.folder;
    let (tenant, name, text, language) = match arguments.verb {
        SoundVerb::Document(verb) => {
            return document::inside(KindName::Sound, TenantKind { folder, verb });
        }
        SoundVerb::Say {
            whose,
            name,
            text,
            language,
        } => (whose.tenant, name, text, language),
    };
    let language = language.as_deref().map(known).transpose()?;
    let console = Console::open(&folder)?;
    let (office, scope) = (&console.office, console.enter(&tenant)?.scope);
    let reference = Unresolved::<Sound>::new(name);
    let (sound, _) = block_on(documents::find(office, &scope, &reference))?;
    let language = match language {
        Some(language) => language,
        None => block_on(sounds::language(office, &scope))?,
    };
    let refused = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    let samples = voice::made().text(language, &text);
    let said = (&*text, samples.map_err(|error| refused(&error))?);
    let kept = block_on(sounds::keep_spoken(office, &scope, sound, said));
    let facts = kept.map_err(|error| refused(&error))?;
    print::line(&format!("{} ms are heard now", facts.milliseconds));
    Ok(())
}

fn known(code: &str) -> Result<Language, Failure> {
    let mut all = Language::ALL.into_iter();
    let found = all.find(|language| language.code() == code);
    found.ok_or_else(|| Failure::new(format!("{code}: must be de, en, es, fr, it or ru")))
}
