//! What the manifest of a pod opens to the code in it: the node below it, and the token of its service account.

/// What code in a pod takes of its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Broken {
    /// It is root there.
    Root,
    /// It reads every file there, those of the kubelet too.
    Files,
    /// It reads the volumes of the pods there: tokens and secrets that are mounted as files.
    Volumes,
    /// It reads the keys of the control plane, where that runs on the node.
    Keys,
}

/// Where something lies on a node, whether it must be written to, what it opens, and on what that hangs.
type HostPath = (&'static str, bool, Broken, Option<&'static str>);

/// Source: Kubernetes documentation, "PKI certificates and requirements", "Create static Pods", kubelet's `--root-dir`;
/// KubeHound's reference of escapes (`EXPLOIT_HOST_READ`, `EXPLOIT_HOST_WRITE`, `EXPLOIT_HOST_TRAVERSE`,
/// `CE_UMH_CORE_PATTERN`, `CE_VAR_LOG_SYMLINK`, `EXPLOIT_CONTAINERD_SOCK`); core(5), ld.so(8) (read 2026-11).
const PATHS: [HostPath; 29] = [
    ("/", true, Broken::Root, None),
    ("/", false, Broken::Files, None),
    ("/etc", true, Broken::Root, None),
    ("/etc", false, Broken::Keys, None),
    ("/etc/kubernetes", true, Broken::Root, Some(STATIC_PODS)),
    ("/etc/kubernetes", false, Broken::Keys, None),
    ("/etc/kubernetes/pki", false, Broken::Keys, None),
    (
        "/etc/kubernetes/manifests",
        true,
        Broken::Root,
        Some(STATIC_PODS),
    ),
    ("/root", true, Broken::Root, Some(LOGIN)),
    ("/root", false, Broken::Root, Some(KEY)),
    ("/root/.ssh", true, Broken::Root, Some(LOGIN)),
    ("/root/.ssh", false, Broken::Root, Some(KEY)),
    ("/home", true, Broken::Root, Some(LOGIN)),
    ("/home", false, Broken::Root, Some(KEY)),
    ("/var", false, Broken::Files, None),
    ("/var/lib", false, Broken::Files, None),
    ("/var/lib/kubelet", false, Broken::Files, None),
    ("/var/lib/kubelet/pki", false, Broken::Files, None),
    ("/var/lib/kubelet/pods", false, Broken::Volumes, None),
    ("/var/log", true, Broken::Files, Some(LOGS)),
    ("/var", true, Broken::Root, Some(IMAGES)),
    ("/var/lib", true, Broken::Root, Some(IMAGES)),
    ("/proc", true, Broken::Root, None),
    ("/proc/sys", true, Broken::Root, None),
    ("/proc/sys/kernel", true, Broken::Root, None),
    ("/run", false, Broken::Root, None),
    ("/var/run", false, Broken::Root, None),
    ("/run/containerd", false, Broken::Root, None),
    ("/var/run/containerd", false, Broken::Root, None),
];

/// Names of sockets that start containers. To connect to one is not to write to its file system.
const SOCKETS: [&str; 4] = [
    "/docker.sock",
    "/containerd.sock",
    "/crio.sock",
    "/cri-dockerd.sock",
];

const BECOMES_ROOT: &str =
    "a process in the container becomes root: the manifest lets it run as another user";
const OLD_CGROUPS: &str =
    "the node runs version 1 of cgroups, or lets the container mount one of its disks";
const SAME_DISK: &str = "the files of the container lie on the disk of the node";
const LOGS: &str =
    "logs are read through the kubelet, which follows the links that are put among them";
const STATIC_PODS: &str = "the kubelet runs static pods of that directory";
const LOGIN: &str = "the owner of the directory logs in";
const KEY: &str = "a key lies there by which the node lets its owner in";
const IMAGES: &str =
    "what the node runs is kept there in the clear, and is not checked when it starts";

fn is_path(text: &str, path: &str) -> bool {
    text.trim_end_matches('/') == path.trim_end_matches('/')
}

/// What the code in a pod that asks for that takes of its node, and on what each hangs; the surest of each sort.
///
/// Source: "Pod Security Standards" (what is privileged); capabilities(7); KubeHound's reference (`CE_MODULE_LOAD`,
/// `CE_NSENTER`, `CE_PRIV_MOUNT`, `CE_SYS_PTRACE`) (read 2026-11).
pub fn breaks_out(asks: &[String]) -> Vec<(Broken, Option<&'static str>)> {
    let has = |word: &str| asks.iter().any(|own| own == word);
    let may = |name: &str| has(&format!("capability:{name}")) || has("capability:ALL");
    let mut ways: Vec<(Broken, Option<&'static str>)> = Vec::new();
    if has("privileged") || may("SYS_MODULE") || (has("hostPID") && may("SYS_PTRACE")) {
        ways.push((Broken::Root, None));
    }
    if may("SYS_ADMIN") {
        ways.push((Broken::Root, Some(OLD_CGROUPS)));
    }
    if may("DAC_READ_SEARCH") {
        ways.push((Broken::Files, Some(SAME_DISK)));
    }
    for asked in asks {
        let Some((mode, path)) = asked
            .strip_prefix("hostPath:")
            .and_then(|rest| rest.split_once(':'))
        else {
            continue;
        };
        if SOCKETS.iter().any(|own| path.ends_with(own)) {
            ways.push((Broken::Root, None));
        }
        for (own, is_writing, broken, condition) in PATHS {
            if is_path(path, own) && (mode == "rw" || !is_writing) {
                ways.push((broken, condition));
            }
        }
    }
    if has("non-root") {
        for (_, condition) in &mut ways {
            condition.get_or_insert(BECOMES_ROOT);
        }
    }
    // The surest of each sort stands first.
    ways.sort_unstable();
    ways.dedup_by_key(|(broken, _)| *broken);
    ways
}

/// Whether pods that break out are refused in a namespace with these labels.
///
/// Source: "Pod Security Admission" and "Pod Security Standards" (read 2026-11): both `baseline` and `restricted` forbid
/// privileged containers, host namespaces, host paths and added capabilities beyond a few.
pub fn is_limited(labels: &[(String, String)]) -> bool {
    labels.iter().any(|(key, value)| {
        key == "pod-security.kubernetes.io/enforce"
            && matches!(value.as_str(), "baseline" | "restricted")
    })
}

/// Whether a token of the service account lies in a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mounted {
    /// The manifest shows its volume.
    Yes,
    /// It asks for none, or the service account does not give any.
    No,
    /// The manifest shows no volume of it, and does not say that there is none: it was not completed by the server.
    Unknown,
}

/// Whether the token of the service account for the API server lies in the pod.
///
/// Source: "Managing Service Accounts", "ServiceAccount admission controller": the server adds a volume of it to each
/// manifest unless pod or service account say not to (read 2026-11).
pub fn mounts_token(asks: &[String], account: &[(String, String)]) -> Mounted {
    let has = |word: &str| asks.iter().any(|own| own == word);
    let is_refused =
        |(key, value): &(String, String)| key == "automountServiceAccountToken" && value == "false";
    if has("token:")
        || asks
            .iter()
            .any(|own| own.starts_with("token:https://kubernetes.default"))
    {
        Mounted::Yes
    } else if has("automountServiceAccountToken:false") || account.iter().any(is_refused) {
        Mounted::No
    } else {
        Mounted::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(asks: &[&str]) -> Vec<(Broken, Option<&'static str>)> {
        let asks: Vec<String> = asks.iter().map(|&one| one.to_owned()).collect();
        breaks_out(&asks)
    }

    #[test]
    fn what_gives_the_node_for_sure() {
        for asks in [
            &["privileged"][..],
            &["hostPID", "capability:SYS_PTRACE"],
            &["capability:SYS_MODULE"],
            &["capability:ALL"],
            &["hostPath:rw:/"],
            &["hostPath:rw:/etc/"],
            &["hostPath:ro:/var/run"],
            &["hostPath:rw:/run/containerd/containerd.sock"],
            &["hostPath:rw:/proc/sys/kernel"],
        ] {
            assert!(of(asks).contains(&(Broken::Root, None)), "{asks:?}");
        }
    }

    #[test]
    fn what_only_reads_the_node() {
        assert_eq!(of(&["hostPath:ro:/"]), [(Broken::Files, None)]);
        assert_eq!(
            of(&["hostPath:ro:/var/lib/kubelet"]),
            [(Broken::Files, None)]
        );
        assert_eq!(
            of(&["hostPath:rw:/var/lib/kubelet/pods"]),
            [(Broken::Volumes, None)]
        );
        assert_eq!(of(&["hostPath:ro:/etc"]), [(Broken::Keys, None)]);
    }

    #[test]
    fn what_gives_it_only_perhaps() {
        let admin = of(&["capability:SYS_ADMIN"]);
        assert_eq!(admin, [(Broken::Root, Some(OLD_CGROUPS))]);
        let logs = of(&["hostPath:rw:/var/log"]);
        assert_eq!(logs, [(Broken::Files, Some(LOGS))]);
        let other_user = of(&["hostPath:ro:/", "non-root"]);
        assert_eq!(other_user, [(Broken::Files, Some(BECOMES_ROOT))]);
        assert_eq!(of(&["hostPath:ro:/root/.ssh"]), [(Broken::Root, Some(KEY))]);
        // The surest of two ways counts.
        let both = of(&["capability:SYS_ADMIN", "privileged"]);
        assert_eq!(both, [(Broken::Root, None)]);
    }

    #[test]
    fn what_does_not_give_it() {
        for asks in [
            &[][..],
            &["hostNetwork"],
            &["hostPID"],
            &["capability:SYS_PTRACE"],
            &["capability:NET_BIND_SERVICE"],
            &["hostPath:ro:/proc"],
            &["hostPath:ro:/var/log"],
            &["hostPath:rw:/data"],
            &["hostPath:rw:/var/lib/app"],
            &["stdin", "token:"],
        ] {
            assert_eq!(of(asks), [], "{asks:?}");
        }
    }

    #[test]
    fn both_standards_below_privileged_limit_and_warnings_do_not() {
        let label = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
        let enforce = "pod-security.kubernetes.io/enforce";
        assert!(is_limited(&label(enforce, "baseline")));
        assert!(is_limited(&label(enforce, "restricted")));
        assert!(!is_limited(&label(enforce, "privileged")));
        assert!(!is_limited(&label(
            "pod-security.kubernetes.io/warn",
            "restricted"
        )));
        assert!(!is_limited(&[]));
    }

    #[test]
    fn a_token_is_there_where_its_volume_is() {
        let asks = |words: &[&str]| words.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        let refusing = vec![(
            "automountServiceAccountToken".to_owned(),
            "false".to_owned(),
        )];
        assert_eq!(mounts_token(&asks(&["token:"]), &refusing), Mounted::Yes);
        assert_eq!(mounts_token(&asks(&["token:vault"]), &[]), Mounted::Unknown);
        assert_eq!(mounts_token(&asks(&[]), &refusing), Mounted::No);
        let refused = asks(&["automountServiceAccountToken:false"]);
        assert_eq!(mounts_token(&refused, &[]), Mounted::No);
    }
}
