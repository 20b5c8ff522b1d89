//! Splits: a credential of several jobs becomes one each. What is left is worked out by hand in `docs/risk.md`, and by making
//! the estate as it would be.

use crate::account::{Account, allow, deny, function, key_of, role, user, when};
use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::{
    Analysis, Bound, FixLimit, Goal, Leak, Limits, Measure, Memory, Mode, Options, Plan,
    ReadOptions, Share, analyze, plan, simulated,
};
use leakreach::fixes::{self, Divided};
use leakreach::inventory::{Access, CredentialId, Id as _, Inventory, ResourceId};
use leakreach::problem::Severity;
use leakreach::progress::Silent;
use leakreach::reach::{self, Layer};
use leakreach::risk::{self, Model, Points};
use leakreach::steps::{Control, Fact, FactId, Steps};
use leakreach::techniques;
use leakreach::verify::verify;
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// 730 days after the keys were made.
const NOW: &str = "2026-01-31T00:00:00Z";

fn options(mode: Mode) -> Options {
    Options {
        as_of: NOW.parse().unwrap(),
        read: ReadOptions::default(),
        mode,
        measure: Measure::Mean,
        shown: 20,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    }
}

struct Estate {
    _folder: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Estate {
    fn of(account: Account) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap().to_owned();
        account.write(&root);
        Self {
            _folder: folder,
            root,
        }
    }

    fn analyzed(&self, mode: Mode) -> Analysis {
        let analysis = analyze(std::slice::from_ref(&self.root), &options(mode), &Silent).unwrap();
        assert_eq!(verify(&analysis, None, &Silent).wrong, []);
        analysis
    }

    fn planned(&self, goal: Goal) -> (Analysis, Plan) {
        let (paths, limits) = ([self.root.clone()], Limits::default());
        plan(&paths, &options(Mode::BlastRadius), goal, limits, &Silent).unwrap()
    }
}

/// CI variables in which the key of a user lies.
fn variables(account: Account, of: &str, names: &[&str]) -> Account {
    let key = format!("aws:access-key:{}", key_of(of));
    let place = |name: &&str| json!({"id": name, "type": "ci-variable", "lying": [{"credential": key, "name": "KEY"}]});
    let places: Vec<Value> = names.iter().map(place).collect();
    let register = json!({"leakreach": 1, "exposures": places});
    account.file(&format!("../../register-{of}.json"), &register.to_string())
}

const SENSITIVITIES: &str = "\
    [[rule]]\nname = \"arn:aws:s3:::backups\"\nsensitivity = \"restricted\"\n\
    [[rule]]\nname = \"arn:aws:s3:::releases\"\nsensitivity = \"internal\"\n\
    [[rule]]\nname = \"arn:aws:s3:::payroll\"\nsensitivity = \"crown\"\n";

const JOBS: &str = "\
    [[job]]\nname = \"backup\"\ncredential = \"AKIAEXAMPLEROBOTXXXX\"\nplace = \"ci/backup/*\"\nuses = \"s3:PutObject\"\non = \"arn:aws:s3:::backups/*\"\n\
    [[job]]\nname = \"backup\"\ncredential = \"AKIAEXAMPLEROBOTXXXX\"\nplace = \"ci/backup/*\"\nuses = \"s3:Get*\"\non = \"arn:aws:s3:::releases/*\"\n\
    [[job]]\nname = \"deploy\"\ncredential = \"AKIAEXAMPLEROBOTXXXX\"\nplace = \"ci/deploy/*\"\nuses = [\"s3:GetObject\"]\non = \"arn:aws:s3:::releases/*\"\n";

/// One user, whose key lies in two CI variables: two buckets that its jobs use, and a right that none does.
fn robot(jobs: &str) -> Account {
    let account = Account::default()
        .user(
            "robot",
            &[
                allow("s3:PutObject", "arn:aws:s3:::backups/*"),
                allow("s3:GetObject", "arn:aws:s3:::releases/*"),
                allow("s3:GetObject", "arn:aws:s3:::payroll/*"),
            ],
        )
        .bucket("backups")
        .bucket("releases")
        .bucket("payroll")
        .estate(&jobs.replace("AKIAEXAMPLEROBOTXXXX", &key_of("robot")));
    variables(account, "robot", &["ci/backup/KEY", "ci/deploy/KEY"])
}

/// The splits among the fixes: id, certain and possible gain, credentials.
fn splits(analysis: &Analysis) -> Vec<(String, Points, Points, u64)> {
    let fixes = analysis.fixes.iter();
    let splits =
        fixes.filter(|fix| matches!(analysis.steps.controls[fix.control], Control::Split(_)));
    let told = splits.map(|fix| {
        let id = analysis.fix_key(fix);
        (id, fix.certain, fix.possible, fix.credentials)
    });
    told.collect()
}

fn id_of(user: &str) -> String {
    format!("split:aws:access-key:{}", key_of(user))
}

/// The rows of a table of `docs/risk.md`, cell by cell.
fn documented(heading: &str) -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/risk.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("{heading}\n")).unwrap();
    let lines = rest.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

#[test]
fn the_documented_split_comes_out() {
    let estate = Estate::of(robot(&format!("{SENSITIVITIES}{JOBS}")));
    let rows = documented("### A split by hand");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let mode = Mode::from_name(&row[0]).unwrap();
        let analysis = estate.analyzed(mode);
        let mut chances = analysis.inventory.credentials.ids();
        let key = chances.next().unwrap();
        let chance = |chance: u64| format!("{}", chance as f64 / 10_000.0);
        let certain = analysis.model.chances.credential(key).certain;
        assert_eq!(chance(certain), row[1], "{row:?}");
        let divided = fixes::split(&analysis.inventory, &[key]);
        let model = Model::new(&divided.inventory, mode);
        for &made in &divided.jobs[0].1 {
            let certain = model.chances.credential(made).certain;
            assert_eq!(chance(certain), row[2], "{row:?}");
        }
        let gain: Vec<_> = splits(&analysis);
        let [(id, certain, possible, credentials)] = &gain[..] else {
            panic!("{gain:?}");
        };
        assert_eq!((id, *credentials), (&id_of("robot"), 1));
        assert_eq!((certain.exact(), possible), (row[4].clone(), certain));
        // Simulated it is the same, and the key is told with what its jobs have left.
        let mut analysis = analysis;
        let ids = [id.clone()];
        let simulation = simulated(&mut analysis, &options(mode), &ids, &Silent).unwrap();
        assert_eq!(simulation.gain(), (*certain, *possible));
        let [changed] = &simulation.credentials[..] else {
            panic!("{:?}", simulation.credentials);
        };
        assert_eq!(changed.leak, Leak::Credential(key));
        assert_eq!(
            (changed.before.1.resources, changed.after.1.resources),
            (3, 2)
        );
        let name = |id: ResourceId| analysis.inventory.resources[id].name.as_str();
        let lost: Vec<&str> = changed.lost.iter().map(|one| name(one.resource)).collect();
        assert_eq!(lost, ["payroll"]);
    }
}

#[test]
fn nothing_of_a_split_is_in_what_is_told_of_the_estate() {
    let told = |jobs: &str| {
        let estate = Estate::of(robot(&format!("{SENSITIVITIES}{jobs}")));
        estate.analyzed(Mode::Risk)
    };
    let (with, without) = (told(JOBS), told(""));
    assert_eq!(with.total, without.total);
    assert_eq!(with.steps.len(), without.steps.len());
    assert_eq!(with.steps.facts.as_slice(), without.steps.facts.as_slice());
    let names = |analysis: &Analysis| {
        let inventory = &analysis.inventory;
        let principals = inventory.principals.iter().map(|row| row.key.to_string());
        let credentials = inventory.credentials.iter().map(|row| row.key.to_string());
        principals.chain(credentials).collect::<Vec<_>>()
    };
    assert_eq!(names(&with), names(&without));
    assert_eq!(with.fixes.len(), without.fixes.len() + 1);
    assert_eq!(with.candidates, without.candidates + 1);
    // It shows what none of its jobs reaches.
    let fix = with.fixes.iter();
    let mut fix = fix.filter(|fix| matches!(with.steps.controls[fix.control], Control::Split(_)));
    let (_, lost) = fix.next().unwrap().example.clone().unwrap();
    assert_eq!(with.inventory.resources[lost.resource].name, "payroll");
}

#[test]
fn what_cannot_be_split_is_told_with_its_line() {
    let job = |name: &str, credential: &str, more: &str| {
        format!("[[job]]\nname = \"{name}\"\ncredential = \"{credential}\"\nuses = \"*\"\n{more}")
    };
    let key = key_of("robot");
    let both = |credential: &str| job("a", credential, "") + &job("b", credential, "");
    let of = |text: &str, account: fn(Account) -> Account| {
        let analysis = Estate::of(account(robot(text))).analyzed(Mode::BlastRadius);
        assert_eq!(splits(&analysis), [], "{text}");
        let problems = analysis.problems.iter();
        let problems = problems.filter(|one| one.path.ends_with("leakreach.toml"));
        let told = problems.map(|one| (one.severity, one.line.unwrap(), one.message.clone()));
        told.collect::<Vec<_>>()
    };
    let plain: fn(Account) -> Account = |account| account;
    let skipped = |line: u32, message: &str| (Severity::Skipped, line, message.to_owned());
    // One job is none to split.
    let note = format!("one job of `{key}` is stated: nothing is split");
    assert_eq!(of(&job("a", &key, ""), plain), [(Severity::Note, 1, note)]);
    let gone = "no credential has the id, name or key `AKIAEXAMPLEGONE`";
    assert_eq!(
        of(&both("AKIAEXAMPLEGONE"), plain),
        [skipped(1, gone), skipped(5, gone)]
    );
    let nowhere = format!("`{key}` lies in no place that `place` names");
    let text = job("a", &key, "place = \"elsewhere\"\n") + &job("b", &key, "");
    assert_eq!(of(&text, plain)[0], skipped(1, &nowhere));
    // Two of a name: which is meant?
    let twice: fn(Account) -> Account = |account| {
        let register = json!({"leakreach": 1, "credentials": [
            {"id": "one", "name": "token", "type": "api-key"}, {"id": "two", "name": "token", "type": "api-key"},
            {"id": "vague", "type": "api-key"}
        ]});
        account.file("../../tokens.json", &register.to_string())
    };
    assert_eq!(
        of(&both("token"), twice)[0],
        skipped(1, "`token` names 2 credentials")
    );
    assert_eq!(
        of(&both("vague"), twice),
        [skipped(
            1,
            "`vague` cannot be split yet: it is no key of AWS (api-key)"
        )]
    );
    // What more than policies open, or what is found otherwise than where it lies, no policy tells the jobs of.
    let stated: fn(Account) -> Account = |account| {
        let principal = format!("principal:{}", user("robot"));
        let register = json!({"leakreach": 1, "resources": [{"id": "ledger"}],
            "steps": [{"needs": [principal], "gain": "read:ledger"}]});
        account.file("../../steps.json", &register.to_string())
    };
    let message = format!(
        "`{key}` cannot be split yet: what it or `robot` opens is stated outright, and not by which right"
    );
    assert_eq!(of(&both(&key), stated), [skipped(1, &message)]);
    let inactive: fn(Account) -> Account = |account| account.with_inactive_key();
    let message = format!("`{key}` cannot be split yet: it opens nothing any more (inactive)");
    assert_eq!(of(&both(&key), inactive), [skipped(1, &message)]);
}

#[test]
fn jobs_that_share_what_they_reach_gain_nothing_by_a_split() {
    // Each is counted for itself: both reach all of it.
    let both = |name: &str| {
        format!("[[job]]\nname = \"{name}\"\ncredential = \"AKIAEXAMPLEROBOTXXXX\"\nuses = \"*\"\n")
    };
    let jobs = both("a") + &both("b");
    let analysis = Estate::of(robot(&format!("{SENSITIVITIES}{jobs}"))).analyzed(Mode::BlastRadius);
    assert_eq!(splits(&analysis), []);
    let mut analysis = analysis;
    let ids = [id_of("robot")];
    let options = options(Mode::BlastRadius);
    let simulation = simulated(&mut analysis, &options, &ids, &Silent).unwrap();
    let twice = |points: Points| points + points;
    assert_eq!(simulation.after.0, twice(simulation.before.0));
}

/// Which user's rights depend on what signs.
const MFA: &str = "aws:MultiFactorAuthPresent";

/// Statements from which a user is made.
fn rights() -> Vec<Value> {
    let with_mfa = json!({"Bool": {MFA: "true"}});
    let tagged = json!({"StringEquals": {"aws:ResourceTag/team": "a"}});
    vec![
        allow("s3:GetObject", "arn:aws:s3:::one/*"),
        allow("s3:*", "arn:aws:s3:::two*"),
        when(allow("s3:GetObject", "*"), with_mfa.clone()),
        when(allow("s3:PutObject", "arn:aws:s3:::one/*"), tagged),
        deny("s3:GetObject", "arn:aws:s3:::two/secret*"),
        when(deny("sts:*", "*"), json!({"BoolIfExists": {MFA: "false"}})),
        allow("sts:AssumeRole", &role("reader")),
        allow("iam:PutUserPolicy", &user("robot")),
        allow("iam:CreateAccessKey", "*"),
        allow("iam:AttachUserPolicy", &user("*")),
        allow("lambda:UpdateFunctionCode", "*"),
        allow("lambda:InvokeFunction", &function("worker")),
        allow("secretsmanager:GetSecretValue", "*"),
    ]
}

fn uses() -> Vec<(&'static str, &'static str)> {
    vec![
        ("s3:GetObject", "*"),
        ("s3:*", "arn:aws:s3:::one*"),
        ("s3:Put*", "arn:aws:s3:::two/*"),
        ("sts:AssumeRole", "*"),
        ("iam:*", "*"),
        ("lambda:*", "*"),
        ("secretsmanager:GetSecretValue", "*"),
        ("*", "*"),
    ]
}

/// A job: its places, and what it uses.
type Job = (Vec<&'static str>, Vec<(&'static str, &'static str)>);

const PLACES: [&str; 3] = ["ci/one", "ci/two", "ci/three"];

fn jobs() -> impl Strategy<Value = Vec<Job>> {
    let job = (
        subsequence(PLACES.to_vec(), 0..=2),
        subsequence(uses(), 1..=3),
    );
    proptest::collection::vec(job, 2..=3)
}

/// A user with such rights, another one, a role and a function; buckets that let the user in.
fn drawn(own: &[Value], others: &[Value], jobs: &[Job], is_named: bool) -> Account {
    let named = json!({"Effect": "Allow", "Principal": {"AWS": user("robot")}, "Action": "s3:*",
        "Resource": ["arn:aws:s3:::three", "arn:aws:s3:::three/*"]});
    let everybody = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::three/*", "Condition": {"StringEquals": {"aws:PrincipalAccount": crate::account::ACCOUNT}}});
    let mut text = String::new();
    for (number, (places, uses)) in jobs.iter().enumerate() {
        for (action, on) in uses {
            let mut place = String::new();
            if !places.is_empty() {
                place = format!("place = {places:?}\n");
            }
            let key = key_of("robot");
            text += &format!(
                "[[job]]\nname = \"job-{number}\"\ncredential = \"{key}\"\n{place}uses = \"{action}\"\non = \"{on}\"\n"
            );
        }
    }
    let account = Account::default()
        .user("robot", own)
        .user("other", others)
        .role(
            "reader",
            &json!({"AWS": user("robot")}),
            &[allow("s3:GetObject", "*")],
        )
        .role(
            "worker",
            &json!({"Service": "lambda.amazonaws.com"}),
            &[allow("s3:*", "arn:aws:s3:::one*")],
        )
        .function("worker", "worker", json!({}))
        .secret("vault", None)
        .bucket("one")
        .bucket("two")
        .bucket("three")
        .bucket_policy("three", &[if is_named { named } else { everybody }])
        .estate(&text);
    variables(account, "robot", &PLACES)
}

/// What is held, of what both step sets speak of: existing principals and credentials, and access.
fn held(steps: &Steps, layer: Layer, seeds: &[FactId], known: &Inventory) -> BTreeSet<Fact> {
    let held = reach::naive_without(steps, layer, seeds, &[]);
    let facts = steps.facts.entries().filter(|(id, _)| held[id.index()]);
    let told = facts.map(|(_, fact)| *fact).filter(|fact| match fact {
        Fact::Access(..) | Fact::AtLeast(..) | Fact::Exposure(_) => true,
        Fact::Credential(id) => id.index() < known.credentials.len(),
        Fact::Principal(id) => id.index() < known.principals.len(),
        _ => false,
    });
    told.collect()
}

/// Points of what is held.
fn weight(
    model: &Model,
    inventory: &Inventory,
    id: CredentialId,
    layer: Layer,
    held: &BTreeSet<Fact>,
) -> u64 {
    let chance = model.chances.credential(id);
    let chance = match layer {
        Layer::Certain => chance.certain,
        Layer::Possible => chance.possible,
    };
    let home = model.borders.home_of_credential(id);
    let weights = held.iter().map(|fact| match *fact {
        Fact::AtLeast(resource, access) => {
            let factor = model.borders.factor(home, model.borders.place_of(resource));
            factor * risk::weight(inventory.resources[resource].sensitivity, access)
        }
        _ => 0,
    });
    chance * weights.sum::<u64>()
}

/// Checks one drawn estate: nobody reaches more, no job reaches more than the key did, and the gain is before minus after.
fn check(account: Account, mode: Mode) {
    let estate = Estate::of(account);
    let mut analysis =
        analyze(std::slice::from_ref(&estate.root), &options(mode), &Silent).unwrap();
    let Some(Control::Split(key)) = analysis
        .steps
        .controls
        .iter()
        .copied()
        .find(|one| matches!(one, Control::Split(_)))
    else {
        panic!("{:?}", analysis.problems);
    };
    let Divided {
        mut inventory,
        jobs,
    } = fixes::split(&analysis.inventory, &[key]);
    let (steps, _) = techniques::derive(&mut inventory);
    let model = Model::new(&inventory, mode);
    let of = |steps: &Steps, id: CredentialId, layer: Layer| {
        let seeds = Vec::from_iter(steps.fact_id(Fact::Credential(id)));
        held(steps, layer, &seeds, &analysis.inventory)
    };
    let mut gains = Vec::new();
    for layer in [Layer::Certain, Layer::Possible] {
        let mut totals = (0, 0);
        for id in analysis.inventory.credentials.ids() {
            let before = of(&analysis.steps, id, layer);
            totals.0 += weight(&analysis.model, &analysis.inventory, id, layer, &before);
            let made = if id == key {
                jobs[0].1.clone()
            } else {
                vec![id]
            };
            for one in made {
                let mut after = of(&steps, one, layer);
                totals.1 += weight(&model, &inventory, one, layer, &after);
                after.retain(|fact| !before.contains(fact));
                assert!(after.is_empty(), "{layer:?} {one:?}: {after:?}");
            }
        }
        gains.push(i128::from(totals.0) - i128::from(totals.1));
    }
    let told = splits(&analysis);
    let is_fix = gains.iter().all(|&gain| gain >= 0) && gains.iter().any(|&gain| gain > 0);
    let gained = |gain: i128| Points(u64::try_from(gain.max(0)).unwrap());
    let expected = (gained(gains[0]), gained(gains[1]));
    assert_eq!(told.len(), usize::from(is_fix), "{gains:?}");
    for (_, certain, possible, _) in &told {
        assert_eq!((*certain, *possible), expected);
    }
    let ids = [id_of("robot")];
    let simulation = simulated(&mut analysis, &options(mode), &ids, &Silent).unwrap();
    assert_eq!(simulation.gain(), expected);
    assert_eq!(verify(&analysis, None, &Silent).wrong, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_job_reaches_more_than_the_key_did_and_nobody_more_than_before(
        own in subsequence(rights(), 1..=6), others in subsequence(rights(), 0..=4),
        jobs in jobs(), is_named in any::<bool>(), is_risk in any::<bool>(),
    ) {
        let mode = if is_risk { Mode::Risk } else { Mode::BlastRadius };
        check(drawn(&own, &others, &jobs, is_named), mode);
    }
}

#[test]
fn who_may_edit_the_user_may_edit_what_is_made_for_its_jobs() {
    // The job may write the user a policy: then it may do all that the key may do so, and the split gains nothing of that.
    let own = [
        allow("iam:PutUserPolicy", &user("robot")),
        allow("s3:GetObject", "arn:aws:s3:::one/*"),
    ];
    let jobs: Vec<Job> = vec![
        (vec![], vec![("iam:*", "*")]),
        (vec![], vec![("s3:GetObject", "*")]),
    ];
    let account = drawn(&own, &[], &jobs, true);
    let estate = Estate::of(account);
    let analysis = analyze(
        std::slice::from_ref(&estate.root),
        &options(Mode::BlastRadius),
        &Silent,
    )
    .unwrap();
    let mut keys = analysis.inventory.credentials.entries();
    let (key, _) = keys.find(|(_, row)| row.name == key_of("robot")).unwrap();
    let Divided {
        mut inventory,
        jobs,
    } = fixes::split(&analysis.inventory, &[key]);
    let (steps, _) = techniques::derive(&mut inventory);
    let reads = |job: usize, bucket: &str| {
        let seeds = Vec::from_iter(steps.fact_id(Fact::Credential(jobs[0].1[job])));
        let resource = inventory.resource_by_key(bucket).unwrap();
        held(&steps, Layer::Certain, &seeds, &analysis.inventory)
            .contains(&Fact::Access(resource, Access::Read))
    };
    assert!(reads(0, "arn:aws:s3:::two"));
    assert!(reads(1, "arn:aws:s3:::one"));
    assert!(!reads(1, "arn:aws:s3:::two"));
}

#[test]
fn what_names_the_user_holds_for_a_job_within_its_uses() {
    let own = [allow("lambda:InvokeFunction", &function("worker"))];
    let jobs: Vec<Job> = vec![
        (vec![], vec![("s3:GetObject", "*")]),
        (vec![], vec![("lambda:*", "*")]),
    ];
    // Whether the bucket names the user, or everybody of the account.
    for is_named in [true, false] {
        let estate = Estate::of(drawn(&own, &[], &jobs, is_named));
        let analysis = estate.analyzed(Mode::BlastRadius);
        let mut keys = analysis.inventory.credentials.entries();
        let (key, _) = keys.find(|(_, row)| row.name == key_of("robot")).unwrap();
        let Divided {
            mut inventory,
            jobs,
        } = fixes::split(&analysis.inventory, &[key]);
        let (steps, _) = techniques::derive(&mut inventory);
        let bucket = inventory.resource_by_key("arn:aws:s3:::three").unwrap();
        let reads = |job: usize, layer: Layer| {
            let seeds = Vec::from_iter(steps.fact_id(Fact::Credential(jobs[0].1[job])));
            let held = held(&steps, layer, &seeds, &analysis.inventory);
            held.contains(&Fact::Access(bucket, Access::Read))
        };
        assert!(reads(0, Layer::Certain), "{is_named}");
        assert!(!reads(1, Layer::Possible), "{is_named}");
    }
}

/// Two users with two jobs each, of which one's key lies where the other reads.
fn two_users() -> Account {
    let job = |of: &str, name: &str, action: &str, on: &str| {
        let key = key_of(of);
        format!(
            "[[job]]\nname = \"{name}\"\ncredential = \"{key}\"\nuses = \"{action}\"\non = \"{on}\"\n"
        )
    };
    let jobs = [
        job("robot", "backup", "s3:PutObject", "arn:aws:s3:::backups/*"),
        job("robot", "deploy", "s3:GetObject", "arn:aws:s3:::releases/*"),
        job("miner", "load", "s3:GetObject", "arn:aws:s3:::payroll/*"),
        job("miner", "look", "lambda:*", "*"),
    ];
    // What may be done at all, and what it takes; all else takes more than anybody has.
    let efforts = "[[effort]]\npoints = 900\n\
        [[effort]]\nkind = \"split\"\npoints = 3\n\
        [[effort]]\nkind = \"split\"\nname = \"*MINER*\"\npoints = 2\n\
        [[effort]]\nkind = \"credential\"\npoints = 4\n\
        [[effort]]\nkind = \"attachment\"\npoints = 5\n";
    Account::default()
        .user(
            "robot",
            &[
                allow("s3:PutObject", "arn:aws:s3:::backups/*"),
                allow("s3:GetObject", "arn:aws:s3:::releases/*"),
                allow("s3:GetObject", "arn:aws:s3:::payroll/*"),
            ],
        )
        .user(
            "miner",
            &[
                allow("s3:GetObject", "arn:aws:s3:::payroll/*"),
                allow("lambda:GetFunctionConfiguration", "*"),
                allow("s3:DeleteObject", "arn:aws:s3:::backups/*"),
            ],
        )
        .role("runner", &json!({"Service": "lambda.amazonaws.com"}), &[])
        .function("worker", "runner", json!({"AWS_ACCESS_KEY_ID": key_of("robot"), "AWS_SECRET_ACCESS_KEY": "EXAMPLE".repeat(4)}))
        .bucket("backups")
        .bucket("releases")
        .bucket("payroll")
        .estate(&format!("{SENSITIVITIES}{}{efforts}", jobs.concat()))
}

#[test]
fn no_set_with_or_without_splits_beats_a_plan() {
    let estate = Estate::of(two_users());
    let mut analysis = estate.analyzed(Mode::BlastRadius);
    // Alone the second gains nothing: one of its jobs reads where the other key lies, and that is counted once more.
    let ids: Vec<String> = splits(&analysis).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, [id_of("robot")]);
    let mut efforts: BTreeMap<String, u64> =
        BTreeMap::from([(id_of("robot"), 3), (id_of("miner"), 2)]);
    for fix in analysis.fixes.iter().filter(|fix| fix.narrowing.is_none()) {
        let effort = match analysis.steps.controls[fix.control] {
            Control::Credential(_) => 4,
            Control::Scope(scope) if analysis.inventory.scopes[scope].kind() == "attachment" => 5,
            _ => continue,
        };
        efforts.insert(analysis.fix_key(fix), effort);
    }
    let ids: Vec<&String> = efforts.keys().collect();
    assert!((5..=8).contains(&ids.len()), "{ids:?}");
    // By definition: each set is done, and all is derived again.
    let mut sets: Vec<(Vec<String>, u64, i128)> = Vec::new();
    for number in 0..1u32 << ids.len() {
        let of_set = (0..ids.len()).filter(|at| number >> at & 1 == 1);
        let set: Vec<String> = of_set.map(|at| ids[at].clone()).collect();
        let effort = set.iter().map(|id| efforts[id]).sum();
        let simulation = simulated(&mut analysis, &options(Mode::BlastRadius), &set, &Silent);
        let simulation = simulation.unwrap();
        let sum = |(certain, possible): (Points, Points)| i128::from((certain + possible).0);
        sets.push((set, effort, sum(simulation.before) - sum(simulation.after)));
    }
    let gain_of = |ids: &[String]| {
        let ids: BTreeSet<&String> = ids.iter().collect();
        let mut sets = sets.iter();
        let found = sets.find(|(set, ..)| set.iter().collect::<BTreeSet<&String>>() == ids);
        found.map(|(.., gain)| *gain)
    };
    let (robot, miner) = (id_of("robot"), id_of("miner"));
    assert!(gain_of(std::slice::from_ref(&miner)).unwrap() < 0);
    let both = gain_of(&[robot.clone(), miner]).unwrap();
    assert!(both > gain_of(&[robot]).unwrap());
    let total = analysis.total.0 + analysis.total.1;
    let mut with_split = 0;
    let goals = (1..=12).map(Goal::Budget).chain((1..=3).map(Goal::Top));
    let shares = [1_000, 3_000, 5_000, 7_000, 8_000, 9_000, 10_000];
    let goals = goals.chain(shares.map(|share| Goal::Until(Share(share))));
    for goal in goals {
        let (planned, plan) = estate.planned(goal);
        assert_eq!(verify(&planned, Some(&plan), &Silent).wrong, [], "{goal:?}");
        let chosen: Vec<String> = plan
            .fixes
            .iter()
            .map(|one| planned.fix_key(&one.fix))
            .collect();
        let splits = chosen.iter().filter(|id| id.starts_with("split:")).count();
        with_split += usize::from(splits > 0);
        // They come first.
        assert!(
            chosen
                .iter()
                .take(splits)
                .all(|id| id.starts_with("split:")),
            "{chosen:?}"
        );
        let gain = i128::from((plan.gain.0 + plan.gain.1).0);
        // Another set is one that takes more than anybody has: only where effort is no question.
        if let Some(known) = gain_of(&chosen) {
            assert_eq!(gain, known, "{goal:?} {chosen:?}");
        }
        match goal {
            Goal::Budget(budget) => {
                let within = sets.iter().filter(|(_, effort, _)| *effort <= budget);
                let best = within.map(|(.., gain)| *gain).max().unwrap();
                assert_eq!(
                    (gain, plan.bound),
                    (best, Bound::Gain(u64::try_from(best).unwrap())),
                    "{goal:?}"
                );
            }
            Goal::Top(top) => {
                let within = sets.iter().filter(|(set, ..)| set.len() <= top);
                let best = within.map(|(.., gain)| *gain).max().unwrap();
                assert!(gain >= best, "{goal:?}");
            }
            Goal::Until(share) => {
                let least = i128::from(share.of(total.0));
                let reaching = sets.iter().filter(|(.., gain)| *gain >= least);
                let best = reaching.map(|(_, effort, _)| *effort).min();
                match best {
                    Some(best) => assert_eq!(
                        (plan.effort, plan.bound),
                        (best, Bound::Effort(best)),
                        "{goal:?}"
                    ),
                    None => assert!(
                        plan.effort >= 900 || plan.bound == Bound::Unattainable,
                        "{goal:?}"
                    ),
                }
            }
        }
    }
    assert!(with_split >= 4, "{with_split}");
}

#[test]
fn the_worst_key_of_acme_is_worth_splitting() {
    let root = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme"));
    let as_of = "2026-07-01T00:00:00Z".parse().unwrap();
    let options = Options {
        as_of,
        ..options(Mode::BlastRadius)
    };
    let analysis = analyze(&[root], &options, &Silent).unwrap();
    let told = splits(&analysis);
    let [(id, certain, possible, 1)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(id, "split:aws:access-key:AKIAEXAMPLECIRELEASE");
    let told = |points: Points| points.to_string();
    assert_eq!(
        (told(*certain), told(*possible)),
        ("82.19".to_owned(), "14.55".to_owned())
    );
    // As its README says: no job needs both roles, so neither certainly reaches the crown jewel.
    let mut keys = analysis.inventory.credentials.entries();
    let (key, _) = keys.find(|(_, row)| id.ends_with(&*row.key)).unwrap();
    let Divided {
        mut inventory,
        jobs,
    } = fixes::split(&analysis.inventory, &[key]);
    let (steps, _) = techniques::derive(&mut inventory);
    let ledger = inventory
        .resource_by_key("arn:aws:s3:::acme-customer-ledger")
        .unwrap();
    let reads = Fact::Access(ledger, Access::Read);
    let of = |id: CredentialId, layer: Layer| {
        let seeds = Vec::from_iter(steps.fact_id(Fact::Credential(id)));
        held(&steps, layer, &seeds, &analysis.inventory).contains(&reads)
    };
    let [release, staging] = jobs[0].1[..] else {
        panic!("{jobs:?}");
    };
    assert!(!of(release, Layer::Certain) && of(release, Layer::Possible));
    assert!(!of(staging, Layer::Certain) && !of(staging, Layer::Possible));
}
