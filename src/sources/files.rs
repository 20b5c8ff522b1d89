//! Which files are read: paths given, folders walked, duplicates dropped, order fixed.

use super::agents::dotenv;
use crate::problem::{Problem, ProblemCode, Severity};
use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;
use std::path::PathBuf;
use walkdir::WalkDir;

/// The path that stands for standard input.
pub(super) const STDIN: &str = "-";

/// Endings of files that may be exports; so may files without one.
const ENDINGS: [&str; 8] = [
    "json", "jsonl", "ndjson", "sarif", "baseline", "csv", "toml", "txt",
];

/// Folders that hold copies and builds, never exports. One that is given as an argument is entered.
const SKIPPED_FOLDERS: [&str; 3] = [".git", "node_modules", "target"];

/// What the paths lead to.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files to read, in order of path.
    pub(super) files: Vec<Utf8PathBuf>,
    /// Files that by their kind are no exports, in order of path.
    pub(super) ignored: Vec<Utf8PathBuf>,
    /// Paths that lead nowhere.
    pub(super) problems: Vec<Problem>,
}

/// Finds the files below `paths`.
///
/// Symbolic links are followed only where they are given themselves. A file that several paths lead to counts once,
/// under the first of its names.
pub(super) fn find(paths: &[Utf8PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path == STDIN {
            found.files.push(path.clone());
            continue;
        }
        let walk = WalkDir::new(path).into_iter().filter_entry(|entry| {
            entry.depth() == 0
                || !entry.file_type().is_dir()
                || !SKIPPED_FOLDERS
                    .iter()
                    .any(|folder| entry.file_name() == *folder)
        });
        for entry in walk {
            match entry {
                Err(error) => {
                    let at = error.path().unwrap_or_else(|| path.as_std_path());
                    let reason = error.io_error().map_or_else(
                        || "it cannot be entered".to_owned(),
                        |error| error.kind().to_string(),
                    );
                    found
                        .problems
                        .push(unreadable(at.to_string_lossy().into_owned(), &reason));
                }
                Ok(entry) if entry.file_type().is_dir() => {}
                // A link that is given is itself no file; what it leads to follows.
                Ok(entry) if entry.depth() == 0 && entry.path().is_dir() => {}
                Ok(entry) => {
                    let is_given = entry.depth() == 0;
                    match Utf8PathBuf::from_path_buf(entry.path().to_owned()) {
                        Err(path) => {
                            found.problems.push(unreadable(
                                path.to_string_lossy().into_owned(),
                                "its name is not UTF-8",
                            ));
                        }
                        Ok(path)
                            if is_candidate(&path) && (entry.file_type().is_file() || is_given) =>
                        {
                            found.files.push(path);
                        }
                        Ok(path) => found.ignored.push(path),
                    }
                }
            }
        }
    }
    once_each(&mut found.files);
    once_each(&mut found.ignored);
    found.problems.sort();
    found.problems.dedup();
    found
}

fn is_candidate(path: &Utf8Path) -> bool {
    if path.file_name().is_some_and(dotenv::is_named) {
        return true;
    }
    // Of YAML only workflows are read: anything may be written in it.
    let parent = path.parent().unwrap_or(path);
    if parent.ends_with(".github/workflows") && matches!(path.extension(), Some("yml" | "yaml")) {
        return true;
    }
    path.extension().is_none_or(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// Sorts, and drops every further name of a file.
fn once_each(paths: &mut Vec<Utf8PathBuf>) {
    paths.sort();
    let mut seen: FxHashSet<PathBuf> = FxHashSet::default();
    paths.retain(|path| {
        seen.insert(
            std::fs::canonicalize(path).unwrap_or_else(|_| path.clone().into_std_path_buf()),
        )
    });
}

fn unreadable(path: String, reason: &str) -> Problem {
    Problem {
        path: path.into(),
        line: None,
        pointer: String::new(),
        severity: Severity::Skipped,
        code: ProblemCode::Unreadable,
        message: format!("cannot be read: {reason}"),
        help: "check the path and its permissions".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for file in [
            "b/x.json",
            "a.csv",
            "README.md",
            ".cursor/mcp.json",
            ".git/config.json",
            "node_modules/p/package.json",
            "plain",
            "target/x.json",
        ] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        (folder, root)
    }

    fn below(root: &Utf8Path, paths: &[Utf8PathBuf]) -> Vec<String> {
        paths
            .iter()
            .map(|path| path.strip_prefix(root).unwrap().to_string())
            .collect()
    }

    #[test]
    fn hidden_folders_are_entered_and_build_folders_are_not() {
        let (_folder, root) = tree();
        let found = find(std::slice::from_ref(&root));
        assert_eq!(
            below(&root, &found.files),
            [".cursor/mcp.json", "a.csv", "b/x.json", "plain"]
        );
        assert_eq!(below(&root, &found.ignored), ["README.md"]);
        assert!(found.problems.is_empty());
    }

    #[test]
    fn a_skipped_folder_that_is_given_is_entered() {
        let (_folder, root) = tree();
        assert_eq!(
            below(&root, &find(&[root.join("target")]).files),
            ["target/x.json"]
        );
    }

    #[test]
    fn a_file_given_twice_and_nested_counts_once() {
        let (_folder, root) = tree();
        let found = find(&[
            root.join("b"),
            root.clone(),
            root.join("b/x.json"),
            root.join("./b/x.json"),
        ]);
        assert_eq!(found.files.len(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_only_where_it_is_given() {
        let (_folder, root) = tree();
        std::os::unix::fs::symlink(root.join("b"), root.join("link")).unwrap();
        let walked = find(std::slice::from_ref(&root));
        assert!(below(&root, &walked.ignored).contains(&"link".to_owned()));
        assert_eq!(
            below(&root, &find(&[root.join("link")]).files),
            ["link/x.json"]
        );
    }

    #[test]
    fn a_path_that_leads_nowhere_is_one_problem() {
        let found = find(&["no/such/path".into()]);
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.problems[0].code, ProblemCode::Unreadable);
    }
}
