//! What no export of GitHub tells: unknown, and never zero.

use super::{Inventory, Repository, Roles, TenantId, runs_key};
use crate::inventory::CoverageGap;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked of every repository, by the listing that tells it: what is missing without it, and the call.
const OF_REPOSITORY: [(&str, &str, &str); 3] = [
    (
        "github:branch",
        "their branches, and which of these are protected, are unknown: pushing is possible where it may be certain",
        "`gh api --paginate repos/OWNER/REPO/branches`, and of each protected one `…/branches/BRANCH/protection`",
    ),
    (
        "github:actions-secrets",
        "which secrets their workflow runs hold is unknown",
        "`gh api --paginate repos/OWNER/REPO/actions/secrets`",
    ),
    (
        "github:environment",
        "their environments, and who must approve deployments, are unknown",
        "`gh api --paginate repos/OWNER/REPO/environments`, and of each its secrets and branch policies",
    ),
];

/// The gaps, in the order of organisations.
pub(super) fn gaps(
    inventory: &Inventory,
    roles: &Roles<'_>,
    all: &[Repository],
) -> Vec<CoverageGap> {
    let mut found = Vec::new();
    let mut by_tenant: BTreeMap<TenantId, Vec<&Repository>> = BTreeMap::new();
    for repository in all.iter().filter(|one| !one.is_archived) {
        if let Some(tenant) = repository.tenant {
            by_tenant.entry(tenant).or_default().push(repository);
        }
    }
    let listed: BTreeSet<(&str, &str)> = inventory
        .listings
        .iter()
        .filter_map(|one| Some((one.kind.as_str(), one.of.as_deref()?)))
        .collect();
    // Only where somebody trusts GitHub does the form of subjects matter.
    let mut federations = inventory.federations.iter();
    let is_trusted = federations.any(|one| one.issuer == super::ISSUER);
    for (tenant, row) in inventory.tenants.entries() {
        if row.platform != "github" {
            continue;
        }
        let owner = &row.identifier;
        let subject = |what: &str| format!("{what} of {owner} on GitHub");
        if !inventory.is_listed(tenant, "github:repository") {
            found.push(CoverageGap {
                subject: subject("repositories"),
                text: "no export lists them all: those that none names stand together as one"
                    .to_owned(),
                remedy: format!("`gh api --paginate orgs/{owner}/repos`"),
            });
        }
        let owners = format!("github:owners:{owner}").to_lowercase();
        if inventory.principal_by_key(&owners).is_none() {
            found.push(CoverageGap {
                subject: subject("owners and members"),
                text: "who they are, and what all members may do, is unknown".to_owned(),
                remedy: format!(
                    "`gh api orgs/{owner}` and `orgs/{owner}/members?role=admin` (and `role=member`)"
                ),
            });
        }
        let repositories = by_tenant.get(&tenant).map_or(&[][..], Vec::as_slice);
        let mut tell = |without: Vec<&str>, what: &str, text: &str, remedy: &str| {
            let Some(first) = without.first() else { return };
            let more = match without.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            found.push(CoverageGap {
                subject: subject(what),
                text: format!("of `{first}`{more}: {text}"),
                remedy: remedy.to_owned(),
            });
        };
        for (kind, text, remedy) in OF_REPOSITORY {
            let is_told = |of: &&&Repository| {
                let key: &str = &inventory.resources[of.id].key;
                listed.contains(&(kind, key))
            };
            let without = repositories.iter().filter(|one| !is_told(one));
            let without = without.map(|one| one.name.as_str()).collect();
            let what = kind.trim_start_matches("github:");
            tell(without, what, text, remedy);
        }
        let has_form = |of: &Repository| {
            let runs = inventory.principal_by_key(&runs_key(&of.name));
            let mut settings = runs.into_iter().flat_map(|runs| roles.of(runs));
            settings.any(|(_, _, name, _)| name.starts_with("subject:"))
        };
        let without = repositories
            .iter()
            .filter(|one| is_trusted && !has_form(one));
        let without = without.map(|one| one.name.as_str()).collect();
        tell(
            without,
            "OIDC subjects",
            "how their subjects are composed is unknown: what trusts them is possible, not certain",
            "`gh api repos/OWNER/REPO/actions/oidc/customization/sub`",
        );
    }
    found
}
