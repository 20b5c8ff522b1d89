//! Kubernetes: what roles let their subjects do, what pods and nodes hold, and the ways between a cluster and AWS.

use crate::account::{ACCOUNT, Account, Answer, allow, analyzed, role, user};
use crate::platforms::Exports;
use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::Analysis;
use leakreach::inventory::Access;
use leakreach::reach::{Layer, reached};
use leakreach::steps::{Control, Fact};
use serde_json::{Value, json};
use std::fs;

pub const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";

pub fn key(kind: &str, name: &str) -> String {
    format!("kubernetes:c:{kind}:{name}")
}

pub fn account(name: &str) -> String {
    key("serviceaccount", name)
}

/// The objects of a cluster and what lies beside them.
#[derive(Default, Clone)]
pub struct Estate {
    items: Vec<Value>,
    files: Vec<(String, String)>,
    aws: Account,
}

pub fn rules(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| rule(text)).collect()
}

/// A rule in a line: `VERBS RESOURCES [GROUP] [NAMES]`, each list with commas; `-` is the core group.
pub fn rule(text: &str) -> Value {
    let words: Vec<&str> = text.split(' ').collect();
    let list = |at: usize| -> Vec<&str> {
        let word = words.get(at).copied().unwrap_or("-");
        match word {
            "-" => vec![],
            other => other.split(',').collect(),
        }
    };
    let groups = match words.get(2) {
        None | Some(&"-") => vec![""],
        Some(_) => list(2),
    };
    json!({"verbs": list(0), "resources": list(1), "apiGroups": groups, "resourceNames": list(3)})
}

pub fn metadata(name: &str) -> Value {
    match name.split_once('/') {
        Some((namespace, name)) => json!({"namespace": namespace, "name": name}),
        None => json!({"name": name}),
    }
}

/// `user:NAME`, `group:NAME` or `NAMESPACE/NAME` of a service account.
pub fn subject(text: &str) -> Value {
    match text.split_once('/') {
        Some((namespace, name)) => {
            json!({"kind": "ServiceAccount", "namespace": namespace, "name": name})
        }
        None => {
            let (kind, name) = text.split_once(':').unwrap();
            let kind = if kind == "user" { "User" } else { "Group" };
            json!({"kind": kind, "name": name, "apiGroup": "rbac.authorization.k8s.io"})
        }
    }
}

impl Estate {
    pub fn item(mut self, kind: &str, name: &str, rest: Value) -> Self {
        let mut item = json!({"apiVersion": "v1", "kind": kind, "metadata": metadata(name)});
        for (name, value) in rest.as_object().unwrap() {
            if name == "metadata" {
                for (name, value) in value.as_object().unwrap() {
                    item["metadata"][name] = value.clone();
                }
            } else {
                item[name] = value.clone();
            }
        }
        self.items.push(item);
        self
    }

    /// A role of a namespace with these rules, bound to a subject there.
    pub fn bound(self, subject_text: &str, namespace: &str, texts: &[&str]) -> Self {
        let name = format!("{namespace}/of-{}", subject_text.replace([':', '/'], "-"));
        let reference = json!({"kind": "Role", "name": name.split_once('/').unwrap().1});
        self.item("Role", &name, json!({"rules": rules(texts)}))
            .item(
                "RoleBinding",
                &name,
                json!({"roleRef": reference, "subjects": [subject(subject_text)]}),
            )
    }

    /// A role of the cluster with these rules, bound to a subject everywhere.
    pub fn bound_everywhere(self, subject_text: &str, texts: &[&str]) -> Self {
        let name = format!("of-{}", subject_text.replace([':', '/'], "-"));
        self.cluster_role(&name, texts).item(
            "ClusterRoleBinding",
            &name,
            json!({"roleRef": {"kind": "ClusterRole", "name": name}, "subjects": [subject(subject_text)]}),
        )
    }

    pub fn cluster_role(self, name: &str, texts: &[&str]) -> Self {
        self.item("ClusterRole", name, json!({"rules": rules(texts)}))
    }

    pub fn accounts(mut self, names: &[&str]) -> Self {
        for name in names {
            self = self.item("ServiceAccount", name, json!({}));
        }
        self
    }

    pub fn namespace(self, name: &str, enforced: Option<&str>) -> Self {
        let labels = match enforced {
            Some(level) => json!({"pod-security.kubernetes.io/enforce": level}),
            None => json!({}),
        };
        self.item("Namespace", name, json!({"metadata": {"labels": labels}}))
    }

    pub fn secret(self, name: &str) -> Self {
        self.item("Secret", name, json!({"type": "Opaque"}))
    }

    pub fn node(self, name: &str, labels: Value) -> Self {
        let spec = json!({"providerID": format!("aws:///eu-west-1a/i-{name}")});
        self.item(
            "Node",
            name,
            json!({"metadata": {"labels": labels}, "spec": spec}),
        )
    }

    /// A pod of a service account on a node, with its token, and with what `change` does to its manifest.
    pub fn pod(self, name: &str, of: &str, node: &str, change: impl FnOnce(&mut Value)) -> Self {
        let mut spec = json!({
            "serviceAccountName": of, "nodeName": node,
            "containers": [{"name": "main", "image": "example.com/app:1"}],
            "volumes": [{"name": "kube-api-access", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}]}}]
        });
        change(&mut spec);
        self.item(
            "Pod",
            name,
            json!({"spec": spec, "status": {"phase": "Running"}}),
        )
    }

    pub fn deployment(self, name: &str) -> Self {
        self.item(
            "Deployment",
            name,
            json!({"spec": {"template": {"spec": {"containers": []}}}}),
        )
    }

    pub fn file(mut self, path: &str, body: Value) -> Self {
        self.files
            .push((format!("kubernetes/c/{path}"), body.to_string()));
        self
    }

    pub fn aws(mut self, change: impl FnOnce(Account) -> Account) -> Self {
        self.aws = change(self.aws);
        self
    }

    /// What AWS says of the cluster.
    pub fn described(self, mode: &str) -> Self {
        let body = json!({"cluster": {
            "name": "c", "arn": format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/c"),
            "roleArn": role("cluster"), "identity": {"oidc": {"issuer": format!("https://{ISSUER}")}},
            "accessConfig": {"authenticationMode": mode}}});
        self.file("eks/describe-cluster.json", body)
    }

    fn write(mut self, root: &Utf8Path) {
        self.aws.write(root);
        let list = json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": self.items});
        self.files
            .push(("kubernetes/c/objects.json".to_owned(), list.to_string()));
        for (path, body) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, body).unwrap();
        }
    }

    fn analyze(self) -> Reached {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        self.write(&root);
        Reached {
            analysis: analyzed(&root, "2026-11-01T00:00:00Z"),
        }
    }
}

impl From<Estate> for Exports {
    fn from(estate: Estate) -> Self {
        Self::written(|root| estate.write(root))
    }
}

struct Reached {
    analysis: Analysis,
}

impl Reached {
    fn principal(&self, key: &str) -> Fact {
        Fact::Principal(
            self.analysis
                .inventory
                .principal_by_key(key)
                .unwrap_or_else(|| panic!("no principal {key}")),
        )
    }

    fn on(&self, key: &str, access: Access) -> Fact {
        let inventory = &self.analysis.inventory;
        let id = inventory.resource_by_key(key);
        Fact::Access(id.unwrap_or_else(|| panic!("no resource {key}")), access)
    }

    fn gains(&self, from: &str, goal: Fact) -> Answer {
        self.gains_all(&[self.principal(from)], goal)
    }

    fn gains_all(&self, from: &[Fact], goal: Fact) -> Answer {
        let steps = &self.analysis.steps;
        let seed: Vec<_> = from
            .iter()
            .filter_map(|&fact| steps.fact_id(fact))
            .collect();
        let Some(goal) = steps.fact_id(goal) else {
            return Answer::No;
        };
        let is_reached = |layer| reached(steps, layer, &seed, None)[goal.0 as usize];
        if is_reached(Layer::Certain) {
            Answer::Certain
        } else if is_reached(Layer::Possible) {
            Answer::Possible
        } else {
            Answer::No
        }
    }

    fn becomes(&self, from: &str, to: &str) -> Answer {
        self.gains(from, self.principal(to))
    }

    fn reads(&self, from: &str, secret: &str) -> Answer {
        self.gains(from, self.on(&key("secret", secret), Access::Read))
    }

    fn roots(&self, from: &str, node: &str) -> Answer {
        self.gains(from, self.on(&key("node", node), Access::Admin))
    }

    fn administers(&self, from: &str) -> Answer {
        self.gains(from, self.on("kubernetes:cluster:c", Access::Admin))
    }

    /// The techniques of the steps that gain a fact, each once.
    fn techniques(&self, goal: Fact) -> Vec<&str> {
        let steps = &self.analysis.steps;
        let Some(goal) = steps.fact_id(goal) else {
            return Vec::new();
        };
        let ids = steps.gaining(goal).iter();
        let mut names: Vec<&str> = ids
            .map(|&id| steps.techniques[steps.step(id).technique].id.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn problems(&self) -> Vec<String> {
        let problems = self.analysis.problems.iter();
        problems
            .map(|one| format!("{} {}", one.code.name(), one.message))
            .collect()
    }
}

pub const ADA: &str = "kubernetes:c:user:ada";

/// Two namespaces, each with a service account and a secret.
pub fn two_namespaces() -> Estate {
    Estate::default()
        .namespace("shop", None)
        .namespace("bank", None)
        .accounts(&["shop/api", "bank/teller"])
        .secret("shop/db")
        .secret("bank/vault")
}

#[test]
fn whoever_creates_pods_is_any_service_account_and_reads_every_secret_of_that_namespace_alone() {
    let makers = [
        "create pods",
        "create deployments apps",
        "create daemonsets apps",
        "create statefulsets apps",
        "create replicasets apps",
        "create jobs batch",
        "create cronjobs batch",
        "create replicationcontrollers",
        "* * *",
    ];
    for text in makers {
        let reached = two_namespaces()
            .bound("user:ada", "shop", &[text])
            .analyze();
        assert_eq!(
            reached.becomes(ADA, &account("shop/api")),
            Answer::Certain,
            "{text}"
        );
        assert_eq!(reached.reads(ADA, "shop/db"), Answer::Certain, "{text}");
        assert_eq!(
            reached.becomes(ADA, &account("bank/teller")),
            Answer::No,
            "{text}"
        );
        assert_eq!(reached.reads(ADA, "bank/vault"), Answer::No, "{text}");
    }
    for text in [
        "get,list,watch,delete pods",
        "create deployments",
        "create pods apps",
        // What is created has no name yet.
        "create pods - api",
        "create pods/log",
    ] {
        let reached = two_namespaces()
            .bound("user:ada", "shop", &[text])
            .analyze();
        assert_eq!(
            reached.becomes(ADA, &account("shop/api")),
            Answer::No,
            "{text}"
        );
    }
}

#[test]
fn a_binding_of_the_cluster_counts_in_every_namespace_and_one_of_a_namespace_only_there() {
    let everywhere = two_namespaces()
        .bound_everywhere("user:ada", &["create pods"])
        .analyze();
    for name in ["shop/api", "bank/teller"] {
        assert_eq!(
            everywhere.becomes(ADA, &account(name)),
            Answer::Certain,
            "{name}"
        );
    }
    // A role of the cluster, bound in one namespace.
    let reference = json!({"roleRef": {"kind": "ClusterRole", "name": "edit"}, "subjects": [subject("user:ada")]});
    let here = two_namespaces()
        .cluster_role("edit", &["create pods"])
        .item("RoleBinding", "shop/ada", reference)
        .analyze();
    assert_eq!(here.becomes(ADA, &account("shop/api")), Answer::Certain);
    assert_eq!(here.becomes(ADA, &account("bank/teller")), Answer::No);
}

#[test]
fn who_changes_the_template_of_something_that_is_there_runs_pods() {
    let with = |text: &str| {
        let estate = two_namespaces().deployment("shop/web");
        let reached = estate.bound("user:ada", "shop", &[text]).analyze();
        reached.becomes(ADA, &account("shop/api"))
    };
    assert_eq!(with("patch deployments apps"), Answer::Certain);
    assert_eq!(with("update deployments apps web"), Answer::Certain);
    assert_eq!(with("patch deployments apps other"), Answer::No);
    // None of these is there, and no export says that all of them are listed.
    assert_eq!(with("patch daemonsets apps"), Answer::Possible);
    // The template of a job cannot be changed.
    assert_eq!(with("patch jobs batch"), Answer::No);
    assert_eq!(with("patch deployments/scale apps"), Answer::No);
}

#[test]
fn secrets_are_read_by_list_and_watch_and_by_get_where_the_name_is_known() {
    let with = |text: &str| {
        two_namespaces()
            .bound("user:ada", "shop", &[text])
            .analyze()
    };
    for text in [
        "list secrets",
        "watch secrets",
        "get secrets - db",
        "list secrets - db",
    ] {
        let reached = with(text);
        assert_eq!(reached.reads(ADA, "shop/db"), Answer::Certain, "{text}");
        assert_eq!(reached.reads(ADA, "bank/vault"), Answer::No, "{text}");
    }
    assert_eq!(with("get secrets").reads(ADA, "shop/db"), Answer::Possible);
    for text in [
        "get secrets - other",
        "create,update,delete secrets",
        "list configmaps",
    ] {
        assert_eq!(with(text).reads(ADA, "shop/db"), Answer::No, "{text}");
    }
}

#[test]
fn a_token_in_a_secret_is_a_static_credential_of_its_service_account() {
    let secret = json!({"type": "kubernetes.io/service-account-token", "metadata": {
        "annotations": {"kubernetes.io/service-account.name": "api"},
        "labels": {"kubernetes.io/legacy-token-last-used": "2026-09-01"},
        "creationTimestamp": "2023-01-01T00:00:00Z"}});
    let reached = two_namespaces()
        .item("Secret", "shop/api-token", secret)
        .bound("user:ada", "shop", &["get secrets - api-token"])
        .analyze();
    assert_eq!(reached.becomes(ADA, &account("shop/api")), Answer::Certain);
    let inventory = &reached.analysis.inventory;
    let token = inventory
        .credentials
        .iter()
        .find(|one| one.kind.name() == "bearer-token")
        .unwrap();
    assert_eq!(
        (
            token.lifetime.name(),
            token.status.name(),
            token.last_used.unwrap().to_string()
        ),
        ("static", "active", "2026-09-01T00:00:00Z".to_owned())
    );
}

#[test]
fn tokens_are_issued_for_those_that_the_rule_names() {
    let with = |text: &str| {
        let estate = two_namespaces().accounts(&["shop/web"]);
        estate.bound("user:ada", "shop", &[text]).analyze()
    };
    let every = with("create serviceaccounts/token");
    assert_eq!(every.becomes(ADA, &account("shop/api")), Answer::Certain);
    assert_eq!(every.becomes(ADA, &account("bank/teller")), Answer::No);
    let named = with("create serviceaccounts/token - web");
    assert_eq!(named.becomes(ADA, &account("shop/web")), Answer::Certain);
    assert_eq!(named.becomes(ADA, &account("shop/api")), Answer::No);
    assert_eq!(
        with("create serviceaccounts").becomes(ADA, &account("shop/api")),
        Answer::No
    );
    assert_eq!(
        with("get serviceaccounts/token").becomes(ADA, &account("shop/api")),
        Answer::No
    );
}

#[test]
fn a_token_secret_needs_making_and_reading_by_whatever_hands() {
    let estate = || two_namespaces().bound("user:ada", "shop", &["create secrets"]);
    let alone = estate().analyze();
    assert_eq!(alone.becomes(ADA, &account("shop/api")), Answer::No);
    let both = two_namespaces()
        .bound("user:ada", "shop", &["create,list secrets"])
        .analyze();
    assert_eq!(both.becomes(ADA, &account("shop/api")), Answer::Certain);
    assert_eq!(both.becomes(ADA, &account("bank/teller")), Answer::No);
    // One makes it, another reads it.
    let two = estate()
        .bound("user:bob", "shop", &["list secrets"])
        .analyze();
    let hands = [two.principal(ADA), two.principal("kubernetes:c:user:bob")];
    let api = two.principal(&account("shop/api"));
    assert_eq!(two.gains_all(&hands, api), Answer::Certain);
    assert_eq!(two.gains_all(&hands[1..], api), Answer::No);
}

#[test]
fn whoever_makes_a_token_secret_knows_its_name_and_gets_it() {
    let with = |texts: &[&str]| {
        let reached = two_namespaces().bound("user:ada", "shop", texts).analyze();
        let elsewhere = reached.becomes(ADA, &account("bank/teller"));
        assert_eq!(elsewhere, Answer::No, "{texts:?}");
        reached.becomes(ADA, &account("shop/api"))
    };
    for texts in [
        &["create,get secrets"][..],
        &["create secrets", "get secrets"],
        // There is no secret of one of these names.
        &["create secrets", "get secrets - own"],
        &["create secrets", "list secrets - own"],
        &["create secrets", "get secrets - db,own"],
    ] {
        assert_eq!(with(texts), Answer::Certain, "{texts:?}");
    }
    for texts in [
        &["get secrets"][..],
        &["create secrets"],
        // It is there, and not made anew.
        &["create secrets", "get secrets - db"],
        // Nothing is made with a name.
        &["create,get secrets - own"],
        &["update,get secrets"],
        &["create secrets", "get configmaps"],
    ] {
        assert_eq!(with(texts), Answer::No, "{texts:?}");
    }
    // What others made is read where its name is known.
    let reached = two_namespaces()
        .bound("user:ada", "shop", &["create,get secrets"])
        .analyze();
    assert_eq!(reached.reads(ADA, "shop/db"), Answer::Possible);
    // Where no export lists the secrets, the name may be taken.
    let unlisted = |text: &str| {
        let reached = Estate::default()
            .namespace("shop", None)
            .accounts(&["shop/api"])
            .bound("user:ada", "shop", &["create secrets", text])
            .analyze();
        reached.becomes(ADA, &account("shop/api"))
    };
    assert_eq!(unlisted("get secrets - own"), Answer::Possible);
    assert_eq!(unlisted("get secrets"), Answer::Certain);
    // One makes it in every namespace, another gets it in one.
    let two = two_namespaces()
        .bound_everywhere("user:ada", &["create secrets"])
        .bound("user:bob", "shop", &["get secrets"])
        .analyze();
    let hands = [ADA, "kubernetes:c:user:bob"].map(|hand| two.principal(hand));
    let becomes = |name: &str| two.gains_all(&hands, two.principal(&account(name)));
    assert_eq!(becomes("shop/api"), Answer::Certain);
    assert_eq!(becomes("bank/teller"), Answer::No);
}

#[test]
fn impersonation_of_users_and_service_accounts_is_by_name_and_place() {
    let with = |place: Option<&str>, text: &str| {
        let estate = two_namespaces().bound_everywhere("user:root", &["* * *"]);
        match place {
            Some(name) => estate.bound("user:ada", name, &[text]).analyze(),
            None => estate.bound_everywhere("user:ada", &[text]).analyze(),
        }
    };
    assert_eq!(
        with(None, "impersonate users").administers(ADA),
        Answer::Certain
    );
    assert_eq!(
        with(None, "impersonate users - root").administers(ADA),
        Answer::Certain
    );
    assert_eq!(
        with(None, "impersonate users - bob").administers(ADA),
        Answer::No
    );
    // Users are of no namespace.
    assert_eq!(
        with(Some("shop"), "impersonate users").administers(ADA),
        Answer::No
    );
    // To impersonate users is not to impersonate service accounts.
    assert_eq!(
        with(None, "impersonate users").becomes(ADA, &account("shop/api")),
        Answer::Certain,
        "root is an administrator"
    );
    let here = with(Some("shop"), "impersonate serviceaccounts");
    assert_eq!(here.becomes(ADA, &account("shop/api")), Answer::Certain);
    assert_eq!(here.becomes(ADA, &account("bank/teller")), Answer::No);
    let named = with(Some("shop"), "impersonate serviceaccounts - other");
    assert_eq!(named.becomes(ADA, &account("shop/api")), Answer::No);
    let users_only = two_namespaces()
        .bound_everywhere("user:ada", &["impersonate users"])
        .analyze();
    assert_eq!(users_only.becomes(ADA, &account("shop/api")), Answer::No);
}

#[test]
fn a_group_is_impersonated_with_somebody_in_one_request_of_one_subject() {
    let with = |texts: &[&str]| {
        two_namespaces()
            .bound_everywhere("user:ada", texts)
            .analyze()
    };
    assert_eq!(with(&["impersonate groups"]).administers(ADA), Answer::No);
    assert_eq!(
        with(&["impersonate groups,users"]).administers(ADA),
        Answer::Certain
    );
    let named = [
        "impersonate groups - system:masters",
        "impersonate users - nobody",
    ];
    assert_eq!(with(&named).administers(ADA), Answer::Certain);
    let other = ["impersonate groups - readers", "impersonate users"];
    assert_eq!(with(&other).administers(ADA), Answer::No);
    // Two subjects cannot join what one request needs.
    let two = two_namespaces()
        .bound_everywhere("user:ada", &["impersonate groups"])
        .bound_everywhere("user:bob", &["impersonate users - nobody"])
        .analyze();
    let hands = [two.principal(ADA), two.principal("kubernetes:c:user:bob")];
    let admin = two.on("kubernetes:cluster:c", Access::Admin);
    assert_eq!(two.gains_all(&hands, admin), Answer::No);
    // What one of them holds by a group of theirs counts.
    let by_group = two_namespaces()
        .bound_everywhere(
            "group:system:authenticated",
            &["impersonate users - nobody"],
        )
        .bound_everywhere("user:ada", &["impersonate groups"])
        .analyze();
    assert_eq!(by_group.administers(ADA), Answer::Certain);
}

pub const BINDING: &str = "rbac.authorization.k8s.io";

#[test]
fn binding_needs_the_binding_and_the_verb_of_one_subject_in_one_place() {
    let bind_all = format!("bind clusterroles {BINDING}");
    let make = format!("create clusterrolebindings {BINDING}");
    let with = |texts: &[&str]| {
        let estate = two_namespaces().cluster_role("cluster-admin", &["* * *"]);
        estate.bound_everywhere("user:ada", texts).analyze()
    };
    assert_eq!(with(&[&bind_all, &make]).administers(ADA), Answer::Certain);
    assert_eq!(with(&[&make]).administers(ADA), Answer::No);
    assert_eq!(with(&[&bind_all]).administers(ADA), Answer::No);
    let one = format!("bind clusterroles {BINDING} cluster-admin");
    assert_eq!(with(&[&one, &make]).administers(ADA), Answer::Certain);
    let other = format!("bind clusterroles {BINDING} view");
    assert_eq!(with(&[&other, &make]).administers(ADA), Answer::No);
    // No role that allows everything is left to bind.
    let none = two_namespaces()
        .bound_everywhere("user:ada", &[&bind_all, &make])
        .analyze();
    assert_eq!(none.administers(ADA), Answer::No);
    // A binding of a namespace: everything there, and nothing elsewhere.
    let made = format!("create rolebindings {BINDING}");
    let here = two_namespaces()
        .cluster_role("cluster-admin", &["* * *"])
        .bound("user:ada", "shop", &[&bind_all, &made])
        .analyze();
    assert_eq!(here.becomes(ADA, &account("shop/api")), Answer::Certain);
    assert_eq!(here.reads(ADA, "bank/vault"), Answer::No);
    assert_eq!(here.administers(ADA), Answer::No);
    // A role of the namespace, named.
    let named = two_namespaces()
        .item(
            "Role",
            "shop/reader",
            json!({"rules": rules(&["list secrets"])}),
        )
        .bound(
            "user:ada",
            "shop",
            &[&format!("bind roles {BINDING} reader"), &made],
        )
        .analyze();
    assert_eq!(named.reads(ADA, "shop/db"), Answer::Certain);
    assert_eq!(named.becomes(ADA, &account("shop/api")), Answer::No);
}

#[test]
fn a_binding_that_is_there_is_changed_only_for_the_role_that_it_binds() {
    let bind = format!("bind clusterroles {BINDING}");
    let with = |text: &str| {
        let estate = two_namespaces().bound_everywhere("user:root", &["* * *"]);
        let estate = estate.bound_everywhere("user:viewer", &["list secrets"]);
        estate
            .bound_everywhere("user:ada", &[&bind, text])
            .analyze()
    };
    let root = with(&format!("patch clusterrolebindings {BINDING} of-user-root"));
    assert_eq!(root.administers(ADA), Answer::Certain);
    let viewer = with(&format!(
        "patch clusterrolebindings {BINDING} of-user-viewer"
    ));
    assert_eq!(viewer.administers(ADA), Answer::No);
    assert_eq!(viewer.reads(ADA, "bank/vault"), Answer::Certain);
}

#[test]
fn escalating_needs_change_and_verb_on_a_role_that_is_held() {
    let with = |texts: &[&str]| {
        let estate = two_namespaces().bound_everywhere("user:bob", &["list configmaps"]);
        estate.bound_everywhere("user:ada", texts).analyze()
    };
    let both = format!("patch,escalate clusterroles {BINDING}");
    assert_eq!(with(&[&both]).administers(ADA), Answer::Certain);
    assert_eq!(
        with(&[&format!("patch clusterroles {BINDING}")]).administers(ADA),
        Answer::No
    );
    assert_eq!(
        with(&[&format!("escalate clusterroles {BINDING}")]).administers(ADA),
        Answer::No
    );
    let own = format!("patch,escalate clusterroles {BINDING} of-user-ada");
    assert_eq!(with(&[&own]).administers(ADA), Answer::Certain);
    // A role that is bound to somebody else: it takes that one as well.
    let others = format!("patch,escalate clusterroles {BINDING} of-user-bob");
    let others = with(&[&others]);
    assert_eq!(others.administers(ADA), Answer::No);
    let hands = [
        others.principal(ADA),
        others.principal("kubernetes:c:user:bob"),
    ];
    let admin = others.on("kubernetes:cluster:c", Access::Admin);
    assert_eq!(others.gains_all(&hands, admin), Answer::Certain);
    // In a namespace.
    let here = two_namespaces()
        .bound(
            "user:ada",
            "shop",
            &[&format!("update,escalate roles {BINDING}")],
        )
        .analyze();
    assert_eq!(here.becomes(ADA, &account("shop/api")), Answer::Certain);
    assert_eq!(here.becomes(ADA, &account("bank/teller")), Answer::No);
}

#[test]
fn a_certificate_for_anybody_needs_three_rights_of_one_subject() {
    let rights = [
        "create certificatesigningrequests certificates.k8s.io",
        "update certificatesigningrequests/approval certificates.k8s.io",
        "approve signers certificates.k8s.io kubernetes.io/kube-apiserver-client",
    ];
    let estate = || two_namespaces().bound_everywhere("user:root", &["* * *"]);
    let with = |texts: &[&str]| estate().bound_everywhere("user:ada", texts).analyze();
    assert_eq!(with(&rights).administers(ADA), Answer::Possible);
    for left_out in 0..3 {
        let mut some = rights.to_vec();
        some.remove(left_out);
        assert_eq!(with(&some).administers(ADA), Answer::No, "{some:?}");
    }
    let mut other = rights;
    other[2] = "approve signers certificates.k8s.io kubernetes.io/kubelet-serving";
    assert_eq!(with(&other).administers(ADA), Answer::No);
    let mut all = rights;
    all[2] = "approve signers certificates.k8s.io kubernetes.io/*";
    assert_eq!(with(&all).administers(ADA), Answer::Possible);
    let apart = estate()
        .bound_everywhere("user:ada", &rights[..2])
        .bound_everywhere("user:bob", &rights[2..])
        .analyze();
    let hands = [
        apart.principal(ADA),
        apart.principal("kubernetes:c:user:bob"),
    ];
    let admin = apart.on("kubernetes:cluster:c", Access::Admin);
    assert_eq!(apart.gains_all(&hands, admin), Answer::No);
}

#[test]
fn certificates_and_groups_are_of_no_namespace() {
    let certificates = "create,update,approve certificatesigningrequests,certificatesigningrequests/approval,signers certificates.k8s.io";
    for text in [certificates, "impersonate users,groups"] {
        let estate = two_namespaces().bound_everywhere("user:root", &["* * *"]);
        let reached = estate.bound("user:ada", "shop", &[text]).analyze();
        assert_eq!(reached.administers(ADA), Answer::No, "{text}");
    }
}

#[test]
fn what_runs_is_written_to_by_its_own_code_and_a_namespace_by_who_runs_pods_in_it() {
    let owner = json!({"metadata": {"ownerReferences": [{"kind": "ReplicaSet", "name": "web-abc", "controller": true}],
        "labels": {"pod-template-hash": "abc"}},
        "spec": {"serviceAccountName": "api", "containers": []}, "status": {"phase": "Running"}});
    let reached = two_namespaces()
        .item("Pod", "shop/web-abc-1", owner)
        .bound("user:ada", "shop", &["create pods/exec"])
        .bound("user:bob", "shop", &["create pods"])
        .analyze();
    let web = reached.on(&key("deployment", "shop/web"), Access::Write);
    assert_eq!(reached.gains(ADA, web), Answer::Certain);
    let shop = reached.on(&key("namespace", "shop"), Access::Write);
    assert_eq!(
        reached.gains("kubernetes:c:user:bob", shop),
        Answer::Certain
    );
    assert_eq!(reached.gains(ADA, shop), Answer::No);
    let bank = reached.on(&key("namespace", "bank"), Access::Write);
    assert_eq!(reached.gains("kubernetes:c:user:bob", bank), Answer::No);
}

#[test]
fn a_client_certificate_opens_no_group_of_masters() {
    let rights = "create,update,approve certificatesigningrequests,certificatesigningrequests/approval,signers certificates.k8s.io";
    let reached = two_namespaces()
        .bound_everywhere("user:ada", &[rights])
        .analyze();
    assert_eq!(reached.becomes(ADA, &account("shop/api")), Answer::Possible);
    assert_eq!(
        reached.becomes(ADA, &key("group", "system:masters")),
        Answer::No
    );
}

/// A node with two pods, and another.
pub fn with_pods(change: impl FnOnce(&mut Value)) -> Estate {
    two_namespaces()
        .node("n1", json!({}))
        .node("n2", json!({}))
        .pod("shop/web", "api", "n1", change)
        .pod("bank/desk", "teller", "n1", |spec| {
            spec["containers"][0]["envFrom"] = json!([{"secretRef": {"name": "vault"}}]);
        })
        .pod("bank/far", "default", "n2", |_| ())
}

#[test]
fn code_in_a_pod_is_gained_by_exec_attach_new_containers_and_new_images() {
    let with = |text: &str| {
        let reached = with_pods(|_| ())
            .bound("user:ada", "shop", &[text])
            .analyze();
        reached.becomes(ADA, &key("pod", "shop/web"))
    };
    for text in [
        "create pods/exec",
        "create pods/exec - web",
        "patch pods/ephemeralcontainers",
        "update pods",
        "patch pods - web",
        "create */exec",
    ] {
        assert_eq!(with(text), Answer::Certain, "{text}");
    }
    // Before 1.35, and where the process listens.
    for text in ["get pods/exec", "create pods/attach", "get pods/attach"] {
        assert_eq!(with(text), Answer::Possible, "{text}");
    }
    for text in [
        "create pods/exec - other",
        "create pods/portforward",
        "create pods/*",
        "get,list pods",
        "patch pods/status",
        "patch pods - other",
    ] {
        assert_eq!(with(text), Answer::No, "{text}");
    }
}

#[test]
fn a_pod_gives_its_service_account_unless_no_token_lies_in_it_and_the_secrets_that_it_uses() {
    let pod = key("pod", "shop/web");
    let api = account("shop/api");
    assert_eq!(
        with_pods(|_| ()).analyze().becomes(&pod, &api),
        Answer::Certain
    );
    let refused = |spec: &mut Value| {
        spec["volumes"] = json!([]);
        spec["automountServiceAccountToken"] = json!(false);
    };
    assert_eq!(with_pods(refused).analyze().becomes(&pod, &api), Answer::No);
    // A manifest that the server did not complete.
    let told = with_pods(|spec| spec["volumes"] = json!([])).analyze();
    assert_eq!(told.becomes(&pod, &api), Answer::Possible);
    let desk = key("pod", "bank/desk");
    assert_eq!(told.reads(&desk, "bank/vault"), Answer::Certain);
    assert_eq!(told.reads(&pod, "bank/vault"), Answer::No);
    for change in [
        json!({"containers": [{"name": "m", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "k"}}}]}]}),
        json!({"containers": [], "initContainers": [{"name": "m", "envFrom": [{"secretRef": {"name": "db"}}]}]}),
        json!({"containers": [], "volumes": [{"name": "v", "secret": {"secretName": "db"}}]}),
        json!({"containers": [], "volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "db"}}]}}]}),
    ] {
        let used = with_pods(|spec| *spec = change.clone()).analyze();
        assert_eq!(used.reads(&pod, "shop/db"), Answer::Certain, "{change}");
    }
}

#[test]
fn a_pod_that_is_over_runs_nothing() {
    let over = with_pods(|_| ())
        .item("Pod", "shop/done", json!({"spec": {"serviceAccountName": "api", "containers": []}, "status": {"phase": "Succeeded"}}))
        .analyze();
    let inventory = &over.analysis.inventory;
    assert!(
        inventory
            .principal_by_key(&key("pod", "shop/done"))
            .is_none()
    );
    assert!(
        inventory
            .principal_by_key(&key("pod", "shop/web"))
            .is_some()
    );
}

#[test]
fn what_breaks_out_of_a_pod_takes_its_node_and_the_other_pods_there() {
    let privileged = |spec: &mut Value| {
        spec["containers"][0]["securityContext"] = json!({"privileged": true});
    };
    let reached = with_pods(privileged).analyze();
    let web = key("pod", "shop/web");
    assert_eq!(reached.roots(&web, "n1"), Answer::Certain);
    assert_eq!(
        reached.becomes(&web, &account("bank/teller")),
        Answer::Certain
    );
    assert_eq!(reached.reads(&web, "bank/vault"), Answer::Certain);
    assert_eq!(
        reached.becomes(&web, &key("user", "system:node:n1")),
        Answer::Certain
    );
    // Code in the pods themselves, so what is in their environments too.
    assert_eq!(
        reached.becomes(&web, &key("pod", "bank/desk")),
        Answer::Certain
    );
    // Not those elsewhere.
    assert_eq!(reached.roots(&web, "n2"), Answer::No);
    assert_eq!(reached.becomes(&web, &key("pod", "bank/far")), Answer::No);
    let plain = with_pods(|_| ()).analyze();
    assert_eq!(plain.roots(&web, "n1"), Answer::No);
    let mounted = |path: &'static str, read_only: bool| {
        with_pods(|spec| {
            spec["volumes"] = json!([{"name": "host", "hostPath": {"path": path}}]);
            spec["containers"][0]["volumeMounts"] =
                json!([{"name": "host", "mountPath": "/x", "readOnly": read_only}]);
        })
        .analyze()
    };
    let roots = |path, read_only| mounted(path, read_only).roots(&web, "n1");
    assert_eq!(roots("/", false), Answer::Certain);
    assert_eq!(roots("/var/run/docker.sock", true), Answer::Certain);
    assert_eq!(roots("/etc", true), Answer::No);
    assert_eq!(roots("/etc", false), Answer::Certain);
    assert_eq!(roots("/root/.ssh", true), Answer::Possible);
    assert_eq!(roots("/srv/data", false), Answer::No);
    // Who reads the files of a node is its kubelet, and not root.
    let reading = mounted("/", true);
    assert_eq!(reading.roots(&web, "n1"), Answer::No);
    assert_eq!(
        reading.becomes(&web, &key("user", "system:node:n1")),
        Answer::Certain
    );
    assert_eq!(reading.reads(&web, "bank/vault"), Answer::Certain);
    assert_eq!(reading.becomes(&web, &key("pod", "bank/desk")), Answer::No);
    // Who reads the volumes of pods has their tokens, and is not the kubelet.
    let volumes = mounted("/var/lib/kubelet/pods", true);
    assert_eq!(
        volumes.becomes(&web, &account("bank/teller")),
        Answer::Certain
    );
    assert_eq!(
        volumes.becomes(&web, &key("user", "system:node:n1")),
        Answer::No
    );
    assert_eq!(volumes.reads(&web, "bank/vault"), Answer::Possible);
    assert_eq!(volumes.becomes(&web, &account("bank/default")), Answer::No);
    // A volume that no container mounts.
    let unused =
        with_pods(|spec| spec["volumes"] = json!([{"name": "host", "hostPath": {"path": "/"}}]));
    assert_eq!(unused.analyze().roots(&web, "n1"), Answer::No);
}

#[test]
fn a_node_of_the_control_plane_gives_the_cluster_and_others_do_not() {
    let with = |labels: Value| {
        two_namespaces()
            .node("n1", labels)
            .pod("shop/web", "api", "n1", |spec| {
                spec["containers"][0]["securityContext"] = json!({"privileged": true})
            })
            .analyze()
            .administers(&key("pod", "shop/web"))
    };
    assert_eq!(
        with(json!({"node-role.kubernetes.io/control-plane": ""})),
        Answer::Certain
    );
    assert_eq!(
        with(json!({"node-role.kubernetes.io/worker": ""})),
        Answer::No
    );
}

#[test]
fn a_kubelet_has_the_tokens_and_secrets_of_its_own_pods_alone() {
    let reached = with_pods(|spec| spec["imagePullSecrets"] = json!([{"name": "db"}])).analyze();
    let node = key("user", "system:node:n1");
    assert_eq!(
        reached.becomes(&node, &account("bank/teller")),
        Answer::Certain
    );
    assert_eq!(reached.reads(&node, "bank/vault"), Answer::Certain);
    assert_eq!(
        reached.reads(&node, "shop/db"),
        Answer::Certain,
        "it pulls images with it"
    );
    let other = key("user", "system:node:n2");
    assert_eq!(reached.becomes(&other, &account("bank/teller")), Answer::No);
    assert_eq!(reached.reads(&other, "bank/vault"), Answer::No);
}

#[test]
fn node_proxy_gives_the_pods_of_the_nodes_that_the_rule_names() {
    let with = |text: &str| {
        with_pods(|_| ())
            .bound_everywhere("user:ada", &[text])
            .analyze()
    };
    let web = key("pod", "shop/web");
    assert_eq!(
        with("create nodes/proxy").becomes(ADA, &web),
        Answer::Certain
    );
    assert_eq!(with("get nodes/proxy").becomes(ADA, &web), Answer::Possible);
    let named = with("create nodes/proxy - n2");
    assert_eq!(named.becomes(ADA, &key("pod", "bank/far")), Answer::Certain);
    assert_eq!(named.becomes(ADA, &web), Answer::No);
    assert_eq!(with("get,create nodes").becomes(ADA, &web), Answer::No);
    // Nodes are of no namespace.
    let here = with_pods(|_| ())
        .bound("user:ada", "shop", &["create nodes/proxy"])
        .analyze();
    assert_eq!(here.becomes(ADA, &web), Answer::No);
}

#[test]
fn pod_security_keeps_privileged_pods_out_unless_the_label_can_be_taken_off() {
    let with = |enforced: Option<&str>, texts: &[&str]| {
        Estate::default()
            .namespace("shop", enforced)
            .node("n1", json!({}))
            .bound("user:ada", "shop", texts)
            .analyze()
            .roots(ADA, "n1")
    };
    // That no other admission control refuses it, no export tells.
    assert_eq!(with(None, &["create pods"]), Answer::Possible);
    assert_eq!(with(Some("privileged"), &["create pods"]), Answer::Possible);
    assert_eq!(with(Some("baseline"), &["create pods"]), Answer::No);
    assert_eq!(with(Some("restricted"), &["create pods"]), Answer::No);
    let lifting = ["create pods", "patch namespaces"];
    assert_eq!(with(Some("restricted"), &lifting), Answer::Possible);
    assert_eq!(
        with(
            Some("restricted"),
            &["create pods", "patch namespaces - shop"]
        ),
        Answer::Possible
    );
    assert_eq!(
        with(
            Some("restricted"),
            &["create pods", "patch namespaces - bank"]
        ),
        Answer::No
    );
    assert_eq!(with(Some("restricted"), &["patch namespaces"]), Answer::No);
}

#[test]
fn a_volume_of_the_node_s_disk_goes_round_pod_security() {
    let with = |texts: &[&str]| {
        Estate::default()
            .namespace("shop", Some("restricted"))
            .node("n1", json!({}))
            .bound_everywhere("user:ada", texts)
            .analyze()
            .roots(ADA, "n1")
    };
    assert_eq!(with(&["create pods,persistentvolumes"]), Answer::Possible);
    assert_eq!(with(&["create pods,persistentvolumeclaims"]), Answer::No);
}

#[test]
fn a_mutating_webhook_changes_what_others_create() {
    let with = |text: &str| {
        two_namespaces()
            .bound_everywhere("user:ada", &[text])
            .analyze()
    };
    let group = "admissionregistration.k8s.io";
    let mutating = with(&format!("patch mutatingwebhookconfigurations {group}"));
    assert_eq!(
        mutating.becomes(ADA, &account("bank/teller")),
        Answer::Possible
    );
    let reading = with(&format!("get,list mutatingwebhookconfigurations {group}"));
    assert_eq!(reading.becomes(ADA, &account("bank/teller")), Answer::No);
}

#[test]
fn literals_are_read_by_who_reads_the_manifest() {
    let leak = format!("postgres://app:{}@db.example/shop", "EXAMPLE");
    let with = |text: &str| {
        let estate = with_pods(|spec| {
            spec["containers"][0]["env"] = json!([{"name": "DATABASE_URL", "value": leak}]);
        });
        let reached = estate.bound("user:ada", "shop", &[text]).analyze();
        let inventory = &reached.analysis.inventory;
        let (id, _) = inventory
            .credentials
            .entries()
            .find(|(_, one)| one.kind.name() == "connection-string")
            .unwrap();
        reached.gains(ADA, Fact::Credential(id))
    };
    assert_eq!(with("list pods"), Answer::Certain);
    assert_eq!(with("get pods - web"), Answer::Certain);
    assert_eq!(with("get pods - other"), Answer::No);
    assert_eq!(with("list deployments apps"), Answer::No);
}

#[test]
fn groups_of_all_service_accounts_and_of_everybody_count() {
    let with = |group: &str| {
        two_namespaces()
            .bound(&format!("group:{group}"), "bank", &["list secrets"])
            .analyze()
    };
    let (api, teller) = (account("shop/api"), account("bank/teller"));
    let all = with("system:serviceaccounts");
    assert_eq!(all.reads(&api, "bank/vault"), Answer::Certain);
    let of_bank = with("system:serviceaccounts:bank");
    assert_eq!(of_bank.reads(&teller, "bank/vault"), Answer::Certain);
    assert_eq!(of_bank.reads(&api, "bank/vault"), Answer::No);
    assert_eq!(
        with("system:authenticated").reads(&api, "bank/vault"),
        Answer::Certain
    );
    let everybody = with("system:unauthenticated");
    let vault = everybody.on(&key("secret", "bank/vault"), Access::Read);
    assert_eq!(everybody.gains_all(&[], vault), Answer::Possible);
    assert_eq!(
        all.gains_all(&[], all.on(&key("secret", "bank/vault"), Access::Read)),
        Answer::No
    );
}

#[test]
fn a_user_with_the_name_of_a_service_account_is_that_service_account() {
    let reached = two_namespaces()
        .bound(
            "user:system:serviceaccount:shop:api",
            "bank",
            &["list secrets"],
        )
        .analyze();
    assert_eq!(
        reached.reads(&account("shop/api"), "bank/vault"),
        Answer::Certain
    );
}

#[test]
fn the_masters_pass_by_every_check() {
    let reached = with_pods(|_| ()).analyze();
    let masters = key("group", "system:masters");
    assert_eq!(reached.administers(&masters), Answer::Certain);
    assert_eq!(reached.reads(&masters, "bank/vault"), Answer::Certain);
    assert_eq!(reached.roots(&masters, "n2"), Answer::Certain);
    assert_eq!(
        reached.becomes(&masters, &account("shop/api")),
        Answer::Certain
    );
}

#[test]
fn what_no_export_lists_is_a_class_and_never_nothing() {
    let roles_only = Estate::default()
        .bound("user:ada", "shop", &["list secrets"])
        .analyze();
    let class = roles_only.on(&key("secret", "shop/*"), Access::Read);
    assert_eq!(roles_only.gains(ADA, class), Answer::Possible);
    let gaps = &roles_only.analysis.gaps;
    assert!(
        gaps.iter().any(|gap| gap.subject == "secrets of cluster c"),
        "{gaps:?}"
    );
    let listed = two_namespaces()
        .bound("user:ada", "shop", &["list secrets"])
        .analyze();
    assert!(
        listed
            .analysis
            .inventory
            .resource_by_key(&key("secret", "shop/*"))
            .is_none()
    );
}

#[test]
fn the_scopes_that_decided_are_the_controls_of_a_step() {
    let reached = two_namespaces()
        .bound("user:ada", "shop", &["list secrets"])
        .analyze();
    let (inventory, steps) = (&reached.analysis.inventory, &reached.analysis.steps);
    let kinds: Vec<(String, String)> = steps
        .controls
        .iter()
        .filter_map(|control| match control {
            Control::Scope(id) => {
                let scope = &inventory.scopes[*id];
                Some((scope.kind().to_owned(), inventory.place(scope.evidence[0])))
            }
            _ => None,
        })
        .collect();
    let of = |kind: &str| {
        kinds
            .iter()
            .any(|(own, place)| own == kind && place.contains("kubernetes/c/objects.json:"))
    };
    assert!(of("binding") && of("rule"), "{kinds:?}");
    let api = reached.on(&key("secret", "shop/db"), Access::Read);
    assert!(reached.techniques(api).contains(&"kubernetes/read-secrets"));
}

#[test]
fn a_namespace_s_any_service_account_is_one_fact() {
    let steps_with = |subjects: usize, accounts: usize| {
        let mut estate = Estate::default().namespace("shop", None);
        for at in 0..accounts {
            estate = estate.accounts(&[&format!("shop/a{at}")]);
        }
        for at in 0..subjects {
            estate = estate.bound(&format!("user:u{at}"), "shop", &["create pods"]);
        }
        estate.analyze().analysis.steps.len()
    };
    // What twenty more of each add together is what they add apart.
    let base = steps_with(1, 1);
    let (more_subjects, more_accounts) = (steps_with(21, 1) - base, steps_with(1, 21) - base);
    assert_eq!(steps_with(21, 21) - base, more_subjects + more_accounts);
}

/// A role that lets in tokens of the cluster's issuer with such a subject.
pub fn irsa(subject: &str) -> Value {
    json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}")},
        "Condition": {"StringLike": {format!("{ISSUER}:sub"): subject},
            "StringEquals": {format!("{ISSUER}:aud"): "sts.amazonaws.com"}}}])
}

pub fn trusting(name: &str, trust: Value) -> impl FnOnce(Account) -> Account {
    let name = name.to_owned();
    move |aws| aws.role(&name, &json!({}), &[]).trust(|it| *it = trust)
}

/// As the webhook of EKS completes the manifest of a pod whose service account has a role.
pub fn with_aws_token(spec: &mut Value) {
    let volume = json!({"name": "aws-iam-token", "projected": {"sources": [
        {"serviceAccountToken": {"audience": "sts.amazonaws.com", "expirationSeconds": 86400, "path": "token"}}]}});
    spec["volumes"].as_array_mut().unwrap().push(volume);
}

#[test]
fn the_trust_of_the_role_decides_which_service_accounts_open_it() {
    let estate = |subject: &str| {
        two_namespaces()
            .described("API")
            .aws(trusting("shop-api", irsa(subject)))
            .pod("shop/web", "api", "n1", with_aws_token)
            .bound("user:ada", "shop", &["create pods"])
            .bound("user:bob", "bank", &["create serviceaccounts/token"])
    };
    let web = key("pod", "shop/web");
    let reached = estate("system:serviceaccount:shop:api").analyze();
    assert_eq!(reached.becomes(&web, &role("shop-api")), Answer::Certain);
    // Whoever runs a pod as the service account chooses the audience.
    assert_eq!(reached.becomes(ADA, &role("shop-api")), Answer::Certain);
    assert_eq!(
        reached.becomes("kubernetes:c:user:bob", &role("shop-api")),
        Answer::No
    );
    let anybody = estate("system:serviceaccount:*").analyze();
    assert_eq!(
        anybody.becomes("kubernetes:c:user:bob", &role("shop-api")),
        Answer::Certain
    );
    let other = estate("system:serviceaccount:shop:web").analyze();
    assert_eq!(other.becomes(&web, &role("shop-api")), Answer::No);
    assert_eq!(other.becomes(ADA, &role("shop-api")), Answer::No);
}

#[test]
fn the_token_for_the_api_server_opens_no_role() {
    let reached = two_namespaces()
        .described("API")
        .aws(trusting("shop-api", irsa("system:serviceaccount:shop:api")))
        .pod("shop/web", "api", "n1", |_| ())
        .analyze();
    assert_eq!(
        reached.becomes(&key("pod", "shop/web"), &account("shop/api")),
        Answer::Certain
    );
    assert_eq!(
        reached.becomes(&key("pod", "shop/web"), &role("shop-api")),
        Answer::No
    );
    // Not even one that leaves the audience to the provider, which takes those of its clients alone.
    let mut trust = irsa("system:serviceaccount:shop:api");
    trust[0]["Condition"]
        .as_object_mut()
        .unwrap()
        .remove("StringEquals");
    let open = two_namespaces()
        .described("API")
        .aws(trusting("shop-api", trust))
        .pod("shop/web", "api", "n1", |_| ())
        .analyze();
    let web = key("pod", "shop/web");
    assert_eq!(open.becomes(&web, &role("shop-api")), Answer::No);
}

#[test]
fn an_annotation_without_trust_is_said_to_be_dead_and_a_trust_without_annotation_is_followed() {
    let annotated =
        json!({"metadata": {"annotations": {"eks.amazonaws.com/role-arn": role("shop-api")}}});
    let with = |subject: &str| {
        Estate::default()
            .described("API")
            .namespace("shop", None)
            .item("ServiceAccount", "shop/api", annotated.clone())
            .accounts(&["shop/web"])
            .aws(trusting("shop-api", irsa(subject)))
            .bound("user:ada", "shop", &["create serviceaccounts/token"])
            .analyze()
    };
    let dead = |reached: &Reached| {
        let gaps = reached.analysis.gaps.iter();
        gaps.filter(|gap| {
            gap.subject.starts_with("annotation of") && gap.text.contains("opens nothing")
        })
        .count()
    };
    let alive = with("system:serviceaccount:shop:api");
    assert_eq!(
        (dead(&alive), alive.becomes(ADA, &role("shop-api"))),
        (0, Answer::Certain)
    );
    let hidden = with("system:serviceaccount:shop:web");
    assert_eq!(
        (dead(&hidden), hidden.becomes(ADA, &role("shop-api"))),
        (1, Answer::Certain)
    );
    let elsewhere = with("system:serviceaccount:bank:*");
    assert_eq!(
        (dead(&elsewhere), elsewhere.becomes(ADA, &role("shop-api"))),
        (1, Answer::No)
    );
}

#[test]
fn another_cluster_s_issuer_is_another_issuer() {
    let reached = two_namespaces()
        .file("openid-configuration.json", json!({"issuer": "https://other.example/id", "jwks_uri": "https://other.example/keys", "subject_types_supported": ["public"]}))
        .aws(trusting("shop-api", irsa("system:serviceaccount:*")))
        .bound("user:ada", "shop", &["create pods"])
        .analyze();
    assert_eq!(reached.becomes(ADA, &role("shop-api")), Answer::No);
}

pub fn association(namespace: &str, account: &str, to: &str) -> Value {
    json!({"association": {"clusterName": "c", "namespace": namespace, "serviceAccount": account,
        "roleArn": role(to), "associationArn": format!("arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/c/a-1"),
        "associationId": "a-1", "tags": {}}})
}

#[test]
fn pod_identity_gives_the_role_to_pods_of_the_associated_account_if_it_trusts_the_service() {
    let trust = |service: &str| json!([{"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]);
    let with = |service: &str| {
        two_namespaces()
            .file("eks/association.json", association("shop", "api", "orders"))
            .aws(trusting("orders", trust(service)))
            .pod("shop/web", "api", "n1", |_| ())
            .pod("shop/job", "default", "n1", |_| ())
            .bound("user:ada", "shop", &["create pods"])
            .bound("user:bob", "bank", &["create serviceaccounts/token"])
            .analyze()
    };
    let reached = with("pods.eks.amazonaws.com");
    assert_eq!(
        reached.becomes(&key("pod", "shop/web"), &role("orders")),
        Answer::Certain
    );
    assert_eq!(reached.becomes(ADA, &role("orders")), Answer::Certain);
    assert_eq!(
        reached.becomes(&key("pod", "shop/job"), &role("orders")),
        Answer::No
    );
    assert_eq!(
        reached.becomes("kubernetes:c:user:bob", &role("orders")),
        Answer::No
    );
    let untrusted = with("ec2.amazonaws.com");
    assert_eq!(
        untrusted.becomes(&key("pod", "shop/web"), &role("orders")),
        Answer::No
    );
}

pub fn entry(name: &str, groups: &[&str]) -> Value {
    json!({"accessEntry": {"clusterName": "c", "principalArn": role(name), "kubernetesGroups": groups,
        "accessEntryArn": format!("arn:aws:eks:eu-west-1:{ACCOUNT}:access-entry/c/role/{ACCOUNT}/{name}/x"),
        "username": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{{{{SessionName}}}}"), "type": "STANDARD", "tags": {}}})
}

pub fn policies(name: &str, policy: &str, scope: Value) -> Value {
    json!({"associatedAccessPolicies": [{"policyArn": format!("arn:aws:eks::aws:cluster-access-policy/{policy}"),
        "accessScope": scope, "associatedAt": "2024-01-01T00:00:00Z"}],
        "clusterName": "c", "principalArn": role(name)})
}

pub fn plain_role(name: &'static str) -> impl FnOnce(Account) -> Account {
    move |aws| aws.role(name, &json!({"AWS": ACCOUNT}), &[])
}

#[test]
fn an_access_entry_lets_a_role_in_as_its_groups_and_by_its_policies() {
    let whole = json!({"type": "cluster", "namespaces": []});
    let here = json!({"type": "namespace", "namespaces": ["shop"]});
    let with = |groups: &[&str], policy: &str, scope: &Value| {
        two_namespaces()
            .described("API")
            .aws(plain_role("dev"))
            .bound("group:shop-devs", "shop", &["list secrets"])
            .file("eks/entry.json", entry("dev", groups))
            .file("eks/policies.json", policies("dev", policy, scope.clone()))
            .analyze()
    };
    let admin = with(&[], "AmazonEKSClusterAdminPolicy", &whole);
    assert_eq!(admin.administers(&role("dev")), Answer::Certain);
    let edit = with(&[], "AmazonEKSEditPolicy", &here);
    assert_eq!(
        edit.becomes(&role("dev"), &account("shop/api")),
        Answer::Certain
    );
    assert_eq!(edit.reads(&role("dev"), "bank/vault"), Answer::No);
    assert_eq!(edit.administers(&role("dev")), Answer::No);
    let view = with(&[], "AmazonEKSViewPolicy", &whole);
    assert_eq!(view.reads(&role("dev"), "shop/db"), Answer::No);
    let see_all = with(&[], "AmazonEKSAdminViewPolicy", &whole);
    assert_eq!(see_all.reads(&role("dev"), "bank/vault"), Answer::Certain);
    assert_eq!(
        see_all.becomes(&role("dev"), &account("shop/api")),
        Answer::No
    );
    let grouped = with(&["shop-devs"], "AmazonEKSViewPolicy", &here);
    assert_eq!(grouped.reads(&role("dev"), "shop/db"), Answer::Certain);
    assert_eq!(grouped.reads(&role("dev"), "bank/vault"), Answer::No);
    let pattern = json!({"type": "namespace", "namespaces": ["sh*"]});
    let patterned = with(&[], "AmazonEKSEditPolicy", &pattern);
    assert_eq!(
        patterned.becomes(&role("dev"), &account("shop/api")),
        Answer::Certain
    );
    assert_eq!(patterned.reads(&role("dev"), "bank/vault"), Answer::No);
    let unknown = with(&[], "AmazonSomethingNewPolicy", &whole);
    assert!(
        unknown
            .problems()
            .iter()
            .any(|one| one.contains("`AmazonSomethingNewPolicy` is not known"))
    );
}

pub fn aws_auth(name: &str, groups: &str) -> Value {
    json!({"data": {"mapRoles": format!("- rolearn: {}\n  username: {name}\n  groups:\n    - {groups}\n", role(name))}})
}

#[test]
fn aws_auth_lets_in_where_the_cluster_reads_it() {
    let with = |mode: Option<&str>, groups: &str| {
        let estate = two_namespaces().aws(plain_role("ops")).item(
            "ConfigMap",
            "kube-system/aws-auth",
            aws_auth("ops", groups),
        );
        match mode {
            Some(mode) => estate.described(mode).analyze(),
            None => estate.analyze(),
        }
    };
    for (mode, answer) in [
        (Some("CONFIG_MAP"), Answer::Certain),
        (Some("API_AND_CONFIG_MAP"), Answer::Certain),
        (Some("API"), Answer::No),
        (None, Answer::Possible),
    ] {
        let reached = with(mode, "system:masters");
        assert_eq!(reached.administers(&role("ops")), answer, "{mode:?}");
    }
    assert_eq!(
        with(Some("CONFIG_MAP"), "readers").administers(&role("ops")),
        Answer::No
    );
}

#[test]
fn an_access_entry_goes_before_the_line_of_aws_auth() {
    let reached = two_namespaces()
        .described("API_AND_CONFIG_MAP")
        .aws(plain_role("ops"))
        .item(
            "ConfigMap",
            "kube-system/aws-auth",
            aws_auth("ops", "system:masters"),
        )
        .file("eks/entry.json", entry("ops", &["readers"]))
        .analyze();
    assert_eq!(reached.administers(&role("ops")), Answer::No);
    assert_eq!(
        reached.becomes(&role("ops"), &key("group", "readers")),
        Answer::Certain
    );
}

#[test]
fn whoever_changes_aws_auth_becomes_a_master() {
    let with = |mode: &str, namespace: &str, text: &str| {
        let estate = two_namespaces()
            .described(mode)
            .namespace("kube-system", None);
        estate
            .bound("user:ada", namespace, &[text])
            .analyze()
            .administers(ADA)
    };
    assert_eq!(
        with("CONFIG_MAP", "kube-system", "patch configmaps"),
        Answer::Certain
    );
    assert_eq!(
        with("CONFIG_MAP", "kube-system", "update configmaps - aws-auth"),
        Answer::Certain
    );
    assert_eq!(
        with("CONFIG_MAP", "kube-system", "update configmaps - coredns"),
        Answer::No
    );
    assert_eq!(
        with("CONFIG_MAP", "kube-system", "get configmaps"),
        Answer::No
    );
    assert_eq!(with("CONFIG_MAP", "shop", "patch configmaps"), Answer::No);
    assert_eq!(with("API", "kube-system", "patch configmaps"), Answer::No);
}

#[test]
fn a_node_gives_its_role_for_sure_and_a_pod_perhaps() {
    let reached = Estate::default()
        .namespace("shop", None)
        .node("n1", json!({}))
        .aws(|aws| {
            aws.role("node", &json!({"Service": "ec2.amazonaws.com"}), &[])
                .with_instance_profile()
                .instance("i-n1", "node")
        })
        .pod("shop/web", "api", "n1", |_| ())
        .pod("shop/agent", "api", "n1", |spec| {
            spec["hostNetwork"] = json!(true)
        })
        .analyze();
    let node = reached.on(&key("node", "n1"), Access::Admin);
    let role = Fact::Principal(
        reached
            .analysis
            .inventory
            .principal_by_key(&role("node"))
            .unwrap(),
    );
    assert_eq!(reached.gains_all(&[node], role), Answer::Certain);
    assert_eq!(
        reached.gains(&key("pod", "shop/web"), role),
        Answer::Possible
    );
    assert_eq!(
        reached.gains(&key("pod", "shop/agent"), role),
        Answer::Certain
    );
    assert_eq!(reached.gains_all(&[], role), Answer::No);
}

#[test]
fn whoever_may_make_access_entries_in_aws_administers_the_cluster_that_reads_them() {
    let with = |mode: &str, actions: &[&str]| {
        let statements: Vec<Value> = actions.iter().map(|action| allow(action, "*")).collect();
        let reached = two_namespaces()
            .described(mode)
            .aws(|aws| aws.user("ops", &statements))
            .analyze();
        reached.administers(&user("ops"))
    };
    let both = ["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"];
    // That its endpoint can be reached, no export tells.
    assert_eq!(with("API", &both), Answer::Possible);
    assert_eq!(with("CONFIG_MAP", &both), Answer::No);
    assert_eq!(with("API", &both[..1]), Answer::No);
}
