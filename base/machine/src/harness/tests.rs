//! Tests of the driver, with machines that keep the contract and machines that break it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::TimerTable;

/// Rings so many times, doubling its interval, until it is told to stop.
#[derive(Default)]
struct Bell {
    next: Option<Instant>,
    interval: Duration,
    left: u32,
    /// What this bell does wrong.
    fault: Fault,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Fault {
    #[default]
    None,
    /// Forgets to move its deadline.
    Stuck,
    /// Moves it relative to the old deadline by one interval only, however late it is.
    FallsBehind,
    /// Rings whenever it is woken.
    Jumpy,
}

#[derive(Debug, Clone, PartialEq)]
enum Order {
    Start { times: u32, every: Duration },
    Stop,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Reason {
    Ring,
}

#[derive(Debug, Clone, PartialEq)]
enum Sound {
    Started,
    Ding,
    Silence,
}

impl Machine for Bell {
    type Input = Order;
    type Output = Sound;
    type Reason = Reason;

    fn handle(&mut self, input: Order, now: Instant, out: &mut Vec<Sound>) {
        match input {
            Order::Start { times, every } => {
                (self.next, self.interval, self.left) = (Some(now + every), every, times);
                out.push(Sound::Started);
            }
            Order::Stop => {
                self.next = None;
                out.push(Sound::Silence);
            }
        }
    }

    fn deadline(&self) -> Option<Deadline<Reason>> {
        self.next.map(|at| Deadline::new(at, Reason::Ring))
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Sound>) {
        let Some(at) = self
            .next
            .filter(|&at| at <= now || self.fault == Fault::Jumpy)
        else {
            return;
        };
        out.push(Sound::Ding);
        self.left -= 1;
        self.interval = self.interval.saturating_mul(2);
        let from = if self.fault == Fault::FallsBehind {
            at
        } else {
            now
        };
        if self.fault != Fault::Stuck {
            self.next = (self.left > 0).then(|| from + self.interval);
        } else {
            self.left = 5;
        }
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn start(times: u32, every: u64) -> Order {
    Order::Start {
        times,
        every: ms(every),
    }
}

fn broken(fault: Fault) -> Driver<Bell> {
    Driver::new(Bell {
        fault,
        ..Bell::default()
    })
}

#[test]
fn the_machine_is_woken_at_each_deadline_exactly() {
    let mut driver = Driver::new(Bell::default());
    assert_eq!(driver.input(start(3, 500)), [Sound::Started]);
    let rings = driver.advance(ms(10_000));
    let at: Vec<_> = rings.iter().map(|(at, _)| at.as_millis()).collect();
    assert_eq!(at, [500, 1_500, 3_500]);
    assert!(rings.iter().all(|(_, sound)| *sound == Sound::Ding));
    assert_eq!(driver.now(), Instant::from_secs(10));
    assert_eq!(driver.deadline(), None);
}

#[test]
fn a_deadline_at_the_very_end_of_an_advance_is_met_and_one_after_it_is_not() {
    let mut driver = Driver::new(Bell::default());
    driver.input(start(1, 500));
    assert_eq!(driver.advance_to(Instant::from_nanos(499_999_999)), []);
    assert_eq!(driver.advance(Duration::from_nanos(1)).len(), 1);
}

#[test]
fn time_never_goes_back() {
    let mut driver = Driver::starting_at(Instant::from_secs(5), Bell::default());
    driver.advance_to(Instant::from_secs(1));
    assert_eq!(driver.now(), Instant::from_secs(5));
}

#[test]
fn a_step_goes_to_the_next_deadline_and_no_further() {
    let mut driver = Driver::new(Bell::default());
    assert_eq!(driver.step(), None);
    driver.input(start(2, 500));
    assert_eq!(driver.step(), Some(vec![Sound::Ding]));
    assert_eq!(driver.now(), Instant::from_millis(500));
    assert_eq!(driver.step(), Some(vec![Sound::Ding]));
    assert_eq!(
        (driver.now(), driver.step()),
        (Instant::from_millis(1_500), None)
    );
}

#[test]
fn running_until_idle_stops_at_the_last_deadline_or_at_its_limit() {
    let mut driver = Driver::new(Bell::default());
    driver.input(start(2, 500));
    assert_eq!(driver.run_until_idle(ms(60_000)).len(), 2);
    assert_eq!(driver.now(), Instant::from_millis(1_500));

    driver.input(start(100, 500));
    assert_eq!(driver.run_until_idle(ms(2_000)).len(), 2);
    assert_eq!(driver.now(), Instant::from_millis(3_500));
}

#[test]
fn the_transcript_tells_what_happened_when() {
    let mut driver = Driver::new(Bell::default());
    driver.input(start(2, 500));
    driver.advance(ms(1_000));
    driver.note("the caller gives up");
    driver.input(Order::Stop);
    let expected = "     0.000 in  Start { times: 2, every: 500ms }\n     \
                    0.000 out Started\n     \
                    0.500 due Ring\n     \
                    0.500 out Ding\n     \
                    1.000 #   the caller gives up\n     \
                    1.000 in  Stop\n     \
                    1.000 out Silence\n";
    assert_eq!(driver.transcript().to_string(), expected);
    driver.clear_transcript();
    assert_eq!(driver.transcript().to_string(), "");
}

#[test]
fn a_bounded_transcript_keeps_the_newest_lines_and_counts_the_others() {
    let mut driver = Driver::new(Bell::default()).with_transcript_bound(2);
    driver.input(start(2, 500));
    driver.advance(ms(500));
    let lines: Vec<_> = driver.transcript().lines().map(|line| line.mark).collect();
    assert_eq!(lines, [Mark::Due, Mark::Output]);
    assert_eq!(driver.transcript().forgotten(), 2);
    assert!(
        driver
            .transcript()
            .to_string()
            .starts_with("(2 older lines forgotten)\n")
    );
}

#[test]
fn after_a_stall_what_is_due_comes_late_and_before_the_next_input() {
    let mut driver = Driver::new(Bell::default());
    driver.input(start(3, 500));
    assert_eq!(
        driver.stall(ms(2_000)).input(Order::Stop),
        [Sound::Ding, Sound::Silence]
    );
    assert_eq!(driver.now(), Instant::from_secs(2));
}

#[test]
fn a_deadline_left_in_the_past_after_a_late_expiry_is_a_violation() {
    let mut driver = broken(Fault::FallsBehind);
    driver.input(start(9, 500));
    assert_eq!(driver.advance(ms(1_500)).len(), 2);
    driver.stall(ms(60_000));
    let violation = driver.try_advance_to(driver.now()).unwrap_err();
    assert_eq!(violation.rule, "no deadline in the past after an expiry");
    assert_eq!(violation.at, Instant::from_millis(61_500));
    assert_eq!(violation.detail, "Ring still due at 7.500");
}

#[test]
fn a_machine_that_never_moves_its_deadline_is_a_violation() {
    let mut driver = broken(Fault::Stuck).with_most_expiries(7);
    driver.input(start(2, 500));
    let violation = driver.try_advance_to(Instant::from_secs(1)).unwrap_err();
    assert_eq!(
        violation.to_string(),
        "at 0.500: no endless expiry at one instant: 7 expiries, and again Ring"
    );
    let due = driver
        .transcript()
        .lines()
        .filter(|line| line.mark == Mark::Due)
        .count();
    assert_eq!(due, 7);
}

#[test]
#[should_panic(expected = "no endless expiry at one instant: 10000 expiries")]
fn the_panicking_methods_tell_the_violation() {
    let mut driver = broken(Fault::Stuck);
    driver.input(start(2, 500));
    driver.advance(ms(500));
}

#[test]
fn an_early_wake_of_a_sound_machine_does_nothing() {
    let mut driver = Driver::new(Bell::default());
    driver.poke();
    driver.input(start(1, 500));
    driver.poke();
    driver.advance(ms(499));
    driver.poke();
    assert_eq!(driver.advance(ms(1)).len(), 1);
}

#[test]
fn a_machine_that_acts_when_woken_early_is_a_violation() {
    let mut driver = broken(Fault::Jumpy);
    driver.input(start(2, 500));
    let violation = driver.try_poke().unwrap_err();
    assert_eq!(violation.rule, "an expiry before the deadline does nothing");
}

#[test]
fn poking_what_is_due_is_the_tests_own_mistake() {
    let mut driver = Driver::new(Bell::default());
    driver.input(start(2, 500));
    driver.stall(ms(500));
    assert_eq!(
        driver.try_poke().unwrap_err().rule,
        "poke only what is not due"
    );
}

#[test]
fn an_invariant_is_checked_after_inputs_and_after_expiries() {
    let rule = |most: u32| {
        Driver::new(Bell::default()).with_invariant("few rings left", move |bell: &Bell| {
            if bell.left > most {
                Err(format!("{} are left", bell.left))
            } else {
                Ok(())
            }
        })
    };
    let violation = rule(2).try_input(start(3, 500)).unwrap_err();
    assert_eq!(
        (violation.rule, violation.detail.as_str()),
        ("few rings left", "3 are left")
    );
    assert_eq!(rule(3).try_input(start(3, 500)), Ok(vec![Sound::Started]));

    let mut driver = Driver::new(Bell::default()).with_invariant("never rings", |bell: &Bell| {
        if bell.left == 2 {
            Err("it rang".to_owned())
        } else {
            Ok(())
        }
    });
    driver.input(start(3, 500));
    assert_eq!(
        driver
            .try_advance_to(Instant::from_secs(9))
            .unwrap_err()
            .at
            .as_millis(),
        500
    );
}

#[test]
fn another_machine_can_take_over_with_the_old_ones_state() {
    let mut driver = Driver::new(Bell::default());
    driver.input(start(2, 500));
    driver.advance(ms(500));
    driver.restore(|old| Bell {
        next: old.next,
        left: old.left,
        ..Bell::default()
    });
    assert_eq!(driver.machine().interval, Duration::ZERO);
    assert_eq!(
        driver.advance(ms(5_000)),
        [(Instant::from_millis(1_500), Sound::Ding)]
    );
    driver.machine_mut().left = 8;
    assert_eq!(driver.into_machine().left, 8);
}

/// Many deadlines in a timer table, some cancelled: wakes may be early, the contract holds.
struct Alarms {
    table: TimerTable<u64>,
}

impl Machine for Alarms {
    type Input = Instant;
    type Output = u64;
    type Reason = ();

    fn handle(&mut self, at: Instant, _now: Instant, _out: &mut Vec<u64>) {
        self.table.arm(at, at.as_nanos());
    }

    fn deadline(&self) -> Option<Deadline<()>> {
        self.table.next().map(|at| Deadline::new(at, ()))
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<u64>) {
        while let Some((_, key)) = self.table.pop_due(now) {
            out.push(key);
        }
    }
}

#[test]
fn a_machine_made_of_a_timer_table_keeps_the_contract_though_its_wakes_may_be_early() {
    let mut table = TimerTable::new();
    let crowd: Vec<_> = (0..40)
        .map(|n| table.arm(Instant::from_millis(70_000 + n), n))
        .collect();
    for &handle in &crowd[..39] {
        assert!(table.cancel(handle));
    }
    let mut driver = Driver::new(Alarms { table });
    driver.input(Instant::from_micros(1_500));
    driver.input(Instant::from_micros(1_200));
    let out = driver.advance(Duration::from_secs(100));
    let expected = [
        (Instant::from_micros(1_200), 1_200_000),
        (Instant::from_micros(1_500), 1_500_000),
        (Instant::from_millis(70_039), 39),
    ];
    assert_eq!(out, expected);
}
