//! The ordinary company around the story: services, their roles, people. Nothing here may lead to the crown jewel, and
//! no principal here that has a key may become another one.

use crate::chance::{Chance, aws_id};
use crate::object;
use crate::ordered::Json;
use crate::parts::{
    Account, Bucket, Function, Group, Instance, Policy, Rights, Role, Secret, User,
};
use std::collections::BTreeMap;

const PROD_SERVICES: [&str; 16] = [
    "billing",
    "checkout",
    "catalog",
    "search",
    "inventory",
    "pricing",
    "shipping",
    "returns",
    "loyalty",
    "reviews",
    "notifications",
    "identity",
    "fraud",
    "reporting",
    "media",
    "support",
];
const TOOLS: [&str; 10] = [
    "runners",
    "registry",
    "mirrors",
    "metrics",
    "dashboards",
    "backups",
    "licences",
    "chatops",
    "previews",
    "sboms",
];
const FIRST_NAMES: [&str; 13] = [
    "priya", "tom", "jonas", "amara", "lena", "diego", "mei", "omar", "sofia", "henrik", "yuki",
    "nadia", "paul",
];
const LAST_NAMES: [&str; 8] = [
    "nair",
    "becker",
    "weber",
    "okafor",
    "fischer",
    "ramos",
    "lindqvist",
    "haddad",
];
/// Service-linked roles: prefix of the name, service.
const SERVICE_LINKED: [(&str, &str); 11] = [
    ("AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com"),
    ("AWSServiceRoleForECS", "ecs.amazonaws.com"),
    (
        "AWSServiceRoleForElasticLoadBalancing",
        "elasticloadbalancing.amazonaws.com",
    ),
    (
        "AWSServiceRoleForOrganizations",
        "organizations.amazonaws.com",
    ),
    ("AWSServiceRoleForRDS", "rds.amazonaws.com"),
    ("AWSServiceRoleForSSO", "sso.amazonaws.com"),
    ("AWSServiceRoleForSupport", "support.amazonaws.com"),
    (
        "AWSServiceRoleForTrustedAdvisor",
        "trustedadvisor.amazonaws.com",
    ),
    (
        "AWSServiceRoleForAmazonGuardDuty",
        "guardduty.amazonaws.com",
    ),
    ("AWSServiceRoleForConfig", "config.amazonaws.com"),
    ("AWSServiceRoleForCloudTrail", "cloudtrail.amazonaws.com"),
];
/// Permission sets of Identity Center: name, managed policy.
const PERMISSION_SETS: [(&str, &str); 5] = [
    ("AdministratorAccess", "aws/AdministratorAccess"),
    ("ReadOnlyAccess", "aws/ReadOnlyAccess"),
    ("PowerUserAccess", "aws/PowerUserAccess"),
    ("SecurityAudit", "aws/SecurityAudit"),
    ("Billing", "aws/Billing"),
];

/// Adds the ordinary company to the story.
pub(crate) fn add(account: &mut Account) {
    match account.name.as_str() {
        "prod" => {
            services(account, &PROD_SERVICES, true);
            instances(account, 12);
            people(account, 0..20);
            service_users(account, 7);
        }
        "staging" => {
            services(account, PROD_SERVICES.split_at(12).0, false);
            instances(account, 6);
            people(account, 20..44);
            service_users(account, 5);
        }
        _ => {
            tools(account);
            instances(account, 6);
            people(account, 44..104);
        }
    }
    groups_of_people(account);
    vendor_roles(account);
    pipeline_roles(account);
}

/// Two functions, a task, a bucket and secrets for each service.
fn services(account: &mut Account, names: &[&str], is_large: bool) {
    for service in names {
        let bucket = format!("acme-{}-{service}-data", account.name);
        let policy = format!("{service}-data-access");
        account
            .policies
            .push(data_policy(account, &policy, service, &bucket));
        let kinds: &[&str] = if is_large {
            &["worker", "webhook"]
        } else {
            &["worker"]
        };
        for kind in kinds {
            add_function(account, &format!("{service}-{kind}"), &policy);
        }
        account.roles.push(Role {
            rights: Rights {
                attached: vec![policy, "aws/CloudWatchAgentServerPolicy".into()],
                ..Rights::default()
            },
            tags: tags(account, service),
            ..service_role(&format!("{service}-task"), "ecs-tasks.amazonaws.com")
        });
        account.buckets.push(Bucket {
            name: bucket.clone(),
            policy: only_encrypted(account, &bucket),
        });
        add_secret(account, service, "db-password");
        if is_large {
            add_secret(account, service, "api-key");
        }
    }
}

/// One function, a build role, a bucket and a secret for each internal tool.
fn tools(account: &mut Account) {
    for tool in TOOLS {
        let bucket = format!("acme-tooling-{tool}");
        let inline = vec![data_policy(account, "own-data", tool, &bucket)];
        add_function(account, &format!("{tool}-sync"), "");
        account.roles.push(Role {
            rights: Rights {
                inline,
                ..Rights::default()
            },
            tags: tags(account, tool),
            ..service_role(&format!("{tool}-build"), "codebuild.amazonaws.com")
        });
        account.buckets.push(Bucket {
            name: bucket,
            policy: Vec::new(),
        });
        add_secret(account, tool, "webhook-token");
    }
}

fn add_function(account: &mut Account, name: &str, policy: &str) {
    let role = format!("{name}-role");
    let mut attached = vec!["aws/AWSLambdaBasicExecutionRole".to_owned()];
    if !policy.is_empty() {
        attached.push(policy.to_owned());
    }
    account.roles.push(Role {
        path: "/service-role/".into(),
        rights: Rights {
            attached,
            ..Rights::default()
        },
        ..service_role(&role, "lambda.amazonaws.com")
    });
    let runtimes = ["python3.12", "nodejs20.x", "java21"];
    let chosen = Chance::of("runtime", name).below(3);
    account.functions.push(Function {
        name: name.to_owned(),
        role,
        runtime: usize::try_from(chosen)
            .ok()
            .and_then(|index| runtimes.get(index))
            .unwrap_or(&"python3.12")
            .to_string(),
        environment: BTreeMap::from([
            ("LOG_LEVEL".to_owned(), "info".to_owned()),
            ("STAGE".to_owned(), account.name.clone()),
        ]),
    });
}

fn add_secret(account: &mut Account, service: &str, what: &str) {
    let name = format!("{}/{service}/{what}", account.name);
    let tags = if Chance::of("tagged", &name).happens(60) {
        tags(account, service)
    } else {
        BTreeMap::new()
    };
    account.secrets.push(Secret {
        name,
        suffix: None,
        tags,
    });
}

/// What a service needs: its own bucket and its own secrets.
fn data_policy(account: &Account, name: &str, service: &str, bucket: &str) -> Policy {
    let secrets = format!(
        "arn:aws:secretsmanager:eu-west-1:{}:secret:{}/{service}/*",
        account.id, account.name
    );
    Policy {
        name: name.to_owned(),
        path: "/".into(),
        statements: vec![
            object! {
                "Sid" => "OwnObjects",
                "Effect" => "Allow",
                "Action" => vec!["s3:GetObject", "s3:PutObject"],
                "Resource" => format!("arn:aws:s3:::{bucket}/*"),
            },
            object! {
                "Sid" => "OwnBucket",
                "Effect" => "Allow",
                "Action" => "s3:ListBucket",
                "Resource" => format!("arn:aws:s3:::{bucket}"),
            },
            object! {
                "Sid" => "OwnSecrets",
                "Effect" => "Allow",
                "Action" => "secretsmanager:GetSecretValue",
                "Resource" => secrets,
            },
        ],
    }
}

/// About half of the buckets deny requests without TLS, as auditors ask for.
fn only_encrypted(account: &Account, bucket: &str) -> Vec<Json> {
    if !Chance::of("secure-transport", &format!("{}{bucket}", account.id)).happens(50) {
        return Vec::new();
    }
    vec![object! {
        "Sid" => "DenyInsecureTransport",
        "Effect" => "Deny",
        "Principal" => "*",
        "Action" => "s3:*",
        "Resource" => vec![format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
        "Condition" => object! { "Bool" => object! { "aws:SecureTransport" => "false" } },
    }]
}

/// Instances of three roles, all of them managed by Systems Manager.
fn instances(account: &mut Account, count: u32) {
    let roles = ["bastion-instance", "batch-instance", "cache-instance"];
    for role in roles {
        account.roles.push(Role {
            rights: Rights {
                attached: vec!["aws/AmazonSSMManagedInstanceCore".into()],
                ..Rights::default()
            },
            has_instance_profile: true,
            ..service_role(&format!("{}-{role}", account.name), "ec2.amazonaws.com")
        });
    }
    for (number, role) in (1..=count).zip(roles.iter().cycle()) {
        account.instances.push(Instance {
            name: format!(
                "{}-{}-{number:02}",
                account.name,
                role.trim_end_matches("-instance")
            ),
            role: Some(format!("{}-{role}", account.name)),
            tags: tags(account, "platform"),
        });
    }
}

/// Users of people who had an account before single sign-on; one in five may still sign in with a password.
fn people(account: &mut Account, numbers: std::ops::Range<usize>) {
    let names: Vec<String> = LAST_NAMES
        .iter()
        .flat_map(|last| {
            FIRST_NAMES
                .iter()
                .map(move |first| format!("{first}.{last}"))
        })
        .collect();
    let count = numbers.len();
    for name in names.into_iter().skip(numbers.start).take(count) {
        let mut chance = Chance::of("person", &name);
        let group = match chance.below(4) {
            0 => "operations",
            1 => "support-desk",
            _ => "developers",
        };
        let has_key = chance.happens(5);
        let has_old_key = chance.happens(6);
        let id = aws_id("AKIA", &name, 9);
        account.users.push(User {
            path: "/people/".into(),
            groups: vec![group.into()],
            rights: Rights::default(),
            keys: if has_key {
                vec![id.clone()]
            } else {
                Vec::new()
            },
            inactive_keys: if has_old_key && !has_key {
                vec![id]
            } else {
                Vec::new()
            },
            has_password: chance.happens(20),
            tags: BTreeMap::from([("Department".to_owned(), group.to_owned())]),
            name,
        });
    }
}

/// Users of software outside AWS that still works with a key; each reaches the bucket of its service only.
fn service_users(account: &mut Account, count: usize) {
    for service in PROD_SERVICES.iter().take(count) {
        let name = format!("svc-{service}");
        let bucket = format!("arn:aws:s3:::acme-{}-{service}-data/*", account.name);
        let mut statement = object! {
            "Effect" => "Allow",
            "Action" => vec!["s3:GetObject", "s3:PutObject"],
            "Resource" => bucket,
        };
        // Every third key works from the office network only, which no export can decide.
        if Chance::of("network", &format!("{}{name}", account.id)).happens(33) {
            let office = object! { "aws:SourceIp" => vec!["203.0.113.0/24", "198.51.100.16/28"] };
            statement = statement.with("Condition", object! { "IpAddress" => office });
        }
        account.users.push(User {
            path: "/services/".into(),
            groups: Vec::new(),
            rights: Rights {
                inline: vec![Policy {
                    name: "own-bucket".into(),
                    path: "/".into(),
                    statements: vec![statement],
                }],
                ..Rights::default()
            },
            keys: vec![aws_id("AKIA", &format!("{}/{name}", account.id), 9)],
            inactive_keys: Vec::new(),
            has_password: false,
            tags: tags(account, service),
            name,
        });
    }
}

/// What people may still do as users: manage their own password and look at the build logs.
fn groups_of_people(account: &mut Account) {
    let own_user = format!("arn:aws:iam::{}:user/people/${{aws:username}}", account.id);
    account.policies.push(Policy {
        name: "self-service".into(),
        path: "/".into(),
        statements: vec![
            object! {
                "Sid" => "OwnPasswordAndDevices",
                "Effect" => "Allow",
                "Action" => vec!["iam:ChangePassword", "iam:GetUser", "iam:ListMFADevices", "iam:EnableMFADevice"],
                "Resource" => own_user,
            },
            object! {
                "Sid" => "PasswordPolicy",
                "Effect" => "Allow",
                "Action" => "iam:GetAccountPasswordPolicy",
                "Resource" => "*",
            },
        ],
    });
    let look = object! {
        "Effect" => "Allow",
        "Action" => vec!["cloudwatch:Get*", "cloudwatch:List*", "logs:Describe*", "ec2:Describe*"],
        "Resource" => "*",
    };
    let logs = object! {
        "Effect" => "Allow",
        "Action" => vec!["s3:GetObject", "s3:ListBucket"],
        "Resource" => vec!["arn:aws:s3:::acme-tooling-ci-logs", "arn:aws:s3:::acme-tooling-ci-logs/*"],
    };
    for name in ["developers", "operations", "support-desk", "auditors"] {
        let mut statements = vec![look.clone()];
        if account.name == "tooling" {
            statements.push(logs.clone());
        }
        account.groups.push(Group {
            name: name.into(),
            rights: Rights {
                attached: vec!["self-service".into()],
                inline: vec![Policy {
                    name: "look".into(),
                    path: "/".into(),
                    statements,
                }],
                boundary: None,
            },
        });
    }
}

/// Roles that AWS, Identity Center and the organisation put into every account.
fn vendor_roles(account: &mut Account) {
    for (name, service) in SERVICE_LINKED {
        account.roles.push(Role {
            path: format!("/aws-service-role/{service}/"),
            ..service_role(name, service)
        });
    }
    let provider = Chance::of("saml", &account.id).hex(16);
    let provider = format!(
        "arn:aws:iam::{}:saml-provider/AWSSSO_{provider}_DO_NOT_DELETE",
        account.id
    );
    for (set, policy) in PERMISSION_SETS {
        let suffix = Chance::of("permission-set", &format!("{}{set}", account.id)).hex(16);
        account.roles.push(Role {
            name: format!("AWSReservedSSO_{set}_{suffix}"),
            path: "/aws-reserved/sso.amazonaws.com/eu-west-1/".into(),
            trust: vec![object! {
                "Effect" => "Allow",
                "Principal" => object! { "Federated" => &provider },
                "Action" => vec!["sts:AssumeRoleWithSAML", "sts:TagSession"],
                "Condition" => object! {
                    "StringEquals" => object! { "SAML:aud" => "https://signin.aws.amazon.com/saml" },
                },
            }],
            rights: Rights { attached: vec![policy.into()], ..Rights::default() },
            has_instance_profile: false,
            tags: BTreeMap::new(),
        });
    }
    account.roles.push(Role {
        trust: vec![object! {
            "Effect" => "Allow",
            "Principal" => object! { "AWS" => "arn:aws:iam::999900001111:root" },
            "Action" => "sts:AssumeRole",
        }],
        rights: Rights {
            attached: vec!["aws/AdministratorAccess".into()],
            ..Rights::default()
        },
        ..service_role("OrganizationAccountAccessRole", "")
    });
}

/// Roles of AWS services, and of GitHub Actions by OpenID Connect.
fn pipeline_roles(account: &mut Account) {
    for (name, service) in [
        ("config-recorder", "config.amazonaws.com"),
        ("flow-logs", "vpc-flow-logs.amazonaws.com"),
        ("events-dispatch", "events.amazonaws.com"),
        ("glue-crawler", "glue.amazonaws.com"),
        ("states-orchestrator", "states.amazonaws.com"),
        ("backup-plan", "backup.amazonaws.com"),
    ] {
        let inline = vec![Policy {
            name: "write-logs".into(),
            path: "/".into(),
            statements: vec![object! {
                "Effect" => "Allow",
                "Action" => vec!["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource" => format!("arn:aws:logs:eu-west-1:{}:log-group:/acme/{name}:*", account.id),
            }],
        }];
        account.roles.push(Role {
            rights: Rights {
                inline,
                ..Rights::default()
            },
            ..service_role(&format!("{}-{name}", account.name), service)
        });
    }
    for repository in ["storefront", "payments-api", "mobile-app", "data-platform"] {
        account.roles.push(github_role(account, repository));
    }
}

fn github_role(account: &Account, repository: &str) -> Role {
    let issuer = "token.actions.githubusercontent.com";
    let subject = format!("repo:acme/{repository}:ref:refs/heads/main");
    let claims = Json::Object(vec![
        (format!("{issuer}:aud"), "sts.amazonaws.com".into()),
        (format!("{issuer}:sub"), subject.into()),
    ]);
    Role {
        trust: vec![object! {
            "Effect" => "Allow",
            "Principal" => object! { "Federated" => format!("arn:aws:iam::{}:oidc-provider/{issuer}", account.id) },
            "Action" => "sts:AssumeRoleWithWebIdentity",
            "Condition" => object! { "StringEquals" => claims },
        }],
        rights: Rights {
            inline: vec![Policy {
                name: "push-images".into(),
                path: "/".into(),
                statements: vec![object! {
                    "Effect" => "Allow",
                    "Action" => vec!["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:BatchCheckLayerAvailability"],
                    "Resource" => format!("arn:aws:ecr:eu-west-1:{}:repository/{repository}", account.id),
                }],
            }],
            ..Rights::default()
        },
        ..service_role(&format!("github-actions-{repository}"), "")
    }
}

/// A role that `service` may assume and that grants nothing yet.
fn service_role(name: &str, service: &str) -> Role {
    Role {
        name: name.to_owned(),
        path: "/".into(),
        trust: vec![object! {
            "Effect" => "Allow",
            "Principal" => object! { "Service" => service },
            "Action" => "sts:AssumeRole",
        }],
        rights: Rights::default(),
        has_instance_profile: false,
        tags: BTreeMap::new(),
    }
}

fn tags(account: &Account, team: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("Environment".to_owned(), account.name.clone()),
        ("Team".to_owned(), team.to_owned()),
    ])
}
