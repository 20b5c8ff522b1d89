//! A page of every source with secrets wherever its format may hold one, for the tests of all that reads, keeps and
//! writes: those of `canary`, and the ones of the whole program (`canary` and `renames` of `tests/pipeline`), which has this
//! file as a module of its own.

/// What no output may hold: it stands in every canary.
pub(super) const NEEDLE: &str = "canaryEXAMPLE";

/// Secrets in the forms that readers tell apart; each is plainly fake.
pub(super) fn canaries() -> Vec<String> {
    let half = format!("{NEEDLE}{}+/", "EXAMPLE9".repeat(4).get(..25).unwrap());
    assert_eq!(half.len(), 40);
    vec![
        format!("{NEEDLE}{}", "EXAMPLE".repeat(3)),
        // The secret half of an access key.
        half,
        format!("ghp_{NEEDLE}{}", "EXAMPLE".repeat(3)),
        format!("AIza{NEEDLE}{}", "EXAMPLE".repeat(3)),
        format!("postgres://app:{NEEDLE}@db.example/orders"),
        format!("-----BEGIN PRIVATE KEY-----{NEEDLE}-----END PRIVATE KEY-----"),
        // {"role":"anon","ref":"NEEDLE"} between a header and a signature.
        format!("eyJhbGciOiJIUzI1NiJ9.{}.{NEEDLE}", {
            use base64::Engine as _;
            let claims = format!(r#"{{"iss":"{NEEDLE}","role":"anon","x":"{NEEDLE}"}}"#);
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims)
        }),
        format!("Bearer {NEEDLE}EXAMPLE"),
    ]
}

/// Fails if `shown` holds a canary; tells where, without the rest.
pub(super) fn assert_clean(shown: &str, what: &str) {
    if let Some((before, _)) = shown.split_once(NEEDLE) {
        let skip = before.chars().count().saturating_sub(200);
        let before: String = before.chars().skip(skip).collect();
        panic!("{what}: …{before}<<< a secret stands here");
    }
}

/// A page of every source with `secret` wherever its format may hold one. A source without a sample fails the test.
pub(super) fn sample(id: &str, secret: &str) -> (&'static str, String) {
    let policy =
        format!(r#"{{"Statement": [{{"Effect": "{secret}", "Action": {{"x": "{secret}"}}}}]}}"#);
    match id {
        "estate" => (
            "leakreach.toml",
            format!("[[rule]]\nowner = \"a\"\nname = \"x\"\n# {secret}\n"),
        ),
        "neutral" => (
            "n.csv",
            format!(
                "word,id,type,created,masked,sha256,status\ncredential,c1,{secret},x,{secret},{secret},\ncredential,c2,api-key,{secret},{secret},{secret},{secret}\ncredential,c3,api-key,,{secret},{secret},\n"
            ),
        ),
        "aws/account_authorization_details" => (
            "g.json",
            format!(
                r#"{{"UserDetailList": [{{"UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a", "CreateDate": "{secret}",
                "UserPolicyList": [{{"PolicyName": "p", "PolicyDocument": {policy}}}, {{"PolicyName": "q", "PolicyDocument": "{secret}"}}]}}, "{secret}"]}}"#
            ),
        ),
        "aws/credential_report" => (
            "c.csv",
            format!(
                "user,arn,password_enabled,password_last_used\na,arn:aws:iam::111122223333:user/a,true,{secret}\n{secret}\n"
            ),
        ),
        "aws/access_keys" => (
            "k.json",
            format!(
                r#"{{"AccessKeyMetadata": [{{"AccessKeyId": "AKIAEXAMPLE", "Status": "{secret}", "CreateDate": "{secret}"}}, "{secret}"]}}"#
            ),
        ),
        "aws/service_credentials" => (
            "k.json",
            format!(
                r#"{{"ServiceSpecificCredentials": [{{"ServiceSpecificCredentialId": "ACCAEXAMPLE", "ServiceName": "bedrock.amazonaws.com",
                "ServicePassword": "{secret}", "ServiceCredentialSecret": "{secret}", "Status": "{secret}", "CreateDate": "{secret}", "ExpirationDate": "{secret}"}}, "{secret}"]}}"#
            ),
        ),
        "aws/functions" => (
            "f.json",
            format!(
                r#"{{"Functions": [{{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
                "Environment": {{"Variables": {{"API_TOKEN": "{secret}", "U": "postgres://u:{secret}@h/d", "A": 1, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE22"}}}}}}, "{secret}"]}}"#
            ),
        ),
        "aws/instances" => (
            "i.json",
            format!(
                r#"{{"Reservations": [{{"OwnerId": "111122223333", "Instances": [{{"InstanceId": "i", "UserData": "{secret}", "Placement": {{"AvailabilityZone": "{secret}"}}}}]}}]}}"#
            ),
        ),
        // What the other answers of this source hold is tried beside their reader.
        "aws/running" => (
            "p.json",
            serde_json::json!({"projects": [{
                "arn": "arn:aws:codebuild:eu-west-1:111122223333:project/p", "serviceRole": [secret],
                "environment": {"environmentVariables": [{"name": "A_TOKEN", "value": secret}, secret]},
                "source": {"buildspec": format!("env: {{A_TOKEN={secret}}}")}
            }, secret, {"arn": secret}]})
            .to_string(),
        ),
        "aws/secrets" => (
            "s.json",
            format!(
                r#"{{"SecretList": [{{"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf", "Name": "x", "SecretString": "{secret}"}}, {{"ARN": "{secret}", "Name": "x"}}]}}"#
            ),
        ),
        "aws/parameters" => (
            "p.json",
            format!(
                r#"{{"Parameters": [{{"ARN": "arn:aws:ssm:eu-west-1:111122223333:parameter/x", "Name": "x", "Type": "SecureString", "Value": "{secret}", "Description": "{secret}"}}, {{"ARN": "{secret}", "Name": "x", "Type": "String", "Value": "{secret}"}}]}}"#
            ),
        ),
        "aws/buckets" => (
            "b.json",
            format!(
                r#"{{"Buckets": [{{"Name": "b", "Key": "{secret}"}}, {{"Name": 1, "Key": "{secret}"}}]}}"#
            ),
        ),
        "aws/bucket_policy" => (
            "aws/111122223333/s3/bucket-policy/b.json",
            serde_json::json!({ "Policy": policy }).to_string(),
        ),
        "aws/public_access" => (
            "p.json",
            format!(
                r#"{{"PublicAccessBlockConfiguration": {{"RestrictPublicBuckets": "{secret}"}}}}"#
            ),
        ),
        "aws/bucket_encryption" => (
            "aws/111122223333/s3/bucket-encryption/b.json",
            format!(
                r#"{{"ServerSideEncryptionConfiguration": {{"Rules": [{{"ApplyServerSideEncryptionByDefault": {{"SSEAlgorithm": "{secret}", "KMSMasterKeyID": ["{secret}"]}}}}]}}}}"#
            ),
        ),
        "aws/keys" => (
            "aws/111122223333/kms/key-policy/eu-west-1/k.json",
            serde_json::json!({
                "Policy": policy, "PolicyName": secret, "Keys": [{"KeyArn": secret}],
                "Aliases": [{"AliasArn": secret, "TargetKeyId": secret}, secret]
            })
            .to_string(),
        ),
        "aws/attributes" => (
            "q.json",
            serde_json::json!({"Attributes": {
                "QueueArn": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": policy, "Other": secret
            }})
            .to_string(),
        ),
        "aws/named_policies" => (
            "s.json",
            serde_json::json!({
                "ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf",
                "Name": secret, "ResourcePolicy": policy
            })
            .to_string(),
        ),
        "aws/resource_policies" => (
            "r.json",
            serde_json::json!([
                {"Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": policy, "Account": secret},
                {"Resource": secret, "Policy": secret},
                {"Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": secret}
            ])
            .to_string(),
        ),
        "aws/agentcore" => (
            "r.json",
            serde_json::json!({
                "agentRuntimeArn": "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/r-EXAMPLE001",
                "agentRuntimeId": "r-EXAMPLE001", "description": secret, "lastUpdatedAt": secret, "status": secret,
                "environmentVariables": {"API_TOKEN": secret, "U": format!("postgres://u:{secret}@h/d")},
                "workloadIdentityDetails": {"workloadIdentityArn": secret},
                "authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": secret}}
            })
            .to_string(),
        ),
        "aws/agentcore_identity" => (
            "p.json",
            serde_json::json!({"credentialProviders": [{
                "name": "x", "credentialProviderArn": "arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default/apikeycredentialprovider/x",
                "apiKeySecretArn": {"secretArn": secret}, "apiKey": secret, "createdTime": secret
            }, {"name": secret, "credentialProviderArn": secret}]})
            .to_string(),
        ),
        "aws/roles_anywhere" => (
            "r.json",
            serde_json::json!({"profiles": [{
                "profileArn": "arn:aws:rolesanywhere:eu-west-1:111122223333:profile/p", "enabled": true,
                "roleArns": ["arn:aws:iam::111122223333:role/r"], "sessionPolicy": policy,
                "attributeMappings": secret, "enabledBy": secret
            }, secret]})
            .to_string(),
        ),
        "aws/organization" => (
            "p.json",
            serde_json::json!({"Policy": {
                "PolicySummary": {"Id": "p-example", "Type": "SERVICE_CONTROL_POLICY", "Description": secret},
                "Content": policy
            }})
            .to_string(),
        ),
        "aws/last_accessed" => (
            "aws/111122223333/iam/last-accessed/role/r.json",
            format!(
                r#"{{"JobStatus": "COMPLETED", "JobCompletionDate": "{secret}", "Error": {{"Message": "{secret}"}}, "ServicesLastAccessed": [
                {{"ServiceName": "{secret}", "ServiceNamespace": "s3", "LastAuthenticated": "{secret}", "LastAuthenticatedRegion": "{secret}",
                "TrackedActionsLastAccessed": [{{"ActionName": "x", "LastAccessedTime": "{secret}"}}, "{secret}"]}}, "{secret}"]}}"#
            ),
        ),
        "aws/unused_access" => (
            "u.json",
            format!(
                r#"{{"id": "{secret}", "resource": "arn:aws:iam::111122223333:role/r", "resourceOwnerAccount": "{secret}", "status": "{secret}",
                "findingType": "UnusedPermission", "analyzedAt": "{secret}", "error": "{secret}", "findingDetails": ["{secret}",
                {{"unusedPermissionDetails": {{"serviceNamespace": "s3", "lastAccessed": "{secret}", "actions": ["{secret}"]}}}},
                {{"unusedPermissionDetails": "{secret}"}}]}}"#
            ),
        ),
        "scanners/gitleaks" => (
            "l.json",
            format!(
                r#"[{{"RuleID": "generic-api-key", "File": "f", "StartLine": 1, "Secret": "{secret}", "Match": "k={secret}", "Fragment": "{secret}", "Fingerprint": "x"}},
                {{"RuleID": "generic-api-key", "File": "f", "StartLine": "{secret}", "Secret": "{secret}", "Fingerprint": "x"}}]"#
            ),
        ),
        "scanners/trufflehog" => (
            "t.jsonl",
            format!(
                r#"{{"level": "info", "msg": "{secret}"}}
                {{"SourceMetadata": {{"Data": {{"Slack": {{"channel_name": "ops", "timestamp": "{secret}", "email": "{secret}"}}}}}},
                "SourceName": "x", "DetectorName": "Slack", "Raw": "{secret}", "RawV2": "{secret}", "Redacted": "{secret}",
                "SecretParts": {{"key": "{secret}"}}, "ExtraData": {{"x": "{secret}", "arn": "{secret}", "username": "{secret}", "is_canary": "{secret}"}}, "StructuredData": "{secret}", "VerificationError": "{secret}"}}
                {{"SourceMetadata": "{secret}", "DetectorName": "Slack", "Raw": "{secret}", "Verified": "{secret}"}}"#
            )
            .replace("\n                    {", "\n{")
            .replace(",\n                    ", ","),
        ),
        "scanners/kingfisher" => (
            "k.json",
            format!(
                r#"{{"findings": [{{"rule": {{"id": "betterleaks.x", "description": "{secret}"}}, "finding": {{"snippet": "{secret}", "path": "f", "line": 1,
                "dependent_captures": {{"X": "{secret}", "AWS_SECRET_ACCESS_KEY": "{secret}"}}, "validate_command": "{secret}", "blast_radius_command": "{secret}",
                "validation": {{"status": "{secret}", "response": "{secret}"}}, "git_metadata": {{"repository_url": "https://h/o/r", "commit": {{"date": "{secret}"}}}}}}}},
                {{"rule": {{"id": "x"}}, "finding": {{"snippet": "{secret}", "line": "{secret}"}}}}, {{"rule": "{secret}"}}],
                "access_map": [{{"provider": "github", "account": "{secret}", "fingerprint": "{secret}", "context": {{"identity_id": "a", "access_type": "user"}},
                "groups": [{{"resources": ["repository:o/r"], "permissions": ["{secret}"]}}, "{secret}"], "token_details": {{"name": "{secret}"}}}},
                {{"provider": "x", "context": {{"identity_id": "{secret}", "access_type": "unknown"}}}}, "{secret}"],
                "metadata": {{"command_line_args": ["{secret}"]}}}}"#
            ),
        ),
        "scanners/access_map" => (
            "a.json",
            format!(
                r#"[{{"cloud": "aws", "fingerprint": "{secret}", "identity": {{"id": "arn:aws:iam::111122223333:user/a", "access_type": "user", "project": "{secret}"}},
                "roles": [{{"name": "r", "source": "{secret}", "permissions": ["{secret}"]}}], "permissions": {{"admin": ["{secret}"]}},
                "resources": [{{"resource_type": "s3_bucket", "name": "arn:aws:s3:::b", "permissions": ["{secret}"], "reason": "{secret}"}}],
                "risk_notes": ["{secret}"], "token_details": {{"name": "{secret}"}}, "provider_metadata": {{"version": "{secret}"}}}},
                {{"cloud": "slack", "identity": {{"id": "{secret}", "access_type": "unknown"}}, "permissions": "{secret}", "resources": ["{secret}"]}}]"#
            ),
        ),
        "scanners/detect_secrets" => (
            "d.json",
            format!(
                r#"{{"plugins_used": [], "generated_at": "{secret}", "results": {{"f": [
                {{"type": "Secret Keyword", "hashed_secret": "{secret}", "line_number": 1, "is_verified": false}},
                {{"type": "AWS Access Key", "hashed_secret": "{secret}", "line_number": "{secret}"}}, "{secret}"], "g": "{secret}"}}}}"#
            ),
        ),
        "scanners/ggshield" => (
            "g.json",
            format!(
                r#"{{"total_incidents": 1, "total_occurrences": 1, "extra_info": {{"date": "{secret}"}}, "entities_with_incidents": [{{"filename": "f", "incidents": [
                {{"type": "X", "policy": "Secrets detection", "validity": "{secret}", "ignore_sha": "{secret}", "occurrences": [
                {{"match": "{secret}", "type": "client_id"}}, {{"match": "{secret}", "type": "apikey", "line_start": 1}}]}},
                {{"type": "X", "occurrences": "{secret}"}}, "{secret}"]}}, {{"filename": "g", "incidents": "{secret}"}}], "scans": ["{secret}"]}}"#
            ),
        ),
        "scanners/github_alerts" => (
            "a.json",
            format!(
                r#"[{{"number": 1, "state": "open", "secret_type": "x", "secret": "{secret}", "created_at": "{secret}", "resolution_comment": "{secret}",
                "validity": "{secret}", "repository": {{"full_name": "o/r"}}, "first_location_detected": {{"path": "f"}}}},
                {{"number": "{secret}", "state": "open", "secret_type": "x", "secret": "{secret}"}}, "{secret}"]"#
            ),
        ),
        "github/access" => (
            "github/repos/o/r/collaborators-direct.json",
            format!(
                r#"[{{"login": "u", "id": 1, "type": "User", "role_name": "write", "email": "{secret}"}},
                {{"login": ["{secret}"], "id": 1, "type": "User"}}, {{"login": "v", "id": "{secret}", "type": "User"}}, "{secret}"]"#
            ),
        ),
        "github/repositories" => (
            "github/orgs/o/repos.json",
            format!(
                r#"[{{"id": 1, "full_name": "o/r", "private": true, "default_branch": "main", "temp_clone_token": "{secret}", "description": "{secret}"}},
                {{"id": "{secret}", "full_name": "o/r", "private": true, "default_branch": "main"}}, "{secret}"]"#
            ),
        ),
        "github/actions" => (
            "calls.json",
            format!(
                r#"[{{"path": "github/repos/o/r/actions/secrets.json", "body": {{"total_count": 2, "secrets": [
                {{"name": "A", "created_at": "{secret}", "updated_at": "{secret}", "value": "{secret}"}},
                {{"name": ["{secret}"], "created_at": 1, "updated_at": 1}}]}}}},
                {{"path": "github/orgs/o/actions/permissions/repositories.json", "body": {{"total_count": 2, "repositories": [
                {{"full_name": "o/r", "temp_clone_token": "{secret}", "description": "{secret}"}}, {{"full_name": ["{secret}"]}}, "{secret}"]}}}}]"#
            ),
        ),
        "github/tokens" => (
            "github/orgs/o/credential-authorizations.json",
            format!(
                r#"[{{"login": "u", "credential_id": 1, "credential_type": "personal access token", "token_last_eight": "{secret}", "fingerprint": "{secret}", "scopes": ["repo"]}},
                {{"login": "u", "credential_id": "{secret}", "credential_type": "x", "token_last_eight": 1, "credential_authorized_at": "{secret}"}}, "{secret}"]"#
            ),
        ),
        "github/workflows" => (
            "github/repos/o/r/contents/.github/workflows/ci.yml",
            format!(
                "on: push\nenv:\n  A: \"{secret}\"\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          curl -H {secret}\n      - with: {{token: \"{secret}\"}}\n      - uses: \"{secret}\"\n"
            ),
        ),
        "kubernetes/objects" => (
            "kubernetes/c/all.json",
            serde_json::json!({"apiVersion": "v1", "kind": "List", "items": [
                {"kind": "Secret", "metadata": {"name": "s", "annotations": {
                    "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"data\": {{\"a\": \"{secret}\"}}}}")}},
                    "type": "Opaque", "data": {"API_TOKEN": secret, "b": [secret]}, "stringData": {"DB_PASSWORD": secret}},
                {"kind": "Secret", "metadata": {"name": "t", "annotations": {"kubernetes.io/service-account.name": "a"}},
                    "type": "kubernetes.io/service-account-token", "data": {"token": secret}},
                {"kind": "Secret", "metadata": {"name": "bootstrap-token-a"}, "type": "bootstrap.kubernetes.io/token",
                    "data": {"token-secret": secret, "expiration": secret}},
                {"kind": "Secret", "metadata": {"name": "u"}, "type": "kubernetes.io/tls", "data": {"tls.key": secret}},
                {"kind": "ConfigMap", "metadata": {"name": "aws-auth", "namespace": "kube-system"},
                    "data": {"mapRoles": secret, "mapUsers": [secret], "mapAccounts": secret, "x": secret}},
                {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
                    {"name": "c", "args": [secret], "env": [{"name": "A_TOKEN", "value": secret}, {"name": "B", "value": [secret]}]}]}},
                {"kind": "Deployment", "metadata": {"name": "d", "annotations": {"x": secret}}, "spec": {"template": {"spec": {"containers": [
                    {"name": "c", "env": [{"name": "A_TOKEN", "value": secret}]}]}}}},
                secret, {"kind": "Widget", "spec": secret}
            ]})
            .to_string(),
        ),
        "kubernetes/openid_configuration" => (
            "kubernetes/c/openid-configuration.json",
            serde_json::json!({"issuer": format!("http://h/{secret}"), "jwks_uri": secret, "subject_types_supported": [secret]}).to_string(),
        ),
        "kubernetes/eks" => (
            "kubernetes/c/eks/describe-cluster.json",
            serde_json::json!({"cluster": {"name": "c", "arn": secret, "roleArn": secret, "certificateAuthority": {"data": secret},
                "identity": {"oidc": {"issuer": secret}}, "accessConfig": {"authenticationMode": secret}, "tags": {"x": secret}}})
            .to_string(),
        ),
        "okta/directory" => (
            "okta/acme/users.json",
            serde_json::json!([
                {"id": "00u1", "status": secret, "created": secret, "lastLogin": [secret], "realmId": secret, "_links": {"self": {"href": secret}},
                 "profile": {"login": "ada@acme.example", "email": "ada@acme.example", "x": secret, "mobilePhone": secret},
                 "credentials": {"password": {"value": secret}, "recovery_question": {"question": secret, "answer": secret}, "provider": {"type": secret, "name": secret}}},
                {"id": [secret], "status": "ACTIVE", "profile": {}, "credentials": {}}, {"id": "00u2", "status": [secret], "profile": secret, "credentials": secret}, secret
            ])
            .to_string(),
        ),
        "okta/apps" => (
            "okta/acme/apps.json",
            serde_json::json!([
                {"id": "0oa1", "name": "oidc_client", "label": "sync", "status": secret, "signOnMode": "OPENID_CONNECT", "created": secret, "features": ["PUSH_NEW_USERS"],
                 "credentials": {"oauthClient": {"client_id": "0oa1", "client_secret": secret, "token_endpoint_auth_method": secret}, "signing": {"kid": secret}},
                 "settings": {"app": {"x": secret, "password": secret}, "oauthClient": {"application_type": secret, "jwks": {"keys": [{"d": secret}]}}}},
                {"id": "0oa2", "name": "swa", "label": "old", "signOnMode": "SECURE_PASSWORD_STORE", "credentials": {"oauthClient": {"client_secret": [secret]}, "password": {"value": secret}}},
                {"id": [secret], "name": "x", "label": "x", "signOnMode": secret}, secret
            ])
            .to_string(),
        ),
        "okta/credentials" => (
            "okta/acme/apps/0oa1/credentials-secrets.json",
            serde_json::json!([
                {"id": "ocs1", "status": "ACTIVE", "client_secret": secret, "secret_hash": secret, "created": secret, "_links": {"x": secret}},
                {"id": "ocs2", "status": [secret], "client_secret": secret}, {"id": [secret], "client_secret": secret}, secret
            ])
            .to_string(),
        ),
        "okta/roles" => (
            "okta/acme/users/00u1/roles.json",
            serde_json::json!([
                {"id": "ra1", "label": secret, "type": "HELP_DESK_ADMIN", "status": "ACTIVE", "assignmentType": secret, "created": secret,
                 "_embedded": {"targets": {"groups": [{"id": "00g1", "profile": {"name": secret}}, secret]}}},
                {"id": "ra2", "type": [secret], "assignmentType": "USER"}, {"id": "ra3", "type": "CUSTOM", "status": [secret], "assignmentType": "USER"}, secret
            ])
            .to_string(),
        ),
        "scanners/github_locations" => (
            "scanners/github-locations/o__r__1.json",
            format!(
                r#"[{{"type": "commit", "details": {{"path": "f", "start_line": 1, "blob_sha": "{secret}", "commit_url": "{secret}"}}}},
                {{"type": "commit", "details": {{"path": "f", "start_line": "{secret}"}}}}, "{secret}"]"#
            ),
        ),
        "scanners/sarif" => (
            "s.sarif",
            format!(
                r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "gitleaks"}}}}, "results": [
                {{"ruleId": "generic-api-key", "message": {{"text": "{secret}"}}, "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "f"}},
                "region": {{"startLine": 1, "snippet": {{"text": "{secret}"}}}}, "contextRegion": {{"snippet": {{"text": "{secret}"}}}}}},
                "properties": {{"validate_command": "AWS_SECRET_ACCESS_KEY='{secret}'", "validation_status": "{secret}"}}}}],
                "partialFingerprints": {{"date": "{secret}"}}, "fingerprints": {{"x": "{secret}"}}}},
                {{"ruleId": "x", "locations": "{secret}"}}, "{secret}"]}}]}}"#
            ),
        ),
        "providers/openai" => (
            "openai/acme/projects/proj_1/api_keys.json",
            serde_json::json!({"object": "list", "has_more": false, "data": [
                {"object": "organization.project.api_key", "id": "key_1", "name": "n", "value": secret, "redacted_value": secret,
                 "created_at": secret, "owner": {"type": secret, "user": {"id": "u", "role": secret}}},
                {"object": "organization.project.api_key", "id": [secret], "redacted_value": [secret]}, {"object": secret}, secret
            ]})
            .to_string(),
        ),
        "providers/anthropic" => (
            "anthropic/acme/api_keys.json",
            serde_json::json!({"has_more": false, "data": [
                {"type": "api_key", "id": "apikey_1", "partial_key_hint": secret, "status": secret, "created_at": secret, "key": secret},
                {"type": "api_key", "id": [secret], "workspace_id": secret}, {"type": secret}, secret
            ]})
            .to_string(),
        ),
        "agents/dotenv" => (
            "devices/h/u/.env",
            format!(
                "# {secret}\nA_TOKEN={secret}\nB_PASSWORD=\"{secret}\nmore\"\nC_KEY='{secret}\n{secret}\nexport U=postgres://u:{secret}@h/d\nD_TOKEN=${{X:-{secret}}}\n"
            ),
        ),
        "agents/codex" => (
            "devices/h/u/.codex/config.toml",
            format!(
                "# {secret}\nmodel = \"{secret}\"\n[mcp_servers.a]\ncommand = \"npx\"\nargs = [\"-y\", \"--api-key\", \"{secret}\", \"pkg@latest\", \"{secret}\"]\nenv = {{ A_TOKEN = \"{secret}\", B = [\"{secret}\"] }}\n[mcp_servers.b]\nurl = \"https://h/?token={secret}\"\nbearer_token = \"{secret}\"\nhttp_headers = {{ Authorization = \"Bearer {secret}\" }}\n[mcp_servers.c]\nenv = \"{secret}\"\n[model_providers.p]\nexperimental_bearer_token = \"{secret}\"\nhttp_headers = {{ \"Api-Key\" = \"{secret}\" }}\n[profiles.x]\napproval_policy = \"{secret}\"\nbroken = {secret}\n"
            ),
        ),
        "agents/claude_code" => (
            "devices/h/u/.claude.json",
            serde_json::json!({
                "userID": secret, "mcpServers": {"a": {"command": "x", "args": ["-e", format!("A_TOKEN={secret}")], "env": {"A_TOKEN": secret}}},
                "projects": {"/p": {"mcpServers": {"b": {"url": "https://h", "headersHelper": secret, "headers": {"Authorization": format!("Bearer {secret}")}, "oauth": {"clientSecret": secret}}, "c": secret}, "allowedTools": [secret, {"x": secret}]}, "/q": secret}
            })
            .to_string(),
        ),
        "agents/claude_settings" => (
            "devices/h/u/.claude/settings.local.json",
            serde_json::json!({
                "apiKeyHelper": format!("echo {secret}"), "env": {"A_TOKEN": secret, "B": {"x": secret}},
                "permissions": {"allow": [format!("WebFetch(domain:{secret})"), format!("Bash(curl {secret})"), 1, [secret]], "defaultMode": secret, "deny": secret},
                "hooks": {"x": secret}
            })
            .to_string(),
        ),
        "agents/gemini" => (
            "devices/h/u/.gemini/settings.json",
            serde_json::json!({
                "security": {"auth": secret}, "general": {"defaultApprovalMode": secret},
                "mcpServers": {"a": {"httpUrl": format!("https://u:{secret}@h/x"), "headers": {"X-Api-Key": secret}, "trust": secret}}
            })
            .to_string(),
        ),
        "agents/vscode" => (
            "devices/h/u/w/.vscode/mcp.json",
            serde_json::json!({
                "inputs": [{"id": "x", "default": secret}],
                "servers": {"a": {"command": "npx", "args": ["pkg", "--token", secret], "env": {"A_TOKEN": secret}, "envFile": secret}}
            })
            .to_string(),
        ),
        "agents/mcp_servers" => (
            "m.json",
            format!(
                r#"{{"mcpServers": {{"a": {{"command": "x", "args": ["--api-key", "{secret}", "--header", "Authorization: Bearer {secret}", "postgres://u:{secret}@h/d"],
                "url": "https://h/?token={secret}", "env": {{"API_TOKEN": "{secret}"}}, "headers": {{"Authorization": "Bearer {secret}"}}}}, "b": "{secret}"}}}}"#
            ),
        ),
        other => panic!(
            "source `{other}` has no sample: add one with a secret in every place that may hold one"
        ),
    }
}
