//! `--bound`: which of certain and possible reach decides what is ranked first and what a plan takes away.

use super::{code, leakreach, text};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

/// Two keys, each in a place of its own. `sure` reads a confidential resource and one more for certain; `doubtful` reads an
/// internal one for certain, and a restricted one if an open condition holds.
fn estate(folder: &Path) {
    fs::create_dir_all(folder.join("in")).unwrap();
    let nodes = "word,id,name,type,platform,principal,resource,sensitivity,created,status\n\
        principal,sure,sure,role,stated,,,,,\n\
        principal,doubtful,doubtful,role,stated,,,,,\n\
        credential,sure,sure,access-key,stated,sure,,,2025-01-01,active\n\
        credential,doubtful,doubtful,access-key,stated,doubtful,,,2025-01-01,active\n\
        resource,books,books,s3:bucket,stated,,,confidential,,\n\
        resource,notes,notes,s3:bucket,stated,,,internal,,\n\
        resource,vault,vault,s3:bucket,stated,,,restricted,,\n";
    let steps = "needs,gain,technique,scope,condition\n\
        principal:sure,read:books,t,opens-books,\n\
        principal:doubtful,read:notes,t,opens-notes,\n\
        principal:doubtful,read:vault,t,opens-vault,an open condition\n";
    fs::write(folder.join("in/nodes.csv"), nodes).unwrap();
    fs::write(folder.join("in/steps.csv"), steps).unwrap();
}

fn run(folder: &Path, command: &[&str], bound: &str) -> Output {
    let fixed = ["--as-of=2026-01-01", "--quiet", "--bound", bound];
    let output = leakreach(folder, &[command, &fixed].concat());
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    output
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The report of a run, written into the folder of its bound.
fn report(folder: &Path, bound: &str) -> Value {
    run(folder, &["analyze", "in", "--out", bound], bound);
    serde_json::from_slice(&fs::read(folder.join(bound).join("report.json")).unwrap()).unwrap()
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one[member].as_str().unwrap().to_owned())
        .collect()
}

const BOUNDS: [&str; 3] = ["mean", "certain", "possible"];

#[test]
fn the_bound_decides_the_order_of_credentials_and_fixes_and_their_one_number() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let reports = BOUNDS.map(|bound| report(folder, bound));
    let [mean, certain, possible] = &reports;
    let doubtful_first = ["doubtful", "sure"];
    assert_eq!(names(&mean["credentials"], "name"), doubtful_first);
    assert_eq!(names(&possible["credentials"], "name"), doubtful_first);
    assert_eq!(names(&certain["credentials"], "name"), ["sure", "doubtful"]);
    // P = 0.9999; 0.6 for reading, of 3, 1 and 10.
    let of = |report: &Value, name: &str, figure: &str| {
        let mut all = report["credentials"].as_array().unwrap().iter();
        let one = all.find(|one| one["name"] == name).unwrap();
        one["risk"][figure].as_f64().unwrap()
    };
    let points = |name: &str| reports.each_ref().map(|report| of(report, name, "points"));
    assert_eq!(points("sure"), [1.79982, 1.79982, 1.79982]);
    assert_eq!(points("doubtful"), [3.59964, 0.59994, 6.59934]);
    let both = |report| ["certain", "possible"].map(|figure| of(report, "doubtful", figure));
    assert!(
        reports
            .iter()
            .all(|report| both(report) == [0.59994, 6.59934])
    );
    // 0.6 of 14, or 6.6, or the mean.
    let share = |report| of(report, "doubtful", "share");
    assert_eq!(
        reports.each_ref().map(share),
        [0.257117, 0.042853, 0.471381]
    );
    let band = |report: &Value| report["credentials"][0]["risk"]["band"].clone();
    assert_eq!(reports.each_ref().map(band), ["critical"; 3]);
    let last = |report: &Value| report["credentials"][1]["risk"]["band"].clone();
    assert_eq!(
        reports.each_ref().map(last),
        ["critical", "high", "critical"]
    );
    let score = |report: &Value| report["risk"]["organisation"]["score"].as_f64().unwrap();
    assert_eq!(reports.each_ref().map(score), [5.39946, 2.39976, 8.39916]);
    let best = |report: &Value| report["fixes"][0]["id"].as_str().unwrap().to_owned();
    let bests = reports.each_ref().map(best);
    assert!(
        bests[0].contains("doubtful") && bests[2] == bests[0],
        "{bests:?}"
    );
    assert!(
        bests[1].contains("sure") || bests[1].contains("books"),
        "{bests:?}"
    );
    let told = |report: &Value| report["risk"]["bound"].clone();
    assert_eq!(reports.each_ref().map(told), BOUNDS);
    // What is not ranked by it is the same.
    for report in &reports {
        assert_eq!(report["totals"]["certain"], mean["totals"]["certain"]);
        assert_eq!(report["totals"]["possible"], mean["totals"]["possible"]);
        assert_eq!(
            report["fixes"].as_array().unwrap().len(),
            mean["fixes"].as_array().unwrap().len()
        );
    }
}

#[test]
fn a_plan_takes_away_what_the_bound_counts() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let plans = BOUNDS.map(|bound| {
        json(&run(
            folder,
            &["plan", "in", "--top", "1", "--format", "json"],
            bound,
        ))
    });
    let [mean, certain, possible] = &plans;
    let figures = |plan: &Value| {
        let of = |part: &str, layer: &str| plan[part][layer].as_f64().unwrap();
        [of("gain", "certain"), of("gain", "possible")]
    };
    assert_eq!(figures(mean), [0.59994, 6.59934]);
    assert_eq!(figures(possible), [0.59994, 6.59934]);
    assert_eq!(figures(certain), [1.79982, 1.79982]);
    let bound = |plan: &Value| plan["bound"]["gain"].as_f64().unwrap();
    assert_eq!(plans.each_ref().map(bound), [7.19928, 1.79982, 6.59934]);
    assert!(plans.iter().all(|plan| plan["bound"]["optimal"] == true));
    let told = |plan: &Value| plan["organisation"]["bound"].clone();
    assert_eq!(plans.each_ref().map(told), BOUNDS);
    // Three quarters of 2.39976 for certain are of one key; of 8.39916 possible ones they are of the other.
    let until = |bound| {
        json(&run(
            folder,
            &["plan", "in", "--until", "75%", "--format", "json"],
            bound,
        ))
    };
    assert_eq!(figures(&until("certain")), [1.79982, 1.79982]);
    assert_eq!(figures(&until("possible")), [0.59994, 6.59934]);
    let page = run(folder, &["plan", "in", "--until", "75%"], "certain");
    let page = text(&page.stdout);
    assert!(
        page.contains("takes 75 % of all certain reach away"),
        "{page}"
    );
    let verified = run(folder, &["plan", "in", "--top", "2", "--verify"], "certain");
    assert!(text(&verified.stdout).contains("of certain reach."));
}

#[test]
fn simulations_and_registers_are_in_the_order_of_the_bound() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let fixes = json(&run(
        folder,
        &["list", "fixes", "--in", "in", "--format", "json"],
        "certain",
    ));
    let of = |name: &str| {
        let mut all = fixes.as_array().unwrap().iter();
        let one = all
            .find(|fix| fix["id"].as_str().unwrap().starts_with(name))
            .unwrap();
        one["id"].as_str().unwrap().to_owned()
    };
    let [sure, doubtful] = ["credential:sure", "credential:doubtful"].map(of);
    for (bound, first) in [
        ("mean", "doubtful"),
        ("certain", "sure"),
        ("possible", "doubtful"),
    ] {
        let listed = ["list", "credentials", "--in", "in", "--format", "json"];
        let listed = json(&run(folder, &listed, bound));
        assert_eq!(listed[0]["name"], format!("access key {first}"), "{bound}");
        let simulated = [
            "simulate", "in", "--fix", &sure, "--fix", &doubtful, "--format", "json",
        ];
        let simulated = json(&run(folder, &simulated, bound));
        assert_eq!(simulated["credentials"][0]["id"], first, "{bound}");
        assert_eq!(simulated["bound"], bound);
    }
}

#[test]
fn scores_of_two_bounds_are_not_compared_and_all_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    for bound in BOUNDS {
        report(folder, bound);
    }
    let diff = |old: &str, new: &str| {
        let output = leakreach(folder, &["diff", old, new, "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        json(&output)
    };
    let changes = diff("mean", "certain");
    let bounds = &changes["totals"]["bounds"];
    assert_eq!(
        (&bounds["old"], &bounds["new"]),
        (&"mean".into(), &"certain".into())
    );
    assert_eq!(changes["totals"]["score"], Value::Null);
    assert_eq!(
        changes["totals"]["measures"],
        Value::Null,
        "points are those they were"
    );
    assert_eq!(changes["totals"]["change"]["possible"], 0);
    assert_eq!(changes["credentials"].as_array().unwrap().len(), 0);
    let page = leakreach(folder, &["diff", "mean", "certain"]);
    let said = "scored by certain points, was by mean: scores, bands and ranks are not compared";
    assert!(text(&page.stdout).contains(said), "{}", text(&page.stdout));
    let same = diff("certain", "certain");
    assert_eq!(same["totals"]["bounds"], Value::Null);
    assert!(same["totals"]["score"].is_object());
    // A gate does not take one for growth of the other.
    fs::write(
        folder.join("policy.toml"),
        "[organisation]\nmost_growth = 0\n",
    )
    .unwrap();
    let gate = |bound: &str| {
        let arguments = [
            "gate",
            "in",
            "--as-of=2026-01-01",
            "--policy",
            "policy.toml",
        ];
        let more = ["--baseline", "mean", "--out", "gated", "--bound", bound];
        let output = leakreach(folder, &[&arguments[..], &more].concat());
        (code(&output), text(&output.stdout).to_owned())
    };
    assert!(gate("mean").1.contains("grew by 0.00"));
    let (_, page) = gate("possible");
    let said = "the score of the baseline is the mean one, and that of this run the possible one";
    assert!(page.contains(said), "{page}");
}

#[test]
fn no_other_bound_is_known() {
    let folder = tempfile::tempdir().unwrap();
    estate(folder.path());
    let output = leakreach(folder.path(), &["analyze", "in", "--bound", "worst"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("possible values: mean, certain, possible"));
    // An answer is not ranked.
    let output = leakreach(
        folder.path(),
        &["explain", "sure", "--in", "in", "--bound", "certain"],
    );
    assert_eq!(code(&output), 2);
}
