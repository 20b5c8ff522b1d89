//! Service and resource control policies: which of them stand above an account, level by level.
//!
//! Sources (read 2026-11): Organizations User Guide, "SCP evaluation": a request must be allowed at every level from the
//! root through each unit to the account, and denied at none; "Service control policies": they affect neither the
//! management account nor service-linked roles; "Resource control policies": they affect neither resources of the
//! management account nor service-linked roles, and `RCPFullAWSAccess` allows at every level, so that only Denies count.
//!
//! What no export tells is open: it makes rights conditional. Only an account of which no export says that it is in an
//! organisation is taken as it was before; coverage then says that nothing of this was read.

use crate::inventory::{GuardrailKind, Inventory, PolicyId, Tenant, TenantId, Terms};
use rustc_hash::{FxHashMap, FxHashSet};

/// The services whose actions resource control policies apply to, by the prefix of their actions, sorted.
///
/// Source: Organizations User Guide, "List of AWS services that support RCPs", as of 2026-09-26. In 2024-11 these were
/// `kms`, `s3`, `secretsmanager`, `sqs` and `sts`. The page writes `opensearch` where the actions of its domains begin
/// with `es:`; only what it writes is taken. A service that joins later is missing until the table is brought up to date.
const LIMITED_SERVICES: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Actions of those services to which they do not apply ("Resources and entities not restricted by RCPs").
const UNLIMITED_ACTIONS: [&str; 1] = ["kms:RetireGrant"];

/// Units nest five deep ("Quotas for AWS Organizations"); a chain that is longer than this is a circle.
const LONGEST_CHAIN: usize = 16;

/// Whether resource control policies apply to an action.
pub(super) fn is_limited(action: &str) -> bool {
    let is_limited = action.split_once(':').is_some_and(|(service, _)| {
        LIMITED_SERVICES
            .iter()
            .any(|limited| service.eq_ignore_ascii_case(limited))
    });
    let is_excepted = UNLIMITED_ACTIONS
        .iter()
        .any(|excepted| action.eq_ignore_ascii_case(excepted));
    is_limited && !is_excepted
}

/// Whether a principal is a service-linked role: AWS makes those under this path, which no customer can use.
pub(super) fn is_service_linked(arn: &str) -> bool {
    arn.contains(":role/aws-service-role/")
}

/// One level of the organisation above an account, or the account itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    /// The policies attached there whose content is known.
    pub(super) policies: Vec<PolicyId>,
    /// What of the level no export tells, in words.
    pub(super) open: Vec<String>,
}

/// What stands above every account.
#[derive(Debug, Default)]
pub(super) struct Guardrails {
    levels: FxHashMap<(TenantId, GuardrailKind), Vec<Level>>,
    /// Members of which no export tells whether they manage the organisation, with the doubt in words.
    doubts: FxHashMap<TenantId, String>,
}

impl Guardrails {
    /// Takes time linear in scopes and listings, and in tenants times levels.
    pub(super) fn new(inventory: &Inventory) -> Self {
        let mut attached: FxHashMap<TenantId, Vec<(PolicyId, Option<GuardrailKind>)>> =
            FxHashMap::default();
        for scope in inventory.scopes.iter() {
            if let Terms::Guardrail {
                policy,
                tenant,
                kind,
            } = scope.terms
            {
                attached.entry(tenant).or_default().push((policy, kind));
            }
        }
        let listed: FxHashSet<(TenantId, &str)> = inventory
            .listings
            .iter()
            .filter(|listing| listing.is_complete && listing.of.is_none())
            .map(|listing| (listing.tenant, listing.kind.as_str()))
            .collect();
        let tree = Tree {
            inventory,
            attached,
            listed,
            managers: inventory
                .tenants
                .iter()
                .filter(|tenant| tenant.hierarchy.is_management)
                .map(|tenant| tenant.hierarchy.organization.as_deref())
                .collect(),
        };
        let mut guardrails = Self::default();
        for (id, tenant) in inventory.tenants.entries() {
            if !tenant.hierarchy.is_member || tenant.hierarchy.is_management {
                continue;
            }
            for kind in [GuardrailKind::Principals, GuardrailKind::Resources] {
                let levels = tree.levels(id, kind);
                if !levels.is_empty() {
                    guardrails.levels.insert((id, kind), levels);
                }
            }
            if !tree.is_manager_known(tenant) {
                let doubt = format!(
                    "account `{}` is not the management account: no export tells which one is",
                    tenant.identifier
                );
                guardrails.doubts.insert(id, doubt);
            }
        }
        guardrails
    }

    /// The levels that limit an account; none for one that nothing limits.
    pub(super) fn levels(&self, account: TenantId, kind: GuardrailKind) -> &[Level] {
        self.levels.get(&(account, kind)).map_or(&[], Vec::as_slice)
    }

    /// Why the levels of an account may not hold at all.
    pub(super) fn doubt(&self, account: TenantId) -> Option<&str> {
        self.doubts.get(&account).map(String::as_str)
    }
}

struct Tree<'i> {
    inventory: &'i Inventory,
    attached: FxHashMap<TenantId, Vec<(PolicyId, Option<GuardrailKind>)>>,
    listed: FxHashSet<(TenantId, &'i str)>,
    /// The organisation of every management account that is known.
    managers: Vec<Option<&'i str>>,
}

impl Tree<'_> {
    fn is_manager_known(&self, member: &Tenant) -> bool {
        let own = member.hierarchy.organization.as_deref();
        self.managers
            .iter()
            .any(|&of| own.is_none() || of.is_none() || own == of)
    }

    /// The levels from the account up to the root; none where the organisation has switched that kind off.
    fn levels(&self, account: TenantId, kind: GuardrailKind) -> Vec<Level> {
        let mut levels = Vec::new();
        let mut at = account;
        for _ in 0..LONGEST_CHAIN {
            let tenant = &self.inventory.tenants[at];
            levels.extend(self.level(at, kind));
            if tenant.hierarchy.is_root {
                let is_off = tenant
                    .hierarchy
                    .enforced
                    .as_ref()
                    .is_some_and(|enforced| !enforced.contains(&kind));
                return if is_off { Vec::new() } else { levels };
            }
            match tenant.hierarchy.parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        levels.push(Level {
            policies: Vec::new(),
            open: vec![format!(
                "the {} above `{}`: no export tells what stands there",
                words(kind),
                self.inventory.tenants[at].identifier
            )],
        });
        levels
    }

    /// What is attached at one level; `None` where that kind surely is not in force.
    fn level(&self, at: TenantId, kind: GuardrailKind) -> Option<Level> {
        let identifier = &self.inventory.tenants[at].identifier;
        let mut level = Level::default();
        let mut is_any = false;
        for &(policy, of) in self.attached.get(&at).into_iter().flatten() {
            let name = &self.inventory.policies[policy].name;
            match of {
                Some(other) if other != kind => continue,
                None => level.open.push(format!(
                    "the policy `{name}` on `{identifier}`, which is in no export"
                )),
                Some(_) if self.inventory.policies[policy].is_missing => level.open.push(format!(
                    "the policy `{name}` on `{identifier}`, which is in no export"
                )),
                Some(_) => level.policies.push(policy),
            }
            is_any = true;
        }
        if !self.listed.contains(&(at, kind.listing())) {
            level.open.push(format!(
                "the {} of `{identifier}`: no export lists all of them",
                words(kind)
            ));
        } else if !is_any {
            // Where the kind is in force at least one policy is attached to everything ("Quotas for AWS Organizations":
            // the last one cannot be detached), so a whole list without any says that it is switched off.
            return None;
        }
        Some(level)
    }
}

fn words(kind: GuardrailKind) -> &'static str {
    match kind {
        GuardrailKind::Principals => "service control policies",
        GuardrailKind::Resources => "resource control policies",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_decides_whether_resource_control_policies_apply() {
        assert!(is_limited("s3:GetObject"));
        assert!(is_limited("STS:AssumeRole"));
        assert!(!is_limited("lambda:InvokeFunction"));
        assert!(!is_limited("s3"));
        assert!(!is_limited("s3-object-lambda:GetObject"));
        assert!(is_limited("codebuild:StartBuild"));
        assert!(!is_limited("iam:CreateUser"));
        assert!(!is_limited("ec2:RunInstances"));
    }

    #[test]
    fn retiring_a_grant_is_not_limited() {
        assert!(!is_limited("kms:RetireGrant"));
        assert!(is_limited("kms:RevokeGrant"));
    }

    #[test]
    fn every_limited_service_is_listed_once() {
        assert!(LIMITED_SERVICES.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn only_the_path_of_aws_makes_a_role_service_linked() {
        let role = |path: &str| format!("arn:aws:iam::111122223333:role/{path}");
        assert!(is_service_linked(&role(
            "aws-service-role/x.amazonaws.com/X"
        )));
        assert!(!is_service_linked(&role("AWSServiceRoleForX")));
        assert!(!is_service_linked(&role("app/aws-service-role/X")));
    }
}
