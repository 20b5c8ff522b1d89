
# Amazon Web Services: the account that `aws` is logged in to.
collect_aws() {
    need aws AWS || return 0
    local account below region user bucket
    account=$(names aws sts get-caller-identity --query Account --output text)
    if [ -z "$account" ]; then
        failed=$((failed + 1))
        return 0
    fi
    below=aws/$account
    save "$below/iam/account-authorization-details.json" aws iam get-account-authorization-details --output json
    credential_report "$below/iam/credential-report.csv"
    for user in $(names aws iam list-users --query 'Users[].UserName' --output text); do
        save "$below/iam/access-keys/$user.json" aws iam list-access-keys --user-name "$user" --output json
    done
    save "$below/iam/service-specific-credentials.json" aws iam list-service-specific-credentials --all-users --output json
    save "$below/s3/list-buckets.json" aws s3api list-buckets --output json
    for bucket in $(names aws s3api list-buckets --query 'Buckets[].Name' --output text); do
        maybe "$below/s3/bucket-policy/$bucket.json" aws s3api get-bucket-policy --bucket "$bucket" --output json
        maybe "$below/s3/public-access-block/$bucket.json" aws s3api get-public-access-block --bucket "$bucket" --output json
        maybe "$below/s3/bucket-encryption/$bucket.json" aws s3api get-bucket-encryption --bucket "$bucket" --output json
    done
    maybe "$below/s3/public-access-block.json" aws s3control get-public-access-block --account-id "$account" --output json
    if [ -z "$regions" ]; then
        regions=$(names aws ec2 describe-regions --query 'Regions[].RegionName' --output text)
    fi
    for region in $regions; do
        aws_region "$below" "$region"
        aws_running "$below" "$region"
        aws_agents "$below" "$region"
    done
    aws_last_accessed "$below"
    aws_organization "$below/organizations"
}

# The report is made first, which takes a while.
credential_report() {
    local tries=0
    until aws iam get-credential-report --query Content --output text > "$work/encoded" 2> "$work/errors"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 20 ]; then
            lost "$out/$1"
            return 0
        fi
        aws iam generate-credential-report > "$work/state" 2> "$work/errors" || {
            lost "$out/$1"
            return 0
        }
        sleep 2
    done
    save "$1" base64 -d "$work/encoded"
}

aws_region() {
    local below=$1 region=$2 function repository key topic queue secret analyzer id
    in_region() { aws "$@" --region "$region" --output json; }
    names_in_region() { names aws "$@" --region "$region" --output text; }
    save "$below/lambda/list-functions-$region.json" in_region lambda list-functions
    for function in $(names_in_region lambda list-functions --query 'Functions[].FunctionName'); do
        maybe "$below/lambda/policy/$region/$function.json" in_region lambda get-policy --function-name "$function"
    done
    save "$below/ec2/describe-instances-$region.json" in_region ec2 describe-instances
    save "$below/secretsmanager/list-secrets-$region.json" in_region secretsmanager list-secrets
    for secret in $(names_in_region secretsmanager list-secrets --query 'SecretList[].ARN'); do
        maybe "$below/secretsmanager/resource-policy/$region/${secret##*:}.json" \
            in_region secretsmanager get-resource-policy --secret-id "$secret"
    done
    save "$below/ssm/describe-parameters-$region.json" in_region ssm describe-parameters
    save "$below/kms/list-aliases-$region.json" in_region kms list-aliases
    for key in $(names_in_region kms list-keys --query 'Keys[].KeyId'); do
        maybe "$below/kms/key-policy/$region/$key.json" in_region kms get-key-policy --key-id "$key" --policy-name default
    done
    save "$below/ecr/describe-repositories-$region.json" in_region ecr describe-repositories
    for repository in $(names_in_region ecr describe-repositories --query 'repositories[].repositoryName'); do
        maybe "$below/ecr/repository-policy/$region/${repository//\//__}.json" \
            in_region ecr get-repository-policy --repository-name "$repository"
    done
    save "$below/sns/list-topics-$region.json" in_region sns list-topics
    for topic in $(names_in_region sns list-topics --query 'Topics[].TopicArn'); do
        save "$below/sns/attributes/$region-${topic##*:}.json" in_region sns get-topic-attributes --topic-arn "$topic"
    done
    for queue in $(names_in_region sqs list-queues --query 'QueueUrls[]'); do
        save "$below/sqs/attributes/$region-${queue##*/}.json" \
            in_region sqs get-queue-attributes --queue-url "$queue" --attribute-names All
    done
    save "$below/rolesanywhere/list-profiles-$region.json" in_region rolesanywhere list-profiles
    save "$below/rolesanywhere/list-trust-anchors-$region.json" in_region rolesanywhere list-trust-anchors
    for analyzer in $(names_in_region accessanalyzer list-analyzers --query 'analyzers[].arn'); do
        for id in $(names_in_region accessanalyzer list-findings-v2 --analyzer-arn "$analyzer" --query 'findings[].id'); do
            save "$below/accessanalyzer/findings/$id.json" \
                in_region accessanalyzer get-finding-v2 --analyzer-arn "$analyzer" --id "$id"
        done
    done
}

# What runs with a role, or holds settings among which secrets lie.
aws_running() {
    local below=$1 region=$2 list id name arn set document cluster app group environment
    save "$below/cloudformation/describe-stacks-$region.json" in_region cloudformation describe-stacks
    for set in $(names_in_region cloudformation list-stack-sets --status ACTIVE --query 'Summaries[].StackSetName'); do
        save "$below/cloudformation/stack-sets/$set.json" in_region cloudformation describe-stack-set --stack-set-name "$set"
    done
    save "$below/ec2/describe-launch-templates-$region.json" in_region ec2 describe-launch-templates
    # shellcheck disable=SC2016 # The versions are called so.
    save "$below/ec2/describe-launch-template-versions-$region.json" \
        in_region ec2 describe-launch-template-versions --versions '$Latest' '$Default'
    save "$below/autoscaling/describe-launch-configurations-$region.json" in_region autoscaling describe-launch-configurations
    save "$below/batch/describe-job-definitions-$region.json" in_region batch describe-job-definitions --status ACTIVE
    save "$below/ssm/describe-instance-information-$region.json" in_region ssm describe-instance-information
    for document in $(names_in_region ssm list-documents --filters Key=Owner,Values=Self --query 'DocumentIdentifiers[].Name'); do
        save "$below/ssm/documents/$region/${document//\//__}.json" in_region ssm get-document --name "$document"
    done
    save "$below/amplify/list-apps-$region.json" in_region amplify list-apps
    for list in get-dev-endpoints get-jobs get-connections; do
        save "$below/glue/$list-$region.json" in_region glue "$list"
    done
    for id in $(names_in_region ec2 describe-instances --query 'Reservations[].Instances[].InstanceId'); do
        save "$below/ec2/user-data/$region/$id.json" \
            in_region ec2 describe-instance-attribute --attribute userData --instance-id "$id"
    done
    for name in $(names_in_region codebuild list-projects --query 'projects[]'); do
        save "$below/codebuild/projects/$region/$name.json" in_region codebuild batch-get-projects --names "$name"
    done
    for arn in $(names_in_region ecs list-task-definitions --query 'taskDefinitionArns[]'); do
        save "$below/ecs/task-definitions/$region/${arn##*/}.json" in_region ecs describe-task-definition --task-definition "$arn"
    done
    for cluster in $(names_in_region ecs list-clusters --query 'clusterArns[]'); do
        for arn in $(names_in_region ecs list-services --cluster "$cluster" --query 'serviceArns[]'); do
            save "$below/ecs/services/$region/${arn#*/}.json" in_region ecs describe-services --cluster "$cluster" --services "$arn"
        done
        for arn in $(names_in_region ecs list-tasks --cluster "$cluster" --query 'taskArns[]'); do
            save "$below/ecs/tasks/$region/${arn#*/}.json" in_region ecs describe-tasks --cluster "$cluster" --tasks "$arn"
        done
    done
    for name in $(names_in_region sagemaker list-notebook-instances --query 'NotebookInstances[].NotebookInstanceName'); do
        save "$below/sagemaker/notebook-instances/$region/$name.json" \
            in_region sagemaker describe-notebook-instance --notebook-instance-name "$name"
    done
    for name in $(names_in_region sagemaker list-notebook-instance-lifecycle-configs \
        --query 'NotebookInstanceLifecycleConfigs[].NotebookInstanceLifecycleConfigName'); do
        save "$below/sagemaker/lifecycle-configs/$region/$name.json" in_region sagemaker \
            describe-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name "$name"
    done
    for arn in $(names_in_region apprunner list-services --query 'ServiceSummaryList[].ServiceArn'); do
        save "$below/apprunner/services/$region/${arn##*/}.json" in_region apprunner describe-service --service-arn "$arn"
    done
    for arn in $(names_in_region stepfunctions list-state-machines --query 'stateMachines[].stateMachineArn'); do
        save "$below/stepfunctions/state-machines/$region/${arn##*:}.json" \
            in_region stepfunctions describe-state-machine --state-machine-arn "$arn"
    done
    for app in $(names_in_region deploy list-applications --query 'applications[]'); do
        for group in $(names_in_region deploy list-deployment-groups --application-name "$app" --query 'deploymentGroups[]'); do
            save "$below/codedeploy/deployment-groups/$region/$app/$group.json" \
                in_region deploy get-deployment-group --application-name "$app" --deployment-group-name "$group"
        done
    done
    for app in $(names_in_region elasticbeanstalk describe-applications --query 'Applications[].ApplicationName'); do
        for environment in $(names_in_region elasticbeanstalk describe-environments --application-name "$app" \
            --query 'Environments[].EnvironmentName'); do
            save "$below/elasticbeanstalk/configuration-settings/$region/$environment.json" in_region elasticbeanstalk \
                describe-configuration-settings --application-name "$app" --environment-name "$environment"
        done
    done
}

# Amazon Bedrock AgentCore, which not every region has.
aws_agents() {
    local below=$1/bedrock-agentcore region=$2 runtime id name
    core() { in_region bedrock-agentcore-control "$@"; }
    core_names() { names aws bedrock-agentcore-control "$@" --region "$region" --output text; }
    if ! core list-agent-runtimes > "$work/answer" 2> "$work/errors"; then
        say "Bedrock AgentCore in $region is not collected: $(grep -v '^[[:space:]]*$' "$work/errors" | head -n 1)"
        return 0
    fi
    save "$below/$region/list-agent-runtimes.json" core list-agent-runtimes
    for runtime in $(core_names list-agent-runtimes --query 'agentRuntimes[].agentRuntimeArn'); do
        id=${runtime##*/}
        save "$below/$region/agent-runtime-$id.json" core get-agent-runtime --agent-runtime-id "$id"
        maybe "$below/runtime-policy/$region/$id.json" core get-resource-policy --resource-arn "$runtime"
    done
    for id in $(core_names list-code-interpreters --type CUSTOM --query 'codeInterpreterSummaries[].codeInterpreterId'); do
        save "$below/$region/code-interpreter-$id.json" core get-code-interpreter --code-interpreter-id "$id"
    done
    for id in $(core_names list-browsers --type CUSTOM --query 'browserSummaries[].browserId'); do
        save "$below/$region/browser-$id.json" core get-browser --browser-id "$id"
    done
    for id in $(core_names list-gateways --query 'items[].gatewayId'); do
        save "$below/$region/gateway-$id.json" core get-gateway --gateway-identifier "$id"
    done
    for id in $(core_names list-memories --query 'memories[].id'); do
        save "$below/$region/memory-$id.json" core get-memory --memory-id "$id"
    done
    maybe "$below/$region/list-workload-identities.json" core list-workload-identities
    for name in $(core_names list-api-key-credential-providers --query 'credentialProviders[].name'); do
        save "$below/$region/api-key-$name.json" core get-api-key-credential-provider --name "$name"
    done
    for name in $(core_names list-oauth2-credential-providers --query 'credentialProviders[].name'); do
        save "$below/$region/oauth2-$name.json" core get-oauth2-credential-provider --name "$name"
    done
    maybe "$below/token-vault/$region/default.json" core get-token-vault
}

# When each user and role last used what.
aws_last_accessed() {
    local below=$1 arn kind job to tries
    for arn in $(
        names aws iam list-users --query 'Users[].Arn' --output text
        names aws iam list-roles --query 'Roles[].Arn' --output text
    ); do
        kind=${arn##*:}
        kind=${kind%%/*}
        to=$below/iam/last-accessed/$kind/${arn##*/}.json
        job=$(names aws iam generate-service-last-accessed-details --arn "$arn" --granularity ACTION_LEVEL --query JobId --output text)
        [ -n "$job" ] || continue
        tries=0
        while [ "$tries" -lt 30 ] \
            && aws iam get-service-last-accessed-details --job-id "$job" --max-items 1 --output json > "$work/job" 2> "$work/errors" \
            && grep -q IN_PROGRESS "$work/job"; do
            tries=$((tries + 1))
            sleep 2
        done
        save "$to" aws iam get-service-last-accessed-details --job-id "$job" --max-items 1000 --output json
    done
}

# The organisation: only its management account and delegated administrators may ask.
aws_organization() {
    local below=$1 root target type policy targets=''
    if ! aws organizations list-roots --output json > "$work/answer" 2> "$work/errors"; then
        say "the AWS organisation is not collected: this account may not ask for it"
        return 0
    fi
    save "$below/describe-organization.json" aws organizations describe-organization --output json
    save "$below/list-roots.json" aws organizations list-roots --output json
    for root in $(names aws organizations list-roots --query 'Roots[].Id' --output text); do
        aws_organization_below "$below" "$root"
    done
    for target in $targets; do
        for type in SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY; do
            save "$below/policies-for-target/$type/$target.json" \
                aws organizations list-policies-for-target --target-id "$target" --filter "$type" --output json
        done
    done
    for type in SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY; do
        for policy in $(names aws organizations list-policies --filter "$type" --query 'Policies[].Id' --output text); do
            save "$below/policies/$policy.json" aws organizations describe-policy --policy-id "$policy" --output json
        done
    done
}

# Everything below a root or a unit, itself included.
aws_organization_below() {
    local below=$1 parent=$2 unit
    targets+=$parent$'\n'
    save "$below/accounts-for-parent/$parent.json" aws organizations list-accounts-for-parent --parent-id "$parent" --output json
    save "$below/organizational-units-for-parent/$parent.json" \
        aws organizations list-organizational-units-for-parent --parent-id "$parent" --output json
    targets+=$(names aws organizations list-accounts-for-parent --parent-id "$parent" --query 'Accounts[].Id' --output text)$'\n'
    for unit in $(names aws organizations list-organizational-units-for-parent --parent-id "$parent" \
        --query 'OrganizationalUnits[].Id' --output text); do
        aws_organization_below "$below" "$unit"
    done
}
collect_aws
