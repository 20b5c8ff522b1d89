//! Amazon Resource Names: `arn:partition:service:region:account:resource`.
//!
//! Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".

/// The account of an ARN; `None` for one without (a bucket's) and for what is no ARN.
pub fn account_of(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    parts.nth(3).filter(|account| is_arn && !account.is_empty())
}

/// The partition of an ARN: `aws`, `aws-cn`, `aws-us-gov`; `aws` for what is no ARN.
pub fn partition_of(arn: &str) -> &str {
    let mut parts = arn.splitn(3, ':');
    match (parts.next(), parts.next()) {
        (Some("arn"), Some(partition)) if !partition.is_empty() => partition,
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_the_fifth_part_and_a_bucket_has_none() {
        assert_eq!(
            account_of("arn:aws:iam::111122223333:role/a:b"),
            Some("111122223333")
        );
        assert_eq!(account_of("arn:aws:s3:::bucket/a:b:c"), None);
        assert_eq!(account_of("lambda.amazonaws.com"), None);
        assert_eq!(partition_of("arn:aws-cn:s3:::bucket"), "aws-cn");
    }
}
