//! BR-PTH-04: a credential inside data that other machines read.

use super::{Check, Found, Ground, Severity, Thing, lies, says};
use crate::inventory::{ExposureKind, PrincipalId, PrincipalKind};
use crate::steps::{Fact, FactId, Steps};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "BR-PTH-04",
    title: "Secret inside data that others read",
    severity: Severity::High,
    page: include_str!("br_pth_04.md"),
    tags: &["T1552", "T1213"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let inventory = ground.inventory;
    let mut found = Vec::new();
    let is_data = |kind| {
        matches!(
            kind,
            ExposureKind::RepositoryFile
                | ExposureKind::StoredObject
                | ExposureKind::Conversation
                | ExposureKind::CiLog
                | ExposureKind::ImageLayer
        )
    };
    for lie in lies(inventory) {
        if !is_data(lie.exposure.kind) || !lie.may_work(ground) {
            continue;
        }
        let Some(place) = ground.steps.fact_id(Fact::Exposure(lie.place)) else {
            continue;
        };
        let is_other = |id: PrincipalId| {
            Some(id) != lie.credential.principal && is_machine(inventory.principals[id].kind)
        };
        let readers = readers(ground, place).into_iter();
        let readers: Vec<(PrincipalId, bool)> = readers.filter(|&(id, _)| is_other(id)).collect();
        // Those who surely read first, then in order of id.
        let Some(&(reader, is_certain)) = readers.iter().min_by_key(|&&(id, sure)| (!sure, id))
        else {
            continue;
        };
        let mut text = says![
            lie.subject(),
            " lies in ",
            lie.object(),
            match is_certain {
                true => ", which can be read by ",
                false => ", which can possibly be read by ",
            },
            Thing::Principal(reader),
        ];
        match readers.len() - 1 {
            0 => {}
            1 => text.push(" and 1 other".into()),
            others => text.push(format!(" and {others} others").into()),
        }
        let of_reader = inventory.principals[reader].evidence.iter().copied();
        found.push(Found {
            severity: match is_certain && !lie.is_doubtful() {
                true => Severity::High,
                false => Severity::Medium,
            },
            subject: lie.subject(),
            object: Some(lie.object()),
            text,
            evidence: std::iter::once(lie.lying.evidence)
                .chain(of_reader)
                .collect(),
            proof: Vec::new(),
            points: Some(ground.reach[lie.lying.credential].figure),
        });
    }
    found
}

/// Whether it surely is no person: users may be either, and groups are no actors.
fn is_machine(kind: PrincipalKind) -> bool {
    !matches!(
        kind,
        PrincipalKind::Human
            | PrincipalKind::User
            | PrincipalKind::Root
            | PrincipalKind::Group
            | PrincipalKind::Unknown
    )
}

/// Who reads a place by itself, and whether for certain: back through steps of one need, past what only restates, past
/// groups and past access to what the place is on.
fn readers(ground: &Ground<'_>, place: FactId) -> BTreeMap<PrincipalId, bool> {
    let Ground {
        inventory, steps, ..
    } = ground;
    let mut readers = BTreeMap::new();
    let mut seen: BTreeMap<FactId, bool> = BTreeMap::new();
    let mut open = vec![(place, true)];
    while let Some((fact, is_certain)) = open.pop() {
        // What was seen for certain is not looked at again; what was only possible is, once it is certain.
        if seen.get(&fact).is_some_and(|&known| known || !is_certain) {
            continue;
        }
        seen.insert(fact, is_certain);
        for (need, is_sure) in single_needs(steps, fact) {
            let is_certain = is_certain && is_sure;
            match steps.facts[need] {
                Fact::Principal(id) if inventory.principals[id].kind != PrincipalKind::Group => {
                    let known = readers.entry(id).or_insert(is_certain);
                    *known |= is_certain;
                }
                Fact::Credential(_) => {}
                _ => open.push((need, is_certain)),
            }
        }
    }
    readers
}

fn single_needs(steps: &Steps, fact: FactId) -> impl Iterator<Item = (FactId, bool)> + '_ {
    let gaining = steps.gaining(fact).iter();
    gaining.filter_map(|&id| match steps.needs(id) {
        [need] => Some((*need, !steps.is_conditional(id))),
        _ => None,
    })
}
