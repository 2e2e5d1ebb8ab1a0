//! What is written is read again, what is torn or changed is noticed, and nobody reads another's.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod forms;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use audio::Rate;
use domain::{RecordedSides, RecordingKey, RecordingState};
use ids::{CallId, RecordingId, TenantId};
use opus::{Decoder, Encoder, Settings};
use ports::SeededEntropy;

use super::*;

/// A shelf in a folder of its own, which goes with it.
struct Scratch {
    root: PathBuf,
    shelf: Shelf,
}

impl Scratch {
    fn new(name: &str) -> Scratch {
        let own = format!("strowger-shelf-{}-{name}", std::process::id());
        let root = std::env::temp_dir().join(own);
        let shelf = Shelf::open(&root, Arc::new(SeededEntropy::new(7))).unwrap();
        Scratch { root, shelf }
    }

    fn file(&self, recording: &Recording) -> PathBuf {
        layout::file(&self.root, recording)
    }

    /// Writes so many tenths of a second of a tone, and leaves them as a process does that dies.
    fn record(&self, recording: &Recording, tenths: usize) {
        let mut writing = self.shelf.begin(recording).unwrap();
        fill(&mut writing, tenths);
        writing.flush().unwrap();
    }

    fn octets(&self, recording: &Recording) -> Result<Vec<u8>, ShelfError> {
        let pieces = self.shelf.sound(recording, RecordedForm::Ogg)?;
        let pieces: Result<Vec<Vec<u8>>, ShelfError> = pieces.collect();
        Ok(pieces?.concat())
    }

    /// How many packets of sound are there.
    fn packets(&self, recording: &Recording) -> usize {
        ogg::packets(&self.octets(recording).unwrap()).len() - 2
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for number in 1..=2 {
            let scope = TenantScope::for_job(TenantId::new(1, number), "test");
            self.shelf.erase(&scope).unwrap();
        }
        let _left = fs::remove_dir(&self.root);
    }
}

fn fill(writing: &mut Writing, tenths: usize) {
    let mut encoder = Encoder::new(&Settings::stereo(Rate::Wide)).unwrap();
    let mut packet = [0; 1_275];
    for _ in 0..tenths * 5 {
        let sample = |at: i16| (at % 40 - 20) * 400;
        let sound: Vec<i16> = (0..320).flat_map(|at| [sample(at), 0]).collect();
        let length = encoder.encode(&sound, &mut packet).unwrap();
        writing.packet(&packet[..length]);
    }
}

fn recording(tenant: u128, id: u128) -> Recording {
    Recording {
        id: RecordingId::new(1, id),
        tenant: TenantId::new(1, tenant),
        call: CallId::new(1, id),
        caller: "101".to_owned(),
        called: "102".to_owned(),
        began: WallTime::from_unix_ms(1_760_000_000_000),
        lasts_ms: 0,
        octets: 0,
        state: RecordingState::Running,
        conference: None,
        members: Vec::new(),
        client: None,
        sides: RecordedSides::Stereo,
        paused: false,
        key: RecordingKey([u8::try_from(id).unwrap(); 32]),
    }
}

fn later(recording: &Recording, ms: u64) -> WallTime {
    recording.began + Duration::from_millis(ms)
}

#[test]
fn what_was_written_is_read_as_one_stream_with_an_end() {
    let scratch = Scratch::new("whole");
    let one = recording(1, 1);
    let mut writing = scratch.shelf.begin(&one).unwrap();
    fill(&mut writing, 25);
    let (lasts_ms, octets) = writing.finish().unwrap();
    assert_eq!(lasts_ms, 2_500);
    assert_eq!(fs::metadata(scratch.file(&one)).unwrap().len(), octets);
    assert_eq!(scratch.shelf.measure(&one), Ok((2_500, octets)));
    let stream = scratch.octets(&one).unwrap();
    let packets = ogg::packets(&stream);
    assert_eq!(packets.len(), 2 + 125);
    assert!(packets[0].starts_with(b"OpusHead") && packets[1].starts_with(b"OpusTags"));
    let course = ogg::Course::behind_all(&stream).unwrap();
    assert_eq!(course.samples, 125 * ogg::PACKET_SAMPLES);
    let mut decoder = Decoder::stereo(Rate::Wide).unwrap();
    let mut room = [0; 640];
    assert_eq!(decoder.decode(packets[60], &mut room).unwrap(), 640);
}

#[test]
fn nothing_of_it_lies_there_in_the_clear() {
    let scratch = Scratch::new("clear");
    let one = recording(1, 1);
    scratch.record(&one, 20);
    let file = fs::read(scratch.file(&one)).unwrap();
    for word in [b"OggS".as_slice(), b"OpusHead"] {
        assert!(!file.windows(word.len()).any(|part| part == word));
    }
}

#[test]
fn nobody_but_its_owner_reads_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("private");
    let one = recording(1, 1);
    scratch.record(&one, 1);
    let path = scratch.file(&one);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert!(
        path.ancestors()
            .skip(1)
            .take(3)
            .all(|folder| mode(folder) == 0o700)
    );
}

#[test]
fn whatever_is_cut_off_at_its_end_costs_no_more_than_a_segment() {
    let scratch = Scratch::new("torn");
    let one = recording(1, 1);
    scratch.record(&one, 40);
    let whole = fs::read(scratch.file(&one)).unwrap();
    let path = scratch.file(&one);
    for length in (whole.len() / 2..whole.len()).step_by(97) {
        fs::write(&path, &whole[..length]).unwrap();
        let found = scan::scan(&path, &one).unwrap();
        assert!(found.whole <= u64::try_from(length).unwrap());
        let packets = scratch.packets(&one);
        assert_eq!(u64::try_from(packets).unwrap() * 20, found.lasts_ms());
        // a second is some five kilobytes here, so half of the file is two seconds of four
        assert!(packets >= 50, "{length} of {}: {packets}", whole.len());
    }
    fs::write(&path, &whole[..10]).unwrap();
    assert_eq!(scratch.shelf.measure(&one), Err(ShelfError::NotFound));
}

#[test]
fn a_recording_that_was_broken_off_goes_on_with_silence_between() {
    let scratch = Scratch::new("resumed");
    let one = recording(1, 1);
    scratch.record(&one, 20);
    let path = scratch.file(&one);
    let mut torn = fs::read(&path).unwrap();
    torn.extend_from_slice(&segments::label(segments::Kind::Segment, 4_000));
    torn.extend_from_slice(&[7; 1_000]);
    fs::write(&path, &torn).unwrap();
    let mut writing = scratch.shelf.resume(&one, later(&one, 5_000)).unwrap();
    fill(&mut writing, 10);
    let (lasts_ms, _) = writing.finish().unwrap();
    assert_eq!(
        lasts_ms, 6_000,
        "two seconds, three of silence, and one more"
    );
    let stream = scratch.octets(&one).unwrap();
    let packets = ogg::packets(&stream);
    assert_eq!(packets.len(), 2 + 300, "one stream with one head");
    let silent = packets.iter().filter(|packet| **packet == ogg::silent(2));
    assert_eq!(silent.count(), 150);
    let course = ogg::Course::behind_all(&stream).unwrap();
    assert_eq!(course.samples, 300 * ogg::PACKET_SAMPLES);
}

#[test]
fn a_segment_that_is_written_again_after_a_crash_is_sealed_with_another_nonce() {
    let scratch = Scratch::new("nonce");
    let one = recording(1, 1);
    scratch.record(&one, 10);
    let first = fs::read(scratch.file(&one)).unwrap();
    let found = scan::scan(&scratch.file(&one), &one).unwrap();
    let writing = scratch.shelf.resume(&one, later(&one, 1_000)).unwrap();
    drop(writing);
    let again = fs::read(scratch.file(&one)).unwrap();
    let part = usize::try_from(found.whole).unwrap();
    assert_eq!(first[..part], again[..part]);
    let begins = segments::HEAD + segments::LABEL;
    let (old, new) = (&first[begins..begins + 16], &again[part + 5..part + 21]);
    assert_ne!(old, new, "each part has a salt of its own");
}

#[test]
fn what_never_got_as_far_as_a_file_is_begun() {
    let scratch = Scratch::new("unbegun");
    let one = recording(1, 1);
    let writing = scratch.shelf.resume(&one, later(&one, 9_000)).unwrap();
    drop(writing);
    assert_eq!(scratch.shelf.measure(&one).unwrap().0, 0);
    assert_eq!(scratch.packets(&one), 0);
}

#[test]
fn an_octet_that_was_changed_is_noticed_wherever_it_is() {
    let scratch = Scratch::new("changed");
    let one = recording(1, 1);
    let mut writing = scratch.shelf.begin(&one).unwrap();
    fill(&mut writing, 30);
    let (lasts_ms, octets) = writing.finish().unwrap();
    let finished = Recording {
        lasts_ms,
        octets,
        state: RecordingState::Finished,
        ..one.clone()
    };
    let path = scratch.file(&one);
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(211) {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        fs::write(&path, &changed).unwrap();
        assert!(scratch.octets(&finished).is_err(), "octet {at}");
    }
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(scratch.octets(&finished).is_err(), "it was cut off");
    fs::write(&path, &whole).unwrap();
    assert!(scratch.octets(&finished).is_ok());
}

#[test]
fn a_segment_of_another_recording_or_another_place_does_not_open() {
    let scratch = Scratch::new("swapped");
    let (one, other) = (recording(1, 1), recording(2, 1));
    scratch.record(&one, 30);
    scratch.record(&other, 30);
    fs::copy(scratch.file(&other), scratch.file(&one)).unwrap();
    let swapped = scratch.octets(&one);
    assert!(
        matches!(swapped, Err(ShelfError::Damaged(_))),
        "another tenant's"
    );
    let again = recording(1, 2);
    scratch.record(&again, 30);
    fs::copy(scratch.file(&again), scratch.file(&one)).unwrap();
    let swapped = scratch.octets(&one);
    assert!(
        matches!(swapped, Err(ShelfError::Damaged(_))),
        "another recording's"
    );
}

#[test]
fn a_wave_is_as_long_as_its_head_says() {
    let scratch = Scratch::new("wave");
    let one = recording(1, 1);
    scratch.record(&one, 30);
    let pieces = scratch.shelf.sound(&one, RecordedForm::Wave).unwrap();
    let wave: Vec<u8> = pieces.flat_map(Result::unwrap).collect();
    let said = u32::from_le_bytes(wave[40..44].try_into().unwrap());
    assert_eq!(wave.len() - 44, usize::try_from(said).unwrap());
    assert_eq!(said, (3 * 16_000 - 104) * 4);
    let samples = wave[44..].chunks_exact(4);
    let loudness = |at: usize| {
        let one = |frame: &[u8]| i16::from_le_bytes([frame[at], frame[at + 1]]).unsigned_abs();
        samples
            .clone()
            .map(|frame| u64::from(one(frame)))
            .sum::<u64>()
    };
    assert!(
        loudness(0) > 20 * loudness(2).max(1),
        "the tone is on the left"
    );
}

#[test]
fn removing_takes_the_file_and_the_folders_that_are_empty_then() {
    let scratch = Scratch::new("removed");
    let (one, other) = (recording(1, 1), recording(1, 2));
    scratch.record(&one, 1);
    scratch.record(&other, 1);
    assert_eq!(scratch.shelf.remove(&one), Ok(true));
    assert_eq!(scratch.shelf.remove(&one), Ok(false));
    assert_eq!(scratch.packets(&other), 5);
    assert_eq!(scratch.shelf.remove(&other), Ok(true));
    assert!(!scratch.root.join(one.tenant.to_string()).exists());
    assert!(scratch.root.exists());
}

#[test]
fn a_company_that_is_erased_leaves_nothing_and_takes_nobody_along() {
    let scratch = Scratch::new("erased");
    let (one, other) = (recording(1, 1), recording(2, 2));
    scratch.record(&one, 1);
    scratch.record(&other, 1);
    let scope = TenantScope::for_job(one.tenant, "erasure");
    scratch.shelf.erase(&scope).unwrap();
    scratch.shelf.erase(&scope).unwrap();
    assert_eq!(scratch.octets(&one), Err(ShelfError::NotFound));
    assert_eq!(scratch.packets(&other), 5);
}
