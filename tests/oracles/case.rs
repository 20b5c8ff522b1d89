//! One request with all policies that decide it: what both sides read.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The account of every caller.
pub const HOME: &str = "111122223333";
/// The other account: some resources are in it.
pub const AWAY: &str = "444455556666";

/// The organisation of both accounts, its root, and the account that manages it.
pub const ORGANIZATION: &str = "o-exampleorg1";
pub const ROOT: &str = "r-exam";
pub const MANAGER: &str = "999900001111";

/// The unit that an account is in.
pub fn unit(account: &str) -> String {
    format!("ou-exam-{}", &account[..8])
}

/// The path to an account.
pub fn path(account: &str) -> String {
    format!("{ORGANIZATION}/{ROOT}/{}/", unit(account))
}

/// How an identity policy comes to its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    Inline,
    Managed,
    Group,
    GroupManaged,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Policy {
    pub via: Via,
    pub statements: Vec<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Case {
    pub id: u32,
    /// The ARN of a user; or of a role, of which a session named [`SESSION`] asks.
    pub caller: String,
    pub action: String,
    pub resource: String,
    /// The account of the resource.
    pub owner: String,
    pub identity: Vec<Policy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Vec<Value>>,
    /// The bucket's or the role's own policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Vec<Value>>,
    /// What the request says of itself.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub context: Map<String, Value>,
    /// Service control policies of the caller's account, by level from the root to the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Vec<Value>>,
    /// Resource control policies of the owner's account, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Vec<Value>>,
}

/// What the oracle answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    Allowed,
    Denied,
}

/// A case with the oracle's answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judged {
    pub case: Case,
    /// May the caller?
    pub caller: Word,
    /// May somebody who has nothing but an AWS account of their own, or nothing at all?
    pub anyone: Word,
}

/// The name of every role session that asks.
pub const SESSION: &str = "leak";

impl Case {
    pub fn is_role(&self) -> bool {
        self.caller.contains(":role/")
    }
}
