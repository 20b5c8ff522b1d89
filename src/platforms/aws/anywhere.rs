//! IAM Roles Anywhere: which roles let the service in with certificates of a trust anchor.
//!
//! The service assumes the role, tags the session and sets its source identity, and the trust must allow all three. The
//! request names the anchor as its source; the tags come from the certificate, so that what a trust asks of them is open.
//!
//! Source: IAM Roles Anywhere User Guide, "The IAM Roles Anywhere trust model" and "Attribute mapping and trust policy"
//! (read 2026-11).

use super::condition::{Context, Outcome, open_keys, outcome};
use super::rights::action_matches;
use super::trust::{Caller, callers};
use crate::inventory::{Effect, Inventory, PrincipalClause, ScopeId, Statement, Terms};

/// Who assumes the role.
const SERVICE: &str = "rolesanywhere.amazonaws.com";

/// What the service does with a role: the trust must allow each. ("Role trusts")
pub const ANYWHERE_ACTIONS: [&str; 3] =
    ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredTrust {
    /// The statements of the trust, in order.
    pub scopes: Vec<ScopeId>,
    /// On what it hangs.
    pub condition: Option<String>,
}

fn names_service(inventory: &Inventory, clause: &PrincipalClause) -> bool {
    callers(inventory, clause)
        .iter()
        .any(|caller| matches!(caller, Caller::Service(name) if name == SERVICE))
}

/// Whether a trust allows the service anything.
pub fn trusts_anywhere(statement: &Statement) -> bool {
    let mut named = statement
        .principals
        .iter()
        .filter(|clause| !clause.is_negated)
        .flat_map(|clause| &clause.entries);
    statement.effect == Effect::Allow
        && action_matches(&statement.actions, "sts:AssumeRole")
        && named.any(|(kind, name)| kind == "Service" && name == SERVICE)
}

/// Whether a statement holds for the service's request, and the keys that are open.
fn holds(
    inventory: &Inventory,
    statement: &Statement,
    action: &str,
    (anchor, account): (&str, &str),
) -> (Outcome, String) {
    let (anchor, account) = ([anchor], [account]);
    let service = [SERVICE];
    let known: [(&str, &[&str]); 4] = [
        ("aws:SourceArn", &anchor),
        ("aws:SourceAccount", &account),
        ("aws:PrincipalIsAWSService", &["true"]),
        ("aws:PrincipalServiceName", &service),
    ];
    let [source_account] = account;
    let context = Context {
        action: Some(action),
        effect: Some(statement.effect),
        source_account: Some(source_account),
        as_of: Some(inventory.as_of),
        known: &known,
        ..Context::default()
    };
    let conditions = &statement.conditions;
    (
        outcome(conditions, &context),
        open_keys(conditions, &context),
    )
}

/// The statements that allow one action, each with on what it hangs; none where a Deny surely keeps the service out.
fn allowing(
    inventory: &Inventory,
    statements: &[(ScopeId, &Statement)],
    action: &str,
    source: (&str, &str),
) -> Vec<(ScopeId, Option<String>)> {
    let mut doubt: Option<String> = None;
    let mut allows = Vec::new();
    for &(scope, statement) in statements {
        let Some(clause) = &statement.principals else {
            continue;
        };
        if !action_matches(&statement.actions, action) {
            continue;
        }
        let is_named = names_service(inventory, clause);
        let is_everybody = callers(inventory, clause).contains(&Caller::Anyone);
        let is_meant = match statement.effect {
            // Whether `*` means services is not said: taken as not on an Allow, as meant on a Deny.
            Effect::Allow => is_named && !clause.is_negated,
            Effect::Deny => (is_named || is_everybody) != clause.is_negated,
        };
        if !is_meant {
            continue;
        }
        let (outcome, keys) = holds(inventory, statement, action, source);
        let name = &inventory.scopes[scope].name;
        match (statement.effect, outcome) {
            (_, Outcome::NotMet) => {}
            (Effect::Allow, Outcome::Met) => allows.push((scope, None)),
            (Effect::Allow, Outcome::Open) => {
                allows.push((scope, Some(format!("{keys} in statement `{name}`"))));
            }
            (Effect::Deny, Outcome::Met) => return Vec::new(),
            (Effect::Deny, Outcome::Open) => {
                let reason = format!("{keys} in the Deny `{name}`");
                doubt = Some(doubt.map_or(reason.clone(), |other| format!("{other}; {reason}")));
            }
        }
    }
    let both = |own: Option<String>| match (own, &doubt) {
        (Some(own), Some(doubt)) => Some(format!("{own}; {doubt}")),
        (own, doubt) => own.or_else(|| doubt.clone()),
    };
    let allows = allows.into_iter();
    allows.map(|(scope, own)| (scope, both(own))).collect()
}

/// The ways in which a role's `trust` lets the service in for whoever holds a certificate of `anchor`, an ARN of `account`.
pub fn anchored(
    inventory: &Inventory,
    trust: &[ScopeId],
    anchor: &str,
    account: &str,
) -> Vec<AnchoredTrust> {
    let statements: Vec<(ScopeId, &Statement)> = trust
        .iter()
        .filter_map(|&scope| match &inventory.scopes[scope].terms {
            Terms::Trust { statement, .. } => Some((scope, statement)),
            _ => None,
        })
        .collect();
    let mut ways = vec![(Vec::new(), Vec::new())];
    for action in ANYWHERE_ACTIONS {
        let allows = allowing(inventory, &statements, action, (anchor, account));
        ways = ways
            .into_iter()
            .flat_map(|way: (Vec<ScopeId>, Vec<String>)| {
                allows.iter().map(move |(scope, condition)| {
                    let (mut scopes, mut reasons) = way.clone();
                    scopes.push(*scope);
                    reasons.extend(condition.clone());
                    (scopes, reasons)
                })
            })
            .collect();
    }
    let mut anchored: Vec<AnchoredTrust> = Vec::new();
    for (mut scopes, mut reasons) in ways {
        scopes.sort_unstable();
        scopes.dedup();
        reasons.sort_unstable();
        reasons.dedup();
        let way = AnchoredTrust {
            scopes,
            condition: (!reasons.is_empty()).then(|| reasons.join("; ")),
        };
        if !anchored.contains(&way) {
            anchored.push(way);
        }
    }
    anchored
}
