//! Who administers an account of AWS: a hit and a near miss for each rule.

use crate::account::{
    ACCOUNT, Account, Answer, Answers, Organization, ROOT, SCP, UNIT, allow, deny, policy, role,
    user, when,
};
use leakreach::inventory::Access::{Admin, List};
use leakreach::inventory::{Inventory, Sensitivity};
use leakreach::steps::Fact;
use serde_json::{Value, json};

const OTHER: &str = "444455556666";

fn key(account: &str) -> String {
    format!("aws:account:{account}")
}

/// How surely ada's key administers the account.
fn administers(account: Account) -> Answer {
    let answers = account.analyze();
    let problems = &answers.analysis.problems;
    assert!(problems.is_empty(), "{problems:#?}");
    answers.gets("ada", Admin, &key(ACCOUNT))
}

fn with(statements: &[Value]) -> Answer {
    administers(Account::default().user("ada", statements))
}

fn everything() -> Value {
    allow("*", "*")
}

/// Everything but some actions.
fn all_but(actions: &[&str]) -> Value {
    json!({"Effect": "Allow", "NotAction": actions, "Resource": "*"})
}

#[test]
fn who_may_do_everything_administers_the_account() {
    assert_eq!(with(&[everything()]), Answer::Certain);
    assert_eq!(with(&[allow("*:*", "*")]), Answer::Certain);
    for narrow in [
        allow("*:Get*", "*"),
        allow("s3:*", "*"),
        allow("*", "arn:aws:s3:::*"),
        deny("*", "*"),
    ] {
        assert_eq!(with(std::slice::from_ref(&narrow)), Answer::No, "{narrow}");
    }
}

/// How surely a role with these statements administers the account as it is, whatever it might change.
fn as_it_is(statements: &[Value]) -> Answer {
    let answers = Account::default()
        .role("boss", &json!({"Service": "ec2.amazonaws.com"}), statements)
        .analyze();
    let analysis = &answers.analysis;
    let (inventory, steps) = (&analysis.inventory, &analysis.steps);
    let boss = Fact::Principal(inventory.principal_by_key(&role("boss")).unwrap());
    let id = inventory.resource_by_key(&key(ACCOUNT)).unwrap();
    let (Some(boss), Some(goal)) = (steps.fact_id(boss), steps.fact_id(Fact::Access(id, Admin)))
    else {
        return Answer::No;
    };
    let own = steps.gaining(goal).iter();
    let mut own = own.filter(|&&step| *steps.needs(step) == [boss]);
    match own.next() {
        Some(&step) if steps.is_conditional(step) => Answer::Possible,
        Some(_) => Answer::Certain,
        None => Answer::No,
    }
}

#[test]
fn what_one_statement_leaves_out_another_may_give() {
    let apart = [all_but(&["iam:*"]), allow("iam:*", "*")];
    assert_eq!(as_it_is(&apart), Answer::Certain);
    assert_eq!(as_it_is(&apart[..1]), Answer::No, "no identities");
    assert_eq!(as_it_is(&apart[1..]), Answer::No, "identities alone");
    assert_eq!(as_it_is(&[all_but(&["*"])]), Answer::No);
    assert_eq!(as_it_is(&[all_but(&["organizations:*"])]), Answer::Certain);
    assert_eq!(as_it_is(&[everything()]), Answer::Certain);
    let identities = || allow("iam:*", "*");
    assert_eq!(as_it_is(&[all_but(&["*"]), identities()]), Answer::No);
    let office = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    let perhaps_denied = when(deny("*", "*"), office);
    assert_eq!(as_it_is(&[perhaps_denied, identities()]), Answer::No);
    let all_of_them = allow("*", "arn:aws:iam::*");
    assert_eq!(as_it_is(&[all_of_them]), Answer::No);
}

#[test]
fn a_deny_leaves_an_administrator_unless_it_takes_the_identities() {
    let but = |denied: Value| with(&[everything(), denied]);
    assert_eq!(but(deny("s3:*", "*")), Answer::Certain);
    assert_eq!(but(deny("iam:Create*", "*")), Answer::Certain);
    assert_eq!(but(deny("iam:*", &role("kept"))), Answer::Certain);
    assert_eq!(but(deny("iam:*", "*")), Answer::No);
    let others = json!({"Effect": "Deny", "Action": "iam:*", "NotResource": user("ada")});
    assert_eq!(
        but(others),
        Answer::Certain,
        "one writes oneself a policy, and what denies away"
    );
}

#[test]
fn a_boundary_must_allow_everything_too() {
    let within = |bounding: &[Value]| {
        let trusted = json!({"AWS": user("ada")});
        let account = Account::default()
            .user("ada", &[])
            .role("bounded", &trusted, &[everything()])
            .role_bounded_by(bounding);
        administers(account)
    };
    assert_eq!(within(&[everything()]), Answer::Certain);
    assert_eq!(within(&[everything(), deny("s3:*", "*")]), Answer::Certain);
    assert_eq!(within(&[everything(), deny("iam:*", "*")]), Answer::No);
    assert_eq!(within(&[all_but(&["iam:*"])]), Answer::No);
    assert_eq!(
        within(&[allow("s3:*", "*"), allow("iam:PutRolePolicy", "*")]),
        Answer::No,
        "whatever it is given, it stays within"
    );
    assert_eq!(
        within(&[allow("iam:*", "*")]),
        Answer::Certain,
        "it takes the boundary off"
    );
}

#[test]
fn a_boundary_in_no_export_leaves_it_open() {
    let account = Account::default().user("ada", &[everything()]);
    let answers = account.bounded_by_missing().analyze();
    assert_eq!(answers.gets("ada", Admin, &key(ACCOUNT)), Answer::Possible);
}

#[test]
fn an_organisation_limits_administrators() {
    let within = |organization: Organization| {
        let account = Account::default().user("ada", &[everything()]);
        administers(account.organization(organization))
    };
    let attached = |statement: Value| Organization::default().attach(SCP, UNIT, &[statement]);
    assert_eq!(within(Organization::default()), Answer::Certain);
    assert_eq!(within(attached(deny("s3:*", "*"))), Answer::Certain);
    let keys = json!(["iam:CreateUser", "iam:CreateAccessKey"]);
    let no_keys = json!({"Effect": "Deny", "Action": keys, "Resource": "*"});
    assert_eq!(within(attached(no_keys)), Answer::Certain);
    assert_eq!(within(attached(deny("iam:*", "*"))), Answer::No);
    let only = |actions: &str| Organization::default().replace(UNIT, &[allow(actions, "*")]);
    assert_eq!(within(only("s3:*")), Answer::No);
    assert_eq!(within(only("iam:*")), Answer::Certain);
    let of_manager = attached(deny("iam:*", "*")).managed_by(ACCOUNT);
    assert_eq!(within(of_manager), Answer::Certain);
}

#[test]
fn what_a_condition_decides_decides_it_here() {
    let on = |condition: Value| with(&[when(everything(), condition)]);
    let office = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    assert_eq!(on(office), Answer::Possible);
    let factor = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    assert_eq!(on(factor), Answer::No, "an access key has no second factor");
    let own = json!({"StringEquals": {"aws:username": "ada"}});
    assert_eq!(on(own), Answer::Certain);
}

/// A credential report with an active key of root.
fn report() -> String {
    format!(
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
         <root_account>,arn:aws:iam::{ACCOUNT}:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,true,2020-01-02T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
    )
}

#[test]
fn the_root_user_administers_its_account_unless_the_organisation_denies_it() {
    let root = |organization: Organization| {
        let slot = format!("aws:access-key-slot:arn:aws:iam::{ACCOUNT}:root/1");
        let account = Account::default().file("iam/credential-report.csv", &report());
        let answers = account.organization(organization).analyze();
        let is_gained = answers.credential_gets(&slot, Admin, &key(ACCOUNT));
        let is_by_root = techniques(&answers).contains(&"aws/root-user");
        assert_eq!(is_by_root, is_gained != Answer::No);
        is_gained
    };
    assert_eq!(root(Organization::default()), Answer::Certain);
    let denied = |who: &str| {
        let denied = json!({"StringLike": {"aws:PrincipalArn": who}});
        Organization::default().attach(SCP, ROOT, &[when(deny("*", "*"), denied)])
    };
    assert_eq!(root(denied("arn:aws:iam::*:user/*")), Answer::Certain);
    assert_eq!(root(denied("arn:aws:iam::*:root")), Answer::No);
}

/// The techniques of all steps that gain administration of the account, each as often as there are such steps.
fn techniques(answers: &Answers) -> Vec<&str> {
    let analysis = &answers.analysis;
    let id = analysis.inventory.resource_by_key(&key(ACCOUNT)).unwrap();
    let steps = &analysis.steps;
    let goal = steps.fact_id(Fact::Access(id, Admin));
    let gaining = goal.map(|goal| steps.gaining(goal)).unwrap_or_default();
    let technique = |step| steps.techniques[steps.step(step).technique].id.as_str();
    gaining.iter().map(|&step| technique(step)).collect()
}

#[test]
fn a_role_of_the_organisation_lets_the_management_account_administer_a_member() {
    let through = |trusted: &str| {
        let answers = Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role(
                "OrganizationAccountAccessRole",
                &json!({"AWS": format!("arn:aws:iam::{trusted}:root")}),
                &[everything()],
            )
            .in_account(OTHER)
            .analyze();
        (
            answers.gets("ada", Admin, &key(OTHER)),
            answers.gets("ada", Admin, &key(ACCOUNT)),
        )
    };
    assert_eq!(through(ACCOUNT), (Answer::Certain, Answer::No));
    assert_eq!(through("999988887777"), (Answer::No, Answer::No));
}

#[test]
fn who_may_write_oneself_a_policy_administers_the_account() {
    for action in ["iam:PutUserPolicy", "iam:AttachUserPolicy"] {
        assert_eq!(with(&[allow(action, &user("ada"))]), Answer::Certain);
        let of_another = Account::default()
            .user("ada", &[allow(action, &user("bob"))])
            .user("bob", &[]);
        assert_eq!(administers(of_another), Answer::No, "{action}");
    }
    // What binds the user binds whatever policy it is given.
    let kept = |denied: Value| {
        let account = Account::default()
            .user("ada", &[allow("iam:PutUserPolicy", &user("ada"))])
            .attached(&policy("ban"))
            .managed("ban", &[denied]);
        administers(account)
    };
    assert_eq!(kept(deny("s3:*", "*")), Answer::Certain);
    // It may write none but its own, and take nothing off.
    let others = json!({"Effect": "Deny", "Action": "iam:*", "NotResource": user("ada")});
    let ban = [others, deny("iam:Detach*", "*")];
    let account = Account::default()
        .user("ada", &[allow("iam:PutUserPolicy", &user("ada"))])
        .attached(&policy("ban"))
        .managed("ban", &ban);
    assert_eq!(administers(account), Answer::No);
}

#[test]
fn who_may_become_an_administrator_administers_the_account() {
    let service = json!({"Service": "ec2.amazonaws.com"});
    let account = |action: &str, statements: &[Value]| {
        Account::default()
            .user("ada", &[allow(action, &role("boss"))])
            .role("boss", &service, statements)
    };
    let becoming = "iam:UpdateAssumeRolePolicy";
    assert_eq!(
        administers(account(becoming, &[everything()])),
        Answer::Certain
    );
    assert_eq!(
        administers(account("iam:GetRole", &[everything()])),
        Answer::No
    );
    assert_eq!(
        administers(account(becoming, &[allow("*:Get*", "*")])),
        Answer::No
    );
}

#[test]
fn there_is_one_step_for_each_administrator() {
    let mut account = Account::default()
        .managed("everything", &[everything()])
        .group("admins", &[everything()]);
    for name in ["ada", "bob", "cy"] {
        let beside = [allow("iam:*", "*")];
        account = account.user(name, &beside).attached(&policy("everything"));
    }
    account = account
        .user("dan", &[allow("s3:*", "*")])
        .in_group("admins");
    let answers = account.analyze();
    let found = techniques(&answers);
    // Beside the four users: whoever is put into the group, and whom any of them writes a policy.
    assert_eq!(found, ["aws/administer-account"; 6]);
}

fn account_of<'i>(
    inventory: &'i Inventory,
    id: &str,
) -> Option<&'i leakreach::inventory::Resource> {
    let id = inventory.resource_by_key(&key(id))?;
    Some(&inventory.resources[id])
}

#[test]
fn every_account_that_exports_describe_is_a_resource_and_no_other_is() {
    let named = "arn:aws:iam::123412341234:root";
    let answers = Account::default()
        .bucket("data")
        .role("worker", &json!({"AWS": named}), &[])
        .in_account(OTHER)
        .organization(Organization::default().managed_by("999900001111"))
        .estate(&format!(
            "[accounts.\"{ACCOUNT}\"]\nname = \"shop\"\n[accounts.\"555566667777\"]\nname = \"unseen\"\n"
        ))
        .analyze();
    let inventory = &answers.analysis.inventory;
    let shop = account_of(inventory, ACCOUNT).unwrap();
    let tenant = &inventory.tenants[shop.tenant.unwrap()];
    assert_eq!(shop.name, format!("account {}", tenant.display()));
    assert_eq!(shop.kind, "aws:account");
    assert_eq!(shop.sensitivity, Sensitivity::Restricted);
    assert!(shop.sensitivity_assumed.is_some() && !shop.evidence.is_empty());
    assert!(account_of(inventory, OTHER).is_some());
    for unseen in ["123412341234", "999900001111", "555566667777"] {
        assert!(account_of(inventory, unseen).is_none(), "{unseen}");
    }
}

#[test]
fn the_estate_file_says_what_an_account_is_worth() {
    let crown = Account::default()
        .user("ada", &[everything()])
        .estate("[[rule]]\nkind = \"aws:account\"\nsensitivity = \"crown\"\n")
        .analyze();
    let account = account_of(&crown.analysis.inventory, ACCOUNT).unwrap();
    assert_eq!(account.sensitivity, Sensitivity::Crown);
    let ada = &crown.analysis.credentials[0].certain;
    assert_eq!((ada.crowns, ada.tenants), (1, 0));
    let plain = Account::default().user("ada", &[everything()]).analyze();
    let ada = &plain.analysis.credentials[0].certain;
    assert_eq!((ada.crowns, ada.tenants), (0, 1));
    let reader = Account::default()
        .user("ada", &[allow("s3:List*", "*")])
        .bucket("data")
        .analyze();
    assert_eq!(
        reader.gets("ada", List, "arn:aws:s3:::data"),
        Answer::Certain
    );
    assert_eq!(reader.analysis.credentials[0].possible.tenants, 0);
}

#[test]
fn a_fix_that_takes_everything_away_takes_the_account_away() {
    let account = Account::default()
        .user("ada", &[])
        .attached(&policy("everything"))
        .managed("everything", &[everything()]);
    let answers = account.analyze();
    let (certain, _) = answers.gain(&format!("{}#0", policy("everything")));
    // The whole account, restricted: 10 points.
    assert_eq!(certain, answers.points("ada").0);
    assert!(certain >= 1_000);
}
