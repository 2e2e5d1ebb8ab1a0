//! A speech engine that is asked by HTTP, as OpenAI's is and as many that one can run oneself are:
//! words and the name of a voice go there as JSON, and a recording comes back.

use std::fmt;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request};
use phrases::Language;
use ports::{CourierError, SpeechEngine, VoiceRefusal};
use rustls::ClientConfig;
use serde_json::json;
use tokio::runtime::Builder;
use url::Url;

use crate::egress::Egress;
use crate::road::{Road, Times, address_of, invalid};

/// Most octets of a recording: five minutes and more of WAV at 24 kHz.
pub const SPEECH_OCTETS_MAX: usize = 16 << 20;

/// How long an engine is waited for. A thousand characters are spoken in a minute, which some make
/// no faster than ten times as fast.
pub const SPEECH_TIMES: Times = Times {
    connect: Duration::from_secs(3),
    whole: Duration::from_secs(15),
};

/// Most octets of what an engine says of a failure that are told.
const WORDS_TOLD: usize = 200;

/// With which model and voice an engine speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeechVoices {
    /// The model.
    pub model: String,
    /// The voice of every language that has none of its own.
    pub all: String,
    /// Voices of single languages.
    pub single: Vec<(Language, String)>,
}

impl SpeechVoices {
    fn of(&self, language: Language) -> &str {
        let own = self.single.iter().find(|(whose, _)| *whose == language);
        own.map_or(&self.all, |(_, voice)| voice)
    }
}

/// Asks a speech engine, each time over a connection of its own.
pub struct HttpSpeech {
    road: Road,
    url: Url,
    key: Option<HeaderValue>,
    voices: SpeechVoices,
}

impl HttpSpeech {
    /// An engine at a URL that the operator has named, so that it may lie anywhere, with the key
    /// that it is shown.
    ///
    /// # Errors
    /// [`CourierError::Invalid`] for a URL or a key that cannot be sent.
    pub fn new(
        (url, key): (&str, Option<&str>),
        voices: SpeechVoices,
        (tls, times): (ClientConfig, Times),
        agent: &str,
    ) -> Result<HttpSpeech, CourierError> {
        let key = key.map(|key| {
            let mut value = HeaderValue::try_from(format!("Bearer {key}"))
                .map_err(|_| invalid("the key is no header"))?;
            value.set_sensitive(true);
            Ok(value)
        });
        Ok(HttpSpeech {
            road: Road::new(Egress::anywhere(), tls, times, agent),
            url: address_of(url)?,
            key: key.transpose()?,
            voices,
        })
    }

    fn request(
        &self,
        language: Language,
        words: &str,
    ) -> Result<Request<Full<Bytes>>, CourierError> {
        let body = json!({
            "model": self.voices.model,
            "voice": self.voices.of(language),
            "input": words,
            "response_format": "wav",
        });
        let mut request = self.road.request(Method::POST, &self.url);
        request = request.header(CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key);
        }
        let whole = request.body(Full::new(Bytes::from(body.to_string())));
        whole.map_err(|error| invalid(&error.to_string()))
    }

    async fn ask(&self, language: Language, words: &str) -> Result<Vec<u8>, VoiceRefusal> {
        let request = self.request(language, words).map_err(refusal)?;
        let asked = self.road.ask(&self.url, request, SPEECH_OCTETS_MAX);
        let response = asked.await.map_err(refusal)?;
        if !(200..300).contains(&response.status) {
            let said = response.body.get(..WORDS_TOLD).unwrap_or(&response.body);
            let said = String::from_utf8_lossy(said).replace(char::is_control, " ");
            let told = format!("the engine answers {}: {}", response.status, said.trim());
            return Err(VoiceRefusal::Failed(told));
        }
        if !response.whole {
            let told = "the recording is too long, or was cut off".to_owned();
            return Err(VoiceRefusal::Failed(told));
        }
        Ok(response.body)
    }
}

impl SpeechEngine for HttpSpeech {
    fn speak(&self, language: Language, words: &str) -> Result<Vec<u8>, VoiceRefusal> {
        // a thread that waits carries its request itself: few ask, each for seconds
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| VoiceRefusal::Failed(error.to_string()))?;
        let spoken = runtime.block_on(self.ask(language, words));
        // a name that is still being looked up is not waited for
        runtime.shutdown_background();
        spoken
    }
}

impl fmt::Debug for HttpSpeech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSpeech")
            .field("url", &self.url.as_str())
            .field("voices", &self.voices)
            .finish_non_exhaustive()
    }
}

fn refusal(error: CourierError) -> VoiceRefusal {
    match error {
        CourierError::TimedOut => VoiceRefusal::Slow,
        CourierError::Invalid { .. }
        | CourierError::Unresolved
        | CourierError::Forbidden
        | CourierError::Unreachable { .. } => VoiceRefusal::Failed(error.to_string()),
    }
}
