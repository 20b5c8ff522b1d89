//! Who may make a request on a target: through its own account, through the target's own policy, or as anyone.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic": within one account
//! an identity policy or a resource policy that names the caller is enough; across accounts both are needed; a trust
//! policy is always needed and never trusts its own account by itself; an explicit Deny on either side wins.

use super::catalogue::{Need, On};
use super::encrypted::KEY;
use super::holders::{Holder, Holding};
use super::sessions::Signing;
use super::targets::Target;
use super::{Aws, Opening, and, unless_denied};
use crate::inventory::{
    Clause, Effect, Principal, PrincipalId, PrincipalKind, ScopeId, Statement, TenantId,
};
use crate::platforms::aws::{
    ActionId, Area, Asks, Caller, Outcome, Outsider, Part, Requester, Rights, Session, Signer,
    Verdict, asks_for_session, callers,
};
use crate::steps::Fact;

/// Where the caller is any of several principals, and the target's policy tells callers apart.
const UNNAMED: &str = "the target's own policy does not deny that caller";

/// Whom a target's own Denies are looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom<'w> {
    /// Only Denies that hold for every caller of that account.
    Everyone(TenantId),
    /// A caller whom no policy of the estate can name, let in by a statement.
    Outsider(Outsider, &'w Statement),
    /// That principal.
    One(Signer),
}

impl<'w> Whom<'w> {
    fn of(caller: Option<Signer>, account: TenantId) -> Self {
        caller.map_or(Self::Everyone(account), Self::One)
    }

    fn requester(self) -> Requester<'w> {
        match self {
            Self::Everyone(account) => Requester::Account(account, Session::Unknown),
            Self::Outsider(outsider, statement) => {
                Requester::Outsider(outsider, &statement.conditions)
            }
            Self::One(signer) => Requester::Signer(signer),
        }
    }
}

/// How a statement names a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming<'n> {
    /// By its ARN.
    Arn,
    /// By the ARN of a session of it: on what that hangs.
    Session(&'n str),
    /// As one of all, by a wildcard. What such a statement grants, a role's sessions are granted directly ("AWS JSON policy
    /// elements: Principal", "IAM role principals").
    Everyone,
}

impl<'n> Naming<'n> {
    fn doubt(self) -> Option<&'n str> {
        match self {
            Self::Session(doubt) => Some(doubt),
            Self::Arn | Self::Everyone => None,
        }
    }
}

/// What a target's own policy denies, and the resource control policies of its account.
pub(super) struct Guard {
    /// What the Denies that hold for every caller leave.
    area: Area,
    /// The same without resource control policies, which bind no service-linked role.
    own: Area,
    /// What of the caller some Deny depends on.
    asks: Asks,
}

impl Guard {
    /// Whether an area that some principals hold shares a name of `arn` with what is left.
    fn meets(&self, held: &Area, arn: &str) -> Verdict {
        held.meets(
            if held.is_service_linked {
                &self.own
            } else {
                &self.area
            },
            arn,
        )
    }
}

impl Aws<'_, '_, '_> {
    /// Every way to make the request that `need` asks for on `target`.
    pub(super) fn openings(
        &mut self,
        action: ActionId,
        need: &Need,
        target: &Target,
    ) -> Vec<Opening> {
        let arn = self.arn(need, target.account, Some(target));
        let guard = self.guard(action, target, Whom::Everyone(target.account));
        let is_role = need.on == On::Role && self.is_assuming(action);
        // Neither a role's trust nor a key's policy trusts its own account by itself ("Key policies in AWS KMS").
        let is_closed = is_role || need.on == On::Resource(KEY.to_owned());
        let mut openings = Vec::new();
        if !is_closed {
            self.through_account(
                action,
                target,
                &arn,
                target.account,
                &[],
                None,
                None,
                &guard,
                &mut openings,
            );
        }
        // The target's own policy counts only for what it is about: a trust policy for assuming the role.
        let is_own_policy_used = is_role || target.what.is_some();
        if is_own_policy_used {
            for scope in self.targets.policy(target) {
                if self.is_about(scope, Effect::Allow, action) {
                    self.through_statement(
                        action,
                        target,
                        &arn,
                        scope,
                        is_closed,
                        &guard,
                        &mut openings,
                    );
                    if is_role {
                        self.knowing_external_id(
                            action,
                            target,
                            &arn,
                            scope,
                            &guard,
                            &mut openings,
                        );
                    }
                }
            }
        }
        openings
    }

    fn is_assuming(&self, action: ActionId) -> bool {
        self.actions.name(action) == "sts:AssumeRole"
    }

    /// What the target's own Denies leave.
    ///
    /// Source: "Permissions boundaries for IAM entities": a Deny with `NotPrincipal` always denies a principal that has
    /// a boundary, whomever it lists.
    fn guard(&self, action: ActionId, target: &Target, whom: Whom<'_>) -> Guard {
        let mut guard = Guard {
            area: Area::everything(),
            own: Area::everything(),
            asks: Asks::Nothing,
        };
        for scope in self.targets.policy(target) {
            if !self.is_about(scope, Effect::Deny, action) {
                continue;
            }
            let Some((statement, clause)) = self.own_statement(scope) else {
                continue;
            };
            let named = callers(self.inventory, clause);
            let is_everyone = !clause.is_negated && named.contains(&Caller::Anyone);
            let mut doubt = None;
            let applies = match whom {
                _ if is_everyone => true,
                Whom::Everyone(_) => {
                    guard.asks = Asks::Principal;
                    false
                }
                Whom::Outsider(..) => clause.is_negated && !named.contains(&Caller::Anyone),
                Whom::One(Signer {
                    principal: caller, ..
                }) => {
                    let (is_named, session) = self.is_named(&named, caller);
                    if clause.is_negated {
                        let is_bounded = self.rights.is_bounded(caller);
                        if let (Some(name), false) = (&session, is_bounded) {
                            doubt = Some(format!("the session is named {name}"));
                        }
                        is_bounded || !is_named
                    } else {
                        if let (Some(name), false) = (&session, is_named) {
                            doubt = Some(format!("the session is not named {name}"));
                        }
                        is_named || session.is_some()
                    }
                }
            };
            guard.asks = guard.asks.max(Rights::asks(statement));
            if asks_for_session(&statement.conditions) {
                guard.asks = Asks::Principal;
            }
            let (outcome, keys) =
                self.rights
                    .statement_outcome(statement, whom.requester(), target.account, action);
            if !applies || outcome == Outcome::NotMet {
                continue;
            }
            if outcome == Outcome::Open {
                let name = &self.inventory.scopes[scope].name;
                doubt = and(doubt, Some(&format!("{keys} in the Deny `{name}`")));
            }
            let everything = || Clause {
                is_negated: false,
                values: vec!["*".to_owned()],
            };
            guard.own.denies.push(Part {
                effect: Effect::Deny,
                resources: statement.resources.clone().unwrap_or_else(everything),
                condition: doubt,
            });
        }
        guard.asks = guard
            .asks
            .max(self.rights.limit_asks(target.account, action));
        guard.area = self
            .rights
            .resource_limit(target.account, action, whom.requester());
        guard.area.denies.extend(guard.own.denies.iter().cloned());
        guard
    }

    /// What the target's own Denies and the resource control policies of its account leave one caller, who signs like
    /// that (`None`: any of several principals); and the doubt where the policy tells callers apart who are not.
    pub(super) fn left_to(
        &self,
        action: ActionId,
        target: &Target,
        caller: Option<Signer>,
    ) -> (Area, Option<&'static str>) {
        let guard = self.guard(action, target, Whom::of(caller, target.account));
        let is_unclear = caller.is_none() && guard.asks == Asks::Principal;
        (guard.area, is_unclear.then_some(UNNAMED))
    }

    /// Whether a caller is among those named, whatever its session; and the session by which it may be.
    fn is_named(&self, named: &[Caller], caller: PrincipalId) -> (bool, Option<String>) {
        // A limited session is named wherever its role is.
        let actor = self.rights.actor(caller);
        let is_named = named.iter().any(|one| match one {
            Caller::Anyone => true,
            Caller::Principal(id) => *id == actor,
            Caller::Account(account) => self.account_is(caller, account),
            _ => false,
        });
        let of_session = |one: &Caller| match one {
            Caller::Session(id, name) if *id == actor => Some(format!("`{name}`")),
            _ => None,
        };
        let mut sessions: Vec<String> = named.iter().filter_map(of_session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        (
            is_named,
            (!sessions.is_empty()).then(|| sessions.join(" or ")),
        )
    }

    fn account_is(&self, principal: PrincipalId, account: &str) -> bool {
        self.inventory.principals[principal]
            .tenant
            .is_some_and(|tenant| self.inventory.tenants[tenant].identifier == account)
    }

    /// Principals of `account` whose identity policies allow the request; `scopes` and `condition` are the other side's.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    fn through_account(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        account: TenantId,
        scopes: &[ScopeId],
        condition: Option<&str>,
        signing: Option<Signing>,
        guard: &Guard,
        openings: &mut Vec<Opening>,
    ) {
        let is_by_caller = guard.asks == Asks::Principal || self.is_by_caller;
        let spreading = match is_by_caller {
            true => None,
            false => self.spreading(action, account, target, arn),
        };
        let areas = match &spreading {
            Some((_, spreading, place)) => spreading.single(*place).to_vec(),
            None => self.holders.areas_for(action, account, arn),
        };
        if let Some((many, spreading, place)) = &spreading
            && spreading.is_in_block(*place)
            && let Some(reason) = unless_denied(guard.meets(&Area::everything(), arn))
        {
            openings.push(Opening {
                need: self.act_on_block(many, spreading, *place, signing),
                scopes: scopes.to_vec(),
                condition: and(reason, condition),
            });
        }
        for area in areas {
            if is_by_caller {
                let holdings = self.holders.of(action, account, area).to_vec();
                for (holding, (need, caller)) in self.each_signer(holdings, signing) {
                    let unnamed = caller.is_none().then_some(UNNAMED);
                    let personal = self.guard(action, target, Whom::of(caller, account));
                    let verdict = self.rights.area(area).meets(&personal.area, arn);
                    let Some(reason) = unless_denied(verdict) else {
                        continue;
                    };
                    let condition = and(and(reason, condition), holding.condition.as_deref());
                    let condition = and(condition, unnamed);
                    openings.push(Opening {
                        need,
                        scopes: holding.scopes.iter().chain(scopes).copied().collect(),
                        condition,
                    });
                }
                continue;
            }
            let verdict = guard.meets(self.rights.area(area), arn);
            let Some(reason) = unless_denied(verdict) else {
                continue;
            };
            let need = self.act_signed(action, account, area, signing);
            openings.push(Opening {
                need,
                scopes: scopes.to_vec(),
                condition: and(reason, condition),
            });
        }
    }

    /// Callers whom one Allow statement of the target's own policy names.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    pub(super) fn through_statement(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        scope: ScopeId,
        is_closed: bool,
        guard: &Guard,
        openings: &mut Vec<Opening>,
    ) {
        let Some((statement, clause)) = self.own_statement(scope) else {
            return;
        };
        if let Some(resources) = &statement.resources {
            let area = Area {
                allow: resources.clone(),
                ..Area::everything()
            };
            if area.admits(arn) == Verdict::Denied {
                return;
            }
        }
        let statement = statement.clone();
        let listed = callers(self.inventory, clause);
        // `Allow` with `NotPrincipal` lets in everybody else, and so whoever is outside.
        let excepted = if clause.is_negated {
            listed.as_slice()
        } else {
            &[]
        };
        let named = match clause.is_negated {
            true if listed.contains(&Caller::Anyone) => Vec::new(),
            true => vec![Caller::Anyone],
            false => listed.clone(),
        };
        for caller in named {
            match caller {
                Caller::Anyone => {
                    let (outside, is_refused) =
                        self.outsiders(action, target, arn, scope, &statement);
                    // Where an outsider may be refused, those whom the policy tells apart may not be.
                    let is_told_apart = guard.asks > Asks::Nothing && is_refused;
                    if is_told_apart || Rights::asks(&statement) > Asks::Nothing {
                        for id in self.callers_but(excepted) {
                            self.naming_one(
                                action,
                                target,
                                arn,
                                scope,
                                &statement,
                                id,
                                Naming::Everyone,
                                openings,
                            );
                        }
                    }
                    let Some(public) = self.public_access(target, &statement) else {
                        continue;
                    };
                    openings.extend(outside.into_iter().map(|condition| Opening {
                        need: Fact::Anyone,
                        scopes: vec![scope],
                        condition: and(condition, public),
                    }));
                }
                Caller::Account(account) => {
                    let key = format!("aws:account:{account}");
                    let Some(account) = self.inventory.tenant_by_key(&key) else {
                        continue;
                    };
                    // Within its own account a resource follows identity policies without being told to.
                    if account == target.account && !is_closed {
                        continue;
                    }
                    if account != target.account && self.keeps_others_out(target) {
                        continue;
                    }
                    if Rights::asks(&statement) == Asks::Principal {
                        self.one_by_one(action, target, arn, account, scope, &statement, openings);
                        continue;
                    }
                    let is_other = guard.asks == Asks::Account && account != target.account;
                    let of_account =
                        is_other.then(|| self.guard(action, target, Whom::Everyone(account)));
                    let signings = match asks_for_session(&statement.conditions) {
                        true => Signing::BOTH.map(Some).to_vec(),
                        false => vec![None],
                    };
                    for signing in signings {
                        let session = signing.map_or(Session::Unknown, Signing::session);
                        let caller = Requester::Account(account, session);
                        let Some(condition) =
                            self.condition(&statement, scope, target, action, caller)
                        else {
                            continue;
                        };
                        self.through_account(
                            action,
                            target,
                            arn,
                            account,
                            &[scope],
                            condition.as_deref(),
                            signing,
                            of_account.as_ref().unwrap_or(guard),
                            openings,
                        );
                    }
                }
                Caller::Principal(id) => {
                    for id in self.with_sessions(id) {
                        self.naming_one(
                            action,
                            target,
                            arn,
                            scope,
                            &statement,
                            id,
                            Naming::Arn,
                            openings,
                        );
                    }
                }
                Caller::Session(id, name) => {
                    let session = format!("the session is named `{name}`");
                    for id in self.with_sessions(id) {
                        self.naming_one(
                            action,
                            target,
                            arn,
                            scope,
                            &statement,
                            id,
                            Naming::Session(&session),
                            openings,
                        );
                    }
                }
                Caller::FederatedUser(account, named) => {
                    let of = (account, named.as_str());
                    self.naming_federated_user(
                        action, target, arn, scope, &statement, of, openings,
                    );
                }
                Caller::Service(_) | Caller::Federated(_) | Caller::Unresolved(_) => {}
            }
        }
    }

    /// A principal, and its sessions that are limited.
    fn with_sessions(&self, id: PrincipalId) -> Vec<PrincipalId> {
        let sessions = self.rights.sessions_of(id).iter().copied();
        std::iter::once(id).chain(sessions).collect()
    }

    /// Every way of signing of those who hold something.
    fn each_signer(
        &mut self,
        holdings: Vec<Holding>,
        signing: Option<Signing>,
    ) -> Vec<(Holding, (Fact, Option<Signer>))> {
        let mut each = Vec::new();
        for holding in holdings {
            for signer in self.signers_with(holding.holder, signing) {
                each.push((holding.clone(), signer));
            }
        }
        each
    }

    /// On what it hangs (`None`: nothing) that somebody outside makes the request, one for each way; none where nobody
    /// can. And whether some of them may be refused by a Deny.
    fn outsiders(
        &self,
        action: ActionId,
        target: &Target,
        arn: &str,
        scope: ScopeId,
        statement: &Statement,
    ) -> (Vec<Option<String>>, bool) {
        let mut ways = Vec::new();
        let mut is_refused = false;
        for outsider in Outsider::all(self.actions.name(action)) {
            let verdict = self
                .guard(action, target, Whom::Outsider(outsider, statement))
                .area
                .admits(arn);
            is_refused |= verdict != Verdict::Allowed;
            let caller = Requester::Outsider(outsider, &statement.conditions);
            let Some(condition) = self.condition(statement, scope, target, action, caller) else {
                continue;
            };
            let Some(reason) = unless_denied(verdict) else {
                continue;
            };
            ways.push(and(condition, reason.as_deref()));
        }
        ways.sort_unstable();
        ways.dedup();
        if ways.contains(&None) {
            ways.truncate(1);
        }
        (ways, is_refused)
    }

    /// Every user, role and limited session of the estate that is not excepted.
    fn callers_but(&self, excepted: &[Caller]) -> Vec<PrincipalId> {
        let is_caller = |principal: &Principal| {
            let is_acting = matches!(
                principal.kind,
                PrincipalKind::User | PrincipalKind::Role | PrincipalKind::Session
            );
            principal.platform == "aws" && is_acting && !principal.is_stub
        };
        self.inventory
            .principals
            .entries()
            .filter(|(_, principal)| is_caller(principal))
            .map(|(id, _)| id)
            .filter(|&id| self.is_named(excepted, id) == (false, None))
            .collect()
    }

    /// The condition of a statement for a caller: `None` when it does not hold, `Some(None)` when it surely does.
    pub(super) fn condition(
        &self,
        statement: &Statement,
        scope: ScopeId,
        target: &Target,
        action: ActionId,
        requester: Requester<'_>,
    ) -> Option<Option<String>> {
        let (outcome, keys) =
            self.rights
                .statement_outcome(statement, requester, target.account, action);
        match outcome {
            Outcome::NotMet => None,
            Outcome::Met => Some(None),
            Outcome::Open => Some(Some(format!(
                "{keys} in statement `{}`",
                self.inventory.scopes[scope].name
            ))),
        }
    }

    /// Principals of `account`, each looked at by itself because the statement asks who calls.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    fn one_by_one(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        account: TenantId,
        scope: ScopeId,
        statement: &Statement,
        openings: &mut Vec<Opening>,
    ) {
        for area in self.holders.areas_for(action, account, arn) {
            let holdings = self.holders.of(action, account, area).to_vec();
            for (holding, (need, caller)) in self.each_signer(holdings, None) {
                let requester = Whom::of(caller, account).requester();
                let Some(condition) = self.condition(statement, scope, target, action, requester)
                else {
                    continue;
                };
                let condition = and(condition, caller.is_none().then_some(UNNAMED));
                let personal = self.guard(action, target, Whom::of(caller, account));
                let verdict = self.rights.area(area).meets(&personal.area, arn);
                let Some(reason) = unless_denied(verdict) else {
                    continue;
                };
                openings.push(Opening {
                    need,
                    scopes: holding.scopes.iter().copied().chain([scope]).collect(),
                    condition: and(
                        and(condition, reason.as_deref()),
                        holding.condition.as_deref(),
                    ),
                });
            }
        }
    }

    /// A statement that names one principal.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    fn naming_one(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        scope: ScopeId,
        statement: &Statement,
        caller: PrincipalId,
        naming: Naming<'_>,
        openings: &mut Vec<Opening>,
    ) {
        for (fact, signed) in self.signings(caller) {
            let signer = Signer {
                principal: caller,
                session: signed,
            };
            self.naming_signer(
                action, target, arn, scope, statement, signer, fact, naming, openings,
            );
        }
    }

    /// A statement that names one principal, who signs with such a credential.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    fn naming_signer(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        scope: ScopeId,
        statement: &Statement,
        signer: Signer,
        fact: Fact,
        naming: Naming<'_>,
        openings: &mut Vec<Opening>,
    ) {
        let caller = signer.principal;
        let requester = Requester::Signer(signer);
        let Some(condition) = self.condition(statement, scope, target, action, requester) else {
            return;
        };
        let condition = and(condition, naming.doubt());
        let personal = self.guard(action, target, Whom::One(signer));
        if self.is_of(caller, target.account) {
            let direct = self
                .rights
                .admits_direct(signer, action, arn, naming != Naming::Arn);
            let (Some(own), Some(reason)) = (
                unless_denied(direct),
                unless_denied(personal.area.admits(arn)),
            ) else {
                return;
            };
            openings.push(Opening {
                need: fact,
                scopes: vec![scope],
                condition: and(and(condition, own.as_deref()), reason.as_deref()),
            });
            return;
        }
        if self.keeps_others_out(target) {
            return;
        }
        let Some(account) = self.inventory.principals[caller].tenant else {
            return;
        };
        for area in self.holders.areas_for(action, account, arn) {
            let holdings = self.holders.of(action, account, area).to_vec();
            for holding in holdings {
                let need = match holding.holder {
                    Holder::Principal(id) if id == caller => fact,
                    Holder::Signed(id, signing) if id == caller => match signing.session() {
                        of if of == signer.session => fact,
                        _ => continue,
                    },
                    // What is changed for a principal is not told apart by what signs.
                    _ if signer.session != Session::Unknown => continue,
                    other => match self.fact_as(other, caller) {
                        Some(need) => need,
                        None => continue,
                    },
                };
                let verdict = self.rights.area(area).meets(&personal.area, arn);
                let Some(reason) = unless_denied(verdict) else {
                    continue;
                };
                openings.push(Opening {
                    need,
                    scopes: holding.scopes.iter().copied().chain([scope]).collect(),
                    condition: and(
                        and(condition.clone(), reason.as_deref()),
                        holding.condition.as_deref(),
                    ),
                });
            }
        }
    }
}
