//! Every AWS technique in a minimal account: who holds all of its rights uses it, who lacks one of them does not.
//!
//! A row names a technique, the account that it needs, and the narrowest rights, written from the Service Authorization
//! Reference and the documentation of the service, not from the catalogue. For each row the driver asks the whole program
//! for one attacker who holds every right, and for others who each lack one, hold it on something else, on another thing
//! than the rest, or are denied it; who hold what one request needs by two hands; and for accounts that are not as the
//! technique needs them. `coverage.rs` compares the rows with the catalogue, so that a technique or a right without a row
//! fails.

mod credentials;
mod identities;
mod passing;
mod resources;
mod running;
mod settings;

use crate::account::Answer::No;
use crate::account::{ACCOUNT, Account, Answer, Answers, allow, deny, role, user, when};
use leakreach::analysis::FixLimit;
use leakreach::inventory::Access;
use serde_json::{Value, json};

/// An action and the resource that it must be allowed on: `R` and `A` stand for a region and the account, `SELF` for the
/// name of who holds it. In one row, one name is one thing.
pub type Right = (&'static str, &'static str);

/// What differs in an account, and how surely the technique is used there.
pub type Other = (&'static str, fn() -> Account, Answer);

/// A technique, its minimal account and its narrowest rights.
#[derive(Clone, Copy)]
pub struct Row {
    pub technique: &'static str,
    pub given: Given,
    /// The rights of each request: one principal must hold all of one, several may make several.
    pub requests: &'static [&'static [Right]],
    pub gains: Gains,
    pub answer: Answer,
    /// Whether a technique of fewer of these rights gains the same.
    pub has_shorter: bool,
    /// Rights that are none of the technique's, which every attacker holds so that the gain can be seen.
    pub also: &'static [Right],
    /// Actions that are allowed on everything and do not do.
    pub near: &'static [&'static str],
    /// Adds an attacker of that name with these rights.
    pub attacker: fn(Account, &str, &[Value]) -> Account,
    /// The same rights in other accounts.
    pub others: &'static [Other],
}

/// What of an account a technique needs.
#[derive(Clone, Copy)]
pub enum Given {
    /// A role `target`, with an instance profile, that trusts this service.
    Passed(&'static str),
    /// Something that runs as a role `target`, which trusts the service: where its export is saved, and what that is for a
    /// thing that runs as somebody or as nobody.
    Running(&'static str, &'static str, fn(Option<&str>) -> Value),
    /// That account.
    Account(fn() -> Account),
}

/// What the technique gives.
#[derive(Clone, Copy)]
pub enum Gains {
    /// Acting as the role `target`.
    Target,
    /// Acting as a principal.
    Acting(&'static str),
    /// Access to a resource; `class:` and a resource stands for all of a type.
    Access(Access, &'static str),
    /// Something of which only further steps make use: the technique itself is looked at.
    Further,
}

/// Most of a row.
pub const ROW: Row = Row {
    technique: "",
    given: Given::Account(Account::default),
    requests: &[],
    gains: Gains::Target,
    answer: Answer::Certain,
    has_shorter: false,
    also: &[],
    near: &[],
    attacker: |account, name, rights| account.user(name, rights),
    others: &[],
};

/// The right to pass the role `target`.
pub const PASS: Right = ("iam:PassRole", "iam::A:role/target");

/// Every row.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [
        identities::ROWS,
        passing::ROWS,
        running::ROWS,
        resources::ROWS,
        credentials::ROWS,
        settings::ROWS,
    ];
    tables.into_iter().flatten()
}

/// An ARN in full; `*` stays.
pub fn arn(short: &str) -> String {
    if short == "*" {
        return short.to_owned();
    }
    let parts: Vec<&str> = short.splitn(4, ':').collect();
    let region = parts[1].replace('R', "eu-west-1");
    let account = parts[2].replace('A', ACCOUNT);
    format!("arn:aws:{}:{region}:{account}:{}", parts[0], parts[3])
}

/// Something of another type in the same place, or of another service where resources have no types; for an action that
/// knows no resource, all that the service has.
fn elsewhere((action, on): Right) -> String {
    if on == "*" {
        let service = action.split(':').next().unwrap();
        return format!("arn:aws:{service}:*:*:*");
    }
    let parts: Vec<&str> = on.splitn(4, ':').collect();
    let (region, account, resource) = (parts[1], parts[2], parts[3]);
    match resource.contains([':', '/']) {
        true => arn(&format!("{}:{region}:{account}:other-{resource}", parts[0])),
        false => arn(&format!("other:{region}:{account}:{resource}")),
    }
}

/// A name that no other has: the number as a letter.
fn named(sort: &str, number: usize) -> String {
    format!("{sort}{}", char::from(b'a' + u8::try_from(number).unwrap()))
}

/// By what a policy tells for which service an action is, and another service than that of any row.
fn another_service(action: &str) -> Option<(&'static str, &'static str)> {
    match action {
        "iam:PassRole" => Some(("iam:PassedToService", "other.amazonaws.com")),
        "iam:CreateServiceSpecificCredential" | "iam:ResetServiceSpecificCredential" => Some((
            "iam:ServiceSpecificCredentialServiceName",
            "other.amazonaws.com",
        )),
        _ => None,
    }
}

fn granted(name: &str, action: &str, on: &str) -> Value {
    allow(action, &arn(on).replace("SELF", name))
}

/// One attacker.
struct Attacker {
    name: String,
    rights: Vec<Value>,
    /// How surely it uses the technique.
    uses: Answer,
    why: String,
}

impl Row {
    /// Every right, with the number of its request.
    fn rights(&self) -> Vec<(usize, Right)> {
        let requests = self.requests.iter().enumerate();
        requests
            .flat_map(|(number, rights)| rights.iter().map(move |&right| (number, right)))
            .collect()
    }

    /// Whether accounts are looked at that are not as the technique needs them.
    pub fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// What an attacker holds, where each right may be changed: into none, or into several statements.
    fn held(&self, name: &str, change: impl Fn(usize, Right) -> Option<Vec<Value>>) -> Vec<Value> {
        let own = self.rights().into_iter().enumerate();
        let own = own.flat_map(|(at, (_, right))| {
            change(at, right).unwrap_or_else(|| vec![granted(name, right.0, right.1)])
        });
        let also = self.also.iter();
        own.chain(also.map(|(action, on)| granted(name, action, on)))
            .collect()
    }

    /// Who holds everything, and who lacks something.
    fn attackers(&self) -> Vec<Attacker> {
        let mut attackers = vec![Attacker {
            name: "right".to_owned(),
            rights: self.held("right", |_, _| None),
            uses: self.answer,
            why: "with every right".to_owned(),
        }];
        if !self.near.is_empty() {
            attackers.push(Attacker {
                name: "near".to_owned(),
                rights: self.near.iter().map(|action| allow(action, "*")).collect(),
                uses: No,
                why: "with other actions".to_owned(),
            });
        }
        let all = self.rights();
        for (at, &(_, right)) in all.iter().enumerate() {
            let mut lacking = |sort: &str, changed: &dyn Fn(&str) -> Vec<Value>| {
                let name = named(sort, at);
                attackers.push(Attacker {
                    rights: self.held(&name, |place, _| (place == at).then(|| changed(&name))),
                    uses: No,
                    why: format!("{sort}: {} on {}", right.0, right.1),
                    name,
                });
            };
            let (action, on) = right;
            lacking("lacks", &|_| Vec::new());
            lacking("off", &|_| vec![allow(action, &elsewhere(right))]);
            lacking("denied", &|name| {
                let on = arn(on).replace("SELF", name);
                vec![allow(action, &on), deny(action, &on)]
            });
            let is_shared = on != "*" && all.iter().filter(|(_, (_, one))| *one == on).count() > 1;
            if is_shared {
                lacking("apart", &|name| {
                    vec![granted(name, action, &format!("{on}x"))]
                });
            }
            if let Some((key, other)) = another_service(action) {
                lacking("serves", &|name| {
                    let only = json!({"StringEquals": {key: other}});
                    vec![when(granted(name, action, on), only)]
                });
            }
        }
        attackers
    }

    /// Adds who acts by several roles: each of them holds one of the parts into which the rights fall.
    fn by_hands(
        &self,
        mut account: Account,
        name: &str,
        part: impl Fn(usize, usize) -> usize,
    ) -> Account {
        account = (self.attacker)(account, name, &self.held(name, |_, _| Some(Vec::new())));
        let mut parts: Vec<Vec<Value>> = Vec::new();
        for (at, (number, (action, on))) in self.rights().into_iter().enumerate() {
            let part = part(at, number);
            parts.resize(parts.len().max(part + 1), Vec::new());
            parts[part].push(granted(name, action, on));
        }
        for (at, rights) in parts.iter().enumerate() {
            account = account.role(&format!("{name}{at}"), &json!({"AWS": user(name)}), rights);
        }
        account
    }

    /// The rights that one hand may hold while another one holds the rest, so that no hand can make the request.
    fn split(&self) -> Vec<usize> {
        let all = self.rights();
        let of = |request: usize| {
            all.iter()
                .filter(move |(other, _)| *other == request)
                .count()
        };
        let is_first = |at: usize| at == 0 || all[at - 1].0 != all[at].0;
        (0..all.len())
            .filter(|&at| match of(all[at].0) {
                1 => false,
                2 => is_first(at),
                _ => true,
            })
            .collect()
    }

    fn account(&self) -> Account {
        match self.given {
            Given::Passed(service) => passed(service),
            Given::Running(service, file, export) => {
                running(service, file, export(Some(&role("target"))))
            }
            Given::Account(account) => account(),
        }
    }

    /// The accounts in which the role trusts another service, or in which nothing has a role.
    fn without_role(&self) -> Vec<(&'static str, Account)> {
        let other = "other.amazonaws.com";
        let trusts_another = "the role trusts another service";
        match self.given {
            Given::Passed(_) => vec![(trusts_another, passed(other))],
            Given::Running(service, file, export) => {
                let target = export(Some(&role("target")));
                let nobody = running(service, file, export(None));
                vec![
                    (trusts_another, running(other, file, target)),
                    ("nothing has a role", nobody),
                ]
            }
            Given::Account(_) => Vec::new(),
        }
    }

    fn gained(&self, answers: &Answers, name: &str) -> Answer {
        match self.gains {
            Gains::Target => answers.becomes(name, &role("target")),
            Gains::Acting(principal) => answers.becomes(name, &arn(principal)),
            Gains::Access(access, resource) => {
                let key = match resource.strip_prefix("class:") {
                    Some(all) => format!("class:{ACCOUNT}:{}", arn(all)),
                    None => arn(resource),
                };
                answers.gets(name, access, &key)
            }
            Gains::Further => answers.uses(name, self.technique),
        }
    }

    /// What differs from what the row says.
    fn check(&self) -> Vec<String> {
        assert_ne!(self.answer, No, "{}", self.technique);
        let mut mistakes = self.check_attackers();
        mistakes.extend(self.check_others());
        mistakes
    }

    /// In the account of the row: one attacker with everything, others who lack something.
    fn check_attackers(&self) -> Vec<String> {
        let attackers = self.attackers();
        let mut account = self.account();
        for attacker in &attackers {
            account = (self.attacker)(account, &attacker.name, &attacker.rights);
        }
        account = self.by_hands(account, "requests", |_, request| request);
        let split = self.split();
        for &one in &split {
            account = self.by_hands(account, &named("split", one), |at, _| {
                usize::from(at == one)
            });
        }
        let answers = account.analyze_with(FixLimit::Best(0));
        let problems = &answers.analysis.problems;
        assert!(problems.is_empty(), "{}: {problems:?}", self.technique);
        let mut mistakes = Vec::new();
        for Attacker {
            name, uses, why, ..
        } in &attackers
        {
            mistakes.extend(self.mistake(answers.uses(name, self.technique), *uses, why));
            let gained = self.gained(&answers, name);
            if !self.has_shorter {
                let why = format!("the gain {why}");
                mistakes.extend(self.mistake(gained, *uses, &why));
            } else if *uses != No {
                assert_ne!(gained, No, "{}", self.technique);
            }
        }
        let by_many = answers.uses("requests", self.technique);
        mistakes.extend(self.mistake(by_many, self.answer, "each request by another hand"));
        for one in split {
            let by_two = answers.uses(&named("split", one), self.technique);
            let (action, on) = self.rights()[one].1;
            let why = format!("one request by two hands, one with {action} on {on}");
            mistakes.extend(self.mistake(by_two, No, &why));
        }
        mistakes
    }

    /// The attacker with everything, in accounts that are not that of the row.
    fn check_others(&self) -> Vec<String> {
        let rights = self.held("right", |_, _| None);
        let answers = |account: Account| {
            (self.attacker)(account, "right", &rights).analyze_with(FixLimit::Best(0))
        };
        let mut mistakes = Vec::new();
        for (why, account, expected) in self.others {
            let answer = answers(account()).uses("right", self.technique);
            mistakes.extend(self.mistake(answer, *expected, why));
        }
        for (why, account) in self.without_role() {
            let answers = answers(account);
            // What runs may be entered all the same: then it is not the role that one acts as.
            let answer = match answers.uses("right", self.technique) {
                No => No,
                _ => self.gained(&answers, "right"),
            };
            mistakes.extend(self.mistake(answer, No, why));
        }
        mistakes
    }

    fn mistake(&self, answer: Answer, expected: Answer, why: &str) -> Option<String> {
        let technique = self.technique;
        (answer != expected)
            .then(|| format!("{technique}, {why}: {answer:?} instead of {expected:?}"))
    }
}

/// A role `target` that trusts a service.
pub fn passed(service: &str) -> Account {
    Account::default()
        .role("target", &json!({"Service": service}), &[])
        .with_instance_profile()
}

/// A role `target` that trusts a service and may open the channel of Systems Manager, and an export.
pub fn running(service: &str, file: &str, export: Value) -> Account {
    let channel = [allow("ssmmessages:CreateControlChannel", "*")];
    Account::default()
        .role("target", &json!({"Service": service}), &channel)
        .with_instance_profile()
        .file(file, &export.to_string())
}

fn check(rows: &[Row]) {
    let mistakes: Vec<String> = rows.iter().flat_map(Row::check).collect();
    assert_eq!(mistakes, Vec::<String>::new());
}

#[test]
fn a_technique_between_identities_is_used_with_all_rights_and_not_with_one_missing() {
    check(identities::ROWS);
}

#[test]
fn a_passed_role_is_gained_with_all_rights_and_not_with_one_missing() {
    check(passing::ROWS);
}

#[test]
fn what_runs_with_a_role_is_used_with_all_rights_and_not_with_one_missing() {
    check(running::ROWS);
}

#[test]
fn a_resource_is_reached_with_all_rights_and_not_with_one_missing() {
    check(resources::ROWS);
}

#[test]
fn a_new_credential_is_had_with_all_rights_and_not_with_one_missing() {
    check(credentials::ROWS);
}

#[test]
fn settings_are_read_with_all_rights_and_not_with_one_missing() {
    check(settings::ROWS);
}
