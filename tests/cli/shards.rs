//! Runs in parts: by hand, and as the manifests of `examples/sharding` say.

use crate::{FIXED, code, exports, leakreach, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const REPORTS: [&str; 3] = ["report.html", "graph.dot", "report.json"];

/// What one run makes of the exports of a folder, and what it prints.
fn one_run(folder: &Path, more: &[&str]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let arguments = [&FIXED[..], more, &["--out", "report"]].concat();
    let output = leakreach(folder, &arguments);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let reports = REPORTS.map(|name| fs::read(folder.join("report").join(name)).unwrap());
    fs::remove_dir_all(folder.join("report")).unwrap();
    (reports.to_vec(), output.stdout)
}

fn shard(folder: &Path, shard: &str, more: &[&str]) {
    let arguments = [&FIXED[..], &["--shard", shard, "--out", "parts"], more].concat();
    let output = leakreach(folder, &arguments);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
}

fn shards(folder: &Path, of: u32, more: &[&str]) {
    for number in 0..of {
        shard(folder, &format!("{number}/{of}"), more);
    }
}

fn merge(folder: &Path) -> Output {
    leakreach(folder, &["merge", "parts", "--out", "report"])
}

/// The merge fails as unusable input, says this, and leaves an old report as it is.
fn is_refused(folder: &Path, says: &[&str]) {
    fs::create_dir_all(folder.join("report")).unwrap();
    for name in REPORTS {
        fs::write(folder.join("report").join(name), "old").unwrap();
    }
    let output = merge(folder);
    let told = text(&output.stderr);
    assert_eq!(code(&output), 3, "{told}");
    assert!(output.stdout.is_empty());
    for part in says {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    let files: Vec<_> = fs::read_dir(folder.join("report")).unwrap().collect();
    assert_eq!(files.len(), REPORTS.len());
    for name in REPORTS {
        assert_eq!(fs::read(folder.join("report").join(name)).unwrap(), b"old");
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn merged_parts_are_one_run_byte_by_byte() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    for more in [
        &[][..],
        &["--fixes", "all"],
        &["--fixes", "1", "--shown", "0"],
    ] {
        let (reports, page) = one_run(folder.path(), more);
        for of in 1..=5 {
            shards(folder.path(), of, more);
            let merged = merge(folder.path());
            assert_eq!(code(&merged), 0, "{}", text(&merged.stderr));
            assert_eq!(text(&merged.stdout), text(&page));
            for (name, before) in REPORTS.iter().zip(&reports) {
                let after = fs::read(folder.path().join("report").join(name)).unwrap();
                assert!(&after == before, "{name} differs, {more:?} in {of} parts");
            }
            fs::remove_dir_all(folder.path().join("parts")).unwrap();
        }
    }
}

/// The whole of acme, with conditional steps, ANDs, narrowings and tightenings.
#[test]
fn merged_parts_of_acme_are_one_run_byte_by_byte() {
    let folder = tempfile::tempdir().unwrap();
    copied(&root().join("datasets/acme"), &folder.path().join("in"));
    let more = ["--fixes", "3"];
    let (reports, page) = one_run(folder.path(), &more);
    shards(folder.path(), 3, &more);
    let merged = merge(folder.path());
    assert_eq!(
        text(&merged.stdout),
        text(&page),
        "{}",
        text(&merged.stderr)
    );
    for (name, before) in REPORTS.iter().zip(&reports) {
        let after = fs::read(folder.path().join("report").join(name)).unwrap();
        assert!(&after == before, "{name} differs");
    }
}

#[test]
fn a_missing_part_is_named() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    shard(folder.path(), "0/4", &[]);
    shard(folder.path(), "2/4", &[]);
    is_refused(folder.path(), &["1/4, 3/4", "--shard 1/4"]);
}

#[test]
fn a_part_that_is_there_twice_is_named() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    shards(folder.path(), 2, &[]);
    let parts = folder.path().join("parts");
    fs::copy(
        parts.join("shard-1-of-2.json"),
        parts.join("shard-copy.json"),
    )
    .unwrap();
    is_refused(
        folder.path(),
        &["shard-1-of-2.json", "shard-copy.json", "1/2"],
    );
}

#[test]
fn parts_of_different_runs_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    for (more, what) in [
        (&["--fixes", "2"][..], "--fixes"),
        (&["--shown", "2"], "--shown"),
        (&["--as-of", "2026-01-02"], "--as-of"),
        (&["--strict"], "--strict"),
    ] {
        shard(folder.path(), "0/2", &[]);
        let arguments = ["analyze", "in", "--shard", "1/2", "--out", "parts"];
        let arguments = match what {
            "--as-of" => [&arguments[..], more].concat(),
            _ => [&arguments[..], more, &["--as-of=2026-01-01"]].concat(),
        };
        assert_eq!(code(&leakreach(folder.path(), &arguments)), 0);
        let file = "shard-1-of-2.json";
        is_refused(folder.path(), &[file, "shard-0-of-2.json", what]);
    }
    shard(folder.path(), "1/3", &[]);
    fs::remove_file(folder.path().join("parts/shard-1-of-2.json")).unwrap();
    is_refused(folder.path(), &["the number of shards"]);
}

#[test]
fn inputs_that_changed_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    shards(folder.path(), 2, &[]);
    let bucket = folder
        .path()
        .join("in/aws/111122223333/s3/list-buckets.json");
    let more = r#"{"Buckets": [{"Name": "data", "CreationDate": "2024-01-01T00:00:00Z"},
        {"Name": "more", "CreationDate": "2024-01-01T00:00:00Z"}], "Owner": {"ID": "0"}}"#;
    fs::write(bucket, more).unwrap();
    is_refused(
        folder.path(),
        &["what is read now is not what the shards read"],
    );
    shard(folder.path(), "1/2", &[]);
    is_refused(
        folder.path(),
        &[
            "shard-0-of-2.json",
            "shard-1-of-2.json",
            "what was read differs",
        ],
    );
    shard(folder.path(), "0/2", &[]);
    assert_eq!(code(&merge(folder.path())), 0);
}

#[test]
fn a_damaged_part_is_named() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    shards(folder.path(), 2, &[]);
    let path = folder.path().join("parts/shard-1-of-2.json");
    let whole = fs::read_to_string(&path).unwrap();
    for length in [0, 1, whole.len() / 2, whole.len() - 3] {
        fs::write(&path, &whole.as_bytes()[..length]).unwrap();
        is_refused(
            folder.path(),
            &["shard-1-of-2.json` is damaged", "run that shard again"],
        );
    }
    for (what, by, says) in [
        ("\"version\":1", "\"version\":2", "was written by leakreach"),
        (
            concat!("\"tool\":\"", env!("CARGO_PKG_VERSION")),
            "\"tool\":\"0.0.9",
            "was written by leakreach 0.0.9",
        ),
        ("\"shard\":1", "\"shard\":7", "there is no such part"),
        (
            "\"prices\":[[",
            "\"prices\":[[0,0,0,0,0],[",
            "do not make a whole",
        ),
        (
            "\"reach\":[",
            "\"reach\":[[\"br-1/P:0.0000/C:-/M:-\",[0,0,0,0,0,0]],",
            "do not make a whole",
        ),
        (
            "\"reach\":[",
            "\"reach\":[[\"br-1/P:0.0000/D:-/M:-\",[0,0,0,0,0,0]],",
            "no vector of br-1",
        ),
    ] {
        let changed = whole.replacen(what, by, 1);
        if changed == whole {
            assert!(what.starts_with("\"prices\""), "{what} is not in {whole}");
            continue;
        }
        let changed = changed.replace("0],]", "0]]").replace("0]],]", "0]]]");
        fs::write(&path, changed).unwrap();
        is_refused(folder.path(), &[says]);
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(code(&merge(folder.path())), 0);
}

#[test]
fn a_folder_without_parts_is_named() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    is_refused(folder.path(), &["parts"]);
    fs::create_dir(folder.path().join("parts")).unwrap();
    is_refused(folder.path(), &["`parts` holds no part of a run"]);
}

#[test]
fn a_shard_needs_a_moment_and_a_number_and_cannot_read_stdin() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let run = |arguments: &[&str]| code(&leakreach(folder.path(), arguments));
    assert_eq!(run(&["analyze", "in", "--shard", "0/2"]), 2);
    assert_eq!(
        run(&["analyze", "in", "--as-of=2026-01-01", "--shard", "2/2"]),
        2
    );
    assert_eq!(
        run(&["analyze", "-", "--as-of=2026-01-01", "--shard", "0/2"]),
        2
    );
    assert_eq!(
        run(&["analyze", "nowhere", "--as-of=2026-01-01", "--shard", "0/2"]),
        3
    );
}

#[test]
fn a_cap_below_what_is_held_is_refused_and_a_high_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let (reports, _) = one_run(folder.path(), &[]);
    let (capped, _) = one_run(folder.path(), &["--max-memory", "1GiB"]);
    assert!(reports == capped);
    let refused = leakreach(
        folder.path(),
        &[&FIXED[..], &["--max-memory", "1M"]].concat(),
    );
    assert_eq!(code(&refused), 4);
    let told = text(&refused.stderr);
    assert!(
        told.contains("976.6 KiB of memory are too little") && told.contains("enough"),
        "{told}"
    );
    assert!(!folder.path().join("leakreach-report").exists());
}

/// The script below a line of a manifest, without its indent.
fn script(manifest: &str, after: &str) -> String {
    let lines = manifest.lines().skip_while(|line| line.trim() != after);
    let lines = lines.skip_while(|line| !line.ends_with('|')).skip(1);
    let mut lines = lines.peekable();
    let first = lines.peek().unwrap();
    let indent = " ".repeat(first.len() - first.trim_start().len());
    let script = lines.map_while(|line| line.strip_prefix(&indent));
    script.map(|line| format!("{line}\n")).collect()
}

fn manifest(name: &str) -> String {
    fs::read_to_string(root().join("examples/sharding").join(name)).unwrap()
}

/// Runs a script where the program is `leakreach`, with nothing else in the environment but what an engine sets.
fn run_script(folder: &Path, script: &str, environment: &BTreeMap<String, String>) {
    let program = assert_cmd::cargo::cargo_bin("leakreach");
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let output = std::process::Command::new("bash")
        .args(["-ec", script])
        .env_clear()
        .env("PATH", path)
        .envs(environment)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}\n{}",
        text(&output.stderr)
    );
}

/// A folder with `exports`, and what one run makes of them.
fn estate() -> (tempfile::TempDir, Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    fs::rename(folder.path().join("in"), folder.path().join("exports")).unwrap();
    let arguments = [
        "analyze",
        "exports",
        "--as-of=2026-11-01",
        "--out",
        "report",
        "--quiet",
    ];
    assert_eq!(code(&leakreach(folder.path(), &arguments)), 0);
    let reports = REPORTS.map(|name| fs::read(folder.path().join("report").join(name)).unwrap());
    fs::remove_dir_all(folder.path().join("report")).unwrap();
    (folder, reports.to_vec())
}

fn assert_merged(folder: &Path, reports: &[Vec<u8>], parts: usize) {
    assert_eq!(fs::read_dir(folder.join("parts")).unwrap().count(), parts);
    for (name, before) in REPORTS.iter().zip(reports) {
        let after = fs::read(folder.join("report").join(name)).unwrap();
        assert!(&after == before, "{name} differs");
    }
}

fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn a_kubernetes_indexed_job_merges_to_one_run() {
    let (folder, reports) = estate();
    let job = manifest("kubernetes.yaml");
    let number = |key: &str| -> u32 {
        let line = job
            .lines()
            .find_map(|line| line.trim().strip_prefix(key))
            .unwrap();
        line.trim().parse().unwrap()
    };
    let completions = number("completions:");
    assert!(job.contains("completionMode: Indexed"));
    // The variables of the container, as the manifest sets them.
    let mut environment = BTreeMap::new();
    let mut lines = job.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("- name: ")
            && let Some(value) = lines
                .clone()
                .next()
                .unwrap_or_default()
                .strip_prefix("value: \"")
        {
            environment.insert(name.to_owned(), value.split('"').next().unwrap().to_owned());
        }
    }
    assert_eq!(environment["SHARDS"], completions.to_string());
    for index in 0..completions {
        environment.insert("JOB_COMPLETION_INDEX".to_owned(), index.to_string());
        run_script(folder.path(), &script(&job, "args:"), &environment);
    }
    let merge = script(&manifest("kubernetes-merge.yaml"), "args:");
    run_script(folder.path(), &merge, &BTreeMap::new());
    assert_merged(folder.path(), &reports, completions as usize);
}

#[test]
fn a_slurm_array_merges_to_one_run_wherever_it_begins() {
    let script = manifest("slurm.sh");
    let array = script
        .lines()
        .find_map(|line| line.strip_prefix("#SBATCH --array=0-"))
        .unwrap();
    let count = array.parse::<u32>().unwrap() + 1;
    let wrap = script
        .lines()
        .find_map(|line| line.split("--wrap \"").nth(1))
        .unwrap();
    for first in [0, 1] {
        let (folder, reports) = estate();
        for task in first..first + count {
            let environment = [
                ("SLURM_ARRAY_TASK_ID", task),
                ("SLURM_ARRAY_TASK_MIN", first),
                ("SLURM_ARRAY_TASK_MAX", first + count - 1),
                ("SLURM_ARRAY_TASK_COUNT", count),
                ("SLURM_CPUS_PER_TASK", 2),
            ];
            let environment = environment.map(|(name, value)| (name.to_owned(), value.to_string()));
            run_script(folder.path(), &script, &environment.into());
        }
        run_script(folder.path(), wrap.trim_end_matches('"'), &BTreeMap::new());
        assert_merged(folder.path(), &reports, count as usize);
    }
}

#[test]
fn a_github_matrix_merges_to_one_run() {
    let (folder, reports) = estate();
    let workflow = manifest("github.yml");
    let matrix = workflow
        .lines()
        .find_map(|line| line.trim().strip_prefix("part: ["))
        .unwrap();
    let total = matrix.split(']').next().unwrap().split(',').count();
    let shard = workflow
        .lines()
        .find_map(|line| line.trim().strip_prefix("SHARD: "))
        .unwrap();
    for index in 0..total {
        // The service puts in the values of expressions before the runner sees them.
        let shard = shard.replace("${{ strategy.job-index }}", &index.to_string());
        let shard = shard.replace("${{ strategy.job-total }}", &total.to_string());
        let environment = set(&[("SHARD", &shard), ("AS_OF", "2026-11-01")]);
        run_script(
            folder.path(),
            &script(&workflow, "- name: analyze"),
            &environment,
        );
    }
    run_script(
        folder.path(),
        &script(&workflow, "- name: merge"),
        &BTreeMap::new(),
    );
    assert_merged(folder.path(), &reports, total);
}
