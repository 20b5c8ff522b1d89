#!/bin/sh
# Makes random cases, lets iam-simulate answer them beside leakreach, and compares.
#
#   tests/oracles/iam-simulate/run.sh [cases, default 20000]
#
# ORACLE_SEED, ORACLE_CONDITIONS=1, ORACLE_ORGANISATION=1 and ORACLE_SHOWN are passed on. Everything is made below
# `target/`; iam-simulate (AGPL) is installed there by npm and is no part of leakreach.
set -eu
cd "$(dirname "$0")/../../.."
here=tests/oracles/iam-simulate
work=target/oracles/iam-simulate
mkdir -p "$work"
cp "$here/package.json" "$here/package-lock.json" "$here/drive.mjs" "$work"
npm --prefix "$work" ci --ignore-scripts --no-audit --no-fund

ask() {
    cargo run --quiet --release --example compare-with-oracle -- "$1"
}
ORACLE_CASES=${1:-20000} ORACLE_FILE=$work/cases.jsonl ask write
node "$work/drive.mjs" <"$work/cases.jsonl" >"$work/judged.jsonl"
ORACLE_FILE=$work/judged.jsonl ask compare
