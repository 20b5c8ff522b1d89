
# GitHub: an organisation, as an owner of it. The path of a file is that of the call.
collect_github() {
    need gh GitHub || return 0
    need jq GitHub || return 0
    local org role list team id name
    if [ -z "$organization" ]; then
        failed=$((failed + 1))
        say "not collected: GitHub: say --github ORG"
        return 0
    fi
    org=orgs/$organization
    github_get "$org"
    github_get "$org/repos"
    for role in admin member; do
        save "github/$org/members-$role.json" gh api --paginate "$org/members?role=$role"
    done
    for list in outside_collaborators teams installations actions/runners actions/permissions actions/permissions/workflow actions/secrets; do
        github_get "$org/$list"
    done
    # Not every plan has these.
    for list in custom-repository-roles organization-roles credential-authorizations actions/oidc/customization/sub; do
        maybe "github/$org/$list.json" gh api --paginate "$org/$list"
    done
    for team in $(github_names "$org/teams" '.[].slug'); do
        github_get "$org/teams/$team/members"
        github_get "$org/teams/$team/repos"
    done
    for id in $(names gh api "$org/rulesets" --jq '.[].id'); do
        github_get "$org/rulesets/$id"
    done
    # There is such a list only where selected repositories run workflows.
    if [ -n "$(github_names "$org/actions/permissions" 'select(.enabled_repositories == "selected").enabled_repositories')" ]; then
        github_get "$org/actions/permissions/repositories"
    fi
    for name in $(github_names "$org/actions/secrets" '.secrets[] | select(.visibility == "selected").name'); do
        github_get "$org/actions/secrets/$name/repositories"
    done
    save "scanners/github/$organization.json" gh api --paginate "/$org/secret-scanning/alerts?per_page=100"
    for name in $(github_names "$org/repos" '.[].full_name'); do
        github_repository "$name"
    done
}

github_get() { save "github/$1.json" gh api --paginate "$1"; }

# What a file that was collected names.
github_names() {
    [ -s "$out/github/$1.json" ] && names jq -r "$2" "$out/github/$1.json"
}

github_repository() {
    local name=$1 repository=repos/$1 list id environment file
    save "github/$repository/collaborators-direct.json" gh api --paginate "$repository/collaborators?affiliation=direct"
    for list in teams branches keys environments actions/secrets actions/organization-secrets actions/permissions \
        actions/permissions/workflow actions/oidc/customization/sub actions/runners; do
        github_get "$repository/$list"
    done
    # shellcheck disable=SC2016 # The variables are GraphQL's.
    save "github/$repository/branch-protection-rules.json" gh api graphql -F owner="${name%/*}" -F name="${name#*/}" -f query='
        query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {
        nameWithOwner branchProtectionRules(first: 100) { nodes { pattern isAdminEnforced lockBranch restrictsPushes blocksCreations
        requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews requiresStatusChecks
        requiredStatusChecks { context app { slug } }
        pushAllowances(first: 100) { nodes { actor { __typename ... on User { login } ... on Team { slug } ... on App { slug } } } }
        bypassPullRequestAllowances(first: 100) { nodes { actor { __typename ... on User { login } ... on Team { slug } ... on App { slug } } } }
        } } } }'
    for id in $(names gh api "$repository/rulesets?includes_parents=false" --jq '.[].id'); do
        github_get "$repository/rulesets/$id"
    done
    for environment in $(github_names "$repository/environments" '.environments[]?.name | @uri'); do
        github_get "$repository/environments/$environment/secrets"
        maybe "github/$repository/environments/$environment/deployment-branch-policies.json" \
            gh api --paginate "$repository/environments/$environment/deployment-branch-policies"
    done
    if gh api "$repository/contents/.github/workflows" --jq '.[].name' > "$work/workflows" 2> "$work/errors"; then
        while IFS= read -r file; do
            save "github/$repository/contents/.github/workflows/$file" \
                gh api -H 'Accept: application/vnd.github.raw' "$repository/contents/.github/workflows/$file"
        done < "$work/workflows"
    fi
}
collect_github
