//! A value of a configuration with its place, whether JSON or TOML: assistants say the same things in both.

use super::super::envelope::{Page, Row};
use super::super::intake::Intake;
use super::super::json::{self, Members};
use crate::inventory::Evidence;
use crate::problem::{ProblemCode, Severity};
use toml::Spanned;
use toml::de::DeValue;
use zeroize::Zeroizing;

/// A value, borrowed from its document.
#[derive(Debug, Clone)]
pub(super) enum Node<'d> {
    /// In a JSON document.
    Json(Row<'d>),
    /// In a TOML document.
    Toml {
        value: &'d DeValue<'d>,
        /// Where it stands, in bytes.
        offset: usize,
        pointer: String,
    },
}

impl<'d> Node<'d> {
    /// A member of a page that is an object.
    pub(super) fn of(page: &Page<'d>, name: &str) -> Option<Self> {
        page.member(name).map(Self::Json)
    }

    fn spanned(value: &'d Spanned<DeValue<'d>>, pointer: String) -> Self {
        Self::Toml {
            value: value.get_ref(),
            offset: value.span().start,
            pointer,
        }
    }

    /// The member `name`.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Json(row) => row.member(name).map(Self::Json),
            Self::Toml { value, pointer, .. } => match value {
                DeValue::Table(table) => table
                    .get(name)
                    .map(|value| Self::spanned(value, json::join(pointer, name))),
                _ => None,
            },
        }
    }

    /// The members that count; `None` if it has none because it is something else.
    pub(super) fn members(&self) -> Option<Vec<(String, Self)>> {
        match self {
            Self::Json(row) => {
                let members = Members::of(row.raw)?;
                let member = |(name, raw): (&str, &'d serde_json::value::RawValue)| {
                    let pointer = json::join(&row.pointer, name);
                    (name.to_owned(), Self::Json(Row { raw, pointer }))
                };
                // A member borrows from the document, not from the list of members.
                Some(members.effective().map(member).collect())
            }
            Self::Toml { value, pointer, .. } => match value {
                DeValue::Table(table) => Some(
                    table
                        .iter()
                        .map(|(name, value)| {
                            let name = name.get_ref().to_string();
                            let pointer = json::join(pointer, &name);
                            (name, Self::spanned(value, pointer))
                        })
                        .collect(),
                ),
                _ => None,
            },
        }
    }

    /// The elements of a list; `None` if it is none.
    pub(super) fn elements(&self) -> Option<Vec<Self>> {
        match self {
            Self::Json(row) => Some(row.list()?.into_iter().map(Self::Json).collect()),
            Self::Toml { value, pointer, .. } => match value {
                DeValue::Array(values) => Some(
                    values
                        .iter()
                        .enumerate()
                        .map(|(index, value)| Self::spanned(value, format!("{pointer}/{index}")))
                        .collect(),
                ),
                _ => None,
            },
        }
    }

    /// The string that it is; `None` for everything else.
    pub(super) fn text(&self) -> Option<Zeroizing<String>> {
        match self {
            Self::Json(row) => json::text_of(row.raw).map(Zeroizing::new),
            Self::Toml { value, .. } => match value {
                DeValue::String(text) => Some(Zeroizing::new(text.to_string())),
                _ => None,
            },
        }
    }

    /// Whether it is `true` or `false`; `None` for everything else.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Json(row) => match row.raw.get() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            Self::Toml { value, .. } => match value {
                DeValue::Boolean(flag) => Some(*flag),
                _ => None,
            },
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Json(row) if json::is_null(row.raw))
    }

    /// Whether it is a number or a flag: never a secret, and no mistake where a string belongs.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::Json(row) => !matches!(json::opening(row.raw), '{' | '[' | '"'),
            Self::Toml { value, .. } => !matches!(
                value,
                DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_)
            ),
        }
    }

    /// Its place.
    pub(super) fn evidence(&self, intake: &Intake<'_>) -> Evidence {
        match self {
            Self::Json(row) => intake.row(row),
            Self::Toml {
                offset, pointer, ..
            } => intake.at_line(intake.line_at(*offset), pointer),
        }
    }

    /// Its members, where there is anything; what has another shape is reported.
    pub(super) fn table(&self, what: &str, intake: &mut Intake<'_>) -> Vec<(String, Self)> {
        let members = self.members();
        if members.is_none() && !self.is_null() {
            self.wrong(what, "a table of names and values", intake);
        }
        members.unwrap_or_default()
    }

    /// Its elements, where there is anything; what has another shape is reported.
    pub(super) fn list(&self, what: &str, intake: &mut Intake<'_>) -> Vec<Self> {
        let elements = self.elements();
        if elements.is_none() && !self.is_null() {
            self.wrong(what, "a list", intake);
        }
        elements.unwrap_or_default()
    }

    /// The string that it is; what is no string, number or flag is reported.
    pub(super) fn string(&self, what: &str, intake: &mut Intake<'_>) -> Option<Zeroizing<String>> {
        let text = self.text();
        if text.is_none() && !self.is_plain() {
            self.wrong(what, "a string", intake);
        }
        text
    }

    /// Reports that something has not the shape that it must have.
    pub(super) fn wrong(&self, what: &str, expected: &str, intake: &mut Intake<'_>) {
        let at = self.evidence(intake);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            format!("{what} is not {expected}: nothing of it is read"),
            "write it as its client documents it, or report this shape if the client wrote it",
        );
    }
}
