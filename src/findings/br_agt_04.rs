//! BR-AGT-04: an MCP server starts as whatever was published last, and holds a secret.

use super::{Check, Found, Ground, Part, Severity, Thing, says};
use crate::inventory::{CredentialId, PrincipalId, PrincipalKind, Terms};
use rustc_hash::FxHashMap;

pub(super) const CHECK: Check = Check {
    id: "BR-AGT-04",
    title: "MCP server starts as whatever was published last, and holds a secret",
    severity: Severity::High,
    page: include_str!("br_agt_04.md"),
    tags: &["MCP04:2025", "ASI04", "T1195.001"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let inventory = ground.inventory;
    let mut held: FxHashMap<PrincipalId, Vec<CredentialId>> = FxHashMap::default();
    for exposure in inventory.exposures.iter() {
        for &holder in &exposure.holders {
            let lying = exposure.lying.iter().map(|one| one.credential);
            held.entry(holder).or_default().extend(lying);
        }
    }
    let mut found = Vec::new();
    for scope in inventory.scopes.iter() {
        let Terms::Software {
            principal,
            software,
            publisher: Some(_),
            condition,
            ..
        } = &scope.terms
        else {
            continue;
        };
        let holds = held.get(principal).map_or(&[][..], Vec::as_slice);
        let is_server = inventory.principals[*principal].kind == PrincipalKind::McpServer;
        let Some(&first) = holds.first().filter(|_| is_server) else {
            continue;
        };
        let weights = holds.iter().map(|&id| ground.reach[id].figure);
        let mut text = says![
            Thing::Principal(*principal),
            " starts as whatever was published last as ",
        ];
        text.push(Part::Told(software.clone()));
        text.extend(says![" and holds ", Thing::Credential(first)]);
        found.push(Found {
            severity: match condition {
                None => Severity::High,
                Some(_) => Severity::Medium,
            },
            subject: Thing::Principal(*principal),
            object: None,
            text,
            evidence: scope.evidence.clone(),
            proof: Vec::new(),
            points: weights.max(),
        });
    }
    found
}
