//! What the manifest of a pod opens to the code in it: the node below it, and the token of its service account.

/// Directories of a node whose content is the node: what is written there runs on it, or what is read there are the
/// keys of the kubelet and of all pods.
const NODE: [&str; 10] = [
    "/",
    "/etc",
    "/etc/kubernetes",
    "/etc/kubernetes/manifests",
    "/root",
    "/var",
    "/var/lib",
    "/var/lib/kubelet",
    "/var/lib/kubelet/pods",
    "/var/lib/kubelet/pki",
];

/// Those that must be written to.
const WRITTEN: [&str; 4] = ["/etc", "/root", "/proc", "/etc/kubernetes/manifests"];

/// Ends of paths of sockets that start containers, and directories that hold one.
const SOCKETS: [&str; 8] = [
    "/var/run",
    "/run",
    "/run/containerd",
    "/var/run/containerd",
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
    "the kubelet serves its logs to whoever reads them, and follows links among them";

fn is_path(text: &str, path: &str) -> bool {
    text.trim_end_matches('/') == path.trim_end_matches('/')
}

/// Whether the code in a pod that asks for that takes its node: `None` if not, else on what it hangs.
///
/// Source: "Pod Security Standards" (what is privileged); KubeHound's reference of container escapes
/// (`CE_MODULE_LOAD`, `CE_NSENTER`, `CE_PRIV_MOUNT`, `CE_SYS_PTRACE`, `CE_UMH_CORE_PATTERN`, `EXPLOIT_HOST_READ`,
/// `EXPLOIT_HOST_WRITE`, `EXPLOIT_CONTAINERD_SOCK`, `CE_VAR_LOG_SYMLINK`); capabilities(7) (read 2026-11).
pub fn breaks_out(asks: &[String]) -> Option<Option<&'static str>> {
    let has = |word: &str| asks.iter().any(|own| own == word);
    let may = |name: &str| has(&format!("capability:{name}")) || has("capability:ALL");
    let mut ways: Vec<Option<&'static str>> = Vec::new();
    if has("privileged") || may("SYS_MODULE") || (has("hostPID") && may("SYS_PTRACE")) {
        ways.push(None);
    }
    if may("SYS_ADMIN") {
        ways.push(Some(OLD_CGROUPS));
    }
    if may("DAC_READ_SEARCH") {
        ways.push(Some(SAME_DISK));
    }
    for asked in asks {
        let Some((mode, path)) = asked
            .strip_prefix("hostPath:")
            .and_then(|rest| rest.split_once(':'))
        else {
            continue;
        };
        let is_written = mode == "rw";
        let needs_writing = WRITTEN.iter().any(|own| is_path(path, own));
        let is_node = NODE.iter().any(|own| is_path(path, own)) || is_path(path, "/proc");
        // Connecting to a socket is no writing to its file system.
        let is_socket = SOCKETS
            .iter()
            .any(|own| is_path(path, own) || (own.ends_with(".sock") && path.ends_with(own)));
        if is_socket || (is_node && (is_written || !needs_writing)) {
            ways.push(None);
        } else if is_path(path, "/var/log") && is_written {
            ways.push(Some(LOGS));
        }
    }
    let surest = ways.into_iter().min_by_key(Option::is_some)?;
    match (surest, has("non-root")) {
        (None, true) => Some(Some(BECOMES_ROOT)),
        (condition, _) => Some(condition),
    }
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

    fn of(asks: &[&str]) -> Option<Option<&'static str>> {
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
            &["hostPath:ro:/"],
            &["hostPath:rw:/etc/"],
            &["hostPath:ro:/var/lib/kubelet"],
            &["hostPath:ro:/var/run"],
            &["hostPath:rw:/run/containerd/containerd.sock"],
            &["hostPath:rw:/proc"],
        ] {
            assert_eq!(of(asks), Some(None), "{asks:?}");
        }
    }

    #[test]
    fn what_gives_it_only_perhaps() {
        assert_eq!(of(&["capability:SYS_ADMIN"]), Some(Some(OLD_CGROUPS)));
        assert_eq!(of(&["hostPath:rw:/var/log"]), Some(Some(LOGS)));
        assert_eq!(of(&["hostPath:rw:/", "non-root"]), Some(Some(BECOMES_ROOT)));
    }

    #[test]
    fn what_does_not_give_it() {
        for asks in [
            &[][..],
            &["hostNetwork"],
            &["hostPID"],
            &["capability:SYS_PTRACE"],
            &["capability:NET_BIND_SERVICE"],
            &["hostPath:ro:/etc"],
            &["hostPath:ro:/proc"],
            &["hostPath:ro:/var/log"],
            &["hostPath:rw:/data"],
            &["hostPath:rw:/var/lib/app"],
            &["stdin", "token:"],
        ] {
            assert_eq!(of(asks), None, "{asks:?}");
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
