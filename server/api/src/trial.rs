//! What the crate's own tests try its parts with.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::{Arc, Mutex};

use admin::{DEFAULT_REALM, Office};
use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::HeaderMap;
use domain::{Ladder, LegSound};
use ids::{CallId, TrunkId};
use machine::WallTime;
use ports::{
    FixedClock, LiveCall, LiveConference, LiveError, LiveExchange, LiveRegistration, LiveTrunk,
    LiveUsage, RecordingWish, Seat, SeededEntropy, SoundsLately,
};
use store::MemoryStore;
use tenancy::{AccountScope, TenantScope};

use crate::call::Call;
use crate::front::{Front, Parts};

/// An exchange in which nothing happens.
struct Quiet;

#[async_trait]
impl LiveExchange for Quiet {
    async fn calls(&self, _: &TenantScope) -> Result<Vec<LiveCall>, LiveError> {
        Ok(Vec::new())
    }

    async fn call(&self, _: &TenantScope, _: CallId) -> Result<LiveCall, LiveError> {
        Err(LiveError::NotFound)
    }

    async fn hang_up(&self, _: &TenantScope, _: CallId, _: &str) -> Result<(), LiveError> {
        Err(LiveError::NotFound)
    }

    async fn record(&self, _: &TenantScope, _: CallId, _: RecordingWish) -> Result<(), LiveError> {
        Err(LiveError::NotFound)
    }

    async fn conferences(&self, _: &TenantScope) -> Result<Vec<LiveConference>, LiveError> {
        Ok(Vec::new())
    }

    async fn seat(&self, _: &TenantScope, _: CallId, _: Seat) -> Result<(), LiveError> {
        Err(LiveError::NotFound)
    }

    async fn ladder(&self, _: &TenantScope, _: CallId) -> Result<Ladder, LiveError> {
        Err(LiveError::NotFound)
    }

    async fn quality(&self, _: &TenantScope, _: CallId) -> Result<Vec<LegSound>, LiveError> {
        Err(LiveError::NotFound)
    }

    async fn sounds(&self, _: &TenantScope, _: u32) -> Result<SoundsLately, LiveError> {
        Ok(SoundsLately::default())
    }

    async fn registrations(&self, _: &TenantScope) -> Result<Vec<LiveRegistration>, LiveError> {
        Ok(Vec::new())
    }

    async fn usage(&self, _: &TenantScope) -> Result<LiveUsage, LiveError> {
        Ok(LiveUsage::default())
    }

    async fn trunks(&self, _: &TenantScope) -> Result<Vec<LiveTrunk>, LiveError> {
        Ok(Vec::new())
    }

    async fn account_trunk(
        &self,
        _: &AccountScope,
        _: TrunkId,
    ) -> Result<Option<LiveTrunk>, LiveError> {
        Ok(None)
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

/// A front over an empty store.
pub(crate) async fn front() -> Arc<Front> {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::at(WallTime::from_unix_ms(1_764_000_000_000)));
    let entropy = Arc::new(SeededEntropy::new(3));
    let office = Office::open(store, entropy, clock, DEFAULT_REALM)
        .await
        .unwrap();
    Arc::new(Front::new(
        Parts::new(office, Arc::new(Quiet)),
        String::new(),
    ))
}

/// A call of nobody, with these headers.
pub(crate) async fn call(headers: &[(&'static str, &'static str)]) -> Call {
    let front = front().await;
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.insert(*name, value.parse().unwrap());
    }
    Call {
        office: front.parts.office.clone(),
        front,
        caller: None,
        source: None,
        path: Vec::new(),
        query: Vec::new(),
        headers: all,
        body: Bytes::new(),
        stream: Mutex::default(),
        upgrade: None,
    }
}
