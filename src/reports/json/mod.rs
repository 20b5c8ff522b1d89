//! `report.json`: everything, for other programs. Each version of its shape is a module, with a committed schema.

mod explain_v1;
mod plan_v1;
#[cfg(test)]
mod schema;
mod simulate_v1;
mod v1;

use super::Error;
use crate::analysis::{Analysis, Answer, Plan, Simulation};

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

/// An answer as JSON, version 1.
pub(super) fn render_answer(
    analysis: &Analysis,
    answer: &Answer,
    most: usize,
) -> Result<Vec<u8>, Error> {
    let explained = explain_v1::Explained::of(analysis, answer, most);
    let mut bytes = serde_json::to_vec_pretty(&explained)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A simulation as JSON, version 1.
pub(super) fn render_simulation(
    analysis: &Analysis,
    simulation: &Simulation,
) -> Result<Vec<u8>, Error> {
    let simulated = simulate_v1::Simulated::of(analysis, simulation);
    let mut bytes = serde_json::to_vec_pretty(&simulated)?;
    bytes.push(b'\n');
    Ok(bytes)
}
