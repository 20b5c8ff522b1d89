//! Callers from outside the estate: what a request of theirs says of who makes it.
//!
//! Whoever is outside either sends unsigned requests, or is a principal of an account of their own. They choose the
//! names and tags of what is in that account, and whether it is in an organisation; its id, and that of its
//! organisation, are none that a policy of the estate names.
//!
//! Source: IAM User Guide, "AWS global condition context keys" (Keys) and "IAM policy elements: Variables and tags",
//! table of principal key values (Principals), read 2026-11.

use super::Choice;
use super::expected::Symbol;
use super::keys::KeyValue;
use super::operators::{Comparison, is_like};
use crate::pattern::{Pattern, SEGMENT, overlap};

/// A character that only a wildcard of a policy matches.
const UNNAMED: char = '\u{2}';

/// Who asks from outside the estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outsider {
    /// Nobody: the request is not signed.
    Anonymous,
    /// A user of another account.
    User {
        /// Whether that account is in an organisation.
        is_in_organization: bool,
    },
    /// A session of a role of another account.
    Role {
        /// Whether that account is in an organisation.
        is_in_organization: bool,
    },
}

/// The services that answer unsigned requests where a policy lets anyone in (Amazon S3 User Guide, "Bucket policy
/// examples"; Amazon SQS Developer Guide and Amazon SNS Developer Guide, on access policies).
const UNSIGNED: [&str; 3] = ["s3", "sns", "sqs"];

impl Outsider {
    /// Everybody outside who can send a request for `action`, one of each sort.
    pub fn all(action: &str) -> impl Iterator<Item = Self> {
        let service = action
            .split_once(':')
            .map_or(action, |(service, _)| service);
        let is_unsigned = UNSIGNED.iter().any(|one| one.eq_ignore_ascii_case(service));
        let signed = [false, true].into_iter().flat_map(|is_in_organization| {
            [
                Self::User { is_in_organization },
                Self::Role { is_in_organization },
            ]
        });
        is_unsigned
            .then_some(Self::Anonymous)
            .into_iter()
            .chain(signed)
    }

    fn is_in_organization(self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User { is_in_organization } | Self::Role { is_in_organization } => {
                is_in_organization
            }
        }
    }

    /// What is known of a key about the caller, its name in lower case; `None` for every other key.
    pub(super) fn key_value<'a>(self, key: &str) -> Option<KeyValue<'a>> {
        let is_anonymous = self == Self::Anonymous;
        let text = |value: &'static str| KeyValue::Known(vec![value.into()]);
        if key.starts_with("aws:principaltag/") {
            return Some(match self {
                Self::Anonymous => KeyValue::Absent,
                Self::User { .. } | Self::Role { .. } => KeyValue::Chosen(Choice::Tag),
            });
        }
        Some(match key {
            "aws:principaltype" => text(match self {
                Self::Anonymous => "Anonymous",
                Self::User { .. } => "User",
                Self::Role { .. } => "AssumedRole",
            }),
            "aws:userid" if is_anonymous => text("anonymous"),
            // "false" for every caller but services. (Keys)
            "aws:principalisawsservice" => text("false"),
            "aws:principalservicename" | "aws:principalservicenameslist" => KeyValue::Absent,
            // Only a user has one, by that name. (Principals)
            "aws:username" => match self {
                Self::User { .. } => KeyValue::Foreign(Foreign::UserName),
                Self::Anonymous | Self::Role { .. } => KeyValue::Absent,
            },
            "aws:principalorgid" | "aws:principalorgpaths" if !self.is_in_organization() => {
                KeyValue::Absent
            }
            "aws:principalorgid" => KeyValue::Foreign(Foreign::Organization),
            "aws:principalorgpaths" => KeyValue::Foreign(Foreign::Path),
            "aws:principalarn" | "aws:principalaccount" | "aws:userid" if is_anonymous => {
                KeyValue::Absent
            }
            "aws:principalarn" => KeyValue::Foreign(Foreign::Arn(self.resource_type())),
            "aws:principalaccount" => KeyValue::Foreign(Foreign::Account),
            "aws:userid" => KeyValue::Foreign(Foreign::UniqueId),
            // "Only if the call to your resource is made directly by an AWS service principal" (Keys); that the caller
            // has a service send it, for something of their own, is possible.
            "aws:sourcearn" => KeyValue::Foreign(Foreign::SourceArn),
            "aws:sourceaccount" | "aws:sourceowner" => KeyValue::Foreign(Foreign::SourceAccount),
            "aws:sourceorgid" => KeyValue::Foreign(Foreign::SourceOrganization),
            "aws:sourceorgpaths" => KeyValue::Foreign(Foreign::SourcePath),
            _ => return None,
        })
    }

    fn resource_type(self) -> &'static str {
        match self {
            Self::User { .. } | Self::Anonymous => "user",
            Self::Role { .. } => "role",
        }
    }
}

/// A value of somebody outside: of its kind, and none that a policy of the estate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    Account,
    Organization,
    Path,
    /// Of a user or a role: its name is chosen.
    Arn(&'static str),
    /// Chosen.
    UserName,
    UniqueId,
    SourceArn,
    SourceAccount,
    SourceOrganization,
    SourcePath,
}

impl Foreign {
    /// Whether the key is there only where a service sends the request.
    pub(super) fn is_of_service(self) -> bool {
        matches!(
            self,
            Self::SourceArn | Self::SourceAccount | Self::SourceOrganization | Self::SourcePath
        )
    }

    /// What of the value its owner chooses, where the rest decides nothing.
    pub(super) fn choice(self) -> Option<Choice> {
        match self {
            Self::Arn(resource_type) => Some(Choice::ForeignName(resource_type)),
            Self::UserName => Some(Choice::ForeignName("user")),
            _ => None,
        }
    }

    /// A value that only wildcards match.
    pub(super) fn value(self) -> String {
        let of = |length: usize| UNNAMED.to_string().repeat(length);
        match self {
            Self::Account | Self::SourceAccount => of(12),
            Self::Organization | Self::SourceOrganization => format!("o-{}", of(10)),
            Self::Path | Self::SourcePath => format!("o-{}/r-{}/", of(10), of(4)),
            Self::Arn(resource_type) => foreign_arn("aws", resource_type, &of(1)),
            Self::UserName => of(1),
            Self::UniqueId => of(21),
            Self::SourceArn => format!("arn:aws:{}:{}:{}:{}", of(3), of(9), of(12), of(9)),
        }
    }

    /// Values as unlike as they can be: what matches them all is taken to match every one.
    fn samples(self) -> Vec<String> {
        let of = |length: usize| UNNAMED.to_string().repeat(length);
        let mut samples = vec![self.value()];
        match self {
            Self::Organization | Self::SourceOrganization => samples.push(format!("o-{}", of(32))),
            Self::Path | Self::SourcePath => {
                samples.push(format!("o-{}/r-{}/ou-{}/", of(32), of(32), of(8)));
            }
            Self::Arn(resource_type) => {
                let long = format!("{}/{}", of(5), of(40));
                samples.push(foreign_arn("aws", resource_type, &long));
            }
            Self::UserName => samples.push(of(64)),
            Self::UniqueId => samples.push(format!("{}:{}", of(21), of(64))),
            Self::SourceArn => samples.push(format!("arn:aws:{}:::{}", of(2), of(3))),
            Self::Account | Self::SourceAccount => {}
        }
        samples
    }

    /// A pattern of all values.
    fn template(self) -> String {
        match self {
            Self::Account | Self::SourceAccount => "????????????".to_owned(),
            Self::Organization | Self::SourceOrganization => "o-*".to_owned(),
            Self::Path | Self::SourcePath => "o-*/r-*/".to_owned(),
            Self::Arn(resource_type) => {
                format!("arn:aws{SEGMENT}:iam::{SEGMENT}:{resource_type}/{SEGMENT}")
            }
            Self::UniqueId | Self::UserName => "*".to_owned(),
            Self::SourceArn => "arn:*:*:*:*:*".to_owned(),
        }
    }

    /// Whether such a value matches what a policy expects: every one, none, or (`None`) one that its owner could have.
    pub(super) fn matches(self, comparison: Comparison, expected: &[Symbol]) -> Option<bool> {
        // A variable stood for it.
        let value = self.value();
        if expected.iter().map(|s| s.character()).eq(value.chars()) {
            return Some(true);
        }
        match comparison {
            Comparison::Text | Comparison::TextIgnoringCase if self == Self::UserName => {
                let is_name = |symbol: &Symbol| is_of_name(symbol.character());
                (!expected.iter().all(is_name)).then_some(false)
            }
            // Whatever is written in full is another's.
            Comparison::Text | Comparison::TextIgnoringCase => Some(false),
            Comparison::Glob | Comparison::Arn => self.matches_glob(expected),
            _ => None,
        }
    }

    fn matches_glob(self, expected: &[Symbol]) -> Option<bool> {
        let is_wildcard = |symbol: &Symbol| matches!(symbol, Symbol::Written('*' | '?'));
        if self == Self::UserName {
            let is_name = |symbol: &Symbol| is_wildcard(symbol) || is_of_name(symbol.character());
            if !expected.iter().all(is_name) {
                return Some(false);
            }
        } else if !expected.iter().any(is_wildcard) {
            return Some(false);
        }
        let owner: Vec<&Symbol> = match self {
            Self::Arn(_) | Self::SourceArn => expected
                .split(|symbol| symbol.character() == ':')
                .nth(4)
                .into_iter()
                .flatten()
                .take(12)
                .collect(),
            Self::Path | Self::SourcePath => expected
                .iter()
                .take_while(|symbol| symbol.character() != '/')
                .collect(),
            _ => Vec::new(),
        };
        let is_full = match self {
            Self::Arn(_) | Self::SourceArn => owner.len() == 12,
            _ => owner.len() < expected.len() && !owner.is_empty(),
        };
        if is_full && !owner.into_iter().any(is_wildcard) {
            return Some(false);
        }
        if self
            .samples()
            .iter()
            .all(|sample| is_like(expected, sample))
        {
            return Some(true);
        }
        // A wildcard from an escape is a character there: as a wildcard it only matches more.
        let pattern: String = expected.iter().map(|symbol| symbol.character()).collect();
        let is_possible = overlap(&Pattern::new(&pattern), &Pattern::new(&self.template()));
        (!is_possible).then_some(false)
    }
}

/// The ARN of a user or role of an account that no policy of the estate names.
fn foreign_arn(partition: &str, resource_type: &str, name: &str) -> String {
    let account = UNNAMED.to_string().repeat(12);
    format!("arn:{partition}:iam::{account}:{resource_type}/{name}")
}

/// Whether a character may be in the name of a user or role ("IAM and AWS STS quotas").
fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}

/// Names, with their paths, that somebody outside can give a user or role, of those that policies expect: in ARNs or by
/// themselves.
pub(super) fn foreign_names<'n>(
    resource_type: &str,
    named: impl Iterator<Item = &'n String>,
) -> Vec<String> {
    let mark = format!("{resource_type}/");
    let is_name = |name: &&str| {
        !name.starts_with('/')
            && !name.ends_with('/')
            && !name.is_empty()
            && name.chars().all(|c| c == '/' || is_of_name(c))
    };
    let mut in_arns: Vec<&str> = Vec::new();
    let mut alone: Vec<&str> = vec!["other"];
    for text in named {
        let in_arn = text.split_once(&mark).map(|(_, name)| name);
        in_arns.extend(in_arn.filter(is_name));
        alone.extend(Some(text.as_str()).filter(is_name));
    }
    // A path may serve what asks for the ARN, and the name below it what asks for the name.
    let both = in_arns
        .iter()
        .flat_map(|path| alone.iter().map(move |name| format!("{path}/{name}")));
    let mut names: Vec<String> = both.collect();
    names.extend(in_arns.iter().chain(&alone).map(|&name| name.to_owned()));
    names.sort_unstable();
    names.dedup();
    names
}

/// What a key has when somebody outside is so named; `None` for a key that says nothing of a name.
pub(super) fn named_value(key: &str, resource_type: &str, name: &str) -> Option<Vec<String>> {
    match key.to_ascii_lowercase().as_str() {
        "aws:principalarn" => Some(vec![foreign_arn("aws", resource_type, name)]),
        "aws:username" if resource_type == "user" => {
            let (_, last) = name.rsplit_once('/').unwrap_or(("", name));
            Some(vec![last.to_owned()])
        }
        "aws:username" => Some(Vec::new()),
        _ => None,
    }
}
