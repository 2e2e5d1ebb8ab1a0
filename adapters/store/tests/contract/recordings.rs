//! What is known of recordings: sealed, seen by no other, and gone with its company.

use domain::{RecordedSides, Recording, RecordingKey, RecordingState};
use ids::{CallId, ExtensionId, RecordingId};
use ports::{FACTS_AT_ONCE, RecordingListing, RecordingQuery, StoreError};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, time};

/// A recording that is over, of a number that tells its id and its moment.
pub(crate) fn recording(scope: &TenantScope, number: u64) -> Recording {
    Recording {
        id: RecordingId::new(time_ms(number), 7),
        tenant: scope.tenant(),
        call: CallId::new(number, 2),
        caller: "101".to_owned(),
        called: "+4930123456, Zoë".to_owned(),
        began: time(number),
        lasts_ms: 61_000,
        octets: 245_000,
        state: RecordingState::Finished,
        conference: None,
        members: Vec::new(),
        client: None,
        sides: RecordedSides::Stereo,
        paused: false,
        key: RecordingKey([u8::try_from(number % 256).unwrap(); 32]),
    }
}

fn time_ms(number: u64) -> u64 {
    u64::try_from(time(number).unix_ms()).unwrap()
}

fn write(world: &World<'_>, all: Vec<Recording>) {
    let wanted = all.len();
    let written = block_on(world.store.write_recordings(all));
    assert_eq!(written, Ok(wanted));
}

/// A company's recording.
pub(crate) fn with_recording(world: &World<'_>, scope: &TenantScope) -> Recording {
    let kept = recording(scope, world.number());
    write(world, vec![kept.clone()]);
    kept
}

fn page(world: &World<'_>, scope: &TenantScope, query: &RecordingQuery) -> RecordingListing {
    block_on(world.store.recordings(scope, query)).unwrap()
}

fn find(world: &World<'_>, scope: &TenantScope, id: RecordingId) -> Option<Recording> {
    block_on(world.store.recording(scope, id)).unwrap()
}

fn running(world: &World<'_>) -> Vec<Recording> {
    block_on(world.store.running_recordings()).unwrap()
}

fn a_recording_is_read_back_with_its_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_recording(world, &acme);
    assert_eq!(find(world, &acme, kept.id), Some(kept));
    assert_eq!(find(world, &acme, RecordingId::new(1, 1)), None);
}

fn a_recording_takes_the_place_of_the_one_with_its_id(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let over = recording(&acme, 40);
    let first = Recording {
        state: RecordingState::Running,
        lasts_ms: 0,
        octets: 0,
        ..over.clone()
    };
    write(world, vec![first.clone()]);
    assert_eq!(running(world), [first]);
    write(world, vec![over.clone()]);
    assert_eq!(running(world), []);
    let listed = page(world, &acme, &RecordingQuery::default());
    assert_eq!((listed.recordings, listed.next), (vec![over], None));
}

fn pages_follow_each_other_newest_first_without_gap_or_overlap(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let all: Vec<Recording> = (1..=7).map(|number| recording(&acme, number)).collect();
    write(world, all.clone());
    let mut query = RecordingQuery {
        limit: 3,
        ..RecordingQuery::default()
    };
    let mut seen = Vec::new();
    for _ in 0..crate::PAGES {
        let listed = page(world, &acme, &query);
        assert!(listed.recordings.len() <= 3);
        seen.extend(listed.recordings);
        query.after = listed.next;
        if query.after.is_none() {
            break;
        }
    }
    let newest_first: Vec<Recording> = all.into_iter().rev().collect();
    assert_eq!(seen, newest_first);
}

fn recordings_of_one_call_or_before_a_moment_are_found(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let all: Vec<Recording> = (1..=5).map(|number| recording(&acme, number)).collect();
    write(world, all.clone());
    let of_call = RecordingQuery {
        call: Some(all[2].call),
        ..RecordingQuery::default()
    };
    assert_eq!(page(world, &acme, &of_call).recordings, all[2..3]);
    let older = RecordingQuery {
        until: Some(all[2].began),
        ..RecordingQuery::default()
    };
    let found = page(world, &acme, &older).recordings;
    assert_eq!(found, [all[1].clone(), all[0].clone()]);
    let both = RecordingQuery {
        call: Some(all[2].call),
        ..older
    };
    assert_eq!(page(world, &acme, &both).recordings, []);
}

fn recordings_of_one_conference_are_found(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let at = |number| Some(ExtensionId::new(number, 3));
    let of = |scope, number, conference| Recording {
        conference,
        members: vec!["101".to_owned(), "102".to_owned()],
        ..recording(scope, number)
    };
    let all = [
        of(&acme, 1, at(1)),
        of(&acme, 2, None),
        of(&acme, 3, at(2)),
        of(&acme, 4, at(1)),
    ];
    write(world, all.to_vec());
    write(world, vec![of(&globex, 1, at(1))]);
    let of_one = RecordingQuery {
        conference: at(1),
        ..RecordingQuery::default()
    };
    let found = page(world, &acme, &of_one).recordings;
    assert_eq!(found, [all[3].clone(), all[0].clone()]);
}

fn a_recording_is_removed_by_its_own_company_alone(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (kept, other) = (with_recording(world, &acme), with_recording(world, &acme));
    let remove = |scope, id| block_on(world.store.remove_recordings(scope, vec![id]));
    assert_eq!(remove(&globex, kept.id), Ok(0));
    assert_eq!(find(world, &acme, kept.id), Some(kept.clone()));
    assert_eq!(remove(&acme, kept.id), Ok(1));
    assert_eq!(remove(&acme, kept.id), Ok(0));
    assert_eq!(find(world, &acme, kept.id), None);
    assert_eq!(find(world, &acme, other.id), Some(other));
}

fn more_than_may_be_removed_at_once_are_refused(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let many = vec![RecordingId::new(1, 1); FACTS_AT_ONCE + 1];
    let refused = block_on(world.store.remove_recordings(&acme, many));
    let limit = FACTS_AT_ONCE;
    assert_eq!(refused, Err(StoreError::TooLarge { limit }));
}

fn a_stranger_finds_nothing(world: &World<'_>) {
    let (acme, stranger) = (world.tenant("acme.example"), world.tenant("b.example"));
    let kept = with_recording(world, &acme);
    assert_eq!(find(world, &stranger, kept.id), None);
    let of_call = RecordingQuery {
        call: Some(kept.call),
        ..RecordingQuery::default()
    };
    for query in [RecordingQuery::default(), of_call] {
        let found = page(world, &stranger, &query);
        assert_eq!(found, RecordingListing::default(), "{query:?}");
        assert_eq!(page(world, &acme, &query).recordings.len(), 1);
    }
}

fn recordings_with_the_same_id_are_each_companys_own(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (ours, theirs) = (recording(&acme, 30), recording(&globex, 30));
    let theirs = Recording {
        conference: None,
        members: Vec::new(),
        sides: RecordedSides::Stereo,
        paused: false,
        key: RecordingKey([9; 32]),
        state: RecordingState::Running,
        ..theirs
    };
    write(world, vec![ours.clone(), theirs.clone()]);
    assert_eq!(find(world, &acme, ours.id), Some(ours.clone()));
    assert_eq!(find(world, &globex, theirs.id), Some(theirs));
    let removed = block_on(world.store.remove_recordings(&globex, vec![ours.id]));
    assert_eq!(removed, Ok(1));
    assert_eq!(find(world, &acme, ours.id), Some(ours));
}

fn those_that_run_are_found_for_all_companies_oldest_first(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let run = |scope, number| Recording {
        state: RecordingState::Running,
        ..recording(scope, number)
    };
    let (old, new) = (run(&globex, 50), run(&acme, 60));
    write(world, vec![new.clone(), recording(&acme, 55), old.clone()]);
    assert_eq!(running(world), [old, new]);
}

fn recordings_of_a_company_that_is_not_there_are_left_out(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_recording(world, &acme);
    let other = with_recording(world, &world.tenant("globex.example"));
    crate::erasure::erase(world, &acme);
    assert_eq!(find(world, &acme, kept.id), None);
    let late = vec![recording(&acme, 90), kept, other];
    assert_eq!(block_on(world.store.write_recordings(late)), Ok(1));
    let left = page(world, &acme, &RecordingQuery::default());
    assert_eq!(left, RecordingListing::default());
}

fn a_recording_is_read_under_its_companys_new_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    // more than are sealed anew at once
    let all: Vec<Recording> = (1..=205).map(|number| recording(&acme, number)).collect();
    write(world, all.clone());
    block_on(world.store.renew_key(&acme)).unwrap();
    for kept in [&all[0], &all[100], &all[204]] {
        assert_eq!(find(world, &acme, kept.id).as_ref(), Some(kept));
    }
}

on_every_store!(
    a_recording_is_read_back_with_its_key,
    a_recording_takes_the_place_of_the_one_with_its_id,
    pages_follow_each_other_newest_first_without_gap_or_overlap,
    recordings_of_one_call_or_before_a_moment_are_found,
    recordings_of_one_conference_are_found,
    a_recording_is_removed_by_its_own_company_alone,
    more_than_may_be_removed_at_once_are_refused,
    a_stranger_finds_nothing,
    recordings_with_the_same_id_are_each_companys_own,
    those_that_run_are_found_for_all_companies_oldest_first,
    recordings_of_a_company_that_is_not_there_are_left_out,
    a_recording_is_read_under_its_companys_new_key,
);
