//! In which order the trunks of an outbound route are tried: as listed, by cost, by quality.
//!
//! What a carrier asks and how it does is its customer's business. So figures stand in an
//! explanation of a company's own trunks alone; of one that is shared with it, it reads no more
//! than the order that came of them.

use crate::Explanation;
use crate::called::Called;
use crate::circumstances::{Circumstances, Judgement};
use domain::{
    CompiledOutbound, CompiledTenant, CompiledTrunk, Priced, QualityFloor, TYPICAL_CALL, TrunkOrder,
};

/// Trunks of a route that can be used, as they are listed.
type Listed<'a> = Vec<&'a CompiledTrunk>;

/// The same trunks in the order in which they are tried.
pub(crate) fn of<'a>(
    tenant: &CompiledTenant,
    (route, called): (&CompiledOutbound, &Called),
    now: Circumstances<'_>,
    trunks: Listed<'a>,
    why: &mut Explanation,
) -> Listed<'a> {
    if trunks.len() < 2 || route.spec.order == TrunkOrder::AsListed {
        return trunks;
    }
    let (name, revision) = (&route.spec.name, route.revision);
    let by = format!("outbound route {name}, revision {revision}");
    let trunks = match route.spec.order {
        TrunkOrder::LeastCost => by_cost(tenant, (called, &by), now, trunks, why),
        TrunkOrder::AsListed | TrunkOrder::Quality => trunks,
    };
    match &route.spec.floor {
        Some(floor) => behind_below(trunks, (floor, &by), now, why),
        None => trunks,
    }
}

/// What a minute costs in minor units by the dearest of a route's trunks; `None` unless all that
/// can be used are the company's own and have a price.
pub(crate) fn dearest(
    tenant: &CompiledTenant,
    route: &CompiledOutbound,
    called: &Called,
    now: Circumstances<'_>,
) -> Option<u32> {
    let mut dearest = None;
    let listed = route.spec.trunks.iter();
    let trunks = listed.filter_map(|id| tenant.trunk(*id));
    for trunk in trunks.filter(|trunk| trunk.spec.enabled) {
        let priced = price(tenant, trunk, called, now).filter(|_| trunk.own)?;
        dearest = dearest.max(Some(priced.price.per_minute_minor()));
    }
    dearest
}

fn price<'a>(
    tenant: &'a CompiledTenant,
    trunk: &CompiledTrunk,
    called: &Called,
    now: Circumstances<'_>,
) -> Option<Priced<'a>> {
    match called {
        Called::Number(number) => tenant.price(trunk, number, now.at),
        Called::AsItIs(_) => None,
    }
}

/// The cheapest first; those without a price, or with one that cannot be compared, last.
fn by_cost<'a>(
    tenant: &CompiledTenant,
    (called, by): (&Called, &str),
    now: Circumstances<'_>,
    trunks: Listed<'a>,
    why: &mut Explanation,
) -> Listed<'a> {
    let mut currency = None;
    let mut costs: Vec<(bool, u64, &CompiledTrunk)> = Vec::with_capacity(trunks.len());
    for trunk in trunks {
        let priced = price(tenant, trunk, called, now);
        tell_price(trunk, called, priced, why);
        let cost = priced.filter(|priced| {
            let first = *currency.get_or_insert(&priced.deck.currency);
            *first == priced.deck.currency
        });
        let cost = cost.map(|priced| priced.price.of(TYPICAL_CALL));
        costs.push((cost.is_none(), cost.unwrap_or_default(), trunk));
    }
    // stable, so that equal ones stay as they are listed
    costs.sort_by_key(|(unknown, cost, _)| (*unknown, *cost));
    let ordered: Listed<'a> = costs.into_iter().map(|(_, _, trunk)| trunk).collect();
    let because = format!("{}: least cost first ({by})", in_order(&ordered));
    why.add("outbound.least_cost", because);
    ordered
}

/// What a company's own trunk costs, in figures.
fn tell_price(
    trunk: &CompiledTrunk,
    called: &Called,
    priced: Option<Priced<'_>>,
    why: &mut Explanation,
) {
    if !trunk.own {
        return;
    }
    let (name, revision) = (&trunk.spec.name, trunk.revision);
    let text = called.text();
    let Some(Priced {
        deck,
        price,
        digits,
    }) = priced
    else {
        let because = format!("trunk {name}, revision {revision}: no rate deck prices {text}");
        return why.add("trunk.unpriced", because);
    };
    let (minutes, cost) = (
        TYPICAL_CALL.as_secs() / 60,
        in_units(price.of(TYPICAL_CALL)),
    );
    let by = match digits {
        0 => "as everything else".to_owned(),
        digits => format!("by the first {digits} digits"),
    };
    let (currency, deck, of) = (&deck.currency, &deck.name, deck.revision);
    let because = format!(
        "trunk {name}, revision {revision}: {minutes} minutes to {text} cost {cost} {currency} \
         {by} (rate deck {deck}, revision {of})"
    );
    why.add("trunk.price", because);
}

/// Trunks that fall short of a floor behind all others, each group in the order that it has.
fn behind_below<'a>(
    trunks: Listed<'a>,
    (floor, by): (&QualityFloor, &str),
    now: Circumstances<'_>,
    why: &mut Explanation,
) -> Listed<'a> {
    let Some(measured) = now.measured else {
        let because = format!(
            "how well the trunks do is known where calls are made alone, and was not looked at \
             ({by})"
        );
        why.add("outbound.not_measured", because);
        return trunks;
    };
    let mut short = Vec::new();
    let mut ordered: Listed<'a> = Vec::with_capacity(trunks.len());
    for trunk in trunks {
        let (name, revision) = (&trunk.spec.name, trunk.revision);
        match measured.judge(trunk.id, floor) {
            Judgement::Unknown | Judgement::Reaches => ordered.push(trunk),
            Judgement::OnTrial(figures) => {
                let figures = figures_of(trunk, &figures);
                let because = format!(
                    "trunk {name}, revision {revision}, does worse than is asked{figures}, and is \
                     tried in its place this time, so that it may recover ({by})"
                );
                why.add("outbound.on_trial", because);
                ordered.push(trunk);
            }
            Judgement::FallsShort(figures) => {
                let figures = figures_of(trunk, &figures);
                let because = format!(
                    "trunk {name}, revision {revision}, does worse than is asked{figures}, and is \
                     tried behind the others ({by})"
                );
                why.add("outbound.below_floor", because);
                short.push(trunk);
            }
        }
    }
    ordered.extend(short);
    ordered
}

/// Figures of a company's own trunk, for a sentence.
fn figures_of(trunk: &CompiledTrunk, figures: &str) -> String {
    match trunk.own {
        true => format!(" ({figures})"),
        false => String::new(),
    }
}

fn in_order(trunks: &[&CompiledTrunk]) -> String {
    let names: Vec<&str> = trunks.iter().map(|trunk| &*trunk.spec.name).collect();
    format!("trunk {}", names.join(", then "))
}

/// Millionths as a decimal number.
fn in_units(millionths: u64) -> String {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}
