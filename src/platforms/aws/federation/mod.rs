//! Federated trust: whom a role lets in that an identity provider outside AWS vouches for.
//!
//! The subject decides. Of an issuer that serves everybody (GitHub, GitLab.com, …) anyone can have a token for a name of
//! their own, so that a trust which does not fix the owner lets anyone in. Where the trust fixes it, or where the issuer
//! serves one organisation only, whoever bears such a subject is let in: an issuer and a pattern of subjects, which the
//! other side's export may answer.
//!
//! Not told by any export that is read, and taken for granted: that the provider exists in the account and accepts the
//! audience that the trust names.
//!
//! Source: IAM User Guide, "Available keys for AWS OIDC federation" and "Create a role for OpenID Connect federation";
//! "About security hardening with OpenID Connect" of GitHub Docs (read 2026-11).

mod issuers;

pub use issuers::bearer_kind;

use super::condition::{Context, Outcome, Session, open_keys, outcome};
use super::rights::action_matches;
use super::trust::{Caller, callers};
use crate::inventory::{Condition, Effect, Inventory, ScopeId, Statement, Terms};
use crate::pattern::{Pattern, SEGMENT, matches, overlap};
use issuers::{Audience, Issuer, NEW, Openness, shared};

/// The action that a token of an OpenID Connect provider is redeemed with.
pub const WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
/// The action that a SAML assertion is redeemed with.
pub const WITH_SAML: &str = "sts:AssumeRoleWithSAML";

/// Who is let in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entrant {
    /// Whoever signs up with the issuer.
    Anyone,
    /// Whoever bears a token of the issuer with such a subject.
    Bearer {
        /// The issuer without its scheme; for SAML the provider's ARN.
        issuer: String,
        /// The subjects, as a glob of `*` and `?`, exact in case.
        subject: String,
        /// The audience, where it tells the issuer's clients apart and is fixed.
        audience: Option<String>,
    },
}

/// One way into a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrance {
    /// The statement of the trust.
    pub scope: ScopeId,
    /// Who is let in.
    pub who: Entrant,
    /// By which action.
    pub action: &'static str,
    /// On what it hangs.
    pub condition: Option<String>,
}

/// What a statement asks of one claim: one of the patterns, or none of them.
struct Demand {
    patterns: Vec<String>,
    is_negated: bool,
}

/// What is asked of a token.
#[derive(Default)]
struct Asked {
    subject: Vec<Demand>,
    audience: Vec<Demand>,
    /// The same for the list of how the bearer signed in.
    methods: Vec<Demand>,
    /// Other claims that fix an owner: the claim and its values.
    owner: Vec<(String, Vec<String>)>,
    /// On what it hangs.
    doubts: Vec<String>,
    /// No token meets it.
    is_never: bool,
}

/// The operator of a condition on text: whether its values are globs, whether it is negated, whether a missing key meets it.
fn text_operator(operator: &str) -> Option<(bool, bool, bool)> {
    let lower = operator.to_ascii_lowercase();
    let (set, rest) = lower.split_once(':').unwrap_or(("", lower.as_str()));
    let (base, is_if_exists) = match rest.strip_suffix("ifexists") {
        Some(base) => (base, true),
        None => (rest, false),
    };
    let (is_glob, is_negated) = match base {
        "stringlike" | "arnlike" => (true, false),
        "stringnotlike" => (true, true),
        "stringequals" | "stringequalsignorecase" => (false, false),
        "stringnotequals" | "stringnotequalsignorecase" => (false, true),
        _ => return None,
    };
    // "ForAllValues returns true if there are no context keys in the request" (multivalued context keys).
    let is_met_without = is_if_exists || set == "forallvalues" || is_negated;
    Some((is_glob, is_negated, is_met_without))
}

impl Demand {
    /// `StringEquals` takes `*` and `?` as themselves, and neither subjects nor audiences hold them.
    fn new(condition: &Condition, is_glob: bool, is_negated: bool) -> Self {
        let possible = |value: &&String| is_glob || !value.contains(['*', '?']);
        Self {
            patterns: condition.values.iter().filter(possible).cloned().collect(),
            is_negated,
        }
    }
}

/// The claim of an issuer that a condition asks for.
fn claim<'c>(condition: &'c Condition, issuer: &str) -> Option<&'c str> {
    let (of, claim) = condition.key.rsplit_once(':')?;
    of.eq_ignore_ascii_case(issuer).then_some(claim)
}

impl Asked {
    /// Adds what a statement asks for. `denied`: it is what a Deny leaves.
    fn add(&mut self, conditions: &[Condition], issuer: &str, name: &str) {
        for condition in conditions {
            let Some(claim) = claim(condition, issuer) else {
                continue;
            };
            let claim = claim.to_ascii_lowercase();
            let open = || format!("`{}` in statement `{name}`", condition.key);
            let is_everywhere = claim == "sub" || claim == "aud";
            if condition.operator.eq_ignore_ascii_case("Null") && is_everywhere {
                // Every token has a subject and an audience (OpenID Connect Core 1.0, section 2).
                self.is_never |= condition
                    .values
                    .iter()
                    .all(|value| value.eq_ignore_ascii_case("true"));
                continue;
            }
            let Some((is_glob, is_negated, is_met_without)) = text_operator(&condition.operator)
            else {
                self.doubts.push(open());
                continue;
            };
            let demand = Demand::new(condition, is_glob, is_negated);
            if demand.patterns.is_empty() {
                self.is_never |= !is_negated;
                continue;
            }
            let fixes_owner = shared(issuer)
                .is_some_and(|known| known.owners.iter().any(|(owner, _)| *owner == claim));
            match claim.as_str() {
                "sub" => self.subject.push(demand),
                "aud" => self.audience.push(demand),
                "amr" => self.methods.push(demand),
                // Whether STS hands the claim on is not said of every claim: a condition that a missing one meets may
                // ask for nothing.
                _ if is_met_without => self.doubts.push(open()),
                _ if fixes_owner => self.owner.push((claim, demand.patterns)),
                _ => self.doubts.push(open()),
            }
        }
    }

    /// Turns a Deny into what it leaves; `false` where it leaves nothing.
    fn subtract(
        &mut self,
        statement: &Statement,
        issuer: &str,
        name: &str,
        context: &Context<'_>,
    ) -> bool {
        let (of_token, others): (Vec<Condition>, Vec<Condition>) = statement
            .conditions
            .iter()
            .cloned()
            .partition(|condition| claim(condition, issuer).is_some());
        let context = Context {
            effect: Some(Effect::Deny),
            ..*context
        };
        let doubt = format!("the Deny `{name}`");
        match outcome(&others, &context) {
            Outcome::NotMet => return true,
            Outcome::Open => {
                self.doubts.push(doubt);
                return true;
            }
            Outcome::Met => {}
        }
        let [only] = of_token.as_slice() else {
            let is_all = of_token.is_empty();
            if !is_all {
                self.doubts.push(doubt);
            }
            return !is_all;
        };
        let mut of_deny = Self::default();
        of_deny.add(std::slice::from_ref(only), issuer, name);
        // A Deny that no token meets denies nobody.
        if of_deny.is_never {
            return true;
        }
        if !of_deny.doubts.is_empty() || !of_deny.owner.is_empty() || !of_deny.methods.is_empty() {
            self.doubts.push(doubt);
        }
        let flipped = |demand: Demand| Demand {
            is_negated: !demand.is_negated,
            ..demand
        };
        self.subject
            .extend(of_deny.subject.into_iter().map(flipped));
        self.audience
            .extend(of_deny.audience.into_iter().map(flipped));
        true
    }
}

/// Every way into a role that the statements of its trust open to identities of providers outside AWS, in the order of
/// the statements.
pub fn entrances(inventory: &Inventory, trust: &[ScopeId]) -> Vec<Entrance> {
    let statements: Vec<(ScopeId, &Statement)> = trust
        .iter()
        .filter_map(|&scope| match &inventory.scopes[scope].terms {
            Terms::Trust { statement, .. } => Some((scope, statement)),
            _ => None,
        })
        .collect();
    let mut entrances = Vec::new();
    for &(scope, statement) in &statements {
        let Some(clause) = &statement.principals else {
            continue;
        };
        if statement.effect != Effect::Allow || clause.is_negated {
            continue;
        }
        for caller in callers(inventory, clause) {
            let Caller::Federated(provider) = caller else {
                continue;
            };
            let action = if provider.contains(":saml-provider/") {
                WITH_SAML
            } else {
                WITH_WEB_IDENTITY
            };
            if action_matches(&statement.actions, action) {
                through(
                    inventory,
                    &statements,
                    scope,
                    statement,
                    &provider,
                    action,
                    &mut entrances,
                );
            }
        }
    }
    entrances
}

/// The Denies of a trust that meet whoever comes from a provider.
fn denies<'s>(
    inventory: &Inventory,
    statements: &[(ScopeId, &'s Statement)],
    provider: &str,
    action: &str,
) -> Vec<(ScopeId, &'s Statement)> {
    let is_meant = |statement: &Statement| {
        let Some(clause) = &statement.principals else {
            return false;
        };
        let named = callers(inventory, clause);
        let is_named = named.iter().any(|caller| match caller {
            Caller::Anyone => true,
            Caller::Federated(other) => other == provider,
            _ => false,
        });
        is_named != clause.is_negated
    };
    statements
        .iter()
        .copied()
        .filter(|(_, statement)| {
            statement.effect == Effect::Deny
                && action_matches(&statement.actions, action)
                && is_meant(statement)
        })
        .collect()
}

/// The ways in through one provider that one statement names.
fn through(
    inventory: &Inventory,
    statements: &[(ScopeId, &Statement)],
    scope: ScopeId,
    statement: &Statement,
    provider: &str,
    action: &'static str,
    entrances: &mut Vec<Entrance>,
) {
    let issuer = provider
        .split_once(":oidc-provider/")
        .map_or(provider, |(_, issuer)| issuer);
    let name = inventory.scopes[scope].name.as_str();
    // "SAML:aud: the endpoint URL to which SAML assertions are presented" ("Available keys for SAML-based federation").
    let known: [(&str, &[&str]); 1] = [("SAML:aud", &["https://signin.aws.amazon.com/saml"])];
    let context = Context {
        session: Session::WebIdentity,
        action: Some(action),
        effect: Some(Effect::Allow),
        as_of: Some(inventory.as_of),
        known: &known,
        ..Context::default()
    };
    let others: Vec<Condition> = statement
        .conditions
        .iter()
        .filter(|condition| claim(condition, issuer).is_none())
        .cloned()
        .collect();
    let mut asked = Asked::default();
    match outcome(&others, &context) {
        Outcome::NotMet => return,
        Outcome::Open => asked.doubts.push(format!(
            "{} in statement `{name}`",
            open_keys(&others, &context)
        )),
        Outcome::Met => {}
    }
    asked.add(&statement.conditions, issuer, name);
    for (denying, deny) in denies(inventory, statements, provider, action) {
        let name = inventory.scopes[denying].name.as_str();
        if !asked.subtract(deny, issuer, name, &context) {
            return;
        }
    }
    if asked.is_never {
        return;
    }
    let mut emit = |who: Entrant, own: &[&str]| {
        let mut doubts: Vec<&str> = asked.doubts.iter().map(String::as_str).collect();
        doubts.extend(own);
        doubts.sort_unstable();
        doubts.dedup();
        entrances.push(Entrance {
            scope,
            who,
            action,
            condition: (!doubts.is_empty()).then(|| doubts.join("; ")),
        });
    };
    if let Some(known) = shared(issuer).filter(|_| action == WITH_WEB_IDENTITY)
        && let Some(doubts) = known.lets_anyone_in(&asked)
    {
        emit(Entrant::Anyone, &doubts);
        if doubts.is_empty() {
            return;
        }
    }
    let audiences = match shared(issuer) {
        Some(Issuer {
            audience: Audience::Chosen,
            ..
        }) => vec![("*".to_owned(), false)],
        _ => common(&asked.audience),
    };
    for (subject, is_vague) in common(&asked.subject) {
        let mut subjects = vec![subject.clone()];
        let mut beside = asked.owner.as_slice();
        // A claim beside the subject that fixes the owner stands for the whole of it.
        if subject == "*"
            && let Some(((claim, values), others)) = beside.split_first()
        {
            subjects = values
                .iter()
                .map(|value| format!("{claim}:{value}*"))
                .collect();
            beside = others;
        }
        // All others are asked too, and no bearer is known by them.
        let mut others: Vec<String> = Vec::new();
        let mut is_met = true;
        for (claim, values) in beside {
            match told_by_subject(&subject, claim) {
                Some(own) => is_met &= values.iter().any(|value| matches(value, own)),
                None => others.push(format!("`{issuer}:{claim}` in statement `{name}`")),
            }
        }
        if !is_met {
            continue;
        }
        for subject in subjects {
            for (audience, is_audience_vague) in &audiences {
                let is_vague = is_vague || *is_audience_vague;
                let mut doubts: Vec<&str> = others.iter().map(String::as_str).collect();
                if is_vague {
                    doubts.push("several conditions on one claim have a value in common");
                }
                let who = Entrant::Bearer {
                    issuer: issuer.to_owned(),
                    subject: subject.clone(),
                    audience: (audience != "*").then(|| audience.clone()),
                };
                emit(who, &doubts);
            }
        }
    }
}

/// The value of another claim that every token has whose subject is of that pattern, where the subject tells it.
///
/// Source: GitHub Docs, "OpenID Connect reference", "Example subject claims" (read 2026-11): `repo:OWNER/REPO:…`; behind an
/// `@` stand numbers, which are no part of these claims.
fn told_by_subject<'s>(subject: &'s str, claim: &str) -> Option<&'s str> {
    let whose = subject.strip_prefix("repo:")?;
    let value = match claim {
        "repository" => whose.split_once(':')?.0,
        "repository_owner" => whose.split_once('/')?.0,
        _ => return None,
    };
    (!value.contains(['*', '?', '@', '$'])).then_some(value)
}

impl Issuer {
    /// Whether somebody with nothing but an account of their own at the issuer meets all demands, and on what that hangs.
    fn lets_anyone_in(&self, asked: &Asked) -> Option<Vec<&'static str>> {
        let mut doubts = Vec::new();
        let mut wanted: Vec<&str> = Vec::new();
        for demand in &asked.subject {
            if demand.is_negated {
                self.avoid(demand, &mut doubts)?;
                continue;
            }
            let best = self.best(demand)?;
            if let (_, Openness::Doubtful(doubt)) = best {
                doubts.push(doubt);
            }
            let is_new = wanted
                .iter()
                .all(|other| !matches(best.0, other) && !matches(other, best.0));
            if is_new && !wanted.is_empty() {
                doubts.push("several conditions on the subject have a value in common");
            }
            wanted.push(best.0);
        }
        for (_, values) in &asked.owner {
            if !values.iter().any(|value| value.starts_with('*')) {
                return None;
            }
        }
        let fixed = asked.audience.iter().any(|demand| {
            !demand.is_negated && !demand.patterns.iter().any(|pattern| pattern == "*")
        });
        if self.audience == Audience::Names {
            let is_guest = self.has_guests
                && asked.methods.iter().all(|demand| {
                    demand
                        .patterns
                        .iter()
                        .any(|pattern| matches(pattern, "unauthenticated"))
                        != demand.is_negated
                });
            match (fixed, is_guest) {
                (true, false) => return None,
                // The pool's id is no secret: every page that uses it shows it.
                (true, true) => doubts.push("the identity pool lets guests in"),
                // Since 2024 STS is reported to refuse pools of other accounts where the trust names none; not read on
                // a page of AWS.
                (false, _) if self.has_guests => {
                    doubts.push("AWS STS takes identity pools of other accounts for this role");
                }
                (false, _) => {}
            }
        }
        doubts.sort_unstable();
        doubts.dedup();
        Some(doubts)
    }

    /// The most open pattern of a demand, if any is open at all.
    fn best<'d>(&self, demand: &'d Demand) -> Option<(&'d str, Openness)> {
        let rated = |pattern: &'d String| (pattern.as_str(), self.openness(pattern));
        let all = || demand.patterns.iter().map(rated);
        all()
            .find(|(_, openness)| *openness == Openness::Open)
            .or_else(|| all().find(|(_, openness)| *openness != Openness::Closed))
    }

    /// Whether somebody can have a subject that none of the patterns matches.
    fn avoid(&self, demand: &Demand, doubts: &mut Vec<&'static str>) -> Option<()> {
        let any = SEGMENT.to_string();
        for pattern in &demand.patterns {
            let covers = |form: &&str| {
                // The form as a text that only a wildcard matches where it is free.
                let text = form.replace("{new}", NEW).replace("{any}", &any);
                matches(pattern, &text)
            };
            if self.forms.iter().all(&covers) {
                return None;
            }
            if self.forms.iter().any(covers) {
                doubts.push("the Deny in the trust leaves a subject that anyone can have");
            }
        }
        Some(())
    }
}

/// The patterns that meet all demands on one claim, each with whether that is certain not to be empty.
fn common(demands: &[Demand]) -> Vec<(String, bool)> {
    let mut left = vec![("*".to_owned(), false)];
    for demand in demands {
        let mut next: Vec<(String, bool)> = Vec::new();
        for (one, is_vague) in &left {
            if demand.is_negated {
                let is_denied = demand.patterns.iter().any(|other| matches(other, one));
                let is_touched = demand
                    .patterns
                    .iter()
                    .any(|other| one != "*" && overlap(&Pattern::new(one), &Pattern::new(other)));
                if !is_denied {
                    next.push((one.clone(), *is_vague || is_touched));
                }
                continue;
            }
            for other in &demand.patterns {
                if matches(one, other) {
                    next.push((other.clone(), *is_vague));
                } else if matches(other, one) {
                    next.push((one.clone(), *is_vague));
                } else if overlap(&Pattern::new(one), &Pattern::new(other)) {
                    next.push((one.clone(), true));
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        left = next;
    }
    left
}
