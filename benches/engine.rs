//! Times the engine on a made-up step set: `cargo bench --bench engine [-- steps facts scenarios controls]`.
//!
//! Facts lie in layers, most steps lead forward, some back (cycles), some have two needs (AND). The same numbers make
//! the same set.

#![expect(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a benchmark prints its times; its numbers are small"
)]

use leakreach::fixes::{Candidate, Limit, rank};
use leakreach::inventory::{Id, PrincipalId, ScopeId, Table};
use leakreach::progress::Silent;
use leakreach::reach::{Layer, Measure, reach};
use leakreach::steps::{Control, Fact, FactId, NewStep, Steps, StepsBuilder, Technique};
use std::time::Instant;

/// A small generator of its own (SplitMix64), so that the set never changes with a library.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) % bound.max(1)).unwrap_or(0)
    }
}

fn generate(steps: u64, facts: u64, controls: u64, back: u64) -> Steps {
    let mut random = Random(1);
    let mut builder = StepsBuilder::new();
    for number in 0..facts {
        builder.fact(Fact::Principal(PrincipalId::from_index(number as usize)));
    }
    for number in 0..controls {
        builder.control(Control::Scope(ScopeId::from_index(number as usize)));
    }
    let technique = builder.technique(&Technique {
        id: "bench/step".to_owned(),
        name: "steps".to_owned(),
        attack: Vec::new(),
        source: String::new(),
    });
    let layer = facts / 10;
    for _ in 0..steps {
        let from = u64::from(random.below(facts - layer));
        let from_layer = from / layer;
        let is_back = u64::from(random.below(1000)) < back;
        let near = |random: &mut Random, layer_at: u64| {
            let fact = layer_at * layer + u64::from(random.below(layer));
            Fact::Principal(PrincipalId::from_index(fact.min(facts - 1) as usize))
        };
        let gain = near(
            &mut random,
            if is_back { from_layer } else { from_layer + 1 },
        );
        let mut needs = vec![Fact::Principal(PrincipalId::from_index(from as usize))];
        if random.below(50) == 0 {
            needs.push(near(&mut random, from_layer));
        }
        builder.add(NewStep {
            needs: &needs,
            gain,
            technique,
            controls: &[Control::Scope(ScopeId(random.below(controls)))],
            evidence: &[],
            condition: (random.below(10) == 0).then_some("test"),
        });
    }
    builder.build()
}

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|text| text.parse().ok())
        .collect();
    let number = |at: usize, default| numbers.get(at).copied().unwrap_or(default);
    let (steps, facts) = (number(0, 1_000_000), number(1, 100_000));
    let (count, controls) = (number(2, 10_000), number(3, 20_000));
    // Steps in a thousand that stay in their layer, where they close cycles.
    let back = number(4, 20);
    let begun = Instant::now();
    let steps = generate(steps, facts, controls, back);
    println!("{} steps made in {:?}", steps.len(), begun.elapsed());
    let mut random = Random(2);
    let scenarios: Vec<Vec<FactId>> = (0..count)
        .map(|_| vec![FactId(1 + random.below(facts))])
        .collect();
    let weights: Table<FactId, Measure> = Table::filled([3, 1, 1, 1, 0], steps.facts.len());
    let points: Table<FactId, u64> = Table::filled(3, steps.facts.len());
    for layer in [Layer::Certain, Layer::Possible] {
        let begun = Instant::now();
        let sums = reach(&steps, layer, &scenarios, &weights, &Silent);
        let facts: u64 = sums.iter().map(|sum| sum[1]).sum();
        println!("reach {layer:?}: {:?}, {facts} facts", begun.elapsed());
    }
    let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    for limit in [Limit::Best(100), Limit::All] {
        let begun = Instant::now();
        let ranking = rank(&steps, &scenarios, &points, &candidates, limit, &Silent);
        println!(
            "rank {limit:?}: {:?}, {} gains, {} bounded, best {:?}",
            begun.elapsed(),
            ranking.gains.len(),
            ranking.bounded,
            ranking.gains.first()
        );
    }
}
