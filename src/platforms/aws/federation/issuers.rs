//! Issuers that serve everybody, and which of their subjects anyone can have.

use crate::inventory::PrincipalKind;
use crate::pattern::{Pattern, SEGMENT, overlap};

/// Whether the audience of a token is the bearer's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// It is: fixing it keeps nobody out.
    Chosen,
    /// It names the client, team or pool that the token was made for.
    Names,
}

/// An issuer that serves everybody.
pub(super) struct Issuer {
    pub(super) name: &'static str,
    /// Claims at the head of a subject that fix the owner, with the character after the owner's name.
    pub(super) owners: &'static [(&'static str, char)],
    /// Forms of the subjects that anyone can have: `{new}` is a name of their own, `{any}` is any text without colon.
    pub(super) forms: &'static [&'static str],
    pub(super) audience: Audience,
    /// Whether it may also vouch for guests who do not sign in.
    pub(super) has_guests: bool,
    kind: PrincipalKind,
}

/// Issuers that serve everybody. All others serve one organisation (Okta, CircleCI, Bitbucket, a cluster of EKS): their
/// address names it.
///
/// Sources, read 2026-11: GitHub Docs, "OpenID Connect reference" (a colon in a value is escaped); GitLab Docs,
/// "OpenID Connect (OIDC) Authentication Using ID Tokens"; HCP Terraform, "Workload identity tokens"; Buildkite Docs,
/// "OpenID Connect (OIDC)"; Vercel Docs, "OIDC reference", global issuer; IAM User Guide for Google and Cognito.
const ISSUERS: [Issuer; 7] = [
    Issuer {
        name: "token.actions.githubusercontent.com",
        owners: &[
            ("repo", '/'),
            ("repository", '/'),
            ("repository_owner", ':'),
            ("repository_owner_id", ':'),
            ("repository_id", ':'),
            ("enterprise", ':'),
            ("enterprise_id", ':'),
            ("actor", ':'),
            ("actor_id", ':'),
        ],
        forms: &[
            "repo:{new}/{new}:ref:refs/heads/{any}",
            "repo:{new}/{new}:environment:{any}",
            "repo:{new}/{new}:pull_request",
        ],
        audience: Audience::Chosen,
        has_guests: false,
        kind: PrincipalKind::CiWorkflow,
    },
    Issuer {
        name: "gitlab.com",
        owners: &[("project_path", '/')],
        forms: &["project_path:{new}/{new}:ref_type:{any}:ref:{any}"],
        audience: Audience::Chosen,
        has_guests: false,
        kind: PrincipalKind::CiWorkflow,
    },
    Issuer {
        name: "app.terraform.io",
        owners: &[("organization", ':')],
        forms: &["organization:{new}:project:{any}:workspace:{any}:run_phase:{any}"],
        audience: Audience::Chosen,
        has_guests: false,
        kind: PrincipalKind::CiWorkflow,
    },
    Issuer {
        name: "agent.buildkite.com",
        owners: &[("organization", ':')],
        forms: &["organization:{new}:pipeline:{any}:ref:{any}:commit:{any}:step:{any}"],
        audience: Audience::Chosen,
        has_guests: false,
        kind: PrincipalKind::CiWorkflow,
    },
    Issuer {
        name: "oidc.vercel.com",
        owners: &[("owner", ':')],
        forms: &["owner:{new}:project:{any}:environment:{any}"],
        audience: Audience::Names,
        has_guests: false,
        kind: PrincipalKind::Workload,
    },
    Issuer {
        name: "accounts.google.com",
        owners: &[],
        forms: &["{any}"],
        audience: Audience::Names,
        has_guests: false,
        kind: PrincipalKind::Unknown,
    },
    Issuer {
        name: "cognito-identity.amazonaws.com",
        owners: &[],
        forms: &["{any}:{any}"],
        audience: Audience::Names,
        has_guests: true,
        kind: PrincipalKind::Unknown,
    },
];

/// Stands for a name that nobody has yet: no policy can name it, so only a wildcard matches it.
pub(super) const NEW: &str = "\u{2}";

/// What sort of actor bears tokens of an issuer.
pub fn bearer_kind(issuer: &str) -> PrincipalKind {
    if issuer.starts_with("oidc.eks.") {
        return PrincipalKind::Workload;
    }
    if issuer.starts_with("oidc.circleci.com/") || issuer.starts_with("api.bitbucket.org/") {
        return PrincipalKind::CiWorkflow;
    }
    shared(issuer).map_or(PrincipalKind::Unknown, |issuer| issuer.kind)
}

pub(super) fn shared(issuer: &str) -> Option<&'static Issuer> {
    ISSUERS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(issuer))
}

/// Whether anyone can have a subject or audience that a pattern matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Openness {
    Open,
    Doubtful(&'static str),
    Closed,
}

const FREE_NAME: &str = "a name of the form that the trust asks for is free";
const TEMPLATE: &str =
    "a subject that leaves the owner out can be had by a repository of somebody else";

impl Issuer {
    /// Whether anyone can have a subject that `pattern` matches.
    pub(super) fn openness(&self, pattern: &str) -> Openness {
        if pattern.contains("${") {
            return Openness::Doubtful("a policy variable in the trust");
        }
        for (claim, end) in self.owners {
            let Some(owner) = pattern
                .strip_prefix(claim)
                .and_then(|rest| rest.strip_prefix(':'))
            else {
                continue;
            };
            let mut has_gap = false;
            for character in owner.chars() {
                match character {
                    // Whoever may put anything into the owner's name takes a name of that form, or writes what follows
                    // into the name of a branch.
                    '*' => return Openness::Open,
                    '?' => has_gap = true,
                    // No name holds an `@`: behind it comes the owner's number.
                    '@' => break,
                    other if other == *end => break,
                    _ => {}
                }
            }
            return if has_gap {
                Openness::Doubtful(FREE_NAME)
            } else {
                Openness::Closed
            };
        }
        let glob = Pattern::new(pattern);
        let any = SEGMENT.to_string();
        let is_form = |form: &&str| {
            let form = form.replace("{new}", NEW).replace("{any}", &any);
            // A value without wildcards is one subject, which may be anybody's: that it fits the form tells nothing.
            pattern.contains(['*', '?']) && overlap(&glob, &Pattern::new(&form))
        };
        if self.forms.iter().any(is_form) {
            return Openness::Open;
        }
        // Subjects are composed of claims that the owner of a repository chooses; one may leave out whose it is.
        let is_composed = self.owners.len() > 1;
        let names_owner = self.owners.iter().any(|(claim, _)| {
            let claim = format!("{claim}:");
            pattern.contains(&claim)
        });
        let is_headless = pattern.starts_with('*');
        if is_composed && !names_owner && !is_headless {
            return Openness::Doubtful(TEMPLATE);
        }
        let (head, _) = pattern.split_once('/').unwrap_or((pattern, ""));
        if is_headless && head.chars().skip(1).any(|c| c == '*' || c == '?') {
            return Openness::Doubtful(FREE_NAME);
        }
        Openness::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::matches;
    use super::*;

    fn github(pattern: &str) -> Openness {
        shared("token.actions.githubusercontent.com")
            .unwrap()
            .openness(pattern)
    }

    #[test]
    fn a_wildcard_in_the_owner_lets_anyone_in_and_one_behind_it_does_not() {
        for open in [
            "*",
            "repo:*",
            "repo:org*/repo*",
            "repo:*/repo:*",
            "*:ref:refs/heads/main",
            "re*",
            "repo:org*",
        ] {
            assert_eq!(github(open), Openness::Open, "{open}");
        }
        for closed in [
            "repo:org/*",
            "repo:org/repo:ref:*",
            "repo:org@*/repo@*:*",
            "*:org/repo:*",
            "repository_owner:org",
        ] {
            assert_eq!(github(closed), Openness::Closed, "{closed}");
        }
        assert_eq!(github("repo:or?/repo:*"), Openness::Doubtful(FREE_NAME));
        assert_eq!(github("environment:prod"), Openness::Doubtful(TEMPLATE));
    }

    #[test]
    fn a_subject_with_numbers_is_not_that_of_the_names_alone() {
        let subject = "repo:org@12/repo@34:ref:refs/heads/main";
        assert!(!matches("repo:org/repo:*", subject));
        assert!(!matches("repo:org/*", subject));
        assert!(matches("repo:org*/repo*", subject));
        assert!(matches("repo:org@12/repo@34:*", subject));
    }

    #[test]
    fn an_organisation_of_terraform_and_a_group_of_gitlab_are_owners() {
        let of = |issuer: &str, pattern: &str| shared(issuer).unwrap().openness(pattern);
        assert_eq!(
            of("app.terraform.io", "organization:acme:*"),
            Openness::Closed
        );
        assert_eq!(
            of("app.terraform.io", "organization:*:workspace:prod:*"),
            Openness::Open
        );
        assert_eq!(of("gitlab.com", "project_path:group/*"), Openness::Closed);
        assert_eq!(of("gitlab.com", "project_path:*:ref:main"), Openness::Open);
        assert_eq!(of("accounts.google.com", "1234567890"), Openness::Closed);
        assert!(shared("gitlab.example.com").is_none());
    }
}
