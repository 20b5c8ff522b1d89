#!/usr/bin/env bash
# Collects exports for leakreach. Printed by `leakreach list sources --script`; leakreach itself never runs it.
#
# Every call only reads. What fails is told, and the rest goes on; an empty or failed answer never replaces a file that
# is there. What is collected tells attackers where to go: keep it where only those may read it who may read all of it.
set -eufo pipefail
IFS=$'\n'
umask 077

out=exports
# shellcheck disable=SC2034 # Each of these is for one platform.
regions='' organization='' cluster='' okta='' openai='' anthropic=''
saved=0 failed=0

usage() {
    cat << 'USAGE'
usage: bash collect.sh [options]

  --out DIR            where exports come to lie (default: exports)
  --regions LIST       AWS: regions, with commas between (default: all that are enabled)
  --github ORG         GitHub: the organisation
  --cluster NAME       Kubernetes: the name that EKS knows the current context's cluster by (default: the context's name)
  --okta ORG           Okta: the organisation, as in ORG.okta.com
  --openai NAME        OpenAI: how the organisation is called in reports (default: organization)
  --anthropic NAME     Anthropic: the same
  --help               this

Each platform is asked with what its own tool is logged in with: `aws`, `gh`, `kubectl`; Okta with $OKTA_TOKEN, OpenAI with
$OPENAI_ADMIN_KEY, Anthropic with $ANTHROPIC_ADMIN_KEY. Exit codes: 0 something was collected, 1 nothing was, 2 wrong usage.
USAGE
}

while [ $# -gt 0 ]; do
    case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --out | --regions | --github | --cluster | --okta | --openai | --anthropic)
            if [ $# -lt 2 ]; then
                echo "$1 needs a value" >&2
                exit 2
            fi
            # shellcheck disable=SC2034
            case $1 in
                --out) out=$2 ;;
                --regions) regions=${2//,/$'\n'} ;;
                --github) organization=$2 ;;
                --cluster) cluster=$2 ;;
                --okta) okta=$2 ;;
                --openai) openai=$2 ;;
                --anthropic) anthropic=$2 ;;
            esac
            shift 2
            ;;
        *)
            echo "unknown option $1; --help names all" >&2
            exit 2
            ;;
    esac
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >&2; }

# A call failed: what it was for, and the first line of what its tool said.
lost() {
    failed=$((failed + 1))
    say "not collected: $1: $(grep -v '^[[:space:]]*$' "$work/errors" | head -n 1)"
}

# Whether a tool is there.
need() {
    command -v "$1" > /dev/null && return 0
    failed=$((failed + 1))
    say "not collected: $2: \`$1\` is not installed"
    return 1
}

# save FILE COMMAND…: the answer of a command comes to lie in a file.
save() { collect must "$@"; }

# The same of something that need not be there: that it is not is no failure.
maybe() { collect may "$@"; }

collect() {
    local must=$1 file=$2
    local to=$out/$file
    shift 2
    case /$file/ in
        */../*)
            echo "its name leads elsewhere" > "$work/errors"
            lost "$to"
            return 0
            ;;
    esac
    if "$@" > "$work/answer" 2> "$work/errors" && [ -s "$work/answer" ]; then
        mkdir -p "${to%/*}"
        mv "$work/answer" "$to"
        saved=$((saved + 1))
    elif [ "$must" = must ]; then
        [ -s "$work/errors" ] || echo "the answer is empty" > "$work/errors"
        lost "$to"
    elif [ -s "$work/errors" ] && ! grep -qiE 'NoSuch|NotFound|not found|404' "$work/errors"; then
        lost "$to"
    fi
}

# names COMMAND…: the names that a command lists, one a line; none where it fails.
names() {
    if "$@" > "$work/names" 2> "$work/errors"; then
        tr '\t' '\n' < "$work/names" | grep -vxE 'None|null|' || true
    else
        # Not counted: this runs in a process of its own.
        say "not listed: $*: $(grep -v '^[[:space:]]*$' "$work/errors" | head -n 1)"
    fi
}
