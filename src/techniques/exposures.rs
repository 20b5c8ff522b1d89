//! Places and what lies in them: whoever reads a place holds what lies there, whoever reads a resource reads the places
//! on it, whoever acts as software holds what it runs with, and whoever drives software acts through it.
//!
//! What has leaked for good no change of its place takes back, so no such change is a fix of it: revoking it is, and so is
//! whatever cuts the way behind it.

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{Access, Terms};
use crate::steps::{Control, Fact, NewStep};

pub(super) const RULE: Rule = Rule {
    id: "exposures",
    about: "a place gives what lies in it; a resource gives its places; software gives what it runs with",
    derive,
};

static TAKE: Listed = Listed {
    id: "exposure/take",
    platform: "any",
    name: "take the credential that lies there",
    needs: "reading the place",
    gains: "the credential",
    attack: &["T1552"],
    fix: "revoke or rotate the credential; clear it away where nobody has read it yet",
    source: "https://attack.mitre.org/techniques/T1552/",
};

static READ: Listed = Listed {
    id: "exposure/read",
    platform: "any",
    name: "look where a credential lies",
    needs: "reading the resource that the place is on",
    gains: "reading the place",
    attack: &["T1552"],
    fix: "take the access to the resource away; keep the credential elsewhere",
    source: "https://attack.mitre.org/techniques/T1552/",
};

static RUN: Listed = Listed {
    id: "exposure/run",
    platform: "any",
    name: "take what the software runs with",
    needs: "acting as the software",
    gains: "reading the places that it runs with",
    attack: &["T1552"],
    fix: "give the software a credential that ends soon, or less of it",
    source: "https://attack.mitre.org/techniques/T1552/",
};

static DRIVE: Listed = Listed {
    id: "exposure/drive",
    platform: "any",
    name: "make the software act",
    needs: "acting as who drives the software",
    gains: "acting as the software",
    attack: &["T1059"],
    fix: "ask a person to approve what the software does; do not let it be driven",
    source: "https://modelcontextprotocol.io/specification/2025-06-18/architecture",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&TAKE, &READ, &RUN, &DRIVE];

fn derive(derivation: &mut Derivation<'_>) {
    let take = derivation.listed(&TAKE);
    let read = derivation.listed(&READ);
    let run = derivation.listed(&RUN);
    let drive = derivation.listed(&DRIVE);
    let inventory = derivation.inventory;
    for (id, exposure) in inventory.exposures.entries() {
        let clearing = [Control::Exposure(id)];
        let has_leaked = |lying| exposure.has_leaked(lying);
        // What is read or run with here stays whole while something lies in it that cannot be cleared away.
        let of_place: &[Control] = match exposure.lying.iter().any(has_leaked) {
            true => &[],
            false => &clearing,
        };
        for lying in &exposure.lying {
            derivation.steps.add(NewStep {
                needs: &[Fact::Exposure(id)],
                gain: Fact::Credential(lying.credential),
                technique: take,
                controls: if has_leaked(lying) { &[] } else { &clearing },
                evidence: &[lying.evidence],
                condition: lying.doubt.as_deref(),
            });
        }
        if let Some(resource) = exposure.resource {
            derivation.steps.add(NewStep {
                needs: &[Fact::Access(resource, Access::Read)],
                gain: Fact::Exposure(id),
                technique: read,
                controls: of_place,
                evidence: &exposure.evidence,
                condition: None,
            });
        }
        for &holder in &exposure.holders {
            derivation.steps.add(NewStep {
                needs: &[Fact::Principal(holder)],
                gain: Fact::Exposure(id),
                technique: run,
                controls: of_place,
                evidence: &exposure.evidence,
                condition: None,
            });
        }
    }
    for (id, scope) in inventory.scopes.entries() {
        if let Terms::Drives { driver, driven } = scope.terms {
            let gain = derivation.acting(driven, None);
            derivation.steps.add(NewStep {
                needs: &[Fact::Principal(driver)],
                gain,
                technique: drive,
                controls: &[Control::Scope(id)],
                evidence: &scope.evidence,
                condition: None,
            });
        }
    }
}
