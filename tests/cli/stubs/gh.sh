# Answers for the organisation acme of datasets/acme ($FIXTURES); what it has no file of is empty there.
path= jq=
shift
while [ $# -gt 0 ]; do
    case $1 in
        --jq)
            jq=$2
            shift
            ;;
        -H | -F | -f) shift ;;
        --paginate) ;;
        *) path=${1#/} ;;
    esac
    shift
done
case $path in
    graphql)
        echo '{"data": {"repository": {"nameWithOwner": "acme/data-warehouse", "branchProtectionRules": {"nodes": []}}}}'
        exit 0
        ;;
    *members\?role=admin) path=orgs/acme/members-admin ;;
    *members\?role=member) path=orgs/acme/members-member ;;
    */collaborators\?affiliation=direct) path=${path%\?*}-direct ;;
esac
path=${path%\?*}
case $path in
    */contents/.github/workflows)
        ls "$FIXTURES/github/$path" 2> /dev/null && exit 0
        echo 'gh: Not Found (HTTP 404)' >&2
        exit 1
        ;;
    */contents/*)
        cat "$FIXTURES/github/$path"
        exit 0
        ;;
esac
answer() {
    if [ -f "$FIXTURES/github/$path.json" ]; then
        cat "$FIXTURES/github/$path.json"
        return
    fi
    case $path in
        */actions/secrets | */actions/organization-secrets | */environments/*/secrets) echo '{"total_count": 0, "secrets": []}' ;;
        */actions/runners) echo '{"total_count": 0, "runners": []}' ;;
        */installations) echo '{"total_count": 0, "installations": []}' ;;
        */environments) echo '{"total_count": 0, "environments": []}' ;;
        */actions/permissions/workflow) echo '{"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false}' ;;
        orgs/*/actions/permissions)
            case $BROKEN in
                selected) echo '{"enabled_repositories": "selected", "allowed_actions": "all"}' ;;
                *) echo '{"enabled_repositories": "all", "allowed_actions": "all"}' ;;
            esac
            ;;
        orgs/*/actions/permissions/repositories) echo '{"total_count": 0, "repositories": []}' ;;
        */actions/permissions) echo '{"enabled": true, "allowed_actions": "all"}' ;;
        */custom-repository-roles) echo '{"total_count": 0, "custom_roles": []}' ;;
        */organization-roles) echo '{"total_count": 0, "roles": []}' ;;
        */actions/oidc/customization/sub) echo '{"use_default": true}' ;;
        */collaborators-direct | */branches | */teams | */outside_collaborators | */rulesets | */keys | */secret-scanning/alerts | */members | */repos) echo '[]' ;;
        *)
            echo 'gh: Not Found (HTTP 404)' >&2
            return 1
            ;;
    esac
}
if [ -n "$jq" ]; then
    answer | jq -r "$jq"
else
    answer
fi
