//! The estate in short form: what the hand-written parts say and what the filler adds, before it is written as exports.

use crate::ordered::Json;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One AWS account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    /// `prod`, `staging`, `tooling`.
    pub(crate) name: String,
    /// Whether the export keeps some policy documents percent-encoded, as the raw API returns them.
    #[serde(default)]
    pub(crate) is_raw: bool,
    /// Customer-managed policies.
    pub(crate) policies: Vec<Policy>,
    /// Groups.
    pub(crate) groups: Vec<Group>,
    /// Users.
    pub(crate) users: Vec<User>,
    /// Roles.
    pub(crate) roles: Vec<Role>,
    /// Buckets.
    pub(crate) buckets: Vec<Bucket>,
    /// Lambda functions.
    pub(crate) functions: Vec<Function>,
    /// EC2 instances.
    pub(crate) instances: Vec<Instance>,
    /// Secrets Manager entries.
    pub(crate) secrets: Vec<Secret>,
}

/// A managed or inline policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    /// Its name.
    pub(crate) name: String,
    /// Its path.
    #[serde(default = "root_path")]
    pub(crate) path: String,
    /// Its statements.
    pub(crate) statements: Vec<Json>,
}

/// What is bound to a principal.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rights {
    /// Managed policies: `aws/NAME` for one of AWS, else a name in the same account.
    #[serde(default)]
    pub(crate) attached: Vec<String>,
    /// Inline policies.
    #[serde(default)]
    pub(crate) inline: Vec<Policy>,
    /// A managed policy of the same account as permissions boundary.
    #[serde(default)]
    pub(crate) boundary: Option<String>,
}

/// A group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// Its name.
    pub(crate) name: String,
    /// What it grants.
    #[serde(default)]
    pub(crate) rights: Rights,
}

/// A user.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    /// The name.
    pub(crate) name: String,
    /// The path.
    #[serde(default = "root_path")]
    pub(crate) path: String,
    /// Groups of the same account.
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// What is bound to it.
    #[serde(default)]
    pub(crate) rights: Rights,
    /// Ids of active access keys.
    #[serde(default)]
    pub(crate) keys: Vec<String>,
    /// Ids of inactive access keys.
    #[serde(default)]
    pub(crate) inactive_keys: Vec<String>,
    /// Whether it may sign in to the console.
    #[serde(default)]
    pub(crate) has_password: bool,
    /// Tags.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// A role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    /// The name.
    pub(crate) name: String,
    /// The path.
    #[serde(default = "root_path")]
    pub(crate) path: String,
    /// Statements of the trust policy.
    pub(crate) trust: Vec<Json>,
    /// What is bound to it.
    #[serde(default)]
    pub(crate) rights: Rights,
    /// Whether an instance profile of the same name holds it.
    #[serde(default)]
    pub(crate) has_instance_profile: bool,
    /// Tags.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// A bucket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    /// The name.
    pub(crate) name: String,
    /// Statements of its policy; empty: it has none.
    #[serde(default)]
    pub(crate) policy: Vec<Json>,
}

/// A Lambda function.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Function {
    /// The name.
    pub(crate) name: String,
    /// The name of the role it runs as.
    pub(crate) role: String,
    /// `python3.12`.
    pub(crate) runtime: String,
    /// Environment variables.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
}

/// An EC2 instance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    /// Its `Name` tag.
    pub(crate) name: String,
    /// The role whose instance profile it has.
    pub(crate) role: Option<String>,
    /// Further tags.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// A Secrets Manager entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secret {
    /// The name.
    pub(crate) name: String,
    /// The six characters at the end of its ARN; made from the name where none are given.
    #[serde(default)]
    pub(crate) suffix: Option<String>,
    /// Tags.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a scanner found in one repository.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repository {
    /// `acme/deploy-scripts`.
    pub(crate) name: String,
    /// The findings.
    pub(crate) leaks: Vec<Leak>,
}

/// One leaked thing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leak {
    /// The gitleaks rule; `aws-access-token` also yields the finding of the secret half on the next line.
    pub(crate) rule: String,
    /// The access key id, for `aws-access-token`; the holder's name, for `jwt` and
    /// `okta-access-token`; otherwise the variable's name.
    pub(crate) what: String,
    /// The file.
    pub(crate) file: String,
    /// The line.
    pub(crate) line: i64,
    /// The commit message.
    pub(crate) message: String,
    /// Who committed it.
    pub(crate) author: String,
    /// When: `2026-02-17T08:41:03Z`.
    pub(crate) date: String,
}

fn root_path() -> String {
    "/".to_owned()
}
