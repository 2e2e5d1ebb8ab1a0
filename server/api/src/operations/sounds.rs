//! What the operations on sounds have beyond those of every kind: what is heard of them.

use std::sync::Arc;

use admin::documents as found;
use admin::read_object;
use admin::sounds::{self, Unkept};
use axum::http::header::RETRY_AFTER;
use domain::{KindName, Permission, Sound, SoundFacts, Verb};
use ports::VoiceRefusal;
use tenancy::{Located, TenantScope};
use tokio::time::timeout;

use super::documents;
use crate::body::gathered;
use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::sound::{RecordingBytes, SoundText};

const CONTENT: &str = "/api/v1/tenants/{tenant}/sounds/{sound}/content";
const FACTS: &str = "/api/v1/tenants/{tenant}/sounds/{sound}/content/facts";

const TEXT: &str = "/api/v1/tenants/{tenant}/sounds/{sound}/text";

/// Media type of what is heard.
const WAVE: &str = "audio/wav";

const OF_UPLOAD: &str = "\
The body is a recording as `application/octet-stream`: WAV, MP3, FLAC or Ogg Vorbis, told by what is in \
it and by nothing that its sender says. It is brought into one form, one channel of 16 bits at 16 kHz, \
as loud as others and never clipped, and takes the place of what was there. At most 32 MiB come in; \
a sound lasts at most 5 minutes, and all of a company's have at most 64 MiB.";

const OF_TEXT: &str = "\
The words are spoken in the company's language, or in the one that is named, and take the place of what \
was heard, as an upload does. Where the exchange has no voice, the answer is `unavailable`.";

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = documents::operations(KindName::Sound);
    operations.extend(content().map(|operation| operation.tag("Sounds")));
    operations
}

fn content() -> [Operation; 5] {
    let may = |verb| Permission::of_kind(KindName::Sound, verb);
    [
        Operation::put(CONTENT, "uploadSound", upload)
            .needs(may(Verb::Change))
            .unrevised()
            .tells("Upload what is heard", OF_UPLOAD)
            .streams::<RecordingBytes>()
            .gives::<SoundFacts>("What came, and what is kept of it.")
            .refuses(&[Kind::BadSound, Kind::Quota]),
        Operation::put(TEXT, "speakSound", speak)
            .needs(may(Verb::Change))
            .unrevised()
            .tells("Have what is heard spoken", OF_TEXT)
            .takes::<SoundText>()
            .gives::<SoundFacts>("What was spoken, and what is kept of it.")
            .refuses(&[Kind::BadSound, Kind::Quota, Kind::Unavailable]),
        Operation::get(CONTENT, "hearSound", hear)
            .needs(may(Verb::Read))
            .tells("Fetch what is heard", "As it is kept.")
            .prints(WAVE, "The sound as WAV."),
        Operation::get(FACTS, "getSoundFacts", facts)
            .needs(may(Verb::Read))
            .tells(
                "Show what is known of what is heard",
                "What came, and how much of it is kept.",
            )
            .gives::<SoundFacts>("What came, and what is kept of it."),
        Operation::delete(CONTENT, "silenceSound", silence)
            .needs(may(Verb::Change))
            .tells("Remove what is heard", "The sound itself stays."),
    ]
}

impl Call {
    /// The sound that the path names.
    async fn sound(&self) -> Result<(TenantScope, Located<Sound>), Problem> {
        let (scope, reference) = (self.scope().await?, self.reference::<Sound>("sound"));
        let (located, _) = found::find(&self.office, &scope, &reference).await?;
        Ok((scope, located))
    }
}

fn busy() -> Problem {
    let detail = "too many sounds are being understood at this moment";
    Problem::new(Kind::Unavailable, detail).with(RETRY_AFTER, 5)
}

impl From<Unkept> for Problem {
    fn from(unkept: Unkept) -> Self {
        match unkept {
            Unkept::Full { .. } => Problem::new(Kind::Quota, unkept.to_string()),
            Unkept::Store(error) => error.into(),
        }
    }
}

async fn upload(call: Call) -> Result<Answer, Problem> {
    let (scope, sound) = call.sound().await?;
    let limits = call.front.parts.limits;
    let coming = timeout(
        limits.sound_time,
        gathered(call.streamed(), limits.sound_bytes),
    );
    let slow = |_| Problem::new(Kind::TooSlow, "the body did not arrive in time");
    let octets = coming.await.map_err(slow)??;
    let reader = Arc::clone(&call.front.parts.sounds);
    let read = move || reader.read(octets.into());
    let read = call.front.mill.apart(read).await.map_err(|_| busy())?;
    let heard = read.map_err(|refusal| Problem::new(Kind::BadSound, format!("it {refusal}")))?;
    Answer::json(&sounds::keep(&call.office, &scope, sound, heard).await?)
}

async fn speak(call: Call) -> Result<Answer, Problem> {
    let (scope, sound) = call.sound().await?;
    let wanted: SoundText = read_object(&call.json()?)?;
    let language = match wanted.language {
        Some(language) => language,
        None => sounds::language(&call.office, &scope).await?,
    };
    let (voice, words) = (Arc::clone(&call.front.parts.voice), wanted.text.clone());
    let spoken = move || voice.text(language, &words);
    let spoken = call.front.mill.apart(spoken).await.map_err(|_| busy())?;
    let samples = spoken.map_err(unspoken)?;
    let said = (&*wanted.text, samples);
    Answer::json(&sounds::keep_spoken(&call.office, &scope, sound, said).await?)
}

/// Why words were not spoken: because of them, or of the voice.
fn unspoken(refusal: VoiceRefusal) -> Problem {
    match refusal {
        VoiceRefusal::Empty | VoiceRefusal::Long { .. } => {
            Problem::new(Kind::BadSound, format!("the text {refusal}"))
        }
        VoiceRefusal::NoVoice | VoiceRefusal::Slow | VoiceRefusal::Failed(_) => {
            Problem::new(Kind::Unavailable, refusal.to_string()).with(RETRY_AFTER, 60)
        }
    }
}

async fn hear(call: Call) -> Result<Answer, Problem> {
    let (scope, sound) = call.sound().await?;
    let heard = sounds::heard(&call.office, &scope, sound).await?;
    Ok(Answer::text(WAVE, sounds::wave(&heard)))
}

async fn facts(call: Call) -> Result<Answer, Problem> {
    let (scope, sound) = call.sound().await?;
    Answer::json(&sounds::facts(&call.office, &scope, sound).await?)
}

async fn silence(call: Call) -> Result<Answer, Problem> {
    let (scope, sound) = call.sound().await?;
    sounds::silence(&call.office, &scope, sound).await?;
    Ok(Answer::empty())
}
