//! A fix as an edit of a statement: which document, and what becomes of it, as a JSON Patch (RFC 6902).
//!
//! An edit is told where applying it leaves exactly what the fix says: exports with the edit, analysed again, reach less
//! by the gain. Where that cannot be promised there is none:
//!
//! - of a document that only its vendor can change, and of the last statement of what must have a policy;
//! - of a statement that also limits somebody, or that decides by itself whether a technique is open on a workload:
//!   more is taken away than is counted;
//! - of a statement that others are read together with, and of one that keeps a bucket closed by making it public: with
//!   it something may open.

use super::candidates::Narrowing;
use crate::inventory::{
    Condition, EvidenceId, Inventory, PolicyId, PrincipalId, ResourceId, Scope, ScopeId, Statement,
    Terms,
};
use crate::platforms::aws::{action_matches, restricts_choice};
use crate::steps::Control;
use crate::techniques;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

/// What becomes of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where the statement was read.
    pub evidence: EvidenceId,
    /// The pointer of the policy document in its file.
    pub document: String,
    /// Whether the document is a string there: the operations are on what it decodes to.
    pub is_in_text: bool,
    /// What is done, one after the other; paths begin at the document.
    pub operations: Vec<Operation>,
}

/// An operation of a JSON Patch, written as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    /// What is there must be that text: else the document is another than the one that was read.
    Test {
        /// Pointer in the document.
        path: String,
        /// The text.
        value: String,
    },
    /// It is removed.
    Remove {
        /// Pointer in the document.
        path: String,
    },
    /// It becomes a list.
    Replace {
        /// Pointer in the document.
        path: String,
        /// The list.
        value: Vec<String>,
    },
    /// It comes there.
    Add {
        /// Pointer in the document.
        path: String,
        /// What comes.
        value: serde_json::Value,
    },
}

/// The edits that fixes of an inventory are.
#[derive(Debug)]
pub struct Edits<'i> {
    inventory: &'i Inventory,
    /// Policies that limit somebody.
    limiting: FxHashSet<PolicyId>,
    /// Principals that workloads run as.
    workloads: FxHashSet<PrincipalId>,
    /// Their policies.
    of_workloads: FxHashSet<PolicyId>,
    /// The statements of each trust: how many there are, and how many of them name a provider.
    trusts: FxHashMap<PrincipalId, (usize, usize)>,
    /// How many statements restrict what a caller chooses.
    choosing: usize,
    /// How many statements the own policy of each resource has.
    own: FxHashMap<ResourceId, usize>,
}

/// The type of what cannot be without a policy.
///
/// Source: KMS Developer Guide, "Key policies in AWS KMS": "Every KMS key must have exactly one key policy."
const KEY: &str = "kms:key";

impl<'i> Edits<'i> {
    /// Takes time linear in scopes.
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut edits = Self {
            inventory,
            limiting: FxHashSet::default(),
            workloads: FxHashSet::default(),
            of_workloads: FxHashSet::default(),
            trusts: FxHashMap::default(),
            choosing: 0,
            own: FxHashMap::default(),
        };
        let runs_as = |scope: &Scope| match scope.terms {
            Terms::RunsAs { principal, .. } => Some(principal),
            _ => None,
        };
        edits.workloads = inventory.scopes.iter().filter_map(runs_as).collect();
        for scope in inventory.scopes.iter() {
            if let Terms::Statement { statement, .. }
            | Terms::Trust { statement, .. }
            | Terms::ResourcePolicy { statement, .. } = &scope.terms
            {
                edits.choosing += usize::from(restricts_choice(&statement.conditions));
            }
            match &scope.terms {
                Terms::Boundary { policy, .. } | Terms::Guardrail { policy, .. } => {
                    edits.limiting.insert(*policy);
                }
                Terms::Trust {
                    principal,
                    statement,
                } => {
                    let (all, of_providers) = edits.trusts.entry(*principal).or_default();
                    *all += 1;
                    *of_providers += usize::from(names(statement, "Federated"));
                }
                Terms::Session { policies, .. } => edits.limiting.extend(policies),
                Terms::Attachment {
                    policy, principal, ..
                } if edits.workloads.contains(principal) => {
                    edits.of_workloads.insert(*policy);
                }
                Terms::ResourcePolicy { resource, .. } => {
                    *edits.own.entry(*resource).or_default() += 1;
                }
                _ => {}
            }
        }
        edits
    }

    /// The edits that remove what `control` stands for, one for every place where it was read; none where there is no
    /// such edit.
    fn removing(&self, control: Control) -> Vec<Edit> {
        let Control::Scope(scope) = control else {
            return Vec::new();
        };
        if let Terms::Trust {
            principal,
            statement,
        } = &self.inventory.scopes[scope].terms
        {
            // Of a workload's role the service that runs it must be let in, by whichever statement; of several providers
            // one is taken.
            let (all, of_providers) = self.trusts.get(principal).copied().unwrap_or_default();
            let is_run = self.workloads.contains(principal);
            let is_deciding = is_run && (all == 1 || names(statement, "Service"));
            if is_deciding || (of_providers > 1 && names(statement, "Federated")) {
                return Vec::new();
            }
        }
        if let Terms::ResourcePolicy {
            resource,
            statement,
        } = &self.inventory.scopes[scope].terms
        {
            let is_key = self.inventory.resources[*resource].kind == KEY;
            let is_last = self.own.get(resource) == Some(&1);
            // Block Public Access keeps other accounts out of a bucket as long as its policy is public.
            let names_all = statement.principals.as_ref().is_none_or(|clause| {
                clause.is_negated || clause.entries.iter().any(|(_, value)| value == "*")
            });
            let is_closed = self.inventory.is_public_access_closed(*resource) == Some(true);
            if (is_key && is_last) || (names_all && is_closed) {
                return Vec::new();
            }
        }
        self.on_statement(scope, |path| match path.ends_with("/Statement") {
            // A statement that stands without its list.
            true => Operation::Replace {
                path: path.to_owned(),
                value: Vec::new(),
            },
            false => Operation::Remove {
                path: path.to_owned(),
            },
        })
    }

    /// Whether a statement may be narrowed by an edit.
    pub(super) fn may_narrow(&self, scope: ScopeId) -> bool {
        !self.narrowing(scope, &[]).is_empty()
    }

    /// The edits that leave a statement only these actions.
    fn narrowing(&self, scope: ScopeId, kept: &[String]) -> Vec<Edit> {
        self.on_statement(scope, |path| Operation::Replace {
            path: format!("{path}/Action"),
            value: kept.to_vec(),
        })
    }

    /// The edits that a candidate is.
    pub fn of(&self, control: Control, narrowing: Option<&Narrowing>) -> Vec<Edit> {
        match (control, narrowing) {
            (Control::Scope(scope), Some(narrowing)) => self.narrowing(scope, &narrowing.kept),
            (control, _) => self.removing(control),
        }
    }

    /// The scopes whose edits cannot be promised when all of these fixes are made, though each can alone: they would leave
    /// a key without a policy, or what runs with a role without anybody who is let in.
    pub fn clashing<'f>(
        &self,
        fixes: impl IntoIterator<Item = (Control, Option<&'f Narrowing>)>,
    ) -> FxHashSet<ScopeId> {
        // What is left of each scope; nothing where it is removed.
        let mut left: FxHashMap<ScopeId, Vec<&String>> = FxHashMap::default();
        for (control, narrowing) in fixes {
            let Control::Scope(scope) = control else {
                continue;
            };
            let kept = narrowing.map_or(&[] as &[String], |narrowing| &narrowing.kept);
            left.entry(scope)
                .and_modify(|left| left.retain(|one| kept.contains(one)))
                .or_insert_with(|| kept.iter().collect());
        }
        let removed = left.into_iter().filter(|(_, left)| left.is_empty());
        let mut of_keys: FxHashMap<ResourceId, Vec<ScopeId>> = FxHashMap::default();
        let mut of_roles: FxHashMap<PrincipalId, Vec<ScopeId>> = FxHashMap::default();
        for (scope, _) in removed {
            match self.inventory.scopes[scope].terms {
                Terms::ResourcePolicy { resource, .. }
                    if self.inventory.resources[resource].kind == KEY =>
                {
                    of_keys.entry(resource).or_default().push(scope);
                }
                Terms::Trust { principal, .. } if self.workloads.contains(&principal) => {
                    of_roles.entry(principal).or_default().push(scope);
                }
                _ => {}
            }
        }
        of_keys.retain(|key, scopes| self.own.get(key) == Some(&scopes.len()));
        of_roles.retain(|role, scopes| {
            let trusts = self.trusts.get(role);
            trusts.is_some_and(|(all, _)| *all == scopes.len())
        });
        let all = of_keys.into_values().chain(of_roles.into_values());
        all.flatten().collect()
    }

    /// The edits that make another statement of one: with other resources, or one condition more; none where nothing or
    /// something else is other.
    pub fn tightening(&self, scope: ScopeId, new: &Statement) -> Vec<Edit> {
        let (Terms::Statement { statement: old, .. }
        | Terms::Trust { statement: old, .. }
        | Terms::ResourcePolicy { statement: old, .. }) = &self.inventory.scopes[scope].terms
        else {
            return Vec::new();
        };
        if old.resources != new.resources {
            let kept = new.resources.iter().flat_map(|clause| &clause.values);
            let kept: Vec<String> = kept.cloned().collect();
            return self.on_statement(scope, |path| Operation::Replace {
                path: format!("{path}/Resource"),
                value: kept.clone(),
            });
        }
        match new.conditions.strip_prefix(old.conditions.as_slice()) {
            Some([added]) => self.on_statement(scope, |path| adding(path, &old.conditions, added)),
            _ => Vec::new(),
        }
    }

    /// The edits that do something to a statement; `operation` is given its pointer.
    fn on_statement(&self, scope: ScopeId, operation: impl Fn(&str) -> Operation) -> Vec<Edit> {
        let row = &self.inventory.scopes[scope];
        let statement = match &row.terms {
            Terms::Statement { policy, statement } => {
                let is_vendors = self.inventory.policies[*policy].tenant.is_none();
                let is_deciding = self.of_workloads.contains(policy)
                    && techniques::deciding()
                        .iter()
                        .any(|action| action_matches(&statement.actions, action));
                if is_vendors || is_deciding || self.limiting.contains(policy) {
                    return Vec::new();
                }
                statement
            }
            Terms::Trust { statement, .. } | Terms::ResourcePolicy { statement, .. } => statement,
            _ => return Vec::new(),
        };
        // What is asked of one choice by several statements is not decided between them: with one less it may be.
        if self.choosing > 1 && restricts_choice(&statement.conditions) {
            return Vec::new();
        }
        let edit = |&evidence: &EvidenceId| {
            let place = &self.inventory.evidence[evidence];
            let (document, path) = split(&place.pointer)?;
            let test = statement.sid.as_ref().map(|sid| Operation::Test {
                path: format!("{path}/Sid"),
                value: sid.clone(),
            });
            Some(Edit {
                evidence,
                document: document.to_owned(),
                is_in_text: place.is_in_text,
                operations: test.into_iter().chain([operation(path)]).collect(),
            })
        };
        let edits: Option<Vec<Edit>> = row.evidence.iter().map(edit).collect();
        edits.unwrap_or_default()
    }
}

/// The operation that adds a condition to the statement at a pointer, which has those and none on its key.
fn adding(path: &str, conditions: &[Condition], added: &Condition) -> Operation {
    let values = serde_json::json!(added.values);
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let at = format!("{path}/Condition/{}", escaped(&added.operator));
    let (path, value) = if conditions.is_empty() {
        let operators = serde_json::json!({&added.operator: {&added.key: values}});
        (format!("{path}/Condition"), operators)
    } else if conditions.iter().any(|one| one.operator == added.operator) {
        (format!("{at}/{}", escaped(&added.key)), values)
    } else {
        (at, serde_json::json!({&added.key: values}))
    };
    Operation::Add { path, value }
}

/// Whether a statement names a principal of a type.
fn names(statement: &Statement, kind: &str) -> bool {
    let clauses = statement.principals.iter();
    let mut entries = clauses.flat_map(|clause| &clause.entries);
    entries.any(|(of, _)| of == kind)
}

/// The pointer of a document, and from there that of a statement.
fn split(pointer: &str) -> Option<(&str, &str)> {
    let at = pointer.rfind("/Statement")?;
    let (document, path) = pointer.split_at_checked(at)?;
    let rest = path.strip_prefix("/Statement")?;
    let is_statement = rest.is_empty()
        || rest
            .strip_prefix('/')
            .is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()));
    is_statement.then_some((document, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_cut_where_its_document_begins() {
        assert_eq!(
            split("/a/PolicyDocument/Statement/3"),
            Some(("/a/PolicyDocument", "/Statement/3"))
        );
        assert_eq!(split("/Statement"), Some(("", "/Statement")));
        for other in ["/a/Statement/3/Sid", "/a/Statements", "/a", ""] {
            assert_eq!(split(other), None, "{other}");
        }
    }
}
