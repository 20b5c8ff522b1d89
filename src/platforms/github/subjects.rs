//! The subjects of tokens that workflow runs obtain.
//!
//! Usually `repo:OWNER/REPO` with the context: the environment of the job, else `pull_request`, else the ref. Repositories
//! made after 2026-07-15, and those that opt in, write numbers behind the names. A repository or its organisation may compose
//! the subject of other claims. A value holds no colon: it is written `%3A`.
//!
//! Source: GitHub Docs, "OpenID Connect reference" (example subject claims, immutable subject claims, customizing the token
//! claims); REST API reference, "Set the customization template for an OIDC subject claim for a repository" (read 2026-11).

use super::{Repository, Roles, Visibility, tag};
use crate::inventory::{Inventory, PrincipalId};
use crate::pattern::SEGMENT;

/// The issuer of tokens of workflow runs on github.com, without its scheme.
pub const ISSUER: &str = "token.actions.githubusercontent.com";

/// The day from which new repositories have numbers in their subjects.
const NUMBERED_SINCE: &str = "2026-07-15T24";

const UNTOLD: &str = "the subjects of the repository are composed so: how they are is in no export";
const NO_NUMBERS: &str =
    "the numbers in the subject are those that the trust names: they are in no export";

/// How the subjects of one repository are composed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subjects {
    /// `repo:OWNER/REPO`, with numbers where they are.
    prefix: String,
    /// The claims, where they are not the usual ones.
    keys: Option<Vec<String>>,
    full_name: String,
    visibility: Visibility,
    id: Option<String>,
    owner_id: Option<String>,
    /// On what it hangs that they are so composed.
    pub condition: Option<&'static str>,
}

/// The setting of that name among the permissions of who runs.
fn setting<'i>(roles: &Roles<'i>, of: Option<PrincipalId>, name: &str) -> Option<&'i str> {
    roles
        .of(of?)
        .find_map(|(_, _, own, _)| own.strip_prefix(name))
}

/// A value as it stands in a subject.
fn value(text: &str) -> String {
    text.replace(':', "%3A")
}

impl Subjects {
    /// Those of a repository: of one form, unless no export tells whether it is that of its organisation.
    pub fn of(inventory: &Inventory, roles: &Roles<'_>, of: &Repository) -> Vec<Self> {
        let owner = of.name.split('/').next().unwrap_or("");
        let runs = |name: &str| {
            inventory.principal_by_key(&format!("github:runs:{}", name.to_lowercase()))
        };
        let told = setting(roles, runs(&of.name), "subject:");
        let of_organization = setting(roles, runs(owner), "subject:");
        let forms = match told {
            Some("") => vec![(of_organization, of_organization.is_none())],
            Some(told) => vec![(Some(told), false)],
            None if of_organization.is_some() => vec![(None, true), (of_organization, true)],
            None => vec![(None, true)],
        };
        let forms = forms.into_iter();
        forms
            .map(|(keys, is_untold)| Self::with(inventory, roles, of, keys, is_untold))
            .collect()
    }

    fn with(
        inventory: &Inventory,
        roles: &Roles<'_>,
        of: &Repository,
        keys: Option<&str>,
        is_untold: bool,
    ) -> Self {
        let resource = &inventory.resources[of.id];
        let runs = |name: &str| {
            inventory.principal_by_key(&format!("github:runs:{}", name.to_lowercase()))
        };
        let own = runs(&of.name);
        let owner = of.name.split('/').next().unwrap_or("");
        let organization = runs(owner);
        let keys = keys.filter(|keys| *keys != "default");
        let id = tag(&resource.tags, "github:id").map(str::to_owned);
        let owner_id = tag(&resource.tags, "github:owner-id").map(str::to_owned);
        let is_new = tag(&resource.tags, "github:created").is_some_and(|at| at > NUMBERED_SINCE);
        let is_numbered = setting(roles, own, "immutable-subject:")
            .or_else(|| setting(roles, organization, "immutable-subject:"))
            .map_or(is_new, |told| told == "true");
        let mut condition = is_untold.then_some(UNTOLD);
        let prefix = match setting(roles, own, "subject-prefix:") {
            Some(prefix) => prefix.trim_end_matches(':').to_owned(),
            None if is_numbered => {
                let (owner, name) = of.name.split_once('/').unwrap_or(("", &of.name));
                let any = SEGMENT.to_string();
                if id.is_none() || owner_id.is_none() {
                    condition = Some(NO_NUMBERS);
                }
                let (owner_id, id) = (owner_id.as_ref(), id.as_ref());
                format!(
                    "repo:{owner}@{}/{name}@{}",
                    owner_id.unwrap_or(&any),
                    id.unwrap_or(&any)
                )
            }
            None => format!("repo:{}", of.name),
        };
        Self {
            prefix,
            keys: keys.map(|keys| keys.split(',').map(str::to_owned).collect()),
            full_name: of.name.clone(),
            visibility: of.visibility,
            id,
            owner_id,
            condition,
        }
    }

    /// The subject of runs of a ref (`refs/heads/main`), for jobs of no environment.
    pub fn of_ref(&self, reference: &str) -> String {
        self.composed(&format!("ref:{}", value(reference)), reference, None)
    }

    /// The subject of jobs that deploy to an environment, on any ref.
    pub fn of_environment(&self, name: &str) -> String {
        let any = format!("refs/heads/{SEGMENT}");
        self.composed(&format!("environment:{}", value(name)), &any, Some(name))
    }

    /// The subject of runs that a pull request starts.
    pub fn of_pull_request(&self) -> String {
        self.composed("pull_request", &SEGMENT.to_string(), None)
    }

    /// Claims that every token of the repository has, as a trust is told that asks for one of them instead of the subject.
    pub fn claims(&self) -> Vec<String> {
        let owner = self.full_name.split('/').next().unwrap_or("");
        let mut claims = vec![
            format!("repository:{}", self.full_name),
            format!("repository_owner:{owner}"),
        ];
        claims.extend(self.id.iter().map(|id| format!("repository_id:{id}")));
        let owner_id = self.owner_id.iter();
        claims.extend(owner_id.map(|id| format!("repository_owner_id:{id}")));
        claims
    }

    fn composed(&self, context: &str, reference: &str, environment: Option<&str>) -> String {
        let Some(keys) = &self.keys else {
            return format!("{}:{context}", self.prefix);
        };
        let any = SEGMENT.to_string();
        let owner = self.full_name.split('/').next().unwrap_or("");
        let part = |key: &String| match key.as_str() {
            "repo" => self.prefix.clone(),
            "context" => context.to_owned(),
            "ref" => format!("ref:{}", value(reference)),
            "repository" => format!("repository:{}", self.full_name),
            "repository_owner" => format!("repository_owner:{owner}"),
            "repository_id" => format!("repository_id:{}", self.id.as_ref().unwrap_or(&any)),
            "repository_owner_id" => {
                format!(
                    "repository_owner_id:{}",
                    self.owner_id.as_ref().unwrap_or(&any)
                )
            }
            "repository_visibility" => match self.visibility {
                Visibility::Public => "repository_visibility:public".to_owned(),
                Visibility::Private => "repository_visibility:private".to_owned(),
                Visibility::Internal => "repository_visibility:internal".to_owned(),
                Visibility::Unknown => format!("repository_visibility:{any}"),
            },
            "environment" => format!("environment:{}", value(environment.unwrap_or(""))),
            // Whoever writes the branch writes the file, under any name.
            "job_workflow_ref" | "workflow_ref" => format!(
                "{key}:{}/.github/workflows/{SEGMENT}@{}",
                self.full_name,
                value(reference)
            ),
            other => format!("{other}:{SEGMENT}"),
        };
        keys.iter().map(part).collect::<Vec<_>>().join(":")
    }
}
