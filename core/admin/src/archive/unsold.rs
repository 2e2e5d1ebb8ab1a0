//! What comes in although the plan of the company leaves it out: it is kept and does nothing, as
//! when a plan is changed below a company that has it.

use domain::{Feature, KindName, Plan, Resource};
use ports::Belonging;

/// Tells, in a sentence for each feature, what came in and does nothing on this plan. Without a
/// plan there is everything.
pub(super) fn unsold(
    plan: Option<&Resource<Plan>>,
    documents: &[Belonging],
    keys: u64,
) -> Vec<String> {
    let Some(plan) = plan else {
        return Vec::new();
    };
    let left_out = Feature::ALL
        .into_iter()
        .filter(|feature| !plan.spec.includes(*feature));
    left_out
        .filter_map(|feature| {
            let what = held(feature, documents, keys)?;
            let name = &plan.spec.name;
            Some(format!(
                "{what} came along and do nothing: the plan {name} leaves out {feature}"
            ))
        })
        .collect()
}

/// How much there is of what belongs to a feature, such as `webhooks (2)`; `None` without any.
fn held(feature: Feature, documents: &[Belonging], keys: u64) -> Option<String> {
    let some = |count: u64, many: &str| (count > 0).then(|| format!("{many} ({count})"));
    if feature == Feature::ApiKeys {
        return some(keys, "API keys");
    }
    KindName::ALL
        .into_iter()
        .filter(|kind| Feature::of_kind(*kind) == Some(feature))
        .find_map(|kind| {
            let came = documents.iter().filter(|one| one.document.kind == kind);
            some(came.map(|_| 1).sum(), kind.many())
        })
}
