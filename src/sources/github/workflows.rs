//! Workflow files of GitHub Actions: what starts each job, what its token may do, which secrets it is given, whose code it
//! runs, and whether strangers can make it run theirs.
//!
//! A job is a principal. What it is given (`secret:use:NAME`), what its token may do (`token:contents:write`) and by what a
//! stranger gets in (`pwn:pull_request_target`) are permissions of it; whose action it takes without a commit is software
//! that is not pinned. What starts it and what it deploys to are tags. What a reusable workflow or a composite action does
//! inside is not looked at: its publisher stands for all of it.
//!
//! Source: GitHub Docs, "Workflow syntax for GitHub Actions", "Events that trigger workflows", "Script injections",
//! "Securely using pull_request_target" (read 2026-11).

use super::{Place, organization, permit, principal, repository, repository_key, vendor};
use crate::inventory::{Key, PrincipalKind, Record, ScopeRecord, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Body, Page};
use crate::sources::intake::Intake;
use crate::sources::json;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::sources) const SOURCE: Source = Source {
    id: "github/workflows",
    about: "workflow files of GitHub Actions",
    command: "the files below .github/workflows of each repository, as github/repos/OWNER/REPO/contents/.github/workflows/<file>.yml",
    keys: &["on", "jobs"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    matches!(page.body(), Body::Yaml(_)) && page.has_keys(&["jobs"])
}

/// Where jobs and their steps stand.
#[derive(Deserialize)]
struct Lines {
    #[serde(default)]
    jobs: BTreeMap<String, Spanned<JobLines>>,
}

#[derive(Deserialize)]
struct JobLines {
    #[serde(default)]
    steps: Vec<Spanned<IgnoredAny>>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Body::Yaml(text) = page.body() else {
        return;
    };
    let at = intake.at_line(1, "");
    let Some(place) = Place::of(page).filter(Place::is_of_repository) else {
        let expected = "github/repos/OWNER/REPO/contents/.github/workflows/FILE.yml";
        let what = "which repository it is of";
        intake.missing_parent(Severity::Skipped, &at, what, expected);
        return;
    };
    // Both are bounded by the library's budget: aliases cannot multiply without end.
    let parsed = serde_saphyr::from_str::<Value>(text)
        .and_then(|value| Ok((value, serde_saphyr::from_str::<Lines>(text)?)));
    let (value, lines) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let line = error.location().map_or(1, |at| at.line());
            let at = intake.at_line(u32::try_from(line).unwrap_or(1), "");
            intake.problem(
                Severity::Skipped,
                ProblemCode::Malformed,
                &at,
                "this is no workflow: the YAML cannot be read as one",
                "GitHub would not run it either; export the file as it is",
            );
            return;
        }
    };
    let Some(workflow) = value.as_object() else {
        return;
    };
    let full_name = format!(
        "{}/{}",
        place.owner,
        place.repository.as_deref().unwrap_or("")
    );
    let tenant = organization(&place.owner, &at, intake);
    let on = repository(&full_name, &at, intake);
    let file = place.tail.last().cloned().unwrap_or_default();
    let jobs = workflow.get("jobs").and_then(Value::as_object);
    for (id, job) in jobs.into_iter().flatten() {
        let Some(job) = job.as_object() else { continue };
        let of = Job {
            workflow,
            job,
            id,
            file: &file,
            full_name: &full_name,
            on: &on,
            tenant: &tenant,
            lines: lines.jobs.get(id),
        };
        of.read(intake);
    }
}

/// Events by which somebody without any right to the repository starts a job that is given its secrets.
///
/// Source: "Events that trigger workflows": `pull_request` of a fork gets no secrets; these run in the context of the base.
const OPEN_EVENTS: [&str; 8] = [
    "pull_request_target",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
    "workflow_run",
    "fork",
    "watch",
];

/// What strangers write, in expressions. Source: "Script injections" (read 2026-11).
const WRITTEN: [&str; 19] = [
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.pages.",
    "github.event.commits.",
    "github.event.head_commit.message",
    "github.event.head_commit.author.",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.display_title",
    "github.head_ref",
];

/// Whose checkout is of the pull request's own commits.
const OF_STRANGERS: [&str; 6] = [
    "github.event.pull_request.head.",
    "github.head_ref",
    "refs/pull/",
    "github.event.workflow_run.head_",
    "github.event.number",
    "github.event.issue.number",
];

/// Commands that run what lies in the folder: the scripts of a package, a build file.
const BUILDS: [&str; 24] = [
    "npm ",
    "yarn",
    "pnpm ",
    "npx ",
    "make",
    "pip install",
    "python ",
    "pytest",
    "tox",
    "bash ",
    "sh ",
    "./",
    "mvn ",
    "gradle",
    "cargo ",
    "go test",
    "go run",
    "go generate",
    "bundle ",
    "rake ",
    "composer ",
    "docker build",
    "cmake ",
    "node ",
];

struct Job<'w, 'k> {
    workflow: &'w Map<String, Value>,
    job: &'w Map<String, Value>,
    id: &'w str,
    file: &'w str,
    full_name: &'w str,
    on: &'k Key,
    tenant: &'k Key,
    lines: Option<&'k Spanned<JobLines>>,
}

/// Every string of a value.
fn strings<'v>(value: &'v Value, all: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => all.push(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, all)),
        Value::Object(members) => members.values().for_each(|value| strings(value, all)),
        _ => {}
    }
}

/// The secrets that expressions of a text name; `*` for all of them.
fn secrets_in(text: &str, found: &mut BTreeSet<String>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("secrets") {
        rest = after;
        let name = if let Some(dotted) = after.strip_prefix('.') {
            dotted.split(|c| !is_name(c)).next().unwrap_or("")
        } else if let Some(quoted) = after.strip_prefix("['") {
            quoted.split('\'').next().unwrap_or("")
        } else if after.trim_start().starts_with(')') {
            // `toJSON(secrets)`
            "*"
        } else {
            ""
        };
        if !name.is_empty() && !name.eq_ignore_ascii_case("GITHUB_TOKEN") {
            found.insert(name.to_uppercase());
        }
    }
}

/// The events that start a workflow, each with the branches that it is for, where it names any.
fn events(on: Option<&Value>) -> Vec<(String, Option<String>)> {
    let of_map = |members: &Map<String, Value>| {
        let one = |(name, value): (&String, &Value)| {
            let branches = value.get("branches").and_then(Value::as_array);
            let list = branches.map(|list| {
                let names = list.iter().filter_map(Value::as_str);
                names.collect::<Vec<_>>().join(",")
            });
            let is_of_tags = list.is_none() && value.get("tags").is_some();
            let list = if is_of_tags {
                Some("tags".to_owned())
            } else {
                list
            };
            (name.clone(), list)
        };
        members.iter().map(one).collect()
    };
    match on {
        Some(Value::String(name)) => vec![(name.clone(), None)],
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            names.map(|name| (name.to_owned(), None)).collect()
        }
        Some(Value::Object(members)) => of_map(members),
        _ => Vec::new(),
    }
}

fn text<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    members.get(name).and_then(Value::as_str)
}

impl Job<'_, '_> {
    fn line(&self) -> u32 {
        let line = self.lines.map_or(1, |one| one.referenced.line());
        u32::try_from(line).unwrap_or(1)
    }

    fn line_of_step(&self, index: usize) -> u32 {
        let step = self.lines.and_then(|one| one.value.steps.get(index));
        step.map_or_else(
            || self.line(),
            |one| u32::try_from(one.referenced.line()).unwrap_or(1),
        )
    }

    fn steps(&self) -> impl Iterator<Item = (usize, &Map<String, Value>)> {
        let steps = self.job.get("steps").and_then(Value::as_array);
        let steps = steps.into_iter().flatten().enumerate();
        steps.filter_map(|(index, step)| Some((index, step.as_object()?)))
    }

    fn pointer(&self) -> String {
        json::join("/jobs", self.id)
    }

    fn read(&self, intake: &mut Intake<'_>) {
        let evidence = intake.at_line(self.line(), &self.pointer());
        let key = format!("github:job:{}/{}/{}", self.full_name, self.file, self.id);
        let name = format!("job {} of {} in {}", self.id, self.file, self.full_name);
        let of = (&*key.to_lowercase(), &*name, PrincipalKind::CiWorkflow);
        let job = principal(intake, of, Some(self.tenant), None, &evidence);
        let mut tags = vec![(
            "github:repository".to_owned(),
            repository_key(self.full_name),
        )];
        let environment = match self.job.get("environment") {
            Some(Value::String(name)) => Some(name.as_str()),
            Some(Value::Object(members)) => text(members, "name"),
            _ => None,
        };
        tags.extend(environment.map(|name| ("github:environment".to_owned(), name.to_owned())));
        let events = events(
            self.workflow
                .get("on")
                .or_else(|| self.workflow.get("true")),
        );
        for (event, branches) in &events {
            let value = match branches {
                Some(branches) => format!("{event}:{branches}"),
                None => event.clone(),
            };
            tags.push(("github:on".to_owned(), value));
        }
        let runs_on = self.job.get("runs-on");
        let mut labels = Vec::new();
        runs_on
            .into_iter()
            .for_each(|value| strings(value, &mut labels));
        if labels.contains(&"self-hosted") {
            tags.push(("github:runner".to_owned(), "self-hosted".to_owned()));
        }
        if let Some(Record::Principal(last)) = intake.records.last_mut() {
            last.tags = tags;
        }
        self.secrets(&job, intake);
        self.token(&job, intake);
        self.software(&job, intake);
        self.entrances(&job, &events, intake);
    }

    fn secrets(&self, job: &Key, intake: &mut Intake<'_>) {
        let evidence = intake.at_line(self.line(), &self.pointer());
        let mut found = BTreeSet::new();
        let mut texts = Vec::new();
        self.job
            .values()
            .for_each(|value| strings(value, &mut texts));
        // What the workflow sets for all of its jobs.
        let of_all = self.workflow.get("env");
        of_all
            .into_iter()
            .for_each(|value| strings(value, &mut texts));
        texts.iter().for_each(|text| secrets_in(text, &mut found));
        if text(self.job, "secrets") == Some("inherit") {
            found.insert("*".to_owned());
        }
        for name in found {
            let name = format!("secret:use:{name}");
            permit(intake, job, Some(self.on), &name, None, &evidence);
        }
    }

    /// What the token of the job may do. A map names all that it may; without one the repository's default holds.
    fn token(&self, job: &Key, intake: &mut Intake<'_>) {
        let evidence = intake.at_line(self.line(), &self.pointer());
        let own = self.job.get("permissions");
        let granted: Vec<String> = match own.or_else(|| self.workflow.get("permissions")) {
            None => vec!["default".to_owned()],
            Some(Value::String(all)) if all == "write-all" => {
                vec!["contents:write".to_owned(), "id-token:write".to_owned()]
            }
            Some(Value::Object(members)) => {
                let levels = members.iter();
                let levels = levels.filter_map(|(name, level)| Some((name, level.as_str()?)));
                let written = levels.filter(|(_, level)| *level == "write");
                written
                    .map(|(name, level)| format!("{name}:{level}"))
                    .collect()
            }
            Some(_) => Vec::new(),
        };
        for name in granted {
            let name = format!("token:{name}");
            permit(intake, job, Some(self.on), &name, None, &evidence);
        }
    }

    /// Whose code the job runs.
    fn software(&self, job: &Key, intake: &mut Intake<'_>) {
        let own = text(self.job, "uses").map(|uses| (self.line(), self.pointer(), uses));
        let of_steps = self.steps().filter_map(|(index, step)| {
            let pointer = format!("{}/steps/{index}/uses", self.pointer());
            Some((self.line_of_step(index), pointer, text(step, "uses")?))
        });
        let mut seen = BTreeSet::new();
        for (line, pointer, uses) in own.into_iter().chain(of_steps).collect::<Vec<_>>() {
            let Some(taken) = Taken::of(uses) else {
                continue;
            };
            if !seen.insert(uses) {
                continue;
            }
            let evidence = intake.at_line(line, &pointer);
            let owner = self.full_name.split('/').next().unwrap_or("");
            let is_own = taken.publisher.eq_ignore_ascii_case(owner);
            let publisher = (!taken.is_pinned && !is_own).then(|| {
                let publisher = taken.publisher.to_lowercase();
                let key = format!("github:publisher:{publisher}");
                let name = format!("{}, publisher of actions", taken.publisher);
                let what = format!("github:{publisher}");
                vendor(intake, (&key, &name, &what), None, &evidence)
            });
            let key = intake.key(&format!("{job}#uses/{uses}"));
            intake.emit(Record::Scope(ScopeRecord {
                key,
                name: uses.to_owned(),
                terms: Terms::Software {
                    principal: job.clone(),
                    software: format!("action:{uses}"),
                    publisher,
                    condition: None,
                    is_apart: false,
                },
                evidence,
            }));
        }
    }

    /// By what a stranger makes the job run what he likes.
    fn entrances(&self, job: &Key, events: &[(String, Option<String>)], intake: &mut Intake<'_>) {
        let open = events.iter().map(|(event, _)| event.as_str());
        let open: Vec<&str> = open.filter(|event| OPEN_EVENTS.contains(event)).collect();
        if open.is_empty() {
            return;
        }
        let mut has_strangers_code = false;
        for (index, step) in self.steps() {
            let run = text(step, "run").unwrap_or("");
            let pointer = format!("{}/steps/{index}", self.pointer());
            let evidence = intake.at_line(self.line_of_step(index), &pointer);
            let guard = text(self.job, "if").or_else(|| text(step, "if"));
            let guarded =
                guard.map(|_| "the `if` of the job or step lets a stranger's event through");
            let mut scripts = vec![run];
            let with = step.get("with").and_then(Value::as_object);
            let is_script =
                text(step, "uses").is_some_and(|uses| uses.starts_with("actions/github-script@"));
            if is_script && let Some(script) = with.and_then(|with| text(with, "script")) {
                scripts.push(script);
            }
            let is_injected = scripts.iter().any(|script| {
                let mut expressions = script.split("${{").skip(1);
                expressions.any(|rest| {
                    let expression = rest.split("}}").next().unwrap_or("");
                    WRITTEN.iter().any(|written| expression.contains(written))
                })
            });
            if is_injected {
                for event in &open {
                    let name = format!("pwn:{event}");
                    permit(intake, job, Some(self.on), &name, guarded, &evidence);
                }
                return;
            }
            let is_checkout =
                text(step, "uses").is_some_and(|uses| uses.starts_with("actions/checkout@"));
            if is_checkout && let Some(with) = with {
                let chosen = [text(with, "ref"), text(with, "repository")];
                has_strangers_code |= chosen.into_iter().flatten().any(|chosen| {
                    OF_STRANGERS
                        .iter()
                        .any(|stranger| chosen.contains(stranger))
                });
                continue;
            }
            let is_local = text(step, "uses").is_some_and(|uses| uses.starts_with("./"));
            if !has_strangers_code || (run.is_empty() && !is_local) {
                continue;
            }
            let mut lines = run.lines().map(str::trim_start);
            let is_build =
                is_local || lines.any(|line| BUILDS.iter().any(|build| line.starts_with(build)));
            let condition = match (guarded, is_build) {
                (Some(guarded), _) => Some(guarded),
                (None, true) => None,
                (None, false) => Some("a step runs what was checked out of the pull request"),
            };
            for event in &open {
                let name = format!("pwn:{event}");
                permit(intake, job, Some(self.on), &name, condition, &evidence);
            }
            return;
        }
    }
}

/// An action or reusable workflow, as a step names it.
#[derive(Debug, PartialEq, Eq)]
struct Taken<'u> {
    publisher: &'u str,
    is_pinned: bool,
}

impl<'u> Taken<'u> {
    /// `owner/repo/path@ref`, or an image; `None` for what is part of the repository itself.
    ///
    /// Only a whole commit cannot be moved. Source: "Secure use reference", "Using third-party actions" (read 2026-11).
    fn of(uses: &'u str) -> Option<Self> {
        if uses.starts_with("./") {
            return None;
        }
        if let Some(image) = uses.strip_prefix("docker://") {
            let is_name = |c: char| c.is_ascii_alphanumeric() || ".:_-/@".contains(c);
            if !image.chars().all(is_name) {
                return None;
            }
            return Some(Self {
                publisher: image.split(['@', ':']).next().unwrap_or(image),
                is_pinned: image.contains("@sha256:"),
            });
        }
        let (path, version) = uses.split_once('@')?;
        // Anything else is no action, and might be what does not belong here.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        if !path.contains('/') || !uses.chars().all(|c| is_name(c) || c == '@') {
            return None;
        }
        let is_commit = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self {
            publisher: path.split('/').next().unwrap_or(path),
            is_pinned: is_commit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_commit_or_digest_is_pinned() {
        let commit = "a".repeat(40);
        for (uses, publisher, is_pinned) in [
            (format!("octo/act@{commit}"), "octo", true),
            ("octo/act@v4".to_owned(), "octo", false),
            ("octo/act/sub@main".to_owned(), "octo", false),
            ("octo/act@abcdef1".to_owned(), "octo", false),
            ("docker://alpine@sha256:00".to_owned(), "alpine", true),
            ("docker://alpine:3".to_owned(), "alpine", false),
        ] {
            let taken = Taken::of(&uses).unwrap();
            assert_eq!(
                (taken.publisher, taken.is_pinned),
                (publisher, is_pinned),
                "{uses}"
            );
        }
        assert_eq!(Taken::of("./.github/actions/x"), None);
        assert_eq!(Taken::of("https://user:word@host/path"), None);
    }

    #[test]
    fn secrets_are_found_in_every_form_and_the_token_is_none() {
        let mut found = BTreeSet::new();
        secrets_in(
            "${{ secrets.A_KEY }} ${{ secrets['B'] }} ${{ secrets.GITHUB_TOKEN }}",
            &mut found,
        );
        assert_eq!(
            found.iter().map(String::as_str).collect::<Vec<_>>(),
            ["A_KEY", "B"]
        );
        found.clear();
        secrets_in("${{ toJSON(secrets) }}", &mut found);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["*"]);
    }
}
