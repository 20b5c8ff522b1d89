//! The changes as Markdown (CommonMark with the tables of GitHub), for comments on pull requests.

use super::{Group, SHOWN, groups, totals};
use crate::changes::{Changes, State};
use crate::reports::words::{counted, visible};

/// Text in which no character means anything to Markdown or HTML.
///
/// Source: CommonMark 0.31.2, section 2.4, any ASCII punctuation may be escaped by a backslash (read 2026-11). A bar in a
/// cell is escaped the same way: GitHub Flavored Markdown, section 4.10.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            // What begins with it would call somebody.
            '@' => plain.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|'
            | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            c => plain.push(c),
        }
    }
    plain
}

/// The whole text.
pub(crate) fn markdown(changes: &Changes) -> String {
    let mut text = format!(
        "## leakreach: {} since {}\n\n",
        plain(&visible(&changes.new)),
        plain(&visible(&changes.old))
    );
    for line in totals(changes) {
        text.push_str(&format!("- {}\n", plain(&line)));
    }
    for group in groups(changes) {
        if !group.changes.is_empty() {
            table(&group, &mut text);
        }
    }
    text
}

fn table(group: &Group, text: &mut String) {
    text.push_str(&format!("\n### {}: {}\n\n", group.title, group.counts()));
    text.push_str("| | what | how |\n| --- | --- | --- |\n");
    for state in State::ALL {
        for change in group.of(state).take(SHOWN) {
            text.push_str(&format!(
                "| {} | {} | {} |\n",
                state.words(),
                plain(&change.name),
                plain(&change.about)
            ));
        }
        let rest = group.of(state).count().saturating_sub(SHOWN);
        if rest > 0 {
            let more = counted(rest, group.one);
            text.push_str(&format!("| {} | and {more} more | |\n", state.words()));
        }
    }
}
