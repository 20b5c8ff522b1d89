//! Version 1 of `leakreach simulate --format json`. Fields are only added; what changes meaning makes version 2.

use super::v1::{Points, Problem, Reach, Tool};
use crate::analysis::{self, Analysis, Leak, Simulation};
use crate::inventory::ResourceId;
use crate::reports::words::Words;
use schemars::JsonSchema;
use serde::Serialize;

/// Where the schema of this version is told apart from others.
pub(super) const SCHEMA: &str = "https://leakreach.dev/schema/simulate-1.json";

/// What some fixes change together: reach before and after.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "leakreach simulate, version 1")]
pub(super) struct Simulated {
    /// The address of this schema. It names the schema; nothing is fetched from it.
    schema: &'static str,
    /// The version of this shape: 1.
    version: u32,
    /// What made it.
    tool: Tool,
    /// The moment that counts as now (RFC 3339).
    as_of: String,
    /// By which one number between certain and possible points credentials are ordered: `mean`, `certain` or `possible`.
    bound: &'static str,
    /// What is wrong with the input, in order of file and line.
    problems: Vec<Problem>,
    /// The fixes that are done, all together.
    fixes: Vec<Done>,
    /// Reach before, summed over all credentials.
    before: Layers,
    /// Reach after.
    after: Layers,
    /// What the fixes take away together, exactly: before minus after; nothing where more is reached after.
    gain: Layers,
    /// How many credentials there are.
    scenarios: usize,
    /// The credentials whose reach changes, those that lose most first.
    credentials: Vec<Changed>,
}

/// A fix.
#[derive(Debug, Serialize, JsonSchema)]
struct Done {
    /// Its id, as in `fixes` of a report.
    id: String,
    /// What is done.
    text: String,
    /// What it may break, where the inventory tells.
    may_break: Option<String>,
}

/// Reach of both layers.
#[derive(Debug, Serialize, JsonSchema)]
struct Layers {
    /// Without conditional steps.
    certain: Points,
    /// With them.
    possible: Points,
}

/// How far a credential travels.
#[derive(Debug, Serialize, JsonSchema)]
struct Sums {
    /// Without conditional steps.
    certain: Reach,
    /// With them.
    possible: Reach,
}

/// A credential whose reach changes.
#[derive(Debug, Serialize, JsonSchema)]
struct Changed {
    /// Its stable key.
    id: String,
    /// In words.
    text: String,
    /// Its reach before.
    before: Sums,
    /// Its reach after.
    after: Sums,
    /// What it loses, the weightiest first; only of the credentials that are told in full.
    lost: Vec<Lost>,
    /// What it keeps, the weightiest first; only of the credentials that are told in full.
    left: Vec<Left>,
}

/// Access that is lost, in whole or in part.
#[derive(Debug, Serialize, JsonSchema)]
struct Lost {
    /// Key of the resource.
    resource: String,
    /// In words.
    text: String,
    /// The access before.
    before: Held,
    /// What is left of it; null: nothing.
    after: Option<Held>,
    /// What that takes off the possible reach.
    points: Points,
}

/// Access that is kept.
#[derive(Debug, Serialize, JsonSchema)]
struct Left {
    /// Key of the resource.
    resource: String,
    /// In words.
    text: String,
    /// The access.
    access: Held,
    /// What it weighs in possible reach.
    points: Points,
}

/// An access.
#[derive(Debug, Serialize, JsonSchema)]
struct Held {
    /// The gravest certain one; null: none is certain.
    certain: Option<&'static str>,
    /// The gravest possible one.
    possible: &'static str,
}

impl From<analysis::Held> for Held {
    fn from(held: analysis::Held) -> Self {
        Self {
            certain: held.is_certain.then(|| held.access.name()),
            possible: held.possible.name(),
        }
    }
}

impl From<(crate::risk::Points, crate::risk::Points)> for Layers {
    fn from((certain, possible): (crate::risk::Points, crate::risk::Points)) -> Self {
        Self {
            certain: Points(certain),
            possible: Points(possible),
        }
    }
}

impl From<&(analysis::ReachSummary, analysis::ReachSummary)> for Sums {
    fn from((certain, possible): &(analysis::ReachSummary, analysis::ReachSummary)) -> Self {
        Self {
            certain: certain.into(),
            possible: possible.into(),
        }
    }
}

impl Simulated {
    /// `simulation` of `analysis`.
    pub(super) fn of(analysis: &Analysis, simulation: &Simulation) -> Self {
        let inventory = &analysis.inventory;
        let words = Words::of(analysis);
        let resource = |id: ResourceId| inventory.resources[id].key.to_string();
        let changed = |one: &analysis::Changed| Changed {
            id: match one.leak {
                Leak::Credential(id) => inventory.credentials[id].key.to_string(),
                Leak::Exposure(id) => inventory.exposures[id].key.to_string(),
            },
            text: words.leak(one.leak),
            before: (&one.before).into(),
            after: (&one.after).into(),
            lost: one
                .lost
                .iter()
                .map(|lost| Lost {
                    resource: resource(lost.resource),
                    text: words.resource(lost.resource),
                    before: lost.before.into(),
                    after: lost.after.map(Into::into),
                    points: Points(lost.points),
                })
                .collect(),
            left: one
                .left
                .iter()
                .map(|left| Left {
                    resource: resource(left.resource),
                    text: words.resource(left.resource),
                    access: left.held.into(),
                    points: Points(left.points),
                })
                .collect(),
        };
        Self {
            schema: SCHEMA,
            version: 1,
            tool: Tool::THIS,
            as_of: inventory.as_of.to_string(),
            bound: analysis.model.measure.name(),
            problems: analysis.problems.iter().map(Problem::of).collect(),
            fixes: simulation
                .fixes
                .iter()
                .map(|fix| Done {
                    id: analysis.fix_key(fix),
                    text: words.order(fix),
                    may_break: words.breaks(fix),
                })
                .collect(),
            before: simulation.before.into(),
            after: simulation.after.into(),
            gain: simulation.gain().into(),
            scenarios: simulation.scenarios,
            credentials: simulation.credentials.iter().map(changed).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;
    use crate::reports::sample;
    use serde_json::Value;

    #[test]
    fn the_committed_schema_is_current() {
        schema::assert_committed::<Simulated>(SCHEMA);
    }

    #[test]
    fn a_simulation_is_valid_and_a_wrong_one_is_not() {
        let validator = schema::validator::<Simulated>(SCHEMA);
        let mut analysis = sample::analysis();
        let id = analysis.fix_key(&analysis.fixes[0]);
        let options = analysis::Options {
            as_of: analysis.inventory.as_of,
            read: analysis::ReadOptions::default(),
            mode: analysis::Mode::BlastRadius,
            measure: analysis::Measure::Mean,
            shown: 3,
            fixes: analysis::FixLimit::Best(0),
            memory: analysis::Memory::ALL,
        };
        let silent = crate::progress::Silent;
        let simulation = analysis::simulated(&mut analysis, &options, &[id], &silent).unwrap();
        let bytes = super::super::render_simulation(&analysis, &simulation).unwrap();
        let mut simulated: Value = serde_json::from_slice(&bytes).unwrap();
        if let Err(error) = validator.validate(&simulated) {
            panic!("{error} at {}", error.instance_path());
        }
        assert!(
            !simulated["credentials"][0]["lost"]
                .as_array()
                .unwrap()
                .is_empty()
        );
        simulated["scenarios"] = "all".into();
        assert!(!validator.is_valid(&simulated));
    }
}
