//! Okta: the organisation `acme` with users `ada` and `bob` and groups `ops` and `dev`, of whom nobody else is an
//! administrator.

use super::{Exports, Held, Row, access, act, acting, row};
use crate::account::{ACCOUNT, role};
use crate::okta::{
    Estate, acme, app, assigned, custom, federation, group, person, person_in, provider, rule,
    secret, service_app, standard, token,
};
use leakreach::inventory::{Access, Federation};
use serde_json::json;

const USERS: &str = "okta/acme/users.json";
const GROUPS: &str = "okta/acme/groups.json";
const APPS: &str = "okta/acme/apps.json";
const OPS: &str = "okta/acme/groups/00gops/users.json";
const DEV: &str = "okta/acme/groups/00gdev/users.json";
const ROLES: &str = "okta/acme/users/00uada/roles.json";
const ADMINISTRATORS: &str = "okta/acme/iam/assignees/users.json";
const TOKENS: &str = "okta/acme/api-tokens.json";
const PERMISSIONS: &str = "okta/acme/iam/roles/cr0desk/permissions.json";
const SET: &str = "okta/acme/iam/resource-sets/iam1/resources.json";
const RULES: &str = "okta/acme/group-rules.json";

const ORGANIZATION: &str = "okta:organization:acme";
const CRM: &str = "okta:app:0oacrm";

fn user(name: &str) -> Held {
    acting(format!("okta:user:00u{name}"))
}

fn ada() -> Held {
    user("ada")
}

fn of_group(name: &str) -> Held {
    acting(format!("okta:group:00g{name}"))
}

fn calls() -> Held {
    act("okta:use-api", "okta:user:00uada")
}

fn switched_off(exports: Exports) -> Exports {
    exports.set(ROLES, "/0/status", "INACTIVE")
}

/// With `bob` in that state.
fn bob_is(exports: Exports, status: &str) -> Exports {
    exports.set(USERS, "/1/status", status)
}

fn ada_is(exports: Exports, status: &str) -> Exports {
    exports.set(USERS, "/0/status", status)
}

/// With a role of `bob` too.
fn bob_administers(exports: Exports) -> Exports {
    exports
        .with(
            "okta/acme/users/00ubob/roles.json",
            json!([standard("READ_ONLY_ADMIN")]),
        )
        .set(
            ADMINISTRATORS,
            "/value",
            json!([{"id": "00uada"}, {"id": "00ubob"}]),
        )
}

fn group_administers(exports: Exports, name: &str) -> Exports {
    exports.with(
        &format!("okta/acme/groups/00g{name}/roles.json"),
        json!([standard("ORG_ADMIN")]),
    )
}

fn app_is_off(exports: Exports) -> Exports {
    exports.set(APPS, "/0/status", "INACTIVE")
}

fn app_administers(exports: Exports) -> Exports {
    exports.with(
        "okta/acme/clients/0oasync/roles.json",
        json!([standard("HELP_DESK_ADMIN")]),
    )
}

fn over(exports: Exports, what: &str) -> Exports {
    exports.set(
        SET,
        "/resources/0/_links/self/href",
        format!("https://acme.okta.example/api/v1/{what}"),
    )
}

fn may(exports: Exports, permission: &str) -> Exports {
    exports.set(PERMISSIONS, "/permissions/0/label", permission)
}

fn targets(kind: &str, sort: &str) -> String {
    format!("okta/acme/users/00uada/roles/ra{kind}/targets/{sort}.json")
}

pub fn rows() -> Vec<Row> {
    let mut rows = administrators();
    rows.extend(users_and_groups());
    rows.extend(apps());
    rows.extend(elsewhere());
    rows
}

fn administrators() -> Vec<Row> {
    let desk = || acme().administrator("ada", "HELP_DESK_ADMIN");
    let with_token = || desk().with("api-tokens.json", json!([token("00T1", "ada", "ANYWHERE")]));
    let by_token = || Held::Credential("okta:api-token:acme/00T1".to_owned());
    let superior = || acme().administrator("ada", "SUPER_ADMIN");
    let everything = || access(ORGANIZATION, Access::Admin);
    let service = |scope: &str| {
        let grant = json!([{"id": "oag1", "issuer": "https://acme.okta.example", "scopeId": scope, "source": "ADMIN", "status": "ACTIVE"}]);
        acme()
            .with("apps.json", json!([service_app("sync")]))
            .with(
                "clients/0oasync/roles.json",
                json!([standard("SUPER_ADMIN")]),
            )
            .with("apps/0oasync/grants.json", grant)
    };
    let grants = "okta/acme/apps/0oasync/grants.json";
    let sync = || acting("okta:app:0oasync");
    let off = |e: Exports| {
        e.set(
            "okta/acme/clients/0oasync/roles.json",
            "/0/status",
            "INACTIVE",
        )
    };
    let hub = || act("okta:reset-password", "okta:user:00ubob");
    let reset = custom(
        &["okta.users.credentials.resetPassword"],
        "/api/v1/users/00ubob",
    );
    let by_group = acme()
        .with("groups/00gops/users.json", json!([person("ada")]))
        .with("groups/00gops/roles.json", json!([standard("SUPER_ADMIN")]))
        .with("api-tokens.json", json!([token("00T1", "ada", "ANYWHERE")]));
    vec![
        row("okta/use-api", desk(), [ada()], calls())
            .not("the role is switched off", switched_off)
            .not("the role gives nothing that is followed", |e| {
                e.set(ROLES, "/0/type", "REPORT_ADMIN")
            })
            .not("she is deactivated", |e| ada_is(e, "DEPROVISIONED")),
        row("okta/use-api", with_token(), [by_token()], calls())
            .not("it is another's token", |e| {
                e.set(TOKENS, "/0/userId", "00ubob")
            })
            .not("the role is switched off", switched_off)
            .not("its user is deactivated", |e| ada_is(e, "DEPROVISIONED"))
            .maybe("its user is suspended", |e| ada_is(e, "SUSPENDED"))
            .maybe("it is taken from some networks alone", |e| {
                e.set(TOKENS, "/0/network/connection", "ZONE")
            }),
        row(
            "okta/use-api",
            by_group,
            [by_token()],
            act("okta:use-api", "okta:group:00gops"),
        )
        .not("its user is no member", |e| e.set(OPS, "/0/id", "00ubob"))
        .not("the group holds no role", |e| {
            e.with("okta/acme/groups/00gops/roles.json", json!([]))
        }),
        row(
            "okta/super-administrator",
            superior(),
            [ada()],
            everything(),
        )
        .not("the role is an organization administrator's", |e| {
            e.set(ROLES, "/0/type", "ORG_ADMIN")
        })
        .not("the role is switched off", switched_off)
        .not("she is deactivated", |e| ada_is(e, "DEPROVISIONED"))
        .not("the role is another's", |e| {
            e.moved(ROLES, "okta/acme/users/00ubob/roles.json")
        }),
        row(
            "okta/super-administrator",
            service("okta.roles.manage"),
            [sync()],
            everything(),
        )
        .not("it was not granted the scope for roles", |e| {
            e.set(grants, "/0/scopeId", "okta.users.manage")
        })
        .not("a user agreed, for himself", |e| {
            e.set(grants, "/0/source", "END_USER")
        })
        .not("the role is switched off", off)
        .maybe("what it was granted is in no export", |e| e.without(grants)),
        row("okta/administer", superior(), [ada()], user("bob"))
            .not("the role is an organization administrator's", |e| {
                e.set(ROLES, "/0/type", "ORG_ADMIN")
            })
            .not("he is deactivated", |e| bob_is(e, "DEPROVISIONED"))
            .not("the role is switched off", switched_off),
        row("okta/administer", superior(), [ada()], of_group("dev"))
            .not("nobody is put into `Everyone`", |e| {
                e.set(GROUPS, "/0/type", "BUILT_IN")
            })
            .maybe("a directory fills the group", |e| {
                e.set(GROUPS, "/0/type", "APP_GROUP")
            })
            .not("the role is an organization administrator's", |e| {
                e.set(ROLES, "/0/type", "ORG_ADMIN")
            }),
        row(
            "okta/administer",
            superior().with("apps.json", json!([app("crm", "salesforce", json!({}))])),
            [ada()],
            access(CRM, Access::Admin),
        )
        .not("the app is switched off", app_is_off)
        .not("the role is an app administrator's", |e| {
            e.set(ROLES, "/0/type", "APP_ADMIN")
        }),
        row("okta/role", desk(), [ada()], hub())
            .not("the role gives something else", |e| {
                e.set(ROLES, "/0/type", "GROUP_MEMBERSHIP_ADMIN")
            })
            .not("the role only reads", |e| {
                e.set(ROLES, "/0/type", "READ_ONLY_ADMIN")
            })
            .not("the role is switched off", switched_off)
            .not("it is limited to a group of which he is no member", |e| {
                e.with(&targets("HELP_DESK_ADMIN", "groups"), json!([group("ops")]))
            })
            .not("he holds a role himself", bob_administers)
            .not("he holds one by a group", |e| {
                group_administers(e.with(OPS, json!([person("bob")])), "ops")
            })
            .not("he is deactivated", |e| bob_is(e, "DEPROVISIONED"))
            .maybe("what it is limited to is in no export", |e| {
                e.without(&targets("HELP_DESK_ADMIN", "groups"))
            })
            .maybe("whether he holds a role is in no export", |e| {
                e.without(ADMINISTRATORS)
            }),
        row(
            "okta/role",
            desk()
                .with(
                    "users/00uada/roles/raHELP_DESK_ADMIN/targets/groups.json",
                    json!([group("ops")]),
                )
                .with("groups/00gops/users.json", json!([person("bob")])),
            [ada()],
            hub(),
        )
        .not("he left the group", |e| e.with(OPS, json!([person("ada")])))
        .not("it is limited to another group", |e| {
            e.set(&targets("HELP_DESK_ADMIN", "groups"), "/0/id", "00gdev")
        }),
        row("okta/role", reset, [ada()], hub())
            .not("the custom role reads", |e| may(e, "okta.users.read"))
            .not("it resets factors alone", |e| {
                may(e, "okta.users.credentials.resetFactors")
            })
            .not("its set holds another user", |e| over(e, "users/00uada"))
            .not("its set holds groups", |e| over(e, "groups"))
            .not(
                "its set holds the members of a group of which he is none",
                |e| over(e, "groups/00gops/users"),
            )
            .maybe("what the custom role holds is in no export", |e| {
                e.without(PERMISSIONS)
            })
            .not("the assignment is switched off", switched_off),
        row(
            "okta/role",
            service("okta.users.manage")
                .with("clients/0oasync/roles.json", json!([standard("ORG_ADMIN")])),
            [sync()],
            hub(),
        )
        .not("it was granted reading alone", |e| {
            e.set(grants, "/0/scopeId", "okta.users.read")
        })
        .not("the role gives something else", |e| {
            e.set(
                "okta/acme/clients/0oasync/roles.json",
                "/0/type",
                "APP_ADMIN",
            )
        }),
    ]
}

fn users_and_groups() -> Vec<Row> {
    let desk = || acme().administrator("ada", "HELP_DESK_ADMIN");
    let both = [
        "okta.users.credentials.resetPassword",
        "okta.users.credentials.resetFactors",
    ];
    // With another administrator, who resets passwords and factors.
    let beside_desk = |estate: Estate| {
        estate
            .with(
                "users.json",
                json!([person("ada"), person("bob"), person("cleo")]),
            )
            .with(
                "users/00ucleo/roles.json",
                json!([standard("HELP_DESK_ADMIN")]),
            )
            .with(
                "users/00ucleo/roles/raHELP_DESK_ADMIN/targets/groups.json",
                json!([]),
            )
            .with(
                "iam/assignees/users.json",
                json!({"value": [{"id": "00uada"}, {"id": "00ucleo"}]}),
            )
    };
    // With a token, which is no sign-in.
    let with_token =
        |estate: Estate| estate.with("api-tokens.json", json!([token("00T1", "ada", "ANYWHERE")]));
    let by_token = || Held::Credential("okta:api-token:acme/00T1".to_owned());
    let joining = || acme().administrator("ada", "GROUP_MEMBERSHIP_ADMIN");
    let filling = |permission: &str| {
        custom(&[permission], "/api/v1/users").with(
            "group-rules.json",
            rule("ACTIVE", "user.department==\"Ops\""),
        )
    };
    let mut directory = app("ad", "active_directory", json!({}));
    directory["features"] = json!(["PROFILE_MASTERING"]);
    let expression = "/0/conditions/expression/value";
    vec![
        row(
            "okta/member",
            acme().with("groups/00gops/users.json", json!([person("ada")])),
            [ada()],
            of_group("ops"),
        )
        .not("another is a member", |e| e.set(OPS, "/0/id", "00ubob"))
        .not("it is another group", |e| {
            e.with(OPS, json!([])).with(DEV, json!([person("ada")]))
        })
        .not("she is deactivated", |e| {
            ada_is(e, "DEPROVISIONED").with(OPS, json!([person_in("ada", "DEPROVISIONED")]))
        })
        .maybe("she is suspended", |e| {
            ada_is(e, "SUSPENDED").with(OPS, json!([person_in("ada", "SUSPENDED")]))
        }),
        row("okta/reset-user", desk(), [ada()], user("bob"))
            .not("he is deactivated", |e| bob_is(e, "DEPROVISIONED"))
            .not("he holds a role himself", bob_administers)
            .not("the role is switched off", switched_off)
            .not("the role gives something else", |e| {
                e.set(ROLES, "/0/type", "GROUP_MEMBERSHIP_ADMIN")
            })
            .maybe("he is suspended", |e| bob_is(e, "SUSPENDED"))
            .maybe("a directory checks his password", |e| {
                e.set(USERS, "/1/credentials/provider/type", "ACTIVE_DIRECTORY")
            }),
        row(
            "okta/reset-user",
            custom(&both, "/api/v1/users"),
            [ada()],
            user("bob"),
        )
        .not("it resets no password", |e| may(e, "okta.users.read"))
        .maybe("it resets no factors", |e| {
            e.set(PERMISSIONS, "/permissions/1/label", "okta.users.read")
        })
        .not("its set holds another user", |e| over(e, "users/00uada")),
        row(
            "okta/reset-user",
            beside_desk(custom(&both, "/api/v1/users")),
            [ada()],
            user("bob"),
        )
        .maybe("she resets no factors, though another does", |e| {
            e.set(PERMISSIONS, "/permissions/1/label", "okta.users.read")
        })
        .not("she resets no password, though another does", |e| {
            may(e, "okta.users.read")
        }),
        row(
            "okta/be-a-user",
            acme(),
            [ada()],
            act("okta:be-a-user", "acme"),
        )
        .not("she is deactivated", |e| ada_is(e, "DEPROVISIONED"))
        .maybe("she is suspended", |e| ada_is(e, "SUSPENDED"))
        .maybe("she was never activated", |e| ada_is(e, "STAGED")),
        row("okta/add-to-group", joining(), [ada()], of_group("dev"))
            .not("the role resets", |e| {
                e.set(ROLES, "/0/type", "HELP_DESK_ADMIN")
            })
            .not("the role is switched off", switched_off)
            .not("the group holds a role", |e| group_administers(e, "dev"))
            .not("nobody is put into `Everyone`", |e| {
                e.set(GROUPS, "/0/type", "BUILT_IN")
            })
            .not("it is limited to another group", |e| {
                e.with(
                    &targets("GROUP_MEMBERSHIP_ADMIN", "groups"),
                    json!([group("ops")]),
                )
            })
            .maybe("a directory fills the group", |e| {
                e.set(GROUPS, "/0/type", "APP_GROUP")
            })
            .maybe("whether the group holds a role is in no export", |e| {
                e.without("okta/acme/groups/00gdev/roles.json")
            })
            .maybe("what it is limited to is in no export", |e| {
                e.without(&targets("GROUP_MEMBERSHIP_ADMIN", "groups"))
            }),
        row(
            "okta/add-to-group",
            custom(&["okta.groups.members.manage"], "/api/v1/groups/00gops"),
            [ada()],
            of_group("ops"),
        )
        .not("the custom role reads", |e| may(e, "okta.groups.read"))
        .not("its set holds another group", |e| over(e, "groups/00gdev"))
        .not("its set holds the members, not the group", |e| {
            over(e, "groups/00gops/users")
        }),
        row(
            "okta/add-to-group",
            with_token(joining()),
            [by_token(), user("bob")],
            of_group("dev"),
        )
        .not_by("a token alone, which is no user to add", [by_token()])
        .not_by("a user alone, who adds nobody", [user("bob")]),
        row(
            "okta/match-group-rule",
            with_token(filling("okta.users.userprofile.manage")),
            [by_token(), user("bob")],
            of_group("ops"),
        )
        .not_by("a token alone, which is no user", [by_token()])
        .maybe_by("a user who changes no profile but his own", [user("bob")]),
        row(
            "okta/match-group-rule",
            filling("okta.users.userprofile.manage"),
            [ada()],
            of_group("ops"),
        )
        .not("the rule is switched off", |e| {
            e.set(RULES, "/0/status", "INACTIVE")
        })
        .not("the rule cannot be evaluated", |e| {
            e.set(RULES, "/0/status", "INVALID")
        })
        .not("it reads groups, and no attribute", |e| {
            e.set(
                RULES,
                expression,
                "user.isMemberOf({\"group.id\": \"00gdev\"})",
            )
        })
        .not("it fills another group", |e| {
            e.set(RULES, "/0/actions/assignUserToGroups/groupIds/0", "00gdev")
        })
        .maybe("she changes no profile but her own", |e| {
            may(e, "okta.users.read")
        })
        .maybe("she changes that of another user alone", |e| {
            over(e, "users/00ubob")
        })
        .maybe("a directory masters profiles", |e| {
            e.with(APPS, json!([directory]))
        })
        .maybe("the group holds a role", |e| group_administers(e, "ops")),
    ]
}

fn apps() -> Vec<Row> {
    let with_crm =
        |estate: Estate| estate.with("apps.json", json!([app("crm", "salesforce", json!({}))]));
    let assigned_ada = || {
        with_crm(acme()).with(
            "apps/0oacrm/users.json",
            json!([assigned("00uada", "USER", json!({}))]),
        )
    };
    let users_of_crm = "okta/acme/apps/0oacrm/users.json";
    let by_group = with_crm(acme()).with(
        "apps/0oacrm/groups.json",
        json!([{"id": "00gops", "priority": 0, "profile": {}}]),
    );
    let reading = || access(CRM, Access::Read);
    let by_token = || Held::Credential("okta:api-token:acme/00T1".to_owned());
    let assigning = with_crm(custom(
        &["okta.apps.assignment.manage"],
        "/api/v1/apps/0oacrm",
    ));
    let with_sync = |kind: &str| {
        acme()
            .administrator("ada", kind)
            .with("apps.json", json!([service_app("sync")]))
            .with("clients/0oasync/roles.json", json!([]))
            .with(
                "apps/0oasync/credentials-secrets.json",
                json!([secret("ocs1")]),
            )
    };
    let sync = || acting("okta:app:0oasync");
    let managing = || access("okta:app:0oasync", Access::Admin);
    let client_secret = || Held::Credential("okta:client-secret:ocs1".to_owned());
    let of_apps = targets("APP_ADMIN", "catalog/apps");
    let of_apps = &of_apps;
    let other =
        json!([{"name": "workday", "id": "0oahr", "lastUpdated": "2024-01-01T00:00:00.000Z"}]);
    let reader = custom(
        &["okta.apps.clientCredentials.read"],
        "/api/v1/apps/0oasync",
    )
    .with("apps.json", json!([service_app("sync")]))
    .with(
        "apps/0oasync/credentials-secrets.json",
        json!([secret("ocs1")]),
    );
    vec![
        row("okta/sign-in-to-app", assigned_ada(), [ada()], reading())
            .not("another is assigned", |e| {
                e.set(users_of_crm, "/0/id", "00ubob")
            })
            .not("the app is switched off", app_is_off)
            .not("she is deactivated", |e| ada_is(e, "DEPROVISIONED"))
            .not("to another app", |e| {
                e.moved(users_of_crm, "okta/acme/apps/0oahr/users.json")
            })
            .not("by a group, whose assignment was taken away", |e| {
                e.set(users_of_crm, "/0/scope", "GROUP")
                    .with("okta/acme/apps/0oacrm/groups.json", json!([]))
            }),
        row(
            "okta/sign-in-to-app",
            by_group,
            [of_group("ops")],
            reading(),
        )
        .not("another group is assigned", |e| {
            e.set("okta/acme/apps/0oacrm/groups.json", "/0/id", "00gdev")
        })
        .not("the app is switched off", app_is_off),
        row("okta/assign-to-app", assigning.clone(), [ada()], reading())
            .perhaps()
            .not("the custom role reads", |e| may(e, "okta.apps.read"))
            .not("its set holds another app", |e| over(e, "apps/0oahr"))
            .not("its set holds groups", |e| over(e, "groups"))
            .not("the app is switched off", app_is_off)
            .not("the assignment is switched off", switched_off),
        row(
            "okta/assign-to-app",
            assigning.with("api-tokens.json", json!([token("00T1", "ada", "ANYWHERE")])),
            [by_token(), user("bob")],
            reading(),
        )
        .perhaps()
        .not_by("a token alone, which is no user to assign", [by_token()])
        .not_by("a user alone, who assigns nobody", [user("bob")]),
        row(
            "okta/manage-app",
            with_sync("APP_ADMIN"),
            [ada()],
            managing(),
        )
        .not("the role resets", |e| {
            e.set(ROLES, "/0/type", "HELP_DESK_ADMIN")
        })
        .not(
            "the role is an organization administrator's, who manages no apps",
            |e| e.set(ROLES, "/0/type", "ORG_ADMIN"),
        )
        .not("the role is switched off", switched_off)
        .not("the app holds a role", app_administers)
        .not("the app is switched off", app_is_off)
        .not("it is limited to another app", |e| e.with(of_apps, &other))
        .maybe("what it is limited to is in no export", |e| {
            e.without(of_apps)
        })
        .maybe("whether the app holds a role is in no export", |e| {
            e.without("okta/acme/clients/0oasync/roles.json")
        }),
        row("okta/add-app-key", with_sync("APP_ADMIN"), [ada()], sync())
            .not("the role resets", |e| {
                e.set(ROLES, "/0/type", "HELP_DESK_ADMIN")
            })
            .not("the role reads", |e| {
                e.set(ROLES, "/0/type", "READ_ONLY_ADMIN")
            })
            .not("the app holds a role", app_administers)
            .not("the app is switched off", app_is_off)
            .not("it is limited to another app", |e| e.with(of_apps, &other)),
        row(
            "okta/read-client-secret",
            with_sync("APP_ADMIN"),
            [ada()],
            client_secret(),
        )
        .not("the role resets", |e| {
            e.set(ROLES, "/0/type", "HELP_DESK_ADMIN")
        })
        .not("the role is switched off", switched_off)
        .not("it is limited to another app", |e| e.with(of_apps, &other))
        .maybe("the role only reads", |e| {
            e.set(ROLES, "/0/type", "READ_ONLY_ADMIN")
        }),
        row("okta/read-client-secret", reader, [ada()], client_secret())
            .not("the custom role reads apps, and no secrets", |e| {
                may(e, "okta.apps.read")
            })
            .not("its set holds another app", |e| over(e, "apps/0oahr"))
            .not("the assignment is switched off", switched_off),
    ]
}

fn elsewhere() -> Vec<Row> {
    let other = format!("arn:aws:iam::{ACCOUNT}:saml-provider/Other");
    let other = &other;
    let details = format!("aws/{ACCOUNT}/iam/account-authorization-details.json");
    let details = &details;
    let trust = "/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0";
    let signing = || {
        acme()
            .with(
                "apps.json",
                json!([federation(
                    json!({"identityProviderArn": provider(), "awsEnvironmentType": "aws.amazon"})
                )]),
            )
            .with(
                "apps/0oaaws/users.json",
                json!([assigned("00uada", "USER", json!({"samlRoles": ["Admin"]}))]),
            )
            .aws(&provider())
    };
    let users_of_aws = "okta/acme/apps/0oaaws/users.json";
    let admin = || acting(role("Admin"));
    let mapped = {
        let mut named = group("ops");
        named["profile"]["name"] = json!(format!("aws_{ACCOUNT}_Admin"));
        let settings = json!({"useGroupMapping": true, "groupFilter": r"aws_(?{{accountid}}\d+)_(?{{role}}[a-zA-Z0-9+=,.@\-_]+)",
            "roleValuePattern": "arn:aws:iam::${accountid}:saml-provider/Okta,arn:aws:iam::${accountid}:role/${role}"});
        acme()
            .with("groups.json", json!([named, group("dev")]))
            .with("apps.json", json!([federation(settings)]))
            .with(
                "apps/0oaaws/groups.json",
                json!([{"id": "00gops", "priority": 0, "profile": {}}]),
            )
            .aws(&provider())
    };
    let anybody = || acting(Federation::key(&provider(), "*", None));
    let register = json!({"leakreach": 1, "principals": [{"id": "github:user:ada-acme", "name": "ada-acme", "type": "human", "platform": "github"}]});
    let hub = acme()
        .with(
            "apps.json",
            json!([app("hub", "githubcloud", json!({"githubOrg": "acme"}))]),
        )
        .with(
            "apps/0oahub/users.json",
            json!([assigned("00uada", "USER", json!({}))]),
        );
    let hub = Exports::from(hub).with("register.json", register);
    let users_of_hub = "okta/acme/apps/0oahub/users.json";
    vec![
        row("okta/sign-in-to-aws", signing(), [ada()], admin())
            .not("another is assigned", |e| {
                e.set(users_of_aws, "/0/id", "00ubob")
            })
            .not("with another role", |e| {
                e.set(users_of_aws, "/0/profile/samlRoles/0", "Reader")
            })
            .not("with no role", |e| {
                e.set(users_of_aws, "/0/profile", json!({}))
            })
            .not("the role takes another provider's word", |e| {
                e.set(
                    details,
                    &format!("{trust}/Principal/Federated"),
                    other.as_str(),
                )
            })
            .not("the role trusts an account", |e| {
                e.set(
                    details,
                    &format!("{trust}/Principal"),
                    json!({"AWS": ACCOUNT}),
                )
                .set(details, &format!("{trust}/Action"), "sts:AssumeRole")
                .set(details, &format!("{trust}/Condition"), json!({}))
            })
            .not("the role denies it", |e| {
                e.set(details, &format!("{trust}/Effect"), "Deny")
            })
            .not("the app speaks for another provider", |e| {
                e.set(APPS, "/0/settings/app/identityProviderArn", other.as_str())
            })
            .not("the app is switched off", app_is_off)
            .not("she is deactivated", |e| ada_is(e, "DEPROVISIONED")),
        row("okta/sign-in-to-aws", mapped, [of_group("ops")], admin())
            .not("names of groups are not mapped", |e| {
                e.set(APPS, "/0/settings/app/useGroupMapping", false)
            })
            .not("the group is called otherwise", |e| {
                e.set(
                    GROUPS,
                    "/0/profile/name",
                    format!("old_aws_{ACCOUNT}_Admin"),
                )
            })
            .not("its name is of another role", |e| {
                e.set(GROUPS, "/0/profile/name", format!("aws_{ACCOUNT}_Reader"))
            })
            .not("the role takes another provider's word", |e| {
                e.set(
                    details,
                    &format!("{trust}/Principal/Federated"),
                    other.as_str(),
                )
            })
            .maybe("the group is not assigned to the app", |e| {
                e.with("okta/acme/apps/0oaaws/groups.json", json!([]))
            }),
        row(
            "okta/assert-anybody",
            signing(),
            [access("okta:app:0oaaws", Access::Admin)],
            anybody(),
        )
        .not("the app speaks for another provider", |e| {
            e.set(APPS, "/0/settings/app/identityProviderArn", other.as_str())
        })
        .not("the app speaks for none", |e| {
            e.set(APPS, "/0/settings/app", json!({}))
        })
        .not("the app is switched off", app_is_off)
        .not("the role takes another provider's word", |e| {
            e.set(
                details,
                &format!("{trust}/Principal/Federated"),
                other.as_str(),
            )
        }),
        row(
            "okta/sign-in-to-github",
            hub,
            [ada()],
            acting("github:user:ada-acme"),
        )
        .perhaps()
        .not("another is assigned", |e| {
            e.set(users_of_hub, "/0/id", "00ubob")
        })
        .not("the assignment has another name", |e| {
            e.set(users_of_hub, "/0/credentials/userName", "someone-else")
        })
        .not("the app leads to no organisation of GitHub", |e| {
            e.set(APPS, "/0/settings/app", json!({}))
        })
        .not("the app is switched off", app_is_off)
        .not("she is deactivated", |e| ada_is(e, "DEPROVISIONED")),
    ]
}
