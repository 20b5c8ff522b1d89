//! Policies of one resource each, as their services answer: `aws secretsmanager get-resource-policy`,
//! `aws lambda get-policy`, `aws ecr get-repository-policy` and `aws ecr describe-repositories`.
//!
//! A secret names itself. A function does not, and a repository lacks its region: these come from the layout. Statements
//! of a repository's policy have no resource: the repository is meant.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>,
//! <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html>,
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html> (read 2026-11).

use super::arn::partition_of_region;
use super::emit_listing;
use super::own_policy::{self, Owned};
use super::policy::Use;
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use serde::Deserialize;

const REPOSITORY: &str = "ecr:repository";
const OF_FUNCTION: &str = "aws/<account>/lambda/policy/<region>/<function>.json";
const OF_REPOSITORY: &str = "aws/<account>/ecr/repository-policy/<region>/<repository>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/named_policies",
    about: "AWS policies of one secret, function or image repository; image repositories",
    command: "aws lambda get-policy --function-name <function> --region <region> --output json > aws/<account>/lambda/policy/<region>/<function>.json",
    keys: &["ResourcePolicy", "RevisionId", "policyText", "repositories"],
    recognise,
    read,
};

/// Which command answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Secret,
    Function,
    Repository,
    Repositories,
}

fn answer(page: &Page<'_>) -> Option<Answer> {
    let only = |known: &[&str]| page.keys().iter().all(|key| known.contains(&key.as_str()));
    if !page.is_object() {
        return None;
    }
    if page.has_keys(&["policyText", "repositoryName"]) {
        return Some(Answer::Repository);
    }
    // A list of none with a total is one of GitHub's.
    if page.lists("repositories", &["repositoryArn"]) && !page.has_keys(&["total_count"]) {
        return Some(Answer::Repositories);
    }
    if page.has_keys(&["ARN", "Name"]) && only(&["ARN", "Name", "ResourcePolicy"]) {
        return Some(Answer::Secret);
    }
    let is_text = page
        .member("Policy")
        .is_some_and(|policy| json::opening(policy.raw) == '"');
    let is_of_function =
        page.has_keys(&["RevisionId"]) || own_policy::place(page, "lambda", "policy").is_some();
    (is_text && is_of_function && only(&["Policy", "RevisionId"])).then_some(Answer::Function)
}

fn recognise(page: &Page<'_>) -> bool {
    answer(page).is_some()
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    match answer(page) {
        Some(Answer::Secret) => {
            let arn = text(page, "ARN");
            emit(
                page,
                &arn,
                "secretsmanager:secret",
                "ResourcePolicy",
                Use::Resource,
                intake,
            );
        }
        Some(Answer::Function) => {
            let Some((account, region, name)) = own_policy::place(page, "lambda", "policy") else {
                let at = intake.page(page);
                intake.missing_parent(
                    Severity::Skipped,
                    &at,
                    "which function's policy it is",
                    OF_FUNCTION,
                );
                return;
            };
            let partition = partition_of_region(region);
            let arn = format!("arn:{partition}:lambda:{region}:{account}:function:{name}");
            emit(
                page,
                &arn,
                "lambda:function",
                "Policy",
                Use::Resource,
                intake,
            );
        }
        Some(Answer::Repository) => {
            let Some((account, region, _)) = own_policy::place(page, "ecr", "repository-policy")
            else {
                let at = intake.page(page);
                intake.missing_parent(
                    Severity::Skipped,
                    &at,
                    "in which region the repository lies",
                    OF_REPOSITORY,
                );
                return;
            };
            let partition = partition_of_region(region);
            let name = text(page, "repositoryName");
            let arn = format!("arn:{partition}:ecr:{region}:{account}:repository/{name}");
            emit(page, &arn, REPOSITORY, "policyText", Use::Own, intake);
        }
        Some(Answer::Repositories) => read_repositories(page, intake),
        None => {}
    }
}

fn text(page: &Page<'_>, name: &str) -> String {
    page.member(name)
        .and_then(|row| json::text_of(row.raw))
        .unwrap_or_default()
}

fn emit(
    page: &Page<'_>,
    arn: &str,
    kind: &str,
    document: &str,
    used: Use,
    intake: &mut Intake<'_>,
) {
    let at = intake.page(page);
    let owned = Owned {
        arn,
        kind,
        aliases: Vec::new(),
        account: None,
    };
    if let Some(key) = own_policy::emit(owned, &at, intake) {
        own_policy::read(&key, page.member(document), used, intake);
    }
}

#[derive(Deserialize)]
struct Repository {
    #[serde(rename = "repositoryArn")]
    arn: String,
}

fn read_repositories(page: &Page<'_>, intake: &mut Intake<'_>) {
    let rows: Vec<Row<'_>> = page.rows("repositories").unwrap_or_default();
    for row in rows {
        let Some(repository) = intake.parse::<Repository>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let owned = Owned {
            arn: &repository.arn,
            kind: REPOSITORY,
            aliases: Vec::new(),
            account: None,
        };
        own_policy::emit(owned, &evidence, intake);
    }
    let at = intake.page(page);
    if let Some(account) = page.layout().aws().map(|place| place.account.to_owned()) {
        emit_listing(intake, &account, REPOSITORY, page.is_whole(), at);
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::{Record, Terms};
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    fn policy(resource: &str) -> String {
        format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "*"{resource}}}]}}"#
        )
    }

    #[test]
    fn a_repository_policy_needs_no_resource_and_means_the_repository() {
        let body = serde_json::json!({"registryId": "111122223333", "repositoryName": "team/app", "policyText": policy("")});
        let path = "aws/111122223333/ecr/repository-policy/eu-west-1/team__app.json";
        let reading = trial::read_one(path, &body.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let key = "arn:aws:ecr:eu-west-1:111122223333:repository/team/app#policy/0";
        let scope = reading.records.iter().find_map(|record| match record {
            Record::Scope(scope) if *scope.key == *key => Some(&scope.terms),
            _ => None,
        });
        let Some(Terms::ResourcePolicy { statement, .. }) = scope else {
            panic!("no policy");
        };
        assert_eq!(statement.resources.as_ref().unwrap().values, ["*"]);
        let reading = trial::read_one("r.json", &body.to_string());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
    }

    #[test]
    fn a_functions_policy_is_of_the_function_in_the_layout() {
        let body =
            serde_json::json!({"Policy": policy(r#", "Resource": "*""#), "RevisionId": "EXAMPLE"});
        let path = "aws/111122223333/lambda/policy/eu-west-1/pay.json";
        let reading = trial::read_one(path, &body.to_string());
        let key = "arn:aws:lambda:eu-west-1:111122223333:function:pay#policy/0";
        assert_eq!(trial::place_of(&reading, key), "1 /Policy/Statement/0");
        let reading = trial::read_one("f.json", &body.to_string());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
        assert!(reading.records.is_empty());
    }

    #[test]
    fn a_secret_names_itself_and_may_have_no_policy() {
        let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
        let body = serde_json::json!({"ARN": arn, "Name": "db"});
        let reading = trial::read_one("s.json", &body.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(trial::place_of(&reading, arn), "1 ");
        let body = serde_json::json!({"ARN": arn, "Name": "db", "SecretString": "EXAMPLE"});
        let reading = trial::read_one("s.json", &body.to_string());
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
