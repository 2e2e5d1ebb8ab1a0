//! Operations on summaries of how calls sounded.

use admin::documents as found;
use admin::quality::{self, QUALITY_DAYS_MAX, QualityQuestion};
use domain::{Permission, QualityBy, Topic, Trunk, Verb};
use ports::{QualityGroups, QualityQuery};
use tenancy::AccountScope;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, Parameter, text};
use crate::problem::Problem;
use crate::view::quality_summary::QualitySummaryView;

const OF_TENANT: &str = "/api/v1/tenants/{tenant}/quality";
const OF_ACCOUNT: &str = "/api/v1/trunks/{trunk}/quality";
const OF_RESELLER: &str = "/api/v1/resellers/{reseller}/trunks/{trunk}/quality";

const SPAN: [Parameter; 2] = [
    text(
        "from",
        "From the hour on in which this time is (RFC 3339); seven days before the end when it says \
         nothing, and 400 at most.",
    ),
    text(
        "until",
        "Only hours that began before this time (RFC 3339).",
    ),
];

const BY: Parameter = text(
    "by",
    "How summaries are put together: `hour` (the default) lists each hour, newest first; `site`, \
     `model`, `trunk` and `codec` each value of those, of all hours together.",
);

const OF_TRUNK: &str = "Hour by hour, newest first: totals of all companies that called by it, and \
                        nothing of any one of them.";

pub(super) fn operations() -> Vec<Operation> {
    let usage = Permission::of(Topic::Usage, Verb::Read);
    let page = "One page of summaries.";
    vec![
        Operation::get(OF_TENANT, "listQuality", of_tenant)
            .needs(Permission::of(Topic::Cdr, Verb::Read))
            .tells(
                "Summarise how calls sounded",
                "By hour, site, model of telephone, trunk or codec. A call counts in the hour in \
                 which it started, once it is over, and is kept as long as call records are.",
            )
            .query(&PAGE)
            .query(&SPAN)
            .query(&[BY])
            .gives::<List<QualitySummaryView>>(page)
            .tag("Call records"),
        Operation::get(OF_ACCOUNT, "listTrunkQuality", of_account)
            .needs(usage)
            .tells("Summarise how calls by an own trunk sounded", OF_TRUNK)
            .query(&PAGE)
            .query(&SPAN)
            .gives::<List<QualitySummaryView>>(page)
            .tag("Lines"),
        Operation::get(OF_RESELLER, "listResellerTrunkQuality", of_reseller)
            .needs(usage)
            .tells(
                "Summarise how calls by a reseller's trunk sounded",
                OF_TRUNK,
            )
            .query(&PAGE)
            .query(&SPAN)
            .gives::<List<QualitySummaryView>>(page)
            .tag("Lines"),
    ]
}

impl Call {
    fn quality_groups(&self) -> Result<QualityGroups, Problem> {
        let by = match self.parameter("by") {
            None | Some("hour") => return Ok(QualityGroups::Hours),
            Some(word) => QualityBy::named(word).filter(|by| *by != QualityBy::Whole),
        };
        let rule = "must be hour, site, model, trunk or codec";
        by.map(QualityGroups::Values)
            .ok_or_else(|| Problem::parameter("by", rule))
    }

    fn quality_query(&self) -> Result<QualityQuery, Problem> {
        let question = QualityQuestion {
            groups: self.quality_groups()?,
            from: self.time("from")?,
            until: self.time("until")?,
            after: self.after()?,
            limit: self.limit()?,
        };
        question.understood(self.office.now()).map_err(|_| {
            let rule = format!("must be at most {QUALITY_DAYS_MAX} days before the end");
            Problem::parameter("from", &rule)
        })
    }
}

async fn of_tenant(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let query = call.quality_query()?;
    let page = quality::of_tenant(&call.office, &scope, &query).await?;
    Answer::json(&List::<QualitySummaryView>::of(page.summaries, page.next))
}

async fn of_account(call: Call) -> Result<Answer, Problem> {
    let scope = call.account()?;
    of_one(&call, &scope).await
}

async fn of_reseller(call: Call) -> Result<Answer, Problem> {
    let scope = call.reseller().await?;
    of_one(&call, &scope).await
}

async fn of_one(call: &Call, scope: &AccountScope) -> Result<Answer, Problem> {
    let reference = call.reference::<Trunk>("trunk");
    let (_, trunk) = found::find(&call.office, scope, &reference).await?;
    let query = call.quality_query()?;
    let page = quality::of_trunk(&call.office, scope, trunk.id, &query).await?;
    Answer::json(&List::<QualitySummaryView>::of(page.summaries, page.next))
}
