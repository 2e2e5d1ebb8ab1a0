//! How a call sounded, drawn as text: a row of bars for each thing that is measured, time going to
//! the right.

use domain::{
    LegDirection, LegSound, PhoneReport, PhoneReportKind, PhoneReports, QualitySample, Timeline,
};

/// From nothing to the most that a row shows.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Nothing is known.
const UNKNOWN: char = ' ';

/// Nothing came though it was awaited.
const SILENT: char = '×';

/// What a row shows of each sample.
struct Row {
    name: &'static str,
    unit: &'static str,
    /// A full bar, at least: what is below it is no cause for alarm.
    full: u32,
    /// A number is so many of its parts, of which the last is behind the point.
    decimals: usize,
    value: fn(&QualitySample) -> Option<u32>,
}

/// What is drawn besides the score, each as far as it is known.
const ROWS: [Row; 8] = [
    Row {
        name: "loss",
        unit: "%",
        full: 50,
        decimals: 1,
        value: |one| Some(permille(one.lost, one.expected)),
    },
    Row {
        name: "in a row",
        unit: "packets",
        full: 8,
        decimals: 0,
        value: |one| Some(one.longest_loss.into()).filter(|run| *run > 0),
    },
    Row {
        name: "jitter",
        unit: "ms",
        full: 200,
        decimals: 1,
        value: |one| Some(one.jitter.into()),
    },
    Row {
        name: "round trip",
        unit: "ms",
        full: 200,
        decimals: 0,
        value: |one| one.round_trip_ms.map(u32::from),
    },
    Row {
        name: "made up",
        unit: "frames",
        full: 8,
        decimals: 0,
        value: |one| Some(one.concealed).filter(|frames| *frames > 0),
    },
    Row {
        name: "clipped",
        unit: "samples",
        full: 8,
        decimals: 0,
        value: |one| Some(one.clipped.into()).filter(|samples| *samples > 0),
    },
    Row {
        name: "discarded",
        unit: "%",
        full: 50,
        decimals: 1,
        value: |one| Some(permille(one.listening?.discarded.into(), 256)),
    },
    Row {
        name: "in bursts",
        unit: "ms",
        full: 200,
        decimals: 0,
        value: |one| Some(one.listening?.burst_ms.into()).filter(|ms| *ms > 0),
    },
];

/// Draws how the legs of a call sounded. A full bar is good for the score and bad for all else;
/// what people said of themselves is shown without control characters.
#[must_use]
pub fn draw(legs: &[LegSound]) -> String {
    let mut text = String::new();
    for (leg, number) in legs.iter().zip(0..) {
        head(&mut text, leg, number);
        let both = [
            ("received", leg.timelines.received.as_ref()),
            ("sent", leg.timelines.sent.as_ref()),
        ];
        let known = both.into_iter();
        for (way, timeline) in known.filter_map(|(way, line)| Some((way, line?))) {
            direction(&mut text, way, timeline);
        }
        if leg.timelines.is_empty() {
            text += "  nothing is known\n";
        }
        reports(&mut text, &leg.reported);
    }
    text
}

fn head(text: &mut String, leg: &LegSound, number: usize) {
    let direction = match leg.direction {
        LegDirection::Incoming => "incoming",
        LegDirection::Outgoing => "outgoing",
    };
    let who = format!("{} {}", leg.party.number, leg.party.display);
    let who: String = who.chars().filter(|letter| !letter.is_control()).collect();
    *text += &format!("leg {number}, {direction}: {}\n", who.trim());
}

/// What the telephone has told of the leg, report by report.
fn reports(text: &mut String, reports: &PhoneReports) {
    for report in reports.list() {
        let why = match report.kind {
            PhoneReportKind::Session => "of the call",
            PhoneReportKind::Interval => "of a while",
            PhoneReportKind::Alert => "an alarm",
        };
        let known = told(report);
        let known = if known.is_empty() {
            "nothing".to_owned()
        } else {
            known.join(", ")
        };
        *text += &format!("  its telephone at {} ({why}): {known}\n", report.at);
    }
}

fn told(report: &PhoneReport) -> Vec<String> {
    let one = |name: &str, value: Option<u32>, decimals, unit: &str| {
        value.map(|value| format!("{name} {}{unit}", decimal(value, decimals)))
    };
    let of = |value: Option<u16>| value.map(u32::from);
    let all = [
        one("MOS", of(report.listening_mos_x100), 2, ""),
        one("in conversation", of(report.conversation_mos_x100), 2, ""),
        one("loss", of(report.loss_permille), 1, " %"),
        one("thrown away", of(report.discard_permille), 1, " %"),
        one("within bursts", of(report.burst_permille), 1, " %"),
        one("a burst", report.burst_ms, 0, " ms"),
        one("round trip", of(report.round_trip_ms), 0, " ms"),
        one("within it", of(report.end_system_ms), 0, " ms"),
        one("jitter", of(report.jitter_ms), 0, " ms"),
    ];
    all.into_iter().flatten().collect()
}

fn direction(text: &mut String, way: &str, timeline: &Timeline) {
    let (begin, seconds) = (timeline.begins(), timeline.seconds());
    *text += &format!("  {way} since {begin}, a sign for each {seconds} s\n");
    score(text, "MOS", timeline, |one| one.mos_x100);
    let own = |one: &QualitySample| one.listening?.mos_x10.map(|score| u16::from(score) * 10);
    score(text, "its own", timeline, own);
    for row in &ROWS {
        let known = timeline.samples().iter().flatten();
        let Some(most) = known
            .filter(|one| one.expected > 0)
            .filter_map(row.value)
            .max()
        else {
            continue;
        };
        let full = most.max(row.full);
        let bars = bars(timeline, |one| {
            Some((row.value)(one)?.saturating_mul(7).div_ceil(full))
        });
        let most = decimal(most, row.decimals);
        *text += &format!("  {:>10} {bars} at most {most} {}\n", row.name, row.unit);
    }
}

/// A score: a full bar is 4.5, the lowest 1.
fn score(
    text: &mut String,
    name: &str,
    timeline: &Timeline,
    of: impl Fn(&QualitySample) -> Option<u16>,
) {
    let samples = timeline.samples().iter().flatten();
    let Some(worst) = samples.filter_map(&of).min() else {
        return;
    };
    let bar = |score: u16| u32::from(score.saturating_sub(100)) * 7 / 350;
    let bars = bars(timeline, |one| of(one).map(bar));
    let worst = decimal(worst.into(), 2);
    *text += &format!("  {name:>10} {bars} at worst {worst}\n");
}

/// A sign for each sample; `height` is 0 to 7.
fn bars(timeline: &Timeline, height: impl Fn(&QualitySample) -> Option<u32>) -> String {
    let sign = |sample: &Option<QualitySample>| match sample {
        None => UNKNOWN,
        Some(one) if one.expected == 0 => SILENT,
        Some(one) => {
            let height = height(one).map(|height| usize::try_from(height).unwrap_or(usize::MAX));
            let bar = height.and_then(|height| BARS.get(height.min(BARS.len() - 1)));
            bar.copied().unwrap_or(UNKNOWN)
        }
    };
    timeline.samples().iter().map(sign).collect()
}

fn permille(part: u32, whole: u32) -> u32 {
    let share = u64::from(part) * 1_000 / u64::from(whole.max(1));
    u32::try_from(share).unwrap_or(u32::MAX)
}

/// A number whose last digits are behind the point.
fn decimal(value: u32, decimals: usize) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let digits = format!("{value:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    format!("{whole}.{part}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::{Party, Timelines};
    use machine::WallTime;

    fn second(lost: u32, mos: u16) -> QualitySample {
        QualitySample {
            expected: 50,
            lost,
            jitter: 12,
            mos_x100: Some(mos),
            ..QualitySample::default()
        }
    }

    fn leg(received: Option<Timeline>) -> LegSound {
        LegSound {
            direction: LegDirection::Incoming,
            party: Party {
                number: "101".to_owned(),
                display: "Anna\u{1b}[2J".to_owned(),
                ..Party::default()
            },
            timelines: Timelines {
                received,
                sent: None,
            },
            reported: PhoneReports::default(),
        }
    }

    #[test]
    fn what_was_bad_stands_out_and_what_is_not_known_is_blank() {
        let at = |second: i64| WallTime::from_unix_ms(1_760_000_000_000 + second * 1_000);
        let mut timeline = Timeline::begin(at(0), second(0, 441));
        timeline.note(at(1), second(10, 250));
        timeline.note(at(3), QualitySample::default());
        timeline.note(at(4), second(0, 441));
        let drawn = draw(&[leg(Some(timeline)), leg(None)]);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(
            lines,
            [
                "leg 0, incoming: 101 Anna[2J",
                "  received since 2025-10-09T08:53:20.000Z, a sign for each 1 s",
                "         MOS ▇▄ ×▇ at worst 2.50",
                "        loss ▁█ ×▁ at most 20.0 %",
                "      jitter ▂▂ ×▂ at most 1.2 ms",
                "leg 1, incoming: 101 Anna[2J",
                "  nothing is known",
            ]
        );
    }

    #[test]
    fn what_the_telephone_told_stands_below() {
        let mut silent = leg(None);
        silent.reported.note(PhoneReport {
            kind: PhoneReportKind::Session,
            at: WallTime::from_unix_ms(1_760_000_000_000),
            loss_permille: Some(12),
            discard_permille: None,
            burst_permille: None,
            burst_ms: Some(80),
            round_trip_ms: None,
            end_system_ms: None,
            jitter_ms: None,
            listening_mos_x100: Some(410),
            conversation_mos_x100: None,
        });
        let drawn = draw(&[silent]);
        let told = "  its telephone at 2025-10-09T08:53:20.000Z (of the call): \
                    MOS 4.10, loss 1.2 %, a burst 80 ms";
        assert_eq!(drawn.lines().last(), Some(told));
    }

    #[test]
    fn numbers_have_their_decimals() {
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(7, 1), "0.7");
        assert_eq!(decimal(441, 2), "4.41");
    }
}
