//! The wording of what `--verify` finds.

use super::{Words, count, count_of, points};
use crate::analysis::{Analysis, Plan};
use crate::risk::Points;
use crate::verify::{Subject, Verification, Wrong};

/// How much was checked: `92 of 92 scenarios, 48 of 50 fixes`.
pub(crate) fn checked(found: &Verification) -> String {
    let of = |(checked, all): (usize, usize), what: &str| {
        format!("{} of {} {what}", count_of(checked), count_of(all))
    };
    let mut parts = vec![of(found.scenarios, "scenarios"), of(found.fixes, "fixes")];
    if found.beginnings.1 > 0 {
        parts.push(of(found.beginnings, "beginnings of the plan"));
    }
    parts.join(", ")
}

/// One wrong figure: of what, what was said, what it is.
pub(crate) fn wrong(analysis: &Analysis, plan: Option<&Plan>, wrong: &Wrong) -> String {
    let words = Words::of(analysis);
    let of = match wrong.of {
        Subject::Scenario(leak) => words.leak(leak),
        Subject::Total => "all credentials together".to_owned(),
        Subject::Beginning(count) => format!("the first {count} of the plan"),
        Subject::Fix(at) => {
            let planned = plan.and_then(|plan| plan.fixes.get(at)).map(|one| &one.fix);
            match planned.or_else(|| analysis.fixes.get(at)) {
                Some(fix) => words.order(fix),
                None => format!("fix {}", at + 1),
            }
        }
    };
    let figure = |value: u64| match wrong.figure.ends_with("points") {
        true => points(Points(value)),
        false => count(value),
    };
    format!(
        "{of}: {} said to be {}, derived again {}",
        wrong.figure,
        figure(wrong.told),
        figure(wrong.is)
    )
}
