//! What AWS says of a cluster of its own: the issuer of its tokens, whom it lets in, and which service accounts are given
//! roles. The ConfigMap `kube-system/aws-auth`, which says the same in the cluster, is read here too.
//!
//! A cluster is known by its name, so its folder is named after it (`kubernetes/<cluster>`).
//!
//! Source: the types of `botocore` for `eks` (2017-11-01); Amazon EKS User Guide, "Grant IAM users and roles access to
//! Kubernetes APIs", "Review access policy permissions", "Learn how EKS Pod Identity grants pods access" (read 2026-11).

use super::objects::Object;
use super::{Actor, Cluster, Thing, emit_scope, is_issuer};
use crate::inventory::{
    AccessRule, Evidence, Hierarchy, Key, PolicyRecord, PrincipalKind, Record, ResourceRecord,
    TenantRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use crate::sources::layout::is_account;
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "kubernetes/eks",
    about: "an Amazon EKS cluster: its issuer, whom it lets in, which service accounts are given roles",
    command: "aws eks describe-cluster --name <cluster> --output json > kubernetes/<cluster>/eks/describe-cluster.json; per association: aws eks describe-pod-identity-association --cluster-name <cluster> --association-id <id>; per entry: aws eks describe-access-entry --cluster-name <cluster> --principal-arn <arn>; aws eks list-associated-access-policies --cluster-name <cluster> --principal-arn <arn>",
    keys: &[
        "cluster",
        "association",
        "accessEntry",
        "associatedAccessPolicies",
    ],
    recognise,
    read,
};

/// What an answer is about.
enum Answer {
    Cluster,
    Association,
    Associations,
    Entry,
    Policies,
}

fn answer(page: &Page<'_>) -> Option<Answer> {
    let has = |name: &str, keys: &[&str]| {
        page.member(name)
            .is_some_and(|row| keys.iter().all(|key| row.member(key).is_some()))
    };
    if has("cluster", &["name", "arn", "roleArn"]) {
        Some(Answer::Cluster)
    } else if has("association", &["clusterName", "serviceAccount"]) {
        Some(Answer::Association)
    } else if has("accessEntry", &["clusterName", "principalArn"]) {
        Some(Answer::Entry)
    } else if page.is_object() && page.has_keys(&["associatedAccessPolicies", "clusterName"]) {
        Some(Answer::Policies)
    } else if page.is_object() && page.lists("associations", &["clusterName", "serviceAccount"]) {
        Some(Answer::Associations)
    } else {
        None
    }
}

fn recognise(page: &Page<'_>) -> bool {
    answer(page).is_some()
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    type Reader = fn(&Row<'_>, &mut Intake<'_>);
    let (name, read_one): (&str, Reader) = match answer(page) {
        Some(Answer::Cluster) => ("cluster", read_cluster),
        Some(Answer::Association) => ("association", read_association),
        Some(Answer::Entry) => ("accessEntry", read_entry),
        Some(Answer::Policies) => return read_policies(page, intake),
        Some(Answer::Associations) => {
            let at = intake.page(page);
            intake.problem(
                Severity::Note,
                ProblemCode::NotModelled,
                &at,
                "a list of associations does not name their roles: it is not read",
                "export each with `aws eks describe-pod-identity-association`",
            );
            return;
        }
        None => return,
    };
    if let Some(row) = page.member(name) {
        read_one(&row, intake);
    }
}

/// The key of whom a cluster takes an AWS principal for. `list`: which of its two lists says so.
fn entry_key(cluster: &Cluster, list: &str, arn: &str, intake: &mut Intake<'_>) -> Key {
    cluster.key(intake, list, None, arn)
}

#[derive(Deserialize)]
struct Described {
    name: String,
    arn: String,
    #[serde(default)]
    identity: Option<Identity>,
    #[serde(default, rename = "accessConfig")]
    access: Option<AccessConfig>,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(default)]
    oidc: Option<Oidc>,
}

#[derive(Deserialize)]
struct Oidc {
    #[serde(default)]
    issuer: Option<String>,
}

#[derive(Deserialize)]
struct AccessConfig {
    #[serde(default, rename = "authenticationMode")]
    mode: Option<String>,
}

/// The tag of a cluster that says which of its two lists of whom it lets in counts.
const MODE: &str = "authenticationMode";

/// Source: the type `AuthenticationMode` of the EKS API (read 2026-11).
const MODES: [&str; 3] = ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"];

/// `arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME`.
fn is_arn_of_cluster(arn: &str, name: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "eks", _, account, cluster]
        if is_account(account) && cluster.strip_prefix("cluster/") == Some(name))
}

/// The tag of a cluster that says under which ARN AWS keeps it.
const ARN: &str = "arn";

/// The cluster as AWS has it: whoever may change whom it lets in administers it.
fn emit_aws(described: &Described, at: &Evidence, intake: &mut Intake<'_>) {
    let Some(account) = described.arn.split(':').nth(4).map(str::to_owned) else {
        return;
    };
    let tenant = intake.key(&format!("aws:account:{account}"));
    intake.emit(Record::Tenant(TenantRecord {
        key: tenant.clone(),
        platform: "aws",
        identifier: account,
        name: None,
        environment: None,
        owner: None,
        hierarchy: Hierarchy::default(),
        evidence: at.clone(),
    }));
    let key = intake.key(&described.arn);
    intake.emit(Record::Resource(ResourceRecord {
        key,
        aliases: Vec::new(),
        name: described.name.clone(),
        kind: "eks:cluster".to_owned(),
        platform: "aws",
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: at.clone(),
    }));
}

fn read_cluster(row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(described) = intake.parse::<Described>(row) else {
        return;
    };
    let at = intake.row(row);
    let cluster = Cluster::named(&described.name, &at, intake);
    // Without a mode, as older answers are: the config map alone. Another word is kept out, and the mode unknown.
    let mode = described
        .access
        .as_ref()
        .and_then(|access| access.mode.as_deref());
    let mode = mode.unwrap_or("CONFIG_MAP");
    let mut tags = Vec::new();
    if MODES.contains(&mode) {
        tags.push((MODE.to_owned(), mode.to_owned()));
    }
    if is_arn_of_cluster(&described.arn, &described.name) {
        tags.push((ARN.to_owned(), described.arn.clone()));
        emit_aws(&described, &at, intake);
    }
    let thing = Thing {
        key: cluster.tenant.clone(),
        name: format!("cluster {}", described.name),
        kind: "kubernetes:cluster",
        tags,
        aliases: Vec::new(),
    };
    cluster.resource(intake, thing, at.clone());
    let issuer = described.identity.and_then(|of| of.oidc?.issuer);
    if let Some(issuer) = issuer.filter(|issuer| is_issuer(issuer)) {
        let oidc = row.member("identity").and_then(|of| of.member("oidc"));
        let at = oidc.map_or(at, |oidc| intake.member(&oidc, "issuer"));
        cluster.issuer(intake, &issuer, at);
    }
}

#[derive(Deserialize)]
struct Association {
    #[serde(rename = "clusterName")]
    cluster: String,
    namespace: String,
    #[serde(rename = "serviceAccount")]
    account: String,
    #[serde(default, rename = "roleArn")]
    role: Option<String>,
    #[serde(default, rename = "targetRoleArn")]
    target: Option<String>,
}

fn read_association(row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(one) = intake.parse::<Association>(row) else {
        return;
    };
    let at = intake.row(row);
    let cluster = Cluster::named(&one.cluster, &at, intake);
    let account = cluster.key(intake, "serviceaccount", Some(&one.namespace), &one.account);
    let Some(role) = one.role else {
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &at,
            "the association names no role: which one the service account is given is unknown",
            "export it with `aws eks describe-pod-identity-association`",
        );
        return;
    };
    if one.target.is_some_and(|target| !target.is_empty()) {
        let at = intake.member(row, "targetRoleArn");
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            "the association goes on to a second role: that is followed where the trust of the second names the first",
            "nothing is needed",
        );
    }
    let (key, at) = (
        format!("{account}#pod-identity/{role}"),
        intake.member(row, "roleArn"),
    );
    let terms = Terms::Mapping {
        from: account,
        to: intake.key(&role),
    };
    let name = format!("{}/{}", one.namespace, one.account);
    emit_scope(intake, &key, &name, terms, at);
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "clusterName")]
    cluster: String,
    #[serde(rename = "principalArn")]
    arn: String,
    #[serde(
        default,
        rename = "kubernetesGroups",
        deserialize_with = "null_as_default"
    )]
    groups: Vec<String>,
    #[serde(default)]
    username: Option<String>,
}

fn read_entry(row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(entry) = intake.parse::<Entry>(row) else {
        return;
    };
    let at = intake.row(row);
    let cluster = Cluster::named(&entry.cluster, &at, intake);
    let let_in = LetIn {
        list: "access-entry",
        arn: &entry.arn,
        user: entry.username.as_deref(),
        groups: &entry.groups,
    };
    let_in.emit(&cluster, &at, intake);
}

/// An AWS principal that a cluster lets in.
struct LetIn<'e> {
    /// Which list says so.
    list: &'static str,
    arn: &'e str,
    user: Option<&'e str>,
    groups: &'e [String],
}

impl LetIn<'_> {
    /// As whom it is let in is one principal, which acts as a user and in groups in one request.
    fn emit(&self, cluster: &Cluster, at: &Evidence, intake: &mut Intake<'_>) -> Key {
        let key = entry_key(cluster, self.list, self.arn, intake);
        let name = format!("{} in {}", self.arn, cluster.name);
        let actor = Actor::new(key.clone(), &name, PrincipalKind::User);
        cluster.principal(intake, actor, at.clone());
        let terms = Terms::Mapping {
            from: intake.key(self.arn),
            to: key.clone(),
        };
        emit_scope(intake, &format!("{key}#entry"), self.arn, terms, at.clone());
        // A name with a part that is filled in by the session is a name that no binding can know.
        let user = self
            .user
            .filter(|user| !user.is_empty() && !user.contains("{{"));
        if let Some(user) = user {
            let to = cluster.user_key(intake, user);
            if !to.contains(":serviceaccount:") {
                let actor = Actor::new(to.clone(), user, PrincipalKind::User);
                cluster.principal(intake, actor, at.clone());
            }
            let scope = format!("{key}#user");
            let terms = Terms::Mapping {
                from: key.clone(),
                to,
            };
            emit_scope(intake, &scope, user, terms, at.clone());
        }
        for group in self.groups.iter().filter(|group| !group.is_empty()) {
            let to = cluster.key(intake, "group", None, group);
            let actor = Actor::new(to.clone(), group, PrincipalKind::Group);
            cluster.principal(intake, actor, at.clone());
            let terms = Terms::Membership {
                member: key.clone(),
                group: to,
            };
            emit_scope(
                intake,
                &format!("{key}#group/{group}"),
                group,
                terms,
                at.clone(),
            );
        }
        key
    }
}

#[derive(Deserialize)]
struct Associated {
    #[serde(rename = "policyArn")]
    policy: String,
    #[serde(default, rename = "accessScope")]
    scope: Option<AccessScope>,
}

#[derive(Deserialize)]
struct AccessScope {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    namespaces: Vec<String>,
}

fn read_policies(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let text = |name| page.member(name).and_then(|row| json::text_of(row.raw));
    let at = intake.page(page);
    let (Some(name), Some(arn)) = (text("clusterName"), text("principalArn")) else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "of which cluster and whom it is",
            "kubernetes/<cluster>/eks/access-policies/<n>.json",
        );
        return;
    };
    let cluster = Cluster::named(&name, &at, intake);
    let Some(rows) = page.rows("associatedAccessPolicies") else {
        intake.not_a_list(&at, "associatedAccessPolicies");
        return;
    };
    let subject = entry_key(&cluster, "access-entry", &arn, intake);
    for row in rows {
        let Some(one) = intake.parse::<Associated>(&row) else {
            continue;
        };
        let at = intake.row(&row);
        let policy = one.policy.rsplit('/').next().unwrap_or("").to_owned();
        let Some(rules) = policy_rules(&policy) else {
            intake.problem(
                Severity::Doubt,
                ProblemCode::NotModelled,
                &at,
                format!("access policy `{policy}` is not known here: what it grants is unknown"),
                "docs/kubernetes.md lists those that are",
            );
            continue;
        };
        let role = emit_policy(&cluster, &policy, rules, &at, intake);
        let scope = one.scope.unwrap_or(AccessScope {
            kind: None,
            namespaces: Vec::new(),
        });
        let is_of_cluster = scope.kind.as_deref() == Some("cluster");
        let namespaces: Vec<Option<String>> = match is_of_cluster {
            true => vec![None],
            false => scope.namespaces.into_iter().map(Some).collect(),
        };
        for namespace in namespaces {
            // A wildcard in a namespace's name is allowed there; it is taken up when the namespaces are known.
            let place = namespace.as_deref().unwrap_or("*");
            let key = format!("{subject}#policy/{policy}/{place}");
            let terms = Terms::Binding {
                role: role.clone(),
                subject: subject.clone(),
                namespace: namespace.clone(),
            };
            emit_scope(intake, &key, &policy, terms, at.clone());
        }
    }
}

/// The record of an access policy and of its rules, as AWS publishes them.
fn emit_policy(
    cluster: &Cluster,
    name: &str,
    rules: &[Published],
    at: &Evidence,
    intake: &mut Intake<'_>,
) -> Key {
    let key = cluster.key(intake, "access-policy", None, name);
    intake.emit(Record::Policy(PolicyRecord {
        key: key.clone(),
        name: name.to_owned(),
        tenant: None,
        versions: None,
        guardrail: None,
        evidence: at.clone(),
    }));
    for (index, (groups, resources, verbs)) in rules.iter().enumerate() {
        let list = |words: &str| -> Vec<String> { words.split(' ').map(str::to_owned).collect() };
        let rule = AccessRule {
            verbs: list(verbs),
            groups: list(groups),
            resources: list(resources),
            ..AccessRule::default()
        };
        let terms = Terms::Rule {
            role: key.clone(),
            rule,
        };
        let scope = format!("{key}#rule/{index}");
        emit_scope(intake, &scope, &index.to_string(), terms, at.clone());
    }
    key
}

/// Groups, resources and verbs of one rule, divided by spaces.
type Published = (&'static str, &'static str, &'static str);

const CHANGE: &str = "create delete deletecollection patch update";
const SEE: &str = "get list watch";
const WORKLOADS: &str = "daemonsets deployments replicasets statefulsets";

/// What the rules of an access policy allow, as far as a technique asks for it; `None` for one that is not known.
///
/// Source: Amazon EKS User Guide, "Review access policy permissions" (read 2026-11). What only views events, quotas and
/// the like is left out. AmazonEKSAdminViewPolicy is published as `*` without the subresources that open connections
/// (awsdocs/amazon-eks-user-guide, pull request 1116): its resources are named here.
fn policy_rules(name: &str) -> Option<&'static [Published]> {
    const EVERYTHING: &[Published] = &[("*", "*", "*")];
    const EDIT: &[Published] = &[
        ("apps extensions", WORKLOADS, CHANGE),
        ("apps extensions", WORKLOADS, SEE),
        ("batch", "cronjobs jobs", CHANGE),
        ("batch", "cronjobs jobs", SEE),
        (
            "",
            "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy",
            SEE,
        ),
        ("", "serviceaccounts", "impersonate"),
        (
            "",
            "pods pods/attach pods/exec pods/portforward pods/proxy",
            CHANGE,
        ),
        (
            "",
            "configmaps persistentvolumeclaims replicationcontrollers secrets serviceaccounts services",
            CHANGE,
        ),
        (
            "",
            "configmaps pods replicationcontrollers serviceaccounts services namespaces",
            SEE,
        ),
    ];
    const ADMIN: &[Published] = &[
        ("apps extensions", WORKLOADS, CHANGE),
        ("apps extensions", WORKLOADS, SEE),
        ("batch", "cronjobs jobs", CHANGE),
        ("batch", "cronjobs jobs", SEE),
        (
            "",
            "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy",
            SEE,
        ),
        ("", "serviceaccounts", "impersonate"),
        (
            "",
            "pods pods/attach pods/exec pods/portforward pods/proxy",
            CHANGE,
        ),
        (
            "",
            "configmaps persistentvolumeclaims replicationcontrollers secrets serviceaccounts services",
            CHANGE,
        ),
        (
            "",
            "configmaps pods replicationcontrollers serviceaccounts services namespaces",
            SEE,
        ),
        (
            "rbac.authorization.k8s.io",
            "rolebindings roles",
            "create delete deletecollection get list patch update watch",
        ),
    ];
    const VIEW: &[Published] = &[
        ("apps extensions", WORKLOADS, SEE),
        ("batch", "cronjobs jobs", SEE),
        (
            "",
            "configmaps pods replicationcontrollers serviceaccounts services namespaces",
            SEE,
        ),
    ];
    const ADMIN_VIEW: &[Published] = &[
        ("apps extensions", WORKLOADS, SEE),
        ("batch", "cronjobs jobs", SEE),
        (
            "",
            "configmaps pods replicationcontrollers secrets serviceaccounts services namespaces nodes",
            SEE,
        ),
    ];
    Some(match name {
        "AmazonEKSClusterAdminPolicy" => EVERYTHING,
        "AmazonEKSAdminPolicy" => ADMIN,
        "AmazonEKSEditPolicy" => EDIT,
        "AmazonEKSViewPolicy" => VIEW,
        "AmazonEKSAdminViewPolicy" => ADMIN_VIEW,
        _ => return None,
    })
}

/// One line of `aws-auth`.
#[derive(Deserialize)]
struct Line {
    #[serde(default, alias = "userarn")]
    rolearn: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    groups: Vec<String>,
}

/// The lists of whom the cluster lets in, in YAML inside the object. Other ConfigMaps are not looked at.
///
/// Source: kubernetes-sigs/aws-iam-authenticator, README, "Full Configuration Format" (read 2026-11).
pub(super) fn config_map(object: &Object<'_, '_>, intake: &mut Intake<'_>) {
    if (object.namespace(), object.name()) != ("kube-system", "aws-auth") {
        return;
    }
    let cluster = object.cluster;
    let key = cluster.key(intake, "configmap", Some("kube-system"), "aws-auth");
    let at = intake.row(object.row);
    let thing = Thing {
        key,
        name: "kube-system/aws-auth".to_owned(),
        kind: "kubernetes:configmap",
        tags: Vec::new(),
        aliases: Vec::new(),
    };
    cluster.resource(intake, thing, at);
    for list in ["mapRoles", "mapUsers"] {
        let Some(row) = object.at(&["data", list]) else {
            continue;
        };
        let at = intake.row(&row);
        let lines = json::text_of(row.raw).unwrap_or_default();
        let lines: Vec<Line> = match serde_saphyr::from_str::<Option<Vec<Line>>>(&lines) {
            Ok(lines) => lines.unwrap_or_default(),
            Err(_) => {
                intake.problem(
                    Severity::Skipped,
                    ProblemCode::BadRecord,
                    &at,
                    format!("`{list}` is no list in YAML: nothing of it is read"),
                    "the API server's authenticator does not read it either",
                );
                continue;
            }
        };
        for line in lines {
            let Some(arn) = line.rolearn.filter(|arn| arn.starts_with("arn:")) else {
                intake.problem(
                    Severity::Skipped,
                    ProblemCode::BadRecord,
                    &at,
                    format!("a line of `{list}` names no ARN: it is left out"),
                    "a line needs `rolearn` or `userarn`",
                );
                continue;
            };
            let let_in = LetIn {
                list: "aws-auth",
                arn: &arn,
                user: line.username.as_deref(),
                groups: &line.groups,
            };
            let_in.emit(cluster, &at, intake);
        }
    }
    if let Some(accounts) = object.at(&["data", "mapAccounts"]) {
        let at = intake.row(&accounts);
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            "`mapAccounts` lets all of an account in, each as a user of the own name: that is not followed",
            "no binding is known to name such users, unless one does",
        );
    }
}
