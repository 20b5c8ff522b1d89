#!/usr/bin/env bash
# Measures leakreach beside its peers on one made-up estate, and writes the table of docs/benchmarks.md anew:
#
#     benches/peers/run.sh [SECRETS EDGES [giant|segmented [SEED]]]
#
# Without numbers: all three sizes of the table. Everything is kept below target/peers; measurements go to
# benches/results/peers-SECRETS-EDGES-SHAPE.csv. LIMIT (60) says after how many seconds a peer is extrapolated from a part.
# Needs Python 3.11 or newer, and PyPI the first time.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1
cd "$(dirname "$0")/../.."

if [ $# -eq 0 ]; then
    "$0" 1000 90000
    "$0" 10000 920000
    exec "$0" 10000 9500000
fi
secrets=$1 edges=$2 shape=${3:-giant} seed=${4:-1}
work=target/peers
python=$work/venv/bin/python

mkdir -p "$work" benches/results
if ! [ -x "$python" ]; then python3 -m venv "$work/venv"; fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement benches/peers/requirements.txt
cargo build --quiet --release --locked --example generate-estate --example ours

estate=$work/estate-$secrets-$edges-$shape-$seed
target/release/examples/generate-estate "$edges" "$secrets" "$shape" "$seed" "$estate"
results=benches/results/peers-$secrets-$edges-$shape.csv
"$python" benches/peers/compare.py target/release/examples/ours "$estate" "$results"
"$python" benches/peers/table.py docs/benchmarks.md benches/results/peers-*.csv
