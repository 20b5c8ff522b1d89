//! One thing that an answer describes: the page itself (`get-…`) or a row of a list (`list-…`).

use super::arn::Arn;
use crate::inventory::Evidence;
use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;

/// A page that is one thing, or a row that is.
pub(super) enum Described<'p, 'd> {
    /// The whole page.
    Page(&'p Page<'d>),
    /// An element of a list.
    Row(&'p Row<'d>),
}

impl<'d> Described<'_, 'd> {
    /// The member `name`, with its place.
    pub(super) fn member(&self, name: &str) -> Option<Row<'d>> {
        match self {
            Self::Page(page) => page.member(name),
            Self::Row(row) => row.member(name),
        }
    }

    /// The string at `name`.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.member(name).and_then(|row| json::text_of(row.raw))
    }

    /// Where it was read.
    pub(super) fn place(&self, intake: &Intake<'_>) -> Evidence {
        match self {
            Self::Page(page) => intake.page(page),
            Self::Row(row) => intake.row(row),
        }
    }

    /// Where its member `name` was read; where it was, if it has none.
    pub(super) fn place_of(&self, name: &str, intake: &Intake<'_>) -> Evidence {
        self.member(name)
            .map_or_else(|| self.place(intake), |row| intake.row(&row))
    }

    /// Its ARN and account. What AWS itself owns has none and is passed over; what has no ARN is reported.
    pub(super) fn owned_arn(
        &self,
        name: &str,
        intake: &mut Intake<'_>,
    ) -> Option<(String, String)> {
        let arn = self.text(name).unwrap_or_default();
        let parsed = Arn::parse(&arn);
        if parsed.is_some_and(|arn| arn.account == "aws") {
            return None;
        }
        if let Some(account) = parsed.and_then(|arn| arn.account_id()) {
            let account = account.to_owned();
            return Some((arn, account));
        }
        let at = self.place_of(name, intake);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            "record skipped: its ARN names no account",
            "export it again",
        );
        None
    }
}
