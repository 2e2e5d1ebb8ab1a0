//! Every stage, every input: what comes out, and that the machine keeps its contract.

use super::*;

/// What is tried in each stage.
const INPUTS: [&str; 13] = [
    "check",
    "nomination",
    "copy",
    "described",
    "hello",
    "certified",
    "forged",
    "agreed",
    "unprotected",
    "closed",
    "broken",
    "sound",
    "waits",
];

/// The stages, and how one comes there.
fn in_stage(stage: &str) -> Driver<Transport<Scripted>> {
    let mut driver = driver();
    match stage {
        "nothing known" => {}
        "described" => {
            driver.input(peer(Role::Server));
            driver.input(check(1, 5_000, false));
        }
        "on the way" => {
            driver.input(check(1, 5_000, true));
        }
        "shaking" => return shaking(Role::Server),
        "certified" => {
            driver = shaking(Role::Server);
            driver.input(dtls(CERTIFIED));
        }
        "keyed" => return keyed(),
        "failed" => {
            driver = shaking(Role::Server);
            driver.input(dtls(BROKEN));
        }
        "gone" => {
            driver = keyed();
            driver.input(dtls(CLOSED));
        }
        other => panic!("no stage {other}"),
    }
    driver
}

fn input(name: &str) -> Input {
    match name {
        "check" => check(90, 5_000, false),
        "nomination" => check(91, 5_009, true),
        "copy" => check(1, 6_666, true),
        "described" => peer(Role::Server),
        "hello" => dtls(HELLO),
        "certified" => dtls(CERTIFIED),
        "forged" => dtls(FORGED),
        "agreed" => dtls(AGREED),
        "unprotected" => dtls(UNPROTECTED),
        "closed" => dtls(CLOSED),
        "broken" => dtls(BROKEN),
        "sound" => Input::Datagram {
            from: at(5_000),
            octets: vec![0x80; 172],
        },
        "waits" => lite::waits(),
        other => panic!("no input {other}"),
    }
}

/// One letter for each output.
fn letters(out: &[Output]) -> String {
    let letter = |output: &Output| match output {
        Output::Send { octets, .. } if octets[0] == 22 => 'd',
        Output::Send { .. } => 'a',
        Output::Selected(_) => 's',
        Output::Keyed { .. } => 'k',
        Output::Failed(Failure::NoWay | Failure::TooSlow) => 't',
        Output::Failed(Failure::Stranger) => 'f',
        Output::Failed(Failure::NoProfile) => 'p',
        Output::Failed(Failure::Handshake) => 'h',
        Output::Gone => 'g',
    };
    let all: String = out.iter().map(letter).collect();
    if all.is_empty() { "-".to_owned() } else { all }
}

/// What comes out, in the order of [`INPUTS`].
const EXPECTED: [(&str, &str); 8] = [
    // the copy is of a request that nobody has made yet, so it is one
    ("nothing known", "a as as - - - - - - - - - a"),
    ("described", "a as - - - - - - - - - - a"),
    ("on the way", "a as - - - - - - - - - - a"),
    ("shaking", "a as - - d - f f p g h - a"),
    ("certified", "a as - - d - f k p g h - a"),
    ("keyed", "a as - - d - - - - g - - a"),
    ("failed", "- - - - - - - - - - - - -"),
    ("gone", "- - - - - - - - - - - - -"),
];

#[test]
fn each_input_does_in_each_stage_what_it_ought_to() {
    for (stage, expected) in EXPECTED {
        let found: Vec<String> = INPUTS
            .iter()
            .map(|name| letters(&in_stage(stage).input(input(name))))
            .collect();
        assert_eq!(found.join(" "), expected, "{stage}");
    }
}

#[test]
fn after_any_two_inputs_it_comes_to_an_end_by_itself() {
    for (stage, _) in EXPECTED {
        for first in INPUTS {
            for second in INPUTS {
                let mut driver = in_stage(stage);
                driver.input(input(first));
                driver.input(input(second));
                driver.poke();
                // requests alone that nobody answers cease, and leave it where it was
                let begun = driver.machine().too_slow.is_some() || driver.machine().way.is_some();
                let waits = driver.deadline().is_some() && begun;
                let out = pass(&mut driver, HANDSHAKE + CONSENT);
                let last = out
                    .last()
                    .map(|output| letters(std::slice::from_ref(output)));
                let ended = last.is_some_and(|last| last == "t" || last == "g");
                assert_eq!(ended, waits, "{stage}, {first}, {second}: {out:?}");
                assert_eq!(driver.deadline(), None);
            }
        }
    }
}
