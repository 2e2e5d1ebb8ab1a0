//! Every state of a call × every input, as a table in `matrix.txt`, to be read by people.

use super::*;

/// The states, each with how it is reached.
fn states() -> Vec<(&'static str, fn() -> Scene)> {
    vec![
        ("two phones are dialled", || {
            Scene::begin(vec![ring(&[1, 2])])
        }),
        ("one phone rings with early media", || {
            let mut scene = Scene::begin(vec![ring(&[1])]);
            let description = Some(speech("B"));
            scene.leg(1, LegFact::Progressed { description });
            scene
        }),
        ("two talk", Scene::talking),
        ("a late offer waits for its answer", || {
            let mut scene = Scene::begin_with(vec![ring(&[1])], None, Config::default());
            scene.leg(1, answered("B"));
            scene
        }),
        ("the caller's offer waits for the other side", || {
            let mut scene = Scene::talking();
            scene.leg(0, offered("A", "sendonly"));
            scene
        }),
        ("a transfer rings", || {
            let mut scene = Scene::talking();
            scene.leg(1, referred("103"));
            scene.routed(vec![ring(&[7])]);
            scene
        }),
        ("the caller is with the echo", || {
            Scene::begin(vec![DialStep::Guest(Guest::Echo)])
        }),
        ("the caller is with a fax machine", || {
            Scene::begin(vec![DialStep::Guest(fax_guests::FAX)])
        }),
        ("a fax machine has offered the caller a fax", || {
            let mut scene = Scene::begin(vec![DialStep::Guest(fax_guests::FAX)]);
            scene.input(Input::FaxWanted);
            scene
        }),
        ("a guest calls", || begun::calls(vec![ring(&[1, 2])])),
        ("a guest is with whom it has called", begun::talks),
        ("it is over", || {
            let mut scene = Scene::talking();
            scene.leg(0, LegFact::Ended);
            scene
        }),
    ]
}

/// The inputs; those of a leg are tried on the caller and on the first party called.
fn inputs() -> Vec<(&'static str, LegFact)> {
    vec![
        ("rings", LegFact::Ringing),
        (
            "speaks early",
            LegFact::Progressed {
                description: Some(speech("E")),
            },
        ),
        ("answers", answered("C")),
        (
            "confirms",
            LegFact::Confirmed {
                description: Some(speech("D")),
            },
        ),
        ("is busy", refused(486)),
        ("declines", refused(603)),
        ("is not reached", LegFact::Unreachable(Unreachable::Timeout)),
        ("cancels", LegFact::Cancelled),
        ("hangs up", LegFact::Ended),
        ("is lost", LegFact::Lost(Lost::Gone)),
        ("holds", offered("H", "sendonly")),
        ("asks for an offer", LegFact::Offered { description: None }),
        ("accepts an offer", reoffer_answered("R")),
        ("refuses an offer", LegFact::ReofferRefused { status: 488 }),
        ("transfers", referred("104")),
        (
            "sends digits",
            LegFact::Informed {
                content_type: "application/dtmf".to_owned(),
                body: Vec::new(),
            },
        ),
    ]
}

fn outcome(scene: &mut Scene) -> String {
    let mut words = scene.orders();
    if scene.overs > 0 {
        words.push(format!("over ({})", scene.end().sip_status));
    }
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join("; ")
    }
}

fn table() -> String {
    let mut lines = Vec::new();
    for (state, begin) in states() {
        lines.push(format!("# {state}"));
        for (input, fact) in inputs() {
            for number in [0, 1] {
                let mut scene = begin();
                let before = scene.overs;
                scene.orders.clear();
                scene.leg(number, fact.clone());
                let outcome = if before > 0 {
                    words_after_the_end(&mut scene)
                } else {
                    outcome(&mut scene)
                };
                lines.push(format!("{number} {input}: {outcome}"));
            }
        }
        for (input, act) in [
            (
                "time passes",
                (|scene| {
                    scene.pass(Duration::from_secs(61));
                }) as fn(&mut Scene),
            ),
            ("a fax is wanted", |scene| {
                scene.input(Input::FaxWanted);
            }),
            ("an operator hangs up", |scene| {
                scene.input(Input::HangUp(HangUp::Operator("so".to_owned())));
            }),
        ] {
            let mut scene = begin();
            let before = scene.overs;
            scene.orders.clear();
            act(&mut scene);
            let outcome = if before > 0 {
                words_after_the_end(&mut scene)
            } else {
                outcome(&mut scene)
            };
            lines.push(format!("{input}: {outcome}"));
        }
        lines.push(String::new());
    }
    lines.join("\n")
}

fn words_after_the_end(scene: &mut Scene) -> String {
    let words = scene.orders();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join("; ")
    }
}

#[test]
fn every_input_in_every_state_does_what_the_table_says() {
    let (found, wanted) = (table(), include_str!("matrix.txt"));
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted, "the whole table:\n{}", table());
    }
    assert_eq!(found.lines().count(), wanted.lines().count(), "{found}");
}
