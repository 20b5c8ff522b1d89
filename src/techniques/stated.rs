//! Steps that the neutral format states outright.

use super::{Derivation, Rule};
use crate::inventory::{StatedFact, StatedFactId};
use crate::steps::{Control, Fact, NewStep, Technique};
use rustc_hash::FxHashMap;

pub(super) const RULE: Rule = Rule {
    id: "stated",
    about: "steps of the neutral format",
    derive,
};

fn fact(stated: StatedFactId) -> Fact {
    match stated {
        StatedFact::Exposure(id) => Fact::Exposure(id),
        StatedFact::Credential(id) => Fact::Credential(id),
        StatedFact::Principal(id) => Fact::Principal(id),
        StatedFact::Access(id, access) => Fact::Access(id, access),
    }
}

fn derive(derivation: &mut Derivation<'_>) {
    let inventory = derivation.inventory;
    let mut techniques = FxHashMap::default();
    for stated in &inventory.stated_steps {
        let technique = *techniques
            .entry(stated.technique.as_str())
            .or_insert_with(|| {
                let id = format!("stated/{}", stated.technique);
                derivation.steps.technique(&Technique {
                    id,
                    name: stated.technique.clone(),
                    attack: Vec::new(),
                    source: String::new(),
                })
            });
        let needs: Vec<Fact> = stated.needs.iter().map(|&need| fact(need)).collect();
        // A credential or a place that a stated step needs can be taken away, like any other.
        let controls: Vec<Control> = needs
            .iter()
            .filter_map(|need| match *need {
                Fact::Credential(id) => Some(Control::Credential(id)),
                Fact::Exposure(id) => Some(Control::Exposure(id)),
                _ => None,
            })
            .chain(stated.scope.map(Control::Scope))
            .collect();
        let gain = match stated.gain {
            StatedFact::Principal(principal) => derivation.acting(principal, None),
            gain => fact(gain),
        };
        derivation.steps.add(NewStep {
            needs: &needs,
            gain,
            technique,
            controls: &controls,
            evidence: &[stated.evidence],
            condition: stated.condition.as_deref(),
        });
    }
}
