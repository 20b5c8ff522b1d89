//! Files of variables: `.env`, `.env.*`, `NAME.env`, `.envrc`, and the profiles of shells (what they export).
//!
//! A value that is secret-shaped, or stands under a secret's name, is a credential lying in that file; an access key id and
//! its secret half are one. References are none, and templates (`.env.example`) hold placeholders: nothing of them is read.
//! Nothing is substituted and no command is run. The ending tells the environment: `.env.production`.
//!
//! Own code, since the libraries that read this form substitute variables of the process that runs them and keep no
//! places. Shape: <https://www.dotenv.org/docs/security/env.html>, <https://github.com/motdotla/dotenv#what-rules-does-the-parsing-engine-follow>,
//! <https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax> (read 2026-11).

use super::super::Source;
use super::super::envelope::{Body, Page};
use super::super::found::{self, Candidate};
use super::super::intake::Intake;
use super::super::variables::Variable;
use super::config::Device;
use crate::inventory::{ExposureKind, ExposureRecord, Record};
use crate::problem::{ProblemCode, Severity};
use zeroize::Zeroizing;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/dotenv",
    about: "variables of a project or shell: .env, .env.*, .envrc, shell profiles",
    command: "copy .env, .env.*, .envrc (and ~/.zshrc, ~/.bashrc, ~/.profile) to devices/<host>/<user>/…",
    keys: &["NAME=value"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    matches!(page.body(), Body::Variables(_))
}

/// Profiles of shells: code, of which only what it exports is looked at.
const PROFILES: [&str; 9] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".envrc",
];

/// Words in the name of a file that shows which variables there are, without their values.
const TEMPLATES: [&str; 7] = [
    "example", "sample", "template", "tmpl", "dist", "defaults", "schema",
];

/// Endings, and the environments that they name.
const ENVIRONMENTS: [(&str, &str); 9] = [
    ("production", "production"),
    ("prod", "production"),
    ("staging", "staging"),
    ("stage", "staging"),
    ("development", "development"),
    ("dev", "development"),
    ("test", "test"),
    ("testing", "test"),
    ("ci", "ci"),
];

/// Whether a file of that name holds variables.
pub(in super::super) fn is_named(file_name: &str) -> bool {
    let lower = file_name.to_ascii_lowercase();
    lower == ".env"
        || lower.starts_with(".env.")
        || lower.ends_with(".env")
        || PROFILES.contains(&lower.as_str())
}

fn has_word(file_name: &str, words: &[&str]) -> bool {
    file_name
        .to_ascii_lowercase()
        .split(['.', '-', '_'])
        .any(|part| words.contains(&part))
}

fn environment(file_name: &str) -> Option<&'static str> {
    let lower = file_name.to_ascii_lowercase();
    lower.split(['.', '-', '_']).find_map(|part| {
        let named = ENVIRONMENTS.iter().find(|(word, _)| *word == part);
        named.map(|&(_, environment)| environment)
    })
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Body::Variables(text) = page.body() else {
        return;
    };
    let file_name = page.layout().file_name().to_owned();
    if has_word(&file_name, &TEMPLATES) {
        return;
    }
    let is_code = PROFILES.contains(&file_name.to_ascii_lowercase().as_str());
    let parsed = assignments(text, is_code);
    if let Some(offset) = parsed.first_bad {
        let line = intake.line_at(offset);
        let at = intake.at_line(line, "");
        let lines = match parsed.bad {
            1 => "a line is".to_owned(),
            count => format!("{count} lines are"),
        };
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &at,
            format!("{lines} no NAME=value: nothing of it is read"),
            "a value over several lines stands in quotes",
        );
    }
    let candidates: Vec<Candidate> = parsed
        .all
        .into_iter()
        .map(|assignment| {
            let line = intake.line_at(assignment.offset);
            let evidence = intake.at_line(line, &format!("/{}", assignment.name));
            Candidate {
                name: assignment.name,
                value: assignment.value,
                evidence,
            }
        })
        .collect();
    let path = intake.path();
    let place = format!("env-file:{}", page.layout().lasting_path());
    let lying = found::lying(intake, &format!("{place}#"), &candidates);
    let evidence = intake.page(page);
    let device = Device::of(page.layout(), &evidence, intake);
    for lying in &lying {
        intake.set(Variable {
            device: device.as_ref().map(|device| device.place.clone()),
            path: path.to_owned(),
            lying: lying.clone(),
        });
    }
    if lying.is_empty() {
        return;
    }
    if let Some(device) = &device {
        device.holds(&lying, &evidence, intake);
    }
    let key = intake.key(&place);
    intake.emit(Record::Exposure(ExposureRecord {
        key,
        name: match environment(&file_name) {
            Some(environment) => format!("{path} ({environment})"),
            None => path.to_owned(),
        },
        kind: match device {
            Some(_) => ExposureKind::DeviceFile,
            None => ExposureKind::Other,
        },
        resource: None,
        holder: None,
        lying,
        evidence,
    }));
}

/// `NAME=value`, with its place.
struct Assignment {
    name: String,
    value: Zeroizing<String>,
    offset: usize,
}

#[derive(Default)]
struct Assignments {
    /// In order of place; of several with one name, all: each lies there.
    all: Vec<Assignment>,
    /// How many lines are none.
    bad: usize,
    /// Where the first of those begins.
    first_bad: Option<usize>,
}

/// Cuts a text into assignments. Of code, lines that are none say nothing.
fn assignments(text: &str, is_code: bool) -> Assignments {
    let mut found = Assignments::default();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line_length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..line_length).unwrap_or(rest);
        let offset = at;
        at += line_length;
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let is_exported = trimmed.starts_with("export ");
        let bare = trimmed.strip_prefix("export ").unwrap_or(trimmed);
        let Some((name, _)) = bare
            .split_once('=')
            .filter(|(name, _)| is_name(name.trim()))
        else {
            // `export NAME` hands on what is set elsewhere.
            if !is_code && !is_name(bare) {
                found.bad += 1;
                found.first_bad = found.first_bad.or(Some(offset));
            }
            continue;
        };
        let name = name.trim();
        // What a shell sets for itself alone, its programs do not get.
        if is_code && !is_exported {
            continue;
        }
        let start = line.find('=').map_or(line.len(), |equals| equals + 1);
        let value = rest.get(start..).unwrap_or("");
        let value = value.trim_start_matches([' ', '\t']);
        let begin = rest.len() - value.len();
        match quoted(value) {
            Some((value, length)) => {
                found.push(name, value, offset);
                let end = begin + length;
                if end > line_length {
                    // The rest of the line on which the quotes close.
                    let after = rest.get(end..).unwrap_or("");
                    at = offset + end + after.find('\n').map_or(after.len(), |newline| newline + 1);
                }
            }
            None => {
                let value = value.lines().next().unwrap_or("");
                let value = value.split(" #").next().unwrap_or(value).trim();
                // A quote that never closes is part of nothing.
                let value = value.trim_matches(['"', '\'', '`']);
                found.push(name, Zeroizing::new(value.to_owned()), offset);
            }
        }
    }
    found
}

impl Assignments {
    fn push(&mut self, name: &str, value: Zeroizing<String>, offset: usize) {
        self.all.push(Assignment {
            name: name.to_owned(),
            value,
            offset,
        });
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// A value in quotes, over several lines where it must be, and its length with them; `None` if it is not in quotes.
fn quoted(text: &str) -> Option<(Zeroizing<String>, usize)> {
    let quote = text
        .chars()
        .next()
        .filter(|c| ['"', '\'', '`'].contains(c))?;
    let mut value = Zeroizing::new(String::new());
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return Some((value, at + quote.len_utf8()));
        }
        if letter == '\\' && quote == '"' {
            match letters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => value.push(other),
                None => {}
            }
        } else {
            value.push(letter);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::trial;
    use super::*;

    /// `LINE NAME=VALUE` of each.
    fn told(text: &str, is_code: bool) -> Vec<String> {
        assignments(text, is_code)
            .all
            .iter()
            .map(|one| {
                let line = text.get(..one.offset).unwrap().matches('\n').count() + 1;
                format!("{line} {}={}", one.name, *one.value)
            })
            .collect()
    }

    #[test]
    fn values_are_read_as_the_libraries_of_this_form_read_them() {
        let text = "# comment\nA=1\nexport B = two words # said\nC='#x $Y'\nD=\"l1\nl2\\n\\\"q\" # after\nE=`b`\nF=\nG=a#b\nA=2\n";
        assert_eq!(
            told(text, false),
            [
                "2 A=1",
                "3 B=two words",
                "4 C=#x $Y",
                "5 D=l1\nl2\n\"q",
                "7 E=b",
                "8 F=",
                "9 G=a#b",
                "10 A=2"
            ]
        );
    }

    #[test]
    fn of_code_only_what_it_exports_counts() {
        let text = "if true; then\n  export A=1\nfi\nB=2\nexport C\nfoo() { x=1; }\nuse nix\n";
        assert_eq!(told(text, true), ["2 A=1"]);
        assert_eq!(assignments(text, true).bad, 0);
    }

    #[test]
    fn lines_that_are_nothing_are_counted_and_cost_only_themselves() {
        let text = "A=1\n???\nB C=2\nD='never closed\nE=5\n";
        let parsed = assignments(text, false);
        assert_eq!((parsed.bad, parsed.first_bad), (2, Some(4)));
        assert_eq!(told(text, false), ["1 A=1", "4 D=never closed", "5 E=5"]);
    }

    #[test]
    fn secrets_lie_in_the_file_and_references_placeholders_and_templates_hold_none() {
        let token = format!("ghp_{}", "EXAMPLE".repeat(4));
        let body = format!(
            "GITHUB_TOKEN={token}\nA_TOKEN=op://v/i/f\nB_TOKEN=${{OTHER}}\nC_TOKEN=your-token-here\nD_TOKEN=<token>\nPORT=8080\nDB_PASSWORD=\"not-a-real-one\"\n"
        );
        let path = "devices/h/u/src/shop/.env.production";
        let reading = trial::read_one(path, &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let prefix = |name: &str| format!("found:env-file:{path}#{name}");
        assert_eq!(
            trial::credentials(&reading),
            [prefix("GITHUB_TOKEN"), prefix("DB_PASSWORD")]
        );
        let names: Vec<&str> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Exposure(exposure) => Some(exposure.name.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["files of h/u", &format!("{path} (production)")]);
        for template in [".env.example", "sample.env", ".env.production.template"] {
            let reading = trial::read_one(&format!("devices/h/u/src/shop/{template}"), &body);
            assert!(reading.problems.is_empty() && trial::credentials(&reading).is_empty());
        }
    }

    #[test]
    fn an_access_key_and_its_half_are_one() {
        let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
        let half = format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap());
        let body = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={half}\n");
        let reading = trial::read_one("x/.env", &body);
        assert_eq!(
            trial::lying(&reading),
            [format!("env-file:x/.env aws:access-key:{id} sure")]
        );
    }

    #[test]
    fn files_of_variables_are_known_by_name() {
        for name in [".env", ".env.local", "prod.env", ".envrc", ".zshrc", ".ENV"] {
            assert!(is_named(name), "{name}");
        }
        for name in [
            "env",
            "environment.ts",
            ".environment",
            "env.json",
            "x.envelope",
        ] {
            assert!(!is_named(name), "{name}");
        }
    }
}
