//! `aws sqs get-queue-attributes`, `aws sns get-topic-attributes`: queues and topics with their own policies.
//!
//! Both answer with a map of texts in which the policy is a JSON string; the ARN is among them, so that no layout is
//! needed. `aws sns list-topics` names all topics; `aws sqs list-queues` gives addresses, which tell account and region.
//!
//! Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>,
//! <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html> (read 2026-11).

use super::emit_listing;
use super::own_policy::{self, Owned};
use super::policy::Use;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use serde::Deserialize;

const QUEUE: &str = "sqs:queue";
const TOPIC: &str = "sns:topic";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/attributes",
    about: "AWS SQS queues and SNS topics with their policies",
    command: "aws sqs get-queue-attributes --queue-url <queue url> --attribute-names All --output json > aws/<account>/sqs/attributes/<queue>.json",
    keys: &["Attributes", "Topics", "QueueUrls"],
    recognise,
    read,
};

fn described<'d>(page: &Page<'d>) -> Option<(&'static str, Row<'d>, Row<'d>)> {
    let attributes = page.member("Attributes")?;
    [("QueueArn", QUEUE), ("TopicArn", TOPIC)]
        .into_iter()
        .find_map(|(name, kind)| Some((kind, attributes.member(name)?, page.member("Attributes")?)))
}

fn recognise(page: &Page<'_>) -> bool {
    page.is_object()
        && (described(page).is_some() || page.lists("Topics", &["TopicArn"]) || is_urls(page))
}

fn is_urls(page: &Page<'_>) -> bool {
    page.member("QueueUrls")
        .is_some_and(|list| list.rows().is_some())
}

#[derive(Deserialize)]
struct Topic {
    #[serde(rename = "TopicArn")]
    arn: String,
}

fn emit(
    arn: &str,
    kind: &'static str,
    row: &Row<'_>,
    intake: &mut Intake<'_>,
) -> Option<crate::inventory::Key> {
    let evidence = intake.row(row);
    let owned = Owned {
        arn,
        kind,
        aliases: Vec::new(),
        account: None,
    };
    own_policy::emit(owned, &evidence, intake)
}

/// The ARN of `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
fn queue_arn(url: &str) -> Option<String> {
    let (host, path) = url.strip_prefix("https://sqs.")?.split_once('/')?;
    let (account, name) = path.split_once('/')?;
    let (region, domain) = host.split_once('.')?;
    let is_name = !name.is_empty() && !name.contains('/');
    (is_name && domain.starts_with("amazonaws.com")).then(|| {
        let partition = super::arn::partition_of_region(region);
        format!("arn:{partition}:sqs:{region}:{account}:{name}")
    })
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    if let Some((kind, arn, attributes)) = described(page) {
        let text = json::text_of(arn.raw).unwrap_or_default();
        if let Some(key) = emit(&text, kind, &arn, intake) {
            own_policy::read(&key, attributes.member("Policy"), Use::Resource, intake);
        }
        return;
    }
    for row in page.rows("Topics").into_iter().flatten() {
        if let Some(topic) = intake.parse::<Topic>(&row) {
            emit(&topic.arn, TOPIC, &row, intake);
        }
    }
    for row in page
        .member("QueueUrls")
        .and_then(|list| list.rows())
        .into_iter()
        .flatten()
    {
        let url = json::text_of(row.raw).unwrap_or_default();
        emit(&queue_arn(&url).unwrap_or_default(), QUEUE, &row, intake);
    }
    let at = intake.page(page);
    let account = page.layout().aws().map(|place| place.account.to_owned());
    if let Some(account) = account {
        let kind = if page.has_keys(&["Topics"]) {
            TOPIC
        } else {
            QUEUE
        };
        emit_listing(intake, &account, kind, page.is_whole(), at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Record;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    #[test]
    fn a_queues_policy_is_read_from_its_text() {
        let policy = r#"{"Statement": {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "SQS:*", "Resource": "*"}}"#;
        let arn = "arn:aws:sqs:eu-west-1:111122223333:jobs";
        let body = serde_json::json!({"Attributes": {"QueueArn": arn, "Policy": policy}});
        let reading = trial::read_one("q.json", &body.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            trial::place_of(&reading, &format!("{arn}#policy/Open")),
            "1 /Attributes/Policy/Statement"
        );
    }

    #[test]
    fn a_queue_without_a_policy_is_a_queue() {
        let body = r#"{"Attributes": {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:news", "Policy": ""}}"#;
        let reading = trial::read_one("t.json", body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert!(matches!(&reading.records[1], Record::Resource(it) if it.kind == TOPIC));
        assert_eq!(reading.records.len(), 2);
    }

    #[test]
    fn queues_are_listed_by_address_and_a_foreign_address_is_told() {
        let body = r#"{"QueueUrls": ["https://sqs.cn-north-1.amazonaws.com.cn/111122223333/jobs", "https://evil.example/111122223333/jobs"]}"#;
        let reading = trial::read_one("aws/111122223333/sqs/list-queues.json", body);
        let key = "arn:aws-cn:sqs:cn-north-1:111122223333:jobs";
        assert_eq!(trial::place_of(&reading, key), "1 /QueueUrls/0");
        assert_eq!(reading.problems[0].code, ProblemCode::BadRecord);
    }
}
