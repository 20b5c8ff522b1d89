//! Which repository a report is about, where it does not always say so.

use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;

/// Names the repositories of one page.
pub(super) struct Repositories {
    tool: &'static str,
    by_layout: Option<String>,
    fallback: String,
    has_guessed: bool,
}

impl Repositories {
    /// Those of a report of `tool`.
    pub(super) fn of(tool: &'static str, page: &Page<'_>) -> Self {
        let scanner = page.layout().scanner();
        let by_layout = scanner.filter(|(of, _)| *of == tool);
        let by_layout = by_layout.map(|(_, repository)| repository);
        let of_file = || page.layout().file_stem().to_owned();
        Self {
            tool,
            fallback: by_layout.clone().unwrap_or_else(of_file),
            by_layout,
            has_guessed: false,
        }
    }

    /// The repository that the report names; else the one by which it is saved.
    pub(super) fn name(&mut self, told: Option<String>) -> String {
        self.has_guessed |= told.is_none() && self.by_layout.is_none();
        told.unwrap_or_else(|| self.fallback.clone())
    }

    /// Says so if a name had to be guessed.
    pub(super) fn finish(self, page: &Page<'_>, intake: &mut Intake<'_>) {
        if !self.has_guessed {
            return;
        }
        let at = intake.page(page);
        let (tool, fallback) = (self.tool, self.fallback);
        intake.problem(
            Severity::Note,
            ProblemCode::MissingParent,
            &at,
            format!("the report does not say which repository it is about: the file's name, `{fallback}`, stands for it"),
            format!("save it as `scanners/{tool}/<owner>__<repository>.json`, where `__` stands for `/`"),
        );
    }
}

/// The repository that a link leads to: its path, up to `/blob/`, `/-/`, `/src/` or `/commit/` and without `.git`.
pub(super) fn of_link(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let marked = ["/-/", "/blob/", "/tree/", "/commit/", "/src/"]
        .iter()
        .filter_map(|mark| path.split_once(mark))
        .map(|(repository, _)| repository)
        .min_by_key(|repository| repository.len());
    let name = marked.unwrap_or(path).trim_end_matches('/');
    let name = name.strip_suffix(".git").unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_a_line_a_commit_or_a_clone_name_the_repository() {
        for link in [
            "https://github.com/acme/shop/blob/aaaa/app/.env#L1",
            "https://gitlab.example/acme/shop/-/blob/aaaa/src/x",
            "https://github.com/acme/shop/commit/aaaa",
            "https://github.com/acme/shop.git",
            "ssh://git@github.com/acme/shop.git",
        ] {
            assert_eq!(of_link(link).as_deref(), Some("acme/shop"), "{link}");
        }
        for link in ["", "repo/blob/aaaa", "https://github.com", "https://x/"] {
            assert_eq!(of_link(link), None, "{link}");
        }
    }
}
