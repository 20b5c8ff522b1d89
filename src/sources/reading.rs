//! From paths to records: opens files, cuts them into pages, offers the pages to [`SOURCES`], joins what is equal.

use super::agents::dotenv;
use super::envelope::{self, Body, Form, Page};
use super::files::{self, STDIN};
use super::fingerprint::{self, Fingerprint, Fingerprinter};
use super::intake::Intake;
use super::json::{self, Members};
use super::matching::{self, Signs};
use super::variables::{self, Variable, Wanted};
use super::{SOURCES, nearest, relaxed, secret_shape};
use crate::document::Document;
use crate::inventory::{File, FileId, Id, Key, Record, Table};
use crate::problem::{Problem, ProblemCode, Severity};
use crate::progress::Progress;
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use std::io::Read;
use zeroize::Zeroize;

/// How to read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Files larger than this are refused, with a problem. Bytes.
    pub max_file_bytes: u64,
    /// The estate file, if it is not `leakreach.toml` in one of the folders.
    pub estate: Option<Utf8PathBuf>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            max_file_bytes: 2 << 30,
            estate: None,
        }
    }
}

/// All that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The files, in order of path.
    pub files: Table<FileId, File>,
    /// What they say, in order of file and place.
    pub records: Vec<Record>,
    /// What is wrong with them, in order of path and line.
    pub problems: Vec<Problem>,
    /// Files that by their kind are no exports (pictures, `README.md`), in order of path.
    pub ignored: Vec<Utf8PathBuf>,
}

/// Reads files, folders and `-` (standard input).
///
/// The result is the same at any number of threads, and whatever the order of `paths`. It never fails as a whole: what cannot
/// be read is a problem.
///
/// Complexity: linear in the bytes; memory holds the largest files, one per thread, and the records.
pub fn read(paths: &[Utf8PathBuf], options: &ReadOptions, progress: &dyn Progress) -> Reading {
    let mut given = paths.to_vec();
    given.extend(options.estate.clone());
    let found = files::find(&given);
    let estate = options
        .estate
        .as_ref()
        .and_then(|path| std::fs::canonicalize(path).ok());
    let fingerprinter = Fingerprinter::new();
    progress.begin("reading files", found.files.len() as u64);
    let all: Vec<OneFile> = found
        .files
        .par_iter()
        .enumerate()
        .map(|(index, path)| {
            let is_estate = path.file_name() == Some("leakreach.toml")
                || estate.is_some() && std::fs::canonicalize(path).ok() == estate;
            let one = read_file(
                path,
                FileId::from_index(index),
                is_estate,
                options,
                &fingerprinter,
            );
            progress.advance(1);
            one
        })
        .collect();
    progress.end();
    merge(
        all,
        Reading {
            ignored: found.ignored,
            problems: found.problems,
            ..Reading::default()
        },
        &fingerprinter,
    )
}

/// Texts in place of files, for tests.
#[cfg(test)]
pub(super) fn read_texts(texts: &[(&str, &str)]) -> Reading {
    let fingerprinter = Fingerprinter::new();
    let all = texts
        .iter()
        .enumerate()
        .map(|(index, (path, text))| {
            let document = Document::new(*path, (*text).to_owned());
            let is_estate = path.ends_with("leakreach.toml");
            let file = FileId::from_index(index);
            read_text(
                &document,
                text.len() as u64,
                file,
                is_estate,
                &fingerprinter,
            )
        })
        .collect();
    merge(all, Reading::default(), &fingerprinter)
}

fn merge(all: Vec<OneFile>, mut reading: Reading, fingerprinter: &Fingerprinter) -> Reading {
    let mut sightings = Vec::new();
    let (mut set, mut wanted) = (Vec::new(), Vec::new());
    let mut signs = Signs::default();
    for one in all {
        reading.files.push(one.file);
        reading.records.extend(one.records);
        reading.problems.extend(one.problems);
        sightings.extend(one.sightings);
        signs.marks.extend(one.signs.marks);
        signs.clues.extend(one.signs.clues);
        set.extend(one.variables);
        wanted.extend(one.wanted);
    }
    reading.records.extend(variables::resolve(&set, wanted));
    matching::decide(&reading.records, &signs, &mut sightings, fingerprinter);
    let renamed = fingerprint::join_equal(&mut reading.records, &sightings);
    matching::join_ids(&mut reading.records);
    matching::suggest(&mut reading.records, &signs, &renamed);
    fingerprint::known_external_ids(&mut reading.records, &sightings, fingerprinter);
    reading.problems.sort();
    reading
}

struct OneFile {
    file: File,
    records: Vec<Record>,
    problems: Vec<Problem>,
    sightings: Vec<(Fingerprint, Key)>,
    variables: Vec<Variable>,
    wanted: Vec<Wanted>,
    signs: Signs,
}

impl OneFile {
    fn unread(
        path: Utf8PathBuf,
        bytes: u64,
        code: ProblemCode,
        message: String,
        help: &str,
    ) -> Self {
        let problem = Problem {
            path: path.clone(),
            line: None,
            pointer: String::new(),
            severity: Severity::Skipped,
            code,
            message,
            help: help.to_owned(),
        };
        Self {
            file: File {
                path,
                bytes,
                sources: Vec::new(),
                records: 0,
            },
            records: Vec::new(),
            problems: vec![problem],
            sightings: Vec::new(),
            variables: Vec::new(),
            wanted: Vec::new(),
            signs: Signs::default(),
        }
    }
}

fn read_file(
    path: &Utf8Path,
    file: FileId,
    is_estate: bool,
    options: &ReadOptions,
    fingerprinter: &Fingerprinter,
) -> OneFile {
    let shown = if path == STDIN {
        "<stdin>".into()
    } else {
        path.to_owned()
    };
    let limit = options.max_file_bytes.min(Document::MAX_BYTES);
    let bytes = match read_bytes(path, limit) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("cannot be read: {}", error.kind());
            return OneFile::unread(
                shown,
                0,
                ProblemCode::Unreadable,
                message,
                "check the path and its permissions",
            );
        }
    };
    let size = bytes.len() as u64;
    if size > limit {
        return OneFile::unread(
            shown,
            size,
            ProblemCode::TooLarge,
            format!("larger than the limit of {limit} bytes"),
            "split the export, or raise the limit",
        );
    }
    let text = match to_text(bytes) {
        Ok(text) => text,
        Err(offset) => {
            return OneFile::unread(
                shown,
                size,
                ProblemCode::NotUtf8,
                format!("not UTF-8 at byte {offset}"),
                "save it as UTF-8; Windows PowerShell 5 writes UTF-16 when output is sent to a file with `>`",
            );
        }
    };
    read_text(
        &Document::new(shown, text),
        size,
        file,
        is_estate,
        fingerprinter,
    )
}

/// At most one byte more than `limit`, so that the caller sees that there is more.
fn read_bytes(path: &Utf8Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = limit.saturating_add(1);
    if path == STDIN {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path)?;
        let expected = file.metadata()?.len();
        if expected <= limit {
            bytes.reserve(usize::try_from(expected).unwrap_or(0));
        }
        file.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The text, without a byte-order mark; else the offset of the first byte that is no UTF-8.
fn to_text(bytes: Vec<u8>) -> Result<String, usize> {
    match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => {
            let mut text = zeroize::Zeroizing::new(text);
            let plain = text.trim_start_matches('\u{feff}').to_owned();
            text.zeroize();
            Ok(plain)
        }
        Ok(text) => Ok(text),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            error.into_bytes().zeroize();
            Err(offset)
        }
    }
}

fn read_text(
    document: &Document,
    bytes: u64,
    file: FileId,
    is_estate: bool,
    fingerprinter: &Fingerprinter,
) -> OneFile {
    let shown = document.path().to_owned();
    if document.text().trim().is_empty() && !is_estate {
        return OneFile::unread(
            shown,
            bytes,
            ProblemCode::Empty,
            "holds nothing".to_owned(),
            "an export that failed often leaves an empty file: export it again",
        );
    }
    let extension = document.path().extension().map(str::to_ascii_lowercase);
    let form = if is_estate {
        Form::Toml
    } else if document.path().file_name().is_some_and(dotenv::is_named) {
        Form::Variables
    } else {
        envelope::form(document.text(), extension.as_deref())
    };
    let mut found = envelope::documents(if form == Form::Json {
        document.text()
    } else {
        ""
    });
    let strict;
    let mut document = document;
    if !found.breaks.is_empty()
        && let Some(plain) = relaxed::blanked(document.text())
    {
        strict = Document::new(shown.clone(), plain);
        let again = envelope::documents(strict.text());
        if again.breaks.is_empty() {
            found = again;
            document = &strict;
        }
    }
    let mut skipped = 0;
    let only_results;
    let mut form = form;
    if !is_estate
        && (form == Form::Prose || !found.breaks.is_empty())
        && let Some((plain, others)) = relaxed::only_results(document.text(), RESULTS)
    {
        only_results = Document::new(shown.clone(), plain);
        let again = envelope::documents(only_results.text());
        if again.breaks.len() <= found.breaks.len() {
            (found, document, form) = (again, &only_results, Form::Json);
            skipped = others;
        }
    }
    let mut offering = Offering {
        intake: Intake::new(document, file, fingerprinter),
    };
    if skipped > 0 {
        let at = offering.intake.at_line(1, "");
        offering.intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            format!("{skipped} lines are no results (a banner, a log): they are skipped"),
            "send them elsewhere: `2> scan.log`, and `docker run` without `-t`",
        );
    }
    for at in &found.breaks {
        let line = document.line_at(at.offset);
        let place = offering.intake.at_line(line, "");
        offering.intake.problem(
            Severity::Skipped,
            ProblemCode::Malformed,
            &place,
            at.message.clone(),
            "everything whole before this place is read; export it again to have the rest",
        );
    }
    match form {
        Form::Json => envelope::visit_json(document, found, &mut offering),
        Form::Prose => offering.prose(document),
        Form::Csv | Form::Toml | Form::Variables => {
            envelope::visit_text(document, form, is_estate, &mut offering)
        }
    }
    let intake = offering.intake;
    OneFile {
        file: File {
            path: shown,
            bytes,
            sources: intake.sources,
            records: intake.records.len() as u64,
        },
        records: intake.records,
        problems: intake.problems,
        sightings: intake.sightings,
        variables: intake.variables,
        wanted: intake.wanted,
        signs: intake.signs,
    }
}

/// Members of results that some tools write one a line, among lines of another kind: of trufflehog.
const RESULTS: &[&str] = &["\"SourceMetadata\"", "\"DetectorName\""];

struct Offering<'r> {
    intake: Intake<'r>,
}

impl envelope::Visitor for Offering<'_> {
    fn offer(&mut self, page: &Page<'_>) -> bool {
        let Some(source) = SOURCES.iter().find(|source| (source.recognise)(page)) else {
            return false;
        };
        if !self.intake.sources.contains(&source.id) {
            self.intake.sources.push(source.id);
        }
        (source.read)(page, &mut self.intake);
        true
    }

    fn unrecognised(&mut self, page: &Page<'_>, similar: usize) {
        let at = self.intake.page(page);
        if let Body::Object(members) = page.body()
            && let Some(said) = saved_error(members)
        {
            self.saved_error(&at, &said);
            return;
        }
        if let Body::Array(elements) = page.body()
            && elements.is_empty()
        {
            self.intake.problem(
                Severity::Note,
                ProblemCode::Unrecognised,
                &at,
                "an empty list that does not say of what",
                "save it where the folder layout says what it lists",
            );
            return;
        }
        let all_known = || {
            SOURCES
                .iter()
                .flat_map(|source| source.keys.iter().copied())
        };
        let shown = |key: &String| match page.is_table() {
            // The first row of a table without a header is no header.
            true => all_known().any(|known| known == key).then(|| key.clone()),
            false => Some(shown_key(key)),
        };
        let all = page.keys().len();
        let mut seen: Vec<String> = page.keys().iter().filter_map(shown).take(8).collect();
        seen.iter_mut().for_each(|key| *key = format!("`{key}`"));
        let help = match (seen.is_empty(), page.is_table()) {
            (true, true) => format!("no column of its {all} has a name that is known here"),
            (true, false) => "it holds no object with keys".to_owned(),
            (false, _) => {
                if all > seen.len() {
                    seen.push("…".to_owned());
                }
                format!("seen at its top: {}", seen.join(", "))
            }
        };
        let mut help = help;
        let near = page.keys().iter().find_map(|key| {
            let near = nearest::nearest(key, all_known())?;
            (near != key && !page.is_table()).then(|| (shown_key(key), near))
        });
        if let Some((key, near)) = near {
            help.push_str(&format!("; did you mean `{near}` where it says `{key}`?"));
        }
        help.push_str("; the exports that can be read are listed by `leakreach list sources`");
        let more = match similar {
            0 => String::new(),
            count => format!(" (and {count} more in this file)"),
        };
        self.intake.problem(
            Severity::Skipped,
            ProblemCode::Unrecognised,
            &at,
            format!("this is no export that is known here{more}"),
            help,
        );
    }
}

impl Offering<'_> {
    fn saved_error(&mut self, at: &crate::inventory::Evidence, said: &str) {
        self.intake.problem(
            Severity::Skipped,
            ProblemCode::SavedError,
            at,
            format!("a saved error answer ({said}): what it was to list is unreadable, not empty"),
            "export it again with an identity that may read it",
        );
    }

    /// Text that is neither JSON nor a table: perhaps what a command said instead of its answer.
    fn prose(&mut self, document: &Document) {
        let at = self.intake.at_line(1, "");
        let text = document.text();
        if let Some((_, rest)) = text.split_once("An error occurred (") {
            let code = rest.split(')').next().unwrap_or("");
            self.saved_error(&at, &error_word(code));
        } else if text.trim_start().starts_with("<?xml") || text.trim_start().starts_with("<Error>")
        {
            let code = text
                .split_once("<Code>")
                .and_then(|(_, rest)| rest.split_once("</Code>"))
                .map_or("", |(code, _)| code);
            self.saved_error(&at, &error_word(code));
        } else {
            self.intake.problem(
                Severity::Skipped,
                ProblemCode::Unrecognised,
                &at,
                "neither JSON nor a table",
                "exports are read as JSON (`--output json`) or CSV",
            );
        }
    }
}

/// What a saved error body says, by its code; `None` if it is no error body.
fn saved_error(members: &Members<'_>) -> Option<String> {
    let inner = |name: &str| members.get(name).and_then(Members::of);
    // AWS and S3: {"Error": {"Code": …}}; Google: {"error": {"code": 403, "status": …}}; Graph: {"error": {"code": "…"}}
    for name in ["Error", "error"] {
        if let Some(error) = inner(name)
            && let Some(code) = ["Code", "status", "code"]
                .iter()
                .find_map(|key| error.get(key))
        {
            return Some(code_of(code));
        }
    }
    // GitHub: {"message": …, "documentation_url": …, "status": "404"}
    if members.has("message") && members.has("documentation_url") {
        return Some(
            members
                .get("status")
                .map_or_else(|| "error".to_owned(), code_of),
        );
    }
    // Okta: {"errorCode": …, "errorSummary": …}; Slack: {"ok": false, "error": …}; AWS JSON protocols: {"__type": …}
    if members.has("errorSummary") {
        return members.get("errorCode").map(code_of);
    }
    if members.get("ok").is_some_and(|ok| ok.get() == "false") {
        return members.get("error").map(code_of);
    }
    members.get("__type").map(code_of)
}

fn code_of(raw: &serde_json::value::RawValue) -> String {
    match json::text_of(raw) {
        Some(text) => error_word(&text),
        None if json::opening(raw).is_ascii_digit() => error_word(raw.get()),
        None => "error".to_owned(),
    }
}

/// An error's code, if it is a word: anything longer might be anything.
fn error_word(code: &str) -> String {
    let is_word = !code.is_empty()
        && code.len() <= 64
        && !may_be_a_value(code)
        && code
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "._-#".contains(character));
    if is_word {
        code.to_owned()
    } else {
        "error".to_owned()
    }
}

/// A key as it is shown: only if it has the form of a name and not that of a value.
fn shown_key(key: &str) -> String {
    const LONGEST: usize = 32;
    let is_of_names = |letter: char| letter.is_alphanumeric() || " _-.:/@$".contains(letter);
    let is_name = key.len() <= LONGEST && key.chars().all(is_of_names) && !may_be_a_value(key);
    match is_name {
        true => key.to_owned(),
        false => "(hidden)".to_owned(),
    }
}

/// Whether what should be a name has the form of a secret: a token's, or long with letters and digits mixed.
fn may_be_a_value(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    (name.len() >= 16 && digits > 1) || secret_shape::kind_of("", name).is_some()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::trial::read_one;
    use super::*;
    use crate::progress::Silent;

    fn codes(path: &str, text: &str) -> Vec<ProblemCode> {
        read_one(path, text)
            .problems
            .iter()
            .map(|problem| problem.code)
            .collect()
    }

    const USER: &str = r#"{"leakreach": 1, "principals": [{"id": "p1"}]}"#;

    #[test]
    fn every_envelope_gives_the_same_records() {
        let page = USER;
        let wrapped = format!(r#"{{"path": "a/b.json", "status": 200, "body": {page}}}"#);
        for text in [
            page.to_owned(),
            format!("[{page}]"),
            format!("[[{page}]]"),
            format!("{page}\n{page}\n"),
            format!("{page}{page}"),
            wrapped.clone(),
            format!("[{wrapped}]"),
            format!("{wrapped}\n[{page}]"),
            format!("\n // comment\n{page}"),
        ] {
            let reading = read_one("x.json", &text);
            assert!(
                reading.problems.is_empty(),
                "{text}: {:?}",
                reading.problems
            );
            assert!(!reading.records.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_whole_before_a_break_is_read() {
        for (text, lines) in [
            (format!("{USER}\n{{\"leakreach\": 1, \"pri"), vec![Some(2)]),
            (format!("[{USER},\n{USER},\n{{\"leak"), vec![Some(3)]),
            (format!("{USER}\n{{broken}}\n{USER}\n"), vec![Some(2)]),
        ] {
            let reading = read_one("x.json", &text);
            assert!(!reading.records.is_empty(), "{text}");
            let told: Vec<_> = reading
                .problems
                .iter()
                .map(|problem| (problem.code, problem.line))
                .collect();
            assert_eq!(
                told,
                lines
                    .into_iter()
                    .map(|line| (ProblemCode::Malformed, line))
                    .collect::<Vec<_>>(),
                "{text}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_a_problem_and_never_a_crash() {
        let depth = 200_000;
        assert_eq!(
            codes("x.json", &"[".repeat(depth)),
            [ProblemCode::Malformed]
        );
        let closed = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(codes("x.json", &closed), [ProblemCode::Unrecognised]);
        let objects = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert_eq!(codes("x.json", &objects), [ProblemCode::Unrecognised]);
    }

    #[test]
    fn a_saved_error_is_unreadable_and_never_empty() {
        for text in [
            r#"{"message":"Not Found","documentation_url":"https://docs","status":"404"}"#,
            r#"{"Error":{"Code":"AccessDenied","Message":"no"}}"#,
            r#"{"error":{"code":403,"status":"PERMISSION_DENIED"}}"#,
            "\nAn error occurred (AccessDenied) when calling the ListUsers operation: no",
            r#"{"errorCode":"E0000006","errorSummary":"no"}"#,
        ] {
            assert_eq!(codes("x.json", text), [ProblemCode::SavedError], "{text}");
        }
    }

    #[test]
    fn an_unknown_export_is_answered_with_what_was_seen_and_what_is_near() {
        let reading = read_one("x.json", r#"{"UserDetailLst": [], "b": 1}"#);
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
        assert!(reading.problems[0].help.contains("`UserDetailLst`, `b`"));
        assert!(
            reading.problems[0]
                .help
                .contains("did you mean `UserDetailList`")
        );
    }

    #[test]
    fn many_unknown_records_are_one_problem() {
        assert_eq!(
            codes("x.json", &"{\"a\": 1}\n".repeat(1000)),
            [ProblemCode::Unrecognised]
        );
    }

    fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for (path, bytes) in files {
            std::fs::write(root.join(path), bytes).unwrap();
        }
        (folder, root)
    }

    #[test]
    fn each_bad_file_is_one_problem_and_the_others_are_read() {
        let marked = format!("\u{feff}{USER}");
        let (_folder, root) = folder(&[
            ("bytes.json", b"{\"a\": \xff}"),
            ("empty.json", b" \n"),
            ("good.json", marked.as_bytes()),
            ("huge.json", &[b' '; 2000]),
            ("picture.png", b"x"),
        ]);
        let options = ReadOptions {
            max_file_bytes: 1000,
            estate: None,
        };
        let reading = read(std::slice::from_ref(&root), &options, &Silent);
        let told: Vec<_> = reading
            .problems
            .iter()
            .map(|problem| problem.code)
            .collect();
        assert_eq!(
            told,
            [
                ProblemCode::NotUtf8,
                ProblemCode::Empty,
                ProblemCode::TooLarge
            ]
        );
        assert!(reading.problems[0].message.contains("byte 6"));
        assert_eq!(
            (
                reading.records.len(),
                reading.files.len(),
                reading.ignored.len()
            ),
            (1, 4, 1)
        );
    }

    #[test]
    fn the_estate_file_may_have_any_name() {
        let (_folder, root) = folder(&[
            ("a.json", USER.as_bytes()),
            ("own.conf.toml", b"crown = [\"x\"]"),
        ]);
        let options = ReadOptions {
            estate: Some(root.join("own.conf.toml")),
            ..ReadOptions::default()
        };
        let reading = read(&[root.join("a.json")], &options, &Silent);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert!(
            reading
                .records
                .iter()
                .any(|record| matches!(record, Record::Labels(_)))
        );
    }

    #[test]
    fn threads_and_order_of_paths_change_nothing() {
        let names: Vec<String> = (0..40).map(|index| format!("{index}.json")).collect();
        let texts: Vec<String> = (0..40)
            .map(|index| format!(r#"{{"mcpServers": {{"s{index}": {{"command": "x", "env": {{"T_TOKEN": "EXAMPLE-{}"}}}}}}}}"#, index % 3))
            .collect();
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .zip(&texts)
            .map(|(name, text)| (name.as_str(), text.as_bytes()))
            .collect();
        let (_folder, root) = folder(&files);
        let run = |threads: usize, paths: &[Utf8PathBuf]| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            format!(
                "{:?}",
                pool.install(|| read(paths, &ReadOptions::default(), &Silent))
            )
        };
        let one = run(1, std::slice::from_ref(&root));
        let each: Vec<Utf8PathBuf> = names.iter().rev().map(|name| root.join(name)).collect();
        assert_eq!(one, run(8, std::slice::from_ref(&root)));
        assert_eq!(one, run(8, &each));
    }

    /// A page of every source with `secret` wherever its format may hold one. A source without a sample fails the test.
    pub(in crate::sources) fn sample(id: &str, secret: &str) -> (&'static str, String) {
        let policy = format!(
            r#"{{"Statement": [{{"Effect": "{secret}", "Action": {{"x": "{secret}"}}}}]}}"#
        );
        match id {
            "estate" => (
                "leakreach.toml",
                format!("[[rule]]\nowner = \"a\"\nname = \"x\"\n# {secret}\n"),
            ),
            "neutral" => (
                "n.csv",
                format!(
                    "word,id,type,created,masked,sha256,status\ncredential,c1,{secret},x,{secret},{secret},\ncredential,c2,api-key,{secret},{secret},{secret},{secret}\ncredential,c3,api-key,,{secret},{secret},\n"
                ),
            ),
            "aws/account_authorization_details" => (
                "g.json",
                format!(
                    r#"{{"UserDetailList": [{{"UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a", "CreateDate": "{secret}",
                    "UserPolicyList": [{{"PolicyName": "p", "PolicyDocument": {policy}}}, {{"PolicyName": "q", "PolicyDocument": "{secret}"}}]}}, "{secret}"]}}"#
                ),
            ),
            "aws/credential_report" => (
                "c.csv",
                format!(
                    "user,arn,password_enabled,password_last_used\na,arn:aws:iam::111122223333:user/a,true,{secret}\n{secret}\n"
                ),
            ),
            "aws/access_keys" => (
                "k.json",
                format!(
                    r#"{{"AccessKeyMetadata": [{{"AccessKeyId": "AKIAEXAMPLE", "Status": "{secret}", "CreateDate": "{secret}"}}, "{secret}"]}}"#
                ),
            ),
            "aws/service_credentials" => (
                "k.json",
                format!(
                    r#"{{"ServiceSpecificCredentials": [{{"ServiceSpecificCredentialId": "ACCAEXAMPLE", "ServiceName": "bedrock.amazonaws.com",
                    "ServicePassword": "{secret}", "ServiceCredentialSecret": "{secret}", "Status": "{secret}", "CreateDate": "{secret}", "ExpirationDate": "{secret}"}}, "{secret}"]}}"#
                ),
            ),
            "aws/functions" => (
                "f.json",
                format!(
                    r#"{{"Functions": [{{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
                    "Environment": {{"Variables": {{"API_TOKEN": "{secret}", "U": "postgres://u:{secret}@h/d", "A": 1, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE22"}}}}}}, "{secret}"]}}"#
                ),
            ),
            "aws/instances" => (
                "i.json",
                format!(
                    r#"{{"Reservations": [{{"OwnerId": "111122223333", "Instances": [{{"InstanceId": "i", "UserData": "{secret}", "Placement": {{"AvailabilityZone": "{secret}"}}}}]}}]}}"#
                ),
            ),
            // What the other answers of this source hold is tried beside their reader.
            "aws/running" => (
                "p.json",
                serde_json::json!({"projects": [{
                    "arn": "arn:aws:codebuild:eu-west-1:111122223333:project/p", "serviceRole": [secret],
                    "environment": {"environmentVariables": [{"name": "A_TOKEN", "value": secret}, secret]},
                    "source": {"buildspec": format!("env: {{A_TOKEN={secret}}}")}
                }, secret, {"arn": secret}]})
                .to_string(),
            ),
            "aws/secrets" => (
                "s.json",
                format!(
                    r#"{{"SecretList": [{{"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf", "Name": "x", "SecretString": "{secret}"}}, {{"ARN": "{secret}", "Name": "x"}}]}}"#
                ),
            ),
            "aws/parameters" => (
                "p.json",
                format!(
                    r#"{{"Parameters": [{{"ARN": "arn:aws:ssm:eu-west-1:111122223333:parameter/x", "Name": "x", "Type": "SecureString", "Value": "{secret}", "Description": "{secret}"}}, {{"ARN": "{secret}", "Name": "x", "Type": "String", "Value": "{secret}"}}]}}"#
                ),
            ),
            "aws/buckets" => (
                "b.json",
                format!(
                    r#"{{"Buckets": [{{"Name": "b", "Key": "{secret}"}}, {{"Name": 1, "Key": "{secret}"}}]}}"#
                ),
            ),
            "aws/bucket_policy" => (
                "aws/111122223333/s3/bucket-policy/b.json",
                serde_json::json!({ "Policy": policy }).to_string(),
            ),
            "aws/public_access" => (
                "p.json",
                format!(
                    r#"{{"PublicAccessBlockConfiguration": {{"RestrictPublicBuckets": "{secret}"}}}}"#
                ),
            ),
            "aws/bucket_encryption" => (
                "aws/111122223333/s3/bucket-encryption/b.json",
                format!(
                    r#"{{"ServerSideEncryptionConfiguration": {{"Rules": [{{"ApplyServerSideEncryptionByDefault": {{"SSEAlgorithm": "{secret}", "KMSMasterKeyID": ["{secret}"]}}}}]}}}}"#
                ),
            ),
            "aws/keys" => (
                "aws/111122223333/kms/key-policy/eu-west-1/k.json",
                serde_json::json!({
                    "Policy": policy, "PolicyName": secret, "Keys": [{"KeyArn": secret}],
                    "Aliases": [{"AliasArn": secret, "TargetKeyId": secret}, secret]
                })
                .to_string(),
            ),
            "aws/attributes" => (
                "q.json",
                serde_json::json!({"Attributes": {
                    "QueueArn": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": policy, "Other": secret
                }})
                .to_string(),
            ),
            "aws/named_policies" => (
                "s.json",
                serde_json::json!({
                    "ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf",
                    "Name": secret, "ResourcePolicy": policy
                })
                .to_string(),
            ),
            "aws/resource_policies" => (
                "r.json",
                serde_json::json!([
                    {"Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": policy, "Account": secret},
                    {"Resource": secret, "Policy": secret},
                    {"Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": secret}
                ])
                .to_string(),
            ),
            "aws/agentcore" => (
                "r.json",
                serde_json::json!({
                    "agentRuntimeArn": "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/r-EXAMPLE001",
                    "agentRuntimeId": "r-EXAMPLE001", "description": secret, "lastUpdatedAt": secret, "status": secret,
                    "environmentVariables": {"API_TOKEN": secret, "U": format!("postgres://u:{secret}@h/d")},
                    "workloadIdentityDetails": {"workloadIdentityArn": secret},
                    "authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": secret}}
                })
                .to_string(),
            ),
            "aws/agentcore_identity" => (
                "p.json",
                serde_json::json!({"credentialProviders": [{
                    "name": "x", "credentialProviderArn": "arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default/apikeycredentialprovider/x",
                    "apiKeySecretArn": {"secretArn": secret}, "apiKey": secret, "createdTime": secret
                }, {"name": secret, "credentialProviderArn": secret}]})
                .to_string(),
            ),
            "aws/roles_anywhere" => (
                "r.json",
                serde_json::json!({"profiles": [{
                    "profileArn": "arn:aws:rolesanywhere:eu-west-1:111122223333:profile/p", "enabled": true,
                    "roleArns": ["arn:aws:iam::111122223333:role/r"], "sessionPolicy": policy,
                    "attributeMappings": secret, "enabledBy": secret
                }, secret]})
                .to_string(),
            ),
            "aws/organization" => (
                "p.json",
                serde_json::json!({"Policy": {
                    "PolicySummary": {"Id": "p-example", "Type": "SERVICE_CONTROL_POLICY", "Description": secret},
                    "Content": policy
                }})
                .to_string(),
            ),
            "aws/last_accessed" => (
                "aws/111122223333/iam/last-accessed/role/r.json",
                format!(
                    r#"{{"JobStatus": "COMPLETED", "JobCompletionDate": "{secret}", "Error": {{"Message": "{secret}"}}, "ServicesLastAccessed": [
                    {{"ServiceName": "{secret}", "ServiceNamespace": "s3", "LastAuthenticated": "{secret}", "LastAuthenticatedRegion": "{secret}",
                    "TrackedActionsLastAccessed": [{{"ActionName": "x", "LastAccessedTime": "{secret}"}}, "{secret}"]}}, "{secret}"]}}"#
                ),
            ),
            "aws/unused_access" => (
                "u.json",
                format!(
                    r#"{{"id": "{secret}", "resource": "arn:aws:iam::111122223333:role/r", "resourceOwnerAccount": "{secret}", "status": "{secret}",
                    "findingType": "UnusedPermission", "analyzedAt": "{secret}", "error": "{secret}", "findingDetails": ["{secret}",
                    {{"unusedPermissionDetails": {{"serviceNamespace": "s3", "lastAccessed": "{secret}", "actions": ["{secret}"]}}}},
                    {{"unusedPermissionDetails": "{secret}"}}]}}"#
                ),
            ),
            "scanners/gitleaks" => (
                "l.json",
                format!(
                    r#"[{{"RuleID": "generic-api-key", "File": "f", "StartLine": 1, "Secret": "{secret}", "Match": "k={secret}", "Fragment": "{secret}", "Fingerprint": "x"}},
                    {{"RuleID": "generic-api-key", "File": "f", "StartLine": "{secret}", "Secret": "{secret}", "Fingerprint": "x"}}]"#
                ),
            ),
            "scanners/trufflehog" => (
                "t.jsonl",
                format!(
                    r#"{{"level": "info", "msg": "{secret}"}}
                    {{"SourceMetadata": {{"Data": {{"Slack": {{"channel_name": "ops", "timestamp": "{secret}", "email": "{secret}"}}}}}},
                    "SourceName": "x", "DetectorName": "Slack", "Raw": "{secret}", "RawV2": "{secret}", "Redacted": "{secret}",
                    "SecretParts": {{"key": "{secret}"}}, "ExtraData": {{"x": "{secret}", "arn": "{secret}", "username": "{secret}", "is_canary": "{secret}"}}, "StructuredData": "{secret}", "VerificationError": "{secret}"}}
                    {{"SourceMetadata": "{secret}", "DetectorName": "Slack", "Raw": "{secret}", "Verified": "{secret}"}}"#
                )
                .replace("\n                    {", "\n{")
                .replace(",\n                    ", ","),
            ),
            "scanners/kingfisher" => (
                "k.json",
                format!(
                    r#"{{"findings": [{{"rule": {{"id": "betterleaks.x", "description": "{secret}"}}, "finding": {{"snippet": "{secret}", "path": "f", "line": 1,
                    "dependent_captures": {{"X": "{secret}", "AWS_SECRET_ACCESS_KEY": "{secret}"}}, "validate_command": "{secret}", "blast_radius_command": "{secret}",
                    "validation": {{"status": "{secret}", "response": "{secret}"}}, "git_metadata": {{"repository_url": "https://h/o/r", "commit": {{"date": "{secret}"}}}}}}}},
                    {{"rule": {{"id": "x"}}, "finding": {{"snippet": "{secret}", "line": "{secret}"}}}}, {{"rule": "{secret}"}}],
                    "access_map": [{{"provider": "github", "account": "{secret}", "fingerprint": "{secret}", "context": {{"identity_id": "a", "access_type": "user"}},
                    "groups": [{{"resources": ["repository:o/r"], "permissions": ["{secret}"]}}, "{secret}"], "token_details": {{"name": "{secret}"}}}},
                    {{"provider": "x", "context": {{"identity_id": "{secret}", "access_type": "unknown"}}}}, "{secret}"],
                    "metadata": {{"command_line_args": ["{secret}"]}}}}"#
                ),
            ),
            "scanners/access_map" => (
                "a.json",
                format!(
                    r#"[{{"cloud": "aws", "fingerprint": "{secret}", "identity": {{"id": "arn:aws:iam::111122223333:user/a", "access_type": "user", "project": "{secret}"}},
                    "roles": [{{"name": "r", "source": "{secret}", "permissions": ["{secret}"]}}], "permissions": {{"admin": ["{secret}"]}},
                    "resources": [{{"resource_type": "s3_bucket", "name": "arn:aws:s3:::b", "permissions": ["{secret}"], "reason": "{secret}"}}],
                    "risk_notes": ["{secret}"], "token_details": {{"name": "{secret}"}}, "provider_metadata": {{"version": "{secret}"}}}},
                    {{"cloud": "slack", "identity": {{"id": "{secret}", "access_type": "unknown"}}, "permissions": "{secret}", "resources": ["{secret}"]}}]"#
                ),
            ),
            "scanners/detect_secrets" => (
                "d.json",
                format!(
                    r#"{{"plugins_used": [], "generated_at": "{secret}", "results": {{"f": [
                    {{"type": "Secret Keyword", "hashed_secret": "{secret}", "line_number": 1, "is_verified": false}},
                    {{"type": "AWS Access Key", "hashed_secret": "{secret}", "line_number": "{secret}"}}, "{secret}"], "g": "{secret}"}}}}"#
                ),
            ),
            "scanners/ggshield" => (
                "g.json",
                format!(
                    r#"{{"total_incidents": 1, "total_occurrences": 1, "extra_info": {{"date": "{secret}"}}, "entities_with_incidents": [{{"filename": "f", "incidents": [
                    {{"type": "X", "policy": "Secrets detection", "validity": "{secret}", "ignore_sha": "{secret}", "occurrences": [
                    {{"match": "{secret}", "type": "client_id"}}, {{"match": "{secret}", "type": "apikey", "line_start": 1}}]}},
                    {{"type": "X", "occurrences": "{secret}"}}, "{secret}"]}}, {{"filename": "g", "incidents": "{secret}"}}], "scans": ["{secret}"]}}"#
                ),
            ),
            "scanners/github_alerts" => (
                "a.json",
                format!(
                    r#"[{{"number": 1, "state": "open", "secret_type": "x", "secret": "{secret}", "created_at": "{secret}", "resolution_comment": "{secret}",
                    "validity": "{secret}", "repository": {{"full_name": "o/r"}}, "first_location_detected": {{"path": "f"}}}},
                    {{"number": "{secret}", "state": "open", "secret_type": "x", "secret": "{secret}"}}, "{secret}"]"#
                ),
            ),
            "scanners/github_locations" => (
                "scanners/github-locations/o__r__1.json",
                format!(
                    r#"[{{"type": "commit", "details": {{"path": "f", "start_line": 1, "blob_sha": "{secret}", "commit_url": "{secret}"}}}},
                    {{"type": "commit", "details": {{"path": "f", "start_line": "{secret}"}}}}, "{secret}"]"#
                ),
            ),
            "scanners/sarif" => (
                "s.sarif",
                format!(
                    r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "gitleaks"}}}}, "results": [
                    {{"ruleId": "generic-api-key", "message": {{"text": "{secret}"}}, "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "f"}},
                    "region": {{"startLine": 1, "snippet": {{"text": "{secret}"}}}}, "contextRegion": {{"snippet": {{"text": "{secret}"}}}}}},
                    "properties": {{"validate_command": "AWS_SECRET_ACCESS_KEY='{secret}'", "validation_status": "{secret}"}}}}],
                    "partialFingerprints": {{"date": "{secret}"}}, "fingerprints": {{"x": "{secret}"}}}},
                    {{"ruleId": "x", "locations": "{secret}"}}, "{secret}"]}}]}}"#
                ),
            ),
            "providers/openai" => (
                "openai/acme/projects/proj_1/api_keys.json",
                serde_json::json!({"object": "list", "has_more": false, "data": [
                    {"object": "organization.project.api_key", "id": "key_1", "name": "n", "value": secret, "redacted_value": secret,
                     "created_at": secret, "owner": {"type": secret, "user": {"id": "u", "role": secret}}},
                    {"object": "organization.project.api_key", "id": [secret], "redacted_value": [secret]}, {"object": secret}, secret
                ]})
                .to_string(),
            ),
            "providers/anthropic" => (
                "anthropic/acme/api_keys.json",
                serde_json::json!({"has_more": false, "data": [
                    {"type": "api_key", "id": "apikey_1", "partial_key_hint": secret, "status": secret, "created_at": secret, "key": secret},
                    {"type": "api_key", "id": [secret], "workspace_id": secret}, {"type": secret}, secret
                ]})
                .to_string(),
            ),
            "okta/directory" => (
                "okta/acme/users.json",
                serde_json::json!([
                    {"id": "00u1", "status": secret, "created": secret, "lastLogin": [secret], "realmId": secret, "_links": {"self": {"href": secret}},
                     "profile": {"login": "ada@acme.example", "email": "ada@acme.example", "x": secret, "mobilePhone": secret},
                     "credentials": {"password": {"value": secret}, "recovery_question": {"question": secret, "answer": secret}, "provider": {"type": secret, "name": secret}}},
                    {"id": [secret], "status": "ACTIVE", "profile": {}, "credentials": {}}, {"id": "00u2", "status": [secret], "profile": secret, "credentials": secret}, secret
                ])
                .to_string(),
            ),
            "okta/apps" => (
                "okta/acme/apps.json",
                serde_json::json!([
                    {"id": "0oa1", "name": "oidc_client", "label": "sync", "status": secret, "signOnMode": "OPENID_CONNECT", "created": secret, "features": ["PUSH_NEW_USERS"],
                     "credentials": {"oauthClient": {"client_id": "0oa1", "client_secret": secret, "token_endpoint_auth_method": secret}, "signing": {"kid": secret}},
                     "settings": {"app": {"x": secret, "password": secret}, "oauthClient": {"application_type": secret, "jwks": {"keys": [{"d": secret}]}}}},
                    {"id": "0oa2", "name": "swa", "label": "old", "signOnMode": "SECURE_PASSWORD_STORE", "credentials": {"oauthClient": {"client_secret": [secret]}, "password": {"value": secret}}},
                    {"id": [secret], "name": "x", "label": "x", "signOnMode": secret}, secret
                ])
                .to_string(),
            ),
            "okta/credentials" => (
                "okta/acme/apps/0oa1/credentials-secrets.json",
                serde_json::json!([
                    {"id": "ocs1", "status": "ACTIVE", "client_secret": secret, "secret_hash": secret, "created": secret, "_links": {"x": secret}},
                    {"id": "ocs2", "status": [secret], "client_secret": secret}, {"id": [secret], "client_secret": secret}, secret
                ])
                .to_string(),
            ),
            "okta/roles" => (
                "okta/acme/users/00u1/roles.json",
                serde_json::json!([
                    {"id": "ra1", "label": secret, "type": "HELP_DESK_ADMIN", "status": "ACTIVE", "assignmentType": secret, "created": secret,
                     "_embedded": {"targets": {"groups": [{"id": "00g1", "profile": {"name": secret}}, secret]}}},
                    {"id": "ra2", "type": [secret], "assignmentType": "USER"}, {"id": "ra3", "type": "CUSTOM", "status": [secret], "assignmentType": "USER"}, secret
                ])
                .to_string(),
            ),
            "agents/dotenv" => (
                "devices/h/u/.env",
                format!(
                    "# {secret}\nA_TOKEN={secret}\nB_PASSWORD=\"{secret}\nmore\"\nC_KEY='{secret}\n{secret}\nexport U=postgres://u:{secret}@h/d\nD_TOKEN=${{X:-{secret}}}\n"
                ),
            ),
            "agents/codex" => (
                "devices/h/u/.codex/config.toml",
                format!(
                    "# {secret}\nmodel = \"{secret}\"\n[mcp_servers.a]\ncommand = \"npx\"\nargs = [\"-y\", \"--api-key\", \"{secret}\", \"pkg@latest\", \"{secret}\"]\nenv = {{ A_TOKEN = \"{secret}\", B = [\"{secret}\"] }}\n[mcp_servers.b]\nurl = \"https://h/?token={secret}\"\nbearer_token = \"{secret}\"\nhttp_headers = {{ Authorization = \"Bearer {secret}\" }}\n[mcp_servers.c]\nenv = \"{secret}\"\n[model_providers.p]\nexperimental_bearer_token = \"{secret}\"\nhttp_headers = {{ \"Api-Key\" = \"{secret}\" }}\n[profiles.x]\napproval_policy = \"{secret}\"\nbroken = {secret}\n"
                ),
            ),
            "agents/claude_code" => (
                "devices/h/u/.claude.json",
                serde_json::json!({
                    "userID": secret, "mcpServers": {"a": {"command": "x", "args": ["-e", format!("A_TOKEN={secret}")], "env": {"A_TOKEN": secret}}},
                    "projects": {"/p": {"mcpServers": {"b": {"url": "https://h", "headersHelper": secret, "headers": {"Authorization": format!("Bearer {secret}")}, "oauth": {"clientSecret": secret}}, "c": secret}, "allowedTools": [secret, {"x": secret}]}, "/q": secret}
                })
                .to_string(),
            ),
            "agents/claude_settings" => (
                "devices/h/u/.claude/settings.local.json",
                serde_json::json!({
                    "apiKeyHelper": format!("echo {secret}"), "env": {"A_TOKEN": secret, "B": {"x": secret}},
                    "permissions": {"allow": [format!("WebFetch(domain:{secret})"), format!("Bash(curl {secret})"), 1, [secret]], "defaultMode": secret, "deny": secret},
                    "hooks": {"x": secret}
                })
                .to_string(),
            ),
            "agents/gemini" => (
                "devices/h/u/.gemini/settings.json",
                serde_json::json!({
                    "security": {"auth": secret}, "general": {"defaultApprovalMode": secret},
                    "mcpServers": {"a": {"httpUrl": format!("https://u:{secret}@h/x"), "headers": {"X-Api-Key": secret}, "trust": secret}}
                })
                .to_string(),
            ),
            "agents/vscode" => (
                "devices/h/u/w/.vscode/mcp.json",
                serde_json::json!({
                    "inputs": [{"id": "x", "default": secret}],
                    "servers": {"a": {"command": "npx", "args": ["pkg", "--token", secret], "env": {"A_TOKEN": secret}, "envFile": secret}}
                })
                .to_string(),
            ),
            "agents/mcp_servers" => (
                "m.json",
                format!(
                    r#"{{"mcpServers": {{"a": {{"command": "x", "args": ["--api-key", "{secret}", "--header", "Authorization: Bearer {secret}", "postgres://u:{secret}@h/d"],
                    "url": "https://h/?token={secret}", "env": {{"API_TOKEN": "{secret}"}}, "headers": {{"Authorization": "Bearer {secret}"}}}}, "b": "{secret}"}}}}"#
                ),
            ),
            other => panic!(
                "source `{other}` has no sample: add one with a secret in every place that may hold one"
            ),
        }
    }

    #[test]
    fn no_reader_lets_a_secret_through() {
        let secret = format!("canary-{}", "EXAMPLE".repeat(3));
        for source in SOURCES {
            let (path, text) = sample(source.id, &secret);
            let reading = read_one(path, &text);
            assert_eq!(
                reading.files.as_slice()[0].sources,
                [source.id],
                "{:?}",
                reading.problems
            );
            let shown = format!("{reading:?}");
            assert!(!shown.contains(&secret), "{}: {shown}", source.id);
        }
    }

    #[test]
    fn ids_are_unique_and_commands_are_told() {
        for (index, source) in SOURCES.iter().enumerate() {
            assert!(
                SOURCES
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.id != source.id),
                "{}",
                source.id
            );
            assert!(
                !source.command.is_empty() && !source.about.is_empty() && !source.keys.is_empty()
            );
        }
    }
}
