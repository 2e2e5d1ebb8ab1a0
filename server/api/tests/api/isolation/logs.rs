//! What the API logs at its most talkative: no secret of anybody, and nobody's words.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::dispatcher::set_default;
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;

use crate::mailbox::code_of;
use crate::operations::{patient_world, work};
use crate::people::PASSWORD;
use crate::world::{Company, World};

/// Keeps all that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

/// What nobody but its owner may read.
async fn secrets(world: &World) -> Vec<String> {
    let mut all = vec![world.operator.clone(), PASSWORD.to_owned()];
    let (north, south) = (&world.north, &world.south);
    all.extend([north.key.clone(), south.key.clone()]);
    for company in [&world.acme, &world.globex, &north.company, &south.company] {
        let Company {
            key,
            secret,
            webhook_key,
            ..
        } = company;
        all.extend([key.clone(), secret.clone(), webhook_key.clone()]);
    }
    for number in 0..world.mails.count() {
        let mail = world.mails.wait_for(number).await;
        if mail.text.contains('#') {
            all.push(code_of(&mail.text));
        }
    }
    all
}

#[tokio::test]
async fn no_secret_and_no_companys_word_is_in_any_log_line() {
    let log = Log::default();
    let listener = || {
        let listener = tracing_subscriber::fmt().with_max_level(Level::TRACE);
        Dispatch::new(listener.with_writer(log.clone()).finish())
    };
    // while there is one alone, threads of other tests, which have none, say what it hears
    let (first, _second) = (listener(), listener());
    let listening = set_default(&first);
    let world = patient_world().await;
    work(&world).await;
    drop(listening);
    let text = log.text();
    let lines = text.lines().count();
    assert!(text.contains("createDevice"), "{lines} lines");
    assert!(lines > 200, "{lines}");
    let secrets = secrets(&world).await;
    assert!(secrets.len() > 20, "{}", secrets.len());
    for line in text.lines() {
        for secret in &secrets {
            assert!(!line.contains(secret), "a secret: {line}");
        }
        assert!(!line.contains("canary of "), "a company's word: {line}");
        assert!(!line.contains("canary%20of"), "a company's word: {line}");
    }
    println!(
        "cells: {lines:>6} log lines without any of {} secrets",
        secrets.len()
    );
}
