//! Snapshots of bindings and calls: values as frames, the last of each place holds.
//!
//! ```text
//! payload: u8 kind (1 kept, 2 dropped) | u8 bucket | u128 tenant | u128 key | the value
//! ```
//! Nothing is remembered of what was written; a merge finds out what still holds.

use crate::counters::add;
use crate::merge::{Position, Sieve};
use crate::pen::Pen;
use crate::shelf::Shelf;
use ids::TenantId;
use ports::{Bucket, Snapshots, StoreError, frame};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

/// Longest value, in bytes.
pub const VALUE_MAX: usize = 256 << 10;

const HEAD: usize = 34;
const KEPT: u8 = 1;
const DROPPED: u8 = 2;

/// Bucket, tenant and key, as stored.
type Place = [u8; HEAD - 1];

/// The snapshots of one shard.
pub struct FileSnapshots {
    pen: Pen,
    shelf: Arc<Shelf>,
    belongs: Box<dyn Fn(TenantId) -> bool + Send>,
    payload: Vec<u8>,
    /// Most bytes that wait while the disk is away. Past it only the last value of each place
    /// waits; when these are too many, further ones are given up and counted.
    pending_max: usize,
    /// Bytes that waited after the last time only the last values were left.
    thinned: usize,
}

impl fmt::Debug for FileSnapshots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSnapshots")
            .field("pen", &self.pen)
            .finish_non_exhaustive()
    }
}

impl FileSnapshots {
    pub(crate) fn new(
        pen: Pen,
        shelf: Arc<Shelf>,
        belongs: Box<dyn Fn(TenantId) -> bool + Send>,
        pending_max: usize,
    ) -> FileSnapshots {
        FileSnapshots {
            pen,
            shelf,
            belongs,
            payload: Vec::new(),
            pending_max,
            thinned: 0,
        }
    }

    fn compose(&mut self, kind: u8, place: &Place, value: &[u8]) {
        self.payload.clear();
        self.payload.push(kind);
        self.payload.extend_from_slice(place);
        self.payload.extend_from_slice(value);
    }

    fn drop_place(&mut self, place: &Place) {
        self.compose(DROPPED, place, &[]);
        // A quarter more room is kept for the news that values no longer hold.
        if !self.append(self.pending_max + self.pending_max / 4) {
            self.pen.refused();
        }
    }

    /// Adds the composed payload to what waits, which is thinned out when it grows past the bound.
    fn append(&mut self, bound: usize) -> bool {
        if self.pen.append(&self.payload, bound) {
            return true;
        }
        // Thinning is worth its while only when much has come since the last time.
        let grown = self.pen.pending().len().saturating_sub(self.thinned);
        if grown < self.pending_max / 4 {
            return false;
        }
        let (frames, count) = thin(self.pen.pending());
        self.thinned = frames.len();
        self.pen.replace_pending(frames, count);
        self.pen.append(&self.payload, bound)
    }

    #[cfg(test)]
    pub(crate) fn pen(&mut self) -> &mut Pen {
        &mut self.pen
    }
}

impl Snapshots for FileSnapshots {
    fn put(&mut self, tenant: TenantId, bucket: Bucket, key: u128, bytes: &[u8]) {
        let place = place(tenant, bucket, key);
        self.compose(
            KEPT,
            &place,
            if bytes.len() > VALUE_MAX { &[] } else { bytes },
        );
        if bytes.len() > VALUE_MAX || !self.append(self.pending_max) {
            self.pen.refused();
            self.drop_place(&place);
        }
    }

    fn remove(&mut self, tenant: TenantId, bucket: Bucket, key: u128) {
        self.drop_place(&place(tenant, bucket, key));
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.pen.flush()?;
        self.thinned = 0;
        Ok(())
    }

    fn load(&self, bucket: Bucket) -> Vec<(TenantId, u128, Vec<u8>)> {
        let mut values = BTreeMap::new();
        let mut see = |payload: &[u8]| {
            let read = read(payload).filter(|(_, found, ..)| *found == bucket);
            if let Some((kept, _, tenant, key, value)) = read
                && (self.belongs)(tenant)
            {
                if kept {
                    values.insert((tenant, key), value.to_vec());
                } else {
                    values.remove(&(tenant, key));
                }
            }
        };
        if self.shelf.all(&mut |_, payload| see(payload)).is_err() {
            add(&self.shelf.counters().failed_keeping, 1);
        }
        frame::whole_frames(self.pen.pending())
            .0
            .into_iter()
            .for_each(see);
        values
            .into_iter()
            .map(|((tenant, key), value)| (tenant, key, value))
            .collect()
    }
}

fn place(tenant: TenantId, bucket: Bucket, key: u128) -> Place {
    let mut place = [0; HEAD - 1];
    place[0] = bucket.number();
    place[1..17].copy_from_slice(&tenant.as_u128().to_le_bytes());
    place[17..].copy_from_slice(&key.to_le_bytes());
    place
}

fn read(payload: &[u8]) -> Option<(bool, Bucket, TenantId, u128, &[u8])> {
    let (head, value) = payload.split_first_chunk::<HEAD>()?;
    let kept = match head[0] {
        KEPT => true,
        DROPPED => false,
        _ => return None,
    };
    let bucket = Bucket::from_number(head[1])?;
    let (tenant, key) = head[2..].split_at(16);
    let bits = |bytes: &[u8]| bytes.try_into().map(u128::from_le_bytes).ok();
    Some((
        kept,
        bucket,
        TenantId::from_u128(bits(tenant)?),
        bits(key)?,
        value,
    ))
}

fn place_of(payload: &[u8]) -> Option<Place> {
    payload.get(1..HEAD)?.try_into().ok()
}

/// Of some frames the last of each place, and how many these are.
fn thin(pending: &[u8]) -> (Vec<u8>, u64) {
    let (frames, _) = frame::whole_frames(pending);
    let mut last = HashMap::new();
    for (index, payload) in frames.iter().enumerate() {
        last.insert(place_of(payload), index);
    }
    let (mut kept, mut count) = (Vec::new(), 0);
    for (index, payload) in frames.iter().enumerate() {
        let holds = last.get(&place_of(payload)) == Some(&index);
        if holds && frame::append(&mut kept, payload).is_ok() {
            count += 1;
        }
    }
    (kept, count)
}

/// Keeps the last value of each place.
#[derive(Debug, Default)]
pub(crate) struct Latest(HashMap<Place, Position>);

impl Sieve for Latest {
    fn looks_ahead(&self) -> bool {
        true
    }

    fn begin(&mut self) {
        self.0 = HashMap::new();
    }

    fn note(&mut self, at: Position, payload: &[u8]) {
        if let Some(place) = place_of(payload) {
            if payload.first() == Some(&KEPT) {
                self.0.insert(place, at);
            } else {
                self.0.remove(&place);
            }
        }
    }

    fn keeps(&mut self, at: Position, payload: &[u8]) -> bool {
        place_of(payload).is_some_and(|place| self.0.get(&place) == Some(&at))
    }

    fn merged(&mut self) {
        self.0 = HashMap::new();
    }
}
