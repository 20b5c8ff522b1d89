//! Collecting steps, each once.

use super::{
    ConditionId, Control, ControlId, Fact, FactId, StepId, Steps, Subject, SubjectId, Technique,
    TechniqueId,
};
use crate::inventory::{EvidenceId, Id};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

/// A step to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewStep<'a> {
    /// What must be held, all of it, in any order.
    pub needs: &'a [Fact],
    /// What is gained.
    pub gain: Fact,
    /// How.
    pub technique: TechniqueId,
    /// What stops it, in any order.
    pub controls: &'a [Control],
    /// Where what it rests on was read; the first is shown.
    pub evidence: &'a [EvidenceId],
    /// On what it hangs that cannot be decided offline.
    pub condition: Option<&'a str>,
}

/// A step without its evidence: two steps that are equal in all of this are one.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'s> {
    needs: &'s [FactId],
    gain: FactId,
    technique: TechniqueId,
    controls: &'s [ControlId],
    condition: Option<ConditionId>,
}

impl<'s> Identity<'s> {
    fn of(steps: &'s Steps, id: StepId) -> Self {
        let step = steps.step(id);
        Self {
            needs: step.needs,
            gain: step.gain,
            technique: step.technique,
            controls: step.controls,
            condition: step.condition,
        }
    }

    fn hash(&self) -> u64 {
        FxBuildHasher.hash_one(self)
    }
}

/// Collects steps. Equal steps count once; the order of adding decides the ids, so rules add in the inventory's order.
#[derive(Debug, Default)]
pub struct StepsBuilder {
    steps: Steps,
    /// Every step, found by its identity: only ids are held, of millions of steps.
    seen: HashTable<StepId>,
    subject_ids: FxHashMap<Subject, SubjectId>,
    technique_ids: FxHashMap<String, TechniqueId>,
    control_ids: FxHashMap<Control, ControlId>,
    condition_ids: FxHashMap<String, ConditionId>,
}

impl StepsBuilder {
    /// An empty collection.
    pub fn new() -> Self {
        let mut builder = Self::default();
        builder.fact(Fact::Anyone);
        builder
    }

    /// The steps of a finished set, to which more are added: ids stay what they are.
    ///
    /// Linear in steps.
    pub fn from(steps: Steps) -> Self {
        let mut seen = HashTable::with_capacity(steps.len());
        for id in steps.ids() {
            seen.insert_unique(Identity::of(&steps, id).hash(), id, |&seen| {
                Identity::of(&steps, seen).hash()
            });
        }
        let subjects = steps.subjects.entries();
        let techniques = steps.techniques.entries();
        let controls = steps.controls.entries();
        let conditions = steps.conditions.entries();
        Self {
            subject_ids: subjects.map(|(id, one)| (one.clone(), id)).collect(),
            technique_ids: techniques.map(|(id, one)| (one.id.clone(), id)).collect(),
            control_ids: controls.map(|(id, &one)| (one, id)).collect(),
            condition_ids: conditions.map(|(id, one)| (one.clone(), id)).collect(),
            seen,
            steps,
        }
    }

    /// The id of a fact, given on first use.
    pub fn fact(&mut self, fact: Fact) -> FactId {
        let facts = &mut self.steps.facts;
        *self
            .steps
            .fact_ids
            .entry(fact)
            .or_insert_with(|| facts.push(fact))
    }

    /// The facts that steps speak of so far, in order of first use.
    pub fn facts(&self) -> impl Iterator<Item = Fact> + '_ {
        self.steps.facts.iter().copied()
    }

    /// The id of a subject, given on first use.
    pub fn subject(&mut self, action: &str, target: &str) -> SubjectId {
        let subject = Subject {
            action: action.to_owned(),
            target: target.to_owned(),
        };
        let subjects = &mut self.steps.subjects;
        *self
            .subject_ids
            .entry(subject)
            .or_insert_with_key(|subject| subjects.push(subject.clone()))
    }

    /// The id of a technique; the first description of an id wins.
    pub fn technique(&mut self, technique: &Technique) -> TechniqueId {
        if let Some(&id) = self.technique_ids.get(&technique.id) {
            return id;
        }
        let id = self.steps.techniques.push(technique.clone());
        self.technique_ids.insert(technique.id.clone(), id);
        id
    }

    /// The id of a control, given on first use.
    pub fn control(&mut self, control: Control) -> ControlId {
        let controls = &mut self.steps.controls;
        *self
            .control_ids
            .entry(control)
            .or_insert_with(|| controls.push(control))
    }

    fn condition(&mut self, condition: &str) -> ConditionId {
        if let Some(&id) = self.condition_ids.get(condition) {
            return id;
        }
        let id = self.steps.conditions.push(condition.to_owned());
        self.condition_ids.insert(condition.to_owned(), id);
        id
    }

    /// Adds a step, unless it is there already or gains what it needs.
    pub fn add(&mut self, step: NewStep<'_>) {
        if step.needs.contains(&step.gain) {
            return;
        }
        let mut needs: Vec<FactId> = step.needs.iter().map(|&need| self.fact(need)).collect();
        needs.sort_unstable();
        needs.dedup();
        let gain = self.fact(step.gain);
        let mut controls: Vec<ControlId> = step.controls.iter().map(|&c| self.control(c)).collect();
        controls.sort_unstable();
        controls.dedup();
        let condition = step.condition.map(|text| self.condition(text));
        let identity = Identity {
            needs: &needs,
            gain,
            technique: step.technique,
            controls: &controls,
            condition,
        };
        let id = StepId::from_index(self.steps.gains.len());
        let steps = &self.steps;
        let entry = self.seen.entry(
            identity.hash(),
            |&seen| Identity::of(steps, seen) == identity,
            |&seen| Identity::of(steps, seen).hash(),
        );
        match entry {
            Entry::Occupied(_) => return,
            Entry::Vacant(place) => place.insert(id),
        };
        self.steps.needs.push(needs);
        self.steps.gains.push(gain);
        self.steps.step_techniques.push(step.technique);
        self.steps.step_controls.push(controls);
        let mut evidence: Vec<EvidenceId> = Vec::with_capacity(step.evidence.len());
        for &place in step.evidence {
            if !evidence.contains(&place) {
                evidence.push(place);
            }
        }
        self.steps.step_evidence.push(evidence);
        self.steps.step_conditions.push(condition);
    }

    /// The finished set, with its indices by gain, need and control.
    ///
    /// Linear in steps and their needs.
    pub fn build(mut self) -> Steps {
        self.steps.index();
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{PrincipalId, ScopeId};

    #[test]
    fn a_step_counts_once_and_one_that_differs_in_anything_is_another() {
        let mut builder = StepsBuilder::new();
        let technique = |id: &str| Technique {
            id: id.to_owned(),
            name: id.to_owned(),
            attack: Vec::new(),
            source: String::new(),
        };
        let become_it = builder.technique(&technique("become"));
        let read_it = builder.technique(&technique("read"));
        let is = |number: usize| Fact::Principal(PrincipalId::from_index(number));
        let scopes = [0, 1].map(|number| Control::Scope(ScopeId::from_index(number)));
        let (one, two) = ([is(1)], [is(1), is(2)]);
        let step = NewStep {
            needs: &one,
            gain: is(3),
            technique: become_it,
            controls: &scopes[..1],
            evidence: &[],
            condition: None,
        };
        let different = [
            step,
            NewStep {
                needs: &two,
                ..step
            },
            NewStep {
                gain: is(4),
                ..step
            },
            NewStep {
                technique: read_it,
                ..step
            },
            NewStep {
                controls: &scopes,
                ..step
            },
            NewStep {
                condition: Some("it rains"),
                ..step
            },
        ];
        // As many as make the table grow.
        for round in 0..3 {
            for number in 0..200 {
                builder.add(NewStep {
                    gain: is(10 + number),
                    ..step
                });
            }
            for step in different {
                builder.add(step);
            }
            assert_eq!(builder.steps.gains.len(), 206, "round {round}");
        }
        let (there, back) = ([is(2), is(1)], [is(1), is(2), is(1)]);
        for needs in [&there[..], &back] {
            builder.add(NewStep { needs, ..step });
        }
        let steps = builder.build();
        assert_eq!(steps.len(), 206);

        // A set that is taken up again knows its own.
        let mut builder = StepsBuilder::from(steps);
        let become_it = builder.technique(&technique("become"));
        let more = NewStep {
            technique: become_it,
            ..step
        };
        builder.add(more);
        builder.add(NewStep {
            gain: is(999),
            ..more
        });
        for step in different {
            builder.add(step);
        }
        let steps = builder.build();
        assert_eq!((steps.len(), steps.techniques.len()), (207, 2));
        let added = steps.fact_id(is(999)).unwrap();
        assert_eq!(steps.gaining(added), [StepId::from_index(206)]);
        let control = steps.controls.ids().next().unwrap();
        assert_eq!(steps.controlled_by(control).len(), 207);
    }
}
