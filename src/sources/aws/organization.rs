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
    command: "aws organizations list-policies-for-target --target-id <target> --filter <policy type> --output json > aws/<account>/organizations/policies-for-target/<policy type>/<target>.json (and list-roots, list-accounts, …: `list sources --script aws` makes all)",
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
        versions: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::reading::Reading;
    use crate::sources::trial;

    const FOLDER: &str = "aws/999900001111/organizations";

    /// `KEY < PARENT` of everything that is placed, each once.
    fn tree(reading: &Reading) -> Vec<String> {
        let mut lines: Vec<String> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Tenant(tenant) => {
                    let parent = tenant.hierarchy.parent.as_deref()?;
                    Some(format!("{} < {parent}", tenant.key))
                }
                _ => None,
            })
            .collect();
        lines.sort();
        lines.dedup();
        lines
    }

    fn managers(reading: &Reading) -> Vec<String> {
        let mut keys: Vec<String> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Tenant(tenant) if tenant.hierarchy.is_management => {
                    Some(tenant.key.to_string())
                }
                _ => None,
            })
            .collect();
        keys.dedup();
        keys
    }

    fn guardrails(reading: &Reading) -> Vec<String> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Scope(scope) => match &scope.terms {
                    Terms::Guardrail {
                        policy,
                        tenant,
                        kind,
                    } => Some(format!("{policy} {tenant} {kind:?}")),
                    _ => None,
                },
                _ => None,
            })
            .collect()
    }

    fn listings(reading: &Reading) -> Vec<String> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Listing(it) => {
                    Some(format!("{} {} {}", it.tenant, it.kind, it.is_complete))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_root_tells_its_manager_and_which_kinds_are_in_force() {
        let reading = trial::read_one(
            "list-roots.json",
            r#"{"Roots": [{"Id": "r-exam", "Arn": "arn:aws:organizations::999900001111:root/o-exampleorg1/r-exam", "Name": "Root",
                "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}, {"Type": "TAG_POLICY", "Status": "ENABLED"},
                {"Type": "RESOURCE_CONTROL_POLICY", "Status": "PENDING_ENABLE"}]}]}"#,
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(managers(&reading), ["aws:account:999900001111"]);
        let root = reading.records.iter().find_map(|record| match record {
            Record::Tenant(tenant) if tenant.hierarchy.is_root => Some(tenant),
            _ => None,
        });
        let root = root.unwrap();
        assert_eq!(&*root.key, "aws:organization-root:r-exam");
        assert_eq!(
            root.hierarchy.enforced,
            Some(vec![GuardrailKind::Principals])
        );
        assert_eq!(
            root.hierarchy.organization.as_deref(),
            Some("o-exampleorg1")
        );
    }

    #[test]
    fn the_parent_comes_from_the_layout_the_wrapper_or_the_path_and_is_never_guessed() {
        let units = r#"{"OrganizationalUnits": [{"Id": "ou-exam-workload", "Arn": "arn:aws:organizations::999900001111:ou/o-exampleorg1/ou-exam-workload", "Name": "w"}]}"#;
        let place = format!("{FOLDER}/organizational-units-for-parent/r-exam.json");
        let expected = ["aws:organizational-unit:ou-exam-workload < aws:organization-root:r-exam"];
        assert_eq!(tree(&trial::read_one(&place, units)), expected);
        let wrapped = format!(r#"{{"path": "{place}", "body": {units}}}"#);
        assert_eq!(tree(&trial::read_one("log.json", &wrapped)), expected);
        let lost = trial::read_one("units.json", units);
        assert_eq!(lost.problems[0].code, ProblemCode::MissingParent);
        assert!(tree(&lost).is_empty());
        let with_path = units.replace(
            r#""Name""#,
            r#""Path": "o-exampleorg1/r-exam/ou-exam-upperone/ou-exam-workload/", "Name""#,
        );
        let reading = trial::read_one("units.json", &with_path);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            tree(&reading),
            [
                "aws:organizational-unit:ou-exam-upperone < aws:organization-root:r-exam",
                "aws:organizational-unit:ou-exam-workload < aws:organizational-unit:ou-exam-upperone",
            ]
        );
    }

    #[test]
    fn accounts_children_and_parents_place_accounts() {
        let account = r#"{"Accounts": [{"Id": "111122223333", "Arn": "arn:aws:organizations::999900001111:account/o-exampleorg1/111122223333", "Name": "shop", "JoinedMethod": "CREATED"}]}"#;
        let expected = ["aws:account:111122223333 < aws:organization-root:r-exam"];
        let place = format!("{FOLDER}/accounts-for-parent/r-exam.json");
        assert_eq!(tree(&trial::read_one(&place, account)), expected);
        let all = trial::read_one("list-accounts.json", account);
        assert!(all.problems.is_empty() && tree(&all).is_empty());
        assert!(all.records.iter().any(|record| matches!(record, Record::Tenant(it) if it.identifier == "111122223333" && it.hierarchy.is_member)));
        let children = r#"{"Children": [{"Id": "111122223333", "Type": "ACCOUNT"}]}"#;
        let place = format!("{FOLDER}/children/r-exam.json");
        assert_eq!(tree(&trial::read_one(&place, children)), expected);
        let parents = r#"{"Parents": [{"Id": "r-exam", "Type": "ROOT"}]}"#;
        let place = format!("{FOLDER}/parents/111122223333.json");
        assert_eq!(tree(&trial::read_one(&place, parents)), expected);
        let lost = trial::read_one("parents.json", parents);
        assert_eq!(lost.problems[0].code, ProblemCode::MissingParent);
        assert!(lost.records.is_empty());
    }

    #[test]
    fn the_organization_names_its_manager() {
        let reading = trial::read_one(
            "o.json",
            r#"{"Organization": {"Id": "o-exampleorg1", "MasterAccountId": "999900001111", "AvailablePolicyTypes": []}}"#,
        );
        assert_eq!(managers(&reading), ["aws:account:999900001111"]);
    }

    #[test]
    fn a_policy_is_read_out_of_its_string() {
        let policy = |kind: &str, content: &str| {
            serde_json::json!({"Policy": {
                "PolicySummary": {"Id": "p-example", "Name": "limit", "Type": kind}, "Content": content
            }})
            .to_string()
        };
        let content = r#"{"Statement": [{"Sid": "NoUsers", "Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}"#;
        let reading = trial::read_one("p.json", &policy("SERVICE_CONTROL_POLICY", content));
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let key = "aws:organizations-policy/p-example#NoUsers";
        assert_eq!(
            trial::place_of(&reading, key),
            "1 /Policy/Content/Statement/0"
        );
        let resource = trial::read_one("p.json", &policy("RESOURCE_CONTROL_POLICY", content));
        assert_eq!(
            resource.problems[0].code,
            ProblemCode::BadRecord,
            "a resource control policy names a principal"
        );
        let tags = trial::read_one("p.json", &policy("TAG_POLICY", r#"{"tags": {}}"#));
        assert!(tags.problems.is_empty() && tags.records.is_empty());
    }

    #[test]
    fn the_policies_of_a_target_are_a_whole_list_of_one_kind() {
        let list = r#"{"Policies": [{"Id": "p-example", "Arn": "arn:aws:organizations::999900001111:policy/o-exampleorg1/service_control_policy/p-example", "Name": "limit", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false}]}"#;
        let unit = "aws:organizational-unit:ou-exam-workload";
        let reading = trial::read_one(
            &format!("{FOLDER}/policies-for-target/ou-exam-workload.json"),
            list,
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            guardrails(&reading),
            [format!(
                "aws:organizations-policy/p-example {unit} Some(Principals)"
            )]
        );
        assert_eq!(
            listings(&reading),
            [format!("{unit} principal-guardrail true")]
        );
        let none = trial::read_one(
            &format!("{FOLDER}/policies-for-target/RESOURCE_CONTROL_POLICY/ou-exam-workload.json"),
            r#"{"Policies": []}"#,
        );
        assert_eq!(listings(&none), [format!("{unit} resource-guardrail true")]);
        let part = list.replace("]}", r#"], "NextToken": "x"}"#);
        let part = trial::read_one(
            &format!("{FOLDER}/policies-for-target/ou-exam-workload.json"),
            &part,
        );
        assert_eq!(
            listings(&part),
            [format!("{unit} principal-guardrail false")]
        );
        let lost = trial::read_one("policies.json", list);
        assert_eq!(lost.problems[0].code, ProblemCode::MissingParent);
        let all = trial::read_one(&format!("{FOLDER}/list-policies-scp.json"), list);
        assert!(all.problems.is_empty() && all.records.is_empty());
    }

    #[test]
    fn the_targets_of_a_policy_say_nothing_of_other_policies() {
        let list = r#"{"Targets": [{"TargetId": "r-exam", "Arn": "arn:aws:organizations::999900001111:root/o-exampleorg1/r-exam", "Name": "Root", "Type": "ROOT"}]}"#;
        let reading = trial::read_one(&format!("{FOLDER}/targets-for-policy/p-example.json"), list);
        assert_eq!(
            guardrails(&reading),
            ["aws:organizations-policy/p-example aws:organization-root:r-exam None"]
        );
        assert!(listings(&reading).is_empty());
        let lost = trial::read_one("targets.json", list);
        assert_eq!(lost.problems[0].code, ProblemCode::MissingParent);
    }

    #[test]
    fn lists_of_other_services_are_not_recognised() {
        for text in [
            r#"{"Policies": [{"PolicyName": "x", "PolicyId": "ANPAEXAMPLE", "Arn": "arn:aws:iam::111122223333:policy/x"}]}"#,
            r#"{"Policy": {"PolicyName": "x", "Arn": "arn:aws:iam::111122223333:policy/x"}}"#,
            r#"{"Targets": [{"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:x"}]}"#,
            r#"{"Accounts": []}"#,
            r#"{"Accounts": [{"Id": "111122223333", "Email": "x"}]}"#,
            r#"{"Organization": {"Name": "x"}}"#,
        ] {
            let reading = trial::read_one("x.json", text);
            assert_eq!(
                reading.problems[0].code,
                ProblemCode::Unrecognised,
                "{text}"
            );
        }
    }
}
