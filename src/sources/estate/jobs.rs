//! `[[job]]`: what a credential is used for, by one of its jobs.

use super::{Reader, Value};
use crate::inventory::{Clause, JobRecord, Record, Uses};
use toml::de::DeValue;

const JOB: [&str; 5] = ["name", "credential", "place", "uses", "on"];

pub(super) fn read(reader: &mut Reader<'_, '_>, jobs: &Value<'_>) {
    let DeValue::Array(jobs) = jobs.get_ref() else {
        return reader.bad(
            jobs,
            "/job",
            "`job` is no list of jobs",
            "write `[[job]]`, with two brackets",
        );
    };
    for (index, job) in jobs.iter().enumerate() {
        reader.job(job, &format!("/job/{index}"));
    }
}

impl Reader<'_, '_> {
    /// Half a job is none: it would split a credential otherwise than is meant.
    fn job(&mut self, value: &Value<'_>, pointer: &str) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.bad(value, pointer, "a job is no table", "write `[[job]]`");
        };
        let is_known = self.check_keys(table, &JOB, pointer);
        let at = |key: &str| format!("{pointer}/{key}");
        for key in ["name", "credential", "uses"] {
            if table.get(key).is_none() {
                let message = format!("the job has no `{key}`");
                let help = "a job has a `name`, a `credential`, and `uses`, which are actions";
                return self.bad(value, pointer, message, help);
            }
        }
        let name = table.get("name").and_then(|it| self.word(it, &at("name")));
        let credential = table
            .get("credential")
            .and_then(|it| self.word(it, &at("credential")));
        let places = match table.get("place") {
            Some(place) => self.globs(place, &at("place")),
            None => Some(Vec::new()),
        };
        let actions = table.get("uses").and_then(|uses| {
            let is_action = |one: &str| one == "*" || is_pair(one);
            let help = "write `s3:GetObject`, `s3:*` or `*`";
            self.each(uses, &at("uses"), "names no action", help, is_action)
        });
        let on = match table.get("on") {
            Some(on) => {
                let is_resource = |one: &str| one == "*" || one.starts_with("arn:");
                let help =
                    "write an ARN, in which `*` and `?` stand for any, and no policy variable";
                let is_plain = |one: &str| is_resource(one) && !one.contains("${");
                self.each(on, &at("on"), "names no resource", help, is_plain)
            }
            None => Some(vec!["*".to_owned()]),
        };
        let clause = |values: Vec<String>| Clause {
            is_negated: false,
            values,
        };
        match (name, credential, places, actions, on) {
            (Some(name), Some(credential), Some(places), Some(actions), Some(on)) if is_known => {
                let evidence = self.at(value, pointer);
                self.intake.emit(Record::Job(JobRecord {
                    name,
                    credential,
                    places,
                    uses: Uses {
                        actions: clause(actions),
                        on: clause(on),
                    },
                    evidence,
                }));
            }
            _ => self.bad(
                value,
                pointer,
                "job skipped: not all of it can be read",
                "mend what is reported beside it",
            ),
        }
    }

    /// A text that is not empty.
    fn word(&mut self, value: &Value<'_>, pointer: &str) -> Option<String> {
        let text = self.text(value, pointer)?;
        if text.trim().is_empty() {
            self.bad(value, pointer, "this is empty", "write its name");
            return None;
        }
        Some(text)
    }

    /// Texts that are all what they should be, one at least.
    fn each(
        &mut self,
        value: &Value<'_>,
        pointer: &str,
        wrong: &str,
        help: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let all = self.strings(value, pointer)?;
        if all.is_empty() {
            self.bad(value, pointer, "the list is empty", help);
            return None;
        }
        match all.iter().find(|one| !is_right(one)) {
            Some(one) => {
                self.bad(value, pointer, format!("`{one}` {wrong}"), help);
                None
            }
            None => Some(all),
        }
    }
}

/// `service:action`, with wildcards.
fn is_pair(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'*' | b'?');
        !part.is_empty() && part.bytes().all(is_plain)
    };
    text.split_once(':')
        .is_some_and(|(service, action)| is_part(service) && is_part(action))
}

#[cfg(test)]
mod tests {
    use crate::inventory::{JobRecord, Record};
    use crate::problem::ProblemCode;
    use crate::sources::Reading;
    use crate::sources::trial;

    fn jobs(reading: &Reading) -> Vec<&JobRecord> {
        let records = reading.records.iter();
        records
            .filter_map(|record| match record {
                Record::Job(job) => Some(job),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_job_says_who_where_what_and_on_what() {
        let reading = trial::read_one(
            "leakreach.toml",
            "[[job]]\nname = \"backup\"\ncredential = \"backup-key\"\nplace = \"*backup*\"\n\
             uses = [\"s3:PutObject\", \"s3:List*\"]\non = \"arn:aws:s3:::acme-backups*\"\n\
             [[job]]\nname = \"deploy\"\ncredential = \"backup-key\"\nuses = \"*\"\n",
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let jobs = jobs(&reading);
        let told = |at: usize| {
            let job: &JobRecord = jobs[at];
            let uses = &job.uses;
            (
                job.evidence.line,
                &uses.actions.values[..],
                &uses.on.values[..],
            )
        };
        let (line, actions, on) = told(0);
        assert_eq!((line, actions.len()), (1, 2));
        assert_eq!(on, ["arn:aws:s3:::acme-backups*"]);
        assert!(jobs[0].places[0].is_match("ci/backup/KEY"));
        // Whatever its principal may, wherever it lies.
        let (line, actions, on) = told(1);
        assert_eq!(
            (line, actions, on),
            (7, &["*".to_owned()][..], &["*".to_owned()][..])
        );
        assert!(jobs[1].places.is_empty());
    }

    #[test]
    fn what_the_documentation_shows_is_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/risk.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (_, rest) = text.split_once("### Splits").unwrap();
        let (_, rest) = rest.split_once("```toml\n").unwrap();
        let (shown, _) = rest.split_once("```").unwrap();
        let reading = trial::read_one("leakreach.toml", shown);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(jobs(&reading).len(), 1);
    }

    #[test]
    fn a_job_that_cannot_be_read_is_left_out_and_told_with_its_line() {
        const WHOLE: [(&str, &str); 3] = [
            ("name", "name = \"backup\"\n"),
            ("credential", "credential = \"key\"\n"),
            ("uses", "uses = [\"s3:PutObject\"]\n"),
        ];
        // What stands for which line of a job that is whole otherwise, and the line of what is said.
        for (key, wrong, line, said) in [
            ("name", "", 1, "the job has no `name`"),
            ("credential", "", 1, "the job has no `credential`"),
            ("uses", "", 1, "the job has no `uses`"),
            ("name", "name = 3\n", 2, "a text belongs here"),
            ("name", "name = \" \"\n", 2, "this is empty"),
            ("credential", "credential = \"\"\n", 3, "this is empty"),
            ("uses", "uses = []\n", 4, "the list is empty"),
            (
                "uses",
                "uses = \"PutObject\"\n",
                4,
                "`PutObject` names no action",
            ),
            (
                "uses",
                "uses = [\"s3:Put Object\"]\n",
                4,
                "`s3:Put Object` names no action",
            ),
            ("uses", "uses = [\"s3:\"]\n", 4, "`s3:` names no action"),
            (
                "uses",
                "uses = \"s3:*\"\non = \"bucket\"\n",
                5,
                "`bucket` names no resource",
            ),
            (
                "uses",
                "uses = \"s3:*\"\non = \"arn:aws:s3:::${aws:username}\"\n",
                5,
                "`arn:aws:s3:::${aws:username}` names no resource",
            ),
            (
                "uses",
                "uses = \"s3:*\"\nplace = \"[\"\n",
                5,
                "`[` is no pattern: unclosed character class; missing ']'",
            ),
            (
                "uses",
                "uses = \"s3:*\"\nplaces = \"x\"\n",
                5,
                "`places` is not known here",
            ),
        ] {
            let lines = WHOLE
                .iter()
                .map(|&(own, text)| if own == key { wrong } else { text });
            let text = format!("[[job]]\n{}", lines.collect::<String>());
            let reading = trial::read_one("leakreach.toml", &text);
            assert!(jobs(&reading).is_empty(), "{text}");
            let told = reading.problems.iter();
            let told = told.filter(|one| one.code == ProblemCode::BadEstate);
            let told: Vec<_> = told.map(|one| (one.line, one.message.as_str())).collect();
            assert!(told.contains(&(Some(line), said)), "{text}: {told:?}");
        }
        let reading = trial::read_one("leakreach.toml", "[job]\nname = \"backup\"\n");
        assert_eq!(reading.problems[0].message, "`job` is no list of jobs");
        let reading = trial::read_one("leakreach.toml", "job = [3]\n");
        assert_eq!(reading.problems[0].message, "a job is no table");
    }
}
