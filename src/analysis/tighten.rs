//! Fixes that leave a statement fewer resources or give it a condition more: priced by deriving everything again.

use super::{Analysis, Counted, FixLimit, Leak, Options, PricedFix, Sums, rank_fixes, seeds};
use crate::fixes;
use crate::inventory::{Inventory, ScopeId, Statement, Terms};
use crate::memory::{Memory, TooLittle};
use crate::progress::Silent;
use crate::reach::{self, Tally};
use crate::risk::{Mode, Model, Points};
use crate::steps::{Control, Steps};
use crate::techniques;

/// So many such fixes are tried.
const MOST: usize = 24;

/// All that are tried take no more work than this together, see [`work`]: in a large estate none is tried.
const MOST_WORK: usize = 100_000;

/// About how much it is to derive everything again, in steps. Every action is looked at for every principal, however few
/// steps come of it.
pub(super) fn work(analysis: &Analysis) -> usize {
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
    let mode = analysis.model.mode;
    let before = points(&analysis.inventory, &analysis.steps, mode, &leaks, memory)?;
    analysis.candidates += tries.len() as u64;
    for mut one in tries {
        let statement = one.statement;
        let Some(old) = replaced(&mut analysis.inventory, one.scope, statement) else {
            continue;
        };
        let (steps, _) = techniques::derive(&mut analysis.inventory);
        let after = points(&analysis.inventory, &steps, mode, &leaks, memory)?;
        replaced(&mut analysis.inventory, one.scope, old);
        for (before, after) in before.iter().zip(&after) {
            one.fix.certain += Points(before.0.saturating_sub(after.0));
            one.fix.possible += Points(before.1.saturating_sub(after.1));
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
    rank_fixes(&mut analysis.fixes, analysis.model.measure);
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

/// The points of each leak, for certain and possibly.
fn points(
    inventory: &Inventory,
    steps: &Steps,
    mode: Mode,
    leaks: &[Leak],
    memory: &Memory,
) -> Result<Vec<(u64, u64)>, TooLittle> {
    // Deriving may have added classes of resources: where they are is found anew.
    let model = Model::new(inventory, mode);
    let counted = Counted::new(inventory, steps, &model);
    let sum = |scenario: usize, tally: Tally<'_>| {
        let leak = leaks.get(scenario).copied();
        let sums = leak.map_or(Sums::default(), |leak| counted.summed(leak, &model, tally));
        (sums.certain.points.0, sums.possible.points.0)
    };
    let seeds = seeds(steps, leaks);
    reach::reach_within(steps, &seeds, &counted.classes, memory, sum, &Silent)
}
