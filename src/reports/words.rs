//! All wording of facts, steps, controls and fixes, so that two reports never say it differently.
//!
//! Text made here is safe to show: names come from exports, so every control and format character in them is spelled
//! out. It is not escaped for any format; that is the format's own work. Names are never cut here.
//!
//! | what is spoken of | where its words are |
//! | --- | --- |
//! | a kind of credential, principal or place | `kinds.rs` |
//! | one of them: its name, age, owner, places | `things.rs`, `holders.rs`, `grants.rs` |
//! | what an attacker gains, and the way there | `facts.rs` |
//! | a kind of scope, as the cause of a step | `controls.rs` |
//! | taking it away: what to do, who can, what breaks, the edit | `fixes.rs`, `breaks.rs`, `edits.rs` |
//! | a report in short; a plan, an answer, a finding, what was verified | `short.rs`, `plan.rs`, `explain.rs`, `findings.rs`, `verify.rs` |
//! | figures; names among words; problems of an input | `figures.rs`, `text.rs`, `problems.rs` |
//!
//! A technique brings its own name (`TECHNIQUES` of its folder in `src/techniques`), a finding its own text and page
//! (`src/findings`).

mod breaks;
mod controls;
mod edits;
pub(crate) mod explain;
mod facts;
mod figures;
mod findings;
mod fixes;
pub(crate) mod grants;
pub(crate) mod holders;
mod kinds;
pub(crate) mod plan;
mod problems;
pub(crate) mod short;
mod text;
mod things;
pub(crate) mod verify;

use crate::analysis::Analysis;
use crate::inventory::Inventory;
use crate::steps::Steps;
pub(crate) use controls::Because;
use controls::{in_namespace, statement_name};
pub(crate) use facts::{Node, NodeKind};
pub(crate) use figures::{
    asked, bands, certain, chance, count, count_of, counted, day, lost, lost_of, percent, points,
    possible, rank_labels, reach_count, signed, worth,
};
use kinds::resource_noun;
pub(crate) use kinds::{credential_kind, exposure_kind, principal_kind};
pub(crate) use problems::{problem_counts, problem_place};
use text::{quoted, some_of};
pub(crate) use text::{shortened, visible};

/// The words for what an analysis speaks of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    inventory: &'a Inventory,
    steps: &'a Steps,
}

impl<'a> Words<'a> {
    /// The words for `analysis`.
    pub(crate) fn of(analysis: &'a Analysis) -> Self {
        Self {
            inventory: &analysis.inventory,
            steps: &analysis.steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn no_text_of_words_holds_a_control_or_format_character() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let facts = analysis.steps.facts.ids().map(|id| words.fact(id));
        let nodes = analysis.steps.facts.ids().map(|id| words.node(id).name);
        let fixes = analysis.steps.controls.ids().map(|id| words.fix(id));
        let orders = analysis.fixes.iter().flat_map(|fix| {
            let patches = fix.edits.iter().map(|edit| words.patch(edit));
            patches
                .chain([words.order(fix)])
                .chain(words.breaks(fix))
                .collect::<Vec<_>>()
        });
        for text in facts.chain(nodes).chain(fixes).chain(orders) {
            assert!(
                !text.chars().any(|c| c.is_control() || text::is_format(c)),
                "{text:?}"
            );
        }
    }
}
