//! Progress bars on stderr, for work that lasts.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Work that is done sooner is not worth a bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// One bar at a time, shown only when stderr is a terminal and the run lasts over a second.
pub(super) struct Bars {
    began: Instant,
    may_show: bool,
    bar: Mutex<ProgressBar>,
}

impl Bars {
    /// Bars, unless `is_quiet`.
    pub(super) fn new(is_quiet: bool) -> Self {
        Self {
            began: Instant::now(),
            may_show: !is_quiet && std::io::stderr().is_terminal(),
            bar: Mutex::new(ProgressBar::hidden()),
        }
    }

    fn with_bar(&self, act: impl FnOnce(&mut ProgressBar)) {
        // A thread that died while it held the bar leaves nothing worse than a wrong bar.
        let mut bar = self
            .bar
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut bar);
    }

    fn show_if_late(&self, bar: &ProgressBar) {
        if self.may_show && bar.is_hidden() && self.began.elapsed() > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Progress for Bars {
    fn begin(&self, stage: &str, total: u64) {
        let template = match total {
            0 => "{msg:12} {spinner}",
            _ => "{msg:12} {bar:30} {human_pos}/{human_len}",
        };
        self.with_bar(|bar| {
            let new = ProgressBar::with_draw_target(
                (total > 0).then_some(total),
                ProgressDrawTarget::hidden(),
            );
            if let Ok(style) = ProgressStyle::with_template(template) {
                new.set_style(style.progress_chars("\u{2501}\u{257a}\u{2500}"));
            }
            new.set_message(stage.to_owned());
            self.show_if_late(&new);
            *bar = new;
        });
    }

    fn advance(&self, units: u64) {
        self.with_bar(|bar| {
            bar.inc(units);
            self.show_if_late(bar);
        });
    }

    fn end(&self) {
        self.with_bar(|bar| bar.finish_and_clear());
    }
}
