//! What changed since the baseline, for the summary.

use super::{DIM, Page, WARNING};
use crate::analysis::Analysis;
use crate::reports::changes;
use anstyle::Style as Ansi;

/// New critical paths that are named.
const SHOWN_CRITICAL: usize = 5;

impl Page {
    pub(super) fn changes(&mut self, analysis: &Analysis) {
        let Some(changed) = &analysis.over_time.changes else {
            return;
        };
        self.heading("Changes", &format!("since {}", changed.old));
        let mut lines = changes::totals(changed).into_iter();
        if let Some(first) = lines.next() {
            self.hanging(Ansi::new(), "  Reach", 10, &first);
        }
        for line in lines {
            self.hanging(DIM, "", 10, &line);
        }
        for line in changes::counts(changed) {
            self.hanging(Ansi::new(), "", 2, &line);
        }
        let critical = changes::critical(changed);
        if !critical.is_empty() {
            self.hanging(WARNING, "", 2, "new critical paths:");
        }
        for line in critical.iter().take(SHOWN_CRITICAL) {
            self.hanging(WARNING, "", 4, line);
        }
        self.more(critical.len().min(SHOWN_CRITICAL), critical.len(), "path");
    }
}
