//! A year of monthly exports of acme, each gated against the month before: what the months tell is what happened.

use super::{code, leakreach, text};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const RELEASE: &str = "aws:access-key:AKIAEXAMPLECIRELEASE";
const WEB: &str = "aws:access-key:AKIAEXAMPLECIWEB2222";
const LENA: &str = "aws:access-key:AKIAEXAMPLEDTYUM5XJ6";
const LEDGER: &str = "arn:aws:s3:::acme-customer-ledger";
const TOOLING: &str = "aws/777788889999";

/// The exports as they are now, and what was said of them so far.
struct Year {
    folder: tempfile::TempDir,
    last: Option<String>,
}

/// What a month told.
struct Month {
    exit: i32,
    said: String,
    report: Value,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
}

impl Year {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/acme");
        copy(&acme, &folder.path().join("now"));
        Self { folder, last: None }
    }

    fn now(&self, path: &str) -> PathBuf {
        self.folder.path().join("now").join(path)
    }

    fn edit(&self, path: &str, edit: impl Fn(&mut Value)) {
        let path = self.now(path);
        let mut value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        edit(&mut value);
        fs::write(path, value.to_string()).unwrap();
    }

    fn edit_user(&self, name: &str, edit: impl Fn(&mut Value)) {
        let path = format!("{TOOLING}/iam/account-authorization-details.json");
        self.edit(&path, |account| {
            let users = account["UserDetailList"].as_array_mut().unwrap();
            edit(
                users
                    .iter_mut()
                    .find(|user| user["UserName"] == name)
                    .unwrap(),
            );
        });
    }

    /// The exports of that day, in a folder of that name, gated against the month before.
    fn month(&mut self, day: &str, policy: &str) -> Month {
        let root = self.folder.path();
        let input = format!("exports-of-{day}");
        copy(&root.join("now"), &root.join(&input));
        fs::write(root.join("policy.toml"), policy).unwrap();
        let out = format!("report-of-{day}");
        let mut arguments = vec![
            "gate",
            &input,
            "--as-of",
            day,
            "--policy",
            "policy.toml",
            "--out",
            &out,
        ];
        arguments.extend([
            "--format",
            "json",
            "--fixes",
            "0",
            "--shown",
            "40",
            "--history",
            "history.jsonl",
        ]);
        if let Some(last) = &self.last {
            arguments.extend(["--baseline", last]);
        }
        let output = leakreach(root, &arguments);
        let report = fs::read(root.join(&out).join("report.json"));
        let report = report.unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
        self.last = Some(out);
        Month {
            exit: code(&output),
            said: text(&output.stdout).to_owned(),
            report: serde_json::from_slice(&report).unwrap(),
        }
    }
}

impl Month {
    fn changes(&self, of: &str) -> &[Value] {
        self.report["changes"][of].as_array().unwrap()
    }

    /// The state of something by its id; `-` where nothing of it changed.
    fn state(&self, of: &str, id: &str) -> &str {
        let change = self.changes(of).iter().find(|one| one["id"] == id);
        change.map_or("-", |one| one["state"].as_str().unwrap())
    }

    fn is_any(&self, of: &str, state: &str) -> bool {
        self.changes(of).iter().any(|one| one["state"] == state)
    }

    /// Certain points that a cause is worth, in millionths.
    fn cause(&self, name: &str) -> i64 {
        let causes = self.report["changes"]["totals"]["causes"]
            .as_array()
            .unwrap();
        let cause = causes.iter().find(|one| one["cause"] == name).unwrap();
        millionths(&cause["certain"])
    }

    fn total(&self, figure: &str) -> i64 {
        millionths(&self.report["changes"]["totals"][figure]["certain"])
    }

    fn points(&self, id: &str) -> f64 {
        let credentials = self.report["credentials"].as_array().unwrap();
        let one = credentials.iter().find(|one| one["id"] == id).unwrap();
        let points = |layer: &str| one[layer]["points"].as_f64().unwrap();
        f64::midpoint(points("certain"), points("possible"))
    }

    fn has_failed(&self, limit: &str) -> bool {
        self.said.lines().any(|line| {
            line.trim_start()
                .starts_with(&format!("fails        {limit}"))
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "points of a small estate")]
fn millionths(figure: &Value) -> i64 {
    (figure.as_f64().unwrap() * 1_000_000.0).round() as i64
}

#[test]
fn a_year_of_acme_tells_the_story_of_its_months() {
    let mut year = Year::begin();

    // July: there is nothing to compare with. The worst key is known and accepted until the end of May.
    let first = year.month("2026-07-01", "[paths]\nmost_new_critical = 0\n");
    assert_eq!(first.exit, 0, "{}", first.said);
    assert!(first.said.contains("there is no baseline"));
    assert_eq!(first.report.get("changes"), None);
    let worst = first.points(RELEASE);
    let second = first.points(WEB);
    assert!(worst > second);
    let policy = &format!(
        "[baseline]\nnewly_observed = \"ignore\"\n[paths]\nmost_new_critical = 0\n\
        [credentials]\nmost_growth = {:.2}\nmost_points = {:.2}\n[coverage]\nmost_not_observed = 0\n[[accept]]\ncredential = \"{RELEASE}\"\n\
        owner = \"developer-experience\"\nreason = \"releases move to OIDC in May\"\nexpires = 2027-05-31\n",
        second / 2.0,
        f64::midpoint(worst, second),
    );

    // August: other folders, and the export of an account in two files. Nothing happened.
    let path = format!("{TOOLING}/iam/account-authorization-details.json");
    let whole: Value = serde_json::from_slice(&fs::read(year.now(&path)).unwrap()).unwrap();
    let part = |keep: fn(usize) -> bool| {
        let mut part = whole.clone();
        for list in [
            "UserDetailList",
            "GroupDetailList",
            "RoleDetailList",
            "Policies",
        ] {
            let mut number = 0;
            part[list].as_array_mut().unwrap().retain(|_| {
                number += 1;
                keep(number)
            });
        }
        part.to_string()
    };
    fs::write(year.now(&path), part(|number| number % 2 == 0)).unwrap();
    fs::write(
        year.now(&format!("{TOOLING}/iam/the-rest.json")),
        part(|number| number % 2 == 1),
    )
    .unwrap();
    let quiet = year.month("2026-08-01", policy);
    assert_eq!(quiet.exit, 0, "{}", quiet.said);
    for of in ["credentials", "exposures", "paths"] {
        assert!(
            quiet.changes(of).is_empty(),
            "{of}: {:#?}",
            quiet.changes(of)
        );
    }
    assert_eq!(quiet.total("change"), 0);
    fs::remove_file(year.now(&format!("{TOOLING}/iam/the-rest.json"))).unwrap();
    fs::write(year.now(&path), whole.to_string()).unwrap();

    // September: lena.ramos joins the group that deploys to production.
    year.edit_user("lena.ramos", |user| {
        user["GroupList"].as_array_mut().unwrap().push(json!("ci"))
    });
    let grant = year.month("2026-09-01", policy);
    assert_eq!(grant.exit, 1, "{}", grant.said);
    assert!(grant.has_failed("credentials.most_growth") && grant.said.contains("new grant +"));
    assert!(
        !grant.has_failed("paths.most_new_critical"),
        "its key lies nowhere: {}",
        grant.said
    );
    assert_eq!(grant.state("credentials", LENA), "worse");
    assert_eq!(grant.state("paths", &format!("{LENA} => {LEDGER}")), "new");
    assert!(grant.cause("new_grant") > 0);
    assert_eq!(grant.cause("new_grant"), grant.total("change"));

    // October: and leaves it again.
    year.edit_user("lena.ramos", |user| {
        user["GroupList"]
            .as_array_mut()
            .unwrap()
            .retain(|group| group != "ci")
    });
    let taken = year.month("2026-10-01", policy);
    assert_eq!(taken.exit, 0, "{}", taken.said);
    assert_eq!(taken.state("credentials", LENA), "better");
    assert_eq!(taken.state("paths", &format!("{LENA} => {LEDGER}")), "gone");
    assert_eq!(taken.cause("fixed"), -grant.cause("new_grant"));

    // November: the key of ci-web is committed into a repository that was clean.
    year.edit("scanners/gitleaks/acme__design-system.json", |found| {
        *found = json!([{"RuleID": "aws-access-token", "StartLine": 2, "EndLine": 2, "StartColumn": 1, "EndColumn": 20,
            "Match": "REDACTED", "Secret": concat!("AKIA", "EXAMPLECIWEB2222"), "File": "publish.env", "SymlinkFile": "",
            "Commit": "00112233445566778899aabbccddeeff00112233", "Entropy": 3.5, "Author": "mei", "Email": "mei@example.com",
            "Date": "2026-10-12T00:00:00Z", "Message": "publish", "Tags": [],
            "Fingerprint": "00112233445566778899aabbccddeeff00112233:publish.env:aws-access-token:2"}]);
    });
    let leak = year.month("2026-11-01", policy);
    assert_eq!(leak.exit, 1, "{}", leak.said);
    assert!(leak.has_failed("paths.most_new_critical"), "{}", leak.said);
    assert!(
        leak.said.contains(&format!("{WEB} => {LEDGER} (read, ")),
        "{}",
        leak.said
    );
    assert_eq!(leak.state("credentials", WEB), "worse");
    assert_eq!(leak.changes("exposures").len(), 1);
    assert_eq!(leak.changes("exposures")[0]["state"], "new");

    // December: nobody exported the tooling account. Nothing of it is gone, and nothing is fixed.
    let kept = year.folder.path().join("kept");
    fs::rename(year.now(TOOLING), &kept).unwrap();
    let blind = year.month("2026-12-01", policy);
    assert_eq!(blind.exit, 1, "{}", blind.said);
    assert!(
        blind.has_failed("coverage.most_not_observed"),
        "{}",
        blind.said
    );
    for key in [RELEASE, WEB, LENA] {
        assert_eq!(blind.state("credentials", key), "not_observed");
    }
    assert_eq!(
        blind.state("paths", &format!("{RELEASE} => {LEDGER}")),
        "not_observed"
    );
    for of in ["credentials", "exposures", "paths"] {
        assert!(
            !blind.is_any(of, "gone") && !blind.is_any(of, "better"),
            "{of}: {:#?}",
            blind.changes(of)
        );
    }
    assert_eq!(blind.cause("fixed"), 0);
    assert!(blind.total("change") < 0);
    assert_eq!(blind.total("change"), blind.total("not_observed"));

    // January: the export is back. That is no new leak and no new grant.
    fs::rename(&kept, year.now(TOOLING)).unwrap();
    let back = year.month("2027-01-01", policy);
    assert_eq!(back.exit, 0, "{}", back.said);
    assert_eq!(back.state("credentials", RELEASE), "newly_observed");
    assert_eq!((back.cause("new_leak"), back.cause("new_grant")), (0, 0));
    assert_eq!(back.total("newly_observed"), -blind.total("not_observed"));

    // February: two tokens reached their end on the 12th of January.
    year.edit("github/orgs/acme/personal-access-tokens.json", |tokens| {
        for token in tokens.as_array_mut().unwrap() {
            token["token_expired"] = json!(true);
        }
    });
    let ended = year.month("2027-02-01", policy);
    assert_eq!(ended.exit, 0, "{}", ended.said);
    assert_eq!(
        ended.state("credentials", "github:token:lena-fischer/7201"),
        "better"
    );
    assert!(ended.cause("expired") < 0);
    assert_eq!(ended.cause("expired"), ended.total("change"));

    // March: the key of ci-web is deleted. A scanner sees it still; its account lists it no more.
    year.edit(&format!("{TOOLING}/iam/access-keys/ci-web.json"), |keys| {
        keys["AccessKeyMetadata"] = json!([])
    });
    let fixed = year.month("2027-03-01", policy);
    assert_eq!(fixed.exit, 0, "{}", fixed.said);
    assert_eq!(fixed.state("credentials", WEB), "better");
    assert_eq!(fixed.state("paths", &format!("{WEB} => {LEDGER}")), "gone");
    assert_eq!(fixed.cause("fixed"), fixed.total("change"));
    assert!(fixed.cause("fixed") < 0);

    // April: a new assistant, with a key of its own written into its configuration.
    let agent = "AKIAEXAMPLENEWAGENT2";
    let keys = "aws/111122223333/iam/access-keys/mcp-analytics.json";
    year.edit(keys, |keys| {
        let keys = keys["AccessKeyMetadata"].as_array_mut().unwrap();
        keys.push(
            json!({"UserName": "mcp-analytics", "AccessKeyId": agent, "Status": "Active",
            "CreateDate": "2027-03-20T10:00:00+00:00"}),
        );
    });
    let laptop = year.now("devices/mbp-7001/nora.stone/.cursor");
    fs::create_dir_all(&laptop).unwrap();
    let server = json!({"mcpServers": {"aws-api": {"command": "uvx", "args": ["awslabs.aws-api-mcp-server@latest"],
        "env": {"AWS_ACCESS_KEY_ID": agent, "AWS_SECRET_ACCESS_KEY": "EXAMPLE".repeat(6).get(..40).unwrap()}}}});
    fs::write(laptop.join("mcp.json"), server.to_string()).unwrap();
    let hired = year.month("2027-04-01", policy);
    assert_eq!(hired.exit, 0, "{}", hired.said);
    assert_eq!(
        hired.state("credentials", &format!("aws:access-key:{agent}")),
        "new"
    );
    assert!(hired.cause("new_leak") > 0);
    assert!(
        hired.is_any("exposures", "newly_observed"),
        "nobody had looked at that machine"
    );

    // May: documents turn out to be less sensitive than was said. Nothing was fixed.
    let rule = "\n[[rule]]\nname = \"acme-kyc-documents\"\nsensitivity = \"internal\"\n";
    let estate = fs::read_to_string(year.now("leakreach.toml")).unwrap() + rule;
    fs::write(year.now("leakreach.toml"), estate).unwrap();
    let relabelled = year.month("2027-05-01", policy);
    assert_eq!(relabelled.exit, 0, "{}", relabelled.said);
    assert!(relabelled.cause("data_changed") < 0);
    assert_eq!(relabelled.cause("data_changed"), relabelled.total("change"));
    assert_eq!(relabelled.total("not_observed"), 0);
    assert!(!relabelled.is_any("paths", "gone"));

    // June: nothing happened, and that is what breaks the gate: what was accepted until the end of May is still there.
    let june = year.month("2027-06-01", policy);
    assert_eq!(june.exit, 1, "{}", june.said);
    assert!(
        june.has_failed("credentials.most_points") && june.said.contains(RELEASE),
        "{}",
        june.said
    );
    assert!(
        june.said
            .contains(&format!("expired      credential {RELEASE}")),
        "{}",
        june.said
    );
    assert_eq!(june.total("change"), 0);

    let history = fs::read_to_string(year.folder.path().join("history.jsonl")).unwrap();
    assert_eq!(history.lines().count(), 12);
}
