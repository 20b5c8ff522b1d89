//! Amazon resource names, cut into their parts.

use crate::sources::layout::is_account;

/// The parts of an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html> (read 2026-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of `text`, if it is an ARN.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// The twelve digits; `None` for ARNs without an account (buckets) and for the vendor's own (`aws`).
    pub(super) fn account_id(&self) -> Option<&'a str> {
        is_account(self.account).then_some(self.account)
    }
}

/// The partition of a region; regions are named so that the prefix tells it.
pub(super) fn partition_of_region(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_is_parsed_and_colons_in_the_resource_stay() {
        let arn = Arn::parse("arn:aws-cn:lambda:cn-north-1:111122223333:function:pay:1").unwrap();
        assert_eq!(
            (arn.partition, arn.service, arn.region),
            ("aws-cn", "lambda", "cn-north-1")
        );
        assert_eq!(
            (arn.account_id(), arn.resource),
            (Some("111122223333"), "function:pay:1")
        );
        assert_eq!(
            Arn::parse("arn:aws:iam::aws:policy/X")
                .unwrap()
                .account_id(),
            None
        );
        assert_eq!(Arn::parse("urn:aws:iam::111122223333:user/x"), None);
    }
}
