//! `aws iam get-service-last-accessed-details`: which services, and of some services which actions, somebody last used.
//!
//! The body does not say whose use it tells: that comes from the layout, or from a member `Arn` beside the answer's own.
//! It lists the services that the policies allow; one without a date, or not listed, was not used in the tracking period. Attempts count
//! as uses, denied ones too. A job that has not ended yet tells nothing, and is a problem, never "not used".
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html> and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html> (read 2026-11).

use super::arn::Arn;
use crate::inventory::{Evidence, Key, LastUse, Record, UsageRecord, Used, UsedBy};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use crate::sources::moment::{self, Moment};
use jiff::Timestamp;
use serde::Deserialize;

const EXPECTED: &str = "aws/<account>/iam/last-accessed/<user|role|group|policy>/<name>.json";

/// "IAM reports activity for at least the last 400 days", in days.
pub(super) const TRACKED: u16 = 400;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/last_accessed",
    about: "AWS services and actions that a user, role, group or policy last used",
    command: "aws iam get-service-last-accessed-details --job-id <id of generate-service-last-accessed-details --granularity ACTION_LEVEL> --output json > aws/<account>/iam/last-accessed/<user|role|group|policy>/<name>.json",
    keys: &["ServicesLastAccessed"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    if page.is_object() {
        // A job that failed has no list at all.
        page.lists("ServicesLastAccessed", &["ServiceNamespace"])
            || page.has_keys(&["JobStatus", "JobCreationDate"])
    } else {
        page.is_array() && page.has_keys(&["ServiceNamespace", "ServiceName"])
    }
}

#[derive(Deserialize)]
struct Service {
    #[serde(rename = "ServiceNamespace")]
    namespace: String,
    #[serde(rename = "LastAuthenticated", default)]
    last: Moment,
    #[serde(rename = "LastAuthenticatedEntity", default)]
    entity: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    #[serde(rename = "ActionName", deserialize_with = "null_as_default")]
    name: String,
    #[serde(rename = "LastAccessedTime", default)]
    last: Moment,
    #[serde(rename = "LastAccessedEntity", default)]
    entity: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let at = intake.page(page);
    let text = |name: &str| page.member(name).and_then(|row| json::text_of(row.raw));
    if let Some(status) = text("JobStatus").filter(|status| status != "COMPLETED") {
        let message = match status.as_str() {
            "IN_PROGRESS" => "the job was still running: the export tells nothing of any use",
            _ => "the job has failed: the export tells nothing of any use",
        };
        let help = "ask for the details again once `JobStatus` is `COMPLETED`";
        intake.problem(
            Severity::Skipped,
            ProblemCode::SavedError,
            &at,
            message,
            help,
        );
        return;
    }
    let Some(by) = whose(page, intake) else {
        let what = "whose use it tells";
        intake.missing_parent(Severity::Skipped, &at, what, EXPECTED);
        return;
    };
    let mut reader = Reader {
        by,
        observed: text("JobCompletionDate").and_then(|text| moment::parse(&text)),
        intake,
    };
    let rows = page.rows("ServicesLastAccessed").unwrap_or_default();
    let mut is_whole = page.is_whole() && !rows.is_empty();
    let mut is_unused = true;
    for row in &rows {
        let of_service = reader.service(row);
        is_whole &= of_service.is_some();
        is_unused &= of_service == Some(true);
    }
    if is_whole {
        let last = LastUse::NotWithin(Some(TRACKED));
        if is_unused {
            reader.emit(Used::Anything, last, None, at.clone());
        }
        reader.emit(Used::Rest, last, None, at);
    }
}

/// Whose use is told: the member `Arn` that somebody put beside the answer, else the layout.
fn whose(page: &Page<'_>, intake: &mut Intake<'_>) -> Option<UsedBy<Key, Key, Key>> {
    let stated = page.member("Arn").and_then(|row| json::text_of(row.raw));
    if let Some(arn) = stated {
        let kind = Arn::parse(&arn)?.resource.split('/').next()?.to_owned();
        let key = intake.key(&arn);
        return match kind.as_str() {
            "user" | "role" | "group" => Some(UsedBy::Principal(key)),
            "policy" => Some(UsedBy::Policy(key)),
            _ => None,
        };
    }
    let place = page.layout().aws()?;
    let account = place.account;
    for kind in ["user", "role", "group"] {
        if let Some(name) = place.stem_in(&["iam", "last-accessed", kind]) {
            let key = intake.key(&format!("aws:{kind}:{account}/{name}"));
            return Some(UsedBy::Principal(key));
        }
    }
    let name = place.stem_in(&["iam", "last-accessed", "policy"])?;
    let key = intake.key(&format!("arn:aws:iam::{account}:policy/{name}"));
    Some(UsedBy::Policy(key))
}

struct Reader<'r, 'd> {
    by: UsedBy<Key, Key, Key>,
    observed: Option<Timestamp>,
    intake: &'r mut Intake<'d>,
}

impl Reader<'_, '_> {
    /// Reads a service, and says whether it was not used; `None` where that cannot be read.
    fn service(&mut self, row: &Row<'_>) -> Option<bool> {
        let service = self.intake.parse::<Service>(row)?;
        let namespace = service.namespace.to_ascii_lowercase();
        let is_unused = matches!(service.last, Moment::Absent);
        let evidence = self.intake.row(row);
        let last = self.last(service.last, row, "LastAuthenticated");
        if let Some(last) = last {
            let of = Used::Service(namespace.clone());
            self.emit(of, last, service.entity.as_deref(), evidence);
        }
        let actions = row.member("TrackedActionsLastAccessed");
        for row in actions.and_then(|list| list.rows()).unwrap_or_default() {
            let Some(action) = self.intake.parse::<Action>(&row) else {
                continue;
            };
            let evidence = self.intake.row(&row);
            if let Some(last) = self.last(action.last, &row, "LastAccessedTime") {
                let of = Used::Action(format!("{namespace}:{}", action.name));
                self.emit(of, last, action.entity.as_deref(), evidence);
            }
        }
        last.map(|_| is_unused)
    }

    /// `None` for a date that is none: it is no sign of "not used".
    fn last(&mut self, moment: Moment, row: &Row<'_>, name: &str) -> Option<LastUse> {
        if matches!(moment, Moment::Absent) {
            return Some(LastUse::NotWithin(Some(TRACKED)));
        }
        self.intake.moment(moment, row, name).map(LastUse::At)
    }

    fn emit(&mut self, of: Used, last: LastUse, user: Option<&str>, evidence: Evidence) {
        let user = user.map(|arn| self.intake.key(arn));
        self.intake.emit(Record::Usage(UsageRecord {
            by: self.by.clone(),
            of,
            last,
            user,
            observed: self.observed,
            evidence,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::reading::Reading;
    use crate::sources::trial;

    const PLACE: &str = "x/aws/111122223333/iam/last-accessed/role/run.json";
    const BODY: &str = r#"{"JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL",
"JobCreationDate": "2026-01-02T00:00:00Z", "JobCompletionDate": "2026-01-02T00:01:00Z", "ServicesLastAccessed": [
{"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "LastAuthenticated": "2025-12-24T10:00:00Z",
 "LastAuthenticatedEntity": "arn:aws:iam::111122223333:role/run", "TotalAuthenticatedEntities": 1,
 "TrackedActionsLastAccessed": [
  {"ActionName": "ListAllMyBuckets", "LastAccessedEntity": "arn:aws:iam::111122223333:role/run", "LastAccessedTime": "2025-12-24T10:00:00Z", "LastAccessedRegion": "eu-west-1"},
  {"ActionName": "CreateBucket"}]},
{"ServiceName": "AWS KMS", "ServiceNamespace": "kms", "TotalAuthenticatedEntities": 0}
], "IsTruncated": false}"#;

    fn told(reading: &Reading) -> Vec<String> {
        let usages = reading.records.iter().filter_map(|record| match record {
            Record::Usage(usage) => Some(usage),
            _ => None,
        });
        let words = |usage: &UsageRecord| {
            let (UsedBy::Principal(by) | UsedBy::Policy(by) | UsedBy::Credential(by)) = &usage.by;
            let last = match usage.last {
                LastUse::NotWithin(days) => format!("not within {days:?}"),
                LastUse::At(at) => at.to_string(),
            };
            format!("{by} {:?} {last}", usage.of)
        };
        usages.map(words).collect()
    }

    #[test]
    fn services_and_tracked_actions_are_read_with_their_place() {
        let reading = trial::read_one(PLACE, BODY);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            told(&reading),
            [
                "aws:role:111122223333/run Service(\"s3\") 2025-12-24T10:00:00Z",
                "aws:role:111122223333/run Action(\"s3:ListAllMyBuckets\") 2025-12-24T10:00:00Z",
                "aws:role:111122223333/run Action(\"s3:CreateBucket\") not within Some(400)",
                "aws:role:111122223333/run Service(\"kms\") not within Some(400)",
                "aws:role:111122223333/run Rest not within Some(400)",
            ]
        );
        let Some(Record::Usage(action)) = reading.records.get(1) else {
            panic!("no usage")
        };
        assert_eq!(
            (action.evidence.line, &*action.evidence.pointer),
            (6, "/ServicesLastAccessed/0/TrackedActionsLastAccessed/0")
        );
        assert_eq!(
            action.user.as_deref(),
            Some("arn:aws:iam::111122223333:role/run")
        );
        assert!(action.observed.is_some());
    }

    #[test]
    fn the_arn_beside_the_answer_and_the_wrapper_stand_for_the_layout() {
        let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        let beside = BODY.replacen('{', &format!("{{\"Arn\": \"{arn}\", "), 1);
        let reading = trial::read_one("one.json", &beside);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert!(told(&reading)[0].starts_with(arn));
        let path = "aws/111122223333/iam/last-accessed/user/ada.json";
        let wrapped = format!(r#"{{"path": "{path}", "body": {BODY}}}"#);
        let reading = trial::read_one("log.json", &wrapped);
        assert!(told(&reading)[0].starts_with("aws:user:111122223333/ada "));
    }

    #[test]
    fn whose_use_it_is_is_never_guessed() {
        for body in [
            BODY.to_owned(),
            BODY.replacen('{', "{\"Arn\": \"arn:aws:s3:::run\", ", 1),
        ] {
            let reading = trial::read_one("last.json", &body);
            assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
            assert!(reading.records.is_empty(), "{:?}", reading.records);
        }
    }

    #[test]
    fn a_job_that_has_not_ended_is_not_taken_for_no_use() {
        for status in ["IN_PROGRESS", "FAILED"] {
            let body = format!(
                r#"{{"JobStatus": "{status}", "JobCreationDate": "2026-01-02T00:00:00Z", "ServicesLastAccessed": [], "IsTruncated": false}}"#
            );
            let reading = trial::read_one(PLACE, &body);
            assert_eq!(reading.problems[0].code, ProblemCode::SavedError);
            assert!(reading.records.is_empty(), "{:?}", reading.records);
        }
    }

    #[test]
    fn nothing_is_used_only_where_the_whole_list_says_so() {
        let unused = r#"{"ServicesLastAccessed": [{"ServiceNamespace": "kms"}], "JobStatus": "COMPLETED", "IsTruncated": false}"#;
        let cut = unused.replace("false", "true");
        let wrong = unused.replace("\"kms\"", "\"kms\", \"LastAuthenticated\": \"soon\"");
        let tells = |body: &str| {
            let told = told(&trial::read_one(PLACE, body));
            ["Anything", "Rest"].map(|of| told.iter().any(|usage| usage.contains(of)))
        };
        assert_eq!(
            [unused, &cut, &wrong, BODY].map(tells),
            [[true, true], [false, false], [false, false], [false, true]]
        );
    }

    #[test]
    fn what_is_no_date_is_a_problem_and_not_no_use() {
        let body = BODY.replace("\"2025-12-24T10:00:00Z\"", "{\"hostile\": []}");
        let reading = trial::read_one(PLACE, &body);
        assert!(!reading.problems.is_empty());
        let s3 = |usage: &String| usage.contains("\"s3\"");
        assert!(!told(&reading).iter().any(s3), "{:?}", told(&reading));
    }
}
