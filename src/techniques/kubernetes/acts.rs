//! What can be done in a namespace or in all of a cluster, in the platform's words: facts between rules and targets.

/// Something that can be done. The words are those of the right that gives it most plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Act {
    /// Everything.
    All,
    /// Run pods of one's own.
    Run,
    /// Read every secret.
    ReadSecrets,
    /// Read every secret of which one knows the name, as one does of what one made oneself.
    GetSecrets,
    /// Read every manifest of what runs.
    ReadManifests,
    /// Have tokens of every service account, for any audience.
    Tokens,
    /// Act as every service account.
    Accounts,
    /// Run code in every pod.
    Exec,
    /// Have a secret filled with a token.
    MakeSecrets,
    /// Change the labels of the namespace.
    Relabel,
    /// Make volumes of the disks of nodes; of the whole cluster only.
    MakeVolumes,
    /// Be root on a node of choice; of the whole cluster only.
    AnyNode,
    /// Have certificates issued for anybody; of the whole cluster only.
    Certify,
}

/// Those that an administrator may do.
pub(super) const ACTS: [Act; 9] = [
    Act::Run,
    Act::ReadSecrets,
    Act::ReadManifests,
    Act::Tokens,
    Act::Accounts,
    Act::Exec,
    Act::MakeSecrets,
    Act::Relabel,
    Act::AnyNode,
];

impl Act {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::All => "*",
            Self::Run => "create pods",
            Self::ReadSecrets => "list secrets",
            Self::GetSecrets => "get secrets",
            Self::ReadManifests => "list pods and workloads",
            Self::Tokens => "create serviceaccounts/token",
            Self::Accounts => "impersonate serviceaccounts",
            Self::Exec => "create pods/exec",
            Self::MakeSecrets => "create secrets",
            Self::Relabel => "patch namespaces",
            Self::MakeVolumes => "create persistentvolumes",
            Self::AnyNode => "root on a node",
            Self::Certify => "approve certificatesigningrequests",
        }
    }

    /// Whether it is done in namespaces, one or all.
    pub(super) fn is_in_namespaces(self) -> bool {
        !matches!(self, Self::MakeVolumes | Self::AnyNode | Self::Certify)
    }
}

/// Where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Where<'i> {
    /// In the whole cluster: in every namespace, and outside them.
    Everywhere,
    /// In one namespace.
    In(&'i str),
}

impl Where<'_> {
    pub(super) fn in_words(self, cluster: &str) -> String {
        match self {
            Self::Everywhere => format!("cluster {cluster}"),
            Self::In(namespace) => format!("namespace {namespace} of cluster {cluster}"),
        }
    }
}
