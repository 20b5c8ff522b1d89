//! Techniques that are declared in code: each once, with what a table of all of them says.

use super::Derivation;
use crate::steps::{Technique, TechniqueId};

/// A technique, as it is declared and as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listed {
    /// Stable id: `oidc/present-token`.
    pub(super) id: &'static str,
    /// The platform whose rule it is; `any` for one that joins platforms.
    pub(super) platform: &'static str,
    /// What the attacker does, in a few words.
    pub(super) name: &'static str,
    /// What must be held.
    pub(super) needs: &'static str,
    /// What is gained.
    pub(super) gains: &'static str,
    /// MITRE ATT&CK technique ids (Enterprise v18).
    pub(super) attack: &'static [&'static str],
    /// What stops it.
    pub(super) fix: &'static str,
    /// Where the rule is documented.
    pub(super) source: &'static str,
}

/// Declares the techniques of a platform: `NAME = id, what is done, needs, gains, [ATT&CK ids], fix, source;` each, and
/// `TECHNIQUES`, all of them.
macro_rules! declare {
    ($platform:literal; $($name:ident = $id:literal, $does:literal, $needs:literal, $gains:literal, [$($attack:literal),*], $fix:literal, $source:expr;)*) => {
        $(pub(super) static $name: $crate::techniques::listed::Listed = $crate::techniques::listed::Listed {
            id: $id,
            platform: $platform,
            name: $does,
            needs: $needs,
            gains: $gains,
            attack: &[$($attack),*],
            fix: $fix,
            source: $source,
        };)*

        pub(in crate::techniques) static TECHNIQUES: &[&$crate::techniques::listed::Listed] = &[$(&$name),*];
    };
}

pub(super) use declare;

/// A technique as the table of all tells it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// Stable id: `aws/passrole-lambda`.
    pub id: String,
    /// The platform whose rule it is; `any` for one that joins platforms.
    pub platform: String,
    /// What the attacker does, in a few words.
    pub name: String,
    /// What must be held.
    pub needs: String,
    /// What is gained.
    pub gains: String,
    /// MITRE ATT&CK technique ids, of [`ATTACK_VERSION`].
    pub attack: Vec<String>,
    /// The version of ATT&CK that these are of.
    pub attack_version: &'static str,
    /// What stops it.
    pub fix: String,
    /// Where the rule is documented.
    pub source: String,
}

/// The version of MITRE ATT&CK (Enterprise) whose ids techniques bear.
pub(super) const ATTACK_VERSION: &str = "v18";

impl From<&Listed> for Row {
    fn from(listed: &Listed) -> Self {
        Self {
            id: listed.id.to_owned(),
            platform: listed.platform.to_owned(),
            name: listed.name.to_owned(),
            needs: listed.needs.to_owned(),
            gains: listed.gains.to_owned(),
            attack: listed.attack.iter().map(|&id| id.to_owned()).collect(),
            attack_version: ATTACK_VERSION,
            fix: listed.fix.to_owned(),
            source: listed.source.to_owned(),
        }
    }
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
    use crate::techniques::table;
    use std::collections::BTreeSet;

    #[test]
    fn every_technique_is_declared_once_and_says_all_of_itself() {
        let mut seen = BTreeSet::new();
        for row in table() {
            assert!(seen.insert(row.id.clone()), "`{}` is there twice", row.id);
            let texts = [&row.platform, &row.name, &row.needs, &row.gains, &row.fix];
            assert!(texts.iter().all(|text| !text.is_empty()), "{row:?}");
            assert!(row.source.starts_with("https://"), "{row:?}");
            let is_of_attack = |id: &String| {
                id.starts_with('T') && id.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.')
            };
            assert!(row.attack.iter().all(is_of_attack), "{row:?}");
        }
        for one in ["oidc/present-token", "aws/passrole-lambda", "exposure/take"] {
            assert!(seen.contains(one), "{one}");
        }
    }
}
