//! The one envelope reader: whatever shape a tool saves its answer in becomes a sequence of [`Page`]s.
//!
//! A bare array, an object, concatenated documents, newline-delimited JSON, pages of pages (`--slurp`), a CSV table, a
//! TOML file, and the wrapper `{"path": "aws/…", "body": …}` for those who log calls. Text that holds several documents
//! counts as the array of them, in pointers too. Everything is borrowed from the text, so that positions stay exact.
//!
//! Promises: whole documents before a break are kept; nothing here recurses deeper than [`DEEPEST`], whatever the input.

use super::json::{self, Members};
use super::layout::Layout;
use crate::document::Document;
use serde_json::value::RawValue;

/// How many arrays and wrappers may stand around a page. Real exports need three: a log of wrapped, slurped answers.
const DEEPEST: usize = 6;

/// One answer of one API, or one table: what a source recognises and reads.
#[derive(Debug)]
pub struct Page<'d> {
    pointer: String,
    layout: Box<Layout>,
    body: Body<'d>,
    raw: Option<&'d RawValue>,
    keys: Box<[String]>,
    is_estate: bool,
    is_continued: bool,
    is_broken: bool,
}

/// The shapes of a page.
#[derive(Debug)]
pub(crate) enum Body<'d> {
    /// An object.
    Object(Members<'d>),
    /// An array, or several documents one after the other.
    Array(Vec<&'d RawValue>),
    /// A CSV table with its header.
    Table(&'d str),
    /// A TOML file.
    Toml(&'d str),
    /// Lines of `NAME=value`.
    Variables(&'d str),
    /// A YAML file.
    Yaml(&'d str),
}

/// One element of a list, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Row<'d> {
    pub(crate) raw: &'d RawValue,
    pub(crate) pointer: String,
}

impl<'d> Page<'d> {
    fn new(pointer: String, layout: Layout, body: Body<'d>) -> Self {
        let keys = match &body {
            Body::Object(members) => names(members),
            Body::Array(elements) => elements
                .first()
                .and_then(|first| Members::of(first))
                .map(|members| names(&members))
                .unwrap_or_default(),
            Body::Table(text) => header(text),
            Body::Variables(_) => Vec::new(),
            Body::Yaml(text) => yaml_keys(text),
            Body::Toml(text) => toml::de::DeTable::parse_recoverable(text)
                .0
                .get_ref()
                .keys()
                .map(|key| key.get_ref().to_string())
                .collect(),
        };
        Self {
            pointer,
            layout: Box::new(layout),
            body,
            raw: None,
            keys: keys.into(),
            is_estate: false,
            is_continued: false,
            is_broken: false,
        }
    }

    /// The top-level keys of the object, or of the first element of the array; the columns of a table.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Whether all of these are among [`Self::keys`].
    pub fn has_keys(&self, keys: &[&str]) -> bool {
        keys.iter()
            .all(|key| self.keys.iter().any(|own| own == key))
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self.body, Body::Object(_))
    }

    /// Whether it is an array, or several documents one after the other.
    pub fn is_array(&self) -> bool {
        matches!(self.body, Body::Array(_))
    }

    /// Whether it is a CSV table.
    pub fn is_table(&self) -> bool {
        matches!(self.body, Body::Table(_))
    }

    /// Whether it was named, or given, as the estate file.
    pub fn is_estate(&self) -> bool {
        self.is_estate
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn body(&self) -> &Body<'d> {
        &self.body
    }

    /// The pointer of the page itself.
    pub(crate) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The member `name` of an object, with its place.
    pub(crate) fn member(&self, name: &str) -> Option<Row<'d>> {
        let Body::Object(members) = &self.body else {
            return None;
        };
        Some(Row {
            raw: members.get(name)?,
            pointer: json::join(&self.pointer, name),
        })
    }

    /// The page as one row, if it is one object.
    pub(crate) fn whole(&self) -> Option<Row<'d>> {
        Some(Row {
            raw: self.raw?,
            pointer: self.pointer.clone(),
        })
    }

    /// The elements of the list `name`; of an array, its own elements (what `--query NAME` leaves).
    /// `None` if there is no such list. A list that is `null` is empty.
    pub(crate) fn rows(&self, name: &str) -> Option<Vec<Row<'d>>> {
        match &self.body {
            Body::Array(elements) => Some(numbered(elements, &self.pointer)),
            Body::Object(_) => self.member(name)?.rows(),
            _ => None,
        }
    }

    /// Whether the first element of list `name` is an object with all of `keys`; an empty list of that name counts.
    pub(crate) fn lists(&self, name: &str, keys: &[&str]) -> bool {
        match &self.body {
            Body::Array(elements) => !elements.is_empty() && self.has_keys(keys),
            Body::Object(members) => members.get(name).is_some_and(|list| {
                json::is_null(list)
                    || json::elements(list).is_some_and(|elements| {
                        elements.first().is_none_or(|first| {
                            Members::of(first)
                                .is_some_and(|first| keys.iter().all(|key| first.has(key)))
                        })
                    })
            }),
            _ => false,
        }
    }

    /// By which member the page says that more follows (`IsTruncated`, `NextToken`), if it does and no further page of
    /// the same text brings the rest.
    pub(crate) fn truncation(&self) -> Option<&'static str> {
        const SIGNS: [&str; 6] = [
            "IsTruncated",
            "NextToken",
            "nextToken",
            "NextMarker",
            "Marker",
            "has_more",
        ];
        let Body::Object(members) = &self.body else {
            return None;
        };
        if self.is_continued {
            return None;
        }
        if members
            .get("IsTruncated")
            .is_some_and(|raw| raw.get() == "false")
        {
            return None;
        }
        SIGNS.into_iter().find(|sign| {
            members
                .get(sign)
                .is_some_and(|raw| !matches!(raw.get(), "false" | "null" | "\"\""))
        })
    }

    /// Whether a further page of the same text follows.
    pub(crate) fn is_continued(&self) -> bool {
        self.is_continued
    }

    /// Whether the text that it is part of breaks off somewhere.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Whether the lists of this page can be taken as whole: not truncated, not broken off, not continued elsewhere.
    pub(crate) fn is_whole(&self) -> bool {
        !self.is_broken && !self.is_continued && self.truncation().is_none()
    }
}

impl<'d> Row<'d> {
    /// The member `name`, with its place.
    pub(crate) fn member(&self, name: &str) -> Option<Row<'d>> {
        Some(Row {
            raw: Members::of(self.raw)?.get(name)?,
            pointer: json::join(&self.pointer, name),
        })
    }

    /// The elements, if it is an array; none for `null`.
    pub(crate) fn rows(&self) -> Option<Vec<Row<'d>>> {
        if json::is_null(self.raw) {
            return Some(Vec::new());
        }
        self.list()
    }

    /// The elements, if it is an array and not `null`.
    pub(crate) fn list(&self) -> Option<Vec<Row<'d>>> {
        Some(numbered(&json::elements(self.raw)?, &self.pointer))
    }
}

fn numbered<'d>(elements: &[&'d RawValue], pointer: &str) -> Vec<Row<'d>> {
    elements
        .iter()
        .enumerate()
        .map(|(index, &raw)| Row {
            raw,
            pointer: format!("{pointer}/{index}"),
        })
        .collect()
}

fn names(members: &Members<'_>) -> Vec<String> {
    members
        .effective()
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The names that stand at the left edge of a YAML text: enough to know a file by, without reading it.
fn yaml_keys(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let name = |(name, _): (&str, &str)| {
        let name = name.trim_matches(['"', '\'']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
    };
    lines.filter_map(name).collect()
}

fn header(text: &str) -> Vec<String> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .headers()
        .map(|header| header.iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// A place where text breaks its own format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Break {
    /// Where, in bytes from the start of the text.
    pub(crate) offset: usize,
    /// What is wrong there, without any text of the input.
    pub(crate) message: String,
}

/// The documents of a text, and where it breaks.
#[derive(Debug, Default)]
pub(crate) struct Documents<'d> {
    /// Each whole document, in order.
    pub(crate) all: Vec<&'d RawValue>,
    /// The elements of a last array that breaks off: what is whole of it.
    pub(crate) salvaged: Option<Vec<&'d RawValue>>,
    /// The breaks. After one, reading goes on at the next line that opens a document, if documents stand on lines.
    pub(crate) breaks: Vec<Break>,
}

/// Cuts a text into JSON documents.
pub(crate) fn documents(text: &str) -> Documents<'_> {
    /// So many breaks are told one by one; a file that has more is not what it seems.
    const MOST_BREAKS: usize = 20;
    let mut found = Documents::default();
    let mut at = 0;
    let mut are_lines = true;
    while let Some(rest) = text.get(at..) {
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() {
            break;
        }
        match one(trimmed) {
            Ok((raw, length)) => {
                are_lines &= !raw.get().contains('\n');
                found.all.push(raw);
                at += length;
            }
            Err(error) => {
                let offset = at + offset_of(trimmed, &error);
                found.breaks.push(Break {
                    offset,
                    message: reason(&error).to_owned(),
                });
                // A document that spans lines has no next line to go on at: its inner lines would be taken for documents.
                let is_line = are_lines
                    && (!found.all.is_empty() || trimmed.starts_with('{') && error.line() == 1);
                let next = trimmed
                    .match_indices('\n')
                    .map(|(newline, _)| newline + 1)
                    .find(|&line| {
                        trimmed
                            .get(line..)
                            .is_some_and(|rest| rest.starts_with(['{', '[']))
                    });
                match next {
                    Some(next) if is_line && found.breaks.len() < MOST_BREAKS => at += next,
                    _ => {
                        if found.all.is_empty() && trimmed.starts_with('[') {
                            found.salvaged =
                                Some(whole_elements(trimmed)).filter(|whole| !whole.is_empty());
                        }
                        break;
                    }
                }
            }
        }
    }
    found
}

/// The first JSON value of `text`, and the length of the text up to its end.
fn one(text: &str) -> Result<(&RawValue, usize), serde_json::Error> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    match stream.next() {
        Some(Ok(raw)) => Ok((raw, stream.byte_offset())),
        Some(Err(error)) => Err(error),
        None => Err(serde::de::Error::custom("nothing")),
    }
}

/// The whole elements of an array that breaks off somewhere.
fn whole_elements(text: &str) -> Vec<&RawValue> {
    let mut elements = Vec::new();
    let mut rest = text.strip_prefix('[').unwrap_or(text).trim_start();
    while let Ok((raw, length)) = one(rest) {
        elements.push(raw);
        rest = rest.get(length..).unwrap_or("").trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start(),
            None => break,
        }
    }
    // A number or a word at the very end may itself be cut: only what closes itself is surely whole.
    elements.retain(|raw| matches!(json::opening(raw), '{' | '[' | '"'));
    elements
}

/// What serde_json says is wrong, without its position (which is relative to a part of the text).
fn reason(error: &serde_json::Error) -> &'static str {
    if error.is_eof() {
        return "the JSON breaks off: it ends inside a value";
    }
    "the text is not JSON from here on"
}

fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let line_start = match error.line().checked_sub(2) {
        None => 0,
        Some(newlines) => text
            .match_indices('\n')
            .nth(newlines)
            .map_or(0, |(newline, _)| newline + 1),
    };
    (line_start + error.column().saturating_sub(1)).min(text.len().saturating_sub(1))
}

/// What a text is, told by its beginning and by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON, in any of its envelopes.
    Json,
    /// A table.
    Csv,
    /// TOML.
    Toml,
    /// Lines of `NAME=value`.
    Variables,
    /// YAML.
    Yaml,
    /// None of these.
    Prose,
}

/// Tells the form of `text`. Content decides; the ending only between CSV and prose.
pub(crate) fn form(text: &str, extension: Option<&str>) -> Form {
    match extension {
        Some("toml") => return Form::Toml,
        Some("yml" | "yaml") => return Form::Yaml,
        _ => {}
    }
    let start = text.trim_start();
    if start.starts_with(['{', '[']) || start.starts_with("//") || start.starts_with("/*") {
        return Form::Json;
    }
    let first_line = start.lines().next().unwrap_or("");
    let has_columns = first_line.contains(',')
        && first_line
            .split(',')
            .all(|name| !name.trim().is_empty() && !name.trim().contains(' '));
    if has_columns || extension == Some("csv") {
        Form::Csv
    } else {
        Form::Prose
    }
}

/// Who is offered the pages of a file.
pub(crate) trait Visitor {
    /// A page; `true` if it was recognised (and read).
    fn offer(&mut self, page: &Page<'_>) -> bool;
    /// A page that nothing recognised, and of which no part was recognised either. For `similar` further ones of the
    /// same list nothing more is said.
    fn unrecognised(&mut self, page: &Page<'_>, similar: usize);
}

/// Offers a table, a TOML file or lines of variables.
pub(crate) fn visit_text(
    document: &Document,
    form: Form,
    is_estate: bool,
    visitor: &mut dyn Visitor,
) {
    let body = match form {
        Form::Toml => Body::Toml(document.text()),
        Form::Variables => Body::Variables(document.text()),
        Form::Yaml => Body::Yaml(document.text()),
        _ => Body::Table(document.text()),
    };
    let layout = Layout::of(document.path().as_str());
    let mut page = Page::new(String::new(), layout, body);
    page.is_estate = is_estate;
    if !visitor.offer(&page) {
        visitor.unrecognised(&page, 0);
    }
}

/// Offers the documents of a JSON text: the largest unit first, then its parts.
pub(crate) fn visit_json<'d>(
    document: &'d Document,
    found: Documents<'d>,
    visitor: &mut dyn Visitor,
) {
    let layout = Layout::of(document.path().as_str());
    let walk = Walk {
        is_broken: !found.breaks.is_empty(),
    };
    let mut all = found.all;
    if let Some(salvaged) = found.salvaged {
        walk.array(salvaged, "", &layout, 0, visitor);
    } else if all.len() == 1 {
        if let Some(only) = all.pop() {
            walk.value(only, "", &layout, false, 0, visitor);
        }
    } else if !all.is_empty() {
        walk.array(all, "", &layout, 0, visitor);
    }
}

struct Walk {
    is_broken: bool,
}

impl Walk {
    /// Offers a value; `false` if neither it nor any part of it was recognised, and then nothing was said about it.
    fn try_value<'d>(
        &self,
        raw: &'d RawValue,
        pointer: &str,
        layout: &Layout,
        is_continued: bool,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Result<(), Page<'d>> {
        if let Some(members) = Members::of(raw) {
            if let Some((path, body)) = unwrapped(&members)
                && depth < DEEPEST
            {
                let pointer = json::join(pointer, "body");
                return self.try_value(
                    body,
                    &pointer,
                    &Layout::of(&path),
                    false,
                    depth + 1,
                    visitor,
                );
            }
            let mut page = Page::new(pointer.to_owned(), layout.clone(), Body::Object(members));
            page.raw = Some(raw);
            return self.offered(page, is_continued, visitor);
        }
        let Some(elements) = json::elements(raw) else {
            return Err(Page::new(
                pointer.to_owned(),
                layout.clone(),
                Body::Array(Vec::new()),
            ));
        };
        self.try_array(elements, pointer, layout, depth, visitor)
    }

    fn offered<'d>(
        &self,
        mut page: Page<'d>,
        is_continued: bool,
        visitor: &mut dyn Visitor,
    ) -> Result<(), Page<'d>> {
        page.is_continued = is_continued;
        page.is_broken = self.is_broken;
        if visitor.offer(&page) {
            Ok(())
        } else {
            Err(page)
        }
    }

    fn try_array<'d>(
        &self,
        elements: Vec<&'d RawValue>,
        pointer: &str,
        layout: &Layout,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Result<(), Page<'d>> {
        let is_wrapped =
            |raw: &&RawValue| Members::of(raw).is_some_and(|members| unwrapped(&members).is_some());
        let holds_pages = elements
            .first()
            .is_some_and(|first| json::opening(first) == '[' || is_wrapped(first));
        let page = Page::new(pointer.to_owned(), layout.clone(), Body::Array(elements));
        let page = if holds_pages {
            page
        } else {
            match self.offered(page, false, visitor) {
                Ok(()) => return Ok(()),
                Err(page) => page,
            }
        };
        let Body::Array(elements) = &page.body else {
            return Err(page);
        };
        if depth >= DEEPEST {
            return Err(page);
        }
        let mut unread: Vec<Page<'d>> = Vec::new();
        let mut skipped = 0_usize;
        for (index, raw) in elements.iter().enumerate() {
            let is_continued = elements
                .get(index + 1)
                .is_some_and(|next| same_shape(raw, next));
            let pointer = format!("{pointer}/{index}");
            if let Err(page) =
                self.try_value(raw, &pointer, layout, is_continued, depth + 1, visitor)
            {
                skipped += 1;
                let is_new = !unread.iter().any(|earlier| earlier.keys == page.keys);
                if is_new && unread.len() < 8 {
                    unread.push(page);
                }
            }
        }
        if skipped == elements.len() && unread.len() <= 1 {
            return Err(page);
        }
        let told = unread.len();
        for (index, page) in unread.iter().enumerate() {
            let similar = if index == 0 { skipped - told } else { 0 };
            visitor.unrecognised(page, similar);
        }
        Ok(())
    }

    fn value(
        &self,
        raw: &RawValue,
        pointer: &str,
        layout: &Layout,
        is_continued: bool,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) {
        if let Err(page) = self.try_value(raw, pointer, layout, is_continued, depth, visitor) {
            visitor.unrecognised(&page, 0);
        }
    }

    fn array(
        &self,
        elements: Vec<&RawValue>,
        pointer: &str,
        layout: &Layout,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) {
        if let Err(page) = self.try_array(elements, pointer, layout, depth, visitor) {
            visitor.unrecognised(&page, 0);
        }
    }
}

/// The path and the body of a logged call: an object of `path`, `body` and at most a little about the call.
fn unwrapped<'d>(members: &Members<'d>) -> Option<(String, &'d RawValue)> {
    const ABOUT_THE_CALL: [&str; 6] = ["path", "body", "method", "status", "url", "time"];
    let is_wrapper = members
        .0
        .iter()
        .all(|(key, _)| ABOUT_THE_CALL.contains(&key.as_ref()));
    let body = members
        .get("body")
        .filter(|body| matches!(json::opening(body), '{' | '['))?;
    is_wrapper.then_some((members.text("path")?, body))
}

/// Whether two neighbours are pages of one answer: the same path, if wrapped, and the same first key.
fn same_shape(one: &RawValue, next: &RawValue) -> bool {
    let (Some(one), Some(next)) = (Members::of(one), Members::of(next)) else {
        return false;
    };
    match (unwrapped(&one), unwrapped(&next)) {
        (None, None) => one.0.first().map(|(key, _)| key) == next.0.first().map(|(key, _)| key),
        _ => false,
    }
}
