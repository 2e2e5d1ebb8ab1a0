//! Counters of a media thread, readable from any thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use media::{RoadFigures, RoomFigures, RtcpFigures, TapFigures, TranscodingFigures};

/// Figures of one media thread since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerFigures {
    /// What its road counted (as of its last round, at most 100 ms old while it is busy).
    pub road: RoadFigures,
    /// What it copied for recordings.
    pub taps: TapFigures,
    /// What it mixed for conferences.
    pub rooms: RoomFigures,
    /// Packets received.
    pub received: u64,
    /// Packets handed to the kernel.
    pub sent: u64,
    /// Packets the kernel did not take (buffer full, no route).
    pub send_failures: u64,
    /// Packets the kernel dropped because we were late (`SO_RXQ_OVFL`), as far as it said so.
    pub kernel_drops: u64,
    /// Notices dropped because a shard was behind.
    pub lost_notices: u64,
    /// Datagrams of STUN and DTLS dropped because a shard was behind.
    pub lost_lifts: u64,
    /// Rounds broken off by a panic (a bug); the thread went on.
    pub panics: u64,
    /// Sockets open.
    pub sockets: u64,
    /// Times the thread woke.
    pub wakes: u64,
    /// Processor time of the thread.
    pub cpu: Duration,
}

macro_rules! counters {
    ($($name:ident),* $(,)?) => {
        /// The thread's copy for others: written by it alone, with relaxed stores.
        #[derive(Debug, Default)]
        pub(crate) struct Shared {
            $($name: AtomicU64,)*
        }

        /// The same as plain numbers.
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Plain {
            $(pub(crate) $name: u64,)*
        }

        impl Shared {
            pub(crate) fn store(&self, plain: &Plain) {
                $(self.$name.store(plain.$name, Ordering::Relaxed);)*
            }

            pub(crate) fn load(&self) -> Plain {
                Plain { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters!(
    road_packets,
    road_forwarded,
    road_played,
    road_absorbed,
    road_lifted,
    road_strangers,
    road_malformed,
    road_unnegotiated,
    road_floods,
    road_forged,
    road_replayed,
    road_rtcp,
    road_reports,
    road_refreshes,
    road_goodbyes,
    road_unsaid,
    road_kept_open,
    road_stale,
    road_transcoded,
    road_crowded,
    road_transcodings,
    taps_copied,
    taps_missed,
    rooms_present,
    rooms_members,
    rooms_made,
    rooms_concealed,
    road_open,
    received,
    sent,
    send_failures,
    kernel_drops,
    lost_notices,
    lost_lifts,
    panics,
    sockets,
    wakes,
    cpu_nanos,
);

impl Plain {
    pub(crate) fn set_road(&mut self, road: &RoadFigures) {
        self.road_packets = road.packets;
        self.road_forwarded = road.forwarded;
        self.road_played = road.played;
        self.road_absorbed = road.absorbed;
        self.road_lifted = road.lifted;
        self.road_strangers = road.strangers;
        self.road_malformed = road.malformed;
        self.road_unnegotiated = road.unnegotiated;
        self.road_floods = road.floods;
        self.road_forged = road.forged;
        self.road_replayed = road.replayed;
        self.road_rtcp = road.rtcp.came;
        self.road_reports = road.rtcp.reports;
        self.road_refreshes = road.rtcp.refreshes;
        self.road_goodbyes = road.rtcp.goodbyes;
        self.road_unsaid = road.rtcp.unsaid;
        self.road_kept_open = road.rtcp.kept_open;
        self.road_stale = road.stale_commands;
        self.road_open = road.open;
        self.road_transcoded = road.transcoding.made;
        self.road_crowded = road.transcoding.crowded;
        self.road_transcodings = road.transcoding.present;
    }

    pub(crate) fn set_taps(&mut self, taps: TapFigures) {
        self.taps_copied = taps.copied;
        self.taps_missed = taps.missed;
    }

    pub(crate) fn set_rooms(&mut self, rooms: RoomFigures) {
        self.rooms_present = rooms.present;
        self.rooms_members = rooms.members;
        self.rooms_made = rooms.made;
        self.rooms_concealed = rooms.concealed;
    }

    pub(crate) fn figures(&self) -> WorkerFigures {
        WorkerFigures {
            road: RoadFigures {
                packets: self.road_packets,
                forwarded: self.road_forwarded,
                played: self.road_played,
                absorbed: self.road_absorbed,
                lifted: self.road_lifted,
                strangers: self.road_strangers,
                malformed: self.road_malformed,
                unnegotiated: self.road_unnegotiated,
                floods: self.road_floods,
                forged: self.road_forged,
                replayed: self.road_replayed,
                rtcp: RtcpFigures {
                    came: self.road_rtcp,
                    reports: self.road_reports,
                    refreshes: self.road_refreshes,
                    goodbyes: self.road_goodbyes,
                    unsaid: self.road_unsaid,
                    kept_open: self.road_kept_open,
                },
                stale_commands: self.road_stale,
                open: self.road_open,
                transcoding: TranscodingFigures {
                    made: self.road_transcoded,
                    crowded: self.road_crowded,
                    present: self.road_transcodings,
                },
            },
            taps: TapFigures {
                copied: self.taps_copied,
                missed: self.taps_missed,
            },
            rooms: RoomFigures {
                present: self.rooms_present,
                members: self.rooms_members,
                made: self.rooms_made,
                concealed: self.rooms_concealed,
            },
            received: self.received,
            sent: self.sent,
            send_failures: self.send_failures,
            kernel_drops: self.kernel_drops,
            lost_notices: self.lost_notices,
            lost_lifts: self.lost_lifts,
            panics: self.panics,
            sockets: self.sockets,
            wakes: self.wakes,
            cpu: Duration::from_nanos(self.cpu_nanos),
        }
    }
}
