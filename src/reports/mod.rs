//! Reports: what users and other programs see of an [`Analysis`]. They present and compute nothing.
//!
//! All wording comes from one place (`words.rs`) and all paths from another (`path.rs`), so that two reports never
//! disagree. Every report is deterministic: the same analysis gives the same bytes.

mod answers;
mod changes;
mod csv;
mod dot;
mod html;
mod json;
mod junit;
mod markdown;
mod path;
mod register;
mod registers;
mod sarif;
pub mod terminal;
mod words;

#[cfg(test)]
pub(crate) mod sample;

use crate::analysis::Analysis;
use camino::{Utf8Path, Utf8PathBuf};
use std::io::Write as _;

/// A format that a report can be written in.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name on the command line.
    pub id: &'static str,
    /// The name of the file.
    pub file_name: &'static str,
    /// What it is good for, in a few words.
    pub about: &'static str,
    /// Makes the whole file.
    pub render: fn(&Analysis) -> Result<Vec<u8>, Error>,
}

/// Every format.
pub static FORMATS: &[Format] = &[
    Format {
        id: "html",
        file_name: "report.html",
        about: "one page for people: rankings, paths as pictures, evidence",
        render: html::render,
    },
    Format {
        id: "dot",
        file_name: "graph.dot",
        about: "the paths of the worst credentials as a Graphviz picture",
        render: dot::render,
    },
    Format {
        id: "json",
        file_name: "report.json",
        about: "everything, for other programs: versioned, with a schema",
        render: json::render,
    },
    Format {
        id: "sarif",
        file_name: "report.sarif",
        about: "findings for code scanning: SARIF 2.1.0",
        render: sarif::render,
    },
    Format {
        id: "junit",
        file_name: "junit.xml",
        about: "findings as failing tests, for what shows test results",
        render: junit::render,
    },
    Format {
        id: "markdown",
        file_name: "summary.md",
        about: "the summary of a CI job",
        render: markdown::render,
    },
    Format {
        id: "csv",
        file_name: "report.csv",
        about: "findings, credentials, exposures and fixes as one table",
        render: csv::render,
    },
];

/// The format of that id.
pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// A plan as JSON, for other programs.
///
/// # Errors
/// When it cannot be rendered: a fault of this program.
pub fn plan_json(analysis: &Analysis, plan: &crate::analysis::Plan) -> Result<Vec<u8>, Error> {
    json::render_plan(analysis, plan)
}

/// A plan as a page for people.
///
/// # Errors
/// When it cannot be rendered: a fault of this program.
pub fn plan_html(analysis: &Analysis, plan: &crate::analysis::Plan) -> Result<Vec<u8>, Error> {
    html::render_plan(analysis, plan)
}

/// Writes a plan into `dir`, which is made if it is not there: `plan.html` and `plan.json`; returns their paths.
///
/// # Errors
/// When it cannot be rendered, or the directory or a file in it cannot be written.
pub fn write_plan(
    analysis: &Analysis,
    plan: &crate::analysis::Plan,
    dir: &Utf8Path,
) -> Result<Vec<Utf8PathBuf>, Error> {
    let rendered = vec![
        (dir.join("plan.html"), plan_html(analysis, plan)?),
        (dir.join("plan.json"), plan_json(analysis, plan)?),
    ];
    put(dir, rendered)
}

/// An answer as JSON, for other programs; at most `most` of those that reach.
///
/// # Errors
/// When it cannot be rendered: a fault of this program.
pub(crate) fn answer_json(
    analysis: &Analysis,
    answer: &crate::analysis::Answer,
    most: usize,
) -> Result<Vec<u8>, Error> {
    json::render_answer(analysis, answer, most)
}

/// A simulation as JSON, for other programs.
///
/// # Errors
/// When it cannot be rendered: a fault of this program.
pub(crate) fn simulation_json(
    analysis: &Analysis,
    simulation: &crate::analysis::Simulation,
) -> Result<Vec<u8>, Error> {
    json::render_simulation(analysis, simulation)
}

pub(crate) use answers::{changed as simulation_rows, rows as answer_rows};
pub(crate) use register::{Cell, Error as RegisterError, Register, hidden};
pub(crate) use registers::{credentials, fixes, principals, resources};
pub(crate) use words::Words;
/// What changed between two runs, for people.
pub fn changes_text(changed: &crate::changes::Changes) -> String {
    changes::text(changed)
}

/// The same as Markdown, for comments on pull requests.
pub fn changes_markdown(changed: &crate::changes::Changes) -> String {
    changes::markdown(changed)
}

/// The same as JSON, for other programs.
///
/// # Errors
/// When it cannot be rendered: a fault of this program.
pub fn changes_json(changed: &crate::changes::Changes) -> Result<Vec<u8>, Error> {
    changes::json(changed)
}

/// What a gate says, for people.
pub fn verdict_text(verdict: &crate::changes::Verdict) -> String {
    changes::verdict(verdict)
}

/// `1 input`, `2 inputs`: for messages beside the reports.
pub(crate) use words::counted;
pub(crate) use words::verify::{checked, wrong};

/// A problem in one line: place, what is wrong.
pub(crate) fn problem_line(problem: &crate::problem::Problem) -> String {
    format!(
        "{}: {}",
        words::problem_place(problem),
        words::visible(&problem.message)
    )
}

/// Why no report could be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The JSON could not be written: a fault of this program.
    #[error("report.json could not be rendered")]
    Json(#[from] serde_json::Error),
    /// The page could not be written: a fault of this program.
    #[error("the page could not be rendered")]
    Html(#[from] askama::Error),
    /// The test results could not be written: a fault of this program.
    #[error("junit.xml could not be rendered")]
    Junit(#[from] quick_junit::SerializeError),
    /// The table could not be written: a fault of this program.
    #[error("report.csv could not be rendered")]
    Csv(#[from] ::csv::Error),
    /// The file system refused.
    #[error("`{path}` could not be written")]
    Write {
        /// What was to be written.
        path: Utf8PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
}

/// Writes reports into `dir`, which is made if it is not there, and returns their paths.
///
/// Everything is rendered before anything is written, and each file replaces its predecessor in one move: a failed
/// run leaves the old reports whole.
///
/// # Errors
/// When a report cannot be rendered, or the directory or a file in it cannot be written.
pub fn write(
    analysis: &Analysis,
    dir: &Utf8Path,
    formats: &[&Format],
) -> Result<Vec<Utf8PathBuf>, Error> {
    let rendered = formats
        .iter()
        .map(|format| Ok((dir.join(format.file_name), (format.render)(analysis)?)))
        .collect::<Result<Vec<_>, Error>>()?;
    put(dir, rendered)
}

/// Writes files into `dir`, all or, as far as the file system lets it, none.
pub(crate) fn put(
    dir: &Utf8Path,
    rendered: Vec<(Utf8PathBuf, Vec<u8>)>,
) -> Result<Vec<Utf8PathBuf>, Error> {
    if !rendered.is_empty() {
        std::fs::create_dir_all(dir).map_err(|source| Error::Write {
            path: dir.to_owned(),
            source,
        })?;
    }
    let mut staged = Vec::with_capacity(rendered.len());
    for (path, bytes) in rendered {
        let file = stage(dir, &bytes).map_err(|source| Error::Write {
            path: path.clone(),
            source,
        })?;
        staged.push((path, file));
    }
    let mut written = Vec::with_capacity(staged.len());
    for (path, file) in staged {
        file.persist(&path).map_err(|refused| Error::Write {
            path: path.clone(),
            source: refused.error,
        })?;
        written.push(path);
    }
    Ok(written)
}

/// A temporary file beside the final one, complete and on disk.
fn stage(dir: &Utf8Path, bytes: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".leakreach-");
    // A report tells attackers where to go: only its owner may read it. tempfile makes files so on Unix by default.
    let mut file = builder.tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_run_leaves_the_old_reports_whole() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(dir.path()).unwrap();
        std::fs::write(dir.join("graph.dot"), "old").unwrap();
        let broken = Format {
            id: "broken",
            file_name: "broken",
            about: "",
            render: |_| Err(Error::Json(serde::ser::Error::custom("broken"))),
        };
        let dot = format("dot").unwrap();
        assert!(write(&sample::analysis(), dir, &[dot, &broken]).is_err());
        assert_eq!(
            std::fs::read_to_string(dir.join("graph.dot")).unwrap(),
            "old"
        );
        assert_eq!(
            std::fs::read_dir(dir).unwrap().count(),
            1,
            "nothing else lies there"
        );
        write(&sample::analysis(), dir, &[dot]).unwrap();
        assert_ne!(
            std::fs::read_to_string(dir.join("graph.dot")).unwrap(),
            "old"
        );
    }

    #[test]
    fn no_format_lets_a_control_character_or_a_turn_of_direction_through() {
        for format in FORMATS.iter().filter(|format| format.id != "json") {
            let bytes = (format.render)(&sample::analysis()).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            // SARIF doubles braces; the picture shows the worst paths only.
            let is_spelled = text.contains("u{202e}") || text.contains("u{{202e}}");
            let shows = is_spelled || format.id == "dot";
            assert!(shows, "{} shows the name", format.id);
            let bad = text
                .chars()
                .find(|&c| c != '\n' && (c.is_control() || c == '\u{202e}'));
            assert_eq!(bad, None, "{}", format.id);
        }
    }

    #[test]
    fn every_format_gives_the_same_bytes_twice() {
        for format in FORMATS {
            let bytes = || (format.render)(&sample::analysis()).unwrap();
            assert_eq!(bytes(), bytes(), "{}", format.id);
            assert_eq!(
                bytes().last(),
                Some(&b'\n'),
                "{} ends with a newline",
                format.id
            );
        }
    }
}
