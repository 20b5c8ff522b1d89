//! Policies of resources of any service, as a list: `[{"Resource": ARN, "Policy": {…}, "Account": …}]`, bare
//! or as `ResourcePolicies` of an object.
//!
//! No command of AWS writes this: it is the form for what inventories and scripts collect. `Policy` is an object or a
//! JSON string; `Account` is needed only where the ARN has none (buckets).

use super::arn::Arn;
use super::own_policy::{self, Owned};
use super::policy::Use;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/resource_policies",
    about: "AWS policies of resources of any service, as a list of your own making",
    command: "a list of {\"Resource\": <ARN>, \"Policy\": <document>, \"Account\": <account>} > aws/<account>/resource-policies.json",
    keys: &["ResourcePolicies", "Resource", "Policy"],
    recognise,
    read,
};

const LIST: &str = "ResourcePolicies";

fn recognise(page: &Page<'_>) -> bool {
    page.lists(LIST, &["Resource", "Policy"])
}

/// The type of a resource: its service and the type that its ARN writes; those without one have it by service.
fn kind(arn: &Arn<'_>) -> String {
    let of = match arn.service {
        "s3" => "bucket",
        "sqs" => "queue",
        "sns" => "topic",
        _ => arn
            .resource
            .split_once(['/', ':'])
            .map_or("resource", |(of, _)| of),
    };
    format!("{}:{of}", arn.service)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    for row in page.rows(LIST).unwrap_or_default() {
        let text = |name: &str| {
            row.member(name)
                .and_then(|member| json::text_of(member.raw))
                .unwrap_or_default()
        };
        let (arn, account) = (text("Resource"), text("Account"));
        let at = intake.row(&row);
        let owned = Owned {
            arn: &arn,
            kind: &Arn::parse(&arn).map(|arn| kind(&arn)).unwrap_or_default(),
            aliases: Vec::new(),
            account: Some(&account),
        };
        if let Some(key) = own_policy::emit(owned, &at, intake) {
            own_policy::read(&key, row.member("Policy"), Use::Own, intake);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::Record;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    fn kinds(text: &str) -> Vec<(String, Option<String>)> {
        trial::read_one("p.json", text)
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Resource(it) => {
                    Some((it.kind.clone(), it.tenant.as_deref().map(str::to_owned)))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn each_resource_has_its_type_and_a_bucket_takes_the_account_beside_it() {
        let policy = r#"{"Statement": []}"#;
        let text = format!(
            r#"[{{"Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs", "Policy": {policy}}},
            {{"Resource": "arn:aws:s3:::data", "Policy": {policy}, "Account": "111122223333"}},
            {{"Resource": "arn:aws:kms:eu-west-1:111122223333:key/k", "Policy": {policy}}}]"#
        );
        let account = Some("aws:account:111122223333".to_owned());
        assert_eq!(
            kinds(&text),
            ["sqs:queue", "s3:bucket", "kms:key"].map(|kind| (kind.to_owned(), account.clone()))
        );
    }

    #[test]
    fn a_policy_without_account_is_told_and_costs_itself_only() {
        let text = r#"{"ResourcePolicies": [
            {"Resource": "arn:aws:s3:::data", "Policy": {"Statement": []}},
            {"Resource": "arn:aws:sns:eu-west-1:111122223333:news", "Policy": "{\"Statement\": []}"}]}"#;
        assert_eq!(kinds(text).len(), 1);
        let reading = trial::read_one("p.json", text);
        assert_eq!(reading.problems[0].code, ProblemCode::BadRecord);
    }
}
