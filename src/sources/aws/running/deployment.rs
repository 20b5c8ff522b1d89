//! Onto which instances a deployment group of CodeDeploy deploys: those that bear tags, and those of Auto Scaling groups.
//!
//! Source: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentGroupInfo.html> and
//! <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_EC2TagSet.html>: of a list of filters any one will
//! do, of a set of lists every one must be met (read 2026-11).

use super::Thing;
use crate::inventory::{Key, Record, ScopeRecord, TagTest, Terms};
use crate::sources::envelope::Row;
use crate::sources::intake::Intake;
use crate::sources::json;

const ONTO: &str = "ec2:instance";

/// The tag that Auto Scaling gives to every instance of a group.
///
/// Source: Amazon EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances".
const GROUP: &str = "aws:autoscaling:groupName";

pub(super) fn read(thing: &Thing<'_, '_>, key: &Key, name: &str, intake: &mut Intake<'_>) {
    let sets = thing.at("ec2TagSet.ec2TagSetList[]");
    let mut tags: Vec<Vec<TagTest>> = sets.iter().map(|(list, _)| tests(list)).collect();
    if let Some(filters) = thing.member("ec2TagFilters") {
        tags.push(tests(&filters));
    }
    tags.retain(|any| !any.is_empty());
    if !tags.is_empty() {
        let at = ["ec2TagSet", "ec2TagFilters"];
        emit(thing, key, name, "tags", &at, tags, intake);
    }
    let groups: Vec<TagTest> = thing
        .at("autoScalingGroups[].name")
        .iter()
        .filter_map(|(row, _)| json::text_of(row.raw))
        .map(|group| TagTest {
            key: Some(GROUP.to_owned()),
            value: Some(group),
        })
        .collect();
    if !groups.is_empty() {
        let at = ["autoScalingGroups"];
        emit(thing, key, name, "groups", &at, vec![groups], intake);
    }
}

fn emit(
    thing: &Thing<'_, '_>,
    key: &Key,
    name: &str,
    by: &str,
    at: &[&str],
    tags: Vec<Vec<TagTest>>,
    intake: &mut Intake<'_>,
) {
    let mut places = at.iter().filter_map(|member| thing.member(member));
    let place = places.find(|row| !matches!(row.raw.get(), "[]" | "{}" | "null"));
    let evidence = match place {
        Some(row) => intake.row(&row),
        None => thing.evidence(intake),
    };
    let scope = intake.key(&format!("{key}#deploys-by-{by}"));
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("targets of {name}"),
        terms: Terms::Deploys {
            resource: key.clone(),
            onto: ONTO,
            tags,
        },
        evidence,
    }));
}

/// A list of filters. One without key and value fits nothing.
fn tests(list: &Row<'_>) -> Vec<TagTest> {
    let rows = list.rows().unwrap_or_default();
    let tests = rows.iter().map(|filter| {
        let part = |name| {
            filter
                .member(name)
                .and_then(|member| json::text_of(member.raw))
        };
        let kind = part("Type").unwrap_or_default();
        TagTest {
            key: part("Key").filter(|_| kind != "VALUE_ONLY"),
            value: part("Value").filter(|_| kind != "KEY_ONLY"),
        }
    });
    tests
        .filter(|test| test.key.is_some() || test.value.is_some())
        .collect()
}
