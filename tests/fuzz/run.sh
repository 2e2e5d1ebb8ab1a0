#!/usr/bin/env bash
# Asks a running exchange everything its OpenAPI text allows, and much that it does not.
#
#   tests/fuzz/run.sh              the gate's part: a fixed seed, some minutes
#   EXAMPLES=200 SEED=9 tests/fuzz/run.sh    longer, and drawn otherwise
#
# STROWGER names the binary (target/debug/strowger by default). Needs `tools/setup.sh fuzz`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export STROWGER="${STROWGER:-${CARGO_TARGET_DIR:-$root/target}/debug/strowger}"
export SCHEMATHESIS="${SCHEMATHESIS:-$root/.tools/python/bin/schemathesis}"

for program in "$STROWGER" "$SCHEMATHESIS"; do
    [ -x "$program" ] && continue
    echo "fuzz: there is no $program: cargo build -p strowger; tools/setup.sh fuzz" >&2
    exit 1
done
exec python3 "$here/run.py"
