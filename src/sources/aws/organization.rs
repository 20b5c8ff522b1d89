//! `aws organizations …`: the tree of roots, units and accounts, and the policies that limit them.
//!
//! Many small answers, of which most do not name what was asked: the parent, the target or the policy then comes from
//! the layout. Ids tell what they name (`r-…` a root, `ou-…` a unit, twelve digits an account), and the ARN of
//! everything in an organisation names its management account, whichever account made the call.
//!
//! Only service and resource control policies limit rights; the other types (tags, backup, …) are passed over.
//!
//! Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html> and the output shapes of
//! botocore 1.44.5 (read 2026-11).

use super::arn::Arn;
use super::policy::{self, Use};
use super::{AWS, tenant_key};
use crate::inventory::{
    Clause, Effect, Evidence, GuardrailKind, Hierarchy, Key, ListingRecord, PolicyRecord,
    PrincipalClause, Record, ScopeRecord, Statement, TenantRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members, null_as_default};
use crate::sources::layout::is_account;
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/organization",
    about: "AWS organisation: roots, units, accounts, service and resource control policies",
    command: "aws organizations list-policies-for-target --target-id <target> --filter <policy type> --output json > aws/<account>/organizations/policies-for-target/<policy type>/<target>.json (and list-roots, list-accounts, …: see the README)",
    keys: &[
        "Roots",
        "OrganizationalUnits",
        "Accounts",
        "Children",
        "Parents",
        "Organization",
        "Policies",
        "Targets",
        "Policy",
    ],
    recognise,
    read,
};

/// Which command answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Roots,
    Units,
    Accounts,
    Children,
    Parents,
    Organization,
    Policy,
    Policies,
    Targets,
}

/// The lists, with what their elements have that those of other services lack.
const LISTS: [(Answer, &str, &[&str]); 7] = [
    (Answer::Roots, "Roots", &["Id", "Arn", "PolicyTypes"]),
    (Answer::Units, "OrganizationalUnits", &["Id", "Arn", "Name"]),
    (Answer::Accounts, "Accounts", &["Id", "Arn", "JoinedMethod"]),
    (Answer::Children, "Children", &["Id", "Type"]),
    (Answer::Parents, "Parents", &["Id", "Type"]),
    (
        Answer::Policies,
        "Policies",
        &["Id", "Arn", "Type", "AwsManaged"],
    ),
    (Answer::Targets, "Targets", &["TargetId", "Type"]),
];

fn answer(page: &Page<'_>) -> Option<Answer> {
    if !page.is_object() {
        return None;
    }
    if let Some(policy) = page.member("Policy") {
        let has = |name: &str| policy.member(name).is_some();
        return (has("PolicySummary") && has("Content")).then_some(Answer::Policy);
    }
    if let Some(organization) = page.member("Organization") {
        let names_manager = organization.member("MasterAccountId").is_some();
        return names_manager.then_some(Answer::Organization);
    }
    let (answer, name, _) = LISTS.into_iter().find(|&(_, name, keys)| {
        page.lists(name, keys)
            && page
                .keys()
                .iter()
                .all(|key| key == name || key == "NextToken")
    })?;
    // An empty list shows no element by which to tell it: the folder does.
    let is_empty = page.rows(name).is_none_or(|rows| rows.is_empty());
    let is_here = page
        .layout()
        .aws()
        .and_then(|place| place.tail.first())
        .is_some_and(|service| service == "organizations");
    (!is_empty || is_here).then_some(answer)
}

fn recognise(page: &Page<'_>) -> bool {
    answer(page).is_some()
}

/// A root, a unit or an account.
#[derive(Deserialize)]
struct Node {
    #[serde(rename = "Id")]
    id: String,
    #[serde(rename = "Arn", default)]
    arn: Option<String>,
    #[serde(rename = "Name", default)]
    name: Option<String>,
    #[serde(rename = "Path", default)]
    path: Option<String>,
    #[serde(rename = "Paths", default, deserialize_with = "null_as_default")]
    paths: Vec<String>,
    #[serde(rename = "PolicyTypes", default, deserialize_with = "null_as_default")]
    policy_types: Vec<PolicyType>,
}

#[derive(Deserialize)]
struct PolicyType {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(rename = "Status", default)]
    status: Option<String>,
}

/// A policy in a list, or the summary of one.
#[derive(Deserialize)]
struct Summary {
    #[serde(rename = "Id")]
    id: String,
    #[serde(rename = "Name", default)]
    name: Option<String>,
    #[serde(rename = "Type")]
    kind: String,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "TargetId")]
    id: String,
    #[serde(rename = "Arn", default)]
    arn: Option<String>,
    #[serde(rename = "Name", default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Organization {
    #[serde(rename = "Id")]
    id: String,
    #[serde(rename = "MasterAccountId")]
    manager: String,
}

fn guardrail_kind(policy_type: &str) -> Option<GuardrailKind> {
    match policy_type {
        "SERVICE_CONTROL_POLICY" => Some(GuardrailKind::Principals),
        "RESOURCE_CONTROL_POLICY" => Some(GuardrailKind::Resources),
        _ => None,
    }
}

/// The key of what an id names; `None` for what is no id of a root, a unit or an account.
fn node_key(intake: &mut Intake<'_>, id: &str) -> Option<Key> {
    if is_account(id) {
        Some(tenant_key(intake, id))
    } else if id.starts_with("r-") {
        Some(intake.key(&format!("aws:organization-root:{id}")))
    } else if id.starts_with("ou-") {
        Some(intake.key(&format!("aws:organizational-unit:{id}")))
    } else {
        None
    }
}

/// A policy's key ends in its id, which is what a policy in no export is called.
fn policy_key(intake: &mut Intake<'_>, id: &str) -> Key {
    intake.key(&format!("aws:organizations-policy/{id}"))
}

/// Says that a root, a unit or an account exists; its key.
fn emit_node(
    intake: &mut Intake<'_>,
    id: &str,
    name: Option<String>,
    hierarchy: Hierarchy<Key>,
    evidence: &Evidence,
) -> Option<Key> {
    let Some(key) = node_key(intake, id) else {
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            evidence,
            "record skipped: its id is that of no root, organisational unit or account",
            "ids are written as r-…, ou-… or twelve digits: check the name of the file and the export",
        );
        return None;
    };
    intake.emit(Record::Tenant(TenantRecord {
        key: key.clone(),
        platform: AWS,
        identifier: id.to_owned(),
        name,
        environment: None,
        owner: None,
        hierarchy: Hierarchy {
            is_member: true,
            is_root: id.starts_with("r-"),
            ..hierarchy
        },
        evidence: evidence.clone(),
    }));
    Some(key)
}

/// The organisation that an ARN names, and the account that manages it:
/// `arn:aws:organizations::MANAGER:account/o-…/ACCOUNT`.
///
/// Source: Service Authorization Reference, "Resource types defined by AWS Organizations" (read 2026-11).
fn organization_of(arn: Option<&str>) -> Option<(String, String)> {
    let arn = Arn::parse(arn?).filter(|arn| arn.service == "organizations")?;
    let organization = arn.resource.split('/').nth(1)?;
    organization
        .starts_with("o-")
        .then(|| Some((organization.to_owned(), arn.account_id()?.to_owned())))?
}

fn emit_manager(intake: &mut Intake<'_>, manager: &str, organization: &str, evidence: &Evidence) {
    let hierarchy = Hierarchy {
        organization: Some(organization.to_owned()),
        is_management: true,
        ..Hierarchy::default()
    };
    emit_node(intake, manager, None, hierarchy, evidence);
}

/// Emits what stands on a path `o-…/r-…/ou-…/…`, each below the one before it; the id of the last one.
fn emit_path(
    intake: &mut Intake<'_>,
    path: &str,
    own: &str,
    evidence: &Evidence,
) -> Option<String> {
    let mut above: Option<String> = None;
    for id in path.split('/').filter(|id| !id.is_empty()) {
        if id.starts_with("o-") || id == own {
            continue;
        }
        let parent = above.as_deref().and_then(|id| node_key(intake, id));
        let hierarchy = Hierarchy {
            parent,
            ..Hierarchy::default()
        };
        emit_node(intake, id, None, hierarchy, evidence)?;
        above = Some(id.to_owned());
    }
    above
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    match answer(page) {
        Some(Answer::Roots) => read_nodes(page, intake, "Roots", None),
        Some(Answer::Units) => read_nodes(
            page,
            intake,
            "OrganizationalUnits",
            Some("organizational-units-for-parent"),
        ),
        Some(Answer::Accounts) => {
            read_nodes(page, intake, "Accounts", Some("accounts-for-parent"));
        }
        Some(Answer::Children) => read_nodes(page, intake, "Children", Some("children")),
        Some(Answer::Parents) => read_parents(page, intake),
        Some(Answer::Organization) => read_organization(page, intake),
        Some(Answer::Policy) => read_policy(page, intake),
        Some(Answer::Policies) => read_policies(page, intake),
        Some(Answer::Targets) => read_targets(page, intake),
        None => {}
    }
}

/// What the layout names, for an answer that lies in `organizations/<folder>/`.
fn asked<'p>(page: &'p Page<'_>, folder: &str) -> Option<&'p str> {
    page.layout().aws()?.stem_in(&["organizations", folder])
}

/// Roots, units and accounts. What stands above them is named by the layout, or by the path that newer answers have.
fn read_nodes(page: &Page<'_>, intake: &mut Intake<'_>, list: &str, folder: Option<&str>) {
    let at = intake.page(page);
    let above = folder
        .and_then(|folder| asked(page, folder))
        .map(str::to_owned);
    let above_key = above
        .as_deref()
        .and_then(|id| emit_node(intake, id, None, Hierarchy::default(), &at));
    let mut are_placed = true;
    for row in page.rows(list).unwrap_or_default() {
        let Some(node) = intake.parse::<Node>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let organization = organization_of(node.arn.as_deref());
        let path = node.path.as_ref().or(node.paths.first());
        let on_path = path.and_then(|path| emit_path(intake, path, &node.id, &evidence));
        let parent = match (&above_key, &on_path) {
            (Some(key), _) => Some(key.clone()),
            (None, Some(id)) => node_key(intake, id),
            (None, None) => None,
        };
        are_placed &= parent.is_some();
        let enforced = (list == "Roots").then(|| {
            node.policy_types
                .iter()
                // One that is being switched off still holds; one that is being switched on does not yet surely.
                .filter(|one| one.status.as_deref() != Some("PENDING_ENABLE"))
                .filter_map(|one| guardrail_kind(&one.kind))
                .collect()
        });
        let hierarchy = Hierarchy {
            organization: organization.as_ref().map(|(id, _)| id.clone()),
            parent,
            enforced,
            ..Hierarchy::default()
        };
        emit_node(intake, &node.id, node.name, hierarchy, &evidence);
        if let Some((organization, manager)) = organization {
            emit_manager(intake, &manager, &organization, &evidence);
        }
    }
    // `list-accounts` answers in the shape of `list-accounts-for-parent`: the parents then come from other answers, and
    // an account that no answer places is told where rights are evaluated.
    if let Some(folder) = folder.filter(|_| list != "Accounts")
        && !are_placed
    {
        let expected = format!("aws/<account>/organizations/{folder}/<parent>.json");
        intake.missing_parent(Severity::Doubt, &at, "below what they stand", &expected);
    }
}

fn read_parents(page: &Page<'_>, intake: &mut Intake<'_>) {
    let at = intake.page(page);
    let Some(child) = asked(page, "parents").map(str::to_owned) else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "whose parents they are",
            "aws/<account>/organizations/parents/<child>.json",
        );
        return;
    };
    for row in page.rows("Parents").unwrap_or_default() {
        let Some(node) = intake.parse::<Node>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let parent = emit_node(intake, &node.id, None, Hierarchy::default(), &evidence);
        let hierarchy = Hierarchy {
            parent,
            ..Hierarchy::default()
        };
        emit_node(intake, &child, None, hierarchy, &evidence);
    }
}

fn read_organization(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.member("Organization") else {
        return;
    };
    if let Some(organization) = intake.parse::<Organization>(&row) {
        let evidence = intake.row(&row);
        emit_manager(intake, &organization.manager, &organization.id, &evidence);
    }
}

/// `describe-policy`: what a policy says. Its content is a JSON string.
fn read_policy(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.member("Policy") else {
        return;
    };
    let Some(place) = row.member("PolicySummary") else {
        return;
    };
    let Some(summary) = intake.parse::<Summary>(&place) else {
        return;
    };
    let Some(kind) = guardrail_kind(&summary.kind) else {
        return;
    };
    let Some(content) = row.member("Content") else {
        return;
    };
    let is_text = json::opening(content.raw) == '"' || Members::of(content.raw).is_some();
    if !is_text {
        let at = intake.row(&content);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            "policy skipped: its `Content` is no policy document",
            "export it again with `aws organizations describe-policy`",
        );
        return;
    }
    let used = match kind {
        GuardrailKind::Principals => Use::Identity,
        GuardrailKind::Resources => Use::Resource,
    };
    let statements = policy::statements(intake, &content, used)
        .into_iter()
        .map(|placed| (placed.name, placed.statement, placed.evidence))
        .collect();
    let evidence = intake.row(&row);
    emit_policy(intake, &summary, kind, statements, evidence);
}

fn emit_policy(
    intake: &mut Intake<'_>,
    summary: &Summary,
    kind: GuardrailKind,
    statements: Vec<(String, Statement, Evidence)>,
    evidence: Evidence,
) {
    let key = policy_key(intake, &summary.id);
    let name = summary.name.clone().unwrap_or_else(|| summary.id.clone());
    intake.emit(Record::Policy(PolicyRecord {
        key: key.clone(),
        name: name.clone(),
        tenant: None,
        guardrail: Some(kind),
        evidence,
    }));
    for (statement_name, statement, evidence) in statements {
        let scope = intake.key(&format!("{key}#{statement_name}"));
        intake.emit(Record::Scope(ScopeRecord {
            key: scope,
            name: format!("{name} / {statement_name}"),
            terms: Terms::Statement {
                policy: key.clone(),
                statement,
            },
            evidence,
        }));
    }
}

/// The two policies that AWS ships, which allow everything and cannot be changed: they need no export.
///
/// Source: Organizations User Guide, "SCP evaluation" (`FullAWSAccess`) and "RCP evaluation" (`RCPFullAWSAccess`), read
/// 2026-11.
fn emit_full_access(intake: &mut Intake<'_>, id: &str, evidence: &Evidence) {
    let kind = match id {
        "p-FullAWSAccess" => GuardrailKind::Principals,
        "p-RCPFullAWSAccess" => GuardrailKind::Resources,
        _ => return,
    };
    let everything = || Clause {
        is_negated: false,
        values: vec!["*".to_owned()],
    };
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principals: (kind == GuardrailKind::Resources).then(|| PrincipalClause {
            is_negated: false,
            entries: vec![("*".to_owned(), "*".to_owned())],
        }),
        actions: everything(),
        resources: Some(everything()),
        conditions: Vec::new(),
    };
    let summary = Summary {
        id: id.to_owned(),
        name: id.strip_prefix("p-").map(str::to_owned),
        kind: String::new(),
    };
    let statements = vec![("0".to_owned(), statement, evidence.clone())];
    emit_policy(intake, &summary, kind, statements, evidence.clone());
}

fn emit_guardrail(
    intake: &mut Intake<'_>,
    policy: &str,
    kind: Option<GuardrailKind>,
    target: (&str, &Key),
    evidence: Evidence,
) {
    emit_full_access(intake, policy, &evidence);
    let key = policy_key(intake, policy);
    let scope = intake.key(&format!("{key}#on/{}", target.0));
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("{policy} on {}", target.0),
        terms: Terms::Guardrail {
            policy: key,
            tenant: target.1.clone(),
            kind,
        },
        evidence,
    }));
}

/// `list-policies-for-target`: what is attached to one target. `list-policies` answers in the same shape and is known
/// by its name; which policies exist tells nothing of what they limit.
fn read_policies(page: &Page<'_>, intake: &mut Intake<'_>) {
    const EXPECTED: &str =
        "aws/<account>/organizations/policies-for-target/<policy type>/<target>.json";
    let at = intake.page(page);
    if page.layout().file_stem().starts_with("list-policies") {
        return;
    }
    let place = page.layout().aws();
    let asked_kind = place.and_then(|place| match place.tail {
        [organizations, folder, kind, _]
            if organizations == "organizations" && folder == "policies-for-target" =>
        {
            Some(kind.clone())
        }
        _ => None,
    });
    let target = place
        .filter(|_| asked_kind.is_some() || asked(page, "policies-for-target").is_some())
        .map(|_| page.layout().file_stem().to_owned());
    let Some(target) = target else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "to what the policies are attached",
            EXPECTED,
        );
        return;
    };
    let Some(key) = emit_node(intake, &target, None, Hierarchy::default(), &at) else {
        return;
    };
    let mut kinds: Vec<GuardrailKind> = asked_kind
        .as_deref()
        .and_then(guardrail_kind)
        .into_iter()
        .collect();
    for row in page.rows("Policies").unwrap_or_default() {
        let Some(summary) = intake.parse::<Summary>(&row) else {
            kinds.clear();
            break;
        };
        let Some(kind) = guardrail_kind(&summary.kind) else {
            continue;
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
        let evidence = intake.row(&row);
        emit_guardrail(intake, &summary.id, Some(kind), (&target, &key), evidence);
    }
    for kind in kinds {
        intake.emit(Record::Listing(ListingRecord {
            tenant: key.clone(),
            kind: kind.listing().to_owned(),
            of: None,
            is_complete: page.is_whole(),
            evidence: at.clone(),
        }));
    }
}

/// `list-targets-for-policy`: to what one policy is attached. It says nothing of the other policies on those targets.
fn read_targets(page: &Page<'_>, intake: &mut Intake<'_>) {
    let at = intake.page(page);
    let Some(policy) = asked(page, "targets-for-policy").map(str::to_owned) else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "which policy is attached to them",
            "aws/<account>/organizations/targets-for-policy/<policy>.json",
        );
        return;
    };
    for row in page.rows("Targets").unwrap_or_default() {
        read_target(&row, &policy, intake);
    }
}

fn read_target(row: &Row<'_>, policy: &str, intake: &mut Intake<'_>) {
    let Some(target) = intake.parse::<Target>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let organization = organization_of(target.arn.as_deref());
    let hierarchy = Hierarchy {
        organization: organization.as_ref().map(|(id, _)| id.clone()),
        ..Hierarchy::default()
    };
    let Some(key) = emit_node(intake, &target.id, target.name, hierarchy, &evidence) else {
        return;
    };
    if let Some((organization, manager)) = organization {
        emit_manager(intake, &manager, &organization, &evidence);
    }
    emit_guardrail(intake, policy, None, (&target.id, &key), evidence);
}
