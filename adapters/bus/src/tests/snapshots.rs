//! What the snapshots retain, compared with snapshots in memory.

use super::scratch::Scratch;
use crate::shelf::Sizes;
use crate::{FileSnapshots, Folder, VALUE_MAX};
use ids::TenantId;
use machine::Random;
use ports::{Bucket, Snapshots};
use std::collections::BTreeMap;
use std::fs;
use testkit::Disk;

/// Small, so that segments turn and merge all the time.
const SMALL: Sizes = Sizes {
    segment: 2_000,
    merge_floor: 6_000,
    pending: 1 << 20,
};

/// One random thing done to both.
fn act(random: &mut Random, both: &mut [&mut dyn Snapshots; 2]) {
    let tenant = TenantId::new(1, u128::from(random.below(4)));
    let bucket = Bucket::ALL[usize::try_from(random.below(5)).unwrap()];
    let key = u128::from(random.below(12));
    let length = usize::try_from(random.below(200)).unwrap();
    let mut value = vec![0; length];
    random.fill(&mut value);
    let removes = random.below(4) == 0;
    for snapshots in both {
        if removes {
            snapshots.remove(tenant, bucket, key);
        } else {
            snapshots.put(tenant, bucket, key, &value);
        }
    }
}

fn agree(ours: &FileSnapshots, theirs: &dyn Snapshots, when: &str) {
    for bucket in Bucket::ALL {
        assert_eq!(ours.load(bucket), theirs.load(bucket), "{bucket:?} {when}");
    }
}

#[test]
fn they_retain_what_snapshots_in_memory_do_through_turns_merges_and_restarts() {
    for seed in 0..8 {
        let scratch = Scratch::new();
        let mut random = Random::from_seed(seed);
        let disk = Disk::new();
        let mut merges = 0;
        for life in 0..6 {
            let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
            let mut ours = folder.snapshots(|_| true).unwrap();
            let mut theirs = disk.snapshots();
            agree(
                &ours,
                &theirs,
                &format!("at the start of life {life}, seed {seed}"),
            );
            for step in 0..300 {
                act(&mut random, &mut [&mut ours, &mut theirs]);
                match random.below(8) {
                    0 => {
                        assert_eq!(ours.flush(), Ok(()));
                        assert_eq!(theirs.flush(), Ok(()));
                    }
                    1 => folder.tend(),
                    2 => agree(&ours, &theirs, &format!("step {step}, seed {seed}")),
                    _ => {}
                }
            }
            merges += folder.snapshot_figures().merges;
        }
        assert!(merges > 6, "{merges} merges");
        let bytes: u64 = scratch.sizes("snapshots").iter().sum();
        assert!(bytes < 100_000, "{bytes} bytes remain");
    }
}

#[test]
fn a_file_cut_at_any_byte_gives_the_values_of_the_whole_records_before_the_cut() {
    let scratch = Scratch::new();
    let tenant = TenantId::new(1, 1);
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut snapshots = folder.snapshots(|_| true).unwrap();
    let file = scratch.segments("snapshots")[0].clone();
    let mut ends = vec![(Scratch::whole(&file), BTreeMap::new())];
    let mut values: BTreeMap<u128, Vec<u8>> = BTreeMap::new();
    for step in 0..12u8 {
        let key = u128::from(step % 5);
        if step % 4 == 3 {
            snapshots.remove(tenant, Bucket::Calls, key);
            values.remove(&key);
        } else {
            snapshots.put(tenant, Bucket::Calls, key, &[step; 9]);
            values.insert(key, vec![step; 9]);
        }
        assert_eq!(snapshots.flush(), Ok(()));
        ends.push((Scratch::whole(&file), values.clone()));
    }
    drop((snapshots, folder));
    let mut whole = fs::read(&file).unwrap();
    whole.truncate(usize::try_from(Scratch::whole(&file)).unwrap());
    for cut in (0..=whole.len()).rev() {
        let inherited = Scratch::new();
        fs::create_dir_all(inherited.path().join("snapshots")).unwrap();
        let copy = inherited.path().join("snapshots").join("00000001.log");
        fs::write(copy, &whole[..cut]).unwrap();
        let folder = Folder::open_sized(inherited.path(), SMALL).unwrap();
        let loaded = folder.snapshots(|_| true).unwrap().load(Bucket::Calls);
        let cut = u64::try_from(cut).unwrap();
        let expected = ends.iter().rev().find(|(end, _)| *end <= cut);
        let expected = expected
            .map(|(_, values)| values.clone())
            .unwrap_or_default();
        let loaded: BTreeMap<u128, Vec<u8>> = loaded
            .into_iter()
            .map(|(_, key, value)| (key, value))
            .collect();
        assert_eq!(loaded, expected, "cut at {cut}");
    }
}

#[test]
fn each_shard_sees_its_own_tenants_only_also_when_their_number_changes() {
    let scratch = Scratch::new();
    let tenants: Vec<TenantId> = (0..6).map(|n| TenantId::new(1, n)).collect();
    let of = |shards: u128, shard: u128| move |tenant: TenantId| tenant.as_u128() % shards == shard;
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    for shard in 0..2 {
        let mut snapshots = folder.snapshots(of(2, shard)).unwrap();
        for tenant in tenants
            .iter()
            .filter(|tenant| tenant.as_u128() % 2 == shard)
        {
            snapshots.put(*tenant, Bucket::Bindings, 9, b"here");
        }
        assert_eq!(snapshots.flush(), Ok(()));
        assert_eq!(snapshots.load(Bucket::Bindings).len(), 3);
    }
    drop(folder);
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    for shard in 0..3 {
        let snapshots = folder.snapshots(of(3, shard)).unwrap();
        let seen: Vec<u128> = snapshots
            .load(Bucket::Bindings)
            .iter()
            .map(|(tenant, ..)| tenant.as_u128() % 3)
            .collect();
        assert_eq!(seen, [shard, shard]);
    }
}

#[test]
fn a_value_beyond_the_bound_is_refused_and_the_one_before_is_dropped() {
    let scratch = Scratch::new();
    let tenant = TenantId::new(1, 1);
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut snapshots = folder.snapshots(|_| true).unwrap();
    let longest = vec![1; VALUE_MAX];
    snapshots.put(tenant, Bucket::Calls, 1, &longest);
    assert_eq!(snapshots.load(Bucket::Calls), [(tenant, 1, longest)]);
    snapshots.put(tenant, Bucket::Calls, 1, &vec![1; VALUE_MAX + 1]);
    assert_eq!(snapshots.load(Bucket::Calls), []);
    assert_eq!(folder.snapshot_figures().refused, 1);
}
