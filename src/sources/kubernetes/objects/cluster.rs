//! Service accounts, nodes and namespaces.

use super::super::{Actor, Cluster, Thing};
use super::Object;
use crate::inventory::{Evidence, Key, PrincipalKind};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The annotation by which a pod of a service account is given tokens for a role of AWS.
///
/// Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts" (read 2026-11).
const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";

pub(super) fn service_account(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    #[derive(Deserialize)]
    struct Annotated {
        #[serde(default, deserialize_with = "null_as_default")]
        annotations: BTreeMap<String, String>,
    }
    let metadata = object.row.member("metadata")?;
    let annotated: Annotated = intake.parse(&metadata)?;
    let mut tags = object.labels();
    let role = annotated.annotations.get(ROLE_ANNOTATION);
    tags.extend(role.map(|role| (ROLE_ANNOTATION.to_owned(), role.clone())));
    if let Some(mounts) = object.row.member("automountServiceAccountToken")
        && matches!(mounts.raw.get(), "true" | "false")
    {
        let value = mounts.raw.get().to_owned();
        tags.push(("automountServiceAccountToken".to_owned(), value));
    }
    let key = object.own_key(intake);
    let created = intake.moment(object.metadata.created, &metadata, "creationTimestamp");
    let evidence = intake.row(object.row);
    let actor = Actor {
        owner: object.owner(),
        created,
        tags,
        ..Actor::new(
            key,
            &format!("{}/{}", object.namespace(), object.name()),
            PrincipalKind::ServiceAccount,
        )
    };
    object.cluster.principal(intake, actor, evidence);
    Some(())
}

pub(super) fn node(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    let key = object.own_key(intake);
    let provider = object.at(&["spec", "providerID"]);
    let provider = provider.and_then(|id| json::text_of(id.raw));
    let evidence = intake.row(object.row);
    let (name, told) = (object.name(), Some((object.labels(), provider)));
    emit_node(object.cluster, key, name, told, evidence, intake);
    Some(())
}

/// What a node's own object tells: its labels, and the name that its provider gives it.
type Told = (Vec<(String, String)>, Option<String>);

/// A node, and the user that its kubelet is: by what its own object tells, or (`None`) as a pod names it.
///
/// Source: Kubernetes documentation, "Using Node Authorization" (`system:node:<name>`, read 2026-11).
pub(super) fn emit_node(
    cluster: &Cluster,
    key: Key,
    name: &str,
    told: Option<Told>,
    evidence: Evidence,
    intake: &mut Intake<'_>,
) {
    let (tags, provider) = told.unwrap_or_default();
    let provider = provider.filter(|id| !id.is_empty());
    let aliases = provider.map(|id| intake.key(&id)).into_iter().collect();
    let thing = Thing {
        key,
        name: name.to_owned(),
        kind: "kubernetes:node",
        tags,
        aliases,
    };
    cluster.resource(intake, thing, evidence.clone());
    let name = format!("system:node:{name}");
    let user = cluster.key(intake, "user", None, &name);
    let actor = Actor::new(user, &name, PrincipalKind::Workload);
    cluster.principal(intake, actor, evidence);
}

/// A namespace, with the labels by which pod security is enforced in it.
pub(super) fn namespace(object: &Object<'_, '_>, intake: &mut Intake<'_>) {
    let key = object.own_key(intake);
    let evidence = intake.row(object.row);
    let thing = Thing {
        key,
        name: object.name().to_owned(),
        kind: "kubernetes:namespace",
        tags: object.labels(),
        aliases: Vec::new(),
    };
    object.cluster.resource(intake, thing, evidence);
}
