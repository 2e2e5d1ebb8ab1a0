//! Sets of a made-up folder, and programs that behave well and badly.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use audio::g722;
use phrases::{Amount, Currency, Language, Part, Phrase};
use ports::{
    ReadSound, SPOKEN_TEXT_MAX, SoundReader, SoundRefusal, SpeechEngine, Voice, VoiceRefusal,
};
use voices::{Engine, Espeak, Maker, PIECE_OCTETS_MAX, Sets, Voices};

/// A folder that is gone with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "strowger-voices-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// A recording of as many octets of G.722 in a set.
    fn piece(&self, name: &str, octets: usize) {
        let path = self.0.join(format!("{name}.g722"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, vec![0x5a; octets]).unwrap();
    }
}

impl Drop for Folder {
    #[expect(clippy::disallowed_methods, reason = "the folder is this test's own")]
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

/// Takes every octet for a sample.
struct Octets;

impl SoundReader for Octets {
    fn read(&self, octets: Vec<u8>) -> Result<ReadSound, SoundRefusal> {
        if octets.is_empty() {
            return Err(SoundRefusal::Unknown);
        }
        Ok(ReadSound {
            facts: domain::SoundFacts {
                format: "wave".to_owned(),
                rate: 16_000,
                channels: 1,
                milliseconds: 1,
                came_octets: 1,
                kept_octets: 1,
            },
            samples: octets.iter().map(|octet| i16::from(*octet)).collect(),
        })
    }
}

fn sets(folder: &Path) -> Sets {
    Sets::in_folder(folder, Arc::new(Octets))
}

fn number(number: i64) -> Phrase {
    Phrase(vec![Part::Number(number)])
}

/// Voices of a folder and of a program of these tests.
fn program(folder: &Folder, name: &str, within: Duration) -> Voices {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let made = Espeak::at(&programs.join(name), within, Arc::new(Octets));
    Voices::new(sets(&folder.0), vec![Box::new(made)])
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn pieces_of_a_set_follow_each_other() {
    let folder = Folder::new();
    folder.piece("en_US_f_Somebody/digits/20", 80);
    folder.piece("en_US_f_Somebody/digits/1", 160);
    let voices = Voices::new(sets(&folder.0), Vec::new());
    assert_eq!(voices.recorded(), [Language::En]);
    let said = voices.phrase(Language::En, &number(21)).unwrap();
    let mut expected = Vec::new();
    for octets in [80, 160] {
        let mut samples = vec![0; octets * 2];
        g722::Decoder::new().decode(&vec![0x5a; octets], &mut samples);
        expected.extend(samples);
    }
    assert_eq!(said, expected);
    let missing = voices.phrase(Language::En, &number(2));
    assert_eq!(missing, Err(VoiceRefusal::NoVoice));
    let other = voices.phrase(Language::Fr, &number(1));
    assert_eq!(other, Err(VoiceRefusal::NoVoice));
}

#[test]
fn what_a_set_lacks_is_said_by_the_made_voice_from_beginning_to_end() {
    let folder = Folder::new();
    folder.piece("en/digits/1", 160);
    let voices = program(&folder, "repeats", LONG);
    let cents = Amount {
        hundredths: 1,
        currency: Currency::Eur,
    };
    let phrase = Phrase(vec![Part::Number(1), Part::Amount(cents)]);
    let said = voices.phrase(Language::En, &phrase).unwrap();
    let words = "one one cent".bytes().map(i16::from);
    assert_eq!(said, words.collect::<Vec<i16>>());
    assert_eq!(voices.phrase(Language::En, &number(1)).unwrap().len(), 320);
}

#[test]
fn waves_are_understood_where_there_is_no_g722_and_long_ones_are_as_none() {
    let folder = Folder::new();
    folder.piece("fr_CA_f_Somebody/digits/1", 1);
    fs::write(folder.0.join("fr_CA_f_Somebody/digits/2.wav"), b"two").unwrap();
    let long = usize::try_from(PIECE_OCTETS_MAX).unwrap() + 1;
    folder.piece("fr_CA_f_Somebody/digits/3", long);
    let voices = Voices::new(sets(&folder.0), Vec::new());
    let two = voices.phrase(Language::Fr, &number(2)).unwrap();
    assert_eq!(two, b"two".map(i16::from));
    let three = voices.phrase(Language::Fr, &number(3));
    assert_eq!(three, Err(VoiceRefusal::NoVoice));
}

#[test]
fn a_folder_that_is_not_there_has_no_sets_and_the_operator_is_told() {
    let voices = Voices::new(sets(Path::new("/nowhere/at/all")), Vec::new());
    assert!(voices.recorded().is_empty());
    assert!(
        voices
            .advice()
            .is_some_and(|advice| advice.contains("espeak-ng"))
    );
    let folder = Folder::new();
    assert_eq!(program(&folder, "repeats", LONG).advice(), None);
}

#[test]
fn a_program_is_told_the_language_and_reads_words_alone() {
    let folder = Folder::new();
    let voices = program(&folder, "tells", LONG);
    let said = voices.text(Language::De, "--version; $(id)").unwrap();
    let said: Vec<u8> = said.iter().map(|s| u8::try_from(*s).unwrap()).collect();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(said, "-v de -s 150 -b 1 --stdin --stdout\n--version; $(id)");
}

#[test]
fn a_program_that_fails_or_never_ends_costs_no_more_than_its_time() {
    let folder = Folder::new();
    let voices = program(&folder, "fails", LONG);
    let failed = voices.text(Language::En, "words");
    assert!(matches!(failed, Err(VoiceRefusal::Failed(_))), "{failed:?}");
    let voices = program(&folder, "sleeps", Duration::from_millis(50));
    assert_eq!(voices.text(Language::En, "words"), Err(VoiceRefusal::Slow));
    let voices = program(&folder, "endless", LONG);
    let endless = voices.text(Language::En, "words");
    assert!(
        matches!(endless, Err(VoiceRefusal::Failed(_))),
        "{endless:?}"
    );
    let nowhere = Espeak::found(Path::new("/nowhere/espeak-ng"), Arc::new(Octets));
    assert!(nowhere.is_none());
}

#[test]
fn a_text_without_words_and_one_that_is_too_long_are_refused() {
    let folder = Folder::new();
    let voices = program(&folder, "repeats", LONG);
    assert_eq!(voices.text(Language::En, " \n"), Err(VoiceRefusal::Empty));
    let long = "a".repeat(SPOKEN_TEXT_MAX + 1);
    let most = SPOKEN_TEXT_MAX;
    let refused = voices.text(Language::En, &long);
    assert_eq!(refused, Err(VoiceRefusal::Long { most }));
}

/// A speech engine that gives a WAV whose length was not known when it began, or nothing.
struct Elsewhere {
    speaks: bool,
}

impl SpeechEngine for Elsewhere {
    fn speak(&self, _: Language, words: &str) -> Result<Vec<u8>, VoiceRefusal> {
        if !self.speaks {
            return Err(VoiceRefusal::Slow);
        }
        let mut wave = b"RIFF\xff\xff\xff\xff".to_vec();
        wave.resize(36, 0);
        wave.extend(b"data\xff\xff\xff\xff");
        wave.extend(words.bytes());
        Ok(wave)
    }
}

fn with_engine(folder: &Folder, speaks: bool) -> Voices {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let here = Espeak::at(&programs.join("repeats"), LONG, Arc::new(Octets));
    let elsewhere = Engine::new(Arc::new(Elsewhere { speaks }), Arc::new(Octets));
    let makers: [Box<dyn Maker>; 2] = [Box::new(elsewhere), Box::new(here)];
    Voices::new(sets(&folder.0), makers.into())
}

#[test]
fn a_speech_engine_is_asked_first_and_its_recordings_have_lengths() {
    let folder = Folder::new();
    let said = with_engine(&folder, true).text(Language::En, "five!");
    let said: Vec<u8> = said
        .unwrap()
        .into_iter()
        .map(|sample| u8::try_from(sample).unwrap())
        .collect();
    assert_eq!(said.get(4..8), Some(&41_u32.to_le_bytes()[..]));
    assert_eq!(said.get(40..), Some(&b"\x05\0\0\0five!"[..]));
}

#[test]
fn where_the_engine_fails_the_machine_itself_speaks() {
    let folder = Folder::new();
    let said = with_engine(&folder, false).text(Language::En, "five!");
    assert_eq!(said.unwrap(), b"five!".map(i16::from));
}
