//! What was wrong with the input: problems of one kind and message together.

use super::more;
use crate::problem::{Problem, ProblemCode, Severity};
use crate::reports::words;
use indexmap::IndexMap;

const MAX_GROUPS: usize = 100;
/// Places named for one group of problems.
const MAX_PLACES: usize = 5;

/// All problems, gravest first.
pub(super) struct Problems {
    pub(super) counts: String,
    pub(super) groups: Vec<ProblemGroup>,
    pub(super) more: Option<String>,
}

/// Those of one kind and message.
pub(super) struct ProblemGroup {
    pub(super) severity: &'static str,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: String,
    pub(super) number: String,
    pub(super) places: Vec<String>,
    pub(super) more: Option<String>,
}

impl Problems {
    /// `None` where there is none.
    pub(super) fn of(problems: &[Problem]) -> Option<Self> {
        let counts = words::problem_counts(problems)?;
        let mut groups: IndexMap<(Severity, ProblemCode, &str, &str), Vec<&Problem>> =
            IndexMap::new();
        for problem in problems {
            groups
                .entry((
                    problem.severity,
                    problem.code,
                    &problem.message,
                    &problem.help,
                ))
                .or_default()
                .push(problem);
        }
        groups.sort_by(|a, of_a, b, of_b| {
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then(of_b.len().cmp(&of_a.len()))
                .then(a.cmp(b))
        });
        Some(Self {
            counts,
            more: more(groups.len(), MAX_GROUPS, "kind"),
            groups: groups
                .into_iter()
                .take(MAX_GROUPS)
                .map(|((severity, code, message, help), of)| ProblemGroup {
                    severity: severity.name(),
                    code: code.name(),
                    message: words::visible(message),
                    help: words::visible(help),
                    number: words::count_of(of.len()),
                    places: of
                        .iter()
                        .take(MAX_PLACES)
                        .map(|problem| words::problem_place(problem))
                        .collect(),
                    more: more(of.len(), MAX_PLACES, "place"),
                })
                .collect(),
        })
    }
}
