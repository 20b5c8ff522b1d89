//! `datasets/acme`, its Okta organisation: the path from a leaked API token through a group rule into an app, hop by hop, and
//! what only looks like one.

use crate::account::Answer;
use crate::acme::{ACME, LEDGER, hops, is_certainly_read, of_key};
use leakreach::inventory::Access::Read;
use leakreach::inventory::CredentialStatus;

const SYNC: &str = "okta:api-token:acme/00TEXAMPLEhrsync";
const ONBOARDING: &str = "okta:api-token:acme/00TEXAMPLEonboard";
const INES: &str = "okta:user:00uEXAMPLEines00002";
const NADIA: &str = "okta:user:00uEXAMPLEnadia0003";
const PAYROLL_ADMINS: &str = "okta:group:00gEXAMPLEpayroll01";
const OKTA_ADMINS: &str = "okta:group:00gEXAMPLEadmins002";
const PAYROLL: &str = "okta:app:0oaEXAMPLEpayroll01";

#[test]
fn a_leaked_api_token_opens_the_payroll_app_by_the_attribute_that_a_group_rule_reads() {
    let sync = of_key(SYNC);
    assert!(is_certainly_read(sync, PAYROLL));
    let role = "okta/acme/users/00uEXAMPLEhrsync001/roles.json:2";
    let set = "okta/acme/iam/resource-sets/iamEXAMPLEpeople/resources.json:3";
    let permissions = "okta/acme/iam/roles/cr0EXAMPLEhrsync/permissions.json";
    let known = "okta/acme/api-tokens.json:2";
    let everybody = "every user of acme without an admin role";
    let ines = "okta/acme/users.json:34";
    let expected = [
        format!(
            "credential/use: {SYNC} ({known}, register/okta-nodes.csv:2, scanners/gitleaks/acme__oncall-tools.json:62)"
        ),
        format!("okta/use-api: okta:use-api okta:user:00uEXAMPLEhrsync001 ({known})"),
        format!("okta/role: okta:reset-factors {everybody} ({role}, {set}, {permissions}:3)"),
        format!("okta/role: okta:reset-password {everybody} ({role}, {set}, {permissions}:14)"),
        format!("okta/role: okta:edit-profile {everybody} ({role}, {set}, {permissions}:25)"),
        format!("okta/role: okta:reset-factors {INES} ({ines})"),
        format!("okta/role: okta:reset-password {INES} ({ines})"),
        format!("okta/reset-user: {INES} ({ines})"),
        format!("okta/be-a-user: okta:be-a-user acme ({ines})"),
        format!("okta/match-group-rule: {PAYROLL_ADMINS} (okta/acme/group-rules.json:2)"),
        format!(
            "okta/sign-in-to-app: read {PAYROLL} (okta/acme/apps/0oaEXAMPLEpayroll01/groups.json:2)"
        ),
    ];
    assert_eq!(hops(sync, PAYROLL), expected);
}

#[test]
fn the_token_joins_the_group_and_its_user_herself_only_perhaps() {
    assert_eq!(ACME.credential_becomes(SYNC, INES), Answer::Certain);
    assert_eq!(
        ACME.credential_becomes(SYNC, PAYROLL_ADMINS),
        Answer::Certain
    );
    // In no export stands whether users may change the attribute themselves.
    let herself = ACME.principal_becomes(Some(INES), PAYROLL_ADMINS);
    assert_eq!(herself, Answer::Possible);
}

#[test]
fn the_token_of_a_deactivated_user_opens_nothing_though_it_has_the_same_role() {
    assert_eq!(
        [
            ACME.credential_gets(ONBOARDING, Read, PAYROLL),
            ACME.credential_becomes(ONBOARDING, INES)
        ],
        [Answer::No, Answer::No]
    );
}

#[test]
fn the_token_of_a_deactivated_user_is_found_and_known_to_be_dead() {
    let inventory = &ACME.analysis.inventory;
    let mut all = inventory.credentials.iter();
    let token = all.find(|one| &*one.key == ONBOARDING).unwrap();
    assert_eq!(token.status, CredentialStatus::Inactive);
    let mut places = token.evidence.iter().map(|&id| inventory.place(id));
    let report = "scanners/gitleaks/acme__oncall-tools.json:82";
    assert!(places.any(|place| place.ends_with(report)));
}

#[test]
fn a_group_that_holds_an_admin_role_keeps_its_member_from_being_reset() {
    assert_eq!(
        ACME.principal_becomes(Some(NADIA), OKTA_ADMINS),
        Answer::Certain
    );
    assert_eq!(
        [NADIA, OKTA_ADMINS].map(|who| ACME.credential_becomes(SYNC, who)),
        [Answer::No, Answer::No]
    );
}

#[test]
fn nothing_in_the_directory_leads_to_the_ledger() {
    for token in [SYNC, ONBOARDING] {
        assert_eq!(
            ACME.credential_gets(token, Read, LEDGER),
            Answer::No,
            "{token}"
        );
    }
}
