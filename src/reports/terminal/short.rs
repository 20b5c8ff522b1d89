//! The report in short: which credential travels farthest, how bad it is, what to do first.

use super::{BOLD, Page};
use crate::analysis::Analysis;
use crate::reports::words::short::{self, Whole};
use crate::reports::words::{self, Words};
use anstyle::Style as Ansi;

/// Columns of the names of lines.
const INDENT: usize = 12;

impl Page {
    pub(super) fn short(&mut self, analysis: &Analysis) {
        let words = Words::of(analysis);
        self.heading("In short", "");
        if let Some(one) = words.farthest(analysis) {
            let ties = one.ties.map(|ties| format!("; {ties} as far"));
            let text = format!(
                "{} ({}) reaches {}: {} points, {}{}",
                one.name,
                one.whose,
                one.reaches,
                one.points,
                one.band,
                ties.unwrap_or_default()
            );
            self.hanging(BOLD, "  Farthest", INDENT, &text);
            let text = format!("it lies in {}", one.lies_in);
            self.hanging(Ansi::new(), "", INDENT, &text);
        }
        let whole = Whole::of(analysis);
        let text = format!(
            "{} of the value of all resources is lost on average {}: {}",
            whole.share, whole.asked, whole.points
        );
        self.hanging(BOLD, "  How bad", INDENT, &text);
        let unknown = whole
            .unknown
            .map(|number| format!("; the reach of {number} is unknown"));
        let text = format!(
            "{} of {} credentials reach a crown jewel, {} certainly{}; {}",
            whole.crowns.0,
            whole.credentials,
            whole.crowns.1,
            unknown.unwrap_or_default(),
            words::bands(&analysis.organisation)
        );
        self.hanging(Ansi::new(), "", INDENT, &text);
        if let Some(text) = short::assumptions(&analysis.organisation, analysis.total) {
            self.hanging(Ansi::new(), "", INDENT, &text);
        }
        if let Some(first) = words.first(analysis) {
            self.hanging(BOLD, "  Do first", INDENT, &first.order);
            let who = first.who.map(|who| format!(", by {who}"));
            let ties = first.ties.map(|ties| format!("; {ties} as much"));
            let text = format!(
                "alone it ends {} of all {} reach{}{}",
                first.share,
                first.of,
                who.unwrap_or_default(),
                ties.unwrap_or_default()
            );
            self.hanging(Ansi::new(), "", INDENT, &text);
        }
    }
}
