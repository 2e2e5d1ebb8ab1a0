//! Starting and stopping the media threads.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::Instant;

use machine::Random;
use media::{Prompts, Road};

use crate::config::Config;
use crate::control::{Bell, Control, Line, Wake};
use crate::figures::{Shared, WorkerFigures};
use crate::sys::{self, EventFd};
use crate::taps::{TapLine, Taps};
use crate::worker::{Shard, Worker};

/// The running threads. Dropping it stops them.
pub struct MediaThreads {
    running: Vec<Running>,
    stop: Arc<AtomicBool>,
}

/// What the running threads are reached by.
#[derive(Debug)]
pub struct Lines {
    /// Orders and notices, in the order of the signalling shards.
    pub controls: Vec<Control>,
    /// Packets that are to be recorded, one line for each thread.
    pub taps: Vec<TapLine>,
}

struct Running {
    thread: Option<JoinHandle<()>>,
    bell: Arc<Bell>,
    shared: Arc<Shared>,
}

impl fmt::Debug for MediaThreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaThreads")
            .field("threads", &self.running.len())
            .finish()
    }
}

impl MediaThreads {
    /// Starts the threads. `origin` is the node's start, from which all its instants count; `seed`
    /// must be unpredictable.
    ///
    /// Errors when the kernel gives no descriptors or threads.
    pub fn start(
        config: &Config,
        prompts: &Arc<Prompts>,
        seed: [u8; 32],
        origin: Instant,
        wake: &Wake,
    ) -> io::Result<(MediaThreads, Lines)> {
        let mut random = Random::secure(seed);
        let mut media = MediaThreads {
            running: Vec::new(),
            stop: Arc::default(),
        };
        let mut taps = Vec::new();
        let mut controls: Vec<Control> = (0..config.shards.max(1))
            .map(|_| Control { lines: Vec::new() })
            .collect();
        for number in 0..config.workers.max(1) {
            let road_random = random.fork(&format!("road {number}"));
            let road = Road::new(config.limits, Arc::clone(prompts), road_random);
            let bell = Bell {
                event: EventFd::new()?,
                rung: AtomicBool::new(false),
            };
            let bell = Arc::new(bell);
            let mut shards = Vec::new();
            for control in &mut controls {
                let (commands, orders) = sync_channel(config.commands.max(1));
                let (reports, notices) = sync_channel(config.notices.max(1));
                let (lifts, lifted) = sync_channel(config.lifted.max(1));
                control.lines.push(Line {
                    commands,
                    notices,
                    lifted,
                    bell: Arc::clone(&bell),
                    unheard: false,
                });
                shards.push(Shard::new(orders, reports, lifts));
            }
            let (ours, line) = Taps::new(config.tapped);
            taps.push(line);
            let clock = (origin, Arc::clone(wake));
            let worker = Worker::new(config, road, shards, Arc::clone(&bell), ours, clock)?;
            media.spawn(number, config, bell, worker)?;
        }
        Ok((media, Lines { controls, taps }))
    }

    fn spawn(
        &mut self,
        number: u8,
        config: &Config,
        bell: Arc<Bell>,
        mut worker: Worker,
    ) -> io::Result<()> {
        let shared = Arc::new(Shared::default());
        let core = config
            .pin_from_core
            .map(|first| first + usize::from(number));
        let (stop, publish) = (Arc::clone(&self.stop), Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || {
                if let Some(core) = core {
                    // A core that is not there costs speed, not service.
                    let _unpinned = sys::pin_to_core(core);
                }
                worker.run(&stop, &publish);
            })?;
        self.running.push(Running {
            thread: Some(thread),
            bell,
            shared,
        });
        Ok(())
    }

    /// Figures of each thread.
    #[must_use]
    pub fn figures(&self) -> Vec<WorkerFigures> {
        self.running
            .iter()
            .map(|running| running.shared.load().figures())
            .collect()
    }

    /// Stops the threads and waits for them. What waits to be sent is sent.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        self.stop.store(true, Ordering::Release);
        for running in &mut self.running {
            running.bell.event.signal();
            if let Some(thread) = running.thread.take() {
                // Its panics were caught and counted in the thread.
                let _ended = thread.join();
            }
        }
    }
}

impl Drop for MediaThreads {
    fn drop(&mut self) {
        self.halt();
    }
}
