//! The truth of fixes: exports with a fix's edits applied, read and analysed again, reach less by exactly its gain.

use crate::account::{
    ACCOUNT, Account, allow, analyzed, analyzed_with, deny, function, policy, role, user, when,
};
use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::{Analysis, Edit, Element, FixLimit, LastUsed, Operation, PricedFix};
use leakreach::fixes::Edits;
use leakreach::steps::Control;
use serde_json::{Value, json};
use std::fs;

const OTHER: &str = "444455556666";

/// The JSON Patch that an edit is.
fn patch(edit: &Edit) -> json_patch::Patch {
    let operation = |operation: &Operation| match operation {
        Operation::Test { path, value } => json!({"op": "test", "path": path, "value": value}),
        Operation::Remove { path } => json!({"op": "remove", "path": path}),
        Operation::Replace { path, value } => {
            json!({"op": "replace", "path": path, "value": value})
        }
        Operation::Add { path, value } => json!({"op": "add", "path": path, "value": value}),
    };
    let operations: Vec<Value> = edit.operations.iter().map(operation).collect();
    serde_json::from_value(Value::Array(operations)).unwrap()
}

/// Applies an edit to the file that it names.
pub fn apply(analysis: &Analysis, edit: &Edit) {
    let file = analysis.inventory.evidence[edit.evidence].file;
    let path = &analysis.inventory.files[file].path;
    let mut whole: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let place = whole.pointer_mut(&edit.document).unwrap();
    if edit.is_in_text {
        let text = place.as_str().unwrap();
        let is_encoded = text.starts_with('%');
        let text = percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        json_patch::patch(&mut document, &patch(edit)).unwrap();
        let text = document.to_string();
        *place = match is_encoded {
            true => encoded(&text).into(),
            false => text.into(),
        };
    } else {
        json_patch::patch(place, &patch(edit)).unwrap();
    }
    fs::write(path, whole.to_string()).unwrap();
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn words(analysis: &Analysis, fix: &PricedFix) -> String {
    let name = match analysis.steps.controls[fix.control] {
        Control::Scope(id) => analysis.inventory.scopes[id].key.to_string(),
        other => format!("{other:?}"),
    };
    let edits: Vec<_> = fix.edits.iter().map(|edit| &edit.operations).collect();
    format!("{name}: {edits:?}")
}

/// Exports in a folder of their own.
pub struct Folder {
    _folder: tempfile::TempDir,
    pub root: Utf8PathBuf,
    pub as_of: &'static str,
}

impl Folder {
    fn new(as_of: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        Self {
            _folder: folder,
            root,
            as_of,
        }
    }

    pub fn of(account: Account) -> Self {
        let folder = Self::new("2026-01-01T00:00:00Z");
        account.write(&folder.root);
        folder
    }

    fn copy(from: &Utf8Path, as_of: &'static str) -> Self {
        let folder = Self::new(as_of);
        for entry in walkdir::WalkDir::new(from) {
            let entry = entry.unwrap();
            let to = folder
                .root
                .as_std_path()
                .join(entry.path().strip_prefix(from).unwrap());
            match entry.file_type().is_dir() {
                true => fs::create_dir_all(to).unwrap(),
                false => drop(fs::copy(entry.path(), to).unwrap()),
            }
        }
        folder
    }

    /// Changes an export of the account.
    fn change(&self, path: &str, change: impl FnOnce(&mut Value)) {
        let path = self.root.join("aws").join(ACCOUNT).join(path);
        let mut body: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut body);
        fs::write(path, body.to_string()).unwrap();
    }

    pub fn analyzed(&self) -> Analysis {
        analyzed(&self.root, self.as_of)
    }

    /// Applies each fix that is meant, analyses what it leaves, and takes it back. How many there were.
    pub fn true_fixes(&self, is_meant: &dyn Fn(&PricedFix) -> bool) -> usize {
        let before = self.analyzed();
        let is_edit = |fix: &&PricedFix| !fix.edits.is_empty() && is_meant(fix);
        for fix in before.fixes.iter().filter(is_edit) {
            let file = |edit: &Edit| before.inventory.evidence[edit.evidence].file;
            let paths = fix
                .edits
                .iter()
                .map(|edit| &before.inventory.files[file(edit)].path);
            let kept: Vec<_> = paths
                .map(|path| (path, fs::read_to_string(path).unwrap()))
                .collect();
            for edit in &fix.edits {
                apply(&before, edit);
            }
            let after = analyzed_with(&self.root, self.as_of, FixLimit::Best(0)).total;
            for (path, text) in kept {
                fs::write(path, text).unwrap();
            }
            let left = (
                before.total.0.0 - fix.certain.0,
                before.total.1.0 - fix.possible.0,
            );
            assert_eq!((after.0.0, after.1.0), left, "{}", words(&before, fix));
        }
        before.fixes.iter().filter(is_edit).count()
    }
}

/// A small generator: the same numbers from the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn some(&mut self, of: &[&str]) -> Value {
        let count = 1 + self.below(3);
        let chosen: Vec<&str> = (0..count).map(|_| self.one(of)).collect();
        match (&chosen[..], self.below(2)) {
            ([one], 0) => json!(one),
            _ => json!(chosen),
        }
    }
}

const ACTIONS: [&str; 34] = [
    "iam:DetachUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:DeleteUserPermissionsBoundary",
    "iam:*User*",
    "bedrock-agentcore:*",
    "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "bedrock-agentcore:CreateAgentRuntime",
    "s3:GetObject",
    "s3:*",
    "s3:ListBucket",
    "s3:Put*",
    "sts:AssumeRole",
    "sts:*",
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:InvokeFunction",
    "lambda:*",
    "lambda:UpdateFunctionCode",
    "lambda:AddPermission",
    "lambda:GetFunction",
    "secretsmanager:GetSecretValue",
    "kms:Decrypt",
    "kms:*",
    "iam:AttachUserPolicy",
    "iam:PutUserPolicy",
    "iam:AddUserToGroup",
    "iam:CreateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreatePolicyVersion",
    "ec2:RunInstances",
    "ssm:StartSession",
    "ssmmessages:*",
    "*",
];

fn statement(random: &mut Random) -> Value {
    let resources = [
        "*".to_owned(),
        "*".to_owned(),
        "*".to_owned(),
        role("deploy"),
        role("reader"),
        format!("arn:aws:iam::{ACCOUNT}:role/*"),
        user("ada"),
        "arn:aws:s3:::ledger/*".to_owned(),
        "arn:aws:s3:::ledger".to_owned(),
        function("worker"),
    ];
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    let mut statement = json!({
        "Effect": if random.below(8) == 0 { "Deny" } else { "Allow" },
        "Action": random.some(&ACTIONS), "Resource": random.some(&resources)
    });
    if random.below(12) == 0 {
        let actions = statement["Action"].take();
        statement.as_object_mut().unwrap().remove("Action");
        statement["NotAction"] = actions;
    }
    match random.below(12) {
        0 => statement["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        1 => {
            statement["Condition"] =
                json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})
        }
        2 => statement["Condition"] = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        _ => {}
    }
    if random.below(3) == 0 {
        statement["Sid"] = json!(format!("S{}", random.below(1000)));
    }
    statement
}

fn statements(random: &mut Random, most: usize) -> Vec<Value> {
    (0..random.below(most + 1))
        .map(|_| statement(random))
        .collect()
}

pub fn account(seed: u64) -> Account {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let random = &mut random;
    let trusted = |random: &mut Random| match random.below(5) {
        0 => json!({"AWS": user("ada")}),
        1 => json!({"AWS": ACCOUNT}),
        2 => {
            json!({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com", "bedrock-agentcore.amazonaws.com"]})
        }
        3 => json!({"AWS": [user("ben"), role("reader")]}),
        _ => json!({"AWS": "*"}),
    };
    let mut account = Account::default()
        .bucket("ledger")
        .bucket("open")
        .managed("shared", &statements(random, 2))
        .older_version(&statements(random, 2))
        .group("staff", &statements(random, 2))
        .user("ada", &statements(random, 3));
    if random.below(2) == 0 {
        account = account.in_group("staff");
    }
    account = account
        .user("ben", &statements(random, 2))
        .attached(&policy("shared"));
    if random.below(3) == 0 {
        account = account.bounded_by(&statements(random, 3));
    }
    let of_role = trusted(random);
    account = account
        .role("deploy", &of_role, &statements(random, 2))
        .with_instance_profile();
    let of_role = trusted(random);
    account = account.role("reader", &of_role, &statements(random, 2));
    account = account
        .function("worker", "deploy", json!({}))
        .instance("i-0", "deploy")
        .secret("db", None);
    if random.below(3) > 0 {
        let mut policy = |resources: Value, actions: &[&str]| -> Vec<Value> {
            let one = |random: &mut Random| {
                let mut own = statement(random);
                own["Principal"] = match random.below(4) {
                    0 => json!({"AWS": OTHER}),
                    1 => {
                        json!({"AWS": [user("ada"), format!("arn:aws:iam::{OTHER}:role/visitor")]})
                    }
                    _ => trusted(random),
                };
                own["Resource"] = resources.clone();
                own.as_object_mut().unwrap().remove("NotAction");
                own["Action"] = random.some(actions);
                own
            };
            (0..=random.below(2)).map(|_| one(random)).collect()
        };
        let of_bucket = policy(
            json!(["arn:aws:s3:::ledger", "arn:aws:s3:::ledger/*"]),
            &["s3:*", "s3:GetObject", "s3:Put*", "s3:ListBucket"],
        );
        let of_key = policy(json!("*"), &["kms:*", "kms:Decrypt", "kms:GenerateDataKey"]);
        account = account.bucket_policy("ledger", &of_bucket);
        if random.below(2) == 0 {
            let text = json!({"Version": "2012-10-17", "Statement": of_key}).to_string();
            let key = "arn:aws:kms:eu-west-1:111122223333:key/k-1";
            let body = json!({"Policy": text, "PolicyName": "default"});
            let rule = json!({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}});
            let encryption = json!({"ServerSideEncryptionConfiguration": {"Rules": [rule]}});
            account = account
                .file("kms/key-policy/eu-west-1/k-1.json", &body.to_string())
                .secret("keyed", Some(key))
                .file("s3/bucket-encryption/ledger.json", &encryption.to_string());
        }
        if random.below(2) == 0 {
            let setting = json!({"PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
                "RestrictPublicBuckets": true}});
            account = account.file("s3/public-access-block/ledger.json", &setting.to_string());
        }
    }
    let runtime = json!({
        "agentRuntimeArn": format!("arn:aws:bedrock-agentcore:eu-west-1:{ACCOUNT}:runtime/triage-EXAMPLE001"),
        "agentRuntimeId": "triage-EXAMPLE001", "agentRuntimeName": "triage", "agentRuntimeVersion": "1",
        "status": "READY", "createdAt": "2025-07-01T00:00:00+00:00",
        "lastUpdatedAt": "2025-07-01T00:00:00+00:00", "roleArn": role("deploy"),
        "networkConfiguration": {"networkMode": "PUBLIC"}
    });
    account = account.file(
        "bedrock-agentcore/eu-west-1/agent-runtime.json",
        &runtime.to_string(),
    );
    let names = [
        "s3",
        "lambda",
        "bedrock-agentcore",
        "iam",
        "sts",
        "secretsmanager",
        "ec2",
        "ssm",
    ];
    for who in ["ada", "ben"] {
        let services = names.map(|name| match random.below(3) {
            0 => json!({"ServiceName": name, "ServiceNamespace": name}),
            _ => json!({"ServiceName": name, "ServiceNamespace": name, "LastAuthenticated": "2025-12-01T00:00:00Z"}),
        });
        let details = json!({
            "JobStatus": "COMPLETED", "JobCreationDate": "2025-12-02T00:00:00Z", "IsTruncated": false,
            "JobCompletionDate": "2025-12-02T00:00:00Z", "ServicesLastAccessed": services
        });
        account = account.file(
            &format!("iam/last-accessed/user/{who}.json"),
            &details.to_string(),
        );
    }
    account
        .role(
            "visitor",
            &json!({"AWS": user("ada")}),
            &statements(random, 2),
        )
        .in_account(OTHER)
}

/// On more accounts: `LEAKREACH_SEEDS=1000`.
#[test]
fn exports_with_a_fix_applied_reach_less_by_exactly_its_gain() {
    let (mut removals, mut narrowings, mut tightenings) = (0, 0, 0);
    let is_of_actions = |fix: &PricedFix| {
        let narrowing = fix.narrowing.as_ref();
        narrowing.map(|narrowing| narrowing.element == Element::Action)
    };
    let seeds = std::env::var("LEAKREACH_SEEDS").map_or(16, |number| number.parse().unwrap());
    for seed in 0..seeds {
        let folder = Folder::of(account(seed));
        removals += folder.true_fixes(&|fix| fix.narrowing.is_none());
        narrowings += folder.true_fixes(&|fix| is_of_actions(fix) == Some(true));
        tightenings += folder.true_fixes(&|fix| is_of_actions(fix) == Some(false));
    }
    let counts = (removals, narrowings, tightenings);
    assert!(
        removals > 20 && narrowings > 10 && tightenings > 5,
        "{counts:?}"
    );
}

pub fn acme() -> Folder {
    let from = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme"));
    Folder::copy(&from, "2026-11-01T00:00:00Z")
}

/// Every fix of it, in some minutes: `LEAKREACH_ALL_FIXES=1`.
#[test]
fn the_best_fixes_of_acme_are_true() {
    if std::env::var_os("LEAKREACH_ALL_FIXES").is_some() {
        assert!(acme().true_fixes(&|_| true) > 10);
        return;
    }
    let count =
        acme().true_fixes(&|fix| fix.rank < 6 || (fix.rank < 14 && fix.narrowing.is_some()));
    assert_eq!(count, 6);
}

/// Ada reads objects and a secret by two statements of her own.
fn ada() -> Account {
    let named = |sid: &str, action: &str| {
        let mut statement = allow(action, "*");
        statement["Sid"] = json!(sid);
        statement
    };
    Account::default()
        .user(
            "ada",
            &[
                named("Read", "s3:GetObject"),
                named("Secret", "secretsmanager:GetSecretValue"),
            ],
        )
        .bucket("ledger")
        .secret("db", None)
}

#[test]
fn a_document_in_text_is_edited_inside() {
    for is_encoded in [false, true] {
        let folder = Folder::of(ada());
        folder.change("iam/account-authorization-details.json", |details| {
            let document = &mut details["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"];
            let text = document.to_string();
            *document = if is_encoded { encoded(&text) } else { text }.into();
        });
        assert_eq!(
            folder.true_fixes(&|fix| fix.edits.iter().all(|edit| edit.is_in_text)),
            2
        );
    }
}

#[test]
fn a_statement_that_stands_without_its_list_is_edited_too() {
    let folder = Folder::of(ada());
    folder.change("iam/account-authorization-details.json", |details| {
        let document = &mut details["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"];
        document["Statement"] = document["Statement"][0].take();
    });
    assert_eq!(folder.true_fixes(&|_| true), 1);
}

#[test]
fn what_two_exports_say_is_edited_in_both() {
    let folder = Folder::of(ada());
    let path = folder.root.join("aws").join(ACCOUNT).join("iam");
    let details = path.join("account-authorization-details.json");
    fs::copy(&details, path.join("account-authorization-details-2.json")).unwrap();
    assert_eq!(folder.true_fixes(&|fix| fix.edits.len() == 2), 2);
}

/// The edits of the fix that removes the scope of that key; `None` where there is no such fix.
fn edits(analysis: &Analysis, scope: &str) -> Option<usize> {
    let is_it = |fix: &&PricedFix| match analysis.steps.controls[fix.control] {
        Control::Scope(id) => *analysis.inventory.scopes[id].key == *scope,
        _ => false,
    };
    let mut fixes = analysis.fixes.iter().filter(is_it);
    fixes
        .find(|fix| fix.narrowing.is_none())
        .map(|fix| fix.edits.len())
}

fn edits_of(account: Account, scope: &str) -> Option<usize> {
    edits(&account.analyze().analysis, scope)
}

#[test]
fn a_policy_that_also_bounds_somebody_is_not_edited() {
    let shared = || {
        Account::default()
            .managed("boundary", &[allow("s3:GetObject", "*")])
            .user("ada", &[])
            .attached(&policy("boundary"))
            .bucket("ledger")
    };
    let statement = format!("{}#0", policy("boundary"));
    assert_eq!(edits_of(shared(), &statement), Some(1));
    let bounding = shared()
        .user("ben", &[allow("s3:*", "*")])
        .bounded_by_missing();
    assert_eq!(edits_of(bounding, &statement), Some(0));
}

#[test]
fn a_policy_that_aws_ships_is_not_edited() {
    let folder = Folder::of(
        Account::default()
            .managed("Read", &[allow("s3:GetObject", "*")])
            .user("ada", &[])
            .attached(&policy("Read"))
            .bucket("ledger"),
    );
    let path = folder.root.join(format!(
        "aws/{ACCOUNT}/iam/account-authorization-details.json"
    ));
    let text = fs::read_to_string(&path).unwrap();
    let shipped = "arn:aws:iam::aws:policy/Read";
    fs::write(&path, text.replace(&policy("Read"), shipped)).unwrap();
    assert_eq!(edits(&folder.analyzed(), &format!("{shipped}#0")), Some(0));
}

#[test]
fn a_key_keeps_its_last_statement() {
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k-1");
    let account = |statements: &[Value]| {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let body = json!({"Policy": text, "PolicyName": "default"});
        Account::default()
            .user("ada", &[allow("secretsmanager:GetSecretValue", "*")])
            .secret("db", Some(&key))
            .file("kms/key-policy/eu-west-1/k-1.json", &body.to_string())
    };
    let mut named = allow("kms:Decrypt", "*");
    named["Principal"] = json!({"AWS": user("ada")});
    let mut other = deny("kms:CreateGrant", "*");
    other["Principal"] = json!("*");
    let statement = format!("{key}#policy/0");
    let alone = std::slice::from_ref(&named);
    assert_eq!(edits_of(account(alone), &statement), Some(0));
    assert_eq!(edits_of(account(&[named, other]), &statement), Some(1));
}

#[test]
fn a_public_statement_that_keeps_others_out_is_not_edited() {
    let account = |is_closed: bool, who: Value| {
        let mut public = allow("s3:GetObject", "arn:aws:s3:::ledger/*");
        public["Principal"] = who;
        let setting = json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true,
            "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": is_closed}});
        // What asks who calls names the users of the account too.
        public["Condition"] =
            json!({"StringLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:*")}});
        Account::default()
            .user("ada", &[])
            .bucket("ledger")
            .bucket_policy("ledger", &[public])
            .file("s3/public-access-block/ledger.json", &setting.to_string())
            .file("s3/public-access-block.json", &setting.to_string())
    };
    let statement = "arn:aws:s3:::ledger#policy/0";
    assert_eq!(edits_of(account(true, json!("*")), statement), Some(0));
    assert_eq!(edits_of(account(false, json!("*")), statement), Some(1));
    let named = json!({"AWS": user("ada")});
    assert_eq!(edits_of(account(true, named), statement), Some(1));
}

#[test]
fn a_statement_that_restricts_a_choice_beside_another_is_not_edited() {
    let region = |action: &str, name: &str| {
        let condition = json!({"StringEquals": {"aws:RequestedRegion": name}});
        when(allow(action, "*"), condition)
    };
    let read = region("s3:GetObject", "eu-west-1");
    let edits_beside = |other: Value| {
        let account = Account::default().user("ada", &[read.clone(), other]);
        edits_of(
            account.bucket("ledger"),
            &format!("{}#inline/own#0", user("ada")),
        )
    };
    let list = "s3:ListAllMyBuckets";
    assert_eq!(edits_beside(allow(list, "*")), Some(1));
    assert_eq!(edits_beside(region(list, "us-east-1")), Some(0));
}

#[test]
fn a_right_that_decides_whether_a_workload_can_be_entered_is_not_edited() {
    let account = |own: &str| {
        Account::default()
            .user("ada", &[allow("ssm:StartSession", "*")])
            .role(
                "worker",
                &json!({"Service": "ec2.amazonaws.com"}),
                &[allow(own, "*"), allow("ssmmessages:*", "*")],
            )
            .with_instance_profile()
            .instance("i-0", "worker")
            .bucket("ledger")
    };
    let statement = format!("{}#inline/own#0", role("worker"));
    assert_eq!(edits_of(account("s3:*"), &statement), Some(1));
    assert_eq!(edits_of(account("*"), &statement), Some(0));
}

/// What is dropped by the narrowings of an account, and whether that is unused, in order of what is dropped.
fn dropped(account: Account) -> Vec<(String, bool)> {
    let folder = Folder::of(account);
    folder.true_fixes(&|_| true);
    let fixes = folder.analyzed().fixes;
    let narrowings = fixes.iter().filter_map(|fix| fix.narrowing.as_ref());
    let mut dropped: Vec<_> = narrowings
        .map(|narrowing| (narrowing.dropped.join(" "), narrowing.is_unused))
        .collect();
    dropped.sort();
    dropped
}

fn may(actions: &Value) -> Account {
    Account::default()
        .user(
            "ada",
            &[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})],
        )
        .bucket("ledger")
        .secret("db", None)
}

#[test]
fn a_statement_is_narrowed_by_each_action_that_leads_on_and_by_all_of_them() {
    let actions = json!([
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
        "s3:ListAllMyBuckets"
    ]);
    let expected = [
        "s3:GetObject",
        "s3:GetObject secretsmanager:GetSecretValue",
        "secretsmanager:GetSecretValue",
    ];
    assert_eq!(
        dropped(may(&actions)),
        expected.map(|one| (one.to_owned(), false))
    );
}

#[test]
fn what_a_pattern_that_is_kept_still_matches_is_not_dropped() {
    let of = |actions: Value| dropped(may(&actions));
    let secret = "secretsmanager:GetSecretValue";
    assert_eq!(
        of(json!(["s3:GetObject", "s3:Get*", secret])),
        [(secret.to_owned(), false)]
    );
    assert_eq!(
        of(json!(["s3:GetObject", "s3:*"])),
        [("s3:*".to_owned(), false)]
    );
}

#[test]
fn where_nobody_can_tell_which_action_a_step_needs_there_is_no_narrowing() {
    let account = || may(&json!(["s3:GetObject", "*"]));
    assert_eq!(dropped(account()), [("*".to_owned(), false)]);
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k-1");
    let mut own = allow("kms:*", "*");
    own["Principal"] = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    let body = json!({"PolicyName": "default",
        "Policy": json!({"Version": "2012-10-17", "Statement": [own]}).to_string()});
    let rule = json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key});
    let encryption = json!({"ServerSideEncryptionConfiguration": {
        "Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}});
    let under_key = account()
        .file("kms/key-policy/eu-west-1/k-1.json", &body.to_string())
        .file("s3/bucket-encryption/ledger.json", &encryption.to_string());
    assert_eq!(dropped(under_key), []);
}

#[test]
fn one_action_all_but_some_and_trusts_are_not_narrowed() {
    assert_eq!(dropped(may(&json!("s3:GetObject"))), []);
    let but = json!({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"});
    let account = Account::default().user("ada", &[but]).bucket("ledger");
    assert_eq!(dropped(account), []);
    let trusted = Account::default()
        .user("ada", &[])
        .role(
            "reader",
            &json!({"AWS": user("ada")}),
            &[allow("s3:GetObject", "*")],
        )
        .trust(|statements| statements[0]["Action"] = json!(["sts:AssumeRole", "sts:TagSession"]))
        .bucket("ledger");
    assert_eq!(dropped(trusted), []);
}

#[test]
fn only_what_exports_tell_is_unused() {
    let told = |of_put: Value| {
        let mut put = json!({"ActionName": "PutBucketPolicy"});
        put["LastAccessedTime"] = of_put;
        let details = json!({
            "JobStatus": "COMPLETED", "JobCreationDate": "2026-01-01T00:00:00Z",
            "JobCompletionDate": "2026-01-01T00:01:00Z", "IsTruncated": false,
            "ServicesLastAccessed": [{"ServiceName": "Amazon S3", "ServiceNamespace": "s3",
                "LastAuthenticated": "2025-12-24T10:00:00Z", "TrackedActionsLastAccessed": [put]},
                {"ServiceName": "Secrets", "ServiceNamespace": "secretsmanager",
                "LastAuthenticated": "2025-12-24T10:00:00Z"}]
        });
        let account = may(&json!([
            "secretsmanager:GetSecretValue",
            "s3:PutBucketPolicy"
        ]));
        dropped(account.file("iam/last-accessed/user/ada.json", &details.to_string()))
    };
    let both = |is_unused: bool| {
        vec![
            ("s3:PutBucketPolicy".to_owned(), is_unused),
            ("secretsmanager:GetSecretValue".to_owned(), false),
        ]
    };
    assert_eq!(told(Value::Null), both(true));
    assert_eq!(
        told(json!("2025-10-01T00:00:00Z")),
        both(true),
        "92 days ago"
    );
    assert_eq!(
        told(json!("2025-10-05T00:00:00Z")),
        both(false),
        "88 days ago"
    );
    assert_eq!(
        dropped(may(&json!([
            "secretsmanager:GetSecretValue",
            "s3:PutBucketPolicy"
        ]))),
        both(false)
    );
}

#[test]
fn everything_is_replaced_by_the_services_that_are_used_where_these_are_listed_whole() {
    let service = |namespace: &str, last: &str| json!({"ServiceName": namespace, "ServiceNamespace": namespace, "LastAuthenticated": last});
    let listed = |is_truncated: bool| {
        json!({
            "JobStatus": "COMPLETED", "JobCreationDate": "2026-01-01T00:00:00Z",
            "JobCompletionDate": "2026-01-01T00:01:00Z", "IsTruncated": is_truncated,
            "ServicesLastAccessed": [
                service("s3", "2025-12-24T10:00:00Z"), service("sqs", "2025-12-24T10:00:00Z"),
                service("sts", "2025-02-01T00:00:00Z"), {"ServiceName": "KMS", "ServiceNamespace": "kms"}]
        })
    };
    let replaced = |account: Account| {
        let folder = Folder::of(account);
        folder.true_fixes(&|_| true);
        let fixes = folder.analyzed().fixes;
        let narrowings = fixes.into_iter().filter_map(|fix| fix.narrowing);
        let added = narrowings.filter(|narrowing| !narrowing.added.is_empty());
        added
            .map(|one| (one.kept, one.last_used))
            .collect::<Vec<_>>()
    };
    let user = |actions: Value, is_truncated: bool| {
        may(&actions).file(
            "iam/last-accessed/user/ada.json",
            &listed(is_truncated).to_string(),
        )
    };
    let told = replaced(user(json!("*"), false));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, ["s3:*", "sqs:*", "iam:PassRole"]);
    let Some(LastUsed::On { at, of, .. }) = &told[0].1 else {
        panic!("{told:?}")
    };
    assert_eq!(
        (at.to_string().as_str(), of.as_deref()),
        ("2025-02-01T00:00:00Z", Some("sts"))
    );
    let beside = replaced(user(json!(["kms:*", "*", "s3:*"]), false));
    assert_eq!(beside[0].0, ["kms:*", "s3:*", "sqs:*", "iam:PassRole"]);
    assert_eq!(replaced(user(json!("*"), true)), [], "more services follow");
    assert_eq!(replaced(may(&json!("*"))), [], "no export lists them");
    let shared = |account: Account| account.attached(&policy("all")).user("ben", &[]);
    let all = Account::default()
        .managed("all", &[allow("*", "*")])
        .bucket("ledger")
        .secret("db", None);
    let of_both = shared(all.user("ada", &[])).attached(&policy("all")).file(
        "iam/last-accessed/user/ada.json",
        &listed(false).to_string(),
    );
    assert_eq!(replaced(of_both), [], "of ben nothing is known");
}

#[test]
fn an_administrator_who_keeps_some_services_administers_no_more() {
    let service = |namespace: &str| json!({"ServiceName": namespace, "ServiceNamespace": namespace, "LastAuthenticated": "2025-12-24T10:00:00Z"});
    let listed = json!({
        "JobStatus": "COMPLETED", "JobCreationDate": "2026-01-01T00:00:00Z",
        "JobCompletionDate": "2026-01-01T00:01:00Z", "IsTruncated": false,
        "ServicesLastAccessed": [service("s3"), service("iam"), {"ServiceName": "KMS", "ServiceNamespace": "kms"}]
    });
    // She may not give herself back what she loses.
    let account = Account::default()
        .user("ada", &[allow("*", "*"), deny("iam:*", &user("ada"))])
        .bucket("ledger")
        .file("iam/last-accessed/user/ada.json", &listed.to_string());
    let folder = Folder::of(account);
    folder.true_fixes(&|_| true);
    let fixes = folder.analyzed().fixes;
    let narrowed = fixes.into_iter().find(|fix| {
        let narrowing = fix.narrowing.as_ref();
        narrowing.is_some_and(|one| one.kept == ["iam:*", "s3:*"])
    });
    // What the whole account weighs: restricted, administered.
    assert!(narrowed.unwrap().certain.0 >= 9_999 * 4 * 1_000);
}

#[test]
fn an_action_that_reaches_further_is_not_dropped_beside_one_that_it_outreaches() {
    let narrowed = |actions: [&str; 2]| {
        let account = Account::default()
            .managed("no", &[deny("s3:GetObject", "*")])
            .user("ben", &[allow("s3:GetObject", "*")])
            .attached(&policy("no"))
            .user(
                "ada",
                &[
                    allow("iam:CreateAccessKey", &user("ben")),
                    json!({"Effect": "Allow", "Action": actions, "Resource": user("ben")}),
                ],
            )
            .bucket("ledger")
            .secret("db", None);
        let names = dropped(account).into_iter().map(|(name, _)| name);
        names.collect::<Vec<_>>()
    };
    let attach = "iam:AttachUserPolicy";
    assert!(!narrowed([attach, "iam:DetachUserPolicy"]).contains(&attach.to_owned()));
    assert!(narrowed([attach, "iam:CreateUser"]).contains(&attach.to_owned()));
}

#[test]
fn a_trust_that_decides_whether_a_workload_runs_is_not_edited() {
    let account = |is_run: bool| {
        let account = Account::default()
            .user("ada", &[])
            .role(
                "worker",
                &json!({"AWS": user("ada")}),
                &[allow("s3:GetObject", "*")],
            )
            .bucket("ledger");
        match is_run {
            true => account.function("job", "worker", json!({})),
            false => account,
        }
    };
    let trust = format!("{}#trust/0", role("worker"));
    assert_eq!(edits_of(account(false), &trust), Some(1));
    assert_eq!(edits_of(account(true), &trust), Some(0));
}

#[test]
fn passing_and_assuming_by_one_statement_are_told_apart() {
    let actions = json!(["iam:PassRole", "sts:AssumeRole"]);
    let account = Account::default()
        .user("ada", &[allow("lambda:*", "*"), allow("iam:PassRole", "*")])
        .role(
            "maker",
            &json!({"Service": "lambda.amazonaws.com"}),
            &[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})],
        )
        .role(
            "target",
            &json!({"AWS": ACCOUNT}),
            &[allow("s3:GetObject", "*")],
        )
        .bucket("ledger");
    let told: Vec<_> = dropped(account).into_iter().map(|(name, _)| name).collect();
    assert!(told.contains(&"sts:AssumeRole".to_owned()), "{told:?}");
}

/// The scopes, of those, whose edits are taken back when the fixes that remove all of them are made.
fn clashing(account: Account, scopes: &[&str]) -> Vec<String> {
    let analysis = account.analyze().analysis;
    let inventory = &analysis.inventory;
    let id = |key: &str| {
        let mut scopes = inventory.scopes.entries();
        scopes.find(|(_, row)| *row.key == *key).unwrap().0
    };
    let fixes = scopes.iter().map(|key| (Control::Scope(id(key)), None));
    let clashing = Edits::new(inventory).clashing(fixes);
    let keys = clashing
        .iter()
        .map(|&scope| inventory.scopes[scope].key.to_string());
    let mut keys: Vec<String> = keys.collect();
    keys.sort();
    keys
}

#[test]
fn fixes_that_together_leave_a_key_without_a_policy_are_no_edits_together() {
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k-1");
    let named = |action: &str, name: &str| {
        let mut statement = allow(action, "*");
        statement["Principal"] = json!({"AWS": user(name)});
        statement
    };
    let account = || {
        let statements = [named("kms:Decrypt", "ada"), named("kms:Encrypt", "ada")];
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let body = json!({"Policy": text, "PolicyName": "default"});
        Account::default()
            .user("ada", &[])
            .secret("db", Some(&key))
            .file("kms/key-policy/eu-west-1/k-1.json", &body.to_string())
    };
    let [first, second] = [0, 1].map(|index| format!("{key}#policy/{index}"));
    assert_eq!(clashing(account(), &[&first, &second]), [&*first, &second]);
    assert!(clashing(account(), &[&first]).is_empty());
}

#[test]
fn fixes_that_together_let_nobody_run_a_workload_are_no_edits_together() {
    let account = |is_run: bool| {
        let account = Account::default()
            .user("ada", &[])
            .user("bob", &[])
            .role("worker", &json!({"AWS": user("ada")}), &[])
            .trust(|statements| {
                let mut other = statements[0].clone();
                other["Principal"] = json!({"AWS": user("bob")});
                statements.as_array_mut().unwrap().push(other);
            });
        match is_run {
            true => account.function("job", "worker", json!({})),
            false => account,
        }
    };
    let [first, second] = [0, 1].map(|index| format!("{}#trust/{index}", role("worker")));
    let both = [&*first, &second];
    assert_eq!(clashing(account(true), &both), both);
    assert!(clashing(account(true), &both[..1]).is_empty());
    assert!(clashing(account(false), &both).is_empty());
}
