//! What the exchange's process uses of the machine, from outside.

use crate::sys::ticks_per_second;
use std::time::Duration;

/// A process of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) u32);

impl Process {
    /// Processor time of all its threads, in user and kernel; none when it is gone. It counts in
    /// steps of the kernel's tick, 10 ms as a rule.
    pub(crate) fn cpu(self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).ok()?;
        cpu_of(&stat)
    }

    /// Octets of memory that are its own: what would be free if it ended.
    pub(crate) fn memory(self) -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0)).ok()?;
        let kib = |key: &str| -> Option<u64> {
            let line = text.lines().find_map(|line| line.strip_prefix(key))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some((kib("Private_Dirty:")? + kib("Private_Clean:")?) * 1024)
    }
}

/// User and kernel time in the text of `/proc/PID/stat`. The name in it may hold anything, so
/// fields are counted from its end.
fn cpu_of(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let kernel: u32 = fields.next()?.parse().ok()?;
    let seconds = f64::from(user + kernel) / f64::from(ticks_per_second());
    Some(Duration::from_secs_f64(seconds))
}

/// Processor time of a process over a span.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuSpan {
    process: Option<Process>,
    begin: Option<Duration>,
}

impl CpuSpan {
    /// From now on.
    pub(crate) fn begin(process: Option<Process>) -> CpuSpan {
        let begin = process.and_then(Process::cpu);
        CpuSpan { process, begin }
    }

    /// Seconds used since; none when nobody is watched.
    pub(crate) fn seconds(self) -> Option<f64> {
        let now = self.process?.cpu()?;
        Some(now.saturating_sub(self.begin?).as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_and_brackets_does_not_shift_the_fields() {
        let stat = "12 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        let seconds = cpu_of(stat).map(|time| time.as_secs_f64());
        let expected = 200.0 / f64::from(ticks_per_second());
        assert_eq!(seconds, Some(expected));
    }

    #[test]
    fn this_process_has_memory_of_its_own() {
        let this = Process(std::process::id());
        assert!(this.memory().is_some_and(|octets| octets > 100_000));
        assert!(this.cpu().is_some());
    }
}
