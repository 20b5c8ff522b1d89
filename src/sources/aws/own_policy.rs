//! Resources with a policy of their own: what the readers of such policies share.

use super::arn::Arn;
use super::policy::{self, Use};
use super::{AWS, emit_tenant};
use crate::inventory::{Evidence, Key, Record, ResourceRecord, ScopeRecord, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use crate::sources::layout::is_account;

/// A resource of which the ARN is known.
pub(super) struct Owned<'a> {
    /// Its ARN.
    pub(super) arn: &'a str,
    /// Its type.
    pub(super) kind: &'a str,
    /// Other names that references may use.
    pub(super) aliases: Vec<Key>,
    /// Its account, where the ARN has none.
    pub(super) account: Option<&'a str>,
}

/// Says that a resource exists; its key, if its account is known. Without one it is reported and skipped.
pub(super) fn emit(owned: Owned<'_>, evidence: &Evidence, intake: &mut Intake<'_>) -> Option<Key> {
    let parsed = Arn::parse(owned.arn);
    let account = parsed
        .and_then(|arn| arn.account_id())
        .or(owned.account.filter(|account| is_account(account)));
    let (Some(parsed), Some(account)) = (parsed, account) else {
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            evidence,
            "record skipped: its ARN names no account",
            "export it again",
        );
        return None;
    };
    let tenant = emit_tenant(intake, account, evidence.clone());
    let key = intake.key(owned.arn);
    let name = parsed
        .resource
        .split_once(['/', ':'])
        .map_or(parsed.resource, |(_, name)| name);
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: owned.aliases,
        name: name.to_owned(),
        kind: owned.kind.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
    Some(key)
}

/// Reads the policy of a resource. An absent, null or empty one is none.
pub(super) fn read(resource: &Key, document: Option<Row<'_>>, used: Use, intake: &mut Intake<'_>) {
    read_part(resource, "", document, used, intake);
}

/// The same for the policy of a part of it, which stands with its own; `part` is what the part's ARN adds.
pub(super) fn read_part(
    resource: &Key,
    part: &str,
    document: Option<Row<'_>>,
    used: Use,
    intake: &mut Intake<'_>,
) {
    let Some(document) = document.filter(|row| {
        !json::is_null(row.raw) && json::text_of(row.raw).is_none_or(|text| !text.trim().is_empty())
    }) else {
        return;
    };
    let whole = format!("{resource}{part}");
    let short = whole.rsplit(['/', ':']).next().unwrap_or(&whole);
    for placed in policy::statements(intake, &document, used) {
        let key = intake.key(&format!("{whole}#policy/{}", placed.name));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: format!("policy of {short} / {}", placed.name),
            terms: Terms::ResourcePolicy {
                resource: resource.clone(),
                statement: placed.statement,
            },
            evidence: placed.evidence,
        }));
    }
}

/// Account, region and file name of a page below `aws/<account>/SERVICE/FOLDER/<region>/`.
pub(super) fn place<'p>(
    page: &'p Page<'_>,
    service: &str,
    folder: &str,
) -> Option<(&'p str, &'p str, &'p str)> {
    let place = page.layout().aws()?;
    match place.tail {
        [own, of, region, _] if own == service && of == folder => {
            Some((place.account, region, page.layout().file_stem()))
        }
        _ => None,
    }
}
