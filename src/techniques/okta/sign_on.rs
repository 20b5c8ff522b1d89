//! Signing on: what apps of Okta open elsewhere.
//!
//! *AWS Account Federation*: an assignment carries names of roles, or the names of groups tell them; whether the role takes
//! the provider's word is what its trust in AWS says. *IAM Identity Center*: which permission sets a user has is in no export
//! that is read: a gap. *GitHub*: the user name of the assignment is taken for a login, which no export confirms: possible.
//!
//! Source: Okta, "How to Configure SAML 2.0 for Amazon Web Services" (`samlRoles`, group mapping with `groupFilter` and
//! `roleValuePattern`, joining roles); IAM User Guide, "Configure SAML assertions for the authentication response" (`Role` is
//! pairs of role and provider); GitHub Docs, "About identity and access management with SAML single sign-on" (read 2026-11).

use super::{Okta, both, table};
use crate::inventory::{
    Access, CoverageGap, Federation, GuardrailKind, PrincipalId, PrincipalKind, ResourceId,
    ScopeId, Terms,
};
use crate::platforms::aws::{Entrant, WITH_SAML, entrances};
use crate::platforms::okta::{Life, life_of, life_of_app, tag};
use crate::steps::Fact;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// A role of AWS that takes a provider's word.
#[derive(Clone)]
struct Taking {
    role: PrincipalId,
    trust: ScopeId,
    condition: Option<String>,
}

const LINKED: &str = "GitHub links the assignment to the login of the same name, and the organisation's accounts are its own (managed users): else the user's own GitHub login is needed too";
const PRIORITY: &str =
    "the group's roles are those that count: of several groups the one with the highest priority";
const ASSIGNED: &str = "the member is assigned to the app as well";
const KEEPS_OUT: &str = "no policy of the AWS organisation on its resources keeps the provider out";

/// The name or ARN of a role, of what an assignment carries: `NAME`, `[ALIAS] -- NAME`, or a pair with the provider.
fn role_of(value: &str) -> &str {
    let pair = value.split(',').map(str::trim);
    if let Some(arn) = pair.into_iter().find(|part| part.contains(":role/")) {
        return arn;
    }
    value.rsplit(" -- ").next().unwrap_or(value).trim()
}

/// The provider and the role that a group's name stands for.
fn by_name(filter: &Regex, pattern: &str, name: &str) -> Option<(String, String)> {
    let found = filter.captures(name).filter(|found| found[0] == *name)?;
    let part = |group: &str| found.name(group).map_or("", |one| one.as_str());
    let filled = pattern
        .replace("${accountid}", part("accountid"))
        .replace("${role}", part("role"));
    let parts = || filled.split(',').map(str::trim);
    let provider = parts().find(|one| one.contains(":saml-provider/"))?;
    let role = parts().find(|one| one.contains(":role/"))?;
    Some((provider.to_owned(), role.to_owned()))
}

impl Okta<'_, '_> {
    /// The roles of AWS by the provider whose word they take.
    fn takers(&self) -> BTreeMap<String, Vec<Taking>> {
        let mut trusts: BTreeMap<PrincipalId, Vec<ScopeId>> = BTreeMap::new();
        let mut is_limited = false;
        for (id, scope) in self.inventory.scopes.entries() {
            match &scope.terms {
                Terms::Trust { principal, .. } => trusts.entry(*principal).or_default().push(id),
                Terms::Guardrail { kind, .. } => {
                    is_limited |= *kind != Some(GuardrailKind::Principals);
                }
                _ => {}
            }
        }
        let limit = is_limited.then_some(KEEPS_OUT);
        let mut takers: BTreeMap<String, Vec<Taking>> = BTreeMap::new();
        for (role, trust) in trusts {
            for entrance in entrances(self.inventory, &trust) {
                if let (Entrant::Bearer { issuer, .. }, WITH_SAML) =
                    (&entrance.who, entrance.action)
                {
                    takers.entry(issuer.clone()).or_default().push(Taking {
                        role,
                        trust: entrance.scope,
                        condition: both(entrance.condition.as_deref(), limit),
                    });
                }
            }
        }
        takers
    }

    pub(super) fn sign_on(&mut self) {
        let takers = self.takers();
        let apps = self.inventory.resources.entries();
        let apps: Vec<ResourceId> = apps
            .filter(|(_, one)| one.kind == "okta:app" && life_of_app(one) == Life::Live)
            .map(|(id, _)| id)
            .collect();
        for app in apps {
            self.assignments(app);
            let tags = &self.inventory.resources[app].tags;
            if tag(tags, "okta:aws-provider").is_some()
                || tag(tags, "okta:aws-by-group-name").is_some()
            {
                self.aws(app, &takers);
            }
            let name = self.inventory.resources[app].name.clone();
            match tag(tags, "okta:app-name") {
                Some("amazon_aws_sso") => self.derivation.gaps.push(CoverageGap {
                    subject: format!("who has which permission set through Okta app {name}"),
                    text: "the app signs in to IAM Identity Center, whose assignments are in no export that is read: what its users reach in AWS is unknown, not zero".to_owned(),
                    remedy: "`aws sso-admin list-account-assignments`; state them in a neutral register".to_owned(),
                }),
                _ if tag(tags, "okta:github-organization").is_some() => self.github(app),
                _ => {}
            }
        }
    }

    /// Who holds what on an app, in order: users and groups that live, each with on what it hangs.
    fn holding(&self, app: ResourceId) -> Vec<(PrincipalId, ScopeId, String)> {
        let mut all = Vec::new();
        for (holder, principal) in self.inventory.principals.entries() {
            if life_of(principal) != Life::Live {
                continue;
            }
            for held in self.holders.of(holder) {
                if held.on == Some(app) {
                    all.push((holder, held.by, held.name.to_owned()));
                }
            }
        }
        all
    }

    /// Whether what is told of members by way of a group counts: only where no export tells of the groups themselves.
    fn counts(&self, app: ResourceId, word: &str) -> bool {
        let key = &self.inventory.resources[app].key;
        !word.starts_with("assigned-by-group")
            || !self.holders.is_listed("okta:assigned-group", key)
    }

    fn assignments(&mut self, app: ResourceId) {
        for (holder, scope, word) in self.holding(app) {
            let is_one = matches!(word.as_str(), "assigned" | "assigned-by-group");
            if is_one && self.counts(app, &word) {
                let gain = Fact::Access(app, Access::Read);
                let step: (&[Fact], Fact) = (&[Fact::Principal(holder)], gain);
                self.step(step, &table::SIGN_IN, &[scope], &[], None);
            }
        }
    }

    fn aws(&mut self, app: ResourceId, takers: &BTreeMap<String, Vec<Taking>>) {
        let resource = &self.inventory.resources[app];
        let evidence = resource.evidence.clone();
        let tags = &resource.tags;
        let providers = tag(tags, "okta:aws-provider").unwrap_or("");
        let providers: Vec<String> = providers
            .split(',')
            .map(|one| one.trim().to_owned())
            .filter(|one| !one.is_empty())
            .collect();
        let joins = tag(tags, "okta:aws-joins-roles").is_some();
        let holding = self.holding(app);
        let mut assigned: BTreeSet<PrincipalId> = BTreeSet::new();
        for (holder, _, word) in &holding {
            if word == "assigned" {
                assigned.insert(*holder);
            }
        }
        let is_group =
            |id: &PrincipalId| self.inventory.principals[*id].kind == PrincipalKind::Group;
        let is_only = assigned.iter().filter(|id| is_group(id)).count() <= 1;
        let mut unknown: BTreeSet<String> = BTreeSet::new();
        let mut steps: Vec<(PrincipalId, Vec<ScopeId>, Taking, Option<String>)> = Vec::new();
        for (holder, scope, word) in &holding {
            let Some((by, value)) = word.split_once("/role:") else {
                continue;
            };
            if !self.counts(app, by) {
                continue;
            }
            let wanted = role_of(value);
            let mut is_found = false;
            let of = takers
                .iter()
                .filter(|(issuer, _)| providers.contains(issuer));
            for taking in of.flat_map(|(_, all)| all) {
                let key = &*self.inventory.principals[taking.role].key;
                let is_it = key == wanted || key.rsplit('/').next() == Some(wanted);
                if is_it {
                    is_found = true;
                    let doubt = (is_group(holder) && !joins && !is_only).then_some(PRIORITY);
                    let condition = both(taking.condition.as_deref(), doubt);
                    steps.push((*holder, vec![*scope], taking.clone(), condition));
                }
            }
            if !is_found {
                unknown.insert(wanted.to_owned());
            }
        }
        let filter = tag(tags, "okta:aws-group-filter").unwrap_or("");
        let pattern = tag(tags, "okta:aws-role-pattern").unwrap_or("").to_owned();
        if tag(tags, "okta:aws-by-group-name").is_some() {
            let written = filter
                .replace("(?{{accountid}}", "(?P<accountid>")
                .replace("(?{{role}}", "(?P<role>");
            let groups: Vec<PrincipalId> =
                self.alive("group").into_iter().map(|(id, _)| id).collect();
            match Regex::new(&written) {
                Ok(filter) => {
                    for group in groups {
                        let principal = &self.inventory.principals[group];
                        if principal.tenant != resource.tenant {
                            continue;
                        }
                        let Some((provider, role)) = by_name(&filter, &pattern, &principal.name)
                        else {
                            continue;
                        };
                        let all = takers.get(&provider).map_or(&[][..], Vec::as_slice);
                        let doubt = (!assigned.contains(&group)).then_some(ASSIGNED);
                        let mut is_found = false;
                        for taking in all {
                            if *self.inventory.principals[taking.role].key == *role {
                                is_found = true;
                                let condition = both(taking.condition.as_deref(), doubt);
                                steps.push((group, Vec::new(), taking.clone(), condition));
                            }
                        }
                        if !is_found {
                            unknown.insert(role);
                        }
                    }
                }
                Err(_) => {
                    unknown.insert(
                        "whatever its group filter, which is no pattern, stands for".to_owned(),
                    );
                }
            }
        }
        let name = resource.name.clone();
        for (holder, mut scopes, taking, condition) in steps {
            scopes.push(taking.trust);
            let step: (&[Fact], Fact) = (&[Fact::Principal(holder)], Fact::Principal(taking.role));
            self.step(step, &table::AWS, &scopes, &evidence, condition.as_deref());
        }
        // Who manages the app decides for whom it vouches.
        for provider in &providers {
            let key = Federation::key(provider, "*", None);
            let bearers = self.inventory.federations.iter();
            let bearers: Vec<PrincipalId> = bearers
                .filter(|one| one.issuer == *provider)
                .map(|one| one.principal)
                .chain(self.inventory.principal_by_key(&key))
                .collect();
            for bearer in bearers {
                let needs = [Fact::Access(app, Access::Admin)];
                let step: (&[Fact], Fact) = (&needs, Fact::Principal(bearer));
                self.step(step, &table::ASSERT, &[], &evidence, None);
            }
        }
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.into_iter().take(5).collect();
            self.derivation.gaps.push(CoverageGap {
                subject: format!("AWS roles that Okta app {name} opens"),
                text: format!(
                    "no export of AWS shows a role of that name that takes the app's word, so what it reaches is unknown, not zero: `{}`",
                    names.join("`, `")
                ),
                remedy: "`aws iam get-account-authorization-details` of the accounts that the app signs in to".to_owned(),
            });
        }
    }

    fn github(&mut self, app: ResourceId) {
        let evidence = self.inventory.resources[app].evidence.clone();
        let mut is_any_unknown = false;
        for (holder, scope, word) in self.holding(app) {
            let Some(login) = word.strip_prefix("user-name:") else {
                continue;
            };
            let key = format!("github:user:{}", login.to_lowercase());
            match self.inventory.principal_by_key(&key) {
                Some(user) => {
                    let step: (&[Fact], Fact) = (&[Fact::Principal(holder)], Fact::Principal(user));
                    self.step(step, &table::GITHUB, &[scope], &evidence, Some(LINKED));
                }
                None => is_any_unknown = true,
            }
        }
        if is_any_unknown {
            let name = &self.inventory.resources[app].name;
            self.derivation.gaps.push(CoverageGap {
                subject: format!("GitHub users whom Okta app {name} signs in"),
                text: "no export of GitHub shows a login of the name that the assignment has: whom these users become is unknown, not nobody".to_owned(),
                remedy: "the members of the organisation, and its `samlIdentityProvider.externalIdentities` (GraphQL) in a neutral register".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_of_an_assignment_is_told_by_name_by_alias_or_by_pair() {
        assert_eq!(role_of("Admin"), "Admin");
        assert_eq!(role_of("[prod] -- Admin"), "Admin");
        let pair =
            "arn:aws:iam::111122223333:saml-provider/Okta,arn:aws:iam::111122223333:role/Admin";
        assert_eq!(role_of(pair), "arn:aws:iam::111122223333:role/Admin");
    }

    #[test]
    fn the_name_of_a_group_stands_for_a_role_only_as_a_whole() {
        let filter = Regex::new(r"aws_(?P<accountid>\d+)_(?P<role>[a-zA-Z0-9_]+)").unwrap();
        let pattern =
            "arn:aws:iam::${accountid}:saml-provider/OKTA,arn:aws:iam::${accountid}:role/${role}";
        let (provider, role) = by_name(&filter, pattern, "aws_111122223333_Admin").unwrap();
        assert_eq!(provider, "arn:aws:iam::111122223333:saml-provider/OKTA");
        assert_eq!(role, "arn:aws:iam::111122223333:role/Admin");
        assert_eq!(
            by_name(&filter, pattern, "old aws_111122223333_Admin"),
            None
        );
    }
}
