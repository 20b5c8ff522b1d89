//! No secret value gets out of the whole program: of every export format, read with secrets in every place that may hold
//! one, nothing that is kept, said, written or planned shows them. That no reader keeps one stands in
//! `src/sources/canary.rs`.

use crate::samples::{assert_clean, canaries, sample};
use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::{
    self, FixLimit, Goal, Limits, Measure, Memory, Mode, Options, ReadOptions,
};
use leakreach::progress::Silent;
use leakreach::reports::{FORMATS, plan_html, plan_json, terminal};
use leakreach::sources::SOURCES;

/// All that the program writes or keeps of one file, through every stage.
fn written(root: &Utf8Path, path: &str, text: &str) -> String {
    let file = root.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    let options = Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown: 50,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    };
    let paths: Vec<Utf8PathBuf> = vec![root.to_owned()];
    let analysis = analysis::analyze(&paths, &options, &Silent).unwrap();
    let mut all = format!("{analysis:?}");
    for format in FORMATS {
        let bytes = (format.render)(&analysis).unwrap();
        all.push_str(&String::from_utf8(bytes).unwrap());
    }
    all.push_str(&terminal::render(
        &analysis,
        200,
        terminal::Style::Plain,
        &[],
    ));
    let (analysis, plan) =
        analysis::plan(&paths, &options, Goal::Top(3), Limits::default(), &Silent).unwrap();
    all.push_str(&format!("{plan:?}"));
    all.push_str(&terminal::plan(
        &analysis,
        &plan,
        200,
        terminal::Style::Plain,
        &[],
    ));
    for render in [plan_json, plan_html] {
        let bytes = render(&analysis, &plan).unwrap();
        all.push_str(&String::from_utf8(bytes).unwrap());
    }
    std::fs::remove_file(&file).unwrap();
    all
}

#[test]
fn nothing_that_is_written_of_any_source_holds_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    for source in SOURCES {
        for secret in canaries().into_iter().take(2) {
            let (path, text) = sample(source.id, &secret);
            assert!(text.contains(&secret), "{}", source.id);
            assert_clean(&written(&root, path, &text), source.id);
        }
    }
}
