//! What a gate says: each limit, what came of it, and who breaks it.

use super::both;
use crate::changes::{Outcome, Verdict};
use crate::reports::words::{counted, day, visible};

/// More names than these are only counted.
const NAMED: usize = 20;

/// The verdict as plain text; the limits that do not hold come first.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let of = |outcome: Outcome| {
        verdict
            .checks
            .iter()
            .filter(move |one| one.outcome == outcome)
    };
    let failed = of(Outcome::Fails).count();
    let all = counted(verdict.checks.len(), "limit");
    let mut text = match failed {
        0 => format!("Gate passed: {all} checked\n"),
        failed => format!("Gate failed: {failed} of {all} broken\n"),
    };
    for (outcome, word) in [
        (Outcome::Fails, "fails"),
        (Outcome::NotChecked, "not checked"),
        (Outcome::Holds, "holds"),
    ] {
        for check in of(outcome) {
            text.push_str(&format!(
                "  {word:<13}{}: {}\n",
                visible(&check.limit),
                visible(&check.found)
            ));
            if outcome == Outcome::Holds {
                continue;
            }
            for name in check.names.iter().take(NAMED) {
                text.push_str(&format!("  {:<13}  {}\n", "", visible(name)));
            }
            let rest = check.names.len().saturating_sub(NAMED);
            if rest > 0 {
                text.push_str(&format!("  {:<13}  and {rest} more\n", ""));
            }
        }
    }
    if verdict.accepted.is_empty() {
        return text;
    }
    text.push_str(&format!(
        "Accepted: {} with what is accepted; {} without\n",
        both(verdict.with),
        both(verdict.without)
    ));
    if let Some((with, without)) = verdict.score {
        text.push_str(&format!(
            "  score of the organisation: {with} with; {without} without\n"
        ));
    }
    for one in &verdict.accepted {
        let accept = &one.accept;
        let state = match (one.has_expired, one.is_used) {
            (true, _) => "expired",
            (false, true) => "accepted",
            (false, false) => "unused",
        };
        text.push_str(&format!(
            "  {state:<13}{}, until {}, by {}: {} ({})\n",
            visible(&accept.of.to_string()),
            day(accept.expires),
            visible(&accept.owner),
            visible(&accept.reason),
            visible(&accept.place)
        ));
    }
    text
}
