//! The speech engine: where it is, and how it is asked.

use std::fmt;

use crate::problem::Problem;

/// What is asked for where nothing is said.
const MODEL: &str = "tts-1";
const VOICE: &str = "alloy";

/// Longest name of a model or a voice, in octets.
const NAME_MAX: usize = 100;

/// Most voices that are named.
const VOICES_MAX: usize = 32;

/// A speech engine that is asked by HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Speech {
    /// Its address: `http` or `https`.
    pub url: String,
    /// What it is shown as `Authorization: Bearer`.
    pub key: Option<String>,
    /// The model it is to speak with.
    pub model: String,
    /// Its voice for every language that has none of its own.
    pub voice: String,
    /// Voices of languages, by their codes, such as `de`.
    pub voices: Vec<(String, String)>,
}

impl fmt::Debug for Speech {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speech")
            .field("url", &self.url)
            .field("model", &self.model)
            .field("voice", &self.voice)
            .field("voices", &self.voices)
            .finish_non_exhaustive()
    }
}

/// What is said of it.
pub(crate) struct Said {
    pub(crate) url: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) voices: Vec<String>,
}

impl Said {
    /// Checks it; `None` where no engine is named.
    pub(crate) fn settle(self) -> Result<Option<Speech>, Problem> {
        let Some(url) = self.url.filter(|given| !given.is_empty()) else {
            return match (self.key, self.model, self.voices.is_empty()) {
                (None, None, true) => Ok(None),
                (Some(_), _, _) => Err(lonely("speech_key", "…".to_owned())),
                (None, Some(model), _) => Err(lonely("speech_model", model)),
                (None, None, false) => Err(lonely("speech_voices", self.voices.join(","))),
            };
        };
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("http" | "https")) || url.contains(char::is_whitespace) {
            let rule = "must be the address of a speech engine, such as \
                        https://speech.example/v1/audio/speech";
            return Err(Problem::new("speech_url", url, rule));
        }
        let model = self.model.unwrap_or_else(|| MODEL.to_owned());
        if !is_name(&model) {
            let rule = "must be 1 to 100 printable ASCII characters";
            return Err(Problem::new("speech_model", model, rule));
        }
        let key = self.key.filter(|key| !key.is_empty());
        if key.as_deref().is_some_and(|key| !is_secret(key)) {
            let rule = "must be printable ASCII characters without spaces";
            return Err(Problem::new("speech_key", "…", rule));
        }
        let (voice, voices) = voices(self.voices)?;
        Ok(Some(Speech {
            url,
            key,
            model,
            voice,
            voices,
        }))
    }
}

fn lonely(setting: &'static str, value: String) -> Problem {
    let rule = "must be set with speech_url, the address of the engine";
    Problem::new(setting, value, rule)
}

/// The voice for everything, and those of single languages.
fn voices(said: Vec<String>) -> Result<(String, Vec<(String, String)>), Problem> {
    let rule = "must be voices of the engine: alloy, or en=alloy with the code of a language";
    let (mut all, mut single) = (VOICE.to_owned(), Vec::new());
    let problem = |one: String| Problem::new("speech_voices", one, rule);
    if said.len() > VOICES_MAX {
        return Err(problem(said.join(",")));
    }
    for one in said {
        let (language, voice) = one.split_once('=').unwrap_or(("", &one));
        let code = language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase());
        match (language, is_name(voice)) {
            ("", true) => all = voice.to_owned(),
            (_, true) if code => single.push((language.to_owned(), voice.to_owned())),
            (_, true | false) => return Err(problem(one)),
        }
    }
    Ok((all, single))
}

fn is_name(text: &str) -> bool {
    let printable = |byte: u8| (0x20..0x7f).contains(&byte);
    (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(printable)
}

fn is_secret(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn said(url: Option<&str>, voices: &[&str]) -> Said {
        Said {
            url: url.map(str::to_owned),
            key: None,
            model: None,
            voices: voices.iter().map(|&voice| voice.to_owned()).collect(),
        }
    }

    const URL: &str = "https://speech.example/v1/audio/speech";

    #[test]
    fn an_engine_has_a_voice_for_all_and_voices_for_some() {
        let speech = said(Some(URL), &["coral", "de=anna", "fr=luc"]);
        let speech = speech.settle().unwrap().unwrap();
        assert_eq!((&*speech.model, &*speech.voice), ("tts-1", "coral"));
        let voices = [("de", "anna"), ("fr", "luc")];
        assert_eq!(
            speech.voices,
            voices.map(|(language, voice)| (language.to_owned(), voice.to_owned()))
        );
        assert_eq!(said(None, &[]).settle(), Ok(None));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_the_name_of_the_setting() {
        let refused = |said: Said| said.settle().unwrap_err().setting;
        assert_eq!(refused(said(None, &["alloy"])), "speech_voices");
        assert_eq!(refused(said(Some("ftp://x"), &[])), "speech_url");
        assert_eq!(refused(said(Some(URL), &["german=anna"])), "speech_voices");
        assert_eq!(refused(said(Some(URL), &["de="])), "speech_voices");
        let keyed = Said {
            key: Some("two words".to_owned()),
            ..said(Some(URL), &[])
        };
        let problem = keyed.settle().unwrap_err();
        assert_eq!(problem.setting, "speech_key");
        assert!(!problem.to_string().contains("two words"));
        let keyed = Said {
            key: Some("key".to_owned()),
            ..said(None, &[])
        };
        assert_eq!(refused(keyed), "speech_key");
    }

    #[test]
    fn the_key_is_in_no_log() {
        let keyed = Said {
            key: Some("sesame".to_owned()),
            ..said(Some(URL), &[])
        };
        let shown = format!("{:?}", keyed.settle().unwrap().unwrap());
        assert!(!shown.contains("sesame"), "{shown}");
    }
}
