//! The techniques of Kubernetes, each declared once.

use crate::techniques::listed::declare;

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

declare! {
    "kubernetes";

    BINDING = "kubernetes/binding", "use what the role grants",
        "acting as a subject of a binding", "the right to what the role allows, where it is bound",
        ["T1078.004"], "take the subject out of the binding", RBAC;
    GROUP = "kubernetes/group", "belong to the groups of all such identities",
        "acting as a service account or user", "acting in its groups",
        ["T1078.004"], "take the group out of the binding", RBAC;
    ANONYMOUS = "kubernetes/anonymous", "ask the API server without an identity",
        "nothing", "acting in system:unauthenticated",
        ["T1190"], "take the group out of the binding, or switch anonymous requests off", RBAC;
    MASTERS = "kubernetes/system-masters", "pass by all checks of rights",
        "acting in system:masters", "admin of the cluster",
        ["T1078.004"], "give nobody the group", RBAC;
    ADMINISTER = "kubernetes/administer", "administer the cluster",
        "a rule that allows everything, everywhere; or admin of the cluster", "admin of the cluster; every right in every namespace",
        ["T1078.004"], "narrow the rule", RBAC;
    EACH_NAMESPACE = "kubernetes/each-namespace", "do it in one of the namespaces",
        "a right in every namespace", "the right in each",
        [], "bind the role in single namespaces", RBAC;
    CREATE_WORKLOAD = "kubernetes/create-workload", "run a pod of one's own",
        "create on pods, or on what makes pods", "running pods in the namespace",
        ["T1610", "T1053.007"], "take create out of the rule", RISKS;
    CHANGE_WORKLOAD = "kubernetes/change-workload", "change the template of pods that are made",
        "update or patch on what makes pods, of which there is one", "running pods in the namespace",
        ["T1610"], "take update and patch out of the rule", RISKS;
    RUN_AS = "kubernetes/run-as-service-account", "run the pod as any service account of the namespace",
        "running pods in the namespace", "tokens of every service account of the namespace, for any audience",
        ["T1610", "T1528"], "keep powerful service accounts in namespaces of their own", RISKS;
    MOUNT_SECRET = "kubernetes/mount-secret", "mount the secrets of the namespace into the pod",
        "running pods in the namespace", "reading every secret of the namespace",
        ["T1552.007"], "keep secrets in namespaces of their own", RISKS;
    READ_SECRETS = "kubernetes/read-secrets", "read secrets",
        "get, list or watch on secrets", "reading the secrets",
        ["T1552.007"], "name the secrets in the rule (resourceNames), without list and watch", RISKS;
    READ_MANIFESTS = "kubernetes/read-manifests", "read what a manifest sets outright",
        "get, list or watch on pods or on what makes them", "the variables that the manifest sets",
        ["T1552.007"], "set variables from secrets, not in the manifest", "https://kubernetes.io/docs/concepts/configuration/secret/";
    TOKEN_REQUEST = "kubernetes/token-request", "have a token of a service account issued",
        "create on serviceaccounts/token", "tokens of the service account, for any audience",
        ["T1528"], "take serviceaccounts/token out of the rule", RISKS;
    USE_TOKEN = "kubernetes/use-token", "use the token",
        "tokens of service accounts of the namespace", "acting as each of them",
        ["T1550.001"], "give the service accounts less", ACCOUNTS;
    TOKEN_SECRET = "kubernetes/token-secret", "have a secret filled with a token of a service account, and read it",
        "create on secrets; list, watch or get on those of the namespace", "acting as every service account of the namespace",
        ["T1098.001", "T1528"], "take create out of the rule on secrets", ACCOUNTS;
    IMPERSONATE_ACCOUNT = "kubernetes/impersonate-service-account", "impersonate a service account",
        "impersonate on serviceaccounts", "acting as the service account",
        ["T1078.004"], "name whom in the rule (resourceNames)", IMPERSONATION;
    IMPERSONATE_USER = "kubernetes/impersonate-user", "impersonate a user",
        "impersonate on users", "acting as the user",
        ["T1078.004"], "name whom in the rule (resourceNames)", IMPERSONATION;
    IMPERSONATE_GROUP = "kubernetes/impersonate-group", "impersonate somebody in a group",
        "impersonate on groups, and on some user or service account, of one subject", "acting in the group",
        ["T1078.004"], "name the groups in the rule (resourceNames)", IMPERSONATION;
    BIND = "kubernetes/bind", "bind a role to oneself",
        "create, update or patch on bindings, and bind on the role, of one subject", "the right to what the role allows",
        ["T1098.006"], "name the roles in the rule (resourceNames)", RBAC;
    ESCALATE = "kubernetes/escalate", "write more into a role than one holds",
        "update or patch on the role, and escalate on it, of one subject", "changing what the role allows",
        ["T1098.006"], "take escalate out of the rule", RBAC;
    USE_CHANGED = "kubernetes/use-changed-role", "use what was written into the role",
        "changing what a role allows; a subject to which it is bound", "every right where it is bound",
        ["T1098.006"], "take escalate out of the rule", RBAC;
    CERTIFICATE = "kubernetes/client-certificate", "have a client certificate issued for anybody",
        "create on certificate signing requests, update on their approval, and approve on the signer, of one subject", "acting as any user, group (but system:masters) and service account",
        ["T1649"], "take approval or the signer out of the rule", "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/";
    EXEC = "kubernetes/exec", "run a command in a pod",
        "create on pods/exec (get, before 1.35)", "running code in the pod",
        ["T1609"], "take pods/exec out of the rule", "https://github.com/kubernetes/kubernetes/pull/134577";
    ATTACH = "kubernetes/attach", "attach to the process of a pod",
        "create on pods/attach (get, before 1.35)", "speaking to the process of the pod",
        ["T1609"], "take pods/attach out of the rule", "https://github.com/kubernetes/kubernetes/pull/134577";
    EPHEMERAL = "kubernetes/ephemeral-container", "add a container to a running pod",
        "update or patch on pods/ephemeralcontainers", "running code in the pod",
        ["T1609", "T1610"], "take pods/ephemeralcontainers out of the rule", "https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/";
    CHANGE_POD = "kubernetes/change-pod", "put another image into a running pod",
        "update or patch on pods", "running code in the pod",
        ["T1525", "T1610"], "take update and patch out of the rule", "https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement";
    NODE_PROXY = "kubernetes/node-proxy", "run commands in pods through the kubelet of their node",
        "create on nodes/proxy (or get, by websocket)", "running code in the pods of the node",
        ["T1609"], "grant nodes/metrics and the like in place of nodes/proxy", RISKS;
    IN_POD = "kubernetes/in-pod", "be in one of the pods",
        "running code in pods of the namespace", "running code in each pod",
        [], "name the pods in the rule (resourceNames)", RBAC;
    PRIVILEGED_POD = "kubernetes/privileged-pod", "run a privileged pod on a node of choice",
        "running pods in a namespace that does not enforce pod security", "root on any node",
        ["T1610", "T1611"], "label the namespace pod-security.kubernetes.io/enforce: baseline", STANDARDS;
    LIFT_SECURITY = "kubernetes/lift-pod-security", "take pod security off the namespace, and run a privileged pod",
        "update or patch on the namespace; running pods in it", "root on any node",
        ["T1562.001", "T1611"], "take update and patch on namespaces out of the rule", RISKS;
    HOST_VOLUME = "kubernetes/host-volume", "mount the disk of a node as a volume of the cluster",
        "create on persistentvolumes; running pods somewhere", "root on any node",
        ["T1611"], "take create on persistentvolumes out of the rule", RISKS;
    WEBHOOK = "kubernetes/admission-webhook", "change what others create, as an admission webhook",
        "create, update or patch on mutatingwebhookconfigurations", "running pods in every namespace",
        ["T1546"], "take the webhooks out of the rule", RISKS;
    ON_NODE = "kubernetes/on-node", "be on one of the nodes",
        "root on any node", "root on each node",
        ["T1611"], "keep privileged pods out", STANDARDS;
    ESCAPE = "kubernetes/escape", "break out of the container",
        "running code in a pod whose manifest lets it", "root on its node, or reading its files",
        ["T1611"], "run the pod without it", STANDARDS;
    READ_VOLUMES = "kubernetes/read-volumes", "read the tokens and secrets that are mounted into other pods of the node",
        "running code in a pod that mounts the kubelet's directory of pods", "acting as the service accounts of the pods there; their mounted secrets",
        ["T1552.001", "T1528"], "run the pod without it", "https://kubehound.io/reference/attacks/EXPLOIT_HOST_TRAVERSE/";
    NODE_TO_POD = "kubernetes/node-to-pod", "enter the pods of the node",
        "root on a node", "running code in each pod on it",
        ["T1613", "T1552.007"], "keep what is powerful off nodes that others use", STANDARDS;
    NODE_TO_KUBELET = "kubernetes/node-to-kubelet", "take the kubelet's credentials",
        "reading the files of a node", "acting as the node",
        ["T1552.001"], "keep privileged pods off the node", NODE_AUTHORIZATION;
    KUBELET_TOKEN = "kubernetes/kubelet-token", "have tokens issued as the kubelet does",
        "acting as a node", "tokens of the service accounts of its pods",
        ["T1528"], "keep what is powerful off nodes that others use", NODE_AUTHORIZATION;
    KUBELET_SECRET = "kubernetes/kubelet-secret", "read secrets as the kubelet does",
        "acting as a node", "reading the secrets that its pods use",
        ["T1552.007"], "keep what is powerful off nodes that others use", NODE_AUTHORIZATION;
    CONTROL_PLANE = "kubernetes/control-plane", "take the keys of the cluster",
        "reading the files of a node of the control plane", "admin of the cluster",
        ["T1552.004"], "keep pods off the control plane", "https://kubernetes.io/docs/setup/best-practices/certificates/";
    POD_TOKEN = "kubernetes/pod-token", "take the token of the pod's service account",
        "running code in a pod", "acting as its service account",
        ["T1528"], "set automountServiceAccountToken to false", ACCOUNTS;
    POD_CODE = "kubernetes/pod-code", "act in place of the code that the pod runs",
        "running code in a pod", "writing what its workload works on",
        ["T1609"], "see how the pod is entered", "https://kubernetes.io/docs/concepts/workloads/";
    RUN_IN_NAMESPACE = "kubernetes/deploy", "change what runs in the namespace",
        "running pods in the namespace", "writing to the namespace",
        ["T1610"], "see how pods can be run", "https://kubernetes.io/docs/concepts/workloads/";
    AWS_AUTH = "kubernetes/aws-auth", "put oneself into aws-auth as an administrator",
        "update or patch on ConfigMap kube-system/aws-auth", "acting in system:masters",
        ["T1098.006"], "take the ConfigMap out of the rule, or use access entries alone", "https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html";
    ACCESS_ENTRY = "kubernetes/eks-access-entry", "log in to the cluster with AWS",
        "acting as an AWS principal that the cluster lets in", "acting as whom it is taken for",
        ["T1078.004"], "delete the access entry or the line of aws-auth", "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html";
    MANAGED = "kubernetes/eks-administer", "let oneself into the cluster as its administrator",
        "the right to make access entries of the cluster, in AWS", "admin of the cluster",
        ["T1098.006"], "take eks:CreateAccessEntry and eks:AssociateAccessPolicy away", "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html";
    POD_IDENTITY = "kubernetes/eks-pod-identity", "ask the agent on the node for the role",
        "running code in a pod of the service account", "the request for a session of the role",
        ["T1552.005"], "delete the association", "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html";
    INSTANCE_ROLE = "kubernetes/instance-role", "ask the instance metadata service for the role of the node",
        "root on a node, or running code in a pod on it", "acting as the role of the node",
        ["T1552.005"], "require IMDSv2 with a hop limit of 1, and give the node's role less", "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html";
}
