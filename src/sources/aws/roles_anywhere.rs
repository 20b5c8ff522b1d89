//! `aws rolesanywhere list-profiles`, `get-profile`, `list-trust-anchors`, `get-trust-anchor`: whose certificates are given
//! sessions of which roles, and within which policies.
//!
//! What is switched off is listed and lets nobody in. Certificates of authorities are public and are not kept.
//!
//! Source: <https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ProfileDetail.html>,
//! <https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_TrustAnchorDetail.html> (read 2026-11); the
//! service's model in botocore.

use super::arn::Arn;
use super::own_policy::{self, Owned};
use super::policy::{self, Use};
use super::{AWS, emit_listing, emit_tenant, tenant_key};
use crate::inventory::{
    Key, PolicyRecord, PrincipalKind, PrincipalRecord, Record, ResourceRecord, ScopeRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use serde::Deserialize;

const PROFILE: &str = "rolesanywhere:profile";
const ANCHOR: &str = "rolesanywhere:trust-anchor";
const AUTHORITY: &str = "acm-pca:certificate-authority";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/roles_anywhere",
    about: "AWS IAM Roles Anywhere: profiles and trust anchors",
    command: "aws rolesanywhere list-profiles --region <region> --output json > aws/<account>/rolesanywhere/list-profiles-<region>.json; the same with list-trust-anchors",
    keys: &["profiles", "trustAnchors", "profile", "trustAnchor"],
    recognise,
    read,
};

/// The lists and single answers, with the member that names the thing.
const FORMS: [(&str, &str, &str); 2] = [
    ("profiles", "profile", "profileArn"),
    ("trustAnchors", "trustAnchor", "trustAnchorArn"),
];

fn recognise(page: &Page<'_>) -> bool {
    FORMS.iter().any(|(list, single, arn)| {
        page.lists(list, &[arn])
            || page
                .member(single)
                .is_some_and(|it| it.member(arn).is_some())
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    #[serde(rename = "profileArn")]
    arn: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    enabled: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    role_arns: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    managed_policy_arns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Anchor {
    #[serde(rename = "trustAnchorArn")]
    arn: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    enabled: bool,
    #[serde(default, rename = "source")]
    authority: Authority,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authority {
    #[serde(default, deserialize_with = "null_as_default")]
    source_data: AuthorityData,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthorityData {
    #[serde(default)]
    acm_pca_arn: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let account = page.layout().aws().map(|place| place.account.to_owned());
    for (list, single, arn) in FORMS {
        let is_listed = page.lists(list, &[arn]);
        let listed = if is_listed { page.rows(list) } else { None };
        let rows = listed.unwrap_or_default().into_iter();
        for row in rows.chain(page.member(single)) {
            if list == "profiles" {
                read_profile(&row, intake);
            } else {
                read_anchor(&row, intake);
            }
        }
        if let (true, Some(account)) = (is_listed, &account) {
            let kind = if list == "profiles" { PROFILE } else { ANCHOR };
            let at = intake.page(page);
            emit_listing(intake, account, kind, page.is_whole(), at);
        }
    }
}

/// The part of an ARN after the last slash.
fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Says that a profile or an anchor exists; its key. Without an account it is reported and skipped.
fn emit_named(
    arn: &str,
    kind: &str,
    name: &str,
    row: &Row<'_>,
    intake: &mut Intake<'_>,
) -> Option<Key> {
    let evidence = intake.row(row);
    let service = kind.split(':').next();
    let parsed = Arn::parse(arn).filter(|arn| Some(arn.service) == service);
    let Some(account) = parsed.and_then(|arn| arn.account_id()) else {
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &evidence,
            "record skipped: its ARN is none of IAM Roles Anywhere or names no account",
            "export it again",
        );
        return None;
    };
    let tenant = emit_tenant(intake, account, evidence.clone());
    let key = intake.key(arn);
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence,
    }));
    Some(key)
}

/// Says that the authority of an anchor exists; its key.
fn emit_authority(arn: &str, row: &Row<'_>, intake: &mut Intake<'_>) -> Option<Key> {
    let evidence = intake.row(row);
    let owned = Owned {
        arn,
        kind: AUTHORITY,
        aliases: Vec::new(),
        account: None,
    };
    own_policy::emit(owned, &evidence, intake)
}

fn read_profile(row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(profile) = intake.parse::<Profile>(row) else {
        return;
    };
    let name = profile.name.as_deref().unwrap_or(last_part(&profile.arn));
    let Some(giver) = emit_named(&profile.arn, PROFILE, name, row, intake) else {
        return;
    };
    if !profile.enabled {
        return;
    }
    let mut policies: Vec<Key> = profile
        .managed_policy_arns
        .iter()
        .map(|arn| intake.key(arn))
        .collect();
    policies.extend(read_session_policy(row, &giver, name, intake));
    let places = row
        .member("roleArns")
        .and_then(|list| list.rows())
        .unwrap_or_default();
    for (role, place) in profile.role_arns.iter().zip(&places) {
        let Some(account) = Arn::parse(role).and_then(|arn| arn.account_id()) else {
            continue;
        };
        let tenant = tenant_key(intake, account);
        let role_key = intake.key(role);
        let evidence = intake.row(place);
        let session = if policies.is_empty() {
            role_key.clone()
        } else {
            let session = intake.key(&format!("{role}#session/{}", profile.arn));
            intake.emit(Record::Principal(PrincipalRecord {
                key: session.clone(),
                aliases: Vec::new(),
                name: format!("{} within profile {name}", last_part(role)),
                kind: PrincipalKind::Session,
                platform: AWS,
                tenant: Some(tenant),
                owner: None,
                created: None,
                last_used: None,
                tags: Vec::new(),
                evidence: evidence.clone(),
            }));
            session
        };
        let key = intake.key(&format!("{giver}#role/{role}"));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: format!("{} in profile {name}", last_part(role)),
            terms: Terms::Session {
                giver: giver.clone(),
                session,
                role: role_key,
                policies: policies.clone(),
            },
            evidence,
        }));
    }
}

/// The policy that stands in the profile itself; its key. One that cannot be read is named and in no export: unknown.
fn read_session_policy(
    row: &Row<'_>,
    profile: &Key,
    name: &str,
    intake: &mut Intake<'_>,
) -> Option<Key> {
    let document = row.member("sessionPolicy").filter(|document| {
        let is_empty = json::text_of(document.raw).is_some_and(|text| text.trim().is_empty());
        !json::is_null(document.raw) && !is_empty
    })?;
    let key = intake.key(&format!("{profile}#session-policy"));
    let statements = policy::statements(intake, &document, Use::Identity);
    if statements.is_empty() {
        return Some(key);
    }
    let tenant = Arn::parse(profile)
        .and_then(|arn| arn.account_id())
        .map(|account| tenant_key(intake, account));
    let evidence = intake.row(&document);
    let name = format!("session policy of profile {name}");
    intake.emit(Record::Policy(PolicyRecord {
        key: key.clone(),
        name: name.clone(),
        tenant,
        versions: None,
        guardrail: None,
        evidence,
    }));
    for placed in statements {
        let statement = intake.key(&format!("{key}#{}", placed.name));
        intake.emit(Record::Scope(ScopeRecord {
            key: statement,
            name: format!("{name} / {}", placed.name),
            terms: Terms::Statement {
                policy: key.clone(),
                statement: placed.statement,
            },
            evidence: placed.evidence,
        }));
    }
    Some(key)
}

fn read_anchor(row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(anchor) = intake.parse::<Anchor>(row) else {
        return;
    };
    let name = anchor.name.as_deref().unwrap_or(last_part(&anchor.arn));
    let Some(key) = emit_named(&anchor.arn, ANCHOR, name, row, intake) else {
        return;
    };
    let named = anchor.authority.source_data.acm_pca_arn.as_deref();
    let authority = named.and_then(|arn| emit_authority(arn, row, intake));
    // An authority that cannot be read is not the anchor's own bundle.
    if !anchor.enabled || (named.is_some() && authority.is_none()) {
        return;
    }
    let evidence = intake.row(row);
    let holder = intake.key(&format!("certificate-of:{}", anchor.arn));
    intake.emit(Record::Principal(PrincipalRecord {
        key: holder.clone(),
        aliases: Vec::new(),
        name: format!("whoever holds a certificate of trust anchor {name}"),
        kind: PrincipalKind::Workload,
        platform: AWS,
        tenant: None,
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
    let scope = intake.key(&format!("{key}#anchor"));
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("trust anchor {name}"),
        terms: Terms::Anchor {
            anchor: key,
            authority,
            holder,
        },
        evidence,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{Reading, trial};

    const ROLE: &str = "arn:aws:iam::111122223333:role/ci/deploy";
    const PROFILE_ARN: &str = "arn:aws:rolesanywhere:eu-west-1:111122223333:profile/p-1";
    const ANCHOR_ARN: &str = "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/t-1";
    const POLICY: &str = r#"{"Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;

    fn profile(session_policy: &str) -> serde_json::Value {
        serde_json::json!({"profileArn": PROFILE_ARN, "name": "builders", "enabled": true, "roleArns": [ROLE],
            "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "sessionPolicy": session_policy})
    }

    fn anchor() -> serde_json::Value {
        serde_json::json!({"trustAnchorArn": ANCHOR_ARN, "name": "factory", "enabled": true,
            "source": {"sourceType": "AWS_ACM_PCA", "sourceData": {
                "acmPcaArn": "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/ca-1"}}})
    }

    fn terms(reading: &Reading) -> Vec<&Terms<Key, Key, Key, Key>> {
        let records = reading.records.iter();
        records
            .filter_map(|record| match record {
                Record::Scope(scope) => Some(&scope.terms),
                _ => None,
            })
            .filter(|terms| !matches!(terms, Terms::Statement { .. }))
            .collect()
    }

    #[test]
    fn a_profile_gives_a_session_of_each_role_within_its_policies() {
        let body = serde_json::json!({"profiles": [profile(POLICY)]});
        let reading = trial::read_one(
            "aws/111122223333/rolesanywhere/list-profiles.json",
            &body.to_string(),
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let [
            Terms::Session {
                giver,
                session,
                role,
                policies,
            },
        ] = terms(&reading)[..]
        else {
            panic!("{reading:?}");
        };
        assert_eq!((&**giver, &**role), (PROFILE_ARN, ROLE));
        assert_eq!(**session, *format!("{ROLE}#session/{PROFILE_ARN}"));
        let own = format!("{PROFILE_ARN}#session-policy");
        let names: Vec<&str> = policies.iter().map(|policy| &**policy).collect();
        assert_eq!(
            names,
            ["arn:aws:iam::aws:policy/ReadOnlyAccess", own.as_str()]
        );
        assert_eq!(
            trial::place_of(&reading, &format!("{own}#Read")),
            "1 /profiles/0/sessionPolicy/Statement"
        );
        assert_eq!(
            trial::place_of(&reading, &format!("{PROFILE_ARN}#role/{ROLE}")),
            "1 /profiles/0/roleArns/0"
        );
        let is_listing =
            |record: &Record| matches!(record, Record::Listing(it) if it.kind == PROFILE);
        assert!(reading.records.iter().any(is_listing));
    }

    #[test]
    fn a_profile_without_policies_gives_the_role_itself_and_may_come_alone() {
        let mut one = profile(" ");
        one["managedPolicyArns"] = serde_json::Value::Null;
        let body = serde_json::json!({ "profile": one });
        let reading = trial::read_one("p.json", &body.to_string());
        let [
            Terms::Session {
                session,
                role,
                policies,
                ..
            },
        ] = terms(&reading)[..]
        else {
            panic!("{reading:?}");
        };
        assert_eq!((session, policies.len()), (role, 0));
    }

    #[test]
    fn a_session_policy_that_cannot_be_read_is_named_and_unknown() {
        let body = serde_json::json!({"profiles": [profile("EXAMPLE")]});
        let reading = trial::read_one("p.json", &body.to_string());
        assert_eq!(reading.problems[0].code, ProblemCode::BadRecord);
        let [Terms::Session { policies, .. }] = terms(&reading)[..] else {
            panic!("{reading:?}");
        };
        assert_eq!(policies.len(), 2);
        let is_policy = |record: &Record| matches!(record, Record::Policy(_));
        assert!(!reading.records.iter().any(is_policy));
    }

    #[test]
    fn an_anchor_names_its_authority_and_what_is_switched_off_gives_nothing() {
        let read = |one: serde_json::Value| {
            let body = serde_json::json!({"trustAnchors": [one]});
            trial::read_one("t.json", &body.to_string())
        };
        let reading = read(anchor());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let [
            Terms::Anchor {
                anchor: of,
                authority,
                holder,
            },
        ] = terms(&reading)[..]
        else {
            panic!("{reading:?}");
        };
        assert_eq!(&**of, ANCHOR_ARN);
        assert!(authority.as_deref().is_some_and(|it| it.ends_with("/ca-1")));
        assert_eq!(**holder, *format!("certificate-of:{ANCHOR_ARN}"));
        let mut off = anchor();
        off["enabled"] = serde_json::json!(false);
        assert!(terms(&read(off)).is_empty());
        let mut wrong = anchor();
        wrong["trustAnchorArn"] = serde_json::json!("arn:aws:iam::111122223333:user/a");
        assert_eq!(read(wrong).problems[0].code, ProblemCode::BadRecord);
        let mut unknown = anchor();
        unknown["source"]["sourceData"]["acmPcaArn"] = serde_json::json!("EXAMPLE");
        assert!(terms(&read(unknown)).is_empty(), "no bundle of its own");
    }
}
