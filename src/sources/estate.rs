//! `leakreach.toml`, the estate file: what no export says about environments, sensitivity and owners.
//!
//! ```toml
//! crown = ["arn:aws:s3:::payroll"]        # shorthand for rules that set sensitivity = "crown"
//!
//! [accounts."111122223333"]
//! name = "shop production"
//! environment = "production"
//! owner = "team-shop"
//!
//! [[rule]]                                # every condition that is given must hold; later rules win, field by field
//! account = ["111122223333"]              # one or many, as all conditions
//! kind = "s3:bucket"                      # a resource type, or a kind of principals or credentials
//! name = "*-backup"                       # pattern on name or key; `*` crosses `/` and `:`
//! path = "exports/prod/*"                 # pattern on the path of the file that it was read from
//! tag = { Stage = "prod", Team = "*" }    # tags that must be there, with any value for `*`
//! environment = "production"              # what the rule sets
//! sensitivity = "restricted"              # public, internal, confidential, restricted, crown
//! owner = "team-shop"
//! reviewed = 2026-09-01                   # when principals and credentials were last looked at: the latest day counts
//!
//! [[effort]]                              # what a change takes, for `leakreach plan`; later ones win
//! kind = ["trust", "access-key"]          # kinds of controls, credentials or places, as in report.json
//! name = "*prod*"                         # pattern on name or key of what is changed
//! change = "remove"                       # remove or narrow
//! points = 12                             # effort points: about an hour of one person each
//!
//! [[job]]                                 # what a credential is used for, by one of its jobs: two or more split it
//! name = "nightly-backup"                 # several of one name and credential add up
//! credential = "backup-key"               # id, name or key of the credential
//! place = "*backup*"                      # patterns on names or keys of the places where it lies for this job
//! uses = ["s3:PutObject", "s3:ListBucket"]  # actions, with wildcards
//! on = ["arn:aws:s3:::acme-backups*"]     # on what; without it: whatever its principal may
//!
//! [risk]                                  # what the model of risk assumes otherwise is in docs/risk.md
//! revocation = "94 days"                  # until half of what leaked is revoked
//! copies = 0.05                           # thefts a year from copies that nobody knows of
//!
//! [risk.delay]                            # from theft to use, by sort of place
//! private = "30 days"
//!
//! [risk.theft]                            # the chance of a theft within a year, by what is known of a place
//! vault = 0.01
//!
//! [risk.environment]                      # development, test, production or none
//! tooling = "production"
//!
//! [risk.life]                             # the shortest and the longest, where no export tells the end
//! api-key = ["30 days", "never"]
//!
//! [risk.band]                             # from which share of all value on
//! critical = 0.1
//! ```
//!
//! Accounts come first, then the shorthand, then the rules. A key that is not known, or a value that cannot be, is a
//! problem with its line; a rule with a bad *condition* is left out whole (it would match too much), anything else in it
//! is applied.

mod jobs;
mod risk;

use super::Source;
use super::envelope::{Body, Page};
use super::intake::Intake;
use super::layout::is_account;
use super::moment;
use super::nearest;
use crate::inventory::{
    EffortRule, Evidence, Hierarchy, LabelRule, Record, Sensitivity, TenantRecord,
};
use crate::problem::{ProblemCode, Severity};
use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) const SOURCE: Source = Source {
    id: "estate",
    about: "the estate file: environments, sensitivity and owners that no export carries",
    command: "write leakreach.toml beside the exports",
    keys: &["rule", "accounts", "crown", "effort", "risk", "job"],
    recognise,
    read,
};

const TOP: [&str; 6] = ["rule", "accounts", "crown", "effort", "risk", "job"];
const RULE: [&str; 9] = [
    "account",
    "kind",
    "name",
    "path",
    "tag",
    "environment",
    "sensitivity",
    "owner",
    "reviewed",
];
const ACCOUNT: [&str; 3] = ["name", "environment", "owner"];
const EFFORT: [&str; 4] = ["kind", "name", "change", "points"];
const CHANGES: [&str; 2] = ["remove", "narrow"];
/// More than anybody has: a change that takes so much is in no plan.
const MOST_POINTS: i64 = 1_000_000;

fn recognise(page: &Page<'_>) -> bool {
    page.is_estate()
}

type Value<'v> = Spanned<DeValue<'v>>;

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Body::Toml(text) = page.body() else {
        return;
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = intake.line_at(error.span().map_or(0, |span| span.start));
        let at = intake.at_line(line, "");
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadEstate,
            &at,
            "this is not TOML",
            "what stands before and after it is read where that is possible",
        );
    }
    let table = table.get_ref();
    let mut reader = Reader { intake };
    reader.check_keys(table, &TOP, "");
    if let Some(accounts) = table.get("accounts") {
        reader.accounts(accounts);
    }
    if let Some(crown) = table.get("crown") {
        for name in reader.strings(crown, "/crown").unwrap_or_default() {
            if let Some(glob) = reader.glob(&globset::escape(&name), crown, "/crown") {
                let rule = LabelRule {
                    names: vec![glob],
                    sensitivity: Some(Sensitivity::Crown),
                    ..empty_rule()
                };
                reader.intake.emit(Record::Labels(rule));
            }
        }
    }
    if let Some(rules) = table.get("rule") {
        match rules.get_ref() {
            DeValue::Array(rules) => {
                for (index, rule) in rules.iter().enumerate() {
                    reader.rule(rule, &format!("/rule/{index}"));
                }
            }
            _ => reader.bad(
                rules,
                "/rule",
                "`rule` is no list of rules",
                "write `[[rule]]`, with two brackets",
            ),
        }
    }
    if let Some(efforts) = table.get("effort") {
        match efforts.get_ref() {
            DeValue::Array(efforts) => {
                for (index, effort) in efforts.iter().enumerate() {
                    reader.effort(effort, &format!("/effort/{index}"));
                }
            }
            _ => reader.bad(
                efforts,
                "/effort",
                "`effort` is no list",
                "write `[[effort]]`, with two brackets",
            ),
        }
    }
    if let Some(risk) = table.get("risk") {
        risk::read(&mut reader, risk);
    }
    if let Some(jobs) = table.get("job") {
        jobs::read(&mut reader, jobs);
    }
}

fn empty_rule() -> LabelRule {
    LabelRule {
        tenants: Vec::new(),
        kinds: Vec::new(),
        names: Vec::new(),
        paths: Vec::new(),
        tags: Vec::new(),
        environment: None,
        sensitivity: None,
        owner: None,
        reviewed: None,
    }
}

struct Reader<'r, 'i> {
    intake: &'r mut Intake<'i>,
}

impl Reader<'_, '_> {
    fn at(&self, value: &Value<'_>, pointer: &str) -> Evidence {
        self.intake
            .at_line(self.intake.line_at(value.span().start), pointer)
    }

    fn bad(
        &mut self,
        value: &Value<'_>,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let at = self.at(value, pointer);
        self.intake.problem(
            Severity::Skipped,
            ProblemCode::BadEstate,
            &at,
            message,
            help,
        );
    }

    /// Reports keys that are not known; whether all are.
    fn check_keys(&mut self, table: &DeTable<'_>, known: &[&str], pointer: &str) -> bool {
        let mut unknown: Vec<_> = table
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
            .collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in &unknown {
            let name = key.get_ref();
            let at = self.intake.at_line(
                self.intake.line_at(key.span().start),
                &format!("{pointer}/{name}"),
            );
            self.intake.problem(
                Severity::Skipped,
                ProblemCode::BadEstate,
                &at,
                format!("`{name}` is not known here"),
                nearest::help(name, known),
            );
        }
        unknown.is_empty()
    }

    fn text(&mut self, value: &Value<'_>, pointer: &str) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        self.bad(value, pointer, "a text belongs here", "put it in quotes");
        None
    }

    fn strings(&mut self, value: &Value<'_>, pointer: &str) -> Option<Vec<String>> {
        match value.get_ref() {
            DeValue::Array(values) => values
                .iter()
                .map(|value| self.text(value, pointer))
                .collect(),
            _ => Some(vec![self.text(value, pointer)?]),
        }
    }

    fn glob(&mut self, pattern: &str, value: &Value<'_>, pointer: &str) -> Option<GlobMatcher> {
        match GlobBuilder::new(pattern).literal_separator(false).build() {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                let message = format!("`{pattern}` is no pattern: {}", error.kind());
                self.bad(
                    value,
                    pointer,
                    message,
                    "`*`, `?`, `[…]` and `{a,b}` have a meaning; a `\\` before them takes it away",
                );
                None
            }
        }
    }

    fn globs(&mut self, value: &Value<'_>, pointer: &str) -> Option<Vec<GlobMatcher>> {
        self.strings(value, pointer)?
            .iter()
            .map(|pattern| self.glob(pattern, value, pointer))
            .collect()
    }

    fn accounts(&mut self, accounts: &Value<'_>) {
        let DeValue::Table(accounts) = accounts.get_ref() else {
            return self.bad(
                accounts,
                "/accounts",
                "`accounts` is no table",
                "write `[accounts.\"111122223333\"]`",
            );
        };
        for (key, value) in accounts {
            let id = key.get_ref();
            let pointer = format!("/accounts/{id}");
            let DeValue::Table(table) = value.get_ref() else {
                self.bad(
                    value,
                    &pointer,
                    "an account is no table",
                    "write `[accounts.\"111122223333\"]`",
                );
                continue;
            };
            self.check_keys(table, &ACCOUNT, &pointer);
            if !is_account(id) {
                let message = format!("`{id}` is no account: it has not twelve digits");
                self.bad(
                    value,
                    &pointer,
                    message,
                    "leading zeros belong to the id; put it in quotes",
                );
                continue;
            }
            let name = table
                .get("name")
                .and_then(|name| self.text(name, &format!("{pointer}/name")));
            let environment = table
                .get("environment")
                .and_then(|word| self.text(word, &format!("{pointer}/environment")));
            let owner = table
                .get("owner")
                .and_then(|owner| self.text(owner, &format!("{pointer}/owner")));
            let line = self.intake.line_at(key.span().start);
            let evidence = self.intake.at_line(line, &pointer);
            let tenant = self.intake.key(&format!("aws:account:{id}"));
            self.intake.emit(Record::Tenant(TenantRecord {
                key: tenant,
                platform: "aws",
                identifier: id.to_string(),
                name,
                environment: environment.clone(),
                owner: owner.clone(),
                hierarchy: Hierarchy::default(),
                evidence,
            }));
            if environment.is_some() || owner.is_some() {
                let rule = LabelRule {
                    tenants: vec![id.to_string()],
                    environment,
                    owner,
                    ..empty_rule()
                };
                self.intake.emit(Record::Labels(rule));
            }
        }
    }

    fn rule(&mut self, value: &Value<'_>, pointer: &str) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.bad(value, pointer, "a rule is no table", "write `[[rule]]`");
        };
        // A key that is not known may be a condition that is meant: without it the rule would match too much.
        let mut is_sound = self.check_keys(table, &RULE, pointer);
        let mut rule = empty_rule();
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let pointer = format!("{pointer}/{}", key.get_ref());
            match key.get_ref().as_ref() {
                "account" => {
                    is_sound &= self
                        .strings(value, &pointer)
                        .map(|all| rule.tenants = all)
                        .is_some()
                }
                "kind" => {
                    is_sound &= self
                        .strings(value, &pointer)
                        .map(|all| rule.kinds = all)
                        .is_some()
                }
                "name" => {
                    is_sound &= self
                        .globs(value, &pointer)
                        .map(|all| rule.names = all)
                        .is_some()
                }
                "path" => {
                    is_sound &= self
                        .globs(value, &pointer)
                        .map(|all| rule.paths = all)
                        .is_some()
                }
                "tag" => {
                    is_sound &= self
                        .tags(value, &pointer)
                        .map(|all| rule.tags = all)
                        .is_some()
                }
                "environment" => rule.environment = self.text(value, &pointer),
                "owner" => rule.owner = self.text(value, &pointer),
                "sensitivity" => rule.sensitivity = self.sensitivity(value, &pointer),
                "reviewed" => rule.reviewed = self.day(value, &pointer),
                _ => {}
            }
        }
        let sets_something = rule.environment.is_some()
            || rule.owner.is_some()
            || rule.sensitivity.is_some()
            || rule.reviewed.is_some();
        if !is_sound {
            self.bad(
                value,
                pointer,
                "rule skipped: not all of its conditions can be read",
                "mend the condition that is reported beside it",
            );
        } else if sets_something {
            self.intake.emit(Record::Labels(rule));
        } else {
            self.bad(
                value,
                pointer,
                "the rule sets nothing",
                "add `environment`, `sensitivity`, `owner` or `reviewed`",
            );
        }
    }

    fn effort(&mut self, value: &Value<'_>, pointer: &str) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.bad(value, pointer, "this is no table", "write `[[effort]]`");
        };
        // As of rules: without a condition that cannot be read it would match too much.
        let mut is_sound = self.check_keys(table, &EFFORT, pointer);
        let mut rule = EffortRule {
            kinds: Vec::new(),
            names: Vec::new(),
            is_narrowing: None,
            points: 0,
        };
        if let Some(kind) = table.get("kind") {
            let kinds = self.strings(kind, &format!("{pointer}/kind"));
            is_sound &= kinds.map(|all| rule.kinds = all).is_some();
        }
        if let Some(name) = table.get("name") {
            let names = self.globs(name, &format!("{pointer}/name"));
            is_sound &= names.map(|all| rule.names = all).is_some();
        }
        if let Some(change) = table.get("change") {
            let pointer = format!("{pointer}/change");
            match self.text(change, &pointer).as_deref() {
                Some("remove") => rule.is_narrowing = Some(false),
                Some("narrow") => rule.is_narrowing = Some(true),
                Some(other) => {
                    let help = nearest::help(other, &CHANGES);
                    self.bad(change, &pointer, format!("`{other}` is no change"), help);
                    is_sound = false;
                }
                None => is_sound = false,
            }
        }
        let points = table.get("points").and_then(|points| {
            let number = match points.get_ref() {
                DeValue::Integer(number) => {
                    i64::from_str_radix(number.as_str(), number.radix()).ok()
                }
                _ => None,
            };
            number.filter(|number| (0..=MOST_POINTS).contains(number))
        });
        match points.and_then(|points| u64::try_from(points).ok()) {
            Some(points) if is_sound => {
                rule.points = points;
                self.intake.emit(Record::Effort(rule));
            }
            Some(_) => self.bad(
                value,
                pointer,
                "effort skipped: not all of its conditions can be read",
                "mend the condition that is reported beside it",
            ),
            None => self.bad(
                value,
                pointer,
                "`points` is no number of effort points",
                format!("write a whole number from 0 to {MOST_POINTS}"),
            ),
        }
    }

    fn tags(&mut self, value: &Value<'_>, pointer: &str) -> Option<Vec<(String, String)>> {
        let DeValue::Table(tags) = value.get_ref() else {
            self.bad(
                value,
                pointer,
                "`tag` is no table",
                "write `tag = { Stage = \"prod\" }`",
            );
            return None;
        };
        tags.iter()
            .map(|(key, value)| Some((key.get_ref().to_string(), self.text(value, pointer)?)))
            .collect()
    }

    fn day(&mut self, value: &Value<'_>, pointer: &str) -> Option<Timestamp> {
        let day = moment::of_toml(value.get_ref());
        if day.is_none() {
            self.bad(
                value,
                pointer,
                "this is no day",
                "write it as `2026-09-01`, without a time",
            );
        }
        day
    }

    fn sensitivity(&mut self, value: &Value<'_>, pointer: &str) -> Option<Sensitivity> {
        let word = self.text(value, pointer)?;
        let level = Sensitivity::from_name(&word);
        if level.is_none() {
            let help = nearest::help(&word, &Sensitivity::ALL.map(Sensitivity::name));
            self.bad(value, pointer, format!("`{word}` is no sensitivity"), help);
        }
        level
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial;
    use super::*;
    use crate::sources::Reading;

    fn rules(reading: &Reading) -> Vec<&LabelRule> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Labels(rule) => Some(rule),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn everything_that_the_module_documents_is_read() {
        let text: String = include_str!("estate.rs")
            .lines()
            .skip_while(|line| *line != "//! ```toml")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .map(|line| format!("{}\n", line.trim_start_matches("//!")))
            .collect();
        let reading = trial::read_one("x/leakreach.toml", &text);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let rules = rules(&reading);
        assert_eq!(rules.len(), 3);
        assert_eq!(rules[0].tenants, ["111122223333"]);
        assert!(rules[1].names[0].is_match("arn:aws:s3:::payroll"));
        assert_eq!(rules[1].sensitivity, Some(Sensitivity::Crown));
        assert!(rules[2].names[0].is_match("arn:aws:s3:::a/b-backup"));
        assert!(!rules[2].names[0].is_match("backup-2"));
        assert_eq!(rules[2].tags.len(), 2);
        let efforts = efforts(&reading);
        assert_eq!(efforts.len(), 1);
        assert_eq!(efforts[0].points, 12);
        assert!(efforts[0].matches(&["trust"], &["prod-deployer"], false));
        assert!(!efforts[0].matches(&["trust"], &["prod-deployer"], true));
        assert!(!efforts[0].matches(&["statement"], &["prod-deployer"], false));
        assert!(!efforts[0].matches(&["trust"], &["reader"], false));
        assert_eq!(
            trial::place_of(&reading, "aws:account:111122223333"),
            "3 /accounts/111122223333"
        );
    }

    #[test]
    fn a_slip_is_answered_with_the_near_word_and_its_line() {
        let reading = trial::read_one(
            "leakreach.toml",
            "[[rule]]\nname = \"x\"\nenviroment = \"prod\"\nowner = \"a\"\n\n[[rule]]\nsensitivity = \"crwn\"\nowner = \"a\"\n",
        );
        let said: Vec<_> = reading
            .problems
            .iter()
            .map(|problem| (problem.line, problem.help.as_str()))
            .collect();
        assert!(
            said.contains(&(Some(3), "did you mean `environment`?")),
            "{said:?}"
        );
        assert!(
            said.contains(&(Some(7), "did you mean `crown`?")),
            "{said:?}"
        );
        assert!(
            reading
                .problems
                .iter()
                .all(|problem| problem.code == ProblemCode::BadEstate)
        );
    }

    #[test]
    fn a_rule_with_a_bad_condition_never_matches_too_much() {
        let reading = trial::read_one(
            "leakreach.toml",
            "[[rule]]\nname = \"[\"\nowner = \"a\"\n[[rule]]\nnmae = \"x\"\nowner = \"a\"\n",
        );
        assert!(rules(&reading).is_empty());
    }

    fn efforts(reading: &Reading) -> Vec<&EffortRule> {
        let records = reading.records.iter();
        records
            .filter_map(|record| match record {
                Record::Effort(rule) => Some(rule),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn an_effort_that_cannot_be_read_changes_nothing() {
        for (wrong, line, said) in [
            ("points = -1\n", 1, "`points` is no number of effort points"),
            (
                "points = \"4\"\n",
                1,
                "`points` is no number of effort points",
            ),
            (
                "kind = \"trust\"\n",
                1,
                "`points` is no number of effort points",
            ),
            (
                "change = \"narow\"\npoints = 1\n",
                2,
                "`narow` is no change",
            ),
            (
                "knd = \"trust\"\npoints = 1\n",
                2,
                "`knd` is not known here",
            ),
        ] {
            let reading = trial::read_one("leakreach.toml", &format!("[[effort]]\n{wrong}"));
            assert!(efforts(&reading).is_empty(), "{wrong}");
            let is_it = |problem: &crate::problem::Problem| {
                problem.line == Some(line) && problem.message == said
            };
            assert!(reading.problems.iter().any(is_it), "{:?}", reading.problems);
        }
    }

    #[test]
    fn what_is_not_toml_is_told_by_line_and_the_rest_is_kept() {
        let reading = trial::read_one("leakreach.toml", "crown = [\"a\"]\nowner = = 3\n");
        assert_eq!(reading.problems[0].line, Some(2));
        assert_eq!(rules(&reading).len(), 1);
    }

    #[test]
    fn another_toml_file_is_not_the_estate() {
        let reading = trial::read_one("Cargo.toml", "crown = [\"a\"]\n");
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
