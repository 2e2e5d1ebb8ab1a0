//! The views of calls of the past that are asked of routing again.

use std::collections::BTreeMap;

use admin::apply::{Entry, Snapshot};
use admin::replay::{
    Difference, PastCall, Proposal, REPLAYED_MAX, Replayed, Road, Unreplayed, Window, Without,
};
use domain::{Invalid, KindName};
use ids::{CallId, CdrId};
use machine::WallTime;
use ports::Cursor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::line::{PlannedReasonView, StepView, reason, step};
use crate::list::{hand_out, take_back};

/// What is taken for granted on both sides.
const ASSUMED: &str = "telephones are reachable; no cap and no budget is used up; nobody asks \
                       for a transfer";

/// Which calls are looked at, and what is proposed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReplay {
    /// Only calls that started at this time or later (RFC 3339); a day before `until` where it is
    /// left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2031-12-24T00:00:00Z")]
    since: Option<String>,
    /// Only calls that started before this time (RFC 3339); now where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2031-12-25T00:00:00Z")]
    until: Option<String>,
    /// `next` of the answer before, as it came, with the rest as it was.
    #[serde(default)]
    after: Option<String>,
    /// Most calls that are looked at, 1 to 500; 500 where it is left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// What is proposed, as a snapshot: documents of the company that would be new or other than
    /// they are. Those that are not named stay. Kinds that no call depends on are passed over.
    #[serde(default)]
    with: Option<ProposedSnapshot>,
    /// Documents that would be deleted. What others refer to cannot be.
    #[serde(default)]
    without: Vec<ProposedRemoval>,
}

/// Documents as a snapshot has them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposedSnapshot {
    /// The form's version: 1.
    #[schema(minimum = 1, maximum = 1)]
    strowger: u32,
    /// The documents, at most 20,000, those to be deleted included.
    documents: Vec<ProposedDocument>,
}

/// One document of a snapshot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposedDocument {
    /// Its kind.
    #[schema(example = "outbound_route")]
    kind: String,
    /// The company, by one of its domains; left out for the company's own document.
    #[serde(rename = "in", default)]
    within: Option<String>,
    /// Its spec, with names or ids of what it refers to.
    #[schema(value_type = Object)]
    spec: Value,
}

/// A document that would be deleted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposedRemoval {
    /// Its kind.
    #[schema(example = "extension")]
    kind: String,
    /// Its natural key, such as a number or a name, or its id.
    #[schema(example = "102")]
    name: String,
}

/// A [`NewReplay`] whose texts were read.
pub(crate) struct AskedReplay {
    pub(crate) since: Option<WallTime>,
    pub(crate) until: Option<WallTime>,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: Option<usize>,
    pub(crate) proposal: Option<Proposal>,
}

impl NewReplay {
    /// What is meant.
    ///
    /// # Errors
    /// [`Invalid`] with the first text that cannot be understood.
    pub(crate) fn understood(self) -> Result<AskedReplay, Invalid> {
        let limit = self.limit;
        if limit.is_some_and(|limit| !(1..=REPLAYED_MAX).contains(&limit)) {
            return Err(Invalid::new("/limit", "must be 1 to 500"));
        }
        let after = self.after.as_deref().map(take_back).transpose();
        let odd = |_| Invalid::new("/after", "must be the next of an answer, as it came");
        let snapshot = self.with.map(ProposedSnapshot::understood).transpose()?;
        let without = self.without.into_iter().enumerate();
        let without = without.map(|(at, one)| {
            let kind = kind(&one.kind, format!("/without/{at}/kind"))?;
            Ok(Without {
                kind,
                name: one.name,
            })
        });
        let without: Vec<Without> = without.collect::<Result<_, Invalid>>()?;
        let proposed = snapshot.is_some() || !without.is_empty();
        Ok(AskedReplay {
            since: time(self.since, "/since")?,
            until: time(self.until, "/until")?,
            after: after.map_err(odd)?,
            limit,
            proposal: proposed.then_some(Proposal { snapshot, without }),
        })
    }
}

impl ProposedSnapshot {
    fn understood(self) -> Result<Snapshot, Invalid> {
        let documents = self.documents.into_iter().enumerate();
        let documents = documents.map(|(at, one)| {
            Ok(Entry {
                kind: kind(&one.kind, format!("/with/documents/{at}/kind"))?,
                within: one.within,
                spec: one.spec,
            })
        });
        Ok(Snapshot {
            strowger: self.strowger,
            documents: documents.collect::<Result<_, Invalid>>()?,
        })
    }
}

fn kind(word: &str, field: String) -> Result<KindName, Invalid> {
    word.parse()
        .map_err(|_| Invalid::new(field, "must be a kind of document"))
}

fn time(text: Option<String>, field: &str) -> Result<Option<WallTime>, Invalid> {
    let odd = |_| Invalid::new(field, "must be a time (RFC 3339)");
    text.map(|text| text.parse().map_err(odd)).transpose()
}

/// What was looked at, and what differs.
#[derive(Serialize, ToSchema)]
#[schema(as = Replay)]
pub(crate) struct ReplayView {
    /// Calls were looked at that started at this time or later.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    since: WallTime,
    /// And before this time.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    until: WallTime,
    /// What was taken for granted, in words.
    assumed: &'static str,
    /// How many there were of each sort.
    sums: ReplaySumsView,
    /// The calls that would differ: those for help that would not complete first, then others for
    /// help, then all others, the latest first.
    differences: Vec<ReplayDifferenceView>,
    /// The calls that were not asked again, those for help first.
    not_replayed: Vec<NotReplayedView>,
    /// Where the next ones begin; null when these were the last.
    next: Option<String>,
}

/// How many calls were looked at, and what of them differs.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplaySums)]
struct ReplaySumsView {
    /// Calls looked at.
    calls: usize,
    /// Those that would go the same way.
    same: usize,
    /// Those that would not, by `change`.
    different: BTreeMap<&'static str, usize>,
    /// Calls for help that would not complete.
    help_stopped: usize,
    /// Those that were not asked again, by `reason`.
    not_replayed: BTreeMap<&'static str, usize>,
}

/// A call that would differ.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplayDifference)]
struct ReplayDifferenceView {
    /// The call.
    call: PastCallView,
    /// `lost`: it led somewhere and would be refused. `gained`: it was refused and would lead
    /// somewhere. `elsewhere`: it would go elsewhere first. `otherwise`: it would go there too, in
    /// another way.
    change: &'static str,
    /// For a call for help: `stopped` when it would not complete, else `changed`; null for all
    /// others.
    help: Option<&'static str>,
    /// What happened then, in words, in order.
    happened: Vec<String>,
    /// Where it would go by the present documents.
    present: ReplayedRouteView,
    /// Where it would go by the proposed ones; null where none are.
    proposed: Option<ReplayedRouteView>,
}

/// Where a call would go.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplayedRoute)]
struct ReplayedRouteView {
    /// The steps in words, in order; the next when one fails.
    in_words: Vec<String>,
    /// The same for programs.
    steps: Vec<StepView>,
    /// The rules that the other side does not have, each with the document and its revision.
    differing: Vec<PlannedReasonView>,
}

/// A call that was not asked again.
#[derive(Serialize, ToSchema)]
#[schema(as = NotReplayed)]
struct NotReplayedView {
    /// The call.
    call: PastCallView,
    /// Whether it was for help.
    help: bool,
    /// Why not: `no_caller`, `caller_gone`, `trunk_gone`, `elsewhere`, `to_phone`, and without a
    /// proposal `capped` or `sent_on_before`.
    reason: &'static str,
    /// The same in words.
    because: &'static str,
}

/// Which call it is.
#[derive(Serialize, ToSchema)]
#[schema(as = PastCall)]
struct PastCallView {
    /// The id of its record.
    #[schema(value_type = String)]
    cdr: CdrId,
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// When it was.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    started: WallTime,
    /// The caller's number; empty when it was hidden.
    caller: String,
    /// What was dialled.
    dialled: String,
}

impl ReplayView {
    /// What was found.
    pub(crate) fn of(window: Window, replayed: Replayed) -> ReplayView {
        let sums = replayed.sums;
        let different = sums.different.iter();
        let left = sums.not_replayed.iter();
        ReplayView {
            since: window.since,
            until: window.until,
            assumed: ASSUMED,
            sums: ReplaySumsView {
                calls: sums.calls,
                same: sums.same,
                different: different.map(|(how, n)| (how.as_str(), *n)).collect(),
                help_stopped: sums.help_stopped,
                not_replayed: left.map(|(why, n)| (why.as_str(), *n)).collect(),
            },
            differences: replayed.differences.into_iter().map(difference).collect(),
            not_replayed: replayed.unreplayed.into_iter().map(not_replayed).collect(),
            next: replayed.next.as_ref().map(hand_out),
        }
    }
}

fn difference(found: Difference) -> ReplayDifferenceView {
    ReplayDifferenceView {
        call: past(found.call),
        change: found.change.as_str(),
        help: found.help.map(admin::replay::Help::as_str),
        happened: found.happened,
        present: road(found.present),
        proposed: found.proposed.map(road),
    }
}

fn road(road: Road) -> ReplayedRouteView {
    ReplayedRouteView {
        in_words: road.in_words(),
        steps: road.steps.into_iter().map(step).collect(),
        differing: road.differing.into_iter().map(reason).collect(),
    }
}

fn not_replayed(left: Unreplayed) -> NotReplayedView {
    NotReplayedView {
        call: past(left.call),
        help: left.for_help,
        reason: left.reason.as_str(),
        because: left.reason.in_words(),
    }
}

fn past(call: PastCall) -> PastCallView {
    PastCallView {
        cdr: call.cdr,
        call: call.call,
        started: call.started,
        caller: call.caller,
        dialled: call.dialled,
    }
}
