//! The buffer behind networks of every kind, each replayable from its seed.

use machine::Random;
use proptest::prelude::*;

use super::*;

/// Nanoseconds of a millisecond.
const MS: u64 = 1_000_000;

/// Nanoseconds between packets, and between pulls.
const FRAME: u64 = 20 * MS;

/// What was heard of a trace.
struct Trace {
    heard: Vec<Heard>,
    figures: Figures,
    longest: Duration,
    /// Delay of every packet heard, in order.
    delays: Vec<Duration>,
}

impl Trace {
    fn numbers(&self) -> Vec<u64> {
        let numbers = self.heard.iter().filter_map(|heard| match heard {
            Heard::Packet(n) => Some(*n),
            Heard::Lost(_) | Heard::Silence => None,
        });
        numbers.collect()
    }

    /// Frames concealed between the first and the last packet heard.
    fn concealed_within(&self) -> usize {
        let sound = |heard: &Heard| matches!(heard, Heard::Packet(_));
        let first = self.heard.iter().position(sound).unwrap();
        let last = self.heard.iter().rposition(sound).unwrap();
        let within = &self.heard[first..last];
        let lost = within
            .iter()
            .filter(|heard| matches!(heard, Heard::Lost(_)));
        lost.count()
    }

    fn mean_delay_of_last(&self, count: usize) -> Duration {
        let last = &self.delays[self.delays.len() - count..];
        last.iter().sum::<Duration>() / u32::try_from(count).unwrap()
    }
}

/// Plays packets that arrive at these times (nanoseconds, number), pulling every 20 ms from
/// `phase` on until a second after the last one, and checks what must hold on every network.
fn play(mut arrivals: Vec<(u64, u64)>, phase: u64, settings: &Settings) -> Trace {
    arrivals.sort_unstable();
    let end = arrivals.last().unwrap().0 + 1_000 * MS;
    let mut line = Line::with(settings);
    let mut coming = arrivals.into_iter().peekable();
    let (mut heard, mut delays, mut longest) = (Vec::new(), Vec::new(), Duration::ZERO);
    let mut now = phase;
    while now < end {
        while let Some((at, n)) = coming.next_if(|(at, _)| *at <= now) {
            let payload = n.to_be_bytes();
            let packet = Packet {
                ssrc: 1,
                seq: line.seq(n),
                ts: line.ts(n),
                marker: n == 0,
                content: Content::Sound,
                payload: &payload,
            };
            line.buffer.put(&packet, Instant::from_nanos(at));
        }
        let frame = line.pull_at(Instant::from_nanos(now));
        if matches!(frame, Heard::Packet(_)) {
            delays.push(line.buffer.figures().delay);
            longest = longest.max(line.buffer.figures().delay);
        }
        heard.push(frame);
        now += FRAME;
    }
    let figures = line.buffer.figures();
    let trace = Trace {
        heard,
        figures,
        longest,
        delays,
    };
    let numbers = trace.numbers();
    assert!(numbers.is_sorted_by(|a, b| a < b), "order");
    assert!(trace.longest <= settings.most, "{:?}", trace.longest);
    let gone = figures.late + figures.duplicates + figures.skipped;
    assert_eq!(figures.received, figures.played + gone, "{figures:?}");
    assert_eq!(figures.played, u64::try_from(numbers.len()).unwrap());
    trace
}

/// Packets `0..count`, each delayed as told, in nanoseconds; `None` for a lost one.
fn sent(count: u64, mut delay: impl FnMut(u64) -> Option<u64>) -> Vec<(u64, u64)> {
    let sent = (0..count).filter_map(|n| Some((FRAME * n + delay(n)?, n)));
    sent.collect()
}

fn usual() -> Settings {
    Settings::new(8000, PAYLOAD)
}

fn share(part: u64, whole: u64) -> f64 {
    let float = |n: u64| f64::from(u32::try_from(n).unwrap());
    float(part) / float(whole)
}

#[test]
fn without_jitter_the_delay_becomes_the_shortest() {
    for phase in [0, 3, 10, 19] {
        let trace = play(sent(1500, |_| Some(50 * MS)), phase * MS, &usual());
        let delay = *trace.delays.last().unwrap();
        // one frame of waiting for the pull, and a quarter of one that is not worth a cut
        assert!(LEAST_DELAY <= delay, "{delay:?}");
        assert!(delay < LEAST_DELAY + ms(25), "{delay:?}");
        assert_eq!(trace.figures.late, 0);
        assert!(trace.figures.skipped <= 2, "{:?}", trace.figures);
        assert_eq!(trace.concealed_within(), 0);
    }
}

#[test]
fn even_jitter_and_loss_cost_little_more_than_the_loss() {
    for seed in 0..20 {
        let mut random = Random::from_seed(seed);
        let mut lost = 0;
        let arrivals = sent(3000, |_| {
            let delay = random.between(30 * MS, 90 * MS);
            let drop = random.chance(50);
            lost += u64::from(drop);
            (!drop).then_some(delay)
        });
        let trace = play(arrivals, 7 * MS, &usual());
        let figures = trace.figures;
        assert!(share(figures.late, figures.received) < 0.03, "{figures:?}");
        assert!(figures.skipped < 20, "{figures:?}");
        let concealed = u64::try_from(trace.concealed_within()).unwrap();
        assert!(concealed < lost + 100, "{concealed} of {lost}");
        let delay = trace.mean_delay_of_last(1000);
        assert!(ms(55) < delay && delay < ms(95), "{delay:?}");
    }
}

#[test]
fn loss_in_bursts_takes_what_is_lost_and_nothing_else() {
    for seed in 0..20 {
        let mut random = Random::from_seed(100 + seed);
        let mut bad = false;
        let arrivals = sent(3000, |_| {
            bad = random.chance(if bad { 800 } else { 20 });
            (!bad).then_some(random.between(20 * MS, 30 * MS))
        });
        let came = u64::try_from(arrivals.len()).unwrap();
        let trace = play(arrivals, 0, &usual());
        let figures = trace.figures;
        assert_eq!(figures.received, came);
        assert!(figures.late + figures.skipped < 20, "{figures:?}");
        assert!(figures.played > came - 20);
    }
}

#[test]
fn a_network_that_stands_still_is_waited_for_and_forgotten() {
    // every five seconds nothing comes for 250 ms, then all at once; the last minute is calm
    let arrivals = sent(6000, |n| {
        let into = n * 20 % 5000;
        let standing = n < 3000 && n > 100 && into < 250;
        Some((40 + if standing { 250 - into } else { 0 }) * MS)
    });
    let trace = play(arrivals, 5 * MS, &usual());
    let figures = trace.figures;
    assert_eq!(figures.late, 0, "{figures:?}");
    assert!(
        share(figures.skipped, figures.received) < 0.04,
        "{figures:?}"
    );
    let delay = trace.mean_delay_of_last(500);
    assert!(delay < LEAST_DELAY + ms(25), "{delay:?}");
}

#[test]
fn clocks_that_drift_apart_never_move_the_delay_far() {
    // ten minutes at 200 parts in a million: six frames too many or too few
    for faster in [true, false] {
        let arrivals = sent(30_000, |n| {
            let drift = n * FRAME / 5000;
            Some(if faster {
                1_000 * MS - drift
            } else {
                100 * MS + drift
            })
        });
        let trace = play(arrivals, 0, &usual());
        let figures = trace.figures;
        assert_eq!((figures.late, figures.lost), (0, 0), "{figures:?}");
        assert!(figures.skipped <= 9, "{figures:?}");
        assert!(
            trace.concealed_within() <= 9,
            "{}",
            trace.concealed_within()
        );
        let settled = &trace.delays[1500..];
        assert!(settled.iter().all(|delay| *delay < ms(50)));
        assert!(settled.iter().all(|delay| *delay >= LEAST_DELAY - ms(3)));
    }
}

#[test]
fn the_same_trace_is_heard_the_same_way_again() {
    let trace = |seed| {
        let mut random = Random::from_seed(seed);
        let arrivals = sent(1000, |_| Some(random.between(0, 120 * MS)));
        play(arrivals, 0, &usual()).heard
    };
    assert_eq!(trace(5), trace(5));
    assert_ne!(trace(5), trace(6));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_comes_within_the_delay_is_heard_once(
        delays in proptest::collection::vec(0..40 * MS, 100..450),
        phase in 0..FRAME,
    ) {
        let settings = Settings { least: ms(80), ..usual() };
        let count = u64::try_from(delays.len()).unwrap();
        let mut next = delays.into_iter();
        let trace = play(sent(count, |_| next.next()), phase, &settings);
        prop_assert_eq!(trace.figures.late, 0);
        prop_assert_eq!(trace.figures.played + trace.figures.skipped, count);
        prop_assert!(trace.figures.skipped <= 3);
        prop_assert_eq!(trace.concealed_within(), 0);
    }

    #[test]
    fn any_network_is_outlived_in_order_and_within_the_bounds(
        packets in proptest::collection::vec((0..900 * MS, 0..4_u8), 1..300),
        phase in 0..FRAME,
    ) {
        let mut arrivals = Vec::new();
        for (n, (delay, copies)) in (0..).zip(packets) {
            for copy in 0..u64::from(copies) {
                arrivals.push((FRAME * n + delay + copy * MS, n));
            }
        }
        if !arrivals.is_empty() {
            play(arrivals, phase, &usual());
        }
    }
}
