//! Words for what is wrong with an input.

use super::{count_of, visible};
use crate::problem::{Problem, Severity};

/// What a problem is about: `path:line`, with the pointer where there is one.
pub(crate) fn problem_place(problem: &Problem) -> String {
    let mut place = visible(problem.path.as_str());
    if let Some(line) = problem.line {
        place.push_str(&format!(":{line}"));
    }
    place
}

/// How many problems of each severity there are, in words; `None` when there is none.
pub(crate) fn problem_counts(problems: &[Problem]) -> Option<String> {
    let parts: Vec<String> = [
        (Severity::Skipped, "skipped", "skipped"),
        (Severity::Doubt, "doubt", "doubts"),
        (Severity::Note, "note", "notes"),
    ]
    .into_iter()
    .filter_map(|(severity, one, many)| {
        let number = problems.iter().filter(|p| p.severity == severity).count();
        (number > 0).then(|| {
            format!(
                "{} {}",
                count_of(number),
                if number == 1 { one } else { many }
            )
        })
    })
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
