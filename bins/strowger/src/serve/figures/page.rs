//! Every figure with its name and its meaning.

use std::sync::atomic::{AtomicU64, Ordering};

use telemetry::{Exposition, Sort};

use super::posted::{Posted, Sources};
use super::rows::{Column, Row, columns, counters, gauges};
use super::{faxes, media, recordings, trunks, turns};
use crate::serve::{hep, music};

/// The page.
pub(super) fn write(posted: &Posted, lost_orders: u64, sources: Option<&Sources>) -> String {
    let mut page = Exposition::new();
    counters(&mut page, &shard_counters(posted, lost_orders));
    counters(&mut page, &heard_counters(posted));
    counters(&mut page, &door_counters(posted));
    counters(&mut page, &watch_counters(posted));
    counters(&mut page, &text_counters(posted));
    counters(&mut page, &fraud_counters(posted));
    counters(&mut page, &transaction_counters(posted));
    capture(&mut page, &posted.capture);
    own_music(&mut page, &posted.music);
    recordings::ordered(&mut page, &posted.node.heard.recordings);
    faxes::begun(&mut page, &posted.node.heard.faxes);
    gauges(&mut page, &levels(posted));
    trunks::write(&mut page, &posted.node);
    tenants(&mut page, posted);
    turns::write(&mut page, &posted.tolls);
    if let Some(sources) = sources {
        net(&mut page, &sources.net);
        media::write(&mut page, &sources.media.figures());
        records(&mut page, sources);
        recordings::made(&mut page, &sources.recordings);
        faxes::made(&mut page, &sources.faxes);
        sources.requests.write(&mut page);
        sources.bans.write(&mut page);
    }
    page.finish()
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn shard_counters(posted: &Posted, lost_orders: u64) -> Vec<Row> {
    let node = &posted.node;
    vec![
        (
            "sip_messages_total",
            "SIP messages taken in.",
            node.messages,
        ),
        ("sip_malformed_total", "Of them, malformed.", node.malformed),
        (
            "registrations_total",
            "REGISTER requests granted.",
            node.registrations,
        ),
        ("calls_total", "Calls begun.", node.calls),
        (
            "capped_calls_total",
            "Calls refused by a tenant's caps.",
            node.capped_calls,
        ),
        (
            "shed_calls_total",
            "INVITEs turned away, their company being beyond its share.",
            node.shed_calls,
        ),
        (
            "shed_others_total",
            "Other SIP messages turned away likewise.",
            node.shed_others,
        ),
        (
            "portless_calls_total",
            "Calls that found no media port.",
            node.portless_calls,
        ),
        (
            "faulted_calls_total",
            "Calls released by a fault of ours.",
            node.faulted_calls,
        ),
        ("records_total", "Call records closed.", node.records),
        (
            "media_orders_lost_total",
            "Orders that media had no room for.",
            lost_orders,
        ),
        (
            "records_left_to_journal_total",
            "Records that wait for the next start, since the store was away too long.",
            posted.records_left_out,
        ),
        (
            "ports_exhausted_total",
            "Times no media port was free.",
            posted.ports.exhausted,
        ),
    ]
}

fn heard_counters(posted: &Posted) -> Vec<Row> {
    let heard = &posted.node.heard;
    vec![
        ("digits_total", "Keys heard in media.", heard.digits),
        (
            "silences_total",
            "Times nothing was heard of a party that ought to talk.",
            heard.silences,
        ),
        (
            "one_way_total",
            "Times a party was not heard while the other was.",
            heard.one_way,
        ),
        (
            "voice_reports_total",
            "Reports of telephones on how calls sounded.",
            heard.voice_reports,
        ),
    ]
}

fn fraud_counters(posted: &Posted) -> Vec<Row> {
    let fraud = &posted.node.trunks.fraud;
    vec![
        (
            "toll_calls_counted_total",
            "Calls by trunks that a toll budget counts.",
            fraud.counted,
        ),
        (
            "toll_calls_refused_total",
            "Calls by trunks refused, their budget being used up.",
            fraud.refused,
        ),
        (
            "toll_calls_ended_total",
            "Calls by trunks ended, their budget being used up.",
            fraud.ended,
        ),
        (
            "toll_contained_total",
            "Devices contained by the guard against toll fraud.",
            fraud.contained,
        ),
        (
            "toll_warnings_total",
            "Warnings that a toll budget comes to its end.",
            fraud.warned,
        ),
    ]
}

fn watch_counters(posted: &Posted) -> Vec<Row> {
    let watching = &posted.node.told.watching;
    vec![
        (
            "watches_granted_total",
            "Subscriptions granted.",
            watching.granted,
        ),
        (
            "watches_capped_total",
            "Subscriptions refused by a bound.",
            watching.capped,
        ),
        ("watches_told_total", "NOTIFYs sent.", watching.told),
        (
            "watches_lost_total",
            "Subscriptions given up, their phones not answering.",
            watching.lost,
        ),
    ]
}

fn text_counters(posted: &Posted) -> Vec<Row> {
    let texts = &posted.node.told.texts;
    vec![
        (
            "texts_kept_total",
            "Texts that began to wait for a telephone of their reader's.",
            texts.kept,
        ),
        (
            "texts_delivered_late_total",
            "Of those, the ones that a telephone took.",
            texts.delivered,
        ),
        (
            "texts_expired_total",
            "Of those, the ones that waited too long or whose reader is gone.",
            texts.expired,
        ),
        (
            "texts_capped_total",
            "Texts that could not wait, since too many do.",
            texts.capped,
        ),
    ]
}

fn door_counters(posted: &Posted) -> Vec<Row> {
    let (door, defence) = (&posted.node.door, &posted.node.door.defence);
    vec![
        ("challenges_total", "Challenges sent.", door.challenges),
        (
            "refused_credentials_total",
            "Wrong passwords, unknown users and unknown domains alike.",
            door.refused_credentials,
        ),
        (
            "unanswered_credentials_total",
            "Of them, left unanswered because their source guesses.",
            door.unanswered_credentials,
        ),
        (
            "withheld_requests_total",
            "Requests without a proof left unanswered, their source having had its answers.",
            defence.withheld,
        ),
        (
            "scanner_requests_total",
            "Requests of programs that look for victims, never answered.",
            defence.scanners,
        ),
        ("bans_total", "Bans that began here.", defence.bans),
        (
            "barred_messages_total",
            "Messages whose source was banned while they waited.",
            door.barred,
        ),
        (
            "former_secrets_total",
            "Requests proved with the secret before the present one, while both are valid.",
            door.former_secrets,
        ),
        (
            "moved_legs_total",
            "Legs of calls that went on by another flow of their phone.",
            door.moved_legs,
        ),
    ]
}

fn transaction_counters(posted: &Posted) -> Vec<Row> {
    let figures = &posted.transactions;
    vec![
        (
            "transactions_total",
            "Requests that began a transaction.",
            figures.requests,
        ),
        (
            "responses_total",
            "Responses that matched one.",
            figures.responses,
        ),
        (
            "absorbed_total",
            "Retransmissions that ended here.",
            figures.absorbed,
        ),
        ("repeated_total", "Messages sent again.", figures.repeated),
        (
            "stray_responses_total",
            "Responses that matched nothing.",
            figures.stray_responses,
        ),
        (
            "merged_requests_total",
            "Requests that came by a second way.",
            figures.merged,
        ),
        (
            "refused_requests_total",
            "Refused, a table being full.",
            figures.refused,
        ),
        (
            "timed_out_total",
            "Transactions without an answer.",
            figures.timed_out,
        ),
        (
            "unacknowledged_total",
            "Answers without an ACK.",
            figures.unacknowledged,
        ),
        (
            "transport_failed_total",
            "Transactions that could not be sent.",
            figures.transport_failed,
        ),
    ]
}

fn capture(page: &mut Exposition, figures: &capture::Figures) {
    let rows = [
        (
            "ladder_messages_total",
            "SIP messages of calls that were remembered.",
            figures.seen,
        ),
        (
            "ladder_left_out_total",
            "Of them, left out again of calls that had too many.",
            figures.left_out,
        ),
    ];
    counters(page, &rows);
    let rows = [
        (
            "ladder_messages",
            "SIP messages remembered now.",
            figures.held,
        ),
        (
            "ladder_octets",
            "Octets of the SIP messages remembered now.",
            figures.octets,
        ),
    ];
    gauges(page, &rows);
}

/// How the memory of companies' own music on hold is used.
fn own_music(page: &mut Exposition, figures: &node::MusicFigures) {
    let rows = [
        (
            "music_found_total",
            "How often a company's own music on hold was at hand.",
            figures.found,
        ),
        (
            "music_fetched_total",
            "How often it had to be fetched.",
            figures.fetched,
        ),
        (
            "music_dropped_total",
            "How often a company's had to go for another's.",
            figures.dropped,
        ),
    ];
    counters(page, &rows);
    let octets = count(figures.octets);
    let row = (
        "music_octets",
        "Octets of companies' own music on hold that are at hand.",
        octets,
    );
    gauges(page, &[row]);
}

/// The stations that play companies' programmes.
pub(super) fn stations(tally: &music::Tally) -> String {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut page = Exposition::new();
    let rows = [
        (
            "stations_begun_total",
            "Stations of music on hold that were begun.",
            read(&tally.begun),
        ),
        (
            "stations_crowded_total",
            "Programmes that were not played, as many stations playing as may.",
            read(&tally.crowded),
        ),
        (
            "stations_streams_lost_total",
            "Live streams that were lost or could not be had.",
            read(&tally.lost),
        ),
    ];
    counters(&mut page, &rows);
    let rows = [
        (
            "stations",
            "Stations of music on hold that play.",
            read(&tally.stations),
        ),
        (
            "stations_live",
            "Of them, those whose live stream is heard.",
            read(&tally.live),
        ),
        (
            "stations_listeners",
            "Parties on hold that listen to them.",
            read(&tally.listeners),
        ),
    ];
    gauges(&mut page, &rows);
    page.finish()
}

/// What became of messages on their way to a capture server.
/// How far calls go by what was configured.
pub(super) fn feed(changes: u64, followed: u64) -> String {
    let mut page = Exposition::new();
    let rows = [
        (
            "changes_total",
            "Changes of what is configured, as far as this process knows.",
            changes,
        ),
        (
            "changes_followed_total",
            "Of them, those that calls go by.",
            followed,
        ),
    ];
    counters(&mut page, &rows);
    page.finish()
}

pub(super) fn hep(told: &hep::Tally) -> String {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut page = Exposition::new();
    let rows = [
        (
            "hep_sent_total",
            "SIP messages told to the capture server.",
            read(&told.sent),
        ),
        (
            "hep_dropped_total",
            "SIP messages not told to it, too many waiting.",
            read(&told.dropped),
        ),
        (
            "hep_failed_total",
            "SIP messages not told to it, the network refusing or the packet too long.",
            read(&told.failed),
        ),
    ];
    counters(&mut page, &rows);
    page.finish()
}

fn levels(posted: &Posted) -> Vec<Row> {
    let (node, ports) = (&posted.node, &posted.ports);
    vec![
        ("live_calls", "Calls of now.", node.live.calls),
        ("live_legs", "Legs of now.", node.live.legs),
        ("bindings", "Registrations of now.", node.live.bindings),
        ("watches", "Subscriptions of now.", node.live.watches),
        (
            "waiting_texts",
            "Texts that wait for a telephone of their reader's.",
            node.live.waiting_texts,
        ),
        (
            "warm_tenants",
            "Companies whose documents are compiled now.",
            node.live.warm_tenants,
        ),
        (
            "watched_sources",
            "Sources watched for guessing, scanning and asking without end.",
            node.door.defence.watched_now,
        ),
        (
            "banned_sources",
            "Sources banned now, or remembered for it.",
            node.door.defence.banned_now,
        ),
        (
            "waiting_messages",
            "SIP messages that wait for their company's turn.",
            node.live.waiting,
        ),
        (
            "waiting_messages_max",
            "The most that ever waited.",
            node.live.waiting_at_most,
        ),
        (
            "client_transactions",
            "Client transactions of now.",
            posted.transactions.clients,
        ),
        (
            "server_transactions",
            "Server transactions of now.",
            posted.transactions.servers,
        ),
        (
            "media_port_pairs",
            "Media port pairs there are.",
            count(ports.pairs),
        ),
        (
            "media_port_pairs_used",
            "Of them, with a leg.",
            count(ports.used),
        ),
        (
            "media_port_pairs_spoiled",
            "Of them, taken out of use.",
            count(ports.spoiled),
        ),
        (
            "media_legs_blind",
            "Legs whose peer has sent nothing yet.",
            count(ports.blind),
        ),
    ]
}

fn tenants(page: &mut Exposition, posted: &Posted) {
    let label = |id: &ids::TenantId| vec![("tenant", id.to_string())];
    let calls = posted.tenants.iter();
    let calls = calls.map(|(tenant, calls, _)| (label(tenant), u64::from(*calls)));
    page.family(
        Sort::Gauge,
        "tenant_live_calls",
        "Calls of now, by company.",
        calls,
    );
    let bindings = posted.tenants.iter();
    let bindings = bindings.map(|(tenant, _, bindings)| (label(tenant), count(*bindings)));
    let help = "Registrations of now, by company.";
    page.family(Sort::Gauge, "tenant_bindings", help, bindings);
}

fn net(page: &mut Exposition, figures: &net::Figures) {
    for (name, value) in figures.all() {
        let sort = if name.ends_with("_now") {
            Sort::Gauge
        } else {
            Sort::Counter
        };
        page.single(
            sort,
            &format!("net_{name}"),
            "See docs/operations/metrics.md.",
            value,
        );
    }
}

/// Figures of the journal and of the snapshots.
const SHELVES: [Column<bus::Figures>; 5] = [
    (
        "bus_records_total",
        "Records written.",
        Sort::Counter,
        |f| f.records,
    ),
    ("bus_octets_total", "Octets written.", Sort::Counter, |f| {
        f.bytes
    }),
    (
        "bus_failed_writes_total",
        "Writes that failed.",
        Sort::Counter,
        |f| f.failed_writes,
    ),
    (
        "bus_refused_total",
        "Records given up.",
        Sort::Counter,
        |f| f.refused,
    ),
    (
        "bus_torn_octets_total",
        "Octets found torn at the start.",
        Sort::Counter,
        |f| f.torn_bytes,
    ),
];

fn records(page: &mut Exposition, sources: &Sources) {
    let tally = &sources.records;
    let rows = [
        (
            "records_written_total",
            "Call records written to the store.",
            tally.written.load(Ordering::Relaxed),
        ),
        (
            "records_refusals_total",
            "Times the store was away when records were to be written.",
            tally.refusals.load(Ordering::Relaxed),
        ),
        (
            "events_written_total",
            "Events of calls and registrations written to the store.",
            tally.events.load(Ordering::Relaxed),
        ),
        (
            "events_untold_total",
            "Events dropped because too many waited for the store.",
            tally.untold.load(Ordering::Relaxed),
        ),
        (
            "ladders_kept_total",
            "Ladders of calls written to the store.",
            tally.ladders.load(Ordering::Relaxed),
        ),
        (
            "ladders_unkept_total",
            "Ladders dropped because too many waited for the store.",
            tally.unkept.load(Ordering::Relaxed),
        ),
    ];
    counters(page, &rows);
    let figures = (sources.bus)();
    let shelves = ["journal", "snapshots"].into_iter().zip(&figures);
    let parts: Vec<_> = shelves
        .map(|(shelf, figures)| (shelf.to_owned(), figures))
        .collect();
    columns(page, "shelf", &parts, &SHELVES);
}
