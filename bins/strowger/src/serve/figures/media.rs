//! Figures of media threads: packets, what is made of them, conferences.

use media_io::WorkerFigures;
use telemetry::{Exposition, Sort};

use super::rows::{Column, columns};

/// Figures of each media thread.
const MEDIA: [Column<WorkerFigures>; 33] = [
    (
        "rtp_received_total",
        "Packets received.",
        Sort::Counter,
        |f| f.received,
    ),
    ("rtp_sent_total", "Packets sent.", Sort::Counter, |f| f.sent),
    (
        "rtp_forwarded_total",
        "Packets passed on.",
        Sort::Counter,
        |f| f.road.forwarded,
    ),
    (
        "rtp_played_total",
        "Packets made here.",
        Sort::Counter,
        |f| f.road.played,
    ),
    (
        "rtcp_reports_total",
        "Reports sent to parties on their own ways.",
        Sort::Counter,
        |f| f.road.rtcp.reports,
    ),
    (
        "rtcp_refreshes_total",
        "Questions for a whole picture, when somebody begins to see.",
        Sort::Counter,
        |f| f.road.rtcp.refreshes,
    ),
    (
        "rtcp_goodbyes_total",
        "Goodbyes to parties whose legs ended.",
        Sort::Counter,
        |f| f.road.rtcp.goodbyes,
    ),
    (
        "rtcp_goodbyes_unsaid_total",
        "Ends of legs without one, since too many waited to be sent.",
        Sort::Counter,
        |f| f.road.rtcp.unsaid,
    ),
    (
        "rtp_kept_open_total",
        "Empty packets that kept the way to a silent party's telephone open.",
        Sort::Counter,
        |f| f.road.rtcp.kept_open,
    ),
    (
        "rtp_transcoded_total",
        "Packets made of those in another codec.",
        Sort::Counter,
        |f| f.road.transcoding.made,
    ),
    (
        "rtp_copied_total",
        "Copied for recordings.",
        Sort::Counter,
        |f| f.taps.copied,
    ),
    (
        "rtp_copies_missed_total",
        "To be copied for recordings, and not taken away in time.",
        Sort::Counter,
        |f| f.taps.missed,
    ),
    (
        "rtp_crowded_total",
        "To be transcoded, beyond the bound.",
        Sort::Counter,
        |f| f.road.transcoding.crowded,
    ),
    (
        "media_transcodings",
        "Directions transcoded now.",
        Sort::Gauge,
        |f| f.road.transcoding.present,
    ),
    (
        "rtp_mixed_total",
        "Packets made for members of conferences.",
        Sort::Counter,
        |f| f.rooms.made,
    ),
    (
        "media_rooms_concealed_total",
        "Frames of members of conferences made up for lost ones.",
        Sort::Counter,
        |f| f.rooms.concealed,
    ),
    ("media_rooms", "Conferences now.", Sort::Gauge, |f| {
        f.rooms.present
    }),
    (
        "media_room_members",
        "Members of conferences now.",
        Sort::Gauge,
        |f| f.rooms.members,
    ),
    (
        "rtp_absorbed_total",
        "Packets nobody hears.",
        Sort::Counter,
        |f| f.road.absorbed,
    ),
    (
        "rtp_lifted_total",
        "Datagrams of ICE and DTLS handed to signalling.",
        Sort::Counter,
        |f| f.road.lifted,
    ),
    (
        "rtp_strangers_total",
        "Packets of strangers.",
        Sort::Counter,
        |f| f.road.strangers,
    ),
    (
        "rtp_malformed_total",
        "Neither RTP nor RTCP.",
        Sort::Counter,
        |f| f.road.malformed,
    ),
    (
        "rtp_unnegotiated_total",
        "Not as agreed.",
        Sort::Counter,
        |f| f.road.unnegotiated,
    ),
    (
        "rtp_floods_total",
        "Above a leg's rate.",
        Sort::Counter,
        |f| f.road.floods,
    ),
    (
        "rtp_forged_total",
        "Not proved with a leg's key.",
        Sort::Counter,
        |f| f.road.forged,
    ),
    ("rtp_replayed_total", "Proved before.", Sort::Counter, |f| {
        f.road.replayed
    }),
    (
        "rtp_send_failures_total",
        "Refused by the kernel.",
        Sort::Counter,
        |f| f.send_failures,
    ),
    (
        "rtp_kernel_drops_total",
        "Dropped by the kernel.",
        Sort::Counter,
        |f| f.kernel_drops,
    ),
    (
        "media_lost_notices_total",
        "Notices dropped.",
        Sort::Counter,
        |f| f.lost_notices,
    ),
    (
        "media_lost_lifts_total",
        "Datagrams of ICE and DTLS dropped.",
        Sort::Counter,
        |f| f.lost_lifts,
    ),
    (
        "media_panics_total",
        "Rounds broken off by a fault.",
        Sort::Counter,
        |f| f.panics,
    ),
    ("media_endpoints", "Endpoints of now.", Sort::Gauge, |f| {
        f.road.open
    }),
    ("media_sockets", "Sockets of now.", Sort::Gauge, |f| {
        f.sockets
    }),
];

/// Writes them down.
pub(super) fn write(page: &mut Exposition, threads: &[WorkerFigures]) {
    let numbered = threads.iter().enumerate();
    let parts: Vec<_> = numbered
        .map(|(number, figures)| (number.to_string(), figures))
        .collect();
    columns(page, "thread", &parts, &MEDIA);
    let lines = parts.iter().map(|(number, figures)| {
        let labels = vec![("thread", number.clone())];
        (labels, figures.cpu.as_secs_f64())
    });
    let help = "Processor time of the media threads.";
    page.family(Sort::Counter, "media_cpu_seconds_total", help, lines);
}
