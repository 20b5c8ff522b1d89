//! AWS: the catalogue's techniques, made into steps for every account.
//!
//! What is stored stays factored: an act names an action, the caller's account and an area, not a principal and not a
//! target; principals lead to the acts that they hold, acts lead to the targets that their area admits. Only what a
//! resource's own policy decides by caller is stored by caller.

mod accounts;
mod agents;
mod anywhere;
mod blocks;
mod catalogue;
mod deployed;
mod editing;
mod encrypted;
mod external_id;
mod federated;
mod federation_tokens;
mod holders;
mod identity_center;
mod joined;
mod lifting;
mod naming;
mod openings;
mod passed;
mod pod_identity;
mod providers;
mod public;
mod service_keys;
mod service_roles;
mod sessions;
mod spoken;
mod states;
mod settings;
mod targets;
mod wide;

pub(super) use accounts::add_accounts;
pub(super) use federated::add_federations;
pub(super) use identity_center::add_new_roles;
pub(super) use sessions::{Signing, signed, told_apart};
pub(super) use targets::add_classes;

use super::listed::{Listed, Row};
use super::{Derivation, Rule};
use crate::inventory::{
    CoverageGap, CredentialKind, EvidenceId, Inventory, PrincipalId, ScopeId, TenantId, Terms,
};
use crate::platforms::aws::{
    ANYWHERE_ACTIONS, ActionId, Actions, AreaId, Caller, NO_RESOURCE, Rights, SEGMENT, Verdict,
    callers,
};
use crate::steps::{Control, Fact, NewStep, Technique, TechniqueId};
use catalogue::{Catalogue, Entry, Gain, Need, On};
use editing::Edited;
use holders::Holders;
use rustc_hash::{FxHashMap, FxHashSet};
use service_keys::Service;
use states::Editing;
use std::sync::LazyLock;
use targets::{Ruling, Target, Targets};
use wide::Wide;

pub(super) const RULE: Rule = Rule {
    id: "aws",
    about: "what AWS policies let principals do to each other and to resources",
    derive,
};

/// The deriving of AWS steps.
struct Aws<'d, 'i, 'a> {
    derivation: &'d mut Derivation<'i>,
    inventory: &'i Inventory,
    actions: &'a Actions,
    rights: Rights<'a>,
    holders: Holders,
    targets: Targets,
    edited: Edited,
    /// Whether openings are wanted by caller: for a request that needs a second right of the same principal.
    is_by_caller: bool,
    wide: Wide,
    /// Keys of users for one service, as far as they are asked for.
    service_keys: FxHashMap<(PrincipalId, &'static str), Option<Fact>>,
    /// Where that was read which an act is on, or the account of whoever does it: acts name nobody.
    places: FxHashMap<Fact, EvidenceId>,
    /// A right is held.
    hold: TechniqueId,
    /// What one request needs is held by one principal.
    request: TechniqueId,
}

/// One way to make a request on a target: what must be held, what could be revoked, on what it hangs.
#[derive(Debug, Clone)]
struct Opening {
    need: Fact,
    scopes: Vec<ScopeId>,
    condition: Option<String>,
}

static RIGHT: Listed = Listed {
    id: "aws/right",
    platform: "aws",
    name: "hold the right",
    needs: "acting as a principal that policies let do it",
    gains: "the right to one action on one thing",
    attack: &[],
    fix: "narrow the statements that allow it",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
};

static REQUEST: Listed = Listed {
    id: "aws/request",
    platform: "aws",
    name: "make the request",
    needs: "the rights that one request needs, of one principal",
    gains: "the request made",
    attack: &[],
    fix: "narrow the statements that allow it",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
};

/// What is declared in code; the catalogue is the rest.
pub(super) static TECHNIQUES: &[&[&Listed]] = &[
    &[&RIGHT, &REQUEST, &pod_identity::ASSUME_BY_POD],
    accounts::TECHNIQUES,
    agents::TECHNIQUES,
    anywhere::TECHNIQUES,
    federated::TECHNIQUES,
    service_keys::TECHNIQUES,
];

fn derive(derivation: &mut Derivation<'_>) {
    let inventory = derivation.inventory;
    // Also without principals: what everybody may read needs none.
    if accounts::described(inventory).is_empty() {
        return;
    }
    let mut catalogue = match catalogue::catalogue() {
        Ok(catalogue) => catalogue,
        Err(error) => {
            // Built in and tested; said, should it ever happen, rather than a silent empty answer.
            derivation.gaps.push(CoverageGap {
                subject: "AWS techniques".to_owned(),
                text: format!("the built-in catalogue is broken: {error}"),
                remedy: "report this as a bug".to_owned(),
            });
            return;
        }
    };
    leave_out_absent(&mut catalogue.techniques, inventory);
    let mut actions = Actions::default();
    for entry in &catalogue.techniques {
        for need in entry.requests.iter().flatten() {
            actions.intern(&need.action, passed_to(entry, need));
        }
    }
    for action in catalogue
        .techniques
        .iter()
        .filter_map(|e| e.key_action.as_deref())
    {
        actions.intern(action, None);
    }
    for not_followed in &catalogue.not_followed {
        actions.intern(&not_followed.action, None);
    }
    actions.intern(targets::SSM_CHANNEL, None);
    actions.intern(federation_tokens::ACTION, None);
    for action in ANYWHERE_ACTIONS.into_iter().chain(service_keys::using()) {
        actions.intern(action, None);
    }
    for action in federated::ACTIONS.into_iter().chain(agents::ACTIONS) {
        actions.intern(action, None);
    }
    let hold = derivation.listed(&RIGHT);
    let request = derivation.listed(&REQUEST);
    let mut rights = Rights::new(inventory, &actions);
    let editing = catalogue
        .techniques
        .iter()
        .filter(|e| Aws::is_editing(&e.gain));
    let editing = editing.flat_map(|entry| entry.requests.iter().flatten());
    let editing = editing.map(|need| actions.id(&need.action, None)).collect();
    let everywhere = catalogue.techniques.iter().filter(|e| e.is_everywhere());
    let everywhere = everywhere.flat_map(|entry| entry.requests.iter().flatten());
    let everywhere = everywhere.map(|need| actions.id(&need.action, None));
    let editing = Editing::new(editing, everywhere.collect(), &actions);
    let holders = Holders::new(inventory, &mut rights, &editing, &derivation.told_apart);
    let targets = Targets::new(inventory);
    let mut aws = Aws {
        derivation,
        inventory,
        actions: &actions,
        rights,
        holders,
        targets,
        edited: Edited::default(),
        is_by_caller: false,
        wide: Wide::default(),
        service_keys: FxHashMap::default(),
        places: FxHashMap::default(),
        hold,
        request,
    };
    for entry in &catalogue.techniques {
        aws.technique(entry);
    }
    aws.listed_keys_for_services();
    aws.agents();
    aws.federated();
    aws.anywhere();
    aws.pod_identities();
    aws.settle_edits();
    aws.settle_sessions();
    aws.administered_accounts();
    aws.gaps(&catalogue);
}

/// What the catalogue holds, for the table of all techniques; nothing where it does not parse, which a test rules out.
pub(super) fn table() -> Vec<Row> {
    let catalogue = catalogue::catalogue();
    let entries = catalogue.map(|catalogue| catalogue.techniques);
    entries.iter().flatten().map(Row::from).collect()
}

/// Leaves out what uses types of things of which there is nothing: every action costs a look at every principal.
fn leave_out_absent(techniques: &mut Vec<Entry>, inventory: &Inventory) {
    let resources = inventory.resources.iter();
    let kinds: FxHashSet<&str> = resources.map(|row| row.kind.as_str()).collect();
    let with_settings: FxHashSet<&str> = settings::places(inventory)
        .map(|(resource, _)| inventory.resources[resource].kind.as_str())
        .collect();
    let opened: FxHashSet<String> = techniques
        .iter()
        .flat_map(|entry| entry.requests.iter().flatten())
        .filter(|need| matches!(&need.on, On::Resource(kind) if kinds.contains(kind.as_str())))
        .map(|need| need.action.clone())
        .collect();
    techniques.retain(|entry| {
        let first = entry.requests.first().and_then(|request| request.first());
        match (&entry.gain, first.map(|need| &need.on)) {
            (Gain::Settings, Some(On::Resource(kind))) => with_settings.contains(kind.as_str()),
            (Gain::RunsAs { .. } | Gain::Deployed { .. }, Some(On::Resource(kind))) => {
                kinds.contains(kind.as_str())
            }
            (Gain::OnlyIn { service }, _) => Service::named(service)
                .is_some_and(|service| opened.iter().any(|action| service.has(action))),
            _ => true,
        }
    });
}

/// The service that the need passes a role to, if it passes one.
fn passed_to<'e>(entry: &'e Entry, need: &'e Need) -> Option<&'e str> {
    match (&entry.gain, &need.on) {
        (Gain::RoleTrusting { service, .. }, On::PassedRole) => Some(service),
        _ => need.to.as_deref(),
    }
}

/// An ARN that is asked about, in words.
fn in_words(arn: &str) -> String {
    arn.replace(SEGMENT, "*").replace(NO_RESOURCE, "*")
}

/// See [`states`].
pub(super) fn outreached() -> Vec<(&'static str, &'static str)> {
    states::outreached()
}

/// See [`Unless::NoSsmChannel`](catalogue::Unless).
pub(super) const DECIDING: &[&str] = &[targets::SSM_CHANNEL];

/// The actions that a technique asks for, with that which the trust of a passed role must allow.
pub(super) fn actions(technique: &str) -> super::Actions {
    static ENTRIES: LazyLock<Vec<Entry>> =
        LazyLock::new(|| catalogue::catalogue().map_or_else(|_| Vec::new(), |c| c.techniques));
    let Some(entry) = ENTRIES.iter().find(|entry| entry.id == technique) else {
        return accounts::actions(technique);
    };
    let needs = entry.requests.iter().flatten();
    let mut always: Vec<String> = needs.map(|need| need.action.clone()).collect();
    // The rights to pass and to make are steps of their own: what gains a role names the statements that let it be assumed.
    if matches!(entry.gain, Gain::RoleTrusting { .. }) {
        always = vec!["sts:AssumeRole".to_owned()];
    }
    super::Actions {
        always,
        of_key: entry.key_action.clone(),
        is_everything: false,
    }
}

/// Both conditions, in words.
fn and(one: Option<String>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one}; {other}")),
        (one, other) => one.or_else(|| other.map(str::to_owned)),
    }
}

/// The condition of a verdict; `None` when it denies.
fn unless_denied(verdict: Verdict) -> Option<Option<String>> {
    match verdict {
        Verdict::Allowed => Some(None),
        Verdict::Conditional(reason) => Some(Some(reason)),
        Verdict::Denied => None,
    }
}

impl Aws<'_, '_, '_> {
    fn technique(&mut self, entry: &Entry) {
        let technique = self.derivation.steps.technique(&Technique {
            id: entry.id.clone(),
            name: entry.name.clone(),
            attack: entry.attack.clone(),
            source: entry.source.clone(),
        });
        match (&entry.gain, entry.requests.as_slice()) {
            (
                Gain::RoleTrusting {
                    service,
                    needs_instance_profile,
                    ..
                },
                _,
            ) => self.passed(entry, technique, service, *needs_instance_profile),
            (Gain::PermissionSet | Gain::NewPermissionSet, _) => {
                self.permission_set(entry, technique);
            }
            (Gain::Settings, _) => self.settings(entry, technique),
            (Gain::Deployed { service }, _) => self.deployed(entry, technique, service),
            (gain, _) if Self::is_editing(gain) => self.editing(entry, technique),
            (Gain::Bearers, _) => self.vouching(entry, technique),
            (_, [request]) if request.len() == 1 => self.single(entry, technique),
            _ => self.joined(entry, technique),
        }
    }

    /// One request that needs one right: whoever holds that gains at once.
    fn single(&mut self, entry: &Entry, technique: TechniqueId) {
        let Some(need) = entry.requests.first().and_then(|request| request.first()) else {
            return;
        };
        let action = self.action(need, None);
        for target in self.targets.of(self.inventory, &need.on) {
            if let Some(used) = &entry.key_action
                && let Some(key) = self.known_key(&target)
            {
                self.under_key(entry, technique, need, &target, &key, used);
                continue;
            }
            let Some((gain, extra, condition)) = self.gain(entry, &target) else {
                continue;
            };
            let needs = self.alternatives(need, &target);
            let openings = needs
                .iter()
                .flat_map(|need| self.openings(action, need, &target))
                .collect::<Vec<Opening>>();
            for opening in openings {
                let scopes: Vec<ScopeId> = opening.scopes.iter().chain(&extra).copied().collect();
                let condition = and(opening.condition, condition.as_deref());
                self.step_on(
                    Some(&target),
                    &[opening.need],
                    gain,
                    technique,
                    &scopes,
                    condition.as_deref(),
                );
            }
        }
    }

    fn action(&self, need: &Need, passed_to: Option<&str>) -> ActionId {
        self.actions
            .id(&need.action, passed_to.or(need.to.as_deref()))
    }

    /// What a technique gains on a target, through which further scopes and on what condition; `None` when the target
    /// is ruled out.
    fn gain(
        &mut self,
        entry: &Entry,
        target: &Target,
    ) -> Option<(Fact, Vec<ScopeId>, Option<String>)> {
        let mut condition = entry.condition.clone();
        if target.is_encrypted {
            condition = and(condition, entry.condition_if_encrypted.as_deref());
        }
        if target.is_class {
            condition = and(
                condition,
                Some("such a resource exists: no export lists them"),
            );
        }
        let (fact, scopes) = match (&entry.gain, target.who, target.what) {
            (Gain::Principal { by_access_key }, Some(principal), _) => {
                let kind = by_access_key.then_some(CredentialKind::AccessKey);
                (self.derivation.acting(principal, kind), Vec::new())
            }
            (Gain::RunsAs { .. }, _, Some(resource)) if self.software(resource).is_some() => {
                (Fact::Principal(self.software(resource)?), Vec::new())
            }
            (Gain::RunsAs { service }, _, Some(resource)) => {
                let (scope, principal) = self.targets.runs_as(resource)?;
                if let Some(service) = service {
                    let doubt = self.is_trusting(principal, service, &target.arn)?;
                    condition = and(condition, doubt.as_deref());
                }
                (Fact::Principal(principal), vec![scope])
            }
            (Gain::OnlyIn { service }, Some(user), _) => {
                (self.key_for_service(user, service)?, Vec::new())
            }
            (Gain::PoolRole, Some(role), _) => {
                let (scope, doubt) = self.pool_trust(role)?;
                condition = and(condition, doubt.as_deref());
                (Fact::Principal(role), vec![scope])
            }
            (Gain::Access { access }, _, Some(resource)) => {
                (Fact::Access(resource, (*access).into()), Vec::new())
            }
            _ => return None,
        };
        match entry.unless.map(|unless| self.ruling(unless, target)) {
            Some(Ruling::Out) => None,
            Some(Ruling::Open(reason)) => Some((fact, scopes, and(condition, Some(reason)))),
            Some(Ruling::In) | None => Some((fact, scopes, condition)),
        }
    }

    /// The ARN that a need asks about.
    fn arn(&self, need: &Need, account: TenantId, target: Option<&Target>) -> String {
        if need.arn == "*" {
            return NO_RESOURCE.to_owned();
        }
        let target = target.map_or("", |target| target.arn.as_str());
        let mut arn = need.arn.replace("{target}", target);
        if arn.contains('{') {
            for (place, part) in target.split([':', '/']).enumerate() {
                arn = arn.replace(&format!("{{{place}}}"), part);
            }
        }
        arn.replace("{account}", &self.inventory.tenants[account].identifier)
            .replace("{partition}", self.targets.partition(account))
            .replace("{any}", SEGMENT.encode_utf8(&mut [0; 4]))
    }

    /// The needs of which one is enough, where a need is on the paths above its target: a request for a path is decided
    /// on the path, written with or without a slash at its end, and answers with all that lies below.
    ///
    /// Source: Systems Manager User Guide, "How Parameter Store authorizes parameter retrieval".
    fn alternatives(&self, need: &Need, target: &Target) -> Vec<Need> {
        let with = |arn: &str| Need {
            arn: arn.to_owned(),
            ..need.clone()
        };
        if need.arn != "{path}" {
            return vec![need.clone()];
        }
        // Of a class some path may be any.
        if target.is_class {
            return vec![with("{target}")];
        }
        let is_below = target
            .what
            .is_some_and(|what| self.inventory.resources[what].name.starts_with('/'));
        let mut paths = Vec::new();
        let mut rest = target.arn.as_str();
        while let Some((above, _)) = rest.rsplit_once('/').filter(|_| is_below) {
            paths.push(with(&format!("{above}/")));
            if above.contains('/') {
                paths.push(with(above));
            }
            rest = above;
        }
        paths
    }

    /// The places where scopes were read, the most telling first: the statement, then what binds it.
    fn evidence(&self, scopes: &[ScopeId]) -> Vec<EvidenceId> {
        scopes
            .iter()
            .rev()
            .filter_map(|&scope| self.inventory.scopes[scope].evidence.first().copied())
            .collect()
    }

    fn step(
        &mut self,
        needs: &[Fact],
        gain: Fact,
        technique: TechniqueId,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) {
        self.step_at(None, needs, gain, technique, scopes, condition);
    }

    /// A step on a target, which is evidence too: that it exists.
    fn step_on(
        &mut self,
        target: Option<&Target>,
        needs: &[Fact],
        gain: Fact,
        technique: TechniqueId,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) {
        let place = target.and_then(|target| target.evidence);
        self.step_at(place, needs, gain, technique, scopes, condition);
    }

    /// A step that rests on a place besides its scopes; where nothing tells of it, on that of who holds what it needs.
    fn step_at(
        &mut self,
        place: Option<EvidenceId>,
        needs: &[Fact],
        gain: Fact,
        technique: TechniqueId,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) {
        let controls: Vec<Control> = scopes.iter().map(|&scope| Control::Scope(scope)).collect();
        let mut evidence = self.evidence(scopes);
        evidence.extend(place);
        if evidence.is_empty() {
            let mut facts = needs.iter().chain([&gain]);
            evidence.extend(facts.find_map(|&fact| self.place(fact)));
        }
        if matches!(gain, Fact::Act(_)) && !self.places.contains_key(&gain) {
            let place = place.or_else(|| needs.iter().find_map(|&need| self.place_of_all(need)));
            self.places.extend(place.map(|place| (gain, place)));
        }
        self.derivation.steps.add(NewStep {
            needs,
            gain,
            technique,
            controls: &controls,
            evidence: &evidence,
            condition,
        });
    }

    /// Where that was read which a fact shares with others that lead to one act: no one of them is meant.
    fn place_of_all(&self, fact: Fact) -> Option<EvidenceId> {
        match fact {
            Fact::Principal(id) | Fact::Right(id, _) => {
                let account = self.inventory.principals[id].tenant?;
                self.targets.place(account)
            }
            _ => self.place(fact),
        }
    }

    /// Where a fact was read.
    fn place(&self, fact: Fact) -> Option<EvidenceId> {
        let evidence = match fact {
            Fact::Principal(id) | Fact::Right(id, _) => &self.inventory.principals[id].evidence,
            Fact::Credential(id) => &self.inventory.credentials[id].evidence,
            Fact::Exposure(id) => &self.inventory.exposures[id].evidence,
            Fact::Access(id, _) | Fact::AtLeast(id, _) => &self.inventory.resources[id].evidence,
            Fact::Act(_) => return self.places.get(&fact).copied(),
            Fact::Anyone | Fact::Leftover(..) => return None,
        };
        evidence.first().copied()
    }

    /// The act of doing `action` in an area, as some principal of an account; its holders lead to it.
    fn act(&mut self, action: ActionId, account: TenantId, area: AreaId) -> Fact {
        self.act_signed(action, account, area, None)
    }

    /// The same, only signed so; `None`: with whatever.
    fn act_signed(
        &mut self,
        action: ActionId,
        account: TenantId,
        area: AreaId,
        signing: Option<Signing>,
    ) -> Fact {
        let mut target = format!(
            "{} as a principal of {}",
            self.rights.area(area).describe(),
            self.inventory.tenants[account].identifier
        );
        if let Some(signing) = signing {
            target += ", ";
            target += signing.words();
        }
        let subject = self
            .derivation
            .steps
            .subject(self.actions.name(action), &target);
        let act = Fact::Act(subject);
        if self.holders.is_first_use(action, account, area, signing) {
            self.read_in(act, account);
            for holding in self.holders.of(action, account, area).to_vec() {
                let facts: Vec<Fact> = match signing {
                    None => vec![self.fact_of(holding.holder)],
                    _ => {
                        let signers = self.signers_with(holding.holder, signing);
                        signers.into_iter().map(|(fact, _)| fact).collect()
                    }
                };
                for fact in facts {
                    self.step(
                        &[fact],
                        act,
                        self.hold,
                        &holding.scopes,
                        holding.condition.as_deref(),
                    );
                }
            }
        }
        act
    }

    /// Says of an act that it is one of an account, and no more.
    fn read_in(&mut self, act: Fact, account: TenantId) {
        let place = self.targets.place(account);
        self.places.extend(place.map(|place| (act, place)));
    }

    /// Whether some export of the issuer's own side says who bears its tokens.
    fn is_told(&self, provider: &str) -> bool {
        let issuer = provider.split_once(":oidc-provider/");
        let issuer = issuer.map_or(provider, |(_, issuer)| issuer);
        let has_bearers =
            self.inventory.scopes.iter().any(
                |scope| matches!(&scope.terms, Terms::Bears { issuer: own, .. } if own == issuer),
            );
        let mut tenants = self.inventory.tenants.iter();
        let is_github = issuer == crate::platforms::github::ISSUER;
        has_bearers || is_github && tenants.any(|tenant| tenant.platform == "github")
    }

    /// What AWS exports do not tell, or what is not followed.
    fn gaps(&mut self, catalogue: &Catalogue) {
        for not_followed in &catalogue.not_followed {
            let action = self.actions.id(&not_followed.action, None);
            let holders = self.holders.count(action);
            if holders > 0 {
                self.derivation.gaps.push(CoverageGap {
                    subject: not_followed.action.clone(),
                    text: format!(
                        "{holders} principals may use it; it {}; where that leads is not followed",
                        not_followed.why
                    ),
                    remedy: String::new(),
                });
            }
        }
        let mut outside: std::collections::BTreeMap<String, u64> =
            std::collections::BTreeMap::new();
        for scope in self.inventory.scopes.iter() {
            let (Terms::Trust { statement, .. } | Terms::ResourcePolicy { statement, .. }) =
                &scope.terms
            else {
                continue;
            };
            let Some(clause) = &statement.principals else {
                continue;
            };
            for caller in callers(self.inventory, clause) {
                let name = match caller {
                    Caller::Federated(provider) if self.is_told(&provider) => format!(
                        "federated sign-in through {provider}, by others than those whose exports are read"
                    ),
                    Caller::Federated(provider) => format!("federated sign-in through {provider}"),
                    Caller::Unresolved(name) => format!("the outside principal {name}"),
                    Caller::Account(account)
                        if self
                            .inventory
                            .tenant_by_key(&format!("aws:account:{account}"))
                            .is_none() =>
                    {
                        format!("the outside account {account}")
                    }
                    _ => continue,
                };
                *outside.entry(name).or_default() += 1;
            }
        }
        for (name, count) in outside {
            self.derivation.gaps.push(CoverageGap {
                subject: name,
                text: format!("{count} policy statements let it in; who stands behind it is in no export that is read"),
                remedy: "add the export of that side where there is one".to_owned(),
            });
        }
        for tenant in self.targets.accounts() {
            let account = &self.inventory.tenants[tenant];
            let (text, remedy) = if account.hierarchy.is_member {
                (
                    "session policies that callers pass and grants of KMS keys are not read: they may change what is shown here",
                    "",
                )
            } else {
                (
                    "service and resource control policies, session policies that callers pass and grants of KMS keys are not read: they may change what is shown here",
                    "add the exports of the organisation, if the account is in one",
                )
            };
            self.derivation.gaps.push(CoverageGap {
                subject: account.display(),
                text: text.to_owned(),
                remedy: remedy.to_owned(),
            });
        }
    }

    /// Whether two places are in one account.
    fn is_of(&self, principal: PrincipalId, account: TenantId) -> bool {
        self.inventory.principals[principal].tenant == Some(account)
    }
}
