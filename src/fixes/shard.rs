//! Pricing in shards: every shard prices some of the candidates over all scenarios, and no shard asks another.
//!
//! Each shard works out the bounds of all candidates, which is one sweep, and so knows the same order as every other.
//! It takes every so-manieth of that order and looks for the best among these, as one run does among all. What it does
//! not price stands below as many better ones as are asked for, so it would not be among the best of all either. Nor
//! does one run learn anything from pricing it: whatever is priced together with it, or before it, has all of the best
//! among it, as their bounds are greater. So the joined ranking is the same, and so is the number of those not priced.

use super::{
    Candidate, Gain, Limit, Measure, Ranking, Weights, Work, best_of, bound, sort, with_layers,
};
use crate::memory::{Memory, TooLittle};
use crate::progress::Progress;
use crate::steps::{FactId, Steps};

/// What a shard found of one of its candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The candidate.
    pub candidate: usize,
    /// What it can gain at most; 0 where all candidates are priced.
    pub bound: u64,
    /// What it gains; `None` where that is nothing, or was not priced.
    pub gain: Option<Gain>,
}

/// Prices the candidates of a shard, with so much memory. Those that by their bound gain nothing are left out.
///
/// `is_own` says of each place in the common order whether the shard takes what stands there.
///
/// # Errors
/// When a batch does not fit.
#[expect(
    clippy::too_many_arguments,
    reason = "those of `rank`, and whose they are"
)]
pub fn prices_within(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &Weights,
    candidates: &[Candidate],
    limit: Limit,
    is_own: impl Fn(usize) -> bool,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Vec<Price>, TooLittle> {
    let count = candidates.len();
    with_layers(steps, scenarios.len(), weights, candidates, |layers| {
        let work = Work::within(layers, scenarios, memory, progress)?;
        let bounded = limit.bounded(count, weights.measure());
        Ok(prices(
            count,
            bounded,
            is_own,
            || work.bounds(count),
            |some| work.price(some),
        ))
    })
}

fn prices(
    candidates: usize,
    bounded: Option<usize>,
    is_own: impl Fn(usize) -> bool,
    bounds: impl FnOnce() -> Vec<u64>,
    mut price: impl FnMut(&[usize]) -> Vec<Gain>,
) -> Vec<Price> {
    let mut gains: Vec<Option<Gain>> = vec![None; candidates];
    let mut priced = |some: &[usize]| {
        let found = price(some);
        for gain in &found {
            if let Some(place) = gains.get_mut(gain.candidate) {
                *place = Some(*gain);
            }
        }
        found
    };
    let own = |order: Vec<usize>| -> Vec<usize> {
        let places = order.into_iter().enumerate();
        let own = places.filter(|(place, _)| is_own(*place));
        own.map(|(_, candidate)| candidate).collect()
    };
    let (own, bounds) = match bounded {
        None => {
            let own = own((0..candidates).collect());
            priced(&own);
            (own, vec![0; candidates])
        }
        Some(best) => {
            let bounds = bounds();
            let bound = |at: usize| bounds.get(at).copied().unwrap_or(0);
            let mut order = bound::in_order(&bounds);
            order.retain(|&at| bound(at) > 0);
            let own = own(order);
            let mut of_own = vec![0; candidates];
            for &at in &own {
                if let Some(place) = of_own.get_mut(at) {
                    *place = bound(at);
                }
            }
            best_of(&of_own, best, &mut priced);
            (own, bounds)
        }
    };
    let price = |at: usize| Price {
        candidate: at,
        bound: bounds.get(at).copied().unwrap_or(0),
        gain: gains.get(at).copied().flatten(),
    };
    own.into_iter().map(price).collect()
}

/// The ranking that [`super::rank`] gives by a measure, from what all shards found; `None` where they do not make a whole.
pub fn joined_ranking(
    candidates: usize,
    limit: Limit,
    measure: Measure,
    shards: &[Vec<Price>],
) -> Option<Ranking> {
    let mut gains: Vec<Option<Gain>> = vec![None; candidates];
    let mut bounds = vec![0; candidates];
    let mut all: Vec<(u64, usize, usize)> = Vec::new();
    for (shard, prices) in shards.iter().enumerate() {
        for price in prices {
            let at = price.candidate;
            *gains.get_mut(at)? = price.gain;
            *bounds.get_mut(at)? = price.bound;
            all.push((price.bound, at, shard));
        }
    }
    // Each shard took what stands in its places, and nothing is left over.
    all.sort_unstable_by_key(|&(bound, at, _)| (std::cmp::Reverse(bound), at));
    let places = all.iter().enumerate();
    let is_whole = places
        .clone()
        .all(|(place, one)| one.2 == place % shards.len())
        && all
            .windows(2)
            .all(|pair| !matches!(pair, [a, b] if a.1 == b.1));
    let limit_bounded = limit.bounded(candidates, measure);
    if !is_whole || (limit_bounded.is_none() && all.len() != candidates) {
        return None;
    }
    let known = |some: &[usize]| -> Vec<Gain> {
        let known = some
            .iter()
            .filter_map(|&at| gains.get(at).copied().flatten());
        known.collect()
    };
    let (gains, bounded) = match limit_bounded {
        None => {
            let mut gains = known(&(0..candidates).collect::<Vec<_>>());
            sort(&mut gains, measure);
            limit.keep(&mut gains);
            (gains, 0)
        }
        Some(best) => best_of(&bounds, best, known),
    };
    Some(Ranking {
        gains,
        candidates: candidates as u64,
        bounded,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixes::Ranking;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn gain(candidate: usize, certain: u64, possible: u64) -> Gain {
        Gain {
            candidate,
            certain,
            possible,
            scenarios: 1,
        }
    }

    /// What one run makes of gains and bounds, and what shards make of them.
    fn both(all: &[(u64, u64, u64)], best: usize, count: usize) -> (Ranking, Option<Ranking>) {
        let bounds: Vec<u64> = all
            .iter()
            .map(|(certain, possible, slack)| certain + possible + slack)
            .collect();
        let price = |some: &[usize]| {
            let some = some.iter().map(|&at| gain(at, all[at].0, all[at].1));
            let mut gains: Vec<Gain> = some
                .filter(|gain| gain.certain + gain.possible > 0)
                .collect();
            sort(&mut gains, Measure::Mean);
            gains
        };
        let limit = Limit::Best(best);
        let (gains, bounded) = best_of(&bounds, best, price);
        let one = Ranking {
            gains,
            candidates: all.len() as u64,
            bounded,
        };
        let shards: Vec<Vec<Price>> = (0..count)
            .map(|shard| {
                prices(
                    all.len(),
                    limit.bounded(all.len(), Measure::Mean),
                    |place| place % count == shard,
                    || bounds.clone(),
                    price,
                )
            })
            .collect();
        (
            one,
            joined_ranking(all.len(), limit, Measure::Mean, &shards),
        )
    }

    proptest! {
        #[test]
        fn shards_rank_as_one_run_does(
            all in vec((0..20u64, 0..20u64, 0..40u64), 0..120), best in 1..6usize, count in 1..6usize,
        ) {
            let (one, joined) = both(&all, best, count);
            prop_assert_eq!(Some(one), joined);
        }
    }

    #[test]
    fn what_cannot_be_among_the_best_is_not_priced() {
        // Tight bounds, one after the other: each shard is sure after its first look.
        let bounds: Vec<u64> = (0..100).map(|at| 1_000 - at * 10).collect();
        let mut priced = 0;
        let found = prices(
            bounds.len(),
            Some(2),
            |place| place % 2 == 1,
            || bounds.clone(),
            |some| {
                priced += some.len();
                some.iter().map(|&at| gain(at, 0, bounds[at])).collect()
            },
        );
        assert_eq!(priced, 8);
        assert_eq!(found.len(), 50);
        assert!(found.iter().filter(|price| price.gain.is_some()).count() == 8);
    }

    #[test]
    fn what_is_missing_or_there_twice_is_no_whole() {
        let price = |candidate| Price {
            candidate,
            bound: 0,
            gain: Some(gain(candidate, 1, 1)),
        };
        let joined = |shards: &[Vec<Price>]| joined_ranking(3, Limit::All, Measure::Mean, shards);
        let [zero, one] = [vec![price(0), price(2)], vec![price(1)]];
        assert!(joined(&[zero.clone(), one.clone()]).is_some());
        assert!(joined(&[one.clone(), zero.clone()]).is_none());
        assert!(joined(&[zero.clone(), vec![]]).is_none());
        assert!(joined(&[zero.clone(), zero]).is_none());
        assert!(joined(&[vec![price(0), price(3)], one]).is_none());
    }
}
