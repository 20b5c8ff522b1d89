//! The edits of several fixes as one patch a document: each fix's own are for the documents as they were exported, and
//! once one statement is gone the next has another index.

use super::edit::{Edit, Operation};
use crate::inventory::{FileId, Inventory};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What becomes of one statement.
#[derive(Default)]
struct Statement {
    /// The name that it must have.
    test: Option<Operation>,
    /// How it is removed.
    removal: Option<Operation>,
    /// By path, what is left of its lists.
    lists: BTreeMap<String, Vec<String>>,
    /// What it gets more.
    added: Vec<Operation>,
}

/// The statements of a document, by index.
type Statements = BTreeMap<u64, Statement>;

/// One edit for each document, in order of file and pointer, that does what all `edits` do.
///
/// A statement of which several drop something keeps what all of them keep; one that keeps nothing is removed.
pub fn joined<'e>(inventory: &Inventory, edits: impl IntoIterator<Item = &'e Edit>) -> Vec<Edit> {
    let mut documents: BTreeMap<(FileId, &str), (Edit, Statements)> = BTreeMap::new();
    for edit in edits {
        let file = inventory.evidence[edit.evidence].file;
        let empty = || {
            let edit = Edit {
                operations: Vec::new(),
                ..edit.clone()
            };
            (edit, Statements::new())
        };
        let document = documents.entry((file, edit.document.as_str()));
        let (_, statements) = document.or_insert_with(empty);
        for operation in &edit.operations {
            let (index, rest) = place(operation);
            let statement: &mut Statement = statements.entry(index).or_default();
            match operation {
                Operation::Test { .. } => statement.test = Some(operation.clone()),
                Operation::Add { .. } => statement.added.push(operation.clone()),
                Operation::Replace { path, value } if !rest.is_empty() => {
                    let list = statement.lists.entry(path.clone());
                    let list = list.or_insert_with(|| value.clone());
                    list.retain(|entry| value.contains(entry));
                }
                _ => statement.removal = Some(operation.clone()),
            }
        }
    }
    let joined = documents.into_values().map(|(mut edit, statements)| {
        let mut removals = Vec::new();
        for (index, statement) in statements {
            let empty = statement.lists.iter().find(|(_, list)| list.is_empty());
            let removal = statement.removal.or_else(|| Some(removing(empty?.0)));
            match removal {
                Some(removal) => removals.push((index, statement.test, removal)),
                None => {
                    edit.operations.extend(statement.test);
                    let lists = statement.lists.into_iter();
                    let replace = |(path, value)| Operation::Replace { path, value };
                    edit.operations.extend(lists.map(replace));
                    edit.operations.extend(statement.added);
                }
            }
        }
        // The last first: what stands before it keeps its index.
        removals.sort_by_key(|(index, ..)| Reverse(*index));
        for (_, test, removal) in removals {
            edit.operations.extend(test);
            edit.operations.push(removal);
        }
        edit
    });
    joined.collect()
}

/// The index of the statement that an operation is on (0 for one without a list), and what comes after that.
fn place(operation: &Operation) -> (u64, &str) {
    let (Operation::Test { path, .. }
    | Operation::Remove { path }
    | Operation::Replace { path, .. }
    | Operation::Add { path, .. }) = operation;
    let rest = path.strip_prefix("/Statement").unwrap_or(path);
    let inner = rest.strip_prefix('/').unwrap_or(rest);
    let (first, after) = inner.split_once('/').unwrap_or((inner, ""));
    match first.parse() {
        Ok(index) => (index, after),
        Err(_) => (0, rest),
    }
}

/// What removes the statement of which that list is a part.
fn removing(list: &str) -> Operation {
    let statement = list
        .rsplit_once('/')
        .map_or(list, |(statement, _)| statement);
    match statement {
        "/Statement" => Operation::Replace {
            path: statement.to_owned(),
            value: Vec::new(),
        },
        _ => Operation::Remove {
            path: statement.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EvidenceId, Id};
    use crate::reports::sample;
    use serde_json::{Value, json};

    fn edit(document: &str, operations: &[Operation]) -> Edit {
        Edit {
            evidence: EvidenceId::from_index(0),
            document: document.to_owned(),
            is_in_text: false,
            operations: operations.to_vec(),
        }
    }

    fn remove(path: &str) -> Operation {
        Operation::Remove {
            path: path.to_owned(),
        }
    }

    fn replace(path: &str, value: &[&str]) -> Operation {
        Operation::Replace {
            path: path.to_owned(),
            value: value.iter().map(|&one| one.to_owned()).collect(),
        }
    }

    fn test(path: &str, value: &str) -> Operation {
        Operation::Test {
            path: path.to_owned(),
            value: value.to_owned(),
        }
    }

    /// What a document becomes, by all edits of it joined.
    fn patched(mut document: Value, edits: &[Edit]) -> Value {
        let inventory = sample::analysis().inventory;
        let joined = joined(&inventory, edits);
        assert_eq!(joined.len(), 1);
        let operations = serde_json::to_value(&joined[0].operations).unwrap();
        let patch: json_patch::Patch = serde_json::from_value(operations).unwrap();
        json_patch::patch(&mut document, &patch).unwrap();
        document
    }

    #[test]
    fn indices_are_those_of_the_document_as_it_was() {
        let document = json!({"Statement": [
            {"Sid": "a", "Action": "*"}, {"Sid": "b", "Action": ["x", "y", "z"]}, {"Sid": "c"}, {"Sid": "d"}]});
        let edits = [
            edit("", &[test("/Statement/0/Sid", "a"), remove("/Statement/0")]),
            edit("", &[test("/Statement/2/Sid", "c"), remove("/Statement/2")]),
            edit(
                "",
                &[
                    test("/Statement/1/Sid", "b"),
                    replace("/Statement/1/Action", &["x", "y"]),
                ],
            ),
            edit(
                "",
                &[
                    test("/Statement/1/Sid", "b"),
                    replace("/Statement/1/Action", &["y", "z"]),
                ],
            ),
        ];
        let left = json!({"Statement": [{"Sid": "b", "Action": ["y"]}, {"Sid": "d"}]});
        assert_eq!(patched(document, &edits), left);
    }

    #[test]
    fn a_statement_that_keeps_nothing_goes() {
        let edits = |path: &str| {
            [
                edit("", &[replace(path, &["x"])]),
                edit("", &[replace(path, &["y"])]),
            ]
        };
        let listed = json!({"Statement": [{"Action": ["x", "y"]}]});
        assert_eq!(
            patched(listed, &edits("/Statement/0/Action")),
            json!({"Statement": []})
        );
        let alone = json!({"Statement": {"Action": ["x", "y"]}});
        assert_eq!(
            patched(alone, &edits("/Statement/Action")),
            json!({"Statement": []})
        );
    }

    #[test]
    fn each_document_has_its_own_edit() {
        let inventory = sample::analysis().inventory;
        let edits = [
            edit("/b", &[remove("/Statement/0")]),
            edit("/a", &[remove("/Statement")]),
            edit("/b", &[remove("/Statement/1")]),
        ];
        let joined = joined(&inventory, &edits);
        let documents: Vec<_> = joined
            .iter()
            .map(|edit| (edit.document.as_str(), edit.operations.len()))
            .collect();
        assert_eq!(documents, [("/a", 1), ("/b", 2)]);
    }
}
