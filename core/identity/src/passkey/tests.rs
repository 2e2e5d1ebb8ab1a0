//! Whole ceremonies with an authenticator made of software, and each part of them bent.
#![allow(clippy::unwrap_used)]

mod authenticator;
mod bent;
mod noise;

use ids::{PasskeyId, UserId};
use machine::WallTime;

use self::authenticator::{Authenticator, Key};
use super::*;
use crate::flow_key::FlowKey;
use crate::spent::Spent;

const NOW: WallTime = WallTime::from_unix_ms(1_000_000);
const ANN: UserId = UserId::new(1, 1);
const BOB: UserId = UserId::new(1, 2);
const FIRST: PasskeyId = PasskeyId::new(1, 1);

/// A gate, and a person's passkeys.
struct World {
    gate: Gate,
    kept: Passkeys,
    spent: Spent,
}

impl World {
    fn new() -> World {
        let origins = ["https://portal.pbx.example".to_owned()];
        let site = Site::new("pbx.example", "Pbx", &origins).unwrap();
        World {
            gate: Gate::new(site, FlowKey::new([1; 32])),
            kept: Passkeys::default(),
            spent: Spent::new(),
        }
    }

    fn ask_new(&self) -> CreationOffer {
        let owner = Owner {
            user: ANN,
            name: "ann@acme.example",
            display_name: "Ann",
        };
        self.gate.ask_new(NOW, owner, &self.kept, [3; 16]).unwrap()
    }

    fn register(&mut self, authenticator: &Authenticator) -> Result<PasskeyId, Refusal> {
        let answer = authenticator.make(&self.ask_new());
        self.take_new(&answer)
    }

    fn take_new(&mut self, answer: &RegistrationAnswer) -> Result<PasskeyId, Refusal> {
        let owner = (ANN, &mut self.kept);
        let named = (FIRST, " My key ");
        self.gate
            .register(NOW, owner, answer, named, &mut self.spent)
    }

    fn sign_in(&mut self, authenticator: &Authenticator) -> Result<PasskeyId, Refusal> {
        let random = [u8::try_from(self.spent.len()).unwrap(); 16];
        let answer = authenticator.sign(&self.gate.ask_anyone(NOW, random));
        self.take(NOW, Occasion::SignIn, &answer)
    }

    fn take(
        &mut self,
        now: WallTime,
        on: Occasion,
        answer: &AssertionAnswer,
    ) -> Result<PasskeyId, Refusal> {
        let person = (ANN, &mut self.kept);
        self.gate.admit(now, on, person, answer, &mut self.spent)
    }
}

#[test]
fn a_passkey_of_each_algorithm_registers_and_signs_in() {
    for key in [Key::es256(), Key::eddsa(), Key::rs256()] {
        let mut world = World::new();
        let mut authenticator = Authenticator::new(key).of(ANN);
        authenticator.format = "packed";
        assert_eq!(world.register(&authenticator), Ok(FIRST));
        let kept = &world.kept.list()[0];
        assert_eq!(
            (kept.name(), kept.added(), kept.used()),
            ("My key", NOW, None)
        );
        assert_eq!(world.sign_in(&authenticator), Ok(FIRST));
        assert_eq!(world.sign_in(&authenticator), Ok(FIRST), "and again");
        assert_eq!(world.kept.list()[0].used(), Some(NOW));
    }
}

/// What an authenticator of other hands (the Python package `soft-webauthn`, made to say that it
/// verified the person) answered to Ann's two challenges.
#[test]
fn an_authenticator_of_other_hands_registers_and_signs_in() {
    let foreign: serde_json::Value =
        serde_json::from_str(include_str!("tests/foreign.json")).unwrap();
    let mut world = World::new();
    let made = serde_json::from_value(foreign["made"].clone()).unwrap();
    assert_eq!(world.take_new(&made), Ok(FIRST));
    let used: AssertionAnswer = serde_json::from_value(foreign["used"].clone()).unwrap();
    assert_eq!(used.person(), Some(ANN));
    assert_eq!(world.take(NOW, Occasion::SignIn, &used), Ok(FIRST));
    let again = world.take(NOW, Occasion::SignIn, &used);
    assert_eq!(again, Err(Refusal::Copied), "its counter stands still");
}

#[test]
fn what_is_kept_of_a_passkey_outlives_being_stored() {
    let mut world = World::new();
    let authenticator = Authenticator::new(Key::es256()).of(ANN);
    world.register(&authenticator).unwrap();
    let stored = serde_json::to_string(&world.kept).unwrap();
    world.kept = serde_json::from_str(&stored).unwrap();
    assert_eq!(world.sign_in(&authenticator), Ok(FIRST));
}

#[test]
fn the_offer_asks_for_a_discoverable_verified_unattested_key_and_says_nothing_personal() {
    let mut world = World::new();
    world.register(&Authenticator::new(Key::es256())).unwrap();
    let offer = serde_json::to_value(world.ask_new()).unwrap();
    assert_eq!(offer["rp"]["id"], "pbx.example");
    assert_eq!(offer["attestation"], "none");
    assert_eq!(offer["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(
        offer["authenticatorSelection"]["userVerification"],
        "required"
    );
    assert_eq!(offer["pubKeyCredParams"][0]["type"], "public-key");
    assert_eq!(offer["timeout"], 300_000);
    let excluded = &offer["excludeCredentials"][0];
    assert_eq!(excluded["id"], crate::base64url::encode(&[7; 32]));
    assert_eq!(excluded["transports"], serde_json::json!(["internal"]));
    let handle = crate::base64url::decode(offer["user"]["id"].as_str().unwrap()).unwrap();
    assert_eq!(handle, ANN.as_u128().to_be_bytes());
}

#[test]
fn a_second_factor_may_be_silent_about_the_person_and_unverified() {
    let mut world = World::new();
    let mut authenticator = Authenticator::new(Key::es256());
    world.register(&authenticator).unwrap();
    authenticator.flags = 1;
    let offer = world.gate.ask_person(NOW, ANN, &world.kept, [4; 16]);
    assert_eq!(offer.allow_credentials.len(), 1);
    let answer = authenticator.sign(&offer);
    let taken = world.take(NOW, Occasion::Confirm(ANN), &answer);
    assert_eq!(taken, Ok(FIRST));
}

#[test]
fn a_challenge_is_answered_once() {
    let mut world = World::new();
    let authenticator = Authenticator::new(Key::es256()).of(ANN);
    let made = authenticator.make(&world.ask_new());
    assert_eq!(world.take_new(&made), Ok(FIRST));
    assert_eq!(world.take_new(&made), Err(Refusal::Used));
    let answer = authenticator.sign(&world.gate.ask_anyone(NOW, [0; 16]));
    assert_eq!(world.take(NOW, Occasion::SignIn, &answer), Ok(FIRST));
    let again = world.take(NOW, Occasion::SignIn, &answer);
    assert_eq!(again, Err(Refusal::Used));
}

#[test]
fn a_challenge_is_good_for_five_minutes() {
    let mut world = World::new();
    let authenticator = Authenticator::new(Key::es256()).of(ANN);
    world.register(&authenticator).unwrap();
    let answer = authenticator.sign(&world.gate.ask_anyone(NOW, [0; 16]));
    let late = world.take(NOW + CHALLENGE_LIFE, Occasion::SignIn, &answer);
    assert_eq!(late, Err(Refusal::Late));
    let just = WallTime::from_unix_ms((NOW + CHALLENGE_LIFE).unix_ms() - 1);
    assert_eq!(world.take(just, Occasion::SignIn, &answer), Ok(FIRST));
}

#[test]
fn a_challenge_is_for_one_occasion_one_person_and_one_platform() {
    let mut world = World::new();
    let authenticator = Authenticator::new(Key::es256()).of(ANN);
    world.register(&authenticator).unwrap();
    let for_bob = world.gate.ask_person(NOW, BOB, &world.kept, [4; 16]);
    let answer = authenticator.sign(&for_bob);
    for on in [Occasion::SignIn, Occasion::Confirm(ANN)] {
        let refused = world.take(NOW, on, &answer);
        assert_eq!(refused, Err(Refusal::Challenge), "{on:?}");
    }
    let other = Gate::new(world.gate.site.clone(), FlowKey::new([2; 32]));
    let foreign = authenticator.sign(&other.ask_anyone(NOW, [0; 16]));
    let refused = world.take(NOW, Occasion::SignIn, &foreign);
    assert_eq!(refused, Err(Refusal::Challenge));
}

#[test]
fn a_counter_that_does_not_grow_tells_of_a_copy() {
    let mut world = World::new();
    let mut authenticator = Authenticator::new(Key::es256()).of(ANN);
    authenticator.counter = 5;
    world.register(&authenticator).unwrap();
    for (counter, expected) in [
        (5, Err(Refusal::Copied)),
        (4, Err(Refusal::Copied)),
        (0, Err(Refusal::Copied)),
        (6, Ok(FIRST)),
        (6, Err(Refusal::Copied)),
        (u32::MAX, Ok(FIRST)),
    ] {
        authenticator.counter = counter;
        assert_eq!(world.sign_in(&authenticator), expected, "{counter}");
    }
}

#[test]
fn a_person_renames_and_removes_passkeys_and_has_no_more_than_fit() {
    let mut world = World::new();
    let mut authenticator = Authenticator::new(Key::es256()).of(ANN);
    world.register(&authenticator).unwrap();
    assert!(world.kept.rename(FIRST, &"x".repeat(100)));
    assert_eq!(world.kept.list()[0].name().len(), 64);
    assert!(world.kept.remove(FIRST));
    assert!(!world.kept.remove(FIRST) && !world.kept.rename(FIRST, "y"));
    assert_eq!(world.sign_in(&authenticator), Err(Refusal::Unknown));
    for n in 0..PASSKEYS_MAX {
        world.spent = Spent::new();
        authenticator.credential = vec![u8::try_from(n).unwrap(); 16];
        authenticator.named = authenticator.credential.clone();
        assert_eq!(world.register(&authenticator), Ok(FIRST));
    }
    let owner = Owner {
        user: ANN,
        name: "ann@acme.example",
        display_name: "Ann",
    };
    let asked = world.gate.ask_new(NOW, owner, &world.kept, [3; 16]);
    assert_eq!(asked, Err(Refusal::TooMany));
}

#[test]
fn an_authenticator_that_is_registered_is_not_registered_again() {
    let mut world = World::new();
    let authenticator = Authenticator::new(Key::es256());
    world.register(&authenticator).unwrap();
    world.spent = Spent::new();
    assert_eq!(world.register(&authenticator), Err(Refusal::Known));
}
