//! What the exchange's process uses of the machine, from outside.

use crate::sys::ticks_per_second;
use std::path::Path;
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

    /// Processor time of those of its threads whose names begin so; none when there is none. It
    /// counts in nanoseconds where the kernel tells those, else in ticks.
    pub(crate) fn cpu_of_threads(self, name: &str) -> Option<Duration> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.0)).ok()?;
        let paths = threads.filter_map(|thread| Some(thread.ok()?.path()));
        // a thread that ends meanwhile is no longer there to be asked
        let times: Vec<Duration> = paths
            .filter_map(|path| cpu_of_thread(&path, name))
            .collect();
        (!times.is_empty()).then(|| times.iter().sum())
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

/// Processor time of a thread by its folder in `/proc`, if its name begins so.
fn cpu_of_thread(folder: &Path, name: &str) -> Option<Duration> {
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
    if !read("comm")?.starts_with(name) {
        return None;
    }
    match read("schedstat").as_deref().and_then(on_core) {
        Some(time) => Some(time),
        None => cpu_of(&read("stat")?),
    }
}

/// The time on a core, the first number of `/proc/PID/schedstat`.
fn on_core(schedstat: &str) -> Option<Duration> {
    let nanos = schedstat.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
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
    fn the_time_on_a_core_is_the_first_number() {
        assert_eq!(on_core("1500 20 3\n"), Some(Duration::from_nanos(1_500)));
        assert_eq!(on_core(""), None);
    }

    #[test]
    fn threads_are_told_apart_by_their_names() {
        let this = Process(std::process::id());
        assert!(this.cpu_of_threads("").is_some());
        assert_eq!(this.cpu_of_threads("nobody-is-called-so"), None);
    }

    #[test]
    fn this_process_has_memory_of_its_own() {
        let this = Process(std::process::id());
        assert!(this.memory().is_some_and(|octets| octets > 100_000));
        assert!(this.cpu().is_some());
    }
}
