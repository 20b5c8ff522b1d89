//! What one rule of a role opens by itself, where the role is bound.

use super::acts::{Act, Where};
use super::declared as by;
use super::{Kubernetes, Listed};
use crate::inventory::{Access, AccessRule, ScopeId};
use crate::platforms::kubernetes::{Names, Site, names};
use crate::steps::Fact;

/// What makes pods: API group, resource, its kind in lower case, and whether the template of one that is there can be
/// changed ("Jobs": the template of a job cannot).
pub(super) const WORKLOADS: [(&str, &str, &str, bool); 7] = [
    ("apps", "deployments", "deployment", true),
    ("apps", "daemonsets", "daemonset", true),
    ("apps", "statefulsets", "statefulset", true),
    ("apps", "replicasets", "replicaset", true),
    ("batch", "cronjobs", "cronjob", true),
    ("batch", "jobs", "job", false),
    ("", "replicationcontrollers", "replicationcontroller", true),
];

const BEFORE_1_35: &str = "the API server is older than 1.35, or its gate AuthorizePodWebsocketUpgradeCreatePermission is off";
const STDIN: &str = "the process of the pod does what is written to its standard input";
const NAME_KNOWN: &str = "the name of the secret is known";
const NAME_FREE: &str = "there is no secret of that name yet: no export lists them";
const KUBELET: &str =
    "the API server passes a websocket on to the kubelet, or its port can be reached";
const UNLISTED: &str = "something that makes pods is there: no export lists them";
const CALLED: &str = "somebody creates a pod afterwards, and the API server reaches the webhook";

/// One request that a rule may allow, by any of some verbs.
struct Asked {
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
}

fn asked(verbs: &'static [&'static str], group: &'static str, resource: &'static str) -> Asked {
    Asked {
        verbs,
        group,
        resource,
    }
}

impl Asked {
    fn names<'r>(&self, rule: &'r AccessRule) -> Option<Names<'r>> {
        let mut all = self
            .verbs
            .iter()
            .filter_map(|verb| names(rule, verb, self.group, self.resource));
        all.next()
    }
}

/// What a rule opens, and through which scope.
#[derive(Clone, Copy)]
struct Opened<'i> {
    need: Fact,
    place: Where<'i>,
    scope: ScopeId,
}

impl<'i> Kubernetes<'_, 'i> {
    pub(super) fn of_rule(
        &mut self,
        need: Fact,
        site: Site<'i>,
        scope: ScopeId,
        rule: &'i AccessRule,
    ) {
        let place = match site.namespace {
            Some(name) => Where::In(name),
            None => Where::Everywhere,
        };
        let opened = Opened { need, place, scope };
        self.running(opened, rule);
        self.entering(opened, rule);
        self.secrets(opened, rule);
        self.accounts(opened, rule);
        self.manifests(opened, rule);
        self.relabelling(opened, rule);
        self.aws_auth(opened, rule);
        if place == Where::Everywhere {
            self.of_cluster(opened, rule);
        }
    }

    fn opens(
        &mut self,
        opened: Opened<'i>,
        gain: Fact,
        technique: &'static Listed,
        condition: Option<&str>,
    ) {
        self.step(&[opened.need], gain, technique, &[opened.scope], condition);
    }

    fn opens_act(
        &mut self,
        opened: Opened<'i>,
        act: Act,
        place: Where<'i>,
        technique: &'static Listed,
        condition: Option<&str>,
    ) {
        let gain = self.act(act, place);
        self.opens(opened, gain, technique, condition);
    }

    /// The namespaces that a place stands for.
    fn within(&self, place: Where<'i>) -> Vec<&'i str> {
        match place {
            Where::In(name) => vec![name],
            Where::Everywhere => self.cluster.namespaces.keys().copied().collect(),
        }
    }

    /// Pods of one's own: made as they are, or by a template.
    fn running(&mut self, opened: Opened<'i>, rule: &AccessRule) {
        let pods = std::iter::once(("", "pods"));
        let makers = WORKLOADS
            .iter()
            .map(|&(group, resource, ..)| (group, resource));
        let is_made = pods
            .chain(makers)
            .any(|(group, resource)| names(rule, "create", group, resource).is_some());
        if is_made {
            self.opens_act(opened, Act::Run, opened.place, &by::CREATE_WORKLOAD, None);
            return;
        }
        for name in self.within(opened.place) {
            let Some(condition) = self.is_changing(rule, name) else {
                continue;
            };
            let place = Where::In(name);
            self.opens_act(opened, Act::Run, place, &by::CHANGE_WORKLOAD, condition);
        }
    }

    /// Whether a rule lets the template of something in a namespace be changed: `None` if not, else on what it hangs.
    fn is_changing(&self, rule: &AccessRule, namespace: &str) -> Option<Option<&'static str>> {
        let of = self.cluster.namespaces.get(namespace);
        let mut surest = None;
        for (group, resource, kind, is_changeable) in WORKLOADS {
            let asked = ["update", "patch"].map(|verb| names(rule, verb, group, resource));
            let Some(allowed) = asked.into_iter().flatten().next() else {
                continue;
            };
            if !is_changeable {
                continue;
            }
            let mut there = of.into_iter().flat_map(|of| of.workloads.keys());
            if there.any(|(own, name)| *own == kind && allowed.has(name)) {
                return Some(None);
            }
            if !self.cluster.lists(self.inventory, kind, namespace) {
                surest = Some(Some(UNLISTED));
            }
        }
        surest
    }

    /// Code in pods that run.
    fn entering(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        let changing = &["update", "patch"][..];
        let ways: [(Asked, &'static Listed, Option<&str>); 6] = [
            (asked(&["create"], "", "pods/exec"), &by::EXEC, None),
            (
                asked(&["get"], "", "pods/exec"),
                &by::EXEC,
                Some(BEFORE_1_35),
            ),
            (
                asked(&["create"], "", "pods/attach"),
                &by::ATTACH,
                Some(STDIN),
            ),
            (
                asked(changing, "", "pods/ephemeralcontainers"),
                &by::EPHEMERAL,
                None,
            ),
            (asked(changing, "", "pods"), &by::CHANGE_POD, None),
            (
                asked(&["get"], "", "pods/attach"),
                &by::ATTACH,
                Some(
                    "the API server is older than 1.35, and the process of the pod does what is written to its standard input",
                ),
            ),
        ];
        for (asked, technique, condition) in ways {
            match asked.names(rule) {
                None => {}
                Some(Names::Every) => {
                    self.opens_act(opened, Act::Exec, opened.place, technique, condition);
                }
                Some(Names::Only(only)) => {
                    for gain in self.pods_named(opened.place, only) {
                        self.opens(opened, gain, technique, condition);
                    }
                }
            }
        }
    }

    fn pods_named(&self, place: Where<'i>, only: &[String]) -> Vec<Fact> {
        let namespaces = self.within(place).into_iter();
        let namespaces = namespaces.filter_map(|name| self.cluster.namespaces.get(name));
        let pods = namespaces.flat_map(|of| {
            only.iter()
                .filter_map(move |name| of.pods.get(name.as_str()))
        });
        pods.map(|pod| Fact::Principal(pod.principal)).collect()
    }

    fn secrets(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        let listed = asked(&["list", "watch"], "", "secrets").names(rule);
        let got = asked(&["get"], "", "secrets").names(rule);
        for (allowed, condition) in [(listed, None), (got, Some(NAME_KNOWN))] {
            match allowed {
                None => {}
                Some(Names::Every) => {
                    let (act, place) = (Act::ReadSecrets, opened.place);
                    self.opens_act(opened, act, place, &by::READ_SECRETS, condition);
                    if condition.is_none() {
                        break;
                    }
                }
                // Who may ask for one by its name knows the name.
                Some(Names::Only(only)) => {
                    for name in self.within(opened.place) {
                        let of = self.cluster.namespaces.get(name);
                        let named = only
                            .iter()
                            .filter_map(|name| of?.secrets.get(name.as_str()));
                        let named: Vec<_> = named.copied().collect();
                        for secret in named {
                            let gain = Fact::Access(secret, Access::Read);
                            self.opens(opened, gain, &by::READ_SECRETS, None);
                        }
                    }
                }
            }
        }
        // What is listed needs no name; else that of a secret that one makes oneself is known.
        match (listed, got) {
            (Some(Names::Every), _) => {}
            (_, Some(Names::Every)) => {
                let (act, place) = (Act::GetSecrets, opened.place);
                self.opens_act(opened, act, place, &by::READ_SECRETS, None);
            }
            (listed, got) => {
                for allowed in [listed, got] {
                    if let Some(Names::Only(only)) = allowed {
                        self.made_with_a_name(opened, only);
                    }
                }
            }
        }
        if names(rule, "create", "", "secrets").is_some() {
            let (act, place) = (Act::MakeSecrets, opened.place);
            self.opens_act(opened, act, place, &by::TOKEN_SECRET, None);
        }
    }

    /// A token in a secret that is made with one of the names that may be read, where there is none of that name yet.
    fn made_with_a_name(&mut self, opened: Opened<'i>, only: &'i [String]) {
        for name in self.within(opened.place) {
            let of = self.cluster.namespaces.get(name);
            let is_there =
                |one: &String| of.is_some_and(|of| of.secrets.contains_key(one.as_str()));
            if only.iter().all(is_there) {
                continue;
            }
            let is_listed = self.cluster.lists(self.inventory, "secret", name);
            let make = self.act(Act::MakeSecrets, Where::In(name));
            let gain = self.act(Act::Accounts, Where::In(name));
            self.step(
                &[opened.need, make],
                gain,
                &by::TOKEN_SECRET,
                &[opened.scope],
                (!is_listed).then_some(NAME_FREE),
            );
        }
    }

    fn accounts(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        let issued = asked(&["create"], "", "serviceaccounts/token");
        let impersonated = asked(&["impersonate"], "", "serviceaccounts");
        let ways = [
            (issued, Act::Tokens, &by::TOKEN_REQUEST),
            (impersonated, Act::Accounts, &by::IMPERSONATE_ACCOUNT),
        ];
        for (asked, act, technique) in ways {
            match asked.names(rule) {
                None => {}
                Some(Names::Every) => self.opens_act(opened, act, opened.place, technique, None),
                Some(Names::Only(only)) => {
                    for name in self.within(opened.place) {
                        let of = self.cluster.namespaces.get(name);
                        let named = only
                            .iter()
                            .filter_map(|name| of?.accounts.get(name.as_str()));
                        let named: Vec<_> = named.copied().collect();
                        for account in named {
                            let condition = self.may_not_be_there(account);
                            let gain = Fact::Principal(account);
                            self.opens(opened, gain, technique, condition);
                            if act == Act::Tokens
                                && let Some(bearer) = self.bearer(account)
                            {
                                self.opens(opened, bearer, technique, condition);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The literals in manifests; only where something lies there.
    fn manifests(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        const SEEING: [&str; 3] = ["list", "get", "watch"];
        let pods = std::iter::once(("", "pods", "pod"));
        let makers = WORKLOADS
            .iter()
            .map(|&(group, resource, kind, _)| (group, resource, kind));
        for (group, resource, kind) in pods.chain(makers) {
            let allowed = SEEING
                .iter()
                .find_map(|verb| names(rule, verb, group, resource));
            let Some(allowed) = allowed else { continue };
            for name in self.within(opened.place) {
                let manifests = self.manifests_of(name, Some(kind));
                for (name, manifest) in manifests {
                    if allowed.has(name) {
                        let gain = Fact::Access(manifest, Access::Read);
                        self.opens(opened, gain, &by::READ_MANIFESTS, None);
                    }
                }
            }
        }
    }

    fn relabelling(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        match asked(&["patch", "update"], "", "namespaces").names(rule) {
            None => {}
            Some(Names::Every) => {
                self.opens_act(opened, Act::Relabel, opened.place, &by::LIFT_SECURITY, None);
            }
            Some(Names::Only(only)) => {
                let named = |name: &&'i str| only.iter().any(|own| own == name);
                let within = self.within(opened.place);
                for name in within.into_iter().filter(named) {
                    let place = Where::In(name);
                    self.opens_act(opened, Act::Relabel, place, &by::LIFT_SECURITY, None);
                }
            }
        }
    }

    /// What lies outside every namespace, so that only bindings of the cluster count.
    fn of_cluster(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        let has = |values: &[String]| values.iter().any(|value| value == "*");
        let is_all = has(&rule.verbs) && has(&rule.groups) && has(&rule.resources);
        if is_all
            && rule.names.is_empty()
            && let Some(admin) = self.admin()
        {
            self.opens(opened, admin, &by::ADMINISTER, None);
        }
        match asked(&["impersonate"], "", "users").names(rule) {
            None => {}
            Some(allowed) => {
                let users = self.cluster.users.iter();
                let users = users.filter(|(name, _)| allowed.has(name));
                let users: Vec<_> = users.map(|(_, &id)| id).collect();
                for user in users {
                    let gain = Fact::Principal(user);
                    self.opens(opened, gain, &by::IMPERSONATE_USER, None);
                }
            }
        }
        let ways = [
            (asked(&["create"], "", "nodes/proxy"), None),
            (asked(&["get"], "", "nodes/proxy"), Some(KUBELET)),
        ];
        for (asked, condition) in ways {
            match asked.names(rule) {
                None => {}
                Some(Names::Every) => {
                    let place = Where::Everywhere;
                    self.opens_act(opened, Act::Exec, place, &by::NODE_PROXY, condition);
                }
                Some(Names::Only(only)) => {
                    let nodes = only
                        .iter()
                        .filter_map(|name| self.cluster.nodes.get(name.as_str()));
                    let nodes: Vec<_> = nodes.copied().collect();
                    let pods = self.cluster.all_pods();
                    let pods =
                        pods.filter(|pod| pod.host.is_some_and(|host| nodes.contains(&host)));
                    let pods: Vec<_> = pods.map(|pod| Fact::Principal(pod.principal)).collect();
                    for gain in pods {
                        self.opens(opened, gain, &by::NODE_PROXY, condition);
                    }
                }
            }
        }
        if names(rule, "create", "", "persistentvolumes").is_some() {
            let (act, place) = (Act::MakeVolumes, Where::Everywhere);
            self.opens_act(opened, act, place, &by::HOST_VOLUME, None);
        }
        let webhooks = asked(
            &["create", "update", "patch"],
            "admissionregistration.k8s.io",
            "mutatingwebhookconfigurations",
        );
        if webhooks.names(rule).is_some() {
            let (act, place) = (Act::Run, Where::Everywhere);
            self.opens_act(opened, act, place, &by::WEBHOOK, Some(CALLED));
        }
    }

    fn aws_auth(&mut self, opened: Opened<'i>, rule: &'i AccessRule) {
        let is_there = matches!(opened.place, Where::Everywhere | Where::In("kube-system"));
        let allowed = asked(&["update", "patch"], "", "configmaps").names(rule);
        let Some(condition) = self.is_reading_aws_auth() else {
            return;
        };
        let masters = self.cluster.groups.get("system:masters").copied();
        if let (true, Some(allowed), Some(masters)) = (is_there, allowed, masters)
            && allowed.has("aws-auth")
        {
            self.opens(opened, Fact::Principal(masters), &by::AWS_AUTH, condition);
        }
    }
}
