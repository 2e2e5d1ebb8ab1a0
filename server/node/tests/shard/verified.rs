//! Calls by a carrier whose proof is looked at: what is told, what is refused, and how long a
//! certificate is waited for.

use crate::carriers::{CARRIER, by_hand, office_by};
use crate::office::{Office, SECOND};
use domain::{Cdr, ProofVerdict, Proved};
use machine::{Instant, WallTime};
use node::Fetched;
use std::time::Duration;
use stir::{
    Attestation, Claims, Destination, Number, OrigId, Party, Passport, PrivateKey, Roots, Says,
};
use testkit::{Company, RawId, Setup};

const CHAIN: &str = include_str!("../../../../core/domain/tests/signing/chain.pem");
const KEY: &str = include_str!("../../../../core/domain/tests/signing/key.pem");
const X5U: &str = "https://theirs.example/chain.pem";
const CALLER: &str = "442071838750";
const CALLED: &str = "493055501";

/// The certificate of the authority, which is the last of the chain.
fn authorities() -> Roots {
    let (_, last) = CHAIN.split_at(CHAIN.rfind("-----BEGIN").unwrap());
    Roots::of_pem(last.as_bytes()).unwrap()
}

fn found() -> Fetched {
    Fetched::Found {
        body: CHAIN.as_bytes().to_vec(),
        keep: None,
    }
}

/// An office whose alpha does this with proofs, on an exchange that trusts these.
fn trusting(roots: Roots, rule: &str) -> (Office, RawId) {
    let mut setup = Setup::ordinary(29);
    setup.config.authorities = roots;
    let furnish = |alpha: &mut Company| alpha.asks_for_proof(rule).unwrap();
    let mut office = office_by(setup, &[CARRIER], "", furnish);
    let carrier = by_hand(&mut office, CARRIER);
    (office, carrier)
}

/// The same, and the certificate is found at once.
fn office(rule: &str) -> (Office, RawId) {
    let (mut office, carrier) = trusting(authorities(), rule);
    serve(&mut office, found());
    (office, carrier)
}

fn serve(office: &mut Office, fetched: Fetched) {
    let exchange = office.world.exchange.as_mut().unwrap();
    exchange.certificates.found = vec![(X5U.to_owned(), fetched)];
}

fn tn(digits: &str) -> Party {
    Party::Tn(Number::canonical(digits).unwrap())
}

fn time(office: &Office) -> WallTime {
    let world = &office.world;
    world.setup.wall + world.now.saturating_since(Instant::ZERO)
}

fn claims(office: &Office) -> Claims {
    Claims {
        orig: tn(CALLER),
        dest: Destination::one(tn(CALLED)),
        iat: time(office),
        says: Says::Shaken {
            attest: Attestation::Full,
            origid: OrigId::of_bits(7),
        },
    }
}

fn identity(claims: Claims) -> String {
    let (x5u, key) = (X5U.to_owned(), PrivateKey::from_pem(KEY).unwrap());
    let proof = Passport { claims, x5u }.sign(&key).identity();
    format!("Identity: {proof}\r\n")
}

/// A request of the carrier's, of the only call there is.
fn request(method: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} sip:+{CALLED}@x SIP/2.0\r\n\
         Via: SIP/2.0/UDP 198.51.100.60:5060;branch=z9hG4bKone\r\n\
         Max-Forwards: 70\r\nFrom: <sip:+{CALLER}@carrier.example;user=phone>;tag=a\r\n\
         To: <sip:+{CALLED}@x>\r\nCall-ID: one\r\nCSeq: 1 {method}\r\n\
         Contact: <sip:gateway@198.51.100.60>\r\n{more}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// Calls alpha's 101 from outside with these header lines.
fn calls(office: &mut Office, carrier: RawId, more: &str) {
    let offer = "v=0\r\no=- 1 1 IN IP4 198.51.100.60\r\ns=-\r\nc=IN IP4 198.51.100.60\r\nt=0 0\r\n\
                 m=audio 4000 RTP/AVP 0\r\n";
    let more = format!("{more}Content-Type: application/sdp\r\n");
    let invite = request("INVITE", &more, offer);
    office.world.tap = Some(Vec::new());
    office.world.with_raw(carrier, |raw| raw.send(invite));
    office.world.run(SECOND / 4);
}

/// The statuses that the carrier heard of its INVITE, in order, each once.
fn heard(office: &Office, carrier: RawId) -> Vec<u16> {
    let inbox = office.world.raws[carrier.0].inbox.iter();
    let invites = inbox.filter(|message| message.cseq().is_ok_and(|cseq| cseq.number == 1));
    let mut all: Vec<u16> = invites.filter_map(|message| message.status()).collect();
    all.dedup();
    all
}

/// The INVITE that reached 101's telephone.
fn rung(office: &Office) -> Option<String> {
    let tapped = office.world.tap.as_ref().unwrap().iter();
    let of_anna = tapped.filter(|(phone, _)| *phone == office.anna);
    let mut texts = of_anna.map(|(_, packet)| String::from_utf8_lossy(&packet.bytes).into_owned());
    texts.find(|text| text.starts_with("INVITE "))
}

fn verstat(office: &Office) -> Option<String> {
    let invite = rung(office)?;
    let mut lines = invite.lines();
    lines
        .find_map(|line| line.strip_prefix("P-Asserted-Identity: "))
        .map(str::to_owned)
}

fn told(word: &str) -> Option<String> {
    let verstat = format!("verstat={word}@alpha.example");
    Some(format!("<sip:+{CALLER};{verstat};user=phone>"))
}

fn proof(record: &Cdr) -> Option<Proved> {
    record.legs[0].by_trunk.as_ref().unwrap().proof.clone()
}

fn reasons(record: &Cdr) -> Vec<&str> {
    let steps = record.explanation.iter();
    steps.map(|step| step.rule.as_str()).collect()
}

// rfc: 8224 §6.2 a call whose proof, certificate and signature stand
#[test]
fn a_signed_call_rings_with_the_verdict_and_the_record_keeps_it() {
    let (mut office, carrier) = office("told");
    let proof_line = identity(claims(&office));
    calls(&mut office, carrier, &proof_line);
    assert_eq!(verstat(&office), told("TN-Validation-Passed"));
    let from = format!("From: <sip:+{CALLER}@alpha.example>");
    assert!(rung(&office).unwrap().contains(&from), "From is as ever");
    assert!(!rung(&office).unwrap().contains("\r\nIdentity:"));
    let record = office.record();
    let kept = proof(&record).unwrap();
    assert_eq!(kept.verdict, ProofVerdict::Valid);
    assert_eq!(kept.attestation, Some(Attestation::Full));
    assert!(reasons(&record).contains(&"proof.valid"), "{record:#?}");
    assert_eq!(figures(&office), (1, 0, 0, 0));
}

#[test]
fn nobody_looks_where_the_company_does_not_ask_and_telephones_are_told_nothing() {
    let (mut office, carrier) = office("ignored");
    let proof_line = identity(claims(&office));
    calls(&mut office, carrier, &proof_line);
    assert!(rung(&office).is_some());
    assert_eq!(verstat(&office), None);
    assert_eq!(proof(&office.record()), None);
    assert!(asked(&office).is_empty());
    assert_eq!(figures(&office), (0, 0, 0, 0));
}

/// What becomes of a call with this proof by each rule: whether it rings, or its refusal.
fn refused(rule: &str, roots: &Roots, more: impl Fn(&Office) -> String) -> Option<u16> {
    let (mut office, carrier) = trusting(roots.clone(), rule);
    serve(&mut office, found());
    let line = more(&office);
    calls(&mut office, carrier, &line);
    let rings = rung(&office).is_some();
    let last = heard(&office, carrier).pop().unwrap();
    office.record();
    assert_eq!(rings, last < 200, "{rule}: {last}");
    (!rings).then_some(last)
}

// rfc: 8224 §6.2.2 403, 428, 437 and 438, each for its reason, where the company asks for better
#[test]
fn each_rule_refuses_what_it_says_with_the_status_of_the_standard() {
    let trusted = authorities();
    let wrong = |change: fn(&mut Claims)| {
        move |office: &Office| {
            let mut says = claims(office);
            change(&mut says);
            identity(says)
        }
    };
    let another = wrong(|says| says.orig = tn("442071838751"));
    let elsewhere = wrong(|says| says.dest = Destination::one(tn("4930999999")));
    let stale = wrong(|says| says.iat = WallTime::UNIX_EPOCH + Duration::from_secs(1_759_999_000));
    for rule in ["told", "not_wrong", "given", "valid"] {
        let strict = |status: u16, from: &[&str]| from.contains(&rule).then_some(status);
        let all = ["not_wrong", "given", "valid"];
        assert_eq!(refused(rule, &trusted, |o| identity(claims(o))), None);
        assert_eq!(refused(rule, &trusted, another), strict(438, &all));
        assert_eq!(refused(rule, &trusted, elsewhere), strict(438, &all));
        assert_eq!(refused(rule, &trusted, stale), strict(403, &all));
        let missing = refused(rule, &trusted, |_| String::new());
        assert_eq!(missing, strict(428, &all[1..]));
        let nobody = refused(rule, &Roots::none(), |o| identity(claims(o)));
        assert_eq!(nobody, strict(437, &all[2..]));
    }
}

// rfc: 8226 §8 a certificate that leads to nobody who is trusted
#[test]
fn a_certificate_of_an_unknown_authority_is_told_as_wrong() {
    // whoever signs is no authority, not even over itself
    let first = CHAIN.split_inclusive("-----END CERTIFICATE-----").next();
    let signer = Roots::of_pem(first.unwrap().as_bytes()).unwrap();
    let (mut office, carrier) = trusting(signer, "told");
    serve(&mut office, found());
    let line = identity(claims(&office));
    calls(&mut office, carrier, &line);
    assert_eq!(verstat(&office), told("TN-Validation-Failed"));
    let kept = proof(&office.record()).unwrap();
    assert_eq!(kept.verdict, ProofVerdict::Untrusted);
}

#[test]
fn a_call_waits_for_a_certificate_that_comes_late_and_goes_on_at_once_then() {
    let (mut office, carrier) = trusting(authorities(), "valid");
    let line = identity(claims(&office));
    calls(&mut office, carrier, &line);
    office.world.run(SECOND);
    assert_eq!(heard(&office, carrier), [100], "it is asked to be patient");
    assert_eq!(rung(&office), None);
    assert_eq!(asked(&office), [X5U]);
    office.world.with_exchange(|exchange, now, _| {
        let local = exchange.local(now);
        exchange.shard.certificate(X5U, &found(), local);
    });
    office.world.run(SECOND / 10);
    assert_eq!(verstat(&office), told("TN-Validation-Passed"));
    let record = office.record();
    assert_eq!(proof(&record).unwrap().verdict, ProofVerdict::Valid);
}

// rfc: 8224 §6.2.2 436 for a certificate that cannot be got
#[test]
fn a_certificate_that_never_comes_is_not_waited_for_longer_than_two_seconds() {
    for (rule, rings) in [("given", true), ("valid", false)] {
        let (mut office, carrier) = trusting(authorities(), rule);
        let line = identity(claims(&office));
        calls(&mut office, carrier, &line);
        office.world.run(SECOND * 3 / 2);
        assert_eq!(heard(&office, carrier), [100]);
        office.world.run(SECOND / 2);
        assert_eq!(rung(&office).is_some(), rings);
        assert_eq!(heard(&office, carrier).contains(&436), !rings);
        if rings {
            assert_eq!(verstat(&office), told("No-TN-Validation"));
        }
        let record = office.record();
        let kept = proof(&record).unwrap();
        assert_eq!(kept.verdict, ProofVerdict::Unfetchable);
        assert!(reasons(&record).contains(&"proof.unchecked"));
        assert_eq!(figures(&office), (0, 0, 0, 1));
    }
}

// rfc: 3261 §9.2 a call that waits can be given up like any other
#[test]
fn a_carrier_that_gives_up_while_its_call_waits_is_told_so_and_nothing_rings() {
    let (mut office, carrier) = trusting(authorities(), "told");
    let line = identity(claims(&office));
    calls(&mut office, carrier, &line);
    let cancel = request("CANCEL", "", "");
    office.world.with_raw(carrier, |raw| raw.send(cancel));
    office.world.run(SECOND * 3);
    let heard = heard(&office, carrier);
    assert!(heard.contains(&200) && heard.contains(&487), "{heard:?}");
    assert_eq!(rung(&office), None);
    assert!(office.settled_records().is_empty(), "it was no call yet");
}

#[test]
fn a_stranger_cannot_end_a_call_that_waits() {
    let (mut office, carrier) = trusting(authorities(), "told");
    let line = identity(claims(&office));
    calls(&mut office, carrier, &line);
    let stranger = office.raw();
    let forged = request("CANCEL", "", "");
    office.world.with_raw(stranger, |raw| raw.send(forged));
    office.world.run(SECOND * 3);
    let heard = heard(&office, carrier);
    assert!(!heard.contains(&487), "{heard:?}");
    assert!(rung(&office).is_some(), "it rings when the wait is over");
    office.record();
}

#[test]
fn a_verdict_that_somebody_outside_sends_is_not_passed_on() {
    for rule in ["ignored", "told"] {
        let (mut office, carrier) = office(rule);
        let forged = format!(
            "P-Asserted-Identity: <sip:+{CALLER};verstat=TN-Validation-Passed@x;user=phone>\r\n"
        );
        calls(&mut office, carrier, &forged);
        let invite = rung(&office).unwrap();
        assert!(!invite.contains("TN-Validation-Passed"), "{invite}");
        let wanted = (rule == "told").then(|| told("No-TN-Validation")).flatten();
        assert_eq!(verstat(&office), wanted);
        office.record();
    }
}

// rfc: 3323 §4.2 a hidden caller is proved, and shown to nobody
#[test]
fn a_hidden_callers_proof_is_looked_at_and_no_telephone_sees_the_number() {
    let (mut office, carrier) = office("valid");
    let line = identity(claims(&office));
    let asserted = format!("P-Asserted-Identity: <sip:+{CALLER}@x>\r\n");
    calls(
        &mut office,
        carrier,
        &format!("{line}{asserted}Privacy: id\r\n"),
    );
    let invite = rung(&office).unwrap();
    assert!(!invite.contains(CALLER), "{invite}");
    assert_eq!(verstat(&office), None);
    let kept = proof(&office.record()).unwrap();
    assert_eq!(kept.verdict, ProofVerdict::Valid);
}

// rfc: 8946 §5 the proofs of a diverted call lead from who was called first to who is called now
#[test]
fn a_call_that_was_sent_on_to_the_company_is_proved_by_the_whole_chain() {
    for (before, verdict) in [
        ("4930999999", ProofVerdict::Valid),
        ("4930888888", ProofVerdict::Invalid),
    ] {
        let (mut office, carrier) = office("told");
        let mut first = claims(&office);
        first.dest = Destination::one(tn("4930999999"));
        let diverted = Claims {
            says: Says::Diverted { from: tn(before) },
            ..claims(&office)
        };
        let both = format!("{}{}", identity(diverted), identity(first));
        calls(&mut office, carrier, &both);
        let kept = proof(&office.record()).unwrap();
        assert_eq!(kept.verdict, verdict);
        let attested = (verdict == ProofVerdict::Valid).then_some(Attestation::Full);
        assert_eq!(kept.attestation, attested);
        assert_eq!(asked(&office).len(), usize::from(attested.is_some()));
    }
}

#[test]
fn a_second_call_finds_the_certificate_in_memory() {
    let (mut office, carrier) = office("told");
    for n in 0..2 {
        let line = identity(claims(&office));
        calls(&mut office, carrier, &line);
        assert_eq!(verstat(&office), told("TN-Validation-Passed"), "call {n}");
        office.settled_records();
    }
    assert_eq!(asked(&office), [X5U]);
}

#[test]
fn a_company_that_is_gone_while_its_call_waits_gets_no_call() {
    let (mut office, carrier) = trusting(authorities(), "told");
    let line = identity(claims(&office));
    calls(&mut office, carrier, &line);
    let alpha = office.alpha.id();
    office.world.with_exchange(|exchange, now, _| {
        let local = exchange.local(now);
        exchange.shard.tenant_removed(alpha, local);
    });
    office.world.run(SECOND);
    assert_eq!(heard(&office, carrier), [100, 404]);
    assert_eq!(rung(&office), None);
}

fn asked(office: &Office) -> &[String] {
    &office.world.exchange.as_ref().unwrap().certificates.asked
}

/// Calls whose proof was valid, wrong, missing, unchecked.
fn figures(office: &Office) -> (u64, u64, u64, u64) {
    let exchange = office.world.exchange.as_ref().unwrap();
    let proofs = exchange.shard.figures().trunks.proofs;
    (proofs.valid, proofs.wrong, proofs.missing, proofs.unchecked)
}
