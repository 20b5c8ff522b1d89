//! How many rows a sweep gathers, counted apart from the engine: what bandwidth is reckoned from.

use leakreach::inventory::Id;
use leakreach::steps::{FactId, Steps};

/// What is left of an estate when its cycles of single needs are condensed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    /// Components: rows.
    pub(crate) cells: usize,
    /// Different ways from other components into a component: rows gathered in a sweep, one for each need.
    pub(crate) gathered: usize,
}

/// The component of every fact, by steps with one need, and how many there are (Pearce, "A space-efficient algorithm
/// for finding strongly connected components", 2016, without his saving of space).
fn components(steps: &Steps) -> (Vec<u32>, usize) {
    let facts = steps.facts.len();
    let next = |fact: u32, at: &mut usize| {
        let needing = steps.needing(FactId(fact));
        while let Some(&id) = needing.get(*at) {
            *at += 1;
            if steps.needs(id).len() == 1 {
                return Some(steps.gain(id).0);
            }
        }
        None
    };
    let mut low = vec![0u32; facts];
    let mut component = vec![u32::MAX; facts];
    let (mut met, mut found) = (0, 0);
    let mut waiting = Vec::new();
    let mut path: Vec<(u32, usize, u32)> = Vec::new();
    for root in 0..u32::try_from(facts).unwrap_or(0) {
        if low[root as usize] > 0 {
            continue;
        }
        met += 1;
        low[root as usize] = met;
        path.push((root, 0, met));
        while let Some((fact, at, own)) = path.last_mut() {
            match next(*fact, at) {
                Some(other) if low[other as usize] == 0 => {
                    met += 1;
                    low[other as usize] = met;
                    path.push((other, 0, met));
                }
                Some(other) => {
                    if component[other as usize] == u32::MAX {
                        let least = low[*fact as usize].min(low[other as usize]);
                        low[*fact as usize] = least;
                    }
                }
                None => {
                    let (fact, own) = (*fact, *own);
                    path.pop();
                    waiting.push(fact);
                    if low[fact as usize] == own {
                        // All that waits above is met later than this fact and hangs together with it.
                        while let Some(&top) = waiting.last() {
                            if low[top as usize] < own {
                                break;
                            }
                            component[top as usize] = found;
                            waiting.pop();
                        }
                        found += 1;
                    }
                    if let Some(&(before, ..)) = path.last() {
                        let least = low[before as usize].min(low[fact as usize]);
                        if component[fact as usize] == u32::MAX {
                            low[before as usize] = least;
                        }
                    }
                }
            }
        }
    }
    (component, found as usize)
}

/// Counts, all conditions held.
///
/// Linear but for sorting the steps.
pub(crate) fn cells(steps: &Steps) -> Cells {
    let (component, cells) = components(steps);
    let of = |fact: FactId| component[fact.index()];
    let mut ways: Vec<(u32, u32, u32)> = steps
        .ids()
        .filter_map(|id| {
            let gain = of(steps.gain(id));
            let mut needs: Vec<u32> = steps.needs(id).iter().map(|&need| of(need)).collect();
            needs.sort_unstable();
            needs.dedup();
            // The estates have no step with three needs.
            let first = *needs.first()?;
            let second = needs.get(1).copied().unwrap_or(first);
            (!needs.contains(&gain)).then_some((gain, first, second))
        })
        .collect();
    ways.sort_unstable();
    ways.dedup();
    let rows = ways
        .iter()
        .map(|(_, first, second)| 1 + usize::from(first != second));
    Cells {
        cells,
        gathered: rows.sum(),
    }
}
