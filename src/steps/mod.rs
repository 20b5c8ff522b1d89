//! Steps: everything an attacker can do, as one kind of fact, in compressed arrays.
//!
//! A step says: holding all of *these* (needs), an attacker gains *that*, by this technique, because of this evidence,
//! and removing any one of these controls would stop it. Several steps with one gain are an OR. This module knows no
//! platform; only `petgraph.rs` names that crate.

mod builder;
mod fact;
mod petgraph;

pub use builder::{NewStep, StepsBuilder};
pub use fact::{Control, Fact, Lowering, Subject};
pub use petgraph::SingleNeed;

use crate::inventory::{EvidenceId, Id, Table};
use crate::typed_id;
use rayon::prelude::*;

typed_id!(/** A fact. */ FactId);
typed_id!(/** A step. */ StepId);
typed_id!(/** What a request does, and to what. */ SubjectId);
typed_id!(/** A technique. */ TechniqueId);
typed_id!(/** What a fix can remove. */ ControlId);
typed_id!(/** Why a step is conditional. */ ConditionId);

/// How a step is done: a named kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Technique {
    /// Stable id: `aws/passrole-lambda`.
    pub id: String,
    /// What the attacker does, in a few words.
    pub name: String,
    /// MITRE ATT&CK technique ids (Enterprise v18): `T1078.004`.
    pub attack: Vec<String>,
    /// Where the rule is documented.
    pub source: String,
}

/// Rows of variable length in one array: row `i` is `items[starts[i]..starts[i + 1]]`.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T: Copy> Rows<T> {
    /// Adds a row.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a step set stops at 2^32 needs: 16 GiB of them"
    )]
    pub fn push(&mut self, row: impl IntoIterator<Item = T>) {
        self.items.extend(row);
        self.starts.push(self.items.len() as u32);
    }

    /// Row `index`; empty when there is none.
    pub fn row(&self, index: usize) -> &[T] {
        let bounds = (self.starts.get(index), self.starts.get(index + 1));
        match bounds {
            (Some(&start), Some(&end)) => self
                .items
                .get(start as usize..end as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows from pairs of row and value: rows `0..rows`, values in the order of `pairs` within a row.
    ///
    /// Linear in rows and pairs (counting sort).
    #[expect(
        clippy::indexing_slicing,
        reason = "every row of a pair is below `rows` by contract, and `starts` has rows + 1 entries"
    )]
    pub fn group(rows: usize, pairs: impl Iterator<Item = (usize, T)> + Clone) -> Self {
        let mut starts = vec![0u32; rows + 1];
        let mut total = 0;
        // `for_each`, not `for`: chained iterators are several times faster from within.
        pairs.clone().for_each(|(row, _)| {
            starts[row + 1] += 1;
            total += 1;
        });
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        // Every place is written below: the filler only gives the vector its length.
        let mut items = match pairs.clone().next() {
            Some((_, filler)) => vec![filler; total],
            None => Vec::new(),
        };
        pairs.for_each(|(row, value)| {
            items[next[row] as usize] = value;
            next[row] += 1;
        });
        Self { starts, items }
    }

    /// Rows `0..rows`, each of what `fill` adds at the end of the list that it is given. On all threads.
    pub fn filled(rows: usize, fill: impl Fn(usize, &mut Vec<T>) + Sync) -> Self
    where
        T: Send,
    {
        const SHARE: usize = 4_096;
        let part = |first: usize| {
            let rows = first..(first + SHARE).min(rows);
            let mut part = Self::default();
            for row in rows {
                fill(row, &mut part.items);
                part.push([]);
            }
            part
        };
        let shares = (0..rows.div_ceil(SHARE)).into_par_iter();
        let parts: Vec<Self> = shares.map(|share| part(share * SHARE)).collect();
        let mut all = Self {
            starts: Vec::with_capacity(rows + 1),
            items: Vec::with_capacity(parts.iter().map(|part| part.items.len()).sum()),
        };
        all.starts.push(0);
        for part in parts {
            let before = all.starts.last().copied().unwrap_or(0);
            let ends = part.starts.iter().skip(1);
            all.starts.extend(ends.map(|end| before + end));
            all.items.extend_from_slice(&part.items);
        }
        all
    }
}

/// One step, read from the arrays.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What must be held, all of it; sorted, without repetition. Empty: anyone can do it.
    pub needs: &'a [FactId],
    /// What is gained.
    pub gain: FactId,
    /// How.
    pub technique: TechniqueId,
    /// What stops it: removing any one of these removes the step.
    pub controls: &'a [ControlId],
    /// Where what it rests on was read.
    pub evidence: &'a [EvidenceId],
    /// On what it hangs that cannot be decided offline; `None` for a certain step.
    pub condition: Option<ConditionId>,
}

/// All steps. Made by [`StepsBuilder`]; never changed afterwards.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// The facts that steps speak of.
    pub facts: Table<FactId, Fact>,
    /// What rights and acts are about.
    pub subjects: Table<SubjectId, Subject>,
    /// The techniques.
    pub techniques: Table<TechniqueId, Technique>,
    /// What fixes can remove.
    pub controls: Table<ControlId, Control>,
    /// Reasons of conditional steps: lower case, no full stop.
    pub conditions: Table<ConditionId, String>,
    needs: Rows<FactId>,
    gains: Vec<FactId>,
    step_techniques: Vec<TechniqueId>,
    step_controls: Rows<ControlId>,
    step_evidence: Rows<EvidenceId>,
    step_conditions: Vec<Option<ConditionId>>,
    by_gain: Rows<StepId>,
    by_need: Rows<StepId>,
    by_control: Rows<StepId>,
    needless: Vec<StepId>,
    fact_ids: rustc_hash::FxHashMap<Fact, FactId>,
}

impl Steps {
    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.gains.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.gains.is_empty()
    }

    /// Every step's id, in order.
    pub fn ids(
        &self,
    ) -> impl ExactSizeIterator<Item = StepId> + DoubleEndedIterator + Clone + use<> {
        (0..self.gains.len()).map(StepId::from_index)
    }

    /// One step.
    #[expect(
        clippy::indexing_slicing,
        reason = "step ids come from this set, and all arrays have one entry a step"
    )]
    pub fn step(&self, id: StepId) -> Step<'_> {
        let index = id.index();
        Step {
            needs: self.needs.row(index),
            gain: self.gains[index],
            technique: self.step_techniques[index],
            controls: self.step_controls.row(index),
            evidence: self.step_evidence.row(index),
            condition: self.step_conditions[index],
        }
    }

    /// The needs of a step: sorted, without repetition.
    pub fn needs(&self, id: StepId) -> &[FactId] {
        self.needs.row(id.index())
    }

    /// The gain of a step.
    #[expect(clippy::indexing_slicing, reason = "step ids come from this set")]
    pub fn gain(&self, id: StepId) -> FactId {
        self.gains[id.index()]
    }

    /// Whether a step hangs on something that cannot be decided offline.
    #[expect(clippy::indexing_slicing, reason = "step ids come from this set")]
    pub fn is_conditional(&self, id: StepId) -> bool {
        self.step_conditions[id.index()].is_some()
    }

    /// Whether a step is no move of an attacker, but states that a fix makes a leak less likely.
    pub fn is_leftover(&self, id: StepId) -> bool {
        let mut needs = self.needs(id).iter();
        needs.any(|&need| matches!(self.facts[need], Fact::Leftover(..)))
    }

    /// The steps that gain `fact`.
    pub fn gaining(&self, fact: FactId) -> &[StepId] {
        self.by_gain.row(fact.index())
    }

    /// The steps that need `fact`, alone or with others.
    pub fn needing(&self, fact: FactId) -> &[StepId] {
        self.by_need.row(fact.index())
    }

    /// The steps that need nothing: anyone can do them.
    pub fn needless(&self) -> &[StepId] {
        &self.needless
    }

    /// The steps that removing `control` removes, in order.
    pub fn controlled_by(&self, control: ControlId) -> &[StepId] {
        self.by_control.row(control.index())
    }

    /// The id of a fact, if any step speaks of it.
    pub fn fact_id(&self, fact: Fact) -> Option<FactId> {
        self.fact_ids.get(&fact).copied()
    }

    /// All but some steps, which are in order. Facts, techniques, controls and conditions keep their ids, also where no step
    /// speaks of them any more; steps get new ones, in the same order.
    ///
    /// Linear in steps and their needs.
    pub fn without(&self, removed: &[StepId]) -> Self {
        let kept = self.ids().filter(|id| removed.binary_search(id).is_err());
        let kept: Vec<StepId> = kept.collect();
        let mut less = Self {
            facts: self.facts.clone(),
            subjects: self.subjects.clone(),
            techniques: self.techniques.clone(),
            controls: self.controls.clone(),
            conditions: self.conditions.clone(),
            fact_ids: self.fact_ids.clone(),
            ..Self::default()
        };
        for &id in &kept {
            let step = self.step(id);
            less.needs.push(step.needs.iter().copied());
            less.gains.push(step.gain);
            less.step_techniques.push(step.technique);
            less.step_controls.push(step.controls.iter().copied());
            less.step_evidence.push(step.evidence.iter().copied());
            less.step_conditions.push(step.condition);
        }
        less.index();
        less
    }

    /// Fills the indices by gain, need and control.
    ///
    /// Linear in steps and their needs.
    fn index(&mut self) {
        let ids = || (0..self.gains.len()).map(StepId::from_index);
        let by_gain = Rows::group(
            self.facts.len(),
            ids().map(|id| (self.gain(id).index(), id)),
        );
        let by_need = Rows::group(
            self.facts.len(),
            ids().flat_map(|id| self.needs(id).iter().map(move |need| (need.index(), id))),
        );
        let by_control = Rows::group(
            self.controls.len(),
            ids().flat_map(|id| {
                let controls = self.step_controls.row(id.index());
                controls.iter().map(move |control| (control.index(), id))
            }),
        );
        let needless = ids().filter(|&id| self.needs(id).is_empty()).collect();
        self.needless = needless;
        self.by_gain = by_gain;
        self.by_need = by_need;
        self.by_control = by_control;
    }

    /// How many attacker's moves a step counts for: 1 when it gains something that can be pointed at (a credential, a
    /// principal, access), 0 when it only restates what is held (a right, a place that is read, a rung of the ladder).
    pub fn hops(&self, id: StepId) -> u32 {
        u32::from(self.facts[self.gain(id)].is_milestone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_filled_on_all_threads_are_rows_pushed_one_by_one() {
        // More than two shares, the last one short, rows of several lengths.
        let row = |row: usize| (0..row % 4).map(move |at| row + at);
        let mut pushed = Rows::default();
        (0..9_000).for_each(|at| pushed.push(row(at)));
        let filled = Rows::filled(9_000, |at, items: &mut Vec<usize>| items.extend(row(at)));
        assert_eq!(filled.len(), 9_000);
        assert!((0..9_000).all(|at| filled.row(at) == pushed.row(at)));
        assert!(Rows::<u32>::filled(0, |_, _| ()).is_empty());
    }
}
