//! Tests of reports: those of the standard and of telephones, and those that are refused.
#![allow(clippy::unwrap_used)]

use super::*;

/// As in RFC 6035 section 4.7.1, with both ends' metrics.
const RFC: &str = "VQSessionReport: CallTerm\r\n\
CallID: 6dg37f1890463\r\n\
LocalID: Alice <sip:alice@example.org>\r\n\
RemoteID: Bill <sip:bill@example.net>\r\n\
OrigID: Alice <sip:alice@example.org>\r\n\
LocalGroup: example-phone-55671\r\n\
RemoteGroup: example-gateway-09871\r\n\
LocalAddr: IP=10.10.1.100 PORT=5000 SSRC=1a3b5c7d\r\n\
LocalMAC: 00:1f:5b:cc:21:0f\r\n\
RemoteAddr: IP=11.1.1.150 PORT=5002 SSRC=0x2468abcd\r\n\
RemoteMAC: 00:26:08:8e:95:02\r\n\
LocalMetrics:\r\n\
Timestamps: START=2004-10-10T18:23:43Z STOP=2004-10-01T18:26:02Z\r\n\
SessionDesc: PT=18 PD=G729 SR=8000 FD=20 FO=20 FPP=2 PPS=50\r\n\
\x20FMTP=\"annexb=no mode=1\" PLC=3 SSUP=on\r\n\
JitterBuffer: JBA=3 JBR=2 JBN=40 JBM=80 JBX=120\r\n\
PacketLoss: NLR=5.0 JDR=2.0\r\n\
BurstGapLoss: BLD=0 BD=0 GLD=2.0 GD=500 GMIN=16\r\n\
Delay: RTD=200 ESD=140 SOWD=200 IAJ=2 MAJ=10\r\n\
Signal: SL=-18 NL=-50 RERL=55\r\n\
QualityEst: RLQ=90 RCQ=85 EXTRI=90 MOSLQ=4.2 MOSCQ=4.3\r\n\
\x20QoEEstAlg=P.564\r\n\
RemoteMetrics:\r\n\
PacketLoss: NLR=50.0 JDR=0.1\r\n\
QualityEst: MOSLQ=2.0\r\n\
DialogID:1890463548@alice.example.org;to-tag=8472761;from-tag=9123dh311\r\n";

// rfc: 6035 §4.7.1
#[test]
fn the_report_of_the_standard_is_read() {
    let report = VoiceReport::read(RFC.as_bytes()).unwrap();
    let tags = VoiceTags {
        to: "8472761".to_owned(),
        from: "9123dh311".to_owned(),
    };
    let metrics = VoiceMetrics {
        loss_permille: Some(50),
        discard_permille: Some(20),
        bursts: VoiceBursts {
            density_permille: Some(0),
            length_ms: Some(0),
        },
        delays: VoiceDelays {
            round_trip_ms: Some(200),
            end_system_ms: Some(140),
            jitter_ms: Some(2),
        },
        listening_x100: Some(420),
        conversation_x100: Some(430),
    };
    let expected = VoiceReport {
        kind: VoiceReportKind::Session,
        call_id: "6dg37f1890463".to_owned(),
        tags: Some(tags),
        metrics,
    };
    assert_eq!(report, expected);
}

#[test]
fn a_report_without_spaces_in_another_case_is_read() {
    let text = "VQIntervalReport\u{20}:\nCALLID:a@b\nlocalmetrics:\n\
                QualityEst:MOSLQ=3.97 MOSCQ=127\nPacketLoss:NLR=0.39 JDR=127.0\nDialogID:a@b; to-tag=1; from-tag=2";
    let report = VoiceReport::read(text.as_bytes()).unwrap();
    assert_eq!(report.kind, VoiceReportKind::Interval);
    assert_eq!(report.metrics.listening_x100, Some(397));
    assert_eq!(report.metrics.conversation_x100, None, "not known");
    assert_eq!(report.metrics.loss_permille, Some(3));
    assert_eq!(report.metrics.discard_permille, None, "not known");
    assert_eq!(report.tags.unwrap().from, "2");
}

#[test]
fn a_report_with_its_call_among_the_metrics_is_read() {
    let text = "VQSessionReport\r\nLocalMetrics:\r\nTimestamps:START=2010-02-17T13:59:42Z \
                STOP=2010-02-17T13:59:46Z\r\nSessionDesc:PT=0 PD=G.711U PPS=50 SSUP=off\r\n\
                CallID:3c26a8de500f-12ct7zov3kjs\r\nx-UserAgent:phone/8.2\r\nFromID:<sip:a@b>\r\n\
                PacketLoss:NLR=0.0 JDR=0.0\r\nDelay:RTD=0 ESD=0 IAJ=4\r\nRemoteMetrics:\r\n\
                PacketLoss:NLR=9.0 JDR=0.0\r\n";
    let report = VoiceReport::read(text.as_bytes()).unwrap();
    assert_eq!(report.call_id, "3c26a8de500f-12ct7zov3kjs");
    assert_eq!(report.metrics.loss_permille, Some(0));
    assert_eq!(report.metrics.delays.jitter_ms, Some(4));
}

/// Where a report is bad.
fn line(text: &str) -> usize {
    VoiceReport::read(text.as_bytes()).unwrap_err().line
}

#[test]
fn a_bad_report_is_refused_with_its_line() {
    let good = "VQAlertReport: Type=NLR\nCallID: a\nLocalMetrics:\n";
    assert!(VoiceReport::read(good.as_bytes()).is_ok());
    assert_eq!(line(""), 0);
    assert_eq!(line("VQSessionReport: CallTerm\nLocalMetrics:\n"), 0);
    assert_eq!(line("VQSessionReport: CallTerm\nCallID: a\n"), 0);
    assert_eq!(line("VQSession: CallTerm\n"), 1);
    assert_eq!(line("VQSessionReport: CallTerm\nCallID a\n"), 2);
    assert_eq!(line("VQSessionReport: CallTerm\nCallID: a b\n"), 2);
    for bad in ["NLR=-1", "NLR=five", "NLR=1e3", "NLR=", "NLR=12345678"] {
        assert_eq!(line(&format!("{good}PacketLoss: {bad}\n")), 4, "{bad}");
    }
    let long = format!("{good}{}", "x: y\n".repeat(REPORT_LINES));
    assert_eq!(line(&long), 0);
    let longer = format!("{good}x: {}\n", "y".repeat(REPORT_BYTES));
    assert_eq!(line(&longer), 0);
    let other = VoiceReport::read(&[0xff, 0xfe]).unwrap_err();
    assert_eq!((other.line, other.rule), (0, "the report is no text"));
}

#[test]
fn what_the_other_end_heard_is_not_taken_for_ones_own() {
    let text = "VQSessionReport: CallTerm\nCallID: a\nLocalMetrics:\nRemoteMetrics:\n\
                PacketLoss: NLR=50.0\n";
    let report = VoiceReport::read(text.as_bytes()).unwrap();
    assert_eq!(report.metrics, VoiceMetrics::default());
}

#[test]
fn a_report_with_a_spoilt_octet_is_read_or_refused() {
    let mut read = 0;
    for at in 0..RFC.len() {
        for spoilt in [0, b'\n', b' ', b':', b'=', b'"', b'9', 0xff] {
            let mut input = RFC.as_bytes().to_vec();
            input[at] = spoilt;
            match VoiceReport::read(&input) {
                Ok(report) => {
                    read += 1;
                    assert!(report.call_id.len() <= IDENTIFIER_BYTES);
                    let share = report.metrics.loss_permille;
                    assert!(share.is_none_or(|share| share <= 1_000));
                }
                Err(bad) => assert!(bad.line <= REPORT_LINES),
            }
        }
    }
    assert!(read > 1_000, "{read}");
}
