//! BR-COV-01: something that decides about reach is in no export.

use super::{Check, Found, Ground, Part, Severity, Thing, says};

pub(super) const CHECK: Check = Check {
    id: "BR-COV-01",
    title: "Not covered",
    severity: Severity::Info,
    page: include_str!("br_cov_01.md"),
    tags: &["ID.AM-02"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let found = ground.gaps.iter().map(|gap| {
        let mut text = vec![
            Part::Told(gap.subject.clone()),
            ": ".into(),
            Part::Told(gap.text.clone()),
        ];
        if !gap.remedy.is_empty() {
            text.extend(says!["; settled by "]);
            text.push(Part::Told(gap.remedy.clone()));
        }
        let tenants = ground.inventory.tenants.iter();
        let tenant = tenants
            .filter(|tenant| tenant.display() == gap.subject)
            .flat_map(|tenant| tenant.evidence.iter().copied());
        Found {
            severity: Severity::Info,
            subject: Thing::Unknown(gap.subject.clone()),
            object: None,
            text,
            evidence: tenant.collect(),
            proof: Vec::new(),
            points: None,
        }
    });
    found.collect()
}
