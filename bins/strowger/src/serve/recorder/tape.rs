//! One recording in the making: the machine that makes its sound, and the file that keeps it.

use std::io;

use domain::{RECORDED_MEMBERS_MAX, RecordedSides, Recording, RecordingKey, RecordingState};
use machine::Instant;
use media::{Layout, Recorder, Side, TappedPacket};
use node::Beginning;
use ports::Entropy;
use shelf::{Shelf, Writing};
use std::time::Duration;

use super::disk::Disk;
use store::OsEntropy;

/// How often what was made is sealed and written: so much of a recording a crash may cost, with
/// what the recorder waits for packets.
const WRITE_EVERY: Duration = Duration::from_millis(300);

/// How often what was written is brought to the disk: so much of it may a loss of power cost.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// A recording in the making.
pub(super) struct Tape {
    pub(super) recording: Recording,
    /// When its call has ended.
    pub(super) ends_at: Option<Instant>,
    sound: Recorder,
    file: Writing,
    written_at: Instant,
    synced_at: Instant,
}

impl Tape {
    /// A new one.
    pub(super) fn begin(shelf: &Shelf, beginning: &Beginning) -> io::Result<Tape> {
        let mut key = [0; 32];
        OsEntropy.fill(&mut key);
        let recording = Recording {
            id: beginning.id,
            tenant: beginning.tenant,
            call: beginning.call,
            conference: beginning.conference,
            client: beginning.client,
            caller: beginning.caller.clone(),
            called: beginning.called.clone(),
            members: Vec::new(),
            sides: beginning.sides,
            began: beginning.began,
            lasts_ms: 0,
            octets: 0,
            state: RecordingState::Running,
            paused: false,
            key: RecordingKey(key),
        };
        let file = shelf.begin(&recording)?;
        Tape::on(recording, file, beginning)
    }

    /// One of a former process goes on; the time between is silent.
    pub(super) fn resume(
        shelf: &Shelf,
        recording: Recording,
        beginning: &Beginning,
    ) -> io::Result<Tape> {
        let file = shelf.resume(&recording, beginning.began)?;
        Tape::on(recording, file, beginning)
    }

    fn on(recording: Recording, file: Writing, beginning: &Beginning) -> io::Result<Tape> {
        let layout = layout_of(recording.sides, recording.conference.is_some());
        let sound = Recorder::new(beginning.at, layout).map_err(io::Error::other)?;
        Ok(Tape {
            recording,
            ends_at: None,
            sound,
            file,
            written_at: beginning.at,
            synced_at: beginning.at,
        })
    }

    /// Somebody of this number is in the conference; whether that was not known, and can be kept.
    pub(super) fn joins(&mut self, number: String) -> bool {
        let members = &mut self.recording.members;
        let new = !members.contains(&number) && members.len() < RECORDED_MEMBERS_MAX;
        if new {
            members.push(number);
        }
        new
    }

    /// Takes a packet.
    pub(super) fn hear(&mut self, packet: &TappedPacket<'_>) {
        self.sound.hear(packet);
    }

    /// Makes the sound that is due, and writes it now and then.
    pub(super) fn make(&mut self, now: Instant, disk: &Disk) -> io::Result<()> {
        let Tape { sound, file, .. } = self;
        sound.advance(now, &mut |packet| file.packet(packet));
        if now < self.written_at + WRITE_EVERY {
            return Ok(());
        }
        self.written_at = now;
        self.file.flush()?;
        if now >= self.synced_at + SYNC_EVERY {
            self.synced_at = now;
            disk.bring(self.file.file()?);
        }
        Ok(())
    }

    /// Ends it with its call. Where its end cannot be written, why, and what is known of it as it
    /// was.
    pub(super) fn finish(mut self) -> (Recording, Option<io::Error>) {
        let ends_at = self.ends_at;
        let Tape { sound, file, .. } = &mut self;
        if let Some(at) = ends_at {
            sound.finish(at, &mut |packet| file.packet(packet));
        }
        match self.file.finish() {
            Ok((lasts_ms, octets)) => (closed(self.recording, lasts_ms, octets), None),
            Err(error) => (self.recording, Some(error)),
        }
    }

    /// Leaves it open for the next start.
    pub(super) fn leave(&mut self, now: Instant) -> io::Result<()> {
        let Tape { sound, file, .. } = self;
        sound.finish(now, &mut |packet| file.packet(packet));
        self.file.flush()?;
        self.file.sync()
    }
}

/// Which channels whose voice is kept in. What is said in a conference is mixed already.
fn layout_of(sides: RecordedSides, is_of_conference: bool) -> Layout {
    match sides {
        RecordedSides::Stereo => Layout::Apart,
        RecordedSides::Both if is_of_conference => Layout::Alone(Side::Left),
        RecordedSides::Both => Layout::Mixed,
        RecordedSides::Caller => Layout::Alone(Side::Left),
        RecordedSides::Called => Layout::Alone(Side::Right),
    }
}

/// A recording of which nothing more comes, as long as it has become; `None` while that cannot be
/// said.
pub(super) fn measured(shelf: &Shelf, recording: Recording) -> Option<Recording> {
    match shelf.measure(&recording) {
        Ok((lasts_ms, octets)) => Some(closed(recording, lasts_ms, octets)),
        Err(ports::ShelfError::NotFound) => Some(closed(recording, 0, 0)),
        Err(error) => {
            tracing::error!(recording = %recording.id, %error, "a recording cannot be measured");
            None
        }
    }
}

fn closed(recording: Recording, lasts_ms: u64, octets: u64) -> Recording {
    Recording {
        lasts_ms,
        octets,
        state: RecordingState::Finished,
        paused: false,
        ..recording
    }
}
