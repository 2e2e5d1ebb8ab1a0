//! The made voice: espeak-ng as a program of its own, which is given words and gives WAV back. It
//! is told nothing by a shell, gives way to the rest of the exchange, and is ended when it takes
//! too long or says too much.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use phrases::Language;
use ports::{SoundReader, VoiceRefusal};

use crate::maker::{Maker, failed, understood};

/// How long the program may take. Default 20 s; a thousand characters take one.
pub const SPEAKS_WITHIN: Duration = Duration::from_secs(20);

/// Most octets that it may give: five minutes and more at its own rate.
const OCTETS_MAX: u64 = 16 << 20;

/// How far it stands behind the rest of the machine.
const NICENESS: &str = "10";

/// Words in a minute: somewhat slower than it speaks by itself.
const PACE: &str = "150";

/// The program.
pub struct Espeak {
    program: PathBuf,
    within: Duration,
    waves: Arc<dyn SoundReader>,
}

impl Espeak {
    /// The program, if it is there and says its version. What it gives is understood by `waves`.
    #[must_use]
    pub fn found(program: &Path, waves: Arc<dyn SoundReader>) -> Option<Espeak> {
        let mut asked = Command::new(program);
        asked.arg("--version").stdin(Stdio::null());
        let said = asked.stdout(Stdio::null()).stderr(Stdio::null()).status();
        said.is_ok_and(|status| status.success())
            .then(|| Espeak::at(program, SPEAKS_WITHIN, waves))
    }

    /// A program that is taken to be there, with a patience of another length.
    #[must_use]
    pub fn at(program: &Path, within: Duration, waves: Arc<dyn SoundReader>) -> Espeak {
        Espeak {
            program: program.to_owned(),
            within,
            waves,
        }
    }

    fn run(&self, language: Language, words: &str) -> Result<Vec<u8>, VoiceRefusal> {
        let mut command = Command::new("nice");
        command.args(["-n", NICENESS]).arg(&self.program);
        command.args(["-v", voice(language), "-s", PACE, "-b", "1"]);
        command.args(["--stdin", "--stdout"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.stderr(Stdio::null()).spawn();
        let mut child = child.map_err(|error| failed(&error))?;
        let heard = listen(&mut child, words.to_owned(), self.within);
        // one that has ended is not there to be killed
        let _ended = child.kill();
        let status = child.wait().map_err(|error| failed(&error))?;
        let wave = heard?;
        if !status.success() {
            return Err(VoiceRefusal::Failed(status.to_string()));
        }
        Ok(wave)
    }
}

impl Maker for Espeak {
    fn speak(&self, language: Language, words: &str) -> Result<Vec<i16>, VoiceRefusal> {
        understood(&*self.waves, self.run(language, words)?)
    }
}

/// Tells a program what to say and hears all of it, by threads that end with the program.
fn listen(child: &mut Child, words: String, within: Duration) -> Result<Vec<u8>, VoiceRefusal> {
    let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(VoiceRefusal::Failed("it has no pipes".to_owned()));
    };
    let (done, heard) = sync_channel(1);
    let tells = thread::Builder::new().name("words".to_owned());
    // a program that does not listen is heard to say nothing
    let tells = tells.spawn(move || drop(to.write_all(words.as_bytes())));
    tells.map_err(|error| failed(&error))?;
    let hears = thread::Builder::new().name("voice".to_owned());
    let hears = hears.spawn(move || {
        let mut wave = Vec::new();
        let read = from.take(OCTETS_MAX + 1).read_to_end(&mut wave);
        // whoever waited may have given up
        drop(done.send(read.map(|_| wave)));
    });
    hears.map_err(|error| failed(&error))?;
    match heard.recv_timeout(within) {
        Ok(Ok(wave)) if u64::try_from(wave.len()).is_ok_and(|length| length <= OCTETS_MAX) => {
            // it has closed its end, and is about to be gone
            let _status = child.wait();
            Ok(wave)
        }
        Ok(Ok(_)) => Err(VoiceRefusal::Failed("it says too much".to_owned())),
        Ok(Err(error)) => Err(failed(&error)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(VoiceRefusal::Slow),
    }
}

fn voice(language: Language) -> &'static str {
    match language {
        Language::De => "de",
        Language::En => "en-us",
        Language::Es => "es-419",
        Language::Fr => "fr-fr",
        Language::It => "it",
        Language::Ru => "ru",
    }
}
