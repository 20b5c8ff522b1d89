//! Fixes that leave a statement fewer resources or give it a condition more: priced by deriving everything again.

use super::{
    Analysis, FixLimit, Leak, Options, POINTS, PricedFix, classes, measure, rank_fixes, seeds_of,
    weigh,
};
use crate::fixes;
use crate::inventory::{Inventory, ScopeId, Statement, Terms};
use crate::memory::{Memory, TooLittle};
use crate::progress::Silent;
use crate::reach::{self, Tally};
use crate::risk::Points;
use crate::steps::{Control, Steps};
use crate::techniques;

/// So many such fixes are tried.
const MOST: usize = 24;

/// All that are tried take no more work than this together, see [`work`]: in a large estate none is tried.
const MOST_WORK: usize = 100_000;

/// About how much it is to derive everything again, in steps. Every action is looked at for every principal, however few
/// steps come of it.
fn work(analysis: &Analysis) -> usize {
    analysis.steps.len() + 10 * analysis.inventory.principals.len()
}

/// Adds them to the fixes.
///
/// They are tried for the statements whose removal gains most: less of a statement gains no more than its removal.
pub(super) fn add(analysis: &mut Analysis, options: &Options) -> Result<(), TooLittle> {
    if options.fixes == FixLimit::Best(0) {
        return Ok(());
    }
    let may_try = (MOST_WORK / work(analysis).max(1)).min(MOST);
    let tries = tries(analysis, may_try);
    if tries.is_empty() {
        return Ok(());
    }
    let leaks: Vec<Leak> = analysis.credentials.iter().map(|one| one.leak).collect();
    let memory = &options.memory;
    let before = points(&analysis.inventory, &analysis.steps, &leaks, memory)?;
    analysis.candidates += tries.len() as u64;
    for mut one in tries {
        let statement = one.statement;
        let Some(old) = replaced(&mut analysis.inventory, one.scope, statement) else {
            continue;
        };
        let (steps, _) = techniques::derive(&mut analysis.inventory);
        let after = points(&analysis.inventory, &steps, &leaks, memory)?;
        replaced(&mut analysis.inventory, one.scope, old);
        for (before, after) in before.iter().zip(&after) {
            one.fix.certain.0 += before.0.saturating_sub(after.0);
            one.fix.possible.0 += before.1.saturating_sub(after.1);
            one.fix.credentials += u64::from(after.1 < before.1);
        }
        // Where somebody would reach more, this is no fix.
        let is_less = before
            .iter()
            .zip(&after)
            .all(|(b, a)| a.0 <= b.0 && a.1 <= b.1);
        if is_less && (one.fix.certain.0 > 0 || one.fix.possible.0 > 0) {
            analysis.fixes.push(one.fix);
        }
    }
    rank_fixes(&mut analysis.fixes);
    if let FixLimit::Best(best) = options.fixes {
        analysis.fixes.truncate(best);
    }
    Ok(())
}

/// A fix to be priced.
struct Try {
    scope: ScopeId,
    statement: Statement,
    fix: PricedFix,
}

/// The first so many.
fn tries(analysis: &Analysis, most: usize) -> Vec<Try> {
    let inventory = &analysis.inventory;
    let usages = fixes::Usages::new(inventory);
    let edits = fixes::Edits::new(inventory);
    let mut tries = Vec::new();
    let removals = analysis.fixes.iter().filter(|fix| fix.narrowing.is_none());
    for removal in removals {
        let Control::Scope(scope) = analysis.steps.controls[removal.control] else {
            continue;
        };
        for tightening in fixes::tightenings(inventory, scope) {
            let edits = edits.tightening(scope, &tightening.statement);
            if edits.is_empty() {
                continue;
            }
            if tries.len() == most {
                return tries;
            }
            tries.push(Try {
                scope,
                statement: tightening.statement,
                fix: PricedFix {
                    control: removal.control,
                    narrowing: Some(tightening.narrowing),
                    rank: 0,
                    certain: Points(0),
                    possible: Points(0),
                    credentials: 0,
                    last_used: usages.of(Control::Scope(scope)),
                    edits,
                    example: None,
                },
            });
        }
    }
    tries
}

/// Puts a statement in the place of a scope's, which is returned; `None` where it has none.
pub(super) fn replaced(
    inventory: &mut Inventory,
    scope: ScopeId,
    new: Statement,
) -> Option<Statement> {
    match &mut inventory.scopes[scope].terms {
        Terms::Statement { statement, .. }
        | Terms::Trust { statement, .. }
        | Terms::ResourcePolicy { statement, .. } => Some(std::mem::replace(statement, new)),
        _ => None,
    }
}

/// What each leak reaches, for certain and possibly.
fn points(
    inventory: &Inventory,
    steps: &Steps,
    leaks: &[Leak],
    memory: &Memory,
) -> Result<Vec<(u64, u64)>, TooLittle> {
    let weights = weigh(inventory, steps);
    let (classes, measures) = classes(&weights);
    let seeds: Vec<_> = leaks.iter().map(|&leak| seeds_of(steps, leak)).collect();
    let of = |counts: &[u32]| {
        let measure = measure(counts, &measures);
        measure.get(POINTS).copied().unwrap_or_default()
    };
    let sum = |_, tally: Tally<'_>| (of(tally.certain), of(tally.possible));
    reach::reach_within(steps, &seeds, &classes, memory, sum, &Silent)
}
