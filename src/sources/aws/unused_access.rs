//! `aws accessanalyzer list-findings-v2` and `get-finding-v2`: roles, keys, passwords and permissions that are not used.
//!
//! The list names what is not used, and only the single finding says which permissions and since when. A resolved
//! finding says nothing any more; an archived one was only put out of sight. Findings of external and internal access
//! are left to the policies themselves, which are read.
//!
//! Source: <https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html> (read 2026-11).

use crate::inventory::{Evidence, Key, LastUse, Record, UsageRecord, Used, UsedBy};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use crate::sources::moment::{self, Moment};
use jiff::Timestamp;
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/unused_access",
    about: "AWS IAM Access Analyzer's findings of unused access",
    command: "aws accessanalyzer get-finding-v2 --analyzer-arn <arn> --id <id of list-findings-v2> --output json > aws/<account>/accessanalyzer/findings/<id>.json",
    keys: &["findings", "findingType", "findingDetails"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    const KEYS: [&str; 3] = ["findingType", "resourceOwnerAccount", "status"];
    // An empty list of findings may be any service's.
    let is_ours = || {
        let place = page.layout().aws();
        let service = place.and_then(|place| place.tail.first());
        service.is_some_and(|service| service == "accessanalyzer")
    };
    let is_empty = || {
        page.rows("findings")
            .is_none_or(|findings| findings.is_empty())
    };
    page.has_keys(&KEYS)
        || page.is_object() && page.lists("findings", &KEYS) && !is_empty()
        || page.is_object() && page.has_keys(&["findings"]) && is_empty() && is_ours()
}

#[derive(Deserialize)]
struct Details {
    #[serde(rename = "serviceNamespace", default)]
    service: Option<String>,
    #[serde(rename = "accessKeyId", default)]
    access_key: Option<String>,
    #[serde(rename = "lastAccessed", default)]
    last: Moment,
}

#[derive(Deserialize)]
struct Action {
    action: String,
    #[serde(rename = "lastAccessed", default)]
    last: Moment,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let at = intake.page(page);
    let mut reader = Reader {
        intake,
        without_details: 0,
        of_access: 0,
    };
    if page.is_object() && page.has_keys(&["findingType"]) {
        reader.finding(&at, &|name| page.member(name));
    } else {
        for row in page.rows("findings").unwrap_or_default() {
            let at = reader.intake.row(&row);
            reader.finding(&at, &|name| row.member(name));
        }
    }
    let notes = [
        (
            reader.without_details,
            "findings do not say what is not used",
            "add the answers of `aws accessanalyzer get-finding-v2` for them",
        ),
        (
            reader.of_access,
            "findings are about who has access: for that the policies themselves are read",
            "",
        ),
    ];
    for (number, what, help) in notes {
        if number > 0 {
            let message = format!("{number} {what}");
            let code = ProblemCode::MissingReference;
            intake.problem(Severity::Note, code, &at, message, help);
        }
    }
}

struct Reader<'r, 'd> {
    intake: &'r mut Intake<'d>,
    without_details: usize,
    of_access: usize,
}

impl Reader<'_, '_> {
    /// Reads a finding: `member` gives its members.
    fn finding<'p>(&mut self, at: &Evidence, member: &dyn Fn(&str) -> Option<Row<'p>>) {
        let text = |name: &str| member(name).and_then(|row| json::text_of(row.raw));
        if text("status").as_deref() == Some("RESOLVED") {
            return;
        }
        let kind = text("findingType").unwrap_or_default();
        if !kind.starts_with("Unused") {
            self.of_access += 1;
            return;
        }
        let Some(resource) = text("resource") else {
            let what = "whose use it tells";
            let expected = "aws/<account>/accessanalyzer/findings/<id>.json";
            self.intake
                .missing_parent(Severity::Skipped, at, what, expected);
            return;
        };
        let observed = text("analyzedAt").and_then(|text| moment::parse(&text));
        let details = member("findingDetails").and_then(|list| list.rows());
        let mut of_kind = details
            .unwrap_or_default()
            .into_iter()
            .filter_map(|row| {
                let name = match kind.as_str() {
                    "UnusedPermission" => "unusedPermissionDetails",
                    "UnusedIAMRole" => "unusedIamRoleDetails",
                    "UnusedIAMUserAccessKey" => "unusedIamUserAccessKeyDetails",
                    "UnusedIAMUserPassword" => "unusedIamUserPasswordDetails",
                    _ => return None,
                };
                row.member(name)
            })
            .peekable();
        let key = self.intake.key(&resource);
        if of_kind.peek().is_none() {
            let by = match kind.as_str() {
                "UnusedIAMRole" => Some(UsedBy::Principal(key)),
                "UnusedIAMUserPassword" => Some(UsedBy::Credential(self.password(&resource))),
                _ => None,
            };
            match by {
                Some(by) => {
                    let last = LastUse::NotWithin(None);
                    self.emit(by, Used::Anything, last, observed, at.clone());
                }
                None => self.without_details += 1,
            }
            return;
        }
        for row in of_kind {
            let Some(details) = self.intake.parse::<Details>(&row) else {
                continue;
            };
            let by = match kind.as_str() {
                "UnusedPermission" => {
                    self.permissions(&key, &row, &details, observed);
                    continue;
                }
                "UnusedIAMUserPassword" => UsedBy::Credential(self.password(&resource)),
                "UnusedIAMUserAccessKey" => match &details.access_key {
                    Some(id) => {
                        UsedBy::Credential(self.intake.key(&format!("aws:access-key:{id}")))
                    }
                    None => {
                        self.without_details += 1;
                        continue;
                    }
                },
                _ => UsedBy::Principal(key.clone()),
            };
            let evidence = self.intake.row(&row);
            if let Some(last) = self.last(details.last, &row) {
                self.emit(by, Used::Anything, last, observed, evidence);
            }
        }
    }

    fn password(&mut self, user: &str) -> Key {
        self.intake.key(&format!("aws:password:{user}"))
    }

    /// A service of which nothing is used, or single actions of it.
    fn permissions(
        &mut self,
        principal: &Key,
        row: &Row<'_>,
        details: &Details,
        observed: Option<Timestamp>,
    ) {
        let by = UsedBy::Principal(principal.clone());
        let Some(service) = details.service.as_deref().map(str::to_ascii_lowercase) else {
            self.without_details += 1;
            return;
        };
        let actions = row.member("actions").and_then(|list| list.rows());
        let actions = actions.unwrap_or_default();
        if actions.is_empty() {
            let evidence = self.intake.row(row);
            if let Some(last) = self.last(details.last, row) {
                self.emit(by, Used::Service(service), last, observed, evidence);
            }
            return;
        }
        for row in actions {
            let Some(action) = self.intake.parse::<Action>(&row) else {
                continue;
            };
            let name = match action.action.contains(':') {
                true => action.action,
                false => format!("{service}:{}", action.action),
            };
            let evidence = self.intake.row(&row);
            if let Some(last) = self.last(action.last, &row) {
                let of = Used::Action(name);
                self.emit(by.clone(), of, last, observed, evidence);
            }
        }
    }

    /// `None` for a date that is none: it is no sign of "never".
    fn last(&mut self, moment: Moment, row: &Row<'_>) -> Option<LastUse> {
        if matches!(moment, Moment::Absent) {
            return Some(LastUse::NotWithin(None));
        }
        let at = self.intake.moment(moment, row, "lastAccessed");
        at.map(LastUse::At)
    }

    fn emit(
        &mut self,
        by: UsedBy<Key, Key, Key>,
        of: Used,
        last: LastUse,
        observed: Option<Timestamp>,
        evidence: Evidence,
    ) {
        self.intake.emit(Record::Usage(UsageRecord {
            by,
            of,
            last,
            user: None,
            observed,
            evidence,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::reading::Reading;
    use crate::sources::trial;

    const ROLE: &str = "arn:aws:iam::111122223333:role/run";

    fn finding(kind: &str, status: &str, details: &str) -> String {
        format!(
            r#"{{"id": "EXAMPLE", "resource": "{ROLE}", "resourceType": "AWS::IAM::Role", "resourceOwnerAccount": "111122223333",
"status": "{status}", "findingType": "{kind}", "createdAt": "2026-01-01T00:00:00Z", "analyzedAt": "2026-01-02T00:00:00Z",
"updatedAt": "2026-01-02T00:00:00Z"{details}}}"#
        )
    }

    fn detailed(kind: &str, name: &str, details: &str) -> String {
        let details = format!(",\n\"findingDetails\": [{{\"{name}\": {details}}}]");
        finding(kind, "ACTIVE", &details)
    }

    fn told(reading: &Reading) -> Vec<String> {
        let usages = reading.records.iter().filter_map(|record| match record {
            Record::Usage(usage) => Some(usage),
            _ => None,
        });
        let words = |usage: &UsageRecord| {
            let (UsedBy::Principal(by) | UsedBy::Policy(by) | UsedBy::Credential(by)) = &usage.by;
            format!("{by} {:?} {:?}", usage.of, usage.last)
        };
        usages.map(words).collect()
    }

    fn one(body: &str) -> Vec<String> {
        let reading = trial::read_one("f.json", body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        told(&reading)
    }

    #[test]
    fn unused_actions_are_read_each_with_its_last_use() {
        let details = r#"{"serviceNamespace": "s3", "actions": [
{"action": "CreateBucket"}, {"action": "s3:PutObject", "lastAccessed": "2025-06-01T00:00:00Z"}]}"#;
        let body = detailed("UnusedPermission", "unusedPermissionDetails", details);
        let reading = trial::read_one("f.json", &body);
        assert_eq!(
            told(&reading),
            [
                format!("{ROLE} Action(\"s3:CreateBucket\") NotWithin(None)"),
                format!("{ROLE} Action(\"s3:PutObject\") At(2025-06-01T00:00:00Z)"),
            ]
        );
        let Some(Record::Usage(first)) = reading.records.first() else {
            panic!("no usage")
        };
        assert_eq!(
            (first.evidence.line, &*first.evidence.pointer),
            (5, "/findingDetails/0/unusedPermissionDetails/actions/0")
        );
        let whole = r#"{"serviceNamespace": "KMS"}"#;
        let body = detailed("UnusedPermission", "unusedPermissionDetails", whole);
        assert_eq!(
            one(&body),
            [format!("{ROLE} Service(\"kms\") NotWithin(None)")]
        );
    }

    #[test]
    fn roles_keys_and_passwords_are_read() {
        let key = concat!("AKIA", "EXAMPLEEXAMPLE22");
        let of_key =
            format!(r#"{{"accessKeyId": "{key}", "lastAccessed": "2025-06-01T00:00:00Z"}}"#);
        for (body, expected) in [
            (
                detailed("UnusedIAMRole", "unusedIamRoleDetails", "{}"),
                format!("{ROLE} Anything NotWithin(None)"),
            ),
            (
                finding("UnusedIAMRole", "ARCHIVED", ""),
                format!("{ROLE} Anything NotWithin(None)"),
            ),
            (
                detailed(
                    "UnusedIAMUserAccessKey",
                    "unusedIamUserAccessKeyDetails",
                    &of_key,
                ),
                format!("aws:access-key:{key} Anything At(2025-06-01T00:00:00Z)"),
            ),
            (
                detailed(
                    "UnusedIAMUserPassword",
                    "unusedIamUserPasswordDetails",
                    "{}",
                ),
                format!("aws:password:{ROLE} Anything NotWithin(None)"),
            ),
        ] {
            assert_eq!(one(&body), [expected], "{body}");
        }
    }

    #[test]
    fn a_resolved_finding_says_nothing_any_more() {
        assert!(one(&finding("UnusedIAMRole", "RESOLVED", "")).is_empty());
    }

    #[test]
    fn what_a_list_leaves_out_is_said() {
        let list = format!(
            r#"{{"findings": [{}, {}, {}]}}"#,
            finding("UnusedPermission", "ACTIVE", ""),
            finding("ExternalAccess", "ACTIVE", ""),
            finding("UnusedIAMRole", "ACTIVE", "")
        );
        let reading = trial::read_one("f.json", &list);
        assert_eq!(told(&reading).len(), 1);
        let said: Vec<&str> = reading.problems.iter().map(|p| &*p.message).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            reading
                .problems
                .iter()
                .any(|p| p.help.contains("get-finding-v2"))
        );
    }

    #[test]
    fn an_empty_list_is_ours_only_where_the_layout_says_so() {
        let codes = |path: &str| {
            let reading = trial::read_one(path, r#"{"findings": []}"#);
            reading.problems.len()
        };
        assert_eq!(codes("aws/111122223333/accessanalyzer/findings.json"), 0);
        assert_eq!(codes("aws/111122223333/inspector2/findings.json"), 1);
    }

    #[test]
    fn what_is_no_date_is_a_problem_and_not_never() {
        let details = r#"{"lastAccessed": ["hostile"]}"#;
        let body = detailed("UnusedIAMRole", "unusedIamRoleDetails", details);
        let reading = trial::read_one("f.json", &body);
        assert!(told(&reading).is_empty() && !reading.problems.is_empty());
    }
}
