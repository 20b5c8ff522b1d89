//! An organisation limits what its accounts allow: a hit and a near miss for each rule.

use crate::account::{
    ACCOUNT, Account, Answer, Answers, Organization, RCP, ROOT, SCP, UNIT, allow, deny, role, user,
    when,
};
use leakreach::inventory::Access::Read;
use leakreach::inventory::Terms;
use leakreach::steps::Control;
use serde_json::{Value, json};

const DATA: &str = "arn:aws:s3:::data";
const OBJECTS: &str = "arn:aws:s3:::data/*";
const OTHER: &str = "444455556666";

/// As a resource control policy must say it.
fn for_all(mut statement: Value) -> Value {
    statement["Principal"] = json!("*");
    statement
}

fn reader() -> Account {
    Account::default()
        .user("ada", &[allow("s3:Get*", "*")])
        .bucket("data")
}

fn reads(organization: Organization) -> Answer {
    reader()
        .organization(organization)
        .analyze()
        .gets("ada", Read, DATA)
}

fn ban() -> Value {
    deny("s3:*", "*")
}

#[test]
fn an_organization_that_forbids_nothing_changes_nothing() {
    let answers = reader().organization(Organization::default()).analyze();
    assert_eq!(answers.gets("ada", Read, DATA), Answer::Certain);
    let problems = &answers.analysis.problems;
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_deny_at_the_root_the_unit_or_the_account_denies() {
    for target in [ROOT, UNIT, ACCOUNT] {
        assert_eq!(
            reads(Organization::default().attach(SCP, target, &[ban()])),
            Answer::No,
            "{target}"
        );
    }
    assert_eq!(
        reads(Organization::default().attach(SCP, UNIT, &[deny("s3:*", "arn:aws:s3:::other*")])),
        Answer::Certain,
        "another bucket is denied"
    );
    assert_eq!(
        reads(
            Organization::default()
                .with_account(OTHER)
                .attach(SCP, OTHER, &[ban()])
        ),
        Answer::Certain,
        "another account is denied"
    );
}

#[test]
fn every_level_must_allow() {
    for target in [ROOT, UNIT, ACCOUNT] {
        assert_eq!(
            reads(Organization::default().replace(target, &[allow("ec2:*", "*")])),
            Answer::No,
            "{target}"
        );
        assert_eq!(
            reads(Organization::default().replace(target, &[allow("s3:*", "*")])),
            Answer::Certain,
            "{target}"
        );
    }
    assert_eq!(
        reads(Organization::default().replace(UNIT, &[deny("ec2:*", "*")])),
        Answer::No,
        "a policy without an Allow allows nothing"
    );
    let split = Organization::default()
        .replace(UNIT, &[allow("s3:*", OBJECTS)])
        .replace(ACCOUNT, &[allow("s3:*", "arn:aws:s3:::other/*")]);
    assert_eq!(
        reads(split),
        Answer::No,
        "what one level allows is not enough"
    );
    let joined = Organization::default()
        .replace(UNIT, &[allow("ec2:*", "*")])
        .attach(SCP, UNIT, &[allow("s3:*", "*")]);
    assert_eq!(
        reads(joined),
        Answer::Certain,
        "one policy of a level is enough"
    );
}

#[test]
fn the_management_account_is_not_limited() {
    let organization = || {
        Organization::default()
            .attach(SCP, ROOT, &[ban()])
            .attach(RCP, ROOT, &[for_all(ban())])
    };
    assert_eq!(reads(organization().managed_by(ACCOUNT)), Answer::Certain);
    assert_eq!(reads(organization()), Answer::No);
}

#[test]
fn the_root_of_a_member_account_is_limited() {
    let report = format!(
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
         <root_account>,arn:aws:iam::{ACCOUNT}:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,true,2020-01-02T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
    );
    let root = |organization| {
        let key = format!("aws:access-key-slot:arn:aws:iam::{ACCOUNT}:root/1");
        Account::default()
            .bucket("data")
            .file("iam/credential-report.csv", &report)
            .organization(organization)
            .analyze()
            .credential_gets(&key, Read, DATA)
    };
    assert_eq!(root(Organization::default()), Answer::Certain);
    assert_eq!(
        root(Organization::default().attach(SCP, UNIT, &[ban()])),
        Answer::No
    );
}

/// A role that lends itself to a user: whether the user can read through it.
fn through_role(path: &str, organization: Organization) -> Answer {
    let trusted = json!({"AWS": user("ada")});
    Account::default()
        .user("ada", &[])
        .bucket("data")
        .role("helper", &trusted, &[allow("s3:Get*", "*")])
        .role_path(path)
        .organization(organization)
        .analyze()
        .gets("ada", Read, DATA)
}

#[test]
fn a_service_linked_role_is_not_limited() {
    let linked = "/aws-service-role/example.amazonaws.com/";
    for kind in [SCP, RCP] {
        let statement = if kind == RCP { for_all(ban()) } else { ban() };
        let organization =
            || Organization::default().attach(kind, UNIT, std::slice::from_ref(&statement));
        assert_eq!(through_role(linked, organization()), Answer::Certain);
        assert_eq!(through_role("/", organization()), Answer::No);
    }
}

/// A user of this account, a role in the other one that trusts them.
fn across(organization: Organization) -> Answer {
    let there = role("target").replace(ACCOUNT, OTHER);
    Account::default()
        .user("ada", &[allow("sts:AssumeRole", "*")])
        .role("target", &json!({"AWS": user("ada")}), &[])
        .in_account(OTHER)
        .organization(organization.with_account(OTHER))
        .analyze()
        .becomes("ada", &there)
}

#[test]
fn a_service_control_policy_follows_the_principal_and_a_resource_control_policy_the_resource() {
    let assume = || deny("sts:AssumeRole", "*");
    assert_eq!(across(Organization::default()), Answer::Certain);
    assert_eq!(
        across(Organization::default().attach(SCP, OTHER, &[assume()])),
        Answer::Certain,
        "the policy of the role's account is not the caller's"
    );
    assert_eq!(
        across(Organization::default().attach(SCP, ACCOUNT, &[assume()])),
        Answer::No
    );
    assert_eq!(
        across(Organization::default().attach(RCP, OTHER, &[for_all(assume())])),
        Answer::No
    );
    assert_eq!(
        across(Organization::default().attach(RCP, ACCOUNT, &[for_all(assume())])),
        Answer::Certain,
        "the caller's account does not own the role"
    );
}

#[test]
fn a_resource_control_policy_denies_on_supported_services_only() {
    let minting = |organization| {
        Account::default()
            .user("ada", &[allow("iam:UpdateAssumeRolePolicy", "*")])
            .role("target", &json!({"Service": "lambda.amazonaws.com"}), &[])
            .organization(organization)
            .analyze()
            .becomes("ada", &role("target"))
    };
    let everything = || for_all(deny("*", "*"));
    assert_eq!(
        minting(Organization::default().attach(RCP, UNIT, &[everything()])),
        Answer::Certain
    );
    assert_eq!(
        minting(Organization::default().attach(SCP, UNIT, &[deny("*", "*")])),
        Answer::No
    );
    assert_eq!(
        reads(Organization::default().attach(RCP, UNIT, &[everything()])),
        Answer::No
    );
    assert_eq!(
        reads(Organization::default().attach(
            RCP,
            UNIT,
            &[for_all(deny("s3:*", "arn:aws:s3:::other/*"))]
        )),
        Answer::Certain
    );
}

#[test]
fn a_resource_control_policy_is_decided_by_caller_where_it_asks_who_calls() {
    let but = |name: &str| {
        let others = json!({"ArnNotLike": {"aws:PrincipalArn": user(name)}});
        reads(Organization::default().attach(RCP, UNIT, &[when(for_all(ban()), others)]))
    };
    assert_eq!(but("ada"), Answer::Certain);
    assert_eq!(but("bob"), Answer::No);
}

fn public(organization: Organization) -> Answer {
    Account::default()
        .user("ada", &[])
        .bucket("data")
        .bucket_policy("data", &[for_all(allow("s3:GetObject", OBJECTS))])
        .organization(organization)
        .analyze()
        .gets("ada", Read, DATA)
}

#[test]
fn an_anonymous_request_meets_resource_control_policies_only() {
    assert_eq!(
        public(Organization::default()),
        Answer::Possible,
        "Block Public Access is not read"
    );
    assert_eq!(
        public(Organization::default().attach(SCP, UNIT, &[ban()])),
        Answer::Possible
    );
    assert_eq!(
        public(Organization::default().attach(RCP, UNIT, &[for_all(ban())])),
        Answer::No
    );
}

#[test]
fn a_resource_policy_that_names_the_caller_does_not_lift_a_service_control_policy() {
    let named = |organization| {
        let mut grant = allow("s3:GetObject", OBJECTS);
        grant["Principal"] = json!({"AWS": user("ada")});
        Account::default()
            .user("ada", &[])
            .bucket("data")
            .bucket_policy("data", &[grant])
            .organization(organization)
            .analyze()
            .gets("ada", Read, DATA)
    };
    assert_eq!(named(Organization::default()), Answer::Certain);
    assert_eq!(
        named(Organization::default().attach(SCP, UNIT, &[ban()])),
        Answer::No
    );
    assert_eq!(
        named(Organization::default().replace(UNIT, &[allow("ec2:*", "*")])),
        Answer::No
    );
}

#[test]
fn a_deny_outside_the_organization_leaves_doubt_but_not_on_what_it_leaves_out() {
    let perimeter = |left: &str| {
        let mut statement = json!({"Effect": "Deny", "Action": "s3:*", "NotResource": left});
        statement["Condition"] =
            json!({"StringNotEqualsIfExists": {"aws:ResourceOrgID": "o-elsewhere1"}});
        reads(Organization::default().attach(SCP, UNIT, &[statement]))
    };
    assert_ne!(perimeter("arn:aws:s3:::other/*"), Answer::Certain);
    assert_eq!(perimeter(OBJECTS), Answer::Certain);
}

/// The conditions of the steps that are only possible.
fn conditions(answers: &Answers) -> String {
    let texts: Vec<&str> = answers
        .analysis
        .steps
        .conditions
        .iter()
        .map(String::as_str)
        .collect();
    texts.join("\n")
}

#[test]
fn what_no_export_tells_is_possible_and_named() {
    let doubtful = |organization: Organization, named: &str| {
        let answers = reader().organization(organization).analyze();
        assert_eq!(answers.gets("ada", Read, DATA), Answer::Possible, "{named}");
        let conditions = conditions(&answers);
        assert!(conditions.contains(named), "{named} is not in {conditions}");
    };
    let organization = Organization::default;
    doubtful(
        organization().without(&format!("{SCP}/{UNIT}.json")),
        "the service control policies of `ou-exam-workload`",
    );
    doubtful(
        organization().without(&format!("{RCP}/{ACCOUNT}.json")),
        &format!("the resource control policies of `{ACCOUNT}`"),
    );
    doubtful(
        organization()
            .attach(SCP, UNIT, &[deny("ec2:*", "*")])
            .without("policies/p-example0.json"),
        "the policy `p-example0` on `ou-exam-workload`",
    );
    doubtful(
        organization().without(&format!("organizational-units-for-parent/{ROOT}.json")),
        "the service control policies above `ou-exam-workload`",
    );
}

#[test]
fn a_known_deny_decides_whatever_else_is_missing() {
    let organization = Organization::default()
        .attach(SCP, UNIT, &[ban()])
        .attach(SCP, UNIT, &[deny("ec2:*", "*")])
        .without("policies/p-example1.json")
        .without(&format!("{SCP}/{ROOT}.json"))
        .without(&format!("organizational-units-for-parent/{ROOT}.json"));
    assert_eq!(reads(organization), Answer::No);
}

#[test]
fn a_kind_that_the_organization_has_switched_off_limits_nothing() {
    let banned = || Organization::default().attach(SCP, UNIT, &[ban()]);
    assert_eq!(reads(banned().enforcing(&[RCP])), Answer::Certain);
    assert_eq!(reads(banned().enforcing(&[SCP])), Answer::No);
    let lists_only = Organization::default()
        .enforcing(&[])
        .without("list-roots.json");
    assert_eq!(
        reads(lists_only),
        Answer::Certain,
        "everything has a policy where the kind is in force"
    );
}

#[test]
fn a_root_that_has_a_kind_switched_off_needs_no_lists_of_it() {
    let without_lists = |enforced: &[&'static str]| {
        let organization = [ROOT, UNIT, ACCOUNT].iter().fold(
            Organization::default().enforcing(enforced),
            |organization, target| organization.without(&format!("{RCP}/{target}.json")),
        );
        reads(organization)
    };
    assert_eq!(without_lists(&[SCP]), Answer::Certain);
    assert_eq!(without_lists(&[SCP, RCP]), Answer::Possible);
}

#[test]
fn an_account_that_may_be_the_management_account_may_be_free() {
    let banned = Organization::default()
        .attach(SCP, UNIT, &[ban()])
        .without("list-roots.json")
        .without(&format!("accounts-for-parent/{ROOT}.json"))
        .without(&format!("accounts-for-parent/{UNIT}.json"))
        .without(&format!("organizational-units-for-parent/{ROOT}.json"));
    let parents = |child: &str| format!("999900001111/organizations/parents/{child}.json");
    let parent = |id: &str, kind: &str| json!({"Parents": [{"Id": id, "Type": kind}]});
    let account = reader()
        .organization(banned)
        .around(&parents(ACCOUNT), &parent(UNIT, "ORGANIZATIONAL_UNIT"))
        .around(&parents(UNIT), &parent(ROOT, "ROOT"));
    let manager =
        json!({"Organization": {"Id": "o-exampleorg1", "MasterAccountId": "999900001111"}});
    let known = reader()
        .organization(Organization::default().attach(SCP, UNIT, &[ban()]))
        .around(
            "999900001111/organizations/describe-organization.json",
            &manager,
        )
        .analyze();
    assert_eq!(known.gets("ada", Read, DATA), Answer::No);
    let answers = account.analyze();
    assert_eq!(answers.gets("ada", Read, DATA), Answer::Possible);
    assert!(conditions(&answers).contains("is not the management account"));
}

#[test]
fn an_account_in_two_places_stands_in_none() {
    let children = json!({"Children": [{"Id": ACCOUNT, "Type": "ACCOUNT"}]});
    let answers = reader()
        .organization(Organization::default())
        .around(
            &format!("999900001111/organizations/children/{ROOT}.json"),
            &children,
        )
        .analyze();
    assert_eq!(answers.gets("ada", Read, DATA), Answer::Possible);
    let problems = &answers.analysis.problems;
    assert!(
        problems
            .iter()
            .any(|it| it.message.contains("stands below")),
        "{problems:#?}"
    );
}

#[test]
fn a_resource_control_policy_stops_the_service_that_a_role_is_passed_to() {
    let passed = |organization| {
        Account::default()
            .user("ada", &[allow("iam:PassRole", "*"), allow("lambda:*", "*")])
            .role("target", &json!({"Service": "lambda.amazonaws.com"}), &[])
            .organization(organization)
            .analyze()
            .becomes("ada", &role("target"))
    };
    let assume = || for_all(deny("sts:AssumeRole", "*"));
    assert_eq!(
        passed(Organization::default().attach(RCP, UNIT, &[assume()])),
        Answer::No
    );
    let but_services = when(
        assume(),
        json!({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
    );
    assert_eq!(
        passed(Organization::default().attach(RCP, UNIT, &[but_services])),
        Answer::Certain
    );
}

#[test]
fn a_guardrail_is_never_a_control() {
    let answers = reader()
        .organization(
            Organization::default()
                .replace(UNIT, &[allow("s3:*", OBJECTS), deny("ec2:*", "*")])
                .attach(RCP, UNIT, &[for_all(deny("s3:*", "arn:aws:s3:::other/*"))]),
        )
        .analyze();
    assert_eq!(answers.gets("ada", Read, DATA), Answer::Certain);
    let inventory = &answers.analysis.inventory;
    let mut guardrails = 0;
    for (id, scope) in inventory.scopes.entries() {
        let is_guardrail = match &scope.terms {
            Terms::Guardrail { .. } => true,
            Terms::Statement { policy, .. } => inventory.policies[*policy].guardrail.is_some(),
            _ => false,
        };
        if is_guardrail {
            guardrails += 1;
            let control = Control::Scope(id);
            assert!(
                !answers
                    .analysis
                    .steps
                    .controls
                    .iter()
                    .any(|c| *c == control)
            );
        }
    }
    assert!(guardrails > 5, "{guardrails}");
}

#[test]
fn principals_of_one_account_share_what_the_organization_leaves_them() {
    let acts = |organization: Option<Organization>| {
        let mut account = Account::default()
            .user("ada", &[allow("s3:Get*", "*")])
            .user("bob", &[allow("s3:Get*", "*")])
            .bucket("data");
        if let Some(organization) = organization {
            account = account.organization(organization);
        }
        account.analyze().analysis.steps.len()
    };
    let limited = Organization::default().attach(SCP, UNIT, &[deny("s3:*", "arn:aws:s3:::other*")]);
    assert_eq!(acts(Some(limited)), acts(None));
}

#[test]
fn coverage_names_control_policies_only_for_accounts_outside_every_organization() {
    let gaps = |organization: Option<Organization>| {
        let mut account = reader();
        if let Some(organization) = organization {
            account = account.organization(organization);
        }
        let gaps = account.analyze().analysis.gaps;
        gaps.iter().any(|gap| gap.text.contains("control policies"))
    };
    assert!(gaps(None));
    assert!(!gaps(Some(Organization::default())));
}
