//! A ladder drawn as text: the exchange in the middle, one line for each leg, time going down.

use std::collections::BTreeMap;

use domain::{Ladder, Rung, Step, Way};

/// Columns from one line to the next.
const GAP: usize = 34;

/// Columns before the first line: room for the time.
const MARGIN: usize = 16;

/// Lines drawn at most: legs beyond share the last one.
const LANES_MAX: usize = 17;

/// The exchange's place among the lines.
const EXCHANGE: usize = 1;

/// Draws a ladder. What decided stands between the messages, and what messages say is shown
/// without control characters, so that it may go to a terminal.
#[must_use]
pub fn draw(ladder: &Ladder) -> String {
    let lanes = lanes(ladder);
    let mut text = format!("call {}, record {}\n\n", ladder.call, ladder.cdr);
    heads(&mut text, ladder, lanes);
    let mut told = 0;
    for rung in &ladder.rungs {
        let until = usize::from(rung.steps).min(ladder.explanation.len());
        for step in ladder.explanation.get(told..until).unwrap_or_default() {
            decided(&mut text, step);
        }
        told = told.max(until);
        text += &format!("{:MARGIN$}{}\n", clock_of(rung), arrow(rung, lanes));
    }
    for step in ladder.explanation.get(told..).unwrap_or_default() {
        decided(&mut text, step);
    }
    if ladder.lost > 0 {
        text += &format!("{} more messages had no room\n", ladder.lost);
    }
    text
}

fn lanes(ladder: &Ladder) -> usize {
    let legs = ladder.rungs.iter().map(|rung| usize::from(rung.leg) + 1);
    (legs.max().unwrap_or(0) + 1).clamp(2, LANES_MAX)
}

/// Leg 0 is left of the exchange, the others are right of it.
fn lane_of(leg: u8, lanes: usize) -> usize {
    let leg = usize::from(leg);
    if leg == 0 {
        0
    } else {
        (leg + 1).min(lanes - 1)
    }
}

/// Who each line is, with the address it had first.
fn heads(text: &mut String, ladder: &Ladder, lanes: usize) {
    let mut peers: BTreeMap<usize, &Rung> = BTreeMap::new();
    for rung in &ladder.rungs {
        peers.entry(lane_of(rung.leg, lanes)).or_insert(rung);
    }
    let mut above = vec![' '; MARGIN + lanes * GAP];
    let mut below = above.clone();
    for lane in 0..lanes {
        let (name, address) = match peers.get(&lane) {
            _ if lane == EXCHANGE => ("exchange".to_owned(), String::new()),
            Some(rung) => (
                format!("leg {}", rung.leg),
                format!("{} {}", rung.transport, rung.remote),
            ),
            None => (String::new(), String::new()),
        };
        let at = MARGIN + lane * GAP;
        put(&mut above, at, &name);
        put(&mut below, at, &address);
    }
    for line in [above, below] {
        let line: String = line.into_iter().collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// Writes a word so that its middle is at a column, as far as the margins let it.
fn put(line: &mut [char], middle: usize, word: &str) {
    let from = middle.saturating_sub(word.chars().count() / 2);
    for (place, letter) in line.iter_mut().skip(from).zip(word.chars()) {
        *place = letter;
    }
}

fn clock_of(rung: &Rung) -> String {
    let at = rung.at.to_rfc3339();
    let time = at.split_once('T').map_or(at.as_str(), |(_, time)| time);
    time.trim_end_matches('Z').to_owned()
}

fn arrow(rung: &Rung, lanes: usize) -> String {
    let mut line = vec![' '; (lanes - 1) * GAP + 1];
    for lane in 0..lanes {
        if let Some(place) = line.get_mut(lane * GAP) {
            *place = '|';
        }
    }
    let lane = lane_of(rung.leg, lanes);
    let (left, right) = (lane.min(EXCHANGE) * GAP + 1, lane.max(EXCHANGE) * GAP);
    let shaft = line.iter_mut().take(right).skip(left);
    shaft.for_each(|place| *place = '-');
    let towards_right = (lane > EXCHANGE) == (rung.way == Way::Sent);
    let (head, tip) = if towards_right {
        (right - 1, '>')
    } else {
        (left, '<')
    };
    if let Some(place) = line.get_mut(head) {
        *place = tip;
    }
    let room = right.saturating_sub(left + 4);
    let label: String = label(&rung.text).chars().take(room).collect();
    put(&mut line, left.midpoint(right), &label);
    line.into_iter().collect()
}

/// What a message is: its method or its status, and whether it brings a description.
fn label(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let word = match first.strip_prefix("SIP/2.0 ") {
        Some(status) => status,
        None => first.split(' ').next().unwrap_or_default(),
    };
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let with = if body.starts_with("v=0") {
        " (SDP)"
    } else {
        ""
    };
    printable(&format!("{word}{with}"))
}

fn decided(text: &mut String, step: &Step) {
    let mut line = step.text.clone();
    if !step.because.is_empty() && step.because != step.text {
        line = format!("{line}: {}", step.because);
    }
    if !step.rule.is_empty() {
        line = format!("{line}  [{}]", step.rule);
    }
    *text += &format!("{:MARGIN$}* {}\n", "", printable(&line));
}

/// Without what would move a terminal's cursor.
fn printable(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() { '?' } else { letter };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::draw;
    use domain::{Ladder, Rung, Step, Way};
    use ids::{CallId, CdrId, TenantId};
    use machine::WallTime;

    fn rung(leg: u8, way: Way, steps: u16, text: &str) -> Rung {
        Rung {
            at: WallTime::from_unix_ms(1_764_000_000_123),
            leg,
            way,
            transport: "udp".to_owned(),
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "198.51.100.7:5060".parse().unwrap(),
            steps,
            text: text.to_owned(),
        }
    }

    fn ladder(rungs: Vec<Rung>) -> Ladder {
        Ladder {
            cdr: CdrId::new(1, 1),
            call: CallId::new(1, 2),
            tenant: TenantId::new(1, 3),
            rungs,
            explanation: vec![Step {
                at: None,
                text: "102 is an extension".to_owned(),
                rule: "extension.devices".to_owned(),
                because: "102 is an extension".to_owned(),
            }],
            lost: 0,
        }
    }

    #[test]
    fn arrows_point_where_messages_went_and_decisions_stand_between() {
        let invite = "INVITE sip:102@a SIP/2.0\r\n\r\nv=0\r\n";
        let drawn = draw(&ladder(vec![
            rung(0, Way::Received, 0, invite),
            rung(1, Way::Sent, 1, invite),
            rung(1, Way::Received, 1, "SIP/2.0 180 Ringing\r\n\r\n"),
            rung(0, Way::Sent, 1, "SIP/2.0 180 Ringing\r\n\r\n"),
        ]));
        let lines: Vec<&str> = drawn.lines().skip(4).collect();
        let line = |left: &str, right: &str| format!("16:00:00.123    |{left}|{right}|");
        let blank = " ".repeat(33);
        assert_eq!(
            lines,
            [
                line("----------INVITE (SDP)---------->", &blank),
                "                * 102 is an extension  [extension.devices]".to_owned(),
                line(&blank, "----------INVITE (SDP)---------->"),
                line(&blank, "<----------180 Ringing-----------"),
                line("<----------180 Ringing-----------", &blank),
            ]
        );
    }

    #[test]
    fn what_a_peer_writes_cannot_move_the_cursor() {
        let drawn = draw(&ladder(vec![rung(
            0,
            Way::Sent,
            0,
            "SIP/2.0 200 \u{1b}[2J\r\n",
        )]));
        assert!(!drawn.contains('\u{1b}'), "{drawn:?}");
    }

    #[test]
    fn a_ladder_of_nothing_still_tells_what_was_decided() {
        let drawn = draw(&ladder(Vec::new()));
        assert!(drawn.contains("* 102 is an extension"), "{drawn}");
    }
}
