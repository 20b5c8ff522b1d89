//! Ways between a cluster and its cloud: whom the cluster lets in, and what pods and nodes are given.

use super::Kubernetes;
use super::acts::{Act, Where};
use super::cluster::{Pod, parts};
use super::declared as by;
use crate::inventory::{Access, CoverageGap, PrincipalId, ResourceId, ScopeId, Terms};
use crate::pattern;
use crate::steps::Fact;
use std::collections::BTreeMap;

const MODE_UNKNOWN: &str = "the cluster reads aws-auth: no export tells its authentication mode";
const METADATA: &str =
    "pods reach the instance metadata service of the node (no hop limit of 1, no network policy)";

/// The lists of whom a cluster lets in, and what is known of each.
struct Lists {
    reads_entries: bool,
    /// `None`: it does not read aws-auth.
    reads_aws_auth: Option<Option<&'static str>>,
}

impl<'i> Kubernetes<'_, 'i> {
    /// Which lists the cluster reads.
    ///
    /// Source: Amazon EKS User Guide, "Set up access to the cluster: authentication mode" (read 2026-11).
    fn lists(&self) -> Lists {
        let tags = self
            .cluster
            .resource
            .map(|id| &self.inventory.resources[id].tags);
        let mode = tags.into_iter().flatten();
        let mut mode = mode.filter(|(key, _)| key == "authenticationMode");
        match mode.next().map(|(_, mode)| mode.as_str()) {
            Some("API") => Lists {
                reads_entries: true,
                reads_aws_auth: None,
            },
            Some("CONFIG_MAP") => Lists {
                reads_entries: false,
                reads_aws_auth: Some(None),
            },
            Some("API_AND_CONFIG_MAP") => Lists {
                reads_entries: true,
                reads_aws_auth: Some(None),
            },
            _ => {
                let is_of_aws = self.cluster.has_aws_auth
                    || self
                        .cluster
                        .nodes
                        .values()
                        .any(|&node| self.instance_id(node).is_some());
                Lists {
                    reads_entries: true,
                    reads_aws_auth: is_of_aws.then_some(Some(MODE_UNKNOWN)),
                }
            }
        }
    }

    /// Whether the cluster reads aws-auth: `None` if not, else on what that hangs.
    pub(super) fn is_reading_aws_auth(&self) -> Option<Option<&'static str>> {
        self.lists().reads_aws_auth
    }

    /// From AWS principals to whom the cluster takes them for, and from these to their users and groups.
    pub(super) fn entries(&mut self) {
        let lists = self.lists();
        self.managed(&lists);
        let entries: BTreeMap<PrincipalId, (&'i str, &'i str)> = self
            .cluster
            .entries
            .iter()
            .map(|(&of, &id)| (id, of))
            .collect();
        let prefix = format!("kubernetes:{}:", self.cluster.name);
        let inventory = self.inventory;
        let is_own = |id: PrincipalId| inventory.principals[id].key.starts_with(&prefix);
        for (scope, row) in inventory.scopes.entries() {
            match row.terms {
                Terms::Mapping { from, to } if entries.contains_key(&to) => {
                    let condition = match entries.get(&to) {
                        Some(("aws-auth", arn)) => {
                            // "If an access entry exists, the line of aws-auth for the same principal is ignored."
                            let is_entry =
                                self.cluster.entries.contains_key(&("access-entry", *arn));
                            lists.reads_aws_auth.filter(|_| !is_entry)
                        }
                        _ => lists.reads_entries.then_some(None),
                    };
                    if let Some(condition) = condition {
                        let (need, gain) = ([Fact::Principal(from)], Fact::Principal(to));
                        self.step(&need, gain, &by::ACCESS_ENTRY, &[scope], condition);
                    }
                }
                Terms::Mapping { from, to }
                | Terms::Membership {
                    member: from,
                    group: to,
                } if is_own(from) && is_own(to) => {
                    let (need, gain) = ([Fact::Principal(from)], Fact::Principal(to));
                    self.step(&need, gain, &by::GROUP, &[scope], None);
                }
                _ => {}
            }
        }
    }

    /// Whoever administers the cluster as AWS has it lets themselves in.
    fn managed(&mut self, lists: &Lists) {
        let tags = self
            .cluster
            .resource
            .map(|id| &self.inventory.resources[id].tags);
        let mut arns = tags.into_iter().flatten().filter(|(key, _)| key == "arn");
        let managed = arns
            .next()
            .and_then(|(_, arn)| self.inventory.resource_by_key(arn));
        if let (Some(managed), Some(admin), true) = (managed, self.admin(), lists.reads_entries) {
            let need = [Fact::Access(managed, Access::Admin)];
            let places = self.evidence_of(managed);
            self.step_at(&need, admin, &by::MANAGED, &[], &places, None);
        }
    }

    /// From pods and nodes to the roles that they are given.
    pub(super) fn cloud(&mut self) {
        self.pod_identities();
        let nodes: Vec<ResourceId> = self.cluster.nodes.values().copied().collect();
        let mut roles: BTreeMap<&'i str, Vec<(ScopeId, PrincipalId)>> = BTreeMap::new();
        for (id, scope) in self.inventory.scopes.entries() {
            if let Terms::RunsAs {
                resource,
                principal,
            } = scope.terms
                && let Some((_, instance)) = self.inventory.resources[resource]
                    .key
                    .split_once(":instance/")
            {
                roles.entry(instance).or_default().push((id, principal));
            }
        }
        for node in nodes {
            let Some(instance) = self.instance_id(node) else {
                continue;
            };
            for (scope, role) in roles.get(instance).cloned().unwrap_or_default() {
                self.instance_role(node, scope, role);
            }
        }
    }

    /// The id of the instance that a node is, by the name that AWS gives it there: `aws:///ZONE/ID`.
    ///
    /// Source: kubernetes/cloud-provider-aws, `pkg/providers/v1/instances.go` (read 2026-11).
    fn instance_id(&self, node: ResourceId) -> Option<&'i str> {
        let aliases = self.inventory.resources[node].aliases.iter();
        let mut of_aws = aliases.filter_map(|alias| alias.strip_prefix("aws:///"));
        let (_, id) = of_aws.next()?.rsplit_once('/')?;
        id.starts_with("i-").then_some(id)
    }

    fn instance_role(&mut self, node: ResourceId, scope: ScopeId, role: PrincipalId) {
        let gain = Fact::Principal(role);
        let root = [Fact::Access(node, Access::Admin)];
        let places = self.evidence_of(node);
        self.step_at(&root, gain, &by::INSTANCE_ROLE, &[scope], &places, None);
        let pods: Vec<Pod<'i>> = self.cluster.all_pods().copied().collect();
        for pod in pods.into_iter().filter(|pod| pod.host == Some(node)) {
            // In the network of the node itself there is no hop between.
            let is_on_host = pod.asks.iter().any(|ask| ask == "hostNetwork");
            let condition = (!is_on_host).then_some(METADATA);
            let need = [Fact::Principal(pod.principal)];
            self.step_at(
                &need,
                gain,
                &by::INSTANCE_ROLE,
                &[scope],
                &places,
                condition,
            );
        }
    }

    /// Code in a pod of an associated service account is given a session of the role by the agent on its node. Whether
    /// the role lets that service in is left to the rules of AWS.
    fn pod_identities(&mut self) {
        let inventory = self.inventory;
        for (scope, row) in inventory.scopes.entries() {
            let Terms::Mapping { from, to } = row.terms else {
                continue;
            };
            let Some(("serviceaccount", name)) =
                parts(&inventory.principals[from].key, self.cluster.name)
            else {
                continue;
            };
            let Some((namespace, _)) = name.split_once('/') else {
                continue;
            };
            let asking = super::pod_identity(self.derivation, from, to);
            let of = self.cluster.namespaces.get(namespace);
            let pods: Vec<Pod<'i>> = of
                .map(|of| of.pods.values().copied().collect())
                .unwrap_or_default();
            let of_account =
                |pod: &Pod<'i>| pod.account.is_some_and(|(_, account)| account == from);
            for pod in pods.into_iter().filter(of_account) {
                let need = [Fact::Principal(pod.principal)];
                let scopes: Vec<ScopeId> = pod
                    .account
                    .map(|(runs_as, _)| runs_as)
                    .into_iter()
                    .chain([scope])
                    .collect();
                self.step(&need, asking, &by::POD_IDENTITY, &scopes, None);
            }
            if let Some((&namespace, _)) = self.cluster.namespaces.get_key_value(namespace)
                && self.gained.contains(&(Act::Run, Where::In(namespace)))
            {
                let run = self.act(Act::Run, Where::In(namespace));
                self.step(&[run], asking, &by::POD_IDENTITY, &[scope], None);
            }
        }
    }

    /// What no export tells of the cluster, and annotations that open nothing.
    pub(super) fn gaps(&mut self) {
        /// What to list, and what is unknown without it.
        const LISTED: [(&str, &str); 8] = [
            ("clusterrole", "what roles of the cluster allow"),
            ("clusterrolebinding", "who has rights in the whole cluster"),
            ("rolebinding", "who has rights in namespaces"),
            ("serviceaccount", "which service accounts there are"),
            ("pod", "what runs where, and as whom"),
            ("secret", "which secrets there are"),
            ("node", "which nodes there are"),
            ("namespace", "which namespaces enforce pod security"),
        ];
        let (inventory, cluster) = (self.inventory, self.cluster);
        let mut gaps = Vec::new();
        for (kind, about) in LISTED {
            let word = format!("kubernetes:{kind}");
            let is_told = inventory.is_listed(cluster.tenant, &word);
            if !is_told {
                gaps.push(CoverageGap {
                    subject: format!("{kind}s of cluster {}", cluster.name),
                    text: format!("no export lists them whole: {about} is unknown"),
                    remedy: format!(
                        "`kubectl get {kind}s -A -o json` in kubernetes/{}/",
                        cluster.name
                    ),
                });
            }
        }
        let annotation = "eks.amazonaws.com/role-arn";
        for (namespace, of) in &cluster.namespaces {
            for (name, &account) in &of.accounts {
                let tags = inventory.principals[account].tags.iter();
                let mut roles = tags
                    .filter(|(key, _)| key == annotation)
                    .map(|(_, role)| role);
                let Some(role) = roles.next() else { continue };
                let subject = format!("system:serviceaccount:{namespace}:{name}");
                gaps.extend(self.annotated(&subject, role));
            }
        }
        self.derivation.gaps.extend(gaps);
    }

    /// What is to say of an annotation with a role: that it opens nothing, or that no export tells whether it does.
    fn annotated(&self, subject: &str, role: &str) -> Option<CoverageGap> {
        let inventory = self.inventory;
        let known = inventory.principal_by_key(role);
        let known = known.filter(|&id| !inventory.principals[id].is_stub);
        let gap = |text: String, remedy: &str| CoverageGap {
            subject: format!("annotation of {subject} in cluster {}", self.cluster.name),
            text,
            remedy: remedy.to_owned(),
        };
        if known.is_none() {
            return Some(gap(
                format!(
                    "it names role `{role}`, which no export describes: what the service account opens is unknown"
                ),
                "get-account-authorization-details of the role's account",
            ));
        }
        let Some(issuer) = self.cluster.issuer else {
            return Some(gap(
                format!(
                    "it names role `{role}`, and no export tells the issuer of the cluster: whether the role trusts it is unknown"
                ),
                "`aws eks describe-cluster`, or `kubectl get --raw /.well-known/openid-configuration`",
            ));
        };
        let issuer = &inventory.resources[issuer].name;
        let mut trusts = inventory
            .scopes
            .iter()
            .filter_map(|scope| match &scope.terms {
                Terms::Trust {
                    principal,
                    statement,
                } if Some(*principal) == known => Some(statement),
                _ => None,
            });
        let is_trusted = inventory
            .federations
            .iter()
            .any(|one| one.issuer == *issuer && pattern::matches(&one.subject, subject));
        let names_issuer = trusts.any(|statement| {
            let entries = statement
                .principals
                .iter()
                .flat_map(|clause| &clause.entries);
            entries
                .into_iter()
                .any(|(kind, value)| kind == "Federated" && value.ends_with(issuer.as_str()))
        });
        (!is_trusted || !names_issuer).then(|| {
            gap(
                format!("it names role `{role}`, whose trust does not take this service account: it opens nothing"),
                "",
            )
        })
    }
}
