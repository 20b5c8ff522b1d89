//! The ladder of accesses: admin is every access; and each access reaches its rung and all rungs below, on which the
//! weight lies.

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::Access;
use crate::steps::{Fact, NewStep};

pub(super) const RULE: Rule = Rule {
    id: "ladder",
    about: "admin is every access; the gravest access counts",
    derive,
};

static ADMIN: Listed = Listed {
    id: "ladder/admin",
    platform: "any",
    name: "use the administrator's access",
    needs: "administration of a resource",
    gains: "every other access to it",
    attack: &[],
    fix: "take the administration away",
    source: "https://attack.mitre.org/techniques/T1078/",
};

static COUNTS: Listed = Listed {
    id: "ladder/counts",
    platform: "any",
    name: "counts as",
    needs: "an access to a resource",
    gains: "its rung of the ladder and those below, on which the points lie",
    attack: &[],
    fix: "take the access away",
    source: "https://attack.mitre.org/techniques/T1078/",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&ADMIN, &COUNTS];

fn derive(derivation: &mut Derivation<'_>) {
    let implied = derivation.listed(&ADMIN);
    let counts = derivation.listed(&COUNTS);
    let reached: Vec<(crate::inventory::ResourceId, Access)> = derivation
        .steps
        .facts()
        .filter_map(|fact| match fact {
            Fact::Access(resource, access) => Some((resource, access)),
            _ => None,
        })
        .collect();
    let mut add = |need: Fact, gain: Fact, technique| {
        derivation.steps.add(NewStep {
            needs: &[need],
            gain,
            technique,
            controls: &[],
            evidence: &[],
            condition: None,
        });
    };
    for (resource, access) in reached {
        if access == Access::Admin {
            for lower in Access::LADDER
                .into_iter()
                .filter(|&lower| lower != Access::Admin)
            {
                add(
                    Fact::Access(resource, access),
                    Fact::Access(resource, lower),
                    implied,
                );
            }
        }
        add(
            Fact::Access(resource, access),
            Fact::AtLeast(resource, access),
            counts,
        );
        for (lower, higher) in Access::LADDER
            .into_iter()
            .zip(Access::LADDER.into_iter().skip(1))
        {
            if higher <= access {
                add(
                    Fact::AtLeast(resource, higher),
                    Fact::AtLeast(resource, lower),
                    counts,
                );
            }
        }
    }
}
