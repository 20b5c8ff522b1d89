//! Roles and bindings, of a namespace and of the cluster.
//!
//! The server fills in the rules of an aggregated role, so they are read as they stand; of one without any (a manifest
//! that was never applied) they are gathered from the roles of the same list that its selectors take.
//!
//! Source: Kubernetes documentation, "Using RBAC Authorization" (read 2026-11).

use super::super::{Actor, Cluster, emit_scope, skip};
use super::Object;
use crate::inventory::{AccessRule, Key, PolicyRecord, PrincipalKind, Record, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::Row;
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Rule {
    #[serde(default, deserialize_with = "null_as_default")]
    verbs: Vec<String>,
    #[serde(default, rename = "apiGroups", deserialize_with = "null_as_default")]
    groups: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    resources: Vec<String>,
    #[serde(
        default,
        rename = "resourceNames",
        deserialize_with = "null_as_default"
    )]
    names: Vec<String>,
    #[serde(
        default,
        rename = "nonResourceURLs",
        deserialize_with = "null_as_default"
    )]
    urls: Vec<String>,
}

impl From<Rule> for AccessRule {
    fn from(rule: Rule) -> Self {
        Self {
            verbs: rule.verbs,
            groups: rule.groups,
            resources: rule.resources,
            names: rule.names,
            urls: rule.urls,
        }
    }
}

/// The key of a role.
fn role_key(
    cluster: &Cluster,
    kind: &str,
    namespace: Option<&str>,
    name: &str,
    intake: &mut Intake<'_>,
) -> Key {
    let is_of_cluster = kind == "ClusterRole";
    let namespace = namespace.filter(|_| !is_of_cluster);
    cluster.key(intake, &kind.to_ascii_lowercase(), namespace, name)
}

pub(super) fn role(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    let key = object.own_key(intake);
    let evidence = intake.row(object.row);
    intake.emit(Record::Policy(PolicyRecord {
        key: key.clone(),
        name: match object.kind {
            "Role" => format!("{}/{}", object.namespace(), object.name()),
            _ => object.name().to_owned(),
        },
        tenant: Some(object.cluster.tenant.clone()),
        versions: None,
        guardrail: None,
        evidence,
    }));
    let Some(rules) = object.row.member("rules") else {
        return Some(());
    };
    let Some(rules) = rules.rows() else {
        let at = intake.row(&rules);
        intake.not_a_list(&at, "rules");
        return None;
    };
    emit_rules(&key, "", &rules, intake).then_some(())
}

/// The rules of a role; `false` if one of them could not be read.
fn emit_rules(role: &Key, prefix: &str, rules: &[Row<'_>], intake: &mut Intake<'_>) -> bool {
    let mut is_whole = true;
    for (index, row) in rules.iter().enumerate() {
        let Some(rule) = intake.parse::<Rule>(row) else {
            is_whole = false;
            continue;
        };
        let terms = Terms::Rule {
            role: role.clone(),
            rule: rule.into(),
        };
        let at = intake.row(row);
        let name = format!("{prefix}{index}");
        emit_scope(intake, &format!("{role}#rule/{name}"), &name, terms, at);
    }
    is_whole
}

#[derive(Deserialize)]
struct Reference {
    kind: String,
    name: String,
}

#[derive(Deserialize)]
struct Subject {
    kind: String,
    name: String,
    #[serde(default)]
    namespace: Option<String>,
}

pub(super) fn binding(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    let is_of_cluster = object.kind == "ClusterRoleBinding";
    let Some(reference) = object.row.member("roleRef") else {
        skip(intake, object.row, "it names no role");
        return None;
    };
    let role: Reference = intake.parse(&reference)?;
    let is_known = role.kind == "ClusterRole" || (role.kind == "Role" && !is_of_cluster);
    if !is_known {
        let at = intake.row(&reference);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            "record skipped: such a binding can name no role of that kind, and grants nothing",
            "the API server takes a role of a namespace in a binding of that namespace alone",
        );
        return None;
    }
    let namespace = (!is_of_cluster).then(|| object.namespace().to_owned());
    let role = role_key(
        object.cluster,
        &role.kind,
        namespace.as_deref(),
        &role.name,
        intake,
    );
    let own = object.own_key(intake);
    let subjects = object.row.member("subjects");
    let rows = match &subjects {
        None => Vec::new(),
        Some(list) => match list.rows() {
            Some(rows) => rows,
            None => {
                let at = intake.row(list);
                intake.not_a_list(&at, "subjects");
                return None;
            }
        },
    };
    for row in rows {
        let Some(subject) = intake.parse::<Subject>(&row) else {
            continue;
        };
        let Some(key) = subject_key(object, &subject, &row, intake) else {
            continue;
        };
        let at = intake.row(&row);
        let terms = Terms::Binding {
            role: role.clone(),
            subject: key.clone(),
            namespace: namespace.clone(),
        };
        let name = match &namespace {
            Some(namespace) => format!("{namespace}/{}", object.name()),
            None => object.name().to_owned(),
        };
        emit_scope(intake, &format!("{own}#{key}"), &name, terms, at);
    }
    Some(())
}

/// The key of a subject. Users and groups are no objects of the cluster: bindings are where they are named.
fn subject_key(
    object: &Object<'_, '_>,
    subject: &Subject,
    row: &Row<'_>,
    intake: &mut Intake<'_>,
) -> Option<Key> {
    let cluster = object.cluster;
    let is_of_cluster = object.kind == "ClusterRoleBinding";
    match subject.kind.as_str() {
        "User" => {
            let key = cluster.user_key(intake, &subject.name);
            if !key.contains(":serviceaccount:") {
                let actor = Actor::new(key.clone(), &subject.name, PrincipalKind::User);
                let at = intake.row(row);
                cluster.principal(intake, actor, at);
            }
            Some(key)
        }
        "Group" => {
            let key = cluster.key(intake, "group", None, &subject.name);
            let actor = Actor::new(key.clone(), &subject.name, PrincipalKind::Group);
            let at = intake.row(row);
            cluster.principal(intake, actor, at);
            Some(key)
        }
        // In a namespace's own binding the namespace may be left out (`appliesToUser` of the RBAC source).
        "ServiceAccount" => match subject.namespace.as_deref().filter(|name| !name.is_empty()) {
            Some(namespace) => {
                Some(cluster.key(intake, "serviceaccount", Some(namespace), &subject.name))
            }
            None if !is_of_cluster => {
                let namespace = object.namespace().to_owned();
                Some(cluster.key(intake, "serviceaccount", Some(&namespace), &subject.name))
            }
            None => {
                skip(
                    intake,
                    row,
                    "a service account without its namespace is nobody's",
                );
                None
            }
        },
        _ => {
            skip(intake, row, "it is neither user, group nor service account");
            None
        }
    }
}

#[derive(Deserialize)]
struct Aggregation {
    #[serde(
        default,
        rename = "clusterRoleSelectors",
        deserialize_with = "null_as_default"
    )]
    selectors: Vec<Selector>,
}

#[derive(Deserialize)]
struct Selector {
    #[serde(default, rename = "matchLabels", deserialize_with = "null_as_default")]
    labels: BTreeMap<String, String>,
    #[serde(
        default,
        rename = "matchExpressions",
        deserialize_with = "null_as_default"
    )]
    expressions: Vec<Expression>,
}

#[derive(Deserialize)]
struct Expression {
    key: String,
    operator: String,
    #[serde(default, deserialize_with = "null_as_default")]
    values: Vec<String>,
}

impl Selector {
    /// Source: Kubernetes documentation, "Labels and Selectors" (read 2026-11).
    fn takes(&self, labels: &BTreeMap<String, String>) -> bool {
        let own = |key: &String| labels.get(key);
        self.labels
            .iter()
            .all(|(key, value)| own(key) == Some(value))
            && self.expressions.iter().all(|one| {
                let is_among = own(&one.key).is_some_and(|value| one.values.contains(value));
                match one.operator.as_str() {
                    "In" => is_among,
                    "NotIn" => !is_among,
                    "Exists" => own(&one.key).is_some(),
                    "DoesNotExist" => own(&one.key).is_none(),
                    _ => false,
                }
            })
    }
}

/// Gathers the rules of aggregated roles that have none yet.
pub(super) fn aggregate(rows: &[Row<'_>], of: &str, cluster: &Cluster, intake: &mut Intake<'_>) {
    #[derive(Deserialize)]
    struct Labelled {
        name: String,
        #[serde(default, deserialize_with = "null_as_default")]
        labels: BTreeMap<String, String>,
    }
    let text = |row: &Row<'_>, name| {
        row.member(name)
            .and_then(|member| json::text_of(member.raw))
    };
    let roles: Vec<(Labelled, &Row<'_>)> = rows
        .iter()
        .filter(|row| text(row, "kind").as_deref().unwrap_or(of) == "ClusterRole")
        .filter_map(|row| {
            let metadata = row.member("metadata")?;
            Some((serde_json::from_str(metadata.raw.get()).ok()?, row))
        })
        .collect();
    for (whole, row) in &roles {
        let Some(aggregation) = row.member("aggregationRule") else {
            continue;
        };
        let own = row.member("rules").and_then(|rules| rules.rows());
        if json::is_null(aggregation.raw) || own.is_some_and(|rules| !rules.is_empty()) {
            continue;
        }
        let Some(aggregation) = intake.parse::<Aggregation>(&aggregation) else {
            continue;
        };
        let key = cluster.key(intake, "clusterrole", None, &whole.name);
        for (part, row) in &roles {
            let is_taken = |one: &Selector| one.takes(&part.labels);
            if part.name == whole.name || !aggregation.selectors.iter().any(is_taken) {
                continue;
            }
            if let Some(rules) = row.member("rules").and_then(|rules| rules.rows()) {
                emit_rules(&key, &format!("{}/", part.name), &rules, intake);
            }
        }
    }
}
