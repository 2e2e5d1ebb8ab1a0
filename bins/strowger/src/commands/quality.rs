//! `strowger quality`.

use admin::documents;
use admin::quality::{
    NamedSummaries, NamedSummary, QUALITY_DAYS_MAX, QualityQuestion, of_tenant, of_trunk,
};
use domain::Trunk;
use ports::{PAGE_MAX, QualityOf, QualityQuery, StoreError};
use store::block_on;
use tenancy::Unresolved;

use crate::arguments::quality::QualityArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Shows how calls sounded, summed up.
///
/// # Errors
/// There is no such company or trunk, the span is too long, and what the store says.
pub(crate) fn run(arguments: &QualityArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let question = QualityQuestion {
        groups: arguments.by.groups(),
        from: arguments.since,
        until: arguments.until,
        after: None,
        limit: 0,
    };
    let query = question.understood(console.office.now()).map_err(|_| {
        Failure::new(format!(
            "--since: must be at most {QUALITY_DAYS_MAX} days before the end"
        ))
    })?;
    let listed = match (&arguments.company, &arguments.trunk) {
        (Some(company), _) => {
            let scope = console.enter(company)?.scope;
            let page = |query: &QualityQuery| block_on(of_tenant(&console.office, &scope, query));
            all(query, arguments.limit, page)?
        }
        (None, trunk) => {
            let scope = match &arguments.reseller {
                Some(reseller) => console.descend(reseller)?,
                None => console.platform.clone(),
            };
            let named = Unresolved::<Trunk>::new(trunk.as_deref().unwrap_or_default());
            let (_, found) = block_on(documents::find(&console.office, &scope, &named))?;
            let page =
                |query: &QualityQuery| block_on(of_trunk(&console.office, &scope, found.id, query));
            all(query, arguments.limit, page)?
        }
    };
    let rows: Vec<_> = listed.summaries.iter().map(row).collect();
    print::table(
        &[
            "OF",
            "CALLS",
            "LEGS",
            "MINUTES",
            "MOS",
            "WORST",
            "POOR",
            "LOSS",
            "JITTER",
            "DELAY",
            "ONE-WAY",
            "CONCEALED",
        ],
        &rows,
    );
    if listed.next.is_some() {
        print::note("there are more; --limit shows them");
    }
    Ok(())
}

/// Pages after each other, up to so many lines.
fn all(
    mut query: QualityQuery,
    most: usize,
    page: impl Fn(&QualityQuery) -> Result<NamedSummaries, StoreError>,
) -> Result<NamedSummaries, StoreError> {
    let mut all = NamedSummaries::default();
    while all.summaries.len() < most {
        query.limit = (most - all.summaries.len()).min(PAGE_MAX);
        let found = page(&query)?;
        all.summaries.extend(found.summaries);
        all.next = found.next;
        query.after.clone_from(&all.next);
        if query.after.is_none() {
            break;
        }
    }
    Ok(all)
}

/// One line. What is not known is a dash.
fn row(summary: &NamedSummary) -> Vec<String> {
    let sums = &summary.sums;
    let of = match &summary.of {
        QualityOf::Hour(hour) => hour.to_string(),
        QualityOf::Value(value) => summary.name.clone().unwrap_or_else(|| value.clone()),
    };
    let known = |figure: Option<String>| figure.unwrap_or_else(|| "-".to_owned());
    let whole = |number: u64| number.to_string();
    vec![
        of,
        whole(sums.calls),
        whole(sums.legs),
        whole(sums.seconds.div_ceil(60)),
        known(sums.mean_x100().map(|mos| decimal(mos, 100))),
        known(sums.worst_x100.map(|mos| decimal(mos.into(), 100))),
        known(sums.poor_share().map(|share| decimal(share, 100) + " %")),
        known(sums.lost_share().map(|share| decimal(share, 100) + " %")),
        known(sums.mean_jitter().map(|tenths| decimal(tenths, 10) + " ms")),
        known(sums.mean_round_trip_ms().map(|ms| format!("{ms} ms"))),
        whole(sums.one_way),
        whole(sums.concealed),
    ]
}

/// A number of tenths or hundredths.
fn decimal(parts: u64, of: u64) -> String {
    let digits = if of == 10 { 1 } else { 2 };
    format!("{}.{:0digits$}", parts / of, parts % of)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use domain::QualitySums;
    use ports::Cursor;

    use super::*;

    #[test]
    fn a_line_says_what_is_known_and_a_dash_stands_for_the_rest() {
        let summary = NamedSummary {
            of: QualityOf::Value("baresip".to_owned()),
            name: None,
            sums: QualitySums {
                calls: 2,
                legs: 3,
                seconds: 61,
                scored: 3,
                mos_x100: 1_207,
                worst_x100: Some(305),
                poor: 1,
                expected: 1_000,
                lost: 5,
                ..QualitySums::default()
            },
        };
        let line = row(&summary).join(" ");
        let told = "baresip 2 3 2 4.02 3.05 33.33 % 0.50 % - - 0 0";
        assert_eq!(line, told);
    }

    #[test]
    fn pages_are_read_up_to_the_lines_that_are_wanted() {
        let one = |number: usize| NamedSummary {
            of: QualityOf::Value(format!("{number:03}")),
            name: None,
            sums: QualitySums::default(),
        };
        let page = |query: &QualityQuery| {
            let begin: usize = query.after.as_ref().map_or(0, |at| at.0.parse().unwrap());
            let end = (begin + query.limit.min(3)).min(7);
            Ok(NamedSummaries {
                summaries: (begin..end).map(one).collect(),
                next: (end < 7).then(|| Cursor(end.to_string())),
            })
        };
        let query = QualityQuestion::default();
        let query = query.understood(machine::WallTime::UNIX_EPOCH).unwrap();
        let whole = all(query.clone(), 100, page).unwrap();
        assert_eq!((whole.summaries.len(), whole.next), (7, None));
        let some = all(query, 5, page).unwrap();
        assert_eq!((some.summaries.len(), some.next.is_some()), (5, true));
    }
}
