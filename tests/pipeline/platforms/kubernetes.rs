//! Kubernetes: the cluster `c` with namespaces `shop` and `bank`, each with a service account and a secret, and what
//! `ada` may do in them.

use super::{Exports, Held, Row, access, act, acting, row};
use crate::account::{ACCOUNT, allow, role, user};
use crate::kubernetes::{
    ADA, BINDING, Estate, association, aws_auth, entry, key, plain_role, two_namespaces, with_pods,
};
use leakreach::inventory::Access;
use serde_json::{Value, json};

/// A rule, or several, that do not do.
type Others<'t> = &'t [(&'static str, &'t [&'t str])];

fn ada() -> Held {
    acting(ADA)
}

fn account(name: &str) -> Held {
    acting(crate::kubernetes::account(name))
}

fn pod(name: &str) -> Held {
    acting(key("pod", name))
}

fn secret(name: &str) -> Held {
    access(key("secret", name), Access::Read)
}

fn cluster() -> Held {
    access("kubernetes:cluster:c", Access::Admin)
}

fn in_shop(action: &str) -> Held {
    act(action, "namespace shop of cluster c")
}

fn in_cluster(action: &str) -> Held {
    act(action, "cluster c")
}

fn any_node() -> Held {
    in_cluster("root on a node")
}

impl Row {
    /// With other rules than those of the row, nobody uses it.
    fn rules(self, of: impl Fn(&[&str]) -> Exports, others: Others<'_>) -> Self {
        others
            .iter()
            .fold(self, |row, (what, texts)| row.not_in(what, of(texts)))
    }
}

/// What `ada` may do in `shop`.
fn may(texts: &[&str]) -> Exports {
    two_namespaces().bound("user:ada", "shop", texts).into()
}

/// What `ada` may do in `bank`.
fn may_elsewhere(texts: &[&str]) -> Exports {
    two_namespaces().bound("user:ada", "bank", texts).into()
}

/// What `ada` may do in the whole cluster.
fn may_everywhere(texts: &[&str]) -> Exports {
    two_namespaces().bound_everywhere("user:ada", texts).into()
}

/// The same, beside an administrator.
fn beside_root(texts: &[&str]) -> Exports {
    let estate = two_namespaces().bound_everywhere("user:root", &["* * *"]);
    estate.bound_everywhere("user:ada", texts).into()
}

/// What `ada` may do in `shop`, where pods run.
fn may_to_pods(texts: &[&str]) -> Exports {
    with_pods(|_| ()).bound("user:ada", "shop", texts).into()
}

fn privileged(spec: &mut Value) {
    spec["containers"][0]["securityContext"] = json!({"privileged": true});
}

/// With a path of the node in the pod.
fn mounted(path: &'static str, is_read_only: bool) -> impl Fn(&mut Value) {
    move |spec| {
        let host = json!({"name": "host", "hostPath": {"path": path}});
        spec["volumes"].as_array_mut().unwrap().push(host);
        spec["containers"][0]["volumeMounts"] =
            json!([{"name": "host", "mountPath": "/x", "readOnly": is_read_only}]);
    }
}

pub fn rows() -> Vec<Row> {
    let mut rows = subjects();
    rows.extend(workloads());
    rows.extend(joined());
    rows.extend(entering());
    rows.extend(admission());
    rows.extend(of_pods_and_nodes());
    rows.extend(clouds());
    rows
}

fn subjects() -> Vec<Row> {
    let named = |name: &str| format!("role {name}");
    let of_accounts = |group: &str| {
        Exports::from(two_namespaces().bound(&format!("group:{group}"), "bank", &["list secrets"]))
    };
    let masters = |groups: &str, mode: &str| {
        Exports::from(
            two_namespaces()
                .aws(plain_role("ops"))
                .item("ConfigMap", "kube-system/aws-auth", aws_auth("ops", groups))
                .described(mode),
        )
    };
    let binding_here = |texts: &[&str]| {
        Exports::from(
            two_namespaces()
                .cluster_role("cluster-admin", &["* * *"])
                .bound("user:ada", "shop", texts),
        )
    };
    let bind = format!("bind clusterroles {BINDING}");
    let make = format!("create rolebindings {BINDING}");
    let subject = "/subjects/0";
    vec![
        row(
            "kubernetes/binding",
            may(&["list secrets"]),
            [ada()],
            in_shop(&named("shop/of-user-ada")),
        )
        .not("it names another user", |e| {
            e.object("RoleBinding", "shop/of-user-ada", "/subjects/0/name", "bob")
        })
        .not("it names a group of that name", |e| {
            e.object(
                "RoleBinding",
                "shop/of-user-ada",
                "/subjects/0/kind",
                "Group",
            )
        })
        .not("it names a service account of that name", |e| {
            let subject_of = json!({"kind": "ServiceAccount", "name": "ada", "namespace": "shop"});
            e.object("RoleBinding", "shop/of-user-ada", subject, subject_of)
        })
        .not("it binds another role", |e| {
            e.object("RoleBinding", "shop/of-user-ada", "/roleRef/name", "other")
        })
        .not_in(
            "it is in another namespace",
            may_elsewhere(&["list secrets"]),
        ),
        row(
            "kubernetes/group",
            of_accounts("system:serviceaccounts:shop"),
            [account("shop/api")],
            acting(key("group", "system:serviceaccounts:shop")),
        )
        .not("the account is in another namespace", |e| {
            e.object("ServiceAccount", "shop/api", "/metadata/namespace", "bank")
        })
        .not_in(
            "another group is bound",
            of_accounts("system:serviceaccounts:bank"),
        ),
        row(
            "kubernetes/anonymous",
            of_accounts("system:unauthenticated"),
            [],
            acting(key("group", "system:unauthenticated")),
        )
        .perhaps()
        .not_in(
            "those who are known are bound",
            of_accounts("system:authenticated"),
        ),
        row(
            "kubernetes/system-masters",
            masters("system:masters", "CONFIG_MAP"),
            [acting(role("ops"))],
            cluster(),
        )
        .not_in(
            "he is in another group",
            masters("system:nodes", "CONFIG_MAP"),
        )
        .not_in(
            "the cluster does not read who is in it",
            masters("system:masters", "API"),
        ),
        row(
            "kubernetes/administer",
            may_everywhere(&["* * *"]),
            [ada()],
            cluster(),
        )
        .rules(
            may_everywhere,
            &[
                (
                    "not every verb",
                    &["get,list,watch,create,update,patch,delete * *"],
                ),
                ("not every API group", &["* * -"]),
                ("not every resource", &["* pods,secrets *"]),
                ("some names", &["* * * of-user-ada"]),
            ],
        )
        .not_in("in one namespace", may(&["* * *"])),
        row(
            "kubernetes/administer",
            binding_here(&[&bind, &make]),
            [ada()],
            in_shop("create pods"),
        )
        .rules(
            binding_here,
            &[
                ("nothing is bound", &[&make]),
                ("no binding is made", &[&bind]),
            ],
        ),
        row(
            "kubernetes/each-namespace",
            may_everywhere(&["create pods"]),
            [ada()],
            in_shop("create pods"),
        )
        .rules(may_everywhere, &[("they are read", &["get,list pods"])])
        .not_in(
            "it is bound in another namespace",
            may_elsewhere(&["create pods"]),
        ),
    ]
}

fn workloads() -> Vec<Row> {
    let with_web = |texts: &[&str]| {
        Exports::from(
            two_namespaces()
                .deployment("shop/web")
                .bound("user:ada", "shop", texts),
        )
    };
    let leak = format!("postgres://app:{}@db.example/shop", "EXAMPLE");
    let telling = |texts: &[&str], value: &str| {
        let estate = with_pods(|spec| {
            spec["containers"][0]["env"] = json!([{"name": "DATABASE_URL", "value": value}]);
        });
        Exports::from(estate.bound("user:ada", "shop", texts))
    };
    let manifest = || access(key("pod", "shop/web"), Access::Read);
    let not_running: Others<'_> = &[
        ("pods are read and deleted", &["get,list,watch,delete pods"]),
        ("pods of another API group", &["create pods apps"]),
        ("their logs", &["create pods/log"]),
        ("what is made has no name yet", &["create pods - api"]),
        (
            "something that makes no pods",
            &["create services,configmaps,endpoints"],
        ),
    ];
    let with_web_account = |texts: &[&str]| {
        Exports::from(
            two_namespaces()
                .accounts(&["shop/web"])
                .bound("user:ada", "shop", texts),
        )
    };
    let run = || may(&["create pods"]);
    let elsewhere = || may_elsewhere(&["create pods"]);
    vec![
        row(
            "kubernetes/create-workload",
            run(),
            [ada()],
            in_shop("create pods"),
        )
        .rules(may, not_running)
        .not_in("in another namespace", elsewhere()),
        row(
            "kubernetes/create-workload",
            may(&["create cronjobs batch"]),
            [ada()],
            in_shop("create pods"),
        )
        .rules(
            may,
            &[
                ("they are of another API group", &["create cronjobs apps"]),
                ("their state", &["create cronjobs/status batch"]),
                ("they are read", &["get,list cronjobs batch"]),
            ],
        ),
        row(
            "kubernetes/change-workload",
            with_web(&["patch deployments apps"]),
            [ada()],
            in_shop("create pods"),
        )
        .rules(
            with_web,
            &[
                ("another name", &["patch deployments apps other"]),
                ("they are read", &["get,list,watch,delete deployments apps"]),
                ("they are of another API group", &["patch deployments"]),
                ("only how many there are", &["patch deployments/scale apps"]),
                (
                    "the template of a job cannot be changed",
                    &["patch jobs batch"],
                ),
            ],
        )
        .maybe_in(
            "none is there, as far as is known",
            with_web(&["patch daemonsets apps"]),
        )
        .not("the rule is bound in another namespace", |e| {
            e.object("Deployment", "shop/web", "/metadata/namespace", "bank")
                .object(
                    "RoleBinding",
                    "shop/of-user-ada",
                    "/metadata/namespace",
                    "bank",
                )
        }),
        row(
            "kubernetes/run-as-service-account",
            run(),
            [ada()],
            in_shop("create serviceaccounts/token"),
        )
        .rules(may, not_running)
        .not_in("in another namespace", elsewhere()),
        row(
            "kubernetes/mount-secret",
            run(),
            [ada()],
            in_shop("list secrets"),
        )
        .rules(may, not_running)
        .not_in("in another namespace", elsewhere()),
        row(
            "kubernetes/deploy",
            run(),
            [ada()],
            access(key("namespace", "shop"), Access::Write),
        )
        .rules(may, not_running)
        .not_in("in another namespace", elsewhere())
        .rules(may, &[("code in pods that run", &["create pods/exec"])]),
        row(
            "kubernetes/read-secrets",
            may(&["list secrets"]),
            [ada()],
            secret("shop/db"),
        )
        .rules(
            may,
            &[
                ("something else", &["list configmaps"]),
                ("another API group", &["list secrets apps"]),
                ("they are written", &["create,update,patch,delete secrets"]),
                ("another name", &["list secrets - other"]),
                ("another name is asked for", &["get secrets - other"]),
            ],
        )
        .maybe_in("a name must be known", may(&["get secrets"]))
        .not_in("in another namespace", may_elsewhere(&["list secrets"])),
        row(
            "kubernetes/read-secrets",
            may(&["get secrets - db"]),
            [ada()],
            secret("shop/db"),
        )
        .rules(
            may,
            &[
                ("another name", &["get secrets - other"]),
                ("it is written", &["update secrets - db"]),
            ],
        ),
        row(
            "kubernetes/read-manifests",
            telling(&["list pods"], &leak),
            [ada()],
            manifest(),
        )
        .rules(
            |texts| telling(texts, &leak),
            &[
                ("another name", &["get pods - other"]),
                ("what makes pods", &["list deployments apps"]),
                ("their logs", &["get pods/log"]),
                ("pods are made", &["create pods/exec"]),
                ("another API group", &["list pods metrics.k8s.io"]),
            ],
        )
        .not_in(
            "the manifest sets nothing secret",
            telling(&["list pods"], "shop"),
        ),
        row(
            "kubernetes/token-request",
            may(&["create serviceaccounts/token"]),
            [ada()],
            in_shop("create serviceaccounts/token"),
        )
        .rules(
            may,
            &[
                ("they are read", &["get serviceaccounts/token"]),
                ("service accounts are made", &["create serviceaccounts"]),
                ("every verb on the accounts", &["* serviceaccounts"]),
                ("another name", &["create serviceaccounts/token - other"]),
                (
                    "another API group",
                    &["create serviceaccounts/token authentication.k8s.io"],
                ),
            ],
        )
        .not_in(
            "in another namespace",
            may_elsewhere(&["create serviceaccounts/token"]),
        ),
        row(
            "kubernetes/token-request",
            with_web_account(&["create serviceaccounts/token - web"]),
            [ada()],
            account("shop/web"),
        )
        .rules(
            with_web_account,
            &[("another name", &["create serviceaccounts/token - api"])],
        ),
        row(
            "kubernetes/use-token",
            may(&["create serviceaccounts/token"]),
            [ada()],
            account("shop/api"),
        )
        .rules(may, &[("they are read", &["get serviceaccounts/token"])])
        .maybe_in(
            "a binding alone names the account",
            Estate::default()
                .namespace("shop", None)
                .bound("shop/api", "shop", &["list pods"])
                .bound("user:ada", "shop", &["create serviceaccounts/token"]),
        )
        .not_in(
            "in another namespace",
            may_elsewhere(&["create serviceaccounts/token"]),
        )
        .not("the account is in another namespace", |e| {
            e.object("ServiceAccount", "shop/api", "/metadata/namespace", "bank")
        }),
        row(
            "kubernetes/token-secret",
            may(&["create,list secrets"]),
            [ada()],
            in_shop("impersonate serviceaccounts"),
        )
        .rules(
            may,
            &[
                ("none is read", &["create secrets"]),
                ("none is made", &["list secrets"]),
                (
                    "none is made with a name",
                    &["create secrets - x", "list secrets"],
                ),
                (
                    "something else is made",
                    &["create configmaps", "list secrets"],
                ),
            ],
        )
        .not_in(
            "in another namespace",
            may_elsewhere(&["create,list secrets"]),
        ),
        row(
            "kubernetes/token-secret",
            may(&["create secrets", "get secrets - own"]),
            [ada()],
            in_shop("impersonate serviceaccounts"),
        )
        .rules(
            may,
            &[
                (
                    "there is a secret of that name",
                    &["create secrets", "get secrets - db"],
                ),
                ("none is made", &["get secrets - own"]),
                ("none is read", &["create secrets", "get configmaps - own"]),
            ],
        )
        .maybe_in(
            "no export lists the secrets",
            Estate::default()
                .namespace("shop", None)
                .accounts(&["shop/api"])
                .bound("user:ada", "shop", &["create secrets", "get secrets - own"]),
        ),
        row(
            "kubernetes/impersonate-service-account",
            may(&["impersonate serviceaccounts"]),
            [ada()],
            account("shop/api"),
        )
        .rules(
            may,
            &[
                ("users, who are of no namespace", &["impersonate users"]),
                ("another name", &["impersonate serviceaccounts - other"]),
                (
                    "another API group",
                    &["impersonate serviceaccounts authentication.k8s.io"],
                ),
                ("they are read", &["get,list,create serviceaccounts"]),
            ],
        )
        .maybe_in(
            "a binding alone names the account",
            Estate::default()
                .namespace("shop", None)
                .bound("shop/api", "shop", &["list pods"])
                .bound("user:ada", "shop", &["impersonate serviceaccounts"]),
        )
        .not_in(
            "in another namespace",
            may_elsewhere(&["impersonate serviceaccounts"]),
        ),
        row(
            "kubernetes/impersonate-service-account",
            may(&["impersonate serviceaccounts - api"]),
            [ada()],
            account("shop/api"),
        )
        .rules(
            may,
            &[("another name", &["impersonate serviceaccounts - other"])],
        ),
        row(
            "kubernetes/impersonate-user",
            beside_root(&["impersonate users"]),
            [ada()],
            acting(key("user", "root")),
        )
        .rules(
            beside_root,
            &[
                ("another name", &["impersonate users - bob"]),
                ("groups", &["impersonate groups"]),
                ("service accounts", &["impersonate serviceaccounts"]),
                (
                    "another API group",
                    &["impersonate users authentication.k8s.io"],
                ),
                ("they are read", &["get,list users"]),
            ],
        )
        .not_in("users are of no namespace", {
            let estate = two_namespaces().bound_everywhere("user:root", &["* * *"]);
            estate.bound("user:ada", "shop", &["impersonate users"])
        }),
    ]
}

fn joined() -> Vec<Row> {
    let masters = || acting(key("group", "system:masters"));
    let bind = format!("bind clusterroles {BINDING}");
    let make = format!("create clusterrolebindings {BINDING}");
    let beside_admin = |texts: &[&str]| {
        let estate = two_namespaces().cluster_role("cluster-admin", &["* * *"]);
        Exports::from(estate.bound_everywhere("user:ada", texts))
    };
    let change = format!("patch,escalate clusterroles {BINDING}");
    let patch = format!("patch clusterroles {BINDING}");
    let escalate = format!("escalate clusterroles {BINDING}");
    let of_own = format!("patch,escalate clusterroles {BINDING} of-user-ada");
    let of_bob = format!("patch,escalate clusterroles {BINDING} of-user-bob");
    let beside_bob = |texts: &[&str]| {
        let estate = two_namespaces().bound_everywhere("user:bob", &["list configmaps"]);
        Exports::from(estate.bound_everywhere("user:ada", texts))
    };
    let changed = |name: &str| act("escalate", &format!("role {name} of cluster c"));
    let certify = [
        "create certificatesigningrequests certificates.k8s.io",
        "update certificatesigningrequests/approval certificates.k8s.io",
        "approve signers certificates.k8s.io kubernetes.io/kube-apiserver-client",
    ];
    let kubelets = "approve signers certificates.k8s.io kubernetes.io/kubelet-serving";
    let by_two = |own: &[&str], other: &[&str]| {
        two_namespaces()
            .bound_everywhere("user:ada", own)
            .bound_everywhere("user:bob", other)
    };
    let both = [ada(), acting(key("user", "bob"))];
    vec![
        row(
            "kubernetes/impersonate-group",
            may_everywhere(&[
                "impersonate groups - system:masters",
                "impersonate users - nobody",
            ]),
            both.clone(),
            masters(),
        )
        .rules(
            may_everywhere,
            &[
                ("nobody in it", &["impersonate groups"]),
                (
                    "another group",
                    &["impersonate groups - readers", "impersonate users - nobody"],
                ),
                (
                    "another API group",
                    &[
                        "impersonate groups authentication.k8s.io",
                        "impersonate users",
                    ],
                ),
                ("they are read", &["get groups", "impersonate users"]),
            ],
        )
        .not_in(
            "by two subjects, which make no one request",
            by_two(&["impersonate groups"], &["impersonate users - nobody"]),
        )
        .not_in(
            "groups are of no namespace",
            may(&["impersonate groups,users,serviceaccounts"]),
        ),
        row(
            "kubernetes/bind",
            beside_admin(&[&bind, &make]),
            both.clone(),
            cluster(),
        )
        .rules(
            beside_admin,
            &[
                ("nothing is bound", &[&make]),
                ("no binding is made", &[&bind]),
                (
                    "another role",
                    &[&format!("bind clusterroles {BINDING} view"), &make],
                ),
                (
                    "roles of namespaces",
                    &[&format!("bind roles {BINDING}"), &make],
                ),
                (
                    "bindings of namespaces",
                    &[&bind, &format!("create rolebindings {BINDING}")],
                ),
                ("another API group", &["bind clusterroles", &make]),
                (
                    "bindings are read",
                    &[&bind, &format!("get,list clusterrolebindings {BINDING}")],
                ),
            ],
        )
        .not_in("no role allows everything", may_everywhere(&[&bind, &make]))
        .not_in(
            "by two subjects, which make no one request",
            by_two(&[&bind], &[&make]).cluster_role("cluster-admin", &["* * *"]),
        ),
        row(
            "kubernetes/bind",
            beside_root(&[
                &bind,
                &format!("patch clusterrolebindings {BINDING} of-user-root"),
            ]),
            [ada()],
            in_cluster("role of-user-root"),
        )
        .rules(
            beside_root,
            &[
                (
                    "a binding of another role",
                    &[
                        &bind,
                        &format!("patch clusterrolebindings {BINDING} of-user-ada"),
                    ],
                ),
                (
                    "the binding is read",
                    &[
                        &bind,
                        &format!("get clusterrolebindings {BINDING} of-user-root"),
                    ],
                ),
            ],
        ),
        row(
            "kubernetes/escalate",
            beside_bob(&[&of_own]),
            both.clone(),
            changed("of-user-ada"),
        )
        .rules(
            beside_bob,
            &[
                ("it is changed, no more than one holds", &[&patch]),
                ("it is not changed", &[&escalate]),
                ("another role", &[&of_bob]),
                ("another API group", &["patch,escalate clusterroles"]),
                (
                    "roles of namespaces",
                    &[&format!("patch,escalate roles {BINDING}")],
                ),
            ],
        )
        .not_in(
            "by two subjects, which make no one request",
            by_two(&[&patch], &[&escalate]),
        ),
        row(
            "kubernetes/use-changed-role",
            beside_bob(&[&change]),
            [ada()],
            cluster(),
        )
        .rules(
            beside_bob,
            &[
                ("it is changed, no more than one holds", &[&patch]),
                ("the role is bound to another", &[&of_bob]),
            ],
        )
        .not_in(
            "the role is bound in a namespace",
            may(&[&format!("patch,escalate roles {BINDING}")]),
        ),
        row(
            "kubernetes/use-changed-role",
            beside_bob(&[&of_bob]),
            both.clone(),
            cluster(),
        )
        .not_by("who changes it, to whom it is not bound", [ada()])
        .not_by(
            "to whom it is bound, who changes nothing",
            [acting(key("user", "bob"))],
        )
        .rules(
            beside_bob,
            &[("it is changed, no more than one holds", &[&patch])],
        ),
        row(
            "kubernetes/client-certificate",
            may_everywhere(&certify),
            both.clone(),
            in_cluster("approve certificatesigningrequests"),
        )
        .perhaps()
        .rules(
            may_everywhere,
            &[
                ("none is asked for", &certify[1..]),
                ("none is approved", &[certify[0], certify[2]]),
                ("no signer is named", &certify[..2]),
                (
                    "the signer signs for servers",
                    &[certify[0], certify[1], kubelets],
                ),
            ],
        )
        .not_in("they are of no namespace", may(&certify))
        .not_in("by two subjects", by_two(&certify[..2], &certify[2..])),
        row(
            "kubernetes/client-certificate",
            beside_root(&certify),
            [ada()],
            acting(key("user", "root")),
        )
        .perhaps()
        .rules(beside_root, &[("no signer is named", &certify[..2])]),
    ]
}

fn entering() -> Vec<Row> {
    let web = || pod("shop/web");
    let proxying =
        |texts: &[&str]| Exports::from(with_pods(|_| ()).bound_everywhere("user:ada", texts));
    vec![
        row(
            "kubernetes/exec",
            may_to_pods(&["create pods/exec - web"]),
            [ada()],
            web(),
        )
        .rules(
            may_to_pods,
            &[
                ("another name", &["create pods/exec - other"]),
                ("pods themselves", &["create pods - web"]),
                ("what is no pattern", &["create pods/*"]),
                ("another API group", &["create pods/exec apps"]),
                ("ports", &["create pods/portforward"]),
            ],
        )
        .maybe_in("before 1.35", may_to_pods(&["get pods/exec - web"])),
        row(
            "kubernetes/attach",
            may_to_pods(&["create pods/attach - web"]),
            [ada()],
            web(),
        )
        .perhaps()
        .rules(
            may_to_pods,
            &[
                ("another name", &["create pods/attach - other"]),
                ("pods themselves", &["create pods - web"]),
                ("logs", &["get pods/log - web"]),
                ("another API group", &["create pods/attach apps"]),
            ],
        ),
        row(
            "kubernetes/ephemeral-container",
            may_to_pods(&["patch pods/ephemeralcontainers - web"]),
            [ada()],
            web(),
        )
        .rules(
            may_to_pods,
            &[
                ("another name", &["patch pods/ephemeralcontainers - other"]),
                ("another verb", &["create,get pods/ephemeralcontainers"]),
                ("their state", &["patch pods/status - web"]),
                (
                    "another API group",
                    &["patch pods/ephemeralcontainers apps"],
                ),
            ],
        ),
        row(
            "kubernetes/change-pod",
            may_to_pods(&["patch pods - web"]),
            [ada()],
            web(),
        )
        .rules(
            may_to_pods,
            &[
                ("another name", &["patch pods - other"]),
                ("their state", &["patch pods/status - web"]),
                ("they are read and deleted", &["get,list,watch,delete pods"]),
                ("another API group", &["patch pods apps"]),
            ],
        ),
        row(
            "kubernetes/node-proxy",
            proxying(&["create nodes/proxy - n1"]),
            [ada()],
            web(),
        )
        .rules(
            proxying,
            &[
                ("another node", &["create nodes/proxy - n2"]),
                ("nodes themselves", &["create,get nodes"]),
                ("their metrics", &["create nodes/metrics"]),
                ("another API group", &["create nodes/proxy apps"]),
            ],
        )
        .maybe_in("they are read", proxying(&["get nodes/proxy - n1"]))
        .not_in(
            "nodes are of no namespace",
            may_to_pods(&["create nodes/proxy"]),
        )
        .not("the pod is on another node", |e| {
            e.object("Pod", "shop/web", "/spec/nodeName", "n2")
        }),
        row(
            "kubernetes/in-pod",
            may_to_pods(&["create pods/exec"]),
            [ada()],
            web(),
        )
        .rules(
            may_to_pods,
            &[
                ("another name", &["create pods/exec - other"]),
                ("pods are read", &["get,list pods"]),
            ],
        )
        .not("the pod is in another namespace", |e| {
            e.object("Pod", "shop/web", "/metadata/namespace", "bank")
        })
        .not("the pod is over", |e| {
            e.object("Pod", "shop/web", "/status/phase", "Succeeded")
        }),
    ]
}

fn admission() -> Vec<Row> {
    let enforcing = |level: Option<&str>, texts: &[&str]| {
        Exports::from(
            Estate::default()
                .namespace("shop", level)
                .node("n1", json!({}))
                .bound("user:ada", "shop", texts),
        )
    };
    let restricted = |texts: &[&str]| enforcing(Some("restricted"), texts);
    let with_volumes = |texts: &[&str]| {
        Exports::from(
            Estate::default()
                .namespace("shop", Some("restricted"))
                .node("n1", json!({}))
                .bound_everywhere("user:ada", texts),
        )
    };
    let group = "admissionregistration.k8s.io";
    let webhooks = format!("patch mutatingwebhookconfigurations {group}");
    let plain = || enforcing(None, &["create pods"]);
    let label = "/metadata/labels";
    let enforce = |level: &str| json!({"pod-security.kubernetes.io/enforce": level});
    vec![
        row("kubernetes/privileged-pod", plain(), [ada()], any_node())
            .perhaps()
            .not("the namespace keeps to `baseline`", |e| {
                e.object("Namespace", "shop", label, enforce("baseline"))
            })
            .not("the namespace keeps to `restricted`", |e| {
                e.object("Namespace", "shop", label, enforce("restricted"))
            })
            .rules(
                |texts| enforcing(None, texts),
                &[("pods are read", &["get pods"])],
            ),
        row(
            "kubernetes/lift-pod-security",
            restricted(&["create pods", "patch namespaces"]),
            [ada()],
            any_node(),
        )
        .perhaps()
        .rules(
            restricted,
            &[
                ("the label stays", &["create pods"]),
                ("no pod is made", &["patch namespaces"]),
                (
                    "another namespace",
                    &["create pods", "patch namespaces - bank"],
                ),
                ("its state", &["create pods", "patch namespaces/status"]),
                ("it is read", &["create pods", "get,list namespaces"]),
            ],
        ),
        row(
            "kubernetes/host-volume",
            with_volumes(&["create pods,persistentvolumes"]),
            [ada()],
            any_node(),
        )
        .perhaps()
        .rules(
            with_volumes,
            &[
                ("claims", &["create pods,persistentvolumeclaims"]),
                ("no pod is made", &["create persistentvolumes"]),
                (
                    "they are read",
                    &["create pods", "get,list persistentvolumes"],
                ),
                (
                    "another API group",
                    &["create pods", "create persistentvolumes storage.k8s.io"],
                ),
            ],
        )
        .not_in(
            "they are of no namespace",
            restricted(&["create pods,persistentvolumes"]),
        ),
        row(
            "kubernetes/admission-webhook",
            may_everywhere(&[&webhooks]),
            [ada()],
            in_cluster("create pods"),
        )
        .perhaps()
        .rules(
            may_everywhere,
            &[
                (
                    "those that only refuse",
                    &[&format!("patch validatingwebhookconfigurations {group}")],
                ),
                (
                    "they are read",
                    &[&format!("get,list mutatingwebhookconfigurations {group}")],
                ),
                (
                    "another API group",
                    &["patch mutatingwebhookconfigurations"],
                ),
            ],
        )
        .not_in("they are of no namespace", may(&[&webhooks])),
        row(
            "kubernetes/on-node",
            plain(),
            [ada()],
            access(key("node", "n1"), Access::Admin),
        )
        .perhaps()
        .not("the namespace keeps to `baseline`", |e| {
            e.object("Namespace", "shop", label, enforce("baseline"))
        })
        .rules(
            |texts| enforcing(None, texts),
            &[("pods are read", &["get pods"])],
        ),
    ]
}

fn of_pods_and_nodes() -> Vec<Row> {
    let web = || pod("shop/web");
    let root = || access(key("node", "n1"), Access::Admin);
    let kubelet = || acting(key("user", "system:node:n1"));
    let teller = || account("bank/teller");
    let volumes = || act("read volumes of pods", "kubernetes:c:node:n1");
    let inside = |change: &dyn Fn(&mut Value)| Exports::from(with_pods(|spec| change(spec)));
    let on_control_plane = |label: &str| {
        let labels = json!({format!("node-role.kubernetes.io/{label}"): ""});
        let estate = two_namespaces().node("n1", labels);
        Exports::from(estate.pod("shop/web", "api", "n1", privileged))
    };
    let desk_moves = |e: Exports| e.object("Pod", "bank/desk", "/spec/nodeName", "n2");
    let desk_ends = |e: Exports| e.object("Pod", "bank/desk", "/status/phase", "Failed");
    let web_moves = |e: Exports| e.object("Pod", "shop/web", "/spec/nodeName", "n2");
    let owned = json!({"metadata": {"ownerReferences": [{"kind": "ReplicaSet", "name": "web-abc", "controller": true}],
        "labels": {"pod-template-hash": "abc"}},
        "spec": {"serviceAccountName": "api", "containers": []}, "status": {"phase": "Running"}});
    let owned = Exports::from(two_namespaces().item("Pod", "shop/web-abc-1", owned));
    let unmounted = |spec: &mut Value| {
        let host = json!({"name": "host", "hostPath": {"path": "/"}});
        spec["volumes"].as_array_mut().unwrap().push(host);
    };
    vec![
        row("kubernetes/escape", inside(&privileged), [web()], root())
            .not_in("it is not privileged", inside(&|_| ()))
            .not("it runs on another node", web_moves)
            .not("it is over", |e| {
                e.object("Pod", "shop/web", "/status/phase", "Succeeded")
            })
            .not_in(
                "it only shares the network of the node",
                inside(&|spec| spec["hostNetwork"] = json!(true)),
            )
            .maybe_in(
                "it runs as another user",
                inside(&|spec| {
                    privileged(spec);
                    spec["containers"][0]["securityContext"]["runAsUser"] = json!(1000);
                    spec["containers"][0]["securityContext"]["runAsNonRoot"] = json!(true);
                }),
            ),
        row(
            "kubernetes/escape",
            inside(&mounted("/", false)),
            [web()],
            root(),
        )
        .not_in("it reads the disk alone", inside(&mounted("/", true)))
        .not_in("nothing lies there", inside(&mounted("/srv/data", false)))
        .not_in("no container mounts the volume", inside(&unmounted)),
        row(
            "kubernetes/read-volumes",
            inside(&mounted("/var/lib/kubelet/pods", true)),
            [web()],
            teller(),
        )
        .not_in(
            "something else lies there",
            inside(&mounted("/var/lib/other", true)),
        )
        .not("it runs on another node", web_moves)
        .not("the other pod runs on another node", desk_moves)
        .not("no token is mounted there", |e| {
            e.object("Pod", "bank/desk", "/spec/volumes", json!([]))
                .object("Pod", "bank/desk", "/spec/serviceAccountName", "teller")
        }),
        row(
            "kubernetes/read-volumes",
            inside(&mounted("/var/lib/kubelet/pods", true)),
            [web()],
            volumes(),
        )
        .not_in(
            "something else lies there",
            inside(&mounted("/var/lib/other", true)),
        )
        .not_in(
            "it is a file of the node's log",
            inside(&mounted("/var/log", true)),
        ),
        row(
            "kubernetes/node-to-pod",
            inside(&privileged),
            [web()],
            pod("bank/desk"),
        )
        .not_in("it only reads the node", inside(&mounted("/", true)))
        .not_in("it is not privileged", inside(&|_| ()))
        .not("the other pod runs on another node", desk_moves)
        .not("the other pod is over", desk_ends),
        row(
            "kubernetes/node-to-kubelet",
            inside(&mounted("/", true)),
            [web()],
            kubelet(),
        )
        .not_in(
            "it reads something else",
            inside(&mounted("/srv/data", true)),
        )
        .not_in(
            "it reads volumes of pods",
            inside(&mounted("/var/lib/kubelet/pods", true)),
        )
        .not("it runs on another node", web_moves),
        row(
            "kubernetes/kubelet-token",
            inside(&|_| ()),
            [kubelet()],
            teller(),
        )
        .not("no pod of the account is on the node", desk_moves)
        .not("the pod is over", desk_ends)
        .not("the pod is of another account", |e| {
            e.object("Pod", "bank/desk", "/spec/serviceAccountName", "default")
        }),
        row(
            "kubernetes/kubelet-secret",
            inside(&|_| ()),
            [kubelet()],
            secret("bank/vault"),
        )
        .not("the pod is on another node", desk_moves)
        .not("the pod is over", desk_ends)
        .not("the pod uses another secret", |e| {
            e.object(
                "Pod",
                "bank/desk",
                "/spec/containers/0/envFrom/0/secretRef/name",
                "other",
            )
        })
        .not("the pod uses a ConfigMap", |e| {
            e.object(
                "Pod",
                "bank/desk",
                "/spec/containers/0/envFrom",
                json!([{"configMapRef": {"name": "vault"}}]),
            )
        }),
        row(
            "kubernetes/control-plane",
            on_control_plane("control-plane"),
            [web()],
            cluster(),
        )
        .not_in("it is another node", on_control_plane("worker"))
        .not("it is not privileged", |e| {
            e.object(
                "Pod",
                "shop/web",
                "/spec/containers/0/securityContext",
                json!({}),
            )
        }),
        row(
            "kubernetes/pod-token",
            inside(&|_| ()),
            [web()],
            account("shop/api"),
        )
        .not("it runs as another", |e| {
            e.object("Pod", "shop/web", "/spec/serviceAccountName", "default")
        })
        .not_in(
            "it asks for none",
            inside(&|spec| {
                spec["volumes"] = json!([]);
                spec["automountServiceAccountToken"] = json!(false);
            }),
        )
        .not_in(
            "the token is for another audience, and it asks for no other",
            inside(&|spec| {
                spec["automountServiceAccountToken"] = json!(false);
                spec["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"]["audience"] =
                    json!("vault");
            }),
        )
        .not("it is over", |e| {
            e.object("Pod", "shop/web", "/status/phase", "Succeeded")
        })
        .maybe_in(
            "the manifest was not completed",
            inside(&|spec| spec["volumes"] = json!([])),
        ),
        row(
            "kubernetes/pod-code",
            owned,
            [pod("shop/web-abc-1")],
            access(key("deployment", "shop/web"), Access::Write),
        )
        .not("it is another's", |e| {
            e.object(
                "Pod",
                "shop/web-abc-1",
                "/metadata/ownerReferences/0/name",
                "job-abc",
            )
        })
        .not("it is nobody's", |e| {
            e.object(
                "Pod",
                "shop/web-abc-1",
                "/metadata/ownerReferences",
                json!([]),
            )
        })
        .not("it is over", |e| {
            e.object("Pod", "shop/web-abc-1", "/status/phase", "Succeeded")
        }),
    ]
}

fn clouds() -> Vec<Row> {
    let aws_auth_by = |mode: &str, namespace: &str, texts: &[&str]| {
        Exports::from(
            two_namespaces()
                .described(mode)
                .namespace("kube-system", None)
                .bound("user:ada", namespace, texts),
        )
    };
    let in_system = |texts: &[&str]| aws_auth_by("CONFIG_MAP", "kube-system", texts);
    let masters = || acting(key("group", "system:masters"));
    let entering = |mode: &str, name: &str| {
        Exports::from(
            two_namespaces()
                .described(mode)
                .aws(plain_role("dev"))
                .file("eks/entry.json", entry(name, &["shop-devs"])),
        )
    };
    let auth_line = |name: &str| {
        Exports::from(
            two_namespaces()
                .described("CONFIG_MAP")
                .aws(plain_role("dev"))
                .item(
                    "ConfigMap",
                    "kube-system/aws-auth",
                    aws_auth(name, "readers"),
                ),
        )
    };
    let managing = |mode: &str, actions: &[&str]| {
        let statements: Vec<Value> = actions.iter().map(|action| allow(action, "*")).collect();
        Exports::from(
            two_namespaces()
                .described(mode)
                .aws(|aws| aws.user("ops", &statements)),
        )
    };
    let both = ["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"];
    let associated = |namespace: &str, name: &str| {
        Exports::from(
            two_namespaces()
                .file(
                    "eks/association.json",
                    association(namespace, name, "orders"),
                )
                .aws(plain_role("orders"))
                .pod("shop/web", "api", "n1", |_| ())
                .bound("user:ada", "shop", &["create pods"]),
        )
    };
    let asking = || {
        act(
            "eks-auth:AssumeRoleForPodIdentity",
            &format!(
                "{} as {}",
                role("orders"),
                crate::kubernetes::account("shop/api")
            ),
        )
    };
    let on_instance = |instance: &str, host_network: bool| {
        let instance = instance.to_owned();
        Exports::from(
            Estate::default()
                .namespace("shop", None)
                .node("n1", json!({}))
                .node("n2", json!({}))
                .aws(|aws| {
                    aws.role("node", &json!({"Service": "ec2.amazonaws.com"}), &[])
                        .with_instance_profile()
                        .instance(&instance, "node")
                })
                .pod("shop/agent", "api", "n1", |spec| {
                    spec["hostNetwork"] = json!(host_network)
                }),
        )
    };
    let mapped = |list: &str| acting(format!("kubernetes:c:{list}:{}", role("dev")));
    vec![
        row(
            "kubernetes/aws-auth",
            in_system(&["patch configmaps - aws-auth"]),
            [ada()],
            masters(),
        )
        .rules(
            in_system,
            &[
                ("another name", &["patch configmaps - coredns"]),
                ("it is read", &["get,list configmaps"]),
                ("another API group", &["patch configmaps apps"]),
                ("secrets", &["patch secrets - aws-auth"]),
            ],
        )
        .not_in(
            "in another namespace",
            aws_auth_by("CONFIG_MAP", "shop", &["patch configmaps"]),
        )
        .not_in(
            "the cluster does not read it",
            aws_auth_by("API", "kube-system", &["patch configmaps"]),
        ),
        row(
            "kubernetes/eks-access-entry",
            entering("API", "dev"),
            [acting(role("dev"))],
            mapped("access-entry"),
        )
        .not_in("it is another role's", entering("API", "other"))
        .not_in(
            "the cluster does not read it",
            entering("CONFIG_MAP", "dev"),
        ),
        row(
            "kubernetes/eks-access-entry",
            auth_line("dev"),
            [acting(role("dev"))],
            mapped("aws-auth"),
        )
        .not_in("it is another role's", auth_line("other"))
        .not("the cluster does not read it", |e| {
            e.set(
                "kubernetes/c/eks/describe-cluster.json",
                "/cluster/accessConfig/authenticationMode",
                "API",
            )
        })
        .not("an access entry goes before it", |e| {
            e.set(
                "kubernetes/c/eks/describe-cluster.json",
                "/cluster/accessConfig/authenticationMode",
                "API_AND_CONFIG_MAP",
            )
            .with("kubernetes/c/eks/entry.json", entry("dev", &["readers"]))
        })
        .maybe("which lists the cluster reads is in no export", |e| {
            e.without("kubernetes/c/eks/describe-cluster.json")
        }),
        row(
            "kubernetes/eks-administer",
            managing("API", &both),
            [acting(user("ops"))],
            cluster(),
        )
        .perhaps()
        .not_in(
            "the cluster does not read entries",
            managing("CONFIG_MAP", &both),
        )
        .not_in("no policy is associated", managing("API", &both[..1]))
        .not_in("no entry is made", managing("API", &both[1..])),
        row(
            "kubernetes/eks-pod-identity",
            associated("shop", "api"),
            [pod("shop/web")],
            asking(),
        )
        .not_in("it is another account's", associated("shop", "other"))
        .not_in("it is of another namespace", associated("bank", "api"))
        .not("the pod runs as another", |e| {
            e.object("Pod", "shop/web", "/spec/serviceAccountName", "default")
        }),
        row(
            "kubernetes/eks-pod-identity",
            associated("shop", "api"),
            [ada()],
            asking(),
        )
        .not_in("it is of another namespace", associated("bank", "api"))
        .not("she runs no pods", |e| {
            e.object("Role", "shop/of-user-ada", "/rules/0/verbs", json!(["get"]))
        }),
        row(
            "kubernetes/instance-role",
            on_instance("i-n1", true),
            [pod("shop/agent")],
            acting(role("node")),
        )
        .not_in("the instance is another node", on_instance("i-n2", true))
        .not("the pod is on another node", |e| {
            e.object("Pod", "shop/agent", "/spec/nodeName", "n2")
        })
        .maybe_in(
            "the pod has a network of its own",
            on_instance("i-n1", false),
        ),
        row(
            "kubernetes/instance-role",
            on_instance("i-n1", true),
            [access(key("node", "n1"), Access::Admin)],
            acting(role("node")),
        )
        .not_in("the instance is another node", on_instance("i-n2", true))
        .not("the node is no instance of AWS", |e| {
            e.object("Node", "n1", "/spec/providerID", "gce://project/zone/n1")
        })
        .not("the instance has no role", |e| {
            let path = format!("aws/{ACCOUNT}/ec2/describe-instances.json");
            e.set(
                &path,
                "/Reservations/0/Instances/0/IamInstanceProfile",
                Value::Null,
            )
        }),
    ]
}
