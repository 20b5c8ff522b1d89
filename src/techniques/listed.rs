//! Techniques that are declared in code: each once, with what a table of all of them says.

use super::Derivation;
use crate::steps::{Technique, TechniqueId};

/// A technique, as it is declared and as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Stable id: `oidc/present-token`.
    pub id: &'static str,
    /// The platform whose rule it is; `any` for one that joins platforms.
    pub platform: &'static str,
    /// What the attacker does, in a few words.
    pub name: &'static str,
    /// What must be held.
    pub needs: &'static str,
    /// What is gained.
    pub gains: &'static str,
    /// MITRE ATT&CK technique ids (Enterprise v18).
    pub attack: &'static [&'static str],
    /// What stops it.
    pub fix: &'static str,
    /// Where the rule is documented.
    pub source: &'static str,
}

impl Derivation<'_> {
    /// The id of a technique that is declared in code.
    pub(super) fn listed(&mut self, technique: &'static Listed) -> TechniqueId {
        self.steps.technique(&Technique {
            id: technique.id.to_owned(),
            name: technique.name.to_owned(),
            attack: technique.attack.iter().map(|&id| id.to_owned()).collect(),
            source: technique.source.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::techniques::listed;
    use std::collections::BTreeSet;

    #[test]
    fn every_technique_is_declared_once_and_says_all_of_itself() {
        let mut seen = BTreeSet::new();
        for technique in listed() {
            assert!(
                seen.insert(technique.id),
                "`{}` is there twice",
                technique.id
            );
            let texts = [
                technique.platform,
                technique.name,
                technique.needs,
                technique.gains,
                technique.fix,
            ];
            assert!(texts.iter().all(|text| !text.is_empty()), "{technique:?}");
            assert!(technique.source.starts_with("https://"), "{technique:?}");
            let is_of_attack = |id: &&str| {
                id.starts_with('T') && id.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.')
            };
            assert!(technique.attack.iter().all(is_of_attack), "{technique:?}");
        }
        assert!(seen.contains("oidc/present-token"));
    }
}
