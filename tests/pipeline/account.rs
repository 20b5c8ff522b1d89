//! A small AWS account, written as its exports, analysed, and asked.

use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::{
    Analysis, FixLimit, Leak, Measure, Memory, Mode, Options, ReadOptions, analyze,
};
use leakreach::inventory::Access;
use leakreach::progress::Silent;
use leakreach::reach::{Layer, reached};
use leakreach::steps::Fact;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

pub const ACCOUNT: &str = "111122223333";

pub fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

pub fn policy(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{name}")
}

pub fn group(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:group/{name}")
}

pub fn function(name: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}")
}

pub fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

pub fn deny(action: &str, resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

/// With a condition.
pub fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

/// How surely something is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Certain,
    Possible,
    No,
}

#[derive(Default, Clone)]
pub struct Account {
    users: Vec<Value>,
    groups: Vec<Value>,
    roles: Vec<Value>,
    policies: Vec<Value>,
    files: Vec<(String, String)>,
    /// Below the folder of all accounts.
    around: Vec<(String, String)>,
    key_holders: Vec<String>,
    inactive_keys: Vec<String>,
    buckets: Vec<Value>,
    functions: Vec<Value>,
    instances: Vec<Value>,
    secrets: Vec<Value>,
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The access key of a user: of the right shape, visibly fake.
pub fn key_of(user: &str) -> String {
    format!(
        "AKIAEXAMPLE{:2<9}",
        user.to_uppercase().replace(['-', '0', '1'], "X")
    )
}

impl Account {
    pub fn user(mut self, name: &str, statements: &[Value]) -> Self {
        self.users.push(json!({
            "Path": "/", "UserName": name, "UserId": format!("AIDAEXAMPLE{}", name.to_uppercase()),
            "Arn": user(name), "CreateDate": "2024-01-01T00:00:00Z",
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document(statements)}],
            "GroupList": [], "AttachedManagedPolicies": [], "Tags": []
        }));
        self.key_holders.push(name.to_owned());
        self
    }

    pub fn in_group(mut self, group: &str) -> Self {
        self.users.last_mut().unwrap()["GroupList"] = json!([group]);
        self
    }

    pub fn group(mut self, name: &str, statements: &[Value]) -> Self {
        self.groups.push(json!({
            "Path": "/", "GroupName": name, "GroupId": format!("AGPAEXAMPLE{}", name.to_uppercase()),
            "Arn": format!("arn:aws:iam::{ACCOUNT}:group/{name}"), "CreateDate": "2024-01-01T00:00:00Z",
            "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": document(statements)}],
            "AttachedManagedPolicies": []
        }));
        self
    }

    /// A boundary on the user that was added last; its policy is in the export.
    pub fn bounded_by(mut self, statements: &[Value]) -> Self {
        self = self.managed("boundary", statements);
        self.bounded_by_missing()
    }

    /// A customer-managed policy.
    pub fn managed(mut self, name: &str, statements: &[Value]) -> Self {
        self.policies.push(json!({
            "PolicyName": name, "PolicyId": "ANPAEXAMPLE", "Arn": policy(name), "Path": "/",
            "DefaultVersionId": "v1", "AttachmentCount": 0, "IsAttachable": true,
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(statements)}]
        }));
        self
    }

    /// Gives the policy that was added last that many versions.
    pub fn with_versions(mut self, count: usize) -> Self {
        let versions = &mut self.policies.last_mut().unwrap()["PolicyVersionList"];
        for older in 1..count {
            let version = json!({"VersionId": format!("v0{older}"), "IsDefaultVersion": false,
                "Document": document(&[])});
            versions.as_array_mut().unwrap().push(version);
        }
        self
    }

    /// Gives the policy that was added last an older version.
    pub fn older_version(mut self, statements: &[Value]) -> Self {
        let versions = &mut self.policies.last_mut().unwrap()["PolicyVersionList"];
        let versions = versions.as_array_mut().unwrap();
        let id = format!("v0{}", versions.len());
        versions.push(json!({"VersionId": id, "IsDefaultVersion": false,
            "Document": document(statements)}));
        self
    }

    /// Attaches a policy to the role that was added last.
    pub fn role_attached(mut self, arn: &str) -> Self {
        let name = arn.rsplit('/').next().unwrap();
        self.roles.last_mut().unwrap()["AttachedManagedPolicies"] =
            json!([{"PolicyName": name, "PolicyArn": arn}]);
        self
    }

    /// Attaches a policy to the group that was added last.
    pub fn group_attached(mut self, arn: &str) -> Self {
        let name = arn.rsplit('/').next().unwrap();
        self.groups.last_mut().unwrap()["AttachedManagedPolicies"] =
            json!([{"PolicyName": name, "PolicyArn": arn}]);
        self
    }

    /// Attaches a policy to the user that was added last.
    pub fn attached(mut self, arn: &str) -> Self {
        let name = arn.rsplit('/').next().unwrap();
        self.users.last_mut().unwrap()["AttachedManagedPolicies"] =
            json!([{"PolicyName": name, "PolicyArn": arn}]);
        self
    }

    /// Makes the access key of the user that was added last inactive.
    pub fn with_inactive_key(mut self) -> Self {
        let user = self.key_holders.last().unwrap().clone();
        self.inactive_keys.push(user);
        self
    }

    /// The same, with the policy in no export.
    pub fn bounded_by_missing(mut self) -> Self {
        self.users.last_mut().unwrap()["PermissionsBoundary"] = json!({
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": format!("arn:aws:iam::{ACCOUNT}:policy/boundary")
        });
        self
    }

    pub fn role(mut self, name: &str, trusted: &Value, statements: &[Value]) -> Self {
        let trust = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted});
        self.roles.push(json!({
            "Path": "/", "RoleName": name, "RoleId": format!("AROAEXAMPLE{}", name.to_uppercase()),
            "Arn": role(name), "CreateDate": "2024-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": document(&[trust]), "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": document(statements)}],
            "AttachedManagedPolicies": [], "Tags": []
        }));
        self
    }

    /// A boundary on the role that was added last; its policy is in the export.
    pub fn role_bounded_by(mut self, statements: &[Value]) -> Self {
        self = self.managed("role-boundary", statements);
        self.roles.last_mut().unwrap()["PermissionsBoundary"] = json!({
            "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy("role-boundary")
        });
        self
    }

    /// When the role that was added last was last used, as the export says it.
    pub fn role_last_used(mut self, last: &Value) -> Self {
        self.roles.last_mut().unwrap()["RoleLastUsed"] = last.clone();
        self
    }

    /// Changes the trust of the role that was added last.
    pub fn trust(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.roles.last_mut().unwrap()["AssumeRolePolicyDocument"]["Statement"]);
        self
    }

    /// Gives the role that was added last an instance profile.
    pub fn with_instance_profile(mut self) -> Self {
        let role = self.roles.last_mut().unwrap();
        let name = role["RoleName"].as_str().unwrap().to_owned();
        role["InstanceProfileList"] = json!([{
            "Path": "/", "InstanceProfileName": name, "InstanceProfileId": "AIPAEXAMPLE",
            "Arn": format!("arn:aws:iam::{ACCOUNT}:instance-profile/{name}"),
            "CreateDate": "2024-01-01T00:00:00Z", "Roles": []
        }]);
        self
    }

    pub fn bucket(mut self, name: &str) -> Self {
        self.buckets
            .push(json!({"Name": name, "CreationDate": "2024-01-01T00:00:00Z"}));
        self
    }

    pub fn bucket_policy(mut self, bucket: &str, statements: &[Value]) -> Self {
        let body = json!({"Policy": document(statements).to_string()});
        self.files
            .push((format!("s3/bucket-policy/{bucket}.json"), body.to_string()));
        self
    }

    pub fn function(mut self, name: &str, role_name: &str, variables: Value) -> Self {
        self.functions.push(json!({
            "FunctionName": name, "FunctionArn": function(name), "Role": role(role_name),
            "Environment": {"Variables": variables}
        }));
        self
    }

    pub fn instance(mut self, id: &str, profile: &str) -> Self {
        self.instances.push(json!({
            "InstanceId": id, "State": {"Code": 16, "Name": "running"},
            "Placement": {"AvailabilityZone": "eu-west-1a"},
            "IamInstanceProfile": {"Arn": format!("arn:aws:iam::{ACCOUNT}:instance-profile/{profile}"), "Id": "AIPAEXAMPLE"}
        }));
        self
    }

    pub fn secret(mut self, name: &str, key: Option<&str>) -> Self {
        let mut secret = json!({"ARN": secret(name), "Name": name});
        if let Some(key) = key {
            secret["KmsKeyId"] = json!(key);
        }
        self.secrets.push(secret);
        self
    }

    pub fn file(mut self, path: &str, body: &str) -> Self {
        self.files.push((path.to_owned(), body.to_owned()));
        self
    }

    /// The estate file.
    pub fn estate(self, text: &str) -> Self {
        self.file("../../leakreach.toml", text)
    }

    /// A file whose path starts with its account.
    pub fn around(mut self, path: &str, body: &Value) -> Self {
        self.around.push((path.to_owned(), body.to_string()));
        self
    }

    /// The exports of the organisation that the account is in.
    pub fn organization(mut self, organization: Organization) -> Self {
        self.around.extend(organization.files());
        self
    }

    /// Puts the role that was added last below a path; its key stays `role(NAME)` with the path before the name.
    pub fn role_path(mut self, path: &str) -> Self {
        let role = self.roles.last_mut().unwrap();
        let name = role["RoleName"].as_str().unwrap().to_owned();
        role["Path"] = json!(path);
        role["Arn"] = json!(format!("arn:aws:iam::{ACCOUNT}:role{path}{name}"));
        self
    }

    /// Moves the role that was added last to another account; its trust still names whom it named.
    pub fn in_account(mut self, account: &str) -> Self {
        let role = self.roles.pop().unwrap();
        let trust = role["AssumeRolePolicyDocument"].clone();
        let mut role: Value =
            serde_json::from_str(&role.to_string().replace(ACCOUNT, account)).unwrap();
        role["AssumeRolePolicyDocument"] = trust;
        let details = json!({
            "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": [],
            "IsTruncated": false
        });
        self.around(
            &format!("{account}/iam/account-authorization-details.json"),
            &details,
        )
    }

    /// Writes the exports and analyses them.
    pub fn analyze(self) -> Answers {
        self.analyze_with(FixLimit::All)
    }

    /// The same, with so many fixes.
    pub fn analyze_with(self, fixes: FixLimit) -> Answers {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        self.write(&root);
        let analysis = analyzed_with(&root, "2026-01-01T00:00:00Z", fixes);
        assert_eq!(without_place(&analysis), BTreeSet::new());
        Answers { analysis }
    }

    /// Writes the exports below a folder.
    pub fn write(self, root: &Utf8Path) {
        let below = root.join(format!("aws/{ACCOUNT}"));
        let write = |path: String, body: String| {
            let path = below.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, body).unwrap();
        };
        let details = json!({
            "UserDetailList": self.users, "GroupDetailList": self.groups,
            "RoleDetailList": self.roles, "Policies": self.policies, "IsTruncated": false
        });
        write(
            "iam/account-authorization-details.json".to_owned(),
            details.to_string(),
        );
        for user in &self.key_holders {
            let is_inactive = self.inactive_keys.contains(user);
            let status = if is_inactive { "Inactive" } else { "Active" };
            let keys = json!({"AccessKeyMetadata": [{
                "UserName": user, "AccessKeyId": key_of(user), "Status": status,
                "CreateDate": "2024-02-01T00:00:00+00:00"
            }]});
            write(format!("iam/access-keys/{user}.json"), keys.to_string());
        }
        write(
            "s3/list-buckets.json".to_owned(),
            json!({"Buckets": self.buckets, "Owner": {"ID": "0"}}).to_string(),
        );
        write(
            "lambda/list-functions.json".to_owned(),
            json!({"Functions": self.functions}).to_string(),
        );
        write(
            "ec2/describe-instances.json".to_owned(),
            json!({"Reservations": [{
            "ReservationId": "r-0", "OwnerId": ACCOUNT, "Instances": self.instances}]})
            .to_string(),
        );
        write(
            "secretsmanager/list-secrets.json".to_owned(),
            json!({"SecretList": self.secrets}).to_string(),
        );
        for (path, body) in self.files {
            write(path, body);
        }
        for (path, body) in self.around {
            write(format!("../{path}"), body);
        }
    }
}

/// The techniques of which some step does not tell where it was read, or some doubt has no reason. What only restates
/// access by its rungs rests on no place; leftovers are no moves: no export tells of a fix that is not done.
pub fn without_place(analysis: &Analysis) -> BTreeSet<&str> {
    let steps = &analysis.steps;
    let mut bare = BTreeSet::new();
    for id in steps.ids().filter(|&id| !steps.is_leftover(id)) {
        let step = steps.step(id);
        let technique = steps.techniques[step.technique].id.as_str();
        let is_told = !step.evidence.is_empty() || technique.starts_with("ladder/");
        let reason = step.condition.map(|one| steps.conditions[one].as_str());
        if !is_told || reason.is_some_and(|one| one.trim().is_empty()) {
            bare.insert(technique);
        }
    }
    bare
}

/// What the exports below a folder lead to.
pub fn analyzed(root: &Utf8Path, as_of: &str) -> Analysis {
    analyzed_with(root, as_of, FixLimit::All)
}

/// The same, with so many fixes.
pub fn analyzed_with(root: &Utf8Path, as_of: &str, fixes: FixLimit) -> Analysis {
    let options = Options {
        as_of: as_of.parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown: 20,
        fixes,
        memory: Memory::ALL,
    };
    analyze(&[root.to_owned()], &options, &Silent).unwrap()
}

pub const ROOT: &str = "r-exam";
pub const UNIT: &str = "ou-exam-workload";
pub const SCP: &str = "SERVICE_CONTROL_POLICY";
pub const RCP: &str = "RESOURCE_CONTROL_POLICY";

/// An organisation: a root, a unit below it, the accounts in the unit. Until it is changed, nothing is forbidden.
pub struct Organization {
    manager: String,
    accounts: Vec<String>,
    enforced: Vec<&'static str>,
    /// Type, target, policy.
    attached: Vec<(&'static str, String, String)>,
    /// Type, name, content.
    policies: Vec<(&'static str, String, String)>,
    left_out: Vec<String>,
}

impl Default for Organization {
    fn default() -> Self {
        Self {
            manager: "999900001111".to_owned(),
            accounts: vec![ACCOUNT.to_owned()],
            enforced: vec![SCP, RCP],
            attached: Vec::new(),
            policies: Vec::new(),
            left_out: Vec::new(),
        }
    }
}

impl Organization {
    pub fn managed_by(mut self, account: &str) -> Self {
        self.manager = account.to_owned();
        self
    }

    pub fn with_account(mut self, account: &str) -> Self {
        self.accounts.push(account.to_owned());
        self
    }

    /// Only these types are switched on.
    pub fn enforcing(mut self, types: &[&'static str]) -> Self {
        self.enforced = types.to_vec();
        self
    }

    /// Attaches a policy to a target, besides the one that allows everything.
    pub fn attach(mut self, kind: &'static str, target: &str, statements: &[Value]) -> Self {
        let id = format!("p-example{}", self.policies.len());
        self.policies
            .push((kind, id.clone(), document(statements).to_string()));
        self.attached.push((kind, target.to_owned(), id));
        self
    }

    /// Attaches a policy to a target in place of the one that allows everything.
    pub fn replace(self, target: &str, statements: &[Value]) -> Self {
        let mut changed = self.attach(SCP, target, statements);
        changed
            .attached
            .push((SCP, target.to_owned(), "none".to_owned()));
        changed
    }

    /// Leaves out the files whose path ends so.
    pub fn without(mut self, path: &str) -> Self {
        self.left_out.push(path.to_owned());
        self
    }

    fn files(self) -> Vec<(String, String)> {
        let manager = &self.manager;
        let arn = |kind: &str, id: &str| {
            format!("arn:aws:organizations::{manager}:{kind}/o-exampleorg1/{id}")
        };
        let account = |id: &String| {
            json!({
                "Id": id, "Arn": arn("account", id), "Email": "x@example.com", "Name": id,
                "Status": "ACTIVE", "JoinedMethod": "CREATED",
                "JoinedTimestamp": "2024-01-01T00:00:00Z"
            })
        };
        let members: Vec<&String> = self.accounts.iter().filter(|id| *id != manager).collect();
        let types: Vec<Value> = self
            .enforced
            .iter()
            .map(|kind| json!({"Type": kind, "Status": "ENABLED"}))
            .collect();
        let mut files = vec![
            (
                "list-roots.json".to_owned(),
                json!({"Roots": [{"Id": ROOT, "Arn": arn("root", ROOT), "Name": "Root", "PolicyTypes": types}]}),
            ),
            (
                format!("organizational-units-for-parent/{ROOT}.json"),
                json!({"OrganizationalUnits": [{"Id": UNIT, "Arn": arn("ou", UNIT), "Name": "workloads"}]}),
            ),
            (
                format!("accounts-for-parent/{ROOT}.json"),
                json!({"Accounts": [account(manager)]}),
            ),
            (
                format!("accounts-for-parent/{UNIT}.json"),
                json!({"Accounts": members.iter().map(|id| account(id)).collect::<Vec<_>>()}),
            ),
        ];
        for (kind, id, content) in &self.policies {
            let summary = json!({
                "Id": id, "Arn": arn("policy", id), "Name": id, "Description": "", "Type": kind,
                "AwsManaged": false
            });
            files.push((
                format!("policies/{id}.json"),
                json!({"Policy": {"PolicySummary": summary, "Content": content}}),
            ));
        }
        let targets = [ROOT, UNIT]
            .into_iter()
            .chain(members.iter().map(|id| id.as_str()));
        for target in targets {
            for (kind, full) in [(SCP, "p-FullAWSAccess"), (RCP, "p-RCPFullAWSAccess")] {
                let own: Vec<&str> = self
                    .attached
                    .iter()
                    .filter(|(of, at, _)| *of == kind && at == target)
                    .map(|(_, _, policy)| policy.as_str())
                    .collect();
                let mut all = own.clone();
                if !own.contains(&"none") {
                    all.push(full);
                }
                all.retain(|policy| *policy != "none");
                if !self.enforced.contains(&kind) {
                    all.clear();
                }
                let policies: Vec<Value> = all
                    .iter()
                    .map(|id| {
                        json!({
                            "Id": id, "Arn": arn("policy", id), "Name": id, "Description": "",
                            "Type": kind, "AwsManaged": *id == full
                        })
                    })
                    .collect();
                files.push((
                    format!("policies-for-target/{kind}/{target}.json"),
                    json!({"Policies": policies}),
                ));
            }
        }
        files
            .into_iter()
            .filter(|(path, _)| !self.left_out.iter().any(|end| path.ends_with(end.as_str())))
            .map(|(path, body)| (format!("{manager}/organizations/{path}"), body.to_string()))
            .collect()
    }
}

pub fn secret(name: &str) -> String {
    format!("arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{name}-AbCdEf")
}

/// What can be asked of an analysed account.
pub struct Answers {
    pub analysis: Analysis,
}

impl Answers {
    fn answer(&self, key: &str, goal: Option<Fact>) -> Answer {
        let inventory = &self.analysis.inventory;
        let (credential, _) = inventory
            .credentials
            .entries()
            .find(|(_, credential)| *credential.key == *key)
            .unwrap_or_else(|| panic!("no credential {key}"));
        let steps = &self.analysis.steps;
        let seed = steps
            .fact_id(Fact::Credential(credential))
            .into_iter()
            .collect::<Vec<_>>();
        let Some(goal) = goal.and_then(|goal| steps.fact_id(goal)) else {
            return Answer::No;
        };
        let is_reached = |layer| reached(steps, layer, &seed, None)[goal.0 as usize];
        if is_reached(Layer::Certain) {
            Answer::Certain
        } else if is_reached(Layer::Possible) {
            Answer::Possible
        } else {
            Answer::No
        }
    }

    /// Can the holder of that credential act as that principal?
    pub fn credential_becomes(&self, key: &str, principal: &str) -> Answer {
        let id = self.analysis.inventory.principal_by_key(principal);
        let id = id.unwrap_or_else(|| panic!("no principal {principal}"));
        self.answer(key, Some(Fact::Principal(id)))
    }

    /// Can the holder of that credential get that access?
    pub fn credential_gets(&self, key: &str, access: Access, resource: &str) -> Answer {
        let id = self.analysis.inventory.resource_by_key(resource);
        let id = id.unwrap_or_else(|| panic!("no resource {resource}"));
        self.answer(key, Some(Fact::Access(id, access)))
    }

    /// Can whoever acts as one principal act as the other? `None` for who holds nothing at all.
    pub fn principal_becomes(&self, from: Option<&str>, to: &str) -> Answer {
        let inventory = &self.analysis.inventory;
        let steps = &self.analysis.steps;
        let id = |key: &str| {
            let id = inventory.principal_by_key(key);
            Fact::Principal(id.unwrap_or_else(|| panic!("no principal {key}")))
        };
        let seed: Vec<_> = from
            .and_then(|key| steps.fact_id(id(key)))
            .into_iter()
            .collect();
        let Some(goal) = steps.fact_id(id(to)) else {
            return Answer::No;
        };
        let is_reached = |layer| reached(steps, layer, &seed, None)[goal.0 as usize];
        if is_reached(Layer::Certain) {
            Answer::Certain
        } else if is_reached(Layer::Possible) {
            Answer::Possible
        } else {
            Answer::No
        }
    }

    /// Can the holder of that user's key act as that principal?
    pub fn becomes(&self, key_holder: &str, principal: &str) -> Answer {
        self.credential_becomes(&format!("aws:access-key:{}", key_of(key_holder)), principal)
    }

    /// Can the holder of that user's key get that access?
    pub fn gets(&self, key_holder: &str, access: Access, resource: &str) -> Answer {
        self.credential_gets(
            &format!("aws:access-key:{}", key_of(key_holder)),
            access,
            resource,
        )
    }

    /// Can the holder of that user's key use a technique: make some step of it, all of whose needs it comes to hold?
    pub fn uses(&self, key_holder: &str, technique: &str) -> Answer {
        let key = format!("aws:access-key:{}", key_of(key_holder));
        let mut credentials = self.analysis.inventory.credentials.entries();
        let (credential, _) = credentials
            .find(|(_, credential)| *credential.key == *key)
            .unwrap_or_else(|| panic!("no credential {key}"));
        let steps = &self.analysis.steps;
        let seed: Vec<_> = steps
            .fact_id(Fact::Credential(credential))
            .into_iter()
            .collect();
        let is_used = |layer: Layer| {
            let held = reached(steps, layer, &seed, None);
            steps.ids().any(|id| {
                steps.techniques[steps.step(id).technique].id == technique
                    && layer.has(steps, id)
                    && steps.needs(id).iter().all(|need| held[need.0 as usize])
            })
        };
        if is_used(Layer::Certain) {
            Answer::Certain
        } else if is_used(Layer::Possible) {
            Answer::Possible
        } else {
            Answer::No
        }
    }

    /// The gain of the fix that removes the scope of that key, V · A: certain and possible, in hundredths; of keys that never
    /// end, which are all at home.
    pub fn gain(&self, scope: &str) -> (u64, u64) {
        let inventory = &self.analysis.inventory;
        let (id, _) = inventory
            .scopes
            .entries()
            .find(|(_, row)| *row.key == *scope)
            .unwrap_or_else(|| panic!("no scope {scope}"));
        let control = leakreach::steps::Control::Scope(id);
        self.analysis
            .fixes
            .iter()
            .find(|fix| self.analysis.steps.controls[fix.control] == control)
            .map_or((0, 0), |fix| {
                let each = 9_999 * leakreach::risk::NO_BORDER;
                (fix.certain.0 / each, fix.possible.0 / each)
            })
    }

    /// What that user's key reaches, V · A: certain and possible, in hundredths.
    pub fn points(&self, key_holder: &str) -> (u64, u64) {
        let key = format!("aws:access-key:{}", key_of(key_holder));
        let found = self
            .analysis
            .credentials
            .iter()
            .find(|scenario| match scenario.leak {
                Leak::Credential(id) => *self.analysis.inventory.credentials[id].key == *key,
                Leak::Exposure(_) => false,
            });
        let found = found.unwrap();
        (found.vector.certain.value(), found.vector.possible.value())
    }
}
