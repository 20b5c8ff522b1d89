//! Okta: from credentials to users and apps, from admin roles to those whom they are over, from groups to apps and into
//! what the apps open.
//!
//! A token of the API is no sign-in: it gives the roles of its user, not the apps. What a role is over is told once for each set (`every user of …`, the members of a group), and once for each in it:
//! roles times users never become steps. Whoever adds a member needs somebody to add: acts that different hands can do are
//! joined, `acting as some user` with the right to add.

mod sign_on;
mod table;

pub(super) use table::TECHNIQUES;

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{
    Access, CoverageGap, CredentialKind, CredentialStatus, EvidenceId, Inventory, PrincipalId,
    ResourceId, ScopeId, TenantId, Terms,
};
use crate::platforms::okta::{
    Holders, Life, Over, PLATFORM, Power, id_of, life_of, life_of_app, rights, sort_of, tag,
};
use crate::steps::{Control, Fact, NewStep};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    id: "okta",
    about: "admin roles, groups, rules and apps of Okta, and the platforms that its apps sign in to",
    derive,
};

const GONE: &str = "its owner, whom the list of users leaves out, is active (the list leaves out deactivated users)";
const SIGNS: &str =
    "the app takes its client secret, though it is set to sign with a key (`private_key_jwt`)";
const SECRET_FOR_API: &str = "Okta gives tokens of its own API for the client secret: its guide names only a key (`private_key_jwt`)";

/// Ends the credentials of owners that are deactivated, and says of others on what they hang.
///
/// Source: Okta help, "Manage Okta API tokens": "Tokens are valid only if the user who created them is active. Tokens issued
/// by deactivated users are rejected"; OpenAPI description, `listUsers`: it leaves out deactivated users (read 2026-11).
pub(super) fn complete(inventory: &mut Inventory) {
    let mut changes = Vec::new();
    let owners: BTreeMap<PrincipalId, String> = tokens(inventory)
        .into_iter()
        .map(|(token, user, _)| (token, user))
        .collect();
    for (id, credential) in inventory.credentials.entries() {
        let Some(owner) = credential.principal else {
            continue;
        };
        let own = &inventory.principals[owner];
        let user = owners.get(&owner);
        let sort = sort_of(own);
        if user.is_none() && sort != "app" {
            continue;
        }
        let found = user.and_then(|key| inventory.principal_by_key(key));
        let found = found.map(|id| &inventory.principals[id]);
        let found = found.filter(|one| !one.is_stub);
        let is_left_out = user.is_some()
            && found.is_none()
            && own
                .tenant
                .is_some_and(|tenant| inventory.is_listed(tenant, "okta:user"));
        let principal = found.unwrap_or(own);
        if life_of(principal) == Life::Dead {
            changes.push((id, None));
            continue;
        }
        let is_asleep = life_of(principal) == Life::Asleep;
        let is_secret = sort == "app" && credential.kind == CredentialKind::ClientSecret;
        let method = tag(&principal.tags, "okta:client-authentication");
        let is_service = tag(&principal.tags, "okta:application-type") == Some("service");
        let doubt = if is_left_out {
            GONE
        } else if is_asleep {
            "its owner is active again, who is suspended or was never activated"
        } else if is_secret && method == Some("private_key_jwt") {
            SIGNS
        } else if is_secret && is_service {
            SECRET_FOR_API
        } else {
            continue;
        };
        changes.push((id, Some(doubt)));
    }
    for (id, doubt) in changes {
        let credential = &mut inventory.credentials[id];
        match doubt {
            None => credential.status = CredentialStatus::Inactive,
            Some(doubt) => {
                let known = credential.second_factor.take();
                credential.second_factor = Some(
                    known.map_or_else(|| doubt.to_owned(), |known| format!("{known}; {doubt}")),
                );
            }
        }
    }
}

const ASLEEP: &str = "the user is active again, who is suspended or was never activated";
/// The tokens of the API: who acts by one, the key of its user, and the scope that says so.
fn tokens(inventory: &Inventory) -> Vec<(PrincipalId, String, ScopeId)> {
    let mut all = Vec::new();
    for (id, scope) in inventory.scopes.entries() {
        if let Terms::Permission { holder, name, .. } = &scope.terms
            && let Some(user) = name.strip_prefix("acts-as:")
            && sort_of(&inventory.principals[*holder]) == "api-token"
        {
            all.push((*holder, format!("okta:user:{user}"), id));
        }
    }
    all
}

const NO_FACTOR: &str = "no second factor is asked for at sign-in, or it is reset as well";
const PERHAPS_ADMINISTRATOR: &str =
    "it holds no admin role, which would keep other administrators off: its roles are in no export";

fn both(one: Option<&str>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one}; {other}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// The act of a power, and what it is called over all of an organisation.
fn act_of(power: Power) -> (&'static str, &'static str) {
    match power {
        Power::Everything => ("okta:administer", "organisation"),
        Power::ResetPassword => ("okta:reset-password", "user"),
        Power::ResetFactors => ("okta:reset-factors", "user"),
        Power::EditProfile => ("okta:edit-profile", "user"),
        Power::AddMember => ("okta:add-member", "group"),
        Power::ManageApp => ("okta:manage-app", "app"),
        Power::AssignApp => ("okta:assign-app", "app"),
        Power::ReadSecret => ("okta:read-client-secret", "app"),
    }
}

/// What acts are over, and whether they stop at administrators.
type Hub = (TenantId, Power, Over, bool);

struct Okta<'d, 'i> {
    derivation: &'d mut Derivation<'i>,
    inventory: &'i Inventory,
    holders: Holders<'i>,
    hubs: BTreeSet<Hub>,
}

fn derive(derivation: &mut Derivation<'_>) {
    let inventory = derivation.inventory;
    if !inventory
        .principals
        .iter()
        .any(|one| one.platform == PLATFORM)
    {
        return;
    }
    let mut okta = Okta {
        holders: Holders::new(inventory),
        derivation,
        inventory,
        hubs: BTreeSet::new(),
    };
    okta.members();
    okta.roles();
    okta.users();
    okta.groups();
    okta.apps();
    okta.rules();
    okta.sign_on();
    okta.gaps();
}

impl<'i> Okta<'_, 'i> {
    fn act(&mut self, action: &str, target: &str) -> Fact {
        Fact::Act(self.derivation.steps.subject(action, target))
    }

    fn step(
        &mut self,
        (needs, gain): (&[Fact], Fact),
        technique: &'static Listed,
        scopes: &[ScopeId],
        also: &[EvidenceId],
        condition: Option<&str>,
    ) {
        let technique = self.derivation.listed(technique);
        let controls: Vec<Control> = scopes.iter().map(|&id| Control::Scope(id)).collect();
        let mut evidence: Vec<EvidenceId> = Vec::new();
        for &id in scopes {
            evidence.extend(&self.inventory.scopes[id].evidence);
        }
        evidence.extend(also);
        self.derivation.steps.add(NewStep {
            needs,
            gain,
            technique,
            controls: &controls,
            evidence: &evidence,
            condition,
        });
    }

    /// The principals of Okta of one sort that are not deactivated, in order, each with on what it hangs that it acts.
    fn alive(&self, sort: &str) -> Vec<(PrincipalId, Option<&'static str>)> {
        let all = self.inventory.principals.entries();
        all.filter(|(_, one)| sort_of(one) == sort)
            .filter_map(|(id, one)| match life_of(one) {
                Life::Live => Some((id, None)),
                Life::Asleep => Some((id, Some(ASLEEP))),
                Life::Dead => None,
            })
            .collect()
    }

    fn organization(&self, tenant: TenantId) -> Option<ResourceId> {
        let key = &self.inventory.tenants[tenant].key;
        self.inventory.resource_by_key(key)
    }

    fn evidence_of(&self, id: PrincipalId) -> Vec<EvidenceId> {
        self.inventory.principals[id].evidence.clone()
    }

    /// Acting as a member is acting as the group.
    fn members(&mut self) {
        for (group, _) in self.alive("group") {
            for (member, scope) in self.holders.members(group).to_vec() {
                let asleep = match life_of(&self.inventory.principals[member]) {
                    Life::Live => None,
                    Life::Asleep => Some(ASLEEP),
                    Life::Dead => continue,
                };
                let step: (&[Fact], Fact) = (&[Fact::Principal(member)], Fact::Principal(group));
                self.step(step, &table::MEMBER, &[scope], &[], asleep);
            }
        }
    }

    fn hub(&mut self, hub: &Hub) -> Fact {
        let (tenant, power, over, is_super) = hub;
        let (action, one) = act_of(*power);
        let of = self.inventory.tenants[*tenant].identifier.clone();
        let target = match over {
            Over::All => format!("every {one} of {of}"),
            Over::MembersOf(id) => format!("the members of okta:group:{id}"),
            Over::User(id) => format!("okta:user:{id}"),
            Over::Group(id) => format!("okta:group:{id}"),
            Over::App(id) => format!("okta:app:{id}"),
            Over::AppsNamed(name) => format!("every {one} `{name}` of {of}"),
        };
        let target = match is_super {
            true => format!("{target}, administrators too"),
            false => format!("{target} without an admin role"),
        };
        self.act(action, &target)
    }

    /// Calling the API with the rights of whoever holds a role: as they do, and as their tokens do.
    fn callers(&mut self, holders: &BTreeSet<PrincipalId>) {
        for &holder in holders {
            let principal = &self.inventory.principals[holder];
            let (key, evidence) = (principal.key.to_string(), principal.evidence.clone());
            let call = self.act("okta:use-api", &key);
            let step: (&[Fact], Fact) = (&[Fact::Principal(holder)], call);
            self.step(step, &table::API, &[], &evidence, None);
        }
        let mut groups: BTreeMap<PrincipalId, Vec<(PrincipalId, ScopeId)>> = BTreeMap::new();
        for &group in holders {
            for &(member, scope) in self.holders.members(group) {
                groups.entry(member).or_default().push((group, scope));
            }
        }
        for (token, user, scope) in tokens(self.inventory) {
            let Some(user) = self.inventory.principal_by_key(&user) else {
                continue;
            };
            let evidence = self.inventory.scopes[scope].evidence.clone();
            let mut all: Vec<(PrincipalId, Vec<ScopeId>)> = vec![(user, Vec::new())];
            let own = groups.get(&user).into_iter().flatten();
            all.extend(own.map(|&(group, membership)| (group, vec![membership])));
            for (holder, memberships) in all {
                if holders.contains(&holder) {
                    let key = self.inventory.principals[holder].key.to_string();
                    let call = self.act("okta:use-api", &key);
                    let step: (&[Fact], Fact) = (&[Fact::Principal(token)], call);
                    self.step(step, &table::API, &memberships, &evidence, None);
                }
            }
        }
    }

    /// What roles give over whom.
    fn roles(&mut self) {
        let all = rights(self.inventory, &self.holders);
        let holding: BTreeSet<PrincipalId> = all.iter().map(|right| right.holder).collect();
        self.callers(&holding);
        for right in all {
            let principal = &self.inventory.principals[right.holder];
            let Some(tenant) = principal.tenant else {
                continue;
            };
            let key = principal.key.to_string();
            let asleep = (life_of(principal) == Life::Asleep).then_some(ASLEEP);
            let condition = both(right.condition.as_deref(), asleep);
            let needs = [self.act("okta:use-api", &key)];
            if right.power == Power::Everything {
                let Some(organization) = self.organization(tenant) else {
                    continue;
                };
                let gain = Fact::Access(organization, Access::Admin);
                let step: (&[Fact], Fact) = (&needs, gain);
                self.step(step, &table::SUPER, &right.by, &[], condition.as_deref());
                continue;
            }
            let hub = (tenant, right.power, right.over, right.is_super);
            let gain = self.hub(&hub);
            self.hubs.insert(hub);
            let step: (&[Fact], Fact) = (&needs, gain);
            self.step(step, &table::ROLE, &right.by, &[], condition.as_deref());
        }
    }

    /// On what it hangs that a right reaches somebody; `None` where it does not.
    fn reaches(&self, hub: &Hub, target: PrincipalId) -> Option<Option<&'static str>> {
        match (hub.3, self.holders.is_administrator(target)) {
            (true, _) | (false, Some(false)) => Some(None),
            (false, Some(true)) => None,
            (false, None) => Some(Some(PERHAPS_ADMINISTRATOR)),
        }
    }

    /// The hubs of a power that are over one of these.
    fn hubs_over(&self, tenant: TenantId, power: Power, overs: &[Over]) -> Vec<Hub> {
        let all = self.hubs.iter();
        all.filter(|hub| hub.0 == tenant && hub.1 == power && overs.contains(&hub.2))
            .cloned()
            .collect()
    }

    fn users(&mut self) {
        let mut groups: BTreeMap<PrincipalId, Vec<(String, ScopeId)>> = BTreeMap::new();
        for (group, _) in self.alive("group") {
            let id = id_of(&self.inventory.principals[group].key).to_owned();
            for &(member, scope) in self.holders.members(group) {
                groups.entry(member).or_default().push((id.clone(), scope));
            }
        }
        for (user, asleep) in self.alive("user") {
            let principal = &self.inventory.principals[user];
            let Some(tenant) = principal.tenant else {
                continue;
            };
            let (key, name) = (principal.key.to_string(), principal.name.clone());
            let provider = tag(&principal.tags, "okta:provider").map(str::to_owned);
            let evidence = self.evidence_of(user);
            let of = self.inventory.tenants[tenant].identifier.clone();
            let some = self.act("okta:be-a-user", &of);
            let step: (&[Fact], Fact) = (&[Fact::Principal(user)], some);
            self.step(step, &table::USER, &[], &evidence, asleep);
            if let Some(organization) = self.organization(tenant) {
                let needs = [Fact::Access(organization, Access::Admin)];
                let step: (&[Fact], Fact) = (&needs, Fact::Principal(user));
                self.step(step, &table::ADMINISTER, &[], &evidence, None);
            }
            let own = groups.remove(&user).unwrap_or_default();
            let mut overs = vec![Over::All, Over::User(id_of(&key).to_owned())];
            overs.extend(own.iter().map(|(id, _)| Over::MembersOf(id.clone())));
            let mut acts: Vec<Option<Fact>> = Vec::new();
            for power in [Power::ResetPassword, Power::ResetFactors] {
                let mut fact = None;
                for hub in self.hubs_over(tenant, power, &overs) {
                    let Some(doubt) = self.reaches(&hub, user) else {
                        continue;
                    };
                    let membership: Vec<ScopeId> = match &hub.2 {
                        Over::MembersOf(group) => own
                            .iter()
                            .filter(|(id, _)| id == group)
                            .map(|&(_, scope)| scope)
                            .collect(),
                        _ => Vec::new(),
                    };
                    let need = self.hub(&hub);
                    let gain = self.act(act_of(power).0, &key);
                    let step: (&[Fact], Fact) = (&[need], gain);
                    self.step(step, &table::ROLE, &membership, &evidence, doubt);
                    fact = Some(gain);
                }
                acts.push(fact);
            }
            // Another's password: what Okta sets is not what the directory checks.
            let provider = match provider.as_deref() {
                Some("OKTA" | "IMPORT") | None => None,
                Some(other) => Some(format!(
                    "`{name}` signs in by a password that Okta may set, not by {other}"
                )),
            };
            let condition = both(asleep, provider.as_deref());
            let [password, factors] = acts.as_slice() else {
                continue;
            };
            let gain = Fact::Principal(user);
            if let (&Some(password), &Some(factors)) = (password, factors) {
                let step: (&[Fact], Fact) = (&[password, factors], gain);
                self.step(step, &table::RESET, &[], &evidence, condition.as_deref());
            }
            if let &Some(password) = password {
                let condition = both(condition.as_deref(), Some(NO_FACTOR));
                let step: (&[Fact], Fact) = (&[password], gain);
                self.step(step, &table::RESET, &[], &evidence, condition.as_deref());
            }
        }
    }

    fn groups(&mut self) {
        for (group, _) in self.alive("group") {
            let principal = &self.inventory.principals[group];
            let Some(tenant) = principal.tenant else {
                continue;
            };
            let id = id_of(&principal.key).to_owned();
            // Members of these come from elsewhere: `Everyone`, and what an app or a directory imports.
            let kind = tag(&principal.tags, "okta:type");
            let imported = match kind {
                Some("BUILT_IN") => continue,
                Some("APP_GROUP") => {
                    Some("the group takes members from Okta, though an app or directory fills it")
                }
                _ => None,
            };
            let evidence = self.evidence_of(group);
            let of = self.inventory.tenants[tenant].identifier.clone();
            let some = self.act("okta:be-a-user", &of);
            let gain = Fact::Principal(group);
            if let Some(organization) = self.organization(tenant) {
                let needs = [Fact::Access(organization, Access::Admin)];
                let step: (&[Fact], Fact) = (&needs, gain);
                self.step(step, &table::ADMINISTER, &[], &evidence, imported);
            }
            let overs = [Over::All, Over::Group(id)];
            for hub in self.hubs_over(tenant, Power::AddMember, &overs) {
                let Some(doubt) = self.reaches(&hub, group) else {
                    continue;
                };
                let condition = both(doubt, imported);
                let need = self.hub(&hub);
                let step: (&[Fact], Fact) = (&[need, some], gain);
                self.step(step, &table::JOIN, &[], &evidence, condition.as_deref());
            }
        }
    }

    fn apps(&mut self) {
        let apps = self.inventory.resources.entries();
        let apps: Vec<ResourceId> = apps
            .filter(|(_, one)| one.kind == "okta:app" && life_of_app(one) == Life::Live)
            .map(|(id, _)| id)
            .collect();
        let mut secrets: BTreeMap<PrincipalId, Vec<_>> = BTreeMap::new();
        for (id, credential) in self.inventory.credentials.entries() {
            let is_one = credential.key.starts_with("okta:client-secret");
            if let Some(app) = credential.principal.filter(|_| is_one) {
                secrets.entry(app).or_default().push(id);
            }
        }
        for app in apps {
            let resource = &self.inventory.resources[app];
            let Some(tenant) = resource.tenant else {
                continue;
            };
            let (key, evidence) = (resource.key.to_string(), resource.evidence.clone());
            let of = self.inventory.tenants[tenant].identifier.clone();
            let named = tag(&resource.tags, "okta:app-name")
                .unwrap_or("")
                .to_owned();
            let overs = [
                Over::All,
                Over::App(id_of(&key).to_owned()),
                Over::AppsNamed(named),
            ];
            let client = self.inventory.principal_by_key(&key);
            let admin = Fact::Access(app, Access::Admin);
            let some = self.act("okta:be-a-user", &of);
            if let Some(organization) = self.organization(tenant) {
                let needs = [Fact::Access(organization, Access::Admin)];
                self.step((&needs, admin), &table::ADMINISTER, &[], &evidence, None);
            }
            for (power, technique) in [
                (Power::ManageApp, &table::MANAGE),
                (Power::AssignApp, &table::ASSIGN),
            ] {
                for hub in self.hubs_over(tenant, power, &overs) {
                    // Only what signs in by itself can hold a role.
                    let doubt = match client.map(|client| self.reaches(&hub, client)) {
                        None => None,
                        Some(Some(doubt)) => doubt,
                        Some(None) => continue,
                    };
                    let need = self.hub(&hub);
                    let step: (&[Fact], Fact) = match power {
                        Power::ManageApp => (&[need], admin),
                        _ => (&[need, some], Fact::Access(app, Access::Read)),
                    };
                    self.step(step, technique, &[], &evidence, doubt);
                }
            }
            let Some(client) = client else { continue };
            let step: (&[Fact], Fact) = (&[admin], Fact::Principal(client));
            self.step(step, &table::ADD_KEY, &[], &evidence, None);
            let mut readers = vec![admin];
            for hub in self.hubs_over(tenant, Power::ReadSecret, &overs) {
                readers.push(self.hub(&hub));
            }
            for &secret in secrets.get(&client).map_or(&[][..], Vec::as_slice) {
                let evidence = self.inventory.credentials[secret].evidence.clone();
                for &reader in &readers {
                    let step: (&[Fact], Fact) = (&[reader], Fact::Credential(secret));
                    self.step(step, &table::READ_SECRET, &[], &evidence, None);
                }
            }
        }
    }

    /// Whoever writes the attribute that a rule reads, and holds some user, is in the groups that it fills.
    fn rules(&mut self) {
        const OF_SOURCE: &str =
            "the attribute is written in Okta, not by an app or directory that masters profiles";
        const OF_ONE: &str = "the user whose profile is changed is the one that is held";
        const BY_USER: &str =
            "users may change the attribute in their own profile, which no export tells";
        const OF_ADMINISTRATORS: &str = "the rule fills a group that holds an admin role";
        let masters = |tenant: TenantId| {
            let mut apps = self.inventory.resources.iter();
            apps.any(|one| {
                one.tenant == Some(tenant)
                    && tag(&one.tags, "okta:masters-profiles").is_some()
                    && life_of_app(one) == Life::Live
            })
        };
        let mut plans = Vec::new();
        for (rule, _) in self.alive("group-rule") {
            let Some(tenant) = self.inventory.principals[rule].tenant else {
                continue;
            };
            let is_mastered =
                masters(tenant) || !self.holders.is_listed_in("okta:app", Some(tenant));
            let mut reads: Vec<(String, ScopeId)> = Vec::new();
            let mut fills: Vec<(PrincipalId, ScopeId)> = Vec::new();
            for held in self.holders.of(rule) {
                if let Some(attribute) = held.name.strip_prefix("reads:") {
                    reads.push((attribute.to_owned(), held.by));
                } else if let Some(group) = held.name.strip_prefix("fills:") {
                    let key = format!("okta:group:{group}");
                    let group = self.inventory.principal_by_key(&key);
                    fills.extend(group.map(|group| (group, held.by)));
                }
            }
            plans.push((rule, tenant, is_mastered, reads, fills));
        }
        for (rule, tenant, is_mastered, reads, fills) in plans {
            let Some(((_, first), attributes)) = reads.split_first() else {
                continue;
            };
            let of = self.inventory.tenants[tenant].identifier.clone();
            let some = self.act("okta:be-a-user", &of);
            let evidence = self.evidence_of(rule);
            let mut editors: Vec<(Fact, Option<&str>)> = Vec::new();
            let hubs: Vec<Hub> = self.hubs.iter().cloned().collect();
            for hub in hubs {
                if hub.0 == tenant && hub.1 == Power::EditProfile {
                    let one = (hub.2 != Over::All).then_some(OF_ONE);
                    editors.push((self.hub(&hub), one));
                }
            }
            let mut names = vec![*first];
            names.extend(attributes.iter().map(|&(_, scope)| scope));
            for (group, scope) in fills {
                let gain = Fact::Principal(group);
                let doubt = match self.holders.is_administrator(group) {
                    Some(true) => Some(OF_ADMINISTRATORS),
                    _ => None,
                };
                let source = both(is_mastered.then_some(OF_SOURCE), doubt);
                let scopes = [scope];
                for &(editor, one) in &editors {
                    let condition = both(source.as_deref(), one);
                    let step: (&[Fact], Fact) = (&[editor, some], gain);
                    self.step(
                        step,
                        &table::MATCH,
                        &scopes,
                        &evidence,
                        condition.as_deref(),
                    );
                }
                let condition = both(source.as_deref(), Some(BY_USER));
                let step: (&[Fact], Fact) = (&[some], gain);
                self.step(
                    step,
                    &table::MATCH,
                    &scopes,
                    &evidence,
                    condition.as_deref(),
                );
            }
        }
    }

    fn gaps(&mut self) {
        let mut gap = |subject: String, text: &str, remedy: &str| {
            self.derivation.gaps.push(CoverageGap {
                subject,
                text: text.to_owned(),
                remedy: remedy.to_owned(),
            });
        };
        for (tenant, one) in self.inventory.tenants.entries() {
            if one.platform != PLATFORM {
                continue;
            }
            let of = &one.identifier;
            for (kind, what, remedy) in [
                (
                    "okta:user",
                    "users",
                    "`GET /api/v1/users?limit=200`, all pages",
                ),
                ("okta:group", "groups", "`GET /api/v1/groups`, all pages"),
                (
                    "okta:app",
                    "apps",
                    "`GET /api/v1/apps?limit=200`, all pages",
                ),
                ("okta:api-token", "API tokens", "`GET /api/v1/api-tokens`"),
                (
                    "okta:role-assignee",
                    "users with admin roles",
                    "`GET /api/v1/iam/assignees/users`",
                ),
            ] {
                if !self.holders.is_listed_in(kind, Some(tenant)) {
                    let text = "no export lists them whole: what they reach is unknown, not zero";
                    gap(format!("{what} of Okta organisation {of}"), text, remedy);
                }
            }
        }
    }
}
