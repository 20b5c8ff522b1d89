//! BR-AGT-02: the configuration of an MCP server holds a secret in plain text.

use super::{Check, Found, Ground, Severity, lies, says};
use crate::inventory::ExposureKind;

pub(super) const CHECK: Check = Check {
    id: "BR-AGT-02",
    title: "Secret in the plain configuration of an MCP server",
    severity: Severity::High,
    page: include_str!("br_agt_02.md"),
    tags: &["MCP01:2025", "NHI2:2025", "ASI03"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let lies = lies(ground.inventory).into_iter();
    let lies =
        lies.filter(|lie| lie.exposure.kind == ExposureKind::McpConfig && lie.may_work(ground));
    let found = lies.map(|lie| Found {
        severity: match lie.is_doubtful() {
            true => Severity::Medium,
            false => Severity::High,
        },
        subject: lie.subject(),
        object: Some(lie.object()),
        text: says![lie.subject(), " stands in plain text in ", lie.object()],
        evidence: vec![lie.lying.evidence],
        proof: Vec::new(),
        points: Some(ground.reach[lie.lying.credential].figure),
    });
    found.collect()
}
