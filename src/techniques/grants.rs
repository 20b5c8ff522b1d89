//! Accesses that an export states outright: a role in a project, a membership, a key with all rights of its project.

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{Access, Terms};
use crate::steps::{Control, Fact, NewStep};

pub(super) const RULE: Rule = Rule {
    id: "grants",
    about: "an access that an export states; the administrator of an AI provider's organisation rules its projects",
    derive,
};

/// Organisations of AI providers, and what they are divided into.
///
/// Source: <https://platform.openai.com/docs/api-reference/project-service-accounts/create> (an admin key makes service
/// accounts in any project, and is given their keys), <https://platform.claude.com/docs/en/manage-claude/admin-api> (an admin key
/// changes members, workspaces and keys; it makes no key) (read 2026-11).
const DIVIDED: [(&str, &str, Option<&str>); 2] = [
    ("openai:organization", "openai:project", None),
    (
        "anthropic:organization",
        "anthropic:workspace",
        Some("a person of its own is made a member of the workspace and makes a key there"),
    ),
];

static USE: Listed = Listed {
    id: "grant/use",
    platform: "any",
    name: "use the access",
    needs: "acting as who was granted it",
    gains: "the access to the resource",
    attack: &["T1078"],
    fix: "take the grant away",
    source: "https://attack.mitre.org/techniques/T1078/",
};

static ADMINISTER: Listed = Listed {
    id: "ai/administer",
    platform: "any",
    name: "take a part of the organisation as its administrator",
    needs: "administration of an organisation of an AI provider",
    gains: "administration of its projects or workspaces",
    attack: &["T1098.001"],
    fix: "take the administration away",
    source: "https://attack.mitre.org/techniques/T1098/001/",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&USE, &ADMINISTER];

fn derive(derivation: &mut Derivation<'_>) {
    let technique = derivation.listed(&USE);
    let divided = derivation.listed(&ADMINISTER);
    let inventory = derivation.inventory;
    for (id, scope) in inventory.scopes.entries() {
        if let Terms::Grant {
            principal,
            resource,
            access,
            condition,
        } = &scope.terms
        {
            derivation.steps.add(NewStep {
                needs: &[Fact::Principal(*principal)],
                gain: Fact::Access(*resource, *access),
                technique,
                controls: &[Control::Scope(id)],
                evidence: &scope.evidence,
                condition: condition.as_deref(),
            });
        }
    }
    for (whole_kind, part_kind, condition) in DIVIDED {
        for (whole, organization) in inventory.resources.entries() {
            if organization.kind != whole_kind || organization.tenant.is_none() {
                continue;
            }
            for (part, row) in inventory.resources.entries() {
                if row.kind == part_kind && row.tenant == organization.tenant {
                    derivation.steps.add(NewStep {
                        needs: &[Fact::Access(whole, Access::Admin)],
                        gain: Fact::Access(part, Access::Admin),
                        technique: divided,
                        controls: &[],
                        evidence: &row.evidence,
                        condition,
                    });
                }
            }
        }
    }
}
