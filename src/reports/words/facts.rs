//! Facts as sentences and as nodes of a picture, and the steps between them: what an attacker comes to hold, and how.
//!
//! Techniques bring their own names (`crate::techniques`); conditions are worded where rights are evaluated.

use super::{Words, credential_kind, exposure_kind, principal_kind, resource_noun, visible};
use crate::inventory::{Access, ExposureKind, TenantId};
use crate::reports::path::Move;
use crate::steps::{Fact, FactId, StepId};

/// What sort of thing a node of a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum NodeKind {
    /// A place where credentials lie.
    Exposure,
    /// A credential.
    Credential,
    /// Who acts.
    Principal,
    /// What is reached.
    Resource,
    /// A crown jewel.
    Crown,
    /// A right, or what everybody holds.
    Other,
}

/// How a fact is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// What sort of thing it is.
    pub(crate) kind: NodeKind,
    /// Its name, whole.
    pub(crate) name: String,
    /// What it is, in a few words: `role`, `bucket, read`.
    pub(crate) about: String,
    /// The whole fact as a sentence.
    pub(crate) sentence: String,
    /// The tenant it belongs to.
    pub(crate) tenant: Option<TenantId>,
}

impl Words<'_> {
    /// A fact as a sentence about the attacker, without subject: `acts as role prod-deployer (111122223333)`.
    pub(crate) fn fact(&self, id: FactId) -> String {
        match self.steps.facts[id] {
            Fact::Anyone => "is anyone at all".to_owned(),
            Fact::Exposure(exposure) => {
                let verb = match self.inventory.exposures[exposure].kind {
                    ExposureKind::AgentInput => "writes",
                    _ => "reads",
                };
                format!("{verb} {}", self.exposure(exposure))
            }
            Fact::Credential(credential) => format!("holds {}", self.credential(credential)),
            Fact::Leftover(credential, _) => {
                format!("may come to hold {}", self.credential(credential))
            }
            Fact::Principal(principal) => format!("acts as {}", self.principal_in_full(principal)),
            Fact::Right(principal, subject) => {
                let subject = &self.steps.subjects[subject];
                format!(
                    "as {} may call {} on {}",
                    self.principal_in_full(principal),
                    visible(&subject.action),
                    visible(&subject.target)
                )
            }
            Fact::Act(subject) => {
                let subject = &self.steps.subjects[subject];
                format!(
                    "may call {} on {}",
                    visible(&subject.action),
                    visible(&subject.target)
                )
            }
            Fact::Access(resource, access) => {
                format!("{} {}", access_verb(access), self.resource(resource))
            }
            Fact::AtLeast(resource, access) => {
                format!(
                    "has at least {} access to {}",
                    access.name(),
                    self.resource(resource)
                )
            }
        }
    }

    /// A fact as a node of a picture.
    pub(crate) fn node(&self, id: FactId) -> Node {
        let sentence = self.fact(id);
        let (kind, name, about, tenant) = match self.steps.facts[id] {
            Fact::Anyone => (
                NodeKind::Other,
                "anyone".to_owned(),
                "no need at all".to_owned(),
                None,
            ),
            Fact::Exposure(exposure) => {
                let exposure = &self.inventory.exposures[exposure];
                let tenant = exposure
                    .resource
                    .and_then(|resource| self.inventory.resources[resource].tenant);
                (
                    NodeKind::Exposure,
                    visible(&exposure.name),
                    exposure_kind(exposure.kind).to_owned(),
                    tenant,
                )
            }
            Fact::Credential(credential) | Fact::Leftover(credential, _) => {
                let credential = &self.inventory.credentials[credential];
                let tenant = credential
                    .principal
                    .and_then(|principal| self.inventory.principals[principal].tenant);
                (
                    NodeKind::Credential,
                    visible(&credential.name),
                    credential_kind(credential.kind).to_owned(),
                    tenant,
                )
            }
            Fact::Principal(principal) => {
                let principal = &self.inventory.principals[principal];
                (
                    NodeKind::Principal,
                    visible(&principal.name),
                    principal_kind(principal.kind).to_owned(),
                    principal.tenant,
                )
            }
            Fact::Right(principal, subject) => (
                NodeKind::Other,
                visible(&self.steps.subjects[subject].action),
                format!("right of {}", self.principal(principal)),
                self.inventory.principals[principal].tenant,
            ),
            Fact::Act(subject) => (
                NodeKind::Other,
                visible(&self.steps.subjects[subject].action),
                "request".to_owned(),
                None,
            ),
            Fact::Access(id, access) | Fact::AtLeast(id, access) => {
                let resource = &self.inventory.resources[id];
                let kind = if self.is_crown(id) {
                    NodeKind::Crown
                } else {
                    NodeKind::Resource
                };
                let about = format!("{}, {}", resource_noun(&resource.kind), access.name());
                (kind, visible(&resource.name), about, resource.tenant)
            }
        };
        Node {
            kind,
            name,
            about,
            sentence,
            tenant,
        }
    }

    /// What the attacker does in a step.
    pub(crate) fn technique(&self, id: StepId) -> String {
        visible(&self.steps.techniques[self.steps.step(id).technique].name)
    }

    /// On what a step hangs.
    pub(crate) fn condition(&self, id: StepId) -> Option<String> {
        let condition = self.steps.step(id).condition?;
        Some(visible(&self.steps.conditions[condition]))
    }

    /// A path in one line's words: each element is one node, with AND where several are used together.
    pub(crate) fn chain(&self, moves: &[Move]) -> Vec<String> {
        let Some(last) = moves.last() else {
            return Vec::new();
        };
        let mut chain = vec![self.chain_name(last.gain)];
        let mut at = last;
        // Every move is made of what earlier moves gain, so the walk back ends within their number.
        for _ in moves {
            let names: Vec<String> = at
                .sources
                .iter()
                .rev()
                .map(|&fact| self.chain_name(fact))
                .collect();
            chain.push(names.join(" AND "));
            let before = at
                .sources
                .iter()
                .rev()
                .find_map(|source| moves.iter().find(|step| step.gain == *source));
            match before {
                Some(step) => at = step,
                None => break,
            }
        }
        chain.reverse();
        chain
    }

    fn chain_name(&self, id: FactId) -> String {
        match self.steps.facts[id] {
            Fact::Anyone => "anyone".to_owned(),
            Fact::Exposure(exposure) => self.exposure(exposure),
            Fact::Credential(credential) | Fact::Leftover(credential, _) => {
                self.credential(credential)
            }
            Fact::Principal(principal) => self.principal(principal),
            Fact::Access(resource, _) | Fact::AtLeast(resource, _) => self.resource(resource),
            Fact::Right(_, subject) | Fact::Act(subject) => {
                visible(&self.steps.subjects[subject].action)
            }
        }
    }
}

fn access_verb(access: Access) -> &'static str {
    match access {
        Access::List => "lists",
        Access::Read => "reads",
        Access::Write => "writes to",
        Access::Delete => "deletes",
        Access::Admin => "controls",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Id as _;
    use crate::reports::{path, sample};

    #[test]
    fn an_and_names_all_that_it_needs() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let reached = analysis.exposures[0].top[0].clone();
        let moves = path::moves(&analysis.steps, &reached.proof);
        let chain = words.chain(&moves);
        assert!(chain.iter().any(|link| link.contains(" AND ")), "{chain:?}");
        assert_eq!(chain.first().unwrap(), "repository file octo/site/.env");
        assert_eq!(
            moves.len(),
            6,
            "a right is no move: {:?}",
            StepId::from_index(0)
        );
    }
}
