//! How reach moved over the runs of a history: one small picture, drawn without a script.

use crate::changes::{Amount, Line};
use crate::reports::words;

/// The size of the picture, in its own units.
const WIDTH: i128 = 600;
const HEIGHT: i128 = 120;
/// Room around the lines.
const MARGIN: i128 = 8;
/// Older runs are left out.
const MOST: usize = 120;

/// A trend.
pub(super) struct Trend {
    /// Points of the lines of certain and of possible reach, as `polyline` takes them.
    pub(super) certain: String,
    pub(super) possible: String,
    /// The same of the score; empty where some run has none, or they are of different models.
    pub(super) score: String,
    /// Where the newest run stands.
    pub(super) end_x: i128,
    pub(super) end_y: i128,
    /// What the picture shows, in words.
    pub(super) caption: String,
    /// The runs, newest first.
    pub(super) rows: Vec<Row>,
}

/// A run in words.
pub(super) struct Row {
    pub(super) day: String,
    pub(super) certain: String,
    pub(super) possible: String,
    pub(super) score: String,
    pub(super) credentials: u64,
    pub(super) exposed: u64,
    pub(super) unknown: u64,
    pub(super) gaps: u64,
}

impl Trend {
    /// The trend of a history; `None` of fewer than two runs.
    pub(super) fn of(history: &[Line]) -> Option<Self> {
        let shown = history.get(history.len().saturating_sub(MOST)..)?;
        let [first, .., last] = shown else {
            return None;
        };
        let same_model = shown
            .iter()
            .all(|line| line.score.is_some() && line.model == last.model);
        let highest = shown
            .iter()
            .flat_map(|line| {
                [
                    Some(line.certain),
                    Some(line.possible),
                    line.score.filter(|_| same_model),
                ]
            })
            .flatten()
            .max()
            .unwrap_or_default();
        let start = i128::from(first.as_of.as_second());
        let length = (i128::from(last.as_of.as_second()) - start).max(1);
        let x = |line: &Line| {
            let since = i128::from(line.as_of.as_second()) - start;
            MARGIN + (WIDTH - 2 * MARGIN) * since / length
        };
        let y = |amount: Amount| {
            let most = highest.0.max(1);
            HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * amount.0.max(0) / most
        };
        let points = |of: &dyn Fn(&Line) -> Amount| {
            let all = shown
                .iter()
                .map(|line| format!("{},{}", x(line), y(of(line))));
            all.collect::<Vec<_>>().join(" ")
        };
        let score = match same_model {
            true => points(&|line| line.score.unwrap_or_default()),
            false => String::new(),
        };
        Some(Self {
            certain: points(&|line| line.certain),
            possible: points(&|line| line.possible),
            score,
            end_x: x(last),
            end_y: y(last.possible),
            caption: format!(
                "{} runs from {} to {}: possible reach from {} to {}, certain from {} to {}",
                shown.len(),
                words::day(first.as_of),
                words::day(last.as_of),
                first.possible,
                last.possible,
                first.certain,
                last.certain
            ),
            rows: shown
                .iter()
                .rev()
                .map(|line| Row {
                    day: words::day(line.as_of),
                    certain: line.certain.to_string(),
                    possible: line.possible.to_string(),
                    score: line
                        .score
                        .map_or_else(|| "–".to_owned(), |score| score.to_string()),
                    credentials: line.credentials,
                    exposed: line.exposed,
                    unknown: line.unknown,
                    gaps: line.gaps,
                })
                .collect(),
        })
    }
}
