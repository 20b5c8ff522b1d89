//! Our own format, CSV and JSON, for everything that has no reader yet.
//!
//! **Nodes**, CSV: a header with at least `word,id`, of
//! `word,id,name,type,platform,tenant,principal,resource,environment,sensitivity,owner,created,expires,last_used,last_review,status`
//! in any order; `word` is tenant, principal, credential, exposure, resource or scope. By what a leaked credential is
//! recognised without its value stands in `identifier` (the issuer's id, a fingerprint, a thumbprint), `sha256` (of the
//! value, as GitHub's `hashed_token`), `masked` (`ghp_****abcd`), `file` (the path where it is kept) and `variable`
//! (under what name): the first two decide, the others make it possible. **Steps**, CSV: a header with at
//! least `needs,gain`, of `needs,gain,technique,scope,condition`. `needs` are references joined by `;`.
//!
//! A reference is `exposure:KEY`, `credential:KEY`, `principal:KEY`, or `list:KEY`, `read:KEY`, `write:KEY`,
//! `delete:KEY`, `admin:KEY` for access to a resource. A scope that no node defines is implied by its use.
//!
//! **JSON**: `{"leakreach": 1, "tenants": […], "principals": […], "credentials": […], "exposures": […],
//! "resources": […], "scopes": […], "steps": […]}` with the same fields; an exposure may list
//! `"lying": [{"credential": KEY, "name": …, "doubt": …, "since": DATE, "worked": BOOL, "public": BOOL, "found": BOOL}]`
//! (since when; whether it worked when tried; whether anybody reads the place; whether a scanner or somebody else found it
//! there), a step's `needs` are a list.

mod document;
mod node;
mod reference;
mod table;

use super::Source;
use super::envelope::{Body, Page};
use super::intake::Intake;

pub(super) const SOURCE: Source = Source {
    id: "neutral",
    about: "leakreach's own format: nodes and steps stated outright",
    command: "write it by hand or by script: CSV with the columns `word,id,…` or `needs,gain,…`, or JSON with `\"leakreach\": 1`",
    keys: &["leakreach", "word", "needs", "gain"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    match page.body() {
        Body::Object(_) => page.has_keys(&["leakreach"]),
        Body::Table(_) => page.has_keys(&["word", "id"]) || page.has_keys(&["needs", "gain"]),
        _ => false,
    }
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    match page.body() {
        Body::Table(text) => table::read(page.keys(), text, intake),
        _ => document::read(page, intake),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial;
    use crate::inventory::{Access, Record, StatedFact, Terms};
    use crate::problem::ProblemCode;

    const NODES: &str = "word,id,name,type,platform,tenant,sensitivity,status\n\
        tenant,t1,Acme,,okta,,,\n\
        resource,r1,Vault,database,okta,t1,crown,\n\
        credential,c1,,api-key,,,,active\n\
        principal,p1,,robot,,,,\n";

    #[test]
    fn nodes_are_read_and_an_unknown_word_costs_its_row_only() {
        let reading = trial::read_one("n.csv", NODES);
        assert_eq!(reading.records.len(), 3);
        assert_eq!(reading.problems.len(), 1);
        let problem = &reading.problems[0];
        assert_eq!(
            (problem.code, problem.line, problem.pointer.as_str()),
            (ProblemCode::BadRecord, Some(5), "/4/type")
        );
        assert_eq!(trial::place_of(&reading, "c1"), "4 /3");
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_near_one() {
        let reading = trial::read_one("n.csv", "word,id,type\nprincipal,p,humna\n");
        assert_eq!(reading.problems[0].help, "did you mean `human`?");
    }

    #[test]
    fn steps_are_read_with_several_needs_and_an_implied_scope() {
        let reading = trial::read_one(
            "s.csv",
            "gain,needs,technique,scope,condition\nread:r1,credential:c1 ; principal:p:1,sign in,s1,\n",
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let [Record::Scope(scope), Record::Step(step)] = reading.records.as_slice() else {
            panic!("{:?}", reading.records)
        };
        assert!(matches!(scope.terms, Terms::Stated));
        assert_eq!(step.gain, StatedFact::Access("r1".into(), Access::Read));
        assert_eq!(
            step.needs,
            [
                StatedFact::Credential("c1".into()),
                StatedFact::Principal("p:1".into())
            ]
        );
        assert_eq!(
            (step.scope.as_deref(), &step.condition),
            (Some("s1"), &None)
        );
    }

    #[test]
    fn a_bad_reference_costs_its_row_and_an_extra_column_is_noted() {
        let reading = trial::read_one(
            "s.csv",
            "needs,gain,colour\ncredental:c1,read:r1,blue\ncredential:c1,read:r1,red\n",
        );
        assert_eq!(reading.records.len(), 1);
        let codes: Vec<_> = reading
            .problems
            .iter()
            .map(|problem| (problem.code, problem.line))
            .collect();
        assert_eq!(
            codes,
            [
                (ProblemCode::NotModelled, Some(1)),
                (ProblemCode::BadRecord, Some(2))
            ]
        );
        assert_eq!(reading.problems[1].help, "did you mean `credential`?");
    }

    #[test]
    fn json_holds_the_same_words() {
        let reading = trial::read_one(
            "x.json",
            r#"{"leakreach": 1,
              "resources": [{"id": "r1", "type": "database", "environment": "prod"}],
              "exposures": [{"id": "e1", "type": "device-file", "lying": [{"credential": "c1", "name": "TOKEN"}]}],
              "steps": [{"needs": ["exposure:e1"], "gain": "admin:r1", "technique": "t"}, {"needs": "x", "gain": "admin:r1"}]}"#,
        );
        assert_eq!(reading.records.len(), 3);
        assert_eq!(trial::lying(&reading), ["e1 c1 sure"]);
        assert_eq!(reading.problems.len(), 1);
        assert_eq!(reading.problems[0].pointer, "/steps/1/needs");
    }

    #[test]
    fn another_table_is_not_recognised() {
        let reading = trial::read_one("x.csv", "id,name\n1,2\n");
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
