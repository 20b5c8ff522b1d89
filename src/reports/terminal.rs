//! The summary for a terminal: what was read, the worst credentials, the best fixes, what is unknown.
//!
//! All names are made visible by `words.rs`, so no control character of an export reaches the terminal. Only the first
//! few of everything are shown, with how many more there are.

mod changes;
mod explain;
mod plan;
mod register;
mod short;

pub(crate) use explain::{explain, simulate};
pub use plan::plan;
pub(crate) use register::register;

use super::path::{distinct, moves};
use super::words::{self, Words};
use crate::analysis::{Analysis, Mode, PricedFix, ScenarioReach};
use anstyle::{AnsiColor, Style as Ansi};
use camino::Utf8PathBuf;
use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, TableStyle, Width,
};
use indexmap::IndexMap;
use unicode_width::UnicodeWidthStr as _;

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequence at all.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// Narrower terminals get lines that are too long.
const MIN_WIDTH: usize = 40;
/// Longer lines are hard to read.
const MAX_WIDTH: usize = 200;
const SHOWN_CREDENTIALS: usize = 10;
const SHOWN_PATHS: usize = 3;
const SHOWN_FIXES: usize = 10;
const SHOWN_PROBLEMS: usize = 5;
const SHOWN_GAPS: usize = 5;

/// The summary, at most `width` columns wide; `written` are the reports that were written.
pub fn render(analysis: &Analysis, width: usize, style: Style, written: &[Utf8PathBuf]) -> String {
    let mut page = Page {
        text: String::new(),
        width: width.clamp(MIN_WIDTH, MAX_WIDTH),
        style,
    };
    page.read(analysis);
    page.short(analysis);
    page.changes(analysis);
    page.credentials(analysis);
    page.paths(analysis);
    page.fixes(analysis);
    page.problems(analysis);
    page.gaps(analysis);
    page.written(written);
    page.text
}

struct Page {
    text: String,
    width: usize,
    style: Style,
}

/// A column: its heading, where it is aligned, and the narrowest terminal that has room for it.
struct Column {
    name: &'static str,
    is_number: bool,
    from_width: usize,
    /// Names are the columns that give way: a longer one is cut so that it takes about so many lines; 0 of no name.
    lines: usize,
}

const fn name(name: &'static str, from_width: usize) -> Column {
    Column {
        name,
        is_number: false,
        from_width,
        lines: 2,
    }
}

/// A name that must be read to its end.
const fn whole_name(name: &'static str, from_width: usize) -> Column {
    Column {
        name,
        is_number: false,
        from_width,
        lines: 8,
    }
}

/// A word that is short and whole.
const fn word(name: &'static str, from_width: usize) -> Column {
    Column {
        name,
        is_number: false,
        from_width,
        lines: 0,
    }
}

const fn number(name: &'static str, from_width: usize) -> Column {
    Column {
        name,
        is_number: true,
        from_width,
        lines: 0,
    }
}

const BOLD: Ansi = Ansi::new().bold();
const DIM: Ansi = Ansi::new().dimmed();
const ACCENT: Ansi = Ansi::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));
const WARNING: Ansi = Ansi::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));

impl Page {
    fn paint(&self, style: Ansi, text: &str) -> String {
        match self.style {
            Style::Coloured => format!("{style}{text}{style:#}"),
            Style::Plain => text.to_owned(),
        }
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn line(&mut self, style: Ansi, text: &str) {
        for (number, part) in wrap(text, self.width).into_iter().enumerate() {
            let indent = if number > 0 { "  " } else { "" };
            let painted = self.paint(style, &part);
            self.text.push_str(&format!("{indent}{painted}\n"));
        }
    }

    /// Words under each other, `indent` columns in.
    fn hanging(&mut self, style: Ansi, first: &str, indent: usize, text: &str) {
        let room = self.width.saturating_sub(indent);
        for (number, part) in wrap(text, room).into_iter().enumerate() {
            let lead = if number == 0 { first } else { "" };
            let painted = self.paint(style, &part);
            self.text.push_str(&format!(
                "{lead}{}{painted}\n",
                " ".repeat(indent.saturating_sub(lead.width()))
            ));
        }
    }

    fn heading(&mut self, title: &str, about: &str) {
        self.blank();
        let title_painted = self.paint(ACCENT, title);
        let about_fits = !about.is_empty() && title.width() + 2 + about.width() <= self.width;
        let about_painted = if about_fits {
            format!("  {}", self.paint(DIM, about))
        } else {
            String::new()
        };
        self.text
            .push_str(&format!("{title_painted}{about_painted}\n"));
    }

    fn more(&mut self, shown: usize, all: usize, one: &str) {
        if let Some(rest) = all.checked_sub(shown).filter(|&rest| rest > 0) {
            self.line(
                DIM,
                &format!("  and {} more in the reports", words::counted(rest, one)),
            );
        }
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let is_shown = |column: &Column| column.from_width <= self.width;
        let shown: Vec<&Column> = columns.iter().filter(|column| is_shown(column)).collect();
        let mut table = Table::new();
        table
            .load_style(TableStyle::new())
            .force_no_tty()
            .set_truncation_indicator("\u{2026}")
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        let align = |column: &Column, text: String| {
            let alignment = if column.is_number {
                CellAlignment::Right
            } else {
                CellAlignment::Left
            };
            Cell::new(text).set_alignment(alignment)
        };
        // The room that numbers and gaps leave is shared among the names.
        let cell_width = |at: usize| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .flat_map(|cell| cell.lines())
                .map(|line| line.width())
                .max()
                .unwrap_or(0)
        };
        let (mut fixed, mut flexible) = (0, 0);
        for (at, column) in columns
            .iter()
            .enumerate()
            .filter(|(_, column)| is_shown(column))
        {
            if column.lines > 0 {
                flexible += 1;
            } else {
                fixed += cell_width(at).max(column.name.width());
            }
        }
        let gaps = 2 * shown.len();
        let room = self.width.saturating_sub(fixed + gaps) / usize::max(flexible, 1);
        table.set_header(
            shown
                .iter()
                .map(|column| align(column, column.name.to_owned()))
                .collect::<Vec<_>>(),
        );
        for row in rows {
            let cells = columns
                .iter()
                .zip(row)
                .filter(|(column, _)| is_shown(column));
            table.add_row(
                cells
                    .map(|(column, text)| {
                        let text = if column.lines > 0 {
                            words::shortened(text, usize::max(column.lines * room, 24))
                        } else {
                            text.clone()
                        };
                        align(column, text)
                    })
                    .collect::<Vec<_>>(),
            );
        }
        for (column, &described) in table.column_iter_mut().zip(&shown) {
            column.set_padding((0, 2));
            if described.lines == 0 {
                column.set_constraint(ColumnConstraint::ContentWidth);
            } else {
                column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(
                    u16::try_from(room + 2).unwrap_or(u16::MAX),
                )));
            }
        }
        for (number, line) in table.lines().enumerate() {
            let line = line.trim_end();
            let painted = if number == 0 {
                self.paint(DIM, line)
            } else {
                line.to_owned()
            };
            self.text.push_str(&painted);
            self.blank();
        }
    }

    fn read(&mut self, analysis: &Analysis) {
        let inventory = &analysis.inventory;
        let title = self.paint(BOLD, &format!("leakreach {}", env!("CARGO_PKG_VERSION")));
        let day = self.paint(DIM, &format!("as of {}", words::day(inventory.as_of)));
        self.text.push_str(&format!("{title}  {day}\n\n"));
        let records: u64 = inventory.files.iter().map(|file| file.records).sum();
        self.hanging(
            Ansi::new(),
            "Read",
            10,
            &format!(
                "{}, {} records, {}",
                words::counted(inventory.files.len(), "file"),
                words::count(records),
                words::counted(inventory.tenants.len(), "tenant"),
            ),
        );
        let mut by_source: IndexMap<String, u64> = IndexMap::new();
        for file in inventory.files.iter().filter(|file| file.records > 0) {
            *by_source.entry(file.sources.join(" + ")).or_default() += file.records;
        }
        by_source.sort_by(|a, a_records, b, b_records| b_records.cmp(a_records).then(a.cmp(b)));
        let sources = by_source.into_iter();
        let sources: Vec<String> = sources
            .map(|(source, records)| format!("{source} {}", words::count(records)))
            .collect();
        if !sources.is_empty() {
            self.hanging(DIM, "", 10, &sources.join(", "));
        }
        let mut missed: Vec<String> = words::problem_counts(&analysis.problems)
            .into_iter()
            .collect();
        if !analysis.ignored.is_empty() {
            missed.push(format!(
                "{} of no export kind",
                words::counted(analysis.ignored.len(), "file")
            ));
        }
        if !missed.is_empty() {
            self.hanging(
                WARNING,
                "Not read",
                10,
                &format!("{} (below)", missed.join(", ")),
            );
        }
        self.hanging(
            Ansi::new(),
            "Reach",
            10,
            &format!(
                "{} points certain, {} possible, over {}",
                words::points(analysis.total.0),
                words::points(analysis.total.1),
                words::counted(inventory.credentials.len(), "credential"),
            ),
        );
    }

    fn credentials(&mut self, analysis: &Analysis) {
        if analysis.credentials.is_empty() {
            return;
        }
        let words = Words::of(analysis);
        let about = match analysis.model.mode {
            Mode::BlastRadius => "how far each travels if it leaks, in points",
            Mode::Risk => "how far each travels, times how likely that is, in points",
        };
        let about = match words::short::ranked_by(analysis.model.measure) {
            Some(measure) => format!("{about}, {measure}"),
            None => about.to_owned(),
        };
        self.heading("Credentials", &about);
        let lying_places = words.lying_places();
        let labels = words::rank_labels(analysis.credentials.iter().map(|scenario| scenario.rank));
        let rows = analysis
            .credentials
            .iter()
            .zip(labels)
            .take(SHOWN_CREDENTIALS)
            .map(|(scenario, rank)| {
                let (who, lies) = match scenario.leak {
                    crate::analysis::Leak::Credential(id) => {
                        let who = match words.owner(id) {
                            Some(owner) => format!("{}, {owner}", words.authenticates(id)),
                            None => words.authenticates(id),
                        };
                        let lies = match lying_places[id].as_slice() {
                            [] => "not seen lying anywhere".to_owned(),
                            [place] => words.exposure(*place),
                            [place, rest @ ..] => {
                                format!("{} and {} more", words.exposure(*place), rest.len())
                            }
                        };
                        (who, lies)
                    }
                    crate::analysis::Leak::Exposure(_) => Default::default(),
                };
                let of = |count: fn(&ScenarioReach) -> u64| {
                    words::reach_count(scenario, count(scenario))
                };
                vec![
                    rank,
                    words.leak(scenario.leak),
                    who,
                    words::certain(scenario),
                    words::possible(scenario),
                    words::chance(scenario.vector.chance),
                    scenario.band.name().to_owned(),
                    of(|scenario| scenario.possible.principals),
                    of(|scenario| scenario.possible.resources),
                    of(|scenario| scenario.possible.crowns),
                    lies,
                ]
            });
        let columns = [
            number("#", 0),
            name("credential", 0),
            name("principal, owner", 90),
            number("certain", 50),
            number("possible", 0),
            number("chance", 130),
            word("band", 80),
            number("principals", 110),
            number("resources", 70),
            number("crowns", 60),
            name("lies in", 120),
        ];
        self.table(&columns, &rows.collect::<Vec<_>>());
        self.more(SHOWN_CREDENTIALS, analysis.credentials.len(), "credential");
    }

    fn paths(&mut self, analysis: &Analysis) {
        let words = Words::of(analysis);
        let worst = distinct(&analysis.credentials);
        if worst.is_empty() {
            return;
        }
        self.heading(
            "Paths",
            "to the weightiest resource of the first few that reach different things",
        );
        for (scenario, others) in worst.into_iter().take(SHOWN_PATHS) {
            if let Some(reached) = scenario.top.first() {
                let chain: Vec<String> = words
                    .chain(&moves(&analysis.steps, &reached.proof))
                    .iter()
                    .map(|link| words::shortened(link, self.width.saturating_sub(8).min(60)))
                    .collect();
                let doubt = if reached.is_certain {
                    ""
                } else {
                    " (conditional)"
                };
                let others = match others {
                    0 => String::new(),
                    others => format!(" (and {} like it)", words::count_of(others)),
                };
                self.chain(&chain, &format!("{doubt}{others}"));
            }
        }
    }

    /// Links are never broken; a line ends after an arrow.
    fn chain(&mut self, chain: &[String], end: &str) {
        let mut line = String::from(" ");
        let mut used = 1;
        let last = chain.len().saturating_sub(1);
        for (number, link) in chain.iter().enumerate() {
            let tail = if number == last { end } else { " \u{2192}" };
            let needed = 1 + link.width() + tail.width();
            if number > 0 && used + needed > self.width {
                self.text.push_str(&line);
                self.blank();
                line = "   ".to_owned();
                used = 3;
            }
            line.push(' ');
            line.push_str(link);
            line.push_str(&self.paint(DIM, tail));
            used += needed;
        }
        self.text.push_str(&line);
        self.blank();
    }

    fn fixes(&mut self, analysis: &Analysis) {
        if analysis.fixes.is_empty() {
            return;
        }
        let words = Words::of(analysis);
        self.heading(
            "Fixes",
            "what each alone takes off the reach of all credentials",
        );
        let labels = words::rank_labels(analysis.fixes.iter().map(|fix| fix.rank));
        let row = |(fix, rank): (&PricedFix, String)| {
            vec![
                rank,
                words.order(fix),
                words::points(fix.certain),
                words::points(fix.possible),
                words::percent(words.share(fix, analysis)),
                words::count(fix.credentials),
                words
                    .last_used_briefly(fix)
                    .replace("not after ", "not after\n"),
            ]
        };
        let rows: Vec<Vec<String>> = analysis
            .fixes
            .iter()
            .zip(labels)
            .take(SHOWN_FIXES)
            .map(row)
            .collect();
        let columns = [
            number("#", 0),
            whole_name("fix", 0),
            number("certain", 60),
            number("possible", 0),
            number("share", 50),
            number("credentials", 80),
            number("last used", 100),
        ];
        self.table(&columns, &rows);
        self.more(SHOWN_FIXES, analysis.fixes.len(), "fix");
        let edited = analysis.fixes.iter().take(SHOWN_FIXES);
        if let Some((fix, edit)) = edited
            .filter_map(|fix| Some((fix, fix.edits.first()?)))
            .next()
        {
            let place = words.place(edit.evidence);
            self.hanging(
                BOLD,
                "",
                2,
                &format!("To {}, patch {place}", words.order(fix)),
            );
            self.hanging(Ansi::new(), "", 2, &words.document(edit));
            self.hanging(Ansi::new(), "", 2, &words.patch(edit));
        }
    }

    fn problems(&mut self, analysis: &Analysis) {
        let Some(counts) = words::problem_counts(&analysis.problems) else {
            return;
        };
        self.heading("Not read, or in doubt", &counts);
        let mut worst: Vec<_> = analysis.problems.iter().collect();
        worst.sort_by_key(|problem| problem.severity);
        for problem in worst.iter().take(SHOWN_PROBLEMS) {
            let place = words::problem_place(problem);
            self.hanging(
                BOLD,
                "",
                2,
                &words::shortened(&place, self.width.saturating_sub(2)),
            );
            let message = words::visible(&problem.message);
            self.hanging(
                Ansi::new(),
                "",
                4,
                &format!("{}: {message}", problem.severity.name()),
            );
            if !problem.help.is_empty() {
                self.hanging(
                    DIM,
                    "",
                    4,
                    &format!("help: {}", words::visible(&problem.help)),
                );
            }
        }
        self.more(SHOWN_PROBLEMS, worst.len(), "problem");
    }

    fn gaps(&mut self, analysis: &Analysis) {
        if analysis.gaps.is_empty() {
            return;
        }
        self.heading("Unknown", "what no export covers");
        for gap in analysis.gaps.iter().take(SHOWN_GAPS) {
            let text = format!(
                "{}: {}",
                words::visible(&gap.subject),
                words::visible(&gap.text)
            );
            self.hanging(Ansi::new(), "", 2, &text);
            if !gap.remedy.is_empty() {
                self.hanging(
                    DIM,
                    "",
                    4,
                    &format!("settled by: {}", words::visible(&gap.remedy)),
                );
            }
        }
        self.more(SHOWN_GAPS, analysis.gaps.len(), "gap");
    }

    fn written(&mut self, written: &[Utf8PathBuf]) {
        if written.is_empty() {
            return;
        }
        self.heading("Reports", "");
        for path in written {
            self.hanging(Ansi::new(), "", 2, &words::visible(path.as_str()));
        }
    }
}

/// `text` in lines of at most `width` columns, broken at spaces; a word that is longer is broken anywhere.
fn wrap(text: &str, width: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthChar as _;
    let width = width.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let needed = word.width();
        if used > 0 && used + 1 + needed > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let columns = c.width().unwrap_or(0);
            if used + columns > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += columns;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    fn at(width: usize) -> String {
        render(
            &sample::analysis(),
            width,
            Style::Plain,
            &["leakreach-report/report.html".into()],
        )
    }

    #[test]
    fn narrow() {
        insta::assert_snapshot!(at(60));
    }

    #[test]
    fn usual() {
        insta::assert_snapshot!(at(100));
    }

    #[test]
    fn wide() {
        insta::assert_snapshot!(at(160));
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in 40..=200 {
            for line in at(width).lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn no_control_character_reaches_the_terminal() {
        assert!(!at(100).chars().any(|c| c.is_control() && c != '\n'));
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let coloured = render(
            &sample::analysis(),
            100,
            Style::Coloured,
            &["leakreach-report/report.html".into()],
        );
        assert_ne!(coloured, at(100));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), at(100));
    }
}
