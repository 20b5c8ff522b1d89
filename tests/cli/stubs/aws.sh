# Answers for the account 777788889999 of datasets/acme ($FIXTURES), in one region; names that are asked for as text are few.
case "$1 $2" in
    "${BROKEN% empty}")
        case $BROKEN in *' empty') exit 0 ;; esac
        echo "An error occurred (AccessDenied) when calling the operation" >&2
        exit 254
        ;;
esac
acme=$FIXTURES/aws/777788889999
none() {
    echo "An error occurred ($1) when calling the operation" >&2
    exit 254
}
text=
query=
previous=
name=
for argument in "$@"; do
    case $previous in
        --output) [ "$argument" = text ] && text=yes ;;
        --query) query=$argument ;;
        --user-name | --bucket | --arn | --job-id | --parent-id | --policy-id | --role-name) name=$argument ;;
    esac
    previous=$argument
done
if [ -n "$text" ]; then
    case "$1 $2 $query" in
        'sts get-caller-identity Account') echo 777788889999 ;;
        'iam get-credential-report Content') base64 < "$acme/iam/credential-report.csv" ;;
        'iam list-users Users[].UserName') printf 'ci-release\tci-web\n' ;;
        'iam list-users Users[].Arn') echo arn:aws:iam::777788889999:user/ci-release ;;
        'iam list-roles Roles[].Arn') echo arn:aws:iam::777788889999:role/build ;;
        'iam generate-service-last-accessed-details JobId') echo 11111111-2222-3333-4444-555555555555 ;;
        's3api list-buckets Buckets[].Name') printf 'acme-tooling-artifacts\tacme-tooling-ci-logs\n' ;;
        'ec2 describe-regions Regions[].RegionName') printf 'eu-west-1\n' ;;
        'kms list-keys Keys[].KeyId') echo 12345678-1234-1234-1234-123456789012 ;;
        'sns list-topics Topics[].TopicArn') echo arn:aws:sns:eu-west-1:777788889999:builds ;;
        'sqs list-queues QueueUrls[]') echo https://sqs.eu-west-1.amazonaws.com/777788889999/jobs ;;
        'codebuild list-projects projects[]') echo build ;;
        'organizations list-roots Roots[].Id') echo r-abcd ;;
        'secretsmanager list-secrets SecretList[].ARN')
            case $BROKEN in
                hostile) echo arn:aws:secretsmanager:eu-west-1:777788889999:secret:../../../../../../escaped ;;
                *) echo None ;;
            esac
            ;;
        *) echo None ;;
    esac
    exit 0
fi
case "$1 $2" in
    'iam get-account-authorization-details') cat "$acme/iam/account-authorization-details.json" ;;
    'iam list-access-keys') cat "$acme/iam/access-keys/$name.json" ;;
    'iam list-service-specific-credentials') echo '{"ServiceSpecificCredentials": []}' ;;
    'iam get-service-last-accessed-details')
        echo '{"JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL", "JobCreationDate": "2026-10-30T00:00:00Z",
            "ServicesLastAccessed": [], "JobCompletionDate": "2026-10-30T00:00:05Z", "IsTruncated": false}'
        ;;
    's3api list-buckets') cat "$acme/s3/list-buckets.json" ;;
    's3api get-bucket-policy') cat "$acme/s3/bucket-policy/$name.json" 2> /dev/null || none NoSuchBucketPolicy ;;
    's3api get-public-access-block') none NoSuchPublicAccessBlockConfiguration ;;
    's3api get-bucket-encryption') none ServerSideEncryptionConfigurationNotFoundError ;;
    's3control get-public-access-block')
        echo '{"PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
            "RestrictPublicBuckets": true}}'
        ;;
    'lambda list-functions') cat "$acme/lambda/list-functions.json" ;;
    'ec2 describe-instances') cat "$acme/ec2/describe-instances.json" ;;
    'secretsmanager list-secrets') cat "$acme/secretsmanager/list-secrets.json" ;;
    'secretsmanager get-resource-policy') echo '{"ARN": "x"}' ;;
    'ssm describe-parameters') echo '{"Parameters": []}' ;;
    'kms list-aliases') echo '{"Aliases": []}' ;;
    'kms get-key-policy')
        echo '{"Policy": "{\"Version\": \"2012-10-17\", \"Statement\": []}", "PolicyName": "default"}'
        ;;
    'ecr describe-repositories') echo '{"repositories": []}' ;;
    'sns list-topics') echo '{"Topics": [{"TopicArn": "arn:aws:sns:eu-west-1:777788889999:builds"}]}' ;;
    'sns get-topic-attributes') echo '{"Attributes": {"TopicArn": "arn:aws:sns:eu-west-1:777788889999:builds"}}' ;;
    'sqs get-queue-attributes') echo '{"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:777788889999:jobs"}}' ;;
    'rolesanywhere list-profiles') echo '{"profiles": []}' ;;
    'rolesanywhere list-trust-anchors') echo '{"trustAnchors": []}' ;;
    'cloudformation describe-stacks') echo '{"Stacks": []}' ;;
    'ec2 describe-launch-templates') echo '{"LaunchTemplates": []}' ;;
    'ec2 describe-launch-template-versions') echo '{"LaunchTemplateVersions": []}' ;;
    'autoscaling describe-launch-configurations') echo '{"LaunchConfigurations": []}' ;;
    'batch describe-job-definitions') echo '{"jobDefinitions": []}' ;;
    'ssm describe-instance-information') echo '{"InstanceInformationList": []}' ;;
    'amplify list-apps') echo '{"apps": []}' ;;
    'glue get-dev-endpoints') echo '{"DevEndpoints": []}' ;;
    'glue get-jobs') echo '{"Jobs": []}' ;;
    'glue get-connections') echo '{"ConnectionList": []}' ;;
    'codebuild batch-get-projects')
        echo '{"projects": [{"name": "build", "arn": "arn:aws:codebuild:eu-west-1:777788889999:project/build",
            "serviceRole": "arn:aws:iam::777788889999:role/build", "environment": {"environmentVariables": []}}],
            "projectsNotFound": []}'
        ;;
    'bedrock-agentcore-control list-agent-runtimes') echo '{"agentRuntimes": []}' ;;
    'bedrock-agentcore-control list-workload-identities') echo '{"workloadIdentities": []}' ;;
    'bedrock-agentcore-control get-token-vault') echo '{"tokenVaultId": "default", "kmsConfiguration": {"keyType": "ServiceManagedKey"}}' ;;
    'organizations describe-organization')
        echo '{"Organization": {"Id": "o-exampleorgid", "MasterAccountId": "777788889999", "FeatureSet": "ALL"}}'
        ;;
    'organizations list-roots')
        echo '{"Roots": [{"Id": "r-abcd", "Arn": "arn:aws:organizations::777788889999:root/o-exampleorgid/r-abcd",
            "Name": "Root", "PolicyTypes": []}]}'
        ;;
    'organizations list-accounts-for-parent') echo '{"Accounts": []}' ;;
    'organizations list-organizational-units-for-parent') echo '{"OrganizationalUnits": []}' ;;
    'organizations list-policies-for-target') echo '{"Policies": []}' ;;
    'eks describe-cluster') cat "$FIXTURES/kubernetes/agents/eks/describe-cluster.json" ;;
    'iam generate-credential-report') echo '{"State": "COMPLETE"}' ;;
    *)
        echo "no fixture of aws $*" >&2
        exit 1
        ;;
esac
