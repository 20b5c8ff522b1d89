//! The folder layout that all sources share: what a body does not say, its path says.
//!
//! Many answers of an API do not name their parent: the access keys of a user, the policy of a bucket. The layout is
//! therefore part of the format, for files and for the `path` of the `{"path": …, "body": …}` wrapper alike:
//!
//! ```text
//! aws/<12-digit account>/iam/account-authorization-details.json
//! aws/<account>/iam/credential-report.csv
//! aws/<account>/iam/access-keys/<user>.json
//! aws/<account>/iam/last-accessed/<user|role|group|policy>/<name>.json
//! aws/<account>/accessanalyzer/findings/<id>.json
//! aws/<account>/lambda/list-functions.json            (one per region: list-functions-<region>.json)
//! aws/<account>/ec2/describe-instances.json
//! aws/<account>/secretsmanager/list-secrets.json
//! aws/<account>/ssm/describe-parameters-<region>.json
//! aws/<account>/s3/list-buckets.json
//! aws/<account>/s3/bucket-policy/<bucket>.json
//! aws/<account>/s3/bucket-encryption/<bucket>.json
//! aws/<account>/s3/public-access-block.json           (of the account)
//! aws/<account>/s3/public-access-block/<bucket>.json
//! aws/<account>/kms/key-policy/<region>/<key id>.json
//! aws/<account>/bedrock-agentcore/runtime-policy/<region>/<agent runtime id>.json   (`<id>__<endpoint>` for an endpoint)
//! aws/<account>/bedrock-agentcore/token-vault/<region>/<token vault id>.json
//! aws/<account>/lambda/policy/<region>/<function>.json
//! aws/<account>/ecr/repository-policy/<region>/<repository>.json
//! aws/<account>/<service>/<command>-<region>.json     (answers without ARNs: their region is the end of the file's name, or a folder)
//! aws/<account>/ec2/user-data/<region>/<instance>.json
//! aws/<account>/codedeploy/deployment-groups/<region>/<application>.json
//! aws/<account>/rolesanywhere/list-profiles.json      (one per region; list-trust-anchors alike)
//! aws/<account>/organizations/list-roots.json         (whichever account made the calls)
//! aws/<account>/organizations/organizational-units-for-parent/<parent>.json
//! aws/<account>/organizations/accounts-for-parent/<parent>.json
//! aws/<account>/organizations/children/<parent>.json
//! aws/<account>/organizations/parents/<child>.json
//! aws/<account>/organizations/policies/<policy>.json
//! aws/<account>/organizations/policies-for-target/<policy type>/<target>.json
//! aws/<account>/organizations/targets-for-policy/<policy>.json
//! scanners/<tool>/<repository>.json                   (`__` in the repository stands for `/`)
//! openai/<organization>/{projects,admin_api_keys,users}.json
//! openai/<organization>/projects/<project>/{api_keys,service_accounts,users}.json
//! anthropic/<organization>/{api_keys,workspaces,users}.json
//! anthropic/<organization>/workspaces/<workspace>/members.json
//! kubernetes/<cluster>/<anything>.json                (and …/eks/: what AWS says of the cluster of that name)
//! okta/<organization>/<path of the call>.json         (group-rules.json, apps/<id>/credentials-secrets.json, clients/<id>/roles.json)
//! devices/<host>/<user>/<path of the file in the home folder of that user>
//! github/orgs/<organization>/<path of the call>.json  (what its query chooses behind a hyphen: members-admin.json)
//! github/repos/<owner>/<repository>/<path of the call>.json
//! github/repos/<owner>/<repository>/contents/.github/workflows/<file>.yml
//! ```
//!
//! The *last* `aws` that is followed by twelve digits counts, so that the tree may lie anywhere. Formats are recognised
//! by content; only the parent comes from here, and without it there is a problem, never a guess.

/// A path, cut into the parts that the layout speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    path: String,
    parts: Vec<String>,
}

/// What the layout says about a file of an AWS account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AwsPlace<'l> {
    /// The twelve digits.
    pub(crate) account: &'l str,
    /// What follows them.
    pub(crate) tail: &'l [String],
}

impl<'l> AwsPlace<'l> {
    /// The name of the file without its ending, if the file lies in exactly this folder.
    pub(crate) fn stem_in(&self, folder: &[&str]) -> Option<&'l str> {
        let (file, folders) = self.tail.split_last()?;
        (folders == folder).then(|| stem(file))
    }
}

impl Layout {
    /// The layout of a path with `/` or `\` between its parts.
    pub(crate) fn of(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            parts: path
                .split(['/', '\\'])
                .filter(|part| !part.is_empty() && *part != ".")
                .map(str::to_owned)
                .collect(),
        }
    }

    /// What follows the last `aws/<account>`.
    pub(crate) fn aws(&self) -> Option<AwsPlace<'_>> {
        let at = self.parts.windows(2).rposition(
            |pair| matches!(pair, [aws, account] if aws == "aws" && is_account(account)),
        )?;
        Some(AwsPlace {
            account: self.parts.get(at + 1)?,
            tail: self.parts.get(at + 2..)?,
        })
    }

    /// The tool and the repository of a scanner's report.
    pub(crate) fn scanner(&self) -> Option<(&str, String)> {
        match self.parts.as_slice() {
            [.., scanners, tool, file] if scanners == "scanners" => {
                Some((tool, stem(file).replace("__", "/")))
            }
            _ => None,
        }
    }

    /// What follows the last folder of that name.
    pub(crate) fn after(&self, folder: &str) -> Option<&[String]> {
        let at = self.parts.iter().rposition(|part| part == folder)?;
        self.parts.get(at + 1..).filter(|tail| !tail.is_empty())
    }

    /// What follows the last folder of that name that holds one of `inner`.
    pub(crate) fn below(&self, folder: &str, inner: &[&str]) -> Option<&[String]> {
        let is_one = |pair: &[String]| match pair {
            [own, next] => own == folder && inner.contains(&next.as_str()),
            _ => false,
        };
        let at = self.parts.windows(2).rposition(is_one)?;
        self.parts.get(at + 1..)
    }

    /// The host and the user of a file collected from a machine.
    pub(crate) fn device(&self) -> Option<(&str, &str)> {
        let at = self.parts.iter().rposition(|part| part == "devices")?;
        // The last part is the file itself: it is neither host nor user.
        (at + 3 < self.parts.len()).then_some(())?;
        Some((self.parts.get(at + 1)?, self.parts.get(at + 2)?))
    }

    /// `devices/HOST/USER/…` of a file collected from a machine: the same wherever the collection lies.
    pub(crate) fn device_path(&self) -> Option<String> {
        self.device()?;
        let at = self.parts.iter().rposition(|part| part == "devices")?;
        Some(self.parts.get(at..)?.join("/"))
    }

    /// The path for keys of what has no id of its own: from `devices/` on for what was collected from a machine, so that
    /// the keys do not hang on where the exports lie; else the whole path. Of a logged call it is the one that the wrapper
    /// tells, whatever the log is called.
    pub(crate) fn lasting_path(&self) -> String {
        self.device_path().unwrap_or_else(|| self.path.clone())
    }

    /// Key of what a file tells of, as far as its place says: the account, organisation, cluster or repository, or a
    /// machine of somebody; `None` where the layout does not say.
    pub(crate) fn subject(&self) -> Option<String> {
        let next = |folder: &str| self.after(folder).filter(|tail| tail.len() > 1)?.first();
        if let Some((host, user)) = self.device() {
            return Some(format!("device:{host}/{user}"));
        }
        if let Some(place) = self.aws() {
            return Some(format!("aws:account:{}", place.account));
        }
        if let Some((_, repository)) = self.scanner() {
            return Some(format!("repository:{repository}"));
        }
        if let Some([_, owner, _, ..]) = self.below("github", &["orgs", "repos"]) {
            return Some(format!("github:organization:{owner}"));
        }
        [
            ("okta", "okta:organization"),
            ("kubernetes", "kubernetes:cluster"),
            ("openai", "openai:organization"),
            ("anthropic", "anthropic:organization"),
        ]
        .into_iter()
        .find_map(|(folder, kind)| Some(format!("{kind}:{}", next(folder)?)))
    }

    /// The AWS region that a folder or the end of the file's name says.
    pub(crate) fn region(&self) -> Option<&str> {
        let AwsPlace { tail, .. } = self.aws()?;
        let (file, folders) = tail.split_last()?;
        let folders = folders.iter().map(String::as_str);
        let end = stem(file);
        let ends = end
            .match_indices('-')
            .filter_map(|(at, _)| end.get(at + 1..));
        folders
            .chain([end])
            .chain(ends)
            .find(|part| is_region(part))
    }

    /// The name of the file.
    pub(crate) fn file_name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// The folder of the file.
    pub(crate) fn folder(&self) -> String {
        let folders = self
            .parts
            .split_last()
            .map_or(&[][..], |(_, folders)| folders);
        folders.join("/")
    }

    /// The name of the file without its ending.
    pub(crate) fn file_stem(&self) -> &str {
        stem(self.file_name())
    }

    /// Whether a folder of that name holds the file, directly.
    pub(crate) fn is_in(&self, folder: &str) -> bool {
        self.parts
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|part| part == folder)
    }
}

/// Whether `text` is an AWS account id: twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` has the shape of a region's name: `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match parts.as_slice() {
        [area, words @ .., number] => {
            area.len() == 2
                && is_word(area)
                && (1..=2).contains(&words.len())
                && words.iter().all(is_word)
                && number.len() == 1
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

fn stem(file: &str) -> &str {
    [
        ".json", ".jsonl", ".ndjson", ".sarif", ".csv", ".txt", ".toml", ".yml", ".yaml",
    ]
    .iter()
    .find_map(|ending| file.strip_suffix(ending))
    .unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_aws_with_an_account_counts() {
        let layout = Layout::of(
            "aws/notes/aws/999900001111/x/aws/111122223333/s3/bucket-policy/my.bucket.json",
        );
        let place = layout.aws().unwrap();
        assert_eq!(place.account, "111122223333");
        assert_eq!(place.stem_in(&["s3", "bucket-policy"]), Some("my.bucket"));
        assert_eq!(place.stem_in(&["s3"]), None);
    }

    #[test]
    fn aws_without_twelve_digits_says_nothing() {
        assert_eq!(Layout::of("aws/prod/iam/x.json").aws(), None);
        assert_eq!(Layout::of("gcp/111122223333/x.json").aws(), None);
    }

    #[test]
    fn a_scanner_report_names_its_repository() {
        let layout = Layout::of("exports/scanners/gitleaks/acme__shop.json");
        assert_eq!(layout.scanner(), Some(("gitleaks", "acme/shop".to_owned())));
        assert_eq!(Layout::of("gitleaks/acme.json").scanner(), None);
    }

    #[test]
    fn a_device_needs_host_user_and_file() {
        let layout = Layout::of("devices/laptop-7/ada/.cursor/mcp.json");
        assert_eq!(layout.device(), Some(("laptop-7", "ada")));
        assert_eq!(Layout::of("devices/laptop-7/mcp.json").device(), None);
    }

    #[test]
    fn a_file_tells_of_the_same_subject_wherever_the_exports_lie() {
        for (tail, subject) in [
            ("aws/111122223333/iam/x.json", "aws:account:111122223333"),
            ("scanners/gitleaks/acme__shop.json", "repository:acme/shop"),
            ("devices/mbp/ada/.cursor/mcp.json", "device:mbp/ada"),
            ("github/orgs/acme/teams.json", "github:organization:acme"),
            (
                "github/repos/acme/shop/keys.json",
                "github:organization:acme",
            ),
            ("okta/acme/apps.json", "okta:organization:acme"),
            ("kubernetes/prod/pods.json", "kubernetes:cluster:prod"),
        ] {
            for root in ["", "a/", "b/c/"] {
                let layout = Layout::of(&format!("{root}{tail}"));
                assert_eq!(layout.subject().as_deref(), Some(subject), "{root}{tail}");
            }
        }
        assert_eq!(Layout::of("register/nodes.csv").subject(), None);
    }

    #[test]
    fn a_place_on_a_machine_does_not_hang_on_where_the_exports_lie() {
        let of = |path: &str| Layout::of(path).device_path();
        let place = Some("devices/mbp/ada/.cursor/mcp.json".to_owned());
        assert_eq!(of("devices/mbp/ada/.cursor/mcp.json"), place);
        assert_eq!(of("/tmp/x/devices/mbp/ada/.cursor/mcp.json"), place);
        assert_eq!(of("project/.cursor/mcp.json"), None);
    }

    #[test]
    fn a_region_stands_at_the_end_of_the_name_or_is_a_folder() {
        let of = |tail: &str| {
            Layout::of(&format!("aws/111122223333/{tail}"))
                .region()
                .map(str::to_owned)
        };
        assert_eq!(
            of("lambda/list-functions-eu-west-1.json").as_deref(),
            Some("eu-west-1")
        );
        assert_eq!(
            of("lambda/list-functions-us-gov-east-1.json").as_deref(),
            Some("us-gov-east-1")
        );
        assert_eq!(
            of("kms/key-policy/eu-west-1/1234.json").as_deref(),
            Some("eu-west-1")
        );
        assert_eq!(of("lambda/list-functions.json"), None);
        assert_eq!(of("lambda/list-functions-1.json"), None);
    }
}
