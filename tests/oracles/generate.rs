//! Random cases: small alphabets that overlap, so that both answers and all elements of policies are frequent.

use crate::case::{AWAY, Case, HOME, ORGANIZATION, Policy, SESSION, Via, path};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value, json};

/// What may occur in a case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Features {
    /// Conditions on keys that the request has or surely lacks.
    pub conditions: bool,
    /// Service and resource control policies.
    pub organisation: bool,
}

/// `(action, resource type, weight)`: every one of a technique that needs that right alone.
const REQUESTS: [(&str, &str, u32); 11] = [
    ("s3:ListBucket", "bucket", 25),
    ("s3:PutBucketPolicy", "bucket", 15),
    ("sts:AssumeRole", "role", 27),
    ("iam:UpdateAssumeRolePolicy", "role", 6),
    ("secretsmanager:GetSecretValue", "secret", 6),
    ("secretsmanager:PutSecretValue", "secret", 4),
    ("secretsmanager:DeleteSecret", "secret", 4),
    ("lambda:GetFunction", "function", 4),
    ("lambda:UpdateFunctionCode", "function", 3),
    ("lambda:DeleteFunction", "function", 3),
    ("ec2:TerminateInstances", "instance", 3),
];

/// The ARN of the resource of that type that cases ask for.
pub fn arn(kind: &str, account: &str) -> String {
    match kind {
        "bucket" => "arn:aws:s3:::data-one".to_owned(),
        "role" => format!("arn:aws:iam::{account}:role/ops"),
        "secret" => format!("arn:aws:secretsmanager:eu-west-1:{account}:secret:db-AbCdEf"),
        "function" => format!("arn:aws:lambda:eu-west-1:{account}:function:job"),
        "instance" => format!("arn:aws:ec2:eu-west-1:{account}:instance/i-0123456789abcdef0"),
        _ => panic!("no resource type {kind}"),
    }
}

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0.next_u32() as usize % bound.max(1)
    }

    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one_of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    /// An index, as often as its weight says.
    fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut at = self.below(weights.iter().sum::<u32>() as usize) as u32;
        for (index, &weight) in weights.iter().enumerate() {
            if at < weight {
                return index;
            }
            at -= weight;
        }
        unreachable!()
    }
}

/// The case of that number.
pub fn case(seed: u64, id: u32, features: Features) -> Case {
    let chance = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000_003) + u64::from(id));
    Maker {
        chance: Chance(chance),
        features,
        action: String::new(),
        resource: String::new(),
        caller: String::new(),
        is_organized: false,
    }
    .case(id)
}

struct Maker {
    chance: Chance,
    features: Features,
    action: String,
    resource: String,
    caller: String,
    /// Whether the accounts are in an organisation.
    is_organized: bool,
}

/// Where a statement stands: it decides which keys a condition may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a policy of the caller, or a service control policy.
    Caller,
    /// In the resource's own policy, or a resource control policy: whose the resource is, is known.
    Resource,
}

impl Maker {
    fn case(mut self, id: u32) -> Case {
        let weights = REQUESTS.map(|(.., weight)| weight);
        let (action, kind, _) = REQUESTS[self.chance.weighted(&weights)];
        let is_role = self.chance.happens(50);
        let has_own = kind == "bucket" && self.chance.happens(75) || action == "sts:AssumeRole";
        let is_away = self.chance.happens(if has_own { 30 } else { 4 });
        let owner = if is_away { AWAY } else { HOME };
        self.action = action.to_owned();
        self.resource = arn(kind, owner);
        let name = if is_role { "role/ci" } else { "user/ada" };
        self.caller = format!("arn:aws:iam::{HOME}:{name}");
        let (has_scps, has_rcps) = if self.features.organisation {
            (self.chance.happens(60), self.chance.happens(60))
        } else {
            (false, false)
        };
        self.is_organized = has_scps || has_rcps;
        let vias: &[Via] = if is_role {
            &[Via::Inline, Via::Managed]
        } else {
            &[Via::Inline, Via::Managed, Via::Group, Via::GroupManaged]
        };
        let identity = (0..self.chance.weighted(&[1, 4, 3, 1]))
            .map(|_| Policy {
                via: *self.chance.one_of(vias),
                statements: self.statements(25),
            })
            .collect();
        let boundary = self.chance.happens(35).then(|| {
            let mut statements = self.statements(20);
            if self.chance.happens(40) {
                statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
            }
            statements
        });
        let own = has_own.then(|| {
            (0..=self.chance.weighted(&[4, 4, 1]))
                .map(|_| self.own_statement())
                .collect()
        });
        let mut context = Map::new();
        if self.features.conditions {
            context.insert("aws:PrincipalArn".to_owned(), json!(self.caller));
            context.insert("aws:PrincipalAccount".to_owned(), json!(HOME));
            context.insert("aws:SecureTransport".to_owned(), json!("true"));
            if !is_role {
                context.insert("aws:username".to_owned(), json!("ada"));
            }
            context.insert("aws:ResourceAccount".to_owned(), json!(owner));
            if self.is_organized {
                for (key, value) in [
                    ("aws:PrincipalOrgID", json!(ORGANIZATION)),
                    ("aws:PrincipalOrgPaths", json!([path(HOME)])),
                    ("aws:ResourceOrgID", json!(ORGANIZATION)),
                    ("aws:ResourceOrgPaths", json!([path(owner)])),
                ] {
                    context.insert(key.to_owned(), value);
                }
            }
        }
        let scps = if has_scps {
            self.levels(true)
        } else {
            Vec::new()
        };
        let rcps = if has_rcps {
            self.levels(false)
        } else {
            Vec::new()
        };
        Case {
            id,
            caller: self.caller,
            action: self.action,
            resource: self.resource,
            owner: owner.to_owned(),
            identity,
            boundary,
            own,
            context,
            scps,
            rcps,
        }
    }

    fn statements(&mut self, denies: usize) -> Vec<Value> {
        (0..=self.chance.weighted(&[5, 4, 1]))
            .map(|_| {
                let is_deny = self.chance.happens(denies);
                self.statement(is_deny, Place::Caller)
            })
            .collect()
    }

    /// A statement of an identity policy.
    fn statement(&mut self, is_deny: bool, place: Place) -> Value {
        let mut statement = Map::new();
        let effect = if is_deny { "Deny" } else { "Allow" };
        statement.insert("Effect".to_owned(), json!(effect));
        // A Deny must miss often enough for the rest to matter.
        let near = if is_deny { 45 } else { 80 };
        let actions = self.some(|maker| maker.action_pattern(near));
        let name = if self.chance.happens(15) {
            "NotAction"
        } else {
            "Action"
        };
        statement.insert(name.to_owned(), actions);
        let resources = self.some(|maker| maker.resource_pattern(near));
        let name = if self.chance.happens(15) {
            "NotResource"
        } else {
            "Resource"
        };
        statement.insert(name.to_owned(), resources);
        self.condition(&mut statement, place);
        statement.into()
    }

    /// A statement of a bucket's or a role's own policy.
    fn own_statement(&mut self) -> Value {
        let is_trust = self.action == "sts:AssumeRole";
        let is_deny = self.chance.happens(25);
        let mut statement = Map::new();
        if is_trust {
            let effect = if is_deny { "Deny" } else { "Allow" };
            statement.insert("Effect".to_owned(), json!(effect));
            let action = *self.chance.one_of(&[
                "sts:AssumeRole",
                "sts:AssumeRole",
                "sts:AssumeRole",
                "sts:AssumeRole",
                "sts:TagSession",
            ]);
            statement.insert("Action".to_owned(), json!(action));
            self.condition(&mut statement, Place::Resource);
        } else {
            let Value::Object(of_identity) = self.statement(is_deny, Place::Resource) else {
                unreachable!()
            };
            statement = of_identity;
        }
        let entries = self.principals();
        // "NotPrincipal" is for resource policies only, and with Allow AWS advises against it.
        let is_negated = !is_trust && self.chance.happens(if is_deny { 30 } else { 2 });
        let name = if is_negated {
            "NotPrincipal"
        } else {
            "Principal"
        };
        statement.insert(name.to_owned(), entries);
        statement.into()
    }

    fn principals(&mut self) -> Value {
        let other = if self.caller.contains("user") {
            "role/ci"
        } else {
            "user/ada"
        };
        let weights = [8, 3, 2, 1, 1, 3, 1, 2, 2, 2];
        let mut named = Vec::new();
        for _ in 0..=self.chance.weighted(&[3, 1]) {
            named.push(match self.chance.weighted(&weights) {
                0 => self.caller.clone(),
                1 => format!("arn:aws:iam::{HOME}:root"),
                2 => HOME.to_owned(),
                3 => return json!("*"),
                4 => "*".to_owned(),
                5 => format!("arn:aws:iam::{HOME}:{other}"),
                6 => return json!({"Service": "ec2.amazonaws.com"}),
                7 => format!("arn:aws:sts::{HOME}:assumed-role/ci/{SESSION}"),
                8 => format!("arn:aws:sts::{HOME}:assumed-role/ci/other"),
                _ => format!("arn:aws:iam::{AWAY}:root"),
            });
        }
        named.dedup();
        match named.as_slice() {
            [one] => json!({"AWS": one}),
            _ => json!({"AWS": named}),
        }
    }

    /// One value, or two.
    fn some(&mut self, mut make: impl FnMut(&mut Self) -> String) -> Value {
        let one = make(self);
        if self.chance.happens(30) {
            let other = make(self);
            json!([one, other])
        } else {
            json!(one)
        }
    }

    /// A pattern of actions; `near` of a hundred match the action that is asked for.
    fn action_pattern(&mut self, near: usize) -> String {
        let action = self.action.clone();
        let (service, name) = action.split_once(':').unwrap();
        if !self.chance.happens(near) {
            let others: Vec<&str> = REQUESTS
                .iter()
                .map(|(other, ..)| *other)
                .filter(|other| *other != action)
                .collect();
            return match self.chance.below(3) {
                0 => (*self.chance.one_of(&others)).to_owned(),
                1 => format!("{service}:Tag*"),
                _ => format!("{service}:?{name}"),
            };
        }
        match self.chance.weighted(&[5, 4, 2, 3, 2, 1, 1]) {
            0 => action,
            1 => format!("{service}:*"),
            2 => "*".to_owned(),
            3 => format!(
                "{service}:{}*",
                &name[..1 + self.chance.below(name.len() - 1)]
            ),
            4 => {
                let at = self.chance.below(name.len());
                format!("{service}:{}?{}", &name[..at], &name[at + 1..])
            }
            5 => format!("{service}:*{}", &name[self.chance.below(name.len())..]),
            _ => action.to_uppercase(),
        }
    }

    /// A pattern of resources; `near` of a hundred match the resource that is asked for.
    fn resource_pattern(&mut self, near: usize) -> String {
        let arn = self.resource.clone();
        let name_at = arn.rfind([':', '/']).unwrap() + 1;
        if !self.chance.happens(near) {
            return match self.chance.below(4) {
                0 => format!("{arn}/*"),
                1 => format!("{}other", &arn[..name_at]),
                2 => format!("{arn}?"),
                _ => arn.to_uppercase().replace("ARN:AWS", "arn:aws"),
            };
        }
        let name = &arn[name_at..];
        match self.chance.weighted(&[5, 5, 3, 2, 2, 1]) {
            0 => arn,
            1 => "*".to_owned(),
            2 => format!("{}*", &arn[..name_at + self.chance.below(name.len())]),
            3 => {
                let at = name_at + self.chance.below(name.len());
                format!("{}?{}", &arn[..at], &arn[at + 1..])
            }
            4 => {
                let at = name_at + self.chance.below(name.len());
                format!("{}*{}", &arn[..name_at], &arn[at..])
            }
            // Region and account as wildcards, where there are any.
            _ => {
                let parts: Vec<&str> = arn.splitn(6, ':').collect();
                let wide = |part: &str| if part.is_empty() { "" } else { "*" }.to_owned();
                format!(
                    "arn:aws:{}:{}:{}:{}",
                    parts[2],
                    wide(parts[3]),
                    wide(parts[4]),
                    parts[5]
                )
            }
        }
    }

    /// Adds a condition to some statements.
    fn condition(&mut self, statement: &mut Map<String, Value>, place: Place) {
        if !self.features.conditions || !self.chance.happens(40) {
            return;
        }
        let mut conditions = Map::new();
        for _ in 0..=self.chance.weighted(&[3, 1]) {
            let (operator, key, value) = self.one_condition(place);
            conditions.insert(operator, json!({ key: value }));
        }
        statement.insert("Condition".to_owned(), conditions.into());
    }

    fn one_condition(&mut self, place: Place) -> (String, &'static str, Value) {
        let mut keys = vec!["aws:PrincipalArn", "aws:PrincipalAccount", "aws:username"];
        if self.is_organized {
            keys.extend([
                "aws:PrincipalOrgID",
                "aws:PrincipalOrgID",
                "aws:PrincipalOrgPaths",
            ]);
        }
        if place == Place::Resource {
            keys.push("aws:ResourceAccount");
            if self.is_organized {
                keys.extend(["aws:ResourceOrgID", "aws:ResourceOrgPaths"]);
            }
        }
        let key = *self.chance.one_of(&keys);
        match self.chance.below(10) {
            0 => {
                let value = *self.chance.one_of(&["true", "false"]);
                let all = ["aws:SecureTransport", "AWS:securetransport"];
                let operator = *self.chance.one_of(&["Bool", "BoolIfExists"]);
                return (operator.to_owned(), *self.chance.one_of(&all), json!(value));
            }
            1 => {
                let value = *self.chance.one_of(&["true", "false"]);
                return ("Null".to_owned(), key, json!(value));
            }
            _ => {}
        }
        let values: Vec<String> = match key {
            "aws:PrincipalArn" => vec![
                self.caller.clone(),
                format!("arn:aws:iam::{HOME}:user/*"),
                format!("arn:aws:iam::{HOME}:*"),
                format!("arn:aws:iam::{HOME}:role/c?"),
                format!("arn:aws:iam::{AWAY}:user/ada"),
                "arn:aws:iam::*:user/a*".to_owned(),
                "arn:aws:iam::*:role/ci".to_owned(),
            ],
            "aws:PrincipalAccount" if place == Place::Resource => {
                vec![
                    HOME.to_owned(),
                    "1*".to_owned(),
                    "${aws:ResourceAccount}".to_owned(),
                ]
            }
            "aws:PrincipalAccount" | "aws:ResourceAccount" => {
                vec![HOME.to_owned(), AWAY.to_owned(), "1111*".to_owned()]
            }
            "aws:PrincipalOrgID" | "aws:ResourceOrgID" => vec![
                ORGANIZATION.to_owned(),
                ORGANIZATION.to_owned(),
                "o-exampleorg2".to_owned(),
                "o-*".to_owned(),
                "${aws:PrincipalOrgID}".to_owned(),
            ],
            "aws:PrincipalOrgPaths" | "aws:ResourceOrgPaths" => vec![
                path(HOME),
                path(AWAY),
                format!("{ORGANIZATION}/*"),
                format!("{}*", path(HOME)),
                "o-*/r-*/*".to_owned(),
            ],
            _ => vec!["ada".to_owned(), "ADA".to_owned(), "a?a".to_owned()],
        };
        let operators: &[&str] = if key == "aws:PrincipalArn" && self.chance.happens(60) {
            &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]
        } else {
            &[
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringNotLike",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
            ]
        };
        let mut operator = (*self.chance.one_of(operators)).to_owned();
        if key.ends_with("OrgPaths") {
            let sets = ["ForAnyValue", "ForAnyValue", "ForAllValues"];
            operator = format!("{}:{operator}", self.chance.one_of(&sets));
        }
        if self.chance.happens(20) {
            operator += "IfExists";
        }
        let value = self.chance.one_of(&values).clone();
        let other = self.chance.one_of(&values).clone();
        let value = if self.chance.happens(25) && value != other {
            json!([value, other])
        } else {
            json!(value)
        };
        (operator, key, value)
    }

    /// A statement as a resource control policy may say it: for everybody, without `NotAction`, and of a service's
    /// actions only ("RCP syntax").
    fn as_resource_control(&mut self, mut statement: Value) -> Value {
        let fields = statement.as_object_mut().unwrap();
        fields.insert("Principal".to_owned(), json!("*"));
        fields.remove("NotAction");
        let service = self.action.split(':').next().unwrap().to_owned();
        let action = match self.chance.below(3) {
            0 => format!("{service}:*"),
            1 => self.action.clone(),
            _ => "sqs:SendMessage".to_owned(),
        };
        if fields
            .get("Action")
            .is_none_or(|all| all.to_string().contains("\"*\""))
        {
            fields.insert("Action".to_owned(), json!(action));
        }
        statement
    }

    /// Control policies of the root, a unit and the account.
    fn levels(&mut self, is_service: bool) -> Vec<Vec<Value>> {
        (0..3)
            .map(|_| {
                let mut statements = Vec::new();
                if is_service && self.chance.happens(85) {
                    statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
                }
                let is_allow = is_service && statements.is_empty();
                if is_allow || self.chance.happens(40) {
                    let place = if is_service {
                        Place::Caller
                    } else {
                        Place::Resource
                    };
                    let statement = self.statement(!is_allow, place);
                    statements.push(if is_service {
                        statement
                    } else {
                        self.as_resource_control(statement)
                    });
                }
                statements
            })
            .collect()
    }
}
