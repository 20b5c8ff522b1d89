//! `report.json`: everything, for other programs. Each version of its shape is a module, with a committed schema.

mod plan_v1;
mod v1;

use super::Error;
use crate::analysis::{Analysis, Plan};

/// The report as JSON, version 1.
pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(&v1::Report::of(analysis))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A plan as JSON, version 1.
pub(super) fn render_plan(analysis: &Analysis, plan: &Plan) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(&plan_v1::Planned::of(analysis, plan))?;
    bytes.push(b'\n');
    Ok(bytes)
}
