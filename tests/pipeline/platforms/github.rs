//! GitHub: the organisation `acme` with one repository, and who gets where in it.

use super::{Exports, Held, Row, access, act, acting, row};
use crate::account::role;
use crate::github::{
    DEPLOYING, Estate, GITHUB, MAIN, authorized, branch, environment, granted, installed,
    of_organization, person, protection, repository, requested, reviewers, ruleset, secrets, team,
};
use leakreach::inventory::{Access, Federation};
use serde_json::{Value, json};

const REPOSITORIES: &str = "github/orgs/acme/repos.json";
const ORGANIZATION: &str = "github/orgs/acme.json";
const COLLABORATORS: &str = "github/repos/acme/shop/collaborators-direct.json";
const PROTECTION: &str = "github/repos/acme/shop/branches/main/protection.json";
const RULESET: &str = "github/repos/acme/shop/rulesets/42.json";
const SECRETS: &str = "github/repos/acme/shop/actions/secrets.json";
const ACTIONS: &str = "github/repos/acme/shop/actions/permissions.json";
const ACTIONS_OF_ALL: &str = "github/orgs/acme/actions/permissions.json";
const WORKFLOW_SETTINGS: &str = "github/repos/acme/shop/actions/permissions/workflow.json";
const ENVIRONMENTS: &str = "github/repos/acme/shop/environments.json";
const ENVIRONMENT_SECRETS: &str = "github/repos/acme/shop/environments/prod/secrets.json";
const SUBJECT: &str = "github/repos/acme/shop/actions/oidc/customization/sub.json";
const WORKFLOW: &str = "github/repos/acme/shop/contents/.github/workflows/ci.yml";
const TOKENS: &str = "github/orgs/acme/personal-access-tokens.json";
const AUTHORIZED: &str = "github/orgs/acme/credential-authorizations.json";
const KEYS: &str = "github/repos/acme/shop/keys.json";
const INSTALLATIONS: &str = "github/orgs/acme/installations.json";
const RUNNERS: &str = "github/repos/acme/shop/actions/runners.json";

const RUNS: &str = "github:runs:acme/shop";
const SHOP: &str = "github:repository:acme/shop";

fn wim() -> Held {
    acting("github:user:wim")
}

fn mia() -> Held {
    acting("github:user:mia")
}

/// `wim` with a role on `shop`.
fn as_role(role: &str) -> Estate {
    Estate::acme().collaborator("wim", role)
}

fn push_main() -> Held {
    act("github:push", "acme/shop refs/heads/main")
}

fn new_branch() -> Held {
    act(
        "github:push",
        "acme/shop refs/heads/leakreach-new (a new branch)",
    )
}

fn with_role(exports: Exports, role: &str) -> Exports {
    exports.set(COLLABORATORS, "/0/role_name", role)
}

fn archived(exports: Exports) -> Exports {
    exports.set(REPOSITORIES, "/0/archived", true)
}

fn without_actions(exports: Exports) -> Exports {
    exports.with(ACTIONS, json!({"enabled": false}))
}

fn without_actions_at_all(exports: Exports) -> Exports {
    exports.with(
        ACTIONS_OF_ALL,
        json!({"enabled_repositories": "none", "allowed_actions": "all"}),
    )
}

fn in_some(exports: Exports) -> Exports {
    exports.with(
        ACTIONS_OF_ALL,
        json!({"enabled_repositories": "selected", "allowed_actions": "all"}),
    )
}

/// Where Actions are on: in selected repositories, which are these.
fn in_these(exports: Exports, names: &[&str]) -> Exports {
    let all: Vec<Value> = names.iter().map(|one| repository(one, "private")).collect();
    let list = json!({"total_count": all.len(), "repositories": all});
    let path = "github/orgs/acme/actions/permissions/repositories.json";
    in_some(exports).with(path, list)
}

fn of_other_repository(exports: Exports, path: &str) -> Exports {
    exports.moved(path, &path.replace("/shop/", "/other/"))
}

fn reviewed(count: u32) -> Value {
    json!([{"type": "pull_request", "parameters": {"required_approving_review_count": count}}])
}

/// A ruleset of every branch.
fn of_all_branches(rules: Value, bypass: Value) -> Value {
    let mut all = ruleset("active", rules, bypass);
    all["conditions"]["ref_name"]["include"] = json!(["~ALL"]);
    all
}

pub fn rows() -> Vec<Row> {
    let mut rows = roles();
    rows.extend(pushing());
    rows.extend(running());
    rows.extend(environments());
    rows.extend(tokens());
    rows.extend(jobs());
    rows
}

fn roles() -> Vec<Row> {
    let role = |name: &str| act(&format!("github:role/{name}"), "acme/shop");
    let teams = Estate::acme()
        .with(
            "orgs/acme/teams.json",
            json!([team("core", None), team("inner", Some("core"))]),
        )
        .with(
            "orgs/acme/teams/inner/members.json",
            json!([person("wim", 3)]),
        );
    let inner = "github/orgs/acme/teams/inner/members.json";
    let internal = Estate::acme().with(
        "orgs/acme/repos.json",
        json!([repository("shop", "internal")]),
    );
    let custom = |permission: &str| {
        let role = json!({"id": 9, "name": "Releaser", "description": "", "base_role": "write", "permissions": [permission]});
        as_role("Releaser").with(
            "orgs/acme/custom-repository-roles.json",
            json!({"total_count": 1, "custom_roles": [role]}),
        )
    };
    let of_all = json!({"id": 138, "name": "all_repo_write", "base_role": "write", "source": "Predefined", "permissions": []});
    let of_organization = Estate::acme()
        .with(
            "orgs/acme/organization-roles.json",
            json!({"total_count": 1, "roles": [of_all]}),
        )
        .with(
            "orgs/acme/organization-roles/138/users.json",
            json!([person("wim", 3)]),
        );
    vec![
        row("github/role", as_role("write"), [wim()], role("write"))
            .not("it is another's", |e| {
                e.set(COLLABORATORS, "/0/login", "mia")
            })
            .not("it is a smaller one", |e| with_role(e, "triage"))
            .not("it is on another repository", |e| {
                of_other_repository(e, COLLABORATORS)
            })
            .not("it was taken away", |e| e.set(COLLABORATORS, "", json!([]))),
        row(
            "github/role",
            custom("edit_repo_protections"),
            [wim()],
            act("github:edit protections", "acme/shop"),
        )
        .not_in(
            "the custom role holds something else",
            custom("manage_webhooks"),
        )
        .not("another role is held", |e| with_role(e, "Reader")),
        row(
            "github/role",
            of_organization.clone(),
            [wim()],
            role("write"),
        )
        .not("the role of the organisation reads", |e| {
            e.set(
                "github/orgs/acme/organization-roles.json",
                "/roles/0/base_role",
                "read",
            )
        })
        .not("it was given to another", |e| {
            e.set(
                "github/orgs/acme/organization-roles/138/users.json",
                "/0/login",
                "mia",
            )
        }),
        row(
            "github/member",
            teams,
            [wim()],
            acting("github:team:acme/core"),
        )
        .not("the team is below no other", |e| {
            e.set("github/orgs/acme/teams.json", "/1/parent", Value::Null)
        })
        .not("another is its member", |e| e.set(inner, "/0/login", "mia"))
        .not("it is a member of another team", |e| {
            e.moved(inner, "github/orgs/acme/teams/outer/members.json")
        }),
        row(
            "github/member",
            Estate::acme(),
            [acting("github:user:olga")],
            acting("github:owners:acme"),
        )
        .not("she is a member like others", |e| {
            e.moved(
                "github/orgs/acme/members-admin.json",
                "github/orgs/acme/members.json",
            )
        }),
        row(
            "github/read-repository",
            as_role("read"),
            [wim()],
            access(SHOP, Access::Read),
        )
        .not("the role is another's", |e| {
            e.set(COLLABORATORS, "/0/login", "mia")
        })
        .not("it is on another repository", |e| {
            of_other_repository(e, COLLABORATORS)
        })
        .not("it was taken away", |e| e.set(COLLABORATORS, "", json!([]))),
        row(
            "github/read-repository",
            internal,
            [mia()],
            access(SHOP, Access::Read),
        )
        .not("it is private", |e| {
            e.set(REPOSITORIES, "/0/visibility", "private")
        })
        .not("an outside collaborator is no member", |e| {
            e.moved(
                "github/orgs/acme/members-member.json",
                "github/orgs/acme/outside_collaborators.json",
            )
        }),
        row(
            "github/administer",
            as_role("admin"),
            [wim()],
            access(SHOP, Access::Admin),
        )
        .not("the role maintains", |e| with_role(e, "maintain"))
        .not("it is another's", |e| {
            e.set(COLLABORATORS, "/0/login", "mia")
        })
        .not("it is on another repository", |e| {
            of_other_repository(e, COLLABORATORS)
        }),
        row(
            "github/administer",
            Estate::acme(),
            [acting("github:user:olga")],
            access("github:organization:acme", Access::Admin),
        )
        .not("she is a member like others", |e| {
            e.moved(
                "github/orgs/acme/members-admin.json",
                "github/orgs/acme/members.json",
            )
        }),
    ]
}

fn pushing() -> Vec<Row> {
    let restricted = |login: &str| {
        let mut rule = protection(true);
        rule["required_pull_request_reviews"] = Value::Null;
        rule["restrictions"] = json!({"users": [person(login, 3)], "teams": [], "apps": []});
        rule
    };
    let passing = |binds: bool| {
        let mut rule = protection(binds);
        rule["required_pull_request_reviews"]["bypass_pull_request_allowances"] =
            json!({"users": [person("wim", 3)], "teams": [], "apps": []});
        rule
    };
    let in_ruleset = json!([{"actor_id": 900, "actor_type": "User", "bypass_mode": "always"}]);
    let editing = |permission: &str, base: &str| {
        let role = json!({"id": 9, "name": "Releaser", "description": "", "base_role": base, "permissions": [permission]});
        as_role("Releaser")
            .with(
                "orgs/acme/custom-repository-roles.json",
                json!({"total_count": 1, "custom_roles": [role]}),
            )
            .protected(protection(true))
    };
    let mut of_organization = ruleset("active", reviewed(1), json!([]));
    of_organization["source_type"] = json!("Organization");
    let approving = as_role("write").protected(protection(true)).with(
        "repos/acme/shop/actions/permissions/workflow.json",
        json!({"default_workflow_permissions": "read", "can_approve_pull_request_reviews": true}),
    );
    let checks = json!([{"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "ci", "integration_id": 15368}]}}]);
    vec![
        row("github/push", as_role("write"), [wim()], push_main())
            .not("the role triages", |e| with_role(e, "triage"))
            .not("the role reads", |e| with_role(e, "read"))
            .not("the repository is archived", archived)
            .not_in(
                "reviews are asked for",
                as_role("write").protected(protection(true)),
            )
            .not_in(
                "pushes are restricted to another",
                as_role("write").protected(restricted("mia")),
            )
            .not_in(
                "the branch is locked",
                as_role("write").protected({
                    let mut rule = protection(true);
                    rule["required_pull_request_reviews"] = Value::Null;
                    rule["lock_branch"] = json!({"enabled": true});
                    rule
                }),
            )
            .not("a ruleset asks for a review", |e| {
                e.with(RULESET, ruleset("active", reviewed(1), json!([])))
            })
            .not("a ruleset restricts updates", |e| {
                e.with(
                    RULESET,
                    ruleset("active", json!([{"type": "update"}]), json!([])),
                )
            })
            .not("a ruleset of the organisation asks for a review", |e| {
                e.with("github/orgs/acme/rulesets/42.json", &of_organization)
            })
            .maybe("a check of an app must pass", |e| {
                e.with(RULESET, ruleset("active", checks, json!([])))
            })
            .maybe("whom a ruleset lets pass is in no export", |e| {
                e.with(RULESET, ruleset("active", reviewed(1), Value::Null))
            })
            .maybe("an unread rule protects the branch", |e| {
                e.with(
                    "github/repos/acme/shop/branches.json",
                    json!([branch("main", true)]),
                )
            }),
        row(
            "github/push",
            as_role("write").with(
                "repos/acme/shop/rulesets/42.json",
                ruleset("evaluate", reviewed(1), json!([])),
            ),
            [wim()],
            push_main(),
        )
        .not("the ruleset is active", |e| {
            e.set(RULESET, "/enforcement", "active")
        }),
        row(
            "github/push",
            as_role("admin").protected(protection(false)),
            [wim()],
            push_main(),
        )
        .not("the rule binds administrators too", |e| {
            e.set(PROTECTION, "/enforce_admins/enabled", true)
        })
        .not("the role maintains", |e| with_role(e, "maintain")),
        row("github/push", as_role("write"), [wim()], new_branch())
            .not("a ruleset keeps branches from being made", |e| {
                e.with(
                    RULESET,
                    of_all_branches(json!([{"type": "creation"}]), json!([])),
                )
            })
            .not("the role triages", |e| with_role(e, "triage")),
        row(
            "github/push-allowed",
            as_role("write").protected(restricted("wim")),
            [wim()],
            push_main(),
        )
        .not("another is named", |e| {
            e.set(PROTECTION, "/restrictions/users/0/login", "mia")
        })
        .not("the role reads", |e| with_role(e, "read"))
        .not("the repository is archived", archived)
        .maybe("a check of an app must pass besides", |e| {
            e.set(
                PROTECTION,
                "",
                {
                    let mut rule = restricted("wim");
                    rule["required_status_checks"] = json!({"strict": true, "contexts": ["ci"], "checks": [{"context": "ci", "app_id": 15368}]});
                    rule
                },
            )
        })
        .not("reviews are asked for besides", |e| {
            e.set(
                PROTECTION,
                "/required_pull_request_reviews",
                json!({"required_approving_review_count": 1}),
            )
        }),
        row(
            "github/push-allowed",
            as_role("write").protected(passing(false)),
            [wim()],
            push_main(),
        )
        .not("nobody may bypass the settings", |e| {
            e.set(PROTECTION, "/enforce_admins/enabled", true)
        })
        .not("another may pass by reviews", |e| {
            e.set(
                PROTECTION,
                "/required_pull_request_reviews/bypass_pull_request_allowances/users/0/login",
                "mia",
            )
        })
        .not("the branch is locked besides", |e| {
            e.set(PROTECTION, "/lock_branch/enabled", true)
        }),
        row(
            "github/push-allowed",
            as_role("write").with(
                "repos/acme/shop/rulesets/42.json",
                ruleset("active", reviewed(1), in_ruleset.clone()),
            ),
            [wim()],
            push_main(),
        )
        .not("another passes by the ruleset", |e| {
            e.set(RULESET, "/bypass_actors/0/actor_id", 2)
        })
        .not("nobody does", |e| {
            e.set(RULESET, "/bypass_actors", json!([]))
        }),
        row(
            "github/push-allowed",
            as_role("write").with(
                "repos/acme/shop/rulesets/42.json",
                of_all_branches(json!([{"type": "creation"}]), in_ruleset),
            ),
            [wim()],
            new_branch(),
        )
        .not(
            "he passes by it with pull requests alone, which make no branch",
            |e| e.set(RULESET, "/bypass_actors/0/bypass_mode", "pull_request"),
        )
        .not("another passes by it", |e| {
            e.set(RULESET, "/bypass_actors/0/actor_id", 2)
        }),
        row(
            "github/edit-protection",
            as_role("admin").protected(protection(true)),
            [wim()],
            push_main(),
        )
        .not_by(
            "taking the rule off alone, without a push",
            [act("github:edit protections", "acme/shop")],
        )
        .not_by("a push alone", [act("github:role/write", "acme/shop")])
        .not("the role maintains", |e| with_role(e, "maintain"))
        .not("the rule is the organisation's", |e| {
            e.without(PROTECTION)
                .with(
                    "github/repos/acme/shop/branches.json",
                    json!([branch("main", false)]),
                )
                .with("github/orgs/acme/rulesets/42.json", &of_organization)
        }),
        row(
            "github/edit-protection",
            editing("edit_repo_protections", "write"),
            [wim()],
            push_main(),
        )
        .not_in(
            "the role edits something else",
            editing("manage_webhooks", "write"),
        )
        .not_in(
            "its holder pushes nothing",
            editing("edit_repo_protections", "read"),
        ),
        row(
            "github/push",
            as_role("write").with(
                "repos/acme/shop/rulesets/42.json",
                {
                    let mut of_dev = ruleset("active", reviewed(1), json!([]));
                    of_dev["conditions"]["ref_name"]["include"] = json!(["refs/heads/dev"]);
                    of_dev
                },
            ),
            [wim()],
            push_main(),
        )
        .not("the ruleset is about this branch", |e| {
            e.set(
                RULESET,
                "/conditions/ref_name/include",
                json!(["refs/heads/main"]),
            )
        })
        .not("its pattern takes this branch", |e| {
            e.set(
                RULESET,
                "/conditions/ref_name/include",
                json!(["refs/heads/m*n"]),
            )
        }),
        row(
            "github/push",
            as_role("write").with("orgs/acme/rulesets/42.json", {
                let mut of_others = of_organization.clone();
                of_others["conditions"]["repository_name"] =
                    json!({"include": ["~ALL"], "exclude": ["shop"]});
                of_others
            }),
            [wim()],
            push_main(),
        )
        .not("the repository is not left out", |e| {
            e.set(
                "github/orgs/acme/rulesets/42.json",
                "/conditions/repository_name/exclude",
                json!([]),
            )
        })
        .maybe("the repository is told by a property", |e| {
            e.set(
                "github/orgs/acme/rulesets/42.json",
                "/conditions",
                json!({"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []},
                    "repository_property": {"include": [{"name": "tier", "property_values": ["1"]}], "exclude": []}}),
            )
        }),
        row(
            "github/push",
            as_role("maintain").protected(restricted("mia")),
            [wim()],
            push_main(),
        )
        .not("the role writes, and no more", |e| with_role(e, "write")),
        row(
            "github/approve-own-request",
            approving,
            [wim()],
            push_main(),
        )
        .perhaps()
        .not_by("a run alone, which merges nothing", [acting(RUNS)])
        .not("workflows approve nothing", |e| {
            e.set(
                WORKFLOW_SETTINGS,
                "/can_approve_pull_request_reviews",
                false,
            )
        })
        .not("two approvals are asked for", |e| {
            e.set(
                PROTECTION,
                "/required_pull_request_reviews/required_approving_review_count",
                2,
            )
        })
        .not("the branch is locked", |e| {
            e.set(PROTECTION, "/lock_branch/enabled", true)
        })
        .not("pushes are restricted besides", |e| {
            let mut rule = restricted("mia");
            rule["required_pull_request_reviews"] = json!({"required_approving_review_count": 1});
            e.with(PROTECTION, rule)
        })
        .not("the role reads", |e| with_role(e, "read"))
        .not("Actions are off", without_actions),
    ]
}

fn running() -> Vec<Row> {
    let run = || acting(RUNS);
    let key = || Held::Exposure("github:secret:acme/shop/deploy_key".to_owned());
    let with_secret = || {
        as_role("write").with(
            "repos/acme/shop/actions/secrets.json",
            secrets(&["DEPLOY_KEY"]),
        )
    };
    let of_all = Estate::acme().with(
        "orgs/acme/actions/secrets.json",
        of_organization("NPM", "private"),
    );
    let secret_of_all = "github/orgs/acme/actions/secrets.json";
    let selected = |e: Exports| e.set(secret_of_all, "/secrets/0/visibility", "selected");
    let bearer = |subject: &str| acting(Federation::key(GITHUB, subject, None));
    let trust = "/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0";
    let details = format!(
        "aws/{}/iam/account-authorization-details.json",
        crate::account::ACCOUNT
    );
    let details = &details;
    let code_only = || {
        as_role("write").with(
            "orgs/acme/personal-access-tokens.json",
            granted("all", json!({"contents": "write"})),
        )
    };
    vec![
        row("github/run-workflow", as_role("write"), [wim()], run())
            .not("the role triages", |e| with_role(e, "triage"))
            .not("Actions are off", without_actions)
            .not("Actions are off in the organisation", without_actions_at_all)
            .maybe("Actions are on in some repositories", in_some)
            .not("Actions are on in another repository alone", |e| in_these(e, &["other"]))
            .not("the repository is archived", archived)
            .not("no branch is changed without review, and none is made", |e| {
                let rules = json!([{"type": "creation"}, {"type": "pull_request", "parameters": {"required_approving_review_count": 1}}]);
                e.with(RULESET, of_all_branches(rules, json!([])))
            }),
        row("github/run-pushed", code_only(), [acting("github:token:wim/81")], run())
            .perhaps()
            .not("the token reads", |e| {
                e.set(TOKENS, "/0/permissions/repository/contents", "read")
            })
            .not("its owner reads", |e| with_role(e, "read"))
            .not("Actions are off", without_actions)
            .not("Actions are off in the organisation", without_actions_at_all)
            .not("the repository is archived", archived),
        row("github/read-actions-secrets", with_secret(), [wim()], key())
            .not("the role triages", |e| with_role(e, "triage"))
            .not("Actions are off", without_actions)
            .not("the repository is archived", archived)
            .not("it is a secret of another repository", |e| of_other_repository(e, SECRETS))
            .not("it is a secret of Dependabot", |e| {
                e.moved(SECRETS, "github/repos/acme/shop/dependabot/secrets.json")
            })
            .not("it is a secret of an environment", |e| e.moved(SECRETS, ENVIRONMENT_SECRETS)),
        row("github/read-actions-secrets", of_all, [acting(RUNS)], Held::Exposure("github:secret:acme/npm".to_owned()))
            .not("private repositories see it, and this one is public", |e| {
                e.set(REPOSITORIES, "/0/visibility", "public")
            })
            .maybe("some were selected, and no export tells which", selected)
            .not("another was selected", |e| {
                let chosen = json!({"total_count": 1, "repositories": [repository("other", "private")]});
                selected(e).with("github/orgs/acme/actions/secrets/NPM/repositories.json", chosen)
            })
            .not("the repository says that it sees none", |e| {
                e.with("github/repos/acme/shop/actions/organization-secrets.json", secrets(&[]))
            })
            .not("it is a secret of Dependabot", |e| {
                e.moved(secret_of_all, "github/orgs/acme/dependabot/secrets.json")
            }),
        row("github/mint-subject", as_role("write").aws("StringEquals", MAIN), [wim()], bearer(MAIN))
            .not("the role triages", |e| with_role(e, "triage"))
            .not("Actions are off", without_actions)
            .not("the repository is archived", archived)
            .not_in("the branch is protected", as_role("write").protected(protection(true)).aws("StringEquals", MAIN))
            .not_in("another repository is trusted", as_role("write").aws("StringEquals", "repo:acme/other:ref:refs/heads/main"))
            .not("subjects have numbers", |e| {
                e.set(SUBJECT, "", json!({"use_default": true, "use_immutable_subject": true}))
            })
            .not("the repository is new, so subjects have numbers", |e| {
                e.set(REPOSITORIES, "/0/created_at", "2026-08-01T00:00:00Z")
            })
            .not("subjects are composed otherwise", |e| {
                e.set(SUBJECT, "", json!({"use_default": false, "include_claim_keys": ["repository_id", "context"]}))
            })
            .maybe("how subjects are composed is in no export", |e| e.without(SUBJECT))
            .not("Actions are off in the organisation", without_actions_at_all)
            .maybe("Actions are on in some repositories", in_some)
            .not("another issuer is trusted", |e| {
                e.replace(details, GITHUB, "gitlab.example")
            })
            .not("the role trusts an account instead", |e| {
                e.set(details, &format!("{trust}/Principal"), json!({"AWS": role("ci")}))
                    .set(details, &format!("{trust}/Action"), "sts:AssumeRole")
                    .set(details, &format!("{trust}/Condition"), json!({}))
            }),
    ]
}

fn environments() -> Vec<Row> {
    let in_environment = |role: &str, gate: Value| {
        as_role(role)
            .with("repos/acme/shop/environments.json", gate)
            .with(
                "repos/acme/shop/environments/prod/secrets.json",
                secrets(&["PROD"]),
            )
    };
    let open = || in_environment("write", environment(json!([]), Value::Null));
    let deploy = || act("github:deploy", "acme/shop prod");
    let policy = json!({"protected_branches": false, "custom_branch_policies": true});
    let of_protected = json!({"protected_branches": true, "custom_branch_policies": false});
    let policies = "github/repos/acme/shop/environments/prod/deployment-branch-policies.json";
    let named = |kind: &str| json!({"total_count": 1, "branch_policies": [{"id": 1, "node_id": "x", "name": "main", "type": kind}]});
    let shut = || open().protected(protection(true));
    let gated = |gate: Value| json!([{"id": 1, "node_id": "GA_x", "type": gate}]);
    let own = |logins: &[&str], is_prevented| {
        in_environment(
            "write",
            environment(reviewers(logins, is_prevented), Value::Null),
        )
    };
    vec![
        row("github/deploy", open(), [wim()], deploy())
            .not("the role triages", |e| with_role(e, "triage"))
            .not("Actions are off", without_actions)
            .not(
                "Actions are off in the organisation",
                without_actions_at_all,
            )
            .not("the repository is archived", archived)
            .maybe("Actions are on in some repositories", in_some)
            .maybe("a reviewer must approve", |e| {
                e.set(
                    ENVIRONMENTS,
                    "/environments/0/protection_rules",
                    reviewers(&["mia"], false),
                )
            })
            .maybe("an app must approve", |e| {
                e.set(
                    ENVIRONMENTS,
                    "/environments/0/protection_rules",
                    gated(json!("acme-gate")),
                )
            })
            .maybe("no export tells its rules", |e| e.without(ENVIRONMENTS)),
        row("github/deploy", shut(), [wim()], deploy())
            .not("it takes protected branches", |e| {
                e.set(
                    ENVIRONMENTS,
                    "/environments/0/deployment_branch_policy",
                    of_protected,
                )
            })
            .not("it takes `main` alone, which is protected", |e| {
                e.set(
                    ENVIRONMENTS,
                    "/environments/0/deployment_branch_policy",
                    policy.clone(),
                )
                .with(policies, named("branch"))
            })
            .not("it takes a tag of that name alone", |e| {
                e.set(
                    ENVIRONMENTS,
                    "/environments/0/deployment_branch_policy",
                    policy.clone(),
                )
                .with(policies, named("tag"))
            }),
        row(
            "github/approve-deployment",
            own(&["mia"], false),
            [wim(), mia()],
            deploy(),
        )
        .not_by("the reviewer alone, who pushes nothing", [mia()])
        .not("another reviews", |e| {
            e.set(
                ENVIRONMENTS,
                "/environments/0/protection_rules/0/reviewers/0/reviewer/login",
                "olga",
            )
        })
        .not("nobody pushes", |e| with_role(e, "triage"))
        .not("Actions are off", without_actions)
        .not(
            "it takes protected branches, and no branch that is written is one",
            |e| {
                e.set(
                    ENVIRONMENTS,
                    "/environments/0/deployment_branch_policy",
                    json!({"protected_branches": true, "custom_branch_policies": false}),
                )
                .with(PROTECTION, protection(true))
                .with(
                    "github/repos/acme/shop/branches.json",
                    json!([branch("main", true)]),
                )
            },
        ),
        row(
            "github/approve-deployment",
            own(&["wim"], false),
            [wim()],
            deploy(),
        )
        .maybe("nobody approves what they started", |e| {
            e.set(
                ENVIRONMENTS,
                "/environments/0/protection_rules/0/prevent_self_review",
                true,
            )
        })
        .not("another reviews", |e| {
            e.set(
                ENVIRONMENTS,
                "/environments/0/protection_rules/0/reviewers/0/reviewer/login",
                "mia",
            )
        }),
        row(
            "github/open-environment",
            in_environment("admin", environment(reviewers(&["mia"], true), Value::Null)),
            [wim()],
            deploy(),
        )
        .not_by("a run alone, which takes no rule off", [acting(RUNS)])
        .not_by(
            "taking the rules off alone, without a run",
            [act("github:edit environments", "acme/shop")],
        )
        .not("the role maintains", |e| with_role(e, "maintain"))
        .not("Actions are off", without_actions)
        .not(
            "Actions are off in the organisation",
            without_actions_at_all,
        )
        .not("the repository is archived", archived),
        row(
            "github/read-environment-secrets",
            open(),
            [wim()],
            Held::Exposure("github:secret:acme/shop/prod/prod".to_owned()),
        )
        .not("it is a secret of another environment", |e| {
            e.moved(
                ENVIRONMENT_SECRETS,
                "github/repos/acme/shop/environments/stage/secrets.json",
            )
        })
        .not(
            "it is a secret of that environment of another repository",
            |e| of_other_repository(e, ENVIRONMENT_SECRETS),
        )
        .not("the role triages", |e| with_role(e, "triage"))
        .maybe("a reviewer must approve", |e| {
            e.set(
                ENVIRONMENTS,
                "/environments/0/protection_rules",
                reviewers(&["mia"], false),
            )
        })
        .not("it takes protected branches, and none is made", |e| {
            e.set(
                ENVIRONMENTS,
                "/environments/0/deployment_branch_policy",
                json!({"protected_branches": true, "custom_branch_policies": false}),
            )
        }),
        row(
            "github/mint-subject",
            open().aws("StringEquals", "repo:acme/shop:environment:prod"),
            [wim()],
            acting(Federation::key(
                GITHUB,
                "repo:acme/shop:environment:prod",
                None,
            )),
        )
        .not("the environment has another name", |e| {
            e.set(ENVIRONMENTS, "/environments/0/name", "stage")
                .without(ENVIRONMENT_SECRETS)
        })
        .maybe("a reviewer must approve", |e| {
            e.set(
                ENVIRONMENTS,
                "/environments/0/protection_rules",
                reviewers(&["mia"], false),
            )
        }),
    ]
}

fn tokens() -> Vec<Row> {
    let code = || act("github:write code", "acme/shop");
    let token = || Held::Credential("github:token:wim/81".to_owned());
    let classic = || Held::Credential("github:token:wim/authorization-91".to_owned());
    let fine = |role: &str, selection: &str| {
        as_role(role).with(
            "orgs/acme/personal-access-tokens.json",
            granted(selection, json!({"contents": "write"})),
        )
    };
    let scoped = |role: &str, scopes: Value| {
        as_role(role).with(
            "orgs/acme/credential-authorizations.json",
            authorized("personal access token", scopes),
        )
    };
    let key = json!([{"id": 61, "key": "ssh-ed25519 AAAAEXAMPLE", "title": "ci", "read_only": false,
        "created_at": "2024-01-01T00:00:00Z", "enabled": true}]);
    let app = |permissions: Value| {
        Estate::acme()
            .with("orgs/acme/teams.json", json!([team("core", None)]))
            .with(
                "orgs/acme/installations.json",
                installed("all", permissions, Value::Null),
            )
    };
    let shipper = || acting("github:app:acme/shipper");
    let suspended = |e: Exports| {
        e.set(
            INSTALLATIONS,
            "/installations/0/suspended_at",
            "2026-01-01T00:00:00Z",
        )
    };
    let olga = || {
        let mut all = authorized("personal access token", json!(["admin:org"]));
        all[0]["login"] = json!("olga");
        Estate::acme().with("orgs/acme/credential-authorizations.json", all)
    };
    let deploy_key = || Estate::acme().with("repos/acme/shop/keys.json", key.clone());
    let by_key = || Held::Credential("github:deploy-key:acme/shop/61".to_owned());
    let chosen = "github/orgs/acme/personal-access-tokens/71/repositories.json";
    vec![
        row("github/token", fine("write", "all"), [token()], code())
            .not("it reads content", |e| {
                e.set(TOKENS, "/0/permissions/repository/contents", "read")
            })
            .not("it writes something else", |e| {
                e.set(
                    TOKENS,
                    "/0/permissions/repository",
                    json!({"issues": "write"}),
                )
            })
            .not("its owner reads", |e| with_role(e, "read"))
            .not("its owner has no role there", |e| {
                e.set(COLLABORATORS, "/0/login", "mia")
            })
            .not("it has run out", |e| {
                e.set(TOKENS, "/0/token_expired", true)
            })
            .not("it was given no repository", |e| {
                e.set(TOKENS, "/0/repository_selection", "none")
            })
            .not("it was given another repository", |e| {
                e.set(TOKENS, "/0/repository_selection", "subset")
                    .with(chosen, json!([repository("other", "private")]))
            })
            .maybe("which repositories it was given is in no export", |e| {
                e.set(TOKENS, "/0/repository_selection", "subset")
            })
            .maybe("it was only asked for", |e| {
                e.moved(
                    TOKENS,
                    "github/orgs/acme/personal-access-token-requests.json",
                )
            }),
        row(
            "github/token",
            as_role("admin").with(
                "orgs/acme/personal-access-tokens.json",
                granted("all", json!({"administration": "write"})),
            ),
            [token()],
            act("github:role/admin", "acme/shop"),
        )
        .not("it reads the settings", |e| {
            e.set(TOKENS, "/0/permissions/repository/administration", "read")
        })
        .not("its owner maintains", |e| with_role(e, "maintain")),
        row(
            "github/scope",
            scoped("write", json!(["repo"])),
            [classic()],
            code(),
        )
        .not("its scope reads the organisation", |e| {
            e.set(
                AUTHORIZED,
                "/0/scopes",
                json!(["read:org", "gist", "workflow"]),
            )
        })
        .not("its scope is for public repositories", |e| {
            e.set(AUTHORIZED, "/0/scopes", json!(["public_repo"]))
        })
        .not("its owner reads", |e| with_role(e, "read"))
        .not("it is another's", |e| {
            e.set(COLLABORATORS, "/0/login", "mia")
        }),
        row(
            "github/scope",
            scoped("write", json!(["repo", "workflow"])),
            [classic()],
            act("github:role/write", "acme/shop"),
        )
        .not("it may not change workflows", |e| {
            e.set(AUTHORIZED, "/0/scopes", json!(["repo"]))
        }),
        row(
            "github/scope",
            olga(),
            [Held::Credential(
                "github:token:olga/authorization-91".to_owned(),
            )],
            act("github:owner", "acme"),
        )
        .not("its scope reads the organisation", |e| {
            e.set(AUTHORIZED, "/0/scopes", json!(["read:org"]))
        })
        .not("she is a member like others", |e| {
            e.moved(
                "github/orgs/acme/members-admin.json",
                "github/orgs/acme/members.json",
            )
        }),
        row(
            "github/deploy-key",
            deploy_key(),
            [by_key()],
            act("github:role/write", "acme/shop"),
        )
        .not("it reads", |e| e.set(KEYS, "/0/read_only", true))
        .not("it is switched off", |e| e.set(KEYS, "/0/enabled", false))
        .not("it is another repository's", |e| {
            of_other_repository(e, KEYS)
        }),
        row(
            "github/deploy-key",
            deploy_key().protected(protection(false)),
            [by_key()],
            push_main(),
        )
        .perhaps()
        .not("the rule binds administrators too", |e| {
            e.set(PROTECTION, "/enforce_admins/enabled", true)
        })
        .not("it reads", |e| e.set(KEYS, "/0/read_only", true)),
        row(
            "github/app",
            app(json!({"contents": "write"})),
            [shipper()],
            code(),
        )
        .not("it reads content", |e| {
            e.set(
                INSTALLATIONS,
                "/installations/0/permissions/contents",
                "read",
            )
        })
        .not("it writes something else", |e| {
            e.set(
                INSTALLATIONS,
                "/installations/0/permissions",
                json!({"issues": "write"}),
            )
        })
        .not("it is suspended", suspended)
        .maybe("which repositories were selected is in no export", |e| {
            e.set(
                INSTALLATIONS,
                "/installations/0/repository_selection",
                "selected",
            )
        })
        .not("it is installed in another organisation", |e| {
            e.moved(INSTALLATIONS, "github/orgs/other/installations.json")
        }),
        row(
            "github/app-developer",
            app(json!({"contents": "write"})),
            [acting("github:app-developer:shipper")],
            shipper(),
        )
        .not("it is suspended", suspended)
        .not("another app is installed", |e| {
            e.set(INSTALLATIONS, "/installations/0/app_slug", "other")
        }),
        row(
            "github/add-to-team",
            {
                let mut all = granted("all", json!({}));
                all[0]["owner"] = person("olga", 1);
                all[0]["permissions"] = json!({"organization": {"members": "write"}});
                Estate::acme()
                    .with("orgs/acme/teams.json", json!([team("core", None)]))
                    .with("orgs/acme/personal-access-tokens.json", all)
            },
            [acting("github:token:olga/81")],
            acting("github:team:acme/core"),
        )
        .not("she is a member like others", |e| {
            e.moved(
                "github/orgs/acme/members-admin.json",
                "github/orgs/acme/members.json",
            )
        })
        .not("it reads members", |e| {
            e.set(TOKENS, "/0/permissions/organization/members", "read")
        })
        .maybe("it was only asked for", |e| {
            e.moved(
                TOKENS,
                "github/orgs/acme/personal-access-token-requests.json",
            )
        }),
        row(
            "github/add-to-team",
            app(json!({"members": "write"})),
            [shipper()],
            acting("github:team:acme/core"),
        )
        .not("it reads members", |e| {
            e.set(
                INSTALLATIONS,
                "/installations/0/permissions/members",
                "read",
            )
        })
        .not("it writes something else", |e| {
            e.set(
                INSTALLATIONS,
                "/installations/0/permissions",
                json!({"contents": "write"}),
            )
        })
        .not("it is suspended", suspended)
        .not("it is installed in another organisation", |e| {
            e.moved(INSTALLATIONS, "github/orgs/other/installations.json")
        }),
    ]
}

fn jobs() -> Vec<Row> {
    let deploying = |action: &str| {
        Estate::acme()
            .with(
                "repos/acme/shop/actions/secrets.json",
                secrets(&["DEPLOY_KEY", "OTHER"]),
            )
            .workflow(&DEPLOYING.replace("ACTION", action))
    };
    let job = |name: &str| acting(format!("github:job:acme/shop/ci.yml/{name}"));
    let key = || Held::Exposure("github:secret:acme/shop/deploy_key".to_owned());
    let used = "${{ secrets.DEPLOY_KEY }}";
    let writing = "on: push\npermissions:\n  contents: write\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n";
    let head = "${{ github.event.pull_request.head.sha }}";
    let open = |visibility: &str| {
        Estate::acme()
            .with(
                "orgs/acme/repos.json",
                json!([repository("shop", visibility)]),
            )
            .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]))
            .workflow(&requested("pull_request_target", head, "npm ci"))
    };
    let greeting = "on: issue_comment\njobs:\n  greet:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"${{ github.event.comment.body }}\"\n";
    let greeted = Estate::acme()
        .with(
            "orgs/acme/repos.json",
            json!([repository("shop", "public")]),
        )
        .workflow(greeting);
    let inside = || {
        open("private").collaborator("wim", "read").with(
        "orgs/acme.json",
        json!({"login": "acme", "id": 12, "default_repository_permission": "none", "members_can_fork_private_repositories": true}),
    )
    };
    let runners = json!({"total_count": 1, "runners": [{"id": 31, "name": "build-1", "os": "linux", "status": "online", "busy": false,
        "ephemeral": false, "labels": [{"id": 1, "name": "self-hosted", "type": "read-only"}]}]});
    let kept = as_role("write")
        .with("repos/acme/shop/actions/runners.json", runners)
        .workflow(
            "on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - run: make\n",
        );
    let runner = || access("github:runner:acme/31", Access::Admin);
    let workflows = |default: &str| json!({"default_workflow_permissions": default, "can_approve_pull_request_reviews": false});
    vec![
        row("github/use-secret", deploying("v4"), [job("deploy")], key())
            .not("it names another", |e| e.replace(WORKFLOW, used, "${{ secrets.OTHER }}"))
            .not("it names none", |e| e.replace(WORKFLOW, used, "none"))
            .not("it is a secret of another repository", |e| of_other_repository(e, SECRETS))
            .not("one of its environment stands before it", |e| {
                e.replace(WORKFLOW, "runs-on:", "environment: prod\n    runs-on:")
                    .with(ENVIRONMENTS, environment(json!([]), Value::Null))
                    .with(ENVIRONMENT_SECRETS, secrets(&["DEPLOY_KEY"]))
            })
            .not("it is a secret of an environment to which the job does not deploy", |e| {
                e.with(SECRETS, secrets(&["OTHER"]))
                    .with(ENVIRONMENTS, environment(json!([]), Value::Null))
                    .with(ENVIRONMENT_SECRETS, secrets(&["DEPLOY_KEY"]))
            }),
        row(
            "github/use-secret",
            Estate::acme()
                .with("orgs/acme/actions/secrets.json", of_organization("DEPLOY_KEY", "all"))
                .workflow(&DEPLOYING.replace("ACTION", "v4")),
            [job("deploy")],
            Held::Exposure("github:secret:acme/deploy_key".to_owned()),
        )
        .not("one of the repository stands before it", |e| {
            e.with(SECRETS, secrets(&["DEPLOY_KEY"]))
        })
        .not("private repositories see it, and this one is public", |e| {
            e.set("github/orgs/acme/actions/secrets.json", "/secrets/0/visibility", "private")
                .set(REPOSITORIES, "/0/visibility", "public")
        })
        .maybe("some were selected, and no export tells which", |e| {
            e.set("github/orgs/acme/actions/secrets.json", "/secrets/0/visibility", "selected")
        }),
        row("github/job-token", Estate::acme().workflow(writing), [job("a")], act("github:write code", "acme/shop"))
            .not("it reads content", |e| e.replace(WORKFLOW, "contents: write", "contents: read"))
            .not("it writes something else", |e| {
                e.replace(WORKFLOW, "contents: write", "issues: write")
            })
            .not("it may nothing", |e| {
                e.replace(WORKFLOW, "permissions:\n  contents: write", "permissions: {}")
            })
            .not("the job takes it back", |e| {
                e.replace(WORKFLOW, "    runs-on", "    permissions:\n      contents: read\n    runs-on")
            })
            .not("the workflow does not say, and the repository lets tokens read", |e| {
                e.replace(WORKFLOW, "permissions:\n  contents: write\n", "")
                    .with(WORKFLOW_SETTINGS, workflows("read"))
            })
            .not("nor does the repository, and the organisation lets tokens read", |e| {
                e.replace(WORKFLOW, "permissions:\n  contents: write\n", "")
                    .with("github/orgs/acme/actions/permissions/workflow.json", workflows("read"))
            })
            .maybe("what tokens may is in no export", |e| {
                e.replace(WORKFLOW, "permissions:\n  contents: write\n", "")
            })
            .not("the repository is archived", archived),
        row("github/unpinned-action", deploying("v4"), [acting("github:publisher:octo")], job("deploy"))
            .not("it is pinned to a commit", |e| {
                e.replace(WORKFLOW, "octo/login@v4", &format!("octo/login@{}", "a".repeat(40)))
            })
            .not("it is another publisher's", |e| e.replace(WORKFLOW, "octo/login", "other/login"))
            .not("it is the repository's own", |e| {
                e.replace(WORKFLOW, "octo/login@v4", "./.github/actions/login")
            })
            .not("it is the organisation's own", |e| e.replace(WORKFLOW, "octo/login", "acme/login"))
            .not("Actions are off", without_actions)
            .not("Actions are off in the organisation", without_actions_at_all)
            .maybe("Actions are on in some repositories", in_some)
            .not("the repository is archived", archived),
        row("github/pwn-request", open("public"), [], job("build"))
            .not("the request runs without secrets", |e| {
                e.replace(WORKFLOW, "on: pull_request_target", "on: pull_request")
            })
            .not("only who pushes starts it", |e| {
                e.replace(WORKFLOW, "on: pull_request_target", "on: push")
            })
            .not("it checks out its own branch", |e| e.replace(WORKFLOW, head, "main"))
            .not("it runs nothing of what it checks out", |e| {
                e.replace(WORKFLOW, "      - run: npm ci\n        env:\n          K: ${{ secrets.A }}\n", "")
            })
            .not("no stranger sees the repository", |e| {
                e.set(REPOSITORIES, "/0/visibility", "private")
            })
            .not("Actions are off", without_actions)
            .not("Actions are off in the organisation", without_actions_at_all)
            .maybe("Actions are on in some repositories", in_some)
            .not("the repository is archived", archived)
            .maybe("what it runs is no build", |e| e.replace(WORKFLOW, "npm ci", "cat x"))
            .maybe("a guard stands before it", |e| {
                e.replace(WORKFLOW, "    runs-on:", "    if: github.event.pull_request.head.repo.fork != true\n    runs-on:")
            }),
        row("github/pwn-request", greeted, [], job("greet"))
            .not("it expands a number", |e| e.replace(WORKFLOW, "comment.body", "comment.id"))
            .not("only who pushes starts it", |e| e.replace(WORKFLOW, "on: issue_comment", "on: push"))
            .not("the text comes in a variable", |e| {
                e.replace(
                    WORKFLOW,
                    "echo \"${{ github.event.comment.body }}\"\n",
                    "echo \"$BODY\"\n        env:\n          BODY: ${{ github.event.comment.body }}\n",
                )
            })
            .not("no stranger sees the repository", |e| {
                e.set(REPOSITORIES, "/0/visibility", "private")
            }),
        row("github/pwn-request", inside(), [wim()], job("build"))
            .not("he has no role", |e| e.set(COLLABORATORS, "/0/login", "mia"))
            .not("the organisation keeps its repositories from being forked", |e| {
                e.set(ORGANIZATION, "/members_can_fork_private_repositories", false)
            })
            .not("the repository may not be forked", |e| {
                e.set(REPOSITORIES, "/0/allow_forking", false)
            })
            .maybe("whether it may be is in no export", |e| {
                e.set(ORGANIZATION, "/members_can_fork_private_repositories", Value::Null)
            }),
        row("github/stay-on-runner", kept.clone(), [wim()], runner())
            .not("it is thrown away after a job", |e| {
                e.set(RUNNERS, "/runners/0/ephemeral", true)
            })
            .not("it is another repository's", |e| of_other_repository(e, RUNNERS))
            .not("the role triages", |e| with_role(e, "triage"))
            .not("Actions are off", without_actions)
            .maybe("it is the organisation's, for some of its repositories", |e| {
                e.moved(RUNNERS, "github/orgs/acme/actions/runners.json")
            }),
        row("github/stay-on-runner", kept, [runner()], job("a"))
            .perhaps()
            .not("the job runs elsewhere", |e| {
                e.replace(WORKFLOW, "runs-on: self-hosted", "runs-on: ubuntu-latest")
            })
            .not("it is another repository's", |e| of_other_repository(e, RUNNERS)),
    ]
}
