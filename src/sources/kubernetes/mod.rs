//! Exports of Kubernetes clusters: what `kubectl get … -o json` prints, and what the cloud says about a cluster.
//!
//! No object names its cluster. The folder does: `kubernetes/<cluster>/…`, where `<cluster>` is the name under which the
//! cloud knows it, if it is a managed one. Without such a folder all that lies in one folder is taken for one cluster
//! without a name, and that is said.

pub(super) mod eks;
pub(super) mod objects;
pub(super) mod openid_configuration;

use super::envelope::{Page, Row};
use super::intake::Intake;
use crate::inventory::{
    Evidence, Hierarchy, Key, Platform, PrincipalKind, PrincipalRecord, Record, ResourceRecord,
    ScopeRecord, TenantRecord, Terms,
};
use crate::problem::{Problem, ProblemCode, Severity};

const KUBERNETES: Platform = "kubernetes";

/// The kind of the resource that stands for the name under which a cluster issues tokens.
const ISSUER: &str = "kubernetes:token-issuer";

/// The cluster that a page is of.
#[derive(Clone)]
struct Cluster {
    /// Its name, or the folder that stands for one.
    name: String,
    /// The key of its tenant.
    tenant: Key,
}

impl Cluster {
    /// The cluster of that name, with the records that say that it exists.
    fn named(name: &str, evidence: &Evidence, intake: &mut Intake<'_>) -> Self {
        let tenant = intake.key(&format!("kubernetes:cluster:{name}"));
        intake.emit(Record::Tenant(TenantRecord {
            key: tenant.clone(),
            platform: KUBERNETES,
            identifier: name.to_owned(),
            name: None,
            environment: None,
            owner: None,
            hierarchy: Hierarchy::default(),
            evidence: evidence.clone(),
        }));
        let cluster = Self {
            name: name.to_owned(),
            tenant: tenant.clone(),
        };
        let thing = Thing {
            key: tenant,
            name: format!("cluster {name}"),
            kind: "kubernetes:cluster",
            tags: Vec::new(),
            aliases: Vec::new(),
        };
        cluster.resource(intake, thing, evidence.clone());
        cluster
    }

    /// The cluster that the folder names; without one, an unnamed cluster for each folder, which is said.
    fn of_page(page: &Page<'_>, intake: &mut Intake<'_>) -> Self {
        let at = intake.page(page);
        let named = page
            .layout()
            .after(KUBERNETES)
            .filter(|tail| tail.len() > 1)
            .and_then(|tail| tail.first().cloned());
        if let Some(name) = named {
            return Self::named(&name, &at, intake);
        }
        // Once for a file, however many objects stand in it one after the other.
        let is_said = |one: &Problem| one.code == ProblemCode::MissingParent;
        if !intake.problems.iter().any(is_said) {
            intake.missing_parent(
                Severity::Note,
                &at,
                "which cluster it is of: what lies in its folder is taken for one cluster",
                "kubernetes/<cluster>/…",
            );
        }
        let name = match page.layout().folder() {
            folder if folder.is_empty() => "unnamed".to_owned(),
            folder => format!("unnamed in {folder}"),
        };
        Self::named(&name, &at, intake)
    }

    /// The key of an object of the cluster: `kubernetes:<cluster>:<kind>:<name>`, with the namespace before the name.
    fn key(&self, intake: &mut Intake<'_>, kind: &str, namespace: Option<&str>, name: &str) -> Key {
        let cluster = &self.name;
        match namespace {
            Some(namespace) => {
                intake.key(&format!("kubernetes:{cluster}:{kind}:{namespace}/{name}"))
            }
            None => intake.key(&format!("kubernetes:{cluster}:{kind}:{name}")),
        }
    }

    /// The key of a user. A user name of the form that service accounts have is that service account.
    ///
    /// Source: kubernetes/apiserver, `pkg/authentication/serviceaccount/util.go` (`MakeUsername`, `SplitUsername`, read
    /// 2026-11).
    fn user_key(&self, intake: &mut Intake<'_>, name: &str) -> Key {
        let account = name
            .strip_prefix("system:serviceaccount:")
            .and_then(|rest| rest.split_once(':'))
            .filter(|(_, name)| !name.contains(':'));
        match account {
            Some((namespace, account)) => {
                self.key(intake, "serviceaccount", Some(namespace), account)
            }
            None => self.key(intake, "user", None, name),
        }
    }

    fn resource(&self, intake: &mut Intake<'_>, thing: Thing, evidence: Evidence) {
        let tenant = Some(self.tenant.clone());
        intake.emit(Record::Resource(ResourceRecord {
            key: thing.key,
            aliases: thing.aliases,
            name: thing.name,
            kind: thing.kind.to_owned(),
            platform: KUBERNETES,
            tenant,
            tags: thing.tags,
            encryption_key: None,
            environment: None,
            sensitivity: None,
            owner: None,
            evidence,
        }));
    }

    fn principal(&self, intake: &mut Intake<'_>, actor: Actor, evidence: Evidence) {
        let tenant = Some(self.tenant.clone());
        intake.emit(Record::Principal(PrincipalRecord {
            key: actor.key,
            aliases: Vec::new(),
            name: actor.name,
            kind: actor.kind,
            platform: KUBERNETES,
            tenant,
            owner: actor.owner,
            created: actor.created,
            last_used: None,
            tags: actor.tags,
            evidence,
        }));
    }

    /// Says under which name the cluster issues tokens of service accounts.
    fn issuer(&self, intake: &mut Intake<'_>, issuer: &str, evidence: Evidence) {
        let name = issuer.strip_prefix("https://").unwrap_or(issuer);
        let key = self.key(intake, "token-issuer", None, name);
        let thing = Thing {
            key,
            name: name.to_owned(),
            kind: ISSUER,
            tags: Vec::new(),
            aliases: Vec::new(),
        };
        self.resource(intake, thing, evidence);
    }
}

/// Whether a text is the address of an issuer: without a query, and without anything before its host.
fn is_issuer(text: &str) -> bool {
    text.starts_with("https://") && !text.contains([' ', '@', '?', '#'])
}

/// What is reached, as far as the cluster's objects differ.
struct Thing {
    key: Key,
    name: String,
    kind: &'static str,
    tags: Vec<(String, String)>,
    aliases: Vec<Key>,
}

/// Who acts, as far as the cluster's objects differ.
struct Actor {
    key: Key,
    name: String,
    kind: PrincipalKind,
    owner: Option<String>,
    created: Option<jiff::Timestamp>,
    tags: Vec<(String, String)>,
}

impl Actor {
    fn new(key: Key, name: &str, kind: PrincipalKind) -> Self {
        Self {
            key,
            name: name.to_owned(),
            kind,
            owner: None,
            created: None,
            tags: Vec::new(),
        }
    }
}

fn emit_scope(
    intake: &mut Intake<'_>,
    key: &str,
    name: &str,
    terms: Terms<Key, Key, Key, Key>,
    evidence: Evidence,
) {
    let key = intake.key(key);
    intake.emit(Record::Scope(ScopeRecord {
        key,
        name: name.to_owned(),
        terms,
        evidence,
    }));
}

/// Reports that a record is left out, with what is wrong with it.
fn skip(intake: &mut Intake<'_>, row: &Row<'_>, why: &str) {
    let at = intake.row(row);
    intake.problem(
        Severity::Skipped,
        ProblemCode::BadRecord,
        &at,
        format!("record skipped: {why}"),
        "export it again, or report this shape if the export is as the tool writes it",
    );
}
