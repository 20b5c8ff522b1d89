//! From acts to their targets: service accounts, secrets, pods, nodes; and from pods and nodes to what lies in them.

use super::Kubernetes;
use super::acts::{Act, Where};
use super::cluster::Pod;
use super::complete::{bearer_key, class_of_nodes, class_of_secrets};
use super::declared as by;
use super::rules::WORKLOADS;
use crate::inventory::{Access, EvidenceId, PrincipalId, ResourceId};
use crate::platforms::kubernetes::{Broken, Mounted, breaks_out, is_limited, mounts_token};
use crate::steps::Fact;

const NO_OTHER_CONTROL: &str = "no admission control that no export tells of refuses such pods (a webhook, a policy, a default of the API server)";
const CLAIMED: &str = "a claim for the volume is made in the namespace, and a pod is let mount it";
const SUCH_SECRETS: &str = "such a resource exists: no export lists them";
const ACCOUNT_THERE: &str = "the service account exists: no export lists them";
const POD_THERE: &str = "a pod runs as it: no export lists the pods";
const TOKEN_THERE: &str =
    "its token is mounted: the manifest shows no volume of it, and does not say that there is none";

const MOUNTED: &str = "the pod mounts the secret as a file";

/// The label of nodes on which the control plane runs, now and before 1.24.
///
/// Source: "Well-Known Labels, Annotations and Taints" (read 2026-11).
const CONTROL_PLANE: [&str; 2] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
];

impl<'i> Kubernetes<'_, 'i> {
    /// The steps from what may be done in a namespace to whom and what it reaches.
    pub(super) fn targets(&mut self) {
        self.spread(Act::Run);
        for name in self.namespaces_of(Act::Run) {
            self.running_in(name);
        }
        self.certified();
        self.spread(Act::MakeSecrets);
        self.spread(Act::ReadSecrets);
        self.spread(Act::GetSecrets);
        // The control plane fills a secret of that type with a token of the account that its annotation names, and whoever
        // makes one names both. Source: "Configure Service Accounts for Pods", "Manually create a long-lived API token for a
        // ServiceAccount" (read 2026-11).
        for act in [Act::ReadSecrets, Act::GetSecrets] {
            let reading = self.namespaces_of(act);
            for name in self.namespaces_of(Act::MakeSecrets) {
                if reading.contains(&name) {
                    let make = self.act(Act::MakeSecrets, Where::In(name));
                    let read = self.act(act, Where::In(name));
                    let gain = self.act(Act::Accounts, Where::In(name));
                    self.step(&[make, read], gain, &by::TOKEN_SECRET, &[], None);
                }
            }
        }
        for name in self.namespaces_of(Act::ReadSecrets) {
            self.reading_in(name);
        }
        self.spread(Act::Exec);
        for name in self.namespaces_of(Act::Exec) {
            self.in_pods_of(name);
        }
        self.spread(Act::Tokens);
        for name in self.namespaces_of(Act::Tokens) {
            let need = self.act(Act::Tokens, Where::In(name));
            for (account, condition) in self.accounts_of(name) {
                let gain = Fact::Principal(account);
                self.step(&[need], gain, &by::USE_TOKEN, &[], condition);
                if let Some(bearer) = self.bearer(account) {
                    self.step(&[need], bearer, &by::USE_TOKEN, &[], condition);
                }
            }
        }
        self.spread(Act::Accounts);
        for name in self.namespaces_of(Act::Accounts) {
            let need = self.act(Act::Accounts, Where::In(name));
            for (account, condition) in self.accounts_of(name) {
                let gain = Fact::Principal(account);
                self.step(&[need], gain, &by::IMPERSONATE_ACCOUNT, &[], condition);
            }
        }
        self.spread(Act::ReadManifests);
        for name in self.namespaces_of(Act::ReadManifests) {
            let need = self.act(Act::ReadManifests, Where::In(name));
            for (_, manifest) in self.manifests_of(name, None) {
                let gain = Fact::Access(manifest, Access::Read);
                self.step(&[need], gain, &by::READ_MANIFESTS, &[], None);
            }
        }
    }

    fn object_of(&self, namespace: &str) -> Option<ResourceId> {
        self.cluster.namespaces.get(namespace)?.object
    }

    /// Whoever runs a pod of their own in a namespace.
    fn running_in(&mut self, name: &'i str) {
        let place = Where::In(name);
        let run = self.act(Act::Run, place);
        let tokens = self.act(Act::Tokens, place);
        let object = self.object_of(name);
        let places = object.map(|id| self.evidence_of(id)).unwrap_or_default();
        self.step_at(&[run], tokens, &by::RUN_AS, &[], &places, None);
        let secrets = self.act(Act::ReadSecrets, place);
        self.step_at(&[run], secrets, &by::MOUNT_SECRET, &[], &places, None);
        if let Some(object) = object {
            let gain = Fact::Access(object, Access::Write);
            self.step(&[run], gain, &by::RUN_IN_NAMESPACE, &[], None);
        }
        let node = self.act(Act::AnyNode, Where::Everywhere);
        if self.gained.contains(&(Act::MakeVolumes, Where::Everywhere)) {
            let volumes = self.act(Act::MakeVolumes, Where::Everywhere);
            self.step(&[run, volumes], node, &by::HOST_VOLUME, &[], Some(CLAIMED));
        }
        let labels = object.map(|id| self.inventory.resources[id].tags.as_slice());
        let is_limited = labels.is_some_and(is_limited);
        if is_limited {
            self.spread(Act::Relabel);
            if self.gained.contains(&(Act::Relabel, place)) {
                let relabel = self.act(Act::Relabel, place);
                let condition = Some(NO_OTHER_CONTROL);
                self.step_at(
                    &[run, relabel],
                    node,
                    &by::LIFT_SECURITY,
                    &[],
                    &places,
                    condition,
                );
            }
        } else {
            let condition = match object {
                Some(_) => NO_OTHER_CONTROL,
                None => {
                    "the namespace does not enforce pod security, which no export tells, and no other control refuses such pods"
                }
            };
            self.step_at(
                &[run],
                node,
                &by::PRIVILEGED_POD,
                &[],
                &places,
                Some(condition),
            );
        }
    }

    /// Whoever has certificates issued for anybody.
    fn certified(&mut self) {
        if !self.gained.contains(&(Act::Certify, Where::Everywhere)) {
            return;
        }
        let need = self.act(Act::Certify, Where::Everywhere);
        let groups = self.cluster.groups.iter();
        let groups = groups.filter(|(name, _)| **name != "system:masters");
        let users = self.cluster.users.values();
        let all: Vec<PrincipalId> = users.chain(groups.map(|(_, id)| id)).copied().collect();
        for one in all {
            let gain = Fact::Principal(one);
            self.step(&[need], gain, &by::CERTIFICATE, &[], None);
        }
        let accounts = self.act(Act::Accounts, Where::Everywhere);
        self.step(&[need], accounts, &by::CERTIFICATE, &[], None);
    }

    fn reading_in(&mut self, name: &'i str) {
        let need = self.act(Act::ReadSecrets, Where::In(name));
        let of = self.cluster.namespaces.get(name);
        let secrets: Vec<ResourceId> = of
            .map(|of| of.secrets.values().copied().collect())
            .unwrap_or_default();
        for secret in secrets {
            let gain = Fact::Access(secret, Access::Read);
            self.step(&[need], gain, &by::READ_SECRETS, &[], None);
        }
        let class = class_of_secrets(self.cluster.name, name);
        if let Some(class) = self.inventory.resource_by_key(&class) {
            let gain = Fact::Access(class, Access::Read);
            self.step(&[need], gain, &by::READ_SECRETS, &[], Some(SUCH_SECRETS));
        }
    }

    fn in_pods_of(&mut self, name: &'i str) {
        let need = self.act(Act::Exec, Where::In(name));
        let of = self.cluster.namespaces.get(name);
        let pods: Vec<Pod<'i>> = of
            .map(|of| of.pods.values().copied().collect())
            .unwrap_or_default();
        for pod in pods {
            let gain = Fact::Principal(pod.principal);
            self.step(&[need], gain, &by::IN_POD, &[], None);
        }
        if !self.cluster.lists(self.inventory, "pod", name) {
            for (account, condition) in self.accounts_of(name) {
                let condition = condition.unwrap_or(POD_THERE);
                let gain = Fact::Principal(account);
                self.step(&[need], gain, &by::POD_TOKEN, &[], Some(condition));
            }
        }
    }

    /// The service accounts of a namespace, and on what it hangs that each exists.
    fn accounts_of(&self, name: &str) -> Vec<(PrincipalId, Option<&'static str>)> {
        let of = self.cluster.namespaces.get(name);
        let accounts = of.into_iter().flat_map(|of| of.accounts.values());
        accounts
            .filter(|&&id| {
                // Named by a binding alone, where all are listed: there is none of that name.
                let is_stub = self.inventory.principals[id].is_stub;
                !is_stub || !self.cluster.lists(self.inventory, "serviceaccount", name)
            })
            .map(|&id| (id, self.may_not_be_there(id)))
            .collect()
    }

    pub(super) fn may_not_be_there(&self, account: PrincipalId) -> Option<&'static str> {
        self.inventory.principals[account]
            .is_stub
            .then_some(ACCOUNT_THERE)
    }

    /// The manifests in which something lies, by name, of a kind or of all.
    pub(super) fn manifests_of(
        &self,
        namespace: &str,
        kind: Option<&str>,
    ) -> Vec<(&'i str, ResourceId)> {
        let Some(of) = self.cluster.namespaces.get(namespace) else {
            return Vec::new();
        };
        let pods = of.manifests.iter().map(|(&name, &id)| ("pod", name, id));
        let makers = of
            .workloads
            .iter()
            .map(|(&(kind, name), &id)| (kind, name, id));
        let is_told = |own: &str| match kind {
            Some(kind) => own == kind,
            None => own == "pod" || WORKLOADS.iter().any(|&(.., one, _)| one == own),
        };
        pods.chain(makers)
            .filter(|&(own, _, id)| is_told(own) && self.holding.contains(&id))
            .map(|(_, name, id)| (name, id))
            .collect()
    }

    /// What the code in each pod holds.
    pub(super) fn pods(&mut self) {
        let pods: Vec<Pod<'i>> = self.cluster.all_pods().copied().collect();
        for pod in pods {
            let need = [Fact::Principal(pod.principal)];
            let gain = Fact::Access(pod.of, Access::Write);
            let places: Vec<EvidenceId> = self.inventory.scopes[pod.runs].evidence.clone();
            self.step_at(&need, gain, &by::POD_CODE, &[], &places, None);
            if let Some((scope, account)) = pod.account {
                let tags = &self.inventory.principals[account].tags;
                let condition = match mounts_token(pod.asks, tags) {
                    Mounted::Yes => Some(None),
                    Mounted::Unknown => Some(Some(TOKEN_THERE)),
                    Mounted::No => None,
                };
                if let Some(condition) = condition {
                    let gain = Fact::Principal(account);
                    self.step(&need, gain, &by::POD_TOKEN, &[scope], condition);
                }
            }
            if let Some(host) = pod.host {
                self.breaking_out(&pod, host);
            }
        }
    }

    fn breaking_out(&mut self, pod: &Pod<'i>, host: ResourceId) {
        let need = [Fact::Principal(pod.principal)];
        for (broken, condition) in breaks_out(pod.asks) {
            let (gain, technique) = match broken {
                Broken::Root => (Fact::Access(host, Access::Admin), &by::ESCAPE),
                Broken::Files => (Fact::Access(host, Access::Read), &by::ESCAPE),
                Broken::Volumes => (self.volumes_on(host), &by::READ_VOLUMES),
                Broken::Keys => match self.admin() {
                    Some(admin) if self.is_of_control_plane(host) => (admin, &by::CONTROL_PLANE),
                    _ => continue,
                },
            };
            self.step(&need, gain, technique, &[pod.runs], condition);
        }
    }

    /// The fact of reading the volumes of the pods on a node.
    fn volumes_on(&mut self, node: ResourceId) -> Fact {
        let target = self.inventory.resources[node].key.to_string();
        let subject = self
            .derivation
            .steps
            .subject("read volumes of pods", &target);
        Fact::Act(subject)
    }

    fn is_of_control_plane(&self, node: ResourceId) -> bool {
        let tags = &self.inventory.resources[node].tags;
        tags.iter()
            .any(|(key, _)| CONTROL_PLANE.contains(&key.as_str()))
    }

    /// What root on each node holds.
    pub(super) fn nodes(&mut self) {
        let nodes: Vec<(&'i str, ResourceId)> = self
            .cluster
            .nodes
            .iter()
            .map(|(&name, &id)| (name, id))
            .collect();
        let pods: Vec<Pod<'i>> = self.cluster.all_pods().copied().collect();
        let any = self.act(Act::AnyNode, Where::Everywhere);
        for &(name, node) in &nodes {
            let root = Fact::Access(node, Access::Admin);
            let places = self.evidence_of(node);
            self.step_at(&[any], root, &by::ON_NODE, &[], &places, None);
            let files = Fact::Access(node, Access::Read);
            if let (true, Some(admin)) = (self.is_of_control_plane(node), self.admin()) {
                self.step_at(&[files], admin, &by::CONTROL_PLANE, &[], &places, None);
            }
            let user = format!("system:node:{name}");
            let user = self.cluster.users.get(user.as_str()).copied();
            if let Some(user) = user {
                let gain = Fact::Principal(user);
                self.step_at(&[files], gain, &by::NODE_TO_KUBELET, &[], &places, None);
            }
            let volumes = self.volumes_on(node);
            for pod in pods.iter().filter(|pod| pod.host == Some(node)) {
                let places: Vec<EvidenceId> = self.inventory.scopes[pod.runs].evidence.clone();
                let gain = Fact::Principal(pod.principal);
                self.step_at(&[root], gain, &by::NODE_TO_POD, &[], &places, None);
                if let Some(user) = user {
                    self.as_kubelet(user, pod, &places);
                }
                self.in_volumes(volumes, pod, &places);
            }
        }
        let class = class_of_nodes(self.cluster.name);
        if let Some(class) = self.inventory.resource_by_key(&class) {
            let gain = Fact::Access(class, Access::Admin);
            self.step(&[any], gain, &by::ON_NODE, &[], Some(SUCH_SECRETS));
        }
    }

    /// What the node authoriser lets a kubelet have for one of its pods: tokens of its service account, and its secrets.
    ///
    /// Source: "Using Node Authorization" (read 2026-11).
    fn as_kubelet(&mut self, user: PrincipalId, pod: &Pod<'i>, places: &[EvidenceId]) {
        let need = [Fact::Principal(user)];
        if let Some((_, account)) = pod.account {
            let gain = Fact::Principal(account);
            self.step_at(&need, gain, &by::KUBELET_TOKEN, &[], places, None);
            if let Some(bearer) = self.bearer(account) {
                self.step_at(
                    &need,
                    bearer,
                    &by::KUBELET_TOKEN,
                    &[],
                    places,
                    Some(AUDIENCE),
                );
            }
        }
        for secret in self.used_by(pod) {
            let gain = Fact::Access(secret, Access::Read);
            self.step_at(&need, gain, &by::KUBELET_SECRET, &[], places, None);
        }
    }

    /// What the volumes of a pod hold: the token of its service account, and secrets, as far as these are files.
    fn in_volumes(&mut self, volumes: Fact, pod: &Pod<'i>, places: &[EvidenceId]) {
        if let Some((scope, account)) = pod.account
            && mounts_token(pod.asks, &self.inventory.principals[account].tags) == Mounted::Yes
        {
            let gain = Fact::Principal(account);
            self.step_at(&[volumes], gain, &by::READ_VOLUMES, &[scope], places, None);
        }
        let used = self.used.get(&pod.principal).cloned().unwrap_or_default();
        for secret in used {
            let gain = Fact::Access(secret, Access::Read);
            self.step_at(
                &[volumes],
                gain,
                &by::READ_VOLUMES,
                &[],
                places,
                Some(MOUNTED),
            );
        }
    }

    /// The secrets that a pod names, those for pulling its images too.
    fn used_by(&self, pod: &Pod<'i>) -> Vec<ResourceId> {
        let pulled = pod
            .asks
            .iter()
            .filter_map(|ask| ask.strip_prefix("imagePullSecret:"));
        let of = self.cluster.namespaces.get(pod.namespace);
        let pulled = pulled.filter_map(|name| of?.secrets.get(name).copied());
        let used = self.used.get(&pod.principal).map_or(&[][..], Vec::as_slice);
        let mut all: Vec<ResourceId> = pulled.chain(used.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Who stands for whoever can have tokens of a service account for any audience.
    pub(super) fn bearer(&self, account: PrincipalId) -> Option<Fact> {
        let key = bearer_key(&self.inventory.principals[account].key);
        self.inventory.principal_by_key(&key).map(Fact::Principal)
    }
}

/// Newer API servers give a kubelet tokens for the audiences alone that its pods ask for.
///
/// Source: KEP-4412, feature gate ServiceAccountNodeAudienceRestriction (read 2026-11).
const AUDIENCE: &str = "the API server does not restrict for which audiences kubelets ask (gate ServiceAccountNodeAudienceRestriction)";
