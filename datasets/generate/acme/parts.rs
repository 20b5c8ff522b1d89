//! The estate in short form: what the hand-written parts say and what the filler adds, before it is written as exports.

use crate::ordered::Json;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One AWS account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// `prod`, `staging`, `tooling`.
    pub name: String,
    /// Whether the export keeps some policy documents percent-encoded, as the raw API returns them.
    #[serde(default)]
    pub is_raw: bool,
    /// Customer-managed policies.
    pub policies: Vec<Policy>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Users.
    pub users: Vec<User>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Buckets.
    pub buckets: Vec<Bucket>,
    /// Lambda functions.
    pub functions: Vec<Function>,
    /// EC2 instances.
    pub instances: Vec<Instance>,
    /// Secrets Manager entries.
    pub secrets: Vec<Secret>,
}

/// A managed or inline policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its path.
    #[serde(default = "root_path")]
    pub path: String,
    /// Its statements.
    pub statements: Vec<Json>,
}

/// What is bound to a principal.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// Managed policies: `aws/NAME` for one of AWS, else a name in the same account.
    #[serde(default)]
    pub attached: Vec<String>,
    /// Inline policies.
    #[serde(default)]
    pub inline: Vec<Policy>,
    /// A managed policy of the same account as permissions boundary.
    #[serde(default)]
    pub boundary: Option<String>,
}

/// A group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it grants.
    #[serde(default)]
    pub rights: Rights,
}

/// A user.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The name.
    pub name: String,
    /// The path.
    #[serde(default = "root_path")]
    pub path: String,
    /// Groups of the same account.
    #[serde(default)]
    pub groups: Vec<String>,
    /// What is bound to it.
    #[serde(default)]
    pub rights: Rights,
    /// Ids of active access keys.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Ids of inactive access keys.
    #[serde(default)]
    pub inactive_keys: Vec<String>,
    /// Whether it may sign in to the console.
    #[serde(default)]
    pub has_password: bool,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The name.
    pub name: String,
    /// The path.
    #[serde(default = "root_path")]
    pub path: String,
    /// Statements of the trust policy.
    pub trust: Vec<Json>,
    /// What is bound to it.
    #[serde(default)]
    pub rights: Rights,
    /// Whether an instance profile of the same name holds it.
    #[serde(default)]
    pub has_instance_profile: bool,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A bucket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The name.
    pub name: String,
    /// Statements of its policy; empty: it has none.
    #[serde(default)]
    pub policy: Vec<Json>,
}

/// A Lambda function.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// The name.
    pub name: String,
    /// The name of the role it runs as.
    pub role: String,
    /// `python3.12`.
    pub runtime: String,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// An EC2 instance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Its `Name` tag.
    pub name: String,
    /// The role whose instance profile it has.
    pub role: Option<String>,
    /// Further tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A Secrets Manager entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The name.
    pub name: String,
    /// The six characters at the end of its ARN; made from the name where none are given.
    #[serde(default)]
    pub suffix: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// What a scanner found in one repository.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// `acme/deploy-scripts`.
    pub name: String,
    /// The findings.
    pub leaks: Vec<Leak>,
}

/// One leaked thing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leak {
    /// The gitleaks rule; `aws-access-token` also yields the finding of the secret half on the next line.
    pub rule: String,
    /// The access key id, for `aws-access-token`; otherwise the variable's name.
    pub what: String,
    /// The file.
    pub file: String,
    /// The line.
    pub line: i64,
    /// The commit message.
    pub message: String,
    /// Who committed it.
    pub author: String,
    /// When: `2026-02-17T08:41:03Z`.
    pub date: String,
}

fn root_path() -> String {
    "/".to_owned()
}
