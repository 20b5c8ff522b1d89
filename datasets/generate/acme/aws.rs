//! The exports of one account, in the shapes that the AWS CLI prints.

use crate::chance::{Chance, aws_id, cli_time, filler_secret};
use crate::object;
use crate::ordered::Json;
use crate::parts::{Account, Function, Group, Instance, Policy, Rights, Role, Secret, User};
use crate::tree::Tree;
use anyhow::{Context, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::{BTreeMap, BTreeSet};

/// Where the company's resources are.
const REGION: &str = "eu-west-1";
/// What RFC 3986 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// The columns of a credential report.
const REPORT_COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// Writes every export of `account` below `aws/ID/`.
pub(crate) fn write(tree: &mut Tree, account: &Account, vendor: &[Policy]) -> Result<()> {
    let exports = Exports { account, vendor };
    let folder = format!("aws/{}", account.id);
    tree.json(
        &format!("{folder}/iam/account-authorization-details.json"),
        &exports.authorization_details()?,
    )?;
    tree.text(
        &format!("{folder}/iam/credential-report.csv"),
        &exports.credential_report(),
    )?;
    for user in &account.users {
        tree.json(
            &format!("{folder}/iam/access-keys/{}.json", user.name),
            &exports.access_keys(user),
        )?;
    }
    let functions = Json::list(
        account
            .functions
            .iter()
            .map(|function| exports.function(function))
            .collect::<Result<Vec<_>>>()?,
    );
    tree.json(
        &format!("{folder}/lambda/list-functions.json"),
        &object! { "Functions" => functions },
    )?;
    let reservations = Json::list(
        account
            .instances
            .iter()
            .map(|instance| exports.reservation(instance)),
    );
    tree.json(
        &format!("{folder}/ec2/describe-instances.json"),
        &object! { "Reservations" => reservations },
    )?;
    let secrets = Json::list(account.secrets.iter().map(|secret| exports.secret(secret)));
    tree.json(
        &format!("{folder}/secretsmanager/list-secrets.json"),
        &object! { "SecretList" => secrets },
    )?;
    tree.json(
        &format!("{folder}/s3/list-buckets.json"),
        &exports.buckets(),
    )?;
    for bucket in account
        .buckets
        .iter()
        .filter(|bucket| !bucket.policy.is_empty())
    {
        let policy = object! { "Policy" => document(&bucket.policy).compact()? };
        tree.json(
            &format!("{folder}/s3/bucket-policy/{}.json", bucket.name),
            &policy,
        )?;
    }
    Ok(())
}

struct Exports<'a> {
    account: &'a Account,
    vendor: &'a [Policy],
}

impl Exports<'_> {
    fn authorization_details(&self) -> Result<Json> {
        let account = self.account;
        Ok(object! {
            "UserDetailList" => account.users.iter().map(|user| self.user(user)).collect::<Result<Vec<_>>>()?,
            "GroupDetailList" => account.groups.iter().map(|group| self.group(group)).collect::<Result<Vec<_>>>()?,
            "RoleDetailList" => account.roles.iter().map(|role| self.role(role)).collect::<Result<Vec<_>>>()?,
            "Policies" => self.managed_policies()?,
            "IsTruncated" => false,
        })
    }

    fn user(&self, user: &User) -> Result<Json> {
        let name = self.unique(&user.name);
        let mut detail = object! {
            "Path" => &user.path,
            "UserName" => &user.name,
            "UserId" => aws_id("AIDA", &name, 10),
            "Arn" => self.user_arn(user),
            "CreateDate" => cli_time(Chance::of("created", &name).long_ago()),
        };
        if !user.rights.inline.is_empty() {
            detail = detail.with("UserPolicyList", self.inline(&user.rights, &user.name)?);
        }
        detail = detail
            .with("GroupList", user.groups.clone())
            .with("AttachedManagedPolicies", self.attached(&user.rights)?);
        Ok(with_tags(
            self.with_boundary(detail, &user.rights)?,
            &user.tags,
        ))
    }

    fn group(&self, group: &Group) -> Result<Json> {
        let name = self.unique(&group.name);
        Ok(object! {
            "Path" => "/",
            "GroupName" => &group.name,
            "GroupId" => aws_id("AGPA", &name, 10),
            "Arn" => format!("arn:aws:iam::{}:group/{}", self.account.id, group.name),
            "CreateDate" => cli_time(Chance::of("created", &name).long_ago()),
            "GroupPolicyList" => self.inline(&group.rights, &group.name)?,
            "AttachedManagedPolicies" => self.attached(&group.rights)?,
        })
    }

    fn role(&self, role: &Role) -> Result<Json> {
        let name = self.unique(&role.name);
        let mut used = Chance::of("used", &name);
        let last_used = if used.happens(70) {
            object! { "LastUsedDate" => cli_time(used.lately()), "Region" => REGION }
        } else {
            object! {}
        };
        let detail = object! {
            "Path" => &role.path,
            "RoleName" => &role.name,
            "RoleId" => aws_id("AROA", &name, 10),
            "Arn" => self.role_arn(role),
            "CreateDate" => cli_time(Chance::of("created", &name).long_ago()),
            "AssumeRolePolicyDocument" => self.exported(document(&role.trust), &role.name)?,
            "InstanceProfileList" => self.instance_profiles(role)?,
            "RolePolicyList" => self.inline(&role.rights, &role.name)?,
            "AttachedManagedPolicies" => self.attached(&role.rights)?,
        };
        Ok(
            with_tags(self.with_boundary(detail, &role.rights)?, &role.tags)
                .with("RoleLastUsed", last_used),
        )
    }

    fn instance_profiles(&self, role: &Role) -> Result<Json> {
        if !role.has_instance_profile {
            return Ok(Json::List(Vec::new()));
        }
        let name = self.unique(&role.name);
        let created = cli_time(Chance::of("created", &name).long_ago());
        Ok(Json::List(vec![object! {
            "Path" => "/",
            "InstanceProfileName" => &role.name,
            "InstanceProfileId" => aws_id("AIPA", &name, 10),
            "Arn" => self.profile_arn(&role.name),
            "CreateDate" => &created,
            "Roles" => vec![object! {
                "Path" => &role.path,
                "RoleName" => &role.name,
                "RoleId" => aws_id("AROA", &name, 10),
                "Arn" => self.role_arn(role),
                "CreateDate" => &created,
                "AssumeRolePolicyDocument" => self.exported(document(&role.trust), &role.name)?,
            }],
        }]))
    }

    fn inline(&self, rights: &Rights, holder: &str) -> Result<Json> {
        let policies = rights.inline.iter().map(|policy| {
            Ok(object! {
                "PolicyName" => &policy.name,
                "PolicyDocument" => self.exported(document(&policy.statements), &format!("{holder}/{}", policy.name))?,
            })
        });
        Ok(Json::List(policies.collect::<Result<_>>()?))
    }

    fn attached(&self, rights: &Rights) -> Result<Json> {
        let policies = rights.attached.iter().map(|reference| {
            let policy = self.policy(reference)?;
            Ok(object! { "PolicyName" => &policy.name, "PolicyArn" => self.policy_arn(reference, policy) })
        });
        Ok(Json::List(policies.collect::<Result<_>>()?))
    }

    fn with_boundary(&self, detail: Json, rights: &Rights) -> Result<Json> {
        let Some(reference) = &rights.boundary else {
            return Ok(detail);
        };
        let boundary = object! {
            "PermissionsBoundaryType" => "Policy",
            "PermissionsBoundaryArn" => self.policy_arn(reference, self.policy(reference)?),
        };
        Ok(detail.with("PermissionsBoundary", boundary))
    }

    /// The account's own policies, and those of AWS that are attached: others are not in this export.
    fn managed_policies(&self) -> Result<Json> {
        let mut uses: BTreeMap<&str, i64> = BTreeMap::new();
        let mut boundaries: BTreeMap<&str, i64> = BTreeMap::new();
        for rights in self.all_rights() {
            for reference in &rights.attached {
                *uses.entry(reference).or_default() += 1;
            }
            if let Some(reference) = &rights.boundary {
                *boundaries.entry(reference).or_default() += 1;
            }
        }
        let mut references: BTreeSet<&str> = uses.keys().copied().collect();
        references.extend(
            self.account
                .policies
                .iter()
                .map(|policy| policy.name.as_str()),
        );
        let policies = references.into_iter().map(|reference| {
            let attachments = uses.get(reference).copied().unwrap_or_default();
            let bounded = boundaries.get(reference).copied().unwrap_or_default();
            self.managed_policy(reference, attachments, bounded)
        });
        Ok(Json::List(policies.collect::<Result<_>>()?))
    }

    fn managed_policy(&self, reference: &str, attachments: i64, bounded: i64) -> Result<Json> {
        let policy = self.policy(reference)?;
        // A policy of AWS is the same in every account.
        let name = if reference.starts_with("aws/") {
            reference.to_owned()
        } else {
            self.unique(reference)
        };
        let created = Chance::of("created", &name).long_ago();
        Ok(object! {
            "PolicyName" => &policy.name,
            "PolicyId" => aws_id("ANPA", &name, 10),
            "Arn" => self.policy_arn(reference, policy),
            "Path" => &policy.path,
            "DefaultVersionId" => "v1",
            "AttachmentCount" => attachments,
            "PermissionsBoundaryUsageCount" => bounded,
            "IsAttachable" => true,
            "CreateDate" => cli_time(created),
            "UpdateDate" => cli_time(created),
            "PolicyVersionList" => vec![object! {
                "Document" => self.exported(document(&policy.statements), &policy.name)?,
                "VersionId" => "v1",
                "IsDefaultVersion" => true,
                "CreateDate" => cli_time(created),
            }],
        })
    }

    fn all_rights(&self) -> impl Iterator<Item = &Rights> {
        let account = self.account;
        let groups = account.groups.iter().map(|group| &group.rights);
        let users = account.users.iter().map(|user| &user.rights);
        groups
            .chain(users)
            .chain(account.roles.iter().map(|role| &role.rights))
    }

    fn access_keys(&self, user: &User) -> Json {
        let statuses = user.keys.iter().map(|id| (id, "Active"));
        let keys = statuses
            .chain(user.inactive_keys.iter().map(|id| (id, "Inactive")))
            .map(|(id, status)| {
                object! {
                    "UserName" => &user.name,
                    "AccessKeyId" => id,
                    "Status" => status,
                    "CreateDate" => cli_time(Chance::of("key-created", id).long_ago()),
                }
            });
        object! { "AccessKeyMetadata" => Json::list(keys) }
    }

    fn credential_report(&self) -> String {
        let root = format!(
            "<root_account>,arn:aws:iam::{}:root,{},not_supported,no_information,not_supported,not_supported,true,\
             false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
            self.account.id,
            cli_time(Chance::of("created", &self.account.id).long_ago()),
        );
        let rows = self.account.users.iter().map(|user| self.report_row(user));
        let mut lines = vec![REPORT_COLUMNS.to_owned(), root];
        lines.extend(rows);
        lines.join("\n") + "\n"
    }

    fn report_row(&self, user: &User) -> String {
        let name = self.unique(&user.name);
        let mut chance = Chance::of("report", &name);
        let mut cells = vec![
            user.name.clone(),
            self.user_arn(user),
            cli_time(Chance::of("created", &name).long_ago()),
        ];
        if user.has_password {
            let changed = cli_time(chance.long_ago());
            cells.extend([
                "true".into(),
                cli_time(chance.lately()),
                changed,
                "N/A".into(),
            ]);
            cells.push(chance.happens(85).to_string());
        } else {
            cells.extend(["false", "N/A", "N/A", "N/A", "false"].map(str::to_owned));
        }
        let keys: Vec<(&String, bool)> = user
            .keys
            .iter()
            .map(|id| (id, true))
            .chain(user.inactive_keys.iter().map(|id| (id, false)))
            .collect();
        for slot in 0..2 {
            match keys.get(slot) {
                Some((id, is_active)) => {
                    cells.push(is_active.to_string());
                    cells.push(cli_time(Chance::of("key-created", id).long_ago()));
                    cells.push(cli_time(Chance::of("key-used", id).lately()));
                    cells.extend([REGION.to_owned(), "s3".to_owned()]);
                }
                None => cells.extend(["false", "N/A", "N/A", "N/A", "N/A"].map(str::to_owned)),
            }
        }
        cells.extend(["false", "N/A", "false", "N/A"].map(str::to_owned));
        cells.join(",")
    }

    fn function(&self, function: &Function) -> Result<Json> {
        let name = self.unique(&function.name);
        let mut chance = Chance::of("function", &name);
        let role = self
            .account
            .roles
            .iter()
            .find(|role| role.name == function.role)
            .with_context(|| {
                format!(
                    "function `{}` runs as `{}`, which is no role here",
                    function.name, function.role
                )
            })?;
        let variables = function
            .environment
            .iter()
            .map(|(name, value)| (name.clone(), Json::from(value)));
        let id = chance.hex(32);
        let modified = chance
            .lately()
            .strftime("%Y-%m-%dT%H:%M:%S.000+0000")
            .to_string();
        Ok(object! {
            "FunctionName" => &function.name,
            "FunctionArn" => format!("arn:aws:lambda:{REGION}:{}:function:{}", self.account.id, function.name),
            "Runtime" => &function.runtime,
            "Role" => self.role_arn(role),
            "Handler" => "index.handler",
            "CodeSize" => i64::from(chance.below(9_000_000) + 2000),
            "Description" => "",
            "Timeout" => 30_i64,
            "MemorySize" => 256_i64,
            "LastModified" => modified,
            "CodeSha256" => filler_secret(43) + "=",
            "Version" => "$LATEST",
            "Environment" => object! { "Variables" => Json::Object(variables.collect()) },
            "TracingConfig" => object! { "Mode" => "PassThrough" },
            "RevisionId" => uuid(&id),
            "PackageType" => "Zip",
            "Architectures" => vec!["arm64"],
            "EphemeralStorage" => object! { "Size" => 512_i64 },
            "SnapStart" => object! { "ApplyOn" => "None", "OptimizationStatus" => "Off" },
            "LoggingConfig" => object! {
                "LogFormat" => "Text",
                "LogGroup" => format!("/aws/lambda/{}", function.name),
            },
        })
    }

    fn reservation(&self, instance: &Instance) -> Json {
        let mut chance = Chance::of("instance", &self.unique(&instance.name));
        let id = format!("i-0{}", chance.hex(16));
        let address = format!(
            "10.{}.{}.{}",
            chance.below(40),
            chance.below(250),
            4 + chance.below(240)
        );
        let mut tags = vec![object! { "Key" => "Name", "Value" => &instance.name }];
        tags.extend(tag_list(&instance.tags));
        let mut body = object! {
            "AmiLaunchIndex" => 0_i64,
            "ImageId" => format!("ami-0{}", chance.hex(16)),
            "InstanceId" => &id,
            "InstanceType" => "t4g.medium",
            "LaunchTime" => cli_time(chance.lately()),
            "Monitoring" => object! { "State" => "disabled" },
            "Placement" => object! { "AvailabilityZone" => "eu-west-1a", "GroupName" => "", "Tenancy" => "default" },
            "PrivateDnsName" => format!("ip-{}.eu-west-1.compute.internal", address.replace('.', "-")),
            "PrivateIpAddress" => address,
            "PublicDnsName" => "",
            "State" => object! { "Code" => 16_i64, "Name" => "running" },
            "SubnetId" => format!("subnet-0{}", chance.hex(16)),
            "VpcId" => format!("vpc-0{}", Chance::of("vpc", &self.account.id).hex(16)),
            "Architecture" => "arm64",
            "EbsOptimized" => true,
        };
        if let Some(role) = &instance.role {
            let profile = object! { "Arn" => self.profile_arn(role), "Id" => aws_id("AIPA", &self.unique(role), 10) };
            body = body.with("IamInstanceProfile", profile);
        }
        let body = body
            .with("SecurityGroups", vec![object! { "GroupName" => "internal", "GroupId" => format!("sg-0{}", chance.hex(16)) }])
            .with("SourceDestCheck", true)
            .with("Tags", tags)
            .with("MetadataOptions", object! { "State" => "applied", "HttpTokens" => "required", "HttpPutResponseHopLimit" => 1_i64, "HttpEndpoint" => "enabled" });
        object! {
            "Groups" => Json::List(Vec::new()),
            "Instances" => vec![body],
            "OwnerId" => &self.account.id,
            "ReservationId" => format!("r-0{}", chance.hex(16)),
        }
    }

    fn secret(&self, secret: &Secret) -> Json {
        let mut chance = Chance::of("secret", &self.unique(&secret.name));
        let suffix = secret.suffix.clone().unwrap_or_else(|| chance.letters(6));
        let version = uuid(&chance.hex(32));
        let created = chance.long_ago();
        let changed = chance.lately();
        let versions = Json::Object(vec![(version, Json::list(["AWSCURRENT"]))]);
        let entry = object! {
            "ARN" => format!("arn:aws:secretsmanager:{REGION}:{}:secret:{}-{suffix}", self.account.id, secret.name),
            "Name" => &secret.name,
            "LastChangedDate" => changed.strftime("%Y-%m-%dT%H:%M:%S.417000+00:00").to_string(),
            "LastAccessedDate" => changed.strftime("%Y-%m-%dT00:00:00+00:00").to_string(),
        };
        with_tags(entry, &secret.tags)
            .with("SecretVersionsToStages", versions)
            .with(
                "CreatedDate",
                created
                    .strftime("%Y-%m-%dT%H:%M:%S.038000+00:00")
                    .to_string(),
            )
    }

    fn buckets(&self) -> Json {
        let mut names: Vec<&str> = self
            .account
            .buckets
            .iter()
            .map(|bucket| bucket.name.as_str())
            .collect();
        names.sort_unstable();
        let buckets = names.into_iter().map(|name| {
            object! { "Name" => name, "CreationDate" => cli_time(Chance::of("bucket", name).long_ago()) }
        });
        object! {
            "Buckets" => Json::list(buckets),
            "Owner" => object! {
                "DisplayName" => format!("aws-{}", self.account.name),
                "ID" => Chance::of("canonical", &self.account.id).hex(64),
            },
        }
    }

    fn policy(&self, reference: &str) -> Result<&Policy> {
        let (list, name) = match reference.strip_prefix("aws/") {
            Some(name) => (self.vendor, name),
            None => (self.account.policies.as_slice(), reference),
        };
        list.iter()
            .find(|policy| policy.name == name)
            .with_context(|| format!("no policy is called `{reference}`"))
    }

    fn policy_arn(&self, reference: &str, policy: &Policy) -> String {
        let owner = if reference.starts_with("aws/") {
            "aws"
        } else {
            &self.account.id
        };
        format!("arn:aws:iam::{owner}:policy{}{}", policy.path, policy.name)
    }

    fn user_arn(&self, user: &User) -> String {
        format!(
            "arn:aws:iam::{}:user{}{}",
            self.account.id, user.path, user.name
        )
    }

    fn role_arn(&self, role: &Role) -> String {
        format!(
            "arn:aws:iam::{}:role{}{}",
            self.account.id, role.path, role.name
        )
    }

    fn profile_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:instance-profile/{name}", self.account.id)
    }

    /// A name that no other account has.
    fn unique(&self, name: &str) -> String {
        format!("{}/{name}", self.account.id)
    }

    /// The document as the export holds it: in a raw export one in three is percent-encoded text.
    fn exported(&self, document: Json, name: &str) -> Result<Json> {
        if self.account.is_raw && Chance::of("raw", name).happens(33) {
            let text = document.compact()?;
            return Ok(Json::Text(utf8_percent_encode(&text, RESERVED).to_string()));
        }
        Ok(document)
    }
}

fn document(statements: &[Json]) -> Json {
    object! { "Version" => "2012-10-17", "Statement" => statements.to_vec() }
}

fn with_tags(detail: Json, tags: &BTreeMap<String, String>) -> Json {
    detail.with("Tags", tag_list(tags).collect::<Vec<_>>())
}

fn tag_list(tags: &BTreeMap<String, String>) -> impl Iterator<Item = Json> {
    tags.iter()
        .map(|(key, value)| object! { "Key" => key, "Value" => value })
}

/// 32 hexadecimal digits with the dashes of a UUID.
fn uuid(digits: &str) -> String {
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if [8, 12, 16, 20].contains(&position) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}
