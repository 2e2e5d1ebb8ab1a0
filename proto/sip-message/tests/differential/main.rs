//! Our reading of a message beside that of two foreign parsers.
//!
//! Well-formed messages are generated together with what they say: we must read exactly that, and
//! a foreign parser that takes a message must read the same. Then bytes are damaged: whatever a
//! foreign parser still takes we either read alike or refuse for a reason that is listed.
//!
//! The parsers disagree in many small ways. Each is in `known`, with its reason and an example
//! that shows it, so that the list shrinks when they change and never hides a new difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(unreachable_pub, reason = "the modules of one test have no outside")]

mod ezk;
mod generate;
mod known;
mod mutate;
mod ours;
mod rsipstack;
mod view;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use known::{Parser, explained};
use view::View;

fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        // the same messages in every run: a rare new difference is for whoever looks for it
        rng_seed: RngSeed::Fixed(3261),
        max_shrink_iters: 2_000,
        ..Config::default()
    }
}

/// What a parser read otherwise than we did, without a listed reason.
fn disputes(parser: Parser, text: &[u8], ours: &View, theirs: &View) -> Vec<String> {
    let differences = theirs.differences_from(ours);
    differences
        .into_iter()
        .filter(|field| explained(parser, text, ours, theirs, *field).is_none())
        .map(|field| {
            let (ours, theirs) = (ours.field(field), theirs.field(field));
            format!("{parser:?} reads {field:?} as {theirs:?}, we as {ours:?}")
        })
        .collect()
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn all_parsers_read_a_well_formed_message_as_it_was_meant(made in generate::message()) {
        let ours = ours::read(&made.bytes).map_err(|problem| {
            TestCaseError::fail(format!("we refuse it: {problem}\n{:?}", made))
        })?;
        prop_assert_eq!(&ours, &made.meant, "{:?}", made);
        for (parser, theirs) in view::foreign(&made.bytes) {
            let disputes = disputes(parser, &made.bytes, &ours, &theirs);
            prop_assert!(disputes.is_empty(), "{disputes:#?}\n{made:?}");
        }
    }

    #[test]
    fn what_we_print_all_parsers_read_as_we_read_the_original(made in generate::message()) {
        let printed = ours::print(&made.bytes);
        let again = ours::read(&printed).map_err(|problem| {
            TestCaseError::fail(format!("we refuse what we print: {problem}\n{:?}", made))
        })?;
        prop_assert_eq!(&again, &made.meant, "{:?}", made);
        for (parser, theirs) in view::foreign(&printed) {
            let disputes = disputes(parser, &printed, &again, &theirs);
            prop_assert!(disputes.is_empty(), "{disputes:#?}\n{made:?}");
        }
    }
}

proptest! {
    #![proptest_config(cases(5_000))]

    #[test]
    fn a_damaged_message_is_read_alike_or_refused_for_a_listed_reason(
        made in generate::message(),
        wounds in mutate::wounds(),
    ) {
        let bytes = mutate::wounded(&made.bytes, &wounds);
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let takers: Vec<_> = view::foreign(&bytes)
            .into_iter()
            .filter(|(_, theirs)| theirs.is_whole())
            .collect();
        match ours::read(&bytes) {
            Ok(ours) => {
                for (parser, theirs) in takers {
                    let disputes = disputes(parser, &bytes, &ours, &theirs);
                    prop_assert!(disputes.is_empty(), "{disputes:#?}\n{shown}");
                }
            }
            Err(problem) => prop_assert!(
                takers.is_empty() || known::is_stricter(&problem),
                "we alone refuse with {problem}\n{shown}"
            ),
        }
    }
}

#[test]
fn every_known_disagreement_can_still_be_seen() {
    for known in known::DISAGREEMENTS {
        let bytes = known.example();
        let ours = ours::read(&bytes).unwrap_or_else(|problem| panic!("{}: {problem}", known.why));
        let theirs = view::foreign(&bytes)
            .into_iter()
            .find(|(parser, _)| *parser == known.parser)
            .map(|(_, theirs)| theirs)
            .unwrap_or_else(|| panic!("{}: refused", known.why));
        let differs = theirs.differences_from(&ours);
        let seen = differs
            .iter()
            .any(|field| known.explains(&bytes, &ours, &theirs, *field));
        assert!(seen, "{}: {differs:?}", known.why);
    }
}

#[test]
fn every_rule_that_we_alone_uphold_refuses_its_example() {
    let mut useless = Vec::new();
    for rule in known::STRICTER {
        let bytes = rule.example();
        let problem = ours::read(&bytes).expect_err(rule.rule);
        assert_eq!(problem.rule, rule.rule, "{problem}");
        let readings = view::foreign(&bytes);
        if !readings.iter().any(|(_, theirs)| theirs.is_whole()) {
            useless.push(rule.rule);
        }
    }
    assert!(
        useless.is_empty(),
        "no foreign parser takes what breaks these rules: {useless:#?}"
    );
}
