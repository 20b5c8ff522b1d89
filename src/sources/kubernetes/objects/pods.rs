//! Pods, and what makes them: their service accounts, nodes, secrets and environments, and what they ask for.
//!
//! Source: Kubernetes API reference, `PodSpec`; "Managing Service Accounts" (tokens are projected volumes); Linux
//! capabilities of a container (read 2026-11).

use super::super::{Actor, Thing, emit_scope};
use super::Object;
use crate::inventory::{Access, ExposureKind, ExposureRecord, Key, PrincipalKind, Record, Terms};
use crate::sources::envelope::Row;
use crate::sources::found::{self, Candidate};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Spec {
    #[serde(default, rename = "serviceAccountName")]
    account: Option<String>,
    /// The same, under the name that it had before.
    #[serde(default, rename = "serviceAccount")]
    old_account: Option<String>,
    #[serde(default, rename = "nodeName")]
    node: Option<String>,
    #[serde(default, rename = "automountServiceAccountToken")]
    automount: Option<bool>,
    #[serde(default, rename = "hostPID")]
    host_pid: Option<bool>,
    #[serde(default, rename = "hostNetwork")]
    host_network: Option<bool>,
    #[serde(default, rename = "securityContext")]
    security: Option<Security>,
    #[serde(default, deserialize_with = "null_as_default")]
    containers: Vec<Container>,
    #[serde(
        default,
        rename = "initContainers",
        deserialize_with = "null_as_default"
    )]
    init_containers: Vec<Container>,
    #[serde(
        default,
        rename = "ephemeralContainers",
        deserialize_with = "null_as_default"
    )]
    ephemeral_containers: Vec<Container>,
    #[serde(default, deserialize_with = "null_as_default")]
    volumes: Vec<Volume>,
    #[serde(
        default,
        rename = "imagePullSecrets",
        deserialize_with = "null_as_default"
    )]
    pull_secrets: Vec<Reference>,
}

impl Spec {
    fn containers(&self) -> impl Iterator<Item = &Container> {
        let others = self
            .init_containers
            .iter()
            .chain(&self.ephemeral_containers);
        self.containers.iter().chain(others)
    }

    fn account(&self) -> &str {
        let named = [&self.account, &self.old_account];
        let mut named = named.into_iter().flatten().filter(|name| !name.is_empty());
        named.next().map_or("default", String::as_str)
    }
}

#[derive(Deserialize)]
struct Container {
    #[serde(default)]
    stdin: Option<bool>,
    #[serde(default, rename = "securityContext")]
    security: Option<Security>,
    #[serde(default, deserialize_with = "null_as_default")]
    env: Vec<Variable>,
    #[serde(default, rename = "envFrom", deserialize_with = "null_as_default")]
    env_from: Vec<EnvFrom>,
    #[serde(default, rename = "volumeMounts", deserialize_with = "null_as_default")]
    mounts: Vec<Mount>,
}

#[derive(Deserialize)]
struct Security {
    #[serde(default)]
    privileged: Option<bool>,
    #[serde(default, rename = "runAsNonRoot")]
    non_root: Option<bool>,
    #[serde(default, rename = "runAsUser")]
    user: Option<i64>,
    #[serde(default)]
    capabilities: Option<Capabilities>,
}

#[derive(Deserialize)]
struct Capabilities {
    #[serde(default, deserialize_with = "null_as_default")]
    add: Vec<String>,
}

/// A variable; its value is read apart.
#[derive(Deserialize)]
struct Variable {
    #[serde(default, rename = "valueFrom")]
    from: Option<ValueFrom>,
}

#[derive(Deserialize)]
struct ValueFrom {
    #[serde(default, rename = "secretKeyRef")]
    secret: Option<Reference>,
}

#[derive(Deserialize)]
struct EnvFrom {
    #[serde(default, rename = "secretRef")]
    secret: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    optional: Option<bool>,
}

#[derive(Deserialize)]
struct Mount {
    name: String,
    #[serde(default, rename = "readOnly")]
    read_only: Option<bool>,
}

#[derive(Deserialize)]
struct Volume {
    name: String,
    #[serde(default, rename = "hostPath")]
    host: Option<HostPath>,
    #[serde(default)]
    secret: Option<SecretVolume>,
    #[serde(default)]
    projected: Option<Projected>,
}

#[derive(Deserialize)]
struct HostPath {
    path: String,
}

#[derive(Deserialize)]
struct SecretVolume {
    #[serde(default, rename = "secretName")]
    name: Option<String>,
    #[serde(default)]
    optional: Option<bool>,
}

#[derive(Deserialize)]
struct Projected {
    #[serde(default, deserialize_with = "null_as_default")]
    sources: Vec<Projection>,
}

#[derive(Deserialize)]
struct Projection {
    #[serde(default)]
    secret: Option<Reference>,
    #[serde(default, rename = "serviceAccountToken")]
    token: Option<TokenProjection>,
}

#[derive(Deserialize)]
struct TokenProjection {
    #[serde(default)]
    audience: Option<String>,
}

/// What the manifest asks for beyond an ordinary container, each once, in order.
fn asks(spec: &Spec) -> Vec<String> {
    let mut asks: BTreeSet<String> = BTreeSet::new();
    let mut flag = |is_set: bool, word: &str| {
        if is_set {
            asks.insert(word.to_owned());
        }
    };
    flag(spec.host_pid == Some(true), "hostPID");
    flag(spec.host_network == Some(true), "hostNetwork");
    flag(
        spec.automount == Some(false),
        "automountServiceAccountToken:false",
    );
    let pod = spec.security.as_ref();
    let of_pod = |field: fn(&Security) -> bool| pod.is_some_and(field);
    let mut is_root = false;
    for container in spec.containers() {
        flag(container.stdin == Some(true), "stdin");
        let own = container.security.as_ref();
        flag(
            own.is_some_and(|one| one.privileged == Some(true)),
            "privileged",
        );
        let added = own.and_then(|one| one.capabilities.as_ref());
        for capability in added.map_or(&[][..], |one| one.add.as_slice()) {
            let capability = capability.strip_prefix("CAP_").unwrap_or(capability);
            flag(true, &format!("capability:{capability}"));
        }
        // A container's own setting goes before the pod's.
        let user = own
            .and_then(|one| one.user)
            .or(pod.and_then(|one| one.user));
        let non_root = match own.and_then(|one| one.non_root) {
            Some(told) => told,
            None => of_pod(|one| one.non_root == Some(true)),
        };
        is_root |= !(non_root || user.is_some_and(|user| user > 0));
    }
    flag(!is_root, "non-root");
    for volume in &spec.volumes {
        if let Some(host) = &volume.host {
            let mut mounts = spec
                .containers()
                .flat_map(|container| &container.mounts)
                .filter(|mount| mount.name == volume.name)
                .peekable();
            // One that no container mounts gives nothing.
            if mounts.peek().is_some() {
                let is_read_only = mounts.all(|mount| mount.read_only == Some(true));
                let word = if is_read_only { "ro" } else { "rw" };
                flag(true, &format!("hostPath:{word}:{}", host.path));
            }
        }
        for one in volume.projected.iter().flat_map(|of| &of.sources) {
            if let Some(token) = &one.token {
                let audience = token.audience.as_deref().unwrap_or("");
                flag(true, &format!("token:{audience}"));
            }
        }
    }
    for name in spec.pull_secrets.iter().filter_map(|of| of.name.as_ref()) {
        flag(true, &format!("imagePullSecret:{name}"));
    }
    asks.into_iter().collect()
}

/// The secrets that its code reads: by name, each once, and whether they surely exist (the pod runs without an optional
/// one).
fn secrets(spec: &Spec) -> BTreeMap<&str, bool> {
    let references = spec.containers().flat_map(|container| {
        let of_env = container.env.iter().filter_map(|one| one.from.as_ref());
        let of_env = of_env.filter_map(|from| from.secret.as_ref());
        of_env.chain(
            container
                .env_from
                .iter()
                .filter_map(|from| from.secret.as_ref()),
        )
    });
    let projected = spec.volumes.iter().flat_map(|volume| &volume.projected);
    let projected = projected.flat_map(|of| &of.sources);
    let projected = projected.filter_map(|one| one.secret.as_ref());
    let volumes = spec
        .volumes
        .iter()
        .filter_map(|volume| volume.secret.as_ref());
    let all = references
        .chain(projected)
        .map(|of| (of.name.as_deref(), of.optional))
        .chain(volumes.map(|of| (of.name.as_deref(), of.optional)));
    let mut secrets = BTreeMap::new();
    for (name, optional) in all {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            *secrets.entry(name).or_default() |= optional != Some(true);
        }
    }
    secrets
}

/// The variables that a manifest sets outright: whoever reads the manifest has them.
fn environment(spec: &Row<'_>, place: &Key, name: &str, intake: &mut Intake<'_>) {
    let mut lying = Vec::new();
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        let containers = spec.member(list).and_then(|row| row.rows());
        for container in containers.unwrap_or_default() {
            let text = |row: &Row<'_>, name| row.member(name).and_then(|of| json::text_of(of.raw));
            let of = text(&container, "name").unwrap_or_default();
            let variables = container.member("env").and_then(|row| row.rows());
            let candidates: Vec<Candidate> = variables
                .unwrap_or_default()
                .iter()
                .filter_map(|variable| {
                    let value = variable.member("value")?;
                    Some(Candidate {
                        name: text(variable, "name")?,
                        value: json::text_of(value.raw)?.into(),
                        evidence: intake.row(&value),
                    })
                })
                .collect();
            lying.extend(found::lying(intake, &format!("{place}#{of}/"), &candidates));
        }
    }
    if lying.is_empty() {
        return;
    }
    let key = intake.key(&format!("{place}#env"));
    let evidence = intake.row(spec);
    intake.emit(Record::Exposure(ExposureRecord {
        key,
        name: format!("environment of {name}"),
        kind: ExposureKind::WorkloadEnvironment,
        resource: Some(place.clone()),
        holder: None,
        lying,
        evidence,
    }));
}

#[derive(Deserialize)]
struct Owned {
    #[serde(
        default,
        rename = "ownerReferences",
        deserialize_with = "null_as_default"
    )]
    owners: Vec<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    kind: String,
    name: String,
    #[serde(default)]
    controller: Option<bool>,
}

/// The resource whose code a pod runs: what made it, else the pod itself.
///
/// A deployment names its replica sets after itself and a hash, which its pods bear as a label ("Deployments",
/// "Pod-template-hash label", read 2026-11).
fn made_by(object: &Object<'_, '_>, own: &Key, intake: &mut Intake<'_>) -> Option<Key> {
    let metadata = object.row.member("metadata")?;
    let owned: Owned = intake.parse(&metadata)?;
    let mut owners = owned.owners.iter();
    let Some(owner) = owners.find(|owner| owner.controller == Some(true)) else {
        return Some(own.clone());
    };
    let hash = object.metadata.labels.get("pod-template-hash");
    let deployment = hash
        .filter(|_| owner.kind == "ReplicaSet")
        .and_then(|hash| owner.name.strip_suffix(hash.as_str())?.strip_suffix('-'));
    let (kind, name) = match deployment {
        Some(name) => ("deployment", name),
        None => (owner.kind.as_str(), owner.name.as_str()),
    };
    // Static pods are the node's own, and pods of custom resources of kinds that are not read.
    let kind = match kind {
        "deployment" => "deployment",
        "ReplicaSet" => "replicaset",
        "ReplicationController" => "replicationcontroller",
        "DaemonSet" => "daemonset",
        "StatefulSet" => "statefulset",
        "Job" => "job",
        _ => return Some(own.clone()),
    };
    let (kind, name) = (kind.to_owned(), name.to_owned());
    let namespace = object.namespace().to_owned();
    let key = object.cluster.key(intake, &kind, Some(&namespace), &name);
    let evidence = intake.row(object.row);
    let thing = Thing {
        key: key.clone(),
        name: format!("{namespace}/{name}"),
        kind: "kubernetes:workload",
        tags: Vec::new(),
        aliases: Vec::new(),
    };
    object.cluster.resource(intake, thing, evidence);
    Some(key)
}

pub(super) fn pod(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    let Some(row) = object.row.member("spec") else {
        super::super::skip(intake, object.row, "it has no `spec`");
        return None;
    };
    let spec: Spec = intake.parse(&row)?;
    let key = object.own_key(intake);
    let of = made_by(object, &key, intake)?;
    let namespace = object.namespace().to_owned();
    let name = format!("{namespace}/{}", object.name());
    let evidence = intake.row(object.row);
    let kind = match key == of {
        true => "kubernetes:workload",
        false => "kubernetes:pod",
    };
    let thing = Thing {
        key: key.clone(),
        name: name.clone(),
        kind,
        tags: object.labels(),
        aliases: Vec::new(),
    };
    object.cluster.resource(intake, thing, evidence.clone());
    environment(&row, &key, &name, intake);
    let phase = object.at(&["status", "phase"]);
    let phase = phase.and_then(|phase| json::text_of(phase.raw));
    // Nothing runs in it any more; its manifest can still be read.
    if matches!(phase.as_deref(), Some("Succeeded" | "Failed")) {
        return Some(());
    }
    let actor = Actor {
        owner: object.owner(),
        ..Actor::new(key.clone(), &name, PrincipalKind::Workload)
    };
    object.cluster.principal(intake, actor, evidence.clone());
    let host = spec.node.as_ref().filter(|node| !node.is_empty());
    let host = host.map(|node| {
        let key = object.cluster.key(intake, "node", None, node);
        super::cluster::emit_node(
            object.cluster,
            key.clone(),
            node,
            None,
            evidence.clone(),
            intake,
        );
        key
    });
    let terms = Terms::Runs {
        workload: key.clone(),
        of,
        host,
        asks: asks(&spec),
    };
    emit_scope(intake, &format!("{key}#runs"), &name, terms, evidence);
    let account = object
        .cluster
        .key(intake, "serviceaccount", Some(&namespace), spec.account());
    let at = intake.member(&row, "serviceAccountName");
    // No pod is let in whose service account does not exist.
    let actor = Actor::new(
        account.clone(),
        &format!("{namespace}/{}", spec.account()),
        PrincipalKind::ServiceAccount,
    );
    object.cluster.principal(intake, actor, at.clone());
    let terms = Terms::RunsAs {
        resource: key.clone(),
        principal: account,
    };
    emit_scope(intake, &format!("{key}#runs-as"), &name, terms, at);
    for (secret, is_there) in secrets(&spec) {
        let resource = object
            .cluster
            .key(intake, "secret", Some(&namespace), secret);
        if is_there {
            let thing = Thing {
                key: resource.clone(),
                name: format!("{namespace}/{secret}"),
                kind: "kubernetes:secret",
                tags: Vec::new(),
                aliases: Vec::new(),
            };
            let at = intake.row(&row);
            object.cluster.resource(intake, thing, at);
        }
        let terms = Terms::Grant {
            principal: key.clone(),
            resource,
            access: Access::Read,
            condition: None,
        };
        let at = intake.row(&row);
        emit_scope(intake, &format!("{key}#uses/{secret}"), secret, terms, at);
    }
    Some(())
}

/// What makes pods: a resource, with what its template sets outright.
pub(super) fn workload(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    let key = object.own_key(intake);
    let name = format!("{}/{}", object.namespace(), object.name());
    let evidence = intake.row(object.row);
    let thing = Thing {
        key: key.clone(),
        name: name.clone(),
        kind: "kubernetes:workload",
        tags: object.labels(),
        aliases: Vec::new(),
    };
    object.cluster.resource(intake, thing, evidence);
    let template: &[&str] = match object.kind {
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    };
    if let Some(spec) = object.at(template) {
        environment(&spec, &key, &name, intake);
    }
    Some(())
}
