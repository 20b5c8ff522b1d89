//! Condition keys: what is known of each, who chooses it, and which stay open.
//!
//! Source: IAM User Guide, "AWS global condition context keys" (Keys below) and "IAM policy elements: Variables and
//! tags", table of principal key values (Principals below), read 2026-11 in the copy at
//! <https://github.com/awsdocs/iam-user-guide>, which lacks the newest keys. Service keys as in the Service
//! Authorization Reference, not read again: where it matters whether an action has a key, few actions are taken to.

use super::outsider::Foreign;
use super::{Context, Session};
use crate::inventory::{Principal, PrincipalKind};
use crate::platforms::aws::place::Place;
use jiff::Timestamp;
use std::borrow::Cow;

/// What is known of one key of the request's context.
pub(super) enum KeyValue<'a> {
    /// It has these values.
    Known(Vec<Cow<'a, str>>),
    /// It is not there.
    Absent,
    /// The caller chooses it.
    Chosen(Choice),
    /// It is of somebody outside.
    Foreign(Foreign),
    /// A time that is this or later.
    Since(Timestamp),
    /// Nothing is known of it.
    Open,
}

/// What values a caller can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Any text. Whether the key can be missing is not told.
    Text,
    /// A whole number; always there.
    Number,
    /// The value of a tag, or no such tag.
    Tag,
    /// None for certain; that the action takes any is not.
    Nothing,
    /// A name of 2 to 64 characters of `[\w+=,.@-]`; always there.
    SessionName,
    /// A Region that every account has; always there.
    Region,
    /// The template of a certificate that is no authority's and signs; always there where the caller names it.
    Template,
    /// A list of texts, or none.
    List,
    /// The name of a user or role (as told) of somebody outside.
    ForeignName(&'static str),
}

/// The keys that no request signed with a long-term access key has, and that others may have.
pub(super) const OF_SESSION: [&str; 4] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:tokenissuetime",
    "ec2:sourceinstancearn",
];

fn known<'a>(value: impl Into<Cow<'a, str>>) -> KeyValue<'a> {
    KeyValue::Known(vec![value.into()])
}

fn known_or_open<'a>(value: Option<impl Into<Cow<'a, str>>>) -> KeyValue<'a> {
    value.map_or(KeyValue::Open, known)
}

/// What is known of `key`. Names of keys compare without case ("Key names are case-insensitive", "Variables and tags").
pub(super) fn key_value<'a>(key: &str, context: &Context<'a>) -> KeyValue<'a> {
    let given = context
        .known
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key));
    if let Some((_, values)) = given {
        return KeyValue::Known(values.iter().map(|&value| value.into()).collect());
    }
    if context.is_complete {
        return KeyValue::Absent;
    }
    let lower = key.to_ascii_lowercase();
    let of_outsider = context
        .outsider
        .and_then(|outsider| outsider.key_value(&lower));
    if let Some(value) = of_outsider {
        return value;
    }
    if let Some(name) = lower.strip_prefix("aws:principaltag/") {
        return principal_tag(name, context);
    }
    if let Some((_, name)) = lower.split_once(":resourcetag/") {
        return context
            .resource_tags
            .map_or(KeyValue::Open, |tags| tag(name, tags));
    }
    match lower.as_str() {
        "iam:passedtoservice" => known_or_open(context.passed_to),
        // The service that the key is asked for. (Amazon Bedrock User Guide, "Control permissions for generating and using
        // Amazon Bedrock API keys")
        "iam:servicespecificcredentialservicename"
            if context.action.is_some_and(|it| SERVICE_KEYS.contains(&it)) =>
        {
            known_or_open(context.passed_to)
        }
        // Only keys that last are followed: one that does not is a session of who made it. (Same page)
        "bedrock:bearertokentype" if context.action == Some("bedrock:CallWithBearerToken") => {
            known("LONG_TERM")
        }
        "iam:associatedresourcearn" => known_or_open(context.associated_resource),
        // The attacker sends the request over TLS: nothing keeps them from it.
        "aws:securetransport" => known("true"),
        "aws:sourceaccount" => match (context.source_account, context.principal) {
            (None, Some(_)) => KeyValue::Absent,
            (account, _) => known_or_open(account),
        },
        // "Only if the call to your resource is made directly by an AWS service principal." (Keys)
        "aws:sourcearn" | "aws:sourceorgid" | "aws:sourceorgpaths"
            if context.source_account.is_none() && context.principal.is_some() =>
        {
            KeyValue::Absent
        }
        "aws:resourceaccount" | "s3:resourceaccount" => known_or_open(
            context
                .resource_account
                .or(context.resource_place.map(|place| place.account.as_str())),
        ),
        "aws:principalorgid" => organization(context.caller_place),
        "aws:principalorgpaths" => path(context.caller_place),
        "aws:resourceorgid" => organization(context.resource_place),
        "aws:resourceorgpaths" => path(context.resource_place),
        "aws:principalaccount" if context.principal.is_none() => {
            known_or_open(context.caller_place.map(|place| place.account.as_str()))
        }
        "aws:currenttime" | "aws:epochtime" => {
            context.as_of.map_or(KeyValue::Open, KeyValue::Since)
        }
        "aws:principalarn"
        | "aws:principalaccount"
        | "aws:principaltype"
        | "aws:principalisawsservice"
        | "aws:username"
        | "aws:userid" => context
            .principal
            .map_or(KeyValue::Open, |principal| of_principal(&lower, principal)),
        // Those of MFA and the issue time are in no request that is signed with an access key. (Keys) The instance's ARN
        // is there only with the role of an instance profile. ("Variables and tags")
        key if context.session == Session::LongTermKey && OF_SESSION.contains(&key) => {
            KeyValue::Absent
        }
        _ => chosen(&lower, context).map_or(KeyValue::Open, KeyValue::Chosen),
    }
}

/// The organisation of an account.
fn organization<'a>(place: Option<&'a Place>) -> KeyValue<'a> {
    known_or_open(place.and_then(|place| place.organization.as_deref()))
}

/// The path to an account: one value, of a key that may have several.
fn path<'a>(place: Option<&'a Place>) -> KeyValue<'a> {
    known_or_open(place.and_then(|place| place.path.as_deref()))
}

/// Who the caller is. (Principals)
fn of_principal<'a>(key: &str, principal: &'a Principal) -> KeyValue<'a> {
    let is_iam = principal.platform == "aws" && !principal.is_stub;
    let kind = principal.kind;
    let is_acting = matches!(
        kind,
        PrincipalKind::User | PrincipalKind::Role | PrincipalKind::Root
    );
    match key {
        // For a role's session this is the role's ARN, not the session's. (Keys)
        "aws:principalarn" => known(&*principal.key),
        "aws:principalaccount" => known_or_open(super::super::account_of(&principal.key)),
        _ if !is_iam || !is_acting => KeyValue::Open,
        "aws:principalisawsservice" => known("false"),
        "aws:principaltype" => known(match kind {
            PrincipalKind::User => "User",
            PrincipalKind::Role => "AssumedRole",
            _ => "Account",
        }),
        // "The friendly name of the current user"; roles and the root user have none.
        "aws:username" if kind == PrincipalKind::User => known(principal.name.as_str()),
        "aws:username" => KeyValue::Absent,
        // A role's is its unique id and the session's name, which the caller chose.
        "aws:userid" => match kind {
            PrincipalKind::User => known_or_open(
                principal
                    .aliases
                    .iter()
                    .find(|alias| alias.starts_with("AIDA"))
                    .map(|alias| &**alias),
            ),
            PrincipalKind::Root => known_or_open(super::super::account_of(&principal.key)),
            _ => KeyValue::Open,
        },
        _ => KeyValue::Open,
    }
}

/// A role's session may bring tags that the role has not (IAM User Guide, "Pass session tags in AWS STS"), so that only
/// a user's missing tag is known to be missing. Where it brings one of the same name, that one counts: whoever may do
/// that is not looked for.
fn principal_tag<'a>(name: &str, context: &Context<'a>) -> KeyValue<'a> {
    let Some(principal) = context.principal else {
        return KeyValue::Open;
    };
    match tag(name, &principal.tags) {
        KeyValue::Absent if principal.kind != PrincipalKind::User => KeyValue::Open,
        value => value,
    }
}

/// Tag names in keys compare without case. No tag at all may mean that the export does not tell tags.
fn tag<'a>(name: &str, tags: &'a [(String, String)]) -> KeyValue<'a> {
    if tags.is_empty() {
        return KeyValue::Open;
    }
    tags.iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map_or(KeyValue::Absent, |(_, value)| known(value.as_str()))
}

/// The actions whose caller surely may set `aws:RequestTag` and `aws:TagKeys`: those that tag.
///
/// An action that makes something may take tags as well, and then needs the right to tag too (`ec2:RunInstances` with
/// tags needs `ec2:CreateTags`), which is not looked at here. For all other actions only a request without tags is
/// certain.
const TAGGING: [&str; 7] = [
    "ec2:createtags",
    "iam:tagrole",
    "iam:taguser",
    "lambda:tagresource",
    "secretsmanager:tagresource",
    "ssm:addtagstoresource",
    "sts:tagsession",
];

/// The actions that have `s3:prefix`, `s3:delimiter` and `s3:max-keys`.
const LISTING: [&str; 2] = ["s3:listbucket", "s3:listbucketversions"];

/// The actions by which a user gets a key for one service; how long it lasts is chosen in the first.
const SERVICE_KEYS: [&str; 2] = [
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
];

/// Whether `key` is one that the caller of some action chooses.
pub(super) fn is_chosen_by_some(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("aws:requesttag/")
        // Somebody outside chooses these.
        || key.starts_with("aws:principaltag/")
        || matches!(
            key.as_str(),
            "aws:principalarn"
                | "aws:username"
                | "aws:tagkeys"
                | "aws:useragent"
                | "aws:referer"
                | "aws:requestedregion"
                | "sts:rolesessionname"
                | "s3:prefix"
                | "s3:delimiter"
                | "s3:max-keys"
                | "acm-pca:templatearn"
                | "iam:servicespecificcredentialagedays"
        )
}

/// What the caller chooses freely. `sts:ExternalId` is not here: it is chosen, and must be known.
///
/// A key is chosen for the actions that surely have it. `aws:RequestedRegion` is chosen where something new is made:
/// what exists lies in its Region.
fn chosen(key: &str, context: &Context<'_>) -> Option<Choice> {
    // A service sends its own requests: the attacker chooses nothing of them.
    if context.source_account.is_some() {
        return None;
    }
    let action = context.action.map(str::to_ascii_lowercase);
    let action = action.as_deref();
    if key.starts_with("aws:requesttag/") || key == "aws:tagkeys" {
        return Some(match action {
            Some(action) if TAGGING.contains(&action) => {
                if key == "aws:tagkeys" {
                    Choice::List
                } else {
                    Choice::Tag
                }
            }
            _ => Choice::Nothing,
        });
    }
    let is_of = |actions: &[&str]| action.is_some_and(|action| actions.contains(&action));
    match key {
        // "Provided by the caller in an HTTP header", both. (Keys)
        "aws:useragent" | "aws:referer" => Some(Choice::Text),
        "sts:rolesessionname" if is_of(&["sts:assumerole"]) => Some(Choice::SessionName),
        "s3:prefix" | "s3:delimiter" if is_of(&LISTING) => Some(Choice::Text),
        "s3:max-keys" if is_of(&LISTING) => Some(Choice::Number),
        "acm-pca:templatearn" if is_of(&["acm-pca:issuecertificate"]) => Some(Choice::Template),
        "iam:servicespecificcredentialagedays" if context.action == Some(SERVICE_KEYS[0]) => {
            Some(Choice::Number)
        }
        "aws:requestedregion" => {
            let is_commercial = context
                .principal
                .is_some_and(|principal| principal.key.starts_with("arn:aws:"));
            // Global services (IAM, Organizations, …) answer in one Region only. (Keys)
            let (service, name) = action?.split_once(':')?;
            let is_regional = [
                "cloudformation",
                "ec2",
                "ecs",
                "glue",
                "lambda",
                "sagemaker",
            ]
            .contains(&service);
            let is_making = name.starts_with("create") || name == "runinstances";
            (is_commercial && is_regional && is_making).then_some(Choice::Region)
        }
        _ => None,
    }
}
