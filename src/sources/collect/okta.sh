
# Okta: an organisation, with an API token of an administrator in $OKTA_TOKEN. Client secrets are dropped by the reader.
collect_okta() {
    need curl Okta || return 0
    need jq Okta || return 0
    local below id
    if [ -z "$okta" ] || [ -z "${OKTA_TOKEN:-}" ]; then
        failed=$((failed + 1))
        say "not collected: Okta: say --okta ORG, and set OKTA_TOKEN"
        return 0
    fi
    below=okta/$okta
    save "$below/users.json" okta_pages 'api/v1/users?limit=200'
    save "$below/users-deactivated.json" okta_pages 'api/v1/users?limit=200&filter=status%20eq%20%22DEPROVISIONED%22'
    save "$below/groups.json" okta_pages api/v1/groups
    save "$below/group-rules.json" okta_pages 'api/v1/groups/rules?limit=200'
    save "$below/apps.json" okta_pages 'api/v1/apps?limit=200'
    save "$below/api-tokens.json" okta_pages api/v1/api-tokens
    save "$below/iam/assignees/users.json" okta_pages api/v1/iam/assignees/users
    save "$below/iam/roles.json" okta_pages api/v1/iam/roles
    save "$below/iam/resource-sets.json" okta_pages api/v1/iam/resource-sets
    for id in $(okta_names iam/assignees/users.json '.value[].id'); do
        okta_roles users "$id" api/v1
    done
    for id in $(okta_names groups.json '.[].id'); do
        save "$below/groups/$id/users.json" okta_pages "api/v1/groups/$id/users?limit=1000"
        okta_roles groups "$id" api/v1
    done
    for id in $(okta_names apps.json '.[].id'); do
        save "$below/apps/$id/users.json" okta_pages "api/v1/apps/$id/users?limit=500"
        save "$below/apps/$id/groups.json" okta_pages "api/v1/apps/$id/groups?limit=200"
    done
    for id in $(okta_names apps.json '.[] | select(.settings.oauthClient) | .id'); do
        save "$below/apps/$id/grants.json" okta_pages "api/v1/apps/$id/grants?limit=200"
        save "$below/apps/$id/credentials-secrets.json" okta_pages "api/v1/apps/$id/credentials/secrets"
        okta_roles clients "$id" oauth2/v1
    done
    for id in $(okta_names iam/roles.json '.roles[].id'); do
        save "$below/iam/roles/$id/permissions.json" okta_pages "api/v1/iam/roles/$id/permissions"
    done
    for id in $(okta_names iam/resource-sets.json '."resource-sets"[].id'); do
        save "$below/iam/resource-sets/$id/resources.json" okta_pages "api/v1/iam/resource-sets/$id/resources"
    done
}

# All pages of a call, one after the other. The token is handed over where no list of processes shows it.
okta_pages() {
    local next="https://$okta.okta.com/$1"
    while [ -n "$next" ]; do
        printf 'header = "Authorization: SSWS %s"\n' "$OKTA_TOKEN" | curl -sSf -K - -D "$work/headers" "$next" || return 1
        next=$(tr -d '\r' < "$work/headers" | sed -n 's/^[Ll]ink: <\(.*\)>; rel="next"$/\1/p' | tail -n 1)
        # No other host is ever shown the token.
        case $next in
            "https://$okta.okta.com/"* | '') ;;
            *) return 1 ;;
        esac
    done
}

# What a file that was collected names.
okta_names() {
    [ -s "$out/okta/$okta/$1" ] && names jq -r "$2" "$out/okta/$okta/$1"
}

# users, groups or clients; an id; where they are.
okta_roles() {
    local below=okta/$okta id
    save "$below/$1/$2/roles.json" okta_pages "$3/$1/$2/roles"
    for id in $(okta_names "$1/$2/roles.json" '.[] | select(.type == "APP_ADMIN") | .id'); do
        save "$below/$1/$2/roles/$id/targets/catalog/apps.json" okta_pages "$3/$1/$2/roles/$id/targets/catalog/apps?limit=200"
    done
    for id in $(okta_names "$1/$2/roles.json" \
        '.[] | select(.type == "USER_ADMIN" or .type == "HELP_DESK_ADMIN" or .type == "GROUP_MEMBERSHIP_ADMIN") | .id'); do
        save "$below/$1/$2/roles/$id/targets/groups.json" okta_pages "$3/$1/$2/roles/$id/targets/groups?limit=200"
    done
}
collect_okta
