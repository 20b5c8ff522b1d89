//! What a cut can take away at most, without pricing it: so that only those that may be among the best are priced.
//!
//! Of the lanes that lose an entry, those may lose something that no second seed or entry brings to the same cell. Each
//! of them loses no more than all its points, and no more than what stands below the entries that are lost, each place
//! with the greatest factor that any scenario has for it.

#![expect(
    clippy::indexing_slicing,
    reason = "cells and entries come from one condensed step set, and every array has one entry each"
)]

use super::batch::{Points, Solved};
use super::cut::Cut;
use crate::reach::condensed::{Condensed, NONE, Row};
use crate::reach::lanes::{and, each, minus, or};

/// What can be reached by way of a cell, itself included, as it weighs for a scenario of chance 1 at most: by cell, never
/// too little.
///
/// Where ways meet again points are counted by each of them. Linear in entries.
pub(super) fn below(condensed: &Condensed<'_>, points: &Points<'_>) -> Vec<u64> {
    let factors = points.weights.factors().iter();
    let most: Vec<u64> = factors
        .map(|column| column.iter().copied().max().unwrap_or(0))
        .collect();
    let of_cell = |cell: u32| {
        let parts = points.by_cell.row(cell as usize).iter();
        let parts = parts.map(|part| part.points.saturating_mul(most[part.place as usize]));
        parts.fold(0, u64::saturating_add)
    };
    let mut below = vec![0; points.by_cell.len()];
    let mut end = below.len();
    while end > 0 {
        let block = condensed.blocks[end - 1];
        let cells = condensed.cells_of(block);
        let mut sum: u64 = 0;
        for cell in cells.clone() {
            sum = sum.saturating_add(of_cell(cell));
            for &entry in condensed.entries.needing(cell) {
                let next = condensed.entries.gain(entry);
                if condensed.blocks[next as usize] != block {
                    sum = sum.saturating_add(below[next as usize]);
                }
            }
        }
        below[cells.start as usize..end].fill(sum);
        end = cells.start as usize;
    }
    below
}

/// The most that cuts can take away from one batch, by cut.
pub(super) fn bounds(solved: &Solved<'_>, below: &[u64], cuts: &[(usize, Cut)]) -> Vec<u64> {
    cuts.iter()
        .map(|(_, cut)| bound(solved, below, cut))
        .collect()
}

fn bound(solved: &Solved<'_>, below: &[u64], cut: &Cut) -> u64 {
    let condensed = solved.condensed;
    let (mut losing, mut most, mut is_of_anyone) = (NONE, 0u64, false);
    let mut lose = |lanes: Row, cell: u32| {
        losing = or(losing, lanes);
        most = most.saturating_add(below[cell as usize]);
        is_of_anyone |= solved.points.is_given(condensed, cell);
    };
    for entries in cut
        .lost
        .chunk_by(|&a, &b| condensed.entries.gain(a) == condensed.entries.gain(b))
    {
        let Some(&first) = entries.first() else {
            continue;
        };
        let cell = condensed.entries.gain(first);
        let lanes = entries
            .iter()
            .fold(NONE, |all, &entry| or(all, solved.held(entry)));
        // With one entry gone what two bring comes still, as long as no loop may have brought it.
        let is_kept = entries.len() == 1 && condensed.tied(cell).is_none() && !cut.has_split(cell);
        let kept = if is_kept { solved.twice(0, cell) } else { NONE };
        lose(minus(lanes, kept), cell);
    }
    for &piece in &cut.pieces {
        let cell = condensed.cells[piece];
        lose(solved.rows[cell as usize], cell);
    }
    let losing = and(losing, solved.lanes);
    let sum = each(losing).map(|lane| {
        let most = most.saturating_mul(solved.lots[lane].chance);
        let of_anyone = if is_of_anyone {
            solved.of_anyone[lane]
        } else {
            0
        };
        solved.totals[lane].saturating_add(of_anyone).min(most)
    });
    sum.fold(0, u64::saturating_add)
}

/// The places of bounds, the greatest first.
pub(super) fn in_order(bounds: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..bounds.len()).collect();
    order.sort_unstable_by_key(|&at| (std::cmp::Reverse(bounds[at]), at));
    order
}
