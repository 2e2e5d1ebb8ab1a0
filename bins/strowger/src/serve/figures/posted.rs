//! What figures there are to read: those the shard has put up, and parts to be asked.

use std::sync::Arc;

use ids::TenantId;
use media::PortFigures;
use media_io::MediaThreads;
use node::Figures;
use ports::Stores;
use sip_stack::transaction;

use super::requests::Requests;
use super::turns::Tolled;
use crate::serve::defence;
use crate::serve::faxes;
use crate::serve::recorder;
use crate::serve::records::Tally;

/// What the shard put up last.
#[derive(Debug, Default)]
pub(super) struct Posted {
    pub(super) node: Figures,
    pub(super) transactions: transaction::Figures,
    pub(super) ports: PortFigures,
    pub(super) tenants: Vec<(TenantId, u32, usize)>,
    pub(super) tolls: Vec<Tolled>,
    pub(super) records_left_out: u64,
    pub(super) capture: capture::Figures,
    pub(super) music: node::MusicFigures,
}

/// Parts that are asked when somebody looks.
pub(crate) struct Sources {
    pub(crate) net: Arc<net::Figures>,
    pub(crate) media: Arc<MediaThreads>,
    pub(crate) records: Arc<Tally>,
    pub(crate) recordings: Arc<recorder::Tally>,
    pub(crate) faxes: Arc<faxes::Tally>,
    pub(crate) requests: Arc<Requests>,
    /// Whose feed of changes the exchange follows.
    pub(crate) feed: Arc<dyn Stores>,
    pub(crate) bans: Arc<defence::Tally>,
    /// Figures of the journal and of the snapshots.
    pub(crate) bus: Box<dyn Fn() -> [bus::Figures; 2] + Send + Sync>,
}
