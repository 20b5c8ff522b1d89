//! What a control is: a credential, a place, or a scope of each kind. A new kind of scope is named here, and is taken away
//! in `fixes.rs` and `breaks.rs`.

use super::{Words, quoted, visible};
use crate::inventory::{EvidenceId, PrincipalId, ResourceId, ScopeId, Statement, Terms};
use crate::pattern;
use crate::steps::{Control, ControlId};

/// Why a step is possible: a control, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Because {
    /// What it is.
    pub(crate) text: String,
    /// Where it was read: `path:line`.
    pub(crate) place: Option<String>,
}

impl Words<'_> {
    /// What a control is, and where it was first read.
    pub(crate) fn because(&self, id: ControlId) -> Because {
        Because {
            text: self.control(id),
            place: self.control_evidence(id).map(|place| self.place(place)),
        }
    }

    /// What a control is: `statement ``Sid`` of policy ``x```.
    pub(crate) fn control(&self, id: ControlId) -> String {
        match self.steps.controls[id] {
            Control::Credential(credential)
            | Control::Chance(credential, _)
            | Control::Split(credential) => self.credential(credential),
            Control::Exposure(exposure) => self.exposure(exposure),
            Control::Scope(scope) => self.scope(scope),
        }
    }

    fn scope(&self, id: ScopeId) -> String {
        let scope = &self.inventory.scopes[id];
        let policy = |policy| quoted(&self.inventory.policies[policy].name);
        match &scope.terms {
            Terms::Statement {
                policy: of,
                statement,
            } => {
                format!(
                    "statement {} of policy {}",
                    statement_name(statement, &scope.name),
                    policy(*of)
                )
            }
            Terms::Attachment {
                policy: of,
                principal,
                is_inline,
            } => {
                let kind = if *is_inline {
                    "inline policy"
                } else {
                    "policy"
                };
                format!("{kind} {} on {}", policy(*of), self.principal(*principal))
            }
            Terms::Version {
                version,
                policy: of,
            } => format!("version {} of policy {}", policy(*version), policy(*of)),
            Terms::Boundary {
                policy: of,
                principal,
            } => {
                format!("boundary {} of {}", policy(*of), self.principal(*principal))
            }
            Terms::Guardrail {
                policy: of, tenant, ..
            } => format!(
                "guardrail {} on {}",
                policy(*of),
                visible(&self.inventory.tenants[*tenant].display())
            ),
            Terms::Membership { member, group } => {
                format!(
                    "membership of {} in {}",
                    self.principal(*member),
                    self.principal(*group)
                )
            }
            Terms::Trust {
                principal,
                statement,
            } => {
                format!(
                    "trust {} of {}",
                    statement_name(statement, &scope.name),
                    self.principal(*principal)
                )
            }
            Terms::ResourcePolicy {
                resource,
                statement,
            } => format!(
                "statement {} of the policy of {}",
                statement_name(statement, &scope.name),
                self.resource(*resource)
            ),
            Terms::RunsAs {
                resource,
                principal,
            } => {
                format!(
                    "{} runs as {}",
                    self.resource(*resource),
                    self.principal(*principal)
                )
            }
            Terms::Deploys { resource, .. } => {
                format!("the targets of {}", self.resource(*resource))
            }
            Terms::Session { giver, role, .. } => {
                format!("{} in {}", self.principal(*role), self.resource(*giver))
            }
            Terms::Anchor { anchor, .. } => self.resource(*anchor),
            Terms::Drives { driver, driven } => {
                format!(
                    "{} drives {}",
                    self.principal(*driver),
                    self.principal(*driven)
                )
            }
            Terms::Software {
                principal,
                software,
                ..
            } => format!(
                "{} starts as {}",
                self.principal(*principal),
                quoted(software)
            ),
            Terms::Approval { agent } => format!(
                "{} acts without approval ({})",
                self.principal(*agent),
                visible(&scope.name)
            ),
            Terms::Grant {
                principal,
                resource,
                access,
                ..
            } => format!(
                "{} access of {} to {}",
                access.name(),
                self.principal(*principal),
                self.resource(*resource)
            ),
            Terms::Rule { role, .. } => {
                format!("rule {} of role {}", quoted(&scope.name), policy(*role))
            }
            Terms::Binding {
                role,
                subject,
                namespace,
            } => format!(
                "binding {} of role {} to {}{}",
                quoted(&scope.name),
                policy(*role),
                self.principal(*subject),
                in_namespace(namespace.as_deref())
            ),
            Terms::Mapping { from, to } => format!(
                "{} is taken for {}",
                self.principal(*from),
                self.principal(*to)
            ),
            Terms::Runs { workload, .. } => format!("manifest of {}", self.principal(*workload)),
            Terms::Permission {
                holder, on, name, ..
            } => format!(
                "permission {} of {} on {}",
                quoted(name),
                self.principal(*holder),
                self.permitted(*holder, *on)
            ),
            Terms::Bears {
                principal,
                issuer,
                subject,
                ..
            } => format!(
                "tokens of {} with subject {} for {}",
                quoted(issuer),
                quoted(&pattern::shown(subject)),
                self.principal(*principal)
            ),
            Terms::Stated => format!("grant {}", quoted(&scope.name)),
        }
    }

    /// What a permission is on: one resource, or all of the tenant of who holds it.
    pub(crate) fn permitted(&self, holder: PrincipalId, on: Option<ResourceId>) -> String {
        match (on, self.inventory.principals[holder].tenant) {
            (Some(resource), _) => self.resource(resource),
            (None, Some(tenant)) => {
                let name = self.inventory.tenants[tenant].display();
                format!("all of {}", visible(&name))
            }
            (None, None) => "all that it can see".to_owned(),
        }
    }

    /// The first place where a control was read.
    pub(crate) fn control_evidence(&self, id: ControlId) -> Option<EvidenceId> {
        self.steps.controls[id]
            .evidence(self.inventory)
            .first()
            .copied()
    }

    /// The stable key of a control, as machines see it: `scope:…`, `credential:…`, `exposure:…`, `shorten:…h:…`,
    /// `federate:…`, `move:…`, `split:…`. Not made visible.
    pub(crate) fn control_key(&self, id: ControlId) -> String {
        self.steps.controls[id].key(self.inventory)
    }

    /// The stable name of a control's kind.
    pub(crate) fn control_kind(&self, id: ControlId) -> &'static str {
        match self.steps.controls[id] {
            Control::Credential(_) => "credential",
            Control::Exposure(_) => "exposure",
            Control::Chance(_, lowering) => lowering.name(),
            Control::Split(_) => "split",
            Control::Scope(scope) => self.inventory.scopes[scope].kind(),
        }
    }
}

/// Where a role is bound, to be appended.
pub(super) fn in_namespace(namespace: Option<&str>) -> String {
    namespace.map_or_else(String::new, |name| {
        format!(" in namespace {}", quoted(name))
    })
}

/// What a statement is called: by its own name, else by that of its scope.
pub(super) fn statement_name(statement: &Statement, scope_name: &str) -> String {
    quoted(statement.sid.as_deref().unwrap_or(scope_name))
}
