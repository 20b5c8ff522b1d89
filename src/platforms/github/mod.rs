//! GitHub: who has which role where, and what protects a branch from whom.
//!
//! A role comes from a permission on a repository or on all of an organisation, directly, by a team (and the teams above
//! it) or by being a member. A protected branch has two gates. *Merging*: reviews, a locked branch. Administrators, who may
//! bypass protections, and those whom the rule names pass it, unless the rule binds them too. *Pushing*: only those whom the
//! rule names, administrators, and who may push to protected branches: these pass even where the rule binds administrators.
//! Rulesets add up and bind whomever they do not exempt.
//!
//! Not decided here, so *possible*: checks that a certain app must set, rules of which the export does not say who is exempt,
//! several patterns that match one branch (one alone applies, and no export tells which).
//!
//! Source: GitHub Docs, "About protected branches" (restrictions: administrators can always push; "Do not allow bypassing the
//! above settings" binds them), "Managing a branch protection rule" (patterns are those of fnmatch with FNM_PATHNAME: `*`
//! stops at `/`), "Repository roles for an organization", "Available rules for rulesets" (read 2026-11).

mod branches;
mod roles;
mod subjects;

pub use branches::{Gate, Ref, fnmatch};
pub use roles::{Held, Holdings, Power, Role, Roles};
pub use subjects::{ISSUER, Subjects};

use crate::inventory::{Inventory, ResourceId, TenantId};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Who sees a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Who was given a role.
    Private,
    /// Everybody in the enterprise.
    Internal,
    /// No export says.
    Unknown,
}

/// A repository, as far as rights hang on it.
#[derive(Debug)]
pub struct Repository {
    /// Which resource it is.
    pub id: ResourceId,
    /// The organisation or user that owns it.
    pub tenant: Option<TenantId>,
    /// `owner/name`, as GitHub writes it.
    pub name: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// The branch that others start from.
    pub default_branch: Option<String>,
    /// The branches that exports name, in order, each with whether it is said to be protected.
    pub branches: Vec<(String, bool)>,
    /// Whether an export lists its branches.
    pub is_listed: bool,
    /// Nothing in it can be changed.
    pub is_archived: bool,
    /// The rules about its refs, by place in the inventory, each with whether it surely is about this repository.
    pub rules: Vec<(usize, bool)>,
    /// Whether an export lists its protection rules, patterns too.
    pub are_rules_listed: bool,
}

/// The value of a tag.
pub fn tag<'t>(tags: &'t [(String, String)], name: &str) -> Option<&'t str> {
    let found = tags.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// The repositories of an inventory, in order of id.
///
/// Takes time linear in resources and listings, and in repositories times the rules of their organisations.
pub fn repositories(inventory: &Inventory) -> Vec<Repository> {
    let mut branches: FxHashMap<&str, BTreeSet<(String, bool)>> = FxHashMap::default();
    for resource in inventory
        .resources
        .iter()
        .filter(|one| one.kind == "github:branch")
    {
        if let Some(of) = tag(&resource.tags, "github:repository") {
            let is_protected = tag(&resource.tags, "github:protected") == Some("true");
            let of = branches.entry(of).or_default();
            of.insert((resource.name.clone(), is_protected));
        }
    }
    let mut listed: FxHashMap<&str, [bool; 2]> = FxHashMap::default();
    for listing in inventory.listings.iter().filter(|one| one.is_complete) {
        let Some(of) = &listing.of else { continue };
        match listing.kind.as_str() {
            "github:branch" => listed.entry(of).or_default()[0] = true,
            "github:branch-protection" => listed.entry(of).or_default()[1] = true,
            _ => {}
        }
    }
    let mut rules: FxHashMap<ResourceId, Vec<usize>> = FxHashMap::default();
    for (index, rule) in inventory.ref_rules.iter().enumerate() {
        rules.entry(rule.on).or_default().push(index);
    }
    let organizations: FxHashMap<TenantId, ResourceId> = inventory
        .resources
        .entries()
        .filter(|(_, one)| one.kind == "github:organization")
        .filter_map(|(id, one)| Some((one.tenant?, id)))
        .collect();
    let of_kind = |(_, one): &(ResourceId, &crate::inventory::Resource)| {
        one.kind == "github:repository" && !one.is_class
    };
    let rows = inventory.resources.entries().filter(of_kind);
    rows.map(|(id, resource)| {
        let of_organization = resource
            .tenant
            .and_then(|tenant| organizations.get(&tenant));
        let [is_listed, are_rules_listed] = listed.get(&*resource.key).copied().unwrap_or_default();
        let mut repository = Repository {
            id,
            tenant: resource.tenant,
            name: resource.name.clone(),
            visibility: match tag(&resource.tags, "github:visibility") {
                Some("public") => Visibility::Public,
                Some("private") => Visibility::Private,
                Some("internal") => Visibility::Internal,
                _ => Visibility::Unknown,
            },
            default_branch: tag(&resource.tags, "github:default-branch").map(str::to_owned),
            branches: branches
                .get(&*resource.key)
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            is_listed,
            is_archived: tag(&resource.tags, "github:archived") == Some("true"),
            rules: Vec::new(),
            are_rules_listed,
        };
        let own = rules.get(&id).into_iter().flatten();
        repository.rules.extend(own.map(|&index| (index, true)));
        let of_all = of_organization.and_then(|id| rules.get(id));
        for &index in of_all.into_iter().flatten() {
            let Some(rule) = inventory.ref_rules.get(index) else {
                continue;
            };
            if let Some(is_sure) = branches::is_about(rule, &resource.name, &resource.tags) {
                repository.rules.push((index, is_sure));
            }
        }
        repository
    })
    .collect()
}

/// What a permission's name says: the part before and the part behind the last `:`.
pub fn level(name: &str) -> (&str, &str) {
    name.rsplit_once(':').unwrap_or((name, ""))
}
