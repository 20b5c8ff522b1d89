//! Okta: what its management API says of an organisation.
//!
//! Lists are bare arrays, and most do not name what they are of: the layout is the path of the call below
//! `okta/<organization>/`, so that `curl …/api/v1/groups/ID/users > okta/ORG/groups/ID/users.json` is all there is to it.
//! That more follows stands in a header alone, which a saved body does not keep: a last page as long as a page can be is
//! taken for a part, and said to be.
//!
//! Source of the shapes: Okta's OpenAPI description (`okta/okta-sdk-golang`, `okta/api/openapi.yaml`, commit `cf104e7`,
//! read 2026-11).

pub(super) mod apps;
pub(super) mod credentials;
pub(super) mod directory;
pub(super) mod roles;

use super::envelope::{Body, Page, Row};
use super::intake::Intake;
use super::json;
use crate::inventory::{
    Evidence, Hierarchy, Key, ListingRecord, PrincipalKind, PrincipalRecord, Record,
    ResourceRecord, ScopeRecord, TenantRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};

const PLATFORM: &str = "okta";

/// What the layout says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The organisation: the folder below `okta/`.
    organization: String,
    /// The rest of the path, the last part without its ending.
    tail: Vec<String>,
}

impl Place {
    /// The place of a file, where the layout tells it.
    fn of(page: &Page<'_>) -> Option<Self> {
        let (organization, tail) = page.layout().after(PLATFORM)?.split_first()?;
        let (file, folders) = tail.split_last()?;
        let stem = [".json", ".jsonl", ".ndjson"]
            .iter()
            .find_map(|ending| file.strip_suffix(ending));
        let mut tail = folders.to_vec();
        tail.push(stem.unwrap_or(file).to_owned());
        Some(Self {
            organization: organization.to_lowercase(),
            tail,
        })
    }

    /// Whether the rest of the path is this, where `*` stands for any one part.
    fn is(&self, tail: &[&str]) -> bool {
        let mut parts = tail.iter().zip(&self.tail);
        self.tail.len() == tail.len() && parts.all(|(want, part)| *want == "*" || want == part)
    }

    fn is_any(&self, tails: &[&[&str]]) -> bool {
        tails.iter().any(|tail| self.is(tail))
    }

    /// One part of the rest of the path.
    fn part(&self, index: usize) -> &str {
        self.tail.get(index).map_or("", String::as_str)
    }
}

/// Whether the layout says that the file is the answer of one of these calls.
fn is_at(page: &Page<'_>, tails: &[&[&str]]) -> bool {
    Place::of(page).is_some_and(|place| place.is_any(tails))
}

/// Whether a list is there that holds nothing: only the layout tells of what.
fn is_empty_list(page: &Page<'_>) -> bool {
    match page.body() {
        Body::Array(elements) => elements.is_empty(),
        _ => false,
    }
}

fn user_key(id: &str) -> String {
    format!("okta:user:{id}")
}

fn group_key(id: &str) -> String {
    format!("okta:group:{id}")
}

fn app_key(id: &str) -> String {
    format!("okta:app:{id}")
}

/// Another name of an app, by which its roles and grants name it.
fn client_key(id: &str) -> String {
    format!("okta:client:{id}")
}

/// The place of a page, with its organisation, which is then known; without it, a problem.
fn place_of(page: &Page<'_>, expected: &str, intake: &mut Intake<'_>) -> Option<(Place, Key)> {
    let evidence = intake.page(page);
    let Some(place) = Place::of(page) else {
        let what = "of which organisation, and of what in it, it is";
        intake.missing_parent(Severity::Skipped, &evidence, what, expected);
        return None;
    };
    let key = intake.key(&format!("okta:organization:{}", place.organization));
    intake.emit(Record::Tenant(TenantRecord {
        key: key.clone(),
        platform: PLATFORM,
        identifier: place.organization.clone(),
        name: None,
        environment: None,
        owner: None,
        hierarchy: Hierarchy::default(),
        evidence: evidence.clone(),
    }));
    let named = (&key, place.organization.as_str(), "organization");
    resource(intake, named, &key, Vec::new(), &evidence);
    Some((place, key))
}

fn resource(
    intake: &mut Intake<'_>,
    (key, name, kind): (&Key, &str, &str),
    tenant: &Key,
    tags: Vec<(String, String)>,
    evidence: &Evidence,
) {
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.to_owned(),
        kind: format!("okta:{kind}"),
        platform: PLATFORM,
        tenant: Some(tenant.clone()),
        tags,
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
}

/// Who acts, as far as an id and a name tell.
fn principal(
    (key, name, kind): (Key, String, PrincipalKind),
    tenant: &Key,
    evidence: &Evidence,
) -> PrincipalRecord {
    PrincipalRecord {
        key,
        aliases: Vec::new(),
        name,
        kind,
        platform: PLATFORM,
        tenant: Some(tenant.clone()),
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }
}

/// Says that a holder has a permission, in Okta's words.
fn permit(
    intake: &mut Intake<'_>,
    holder: &Key,
    on: Option<&Key>,
    (name, condition): (&str, Option<&str>),
    evidence: &Evidence,
) {
    let place = on.map_or("", |on| &**on);
    let key = intake.key(&format!("{holder}#permission/{place}/{name}"));
    intake.emit(Record::Scope(ScopeRecord {
        key,
        name: name.to_owned(),
        terms: Terms::Permission {
            holder: holder.clone(),
            on: on.cloned(),
            name: name.to_owned(),
            condition: condition.map(str::to_owned),
        },
        evidence: evidence.clone(),
    }));
}

/// What a page lists.
struct List<'l> {
    tenant: &'l Key,
    /// Of what.
    kind: &'static str,
    /// Of whom, where not of the whole organisation.
    of: Option<Key>,
    /// The lengths at which a page of this call is cut.
    lengths: &'static [usize],
}

/// The rows of a list, after saying how much of it is here. Of several pages of one list in one file the last tells.
fn rows<'d>(page: &Page<'d>, name: &str, list: &List<'_>, intake: &mut Intake<'_>) -> Vec<Row<'d>> {
    // One line alone, or the answer of a call for one: nothing says that there are no others.
    if page.is_object() && page.member(name).is_none() {
        return page.whole().into_iter().collect();
    }
    let at = intake.page(page);
    let Some(rows) = page.rows(name) else {
        intake.not_a_list(&at, name);
        return Vec::new();
    };
    let kind = format!("okta:{}", list.kind);
    let what = match &list.of {
        Some(of) => format!("of `{kind}` of `{of}`"),
        None => format!("of `{kind}`"),
    };
    // What the page before it said of its end is taken back.
    intake.problems.retain(|one| {
        one.code != ProblemCode::Truncated || !one.message.ends_with(&format!("({what})"))
    });
    intake.records.retain(|one| match one {
        Record::Listing(old) => old.kind != kind || old.of != list.of || old.tenant != *list.tenant,
        _ => true,
    });
    let links = page.member("_links");
    let next = links.and_then(|links| links.member("next"));
    let next = next.filter(|next| !json::is_null(next.raw));
    let said = match &next {
        Some(_) => Some("`next` says that more follows: this export is only a part".to_owned()),
        None if page.is_array() && list.lengths.contains(&rows.len()) => Some(format!(
            "exactly {} are here, which is the length of a page: there may be more",
            rows.len()
        )),
        None => None,
    };
    let is_complete = said.is_none() && page.is_whole();
    if let Some(said) = said {
        let at = next.map_or_else(|| at.clone(), |next| intake.row(&next));
        intake.problem(
            Severity::Doubt,
            ProblemCode::Truncated,
            &at,
            format!("{said} ({what})"),
            "follow the `Link` header (or `_links.next`) and save all pages in one file",
        );
    }
    intake.emit(Record::Listing(ListingRecord {
        tenant: list.tenant.clone(),
        kind,
        of: list.of.clone(),
        is_complete,
        evidence: at,
    }));
    rows
}

/// The word under a name in an object.
fn text(row: &Row<'_>, name: &str) -> Option<String> {
    row.member(name).and_then(|row| json::text_of(row.raw))
}

#[cfg(test)]
mod tests {
    use crate::inventory::Record;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    fn group(id: usize) -> String {
        format!(
            r#"{{"id":"00g{id}","type":"OKTA_GROUP","objectClass":["okta:user_group"],"profile":{{"name":"g{id}"}}}}"#
        )
    }

    fn page(count: usize) -> String {
        let groups: Vec<String> = (0..count).map(group).collect();
        format!("[{}]", groups.join(","))
    }

    /// The problems of a text, and whether it is a whole list of groups.
    fn told(text: &str) -> (Vec<ProblemCode>, Option<bool>) {
        let reading = trial::read_one("okta/acme/groups.json", text);
        let codes = reading.problems.iter().map(|one| one.code).collect();
        let mut listings = reading.records.iter().filter_map(|one| match one {
            Record::Listing(listing) => Some(listing.is_complete),
            _ => None,
        });
        (codes, listings.next())
    }

    #[test]
    fn a_last_page_that_is_as_long_as_a_page_can_be_may_be_cut_short() {
        assert_eq!(told(&page(199)), (vec![], Some(true)));
        let cut = (vec![ProblemCode::Truncated], Some(false));
        assert_eq!(told(&page(200)), cut);
        assert_eq!(
            told(&format!("{}\n{}", page(200), page(3))),
            (vec![], Some(true))
        );
        assert_eq!(told(&format!("{}\n{}", page(200), page(200))), cut);
    }

    #[test]
    fn a_list_without_its_place_is_skipped_and_told() {
        let reading = trial::read_one("groups.json", &page(1));
        let codes: Vec<_> = reading.problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::MissingParent]);
        assert_eq!(reading.records.len(), 0);
    }

    #[test]
    fn an_error_that_was_saved_is_no_empty_list() {
        let text = r#"{"errorCode":"E0000006","errorSummary":"You do not have permission","errorLink":"E0000006","errorId":"oae1","errorCauses":[]}"#;
        let reading = trial::read_one("okta/acme/groups.json", text);
        let codes: Vec<_> = reading.problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::SavedError]);
        assert_eq!(reading.records.len(), 0);
    }
}
