//! Policy documents: from any of the forms in which exports write them to single statements with their places.
//!
//! A document is an object (CLI, boto3), a JSON string (`get-bucket-policy`) or a percent-encoded JSON string (the raw
//! IAM API; RFC 3986, so `+` stays `+`). Nothing is evaluated. One bad statement costs one statement; names that occur
//! twice are reported, and the last one counts, as most JSON readers take it. AWS refuses such a document ("Individual
//! elements must not contain multiple instances of the same key", grammar notes), so that it never came from there.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html> (read 2026-11).

use crate::inventory::{Clause, Condition, Effect, Evidence, PrincipalClause, Statement};
use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::Row;
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members, OneOrMany};
use serde_json::value::RawValue;

/// What a document is attached to: it decides which elements a statement must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To a user, group or role: no principal, a resource.
    Identity,
    /// To a role, as its trust: a principal, no resource.
    Trust,
    /// To a resource: a principal and a resource.
    Resource,
    /// To a resource whose service lets the statements name none: a principal.
    Own,
}

/// A statement with the name that it has in keys, and its place.
#[derive(Debug)]
pub(super) struct Placed {
    /// Its `Sid`, or its index where it has none or shares it.
    pub(super) name: String,
    pub(super) statement: Statement,
    pub(super) evidence: Evidence,
}

/// The statements of the document at `row`.
pub(super) fn statements(intake: &mut Intake<'_>, row: &Row<'_>, used: Use) -> Vec<Placed> {
    if json::opening(row.raw) != '"' {
        return Reader {
            fixed_line: None,
            used,
        }
        .document(intake, row.raw, &row.pointer);
    }
    let line = intake.row(row).line;
    let decoded = json::text_of(row.raw).map(|text| decoded(&text));
    let parsed = decoded
        .as_deref()
        .and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
    match parsed {
        Some(raw) => Reader {
            fixed_line: Some(line),
            used,
        }
        .document(intake, raw, &row.pointer),
        None => {
            let at = intake.row(row);
            bad(
                intake,
                &at,
                "policy document skipped: the string holds no JSON".to_owned(),
            );
            Vec::new()
        }
    }
}

/// Percent-decodes a document that is percent-encoded. JSON itself begins with `{`, possibly after white space.
fn decoded(text: &str) -> String {
    if text.trim_start().starts_with('{') {
        return text.to_owned();
    }
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

struct Reader {
    /// The line of the string that the document is in; `None` where the document is part of the file's own JSON.
    fixed_line: Option<u32>,
    used: Use,
}

impl Reader {
    fn place(&self, intake: &Intake<'_>, raw: &RawValue, pointer: &str) -> Evidence {
        match self.fixed_line {
            Some(line) => Evidence {
                is_in_text: true,
                ..intake.at_line(line, pointer)
            },
            None => intake.evidence(raw, pointer),
        }
    }

    fn document(&self, intake: &mut Intake<'_>, raw: &RawValue, pointer: &str) -> Vec<Placed> {
        let Some(members) = self.members(intake, raw, pointer) else {
            return Vec::new();
        };
        let pointer = json::join(pointer, "Statement");
        let Some(list) = members.get("Statement") else {
            let at = self.place(intake, raw, &pointer);
            bad(
                intake,
                &at,
                "policy document skipped: it has no `Statement`".to_owned(),
            );
            return Vec::new();
        };
        // One statement may stand without its list.
        let all: Vec<(String, &RawValue)> = match json::elements(list) {
            Some(elements) => elements
                .into_iter()
                .enumerate()
                .map(|(index, raw)| (format!("{pointer}/{index}"), raw))
                .collect(),
            None => vec![(pointer, list)],
        };
        let mut placed: Vec<Placed> = Vec::new();
        for (index, (pointer, raw)) in all.into_iter().enumerate() {
            let evidence = self.place(intake, raw, &pointer);
            if let Some(statement) = self.statement(intake, raw, &pointer) {
                placed.push(Placed {
                    name: index.to_string(),
                    statement,
                    evidence,
                });
            }
        }
        let sids: Vec<Option<String>> =
            placed.iter().map(|one| one.statement.sid.clone()).collect();
        for one in &mut placed {
            if let Some(sid) = &one.statement.sid
                && !sid.is_empty()
                && sids
                    .iter()
                    .filter(|other| other.as_ref() == Some(sid))
                    .count()
                    == 1
            {
                one.name.clone_from(sid);
            }
        }
        placed
    }

    /// The members of an object, duplicates reported; a problem if it is none.
    fn members<'d>(
        &self,
        intake: &mut Intake<'_>,
        raw: &'d RawValue,
        pointer: &str,
    ) -> Option<Members<'d>> {
        let Some(members) = Members::of(raw) else {
            let at = self.place(intake, raw, pointer);
            bad(intake, &at, "skipped: not an object".to_owned());
            return None;
        };
        for (name, raw) in members.duplicates() {
            let at = self.place(intake, raw, &json::join(pointer, name));
            intake.problem(
                Severity::Doubt,
                ProblemCode::DuplicateKey,
                &at,
                format!(
                    "`{name}` stands here more than once: only the last one is read, and AWS refuses such a policy"
                ),
                "write one `".to_owned() + name + "` that holds what all of them say",
            );
        }
        Some(members)
    }

    fn statement(
        &self,
        intake: &mut Intake<'_>,
        raw: &RawValue,
        pointer: &str,
    ) -> Option<Statement> {
        const ELEMENTS: [&str; 9] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let members = self.members(intake, raw, pointer)?;
        let at = self.place(intake, raw, pointer);
        for (name, raw) in members.effective() {
            if !ELEMENTS.contains(&name) {
                // An element that is not known may widen or narrow the statement: it cannot be read as if it were not there.
                let at = self.place(intake, raw, &json::join(pointer, name));
                bad(
                    intake,
                    &at,
                    format!("statement skipped: `{name}` is no element of the policy language"),
                );
                return None;
            }
        }
        let effect = match members.text("Effect").as_deref() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => {
                bad(
                    intake,
                    &at,
                    "statement skipped: `Effect` is neither `Allow` nor `Deny`".to_owned(),
                );
                return None;
            }
        };
        let principals = self.principals(intake, &members, pointer)?;
        let actions = self.clause(intake, &members, pointer, "Action", "NotAction")?;
        let Some(actions) = actions else {
            bad(
                intake,
                &at,
                "statement skipped: it has neither `Action` nor `NotAction`".to_owned(),
            );
            return None;
        };
        let resources = self.clause(intake, &members, pointer, "Resource", "NotResource")?;
        let needs_resource = matches!(self.used, Use::Identity | Use::Resource);
        if needs_resource && resources.is_none() {
            bad(
                intake,
                &at,
                "statement skipped: it has neither `Resource` nor `NotResource`".to_owned(),
            );
            return None;
        }
        if self.used != Use::Identity && principals.is_none() {
            bad(
                intake,
                &at,
                "statement skipped: it has neither `Principal` nor `NotPrincipal`".to_owned(),
            );
            return None;
        }
        Some(Statement {
            sid: members.text("Sid").filter(|sid| !sid.is_empty()),
            effect,
            principals,
            actions,
            resources: match self.used {
                Use::Trust => None,
                Use::Own => resources.or_else(|| {
                    Some(Clause {
                        is_negated: false,
                        values: vec!["*".to_owned()],
                    })
                }),
                Use::Identity | Use::Resource => resources,
            },
            conditions: self.conditions(intake, &members, pointer)?,
        })
    }

    /// `Some(None)`: absent. `None`: there and unreadable, which is reported and costs the statement.
    fn clause(
        &self,
        intake: &mut Intake<'_>,
        members: &Members<'_>,
        pointer: &str,
        plain: &str,
        negated: &str,
    ) -> Option<Option<Clause>> {
        for (name, is_negated) in [(plain, false), (negated, true)] {
            let Some(raw) = members.get(name) else {
                continue;
            };
            let values = self.values(intake, raw, &json::join(pointer, name))?;
            return Some(Some(Clause { is_negated, values }));
        }
        Some(None)
    }

    fn values(
        &self,
        intake: &mut Intake<'_>,
        raw: &RawValue,
        pointer: &str,
    ) -> Option<Vec<String>> {
        match serde_json::from_str::<OneOrMany>(raw.get()) {
            Ok(OneOrMany(values)) => Some(values),
            Err(_) => {
                let at = self.place(intake, raw, pointer);
                bad(
                    intake,
                    &at,
                    "statement skipped: neither a string nor a list of strings".to_owned(),
                );
                None
            }
        }
    }

    fn principals(
        &self,
        intake: &mut Intake<'_>,
        members: &Members<'_>,
        pointer: &str,
    ) -> Option<Option<PrincipalClause>> {
        for (name, is_negated) in [("Principal", false), ("NotPrincipal", true)] {
            let Some(raw) = members.get(name) else {
                continue;
            };
            let pointer = json::join(pointer, name);
            let mut entries = Vec::new();
            if json::opening(raw) == '{' {
                for (kind, raw) in self.members(intake, raw, &pointer)?.effective() {
                    for value in self.values(intake, raw, &json::join(&pointer, kind))? {
                        entries.push((kind.to_owned(), value));
                    }
                }
            } else {
                for value in self.values(intake, raw, &pointer)? {
                    // Only `"*"` may stand without a type.
                    if value != "*" {
                        let at = self.place(intake, raw, &pointer);
                        bad(
                            intake,
                            &at,
                            format!("statement skipped: `{name}` is neither `*` nor an object"),
                        );
                        return None;
                    }
                    entries.push(("*".to_owned(), value));
                }
            }
            return Some(Some(PrincipalClause {
                is_negated,
                entries,
            }));
        }
        Some(None)
    }

    fn conditions(
        &self,
        intake: &mut Intake<'_>,
        members: &Members<'_>,
        pointer: &str,
    ) -> Option<Vec<Condition>> {
        let mut conditions = Vec::new();
        let Some(raw) = members.get("Condition").filter(|raw| !json::is_null(raw)) else {
            return Some(conditions);
        };
        let pointer = json::join(pointer, "Condition");
        for (operator, raw) in self.members(intake, raw, &pointer)?.effective() {
            let pointer = json::join(&pointer, operator);
            for (key, raw) in self.members(intake, raw, &pointer)?.effective() {
                conditions.push(Condition {
                    operator: operator.to_owned(),
                    key: key.to_owned(),
                    values: self.values(intake, raw, &json::join(&pointer, key))?,
                });
            }
        }
        Some(conditions)
    }
}

fn bad(intake: &mut Intake<'_>, at: &Evidence, message: String) {
    intake.problem(
        Severity::Skipped,
        ProblemCode::BadRecord,
        at,
        message,
        "AWS refuses such a policy: check how the export was made",
    );
}
