//! Speech engines that speak, that refuse, and that say too much.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../webhook/receiver.rs"]
mod receiver;

use std::sync::Arc;
use std::time::Duration;

use notify::{HttpSpeech, SPEECH_OCTETS_MAX, SpeechVoices, Times, client_config};
use phrases::Language;
use ports::{CourierError, SpeechEngine, VoiceRefusal};
use receiver::Receiver;
use serde_json::{Value, json};

fn engine(url: &str, key: Option<&str>, times: Times) -> Result<HttpSpeech, CourierError> {
    let voices = SpeechVoices {
        model: "tts-1".to_owned(),
        all: "alloy".to_owned(),
        single: vec![(Language::De, "anna".to_owned())],
    };
    let tls = client_config().unwrap();
    HttpSpeech::new((url, key), voices, (tls, times), "Strowger/test")
}

/// What an engine says of words, asked on a thread that may wait.
async fn spoken(engine: HttpSpeech, language: Language) -> Result<Vec<u8>, VoiceRefusal> {
    let engine = Arc::new(engine);
    let asked = tokio::task::spawn_blocking(move || engine.speak(language, "Guten \"Tag\""));
    asked.await.unwrap()
}

#[tokio::test]
async fn words_go_there_with_the_voice_of_their_language_and_a_recording_comes_back() {
    let mut server = Receiver::start("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nRIFF").await;
    let url = server.url("/v1/audio/speech");
    let engine = engine(&url, Some("sesame"), Times::default()).unwrap();
    assert!(!format!("{engine:?}").contains("sesame"));
    assert_eq!(spoken(engine, Language::De).await, Ok(b"RIFF".to_vec()));
    let request = server.request().await;
    assert!(
        request.starts_with("POST /v1/audio/speech HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("authorization: Bearer sesame\r\n"),
        "{request}"
    );
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    let expected = json!({
        "model": "tts-1", "voice": "anna", "input": "Guten \"Tag\"", "response_format": "wav",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_language_without_a_voice_of_its_own_is_spoken_by_that_of_all() {
    let mut server = Receiver::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let engine = engine(&server.url("/"), None, Times::default()).unwrap();
    assert!(server.is_untouched(), "nothing is asked before it speaks");
    spoken(engine, Language::Ru).await.unwrap();
    let request = server.request().await;
    assert!(request.contains(r#""voice":"alloy""#), "{request}");
    assert!(!request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn what_an_engine_says_of_a_failure_is_told() {
    let answer = "HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\nwrong\tkey";
    let server = Receiver::start(answer).await;
    let engine = engine(&server.url("/"), None, Times::default()).unwrap();
    let told = "the engine answers 401: wrong key".to_owned();
    assert_eq!(
        spoken(engine, Language::En).await,
        Err(VoiceRefusal::Failed(told))
    );
}

#[tokio::test]
async fn a_recording_that_is_too_long_is_none() {
    let long = format!(
        "HTTP/1.1 200 OK\r\n\r\n{}",
        "x".repeat(SPEECH_OCTETS_MAX + 1)
    );
    let server = Receiver::start(long.leak()).await;
    let engine = engine(&server.url("/"), None, Times::default()).unwrap();
    let refused = spoken(engine, Language::En).await;
    assert!(
        matches!(refused, Err(VoiceRefusal::Failed(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_slow() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let times = Times {
        whole: Duration::from_millis(50),
        ..Times::default()
    };
    let engine = engine(&url, None, times).unwrap();
    assert_eq!(spoken(engine, Language::En).await, Err(VoiceRefusal::Slow));
}

#[test]
fn what_cannot_be_sent_is_refused_at_the_start() {
    for (url, key) in [("ftp://x/", None), ("http://x/", Some("two\nlines"))] {
        let refused = engine(url, key, Times::default());
        assert!(matches!(refused, Err(CourierError::Invalid { .. })));
    }
}
