//! Bands of two runs: counted side by side where both mean the same by them.

use super::Amount;
use super::compare::Measures;
use super::report::Report;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many credentials are of which band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BandCounts {
    /// In the older run.
    pub old: BTreeMap<String, u64>,
    /// In the newer run.
    pub new: BTreeMap<String, u64>,
}

/// How many credentials are of which band, or by which thresholds if these differ. Nothing is told of a report that does
/// not say by which, and nothing of two measures.
pub(super) fn bands(old: &Report, new: &Report) -> (Option<BandCounts>, Option<Measures>) {
    let (Some(was), Some(is)) = (&old.risk, &new.risk) else {
        return (None, None);
    };
    let (Some(before), Some(now)) = (&was.thresholds, &is.thresholds) else {
        return (None, None);
    };
    let words = |thresholds: &BTreeMap<String, Amount>| {
        let mut all: Vec<(&String, &Amount)> = thresholds.iter().collect();
        all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let all = all
            .iter()
            .map(|(band, share)| format!("{band} {}", share.exact()));
        all.collect::<Vec<_>>().join(", ")
    };
    if before != now {
        let measures = Measures {
            old: words(before),
            new: words(now),
        };
        return (None, Some(measures));
    }
    let counts = BandCounts {
        old: was.bands.clone(),
        new: is.bands.clone(),
    };
    (
        Some(counts).filter(|_| old.measure() == new.measure()),
        None,
    )
}
