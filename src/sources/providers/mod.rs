//! Exports of AI providers' admin APIs: organisations, projects or workspaces, who is in them, and their keys by masked form.
//!
//! The folder layout names what a body does not: `openai/<organization>/…`, `anthropic/<organization>/…`. A literal key
//! that was found somewhere is recognised by its masked form (`masked`).

pub(super) mod anthropic;
pub(super) mod openai;

use super::intake::Intake;
use super::json::{self, Members};
use super::{envelope::Page, envelope::Row};
use crate::inventory::{
    Access, Evidence, Hierarchy, Key, Platform, PrincipalKind, PrincipalRecord, Record,
    ResourceRecord, ScopeRecord, TenantRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};

/// An organisation, as the layout names it.
struct Organization {
    tenant: Key,
    resource: Key,
    name: String,
}

/// Says that an organisation exists; without the layout, a problem.
fn organization(
    page: &Page<'_>,
    platform: Platform,
    expected: &str,
    intake: &mut Intake<'_>,
) -> Option<Organization> {
    let evidence = intake.page(page);
    let Some(name) = page
        .layout()
        .after(platform)
        .and_then(|tail| tail.split_last())
        .and_then(|(_, folders)| folders.first())
    else {
        intake.missing_parent(
            Severity::Doubt,
            &evidence,
            "which organisation it is of",
            expected,
        );
        return None;
    };
    let key = intake.key(&format!("{platform}:organization:{name}"));
    intake.emit(Record::Tenant(TenantRecord {
        key: key.clone(),
        platform,
        identifier: name.clone(),
        name: None,
        environment: None,
        owner: None,
        hierarchy: Hierarchy::default(),
        evidence: evidence.clone(),
    }));
    let kind = format!("{platform}:organization");
    let of = Some(&key);
    emit_resource(intake, &key, name, &kind, platform, of, &evidence);
    Some(Organization {
        tenant: key.clone(),
        resource: key,
        name: name.clone(),
    })
}

/// The records of a page, and whose they are; a page that has no list of them is a problem.
fn records<'p>(
    page: &'p Page<'_>,
    platform: Platform,
    intake: &mut Intake<'_>,
) -> Option<(Option<Organization>, Vec<Row<'p>>)> {
    intake.check_truncation(page);
    let expected = format!("{platform}/<organization>/…");
    let organization = organization(page, platform, &expected, intake);
    let rows = page.rows("data");
    if rows.is_none() {
        let at = intake.page(page);
        intake.not_a_list(&at, "data");
    }
    rows.map(|rows| (organization, rows))
}

/// Says that what kind of record it is, in this member, is not known here.
fn of_unknown_kind(row: &Row<'_>, member: &str, intake: &mut Intake<'_>) {
    let at = intake.row(row);
    intake.problem(
        Severity::Skipped,
        ProblemCode::BadRecord,
        &at,
        format!("record skipped: its `{member}` is none that is known here"),
        "export it again, or report this shape if the export is as the API gives it",
    );
}

fn emit_resource(
    intake: &mut Intake<'_>,
    key: &Key,
    name: &str,
    kind: &str,
    platform: Platform,
    tenant: Option<&Key>,
    evidence: &Evidence,
) {
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        platform,
        tenant: tenant.cloned(),
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
}

/// Who acts.
struct Actor<'a> {
    key: Key,
    name: String,
    kind: PrincipalKind,
    owner: Option<String>,
    tenant: Option<&'a Key>,
}

fn emit_principal(
    intake: &mut Intake<'_>,
    platform: Platform,
    actor: Actor<'_>,
    evidence: &Evidence,
) -> Key {
    let key = actor.key;
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: actor.name,
        kind: actor.kind,
        platform,
        tenant: actor.tenant.cloned(),
        owner: actor.owner,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
    key
}

/// Says that a principal has accesses to a resource.
fn grant(
    intake: &mut Intake<'_>,
    principal: &Key,
    resource: &Key,
    accesses: &[Access],
    (name, condition): (&str, Option<&str>),
    evidence: &Evidence,
) {
    for &access in accesses {
        let key = intake.key(&format!("{principal}#grant/{resource}/{}", access.name()));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: name.to_owned(),
            terms: Terms::Grant {
                principal: principal.clone(),
                resource: resource.clone(),
                access,
                condition: condition.map(str::to_owned),
            },
            evidence: evidence.clone(),
        }));
    }
}

/// Notes the masked form of a key; one that hides nothing may be the key itself, and is not looked at.
fn masked(row: &Row<'_>, field: &str, mask: &str, key: &Key, intake: &mut Intake<'_>) {
    if !intake.marked_hint(key, mask) {
        let at = intake.member(row, field);
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &at,
            format!("`{field}` hides nothing: the record is kept without it"),
            "export it again, or report this shape if the export is as the API gives it",
        );
    }
}

/// The word that the first row of `data` says of itself under `name`.
fn word_of(page: &Page<'_>, name: &str) -> Option<String> {
    let rows = page.rows("data")?;
    rows.first()?
        .member(name)
        .and_then(|row| json::text_of(row.raw))
}

/// Whether it is the answer of a list, with nothing in it.
fn is_empty_list(page: &Page<'_>) -> bool {
    page.has_keys(&["data", "has_more"])
        && page.member("data").is_some_and(|row: Row<'_>| {
            json::elements(row.raw).is_some_and(|elements| elements.is_empty())
        })
}

/// The string under `name` in a row that is an object; for what serde is not asked for.
fn text_in(row: &Row<'_>, name: &str) -> Option<String> {
    Members::of(row.raw)?.text(name)
}
