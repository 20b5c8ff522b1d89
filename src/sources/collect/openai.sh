
# OpenAI: the keys of an organisation, with an admin key in $OPENAI_ADMIN_KEY.
collect_openai() {
    need curl OpenAI || return 0
    need jq OpenAI || return 0
    local below list project
    if [ -z "${OPENAI_ADMIN_KEY:-}" ]; then
        failed=$((failed + 1))
        say "not collected: OpenAI: set OPENAI_ADMIN_KEY"
        return 0
    fi
    below=openai/${openai:-organization}
    for list in projects admin_api_keys users; do
        save "$below/$list.json" openai_pages "$list"
    done
    [ -s "$out/$below/projects.json" ] || return 0
    for project in $(names jq -r '.data[].id' "$out/$below/projects.json"); do
        for list in api_keys service_accounts users; do
            save "$below/projects/$project/$list.json" openai_pages "projects/$project/$list"
        done
    done
}

# All pages of a call, one after the other. The key is handed over where no list of processes shows it.
openai_pages() {
    local after=''
    while :; do
        printf 'header = "Authorization: Bearer %s"\n' "$OPENAI_ADMIN_KEY" \
            | curl -sSf -K - "https://api.openai.com/v1/organization/$1?limit=100$after" > "$work/page" || return 1
        cat "$work/page"
        after=$(jq -r 'if .has_more then "&after=" + (.last_id // .data[-1].id) else "" end' "$work/page")
        [ -n "$after" ] || break
    done
}
collect_openai
