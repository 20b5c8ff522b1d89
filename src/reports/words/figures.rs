//! Counts, points, shares, chances, ranks and dates, for people.

use crate::analysis::{Measure, Mode, Organisation, ScenarioReach};
use crate::changes::Amount;
use crate::risk::{self, Chance, Points, WHOLE};
use jiff::Timestamp;

/// A count with thousands set apart: `12,345`.
pub(crate) fn count(number: u64) -> String {
    risk::thousands(number.into())
}

/// A length as a count.
pub(crate) fn count_of(length: usize) -> String {
    count(u64::try_from(length).unwrap_or(u64::MAX))
}

/// `1 file`, `2 files`.
pub(crate) fn counted(number: usize, one: &str) -> String {
    let plural = match (number, one) {
        (1, _) => "",
        (_, one) if one.ends_with("fix") => "es",
        _ => "s",
    };
    format!("{} {one}{plural}", count_of(number))
}

/// Points, for people: always two decimals, so that a column of them can be read down, and thousands set apart:
/// `1,234.50`. Points of other runs are shown so too.
pub(crate) fn points(points: Points) -> String {
    points.to_string()
}

/// Points of another run, or a difference, with a sign in front of what is more: `+1,234.50`.
pub(crate) fn signed(amount: Amount) -> String {
    match amount > Amount(0) {
        true => format!("+{amount}"),
        false => amount.to_string(),
    }
}

/// What something is worth, or a part of that, with no decimal that says nothing: `30`, `0.1`.
pub(crate) fn worth(points: Points) -> String {
    points.exact()
}

/// A share as a percentage: `12 %`; what is there but small is `< 1 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 {
        "< 1 %".to_owned()
    } else {
        format!("{percent:.0} %")
    }
}

/// The day of a moment: `2026-01-31`.
pub(crate) fn day(moment: Timestamp) -> String {
    moment
        .to_string()
        .chars()
        .take_while(|&c| c != 'T')
        .collect()
}

/// How ranks are shown: `1`, `=2` where several share a rank.
pub(crate) fn rank_labels(ranks: impl IntoIterator<Item = u64>) -> Vec<String> {
    let ranks: Vec<u64> = ranks.into_iter().collect();
    let same = |a: Option<usize>, rank: u64| a.and_then(|at| ranks.get(at)) == Some(&rank);
    ranks
        .iter()
        .enumerate()
        .map(|(at, &rank)| {
            if same(at.checked_sub(1), rank) || same(at.checked_add(1), rank) {
                format!("={rank}")
            } else {
                rank.to_string()
            }
        })
        .collect()
}

/// A chance of two bounds: `0.9999`, `0.9995 to 0.9999`.
pub(crate) fn chance(chance: Chance) -> String {
    let decimal = |part: u64| format!("{}.{:04}", part / WHOLE, part % WHOLE);
    let (certain, possible) = (decimal(chance.certain), decimal(chance.possible));
    match certain == possible {
        true => certain,
        false => format!("{certain} to {possible}"),
    }
}

/// What was asked of credentials: `if every credential leaks now`.
pub(crate) fn asked(mode: Mode) -> &'static str {
    match mode {
        Mode::BlastRadius => "if every credential leaks now",
        Mode::Risk => "within a year",
    }
}

/// How many credentials are of each band, worst first: `18 critical, 3 high`.
pub(crate) fn bands(organisation: &Organisation) -> String {
    let bands = organisation.bands.iter().filter(|(_, number)| *number > 0);
    let bands = bands.map(|(band, number)| format!("{} {}", count_of(*number), band.name()));
    bands.collect::<Vec<_>>().join(", ")
}

/// What is lost on average of the value of all resources: `45.10 to 60.00 of 812.00 points (6 %)`.
pub(crate) fn lost(lost: (Points, Points), measure: Measure, value: Points) -> String {
    let share = percent(Points::one(lost, measure).share_of(value));
    format!("{} ({share})", lost_of(lost, value))
}

/// The same without the share: `300.00 to 400.00 of 2,000.00 points`.
pub(crate) fn lost_of(lost: (Points, Points), value: Points) -> String {
    let (certain, possible) = (points(lost.0), points(lost.1));
    let both = match certain == possible {
        true => certain,
        false => format!("{certain} to {possible}"),
    };
    format!("{both} of {} points", points(value))
}

/// Certain reach, or that it is unknown.
pub(crate) fn certain(scenario: &ScenarioReach) -> String {
    bound(scenario, scenario.certain.points, "")
}

/// Possible reach, or that it is unknown. An unknown part has no upper bound.
pub(crate) fn possible(scenario: &ScenarioReach) -> String {
    bound(scenario, scenario.possible.points, "at least ")
}

/// A count that a scenario reaches, or that it is unknown.
pub(crate) fn reach_count(scenario: &ScenarioReach, number: u64) -> String {
    match scenario.unknown {
        Some(_) if scenario.possible.points == Points(0) => "?".to_owned(),
        _ => count(number),
    }
}

fn bound(scenario: &ScenarioReach, value: Points, prefix: &str) -> String {
    match scenario.unknown {
        Some(_) if scenario.possible.points == Points(0) => "unknown".to_owned(),
        Some(_) => format!("{prefix}{}", points(value)),
        None => points(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_ranks_are_marked() {
        assert_eq!(rank_labels([1, 2, 2, 4]), ["1", "=2", "=2", "4"]);
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 5, 100, 150, 204_760, 123_456_789].map(|number| points(Points::hundredths(number))),
            ["0.00", "0.05", "1.00", "1.50", "2,047.60", "1,234,567.89"]
        );
        let hundredth = Amount::ONE.0 / 100;
        assert_eq!(
            [0, 5, -5, 204_760, -204_760].map(|number| signed(Amount(hundredth * number))),
            ["0.00", "+0.05", "-0.05", "+2,047.60", "-2,047.60"]
        );
    }
}
