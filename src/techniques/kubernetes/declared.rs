//! The techniques of Kubernetes, each declared once.

use crate::techniques::listed::Listed;

/// Where the rules are documented.
const RBAC: &str = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/";
const RISKS: &str =
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks";
const ACCOUNTS: &str =
    "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/";
const IMPERSONATION: &str =
    "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation";
const STANDARDS: &str = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";
const NODE_AUTHORIZATION: &str = "https://kubernetes.io/docs/reference/access-authn-authz/node/";

macro_rules! techniques {
    ($($name:ident = $id:literal, $about:literal, needs $needs:literal, gains $gains:literal, $attack:expr, fix $fix:literal, $source:expr;)*) => {
        $(pub(super) static $name: Listed = Listed {
            id: concat!("kubernetes/", $id),
            platform: "kubernetes",
            name: $about,
            needs: $needs,
            gains: $gains,
            attack: $attack,
            fix: $fix,
            source: $source,
        };)*
        /// All of them, in order.
        pub(in crate::techniques) static TECHNIQUES: &[&Listed] = &[$(&$name),*];
    };
}

techniques! {
    BINDING = "binding", "use what the role grants",
        needs "acting as a subject of a binding", gains "the right to what the role allows, where it is bound",
        &["T1078.004"], fix "take the subject out of the binding", RBAC;
    GROUP = "group", "belong to the groups of all such identities",
        needs "acting as a service account or user", gains "acting in its groups",
        &["T1078.004"], fix "take the group out of the binding", RBAC;
    ANONYMOUS = "anonymous", "ask the API server without an identity",
        needs "nothing", gains "acting in system:unauthenticated",
        &["T1190"], fix "take the group out of the binding, or switch anonymous requests off", RBAC;
    MASTERS = "system-masters", "pass by all checks of rights",
        needs "acting in system:masters", gains "admin of the cluster",
        &["T1078.004"], fix "give nobody the group", RBAC;
    ADMINISTER = "administer", "administer the cluster",
        needs "a rule that allows everything, everywhere; or admin of the cluster", gains "admin of the cluster; every right in every namespace",
        &["T1078.004"], fix "narrow the rule", RBAC;
    EACH_NAMESPACE = "each-namespace", "do it in one of the namespaces",
        needs "a right in every namespace", gains "the right in each",
        &[], fix "bind the role in single namespaces", RBAC;
    CREATE_WORKLOAD = "create-workload", "run a pod of one's own",
        needs "create on pods, or on what makes pods", gains "running pods in the namespace",
        &["T1610", "T1053.007"], fix "take create out of the rule", RISKS;
    CHANGE_WORKLOAD = "change-workload", "change the template of pods that are made",
        needs "update or patch on what makes pods, of which there is one", gains "running pods in the namespace",
        &["T1610"], fix "take update and patch out of the rule", RISKS;
    RUN_AS = "run-as-service-account", "run the pod as any service account of the namespace",
        needs "running pods in the namespace", gains "tokens of every service account of the namespace, for any audience",
        &["T1610", "T1528"], fix "keep powerful service accounts in namespaces of their own", RISKS;
    MOUNT_SECRET = "mount-secret", "mount the secrets of the namespace into the pod",
        needs "running pods in the namespace", gains "reading every secret of the namespace",
        &["T1552.007"], fix "keep secrets in namespaces of their own", RISKS;
    READ_SECRETS = "read-secrets", "read secrets",
        needs "get, list or watch on secrets", gains "reading the secrets",
        &["T1552.007"], fix "name the secrets in the rule (resourceNames), without list and watch", RISKS;
    READ_MANIFESTS = "read-manifests", "read what a manifest sets outright",
        needs "get, list or watch on pods or on what makes them", gains "the variables that the manifest sets",
        &["T1552.007"], fix "set variables from secrets, not in the manifest", "https://kubernetes.io/docs/concepts/configuration/secret/";
    TOKEN_REQUEST = "token-request", "have a token of a service account issued",
        needs "create on serviceaccounts/token", gains "tokens of the service account, for any audience",
        &["T1528"], fix "take serviceaccounts/token out of the rule", RISKS;
    USE_TOKEN = "use-token", "use the token",
        needs "tokens of service accounts of the namespace", gains "acting as each of them",
        &["T1550.001"], fix "give the service accounts less", ACCOUNTS;
    TOKEN_SECRET = "token-secret", "have a secret filled with a token of a service account, and read it",
        needs "create on secrets; reading secrets of the namespace", gains "acting as every service account of the namespace",
        &["T1098.001", "T1528"], fix "take create out of the rule on secrets", ACCOUNTS;
    IMPERSONATE_ACCOUNT = "impersonate-service-account", "impersonate a service account",
        needs "impersonate on serviceaccounts", gains "acting as the service account",
        &["T1078.004"], fix "name whom in the rule (resourceNames)", IMPERSONATION;
    IMPERSONATE_USER = "impersonate-user", "impersonate a user",
        needs "impersonate on users", gains "acting as the user",
        &["T1078.004"], fix "name whom in the rule (resourceNames)", IMPERSONATION;
    IMPERSONATE_GROUP = "impersonate-group", "impersonate somebody in a group",
        needs "impersonate on groups, and on some user or service account, of one subject", gains "acting in the group",
        &["T1078.004"], fix "name the groups in the rule (resourceNames)", IMPERSONATION;
    BIND = "bind", "bind a role to oneself",
        needs "create, update or patch on bindings, and bind on the role, of one subject", gains "the right to what the role allows",
        &["T1098.006"], fix "name the roles in the rule (resourceNames)", RBAC;
    ESCALATE = "escalate", "write more into a role than one holds",
        needs "update or patch on the role, and escalate on it, of one subject", gains "changing what the role allows",
        &["T1098.006"], fix "take escalate out of the rule", RBAC;
    USE_CHANGED = "use-changed-role", "use what was written into the role",
        needs "changing what a role allows; a subject to which it is bound", gains "every right where it is bound",
        &["T1098.006"], fix "take escalate out of the rule", RBAC;
    CERTIFICATE = "client-certificate", "have a client certificate issued for anybody",
        needs "create on certificate signing requests, update on their approval, and approve on the signer, of one subject", gains "acting as any user, group (but system:masters) and service account",
        &["T1649"], fix "take approval or the signer out of the rule", "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/";
    EXEC = "exec", "run a command in a pod",
        needs "create on pods/exec (get, before 1.35)", gains "running code in the pod",
        &["T1609"], fix "take pods/exec out of the rule", "https://github.com/kubernetes/kubernetes/pull/134577";
    ATTACH = "attach", "attach to the process of a pod",
        needs "create on pods/attach (get, before 1.35)", gains "speaking to the process of the pod",
        &["T1609"], fix "take pods/attach out of the rule", "https://github.com/kubernetes/kubernetes/pull/134577";
    EPHEMERAL = "ephemeral-container", "add a container to a running pod",
        needs "update or patch on pods/ephemeralcontainers", gains "running code in the pod",
        &["T1609", "T1610"], fix "take pods/ephemeralcontainers out of the rule", "https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/";
    CHANGE_POD = "change-pod", "put another image into a running pod",
        needs "update or patch on pods", gains "running code in the pod",
        &["T1525", "T1610"], fix "take update and patch out of the rule", "https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement";
    NODE_PROXY = "node-proxy", "run commands in pods through the kubelet of their node",
        needs "create on nodes/proxy (or get, by websocket)", gains "running code in the pods of the node",
        &["T1609"], fix "grant nodes/metrics and the like in place of nodes/proxy", RISKS;
    IN_POD = "in-pod", "be in one of the pods",
        needs "running code in pods of the namespace", gains "running code in each pod",
        &[], fix "name the pods in the rule (resourceNames)", RBAC;
    PRIVILEGED_POD = "privileged-pod", "run a privileged pod on a node of choice",
        needs "running pods in a namespace that does not enforce pod security", gains "root on any node",
        &["T1610", "T1611"], fix "label the namespace pod-security.kubernetes.io/enforce: baseline", STANDARDS;
    LIFT_SECURITY = "lift-pod-security", "take pod security off the namespace, and run a privileged pod",
        needs "update or patch on the namespace; running pods in it", gains "root on any node",
        &["T1562.001", "T1611"], fix "take update and patch on namespaces out of the rule", RISKS;
    HOST_VOLUME = "host-volume", "mount the disk of a node as a volume of the cluster",
        needs "create on persistentvolumes; running pods somewhere", gains "root on any node",
        &["T1611"], fix "take create on persistentvolumes out of the rule", RISKS;
    WEBHOOK = "admission-webhook", "change what others create, as an admission webhook",
        needs "create, update or patch on mutatingwebhookconfigurations", gains "running pods in every namespace",
        &["T1546"], fix "take the webhooks out of the rule", RISKS;
    ON_NODE = "on-node", "be on one of the nodes",
        needs "root on any node", gains "root on each node",
        &["T1611"], fix "keep privileged pods out", STANDARDS;
    ESCAPE = "escape", "break out of the container",
        needs "running code in a pod whose manifest lets it", gains "root on its node, or reading its files",
        &["T1611"], fix "run the pod without it", STANDARDS;
    READ_VOLUMES = "read-volumes", "read the tokens and secrets that are mounted into other pods of the node",
        needs "running code in a pod that mounts the kubelet's directory of pods", gains "acting as the service accounts of the pods there; their mounted secrets",
        &["T1552.001", "T1528"], fix "run the pod without it", "https://kubehound.io/reference/attacks/EXPLOIT_HOST_TRAVERSE/";
    NODE_TO_POD = "node-to-pod", "enter the pods of the node",
        needs "root on a node", gains "running code in each pod on it",
        &["T1613", "T1552.007"], fix "keep what is powerful off nodes that others use", STANDARDS;
    NODE_TO_KUBELET = "node-to-kubelet", "take the kubelet's credentials",
        needs "reading the files of a node", gains "acting as the node",
        &["T1552.001"], fix "keep privileged pods off the node", NODE_AUTHORIZATION;
    KUBELET_TOKEN = "kubelet-token", "have tokens issued as the kubelet does",
        needs "acting as a node", gains "tokens of the service accounts of its pods",
        &["T1528"], fix "keep what is powerful off nodes that others use", NODE_AUTHORIZATION;
    KUBELET_SECRET = "kubelet-secret", "read secrets as the kubelet does",
        needs "acting as a node", gains "reading the secrets that its pods use",
        &["T1552.007"], fix "keep what is powerful off nodes that others use", NODE_AUTHORIZATION;
    CONTROL_PLANE = "control-plane", "take the keys of the cluster",
        needs "reading the files of a node of the control plane", gains "admin of the cluster",
        &["T1552.004"], fix "keep pods off the control plane", "https://kubernetes.io/docs/setup/best-practices/certificates/";
    POD_TOKEN = "pod-token", "take the token of the pod's service account",
        needs "running code in a pod", gains "acting as its service account",
        &["T1528"], fix "set automountServiceAccountToken to false", ACCOUNTS;
    POD_CODE = "pod-code", "act in place of the code that the pod runs",
        needs "running code in a pod", gains "writing what its workload works on",
        &["T1609"], fix "see how the pod is entered", "https://kubernetes.io/docs/concepts/workloads/";
    RUN_IN_NAMESPACE = "deploy", "change what runs in the namespace",
        needs "running pods in the namespace", gains "writing to the namespace",
        &["T1610"], fix "see how pods can be run", "https://kubernetes.io/docs/concepts/workloads/";
    AWS_AUTH = "aws-auth", "put oneself into aws-auth as an administrator",
        needs "update or patch on ConfigMap kube-system/aws-auth", gains "acting in system:masters",
        &["T1098.006"], fix "take the ConfigMap out of the rule, or use access entries alone", "https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html";
    ACCESS_ENTRY = "eks-access-entry", "log in to the cluster with AWS",
        needs "acting as an AWS principal that the cluster lets in", gains "acting as whom it is taken for",
        &["T1078.004"], fix "delete the access entry or the line of aws-auth", "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html";
    MANAGED = "eks-administer", "let oneself into the cluster as its administrator",
        needs "the right to make access entries of the cluster, in AWS", gains "admin of the cluster",
        &["T1098.006"], fix "take eks:CreateAccessEntry and eks:AssociateAccessPolicy away", "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html";
    POD_IDENTITY = "eks-pod-identity", "ask the agent on the node for the role",
        needs "running code in a pod of the service account", gains "the request for a session of the role",
        &["T1552.005"], fix "delete the association", "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html";
    INSTANCE_ROLE = "instance-role", "ask the instance metadata service for the role of the node",
        needs "root on a node, or running code in a pod on it", gains "acting as the role of the node",
        &["T1552.005"], fix "require IMDSv2 with a hop limit of 1, and give the node's role less", "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html";
}
