//! Splits: a credential of several jobs becomes one each, with the rights that each uses.
//!
//! Each job is given a credential of its own, which lies where the old one lies for that job, and which acts as the old one's
//! principal in the uses of that job alone; the old one is over. Nothing else changes: who edits, names or bounds the
//! principal does so to its jobs. What that is worth no set of steps says, so the inventory is made as it would be, and all
//! is derived again.
//!
//! A credential can be split whose principal is a user or role of AWS and holds nothing but what policies of AWS give it: of
//! anything else nobody can tell for which job it is.

use crate::inventory::{
    Credential, CredentialId, CredentialKind, CredentialStatus, Inventory, Lying, Principal,
    PrincipalKind, Sight, StatedFact, Within,
};
use crate::problem::{Problem, ProblemCode, Severity};
use crate::steps::{Fact, Steps};

/// The credentials that the estate file splits, in order. Why others of which it states jobs cannot be split is added to
/// `problems`.
pub fn splits(
    inventory: &Inventory,
    steps: &Steps,
    problems: &mut Vec<Problem>,
) -> Vec<CredentialId> {
    let mut stated: Vec<CredentialId> = inventory.jobs.iter().map(|job| job.credential).collect();
    stated.dedup();
    let mut splits = Vec::new();
    for id in stated {
        let name = &inventory.credentials[id].name;
        let told = match inventory.jobs_of(id).count() {
            1 => Some((
                Severity::Note,
                ProblemCode::BadEstate,
                format!("one job of `{name}` is stated: nothing is split"),
                "state its other jobs as well",
            )),
            _ => why_not(inventory, steps, id).map(|why| {
                (
                    Severity::Skipped,
                    ProblemCode::NotModelled,
                    format!("`{name}` cannot be split yet: {why}"),
                    "an access key or session key of a user or role of AWS can, whose rights its policies tell",
                )
            }),
        };
        match told {
            None => splits.push(id),
            Some((severity, code, message, help)) => {
                let mut jobs = inventory.jobs_of(id);
                let place = jobs.next().and_then(|job| job.evidence.first());
                problems.extend(place.map(|&place| {
                    let place = &inventory.evidence[place];
                    Problem {
                        path: inventory.files[place.file].path.clone(),
                        line: Some(place.line),
                        pointer: place.pointer.to_string(),
                        severity,
                        code,
                        message,
                        help: help.to_owned(),
                    }
                }));
            }
        }
    }
    splits
}

/// What stands against splitting a credential.
fn why_not(inventory: &Inventory, steps: &Steps, id: CredentialId) -> Option<String> {
    let credential = &inventory.credentials[id];
    let is_key = matches!(
        credential.kind,
        CredentialKind::AccessKey | CredentialKind::SessionKey
    );
    if !is_key || credential.only_service().is_some() {
        return Some(format!("it is no key of AWS ({})", credential.kind.name()));
    }
    if let Some(why) = credential.why_dead(inventory.as_of) {
        return Some(format!("it opens nothing any more ({why})"));
    }
    let Some(of) = credential.principal else {
        return Some("no export says whose it is".to_owned());
    };
    let principal = &inventory.principals[of];
    let name = &principal.name;
    if principal.is_stub {
        return Some(format!("no export describes `{name}`"));
    }
    let is_bearer = matches!(principal.kind, PrincipalKind::User | PrincipalKind::Role);
    if principal.platform != "aws" || !is_bearer || principal.tenant.is_none() {
        return Some(format!("`{name}` is no user or role of AWS"));
    }
    let is_stated = |fact: &StatedFact<_, _, _, _>| {
        *fact == StatedFact::Credential(id) || *fact == StatedFact::Principal(of)
    };
    let mut stated = inventory.stated_steps.iter();
    let of_stated = stated
        .any(|step| step.needs.iter().any(is_stated) || step.gain == StatedFact::Credential(id));
    if of_stated {
        return Some(format!(
            "what it or `{name}` opens is stated outright, and not by which right"
        ));
    }
    // Only what policies give is held by jobs too, and only where it lies is it replaced.
    let is_policies = |id: &str| id.starts_with("aws/");
    let acting = steps.facts.entries().filter(
        |(_, fact)| matches!(fact, Fact::Principal(one) | Fact::Right(one, _) if *one == of),
    );
    let used = acting.flat_map(|(fact, _)| steps.needing(fact));
    let techniques = used.map(|&step| &steps.techniques[steps.step(step).technique]);
    let own = steps.fact_id(Fact::Credential(id));
    let around = own.into_iter().flat_map(|fact| {
        let used = steps
            .needing(fact)
            .iter()
            .map(|&step| (step, "credential/use"));
        let found = steps
            .gaining(fact)
            .iter()
            .map(|&step| (step, "exposure/take"));
        used.chain(found)
    });
    let around = around.filter_map(|(step, usual)| {
        let technique = &steps.techniques[steps.step(step).technique];
        (technique.id != usual).then_some(technique)
    });
    let other = techniques.filter(|technique| !is_policies(&technique.id));
    other.chain(around).next().map(|technique| {
        format!(
            "it is not only policies of AWS that it opens something by (`{}`), and nobody can tell for which job",
            technique.id
        )
    })
}

/// An estate as it would be.
#[derive(Debug)]
pub struct Divided {
    /// All that was there keeps its id; what is made for jobs comes after it.
    pub inventory: Inventory,
    /// The credentials that are split, each with those that come in its place.
    pub jobs: Vec<(CredentialId, Vec<CredentialId>)>,
}

/// The estate as it would be if these credentials were split, each of which is one of [`splits`].
///
/// A copy of the inventory.
pub fn split(inventory: &Inventory, credentials: &[CredentialId]) -> Divided {
    let mut divided = Divided {
        inventory: inventory.clone(),
        jobs: Vec::new(),
    };
    for &old in credentials {
        divided.split(old);
    }
    divided
}

impl Divided {
    fn split(&mut self, old: CredentialId) {
        let inventory = &mut self.inventory;
        let Some(of) = inventory.credentials[old].principal else {
            return;
        };
        let as_of = inventory.as_of;
        let jobs: Vec<_> = inventory.jobs_of(old).cloned().collect();
        let mut made: Vec<CredentialId> = Vec::new();
        for job in &jobs {
            let principal = inventory.principals[of].clone();
            let principal = inventory.principals.push(Principal {
                key: format!("{}#job/{}", principal.key, job.name).into(),
                aliases: Vec::new(),
                name: format!("{} for {}", principal.name, job.name),
                kind: PrincipalKind::Session,
                created: Some(as_of),
                last_used: None,
                ..principal
            });
            inventory.within.push(Within {
                principal,
                of,
                uses: job.uses.clone(),
            });
            let credential = inventory.credentials[old].clone();
            made.push(inventory.credentials.push(Credential {
                key: format!("{}#job/{}", credential.key, job.name).into(),
                name: format!("{} for {}", credential.name, job.name),
                identifier: None,
                principal: Some(principal),
                status: CredentialStatus::Active,
                created: Some(as_of),
                last_used: None,
                ..credential
            }));
        }
        let places: Vec<_> = inventory.exposures.ids().collect();
        for place in places {
            let row = &mut inventory.exposures[place];
            if !row.lying.iter().any(|one| one.credential == old) {
                continue;
            }
            let here = jobs.iter().zip(&made);
            let here = here.filter(|(job, _)| job.places.binary_search(&place).is_ok());
            let here: Vec<CredentialId> = here.map(|(_, &new)| new).collect();
            let replaced = |lying: &Lying| match lying.credential == old {
                false => vec![lying.clone()],
                // Of the new one only what is known of the place itself.
                true => here
                    .iter()
                    .map(|&credential| Lying {
                        credential,
                        sight: Sight {
                            since: None,
                            ..lying.sight
                        },
                        ..lying.clone()
                    })
                    .collect(),
            };
            row.lying = row.lying.iter().flat_map(replaced).collect();
        }
        // It counts for its owner as before: what is over still takes a place among a user's keys.
        inventory.credentials[old].expires = Some(as_of);
        self.jobs.push((old, made));
    }
}
