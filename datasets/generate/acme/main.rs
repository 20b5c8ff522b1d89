//! Writes the data set `acme`: a company's exports around a hand-written story.
//!
//! `cargo run --example generate-acme -- datasets/acme`
//!
//! The story is in `parts/` and is all that the answers in the data set's README rest on. The filler adds the ordinary
//! company around it. The same source writes the same bytes: there is one fixed seed and no clock.

mod aws;
mod chance;
mod filler;
mod ordered;
mod parts;
mod scanners;
mod tree;

use anyhow::{Context, Result};
use parts::{Account, Policy, Repository};
use serde::de::DeserializeOwned;
use tree::Tree;

/// The accounts of the story.
const ACCOUNTS: [(&str, &str); 3] = [
    ("prod.json", include_str!("parts/prod.json")),
    ("staging.json", include_str!("parts/staging.json")),
    ("tooling.json", include_str!("parts/tooling.json")),
];

/// Files that are written as they are.
const VERBATIM: [(&str, &str); 41] = [
    ("README.md", include_str!("parts/README.md")),
    ("leakreach.toml", include_str!("parts/leakreach.toml")),
    ("register/nodes.csv", include_str!("parts/nodes.csv")),
    ("register/steps.csv", include_str!("parts/steps.csv")),
    (
        "devices/mbp-4417/priya.nair/.cursor/mcp.json",
        include_str!("parts/devices/mbp-4417.cursor.json"),
    ),
    (
        "devices/mbp-5120/tom.becker/Library/Application Support/Claude/claude_desktop_config.json",
        include_str!("parts/devices/mbp-5120.claude-desktop.json"),
    ),
    (
        "devices/tp-0932/jonas.weber/src/storefront/.vscode/mcp.json",
        include_str!("parts/devices/tp-0932.vscode.json"),
    ),
    (
        "devices/mbp-4470/amara.okafor/src/payments-api/.mcp.json",
        include_str!("parts/devices/mbp-4470.claude-code.json"),
    ),
    (
        "devices/ws-0207/lena.fischer/.cursor/mcp.json",
        include_str!("parts/devices/ws-0207.cursor.json"),
    ),
    (
        "devices/mbp-6001/diego.ramos/src/data-platform/.mcp.json",
        include_str!("parts/devices/mbp-6001.claude-code.json"),
    ),
    (
        "devices/mbp-6001/diego.ramos/Library/Application Support/Claude/claude_desktop_config.json",
        include_str!("parts/devices/mbp-6001.claude-desktop.json"),
    ),
    (
        "register/register.json",
        include_str!("parts/register.json"),
    ),
    (
        "devices/mbp-4833/paul.meyer/.cursor/mcp.json",
        include_str!("parts/devices/mbp-4833.cursor.json"),
    ),
    (
        "github/orgs/acme.json",
        include_str!("parts/github/orgs/acme.json"),
    ),
    (
        "github/orgs/acme/credential-authorizations.json",
        include_str!("parts/github/orgs/acme/credential-authorizations.json"),
    ),
    (
        "github/orgs/acme/members-admin.json",
        include_str!("parts/github/orgs/acme/members-admin.json"),
    ),
    (
        "github/orgs/acme/members-member.json",
        include_str!("parts/github/orgs/acme/members-member.json"),
    ),
    (
        "github/orgs/acme/personal-access-tokens.json",
        include_str!("parts/github/orgs/acme/personal-access-tokens.json"),
    ),
    (
        "github/orgs/acme/repos.json",
        include_str!("parts/github/orgs/acme/repos.json"),
    ),
    (
        "github/repos/acme/billing-jobs/branches.json",
        include_str!("parts/github/repos/acme/billing-jobs/branches.json"),
    ),
    (
        "github/repos/acme/billing-jobs/collaborators-direct.json",
        include_str!("parts/github/repos/acme/billing-jobs/collaborators-direct.json"),
    ),
    (
        "github/repos/acme/billing-jobs/environments.json",
        include_str!("parts/github/repos/acme/billing-jobs/environments.json"),
    ),
    (
        "github/repos/acme/billing-jobs/actions/secrets.json",
        include_str!("parts/github/repos/acme/billing-jobs/actions/secrets.json"),
    ),
    (
        "github/repos/acme/billing-jobs/actions/oidc/customization/sub.json",
        include_str!("parts/github/repos/acme/billing-jobs/actions/oidc/customization/sub.json"),
    ),
    (
        "github/repos/acme/data-warehouse/branches.json",
        include_str!("parts/github/repos/acme/data-warehouse/branches.json"),
    ),
    (
        "github/repos/acme/data-warehouse/collaborators-direct.json",
        include_str!("parts/github/repos/acme/data-warehouse/collaborators-direct.json"),
    ),
    (
        "github/repos/acme/data-warehouse/environments.json",
        include_str!("parts/github/repos/acme/data-warehouse/environments.json"),
    ),
    (
        "github/repos/acme/data-warehouse/actions/secrets.json",
        include_str!("parts/github/repos/acme/data-warehouse/actions/secrets.json"),
    ),
    (
        "github/repos/acme/data-warehouse/actions/oidc/customization/sub.json",
        include_str!("parts/github/repos/acme/data-warehouse/actions/oidc/customization/sub.json"),
    ),
    (
        "github/repos/acme/data-warehouse/contents/.github/workflows/nightly.yml",
        include_str!(
            "parts/github/repos/acme/data-warehouse/contents/.github/workflows/nightly.yml"
        ),
    ),
    (
        "github/repos/acme/orders-api/branches.json",
        include_str!("parts/github/repos/acme/orders-api/branches.json"),
    ),
    (
        "github/repos/acme/orders-api/collaborators-direct.json",
        include_str!("parts/github/repos/acme/orders-api/collaborators-direct.json"),
    ),
    (
        "github/repos/acme/orders-api/environments.json",
        include_str!("parts/github/repos/acme/orders-api/environments.json"),
    ),
    (
        "github/repos/acme/orders-api/actions/secrets.json",
        include_str!("parts/github/repos/acme/orders-api/actions/secrets.json"),
    ),
    (
        "github/repos/acme/orders-api/actions/oidc/customization/sub.json",
        include_str!("parts/github/repos/acme/orders-api/actions/oidc/customization/sub.json"),
    ),
    (
        "github/repos/acme/schema-migrations/branches.json",
        include_str!("parts/github/repos/acme/schema-migrations/branches.json"),
    ),
    (
        "github/repos/acme/schema-migrations/collaborators-direct.json",
        include_str!("parts/github/repos/acme/schema-migrations/collaborators-direct.json"),
    ),
    (
        "github/repos/acme/schema-migrations/environments.json",
        include_str!("parts/github/repos/acme/schema-migrations/environments.json"),
    ),
    (
        "github/repos/acme/schema-migrations/actions/secrets.json",
        include_str!("parts/github/repos/acme/schema-migrations/actions/secrets.json"),
    ),
    (
        "github/repos/acme/schema-migrations/actions/oidc/customization/sub.json",
        include_str!(
            "parts/github/repos/acme/schema-migrations/actions/oidc/customization/sub.json"
        ),
    ),
    (
        "github/repos/acme/schema-migrations/rulesets/7301.json",
        include_str!("parts/github/repos/acme/schema-migrations/rulesets/7301.json"),
    ),
];

/// The exports of the cluster `agents`, and what the register knows of it: written as they are.
const CLUSTER: [(&str, &str); 12] = [
    (
        "kubernetes/agents/roles.json",
        include_str!("parts/kubernetes/roles.json"),
    ),
    (
        "kubernetes/agents/serviceaccounts.json",
        include_str!("parts/kubernetes/serviceaccounts.json"),
    ),
    (
        "kubernetes/agents/pods.json",
        include_str!("parts/kubernetes/pods.json"),
    ),
    (
        "kubernetes/agents/deployments.json",
        include_str!("parts/kubernetes/deployments.json"),
    ),
    (
        "kubernetes/agents/secrets.json",
        include_str!("parts/kubernetes/secrets.json"),
    ),
    (
        "kubernetes/agents/eks/describe-cluster.json",
        include_str!("parts/kubernetes/eks/describe-cluster.json"),
    ),
    (
        "kubernetes/agents/eks/entry-agents-node.json",
        include_str!("parts/kubernetes/eks/entry-agents-node.json"),
    ),
    (
        "kubernetes/agents/eks/policies-agents-node.json",
        include_str!("parts/kubernetes/eks/policies-agents-node.json"),
    ),
    (
        "kubernetes/agents/eks/entry-AWSReservedSSO_AdministratorAccess_e2ed59cbb0b7742b.json",
        include_str!(
            "parts/kubernetes/eks/entry-AWSReservedSSO_AdministratorAccess_e2ed59cbb0b7742b.json"
        ),
    ),
    (
        "kubernetes/agents/eks/policies-AWSReservedSSO_AdministratorAccess_e2ed59cbb0b7742b.json",
        include_str!(
            "parts/kubernetes/eks/policies-AWSReservedSSO_AdministratorAccess_e2ed59cbb0b7742b.json"
        ),
    ),
    (
        "register/agents-nodes.csv",
        include_str!("parts/kubernetes/register-nodes.csv"),
    ),
    (
        "register/agents-steps.csv",
        include_str!("parts/kubernetes/register-steps.csv"),
    ),
];

/// The exports of the Okta organisation `acme`, and what the register knows of it: written as they are.
const DIRECTORY: [(&str, &str); 20] = [
    (
        "okta/acme/users.json",
        include_str!("parts/okta/users.json"),
    ),
    (
        "okta/acme/users-deactivated.json",
        include_str!("parts/okta/users-deactivated.json"),
    ),
    (
        "okta/acme/groups.json",
        include_str!("parts/okta/groups.json"),
    ),
    (
        "okta/acme/groups/00gEXAMPLEpayroll01/users.json",
        include_str!("parts/okta/groups/00gEXAMPLEpayroll01/users.json"),
    ),
    (
        "okta/acme/groups/00gEXAMPLEpayroll01/roles.json",
        include_str!("parts/okta/groups/00gEXAMPLEpayroll01/roles.json"),
    ),
    (
        "okta/acme/groups/00gEXAMPLEadmins002/users.json",
        include_str!("parts/okta/groups/00gEXAMPLEadmins002/users.json"),
    ),
    (
        "okta/acme/groups/00gEXAMPLEadmins002/roles.json",
        include_str!("parts/okta/groups/00gEXAMPLEadmins002/roles.json"),
    ),
    (
        "okta/acme/group-rules.json",
        include_str!("parts/okta/group-rules.json"),
    ),
    ("okta/acme/apps.json", include_str!("parts/okta/apps.json")),
    (
        "okta/acme/apps/0oaEXAMPLEpayroll01/groups.json",
        include_str!("parts/okta/apps/0oaEXAMPLEpayroll01/groups.json"),
    ),
    (
        "okta/acme/apps/0oaEXAMPLEpayroll01/users.json",
        include_str!("parts/okta/apps/0oaEXAMPLEpayroll01/users.json"),
    ),
    (
        "okta/acme/api-tokens.json",
        include_str!("parts/okta/api-tokens.json"),
    ),
    (
        "okta/acme/iam/assignees/users.json",
        include_str!("parts/okta/iam/assignees/users.json"),
    ),
    (
        "okta/acme/users/00uEXAMPLEhrsync001/roles.json",
        include_str!("parts/okta/users/00uEXAMPLEhrsync001/roles.json"),
    ),
    (
        "okta/acme/users/00uEXAMPLEomar00004/roles.json",
        include_str!("parts/okta/users/00uEXAMPLEomar00004/roles.json"),
    ),
    (
        "okta/acme/iam/roles.json",
        include_str!("parts/okta/iam/roles.json"),
    ),
    (
        "okta/acme/iam/roles/cr0EXAMPLEhrsync/permissions.json",
        include_str!("parts/okta/iam/roles/cr0EXAMPLEhrsync/permissions.json"),
    ),
    (
        "okta/acme/iam/resource-sets.json",
        include_str!("parts/okta/iam/resource-sets.json"),
    ),
    (
        "okta/acme/iam/resource-sets/iamEXAMPLEpeople/resources.json",
        include_str!("parts/okta/iam/resource-sets/iamEXAMPLEpeople/resources.json"),
    ),
    (
        "register/okta-nodes.csv",
        include_str!("parts/okta/register-nodes.csv"),
    ),
];

fn main() -> Result<()> {
    let root = std::env::args()
        .nth(1)
        .context("usage: generate-acme FOLDER")?;
    let mut tree = Tree::new(root.into());
    let vendor: Vec<Policy> = part("aws-managed.json", include_str!("parts/aws-managed.json"))?;
    for (name, text) in ACCOUNTS {
        let mut account: Account = part(name, text)?;
        filler::add(&mut account);
        sort(&mut account);
        aws::write(&mut tree, &account, &vendor)
            .with_context(|| format!("account `{}`", account.name))?;
    }
    let repositories: Vec<Repository> = part("leaks.json", include_str!("parts/leaks.json"))?;
    for repository in &repositories {
        scanners::write(&mut tree, repository)?;
    }
    for (path, text) in VERBATIM.into_iter().chain(CLUSTER).chain(DIRECTORY) {
        tree.text(path, text)?;
    }
    Ok(())
}

/// Reads a hand-written part.
fn part<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).with_context(|| format!("`parts/{name}` is not as it should be"))
}

/// Exports list by name, so the story does not stand out by its place.
fn sort(account: &mut Account) {
    account.users.sort_by(|a, b| a.name.cmp(&b.name));
    account.groups.sort_by(|a, b| a.name.cmp(&b.name));
    account.roles.sort_by(|a, b| a.name.cmp(&b.name));
    account.functions.sort_by(|a, b| a.name.cmp(&b.name));
    account.instances.sort_by(|a, b| a.name.cmp(&b.name));
    account.secrets.sort_by(|a, b| a.name.cmp(&b.name));
}
