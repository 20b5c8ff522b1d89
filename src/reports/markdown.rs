//! `summary.md`: what a CI job shows of a run, in GitHub's Markdown.
//!
//! Whatever comes from an export stands in a code span: there no markup, no link, no mention and no HTML is read.
//!
//! A summary may have at most 1 MiB, or none of it is shown (GitHub Docs, "Workflow commands", "Step isolation and limits",
//! read 2026-11). So it is made of sections, and one that does not fit is left out whole and named.

use super::Error;
use super::words::short::{self, Whole};
use super::words::{self, Words};
use crate::analysis::Analysis;
use crate::findings::{Finding, Part, Severity};
use indexmap::IndexMap;

/// So many bytes a summary may have.
const MOST: usize = 1 << 20;
/// Room for what is said of sections that are left out.
const RESERVE: usize = 1_024;
/// Columns of a name.
const WIDTH: usize = 120;
const ROWS: usize = 10;
const GAPS: usize = 20;

pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let words = Words::of(analysis);
    let mut sections = vec![Section::new("Totals", totals(analysis, &words))];
    sections.extend(findings(analysis, &words));
    sections.push(Section::new("Credentials", credentials(analysis, &words)));
    sections.push(Section::new("Fixes", fixes(analysis, &words)));
    sections.push(Section::new("Unknown", unknown(analysis)));
    Ok(assembled(&sections, MOST).into_bytes())
}

struct Section {
    name: &'static str,
    text: String,
}

impl Section {
    fn new(name: &'static str, text: String) -> Self {
        Self { name, text }
    }
}

/// The sections that fit, in order, and the names of those that do not.
fn assembled(sections: &[Section], most: usize) -> String {
    let mut all = String::new();
    let mut left = Vec::new();
    for section in sections.iter().filter(|section| !section.text.is_empty()) {
        match all.len() + section.text.len() + RESERVE <= most {
            true => all.push_str(&section.text),
            false => left.push(section.name),
        }
    }
    if !left.is_empty() {
        all.push_str(&format!(
            "Left out, since a summary may have at most 1 MiB: {}. See report.html.\n",
            left.join(", ")
        ));
    }
    all
}

/// Text from an export, in which nothing is read but text.
///
/// The fence is longer than any run of backticks in it (CommonMark 0.31.2, "Code spans"). A bar would end the cell of a table
/// whatever stands before it, so it is spelled out.
fn code(text: &str) -> String {
    let text = words::shortened(&words::visible(text), WIDTH).replace('|', "\\u{7c}");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let is_bare = text.starts_with('`') || text.ends_with('`') || text.trim().is_empty();
    let pad = match is_bare || text.starts_with(' ') || text.ends_with(' ') {
        true => " ",
        false => "",
    };
    match text.is_empty() {
        true => "–".to_owned(),
        false => format!("{fence}{pad}{text}{pad}{fence}"),
    }
}

fn more(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        rest => format!("\nand {} more in report.json.\n", words::count_of(rest)),
    }
}

fn totals(analysis: &Analysis, words: &Words<'_>) -> String {
    let number = |severity: Severity| {
        let all = analysis.findings.iter();
        let number = all.filter(|finding| finding.severity == severity).count();
        (number > 0).then(|| format!("{} {}", words::count_of(number), severity.name()))
    };
    let counts: Vec<String> = Severity::ALL.into_iter().filter_map(number).collect();
    let counts = match counts.is_empty() {
        true => "none".to_owned(),
        false => counts.join(", "),
    };
    let problems = words::problem_counts(&analysis.problems);
    let whole = Whole::of(analysis);
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(one) = words.farthest(analysis) {
        let ties = one.ties.map(|ties| format!("; {ties} as far"));
        let text = format!(
            "{} of {}, in {}: {}, {} points, {}{}",
            code(&one.name),
            code(&one.whose),
            code(&one.lies_in),
            one.reaches,
            one.points,
            one.band,
            ties.unwrap_or_default()
        );
        rows.push(("Travels farthest", text));
    }
    let lost = format!(
        "{} of the value of all resources, on average, {}: {}",
        whole.share, whole.asked, whole.points
    );
    rows.push(("Lost", lost));
    if let Some(first) = words.first(analysis) {
        let ties = first.ties.map(|ties| format!("; {ties} as much"));
        let text = format!(
            "{}: alone it ends {} of all {} reach{}",
            code(&first.order),
            first.share,
            first.of,
            ties.unwrap_or_default()
        );
        rows.push(("Do first", text));
    }
    rows.push(("Findings", counts));
    let unknown = whole.unknown.unwrap_or_else(|| "none".to_owned());
    let credentials = format!(
        "{}, the reach of {unknown} unknown; {}",
        whole.credentials,
        words::bands(&analysis.organisation)
    );
    rows.push(("Credentials", credentials));
    let (possibly, certainly) = whole.crowns;
    let crowns = format!("{possibly} possibly, {certainly} certainly");
    rows.push(("They reach a crown jewel", crowns));
    let reach = format!(
        "{} certain, {} possible",
        words::points(analysis.total.0),
        words::points(analysis.total.1)
    );
    rows.push(("Points of reach", reach));
    rows.extend(accepted(analysis));
    rows.extend(
        short::assumptions(&analysis.organisation, analysis.total)
            .map(|text| ("How fast thieves are", text)),
    );
    if let Some(measure) = short::ranked_by(analysis.model.measure) {
        rows.push(("Ranked", measure.to_owned()));
    }
    let inputs = format!(
        "{}; {}",
        words::counted(analysis.inventory.files.len(), "file"),
        problems.unwrap_or_else(|| "nothing skipped".to_owned()),
    );
    rows.push(("Inputs", inputs));
    let rows: String = rows
        .iter()
        .map(|(name, text)| format!("| {name} | {text} |\n"))
        .collect();
    format!(
        "## leakreach\n\nAs of {}, version {}.\n\n| In short | |\n| --- | --- |\n{rows}\n",
        words::day(analysis.inventory.as_of),
        env!("CARGO_PKG_VERSION"),
    )
}

/// What a gate's policy leaves out, as rows; none where it accepts nothing.
fn accepted(analysis: &Analysis) -> Vec<(&'static str, String)> {
    let whole = &analysis.organisation;
    let Some(left) = &whole.unaccepted else {
        return Vec::new();
    };
    let accepted = words::counted(left.accepted, "credential");
    let (certain, possible) = left.total;
    let (certain, possible) = (words::points(certain), words::points(possible));
    let (with, without) = (words::points(whole.score()), words::points(left.score()));
    vec![
        (
            "Without what the policy accepts",
            format!("{certain} certain, {possible} possible ({accepted} accepted)"),
        ),
        (
            "Score of the organisation",
            format!("{with}, {without} without what is accepted"),
        ),
    ]
}

/// A section for each check that found something, those with the gravest findings first; what is only unknown is told last.
fn findings(analysis: &Analysis, words: &Words<'_>) -> Vec<Section> {
    let mut by_check: IndexMap<&'static str, Vec<&Finding>> = IndexMap::new();
    for finding in &analysis.findings {
        if finding.severity > Severity::Info {
            by_check.entry(finding.check.id).or_default().push(finding);
        }
    }
    if by_check.is_empty() {
        let none = "### Findings\n\nNone.\n\n".to_owned();
        return vec![Section::new("Findings", none)];
    }
    let section = |(at, (id, all)): (usize, (&'static str, Vec<&Finding>))| {
        let head = if at == 0 { "### Findings\n\n" } else { "" };
        let title = all.first().map_or("", |first| first.check.title);
        let mut text = format!(
            "{head}#### {id}: {title}\n\n| Severity | What | Where |\n| --- | --- | --- |\n"
        );
        for finding in all.iter().take(ROWS) {
            let part = |part: &Part| match part {
                Part::Words(words) => words.to_string(),
                _ => code(&words.named(part).unwrap_or_default()),
            };
            let what: String = finding.text.iter().map(part).collect();
            text.push_str(&format!(
                "| {} | {what} | {} |\n",
                finding.severity.name(),
                code(&words.finding_place(finding)),
            ));
        }
        Section::new(id, text + &more(all.len(), ROWS) + "\n")
    };
    by_check.into_iter().enumerate().map(section).collect()
}

fn credentials(analysis: &Analysis, words: &Words<'_>) -> String {
    let all = &analysis.credentials;
    if all.is_empty() {
        return String::new();
    }
    let mut text = "### Credentials that travel furthest\n\n\
        | # | Credential | Certain | Possible | Crown jewels |\n| ---: | --- | ---: | ---: | ---: |\n"
        .to_owned();
    let labels = words::rank_labels(all.iter().map(|one| one.rank));
    for (one, rank) in all.iter().zip(labels).take(ROWS) {
        text.push_str(&format!(
            "| {rank} | {} | {} | {} | {} |\n",
            code(&words.leak(one.leak)),
            words::certain(one),
            words::possible(one),
            words::reach_count(one, one.possible.crowns),
        ));
    }
    text + &more(all.len(), ROWS) + "\n"
}

fn fixes(analysis: &Analysis, words: &Words<'_>) -> String {
    let all = &analysis.fixes;
    if all.is_empty() {
        return String::new();
    }
    let mut text = "### Fixes that gain most\n\nEach alone; gains do not add up.\n\n\
        | # | Fix | Certain | Possible | Of all |\n| ---: | --- | ---: | ---: | ---: |\n"
        .to_owned();
    let labels = words::rank_labels(all.iter().map(|one| one.rank));
    for (one, rank) in all.iter().zip(labels).take(ROWS) {
        text.push_str(&format!(
            "| {rank} | {} | {} | {} | {} |\n",
            code(&words.order(one)),
            words::points(one.certain),
            words::points(one.possible),
            words::percent(words.share(one, analysis)),
        ));
    }
    text + &more(all.len(), ROWS) + "\n"
}

fn unknown(analysis: &Analysis) -> String {
    let all = &analysis.gaps;
    if all.is_empty() {
        return String::new();
    }
    let mut text = "### Unknown\n\nWhat no export covers. It never counts as zero.\n\n".to_owned();
    for gap in all.iter().take(GAPS) {
        text.push_str(&format!("- {}: {}\n", code(&gap.subject), code(&gap.text)));
    }
    text + &more(all.len(), GAPS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn a_summary_begins_with_what_matters_most() {
        use crate::reports::sample;
        let text = String::from_utf8(render(&sample::analysis()).unwrap()).unwrap();
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("| "))
            .take(5)
            .collect();
        assert_eq!(
            rows[2..],
            [
                "| Travels farthest | `access key AKIAEXAMPLEEXAMPLE01` of `user ci-bot, platform team`, in \
                 `repository file octo/site/.env`: 2 resources, 1 crown jewel, 210.00 points, critical |",
                "| Lost | 18 % of the value of all resources, on average, if every credential leaks now: 300.00 to 400.00 of \
                 2,000.00 points |",
                "| Do first | ``remove statement `AnyUser` from the trust of role prod-deployer``: alone it ends 91 % of \
                 all possible reach; 1 other fix as much |",
            ]
        );
        let speeds = "234.00 points in all; by other times from theft to use, in public code 9 minutes 234.10";
        assert!(text.contains(speeds));
    }

    #[test]
    fn a_name_cannot_leave_its_code_span() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("x\\|y"), "`x\\\\u{7c}y`");
        assert_eq!(code("a\nb"), "`a\\u{a}b`");
        assert_eq!(code(""), "–");
        assert!(code(&"x".repeat(1_000_000)).len() < 200);
    }

    fn lines(text: &str, begin: &str) -> usize {
        text.lines().filter(|line| line.starts_with(begin)).count()
    }

    #[test]
    fn so_many_rows_are_shown_and_the_rest_is_counted() {
        let mut analysis = sample::analysis();
        let gap = analysis.gaps[0].clone();
        analysis.gaps = vec![gap; GAPS + 5];
        let told = unknown(&analysis);
        assert_eq!(lines(&told, "- "), GAPS);
        assert!(told.ends_with("and 5 more in report.json.\n"), "{told}");
        analysis.gaps.truncate(GAPS);
        assert!(!unknown(&analysis).contains("more in"));

        let grave = analysis
            .findings
            .iter()
            .find(|one| one.severity > Severity::Info);
        let grave = grave.unwrap().clone();
        let info = analysis
            .findings
            .iter()
            .find(|one| one.severity == Severity::Info);
        let info = info.unwrap().clone();
        analysis.findings = vec![grave; ROWS + 3];
        let words = Words::of(&analysis);
        let all = findings(&analysis, &words);
        assert_eq!(all.len(), 1);
        // The head of the table is a row too, and the line below it.
        assert_eq!(lines(&all[0].text, "| "), ROWS + 2);
        assert!(
            all[0].text.contains("and 3 more in report.json."),
            "{}",
            all[0].text
        );
        // What is only unknown stands in a section of its own.
        let mut analysis = sample::analysis();
        analysis.findings = vec![info];
        let words = Words::of(&analysis);
        let none = findings(&analysis, &words);
        assert_eq!((none.len(), none[0].name), (1, "Findings"));
        assert!(none[0].text.contains("None."));
    }

    #[test]
    fn totals_count_what_is_possible_and_what_is_certain_apart() {
        let mut analysis = sample::analysis();
        for (at, one) in analysis.credentials.iter_mut().enumerate() {
            one.certain.crowns = u64::from(at < 1);
            one.possible.crowns = u64::from(at < 2);
            one.unknown = (at < 3).then(|| "no export says".to_owned());
        }
        assert!(analysis.credentials.len() > 3);
        let told = totals(&analysis, &Words::of(&analysis));
        assert!(told.contains("| 2 possibly, 1 certainly |"), "{told}");
        assert!(told.contains("the reach of 3 unknown;"), "{told}");
        let points = |points| words::points(points);
        let (certain, possible) = (points(analysis.total.0), points(analysis.total.1));
        assert_ne!(certain, possible);
        assert!(
            told.contains(&format!("{certain} certain, {possible} possible")),
            "{told}"
        );
    }

    #[test]
    fn a_section_that_does_not_fit_is_left_out_whole_and_named() {
        let sections = ["One", "Two", "Three"].map(|name| {
            let length = if name == "Two" { 5_000 } else { 100 };
            Section::new(name, format!("{}\n", "x".repeat(length)))
        });
        let all = assembled(&sections, 3_000);
        assert_eq!(all.matches('\n').count(), 3, "{all}");
        assert!(
            all.ends_with("at most 1 MiB: Two. See report.html.\n"),
            "{all}"
        );
        assert!(all.len() <= 3_000);
        assert!(!assembled(&sections, 10_000).contains("Left out"));
        // Each fits alone, and both together do not.
        let pair = ["One", "Two"].map(|name| Section::new(name, "x".repeat(1_500)));
        assert!(assembled(&pair, 3_000).ends_with("Two. See report.html.\n"));
    }
}
