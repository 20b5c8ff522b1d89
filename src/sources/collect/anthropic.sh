
# Anthropic: the keys of an organisation, with an admin key in $ANTHROPIC_ADMIN_KEY.
collect_anthropic() {
    need curl Anthropic || return 0
    need jq Anthropic || return 0
    local below list workspace
    if [ -z "${ANTHROPIC_ADMIN_KEY:-}" ]; then
        failed=$((failed + 1))
        say "not collected: Anthropic: set ANTHROPIC_ADMIN_KEY"
        return 0
    fi
    below=anthropic/${anthropic:-organization}
    for list in api_keys workspaces users; do
        save "$below/$list.json" anthropic_pages "$list"
    done
    [ -s "$out/$below/workspaces.json" ] || return 0
    for workspace in $(names jq -r '.data[].id' "$out/$below/workspaces.json"); do
        save "$below/workspaces/$workspace/members.json" anthropic_pages "workspaces/$workspace/members"
    done
}

# As with OpenAI.
anthropic_pages() {
    local after=''
    while :; do
        printf 'header = "x-api-key: %s"\nheader = "anthropic-version: 2023-06-01"\n' "$ANTHROPIC_ADMIN_KEY" \
            | curl -sSf -K - "https://api.anthropic.com/v1/organizations/$1?limit=1000$after" > "$work/page" || return 1
        cat "$work/page"
        after=$(jq -r 'if .has_more then "&after_id=" + .last_id else "" end' "$work/page")
        [ -n "$after" ] || break
    done
}
collect_anthropic
