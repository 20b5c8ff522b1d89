//! From paths to records: opens files, cuts them into pages, offers the pages to [`SOURCES`], joins what is equal.

use super::agents::dotenv;
use super::envelope::{self, Body, Form, Page};
use super::files::{self, STDIN};
use super::fingerprint::{self, Fingerprint, Fingerprinter};
use super::intake::Intake;
use super::json::{self, Members};
use super::layout::Layout;
use super::matching::{self, Signs};
use super::variables::{self, Variable, Wanted};
use super::{SOURCES, nearest, relaxed, secret_shape};
use crate::document::Document;
use crate::inventory::{Covers, File, FileId, Id, Key, Record, Table};
use crate::problem::{Problem, ProblemCode, Severity};
use crate::progress::Progress;
use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexSet;
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
        let covers = unread(&path).into_iter().collect();
        Self {
            file: File {
                path,
                bytes,
                sources: Vec::new(),
                records: 0,
                covers,
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
        covers: IndexSet::new(),
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
        Form::Csv | Form::Toml | Form::Variables | Form::Yaml => {
            envelope::visit_text(document, form, is_estate, &mut offering)
        }
    }
    let Offering { intake, mut covers } = offering;
    if intake.sources.is_empty() {
        covers.extend(unread(&shown));
    }
    OneFile {
        file: File {
            path: shown,
            bytes,
            covers: covers.into_iter().collect(),
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
    covers: IndexSet<Covers>,
}

/// What a file would tell of that could not be read, as far as its place says.
fn unread(path: &Utf8Path) -> Option<Covers> {
    Some(Covers {
        source: None,
        of: Some(Layout::of(path.as_str()).subject()?.into()),
        list: None,
        object: None,
    })
}

/// What a page tells of: what it lists, else whose tenants it speaks of, else what the layout says.
fn covers(source: &'static str, page: &Page<'_>, records: &[Record]) -> Vec<Covers> {
    let region = page.layout().region();
    let region = region.map(|region| Key::from(format!("region:{region}")));
    let one = |of: Option<Key>, list: Option<&String>, object: Option<Key>| Covers {
        source: Some(source),
        of,
        list: list.cloned(),
        object: object.or_else(|| region.clone()),
    };
    let listed = |record: &Record| match record {
        Record::Listing(listing) => Some(one(
            Some(listing.tenant.clone()),
            Some(&listing.kind),
            listing.of.clone(),
        )),
        _ => None,
    };
    let listed: Vec<Covers> = records.iter().filter_map(listed).collect();
    if !listed.is_empty() {
        return listed;
    }
    let subject = || one(page.layout().subject().map(Key::from), None, None);
    let tenant = |record: &Record| match record {
        Record::Tenant(tenant) => Some(one(Some(tenant.key.clone()), None, None)),
        _ => None,
    };
    let tenants: Vec<Covers> = records.iter().filter_map(tenant).collect();
    match tenants.is_empty() {
        true => vec![subject()],
        false => tenants,
    }
}

impl envelope::Visitor for Offering<'_> {
    fn offer(&mut self, page: &Page<'_>) -> bool {
        let Some(source) = SOURCES.iter().find(|source| (source.recognise)(page)) else {
            return false;
        };
        if !self.intake.sources.contains(&source.id) {
            self.intake.sources.push(source.id);
        }
        let before = self.intake.records.len();
        (source.read)(page, &mut self.intake);
        let records = self.intake.records.get(before..).unwrap_or_default();
        self.covers.extend(covers(source.id, page, records));
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
        } else if let Some((_, rest)) = text.split_once("Error from server (") {
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
    // Kubernetes: {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403}
    if members.text("kind").as_deref() == Some("Status") && members.has("apiVersion") {
        let code = members.get("reason").or(members.get("code"));
        return Some(code.map_or_else(|| "error".to_owned(), code_of));
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
mod tests {
    use super::super::samples::sample;
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
