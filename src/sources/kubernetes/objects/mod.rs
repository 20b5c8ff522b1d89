//! `kubectl get … -o json`: one object, or a list of objects of one kind or of several.
//!
//! Lists of the raw API (`kubectl get --raw`) name the kind once (`PodList`) and not in their items. A page that says
//! `metadata.continue` is only a part. A list does not tell whether it is of one namespace or of all (`-A`): it is taken
//! to be complete for the namespaces that occur in it, and for the cluster where several do. A selector by label leaves
//! no trace in it.
//!
//! Of secrets only names, types and the names of their entries are kept, values become fingerprints. What
//! `kubectl apply` keeps of them in an annotation is not looked at.
//!
//! Source: Kubernetes API reference v1.35, of each kind; "Kubernetes API Concepts" (lists, `continue`) (read 2026-11).

mod access;
mod cluster;
mod pods;
mod secrets;

use super::{Cluster, skip};
use crate::inventory::{Key, ListingRecord, Record};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use crate::sources::moment::Moment;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::sources) const SOURCE: Source = Source {
    id: "kubernetes/objects",
    about: "objects of a Kubernetes cluster: roles, bindings, service accounts, pods, workloads, secrets, nodes, namespaces",
    command: "kubectl get roles,clusterroles,rolebindings,clusterrolebindings,serviceaccounts,pods,deployments,daemonsets,statefulsets,replicasets,replicationcontrollers,jobs,cronjobs,nodes,namespaces -A -o json > kubernetes/<cluster>/objects.json; kubectl get secrets -A -o json | jq 'del(.items[].data, .items[].metadata.annotations.\"kubectl.kubernetes.io/last-applied-configuration\", .items[].metadata.managedFields)' > kubernetes/<cluster>/secrets.json; kubectl get configmap aws-auth -n kube-system -o json > kubernetes/<cluster>/aws-auth.json",
    keys: &["apiVersion", "kind", "metadata", "items"],
    recognise,
    read,
};

/// The kinds that are read.
const KINDS: [&str; 17] = [
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ServiceAccount",
    "Pod",
    "Deployment",
    "DaemonSet",
    "StatefulSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Secret",
    "Node",
    "Namespace",
    "ConfigMap",
];

fn text_of(page: &Page<'_>, name: &str) -> Option<String> {
    page.member(name).and_then(|row| json::text_of(row.raw))
}

fn recognise(page: &Page<'_>) -> bool {
    let Some(kind) = text_of(page, "kind") else {
        return false;
    };
    // A saved error: said to be one where no source knows the page.
    if kind == "Status" || text_of(page, "apiVersion").is_none() {
        return false;
    }
    match kind.strip_suffix("List") {
        Some(of) => (of.is_empty() || KINDS.contains(&of)) && page.member("items").is_some(),
        None => KINDS.contains(&kind.as_str()) && page.member("metadata").is_some(),
    }
}

/// What all objects say of themselves.
#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    labels: BTreeMap<String, String>,
    #[serde(default, rename = "creationTimestamp")]
    created: Moment,
}

/// An object that is being read.
pub(super) struct Object<'o, 'd> {
    pub(super) row: &'o Row<'d>,
    kind: &'o str,
    pub(super) cluster: &'o Cluster,
    metadata: Metadata,
}

impl<'d> Object<'_, 'd> {
    /// Its namespace; the default one where a namespaced object of a manifest has none.
    pub(super) fn namespace(&self) -> &str {
        self.metadata.namespace.as_deref().unwrap_or("default")
    }

    pub(super) fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The member at the end of `path`.
    pub(super) fn at(&self, path: &[&str]) -> Option<Row<'d>> {
        path.iter()
            .try_fold(self.row.clone(), |row, name| row.member(name))
    }

    fn labels(&self) -> Vec<(String, String)> {
        let labels = self.metadata.labels.iter();
        labels
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Who is responsible, where its labels say so.
    ///
    /// Source: "Recommended Labels" of the Kubernetes documentation names none for that; `owner` and `team` are custom.
    fn owner(&self) -> Option<String> {
        let label = |name| self.metadata.labels.get(name).cloned();
        label("owner").or_else(|| label("team"))
    }

    fn own_key(&self, intake: &mut Intake<'_>) -> Key {
        let kind = self.kind.to_ascii_lowercase();
        let namespace = is_namespaced(self.kind).then(|| self.namespace().to_owned());
        self.cluster
            .key(intake, &kind, namespace.as_deref(), self.name())
    }
}

fn is_namespaced(kind: &str) -> bool {
    !matches!(
        kind,
        "ClusterRole" | "ClusterRoleBinding" | "Node" | "Namespace"
    )
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let cluster = Cluster::of_page(page, intake);
    let kind = text_of(page, "kind").unwrap_or_default();
    let Some(of) = kind.strip_suffix("List") else {
        if let Some(row) = page.whole() {
            read_object(&row, &kind, &cluster, intake);
        }
        return;
    };
    let Some(rows) = page.rows("items") else {
        let at = intake.page(page);
        intake.not_a_list(&at, "items");
        return;
    };
    let mut seen: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    let (mut unknown, mut first) = (0, None);
    let mut bad = BTreeSet::new();
    for row in &rows {
        let own = row.member("kind").and_then(|kind| json::text_of(kind.raw));
        let kind = own.unwrap_or_else(|| of.to_owned());
        if !KINDS.contains(&kind.as_str()) {
            unknown += 1;
            first.get_or_insert_with(|| row.clone());
            continue;
        }
        match read_object(row, &kind, &cluster, intake) {
            Some(namespace) => drop(seen.entry(kind).or_default().insert(namespace)),
            None => drop(bad.insert(kind)),
        }
    }
    if let Some(row) = first {
        let at = intake.row(&row);
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            format!("{unknown} objects of kinds that are not modelled: they are skipped"),
            "nothing is lost for what is modelled; docs/kubernetes.md lists the kinds",
        );
    }
    access::aggregate(&rows, of, &cluster, intake);
    let is_part = told_part(page, intake);
    if rows.is_empty() && KINDS.contains(&of) && !is_part {
        // Of the raw API; a `List` of nothing does not say of what.
        seen.entry(of.to_owned()).or_default();
    }
    for (kind, namespaces) in seen {
        let is_complete = !is_part && !page.is_broken() && !bad.contains(&kind);
        list(page, &cluster, &kind, &namespaces, is_complete, intake);
    }
}

/// Whether the page says itself that it is only a part, which is reported.
fn told_part(page: &Page<'_>, intake: &mut Intake<'_>) -> bool {
    let Some(next) = page.member("metadata").and_then(|of| of.member("continue")) else {
        return false;
    };
    if json::is_null(next.raw) || next.raw.get() == "\"\"" {
        return false;
    }
    let at = intake.row(&next);
    intake.problem(
        Severity::Doubt,
        ProblemCode::Truncated,
        &at,
        "`metadata.continue` says that more follows: this export is only a part",
        "export again with `kubectl get`, which fetches every page, or without `limit`",
    );
    true
}

/// Says which sets the list holds whole.
fn list(
    page: &Page<'_>,
    cluster: &Cluster,
    kind: &str,
    namespaces: &BTreeSet<Option<String>>,
    is_complete: bool,
    intake: &mut Intake<'_>,
) {
    let at = intake.page(page);
    let word = format!("kubernetes:{}", kind.to_ascii_lowercase());
    let mut of: Vec<Option<Key>> = Vec::new();
    if !is_namespaced(kind) || namespaces.len() != 1 {
        of.push(None);
    }
    for namespace in namespaces.iter().flatten() {
        of.push(Some(cluster.key(intake, "namespace", None, namespace)));
    }
    for of in of {
        intake.emit(Record::Listing(ListingRecord {
            tenant: cluster.tenant.clone(),
            kind: word.clone(),
            of,
            is_complete,
            evidence: at.clone(),
        }));
    }
}

/// Reads one object; its namespace, if it could be read.
fn read_object(
    row: &Row<'_>,
    kind: &str,
    cluster: &Cluster,
    intake: &mut Intake<'_>,
) -> Option<Option<String>> {
    let Some(metadata) = row.member("metadata") else {
        skip(intake, row, "it has no `metadata`");
        return None;
    };
    let metadata: Metadata = intake.parse(&metadata)?;
    if metadata.name.is_empty() {
        skip(intake, row, "it has no name");
        return None;
    }
    let object = Object {
        row,
        kind,
        cluster,
        metadata,
    };
    match kind {
        "Role" | "ClusterRole" => access::role(&object, intake)?,
        "RoleBinding" | "ClusterRoleBinding" => access::binding(&object, intake)?,
        "ServiceAccount" => cluster::service_account(&object, intake)?,
        "Node" => cluster::node(&object, intake)?,
        "Namespace" => cluster::namespace(&object, intake),
        "ConfigMap" => super::eks::config_map(&object, intake),
        "Secret" => secrets::secret(&object, intake)?,
        "Pod" => pods::pod(&object, intake)?,
        _ => pods::workload(&object, intake)?,
    }
    Some(is_namespaced(kind).then(|| object.namespace().to_owned()))
}
