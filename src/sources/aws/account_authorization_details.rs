//! `aws iam get-account-authorization-details`: users, groups, roles, their policies and trusts.
//!
//! Assumes that documents may be objects, strings or percent-encoded strings (see `policy`), lists may be absent or
//! null, and dates come in any form. The older versions of managed policies grant nothing until one is made the default
//! again: each is a policy of its own, bound to nothing, with a scope that says so.
//! AWS-managed policies are in the export only where they are attached; one used only as a boundary may be missing.
//! Groups do not name their members: memberships come from the users.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html> (read 2026-11).

use super::arn::Arn;
use super::last_accessed::TRACKED;
use super::policy::{self, Use};
use super::{AWS, Tag, emit_listing, emit_tenant, tags, tenant_key};
use crate::inventory::{
    Evidence, Key, LastUse, PolicyRecord, PrincipalKind, PrincipalRecord, Record, ScopeRecord,
    Terms, UsageRecord, Used, UsedBy,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::moment::Moment;
use serde::Deserialize;
use std::collections::BTreeMap;

const LISTS: [&str; 4] = [
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
];

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/account_authorization_details",
    about: "AWS IAM users, groups, roles, policies and trusts of one account",
    command: "aws iam get-account-authorization-details --output json > aws/<account>/iam/account-authorization-details.json",
    keys: &["UserDetailList", "GroupDetailList", "RoleDetailList"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    // `Policies` alone is the answer of `list-policies`, which holds no documents.
    page.is_object()
        && ["UserDetailList", "GroupDetailList", "RoleDetailList"]
            .iter()
            .any(|list| page.has_keys(&[list]))
}

#[derive(Deserialize)]
struct Identity {
    #[serde(rename = "Arn")]
    arn: String,
    #[serde(alias = "UserName", alias = "GroupName", alias = "RoleName")]
    name: String,
    #[serde(default, alias = "UserId", alias = "GroupId", alias = "RoleId")]
    unique_id: Option<String>,
    #[serde(rename = "CreateDate", default)]
    created: Moment,
    #[serde(rename = "Tags", default)]
    tags: Option<Vec<Tag>>,
    #[serde(rename = "GroupList", default, deserialize_with = "null_as_default")]
    groups: Vec<String>,
    #[serde(
        rename = "InstanceProfileList",
        default,
        deserialize_with = "null_as_default"
    )]
    instance_profiles: Vec<InstanceProfile>,
    #[serde(rename = "PermissionsBoundary", default)]
    boundary: Option<Boundary>,
    #[serde(rename = "RoleLastUsed", default)]
    last_used: Option<RoleLastUsed>,
}

#[derive(Deserialize)]
struct InstanceProfile {
    #[serde(rename = "Arn")]
    arn: String,
}

#[derive(Deserialize)]
struct Boundary {
    #[serde(rename = "PermissionsBoundaryArn", default)]
    arn: Option<String>,
}

/// There, and empty where the role was not used: "Activity is only reported for the trailing 400 days."
#[derive(Deserialize)]
struct RoleLastUsed {
    #[serde(rename = "LastUsedDate", default)]
    date: Moment,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "PolicyName")]
    name: String,
}

#[derive(Deserialize)]
struct Attached {
    #[serde(rename = "PolicyName", default)]
    name: Option<String>,
    #[serde(rename = "PolicyArn")]
    arn: String,
}

#[derive(Deserialize)]
struct Managed {
    #[serde(rename = "Arn")]
    arn: String,
    #[serde(rename = "PolicyName")]
    name: String,
    #[serde(rename = "DefaultVersionId", default)]
    default_version: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "VersionId", default)]
    id: Option<String>,
    #[serde(rename = "IsDefaultVersion", default)]
    is_default: Option<bool>,
}

/// What differs between users, groups and roles.
struct Sort {
    list: &'static str,
    kind: PrincipalKind,
    alias: &'static str,
    inline: &'static str,
}

const SORTS: [Sort; 3] = [
    Sort {
        list: "UserDetailList",
        kind: PrincipalKind::User,
        alias: "user",
        inline: "UserPolicyList",
    },
    Sort {
        list: "GroupDetailList",
        kind: PrincipalKind::Group,
        alias: "group",
        inline: "GroupPolicyList",
    },
    Sort {
        list: "RoleDetailList",
        kind: PrincipalKind::Role,
        alias: "role",
        inline: "RolePolicyList",
    },
];

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let mut accounts: BTreeMap<String, Evidence> = BTreeMap::new();
    for sort in &SORTS {
        for row in list(page, intake, sort.list) {
            if let Some(account) = read_identity(&row, sort, intake) {
                let evidence = intake.row(&row);
                accounts.entry(account).or_insert(evidence);
            }
        }
    }
    for row in list(page, intake, "Policies") {
        if let Some(account) = read_managed(&row, intake) {
            let evidence = intake.row(&row);
            accounts.entry(account).or_insert(evidence);
        }
    }
    let at = intake.page(page);
    if let Some(place) = page.layout().aws() {
        if accounts.is_empty() {
            accounts.insert(place.account.to_owned(), at.clone());
        } else if !accounts.contains_key(place.account) {
            intake.problem(
                Severity::Doubt,
                ProblemCode::Contradiction,
                &at,
                format!(
                    "the folder says account `{}`, the ARNs say otherwise: the ARNs count",
                    place.account
                ),
                "move the file to the folder of its account",
            );
        }
    }
    if accounts.is_empty() {
        intake.missing_parent(
            Severity::Doubt,
            &at,
            "of which account it is (it holds no ARN)",
            "aws/<account>/iam/account-authorization-details.json",
        );
    }
    let has_all_lists = LISTS.iter().all(|list| page.has_keys(&[list]));
    if !has_all_lists && page.is_whole() {
        intake.problem(
            Severity::Doubt,
            ProblemCode::Truncated,
            &at,
            "not all four lists are here: the export is only a part",
            "export again without `--filter` and `--query`",
        );
    }
    for (account, evidence) in accounts {
        emit_tenant(intake, &account, evidence);
        emit_listing(
            intake,
            &account,
            "principal",
            has_all_lists && page.is_whole(),
            at.clone(),
        );
    }
}

/// The rows of a list; absent and null are empty, anything else is reported.
fn list<'d>(page: &Page<'d>, intake: &mut Intake<'_>, name: &str) -> Vec<Row<'d>> {
    page.member(name)
        .map(|member| rows(&member, intake))
        .unwrap_or_default()
}

fn rows<'d>(member: &Row<'d>, intake: &mut Intake<'_>) -> Vec<Row<'d>> {
    if let Some(rows) = member.rows() {
        return rows;
    }
    let at = intake.row(member);
    let name = member.pointer.rsplit('/').next().unwrap_or("").to_owned();
    intake.problem(
        Severity::Skipped,
        ProblemCode::BadRecord,
        &at,
        format!("`{name}` is no list"),
        "export it again",
    );
    Vec::new()
}

fn inner<'d>(row: &Row<'d>, intake: &mut Intake<'_>, name: &str) -> Vec<Row<'d>> {
    row.member(name)
        .map(|member| rows(&member, intake))
        .unwrap_or_default()
}

/// Reads a user, group or role; its account, if it was readable.
fn read_identity(row: &Row<'_>, sort: &Sort, intake: &mut Intake<'_>) -> Option<String> {
    let identity: Identity = intake.parse(row)?;
    let Some(account) = Arn::parse(&identity.arn).and_then(|arn| arn.account_id()) else {
        let at = intake.member(row, "Arn");
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            "record skipped: its ARN names no account",
            "export it again",
        );
        return None;
    };
    let account = account.to_owned();
    let key = intake.key(&identity.arn);
    let mut aliases = vec![intake.key(&format!("aws:{}:{account}/{}", sort.alias, identity.name))];
    aliases.extend(identity.unique_id.as_deref().map(|id| intake.key(id)));
    for profile in &identity.instance_profiles {
        aliases.push(intake.key(&profile.arn));
        // Some services show a profile by its name, which is unique in its account.
        let name = last_part(&profile.arn);
        aliases.push(intake.key(&format!("aws:instance-profile:{account}/{name}")));
    }
    let tenant = tenant_key(intake, &account);
    let created = intake.moment(identity.created, row, "CreateDate");
    let mut last_used = None;
    if let Some(last) = identity.last_used {
        let is_unused = matches!(last.date, Moment::Absent);
        last_used = intake.moment(last.date, row, "RoleLastUsed");
        let of_role = match last_used {
            Some(at) => Some(LastUse::At(at)),
            None => is_unused.then_some(LastUse::NotWithin(Some(TRACKED))),
        };
        if let Some(last) = of_role {
            let evidence = intake.member(row, "RoleLastUsed");
            intake.emit(Record::Usage(UsageRecord {
                by: UsedBy::Principal(key.clone()),
                of: Used::Anything,
                last,
                user: None,
                observed: None,
                evidence,
            }));
        }
    }
    let evidence = intake.row(row);
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases,
        name: identity.name,
        kind: sort.kind,
        platform: AWS,
        tenant: Some(tenant.clone()),
        owner: None,
        created,
        last_used,
        tags: tags(identity.tags),
        evidence,
    }));
    read_memberships(row, &key, &account, &identity.groups, intake);
    read_attachments(row, &key, intake);
    if let Some(arn) = identity.boundary.and_then(|boundary| boundary.arn) {
        let evidence = intake.member(row, "PermissionsBoundary");
        emit_scope(
            intake,
            &format!("{key}#boundary"),
            format!("boundary {}", last_part(&arn)),
            |intake| Terms::Boundary {
                policy: intake.key(&arn),
                principal: key.clone(),
            },
            evidence,
        );
    }
    read_inline(row, &key, &tenant, sort.inline, intake);
    if let Some(document) = row.member("AssumeRolePolicyDocument") {
        for placed in policy::statements(intake, &document, Use::Trust) {
            emit_scope(
                intake,
                &format!("{key}#trust/{}", placed.name),
                format!("trust of {} / {}", last_part(&key), placed.name),
                |_| Terms::Trust {
                    principal: key.clone(),
                    statement: placed.statement,
                },
                placed.evidence,
            );
        }
    }
    Some(account)
}

fn read_memberships(
    row: &Row<'_>,
    user: &Key,
    account: &str,
    groups: &[String],
    intake: &mut Intake<'_>,
) {
    for (group, place) in groups.iter().zip(inner(row, intake, "GroupList")) {
        let evidence = intake.row(&place);
        emit_scope(
            intake,
            &format!("{user}#member/{group}"),
            format!("{} in {group}", last_part(user)),
            |intake| Terms::Membership {
                member: user.clone(),
                group: intake.key(&format!("aws:group:{account}/{group}")),
            },
            evidence,
        );
    }
}

fn read_attachments(row: &Row<'_>, principal: &Key, intake: &mut Intake<'_>) {
    for place in inner(row, intake, "AttachedManagedPolicies") {
        let Some(attached) = intake.parse::<Attached>(&place) else {
            continue;
        };
        let evidence = intake.row(&place);
        let name = attached
            .name
            .unwrap_or_else(|| last_part(&attached.arn).to_owned());
        emit_scope(
            intake,
            &format!("{principal}#attached/{}", attached.arn),
            format!("{name} on {}", last_part(principal)),
            |intake| Terms::Attachment {
                policy: intake.key(&attached.arn),
                principal: principal.clone(),
                is_inline: false,
            },
            evidence,
        );
    }
}

fn read_inline(row: &Row<'_>, principal: &Key, tenant: &Key, list: &str, intake: &mut Intake<'_>) {
    for place in inner(row, intake, list) {
        let Some(named) = intake.parse::<Named>(&place) else {
            continue;
        };
        let policy = intake.key(&format!("{principal}#inline/{}", named.name));
        let evidence = intake.row(&place);
        intake.emit(Record::Policy(PolicyRecord {
            key: policy.clone(),
            name: named.name.clone(),
            tenant: Some(tenant.clone()),
            versions: None,
            guardrail: None,
            evidence: evidence.clone(),
        }));
        emit_scope(
            intake,
            &format!("{policy}#attached"),
            format!("{} on {}", named.name, last_part(principal)),
            |_| Terms::Attachment {
                policy: policy.clone(),
                principal: principal.clone(),
                is_inline: true,
            },
            evidence,
        );
        read_statements(&place, "PolicyDocument", &policy, &named.name, intake);
    }
}

fn read_statements(row: &Row<'_>, member: &str, policy: &Key, name: &str, intake: &mut Intake<'_>) {
    let Some(document) = row.member(member) else {
        let at = intake.row(row);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            format!("policy without its document: `{member}` is missing"),
            "export it again",
        );
        return;
    };
    for placed in policy::statements(intake, &document, Use::Identity) {
        emit_scope(
            intake,
            &format!("{policy}#{}", placed.name),
            format!("{name} / {}", placed.name),
            |_| Terms::Statement {
                policy: policy.clone(),
                statement: placed.statement,
            },
            placed.evidence,
        );
    }
}

/// Reads a managed policy; its account, if it is a customer's.
fn read_managed(row: &Row<'_>, intake: &mut Intake<'_>) -> Option<String> {
    let managed: Managed = intake.parse(row)?;
    let account = Arn::parse(&managed.arn)
        .and_then(|arn| arn.account_id())
        .map(str::to_owned);
    let policy = intake.key(&managed.arn);
    let tenant = account
        .as_deref()
        .map(|account| tenant_key(intake, account));
    let evidence = intake.row(row);
    let versions: Vec<(Version, Row<'_>)> = inner(row, intake, "PolicyVersionList")
        .into_iter()
        .filter_map(|place| Some((intake.parse::<Version>(&place)?, place)))
        .collect();
    intake.emit(Record::Policy(PolicyRecord {
        key: policy.clone(),
        name: managed.name.clone(),
        tenant,
        versions: Some(versions.len()),
        guardrail: None,
        evidence: evidence.clone(),
    }));
    let is_default = |version: &Version| match version.is_default {
        Some(is_default) => is_default,
        None => version.id.is_some() && version.id == managed.default_version,
    };
    let default = versions.iter().find(|(version, _)| is_default(version));
    // Nobody changes the policies that AWS ships.
    if let (Some(account), true) = (&account, default.is_some()) {
        let tenant = tenant_key(intake, account);
        for (version, place) in versions.iter().filter(|(one, _)| !is_default(one)) {
            read_version(place, version, &policy, &managed.name, &tenant, intake);
        }
    }
    match default {
        Some((_, place)) => read_statements(place, "Document", &policy, &managed.name, intake),
        None => intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &evidence,
            format!(
                "policy `{}` without its default version: what it grants is unknown",
                managed.name
            ),
            "export it again without `--query`",
        ),
    }
    account
}

/// Reads a version that is not the default.
fn read_version(
    place: &Row<'_>,
    version: &Version,
    policy: &Key,
    name: &str,
    tenant: &Key,
    intake: &mut Intake<'_>,
) {
    let (Some(id), true) = (&version.id, place.member("Document").is_some()) else {
        return;
    };
    let key = intake.key(&format!("{policy}#version/{id}"));
    let evidence = intake.row(place);
    let title = format!("{name} {id}");
    intake.emit(Record::Policy(PolicyRecord {
        key: key.clone(),
        name: title.clone(),
        tenant: Some(tenant.clone()),
        versions: None,
        guardrail: None,
        evidence: evidence.clone(),
    }));
    emit_scope(
        intake,
        &format!("{key}#kept"),
        format!("{id} of {name}"),
        |_| Terms::Version {
            version: key.clone(),
            policy: policy.clone(),
        },
        evidence,
    );
    read_statements(place, "Document", &key, &title, intake);
}

fn emit_scope(
    intake: &mut Intake<'_>,
    key: &str,
    name: String,
    terms: impl FnOnce(&mut Intake<'_>) -> Terms<Key, Key, Key, Key>,
    evidence: Evidence,
) {
    let terms = terms(intake);
    let key = intake.key(key);
    intake.emit(Record::Scope(ScopeRecord {
        key,
        name,
        terms,
        evidence,
    }));
}

/// The name at the end of an ARN.
fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Clause, Condition, Effect, Statement};
    use crate::problem::Problem;
    use crate::sources::{Reading, trial};

    const PATH: &str = "aws/111122223333/iam/account-authorization-details.json";

    fn scopes(reading: &Reading) -> BTreeMap<String, &Terms<Key, Key, Key, Key>> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Scope(scope) => Some((scope.key.to_string(), &scope.terms)),
                _ => None,
            })
            .collect()
    }

    fn statement<'r>(reading: &'r Reading, key: &str) -> &'r Statement {
        match scopes(reading).get(key) {
            Some(
                Terms::Statement { statement, .. }
                | Terms::Trust { statement, .. }
                | Terms::ResourcePolicy { statement, .. },
            ) => statement,
            other => panic!("{key}: {other:?} among {:?}", scopes(reading).keys()),
        }
    }

    fn codes(problems: &[Problem]) -> Vec<(ProblemCode, &str)> {
        problems
            .iter()
            .map(|problem| (problem.code, problem.pointer.as_str()))
            .collect()
    }

    /// An export with one user that has one inline policy with this document.
    fn with_document(document: &str) -> Reading {
        trial::read_one(
            PATH,
            &format!(
                "{{\"UserDetailList\": [{{\"UserName\": \"ada\", \"UserId\": \"AIDAEXAMPLE\",\n\
                 \"Arn\": \"arn:aws:iam::111122223333:user/team/ada\",\n\
                 \"UserPolicyList\": [{{\"PolicyName\": \"p\", \"PolicyDocument\": {document}}}]}}],\n\
                 \"GroupDetailList\": [], \"RoleDetailList\": [], \"Policies\": null}}"
            ),
        )
    }

    const STATEMENT: &str = "arn:aws:iam::111122223333:user/team/ada#inline/p#0";

    #[test]
    fn users_groups_roles_and_policies_keep_their_keys() {
        let body = r#"{
          "UserDetailList": [{"UserName": "ada", "UserId": "AIDAEXAMPLE", "Arn": "arn:aws:iam::111122223333:user/ada",
            "CreateDate": "2023-03-09 10:41:45+00:00", "GroupList": ["ops"],
            "AttachedManagedPolicies": [{"PolicyName": "Own", "PolicyArn": "arn:aws:iam::111122223333:policy/Own"}],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Edge"},
            "Tags": [{"Key": "team", "Value": "shop"}]}],
          "GroupDetailList": [{"GroupName": "ops", "GroupId": "AGPAEXAMPLE", "Arn": "arn:aws:iam::111122223333:group/ops", "GroupPolicyList": null}],
          "RoleDetailList": [{"RoleName": "run", "RoleId": "AROAEXAMPLE", "Arn": "arn:aws:iam::111122223333:role/service/run",
            "AssumeRolePolicyDocument": {"Statement": {"Sid": "In", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com", "AWS": ["a", "b"]}, "Action": "sts:AssumeRole"}},
            "InstanceProfileList": [{"Arn": "arn:aws:iam::111122223333:instance-profile/run", "Roles": []}],
            "RoleLastUsed": {"LastUsedDate": 1678358505, "Region": "eu-west-1"}}],
          "Policies": [
            {"PolicyName": "Own", "Arn": "arn:aws:iam::111122223333:policy/Own", "DefaultVersionId": "v2", "PolicyVersionList": [
              {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}},
              {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Statement": [{"Sid": "Old", "Effect": "Allow", "Action": "*", "Resource": "*"}]}}]},
            {"PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "DefaultVersionId": "v1", "PolicyVersionList": [
              {"VersionId": "v1", "Document": {"Statement": [{"Sid": "R", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}]}}]}]}"#;
        let reading = trial::read_one(PATH, body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let keys: Vec<String> = scopes(&reading).into_keys().collect();
        assert_eq!(
            keys,
            [
                "arn:aws:iam::111122223333:policy/Own#0",
                "arn:aws:iam::111122223333:policy/Own#version/v1#Old",
                "arn:aws:iam::111122223333:policy/Own#version/v1#kept",
                "arn:aws:iam::111122223333:role/service/run#trust/In",
                "arn:aws:iam::111122223333:user/ada#attached/arn:aws:iam::111122223333:policy/Own",
                "arn:aws:iam::111122223333:user/ada#boundary",
                "arn:aws:iam::111122223333:user/ada#member/ops",
                "arn:aws:iam::aws:policy/ReadOnlyAccess#R",
            ]
        );
        let principals: Vec<(String, Vec<String>, bool)> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Principal(it) => Some((
                    it.name.clone(),
                    it.aliases.iter().map(ToString::to_string).collect(),
                    it.created.is_some() || it.last_used.is_some(),
                )),
                _ => None,
            })
            .collect();
        assert_eq!(
            principals,
            [
                (
                    "ada".to_owned(),
                    vec![
                        "aws:user:111122223333/ada".to_owned(),
                        "AIDAEXAMPLE".to_owned()
                    ],
                    true
                ),
                (
                    "ops".to_owned(),
                    vec![
                        "aws:group:111122223333/ops".to_owned(),
                        "AGPAEXAMPLE".to_owned()
                    ],
                    false
                ),
                (
                    "run".to_owned(),
                    vec![
                        "aws:role:111122223333/run".to_owned(),
                        "AROAEXAMPLE".to_owned(),
                        "arn:aws:iam::111122223333:instance-profile/run".to_owned(),
                        "aws:instance-profile:111122223333/run".to_owned()
                    ],
                    true
                ),
            ]
        );
        let trust = statement(
            &reading,
            "arn:aws:iam::111122223333:role/service/run#trust/In",
        );
        assert_eq!(trust.principals.as_ref().unwrap().entries.len(), 3);
        assert!(trust.resources.is_none());
        assert!(reading.records.iter().any(|record| matches!(record,
            Record::Listing(listing) if listing.is_complete && listing.kind == "principal" && &*listing.tenant == "aws:account:111122223333")));
    }

    #[test]
    fn a_document_is_read_as_object_string_or_percent_encoded_and_plus_stays_plus() {
        let plain =
            r#"{"Statement":[{"Effect":"Deny","NotAction":"iam:*","NotResource":["a+b%41"]}]}"#;
        let encoded: String = plain
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'+' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect();
        for document in [
            plain.to_owned(),
            serde_json::to_string(plain).unwrap(),
            format!("\"{encoded}\""),
        ] {
            let reading = with_document(&document);
            assert!(
                reading.problems.is_empty(),
                "{document}: {:?}",
                reading.problems
            );
            let read = statement(&reading, STATEMENT);
            assert_eq!(read.effect, Effect::Deny);
            assert_eq!(
                read.actions,
                Clause {
                    is_negated: true,
                    values: vec!["iam:*".to_owned()]
                }
            );
            assert_eq!(
                read.resources,
                Some(Clause {
                    is_negated: true,
                    values: vec!["a+b%41".to_owned()]
                })
            );
        }
    }

    #[test]
    fn evidence_goes_down_to_the_statement_and_its_line() {
        let reading = with_document(
            "{\"Statement\": [\n{\"Effect\": \"Allow\", \"Action\": \"a:b\", \"Resource\": \"*\"},\n{\"Effect\": \"Allow\", \"Action\": \"a:c\", \"Resource\": \"*\"}]}",
        );
        let key = STATEMENT.replace("#0", "#1");
        assert_eq!(
            trial::place_of(&reading, &key),
            "5 /UserDetailList/0/UserPolicyList/0/PolicyDocument/Statement/1"
        );
    }

    #[test]
    fn condition_values_may_be_booleans_numbers_and_lists() {
        let reading = with_document(
            r#"{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}, "NumericLessThan": {"x": [1, "2"]}}}}"#,
        );
        let condition = |operator: &str, key: &str, values: &[&str]| Condition {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values: values.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(
            statement(&reading, STATEMENT).conditions,
            [
                condition("Bool", "aws:MultiFactorAuthPresent", &["true"]),
                condition("NumericLessThan", "x", &["1", "2"]),
            ]
        );
    }

    #[test]
    fn a_key_twice_in_a_condition_is_reported_and_the_last_counts() {
        let reading = with_document(
            r#"{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*",
                "Condition": {"StringEquals": {"aud": "x"}, "StringEquals": {"sub": "y"}}}]}"#,
        );
        assert_eq!(
            codes(&reading.problems),
            [(
                ProblemCode::DuplicateKey,
                "/UserDetailList/0/UserPolicyList/0/PolicyDocument/Statement/0/Condition/StringEquals",
            )]
        );
        let conditions = &statement(&reading, STATEMENT).conditions;
        assert_eq!(
            conditions
                .iter()
                .map(|one| one.key.as_str())
                .collect::<Vec<_>>(),
            ["sub"]
        );
    }

    #[test]
    fn a_key_twice_at_any_depth_of_a_statement_is_reported_at_its_place() {
        let pointer = "/UserDetailList/0/UserPolicyList/0/PolicyDocument/Statement/0";
        for (inside, place) in [
            (r#""Action": "a:c", "#, "/Action"),
            (
                r#""Condition": {"StringEquals": {"t:sub": "x", "t:sub": "y"}}, "#,
                "/Condition/StringEquals/t:sub",
            ),
        ] {
            let document = format!(
                r#"{{"Statement": [{{"Effect": "Allow", "Action": "a:b", {inside} "Resource": "*"}}]}}"#
            );
            let reading = with_document(&document);
            assert_eq!(
                codes(&reading.problems),
                [(
                    ProblemCode::DuplicateKey,
                    format!("{pointer}{place}").as_str()
                )]
            );
            assert_eq!(reading.problems[0].line, Some(3));
            assert!(
                scopes(&reading).contains_key(STATEMENT),
                "{place}: still read"
            );
            // The same document as a string: the place is the string's.
            let quoted = serde_json::to_string(&document).unwrap();
            assert_eq!(codes(&with_document(&quoted).problems).len(), 1, "{place}");
        }
    }

    #[test]
    fn a_repeated_sid_gives_way_to_the_index() {
        let one = r#"{"Sid": "S", "Effect": "Allow", "Action": "a:b", "Resource": "*"}"#;
        let reading = with_document(&format!(r#"{{"Statement": [{one}, {one}]}}"#));
        assert!(scopes(&reading).contains_key(STATEMENT));
        assert!(!scopes(&reading).contains_key(&STATEMENT.replace("#0", "#S")));
    }

    #[test]
    fn a_bad_statement_costs_itself_only() {
        let reading = with_document(
            r#"{"Statement": [{"Effect": "allow", "Action": "a:b", "Resource": "*"}, {"Sid": "Good", "Effect": "Allow", "Action": "a:b", "Resource": "*"}]}"#,
        );
        assert_eq!(
            codes(&reading.problems),
            [(
                ProblemCode::BadRecord,
                "/UserDetailList/0/UserPolicyList/0/PolicyDocument/Statement/0",
            )]
        );
        assert!(scopes(&reading).contains_key(&STATEMENT.replace("#0", "#Good")));
    }

    #[test]
    fn a_bad_user_costs_itself_only_and_its_path_is_told() {
        let reading = trial::read_one(
            PATH,
            "{\"UserDetailList\": [\n{\"UserName\": \"a\", \"Arn\": \"arn:aws-us-gov:iam::111122223333:user/a\",\n\"Tags\": [{\"Key\": 7}]},\n{\"UserName\": \"b\", \"Arn\": \"arn:aws-us-gov:iam::111122223333:user/b\"}],\n\"GroupDetailList\": [], \"RoleDetailList\": [], \"Policies\": []}",
        );
        let problem = &reading.problems[0];
        assert_eq!(
            (problem.line, problem.pointer.as_str()),
            (Some(3), "/UserDetailList/0/Tags/0/Key")
        );
        assert_eq!(
            trial::place_of(&reading, "arn:aws-us-gov:iam::111122223333:user/b"),
            "4 /UserDetailList/1"
        );
    }

    #[test]
    fn a_truncated_export_is_never_a_complete_listing() {
        for (more, is_complete) in [
            (r#", "IsTruncated": true, "Marker": "m""#, false),
            (r#", "IsTruncated": false"#, true),
        ] {
            let reading = trial::read_one(
                PATH,
                &format!(
                    r#"{{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []{more}}}"#
                ),
            );
            let is_told = codes(&reading.problems)
                .iter()
                .any(|(code, _)| *code == ProblemCode::Truncated);
            assert_eq!(is_told, !is_complete);
            assert!(reading.records.iter().any(|record| matches!(record, Record::Listing(listing) if listing.is_complete == is_complete)));
        }
    }

    #[test]
    fn the_answer_of_list_policies_is_not_recognised() {
        let reading = trial::read_one(
            PATH,
            r#"{"Policies": [{"PolicyName": "x", "Arn": "arn:aws:iam::aws:policy/x"}]}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
