//! Rules that make steps from inventory and rights: one file or folder per platform or subject, all in [`RULES`].
//!
//! A rule that wants something of a platform asks `platforms`; a rule that joins platforms stands here as well.

mod agents;
mod aws;
mod credentials;
mod exposures;
mod federation;
mod github;
mod grants;
mod kubernetes;
mod ladder;
mod listed;
mod okta;
mod stated;

pub use listed::Row;

use listed::Listed;

use crate::inventory::{CoverageGap, CredentialKind, Inventory, PrincipalId};
use crate::steps::{Fact, Steps, StepsBuilder};
use rustc_hash::FxHashSet;

/// A rule.
pub struct Rule {
    /// Its name, which is its file's.
    pub id: &'static str,
    /// What it makes steps of.
    pub about: &'static str,
    derive: fn(&mut Derivation<'_>),
}

/// Every rule, in the order in which they add steps: the ladder is last, since it speaks of access that others gain.
pub static RULES: &[Rule] = &[
    credentials::RULE,
    exposures::RULE,
    stated::RULE,
    aws::RULE,
    kubernetes::RULE,
    agents::RULE,
    github::RULE,
    okta::RULE,
    grants::RULE,
    federation::RULE,
    ladder::RULE,
];

/// Techniques that are declared in code, by rule.
static LISTED: &[&[&Listed]] = &[
    credentials::TECHNIQUES,
    exposures::TECHNIQUES,
    agents::TECHNIQUES,
    github::TECHNIQUES,
    kubernetes::TECHNIQUES,
    okta::TECHNIQUES,
    grants::TECHNIQUES,
    federation::TECHNIQUES,
    ladder::TECHNIQUES,
];

fn listed() -> impl Iterator<Item = &'static Listed> {
    let all = LISTED.iter().chain(aws::TECHNIQUES);
    all.flat_map(|of| of.iter().copied())
}

/// Every technique that steps can be made by, in order of platform and id: what is declared in code, and the catalogue of
/// AWS. Steps that an export states outright are called as it calls them.
pub fn table() -> Vec<Row> {
    let mut rows: Vec<Row> = listed().map(Row::from).collect();
    rows.extend(aws::table());
    rows.sort_unstable_by(|a, b| (&a.platform, &a.id).cmp(&(&b.platform, &b.id)));
    rows
}

/// What rules work on.
struct Derivation<'i> {
    inventory: &'i Inventory,
    steps: StepsBuilder,
    gaps: Vec<CoverageGap>,
    /// Principals whose rights depend on the credential with which one acts as them.
    told_apart: FxHashSet<PrincipalId>,
}

impl Derivation<'_> {
    /// Acting as a principal with a credential of that kind; `None`: with any, of which nothing is known.
    fn acting(&mut self, principal: PrincipalId, kind: Option<CredentialKind>) -> Fact {
        if !self.told_apart.contains(&principal) {
            return Fact::Principal(principal);
        }
        let signing = match kind {
            Some(CredentialKind::AccessKey) => aws::Signing::AccessKey,
            _ => aws::Signing::Otherwise,
        };
        aws::signed(&mut self.steps, principal, signing)
    }
}

/// The actions that a technique asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actions {
    /// Those of its requests.
    pub always: Vec<String>,
    /// What is asked besides where its target is encrypted.
    pub of_key: Option<String>,
    /// Whether every action is asked, and one of these at least.
    pub is_everything: bool,
}

/// The actions that a technique asks for, where it is one of a catalogue; else none.
pub fn actions(technique: &str) -> Actions {
    aws::actions(technique)
}

/// Actions that decide by a workload's right to them whether a technique is open on it: no step says by which statement.
pub fn deciding() -> &'static [&'static str] {
    aws::DECIDING
}

/// Pairs of actions: what the first opens is left out where one statement allows both, since the second reaches further.
pub fn outreached() -> Vec<(&'static str, &'static str)> {
    aws::outreached()
}

/// All steps of an inventory, and what is not covered.
///
/// First the inventory is completed: with a class for every set of resources that rights speak of and no export lists,
/// with a resource for every account of AWS, and with a place for what each agent reads that others write.
pub fn derive(inventory: &mut Inventory) -> (Steps, Vec<CoverageGap>) {
    agents::add_inputs(inventory);
    aws::add_classes(inventory);
    aws::add_accounts(inventory);
    aws::add_federations(inventory);
    aws::add_new_roles(inventory);
    github::complete(inventory);
    kubernetes::complete(inventory);
    okta::complete(inventory);
    let mut derivation = Derivation {
        inventory,
        steps: StepsBuilder::new(),
        gaps: Vec::new(),
        told_apart: aws::told_apart(inventory),
    };
    for rule in RULES {
        (rule.derive)(&mut derivation);
    }
    derivation.gaps.sort_unstable();
    derivation.gaps.dedup();
    (derivation.steps.build(), derivation.gaps)
}
