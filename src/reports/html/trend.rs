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
            caption: format!(
                "{} runs from {} to {}: possible reach (light) from {} to {}, certain (dark) from {} to {}{}",
                shown.len(),
                words::day(first.as_of),
                words::day(last.as_of),
                first.possible,
                last.possible,
                first.certain,
                last.certain,
                match (same_model, first.score, last.score) {
                    (true, Some(old), Some(new)) => format!(", score (blue) from {old} to {new}"),
                    _ => String::new(),
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(day: &str, certain: i128, score: Option<i128>) -> Line {
        let points = |points: i128| Amount(Amount::ONE.0 * points);
        let line = serde_json::json!({"version": 1, "as_of": format!("{day}T00:00:00Z"), "certain": 0, "possible": 0,
            "credentials": 1, "exposed": 1, "unknown": 0, "crown_jewels": 0, "exposures": 1, "gaps": 0});
        Line {
            certain: points(certain),
            possible: points(2 * certain),
            score: score.map(points),
            model: score.map(|_| "br-1 risk".to_owned()),
            ..serde_json::from_value(line).unwrap()
        }
    }

    #[test]
    fn runs_stand_by_their_day_and_reach_by_the_highest() {
        let history = [
            line("2026-01-01", 25, None),
            line("2026-01-02", 0, None),
            line("2026-01-05", 50, None),
        ];
        let trend = Trend::of(&history).unwrap();
        // 584 wide and 104 high, from 8 on; a day is a quarter; the highest is 100.
        assert_eq!(trend.certain, "8,86 154,112 592,60");
        assert_eq!(trend.possible, "8,60 154,112 592,8");
        assert_eq!(trend.score, "");
        let days: Vec<&str> = trend.rows.iter().map(|row| row.day.as_str()).collect();
        assert_eq!(days, ["2026-01-05", "2026-01-02", "2026-01-01"]);
        assert!(Trend::of(&history[..1]).is_none());
        assert!(Trend::of(&[]).is_none());
    }

    #[test]
    fn scores_of_one_model_are_drawn_and_of_two_are_not() {
        let mut history = [
            line("2026-01-01", 5, Some(10)),
            line("2026-01-02", 5, Some(20)),
        ];
        let trend = Trend::of(&history).unwrap();
        assert_eq!(trend.score, "8,60 592,8");
        assert!(
            trend.caption.ends_with("score (blue) from 10.00 to 20.00"),
            "{}",
            trend.caption
        );
        history[1].model = Some("br-2 risk".to_owned());
        assert_eq!(Trend::of(&history).unwrap().score, "");
    }
}
