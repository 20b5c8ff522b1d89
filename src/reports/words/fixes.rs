//! What is done in a fix, as an order, and who can do it: of each kind of control.

use super::{Words, counted, in_namespace, quoted, some_of, statement_name, visible};
use crate::analysis::{Analysis, Element, Measure, PricedFix};
use crate::inventory::{CredentialId, PrincipalId, ResourceId, TenantId, Terms};
use crate::pattern;
use crate::steps::{Control, ControlId, Lowering};

impl Words<'_> {
    /// What to do, as an order.
    pub(crate) fn order(&self, fix: &PricedFix) -> String {
        let (Some(narrowing), Control::Scope(scope)) =
            (&fix.narrowing, self.steps.controls[fix.control])
        else {
            return self.fix(fix.control);
        };
        let row = &self.inventory.scopes[scope];
        let place = match &row.terms {
            Terms::Statement { policy, statement } => format!(
                "statement {} of policy {}",
                statement_name(statement, &row.name),
                quoted(&self.inventory.policies[*policy].name)
            ),
            Terms::ResourcePolicy {
                resource,
                statement,
            } => format!(
                "statement {} of the policy of {}",
                statement_name(statement, &row.name),
                self.resource(*resource)
            ),
            Terms::Trust {
                principal,
                statement,
            } => format!(
                "statement {} of the trust of {}",
                statement_name(statement, &row.name),
                self.principal(*principal)
            ),
            _ => quoted(&row.name),
        };
        if narrowing.element == Element::Condition {
            return format!(
                "add the condition {} to {place}",
                some_of(&narrowing.added, 3)
            );
        }
        if !narrowing.added.is_empty() {
            return format!(
                "replace {} by what is used ({}) in {place}",
                some_of(&narrowing.dropped, 3),
                some_of(&narrowing.added, 3)
            );
        }
        let unused = if narrowing.is_unused { "unused " } else { "" };
        format!(
            "drop {unused}{} from {place}",
            some_of(&narrowing.dropped, 3)
        )
    }

    /// The jobs of a credential: `` `backup`, `deploy` ``.
    pub(super) fn jobs(&self, credential: CredentialId) -> String {
        let jobs = self.inventory.jobs_of(credential);
        let names: Vec<String> = jobs.map(|job| job.name.clone()).collect();
        some_of(&names, 8)
    }

    /// What to do to remove a control, as an order.
    pub(crate) fn fix(&self, id: ControlId) -> String {
        let scope_id = match self.steps.controls[id] {
            Control::Credential(credential) => {
                return format!("revoke {}", self.credential(credential));
            }
            Control::Chance(credential, lowering) => return self.lowering(credential, lowering),
            Control::Split(credential) => {
                return format!(
                    "split {} into one each for {}",
                    self.credential(credential),
                    self.jobs(credential)
                );
            }
            Control::Exposure(exposure) => {
                return format!("take the credentials out of {}", self.exposure(exposure));
            }
            Control::Scope(scope) => scope,
        };
        let scope = &self.inventory.scopes[scope_id];
        let policy = |policy| quoted(&self.inventory.policies[policy].name);
        match &scope.terms {
            Terms::Statement {
                policy: of,
                statement,
            } => {
                format!(
                    "remove statement {} from policy {}",
                    statement_name(statement, &scope.name),
                    policy(*of)
                )
            }
            Terms::Attachment {
                policy: of,
                principal,
                is_inline: false,
            } => {
                format!(
                    "detach policy {} from {}",
                    policy(*of),
                    self.principal(*principal)
                )
            }
            Terms::Attachment {
                policy: of,
                principal,
                is_inline: true,
            } => {
                format!(
                    "delete inline policy {} of {}",
                    policy(*of),
                    self.principal(*principal)
                )
            }
            Terms::Version {
                version,
                policy: of,
            } => format!(
                "delete version {} of policy {}",
                policy(*version),
                policy(*of)
            ),
            Terms::Boundary {
                policy: of,
                principal,
            } => {
                format!(
                    "narrow boundary {} of {}",
                    policy(*of),
                    self.principal(*principal)
                )
            }
            // No step has a guardrail for its control: to remove one would widen what is allowed.
            Terms::Guardrail {
                policy: of, tenant, ..
            } => format!(
                "tighten guardrail {} on {}",
                policy(*of),
                visible(&self.inventory.tenants[*tenant].display())
            ),
            Terms::Membership { member, group } => {
                format!(
                    "take {} out of {}",
                    self.principal(*member),
                    self.principal(*group)
                )
            }
            Terms::Trust {
                principal,
                statement,
            } => {
                format!(
                    "remove statement {} from the trust of {}",
                    statement_name(statement, &scope.name),
                    self.principal(*principal)
                )
            }
            Terms::ResourcePolicy {
                resource,
                statement,
            } => format!(
                "remove statement {} from the policy of {}",
                statement_name(statement, &scope.name),
                self.resource(*resource)
            ),
            Terms::RunsAs {
                resource,
                principal,
            } => {
                format!(
                    "let {} run as something less than {}",
                    self.resource(*resource),
                    self.principal(*principal)
                )
            }
            Terms::Deploys { resource, .. } => {
                format!("let {} deploy onto less", self.resource(*resource))
            }
            Terms::Session { giver, role, .. } => {
                format!(
                    "take {} out of {}",
                    self.principal(*role),
                    self.resource(*giver)
                )
            }
            Terms::Anchor { anchor, .. } => format!("disable {}", self.resource(*anchor)),
            Terms::Drives { driver, driven } => {
                format!(
                    "stop {} from driving {}",
                    self.principal(*driver),
                    self.principal(*driven)
                )
            }
            Terms::Software {
                principal,
                software,
                ..
            } => format!(
                "pin {} to an exact version for {}",
                quoted(software),
                self.principal(*principal)
            ),
            Terms::Approval { agent } => format!(
                "have {} ask before it acts: take out {}",
                self.principal(*agent),
                visible(&scope.name)
            ),
            Terms::Grant {
                principal,
                resource,
                access,
                ..
            } => format!(
                "take {} access to {} from {}",
                access.name(),
                self.resource(*resource),
                self.principal(*principal)
            ),
            Terms::Rule { role, .. } => format!(
                "take rule {} out of role {}",
                quoted(&scope.name),
                policy(*role)
            ),
            Terms::Binding {
                role,
                subject,
                namespace,
            } => format!(
                "take {} out of binding {} of role {}{}",
                self.principal(*subject),
                quoted(&scope.name),
                policy(*role),
                in_namespace(namespace.as_deref())
            ),
            Terms::Mapping { from, to } => format!(
                "no longer take {} for {}",
                self.principal(*from),
                self.principal(*to)
            ),
            Terms::Runs { workload, .. } => format!(
                "run {} as an ordinary container, without what its manifest asks for",
                self.principal(*workload)
            ),
            Terms::Permission {
                holder, on, name, ..
            } => format!(
                "take permission {} on {} from {}",
                quoted(name),
                self.permitted(*holder, *on),
                self.principal(*holder)
            ),
            Terms::Bears {
                principal,
                issuer,
                subject,
                ..
            } => format!(
                "keep {} from tokens of {} with subject {}",
                self.principal(*principal),
                quoted(issuer),
                quoted(&pattern::shown(subject))
            ),
            Terms::Stated => format!("revoke grant {}", quoted(&scope.name)),
        }
    }

    /// What to do to make a leak less likely, as an order.
    fn lowering(&self, credential: CredentialId, lowering: Lowering) -> String {
        let credential = self.credential(credential);
        match lowering {
            Lowering::Shorten { hours } => {
                let life = match hours % 24 {
                    0 if hours > 0 => counted((hours / 24) as usize, "day"),
                    _ => counted(hours as usize, "hour"),
                };
                format!("let {credential} live {life} at most")
            }
            Lowering::Federate => {
                format!("replace {credential} by tokens that are issued for each use")
            }
            Lowering::Move => format!("move {credential} into a vault"),
        }
    }

    /// Who can apply a fix, where the inventory tells.
    pub(crate) fn fixed_by(&self, id: ControlId) -> Option<String> {
        let of_tenant = |tenant: Option<TenantId>| {
            tenant.map(|tenant| {
                let tenant = &self.inventory.tenants[tenant];
                match &tenant.owner {
                    Some(owner) => visible(owner),
                    None => format!("an administrator of {}", visible(&tenant.display())),
                }
            })
        };
        let of_principal = |id: PrincipalId| {
            let principal = &self.inventory.principals[id];
            principal
                .owner
                .as_deref()
                .map(visible)
                .or_else(|| of_tenant(principal.tenant))
        };
        let of_resource = |id: ResourceId| {
            let resource = &self.inventory.resources[id];
            resource
                .owner
                .as_deref()
                .map(visible)
                .or_else(|| of_tenant(resource.tenant))
        };
        match self.steps.controls[id] {
            Control::Credential(credential)
            | Control::Chance(credential, _)
            | Control::Split(credential) => self.inventory.credentials[credential]
                .principal
                .and_then(of_principal),
            Control::Exposure(exposure) => self.inventory.exposures[exposure]
                .resource
                .and_then(of_resource),
            Control::Scope(scope) => match &self.inventory.scopes[scope].terms {
                Terms::Statement { policy, .. } | Terms::Version { policy, .. } => {
                    of_tenant(self.inventory.policies[*policy].tenant)
                }
                Terms::Attachment { principal, .. }
                | Terms::Boundary { principal, .. }
                | Terms::Trust { principal, .. } => of_principal(*principal),
                Terms::Guardrail { tenant, .. } => of_tenant(Some(*tenant)),
                Terms::Membership { group, .. } => of_principal(*group),
                Terms::ResourcePolicy { resource, .. }
                | Terms::RunsAs { resource, .. }
                | Terms::Deploys { resource, .. } => of_resource(*resource),
                Terms::Session { giver, .. } => of_resource(*giver),
                Terms::Anchor { anchor, .. } => of_resource(*anchor),
                Terms::Drives { driver, .. } => of_principal(*driver),
                Terms::Software { principal, .. } | Terms::Approval { agent: principal } => {
                    of_principal(*principal)
                }
                Terms::Rule { role, .. } | Terms::Binding { role, .. } => {
                    of_tenant(self.inventory.policies[*role].tenant)
                }
                Terms::Mapping { to, .. } => of_principal(*to),
                Terms::Runs { workload, .. } => of_principal(*workload),
                Terms::Grant { resource, .. }
                | Terms::Permission {
                    on: Some(resource), ..
                } => of_resource(*resource),
                Terms::Permission {
                    holder: principal,
                    on: None,
                    ..
                }
                | Terms::Bears { principal, .. } => of_principal(*principal),
                Terms::Stated => None,
            },
        }
    }

    /// What a fix gains of the whole: a share of possible reach, unless certain reach is the measure.
    pub(crate) fn share(&self, fix: &PricedFix, analysis: &Analysis) -> f64 {
        let (certain, possible) = analysis.total;
        match analysis.model.measure {
            Measure::Certain => fix.certain.share_of(certain),
            Measure::Mean | Measure::Possible => fix.possible.share_of(possible),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Id as _;
    use crate::reports::sample;

    #[test]
    fn what_makes_a_leak_less_likely_is_said_and_has_its_own_key() {
        let mut analysis = sample::analysis();
        let id = CredentialId::from_index(0);
        let lowerings = [
            Lowering::Shorten { hours: 1 },
            Lowering::Shorten { hours: 720 },
            Lowering::Federate,
            Lowering::Move,
        ];
        let controls = lowerings.map(|lowering| {
            let control = Control::Chance(id, lowering);
            analysis.steps.controls.push(control)
        });
        let words = Words::of(&analysis);
        let name = words.credential(id);
        let key = &analysis.inventory.credentials[id].key;
        assert_eq!(
            controls.map(|id| words.fix(id)),
            [
                format!("let {name} live 1 hour at most"),
                format!("let {name} live 30 days at most"),
                format!("replace {name} by tokens that are issued for each use"),
                format!("move {name} into a vault"),
            ]
        );
        assert_eq!(
            controls.map(|id| words.control_key(id)),
            [
                format!("shorten:1h:{key}"),
                format!("shorten:720h:{key}"),
                format!("federate:{key}"),
                format!("move:{key}"),
            ]
        );
    }

    #[test]
    fn every_control_has_its_own_order() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let fixes: Vec<String> = analysis
            .steps
            .controls
            .ids()
            .map(|id| words.fix(id))
            .collect();
        insta::assert_snapshot!(fixes.join("\n"));
    }

    #[test]
    fn permissions_and_tokens_are_taken_away_in_plain_words() {
        let mut analysis = sample::analysis();
        let permission = |on| Terms::Permission {
            holder: PrincipalId(0),
            on,
            name: "contents:write".to_owned(),
            condition: None,
        };
        let bears = Terms::Bears {
            principal: PrincipalId(0),
            issuer: "issuer.example".to_owned(),
            subject: "repo:acme/shop:ref:refs/heads/\u{1}".to_owned(),
            audience: None,
            condition: None,
        };
        let scopes = [permission(Some(ResourceId(0))), permission(None), bears];
        let controls: Vec<ControlId> = scopes
            .into_iter()
            .map(|terms| {
                let scope = analysis.inventory.scopes.push(crate::inventory::Scope {
                    key: "x".into(),
                    name: "x".to_owned(),
                    terms,
                    evidence: Vec::new(),
                });
                analysis.steps.controls.push(Control::Scope(scope))
            })
            .collect();
        let words = Words::of(&analysis);
        let orders: Vec<String> = controls
            .iter()
            .flat_map(|&id| [words.control(id), words.fix(id)])
            .collect();
        insta::assert_snapshot!(orders.join("\n"));
    }
}
