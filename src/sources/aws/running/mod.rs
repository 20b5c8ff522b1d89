//! Things that run with a role, or whose settings may hold secrets: the answers of many services, read alike.
//!
//! How the answers differ is data: [`FORMATS`]. What a thing is told to be without its ARN takes account and region from
//! the folder layout. A role is named by its ARN or by its bare name; a thing that takes its role from another one (a
//! task from its definition) names that one, and the inventory follows it. A thing that is in no state to be used gives
//! its settings and no role. Values of settings are looked at and never kept.

mod deployment;
mod formats;
mod settings;

use super::arn::{Arn, partition_of_region};
use super::{AWS, emit_listing, emit_tenant, tenant_key};
use crate::inventory::{
    Evidence, ExposureKind, ExposureRecord, Key, Record, ResourceRecord, ScopeRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::found;
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members};
use formats::{FORMATS, Format, Name, Named, Setting, Stands, Test};
use std::collections::BTreeSet;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/running",
    about: "what runs with a role or holds settings: build projects, tasks, stacks, templates, jobs, notebooks, services, …",
    command: formats::COMMANDS,
    keys: formats::KEYS,
    recognise: |page| FORMATS.iter().any(|format| format.is_of(page)),
    read,
};

impl Format {
    fn is_of(&self, page: &Page<'_>) -> bool {
        match self.stands {
            Stands::Rows(list) => page.lists(list, self.known_by),
            Stands::One(member) => page
                .member(member)
                .and_then(|member| Members::of(member.raw))
                .is_some_and(|members| self.known_by.iter().all(|key| members.has(key))),
            Stands::Page => page.is_object() && page.has_keys(self.known_by),
        }
    }
}

/// One thing of an answer: a row of it, or the whole page.
struct Thing<'p, 'd> {
    page: &'p Page<'d>,
    row: Option<Row<'d>>,
}

impl<'d> Thing<'_, 'd> {
    fn member(&self, name: &str) -> Option<Row<'d>> {
        match &self.row {
            Some(row) => row.member(name),
            None => self.page.member(name),
        }
    }

    fn evidence(&self, intake: &Intake<'_>) -> Evidence {
        match &self.row {
            Some(row) => intake.row(row),
            None => intake.page(self.page),
        }
    }

    /// All that stands at a path, each with a label that tells it from the others where there may be several. In a path,
    /// `.` leads to a member and `[]` to every element of a list; its `name` is its label, else its place in the list.
    fn at(&self, path: &str) -> Vec<(Row<'d>, Option<String>)> {
        let mut found: Vec<(Row<'d>, Option<String>)> = Vec::new();
        for (depth, step) in path.split('.').enumerate() {
            let name = step.trim_end_matches("[]");
            let mut members: Vec<(Row<'d>, Option<String>)> = match depth {
                0 => self
                    .member(name)
                    .map(|row| (row, None))
                    .into_iter()
                    .collect(),
                _ => found
                    .iter()
                    .filter_map(|(row, label)| Some((row.member(name)?, label.clone())))
                    .collect(),
            };
            members.retain(|(row, _)| !json::is_null(row.raw));
            found = members;
            if step.ends_with("[]") {
                found = found
                    .iter()
                    .flat_map(|(list, label)| elements(list, label.as_deref()))
                    .collect();
            }
        }
        found
    }

    /// The text, number or boolean at a path, as text, with its place.
    fn text(&self, path: &str) -> Option<(String, Row<'d>)> {
        let (row, _) = self.at(path).into_iter().next()?;
        let text = word(&row)?;
        (!text.is_empty()).then_some((text, row))
    }

    fn passes(&self, test: &Test) -> bool {
        let (path, values, is_wanted) = match test {
            Test::Is(path, values) => (path, values, true),
            Test::IsNot(path, values) => (path, values, false),
            Test::Has(path) => return self.text(path).is_some(),
        };
        let text = self.text(path).map(|(text, _)| text);
        text.is_some_and(|text| values.contains(&text.as_str())) == is_wanted
    }
}

fn elements<'d>(list: &Row<'d>, outer: Option<&str>) -> Vec<(Row<'d>, Option<String>)> {
    let rows = list.rows().unwrap_or_default().into_iter().enumerate();
    rows.map(|(index, row)| {
        let own = row.member("name").and_then(|name| word(&name));
        let own = own.unwrap_or_else(|| index.to_string());
        let label = match outer {
            Some(outer) => format!("{outer}/{own}"),
            None => own,
        };
        (row, Some(label))
    })
    .collect()
}

/// A text, number or boolean, as text.
fn word(row: &Row<'_>) -> Option<String> {
    json::text_of(row.raw).or_else(|| {
        let raw = row.raw.get();
        (!raw.starts_with(['{', '[', '"']) && raw != "null").then(|| raw.to_owned())
    })
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    for format in FORMATS.iter().filter(|format| format.is_of(page)) {
        read_as(format, page, intake);
    }
}

fn read_as(format: &Format, page: &Page<'_>, intake: &mut Intake<'_>) {
    let things: Vec<Thing<'_, '_>> = match format.stands {
        Stands::Rows(list) => page
            .rows(list)
            .unwrap_or_default()
            .into_iter()
            .map(|row| Thing {
                page,
                row: Some(row),
            })
            .collect(),
        Stands::One(member) => page
            .member(member)
            .map(|row| Thing {
                page,
                row: Some(row),
            })
            .into_iter()
            .collect(),
        Stands::Page => vec![Thing { page, row: None }],
    };
    let of_path = page.layout().aws().map(|place| place.account.to_owned());
    let mut accounts: BTreeSet<String> = of_path.into_iter().collect();
    let mut is_whole = page.is_whole();
    let place = match format.name {
        Name::Arn(_) => None,
        Name::Made { .. } => match Place::of(page) {
            Some(place) => Some(place),
            None if things.is_empty() => None,
            None => {
                let at = intake.page(page);
                intake.missing_parent(
                    Severity::Skipped,
                    &at,
                    "of which account and region it is",
                    format.path,
                );
                return;
            }
        },
    };
    for thing in &things {
        match read_thing(format, place.as_ref(), thing, intake) {
            Some(account) => _ = accounts.insert(account),
            None => is_whole = false,
        }
    }
    let at = intake.page(page);
    for account in accounts {
        emit_tenant(intake, &account, at.clone());
        if format.is_listing {
            emit_listing(intake, &account, format.kind, is_whole, at.clone());
        }
    }
}

/// Where an answer without ARNs was given.
struct Place {
    account: String,
    region: String,
}

impl Place {
    /// The account of the path, and the region that a folder or the end of the file's name is.
    fn of(page: &Page<'_>) -> Option<Self> {
        let place = page.layout().aws()?;
        let stem = page.layout().file_stem();
        let in_stem = stem
            .match_indices('-')
            .filter_map(|(at, _)| stem.get(at + 1..))
            .find(|end| is_region(end));
        let (_, folders) = place.tail.split_last()?;
        let region = folders
            .iter()
            .map(String::as_str)
            .find(|folder| is_region(folder))
            .or(in_stem)?;
        Some(Self {
            account: place.account.to_owned(),
            region: region.to_owned(),
        })
    }
}

/// Whether a word has the form of a region's name: `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`.
fn is_region(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    match parts.as_slice() {
        [first, middle @ .., number] => {
            let is_word =
                |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
            (first.len() == 2 || *first == "eusc")
                && is_word(first)
                && (1..=2).contains(&middle.len())
                && middle.iter().all(is_word)
                && (1..=2).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

fn skipped(thing: &Thing<'_, '_>, intake: &mut Intake<'_>, why: &str) {
    let at = thing.evidence(intake);
    intake.problem(
        Severity::Skipped,
        ProblemCode::BadRecord,
        &at,
        format!("record skipped: {why}"),
        "export it again, or report this shape if the export is as the tool writes it",
    );
}

/// The ARN of a thing and its account; a thing without them is reported.
fn arn_of(
    format: &Format,
    place: Option<&Place>,
    thing: &Thing<'_, '_>,
    intake: &mut Intake<'_>,
) -> Option<(String, String)> {
    match (&format.name, place) {
        (Name::Arn(member), _) => {
            let Some((arn, _)) = thing.text(member) else {
                skipped(thing, intake, &format!("it has no `{member}`"));
                return None;
            };
            let Some(account) = Arn::parse(&arn)
                .and_then(|parsed| parsed.account_id())
                .map(str::to_owned)
            else {
                skipped(thing, intake, &format!("its `{member}` names no account"));
                return None;
            };
            Some((arn, account))
        }
        (Name::Made { service, resource }, Some(Place { account, region })) => {
            let mut made = String::new();
            let mut rest = *resource;
            while let Some((before, after)) = rest.split_once('{') {
                let (member, after) = after.split_once('}')?;
                let Some((value, _)) = thing.text(member) else {
                    skipped(thing, intake, &format!("it has no `{member}`"));
                    return None;
                };
                made.push_str(before);
                made.push_str(&value);
                rest = after;
            }
            made.push_str(rest);
            let partition = partition_of_region(region);
            let arn = format!("arn:{partition}:{service}:{region}:{account}:{made}");
            Some((arn, account.clone()))
        }
        (Name::Made { .. }, None) => None,
    }
}

/// Reads a thing; the account it is in.
fn read_thing(
    format: &Format,
    place: Option<&Place>,
    thing: &Thing<'_, '_>,
    intake: &mut Intake<'_>,
) -> Option<String> {
    let (arn, account) = arn_of(format, place, thing, intake)?;
    if !format.exists_if.iter().all(|test| thing.passes(test)) {
        return Some(account);
    }
    if arn.matches('/').count() < format.slashes {
        skipped(
            thing,
            intake,
            "its ARN, of the old form, does not name its cluster",
        );
        return None;
    }
    let key = intake.key(&arn);
    let shown = format.shown.and_then(|member| thing.text(member));
    let name = shown.map_or_else(
        || arn.rsplit('/').next().unwrap_or_default().to_owned(),
        |(name, _)| name,
    );
    let aliases = format
        .aliases
        .iter()
        .filter_map(|(prefix, member)| {
            let region = Arn::parse(&arn)?.region;
            let (own, _) = thing.text(member)?;
            Some(intake.key(&format!("{prefix}:{account}:{region}:{own}")))
        })
        .collect();
    let tenant = tenant_key(intake, &account);
    let evidence = thing.evidence(intake);
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases,
        name: name.clone(),
        kind: format.kind.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: tags_of(thing),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence,
    }));
    if format.acts_if.iter().all(|test| thing.passes(test)) {
        read_role(format, thing, &key, &name, &account, intake);
        if format.is_deploying {
            deployment::read(thing, &key, &name, intake);
        }
    }
    for setting in format.settings {
        read_setting(setting, thing, &key, &name, intake);
    }
    Some(account)
}

/// As whom a thing acts: the first of the members that name somebody.
fn read_role(
    format: &Format,
    thing: &Thing<'_, '_>,
    key: &Key,
    name: &str,
    account: &str,
    intake: &mut Intake<'_>,
) {
    let named = format
        .runs_as
        .iter()
        .find_map(|(path, named)| Some((thing.text(path)?, named)));
    let Some(((text, row), named)) = named else {
        return;
    };
    // A name is unique in its account, whatever its path; some services show the path with it.
    let last = text.rsplit('/').next().unwrap_or(&text);
    let principal = match named {
        _ if text.starts_with("arn:") => text.clone(),
        Named::Role => format!("aws:role:{account}/{last}"),
        Named::Profile => format!("aws:instance-profile:{account}/{last}"),
        Named::Thing => text.clone(),
    };
    let principal = intake.key(&principal);
    let scope = intake.key(&format!("{key}#runs-as"));
    let evidence = intake.row(&row);
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("role of {name}"),
        terms: Terms::RunsAs {
            resource: key.clone(),
            principal,
        },
        evidence,
    }));
}

/// Says which secrets lie in the settings of a thing, for whoever reads it.
fn read_setting(
    setting: &Setting,
    thing: &Thing<'_, '_>,
    key: &Key,
    name: &str,
    intake: &mut Intake<'_>,
) {
    for (row, label) in thing.at(setting.path) {
        let told_apart = setting.apart.and_then(|path| thing.text(path));
        let label = told_apart.map(|(text, _)| text).or(label);
        let candidates = settings::candidates(setting.form, intake, &row);
        let place = match &label {
            Some(label) => format!("aws:{}:{key}/{label}", setting.place),
            None => format!("aws:{}:{key}", setting.place),
        };
        let lying = found::lying(intake, &format!("{place}#"), &candidates);
        if lying.is_empty() {
            continue;
        }
        let words = setting.words;
        let shown = match &label {
            Some(label) => format!("{words} {label} of {name}"),
            None => format!("{words} of {name}"),
        };
        let place = intake.key(&place);
        let evidence = intake.row(&row);
        intake.emit(Record::Exposure(ExposureRecord {
            key: place,
            name: shown,
            kind: ExposureKind::WorkloadEnvironment,
            resource: Some(key.clone()),
            holder: None,
            lying,
            evidence,
        }));
    }
}

/// The tags of a thing: AWS writes them as pairs, with capitals or without, or as one object.
fn tags_of(thing: &Thing<'_, '_>) -> Vec<(String, String)> {
    let Some(tags) = thing.member("Tags").or_else(|| thing.member("tags")) else {
        return Vec::new();
    };
    if let Some(members) = Members::of(tags.raw) {
        let pairs = members.effective();
        return pairs
            .filter_map(|(name, raw)| Some((name.to_owned(), json::text_of(raw)?)))
            .collect();
    }
    let rows = tags.rows().unwrap_or_default();
    rows.iter()
        .filter_map(|tag| {
            let part = |upper, lower| {
                let member = tag.member(upper).or_else(|| tag.member(lower));
                member.and_then(|member| json::text_of(member.raw))
            };
            Some((
                part("Key", "key")?,
                part("Value", "value").unwrap_or_default(),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests;
