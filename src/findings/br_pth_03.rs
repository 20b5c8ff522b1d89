//! BR-PTH-03: leaked, without an end, administering, and on the way to a crown jewel.

use super::br_pth_01::leaks;
use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::{Lifetime, PrincipalKind};

pub(super) const CHECK: Check = Check {
    id: "BR-PTH-03",
    title: "Toxic combination",
    severity: Severity::Critical,
    page: include_str!("br_pth_03.md"),
    tags: &["NHI2:2025", "NHI5:2025", "NHI7:2025"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for lie in leaks(ground).filter(|lie| !lie.is_doubtful()) {
        let Some(principal) = lie.credential.principal else {
            continue;
        };
        let is_person = ground.inventory.principals[principal].kind == PrincipalKind::Human;
        let reach = &ground.reach[lie.lying.credential];
        let is_all = lie.credential.lifetime == Lifetime::Static
            && reach.crowns.0 > 0
            && reach.administered.0 > 0;
        if is_person || !is_all {
            continue;
        }
        found.push(Found {
            severity: Severity::Critical,
            subject: lie.subject(),
            object: Some(Thing::Principal(principal)),
            text: says![
                lie.subject(),
                " of ",
                Thing::Principal(principal),
                " has leaked in ",
                lie.object(),
                ", never ends by itself, administers ",
                counted(reach.administered.0.into(), "resource"),
                " and reaches ",
                counted(reach.crowns.0, "crown jewel"),
            ],
            evidence: vec![lie.lying.evidence],
            proof: Vec::new(),
            points: Some(reach.figure),
        });
    }
    found
}

fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}
