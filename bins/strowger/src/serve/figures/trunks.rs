//! Rows about trunks.

use node::Figures;
use telemetry::{Exposition, Sort};

use super::rows;

/// All of them.
pub(super) fn write(page: &mut Exposition, node: &Figures) {
    let trunks = &node.trunks;
    let counters = [
        (
            "trunk_calls_in_total",
            "Calls that came in by trunks.",
            trunks.calls_in,
        ),
        (
            "trunk_calls_out_total",
            "Attempts at calls by trunks.",
            trunks.calls_out,
        ),
        (
            "trunk_calls_on_net_total",
            "Of the calls that came in by trunks, those from companies of this exchange.",
            trunks.on_net,
        ),
        (
            "trunk_calls_signed_total",
            "Attempts at calls by trunks that were signed.",
            trunks.calls_signed,
        ),
        (
            "emergency_calls_total",
            "Calls for help, and trials of where such calls lead.",
            trunks.for_help,
        ),
        (
            "trunk_unknown_numbers_total",
            "Calls by trunks for numbers that nobody has there.",
            trunks.unknown_numbers,
        ),
        (
            "trunk_registered_total",
            "Times a trunk became registered.",
            trunks.registered,
        ),
        (
            "trunk_unregistered_total",
            "Times a trunk lost its registration, or first failed to get one.",
            trunks.unregistered,
        ),
        (
            "trunk_peers_changed_total",
            "Times a peer of a trunk began or ceased to answer.",
            trunks.peers_changed,
        ),
        (
            "trunk_names_found_total",
            "Times it was found where the name of a peer leads.",
            trunks.names_found,
        ),
        (
            "trunk_names_not_found_total",
            "Times it was not: no answer, or no address.",
            trunks.names_not_found,
        ),
    ];
    rows::counters(page, &counters);
    capped(page, node);
    proofs(page, node);
    stand(page, node);
}

/// What met the caps of trunks.
fn capped(page: &mut Exposition, node: &Figures) {
    let caps = &node.trunks.caps;
    let counters = [
        (
            "trunk_capped_calls_total",
            "Calls refused because a trunk had its share, or a company its own of it.",
            caps.refused,
        ),
        (
            "trunk_out_of_minutes_total",
            "Of those, the ones whose minutes of the day were used up.",
            caps.out_of_minutes,
        ),
        (
            "trunk_minutes_told_total",
            "Times 80 % or all of the minutes of a day were used, of a trunk or a company there.",
            caps.minutes_told,
        ),
    ];
    rows::counters(page, &counters);
}

/// What came of looking at proofs of who calls.
fn proofs(page: &mut Exposition, node: &Figures) {
    let proofs = &node.trunks.proofs;
    let verdicts = [
        ("valid", proofs.valid),
        ("wrong", proofs.wrong),
        ("missing", proofs.missing),
        ("unchecked", proofs.unchecked),
    ];
    let verdicts = verdicts.map(|(verdict, count)| (vec![("verdict", verdict.to_owned())], count));
    let help = "Calls by trunks whose proof of who calls was looked at, by what came of it.";
    page.family(Sort::Counter, "caller_proofs_total", help, verdicts);
    let help = "Certificates of those who sign calls that were fetched.";
    let name = "caller_certificates_fetched_total";
    page.single(Sort::Counter, name, help, proofs.fetched);
    let help = "Certificates of those who sign calls that could not be.";
    let name = "caller_certificates_failed_total";
    page.single(Sort::Counter, name, help, proofs.fetch_failed);
    let help = "Calls by trunks that wait for certificates.";
    let waiting = node.live.waiting_calls;
    page.single(Sort::Gauge, "calls_waiting_for_certificates", help, waiting);
}

/// How they stand at this moment.
fn stand(page: &mut Exposition, node: &Figures) {
    let now = &node.live.trunks;
    let states = [
        ("up", now.up),
        ("down", now.down),
        ("waiting", now.waiting),
        ("unwatched", now.unwatched),
    ];
    let states = states.map(|(state, count)| (vec![("state", state.to_owned())], count));
    let help = "Trunks in use, by how they stand.";
    page.family(Sort::Gauge, "trunks", help, states);
    let help = "Trunks that are registered at their carriers.";
    page.single(Sort::Gauge, "trunks_registered", help, now.registered);
}
