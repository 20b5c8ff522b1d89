//! `aws ec2 describe-instances`: instances and the profiles they run with.
//!
//! A reservation holds instances; the account is the reservation's `OwnerId`. An instance names its profile, not its
//! role: the role's record has the profile's ARN as an alias. Terminated instances are no more and give no record. The
//! listing covers one region, as with functions.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html> (read 2026-11).

use super::arn::{Arn, partition_of_region};
use super::{AWS, Tag, emit_listing, emit_tenant, tags, tenant_key};
use crate::inventory::{Record, ResourceRecord, ScopeRecord, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::layout::is_account;
use serde::Deserialize;
use std::collections::BTreeSet;

const KIND: &str = "ec2:instance";
const EXPECTED: &str = "aws/<account>/ec2/describe-instances.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/instances",
    about: "AWS EC2 instances of one account and region",
    command: "aws ec2 describe-instances --output json > aws/<account>/ec2/describe-instances.json",
    keys: &["Reservations"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.lists("Reservations", &["Instances"])
}

#[derive(Deserialize)]
struct Reservation {
    #[serde(rename = "OwnerId", default)]
    owner: Option<String>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(rename = "InstanceId")]
    id: String,
    #[serde(rename = "IamInstanceProfile", default)]
    profile: Option<Profile>,
    #[serde(rename = "Placement", default)]
    placement: Option<Placement>,
    #[serde(rename = "State", default)]
    state: Option<State>,
    #[serde(rename = "Tags", default)]
    tags: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Profile {
    #[serde(rename = "Arn")]
    arn: String,
}

#[derive(Deserialize)]
struct Placement {
    #[serde(rename = "AvailabilityZone", default)]
    zone: Option<String>,
}

#[derive(Deserialize)]
struct State {
    #[serde(rename = "Name", default)]
    name: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let at = intake.page(page);
    let of_path = page.layout().aws().map(|place| place.account.to_owned());
    let mut accounts: BTreeSet<String> = of_path.iter().cloned().collect();
    let mut is_ownerless = false;
    for row in page.rows("Reservations").unwrap_or_default() {
        let Some(reservation) = intake.parse::<Reservation>(&row) else {
            continue;
        };
        let owner = reservation
            .owner
            .filter(|owner| is_account(owner))
            .or_else(|| of_path.clone());
        let Some(account) = owner else {
            is_ownerless = true;
            continue;
        };
        accounts.insert(account.clone());
        for instance in row
            .member("Instances")
            .and_then(|member| member.rows())
            .unwrap_or_default()
        {
            read_instance(&instance, &account, intake);
        }
    }
    if accounts.is_empty() || is_ownerless {
        let severity = if is_ownerless {
            Severity::Skipped
        } else {
            Severity::Doubt
        };
        intake.missing_parent(
            severity,
            &at,
            "which account the instances are in",
            EXPECTED,
        );
    }
    for account in accounts {
        emit_tenant(intake, &account, at.clone());
        emit_listing(
            intake,
            &account,
            KIND,
            page.is_whole() && !is_ownerless,
            at.clone(),
        );
    }
}

fn read_instance(row: &Row<'_>, account: &str, intake: &mut Intake<'_>) {
    let Some(instance) = intake.parse::<Instance>(row) else {
        return;
    };
    if instance.state.and_then(|state| state.name).as_deref() == Some("terminated") {
        return;
    }
    let Some(region) = instance
        .placement
        .and_then(|placement| placement.zone)
        .as_deref()
        .and_then(region_of)
    else {
        let at = intake.member(row, "Placement");
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            format!(
                "instance `{}` skipped: it has no availability zone, so its region is unknown",
                instance.id
            ),
            "export again without `--query`",
        );
        return;
    };
    let partition = instance
        .profile
        .as_ref()
        .and_then(|profile| Arn::parse(&profile.arn))
        .map_or_else(|| partition_of_region(&region), |arn| arn.partition);
    let key = intake.key(&format!(
        "arn:{partition}:ec2:{region}:{account}:instance/{}",
        instance.id
    ));
    let tags = tags(instance.tags);
    let name = tags
        .iter()
        .find(|(key, value)| key == "Name" && !value.is_empty())
        .map_or_else(|| instance.id.clone(), |(_, value)| value.clone());
    let tenant = tenant_key(intake, account);
    let evidence = intake.row(row);
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.clone(),
        kind: KIND.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags,
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence,
    }));
    if let Some(profile) = &instance.profile {
        let evidence = intake.member(row, "IamInstanceProfile");
        let scope = intake.key(&format!("{key}#runs-as"));
        let principal = intake.key(&profile.arn);
        intake.emit(Record::Scope(ScopeRecord {
            key: scope,
            name: format!("instance profile of {name}"),
            terms: Terms::RunsAs {
                resource: key,
                principal,
            },
            evidence,
        }));
    }
}

/// The region of an availability or local zone: `eu-west-1a`, `us-west-2-lax-1a`, `us-gov-east-1b`.
fn region_of(zone: &str) -> Option<String> {
    let mut region = Vec::new();
    for part in zone.split('-') {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            region.push(digits);
            return Some(region.join("-"));
        }
        region.push(part.to_owned());
    }
    None
}

#[cfg(test)]
mod zone_tests {
    use super::region_of;

    #[test]
    fn a_zone_tells_its_region() {
        for (zone, region) in [
            ("eu-west-1a", Some("eu-west-1")),
            ("us-west-2-lax-1a", Some("us-west-2")),
            ("us-gov-east-1b", Some("us-gov-east-1")),
            ("nowhere", None),
        ] {
            assert_eq!(region_of(zone).as_deref(), region, "{zone}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::trial;

    #[test]
    fn an_instance_runs_as_its_profile_and_a_terminated_one_is_no_more() {
        let body = r#"{"Reservations": [{"OwnerId": "111122223333", "Instances": [
            {"InstanceId": "i-1", "State": {"Name": "stopped"}, "Placement": {"AvailabilityZone": "cn-north-1a"},
             "IamInstanceProfile": {"Arn": "arn:aws-cn:iam::111122223333:instance-profile/run", "Id": "x"}, "Tags": [{"Key": "Name", "Value": "web"}]},
            {"InstanceId": "i-2", "State": {"Name": "terminated"}}]}]}"#;
        let reading = trial::read_one("i.json", body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let key = "arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-1";
        assert_eq!(
            trial::place_of(&reading, key),
            "2 /Reservations/0/Instances/0"
        );
        let resources: Vec<&str> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Resource(it) => Some(it.name.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(resources, ["web"]);
        assert!(reading.records.iter().any(|record| matches!(record,
            Record::Scope(scope) if matches!(&scope.terms, Terms::RunsAs { principal, .. } if principal.ends_with("instance-profile/run")))));
    }

    #[test]
    fn reservations_of_another_kind_are_not_recognised() {
        let reading = trial::read_one(
            "r.json",
            r#"{"Reservations": [{"ReservationId": "r", "Duration": 1}]}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
