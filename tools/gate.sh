#!/usr/bin/env bash
# Runs the named stages of the gate in order, each with its duration, all of them even when one
# fails, and ends with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# absolute, since some tests run cargo from the folder of their crate
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR
# a fresh clone builds each crate once, for programs that nobody takes apart: what helps with the
# next build, or with a debugger, only slows this one down
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=false
# what tests write is thrown away: where memory can hold it no disk makes them wait
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then
    TMPDIR=$(mktemp -d /dev/shm/strowger-gate.XXXXXX)
    export TMPDIR
    # as /tmp: PostgreSQL does not run as root
    chmod 1777 "$TMPDIR"
    trap 'rm -rf "$TMPDIR"' EXIT
fi
readonly LOGS="$CARGO_TARGET_DIR/gate"
mkdir -p "$LOGS"
passed=0
failed=0
table=()
broken=()

stage_tidy() { cargo xtask tidy; }
stage_fmt() { cargo fmt --all --check; }
stage_lint() { cargo clippy --locked --workspace --all-targets -- -D warnings; }
stage_docs() {
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
}
stage_deny() {
    tools/setup.sh deny || return
    # the advisory database is a git repository, out of reach on a closed network: not asked here
    .tools/bin/cargo-deny --locked check --hide-inclusion-graph licenses bans sources
}
stage_test() { cargo test --locked --workspace --no-fail-fast; }
# strangers at the API, on the stores that keep what they are told: half of the names on each (`test`
# has a few of them in memory, `make isolation` all of them everywhere)
stage_cells() {
    local store status=0 built program
    # with all other tests: by itself it would be built anew, with other features of its crates
    built=$(cargo test --locked --workspace --no-run 2>&1) || { echo "$built"; return 1; }
    program=$(sed -nE 's|.*Executable tests/api/main.rs \((.*)\)|\1|p' <<<"$built")
    program=$(realpath "$program") || return
    # side by side: the longest test of each store keeps a single core busy
    for store in sqlite postgres; do
        cells_of "$store" "$program" >"$LOGS/cells-$store.log" 2>&1 &
    done
    for store in sqlite postgres; do
        wait -n || status=1
    done
    cat "$LOGS"/cells-{sqlite,postgres}.log
    return "$status"
}
cells_of() {
    echo "-- $1"
    cd server/api && STROWGER_TEST_STORE=$1 "$2" isolation --show-output
}
stage_seeds() { programs && "$CARGO_TARGET_DIR/debug/sim" --seed 1 --runs "${GATE_RUNS:-150}"; }
stage_interop() { programs && tests/interop/run.sh; }
stage_fuzz() { programs && tests/fuzz/run.sh; }

# all four: foreign software keeps time, and leaves the processors half idle; what only reckons, or
# asks and is answered, takes no more than is left
stage_foreign() {
    local name status=0 behind=()
    local -x SECONDS_PER_KEY=1800
    programs || return
    for name in seeds fuzz cells; do
        (idly && "stage_$name") >"$LOGS/$name.log" 2>&1 &
        behind+=("$!")
    done
    stage_interop || status=1
    for name in "${behind[@]}"; do
        wait "$name" || status=1
    done
    cat "$LOGS"/{seeds,fuzz,cells}.log
    return "$status"
}

# Has a subshell, and all it starts, take what of the processors nobody else wants.
idly() { chrt --idle --pid 0 "$BASHPID"; }

# The whole workspace, and its examples, whose dependencies have the features that tests want:
# for one package alone, dependencies and all that lies upon them would be built once more.
programs() { cargo build --locked --workspace --bins --examples; }

# Adds up every "N passed … M failed" a log holds; prints "P F".
counts() {
    grep -oE '[0-9]+ passed[;,] +[0-9]+ failed' "$1" \
        | awk '{p += $1; f += $3} END {print p + 0, f + 0}'
}

# The lines of a log that name what has failed: a long run's first words are soon out of sight.
what_failed() {
    grep -nE '^failed: |^test .* FAILED$|^error|panicked at|\bFAILED\b|could not' "$LOGS/$1.log" \
        | head -n 80
}

run_stage() {
    local name=$1 started=$SECONDS status p f word=ok
    printf '\n== %s\n' "$name"
    "stage_$name" </dev/null 2>&1 | tee "$LOGS/$name.log"
    status=${PIPESTATUS[0]}
    read -r p f < <(counts "$LOGS/$name.log")
    # a stage that counts nothing is one check; one that broke without counting is one failure
    if [ "$status" -ne 0 ]; then
        word=FAILED
        [ "$f" -gt 0 ] || f=1
        broken+=("$name")
    elif [ "$p" -eq 0 ] && [ "$f" -eq 0 ]; then
        p=1
    elif [ "$f" -gt 0 ]; then
        word=FAILED
        broken+=("$name")
    fi
    passed=$((passed + p))
    failed=$((failed + f))
    table+=("$(printf '%-8s %-6s %4d s   %d passed, %d failed' \
        "$name" "$word" $((SECONDS - started)) "$p" "$f")")
    printf '== %s: %s after %d s\n' "$name" "$word" $((SECONDS - started))
}

for name in "$@"; do
    if ! declare -F "stage_$name" >/dev/null; then
        echo "gate: no such stage: $name" >&2
        exit 2
    fi
    run_stage "$name"
done

for name in "${broken[@]}"; do
    printf '\n-- what failed in %s\n' "$name"
    what_failed "$name"
done
printf '\n'
printf '%s\n' "${table[@]}"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
