//! What telephones tell of how calls sounded (RFC 6035): kept with their own legs, while the call
//! goes on and afterwards, and with nobody else's.

use crate::office::{Office, SECOND};
use domain::{LegSound, PhoneReport, PhoneReportKind};
use node::{Answer, Ask};
use sip_message::{Message, Name};
use testkit::{PhoneId, RawId};

/// A report on a call with this Call-ID.
fn report(kind: &str, call_id: &str) -> String {
    format!(
        "{kind}: CallTerm\r\nCallID: {call_id}\r\nLocalMetrics:\r\nPacketLoss: NLR=1.2 JDR=0.5\r\n\
         BurstGapLoss: BLD=25.0 BD=80 GLD=0.1 GD=9000 GMIN=16\r\nDelay: RTD=40 ESD=60 IAJ=2\r\n\
         QualityEst: MOSLQ=4.1 MOSCQ=3.9\r\nDialogID: {call_id};to-tag=1;from-tag=2\r\n"
    )
}

/// Tells from a hand-driven phone with the account of another; the last answer.
fn tell(
    office: &mut Office,
    (raw, as_phone): (RawId, PhoneId),
    method: &str,
    body: &str,
) -> Message {
    let account = office.world.phones[as_phone.0].account.clone();
    let name = account.address();
    // to the company's exchange, and to nobody at it
    let uri = format!("sip:{}", account.domain);
    let more = "Event: vq-rtcpxr\r\nContent-Type: application/vq-rtcpxr\r\n";
    office.world.with_raw(raw, |raw| {
        raw.request(method, &uri, (&name, &name), more, body);
    });
    office.world.run(SECOND);
    if let Some(proof) = office.world.raws[raw.0].answer(&account, method, &uri) {
        office.world.with_raw(raw, |raw| {
            raw.request(
                method,
                &uri,
                (&name, &name),
                &format!("{more}{proof}"),
                body,
            );
        });
        office.world.run(SECOND);
    }
    office.world.raws[raw.0].response().unwrap().clone()
}

fn live(office: &mut Office) -> Vec<LegSound> {
    let call = office.live_calls(&office.alpha.clone())[0].id;
    match office.world.ask(office.alpha.id(), Ask::Quality(call)) {
        Some(Answer::Quality(_, legs)) => legs.unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The Call-ID that a phone's line has.
fn call_id(office: &Office, phone: PhoneId, line: testkit::LineId) -> String {
    office.line(phone, line).call_id.clone()
}

fn expected(report: &PhoneReport) -> PhoneReport {
    PhoneReport {
        kind: PhoneReportKind::Session,
        at: report.at,
        loss_permille: Some(12),
        discard_permille: Some(5),
        burst_permille: Some(250),
        burst_ms: Some(80),
        round_trip_ms: Some(40),
        end_system_ms: Some(60),
        jitter_ms: Some(2),
        listening_mos_x100: Some(410),
        conversation_mos_x100: Some(390),
    }
}

// rfc: 6035 §4.3
// rfc: 6035 §4.4
#[test]
fn what_a_phone_tells_of_a_call_that_goes_on_is_kept_with_its_own_leg() {
    for method in ["PUBLISH", "NOTIFY"] {
        let mut office = Office::open();
        let (_, bert) = office.talk(office.anna, office.bert, "102");
        let id = call_id(&office, office.bert, bert);
        let raw = office.raw();
        let teller = (raw, office.bert);
        let told = report("VQSessionReport", &id);
        let answer = tell(&mut office, teller, method, &told);
        assert_eq!(answer.status(), Some(200), "{method}");
        assert!(answer.header(Name::SipEtag).is_some());
        assert_eq!(answer.header(Name::Expires), Some("0"));
        let legs = live(&mut office);
        assert!(legs[0].reported.is_empty());
        let [kept] = legs[1].reported.list() else {
            panic!("{legs:?}")
        };
        assert_eq!(*kept, expected(kept));
        office.hang_up(office.bert, bert);
        let record = office.record();
        assert_eq!(record.legs[1].reported.list(), [expected(kept)]);
    }
}

#[test]
fn what_a_phone_tells_when_the_call_is_over_is_handed_over_for_its_record() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let id = call_id(&office, office.anna, anna);
    office.hang_up(office.anna, anna);
    office.world.run(SECOND * 10);
    let raw = office.raw();
    let teller = (raw, office.anna);
    let told = report("VQSessionReport", &id);
    let answer = tell(&mut office, teller, "PUBLISH", &told);
    assert_eq!(answer.status(), Some(200));
    let exchange = office.world.exchange.as_ref().unwrap();
    let [late] = exchange.late.reports[..] else {
        panic!("{:?}", exchange.late.reports)
    };
    assert_eq!((late.tenant, late.leg), (office.alpha.id(), 0));
    assert_eq!(late.report, expected(&late.report));
    assert_eq!(exchange.shard.figures().heard.voice_reports, 1);
    assert_eq!(office.record().id, late.cdr);
    // three minutes later nobody knows of it any more
    office.world.run(SECOND * 400);
    let answer = tell(&mut office, teller, "PUBLISH", &told);
    assert_eq!(answer.status(), Some(404));
}

#[test]
fn nobody_tells_of_a_call_that_is_not_its_own() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let ids = [
        call_id(&office, office.anna, anna),
        call_id(&office, office.bert, bert),
    ];
    let strangers = [office.cleo, office.dora];
    let statuses = |office: &mut Office| -> Vec<Option<u16>> {
        let mut all = Vec::new();
        for id in &ids {
            let told = report("VQSessionReport", id);
            for stranger in strangers {
                let raw = office.raw();
                all.push(tell(office, (raw, stranger), "PUBLISH", &told).status());
            }
        }
        all
    };
    let refused = |statuses: &[Option<u16>]| statuses.iter().all(|s| *s == Some(404));
    assert!(refused(&statuses(&mut office)), "while it goes on");
    assert!(live(&mut office).iter().all(|leg| leg.reported.is_empty()));
    office.hang_up(office.anna, anna);
    assert!(refused(&statuses(&mut office)), "when it is over");
    let exchange = office.world.exchange.as_ref().unwrap();
    assert!(exchange.late.reports.is_empty());
}

// rfc: 3261 §20.43
#[test]
fn a_report_that_cannot_be_read_is_refused_with_its_line() {
    let mut office = Office::open();
    let (_, bert) = office.talk(office.anna, office.bert, "102");
    let id = call_id(&office, office.bert, bert);
    let raw = office.raw();
    let bad = report("VQSessionReport", &id).replace("NLR=1.2", "NLR=bad");
    let teller = (raw, office.bert);
    let answer = tell(&mut office, teller, "PUBLISH", &bad);
    assert_eq!(answer.status(), Some(400));
    let warning = answer.header(Name::Warning).unwrap();
    assert!(warning.contains("line 4: a number"), "{warning}");
}
