//! No secret value gets out of reading: every source reads secrets in every place that may hold one, whole and spoilt, and
//! nothing that it says or keeps shows them. That nothing which the whole program writes does stands in
//! `tests/pipeline/canary.rs`.
//!
//! A source without a sample fails here (see `samples`), and so does one whose sample leaves out a field that its reader
//! treats as secret.

#[cfg(test)]
mod tests {
    use super::super::SOURCES;
    use super::super::reading::Reading;
    use super::super::samples::{NEEDLE, assert_clean, canaries, sample};
    use super::super::trial::read_one;
    use camino::{Utf8Path, Utf8PathBuf};
    use serde_json::Value;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// Everything that is kept or said of one text that was read.
    fn shown(reading: &Reading) -> String {
        format!("{reading:?}")
    }

    /// The pointers of every value, the inner ones last.
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    pointers(element, &format!("{at}/{index}"), all);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    pointers(member, &format!("{at}/{name}"), all);
                }
            }
            _ => {}
        }
    }

    /// A text, spoilt in as many ways as it holds secrets and values.
    fn spoilt(text: &str, secret: &str) -> Vec<String> {
        let mut all = Vec::new();
        // It breaks off within each secret, and right behind it.
        for (at, _) in text.match_indices(secret) {
            let end = at + secret.len();
            for cut in [end - 1, end] {
                all.extend(text.get(..cut).map(str::to_owned));
            }
            for (at, letter) in [(end, '\u{0}'), (at, '"')] {
                let mut broken = text.to_owned();
                broken.insert(at, letter);
                all.push(broken);
            }
        }
        let Ok(whole) = serde_json::from_str::<Value>(text) else {
            return all;
        };
        let mut places = Vec::new();
        pointers(&whole, "", &mut places);
        for at in places {
            let held = whole.pointer(&at).unwrap();
            let is_secret = held.as_str().is_some_and(|text| text.contains(secret));
            let mut bad = vec![Value::Null, 7.into()];
            if is_secret {
                // A list or an object where a text is expected. A text elsewhere may be a name, and names are shown.
                bad.extend([
                    serde_json::json!([held]),
                    serde_json::json!({ "x": held }),
                    serde_json::json!([{ "x": [held] }, [held]]),
                ]);
            }
            for bad in bad {
                let mut report = whole.clone();
                *report.pointer_mut(&at).unwrap() = bad;
                all.push(report.to_string());
            }
        }
        all
    }

    #[test]
    fn no_reader_keeps_or_says_a_secret_of_any_form_whole_or_spoilt() {
        for source in SOURCES {
            for secret in canaries() {
                let (path, text) = sample(source.id, &secret);
                for text in std::iter::once(text.clone()).chain(spoilt(&text, &secret)) {
                    let read = catch_unwind(AssertUnwindSafe(|| read_one(path, &text)));
                    let what = format!("{} with `{}`", source.id, text.replace(NEEDLE, "CANARY"));
                    match read {
                        Ok(reading) => assert_clean(&shown(&reading), &what),
                        Err(_) => panic!("{what}: a panic"),
                    }
                }
            }
        }
    }

    #[test]
    fn what_no_source_knows_is_answered_without_its_values() {
        for secret in canaries() {
            // What is made of letters alone cannot be told from a name.
            let secret = format!("{secret}0123");
            let quoted = serde_json::Value::from(secret.as_str()).to_string();
            let spoken = secret.replace(',', "");
            for (path, text) in [
                ("x.csv", format!("alice,{spoken}\nbob,{spoken}\n")),
                ("x.csv", format!("user,{spoken}9999,x\n")),
                ("x.json", format!("{{{quoted}: 1, \"a\": {quoted}}}")),
                ("x.json", format!("[{{{quoted}: {quoted}}}]")),
                ("x.json", format!("[{quoted}, {quoted}]")),
                ("x.json", quoted.clone()),
                ("settings", format!("API_TOKEN={secret}\nOTHER={secret}\n")),
                ("x.toml", format!("token = {quoted}\n{spoken} = 1\n")),
                (
                    "x.txt",
                    format!("An error occurred ({secret}) when calling"),
                ),
                ("x.xml", format!("<Error><Code>{secret} x</Code></Error>")),
                (
                    "x.json",
                    format!(r#"{{"error": {{"code": {quoted}, "x": {quoted}}}}}"#),
                ),
                (
                    "x.json",
                    format!(
                        r#"{{"message": {quoted}, "documentation_url": {quoted}, "status": [{quoted}]}}"#
                    ),
                ),
            ] {
                let reading = read_one(path, &text);
                let what = format!("{path} with `{}`", text.replace(NEEDLE, "CANARY"));
                assert!(!reading.problems.is_empty(), "{what}");
                assert_clean(&shown(&reading), &what);
            }
        }
    }

    /// The fields of a reader that are wiped, each by the names under which serde may know it; and the structs that hold one
    /// and show themselves.
    fn wiped_fields(code: &str) -> (Vec<Vec<String>>, Vec<String>) {
        let (mut fields, mut talkative) = (Vec::new(), Vec::new());
        let (mut attributes, mut derives, mut name) = (String::new(), String::new(), String::new());
        let mut is_of_serde = false;
        for line in code.lines().map(str::trim) {
            if line.starts_with("#[derive(") {
                derives = line.to_owned();
            } else if line.starts_with("#[") || line.starts_with("rename") {
                attributes.push_str(line);
            } else if let Some((_, rest)) = line.split_once("struct ") {
                name = rest.split([' ', '<', '(']).next().unwrap_or("").to_owned();
                is_of_serde = derives.contains("Deserialize");
                if derives.contains("Debug") && line.contains("Zeroizing<") {
                    talkative.push(name.clone());
                }
                (attributes, derives) = (String::new(), derives);
            } else if let Some((field, of)) = line.split_once(": ")
                && of.contains("Zeroizing<")
                && line.ends_with(',')
            {
                if derives.contains("Debug") {
                    talkative.push(format!("{name}.{field}"));
                }
                if is_of_serde {
                    let field = field.rsplit(' ').next().unwrap_or(field);
                    let mut names = vec![field.to_owned(), camel(field)];
                    let renames = attributes.split("rename = \"").skip(1);
                    names.extend(
                        renames.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
                    );
                    fields.push(names);
                }
                attributes.clear();
            } else if line.ends_with(',') || line.is_empty() {
                attributes.clear();
            } else if line == "}" {
                (derives, is_of_serde) = (String::new(), false);
            }
        }
        (fields, talkative)
    }

    fn camel(snake: &str) -> String {
        let mut parts = snake.split('_');
        let mut camel = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let mut letters = part.chars();
            camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
            camel.extend(letters);
        }
        camel
    }

    #[test]
    fn every_field_that_a_reader_wipes_is_in_its_sample_and_no_such_struct_shows_itself() {
        let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sources");
        let mut count = 0;
        let mut all = Vec::new();
        for entry in walkdir::WalkDir::new(&folder) {
            let path = Utf8PathBuf::from_path_buf(entry.unwrap().into_path()).unwrap();
            if path.extension() != Some("rs") {
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let (fields, talkative) = wiped_fields(code.split("#[cfg(test)]").next().unwrap());
            assert!(talkative.is_empty(), "{path} shows {talkative:?}");
            all.push((path, fields));
        }
        for source in SOURCES {
            let (_, text) = sample(source.id, NEEDLE);
            let places = [
                folder.join(format!("{}.rs", source.id)),
                folder.join(source.id).join("mod.rs"),
            ];
            for (path, fields) in all.iter().filter(|(path, _)| places.contains(path)) {
                for names in fields {
                    count += 1;
                    let holds = |name: &String| {
                        let begin = format!("\"{name}\":");
                        text.split(&begin).skip(1).any(|rest| {
                            let end = rest.find(['\n']).unwrap_or(rest.len());
                            rest.get(..end.min(120)).unwrap_or(rest).contains(NEEDLE)
                        })
                    };
                    assert!(
                        names.iter().any(holds),
                        "{path}: the sample of `{}` has no secret in {names:?}",
                        source.id
                    );
                }
            }
        }
        assert!(
            count >= 10,
            "{count} fields: is the form of readers another?"
        );
    }

    #[test]
    fn the_look_for_wiped_fields_finds_them() {
        let code = "#[derive(Deserialize, Debug)]\n#[serde(rename_all = \"camelCase\")]\nstruct A {\n    #[serde(rename = \"Raw\")]\n    raw_two: Zeroizing<String>,\n}\n#[derive(Deserialize)]\nstruct B {\n    plain: String,\n    text: Zeroizing<String>,\n}\nstruct C {\n    own: Zeroizing<String>,\n}\n";
        let (fields, talkative) = wiped_fields(code);
        assert_eq!(
            fields,
            [
                ["raw_two", "rawTwo", "Raw"].map(str::to_owned).to_vec(),
                vec!["text".to_owned(), "text".to_owned()]
            ]
        );
        assert_eq!(talkative, ["A.raw_two"]);
        assert_eq!(camel("dependent_captures"), "dependentCaptures");
    }
}
