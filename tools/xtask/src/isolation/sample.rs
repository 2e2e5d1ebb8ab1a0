//! Which edits are tried, in which order: drawn by a seed, each rule in its turn.

use std::collections::BTreeMap;

use super::mutant::Mutant;

/// All edits in the order of trial. Rules take turns, so that a run that ends early has tried some
/// of each; within a rule the seed decides.
pub(crate) fn shuffled(mut mutants: Vec<Mutant>, seed: u64) -> Vec<Mutant> {
    let mut dice = Dice(seed);
    for last in (1..mutants.len()).rev() {
        mutants.swap(last, dice.below(last + 1));
    }
    let mut lanes: BTreeMap<_, Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        lanes.entry(mutant.rule).or_default().push(mutant);
    }
    let mut order = Vec::new();
    while lanes.values().any(|lane| !lane.is_empty()) {
        order.extend(lanes.values_mut().filter_map(Vec::pop));
    }
    order
}

/// SplitMix64: the same seed gives the same edits on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isolation::mutant::Rule;

    fn mutants() -> Vec<Mutant> {
        let rules = [
            Rule::Bind,
            Rule::Bind,
            Rule::Bind,
            Rule::Compare,
            Rule::Within,
        ];
        let made = rules.into_iter().zip(1..).map(|(rule, line)| Mutant {
            rule,
            path: "a.rs".to_owned(),
            line,
            more: 0,
            bytes: 0..1,
            instead: String::new(),
        });
        made.collect()
    }

    #[test]
    fn every_rule_has_its_turn_before_one_has_a_second() {
        let order = shuffled(mutants(), 7);
        let rules: Vec<_> = order.iter().map(|one| one.rule).collect();
        assert_eq!(rules[..3], [Rule::Bind, Rule::Compare, Rule::Within]);
        assert_eq!(order.len(), 5);
    }

    #[test]
    fn the_same_seed_gives_the_same_order_and_another_seed_another() {
        assert_eq!(shuffled(mutants(), 7), shuffled(mutants(), 7));
        let orders: Vec<_> = (0..20).map(|seed| shuffled(mutants(), seed)).collect();
        assert!(orders.iter().any(|order| *order != orders[0]));
    }
}
