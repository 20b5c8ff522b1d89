//! The first screen: which credential travels farthest, how bad it is, what to do first.

use super::quoted;
use crate::analysis::Analysis;
use crate::reports::words::short::{self, Farthest, First, Whole};
use crate::reports::words::{self, Words};
use crate::risk::Points;

/// The report in short.
pub(super) struct Short {
    pub(super) farthest: Option<Farthest>,
    pub(super) whole: Whole,
    pub(super) first: Option<First>,
    pub(super) certain: String,
    pub(super) possible: String,
    pub(super) bands: String,
    pub(super) speeds: Vec<Speed>,
}

/// Points over all credentials if thieves were faster or slower.
pub(super) struct Speed {
    pub(super) assumed: String,
    pub(super) certain: String,
    pub(super) possible: String,
    /// What the one number is of that which is assumed.
    pub(super) change: String,
}

impl Short {
    pub(super) fn of(analysis: &Analysis, words: &Words<'_>) -> Self {
        let whole = &analysis.organisation;
        let one = |total| Points::one(total, whole.measure);
        let speeds = whole.sensitivities.iter().map(|speed| Speed {
            assumed: short::assumption(speed),
            certain: words::points(speed.total.0),
            possible: words::points(speed.total.1),
            change: format!(
                "{:.2} %",
                100.0 * one(speed.total).share_of(one(analysis.total))
            ),
        });
        Self {
            farthest: words.farthest(analysis),
            whole: Whole::of(analysis),
            first: words.first(analysis).map(|first| First {
                order: quoted(&first.order),
                ..first
            }),
            certain: words::points(analysis.total.0),
            possible: words::points(analysis.total.1),
            bands: words::bands(whole),
            speeds: speeds.collect(),
        }
    }
}
