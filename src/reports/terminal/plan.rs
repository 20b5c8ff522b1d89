//! A plan for a terminal: what it gains and what is proved, then each fix with all that must be known before it is done.

use super::{BOLD, DIM, MAX_WIDTH, MIN_WIDTH, Page, Style, WARNING};
use crate::analysis::{Analysis, Plan, PlannedFix};
use crate::reports::words::plan as phrases;
use crate::reports::words::{self, Words};
use anstyle::Style as Ansi;
use camino::Utf8PathBuf;

/// More alternatives than these are only counted.
const SHOWN_ALTERNATIVES: usize = 3;

/// The plan, at most `width` columns wide; `written` are the files that were written.
pub fn plan(
    analysis: &Analysis,
    plan: &Plan,
    width: usize,
    style: Style,
    written: &[Utf8PathBuf],
) -> String {
    let mut page = Page {
        text: String::new(),
        width: width.clamp(MIN_WIDTH, MAX_WIDTH),
        style,
    };
    page.read(analysis);
    page.plan(analysis, plan);
    page.problems(analysis);
    page.written(written);
    page.text
}

impl Page {
    fn plan(&mut self, analysis: &Analysis, plan: &Plan) {
        let words = Words::of(analysis);
        self.heading("Plan", &phrases::goal(plan.goal, plan.measure));
        if plan.fixes.is_empty() {
            self.hanging(Ansi::new(), "", 2, "No fix of it takes anything away.");
        } else {
            self.hanging(Ansi::new(), "", 2, &phrases::gain(plan));
            let organisation = phrases::organisation(analysis, plan);
            self.hanging(Ansi::new(), "", 2, &organisation);
        }
        self.hanging(BOLD, "", 2, &phrases::bound(plan));
        if let Some(left_out) = words.left_out(plan) {
            self.hanging(Ansi::new(), "", 2, &left_out);
        }
        let indent = plan.fixes.len().to_string().len() + 4;
        for (at, planned) in plan.fixes.iter().enumerate() {
            self.blank();
            self.planned(&words, plan, at, planned, indent);
        }
        let survivors = words.survivors(plan);
        if !survivors.is_empty() {
            self.heading(
                "Outlives",
                "what works on after these fixes, as far as that is documented",
            );
            for (places, text, source) in survivors {
                self.hanging(BOLD, "", 2, &places);
                self.hanging(Ansi::new(), "", 4, &text);
                self.hanging(DIM, "", 4, source);
            }
        }
        if let Some(kept) = words.kept(plan) {
            self.heading("Besides", "what this plan leaves in an attacker's hands");
            self.hanging(Ansi::new(), "", 2, &kept);
        }
        if !plan.edits.is_empty() {
            self.heading(
                "Edits",
                "one JSON Patch for each policy document, of all fixes that are edits",
            );
            for edit in &plan.edits {
                self.hanging(BOLD, "", 2, &words.place(edit.evidence));
                self.hanging(DIM, "", 4, &words.document(edit));
                self.hanging(Ansi::new(), "", 4, &words.patch(edit));
            }
        }
    }

    fn planned(
        &mut self,
        words: &Words<'_>,
        plan: &Plan,
        at: usize,
        planned: &PlannedFix,
        indent: usize,
    ) {
        let number = format!("{:>width$}", at + 1, width = indent - 2);
        self.hanging(BOLD, &number, indent, &words.planned(planned));
        let figures = format!(
            "{}; with all before it {} certain, {} possible: {} of {}",
            phrases::effort(planned.effort),
            words::points(planned.so_far.0),
            words::points(planned.so_far.1),
            words::percent(phrases::share_of(plan, planned.so_far)),
            phrases::all_reach(plan.measure)
        );
        self.hanging(Ansi::new(), "", indent, &figures);
        let style = match planned.read_by.is_empty() {
            true => Ansi::new(),
            false => WARNING,
        };
        for remark in words.conditions(at, planned) {
            self.point(style, indent, &remark);
        }
        if let Some(life) = words.life(planned) {
            self.point(DIM, indent, &life);
        }
        let breaks = match (words.breaks(&planned.fix), words.last_used(&planned.fix)) {
            (Some(breaks), Some(last)) => Some(format!("may break: {breaks}; {last}")),
            (Some(breaks), None) => Some(format!("may break: {breaks}")),
            (None, last) => last,
        };
        if let Some(breaks) = breaks {
            self.point(DIM, indent, &breaks);
        }
        for (other, effort) in planned.alternatives.iter().take(SHOWN_ALTERNATIVES) {
            let text = format!(
                "or {}, for {}",
                words.order(other),
                phrases::effort(*effort)
            );
            self.point(DIM, indent, &text);
        }
        let rest = planned
            .alternatives
            .len()
            .saturating_sub(SHOWN_ALTERNATIVES);
        if rest > 0 {
            let text = format!("or {}", words::counted(rest, "more alternative"));
            self.point(DIM, indent, &text);
        }
    }

    /// One of several remarks under a name.
    fn point(&mut self, style: Ansi, indent: usize, text: &str) {
        let lead = format!("{}\u{b7}", " ".repeat(indent));
        self.hanging(style, &lead, indent + 2, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundredth of a point.
    const HUNDREDTH: u64 = crate::risk::Points::hundredths(1).0;
    use crate::reports::sample;
    use unicode_width::UnicodeWidthStr as _;

    fn at(width: usize) -> String {
        let analysis = sample::analysis();
        let plan = sample::plan(&analysis);
        super::plan(
            &analysis,
            &plan,
            width,
            Style::Plain,
            &["plans/plan.html".into()],
        )
    }

    #[test]
    fn narrow() {
        insta::assert_snapshot!(at(80));
    }

    #[test]
    fn wide() {
        insta::assert_snapshot!(at(120));
    }

    #[test]
    fn no_line_is_wider_than_asked_and_none_holds_a_control_character() {
        for width in 40..=200 {
            for line in at(width).lines() {
                assert!(line.width() <= width, "{width}: {line}");
                assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }

    #[test]
    fn what_is_proved_is_said_for_every_goal() {
        use crate::analysis::{Bound, Goal, Share};
        let analysis = sample::analysis();
        let said = |goal, bound| {
            let plan = Plan {
                goal,
                bound,
                ..sample::plan(&analysis)
            };
            format!(
                "{}: {}",
                phrases::goal(goal, plan.measure),
                phrases::bound(&plan)
            )
        };
        insta::assert_snapshot!(
            [
                said(Goal::Top(4), Bound::Gain(46_800 * HUNDREDTH)),
                said(Goal::Top(1), Bound::Gain(52_000 * HUNDREDTH)),
                said(Goal::Until(Share(8_000)), Bound::Effort(23)),
                said(Goal::Until(Share(8_005)), Bound::Effort(20)),
                said(Goal::Until(Share::WHOLE), Bound::Unattainable),
                said(Goal::Budget(1), Bound::Gain(46_900 * HUNDREDTH)),
            ]
            .join("\n")
        );
    }
}
